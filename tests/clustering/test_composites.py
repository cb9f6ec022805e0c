"""Texts that hold two stories join neither: digests of two and three, chains, stars, near copies of one side."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prose import joined, sentences

import dedup
from dedup.clustering import star_clusters
from dedup.index.public import Index
from dedup.kernels.union_find import components, group_within_lists

Article = dict[str, Any]


def state(story: int, kind: str, number: int) -> list[str]:
    """The sentences of a story in one of its states."""
    lines = sentences(f"story {story}", 20)
    if kind == "edited":
        for at in range(1, 20, 4):
            lines[at] = " ".join([*lines[at].split()[:-2], f"other{number}", "words."])
    elif kind == "cut":
        lines = lines[:14]
    elif kind == "longer":
        lines = lines + sentences(f"more {story} {number}", 3)
    return lines


def corpus(
    copies: Sequence[Sequence[str]], digests: Sequence[Sequence[tuple[int, int]]], seed: int = 0
) -> list[Article]:
    """Articles of stories with copies of these kinds, and of digests: of each so many sentences of a story's copy."""
    rng = random.Random(seed)
    texts = {f"s{i}-{j}": joined(state(i, kind, j)) for i, kinds in enumerate(copies) for j, kind in enumerate(kinds)}
    for i, parts in enumerate(digests):
        texts[f"d{i}"] = joined([line for story, count in parts for line in state(story, "plain", 0)[:count]])
    names = rng.sample(sorted(texts), len(texts))
    return [
        # A site that prints one story in several digests makes it boilerplate.
        {"id": name, "text": texts[name], "domain": f"{name}.example"}
        for name in names
    ]


def clusters_of(articles: list[Article]) -> dict[frozenset[str], str]:
    """The members of each cluster, with its canonical copy."""
    with dedup.scan(articles, threads=1) as result:
        return {frozenset(m.id for m in c.members): c.canonical.id for c in result.clusters}


def stories_in(members: frozenset[str]) -> set[str]:
    return {name.split("-")[0] for name in members if name[0] == "s"}


#: Sentences of 20 that a copy has are in a digest for the most part, whatever kind it is; one copy is whole there.
KINDS = st.lists(st.sampled_from(["plain", "edited", "edited", "cut", "longer"]), max_size=4).map(
    lambda kinds: ["plain", *kinds]
)
DIGESTS = st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=3, unique=True), max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(KINDS, min_size=4, max_size=4), DIGESTS, st.integers(0, 9))
def test_no_digest_joins_a_story(copies: list[list[str]], digests: list[list[int]], seed: int) -> None:
    """Clusters of stories are those that they are without digests, in any order."""
    articles = corpus(copies, [[(story, 20) for story in parts] for parts in digests], seed)
    found = clusters_of(articles)
    assert found == clusters_of(articles[::-1])
    assert all(len({name[0] for name in members}) == 1 for members in found)
    assert {members for members in found if stories_in(members)} == set(clusters_of(corpus(copies, [])))


@pytest.mark.parametrize("parts", [[(0, 20), (1, 20)], [(1, 12), (0, 20), (2, 20)], [(0, 12), (1, 12), (2, 12)]])
@pytest.mark.parametrize("digests", [1, 3])
def test_a_digest_of_edited_copies_is_linked(parts: list[tuple[int, int]], digests: int) -> None:
    """Copies with other words are versions of the digest, no excerpts."""
    copies = [["edited", "edited", "edited"], ["edited", "plain"], ["edited", "edited"]]
    articles = corpus(copies, [parts] * digests)
    with dedup.scan(articles, threads=1) as result:
        members = [{m.id for m in c.members} for c in result.clusters]
        assert {frozenset(one) for one in members if not any(name[0] == "d" for name in one)} == {
            frozenset(f"s{i}-{j}" for j in range(len(kinds))) for i, kinds in enumerate(copies)
        }
        linked = {name for pair in result.pairs for name in (pair.a, pair.b) if "d0" in (pair.a, pair.b)}
        assert {f"s{story}" for story, _ in parts} <= {name.split("-")[0] for name in linked}


def test_a_near_copy_with_an_item_of_another_story_is_a_member_and_never_kept() -> None:
    """It comes first, on the agency's own page."""
    articles = corpus([["plain", "edited", "plain"], ["plain", "edited"]], [[(0, 20), (1, 4)]])
    for article in articles:
        article["domain"] = "apnews.com" if article["id"] == "d0" else "a.example"
        article["published"] = "2024-03-01T00:00:00Z" if article["id"] == "d0" else "2024-03-05T00:00:00Z"
        article["text"] = f"SEOUL (AP) — {article['text']}"
    articles += [{"id": "item", "text": joined(state(1, "plain", 0)[:4]), "domain": "b.example"}]
    found = clusters_of(articles)
    (home,) = [members for members in found if "d0" in members]
    assert stories_in(home) == {"s0"}
    assert found[home] != "d0"


def test_parts_of_one_story_are_no_composite() -> None:
    """Two states of one passage share words with each other; a whole text is no digest of its copies."""
    articles = corpus([["plain", "edited", "edited", "cut", "cut", "longer"]], [])
    assert [len(members) for members in clusters_of(articles)] == [6]


def test_large_components_are_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = corpus([["plain", "edited", "cut", "edited"] * 2, ["edited", "longer"] * 4], [[(0, 20), (1, 20)]] * 3)
    found = clusters_of(articles)
    assert sorted(map(len, found)) == [3, 8, 8]
    monkeypatch.setattr(star_clusters, "LARGE", 2)
    assert clusters_of(articles) == found


@pytest.mark.parametrize("seed", range(3))
def test_an_index_says_what_a_scan_says(seed: int) -> None:
    rng = random.Random(seed)
    copies = [[rng.choice(["plain", "edited", "cut", "longer"]) for _ in range(rng.randint(2, 5))] for _ in range(4)]
    digests = [
        [(story, rng.choice([4, 12, 20])) for story in rng.sample(range(4), rng.choice([2, 2, 3]))] for _ in range(5)
    ]
    articles = corpus(copies, digests, seed)
    with Index() as index:
        for article in articles:
            index.add(article)
        by_index = {frozenset(m.id for m in c.members): c.canonical.id for c in index.clusters()}
        with dedup.scan(articles, furniture=index.furniture, threads=1) as result:
            assert {frozenset(m.id for m in c.members): c.canonical.id for c in result.clusters} == by_index
        for article in rng.sample(articles, 8):
            index.remove(article["id"])
            articles.remove(article)
        by_index = {frozenset(m.id for m in c.members): c.canonical.id for c in index.clusters()}
        with dedup.scan(articles, furniture=index.furniture, threads=1) as result:
            assert {frozenset(m.id for m in c.members): c.canonical.id for c in result.clusters} == by_index


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), unique=True),
    st.lists(st.lists(st.integers(0, 9), unique=True), max_size=5),
)
@settings(max_examples=100, deadline=None)
def test_groups_are_the_components_of_each_list(pairs: list[tuple[int, int]], lists: list[list[int]]) -> None:
    near: list[list[int]] = [[] for _ in range(10)]
    for a, b in pairs:
        near[a].append(b)
        near[b].append(a)
    ends = np.cumsum([0, *map(len, lists)])
    node = np.array([x for part in lists for x in part], np.int64)
    flat = np.array([y for part in near for y in part], np.int64)
    found = group_within_lists(ends, node, np.cumsum([0, *map(len, near)]), flat)
    for low, part in zip(ends.tolist(), lists, strict=False):
        inside = np.array([pair for pair in pairs if set(pair) <= set(part)], np.int64).reshape(-1, 2).T
        connected = components(10, *inside)
        for i, x in enumerate(part):
            own = next((one for one in connected if x in one), [x])
            assert found[low + i] == low + min(part.index(y) for y in own)
