"""Thresholds and the fitted rules on labelled pairs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st
from tuning_corpus import sample_of

from dedup.progress import NullProgress
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.ground_truth import ReferenceSample
from dedup.tuning.labels import Label
from dedup.tuning.thresholds import Confusion, best_threshold, judge_thresholds


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1))
def test_no_threshold_is_better(pairs: list[tuple[int, bool]]) -> None:
    share = np.array([s for s, _ in pairs]) / 100
    copy = np.array([c for _, c in pairs])
    threshold, confusion = best_threshold(share, copy)
    for other in range(1, 101):
        judgement = [s >= other for s, _ in pairs]
        right = sum(t and c for t, (_, c) in zip(judgement, pairs, strict=True))
        wrong = sum(t and not c for t, (_, c) in zip(judgement, pairs, strict=True))
        same = other == round(100 * threshold)
        if same:
            assert (confusion.right, confusion.wrong) == (right, wrong)
        assert 2 * right / max(1, right + wrong + confusion.copies) <= confusion.f1


def test_labelled_pairs_of_a_corpus(generated: Callable[[int], tuple[Path, Path]]) -> None:
    file, truth_file = generated(1500)
    truth = [orjson.loads(line) for line in truth_file.read_bytes().splitlines()]
    copies = [Label(t["id"], o, True) for t in truth if t["kind"] == "edited 20 %" for o in t["pairs"]]
    singles = [t["id"] for t in truth if t["kind"] == "single"]
    others = [Label(a, b, False) for a, b in zip(singles[::2], singles[1::2], strict=False)][:40]
    reference = ReferenceSample.of(sample_of(file), Settings(), BoilerplateModel(), NullProgress())
    labels = [x for pair in zip(copies, others, strict=False) for x in pair] + [Label("nobody", singles[0], True)]
    report = judge_thresholds(reference, labels)
    assert report is not None
    n = min(len(copies), len(others))
    assert n >= 10
    assert report.plain == report.rules == Confusion(n, n, 0, n)
    assert "the fitted rules take" in report.sentence
    assert judge_thresholds(reference, copies) is None
