"""Which site takes texts of which, learned from credits, and what sites tell of a text that names nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dedup
from dedup.text.boilerplate.learning import BoilerplateModel

WORDS = [f"{head}{middle}{tail}" for head in ("har", "mel", "tor", "bes", "lun") for middle in ("ba", "do", "ti", "ru")
         for tail in ("r", "ne", "st", "ling")]  # fmt: skip


def story(number: int, domain: str, published: str | None, note: str = "") -> dict[str, Any]:
    """One of many texts that have no sentence in common."""
    chosen = np.random.default_rng(number).integers(0, len(WORDS), (12, 11))
    text = " ".join(" ".join(WORDS[i] for i in row).capitalize() + "." for row in chosen)
    return {"id": f"{number}-{domain}", "domain": domain, "text": text + note, "published": published}


def credited(site: str, source: str, count: int) -> list[dict[str, Any]]:
    """Texts of a site that it credits to another, and twice as many that it credits to nobody."""
    first = 20 if site < source else 60
    named = [story(first + n, site, None, f"\n\nSource: {source}") for n in range(count)]
    return [*named, *(story(first + n, site, None) for n in range(count, 3 * count))]


def corpus() -> list[dict[str, Any]]:
    """What the copier credits to the writer, and one text that both have and nobody credits."""
    others = credited("copier.example", "writer.example", 3)
    return [*others, story(9, "writer.example", None), story(9, "copier.example", None)]


def origin_of_last(articles: list[dict[str, Any]], **options: Any) -> dedup.Cluster:
    with dedup.scan(articles, **options) as result:
        (cluster,) = (c for c in result.clusters if any(m.id.startswith("9-") for m in c.members))
        return cluster


def test_the_writer_of_a_text_without_credit() -> None:
    cluster = origin_of_last(corpus())
    assert (cluster.origin.name, cluster.origin.in_corpus) == ("writer.example", True)
    assert 0.7 <= cluster.origin.probability < 0.95
    (proof,) = (e for e in cluster.evidence if e.weight > 0)
    assert (proof.signal, proof.article, proof.quote) == (
        "taken_from", "9-writer.example", "copier.example: 3 other texts",
    )  # fmt: skip
    assert cluster.canonical.id == "9-writer.example"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda some: [*some, story(9, "third.example", None)], "a host that takes no texts of the writer"),
        (lambda some: [*some, story(9, "", None)], "a copy without a host"),
        (lambda some: [*some, *credited("writer.example", "copier.example", 3)], "the two take texts of each other"),
    ],
)
def test_what_leaves_it_open(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], why: str) -> None:
    assert origin_of_last(change(corpus())).origin.name is None, why


def test_a_credit_counts_more() -> None:
    some = corpus()
    some[-1]["text"] += "\n\nSource: Calder Times"
    assert origin_of_last(some).origin.name != "writer.example"


def test_a_model_and_an_index_know_the_sources(tmp_path: Path) -> None:
    with dedup.scan(corpus()) as result:
        model = result.furniture
    model.save(tmp_path / "furniture.json")
    again = BoilerplateModel.load(tmp_path / "furniture.json")
    assert again == model
    assert again.sources == model.sources == (("copier.example", "writer.example", 3),)
    assert again.digest != BoilerplateModel().digest
    last = corpus()[-2:]
    assert origin_of_last(last).origin.name is None
    assert origin_of_last(last, furniture=again).origin.name == "writer.example"
    for furniture, name in ((again, "writer.example"), (None, None)):
        index = dedup.Index(**({} if furniture is None else {"furniture": furniture}))
        index.add_many(last)
        verdict = index.query({**last[0], "id": "9-asked"})
        assert verdict.cluster is not None
        assert verdict.cluster.origin.name == name


@pytest.mark.parametrize(
    ("sites", "words", "name"),
    [
        (("one.example", "two.example"), "told Reuters", "Reuters"),
        (("one.example", "www.one.example"), "told Reuters", "one.example"),  # one site alone
        (("one.example", "two.example"), "told Reuters, and later told AFP", None),  # two agencies
        (("one.example", "two.example"), "told the Calder Times", None),  # no agency
    ],
)
def test_words_told_to_an_agency(sites: tuple[str, str], words: str, name: str | None) -> None:
    told = f" The mayor {words} that the pier stays closed."
    first, second = (story(1, site, None) for site in sites)
    with dedup.scan([{**one, "text": one["text"] + told} for one in (first, second)]) as result:
        (cluster,) = result.clusters
    assert cluster.origin.name == name
    if name == "Reuters":
        assert 0.5 <= cluster.origin.probability < 0.7
        assert cluster.evidence[0].signal == "told_on_sites"
