"""Which site takes texts of which, learned from the times of common texts, and what that says of a text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.attribution.first_seen import first_publisher
from dedup.attribution.site_order import HOSTS, LATER, LEAD, LEAST, NAMED, learn_order
from dedup.evidence.carriers import names_others
from dedup.evidence.observation import Observation
from dedup.evidence.registry import registry
from dedup.inputs.dates import parse_timestamp
from dedup.text.boilerplate.learning import BoilerplateModel

WORDS = [f"{head}{middle}{tail}" for head in ("har", "mel", "tor", "bes", "lun") for middle in ("ba", "do", "ti", "ru")
         for tail in ("r", "ne", "st", "ling")]  # fmt: skip


def story(number: int, domain: str, published: str | None, note: str = "") -> dict[str, Any]:
    """One of many texts that have no sentence in common."""
    chosen = np.random.default_rng(number).integers(0, len(WORDS), (12, 11))
    text = " ".join(" ".join(WORDS[i] for i in row).capitalize() + "." for row in chosen)
    return {"id": f"{number}-{domain}", "domain": domain, "text": note + text, "published": published}


def both(number: int, first: str, later: str, note: str = "") -> list[dict[str, Any]]:
    day = f"2024-03-{number + 1:02}"
    return [story(number, first, f"{day}T08:00:00Z", note), story(number, later, f"{day}T15:00:00Z", note)]


def sources(articles: list[dict[str, Any]]) -> tuple[tuple[str, str, int], ...]:
    with dedup.scan(articles) as result:
        return result.furniture.sources


def test_a_site_that_is_always_later() -> None:
    shared = [one for n in range(LEAST) for one in both(n, "writer.example", "copier.example")]
    assert sources(shared) == (("copier.example", "writer.example", LEAST),)
    assert sources(shared[:-2]) == ()  # too few


def test_sites_that_share_an_agency() -> None:
    """One is first with the texts that name nobody, but most of what they share is an agency's."""
    shared = [one for n in range(3) for one in both(n, "one.example", "two.example")]
    agency = [one for n in range(3, 6) for one in both(n, "one.example", "two.example", "CALDER (AP) — ")]
    assert sources([*shared, *agency]) == ()


def test_sites_of_which_now_one_and_now_the_other_is_first() -> None:
    shared = [one for n in range(4) for one in both(n, "one.example", "two.example")]
    reverse = [one for n in range(4, 6) for one in both(n, "two.example", "one.example")]
    assert sources([*shared, *reverse]) == ()


def corpus() -> list[dict[str, Any]]:
    """Nine texts that the writer had first, and one without times."""
    timed = [one for n in range(9) for one in both(n, "writer.example", "copier.example")]
    return [*timed, story(9, "writer.example", None), story(9, "copier.example", None)]


def origin_of_last(articles: list[dict[str, Any]], **options: Any) -> dedup.Cluster:
    with dedup.scan(articles, **options) as result:
        (cluster,) = (c for c in result.clusters if any(m.id.startswith("9-") for m in c.members))
        return cluster


def test_the_writer_of_a_text_without_credit_or_time() -> None:
    cluster = origin_of_last(corpus())
    assert (cluster.origin.name, cluster.origin.in_corpus) == ("writer.example", True)
    assert 0.7 <= cluster.origin.probability < 0.95
    (proof,) = (e for e in cluster.evidence if e.weight > 0)
    assert (proof.signal, proof.article, proof.quote) == (
        "taken_from", "9-writer.example", "copier.example: 9 other texts",
    )  # fmt: skip
    assert cluster.canonical.id == "9-writer.example"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda some: [*some, story(9, "third.example", None)], "a host that takes no texts of the writer"),
        (lambda some: [*some, story(9, "", None)], "a copy without a host"),
        (lambda some: [*some[:-2], *both(9, "copier.example", "writer.example")], "here the copier was first"),
    ],
)
def test_what_leaves_it_open(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], why: str) -> None:
    assert origin_of_last(change(corpus())).origin.name is None, why


def test_a_credit_counts_more() -> None:
    some = corpus()
    some[-1]["text"] += "\n\nSource: Calder Times"
    assert origin_of_last(some).origin.name != "writer.example"


def test_a_model_and_an_index_know_the_order(tmp_path: Path) -> None:
    with dedup.scan(corpus()) as result:
        model = result.furniture
    model.save(tmp_path / "furniture.json")
    again = BoilerplateModel.load(tmp_path / "furniture.json")
    assert again == model
    assert again.sources == model.sources == (("copier.example", "writer.example", 9),)
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


SITES = ["a.example", "b.example", "www.a.example", "reuters.com", ""]
TIMES = [None, "2024-03-01", "2024-03-03", "2024-03-01T08:00:00Z", "2024-03-01T08:20:00Z", "2024-03-01T12:00:00Z"]
ARTICLES = st.tuples(st.sampled_from(SITES), st.sampled_from(TIMES), st.booleans())


@given(st.lists(st.lists(ARTICLES, min_size=2, max_size=5), max_size=8))
def test_as_one_pair_of_hosts_after_the_other(drawn: list[list[tuple[str, str | None, bool]]]) -> None:
    """Held equal to a slow reference that asks for each two hosts of each cluster who was first."""
    flat = [one for some in drawn for one in some]
    ranks = iter(range(len(flat)))
    clusters = [[next(ranks) for _ in some] for some in drawn]
    table = pa.table({"domain": [d for d, _, _ in flat], "published": [p for _, p, _ in flat]}, schema=SCHEMA)
    said = {i: [Observation("dateline", "X (AP)", "Associated Press")] for i, (_, _, named) in enumerate(flat) if named}
    assert learn_order(clusters, table, said, registry()) == reference(clusters, flat, said)


SCHEMA = pa.schema([("domain", pa.large_string()), ("published", pa.large_string())])


def reference(
    clusters: list[list[int]], articles: list[tuple[str, str | None, bool]], said: dict[int, list[Observation]]
) -> tuple[tuple[str, str, int], ...]:
    sites = registry()
    first: dict[tuple[str, str], int] = {}
    common: dict[tuple[str, str], int] = {}
    named: dict[tuple[str, str], int] = {}
    for members in clusters:
        with_host = [(m, sites.host_name(articles[m][0])) for m in members if articles[m][0]]
        hosts = {host for _, host in with_host}
        if not 2 <= len(hosts) <= HOSTS:
            continue
        is_named = any(names_others(said.get(m, ()), articles[m][0], sites) for m, _ in with_host)
        for pair in permutations(hosts, 2):
            common[pair] = common.get(pair, 0) + 1
            named[pair] = named.get(pair, 0) + is_named
            some = [(parse_timestamp(articles[m][1]), host) for m, host in with_host if host in pair]
            lead = None if is_named else first_publisher(some)
            if lead is not None and lead[1] >= LEAD and some[lead[0]][1] == pair[1]:
                first[pair] = first.get(pair, 0) + 1
    holds = {
        pair: count
        for pair, count in first.items()
        if count >= LEAST
        and count + 0.5 >= LATER * (count + first.get(pair[::-1], 0) + 1)
        and named[pair] <= NAMED * common[pair]
    }
    return tuple(sorted((*pair, count) for pair, count in holds.items() if pair[::-1] not in holds))
