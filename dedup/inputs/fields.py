"""Which field of a record means what, and what its value becomes.

A record is whatever a file holds under names (a JSON object, a CSV row, a table's row). `FieldNames` knows under which
names each of our columns may stand; the `*_value` functions turn what stands there into text, or into None where it
cannot be used. A value is taken from the first name, in the documented order, that holds a usable one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from numbers import Integral, Real
from typing import Any
from uuid import UUID

import orjson

from dedup.errors import UsageError
from dedup.inputs.dates import iso_text

#: Our columns and the names under which common crawlers and data sets keep them, best first.
ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "maintext", "article_text", "raw_text", "plain_text"),
    "id": ("id", "doc_id", "uuid"),
    "url": ("url", "link", "canonical_url", "source_url"),
    "title": ("title", "headline"),
    "published": ("published", "date", "date_publish", "pub_date", "publish_date", "datePublished", "timestamp"),
    "domain": ("domain", "source_domain", "hostname", "source", "outlet", "publication"),
    "authors": ("authors", "author", "byline"),
    "meta": ("meta", "metadata", "hints"),
}

#: Paragraphs that come as a list are put together like this.
PARAGRAPH = "\n\n"

_SIMPLE = {str, type(None)}
_SURROGATE = re.compile("[\ud800-\udfff]")


class RejectedRecord(Exception):
    """A record that cannot be taken: becomes a `dedup.model.Reject` with this reason."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class FieldNames:
    """Under which names each column is looked for.

    `mapping` holds (column, name) pairs as given by `--field column=name`. A name given so is the only one looked at
    for that column, and serves no other column.
    """

    def __init__(self, mapping: Iterable[tuple[str, str]] = ()) -> None:
        names: dict[str, str] = {}
        for target, name in mapping:
            _check_mapping(target, name, names)
            names[target] = name
        assigned = set(names.values())
        self._names = {
            target: (names[target],) if target in names else tuple(a for a in aliases if a not in assigned) or (target,)
            for target, aliases in ALIASES.items()
        }
        self.text = self._names["text"]
        #: The names of everything but the text.
        self.metadata = self.all().difference(self.text)

    def of(self, target: str) -> tuple[str, ...]:
        """The names to look at for a column, best first."""
        return self._names[target]

    def all(self) -> set[str]:
        """Every name that is looked at."""
        return {name for names in self._names.values() for name in names}

    def text_bytes(self, record: Mapping[str, Any]) -> bytes:
        """The record's text as UTF-8; `RejectedRecord` with the first name's reason where there is none."""
        rejection: RejectedRecord | None = None
        for name in self.text:
            value = record.get(name)
            if value is None or (isinstance(value, float) and value != value):  # NaN is how pandas spells null
                continue
            try:
                return text_value(value, name)
            except RejectedRecord as error:
                rejection = rejection or error
        if rejection:
            raise rejection
        present = [name for name in self.text if name in record]
        detail = f"field {present[0]!r} is null" if present else f"none of the fields {', '.join(self.text)}"
        raise RejectedRecord("no_text", detail)

    def column(self, target: str, columns: Mapping[str, Sequence[Any]], rows: int) -> Sequence[str | None]:
        """One metadata column of many records, from the records' own columns by name."""
        column: Sequence[str | None] | None = None
        for name in self._names[target]:
            if name not in columns:
                continue
            values = text_values(target, columns[name])
            column = (
                values if column is None else [a if a is not None else b for a, b in zip(column, values, strict=True)]
            )
            if None not in column:
                break
        return [None] * rows if column is None else column


@lru_cache(16)
def field_names(mapping: tuple[tuple[str, str], ...]) -> FieldNames:
    """`FieldNames` of a mapping, made once: looking it up takes less than reading an article."""
    return FieldNames(mapping)


def _check_mapping(target: str, name: str, names: Mapping[str, str]) -> None:
    if target not in ALIASES:
        raise UsageError(f"--field {target}={name}: no such column; the columns are {', '.join(ALIASES)}")
    if not name:
        raise UsageError(f"--field {target}=: give the name of the field, as in --field text=content")
    if target in names:
        raise UsageError(f"--field {target} is given twice ({names[target]} and {name}); give it once")
    if name in names.values():
        raise UsageError(f"--field {target}={name}: the field {name!r} already serves another column")


def parse_mapping(options: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """`("text=content",)` as given on a command line to the pairs of `Settings.fields`; checked."""
    pairs = []
    for option in options:
        target, equals, name = option.partition("=")
        if not equals:
            raise UsageError(f"--field {option}: write it as column=name, as in --field text=content")
        pairs.append((target.strip(), name.strip()))
    FieldNames(pairs)
    return tuple(pairs)


def text_values(target: str, values: Sequence[Any]) -> Sequence[str | None]:
    """A column's values as text, None where a value cannot be used."""
    # This test spares nearly every column of nearly every file a Python call per value.
    if target != "meta" and _simple(values):
        strings = list(filter(None, values))
        odd = any(map(str.isspace, strings)) or (target == "published" and any(map(str.isdigit, strings)))
        if not odd:
            return values if len(strings) == len(values) else [value or None for value in values]
    convert = CONVERTERS[target]
    return [None if value is None else convert(value) for value in values]


def _simple(values: Sequence[Any]) -> bool:
    """Whether all values are strings or None."""
    try:
        "".join(values)  # only strings can be joined: an eighth of the price of asking each
    except TypeError:
        return set(map(type, values)) <= _SIMPLE
    return True


def replace_surrogates(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, replaced by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def text_value(value: Any, name: str) -> bytes:
    """An article's text as UTF-8, from a string, bytes, or a list of paragraphs."""
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        value = PARAGRAPH.join(value)
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            value = str(value, "utf-8")
        except UnicodeDecodeError as error:
            raise RejectedRecord("invalid_utf8", f"field {name!r}, byte {error.start}: {error.reason}") from None
    if not isinstance(value, str):
        raise RejectedRecord("wrong_type", f"field {name!r} holds {describe_type(value)}, not text")
    if not value or value.isspace():
        raise RejectedRecord("empty_text", f"field {name!r} is empty")
    try:
        return value.encode()
    except UnicodeEncodeError:
        return replace_surrogates(value).encode()


def describe_type(value: Any) -> str:
    """What a value is, in words for a reject's detail."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Real | Decimal):
        return "a number"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return {"NoneType": "null", "str": "a string"}.get(type(value).__name__, f"a {type(value).__name__}")


def plain_value(value: Any) -> str | None:
    """A title, URL or domain: a string, or the name in an object such as `{"name": "Reuters"}`."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str) or not value or value.isspace():
        return None
    return value


def id_value(value: Any) -> str | None:
    """An identifier: a string, or a whole number's digits. A fraction is no identifier (1.10 and 1.1 would be one)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Integral):
        return _digits(int(value))
    if isinstance(value, Real | Decimal):
        whole = math.isfinite(value) and value == math.floor(value)
        return _digits(int(value)) if whole else None  # type: ignore[arg-type]
    if isinstance(value, UUID):
        return str(value)
    return None if isinstance(value, Mapping) else plain_value(value)


def _digits(number: int) -> str | None:
    try:
        return str(number)
    except ValueError:  # beyond the interpreter's limit for conversions, 4,300 digits
        return None


def authors_value(value: Any) -> str | None:
    """Authors as `A; B`, from a string, an object with a name, or a list of these."""
    if isinstance(value, list | tuple):
        return "; ".join(name for part in value if (name := plain_value(part))) or None
    return plain_value(value)


def published_value(value: Any) -> str | None:
    """A time as text: a string as written, epochs and date objects as ISO 8601 (`dates.iso_text`)."""
    if isinstance(value, date | Real | Decimal):
        return iso_text(value)
    text = plain_value(value)
    return iso_text(text) if isinstance(value, str) and text else text


def meta_value(value: Any) -> str | None:
    """Page metadata as the text of a JSON object, from an object or from such a text."""
    if isinstance(value, str | bytes):
        try:
            value = orjson.loads(value)
        except ValueError:
            return None
    if isinstance(value, list) and value and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        value = dict(value)  # how Arrow hands over a map
    if not isinstance(value, Mapping) or not value:
        return None
    try:
        return json_bytes(value).decode()
    except RejectedRecord:
        return None


def json_bytes(value: Any) -> bytes:
    """Any record as JSON: what JSON does not know (bytes, sets, decimals, ...) as text, NaN as null."""
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
    try:
        return orjson.dumps(value, default=_jsonable, option=options)
    except (TypeError, ValueError):  # lone surrogates, integers beyond 64 bits, or too deep
        try:
            return orjson.dumps(to_jsonable(value), default=_jsonable, option=options)
        except (TypeError, ValueError, RecursionError) as error:
            raise RejectedRecord("too_deep", str(error)) from None


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return replace_surrogates(str(value))


def to_jsonable(value: Any) -> Any:
    """The value with what strict JSON in UTF-8 cannot hold made holdable, at any depth."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, Mapping):
        return {
            replace_surrogates(key) if isinstance(key, str) else key: to_jsonable(part) for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [to_jsonable(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return _digits(value)
    return value


CONVERTERS: dict[str, Callable[[Any], str | None]] = {
    "id": id_value,
    "url": plain_value,
    "title": plain_value,
    "published": published_value,
    "domain": plain_value,
    "authors": authors_value,
    "meta": meta_value,
}

# The scheme may be missing ("//host/path", "www.host.org/path"), the address may be any user's typing error.
_HOST = re.compile(
    r"\s*(?:(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#\\\s]*@)?(?P<host>[^/?#\\:@\s\[\]<>\"]+)"
    r"|(?P<bare>www(?:\.[\w-]+)+|[\w-]+(?:\.[\w-]+)+(?=/)))(?::\d*)?\s*(?:[/?#\\]|$)",
    re.IGNORECASE,
)


def hostname(url: str) -> str | None:
    """The site of a URL: its host in lower case without port, user and a leading `www.`; None for a bad URL."""
    match = _HOST.match(url)
    if not match:
        return None
    name = (match["host"] or match["bare"]).lower().strip(".")
    if name.startswith("www.") and "." in name[4:]:
        name = name[4:]
    return name or None
