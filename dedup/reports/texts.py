"""The texts of articles once more: from the spool, or from the record in its file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dedup.articles.fields import FieldNames, Refused
from dedup.articles.readers.lenient import parse

if TYPE_CHECKING:
    from dedup.corpus import Corpus


def texts(corpus: Corpus, ranks: Iterable[int]) -> Iterator[str | None]:
    """The text of each article by rank; None where it was not kept (`Settings.texts`) or its file has changed."""
    names = FieldNames(corpus.settings.fields)
    handles: dict[int, int] = {}
    try:
        for rank in ranks:
            if corpus.text_at[rank] >= 0:
                held = corpus.spool.texts.read(int(corpus.text_at[rank]), int(corpus.text_length[rank]))
                yield held.decode(errors="replace")
            elif corpus.offset[rank] < 0:
                yield None
            else:
                yield _of_record(corpus, rank, names, handles)
    finally:
        for handle in handles.values():
            os.close(handle)


def _of_record(corpus: Corpus, rank: int, names: FieldNames, handles: dict[int, int]) -> str | None:
    """The text of a record of a file that is read by position; `handles` are the files that are open."""
    file = int(corpus.file[rank])
    try:
        if file not in handles:
            handles[file] = os.open(corpus.paths[file], os.O_RDONLY)
        record = os.pread(handles[file], int(corpus.length[rank]), int(corpus.offset[rank]))
        return names.text_bytes(parse(record)).decode(errors="replace")
    except (OSError, Refused, KeyError):
        return None
