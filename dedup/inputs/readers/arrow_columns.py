"""One Arrow column of whatever type: is it text, how long are its values, what are they."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as types
from numpy.typing import NDArray

#: What `str.isspace` calls white space, so that a blank text is blank whatever it came in.
_BLANK = r"\A[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*\z"
#: The types of bytes with the layout of each type of strings.
_BYTES = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}


def is_text(kind: Any) -> bool:
    """Strings in any layout, and bytes, which may be UTF-8."""
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return is_text(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return is_text(kind.storage_type)
    return kind in _BYTES or kind in _BYTES.values()


def may_hold_text(kind: Any) -> bool:
    """Text, a list of paragraphs, or nothing but nulls."""
    lists = types.is_list(kind) or types.is_large_list(kind) or types.is_list_view(kind)
    return is_text(kind) or bool(types.is_null(kind)) or (lists and is_text(kind.value_type))


def plain(column: Any) -> Any:
    """The column without wrappings of its values."""
    if isinstance(column.type, pa.BaseExtensionType):
        return plain(column.storage)
    if types.is_run_end_encoded(column.type):
        return plain(pc.run_end_decode(column))
    return column


def lengths(column: Any) -> NDArray[np.int64]:
    """The bytes of each value when it is unpacked, 0 for null: (n,) int64. Dictionaries, runs and views stay packed."""
    type_ = column.type
    if isinstance(type_, pa.BaseExtensionType):
        return lengths(column.storage)
    if len(column) == 0:  # whose buffers may be missing
        return np.zeros(0, np.int64)
    if types.is_dictionary(type_):
        codes = pc.fill_null(column.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
        return np.asarray(np.append(lengths(column.dictionary), 0)[codes])
    if types.is_run_end_encoded(type_):
        rows = np.arange(column.offset, column.offset + len(column))
        run = np.searchsorted(column.run_ends.to_numpy(zero_copy_only=False), rows, "right")
        return np.asarray(lengths(column.values)[run])
    if types.is_string_view(type_) or types.is_binary_view(type_):
        # A view is 16 bytes, of which the first four are its length; that of a null means nothing.
        views = np.frombuffer(column.buffers()[1], np.int32)[column.offset * 4 : (column.offset + len(column)) * 4 : 4]
        return np.where(column.is_valid().to_numpy(zero_copy_only=False), views, 0).astype(np.int64)
    if is_text(type_):
        sizes = pc.fill_null(pc.binary_length(column), 0)
        return np.asarray(sizes.to_numpy(zero_copy_only=False), np.int64)
    return _nested_lengths(column, type_)


def _nested_lengths(column: Any, kind: Any) -> NDArray[np.int64]:
    if types.is_struct(kind):
        return sum((lengths(column.field(i)) for i in range(kind.num_fields)), start=np.zeros(len(column), np.int64))
    if types.is_map(kind) or types.is_list(kind) or types.is_large_list(kind):
        inner = lengths(column.keys) + lengths(column.items) if types.is_map(kind) else lengths(column.values)
        edges = column.offsets.to_numpy(zero_copy_only=False)
        begin, end = edges[:-1], edges[1:]
    elif types.is_fixed_size_list(kind):
        inner = lengths(column.values)
        begin = (np.arange(len(column)) + column.offset) * kind.list_size
        end = begin + kind.list_size
    elif types.is_list_view(kind) or types.is_large_list_view(kind):
        inner = lengths(column.values)
        begin = column.offsets.to_numpy(zero_copy_only=False)
        end = begin + column.sizes.to_numpy(zero_copy_only=False)
    else:
        try:
            width = -(-kind.bit_width // 8)
        except ValueError:  # a type of no fixed width that holds no text
            width = 16
        return np.full(len(column), 0 if types.is_null(kind) else width, np.int64)
    total = np.append(0, np.cumsum(inner + 8))
    return np.asarray(total[end] - total[begin])


def check_layout(batch: Any) -> None:
    """Raise `ArrowInvalid` where offsets or indices of a batch point outside it: Arrow takes a file's word for them.

    Strings are looked at as bytes, since one that is no UTF-8 would end the check before the other columns.
    """
    for column in batch.columns:
        while isinstance(column.type, pa.BaseExtensionType):
            column = column.storage
        with suppress(pa.ArrowNotImplementedError):
            column = column.view(_as_bytes(column.type))
        column.validate(full=True)


def _as_bytes(kind: Any) -> Any:
    """The type with every string in it replaced by bytes of the same layout."""
    if kind in _BYTES:
        return _BYTES[kind]
    if types.is_list(kind):
        return pa.list_(_field_as_bytes(kind.value_field))
    if types.is_large_list(kind):
        return pa.large_list(_field_as_bytes(kind.value_field))
    if types.is_map(kind):
        return pa.map_(_as_bytes(kind.key_type), _as_bytes(kind.item_type))
    if types.is_struct(kind):
        return pa.struct([_field_as_bytes(field) for field in kind])
    if types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _as_bytes(kind.value_type), kind.ordered)
    return kind


def _field_as_bytes(field: Any) -> Any:
    return field.with_type(_as_bytes(field.type))


def cast_text(column: Any) -> Any | None:
    """The column as large_string; None where it is no text or not all of it is UTF-8 (which Arrow takes on trust)."""
    column = plain(column)
    if not is_text(column.type) and not types.is_null(column.type):
        return None
    try:
        strings = column.cast(pa.large_string())
        strings.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return strings


def is_blank(column: Any) -> NDArray[np.bool_]:
    """Which values are empty or only white space; null is not."""
    blank = pc.fill_null(pc.match_substring_regex(column, _BLANK), False)
    return np.asarray(blank.to_numpy(zero_copy_only=False))


def python_values(column: Any) -> list[Any]:
    """The values as Python objects; strings as bytes where they are not all UTF-8, what fails as None."""
    column = plain(column)
    type_ = column.type
    try:
        if types.is_dictionary(type_):
            return python_values(column.cast(type_.value_type))
        if types.is_timestamp(type_):
            # Nanoseconds would need pandas, and other zones a zone database; other units may overflow, unlike these.
            column = column.cast(pa.timestamp("us", "UTC" if type_.tz else None), safe=type_.unit != "ns")
        values = cast_text(column) if is_text(type_) else column
        if values is None:
            values = column.cast(pa.large_binary())
        return list(values.to_pylist())
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        return [_value(scalar) for scalar in column]


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        return None
