"""The work of a scan of one large story: comparisons, counted at several sizes, grow as its input does."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from prose import joined, sentences

import dedup
from dedup.clustering import excerpts
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import compare

Articles = list[dict[str, Any]]


def live_blog(n: int) -> Iterator[str]:
    """States that each have one sentence more than the one before."""
    lines = sentences("blog", n + 10)
    return (joined(lines[: i + 10]) for i in range(n))


def rolling_blog(n: int) -> Iterator[str]:
    """States that each have three new sentences on top, and the last three of 30 no more."""
    lines = sentences("rolling", 3 * n + 30)[::-1]
    return (joined(lines[(at := 3 * (n - i - 1)) : at + 30]) for i in range(n))


def edited(n: int) -> Iterator[str]:
    """States that each have one sentence changed, or one more, of 30 to 40."""
    rng, new = random.Random(3), sentences("edited", n + 30)
    lines, new = new[:30], new[30:]
    for line in new:
        if len(lines) < 40 and rng.random() < 0.02:
            lines.append(line)
        else:
            lines[rng.randrange(len(lines))] = line
        yield joined(lines)


def mixed(n: int) -> Iterator[str]:
    """Near copies, longer versions and excerpts of one text."""
    rng, lines, new, few = random.Random(4), sentences("mixed", 30), sentences("own", 8 * n), sentences("few", n, 4)
    for i in range(n):
        own, at, length = new[8 * i : 8 * i + rng.randint(3, 8)], rng.randrange(6), rng.randint(8, 24)
        near = [*lines[:at], own[0], *lines[at + 1 :]]
        yield joined([near, lines + own, [*lines[at : at + length], few[i]]][i % 3])


def digests(n: int) -> Iterator[str]:
    """Digests of 12 items of a pool that moves on, and the items as articles."""
    rng, new = random.Random(5), sentences("digests", 2 * n + 5 * (n // 4 + 45))
    items = [new[at : at + 5] for at in range(2 * n, len(new), 5)]
    for i in range(n):
        if i % 4 == 0:
            yield joined([line for item in rng.sample(items[i // 4 : i // 4 + 40], 12) for line in item])
        else:
            yield joined(items[i // 4 + i % 4] + new[2 * i : 2 * i + i % 2 + 1])


def articles(texts: Iterator[str]) -> Articles:
    return [{"id": f"{i:05d}", "text": text, "domain": f"site{i}.example"} for i, text in enumerate(texts)]


def counts(texts: Iterator[str]) -> dict[str, Any]:
    with dedup.scan(articles(texts), threads=1) as result:
        found: dict[str, Any] = result.summary["counts"]
        return found


def test_states_of_a_live_blog_are_compared_with_a_few_each() -> None:
    """In the order of ids each state represented a passage of its own, and all were compared with all."""
    small, large = counts(live_blog(220)), counts(live_blog(440))
    assert large["compared"] < 15 * 440
    assert large["compared"] < 2.6 * small["compared"]
    # Every state lies in the last one, or goes not far beyond it: they are one story, as with all pairs compared.
    assert (large["clusters"], large["largest_cluster"]) == (1, 440)


def test_the_states_of_a_live_blog_are_one_cluster_whatever_their_ids() -> None:
    texts = list(live_blog(260))
    ways = (range(260), range(259, -1, -1), random.Random(1).sample(range(260), 260))
    for ids in ways:
        named = [{"id": f"{name:04d}", "text": text} for name, text in zip(ids, texts, strict=True)]
        with dedup.scan(named, threads=1) as result:
            assert [len(cluster.members) for cluster in result.clusters] == [260]


def test_a_chain_of_states_is_not_compared_with_each_core() -> None:
    """Each core of the chain keeps a few states; the others were compared with every one of them."""
    found = counts(rolling_blog(1500))
    assert found["clusters"] > 200
    assert found["compared"] < 1.1 * found["candidates"]


@pytest.mark.parametrize("texts", [edited, digests, mixed])
def test_comparisons_grow_as_the_number_of_articles(texts: Any) -> None:
    small, middle, large = (counts(texts(n))["compared"] for n in (500, 1000, 2000))
    assert middle < 2.3 * small
    assert large < 2.3 * middle  # an exponent of 1.2


def test_what_is_asked_of_excerpts_grows_as_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each container all of its stories were looked at with all of its excerpts."""
    lines = []
    cross_join_ranges = excerpts.cross_join_ranges

    def counted(*columns: Any) -> Any:
        found = cross_join_ranges(*columns)
        lines.append(len(found[2]))
        return found

    monkeypatch.setattr(excerpts, "cross_join_ranges", counted)
    for n in (1000, 2000):
        counts(mixed(n))
        assert sum(lines) < 80 * n
        lines.clear()


def test_items_of_a_round_up_cost_what_they_are_long_not_what_it_is() -> None:
    """A text of 1.2 million words, and items of 40 words that stand in it."""
    rng = np.random.default_rng(1)
    word = rng.integers(1, 1 << 27, 1_200_000).astype(np.uint32)
    first, count = np.append(0, np.arange(0, 120_000, 40)), np.append(len(word), np.full(3000, 40))
    bodies = BodyTokens(word, first, count, np.full(3001, 5, np.int32))

    def seconds(items: int) -> float:
        """Processor time; what one item takes is mostly the index of the long text."""
        took = []
        for _ in range(3):
            began = time.process_time()
            compare(bodies, np.zeros(items, np.int64), np.arange(1, items + 1), np.arange(3001))
            took.append(time.process_time() - began)
        return min(took)

    seconds(1)
    assert seconds(3000) < 5 * seconds(1)
