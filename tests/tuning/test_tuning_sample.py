"""Samples: seeds by their ids, and all articles that share text with a seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
from tuning_corpus import sample_of

from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.sample import PARTNER
from dedup.tuning.shingle_level import ShingleLevel


def ids(sample: object) -> list[str]:
    return sample.records.column("id").to_pylist()  # type: ignore[attr-defined, no-any-return]


def test_a_small_corpus_is_its_sample(generated: Callable[[int], tuple[Path, Path]]) -> None:
    file = generated(600)[0]
    sample = sample_of(file)
    assert len(sample) == sample.corpus_size == sample.pool_size == 600
    assert sample.is_seed.all()
    assert ids(sample) == sorted(orjson.loads(line)["id"] for line in file.read_bytes().splitlines())


def test_all_articles_that_share_text_with_a_seed_are_there(generated: Callable[[int], tuple[Path, Path]]) -> None:
    file = generated(600)[0]
    whole, part = sample_of(file), sample_of(file, 100)
    seed_ids = {name for name, is_seed in zip(ids(part), part.is_seed, strict=True) if is_seed}
    assert len(seed_ids) == 100
    assert part.corpus_size == part.pool_size == 600
    level = ShingleLevel.of(whole.records, BoilerplateModel(), 5)
    bodies = [set(level.sets.ids[a:b].tolist()) for a, b in zip(level.sets.first, level.sets.first[1:], strict=False)]
    names = ids(whole)
    seeds = [body for name, body in zip(names, bodies, strict=True) if name in seed_ids]
    near = {
        name
        for name, body in zip(names, bodies, strict=True)
        if any(body & seed and len(body & seed) >= PARTNER * min(len(body), len(seed)) for seed in seeds)
    }
    assert set(ids(part)) == seed_ids | near
    assert len(near - seed_ids) > 10


def test_the_sample_does_not_depend_on_the_order_of_the_input(
    generated: Callable[[int], tuple[Path, Path]], tmp_path: Path
) -> None:
    file = generated(600)[0]
    lines = file.read_bytes().splitlines(keepends=True)
    turned = tmp_path / "turned.jsonl"
    turned.write_bytes(b"".join(lines[::-1]))
    one, other = sample_of(file, 150), sample_of(turned, 150)
    assert ids(one) == ids(other)
    assert (one.is_seed == other.is_seed).all()
    assert one.records.column("text") == other.records.column("text")


def test_required_articles_are_always_there(generated: Callable[[int], tuple[Path, Path]]) -> None:
    file = generated(600)[0]
    required = frozenset(ids(sample_of(file))[::60])
    assert required <= set(ids(sample_of(file, 100, required_ids=required)))
    assert required <= set(ids(sample_of(file, 5, required_ids=required)))


def test_no_time_no_partners(generated: Callable[[int], tuple[Path, Path]]) -> None:
    sample = sample_of(generated(600)[0], 100, deadline=0.0)
    assert len(sample) == 100
    assert sample.pool_size == 0


def test_a_repeated_id_counts_once(tmp_path: Path) -> None:
    file = tmp_path / "repeats.jsonl"
    rows = [{"id": name, "text": f"text {number} of {name}"} for number, name in enumerate("cabbac")]
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    sample = sample_of(file)
    assert ids(sample) == ["a", "b", "c"]
    assert sample.records.column("text").to_pylist() == ["text 1 of a", "text 2 of b", "text 0 of c"]
    assert len(sample.is_seed) == 3


def test_an_empty_corpus(tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_bytes(b"")
    sample = sample_of(file)
    assert len(sample) == sample.corpus_size == 0
    assert not len(np.flatnonzero(sample.is_seed))
