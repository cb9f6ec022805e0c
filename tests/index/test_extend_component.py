"""What a process keeps of large components changes nothing but the time: the same verdicts, rows and clusters."""

from __future__ import annotations

import copy
import pickle
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories import Article, joined, pool, said_by_index, said_by_scan, sentences

from dedup.candidates import bands, passages
from dedup.comparison import verify
from dedup.index import apply, component_state, extend_component
from dedup.index.lazy_cluster import LazyCluster
from dedup.index.public import Index
from dedup.model import Cluster

POOL = pool(3)


def many(count: int, seed: int = 1) -> list[Article]:
    """Copies of one story, near copies with words of their own, versions, excerpts, round-ups and other stories."""
    rng = random.Random(seed)
    lines = sentences("much", 24)
    other = sentences("other", 24)
    credits = ["", "", "SEOUL (AP) — ", "LONDON (Reuters) — "]
    found = []
    for number in range(count):
        own = list(lines)
        kind = rng.choice(["copy", "copy", "near", "near", "near", "version", "excerpt", "round-up", "other"])
        if kind == "near":
            at = rng.randrange(24)
            own[at] = " ".join([*own[at].split()[:-2], f"own{number}", "words."])
        elif kind == "version":
            own = own[:18] + sentences(f"version {rng.randrange(9)}", 6)
        elif kind == "excerpt":
            low = rng.choice([0, 8])
            own = own[low : low + 10]
        elif kind == "round-up":
            own = other[:12] + own[:10]
        elif kind == "other":
            own = other
        found.append(
            {
                "id": f"{rng.randrange(10**9):09d}",
                "text": rng.choice(credits) + joined(own),
                "title": f"Title {number % 3}",
                "domain": rng.choice(["apnews.com", None, *(f"site{i}.example" for i in range(90))]),
                "published": rng.choice([None, "2024-03-02", f"2024-03-{1 + number % 5:02d}T{number % 24:02d}:00:00Z"]),
            }
        )
    return found


def forced(patch: pytest.MonkeyPatch) -> list[str]:
    """Keep also what is small; a list that gets a word for each plan that was made from what is kept."""
    patch.setattr(component_state, "LARGE", 2)
    patch.setattr(apply, "LARGE", 2)
    ways: list[str] = []
    plan = extend_component.ExtensionPlanner.plan

    def counted(self: extend_component.ExtensionPlanner, joining: Any) -> Any:
        extension = plan(self, joining)
        ways.append("reclustered" if extension is None else "extended")
        return extension

    patch.setattr(extend_component.ExtensionPlanner, "plan", counted)
    return ways


def tables(index: Index) -> dict[str, Any]:
    """All that a store has but texts and times."""
    store = index._store
    with store.transaction(write=False):
        numbers = store.article_numbers(0, 10**6)
        rows = [row._replace(timestamp=0) for row in store.articles(numbers)]
        bodies = sorted({row.body for row in rows if row.body is not None})
        clusters = store.cluster_numbers(0, 10**6)
        pairs = {(row.a, row.b): (row.relation, row.features) for row in store.pairs(numbers).rows()}
        return {
            "articles": rows, "bodies": store.bodies(bodies), "sketches": store.sketches(bodies),
            "clusters": store.clusters(clusters), "members": store.members(clusters), "pairs": pairs,
        }  # fmt: skip


def assert_equal(one: Index, other: Index) -> None:
    ours, theirs = tables(one), tables(other)
    pairs, others = ours.pop("pairs"), theirs.pop("pairs")
    assert ours == theirs
    # Of a pair that is unrelated both may remember that it was looked at, or one alone.
    assert {key: pairs[key] for key in pairs.keys() & others.keys()} == {
        key: others[key] for key in pairs.keys() & others.keys()
    }
    assert all(not value[0] for key, value in {**pairs, **others}.items() if (key in pairs) != (key in others))


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_one_by_one_as_the_long_way(seed: int, tmp_path: Path) -> None:
    articles = many(110, seed)
    made: list[str] = []
    with Index() as long, Index(tmp_path / "seen.db") as short:
        long._components = None
        for article in articles:
            with pytest.MonkeyPatch.context() as patch:
                made += forced(patch)
                asked = long.query(article), short.query(article)
                added = long.add(article), short.add(article)
            assert asked[0].to_dict() == asked[1].to_dict()
            assert asked[0].cluster == asked[1].cluster
            assert added[0] == added[1]
        assert_equal(long, short)
        assert said_by_index(short) == said_by_scan(articles, short)


def test_most_of_it_goes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    made = forced(monkeypatch)
    with Index() as index:
        for article in many(160):
            index.add(article)
        assert made.count("extended") > 120
        for article in many(30, 2):
            index.query({**article, "id": "q" + article["id"]})
    assert made.count("extended") > 140


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, list[int]]]:
    """What is done, by which of two indexes on one file, with which articles."""
    steps = []
    order = draw(st.permutations(range(60)))
    at = 0
    while at < len(order):
        size = draw(st.sampled_from([1, 1, 1, 1, 1, 1, 7]))
        steps.append(("add", draw(st.integers(0, 1)), list(order[at : at + size])))
        at += size
        if draw(st.integers(0, 7)) == 0:
            gone = draw(st.lists(st.sampled_from(order[:at]), min_size=1, max_size=4, unique=True))
            steps.append(("remove", draw(st.integers(0, 1)), gone))
        if draw(st.integers(0, 2)) == 0:
            steps.append(("query", draw(st.integers(0, 1)), [draw(st.sampled_from(order))]))
    return steps


@given(histories(), st.integers(0, 5), st.sampled_from([None, 6]), st.sampled_from([{}, {}, {"threshold": 0.5}]))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_history_of_two_indexes_on_one_file(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int, list[int]]],
    seed: int,
    cap: int | None,
    options: dict[str, Any],
) -> None:
    """Verdicts and rows are those of an index that keeps nothing, also where every key is over-full."""
    articles = [*many(40, seed), *POOL[:20]]
    path = tmp_path_factory.mktemp("grow") / "seen.db"
    with pytest.MonkeyPatch.context() as patch:
        forced(patch)
        if cap is not None:
            patch.setattr(bands, "BUCKET_CAP", cap)
            patch.setattr(passages, "PASSAGE_CAP", cap)
        with Index(path, **options) as one, Index(path) as other, Index(**options) as long:
            long._components = None
            both = one, other
            for what, which, numbers in steps:
                own = [articles[i] for i in numbers]
                if what == "remove":
                    ids = [article["id"] for article in own]
                    assert both[which].remove(ids) == long.remove(ids)
                elif what == "query":
                    asked = {**own[0], "id": "asked"}
                    assert both[which].query(asked) == long.query(asked)
                elif len(own) == 1:
                    assert both[which].add(own[0]) == long.add(own[0])
                else:
                    both[which].add_many(own)
                    long.add_many(own)
            assert_equal(one, long)


def test_what_was_not_committed_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version of a component that was given in a transaction that failed is given again, to other content."""
    made = forced(monkeypatch)
    articles = many(60)
    with Index(tmp_path / "seen.db") as index, Index() as long:
        long._components = None
        for article in articles[:40]:
            index.add(article)
            long.add(article)
        write = apply._write_extension

        def fails(extension: extend_component.ComponentExtension, store: Any) -> None:
            write(extension, store)
            raise KeyboardInterrupt

        for article in articles[40:50]:
            with monkeypatch.context() as patch:
                patch.setattr(apply, "_write_extension", fails)
                patch.setattr(apply, "_renew_versions", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
                with pytest.raises(KeyboardInterrupt):
                    index.add({**article, "id": "x" + article["id"]})
            assert index.add(article) == long.add(article)
        assert_equal(index, long)
    assert made.count("extended") > 30


class Counted:
    """A store that counts the rows that it hands over and gets."""

    def __init__(self, store: Any, patch: pytest.MonkeyPatch) -> None:
        self.count: Counter[str] = Counter()
        for name in (
            "articles", "articles_of_bodies", "members", "bodies", "sketches", "texts", "cluster_numbers_of",
            "bodies_of_components",
        ):  # fmt: skip
            self._count(patch, store, name, len)
        self._count(patch, store, "pairs", lambda pairs: len(pairs.a))
        put, place = store.put_clusters, store.set_component

        def put_clusters(rows: Any, members: Any) -> None:
            self.count["members written"] += len(members)
            put(rows, members)

        def set_component(rows: Any) -> None:
            self.count["bodies placed"] += len(rows)
            place(rows)

        patch.setattr(store, "put_clusters", put_clusters)
        patch.setattr(store, "set_component", set_component)

    def _count(self, patch: pytest.MonkeyPatch, store: Any, name: str, size: Any) -> None:
        call = getattr(store, name)

        def counting(*arguments: Any, **options: Any) -> Any:
            found = call(*arguments, **options)
            self.count[name] += size(found)
            return found

        patch.setattr(store, name, counting)


def syndicated(count: int, *, copies: bool) -> list[Article]:
    """One story on so many sites; ids grow and so do the times, so that each is one more."""
    lines = sentences("wire", 20)
    return [
        {
            "id": f"{number:06d}", "domain": f"site{number}.example", "title": "A story",
            "text": joined(lines if copies else [*lines[:9], f"Own words{number} of site{number} here.", *lines[9:]]),
            "published": f"2024-03-{1 + number // 1440:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00Z",
        }
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("copies", [True, False])
def test_the_work_of_one_more_does_not_grow_with_the_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copies: bool
) -> None:
    """Rows read and written, texts unpacked and pairs compared, in stories of 250 and of 1,000, at the median: one that
    comes to represent a key is compared with all that have it."""
    medians = []
    compared: list[int] = []
    blocks = verify.Verifier.blocks

    def counting(self: verify.Verifier, a: Any, b: Any, *, exact: bool) -> Any:
        compared.append(len(a))
        return blocks(self, a, b, exact=exact)

    monkeypatch.setattr(verify.Verifier, "blocks", counting)
    for size in (250, 1000):
        articles = syndicated(size + 20, copies=copies)
        with Index(tmp_path / f"{size}.db") as index, monkeypatch.context() as patch:
            index.add_many(articles[:size])
            index.query(articles[size])  # reads all, and keeps it
            store = Counted(index._store, patch)
            counts = []
            for article in articles[size:]:
                compared.clear()
                store.count.clear()
                matched = index.query(article).matched
                assert matched == int(article["id"]) if copies else matched > 4
                assert index.add(article).cluster.size == int(article["id"]) + 1  # type: ignore[union-attr]
                counts.append(Counter({**store.count, "compared": sum(compared)}))
            names = {name for count in counts for name in count}
            medians.append({name: median(count[name] for count in counts) for name in names})
            assert said_by_index(index) == said_by_scan(articles, index)
    small, large = medians
    assert large["members written"] == small["members written"] == 1
    assert large["bodies placed"] == small["bodies placed"] == (0 if copies else 1)
    for name in {*small, *large}:
        assert large.get(name, 0) <= 1.2 * small.get(name, 0) + 5, name


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    forced(monkeypatch)
    with Index() as index:
        for article in many(80):
            index.add(article)
        states = index._components._states
        sizes = [state.nbytes for state in states.values()]
        assert len(sizes) > 1
        monkeypatch.setattr(component_state, "CACHE_BYTES", max(sizes))
        for article in many(120)[80:]:
            index.add(article)
            assert sum(state.nbytes for state in states.values()) <= max(sizes)


def test_a_query_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Domains and statements that are only asked about get no number for good."""
    forced(monkeypatch)
    with Index() as index:
        for article in many(60):
            index.add(article)
        states = list(index._components._states.values())
        before = [state.articles.codes.mark() for state in states]
        for number in range(20):
            asked = {
                "id": f"q{number}",
                "text": "PARIS (AFP) — " + many(60)[3]["text"],
                "domain": f"new{number}.example",
            }
            assert index.query(asked).cluster is not None
        assert [state.articles.codes.mark() for state in states] == before
        assert list(index._components._states.values()) == states


def test_large_clusters_are_values() -> None:
    """Their members are made when they are asked for, and nobody can tell."""
    with Index() as index:
        index.add_many(POOL)
        asked = index.query({**POOL[0], "id": "asked"})
        told = asked.cluster
        assert isinstance(told, LazyCluster)
        assert told.size > 2
        member = asked.member
        assert member is not None
        assert member.id == "asked"
        canonical = told.canonical
        plain = Cluster(told.name, told.members, told.origin, told.canonical_probability)
        assert plain == told
        assert told == plain
        assert hash(plain) == hash(told)
        assert repr(plain) == repr(told)
        assert (plain.canonical, plain.size, plain.to_dict()) == (canonical, told.size, told.to_dict())
        for copied in (pickle.loads(pickle.dumps(told)), copy.copy(told), replace(told, name=told.name)):
            assert copied == plain
        assert replace(told, name="other") != plain
