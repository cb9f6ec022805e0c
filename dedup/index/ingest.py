"""Articles on their way in: digested as a scan digests them, before any lock is taken."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from dedup.candidates.anchors import KEY_RATE, MAX_KEYS, key_kernel
from dedup.candidates.digest import Digest, digest
from dedup.candidates.shingles import MIN_TOKENS
from dedup.evidence.extractor import extractor
from dedup.index.stores.base import Sketch
from dedup.inputs.batch import METADATA, Batch, map_prefetched, text_array
from dedup.inputs.dates import parse_timestamp
from dedup.inputs.readers.objects import read_one
from dedup.inputs.text_buffers import Buffers, text_buffers
from dedup.model import Article
from dedup.settings import Settings

_HALF = np.uint64(32)


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
    records = batch.records
    if records.num_rows == 0:
        return []
    texts = text_buffers(records.column("text"))
    result = digest(texts, records.column("title"), settings, records.column("domain"))
    return _incoming(texts, {name: records.column(name).to_pylist() for name in METADATA}, result, settings, now)


def take_one(item: Mapping[str, Any] | Article, settings: Settings, now: float | None = None) -> Incoming:
    """`take` of one article that a program holds. Raises `RejectedRecord`.

    The way is the same, past columns of Arrow: those of one article take longer than its digest.
    """
    text, columns = read_one(item, settings)
    texts = Buffers.of([text])
    titles = Buffers.of([title.encode() if title else b"" for title in columns["title"]])
    domains = text_array(columns["domain"]) if settings.furniture else None
    (one,) = _incoming(texts, columns, digest(texts, titles, settings, domains), settings, now)
    return one


def _incoming(
    texts: Buffers, columns: Mapping[str, Sequence[str | None]], result: Digest, settings: Settings, now: float | None
) -> list[Incoming]:
    """Articles by their texts, the columns of METADATA, and their digest."""
    now = time.time() if now is None else now
    said = extractor(settings.agencies, settings.sites).extract(result.bodies, columns)
    tokens = result.bodies.tokens
    data = texts.data.data  # a memory's items take a third of an array's time
    rows = zip(
        *(columns[name] for name in METADATA), pairwise(texts.offsets.tolist()),
        result.fingerprint.view(np.int64).tolist(), result.count.tolist(), result.size.tolist(), _sketches(result),
        tokens.first.tolist(), strict=True,
    )  # fmt: skip
    out = []
    for i, (
        id, url, domain, title, published, authors, meta, (begin, end), (high, low), count, size, sketch, first
    ) in enumerate(rows):  # fmt: skip
        text = bytes(data[begin:end])
        when = parse_timestamp(published)
        heard = said.get(i)
        out.append(
            Incoming(
                id or name_of(text, url, title, published), url, domain, title, published, authors, meta, text,
                now if when is None else when[0],
                orjson.dumps([list(item) for item in heard]).decode() if heard else None,
                high, low, count, size, sketch, tokens.word[first : first + count].copy(),
            )
        )  # fmt: skip
    return out


def take_all(batches: Iterable[Batch], settings: Settings, threads: int) -> Iterator[tuple[Batch, list[Incoming]]]:
    """Every batch with its articles, in order, some batches ahead."""
    return map_prefetched(batches, lambda batch: take(batch, settings), threads)


def _sketches(result: Digest) -> list[Sketch]:
    """The keys of each body."""
    tokens, n = result.bodies.tokens, len(result.count)
    names, taken = key_kernel(tokens.word, tokens.first, result.count, KEY_RATE, MAX_KEYS)
    name = [0, *accumulate(taken.tolist())]
    # By body, then by key; a passage printed twice in one body is one posting.
    packed = np.sort((result.passage << _HALF) | (result.passage >> _HALF))
    fresh = np.ones(len(packed), np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=fresh[1:])
    packed = packed[fresh]
    bounds = np.searchsorted(packed, np.arange(1, n, dtype=np.uint64) << _HALF).tolist() if n > 1 else ()
    passage = [0, *bounds, len(packed)]
    passages = packed.astype(np.uint32)
    none = np.zeros(0, np.uint32)
    bands = [none] * n
    for i, band in zip(result.banded.tolist(), np.ascontiguousarray(result.band.T), strict=True):
        bands[i] = band
    return [Sketch(bands[i], passages[passage[i] : passage[i + 1]], names[name[i] : name[i + 1]]) for i in range(n)]
