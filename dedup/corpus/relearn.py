"""Learn the boilerplate of a corpus after reading, and digest the bodies that hold it again.

One pass over the chunks of all bodies (a tenth of the size of the words) learns, a second one marks. Only bodies that
hold boilerplate are read again: from their file, or from the spool, since a corpus may come from a pipe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.digest import Digest, digest_bodies
from dedup.candidates.passages import remap_rows
from dedup.corpus.columns import ColumnBuilder, InputRows
from dedup.corpus.spool import Spool, concat_tokens
from dedup.corpus.text_source import TextSource
from dedup.inputs.batch import int_array
from dedup.settings import Settings
from dedup.text.boilerplate import zones
from dedup.text.boilerplate.learning import BoilerplateModel, MinedBlocks, domain_numbers, mine, model_of
from dedup.text.boilerplate.mining_kernels import locate_kernel, mark_kernel
from dedup.text.boilerplate.zones import Bodies

Ints = NDArray[np.int64]

_LOW32 = np.uint64(0xFFFFFFFF)
#: Bodies that are read at a time.
_BODIES = 2048


@dataclass(frozen=True)
class _BodyReader:
    """The bodies of n articles in the order of input, and their chunks.

    chunk (n + 1,) int64: where the chunks of each body begin in the spool, the last is the end. titles, domains (n,).
    texts: the function from rows to a column of texts (`TextSource.open`).
    """

    spool: Spool
    chunk: Ints
    titles: pa.Array
    domains: pa.Array
    texts: Callable[[Ints], pa.Array]

    def bodies(self, rows: Ints) -> Bodies:
        """Some bodies, after rule-based and before learned boilerplate removal."""
        places = int_array(rows)
        return zones.strip(self.texts(rows), self.titles.take(places), self.domains.take(places))

    def chunks(self, low: int) -> tuple[NDArray[np.uint32], Ints]:
        """The chunks of up to _BODIES bodies from row `low` on, and where each body begins among them (m + 1,)."""
        bounds = self.chunk[low : low + _BODIES + 1]
        out = np.empty(int(bounds[-1] - bounds[0]), np.uint32)
        self.spool.chunks.copy_to(int(bounds[0]) * 4, out.view(np.uint8))
        return out, bounds - bounds[0]


def strip_learned(
    rows: InputRows, settings: Settings, threads: int, spool: Spool, texts: Callable[[], TextSource]
) -> BoilerplateModel:
    """Learn the boilerplate of a corpus, and strip it from the bodies that hold it; return the model.

    A model that was given with the settings has been applied while reading, and is returned. texts: gives the texts of
    all articles. Raises `InputChanged`.
    """
    if not rows.tables:
        return model_of(settings) or BoilerplateModel()
    rows.columns.add(words_at=_starts(rows.columns.column("count"))[:-1])
    if (model := model_of(settings)) is not None:
        return model
    chunk = _starts(rows.columns.pop("chunks"))
    domains, titles = (
        pa.chunked_array([table.column(name) for table in rows.tables]).combine_chunks() for name in ("domain", "title")
    )
    domain, names = domain_numbers(domains)
    model = BoilerplateModel()
    with texts().open() as texts_of:
        reader = _BodyReader(spool, chunk, titles, domains, texts_of)
        mined = mine(lambda: map(reader.chunks, range(0, len(domain), _BODIES)), domain, int(chunk[-1]))
        if len(mined.key):
            order = rows.columns.column("fingerprint")[:, 0].copy()
            model = mined.model(names, _block_texts(reader, domain, mined, order))
            if model:
                _replace(rows, spool, _redigest(reader, model, model.numbers(domains), settings, threads))
    spool.chunks.close()
    return model


def _block_texts(reader: _BodyReader, domain: Ints, mined: MinedBlocks, order: NDArray[np.uint64]) -> list[str]:
    """The words of each learned key, in the order of the keys, from that body with it that is least by `order` (n,).

    domain (n,): the number of each body's domain, -1 for none.
    """
    slots = mined.slots
    row, offset = np.full(len(slots), -1, np.int64), np.zeros(len(slots), np.int64)
    size = np.zeros(len(slots), np.int64)
    for low in range(0, len(domain), _BODIES):
        chunks, first = reader.chunks(low)
        locate_kernel(chunks, first, domain[low : low + _BODIES], slots, low, order, row, offset, size)
    text = {}
    places = np.flatnonzero(slots)
    places = places[np.argsort(row[places], kind="stable")]
    for low in range(0, len(places), _BODIES):
        some = places[low : low + _BODIES]
        tokens = reader.bodies(row[some]).tokens
        begin = tokens.first + offset[some]
        folded = tokens.folded.data
        for place, a, b in zip(some, tokens.folded_start[begin], tokens.folded_start[begin + size[some]], strict=True):
            text[int(slots[place])] = bytes(folded[a : b - 1]).decode()
    return [text[key] for key in mined.key.tolist()]


def _redigest(
    reader: _BodyReader, model: BoilerplateModel, domain: Ints, settings: Settings, threads: int
) -> Iterator[tuple[Ints, NDArray[np.uint32], Digest]]:
    """Strip learned boilerplate from all bodies that hold some, and digest these again: (their rows, words, digest).

    domain (n,): the number of each body's domain in the model, -1 for none.
    """
    slots = model.slots
    has_shared = len(model.shared) > 0
    starts = [low for low in range(0, len(domain), _BODIES) if has_shared or (domain[low : low + _BODIES] >= 0).any()]

    def work(low: int) -> tuple[Ints, NDArray[np.uint32], Digest] | None:
        chunks, first = reader.chunks(low)
        _, has_boilerplate = mark_kernel(chunks, first, domain[low : low + _BODIES], slots)
        row = low + np.flatnonzero(has_boilerplate)
        if len(row) == 0:
            return None
        digest = digest_bodies(reader.bodies(row).strip_learned(domain[row], slots), settings)
        tokens = digest.bodies.tokens
        return row, concat_tokens(tokens.word, tokens.first, tokens.last), digest

    with ThreadPoolExecutor(threads) as pool:
        yield from filter(None, map(work, starts) if threads < 2 else pool.map(work, starts))


def _starts(size: Ints) -> Ints:
    """Where items of these sizes (n,) begin, one after the other, and the end (n + 1,)."""
    return np.append(0, np.cumsum(size))


def _replace(rows: InputRows, spool: Spool, digested: Iterable[tuple[Ints, NDArray[np.uint32], Digest]]) -> None:
    """Put new digests (`_redigest`) in the place of the old ones, and the new words behind all others."""
    columns, bands, passages = ColumnBuilder(), [], []
    for row, words, digest in digested:
        words_at = spool.words.append(words.data) // 4 + _starts(digest.count)[:-1]
        columns.add(row=row, words_at=words_at, count=digest.count, size=digest.size, fingerprint=digest.fingerprint)
        bands.append((row[digest.banded], digest.band))
        key, index = digest.passage & ~_LOW32, (digest.passage & _LOW32).astype(np.int64)
        passages.append(key | row[index].astype(np.uint64))
    if not bands:
        return
    row = columns.pop("row")
    place = np.arange(len(rows.columns))
    place[row] = -1
    for i, (banded, keys) in enumerate(rows.bands):
        stays = place[banded] >= 0
        rows.bands[i] = banded[stays], keys[:, stays]
    rows.passages[:] = [piece[: remap_rows(piece, place)] for piece in rows.passages]
    rows.bands += bands
    rows.passages += passages
    for name in tuple(columns.pieces):
        rows.columns.set_rows(name, row, columns.pop(name))
