"""After any adds and removes in any order an index says what a scan of the same articles says."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prose import excerpt, near_copy, story
from stories import Article, joined, pool, said_by_index, said_by_scan, sentences

import dedup
from dedup.clustering import star_clusters
from dedup.index.public import Index

#: The canonical copies of the families are versions of all others; so one story has a near copy and an excerpt alone.
POOL = [*pool(3), *({"id": f"brief {i}", "text": text(99)} for i, text in enumerate((story, near_copy, excerpt)))]
#: The texts have clusters of every relation that joins; a test that could not see one would prove nothing.
RELATIONS = {"identical", "near_copy", "version", "excerpt", "rewrite"}


def held(index: Index) -> list[Article]:
    return [
        {"id": a.id, "text": a.text, "title": a.title, "domain": a.domain, "published": a.published}
        for a in index.articles()
    ]


def test_the_pool_has_all_relations() -> None:
    index = Index()
    index.add_many(POOL)
    found = said_by_index(index)
    assert {m["relation"] for c in found.values() for m in c["members"]} == RELATIONS
    assert found == said_by_scan(POOL, index)
    assert any(c["origin"]["name"] == "Associated Press" for c in found.values())
    with dedup.scan(POOL, furniture=index.furniture) as result:
        for line in result.origins:
            told = index.query(next(a for a in POOL if a["id"] == line["id"])).to_dict()
            assert (told["origin"], told["evidence"]) == (line["origin"], line["evidence"]), line["id"]


@pytest.mark.parametrize("options", [{}, {"min_probability": 0.95}, {"threshold": 0.7}])
def test_probabilities_are_those_of_a_scan(options: dict[str, Any]) -> None:
    """Whichever article came first; what is asked of a pair does not change how likely it is."""
    index = Index(**options)
    index.add_many(reversed(POOL))
    found = {}
    for article in POOL:
        for match in index.query({**article, "id": f"{article['id']} again"}).matches:
            found[article["id"], match.id] = match.match.probability
    with dedup.scan(POOL, furniture=index.furniture, **options) as result, dedup.scan(POOL) as free:
        expected = {(pair.a, pair.b): pair.probability for pair in result.pairs}
        by_rules = {(pair.a, pair.b): pair.probability for pair in free.pairs}
    both = [pair for pair in expected if pair in found]
    assert len(both) > 20
    assert len({expected[pair] for pair in both}) > 5
    assert [found[pair] for pair in both] == [expected[pair] for pair in both]
    assert all(probability == by_rules.get(pair, probability) for pair, probability in expected.items())


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, list[int]]]:
    """Batches of articles that are added, in any order, and of some that are removed in between, or come back."""
    order = draw(st.permutations(range(len(POOL))))
    steps: list[tuple[str, list[int]]] = []
    at = 0
    while at < len(order):
        size = draw(st.sampled_from([1, 1, 2, 5, 30]))
        steps.append(("add", list(order[at : at + size])))
        at += size
        if draw(st.integers(0, 3)) == 0:
            gone = draw(st.lists(st.sampled_from(order[:at]), min_size=1, max_size=12, unique=True))
            steps.append(("remove", gone))
            if draw(st.booleans()):
                steps.append(("add", gone[::2]))
    return steps


@given(
    histories(),
    st.sampled_from([{}, {}, {"window": 2.0}, {"threshold": 0.5}, {"min_probability": 0.9}, {"shingle_size": 3}]),
)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_any_history_ends_as_a_scan(steps: list[tuple[str, list[int]]], options: dict[str, Any]) -> None:
    index = Index(**options)
    present: set[int] = set()
    for what, numbers in steps:
        if what == "add":
            index.add_many([POOL[i] for i in numbers])
            present.update(numbers)
        else:
            assert index.remove([POOL[i]["id"] for i in numbers]) == len(present.intersection(numbers))
            present.difference_update(numbers)
    articles = [POOL[i] for i in sorted(present)]
    assert sorted(a["id"] for a in held(index)) == sorted(a["id"] for a in articles)
    assert said_by_index(index) == said_by_scan(articles, index, **options)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_generated_corpus_in_sqlite(
    generated: Any, tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of every size, closed and opened again; then a third is removed. Postings are swept all the while."""
    from prose import read_jsonl

    from dedup.index.stores.sqlite import database_file

    monkeypatch.setattr(database_file, "SIZES", replace(database_file.SIZES, page=50, compaction=8, min_round=2000))
    articles = read_jsonl(generated(400)[0])
    random.Random(size).shuffle(articles)
    path = tmp_path / "seen.db"
    for low in range(0, len(articles), 100):
        with Index(path) as index:
            index.add_many(articles[low : low + 100], batch=size)
    with Index(path) as index:
        assert said_by_index(index) == said_by_scan(articles, index)
        assert index.remove(a["id"] for a in articles[::3]) == len(articles[::3])
        left = [a for i, a in enumerate(articles) if i % 3]
        assert said_by_index(index) == said_by_scan(left, index)


def test_over_full_buckets_within_one_component() -> None:
    """Eighty versions of one story fill every bucket; the index searches them as the scan does."""
    lines = sentences("many", 20)
    rng = random.Random(5)
    articles = [
        {"id": f"{rng.randrange(10**6):06d}", "text": joined([*lines[:i], *sentences(f"own {n}", 2), *lines[i:]])}
        for n in range(80)
        for i in [rng.randrange(20)]
    ]
    articles = list({a["id"]: a for a in articles}.values())
    index = Index()
    for low in range(0, len(articles), 9):
        index.add_many(articles[low : low + 9])
    assert said_by_index(index) == said_by_scan(articles, index)
    index.remove(a["id"] for a in articles[:50])
    assert said_by_index(index) == said_by_scan(articles[50:], index)


@pytest.mark.parametrize("window", [None, 1.0])
@pytest.mark.parametrize("drops", [0, 3])
def test_states_of_a_text_that_grows(drops: int, window: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """They fill buckets, some of them are printed alike by several, and their component counts as a large one."""
    monkeypatch.setattr(star_clusters, "LARGE", 20)
    lines = sentences("blog", 200)
    articles = [
        {
            "id": f"{state * 7919 % 1000:04d}-{copy}",
            "text": joined(lines[state * drops // 3 : state + 20]),
            "published": f"2024-03-{1 + state // 24:02d}T{state % 24:02d}:0{copy}:00Z",
        }
        for state in range(150)
        for copy in range(1 + 2 * (state % 10 == 0))
    ]
    random.Random(3).shuffle(articles)
    index = Index(window=window)
    for low in range(0, len(articles), 30):
        index.add_many(articles[low : low + 30])
    assert said_by_index(index) == said_by_scan(articles, index, window=window)
    index.remove(a["id"] for a in articles[::3])
    left = [a for i, a in enumerate(articles) if i % 3]
    assert said_by_index(index) == said_by_scan(left, index, window=window)


def test_a_frozen_model_of_furniture_is_used() -> None:
    """Two stories have in common only what their site prints below all of them."""
    from dedup.text.boilerplate.learning import BoilerplateBlock, BoilerplateModel

    tail = " ".join(sentences("tail", 6))
    articles = [
        {"id": str(n), "domain": "alpha.example", "text": f"{joined(sentences(n, 8))}\n\n{tail}"} for n in range(2)
    ]
    model = BoilerplateModel.of({"alpha.example": (40, [BoilerplateBlock(line, 40) for line in sentences("tail", 6)])})
    with_model, without = Index(furniture=model), Index()
    for index in (with_model, without):
        index.add(articles[0])
    assert with_model.furniture == model
    assert without.query(articles[1]).matches
    assert not with_model.query(articles[1]).matches
