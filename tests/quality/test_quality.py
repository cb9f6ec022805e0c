"""The quality gate: on each text set and on the generated corpus a scan is at least as good as its floors.

`python -m tests.quality` prints the measures; `floors.json` holds the floors with the digest of the data they are for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import measure_quality as quality
import pytest
from measure_quality import Judged

PINNED: dict[str, dict[str, Any]] = quality.floors()


def below(got: quality.Measures, name: str) -> dict[str, str]:
    """The measures that are under their floors."""
    pinned = PINNED[name]["floors"]
    return {m: f"{got.get(m, 0.0):.4f} < {floor}" for m, floor in pinned.items() if got.get(m, 0.0) < floor}


def test_every_set_has_floors() -> None:
    assert PINNED.keys() == {*quality.SETS, quality.GENERATED}
    for pinned in PINNED.values():
        assert len(pinned["digest"]) == 64
        assert pinned["floors"]
        assert all(0 < floor <= 1 - quality.MARGIN + 1e-9 for floor in pinned["floors"].values())


@pytest.mark.parametrize("name", quality.SETS)
def test_labelled_pairs(name: str) -> None:
    files = quality.set_files(name)
    if not all(file.exists() for file in files):
        pytest.skip(f"the text set {name} is not in {quality.data_folder()}; name its folder in DEDUP_DATA")
    if quality.digest(files) != PINNED[name]["digest"]:
        pytest.skip(f"{name} holds other data than its floors were pinned on; see python -m tests.quality")
    assert below(quality.measure_set(name), name) == {}


def test_generated_corpus(generated: Callable[[int], tuple[Path, Path]]) -> None:
    files = generated(quality.GENERATED_ARTICLES)
    got = quality.measure_generated(*files)
    same = quality.digest(files) == PINNED[quality.GENERATED]["digest"]
    assert below(got, quality.GENERATED) == {}, "" if same else "the generator makes another corpus than was pinned"


# The instrument itself: a gate that measures wrongly would pass anything.


def pair(label: str, found: str, right: bool = False) -> Judged:
    return Judged("a", "b", label, found, right)


def test_measures_of_nothing_found() -> None:
    judged = [pair("near_copy", ""), pair("version", "template"), pair("related", ""), pair("template", "template")]
    assert quality.measures(judged) == {"recall": 0.0, "left alone": 1.0}


def test_measures_of_a_set_without_copies() -> None:
    assert quality.measures([pair("related", "overlap"), pair("related", "")]) == {"left alone": 0.5}


def test_measures() -> None:
    judged = [
        pair("identical", "identical", True), pair("excerpt", "excerpt"), pair("overlap", "version"),
        pair("near_copy", "cluster"), pair("version", ""), pair("related", "overlap"), pair("template", "near_copy"),
        pair("furniture", ""),
    ]  # fmt: skip
    assert quality.measures(judged) == {"precision": 4 / 6, "recall": 4 / 5, "relation": 1 / 4, "left alone": 1 / 3}


def test_below_names_what_is_missing_or_low(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PINNED, "trial", {"digest": "", "floors": {"recall": 0.9, "precision": 0.5, "kind": 0.1}})
    assert below({"recall": 0.89, "precision": 0.5}, "trial") == {"recall": "0.8900 < 0.9", "kind": "0.0000 < 0.1"}
