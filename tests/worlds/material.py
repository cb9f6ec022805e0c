"""Real paragraphs of news, read from the developers' data: each used once, and no two with words in common."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from tests.worlds.sentences import split, words

ENGLISH_SETS = ("odu_newssim", "allsides_abp", "giveme5w1h")
SHINGLE = 7
_GOOD = re.compile(r"^[A-Z0-9\"“'‘(].*[.!?][\"”’')]?$", re.DOTALL)
_PAGE = ("subscribe", "newsletter", "click here", "sign up", "copyright", "getty", "all rights", "follow us",
         "advertisement",
         "read more", "photo:", "photos:", "associated press", "reuters", "(ap)", "http", "www.", "|", "@")  # fmt: skip
_FOREIGN = ("de", "es", "fr", "ru", "zh", "ar", "cs", "ko", "ja")


class Source(NamedTuple):
    """A real article: its paragraphs, a headline, its language, and the event where the set names one."""

    title: str
    paragraphs: tuple[str, ...]
    language: str = "en"
    event: str | None = None


def folder() -> Path:
    """The folder of the sets: the first that $DEDUP_DATA names, or `../shared/data` of a checkout or of a parent."""
    if given := os.environ.get("DEDUP_DATA"):
        return Path(given.split(os.pathsep)[0])
    root = Path(__file__).parents[2]
    places = [root.parent / "shared" / "data", root.parents[1] / "shared" / "data"]
    return next((place for place in places if place.is_dir()), places[0])


def is_present() -> bool:
    """Whether the sets are on this machine."""
    return all((folder() / name / "articles.jsonl.gz").is_file() for name in (*ENGLISH_SETS, "basil", "rewrites"))


def _read(name: str) -> list[dict[str, Any]]:
    with gzip.open(folder() / name / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _paragraphs(text: str) -> list[str]:
    parts = (re.sub(r"\s+", " ", part).strip() for part in text.split("\n"))
    good = (part for part in parts if 8 <= part.count(" ") + 1 <= 130 and _GOOD.match(part))
    return [part for part in good if not any(sign in part.lower() for sign in _PAGE)]


class Material:
    """A deck of real articles in an order that the seed decides; each is dealt once."""

    def __init__(self, rng: random.Random, stories: int) -> None:
        self._seen: set[tuple[str, ...]] = set()
        rows = [row for name in ENGLISH_SETS for row in _read(name)]
        rng.shuffle(rows)
        self._english: list[Source] = []
        for row in rows:
            if len(self._english) >= stories:
                break
            if (source := self._fresh(row.get("title") or "", _paragraphs(row["text"]), None)) is not None:
                self._english.append(source)
        self.events = self._events(rng)
        self.foreign = self._others(rng)

    def _fresh(self, title: str, parts: list[str], event: str | None) -> Source | None:
        """Return the article without paragraphs that share a run of words with an earlier article; else none."""
        kept: list[str] = []
        new: set[tuple[str, ...]] = set()
        for part in parts:
            tokens = words(part)
            runs = {tokens[i : i + SHINGLE] for i in range(max(1, len(tokens) - SHINGLE + 1))}
            if not runs & self._seen and not runs & new:
                kept.append(part)
                new |= runs
        if len(kept) < 6 or len(kept) < 0.8 * len(parts):
            return None
        self._seen |= new
        first = split(kept[0])[0]
        return Source(title.strip() or first[:70], tuple(kept[:24]), "en", event)

    def _events(self, rng: random.Random) -> list[list[Source]]:
        """Groups of articles that outlets wrote of one event, each on its own (the set `basil`)."""
        groups: dict[str, list[Source]] = defaultdict(list)
        for row in _read("basil"):
            if source := self._fresh(row["title"], _paragraphs(row["text"]), row["event"]):
                groups[row["event"]].append(source)
        out = [group for _, group in sorted(groups.items()) if len(group) > 1]
        rng.shuffle(out)
        return out

    def _others(self, rng: random.Random) -> list[Source]:
        """Articles in other languages, one a language and event."""
        seen: set[tuple[str, str]] = set()
        out = []
        for row in _read("rewrites"):
            mark = (row["lang"], row["event"])
            if row["lang"] not in _FOREIGN or mark in seen or row["source"] not in ("ntrex", "wmt"):
                continue
            seen.add(mark)
            parts = [p for part in row["text"].split("\n") if len(words(p := part.strip())) >= 8]
            if len(parts) >= 4:
                # The stored text begins with the headline, then the first sentence, on one line.
                out.append(Source(" ".join(parts[0].split()[:9])[:60], tuple(parts), row["lang"], row["event"]))
        rng.shuffle(out)
        return out

    def deal(self) -> Source:
        """Return the next English article."""
        if not self._english:
            raise SystemExit("the developers' data hold too few articles for a world of this size")
        return self._english.pop()
