"""What a process keeps of large components changes nothing but the time: the same verdicts, rows and clusters."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from stories import Article, joined, pool, said_by_index, said_by_scan, sentences

from dedup.index import Index
from dedup.indexing import grow, kept, plan

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
    patch.setattr(kept, "LARGE", 2)
    patch.setattr(plan, "LARGE", 2)
    made: list[str] = []
    whole = grow.Growing.plan

    def counted(self: grow.Growing, joined: Any) -> Any:
        out = whole(self, joined)
        made.append("long" if out is None else "grown")
        return out

    patch.setattr(grow.Growing, "plan", counted)
    return made


def tables(index: Index) -> dict[str, Any]:
    """All that a store has but texts and times."""
    store = index._store
    with store.transaction(write=False):
        numbers = store.numbers(0, 10**6)
        rows = [row._replace(age=0) for row in store.articles(numbers)]
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


@pytest.mark.parametrize("seed", range(6))
def test_one_by_one_as_the_long_way(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = many(160, seed)
    with Index() as long, Index(tmp_path / "seen.db") as short:
        for article in articles:
            long._keeper = None  # type: ignore[assignment]
            with pytest.MonkeyPatch.context() as patch:
                made = forced(patch)
                asked = long.query(article), short.query(article)
                added = long.add(article), short.add(article)
            assert asked[0].to_dict() == asked[1].to_dict()
            assert asked[0].cluster == asked[1].cluster
            assert added[0] == added[1]
            assert len(made) < 3
        assert_equal(long, short)
        assert said_by_index(short) == said_by_scan(articles, short)
