"""Two articles, or one, without a corpus: `dedup.compare`, `dedup.origin`, `dedup.minhash`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.articles.batch import text_array
from dedup.articles.furniture import Bodies, cut
from dedup.articles.learned import Furniture
from dedup.articles.tokens import Tokens
from dedup.candidates.digest import fingerprints, shingle_ids
from dedup.candidates.minhash import permutations, signature_kernel, to_datasketch
from dedup.candidates.shingles import shingle_sizes
from dedup.clusters import align as c
from dedup.clusters import relate as r
from dedup.clusters.compare import Bodies as Words
from dedup.clusters.compare import compare, longer_second, place_kernel
from dedup.clusters.newer import Dated, newer_of
from dedup.clusters.origin.alone import origin_alone
from dedup.clusters.rewrite import is_rewrite, look
from dedup.model import Article, Match, Origin, Passage, Relation
from dedup.settings import Settings

if TYPE_CHECKING:
    from datasketch import MinHash


def _bodies(*articles: Article, learned: Furniture | None = None) -> Bodies:
    texts, titles, domains = (text_array([getattr(a, name) for a in articles]) for name in ("text", "title", "domain"))
    return cut(texts, titles, domains, learned)


def compare_two(a: Article, b: Article, settings: Settings) -> Match | None:
    """Compare two articles exactly; None if they are not related."""
    both = _bodies(a, b, learned=settings.furniture)
    tokens = both.tokens
    word = np.concatenate([tokens.words(0), tokens.words(1)])
    count = tokens.last - tokens.first
    first = np.array([0, count[0]])
    size = shingle_sizes(count, tokens.single, settings.shingle_size)
    order = fingerprints(both)
    tie = np.array([order[0].tolist() > order[1].tolist(), order[1].tolist() > order[0].tolist()], np.int64)
    features = compare(Words(word, first, count, size), np.array([0]), np.array([1]), tie)
    code = int(r.relate(features, settings.threshold)[0])
    if code in (r.NONE, r.OVERLAP):
        bounds = np.append(first, len(word))
        if is_rewrite(look(word, bounds, np.array([0]), np.array([1]), tie))[0]:
            code = r.REWRITE
    if code == r.NONE:
        return None
    match = match_of(a, b, code, features[0].tolist())
    return replace(match, passages=_passages(tokens, 0, 1, tie, settings.shingle_size))


def match_of(a: Dated, b: Dated, code: int, features: Sequence[int]) -> Match:
    """The match of two articles from the code of their relation and a row of features, without passages."""
    f = features
    shared, size_a, size_b = f[c.SHARED], max(1, f[c.SIZE_A]), max(1, f[c.SIZE_B])
    late = newer_of(a, b) if code in (r.VERSION, r.EXCERPT) else 0
    return Match(
        r.RELATIONS[code] or Relation.VERSION,
        (None, "a_in_b", "b_in_a")[r.direction_of(code, f[c.LENGTH_A], f[c.LENGTH_B])],
        (None, "b", "a")[late],
        r.ratio(shared, size_a + size_b - shared),
        r.ratio(shared, size_a),
        r.ratio(shared, size_b),
        f[c.RUN],
        (),
        f[c.LENGTH_A], f[c.LENGTH_B], f[c.WORDS_A], f[c.WORDS_B], f[c.ORDERED],
    )  # fmt: skip


def shared_passages(a: Article, others: Sequence[Article], settings: Settings) -> list[tuple[Passage, ...]]:
    """The passages that an article shares with each of some others, whatever their relation."""
    both = _bodies(a, *others, learned=settings.furniture)
    order = fingerprints(both).tolist()
    out = []
    for i in range(1, len(order)):
        tie = np.array([order[0] > order[i], order[i] > order[0]], np.int64)
        out.append(_passages(both.tokens, 0, i, tie, settings.shingle_size))
    return out


def _passages(tokens: Tokens, a: int, b: int, tie: NDArray[np.int64], k: int) -> tuple[Passage, ...]:
    """Common runs of at least a shingle, in the order of the shorter body, as character spans."""
    count = (tokens.last - tokens.first)[[a, b]]
    swap = bool(longer_second(count[:1], count[1:], tie[:1], tie[1:])[0])
    order = [1, 0] if swap else [0, 1]
    long, short = (b, a) if swap else (a, b)
    size = shingle_sizes(count, tokens.single[[a, b]], k)[order]
    count = count[order]
    word = np.concatenate([tokens.words(long), tokens.words(short)])
    place = place_kernel(word, np.array([0, count[0]]), count, size)
    hits = np.flatnonzero(place >= 0)
    if len(hits) == 0:
        return ()
    cuts = np.flatnonzero((np.diff(hits) != 1) | (np.diff(place[hits]) != 1)) + 1
    begins, ends = [0, *cuts.tolist()], [*cuts.tolist(), len(hits)]
    words = [high - low + int(min(size[1], count[1])) - 1 for low, high in zip(begins, ends, strict=True)]
    spans = [
        _spans(tokens, i, (tokens.first[i] + first[begins]).tolist(), words)
        for i, first in ((long, place[hits]), (short, hits))
    ]
    of_a, of_b = reversed(spans) if swap else spans
    return tuple([Passage(*x, *y, n) for x, y, n in zip(of_a, of_b, words, strict=True)])


def _spans(tokens: Tokens, i: int, first: Sequence[int], words: Sequence[int]) -> list[tuple[int, int]]:
    """The characters of text i from one token on, for so many words, of each run."""
    raw = tokens.texts.raw(i)
    spans = [
        (int(tokens.start[low]), int(tokens.end[low + count - 1])) for low, count in zip(first, words, strict=True)
    ]
    if raw.isascii():
        return spans
    before = np.append(0, np.cumsum((np.frombuffer(raw, np.uint8) & 0xC0) != 0x80))
    return [(int(before[low]), int(before[high])) for low, high in spans]


def origin_of(article: Article, settings: Settings) -> Origin:
    """The origin of an article alone, from its own credits, its metadata and its domain."""
    return origin_alone(article, _bodies(article), settings)


def minhash_of(article: Article, settings: Settings) -> MinHash:
    """The signature of an article's body."""
    ids, id_first, _ = shingle_ids(_bodies(article, learned=settings.furniture), settings.shingle_size)
    signature = signature_kernel(ids, id_first[:1], id_first[1:], *permutations(settings.num_perm, settings.seed))[0]
    return to_datasketch(signature, settings.seed)
