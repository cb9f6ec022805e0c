"""Digest new articles as a scan digests them, before any lock is taken."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from dedup.candidates.anchors import KEY_RATE, MAX_KEYS, key_kernel
from dedup.candidates.digest import Digest, digest
from dedup.candidates.shingles import MIN_TOKENS
from dedup.evidence.extractor import extractor
from dedup.index.model_values import evidence_to_json
from dedup.index.stores.base import ArticleRow, BodyRow, Sketch
from dedup.inputs.batch import METADATA, Batch, text_array
from dedup.inputs.date_order import in_order
from dedup.inputs.dates import parse_timestamp
from dedup.inputs.readers.objects import ARTICLES, read_one
from dedup.inputs.set_aside import non_article
from dedup.inputs.text_buffers import Buffers, text_buffers
from dedup.model import Article, SetAside
from dedup.settings import Settings
from dedup.text.site_names import needs_domain

_HALF = np.uint64(32)


@dataclass(slots=True)
class NewArticle:
    """An article with its digest.

    row, body: as they will be stored, without their numbers (0, and None for the body of the row); body is None where
    the text is too short to be compared. text: UTF-8. sketch, tokens (uint32): of the body.
    """

    row: ArticleRow
    body: BodyRow | None
    text: bytes
    sketch: Sketch
    tokens: NDArray[np.uint32]

    @property
    def id(self) -> str:
        """The id of the article."""
        return self.row.id


def content_id(text: bytes, *fields: str | None) -> str:
    """Return an id for an article without one: a hash of its content, so the same record is the same article again."""
    parts = [b"\x00" if field is None else b"\x01" + field.encode(errors="surrogatepass") for field in fields]
    return "x" + xxhash.xxh3_128_hexdigest(b"\x02".join([*parts, text]))


def digest_records(batch: Batch, settings: Settings) -> list[NewArticle | SetAside]:
    """Digest the articles of a batch; what was set aside stands between them, in the order of the records."""
    records: list[NewArticle | SetAside] = list(digest_batch(batch, settings))
    for place in sorted(batch.set_aside):
        records.insert(place, batch.set_aside[place])
    return records


def digest_batch(batch: Batch, settings: Settings, now: float | None = None) -> list[NewArticle]:
    """Digest the articles of a batch. now: timestamp of articles without a date, in seconds since 1970."""
    records = batch.records
    if records.num_rows == 0:
        return []
    texts = text_buffers(records.column("text"))
    result = digest(texts, records.column("title"), settings, records.column("domain"))
    return _new_articles(texts, {name: records.column(name).to_pylist() for name in METADATA}, result, settings, now)


def digest_one(
    item: Mapping[str, Any] | Article, settings: Settings, now: float | None = None
) -> NewArticle | SetAside:
    """Digest one article as `digest_batch` does, or set it aside. Raises `RejectedRecord` for what cannot be read.

    Columns of Arrow are avoided: those of one article take longer than its digest.
    """
    text, columns = read_one(item, settings)
    if settings.date_order is not None:
        columns["published"] = [in_order(columns["published"][0], settings.date_order)]
    if not settings.keep_all and (kind := non_article(text, columns)) is not None:
        id, url, title, published = (columns[name][0] for name in ("id", "url", "title", "published"))
        return SetAside(ARTICLES, None, id or content_id(text, url, title, published), *kind)
    texts = Buffers.of([text])
    titles = Buffers.of([title.encode() if title else b"" for title in columns["title"]])
    is_needed = settings.furniture or needs_domain(text, titles.raw(0))
    domains = text_array(columns["domain"]) if is_needed else None
    return _new_articles(texts, columns, digest(texts, titles, settings, domains), settings, now)[0]


def _new_articles(
    texts: Buffers, columns: Mapping[str, Sequence[str | None]], result: Digest, settings: Settings, now: float | None
) -> list[NewArticle]:
    """Return articles by their texts, their columns of METADATA, and their digest."""
    now = time.time() if now is None else now
    evidence = extractor(settings.agencies, settings.sites).extract(result.bodies, columns)
    tokens = result.bodies.tokens
    data = texts.data.data  # a memory's items take a third of an array's time
    rows = zip(
        *(columns[name] for name in METADATA), pairwise(texts.offsets.tolist()),
        result.fingerprint.view(np.int64).tolist(), result.count.tolist(), result.size.tolist(), _sketches(result),
        tokens.first.tolist(), strict=True,
    )  # fmt: skip
    articles = []
    for i, (
        id, url, domain, title, published, authors, meta, (begin, end), (high, low), count, size, sketch, first
    ) in enumerate(rows):  # fmt: skip
        text = bytes(data[begin:end])
        when = parse_timestamp(published)
        row = ArticleRow(
            0, id or content_id(text, url, title, published), None, url, domain, title, published, authors, meta,
            now if when is None else when[0], evidence_to_json(evidence.get(i, ())),
        )  # fmt: skip
        body = BodyRow(0, high, low, count, size, None, None) if count >= MIN_TOKENS else None
        articles.append(NewArticle(row, body, text, sketch, tokens.word[first : first + count].copy()))
    return articles


def _sketches(result: Digest) -> list[Sketch]:
    """Return the keys of each body."""
    tokens, n = result.bodies.tokens, len(result.count)
    names, name_count = key_kernel(tokens.word, tokens.first, result.count, KEY_RATE, MAX_KEYS)
    name = [0, *accumulate(name_count.tolist())]
    # By body, then by key; a passage printed twice in one body is one posting.
    pairs = np.sort((result.passage << _HALF) | (result.passage >> _HALF))
    is_first = np.ones(len(pairs), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=is_first[1:])
    pairs = pairs[is_first]
    bounds = np.searchsorted(pairs, np.arange(1, n, dtype=np.uint64) << _HALF).tolist() if n > 1 else ()
    passage = [0, *bounds, len(pairs)]
    passages = pairs.astype(np.uint32)
    bands = [np.zeros(0, np.uint32)] * n
    for i, band in zip(result.banded.tolist(), np.ascontiguousarray(result.band.T), strict=True):
        bands[i] = band
    return [Sketch(bands[i], passages[passage[i] : passage[i + 1]], names[name[i] : name[i + 1]]) for i in range(n)]
