"""Read Python objects: tables, frames, and iterables of dicts or Articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from dedup.errors import UsageError
from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BATCH_TEXT, BatchBuilder
from dedup.inputs.fields import ALIASES, RejectedRecord, describe_type
from dedup.model import Article
from dedup.settings import Settings

#: The names of the inputs that have no file.
TABLE = "<table>"
ARTICLES = "<articles>"

_ACCEPTED = "an Arrow table or stream, a data frame, or an iterable of dicts or Articles"


def read_any(obj: Any, settings: Settings) -> Iterator[Batch]:
    """Read any object that `dedup.inputs.read.read_objects` accepts. Raises `UsageError` at once, not at first use."""
    if hasattr(obj, "__arrow_c_stream__") or hasattr(obj, "__arrow_c_array__"):
        from dedup.inputs.readers.arrow import read_stream

        reader = _reader(obj)
        return read_articles(_rows(obj), settings, TABLE) if reader is None else read_stream(TABLE, reader, settings)
    if hasattr(type(obj), "columns"):
        raise UsageError(
            f"{describe_type(obj)} has no Arrow interface; collect it first, or convert it to a pyarrow.Table"
        )
    if isinstance(obj, str | bytes | Mapping | Article) or not isinstance(obj, Iterable):
        raise UsageError(f"cannot read articles from {describe_type(obj)}; give {_ACCEPTED}")
    return read_articles(obj, settings)


def _reader(obj: Any) -> Any | None:
    """Return a stream of record batches; None for a frame of Python objects that have no common Arrow type."""
    try:
        if hasattr(obj, "__arrow_c_stream__"):
            return pa.RecordBatchReader.from_stream(obj)
        batch = pa.record_batch(obj)
        return pa.RecordBatchReader.from_batches(batch.schema, [batch])
    except (pa.ArrowException, TypeError, ValueError, UnicodeError) as error:
        if hasattr(obj, "iloc") and hasattr(obj, "to_dict"):
            return None
        raise UsageError(f"cannot read articles from {describe_type(obj)} ({error}); give {_ACCEPTED}") from error


def _rows(frame: Any) -> Iterator[dict[str, Any]]:
    for start in range(0, len(frame), 256):
        yield from frame.iloc[start : start + 256].to_dict("records")


def read_articles(
    items: Iterable[Any], settings: Settings, name: str = ARTICLES, *, batch_text: int = BATCH_TEXT
) -> Iterator[Batch]:
    """Read an iterable of dicts or Articles. name: of the input; batch_text: bytes of text in a batch."""
    builder = BatchBuilder(name, settings, batch_text)
    for number, item in enumerate(items, 1):
        _collect(builder, item, number)
        if builder.full:
            yield from builder.flush()
    yield from builder.flush()


def read_one(item: Any, settings: Settings) -> tuple[bytes, dict[str, Sequence[str | None]]]:
    """Read one dict or Article: (its text in UTF-8, its metadata as columns of one value), as in `read_articles`.

    It makes no batch, whose columns would take longer than the rest. Raises `RejectedRecord`.
    """
    builder = BatchBuilder(ARTICLES, settings)
    _collect(builder, item, 1)
    for reject in builder.rejects:
        raise RejectedRecord(reject.reason, reject.detail)
    return bytes(builder.text), builder.metadata()


def _collect(builder: BatchBuilder, item: Any, number: int) -> None:
    if isinstance(item, Article):
        # The fields of an Article stand under the first name of their column, whatever the setting `fields` says.
        names = builder.names
        builder.add({names.of(target)[0]: getattr(item, target) for target in ALIASES}, number)
    elif isinstance(item, Mapping):
        builder.add(item, number)
    elif item is None:
        builder.reject(number, RejectedRecord("null_record", "the item is None"))
    else:
        builder.reject(number, RejectedRecord("not_an_object", f"{describe_type(item)}, not a dict or Article"))
