"""Articles for indexes: families of every relation, in small, with ids in no order; and an index beside a scan."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from prose import excerpt, form, joined, near_copy, sentences, story, version

import dedup
from dedup.index.public import Index

Article = dict[str, Any]
REWRITES = Path(__file__).parents[1] / "data" / "rewrites.jsonl"
DOMAINS = ("alpha.example", "beta.example", "gamma.example", "apnews.com", None)


def family(seed: int) -> list[str]:
    """Texts around one story: copies, versions, excerpts, a round-up with another story, overlaps, credits."""
    lines = sentences(seed, 16)
    other = sentences(f"other {seed}", 16)
    return [
        story(seed),
        story(seed),
        f"SEOUL (AP) — {story(seed)}",
        near_copy(seed),
        version(seed),
        version(seed, own="second"),
        excerpt(seed),
        joined(lines[5:]),
        joined(lines[:8] + other[:8]),
        joined(other),
        joined(sentences(f"own {seed}", 10) + lines[4:10]),
        f"{story(seed)}\n\nThis story was originally published by Reuters.",
        story(seed).upper(),
    ]


def pool(families: int, seed: int = 1) -> list[Article]:
    """Articles of some families, notices and rewrites; dates, domains and ids say nothing of who belongs together."""
    rng = random.Random(seed)
    texts = [text for number in range(families) for text in family(number)]
    texts += [form(*(rng.randrange(900) for _ in range(12))) for _ in range(4)]
    texts += [json.loads(line)["text"] for line in REWRITES.read_text(encoding="utf-8").splitlines()]
    texts += ["too short to tell", ""][:1]
    ids = rng.sample(range(10_000), len(texts))
    return [
        {
            "id": f"{number:04d}",
            "text": text,
            "title": rng.choice([f"Story {number}", f"UPDATE {number % 4}-Story", None]),
            "domain": rng.choice(DOMAINS),
            "published": rng.choice(
                [f"2024-03-{1 + number % 9:02d}T{number % 24:02d}:00:00Z", f"2024-03-{1 + number % 9:02d}", None]
            ),
        }
        for number, text in zip(ids, texts, strict=True)
    ]


def said_by_scan(articles: list[Article], index: Index, **options: Any) -> dict[frozenset[str], Any]:
    """The clusters of a scan, by their members; names are left out."""
    with dedup.scan(articles, furniture=index.furniture, threads=1, **options) as result:
        return {frozenset(m.id for m in c.members): {**c.to_dict(), "cluster": ""} for c in result.clusters}


def said_by_index(index: Index) -> dict[frozenset[str], Any]:
    return {frozenset(m.id for m in c.members): {**c.to_dict(), "cluster": ""} for c in index.clusters()}


def crawl(first: int, count: int) -> list[Article]:
    """Articles of a crawl that has no end: every fourth is a copy, a version or an excerpt of an earlier one."""
    found = []
    for number in range(first, first + count):
        source = number - 1 - number % 7 if number % 4 == 0 else number
        text = [story, near_copy, version, excerpt][number % 4 if source == number else (number // 4) % 4](source, 8)
        found.append({"id": f"{number:06d}", "text": text, "domain": DOMAINS[number % 4]})
    return found
