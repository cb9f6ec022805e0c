"""Two articles, or one, without a corpus: `dedup.compare`, `dedup.origin`, `dedup.minhash`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.attribution.single_article import origin_of_article
from dedup.candidates.digest import fingerprints, shingle_ids
from dedup.candidates.minhash import permutations, signature_kernel, to_datasketch
from dedup.candidates.shingles import shingle_sizes
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.aligned_runs import PLACE_A, PLACE_B, WORDS, aligned_runs
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import compare
from dedup.comparison.probability import Limits, may_join_as_rewrites, probabilities, relations
from dedup.comparison.recency import Dated, newer_of
from dedup.comparison.rewrite import is_rewrite, rewrite_features
from dedup.inputs.batch import text_array
from dedup.inputs.text_buffers import Buffers
from dedup.model import Article, Match, Origin, Passage, Relation
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel, model_of
from dedup.text.boilerplate.zones import Bodies, strip

if TYPE_CHECKING:
    from datasketch import MinHash


def _bodies(*articles: Article, model: BoilerplateModel | None = None) -> Bodies:
    texts = Buffers.of([a.text.encode() for a in articles])
    titles = Buffers.of([(a.title or "").encode() for a in articles])
    return strip(texts, titles, text_array([a.domain for a in articles]), model)


def compare_two(a: Article, b: Article, settings: Settings) -> Match | None:
    """Compare two articles exactly; None if they are not related."""
    both = _Passages(_bodies(a, b, model=model_of(settings)), settings.shingle_size)
    pair = both.words, np.array([0]), np.array([1]), both.tie
    features = compare(*pair)
    limits = Limits.of(settings)
    relation = relations(features, limits)
    may_be = r.may_be_rewrite(features, relation) & may_join_as_rewrites(features, limits)
    if may_be[0] and is_rewrite(rewrite_features(*pair))[0]:
        relation[0] = r.REWRITE
    code = int(relation[0])
    if code == r.NONE:
        return None
    x, y = (Dated(article.title, article.domain, article.published) for article in (a, b))
    numbers = Numbers(features[0].tolist(), int(probabilities(features, relation, limits)[0]))
    return match_of(x, y, code, numbers, both.of(0, 1))


class Numbers(NamedTuple):
    """What was measured of a pair: a row of features, and its probability in ten-thousandths."""

    features: Sequence[int]
    probability: int


def match_of(a: Dated, b: Dated, code: int, numbers: Numbers, passages: tuple[Passage, ...] = ()) -> Match:
    """The match of two articles from the code of their relation and what was measured."""
    f = numbers.features
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
        passages,
        f[c.LENGTH_A], f[c.LENGTH_B], f[c.WORDS_A], f[c.WORDS_B], f[c.ORDERED], numbers.probability / 10_000,
    )  # fmt: skip


def shared_passages(a: Article, others: Sequence[Article], settings: Settings) -> list[tuple[Passage, ...]]:
    """The passages that an article shares with each of some others, whatever their relation."""
    if not others:
        return []
    among = _Passages(_bodies(a, *others, model=model_of(settings)), settings.shingle_size)
    return [among.of(0, i) for i in range(1, len(others) + 1)]


class _Passages:
    """What bodies share, two by two; k: words of a shingle."""

    def __init__(self, bodies: Bodies, k: int) -> None:
        self._tokens = tokens = bodies.tokens
        count = tokens.last - tokens.first
        self.words = BodyTokens(tokens.word, tokens.first, count, shingle_sizes(count, tokens.single, k))
        order = [tuple(one) for one in fingerprints(bodies).tolist()]
        rank = {one: i for i, one in enumerate(sorted(set(order)))}
        self.tie = np.array([rank[one] for one in order])
        #: By text, how many characters end up to each byte; None where each byte is one.
        self._characters: dict[int, NDArray[np.int64] | None] = {}

    def of(self, a: int, b: int) -> tuple[Passage, ...]:
        """Common runs of at least a shingle, in the order of the shorter body, as character spans.

        They are spans of the texts as they came, also where these were repaired.
        """
        rows = aligned_runs(self.words, np.array([a]), np.array([b]), self.tie)
        words = rows[:, WORDS].tolist()
        of_a, of_b = self._spans(a, rows[:, PLACE_A].tolist(), words), self._spans(b, rows[:, PLACE_B].tolist(), words)
        return tuple([Passage(*x, *y, n) for x, y, n in zip(of_a, of_b, words, strict=True)])

    def _spans(self, i: int, at: Sequence[int], words: Sequence[int]) -> list[tuple[int, int]]:
        """The characters of text i from one of its words on, for so many words, of each run."""
        tokens, first = self._tokens, int(self._tokens.first[i])
        spans = [
            (int(tokens.start[first + low]), int(tokens.end[first + low + n - 1]))
            for low, n in zip(at, words, strict=True)
        ]
        if i not in self._characters:
            raw = tokens.texts.raw(i)
            ends = None if raw.isascii() else np.cumsum((np.frombuffer(raw, np.uint8) & 0xC0) != 0x80)
            self._characters[i] = ends
        ends, repair = self._characters[i], tokens.repairs.get(i)
        if ends is not None:
            spans = [(_before(ends, low), _before(ends, high)) for low, high in spans]
        if repair is not None:
            spans = [(repair.place_before(low), repair.place_before(high)) for low, high in spans]
        return spans


def _before(ends: NDArray[np.int64], at: int) -> int:
    """How many characters stand before a byte."""
    return int(ends[at - 1]) if at else 0


def origin_of(article: Article, settings: Settings) -> Origin:
    """The origin of an article alone, from its own credits, its metadata and its domain."""
    return origin_of_article(article, _bodies(article), settings)


def minhash_of(article: Article, settings: Settings) -> MinHash:
    """The signature of an article's body."""
    ids, id_first, _ = shingle_ids(_bodies(article, model=model_of(settings)), settings.shingle_size)
    signature = signature_kernel(ids, id_first[:1], id_first[1:], *permutations(settings.num_perm, settings.seed))[0]
    return to_datasketch(signature, settings.seed)
