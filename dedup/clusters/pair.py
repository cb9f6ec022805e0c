"""Two articles, or one, without a corpus: `dedup.compare`, `dedup.origin`, `dedup.minhash`."""

from __future__ import annotations

from collections.abc import Callable
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
from dedup.clusters.assemble import newer
from dedup.clusters.compare import Bodies as Words
from dedup.clusters.compare import compare, longer_second, place_kernel
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
    match = match_of(a, b, code, features[0])
    return replace(match, passages=_passages(tokens, tie, settings.shingle_size))


def match_of(a: Article, b: Article, code: int, features: NDArray[np.int32]) -> Match:
    """The match of two articles from the code of their relation and a row of features, without passages."""
    f = features.tolist()
    shared, size_a, size_b = f[c.SHARED], max(1, f[c.SIZE_A]), max(1, f[c.SIZE_B])
    toward = int(r.direction(features.reshape(1, -1), np.array([code], np.uint8))[0])
    late = 0
    if code in (r.VERSION, r.EXCERPT):
        titles, domains, published = [a.title, b.title], [a.domain, b.domain], [a.published, b.published]
        late = int(newer(titles, domains, published, np.array([0]), np.array([1]))[0])
    return Match(
        r.RELATIONS[code] or Relation.VERSION,
        {0: None, 1: "a_in_b", -1: "b_in_a"}[toward],
        {0: None, 1: "b", -1: "a"}[late],
        r.ratio(shared, size_a + size_b - shared),
        r.ratio(shared, size_a),
        r.ratio(shared, size_b),
        f[c.RUN],
        (),
        f[c.LENGTH_A], f[c.LENGTH_B], f[c.WORDS_A], f[c.WORDS_B], f[c.ORDERED],
    )  # fmt: skip


def shared_passages(a: Article, b: Article, settings: Settings) -> tuple[Passage, ...]:
    """The passages that two articles share, whatever their relation."""
    both = _bodies(a, b, learned=settings.furniture)
    order = fingerprints(both)
    tie = np.array([order[0].tolist() > order[1].tolist(), order[1].tolist() > order[0].tolist()], np.int64)
    return _passages(both.tokens, tie, settings.shingle_size)


def _passages(tokens: Tokens, tie: NDArray[np.int64], k: int) -> tuple[Passage, ...]:
    """Common runs of at least a shingle, in the order of the shorter body, as character spans."""
    count = tokens.last - tokens.first
    swap = bool(longer_second(count[:1], count[1:], tie[:1], tie[1:])[0])
    long, short = (1, 0) if swap else (0, 1)
    size = shingle_sizes(count, tokens.single, k)[[long, short]]
    word = np.concatenate([tokens.words(long), tokens.words(short)])
    place = place_kernel(word, np.array([0, count[long]]), count[[long, short]], size)
    hits = np.flatnonzero(place >= 0)
    if len(hits) == 0:
        return ()
    cuts = np.flatnonzero((np.diff(hits) != 1) | (np.diff(place[hits]) != 1)) + 1
    characters = [_characters(tokens, i) for i in (long, short)]
    out = []
    for run in np.split(hits, cuts):
        words = len(run) + int(min(size[1], count[short])) - 1
        i, j = tokens.first[long] + place[run[0]], tokens.first[short] + run[0]
        spans = [
            (at(int(tokens.start[first])), at(int(tokens.end[first + words - 1])))
            for at, first in zip(characters, (i, j), strict=True)
        ]
        of_a, of_b = reversed(spans) if swap else spans
        out.append(Passage(*of_a, *of_b, words))
    return tuple(out)


def _characters(tokens: Tokens, i: int) -> Callable[[int], int]:
    """A function from byte to character offsets of text i."""
    raw = np.frombuffer(tokens.texts[i].as_py().encode(), np.uint8)
    before = np.append(0, np.cumsum((raw & 0xC0) != 0x80))
    return lambda at: int(before[at])


def origin_of(article: Article, settings: Settings) -> Origin:
    """The origin of an article alone, from its own credits, its metadata and its domain."""
    return origin_alone(article, _bodies(article), settings)


def minhash_of(article: Article, settings: Settings) -> MinHash:
    """The signature of an article's body."""
    ids, id_first, _ = shingle_ids(_bodies(article, learned=settings.furniture), settings.shingle_size)
    signature = signature_kernel(ids, id_first[:1], id_first[1:], *permutations(settings.num_perm, settings.seed))[0]
    return to_datasketch(signature, settings.seed)
