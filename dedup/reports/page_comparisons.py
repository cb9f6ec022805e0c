"""Compare the members of clusters with their canonical copies for `report.html`, as spans that the page draws."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.find import fingerprint_ranks
from dedup.comparison.aligned_runs import BACKWARD, KIND, NUMBER, PAIR, PLACE_A, PLACE_B, WORDS, aligned_runs
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import compare
from dedup.comparison.probability import probabilities
from dedup.comparison.recency import Dated
from dedup.reports.relation_text import sentence
from dedup.results.result import ScanOutcome
from dedup.single import Numbers, match_of
from dedup.text.boilerplate.explain import MarkedTexts

#: Members of a cluster that are compared in the page, the canonical copy among them. pairs.jsonl has all pairs of
#: clusters up to this size too.
COMPARED = 200
#: Spans of a comparison beyond which it has no marks: texts that share this many runs are hardly read side by side.
MOST_SPANS = 1_500


class Members(NamedTuple):
    """Members of clusters, int64 (n,) each.

    rank: their ranks. relation: the codes of their relations to the canonical copy. head: for each, the place of the
    canonical copy that it is compared with among them, or its own place.
    """

    rank: NDArray[np.int64]
    relation: NDArray[np.int64]
    head: NDArray[np.int64]


def comparisons(
    result: ScanOutcome, members: Members, texts: MarkedTexts, articles: Sequence[Dated]
) -> list[list[Any] | None]:
    """Compare members with their canonical copies; None for canonical copies and texts that have changed meanwhile.

    A comparison is [sentence, [resemblance, a in b, b in a, longest run], shared, moved, numbers], where a is the
    canonical copy. The latter three are lists of spans in UTF-16 code units, 4 integers each: from the end of the
    span before (at first 0) to the begin of this one in a, the same in b, the length in a, and by how much the length
    in b is greater. They are null if there are more than `MOST_SPANS`.
    """
    corpus, ranks, tokens = result.corpus, members.rank, texts.bodies
    count = tokens.last - tokens.first
    same_body = count == corpus.digests.length[ranks]
    second = np.flatnonzero((members.head != np.arange(len(ranks))) & same_body & same_body[members.head])
    out: list[list[Any] | None] = [None] * len(ranks)
    if len(second) == 0:
        return out
    first = members.head[second]
    tie = fingerprint_ranks(corpus.digests.fingerprint[ranks])
    bodies = BodyTokens(tokens.word, tokens.first, count, corpus.digests.size[ranks])
    features = compare(bodies, first, second, tie)
    spans = _spans(aligned_runs(bodies, first, second, tie, features), first, second, texts)
    relations = members.relation[second].tolist()
    measured = map(
        Numbers, features.tolist(), probabilities(features, members.relation[second].astype(np.uint8)).tolist()
    )
    rows = zip(first.tolist(), second.tolist(), relations, measured, spans, strict=True)
    for a, b, relation, row, marks in rows:
        match = match_of(articles[a], articles[b], relation, row)
        numbers = [match.resemblance, match.a_in_b, match.b_in_a, match.longest_run]
        out[b] = [sentence(match), numbers, *marks]
    return out


def _spans(
    rows: NDArray[np.int32], a: NDArray[np.int64], b: NDArray[np.int64], texts: MarkedTexts
) -> list[list[list[int] | None]]:
    """Encode the spans of each pair as [shared, moved, numbers]. rows: `aligned_runs` of the pairs (a, b) of texts."""
    # Shared words come first, then moved ones, then numbers, each in the order of the shorter body.
    group = 3 * rows[:, PAIR].astype(np.int64) + np.where(rows[:, KIND] == NUMBER, 2, rows[:, KIND] == BACKWARD)
    order = np.argsort(group, kind="stable")
    group, rows = group[order], rows[order]
    columns = []
    for text, column in ((a, PLACE_A), (b, PLACE_B)):
        numbers = text[rows[:, PAIR]]
        low = texts.bodies.first[numbers] + rows[:, column]
        start = texts.units(numbers, texts.bodies.start[low])
        end = texts.units(numbers, texts.bodies.end[low + rows[:, WORDS] - 1])
        before = np.zeros(len(end), np.int64)
        before[1:] = np.where(group[1:] == group[:-1], end[:-1], 0)
        columns += [start - before, end - start]
    from_a, length_a, from_b, length_b = columns
    values = np.stack([from_a, from_b, length_a, length_b - length_a], 1).reshape(-1).tolist()
    bounds = (4 * np.searchsorted(group, np.arange(3 * len(a) + 1))).tolist()
    parts: list[list[int] | None] = [values[low:high] for low, high in pairwise(bounds)]
    too_many = {i for i in range(len(a)) if bounds[3 * i + 3] - bounds[3 * i] > 4 * MOST_SPANS}
    return [[None] * 3 if i in too_many else parts[3 * i : 3 * i + 3] for i in range(len(a))]
