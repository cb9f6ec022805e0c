"""Samples: drawn by ids, with everything that shares text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
from tuning_corpus import sample_of

from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.measure import Level
from dedup.tuning.sample import PARTNER


def ids(sample: object) -> list[str]:
    return sample.records.column("id").to_pylist()  # type: ignore[attr-defined, no-any-return]


def test_a_small_corpus_is_its_sample(generated: Callable[[int], tuple[Path, Path]]) -> None:
    file = generated(600)[0]
    sample = sample_of(file)
    assert len(sample) == sample.corpus == sample.searched == 600
    assert sample.drawn.all()
    assert ids(sample) == sorted(orjson.loads(line)["id"] for line in file.read_bytes().splitlines())


def test_all_that_share_text_with_a_drawn_article_are_there(generated: Callable[[int], tuple[Path, Path]]) -> None:
    file = generated(600)[0]
    whole, part = sample_of(file), sample_of(file, 100)
    drawn = {name for name, own in zip(ids(part), part.drawn, strict=True) if own}
    assert len(drawn) == 100
    assert part.corpus == part.searched == 600
    level = Level.of(whole, BoilerplateModel(), 5)
    bodies = [set(level.sets.ids[a:b].tolist()) for a, b in zip(level.sets.first, level.sets.first[1:], strict=False)]
    names = ids(whole)
    seeds = [body for name, body in zip(names, bodies, strict=True) if name in drawn]
    near = {
        name
        for name, body in zip(names, bodies, strict=True)
        if any(body & seed and len(body & seed) >= PARTNER * min(len(body), len(seed)) for seed in seeds)
    }
    assert set(ids(part)) == drawn | near
    assert len(near - drawn) > 10


def test_the_sample_does_not_depend_on_the_order_of_the_input(
    generated: Callable[[int], tuple[Path, Path]], tmp_path: Path
) -> None:
    file = generated(600)[0]
    lines = file.read_bytes().splitlines(keepends=True)
    turned = tmp_path / "turned.jsonl"
    turned.write_bytes(b"".join(lines[::-1]))
    one, other = sample_of(file, 150), sample_of(turned, 150)
    assert ids(one) == ids(other)
    assert (one.drawn == other.drawn).all()
    assert one.records.column("text") == other.records.column("text")


def test_wanted_articles_are_always_there(generated: Callable[[int], tuple[Path, Path]]) -> None:
    file = generated(600)[0]
    wanted = frozenset(ids(sample_of(file))[::60])
    assert wanted <= set(ids(sample_of(file, 100, wanted=wanted)))
    assert wanted <= set(ids(sample_of(file, 5, wanted=wanted)))


def test_no_time_no_partners(generated: Callable[[int], tuple[Path, Path]]) -> None:
    sample = sample_of(generated(600)[0], 100, until=0.0)
    assert len(sample) == 100
    assert sample.searched == 0


def test_a_repeated_id_counts_once(tmp_path: Path) -> None:
    file = tmp_path / "repeats.jsonl"
    rows = [{"id": name, "text": f"text {number} of {name}"} for number, name in enumerate("cabbac")]
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    sample = sample_of(file)
    assert ids(sample) == ["a", "b", "c"]
    assert sample.records.column("text").to_pylist() == ["text 1 of a", "text 2 of b", "text 0 of c"]
    assert len(sample.drawn) == 3


def test_an_empty_corpus(tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_bytes(b"")
    sample = sample_of(file)
    assert len(sample) == sample.corpus == 0
    assert not len(np.flatnonzero(sample.drawn))
