"""What two bodies have of their own against a slow reference, and what it decides."""

from __future__ import annotations

import random
import sys
from collections import Counter
from math import isqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dedup

sys.path.append(str(Path(__file__).parent))

from test_leads import K, features
from test_relate import prose, scattered, words_of
from test_unequal_lengths import SCRIPTS, in_script

from dedup.comparison import align as c
from dedup.comparison import leads, own_parts

Words = NDArray[np.uint32]

#: The pieces of two bodies: whether both have it, and its words.
PIECES = st.lists(st.tuples(st.booleans(), st.integers(6, 90)), min_size=2, max_size=8)


def places(body: list[int], other: list[int]) -> list[bool]:
    """Which words of a body lie in shingles of the other."""
    known = {tuple(other[i : i + K]) for i in range(len(other) - K + 1)}
    common = [False] * len(body)
    for i in range(len(body) - K + 1):
        if tuple(body[i : i + K]) in known:
            common[i : i + K] = [True] * K
    return common


@settings(max_examples=100)
@given(PIECES, st.integers(0, 60), st.randoms(use_true_random=False))
def test_the_rare_own_words_of_both(pieces: list[tuple[bool, int]], vocabulary: int, chance: random.Random) -> None:
    """Words of common pieces stand nowhere else, so that a passage has one place; own words recur in both bodies."""
    a: list[int] = []
    b: list[int] = []
    at = 1000
    for shared, size in pieces:
        if shared:
            a += range(at, at + size)
            b += range(at, at + size)
        else:
            for body in (a, b):
                low = 10_000 * (1 + (body is b))
                # Every second word is one of this body alone: no shingle of own words is in common.
                body += [1 + chance.randrange(vocabulary + 1) if i % 2 else low + at + i for i in range(size)]
        at += size
    row = features(np.array(a, np.uint32), np.array(b, np.uint32))
    common_a, common_b = places(a, b), places(b, a)
    own_a = [word for word, common in zip(a, common_a, strict=True) if not common]
    own_b = [word for word, common in zip(b, common_b, strict=True) if not common]
    width = min(leads.LEAD * K, len(a), len(b))
    told = max(sum(common_a[:width]), sum(common_b[:width]))
    share = max(1000 * int(row[c.WORDS_A]) // len(a), 1000 * int(row[c.WORDS_B]) // len(b))
    block = 1000 * row[c.RUN] >= own_parts.MAIN_BLOCK * max(int(row[c.WORDS_A]), int(row[c.WORDS_B]))
    least = own_parts.LEAST_OWN if share < own_parts.PARTLY and block else own_parts.MUCH_OWN
    begin_alike = max(int(row[c.FIRST_A]), int(row[c.FIRST_B])) < K
    if begin_alike or 1000 * told >= own_parts.WHOLE_LEAD * width or min(len(own_a), len(own_b)) < least:
        assert row[c.OWN_PART] == 0
    elif share >= leads.IN_COMMON and max(len(a), len(b)) <= leads.FOLLOW_UP_TIMES * min(len(a), len(b)):
        count = Counter(a + b)
        rare_a, rare_b, news_a, news_b = (
            {word for word in words if count[word] <= leads.RARE}
            for words in (own_a, own_b, own_a[: own_parts.NEWS * K], own_b[: own_parts.NEWS * K])
        )
        assert row[c.OWN_PART] == min(len(own_a), len(own_b))
        assert row[c.OWN_SAME] == 1000 * len(rare_a & rare_b) // max(1, isqrt(len(rare_a) * len(rare_b)))
        assert row[c.OWN_NEWS] == 1000 * len(news_a & news_b) // max(1, min(len(news_a), len(news_b)))


NAMES = "Ola Venn, the mayor of Velmore, resigned on 14 March over the sale of 9 ferries to the Kestrel Line. "
SAME = "It cost Velmore its mayor that the Kestrel Line bought 9 ferries on 14 March: the seat of Ola Venn is empty. "


@pytest.mark.parametrize("script", SCRIPTS)
def test_two_reports_on_one_affair_that_tell_other_things_overlap(script: str) -> None:
    """Their leads name the same, and what they have in common is more than half of both."""
    background = prose(words_of(41, 420), 1)
    one = NAMES + prose(words_of(42, 230), 2) + "\n\n" + background
    two = SAME + prose(words_of(43, 250), 3) + "\n\n" + background
    assert relation(one, two, script) == "overlap"


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_report_written_over_is_a_version(script: str) -> None:
    """Half of the words of the first part are other ones, so that no passage of it is in common."""
    told = words_of(44, 230)
    every_third = ["".join((word, "o")) if i % 3 == 0 else word for i, word in enumerate(told)]
    background = prose(words_of(41, 420), 1)
    one = NAMES + prose(told, 2) + "\n\n" + background
    two = SAME + prose(every_third, 3) + "\n\n" + background
    assert relation(one, two, script) == "version"


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("changed", [0.02, 0.05])
def test_a_copy_with_a_cut_or_an_addition_stays_one(script: str, changed: float) -> None:
    """The own words are those of one side; on the other there are edits."""
    words = words_of(45, 600)
    edited = scattered(words, changed, 7)
    one = prose(words, 1)
    assert relation(one, prose([*words_of(46, 200), *edited], 2), script) in ("version", "near_copy", "excerpt")
    assert relation(one, prose([*edited, *words_of(47, 200)], 2), script) in ("version", "near_copy", "excerpt")


def relation(a: str, b: str, script: str) -> str | None:
    match = dedup.compare(in_script(a, script), in_script(b, script))
    return None if match is None else str(match.relation)
