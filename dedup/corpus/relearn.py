"""Between reading and searching: what recurs on a domain's pages is learned, and the bodies that held it are cut again.

One pass over the chunks of all bodies (a tenth of the size of the words) for learning, one more for marking; only
bodies that hold furniture are read again: from their file, or, as a corpus may come from a pipe, from the spool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.digest import Digest, digest_bodies
from dedup.candidates.passages import rerank
from dedup.corpus.spool import Spool, pack
from dedup.corpus.text_source import Again
from dedup.inputs.batch import int_array
from dedup.settings import Settings
from dedup.text.boilerplate import zones
from dedup.text.boilerplate.learning import BoilerplateModel, MinedBlocks, Part, domain_numbers, mine, model_of
from dedup.text.boilerplate.mining_kernels import locate_kernel, mark_kernel
from dedup.text.boilerplate.zones import Bodies

_LOW32 = np.uint64(0xFFFFFFFF)
#: Which bodies, and their band keys.
Bands = tuple[NDArray[np.int64], NDArray[np.uint32]]
#: Bodies that are looked at together.
_BODIES = 2048


@dataclass(frozen=True)
class Read:
    """What was read of n bodies, in the order of input: where the chunks of each begin (n + 1,) in the spool, titles,
    and the way to their texts."""

    chunk: NDArray[np.int64]
    titles: pa.Array
    texts: Callable[[NDArray[np.int64]], pa.Array]

    def bodies(self, row: NDArray[np.int64]) -> Bodies:
        """Some bodies again, as the rules leave them."""
        return zones.strip(self.texts(row), self.titles.take(int_array(row)))


@dataclass(frozen=True)
class Recut:
    """Bodies that were cut again: their rows (m,), words, and what `Digest` has of them."""

    row: NDArray[np.int64]
    word: NDArray[np.uint32]
    count: NDArray[np.int64]
    size: NDArray[np.int32]
    fingerprint: NDArray[np.uint64]
    banded: NDArray[np.int64]
    band: NDArray[np.uint32]
    passage: NDArray[np.uint64]

    @classmethod
    def of(cls, row: NDArray[np.int64], d: Digest) -> Recut:
        """All but the bodies themselves: some of a corpus's bodies are held here."""
        tokens = d.bodies.tokens
        word = pack(tokens.word, tokens.first, tokens.last)
        return cls(row, word, d.count, d.size, d.fingerprint, d.banded, d.band, d.passage)


@dataclass
class Rows:
    """Columns of the articles read so far, a chunk a batch."""

    chunks: dict[str, list[NDArray[np.generic]]] = field(default_factory=dict)

    def add(self, **columns: NDArray[np.generic]) -> None:
        for name, values in columns.items():
            self.chunks.setdefault(name, []).append(values)

    def take(self, name: str) -> NDArray[Any]:
        return np.concatenate(self.chunks.pop(name))

    def whole(self, name: str) -> NDArray[Any]:
        """A column as one array, which stays."""
        self.chunks[name] = [self.take(name)]
        return cast("NDArray[Any]", self.chunks[name][0])

    def put(self, name: str, row: NDArray[np.int64], values: NDArray[Any] | int) -> None:
        """Replace the values of some rows."""
        whole = self.take(name)
        whole[row] = values
        self.chunks[name] = [whole]

    @property
    def size(self) -> int:
        return sum(map(len, self.chunks["line"]))


def chunk_parts(spool: Spool, at: NDArray[np.int64]) -> Callable[[], Iterator[Part]]:
    """The chunks of all bodies, a part at a time."""

    def parts() -> Iterator[Part]:
        for low in range(0, len(at) - 1, _BODIES):
            bounds = at[low : low + _BODIES + 1]
            yield _chunks(spool, bounds), bounds - bounds[0]

    return parts


def recut(
    spool: Spool, read: Read, domain: NDArray[np.int64], slots: NDArray[np.uint64], settings: Settings, threads: int
) -> Iterator[Recut]:
    """Cut learned furniture (the table `slots` of its keys) from all bodies that hold some.

    domain (n,): the number of each body's domain, -1 for none.
    """
    starts = [low for low in range(0, len(domain), _BODIES) if (domain[low : low + _BODIES] >= 0).any()]

    def work(low: int) -> Recut | None:
        bounds = read.chunk[low : low + _BODIES + 1]
        chunks = _chunks(spool, bounds)
        _, touched = mark_kernel(chunks, bounds - bounds[0], domain[low : low + _BODIES], slots)
        row = low + np.flatnonzero(touched)
        if len(row) == 0:
            return None
        return Recut.of(row, digest_bodies(read.bodies(row).strip_learned(domain[row], slots), settings))

    with ThreadPoolExecutor(threads) as pool:
        yield from filter(None, map(work, starts) if threads < 2 else pool.map(work, starts))


def _chunks(spool: Spool, bounds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The chunks of bodies that begin at `bounds`, the last of which is the end."""
    out = np.empty(int(bounds[-1] - bounds[0]), np.uint32)
    spool.chunks.copy_to(int(bounds[0]) * 4, out.view(np.uint8))
    return out


def block_texts(
    spool: Spool, read: Read, domain: NDArray[np.int64], learned: MinedBlocks, order: NDArray[np.uint64]
) -> list[str]:
    """The words of each learned key, in the order of the keys, from that body with it that is least by `order` (n,)."""
    slots = learned.slots
    row, offset = np.full(len(slots), -1, np.int64), np.zeros(len(slots), np.int64)
    size = np.zeros(len(slots), np.int64)
    for low in range(0, len(domain), _BODIES):
        bounds = read.chunk[low : low + _BODIES + 1]
        chunks = _chunks(spool, bounds)
        locate_kernel(chunks, bounds - bounds[0], domain[low : low + _BODIES], slots, low, order, row, offset, size)
    text = {}
    places = np.flatnonzero(slots)
    places = places[np.argsort(row[places], kind="stable")]
    for low in range(0, len(places), _BODIES):
        some = places[low : low + _BODIES]
        tokens = read.bodies(row[some]).tokens
        begin = tokens.first + offset[some]
        folded = tokens.folded.data
        for place, a, b in zip(some, tokens.folded_start[begin], tokens.folded_start[begin + size[some]], strict=True):
            text[int(slots[place])] = bytes(folded[a : b - 1]).decode()
    return [text[key] for key in learned.key.tolist()]


def cut_learned(
    rows: Rows,
    tables: list[pa.RecordBatch],
    passages: list[NDArray[np.uint64]],
    bands: list[Bands],
    settings: Settings,
    threads: int,
    spool: Spool,
    again: Callable[[], Again],
) -> BoilerplateModel:
    """Learn the corpus's furniture, unless a model was given, and cut it from the bodies that hold it.

    again: gives the texts of all articles.
    """
    if not tables:
        return model_of(settings) or BoilerplateModel()
    rows.add(words_at=_from_sizes(rows.whole("count"))[:-1])
    if (model := model_of(settings)) is not None:
        return model
    chunk = _from_sizes(rows.take("chunks"))
    domains, titles = (_column(tables, name) for name in ("domain", "title"))
    domain, names = domain_numbers(domains)
    learned = mine(chunk_parts(spool, chunk), domain, int(chunk[-1]))
    if len(learned.key):
        with again().opened() as texts:
            read = Read(chunk, titles, texts)
            order = rows.whole("fingerprint")[:, 0].copy()
            model = learned.model(names, block_texts(spool, read, domain, learned, order))
            if model:
                done = list(recut(spool, read, model.numbers(domains), model.slots, settings, threads))
                _replace(rows, passages, bands, spool, done)
    else:
        model = BoilerplateModel()
    spool.chunks.close()
    return model


def _column(tables: list[pa.RecordBatch], name: str) -> pa.Array:
    return pa.chunked_array([table.column(name) for table in tables]).combine_chunks()


def _from_sizes(size: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.append(0, np.cumsum(size))


def _replace(
    rows: Rows, passages: list[NDArray[np.uint64]], bands: list[Bands], spool: Spool, done: list[Recut]
) -> None:
    """Put the new digests in the place of the old ones, and the new words behind the others."""
    if not done:
        return
    row = np.concatenate([d.row for d in done])
    place = np.arange(rows.size)
    place[row] = -1
    for i, (banded, keys) in enumerate(bands):
        stays = place[banded] >= 0
        bands[i] = banded[stays], keys[:, stays]
    passages[:] = [piece[: rerank(piece, place)] for piece in passages]
    words_at = []
    for d in done:
        bands.append((d.row[d.banded], d.band))
        key, index = d.passage & ~_LOW32, (d.passage & _LOW32).astype(np.int64)
        passages.append(key | d.row[index].astype(np.uint64))
        words_at.append(spool.words.append(d.word.data) // 4 + _from_sizes(d.count)[:-1])
    rows.put("words_at", row, np.concatenate(words_at))
    for name in ("count", "size", "fingerprint"):
        rows.put(name, row, np.concatenate([getattr(d, name) for d in done]))
