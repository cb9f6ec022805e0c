"""Re-worded stories are told from independent ones on the same event.

`tests/data/rewrites.jsonl` was written for these tests: six invented agency stories; of each, rewrites (spun word by
word, translated there and back, paraphrased by sentence) and a story on the same event by somebody else.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import edited_pairs, word_lists

import dedup
from dedup.comparison import rewrite as w
from dedup.inputs.batch import text_array
from dedup.text.tokens import CAPITAL, DIGIT, LINE, QUOTED, SENTENCE, WORD_HASH, tokenise

DATA = Path(__file__).parents[1] / "data" / "rewrites.jsonl"
FOLDERS = [one for one in os.environ.get("DEDUP_DATA", "").split(os.pathsep) if one]
SHARED = Path(FOLDERS[0] if FOLDERS else Path(__file__).parents[3] / "shared" / "data").parent
SEED = SHARED / "seeds" / "000_1183e4929f2d4dfd.txt"
STORIES: dict[str, str] = {r["id"]: r["text"] for r in map(orjson.loads, DATA.read_bytes().splitlines())}
ORIGINALS = [name for name in STORIES if name.endswith("-original")]
#: A summary is a rewrite of a part only, and too short to be told.
REWRITES = [name for name in STORIES if name.split("-")[1] in ("retranslated", "spun", "paraphrased")]
OTHERS = [name for name in STORIES if name not in REWRITES and name not in ORIGINALS]


def original(name: str) -> str:
    return STORIES[name.split("-")[0] + "-original"]


@pytest.mark.parametrize("name", REWRITES)
def test_rewrites_are_found_both_ways(name: str) -> None:
    there, back = dedup.compare(original(name), STORIES[name]), dedup.compare(STORIES[name], original(name))
    assert there is not None
    assert back is not None
    assert there.relation == back.relation == "rewrite"
    assert there.direction is None
    assert there.resemblance == back.resemblance < 0.12
    assert (there.a_in_b, there.b_in_a) == (back.b_in_a, back.a_in_b)


def test_two_rewrites_of_one_story_are_rewrites_of_each_other() -> None:
    for a, b in combinations(REWRITES, 2):
        match = dedup.compare(STORIES[a], STORIES[b])
        same = a.split("-")[0] == b.split("-")[0]
        assert (match is not None and match.relation == "rewrite") == same, (a, b)


@pytest.mark.parametrize("name", OTHERS)
def test_independent_stories_on_the_same_event_are_none(name: str) -> None:
    story = name.split("-")[0]
    for other in (one for one in STORIES if one.startswith(story) and one != name):
        assert dedup.compare(STORIES[name], STORIES[other]) is None, other


@pytest.mark.skipif(not SEED.exists(), reason=f"{SEED} is not here")
def test_a_machine_translation_found_in_the_wild() -> None:
    """Its original is invented, by somebody who had read the translation: a weak test, of a real mistranslation."""
    text = SEED.read_text()
    match = dedup.compare(STORIES["nato-original"], text)
    assert match is not None
    assert match.relation == "rewrite"
    assert dedup.compare(STORIES["nato-independent"], text) is None


def test_the_order_decides() -> None:
    """The same sentences in another order are another story to this test, whatever words they share."""
    text = STORIES["ferry-spun"].split("\n\n")
    turned = "\n\n".join(text[::-1])
    match = dedup.compare(STORIES["ferry-original"], turned)
    assert match is None or match.relation != "rewrite"


@pytest.mark.parametrize("kind", ["numbers", "names"])
def test_other_facts_in_the_same_words_are_no_rewrite(kind: str) -> None:
    words = []
    for i, word in enumerate(STORIES["ferry-spun"].split(" ")):
        if kind == "numbers" and any(c.isdigit() for c in word):
            words.append("".join(str((int(c) + 3) % 10) if c.isdigit() else c for c in word))
        elif kind == "names" and word[:1].isupper() and i % 5 < 3:
            words.append(word + "ovich" if word.isalpha() else word)
        else:
            words.append(word)
    match = dedup.compare(STORIES["ferry-original"], " ".join(words))
    assert match is None or match.relation != "rewrite"


def reference(a: np.ndarray, b: np.ndarray) -> dict[str, int]:
    """The features of `rewrite_kernel`, by dictionaries; the chain as patience sorting finds it."""
    mask, begin = int(WORD_HASH), int(LINE | SENTENCE)
    words = [[int(x) & mask for x in side] for side in (a, b)]
    count = [Counter(side) for side in words]
    place = {x: i for i, x in enumerate(words[1])}
    common = [(i, place[x]) for i, x in enumerate(words[0]) if count[0][x] == 1 and count[1][x] == 1]
    out = dict.fromkeys(w.FEATURES, 0)
    for side, name in enumerate("ab"):
        out[f"length_{name}"] = len(words[side])
        out[f"once_{name}"] = sum(n == 1 for n in count[side].values())
    out["common"] = len(common)
    if len(common) < w.MIN_LINKS:
        return out
    tails: list[int] = []
    chains: list[list[tuple[int, int]]] = []
    for i, j in common:
        at = bisect_left(tails, j)
        chain = [*(chains[at - 1] if at else []), (i, j)]
        tails[at : at + 1], chains[at : at + 1] = [j], [chain]
    chain = chains[-1]
    out["chain"] = len(chain)
    if 1000 * len(chain) < w.MIN_ORDER * len(common) or len(chain) < w.MIN_LINKS:
        return out
    out["plain"] = sum(not (a[i] & b[j] & QUOTED) for i, j in chain)
    out["told"] = sum(not ((a[i] | b[j]) & QUOTED) for i, j in chain)
    for side, (name, body) in enumerate(zip("ab", (a, b), strict=True)):
        at = [link[side] for link in chain]
        out[f"covered_{name}"] = sum(y - x for x, y in pairwise(at) if y - x <= w.GAP)
        sentence = np.cumsum([i == 0 or bool(int(x) & begin) for i, x in enumerate(body)])
        out[f"sentences_{name}"] = int(sentence[-1])
        out[f"touched_{name}"] = len({int(sentence[i]) for i in at})
    numbers = [{int(x) & mask for x in side if x & DIGIT} for side in (a, b)]
    names = [{int(x) & mask for x in side if x & CAPITAL and not int(x) & begin} for side in (a, b)]
    for kind, (x, y) in (("numbers", numbers), ("names", names)):
        out[f"{kind}_a"], out[f"{kind}_b"], out[kind] = len(x), len(y), len(x & y)
    return out


def check(texts: tuple[str, str]) -> None:
    tokens = tokenise(text_array(texts))
    a, b = tokens.words(0), tokens.words(1)
    first, length = np.array([0, len(a)]), np.array([len(a), len(b)])
    (row,) = w.rewrite_kernel(np.concatenate([a, b]), first, length, np.array([0]), np.array([1]))
    assert dict(zip(w.FEATURES, row.tolist(), strict=True)) == reference(a, b)


@settings(max_examples=150)
@given(edited_pairs(), st.integers(1, 9))
def test_features_are_those_of_the_reference(pair: tuple[list[str], list[str]], every: int) -> None:
    """Edited texts with capitals, sentences and quotations strewn in."""

    def written(words: list[str]) -> str:
        parts = []
        for i, word in enumerate(words):
            shown = word.title() if i % (every + 1) == 0 else word
            shown = f"“{shown}”" if i % (3 * every + 1) == 2 else shown
            parts.append(shown + (".\n" if i % (4 * every) == 3 else "." if i % (2 * every + 1) == 1 else ""))
        return " ".join(parts)

    check((written(pair[0]), written(pair[1])))


@settings(max_examples=50)
@given(word_lists(), word_lists())
def test_features_of_unrelated_and_empty_texts(a: list[str], b: list[str]) -> None:
    check((" ".join(a), " ".join(b)))


def test_features_of_the_stories() -> None:
    for a, b in combinations(STORIES.values(), 2):
        check((a, b))
