"""The corpus of hard negatives: what its truth says is so in its texts."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from tests.corpus.hard.__main__ import lines
from tests.corpus.hard.briefs import LONGEST, SHORTEST
from tests.corpus.hard.corpus import COPIED, REPEATS, Draft, build
from tests.corpus.hard.reprints import KEPT_SHARE
from tests.corpus.spin import spun
from tests.corpus.writer import Writer

ARTICLES = 800


def words(text: str) -> list[str]:
    return re.findall(r"[\w.,$-]*\w", text.replace("’", "'"))


def line(text: str) -> str:
    """The words with a space on both sides, so that one text is in another by whole words."""
    return f" {' '.join(words(text))} "


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return build(ARTICLES, seed=5)


@pytest.fixture(scope="module")
def copies(drafts: list[Draft]) -> list[tuple[Draft, Draft]]:
    """Every copy with its source."""
    return [(draft, drafts[source]) for draft in drafts for source in draft.expected]


def test_same_seed_and_size_give_the_same_lines() -> None:
    first = lines(120, seed=3)
    assert first == lines(120, seed=3)
    assert first != lines(120, seed=4)
    assert len(first) == 120


def test_mixture(drafts: list[Draft], copies: list[tuple[Draft, Draft]]) -> None:
    kinds = Counter(draft.kind for draft in drafts if "," not in draft.kind)
    assert len(drafts) == ARTICLES
    assert len(copies) == round(ARTICLES * COPIED)
    assert kinds["brief"] > kinds["earnings"] > kinds["background"] >= kinds["quotation"] > 0
    assert kinds["notice"] == kinds["earnings"]
    assert {one.kind.split(", ")[1] for one, _ in copies} == {"identical", "edited", "truncated", "repeated"}


def test_every_page_holds_its_story(drafts: list[Draft]) -> None:
    for draft in drafts:
        assert line(draft.own) in line(draft.text)


def test_copies_hold_the_words_of_their_source(copies: list[tuple[Draft, Draft]]) -> None:
    for copy, source in copies:
        own, page = words(source.own), line(copy.text)
        way = copy.kind.split(", ")[1]
        if way in ("identical", "repeated"):
            assert line(source.own) in page
        elif way == "truncated":
            kept = len(words(copy.own))
            assert line(" ".join(own[: kept - 1])) in page
            assert kept < len(own) or len(own) <= 15
        else:
            blocks = SequenceMatcher(None, own, words(copy.own), autojunk=False).get_matching_blocks()
            assert sum(block.size for block in blocks) >= 0.85 * len(own)
            assert copy.own != source.own
            # Facts are not edited.
            assert re.findall(r"\d[\d.,]*", copy.own) == re.findall(r"\d[\d.,]*", source.own)


def test_negatives_hold_no_other_story(drafts: list[Draft]) -> None:
    """No page of another cluster holds as much of a story as its shortest copies do."""
    pages = [line(draft.text) for draft in drafts]
    for source in drafts:
        if not source.expected:
            own = words(source.own)
            beginning = line(" ".join(own[: int(KEPT_SHARE[0] * len(own))]))
            holders = {draft.stories[0] for draft, page in zip(drafts, pages, strict=True) if beginning in page}
            assert holders == {source.number}


def test_truth_of_clusters_and_stories(drafts: list[Draft]) -> None:
    for draft in drafts:
        assert draft.stories == [draft.expected[0] if draft.expected else draft.number]
        assert draft.cluster in (None, draft.stories[0])
    sizes = Counter(draft.cluster for draft in drafts if draft.cluster is not None)
    assert min(sizes.values()) >= 2


def test_one_site_carries_one_story_four_times(drafts: list[Draft]) -> None:
    prints = Counter((draft.cluster, draft.site.domain) for draft in drafts if draft.cluster is not None)
    assert max(prints.values()) == REPEATS + 1
    for (cluster, domain), count in prints.items():
        if count > 1:
            same = [draft.own for draft in drafts if (draft.cluster, draft.site.domain) == (cluster, domain)]
            assert len(set(same)) == 1


def test_briefs_are_short_and_wrapped(drafts: list[Draft]) -> None:
    briefs = [draft for draft in drafts if draft.kind == "brief"]
    for draft in briefs:
        assert SHORTEST <= len(draft.own.split()) <= LONGEST
    around = [len(draft.text.split()) - len(draft.own.split()) for draft in briefs]
    assert 150 < sum(around) / len(around) < 200


def test_furniture_is_fixed_for_a_site_and_worded_otherwise_on_another(drafts: list[Draft]) -> None:
    sites = {draft.site.domain: draft.site for draft in drafts}
    for draft in drafts:
        for block in (*draft.site.head, *draft.site.foot):
            assert block in draft.text
    blocks = Counter(block for site in sites.values() for block in site.foot)
    # Only sites of a chain share a block, and there are few of them.
    assert sum(count > 1 for count in blocks.values()) <= 4
    assert max(blocks.values()) <= 3


def test_some_sites_print_no_line_break(drafts: list[Draft]) -> None:
    flat = {draft.site.domain for draft in drafts if draft.site.joint == " "}
    assert flat
    for draft in drafts:
        assert ("\n" in draft.text) <= (draft.site.domain not in flat)


def test_standing_passages_are_all_that_their_stories_share(drafts: list[Draft]) -> None:
    groups: dict[int, list[Draft]] = {}
    for draft in drafts:
        if draft.kind == "background":
            groups.setdefault(draft.passages[0], []).append(draft)
    assert max(map(len, groups.values())) >= 3
    for members in groups.values():
        for first, second in pairwise(members):
            shared = set(first.own.split("\n\n")) & set(second.own.split("\n\n"))
            assert len(shared) == 1
            assert 30 <= len(next(iter(shared)).split()) < 0.5 * len(first.own.split())


def test_quotations_are_shared_inside_quotation_marks_only(drafts: list[Draft]) -> None:
    quoting = [draft for draft in drafts if draft.kind == "quotation"]
    assert quoting
    for draft in quoting:
        assert draft.passages == []
        assert max(len(said.split()) for said in re.findall(r'"([^"]+)"', draft.own)) >= 30


def test_spun_text_keeps_names_numbers_and_little_else() -> None:
    for story in Writer(np.random.default_rng(7)).stories(5):
        text = spun(story.text, Random(1))
        assert text == spun(story.text, Random(1))
        before, after = words(story.text), words(text)
        blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        assert 0.4 < sum(block.size for block in blocks) / len(before) < 0.75
        assert Counter(re.findall(r"\d[\d,.]*\d", story.text)) == Counter(re.findall(r"\d[\d,.]*\d", text))
        for last in {person.split()[-1] for person in story.people}:
            assert re.findall(rf"\b{last}\b", story.text) == re.findall(rf"\b{last}\b", text)
