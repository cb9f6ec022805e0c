"""Articles on their way in: digested as a scan digests them, before any lock is taken."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from dedup.articles.batch import METADATA, Batch, ahead
from dedup.articles.dates import parse
from dedup.articles.tokens import text_buffers
from dedup.candidates.digest import Digest, digest
from dedup.candidates.names import MOST, SAMPLE, key_kernel
from dedup.candidates.shingles import MIN_TOKENS
from dedup.clusters.origin.listen import listener
from dedup.indexing.store import Sketch
from dedup.settings import Settings

_LOW32 = np.uint64(0xFFFFFFFF)


@dataclass(slots=True)
class Incoming:
    """One article with its digest; the fields are those of `ArticleRow` and `BodyRow`. `word`: its body's words."""

    id: str
    url: str | None
    domain: str | None
    title: str | None
    published: str | None
    authors: str | None
    meta: str | None
    text: bytes
    age: float
    said: str | None
    high: int
    low: int
    count: int
    size: int
    sketch: Sketch
    word: NDArray[np.uint32]

    @property
    def comparable(self) -> bool:
        return self.count >= MIN_TOKENS


def name_of(text: bytes, *fields: str | None) -> str:
    """The id of an article that has none: of what it says, so that the same record is the same article again."""
    parts = [b"\x00" if field is None else b"\x01" + field.encode(errors="surrogatepass") for field in fields]
    return "x" + xxhash.xxh3_128_hexdigest(b"\x02".join([*parts, text]))


def take(batch: Batch, settings: Settings, now: float | None = None) -> list[Incoming]:
    """Digest a batch. now: seconds since 1970, the age of articles that say none."""
    n = batch.records.num_rows
    if n == 0:
        return []
    now = time.time() if now is None else now
    records = batch.records
    result = digest(records.column("text"), records.column("title"), settings, records.column("domain"))
    said = listener(settings.agencies, settings.sites).listen(result.bodies, records)
    data, bounds = text_buffers(records.column("text"))
    columns = {name: records.column(name).to_pylist() for name in METADATA}
    sketches = _sketches(result, n)
    tokens = result.bodies.tokens
    fingerprint = result.fingerprint.view(np.int64).tolist()
    count, size = result.count.tolist(), result.size.tolist()
    out = []
    for i, (low, high) in enumerate(pairwise(bounds.tolist())):
        text = data[low:high].tobytes()
        url, domain, title, published, authors, meta = (columns[name][i] for name in METADATA[1:])
        when = parse(published)
        heard = said.get(i)
        out.append(
            Incoming(
                columns["id"][i] or name_of(text, url, title, published), url, domain, title, published, authors, meta,
                text, now if when is None else when.seconds,
                orjson.dumps([list(item) for item in heard]).decode() if heard else None,
                fingerprint[i][0], fingerprint[i][1], count[i], size[i], sketches[i], tokens.words(i).copy(),
            )
        )  # fmt: skip
    return out


def take_all(batches: Iterable[Batch], settings: Settings, threads: int) -> Iterator[tuple[Batch, list[Incoming]]]:
    """Every batch with its articles, in order, some batches ahead."""
    return ahead(batches, lambda batch: take(batch, settings), threads)


def _sketches(result: Digest, n: int) -> list[Sketch]:
    """The keys of each body."""
    tokens = result.bodies.tokens
    names, taken = key_kernel(tokens.word, tokens.first, result.count, SAMPLE, MOST)
    # A passage printed twice in one body is one posting.
    packed = np.sort(((result.passage & _LOW32) << np.uint64(32)) | (result.passage >> np.uint64(32)))
    packed = packed[np.append(True, packed[1:] != packed[:-1])[: len(packed)]]
    ends = np.searchsorted(packed, np.arange(n + 1, dtype=np.uint64) << np.uint64(32)).tolist()
    passages = (packed & _LOW32).astype(np.uint32)
    bands = np.full(n, -1, np.int64)
    bands[result.banded] = np.arange(len(result.banded))
    none = np.zeros(0, np.uint32)
    name_ends = np.append(0, np.cumsum(taken)).tolist()
    return [
        Sketch(
            none if column < 0 else result.band[:, column].copy(),
            passages[ends[i] : ends[i + 1]],
            names[name_ends[i] : name_ends[i + 1]],
        )
        for i, column in enumerate(bands.tolist())
    ]
