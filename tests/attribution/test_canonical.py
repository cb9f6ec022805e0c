"""Which copy is kept, and how sure that is."""

from __future__ import annotations

import pytest

from dedup.attribution.canonical import COPY_TIER, PARTIAL_TIER, canonical
from dedup.attribution.features import MemberEvidence
from dedup.attribution.score import decide
from dedup.evidence.observation import Observation
from dedup.inputs.dates import parse_timestamp

ISSUED = Observation("issuer", "Calder Marine issued the following", "Calder Marine")


def member(id: str, domain: str, words: int, hour: int, *observations: Observation) -> MemberEvidence:
    return MemberEvidence(id, domain, parse_timestamp(f"2026-03-10T{hour:02d}:00:00Z"), words, observations)


def kept(members: list[MemberEvidence], tiers: list[int] | None = None) -> tuple[str, float]:
    longest = max(one.words for one in members)
    place, probability = canonical(members, decide(members), longest, tiers=tiers or [COPY_TIER] * len(members))
    return members[place].id, probability


def test_the_fullest_state_on_the_origins_site_is_kept() -> None:
    members = [member("a", "apnews.com", 300, 8), member("b", "apnews.com", 410, 11), member("c", "x.example", 500, 9)]
    assert kept(members)[0] == "b"


def test_of_equals_the_earlier_one_is_kept() -> None:
    assert kept([member("b", "apnews.com", 300, 11), member("a", "apnews.com", 300, 8)])[0] == "a"


def test_a_fuller_page_without_the_credit_is_not_kept() -> None:
    credit = Observation("dateline", "SEOUL (AP)", "Associated Press")
    members = [member("a", "x.example", 300, 8, credit), member("b", "x.example", 330, 9)]
    assert kept(members)[0] == "a"


def test_release_wires_count_as_one_site() -> None:
    """The first carrier is often the one that lost quotation marks or a letter."""
    members = [
        member("a", "States News Service", 300, 8, ISSUED),
        member("b", "Targeted News Service", 320, 11, ISSUED),
        member("c", "PR Newswire", 310, 9, ISSUED),
    ]
    assert kept(members)[0] == "b"


def test_a_text_that_is_no_copy_of_all_is_not_kept_for_its_length() -> None:
    members = [member("a", "apnews.com", 300, 8), member("b", "apnews.com", 410, 11)]
    assert kept(members, [COPY_TIER, PARTIAL_TIER])[0] == "a"


@pytest.mark.parametrize("copies", [2, 5, 40])
def test_equal_pages_leave_no_doubt_that_one_of_them_may_be_kept(copies: int) -> None:
    """Each has a small share of the odds; a reader takes any."""
    members = [member(f"{i:02}", f"{i:02}.example", 300, 8) for i in range(copies)]
    assert kept(members)[1] >= 0.65


def test_the_origins_own_page_is_surer_and_a_partial_text_less_sure() -> None:
    own = [member("a", "apnews.com", 300, 8), member("b", "x.example", 300, 9)]
    plain = [member("a", "y.example", 300, 8), member("b", "x.example", 300, 9)]
    sure, less = kept(own)[1], kept(plain)[1]
    assert 1 > sure > 0.9 > less > 0.6
    assert kept(plain, [COPY_TIER, PARTIAL_TIER])[1] < less
