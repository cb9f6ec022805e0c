"""Between reading and searching: what recurs on a domain's pages is learned, and the bodies that held it are cut again.

One pass over the chunks of all bodies (a tenth of the size of the words) for learning, one more for marking; only
bodies that hold furniture are read again, from the spool, so that a corpus may come from a pipe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.articles.batch import text_array
from dedup.articles.furniture import Bodies
from dedup.articles.learned import Furniture, Learned, Part, domain_numbers, learn
from dedup.articles.recurring import locate_kernel, mark_kernel
from dedup.articles.recut import recut_kernel
from dedup.articles.tokens import Tokens
from dedup.candidates.digest import Digest, digest_bodies
from dedup.candidates.passages import rerank
from dedup.candidates.spool import Spool, SpoolFile
from dedup.settings import Settings

_LOW32 = np.uint64(0xFFFFFFFF)
#: Which bodies, and their band keys.
Bands = tuple[NDArray[np.int64], NDArray[np.uint32]]
#: Bodies that are looked at together.
_BODIES = 2048
#: Bytes that kernels may read beyond the last one.
_SPARE = bytes(64)


@dataclass(frozen=True)
class Spooled:
    """Where the words, folded bytes and chunks of n bodies are in the spool: (n + 1,) int64 each, in the units of
    those; in the order of input, one body after the other."""

    word: NDArray[np.int64]
    folded: NDArray[np.int64]
    chunk: NDArray[np.int64]


@dataclass(frozen=True)
class Recut:
    """Bodies that were cut again: their rows (m,), new digest, and where their words are now (m,) in the spool."""

    row: NDArray[np.int64]
    digest: Digest
    words_at: NDArray[np.int64]


@dataclass
class Rows:
    """Columns of the articles read so far, a chunk a batch."""

    chunks: dict[str, list[NDArray[np.generic]]] = field(default_factory=dict)

    def add(self, **columns: NDArray[np.generic]) -> None:
        for name, values in columns.items():
            self.chunks.setdefault(name, []).append(values)

    def take(self, name: str) -> NDArray[Any]:
        return np.concatenate(self.chunks.pop(name))

    def put(self, name: str, row: NDArray[np.int64], values: NDArray[Any]) -> None:
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
            yield _read(spool.chunks, bounds[0] * 4, bounds[-1] * 4).view(np.uint32), bounds - bounds[0]

    return parts


def recut(
    spool: Spool, at: Spooled, domain: NDArray[np.int64], slots: NDArray[np.uint64], settings: Settings, threads: int
) -> Iterator[Recut]:
    """Cut learned furniture (the table `slots` of its keys) from all bodies that hold some.

    domain (n,): the number of each body's domain, -1 for none.
    """
    starts = [low for low in range(0, len(domain), _BODIES) if (domain[low : low + _BODIES] >= 0).any()]

    def work(low: int) -> tuple[Recut, NDArray[np.uint32]] | None:
        return _recut_part(spool, at, domain, slots, settings, low, min(low + _BODIES, len(domain)))

    with ThreadPoolExecutor(threads) as pool:
        for result in map(work, starts) if threads < 2 else pool.map(work, starts):
            if result is None:
                continue
            done, word = result
            apart = np.flatnonzero(done.words_at < 0)
            if len(apart):  # bodies that are no longer one piece of what was spooled
                place = spool.words.append(word.data) // 4
                done.words_at[apart] = place + np.append(0, np.cumsum(done.digest.count[apart])[:-1])
            yield done


def _recut_part(
    spool: Spool,
    at: Spooled,
    domain: NDArray[np.int64],
    slots: NDArray[np.uint64],
    settings: Settings,
    low: int,
    high: int,
) -> tuple[Recut, NDArray[np.uint32]] | None:
    chunk_first = at.chunk[low : high + 1] - at.chunk[low]
    chunks = _read(spool.chunks, at.chunk[low] * 4, at.chunk[high] * 4).view(np.uint32)
    zone, touched = mark_kernel(chunks, chunk_first, domain[low:high], slots)
    row = np.flatnonzero(touched)
    if len(row) == 0:
        return None
    first, last = int(row[0]), int(row[-1]) + 1
    word = _read(spool.words, at.word[low + first] * 4, at.word[low + last] * 4).view(np.uint32)
    folded = _read(spool.folded, at.folded[low + first], at.folded[low + last])
    word_first = at.word[low : high + 1] - at.word[low + first]
    folded_first = at.folded[low : high + 1] - at.folded[low + first]
    new, begin, end, text, starts, single, shift = recut_kernel(
        row, word, word_first, folded, folded_first, chunks, chunk_first, zone
    )
    none = np.zeros(0, np.int32)
    tokens = Tokens(begin, end, new, none, none, text, starts, single, text_array([]))
    result = digest_bodies(Bodies(tokens, np.zeros((4, 0), np.int64)), settings)
    place = np.where(shift < 0, -1, at.word[low + row] + shift)
    apart = [new[a:b] for a, b in zip(begin[shift < 0], end[shift < 0], strict=True)]
    return Recut(low + row, result, place), np.concatenate(apart) if apart else new[:0]


def _read(file: SpoolFile, low: int, high: int) -> NDArray[np.uint8]:
    """Bytes low..high of a spooled file with some to spare behind the array's end."""
    size = int(high - low)
    whole = np.empty(size + len(_SPARE), np.uint8)
    file.copy_to(int(low), whole[:size])
    whole[size:] = 0
    return whole[:size]


def block_texts(
    spool: Spool, at: Spooled, domain: NDArray[np.int64], learned: Learned, order: NDArray[np.uint64]
) -> list[str]:
    """The words of each learned key, in the order of the keys, from that body with it that is least by `order` (n,)."""
    slots = learned.slots
    row, offset = np.full(len(slots), -1, np.int64), np.zeros(len(slots), np.int64)
    size = np.zeros(len(slots), np.int64)
    for low in range(0, len(domain), _BODIES):
        high = min(low + _BODIES, len(domain))
        chunks = _read(spool.chunks, at.chunk[low] * 4, at.chunk[high] * 4).view(np.uint32)
        first = at.chunk[low : high + 1] - at.chunk[low]
        locate_kernel(chunks, first, domain[low:high], slots, low, order, row, offset, size)
    text = {}
    for place in np.flatnonzero(slots).tolist():
        where = int(row[place])
        words = spool.folded.read(int(at.folded[where]), int(at.folded[where + 1] - at.folded[where])).split(b" ")
        text[int(slots[place])] = b" ".join(words[offset[place] : offset[place] + size[place]]).decode()
    return [text[key] for key in learned.key.tolist()]


def cut_learned(
    rows: Rows,
    tables: list[pa.RecordBatch],
    passages: list[NDArray[np.uint64]],
    bands: list[Bands],
    settings: Settings,
    threads: int,
    spool: Spool,
) -> Furniture:
    """Learn the corpus's furniture, unless a model was given, and cut it from the bodies that hold it."""
    if not tables:
        return settings.furniture or Furniture()
    at = Spooled(*(_from_sizes(rows.take(name)) for name in ("words", "folded", "chunks")))
    rows.add(words_at=at.word[:-1].copy())
    if settings.furniture is not None:
        return settings.furniture
    column = pa.chunked_array([table.column("domain") for table in tables])
    domain, names = domain_numbers(column)
    learned = learn(chunk_parts(spool, at.chunk), domain, int(at.chunk[-1]))
    fingerprint = rows.take("fingerprint")
    rows.add(fingerprint=fingerprint)
    model = learned.model(names, block_texts(spool, at, domain, learned, fingerprint[:, 0].copy()))
    if model:
        done = recut(spool, at, model.numbers(column), model.slots, settings, threads)
        _replace(rows, passages, bands, list(done))
    for file in (spool.folded, spool.chunks):
        file.close()
    return model


def _from_sizes(size: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.append(0, np.cumsum(size))


def _replace(rows: Rows, passages: list[NDArray[np.uint64]], bands: list[Bands], done: list[Recut]) -> None:
    """Put the new digests in the place of the old ones."""
    if not done:
        return
    row = np.concatenate([d.row for d in done])
    place = np.arange(rows.size)
    place[row] = -1
    for i, (banded, keys) in enumerate(bands):
        stays = place[banded] >= 0
        bands[i] = banded[stays], keys[:, stays]
    passages[:] = [piece[: rerank(piece, place)] for piece in passages]
    for d in done:
        bands.append((d.row[d.digest.banded], d.digest.band))
        key, index = d.digest.passage & ~_LOW32, (d.digest.passage & _LOW32).astype(np.int64)
        passages.append(key | d.row[index].astype(np.uint64))
    rows.put("words_at", row, np.concatenate([d.words_at for d in done]))
    for name in ("count", "size", "fingerprint"):
        rows.put(name, row, np.concatenate([getattr(d.digest, name) for d in done]))
