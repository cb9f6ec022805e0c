"""Sites that mostly carry others' texts, publications in place of domains, and the only site that writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dedup
from dedup.evidence.carriers import learn_habits
from dedup.evidence.observation import Observation
from dedup.evidence.registry import registry
from dedup.text.boilerplate.learning import BoilerplateModel

STORY = (
    "The harbour board of Calder voted {n} to close the north pier until the summer, after divers found {n} cracks in "
    "its oldest pillars. Ships with grain will unload at the south pier, {n} metres away; the ferry keeps its hours. "
    "Repairs cost {n} million, the chairwoman said, of which the county pays half. Traders of street {n} had asked for "
    "a later date, since the spring market brings them most of their guests."
)


@pytest.mark.parametrize(
    ("publication", "name", "kind"),
    [
        ("Associated Press International", "Associated Press", "agency"),
        ("Associated Press State & Local", "Associated Press", "agency"),
        ("CNN Wire", "CNN", "outlet"),
        ("CNN.com", "CNN", "outlet"),
        ("iCrowdNewswire (English)", "iCrowdNewswire", "press_release"),
        ("PR Newswire", "PR Newswire", "press_release"),
        ("The Northern Star: Calder University", "The Northern Star: Calder University", ""),
        ("Associated Pressmen of Calder", "Associated Pressmen of Calder", ""),
    ],
)
def test_a_publication_is_a_host(publication: str, name: str, kind: str) -> None:
    host = registry().host(publication)
    assert (host.name, host.kind) == (name, kind)


def test_a_publication_of_a_site_that_republishes() -> None:
    assert registry().host("CE Noticias Financieras English").republishes


def test_most_articles_of_a_carrier_name_another_writer() -> None:
    dateline = [Observation("dateline", "CALDER (AP)", "Associated Press")]
    own = [Observation("source_other", "Source: Portal", "Portal")]
    observations = {0: dateline, 1: dateline, 2: dateline, 4: dateline, 5: dateline, 8: own, 9: own}
    domain = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, -1])
    names = ["carrier.example", "paper.example", "portal.example"]
    assert learn_habits(observations, domain, names, registry()).carriers == ("carrier.example",)


def credits_of(name: str, count: int) -> list[list[Observation]]:
    return [[Observation("source_other", f"Source: {name}", name)]] * count


@pytest.mark.parametrize(
    ("credited", "articles", "expected"),
    [
        ((2, 0), 200, True),
        ((1, 0), 200, False),  # once is chance
        ((2, 0), 201, False),  # less than one in a hundred
        ((9, 2), 200, False),  # the two take texts of each other
    ],
)
def test_a_site_takes_texts_of_one_that_it_credits(credited: tuple[int, int], articles: int, expected: bool) -> None:
    statements = dict(enumerate([*credits_of("The Ledger", credited[0]), *credits_of("Mirror", credited[1])]))
    domain = np.array([0] * credited[0] + [1] * credited[1] + [0] * (articles - credited[0]) + [1] * 20)
    names = ["mirror.example", "ledger.example"]
    sources = learn_habits(statements, domain, names, registry()).sources
    assert sources == ((("mirror.example", "ledger.example", credited[0]),) if expected else ())


def scan(copies: list[dict[str, Any]], **options: Any) -> dedup.Cluster:
    with dedup.scan(copies, **options) as result:
        (cluster,) = result.clusters
        return cluster


def copy(id: str, domain: str | None, text: str = "") -> dict[str, Any]:
    return {"id": id, "domain": domain, "text": STORY.format(n=7) + text}


def test_the_only_site_of_a_text_probably_wrote_it() -> None:
    cluster = scan([copy("a", "ledger.example"), copy("b", "www.ledger.example", "\n\nThe board meets again in May.")])
    assert (cluster.origin.name, cluster.origin.in_corpus) == ("ledger.example", True)
    assert 0.6 <= cluster.origin.probability < 0.8
    assert [e.signal for e in cluster.evidence] == ["sole_host"]


@pytest.mark.parametrize(
    "other", [copy("b", "elsewhere.example"), copy("b", None), copy("b", "ledger.example", "\n\nSource: Calder Times")]
)
def test_another_site_or_name_leaves_it_open(other: dict[str, Any]) -> None:
    cluster = scan([copy("a", "ledger.example"), other])
    assert cluster.origin.name in (None, "Calder Times")


def test_a_site_that_republishes_does_not_count() -> None:
    assert scan([copy("a", "ledger.example"), copy("b", "news.yahoo.com")]).origin.name == "ledger.example"
    assert scan([copy("a", "news.yahoo.com"), copy("b", "news.yahoo.com", "\n\nMore.")]).origin.name is None


def corpus() -> list[dict[str, Any]]:
    """A portal that names agencies under most texts, and prints one of its texts twice without a name."""
    named = [
        {"id": f"n{n}", "domain": "portal.example", "text": f"CALDER (AP) — {STORY.format(n=n)} {'word ' * n}{n}"}
        for n in (11, 23, 35, 47, 59)
    ]
    return [*named, copy("a", "portal.example"), copy("b", "portal.example", "\n\nThe board meets in May.")]


def test_a_corpus_shows_that_a_site_is_a_carrier(tmp_path: Path) -> None:
    with dedup.scan(corpus()) as result:
        mine = next(c for c in result.clusters if {"a", "b"} <= {m.id for m in c.members})
        model = result.furniture
    assert mine.origin.name is None
    assert model.carriers == ("portal.example",)
    model.save(tmp_path / "furniture.json")
    again = BoilerplateModel.load(tmp_path / "furniture.json")
    assert again == model
    assert again.carriers == model.carriers
    assert again.digest != BoilerplateModel().digest
    few = [copy("a", "portal.example"), copy("b", "portal.example", "\n\nThe board meets in May.")]
    assert scan(few).origin.name == "portal.example"
    assert scan(few, furniture=again).origin.name is None


def test_an_index_knows_the_carriers_of_its_furniture() -> None:
    with dedup.scan(corpus()) as result:
        model = result.furniture
    few = [copy("a", "portal.example"), copy("b", "portal.example", "\n\nThe board meets in May.")]
    for furniture, name in ((model, None), (None, "portal.example")):
        index = dedup.Index(**({} if furniture is None else {"furniture": furniture}))
        index.add_many(few)
        verdict = index.query({**few[0], "id": "c"})
        assert verdict.cluster is not None
        assert verdict.cluster.origin.name == name
