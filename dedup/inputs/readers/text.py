"""Read plain text: one file is one article."""

from __future__ import annotations

from collections.abc import Iterator

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BatchBuilder
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.readers.streams import MAX_RECORD, UTF16, UTF16_MARKS, open_stream
from dedup.inputs.source import Source
from dedup.settings import Settings


def read_text(source: Source, settings: Settings, *, limit: int = MAX_RECORD) -> Iterator[Batch]:
    """Read a file as one article; its id is the name of the file."""
    builder = BatchBuilder(source.name, settings)
    # The names of the record are those that the setting `fields` makes of the columns.
    text_name, identifier = builder.names.text[0], builder.names.of("id")[0]
    try:
        whole = bytearray()
        with open_stream(source, BLOCK) as file:
            while piece := file.read1(BLOCK):
                whole += piece
                if len(whole) > limit:
                    raise RejectedRecord("too_large", f"more than {limit:,} bytes, as many as a record may have")
        if whole.startswith(UTF16_MARKS):
            raise RejectedRecord(*UTF16)
        content = bytes(whole).removeprefix(b"\xef\xbb\xbf").decode()
        builder.add({identifier: source.name, text_name: content}, 1)
    except UnicodeDecodeError as error:
        builder.reject(1, RejectedRecord("invalid_utf8", f"byte {error.start}: {error.reason}"))
    except RejectedRecord as rejection:
        builder.reject(None if isinstance(rejection, UnreadableInput) and not rejection.in_record else 1, rejection)
    yield from builder.flush()
