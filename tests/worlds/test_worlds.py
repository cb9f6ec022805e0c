"""The second world: the same for a seed, true by construction, and scored as it says."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.worlds import forms, material, score
from tests.worlds.pieces import COPIES, Piece, judge
from tests.worlds.sentences import flat, words

pytestmark = pytest.mark.skipif(not material.is_present(), reason="the developers' data are absent")
ARTICLES = 900


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return forms.make(3, ARTICLES)


@pytest.fixture(scope="module")
def folder(pieces: list[Piece], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world")
    forms.write(pieces, out)
    return out


def test_a_seed_always_gives_the_same_world(folder: Path, tmp_path: Path) -> None:
    forms.write(forms.make(3, ARTICLES), tmp_path)
    for name in ("articles", "pairs", "clusters"):
        assert (tmp_path / f"{name}.jsonl").read_bytes() == (folder / f"{name}.jsonl").read_bytes()


def test_each_form_has_copies_and_texts_that_are_none(folder: Path) -> None:
    labels: dict[str, set[bool]] = defaultdict(set)
    for line in score.lines(folder / "pairs.jsonl"):
        if line["label"] != "unrelated":
            labels[line["form"]].add(line["label"] in COPIES)
    assert {form for form in forms.FORMS if labels[form] != {True, False}} == set()
    assert len(forms.FORMS) >= 20


def test_truth_is_whole(pieces: list[Piece], folder: Path) -> None:
    """Ids exist, every article is in one story, and pairs of two stories are copies only where one holds the other."""
    ids = {piece.id for piece in pieces}
    stories = score.lines(folder / "clusters.jsonl")
    assert sorted(name for line in stories for name in line["ids"]) == sorted(ids)
    truth = score.read(folder)
    for (a, b), line in truth.labels.items():
        assert a < b
        assert {a, b} <= ids
        if line["label"] in COPIES and truth.story[a] != truth.story[b]:
            assert line["label"] == "excerpt"


def test_labels_agree_with_the_words(pieces: list[Piece], folder: Path) -> None:
    """Counted on the words alone, without what the generator knows of them."""
    tokens = {piece.id: [word for one in flat(piece.body) for word in words(one.text)] for piece in pieces}
    runs = {name: {tuple(all_[i : i + 5]) for i in range(len(all_) - 4)} for name, all_ in tokens.items()}
    for line in score.lines(folder / "pairs.jsonl"):
        a, b = runs[line["a"]], runs[line["b"]]
        share = len(a & b) / max(1, min(len(a), len(b)))
        if line["label"] == "identical":
            assert tokens[line["a"]] == tokens[line["b"]]
        elif line["label"] in COPIES:
            assert share > 0.25, line
        elif line["label"] == "unrelated":
            assert share < 0.25, line


def test_judgement_is_the_same_from_both_sides(pieces: list[Piece]) -> None:
    for a, b in pairwise(pieces[:300]):
        assert judge(a, b).label == judge(b, a).label


def _answer(folder: Path, out: Path) -> None:
    """Write what a tool without fault would say."""
    truth = score.read(folder)
    pairs = [
        {"a": a, "b": b, "relation": line["label"]}
        for (a, b), line in truth.labels.items()
        if line["label"] in (*COPIES, "overlap")
    ]
    clusters = [
        {"cluster": f"c{n}", "canonical": {"id": line["ids"][0]}, "members": [{"id": name} for name in line["ids"]]}
        for n, line in enumerate(score.lines(folder / "clusters.jsonl"))
        if len(line["ids"]) > 1
    ]
    for name, lines in (("pairs", pairs), ("clusters", clusters)):
        (out / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def _pooled(folder: Path, out: Path) -> score.Tally:
    pooled = score.Tally()
    for tally in score.score(folder, out)[0].values():
        pooled.add(tally)
    return pooled


def test_a_perfect_answer_and_an_empty_one(folder: Path, tmp_path: Path) -> None:
    nothing = _pooled(folder, tmp_path)
    assert (nothing.told, nothing.reached, nothing.dropped) == (0, 0, 0)
    assert nothing.true > 300
    _answer(folder, tmp_path)
    best = _pooled(folder, tmp_path)
    assert best.right == best.told == best.true == best.reached == best.exact == best.near
    assert best.right_overlaps == best.told_overlaps == best.reached_overlaps == best.true_overlaps
    assert best.clusters > 100
    assert (best.mixed, best.harmed) == (0, 0)


def test_two_stories_in_one_cluster_are_harm(folder: Path, tmp_path: Path) -> None:
    first, second = (line["ids"][0] for line in score.lines(folder / "clusters.jsonl")[:2])
    line = {"cluster": "c1", "canonical": {"id": first}, "members": [{"id": first}, {"id": second}]}
    (tmp_path / "clusters.jsonl").write_text(json.dumps(line) + "\n")
    wrong = _pooled(folder, tmp_path)
    assert (wrong.clusters, wrong.mixed, wrong.dropped, wrong.harmed) == (1, 1, 1, 1)
