"""Read inputs more than once and give the same articles each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.batch import Batch
from dedup.inputs.read import read
from dedup.inputs.record_files import input_changed, record_hash
from dedup.inputs.source import Source
from dedup.inputs.text_buffers import text_buffers
from dedup.settings import Settings

_NONE = np.zeros(0, np.uint64)


def repeatable(sources: Sequence[Source], settings: Settings) -> Callable[[], Iterable[Batch]]:
    """Make a function that reads the sources again each time it is called, with the same articles each time.

    Articles of pipes are kept in memory. Files are read again; that raises `InputChanged` if an article is different or
    missing. Articles that were added to the end of a file are left out.
    """
    if all(source.regular or source.opener is not None for source in sources):
        return _Files(sources, settings)
    return partial(iter, list(read(sources, settings)))


class _Files:
    """Reads files. The first complete reading keeps a fingerprint of every article, later ones compare them."""

    def __init__(self, sources: Sequence[Source], settings: Settings) -> None:
        self._sources, self._settings = sources, settings
        self._first: dict[str, NDArray[np.uint64]] | None = None

    def __call__(self) -> Iterator[Batch]:
        batches = read(self._sources, self._settings)
        return self._first_read(batches) if self._first is None else self._reread(batches, self._first)

    def _first_read(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        pieces: dict[str, list[NDArray[np.uint64]]] = {}
        for batch in batches:
            for name, hashes in _hashes_by_file(batch):
                pieces.setdefault(name, []).append(hashes)
            yield batch
        self._first = {name: np.concatenate(parts) for name, parts in pieces.items()}

    def _reread(self, batches: Iterable[Batch], first: dict[str, NDArray[np.uint64]]) -> Iterator[Batch]:
        positions = dict.fromkeys(first, 0)
        for batch in batches:
            count = 0
            for name, hashes in _hashes_by_file(batch):
                begin = positions.get(name, 0)
                before = first.get(name, _NONE)[begin : begin + len(hashes)]
                if (hashes[: len(before)] != before).any():
                    raise input_changed(name, "its content is different")
                positions[name] = begin + len(before)
                count += len(before)
            # New articles are at the end: in a batch of several files each file has one article.
            yield batch if count == batch.records.num_rows else replace(batch, records=batch.records.slice(0, count))
        for name, hashes in first.items():
            if positions[name] < len(hashes):
                raise input_changed(name, f"it had {len(hashes):,} articles and has {positions[name]:,}")


def _hashes_by_file(batch: Batch) -> Iterator[tuple[str, NDArray[np.uint64]]]:
    """Yield each file of a batch, and the fingerprints of its articles: of the record, if not known of the text."""
    hashes = batch.record_hashes
    if hashes is None:
        texts = text_buffers(batch.records.column("text"))
        data = texts.data.data
        hashes = np.array([record_hash(data[low:high]) for low, high in pairwise(texts.offsets.tolist())], np.uint64)
    for name, rows in groupby(range(len(hashes)), key=batch.file_of):
        yield name, hashes[list(rows)]
