"""The texts of articles once more: from the spool, or from the record in its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dedup.inputs.fields import FieldNames, RejectedRecord
from dedup.inputs.readers.lenient_json import parse_record
from dedup.inputs.record_files import RecordFiles

if TYPE_CHECKING:
    from dedup.corpus.build import Corpus


def texts(corpus: Corpus, ranks: Iterable[int]) -> Iterator[str | None]:
    """The text of each article by rank; None where it was not kept (`Settings.texts`). Raises `InputChanged`."""
    names = FieldNames(corpus.settings.fields)
    with RecordFiles(corpus.sources) as files:
        for rank in ranks:
            if corpus.text_at[rank] >= 0:
                held = corpus.spool.texts.read(int(corpus.text_at[rank]), int(corpus.text_length[rank]))
                yield held.decode(errors="replace")
            elif corpus.offset[rank] < 0:
                yield None
            else:
                yield _text_of(corpus.record(rank, files), names)


def _text_of(record: bytes, names: FieldNames) -> str | None:
    """The text of a record; None where it holds a page instead."""
    try:
        return names.text_bytes(parse_record(record)).decode(errors="replace")
    except (RejectedRecord, KeyError):
        return None
