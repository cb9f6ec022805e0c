"""What labelled pairs say of thresholds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st
from tuning_corpus import sample_of

from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.labels import Label
from dedup.tuning.measure import Level
from dedup.tuning.split import Split, best_threshold, thresholds


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1))
def test_no_threshold_is_better(pairs: list[tuple[int, bool]]) -> None:
    share = np.array([s for s, _ in pairs]) / 100
    copy = np.array([c for _, c in pairs])
    threshold, split = best_threshold(share, copy)
    for other in range(1, 101):
        taken = [s >= other for s, _ in pairs]
        right = sum(t and c for t, (_, c) in zip(taken, pairs, strict=True))
        wrong = sum(t and not c for t, (_, c) in zip(taken, pairs, strict=True))
        same = other == round(100 * threshold)
        if same:
            assert (split.right, split.wrong) == (right, wrong)
        assert 2 * right / max(1, right + wrong + split.copies) <= split.f1


def test_labelled_pairs_of_a_corpus(generated: Callable[[int], tuple[Path, Path]]) -> None:
    file, truth_file = generated(1500)
    truth = [orjson.loads(line) for line in truth_file.read_bytes().splitlines()]
    copies = [Label(t["id"], o, True) for t in truth if t["kind"] == "edited 20 %" for o in t["pairs"]]
    alone = [t["id"] for t in truth if t["kind"] == "single"]
    others = [Label(a, b, False) for a, b in zip(alone[::2], alone[1::2], strict=False)][:40]
    sample = sample_of(file)
    level = Level.of(sample, BoilerplateModel(), 5)
    labels = [x for pair in zip(copies, others, strict=False) for x in pair] + [Label("nobody", alone[0], True)]
    found = thresholds(sample, level, Settings(), BoilerplateModel(), labels)
    assert found is not None
    n = min(len(copies), len(others))
    assert n >= 10
    assert found.plain == found.rules == Split(n, n, 0, n)
    assert "the fitted rules take" in found.sentence
    assert thresholds(sample, level, Settings(), BoilerplateModel(), copies) is None
