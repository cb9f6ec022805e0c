"""What the benchmarks call found and right."""

from __future__ import annotations

import pytest

from benchmarks.scoring import ToolResult, components, score
from tests.corpus.truth import Truth


def article(name: str, story: str, cluster: str | None = None, kind: str = "exact", passage: str = "") -> Truth:
    pairs = [cluster] if cluster not in (None, name) else []
    return Truth(name, kind, [story], cluster, pairs, [passage] if passage else [], None)


TRUTH = {
    one.id: one
    for one in [
        article("a", "a", "a", "original"), article("b", "a", "a"), article("c", "a", "a", "cut, by half"),
        article("d", "d", kind="single", passage="p"), article("e", "e", kind="single", passage="p"),
        article("s", "a", "a", "spun"),
    ]
}  # fmt: skip


def test_what_is_not_found() -> None:
    got = score(TRUTH, ToolResult({}, []))
    assert (got.overall, got.pair_precision, got.cluster_precision, got.cluster_recall) == (0, None, None, 0)
    assert (got.largest, got.largest_true) == (0, 4)


def test_all_that_is_right() -> None:
    pairs = {("a", "b"): "identical", ("a", "c"): "excerpt", ("d", "e"): "overlap"}
    got = score(TRUTH, ToolResult(pairs, [["a", "b", "c"]]))
    assert (got.overall, got.pair_precision, got.cluster_precision, got.cluster_recall) == (1, 1, 1, 1)
    assert (got.rand, got.rand_all, got.reported) == (1, 1, 3)
    # A spun copy has a recall of its own, and counts in nothing else.
    assert got.recall == {"exact": 1, "cut, by half": 1, "spun": 0}


def test_wrong_pairs_and_clusters() -> None:
    pairs = {("a", "b"): "near_copy", ("b", "d"): "version", ("d", "e"): "near_copy", ("c", "d"): "template"}
    got = score(TRUTH, ToolResult(pairs, [["a", "b", "d", "e"]]))
    assert got.pair_precision == pytest.approx(1 / 3)
    assert got.wrong == {"exact and single": 1, "single and single": 1}
    assert (got.cluster_precision, got.cluster_recall) == (pytest.approx(1 / 6), pytest.approx(1 / 3))
    assert (got.overall, got.largest) == (1 / 2, 4)
    assert got.rand_all < got.rand < 1


def test_an_overlap_needs_a_common_passage() -> None:
    got = score(TRUTH, ToolResult({("a", "d"): "overlap", ("d", "e"): "overlap"}, []))
    assert got.pair_precision == 0.5


def test_components() -> None:
    assert sorted(map(sorted, components([("a", "b"), ("c", "b"), ("d", "e")]))) == [["a", "b", "c"], ["d", "e"]]
