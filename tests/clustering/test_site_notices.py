"""What one domain prints in several stories is a notice; what it prints in two is reuse."""

from __future__ import annotations

import numpy as np

from dedup.clustering.site_notices import notice_rows
from dedup.comparison.align import FEATURES
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import NEAR_COPY, OVERLAP


def edges(pairs: list[tuple[int, int]], relation: int = OVERLAP) -> RelationTable:
    a, b = np.array(pairs, np.int64).reshape(-1, 2).T
    return RelationTable(a, b, np.zeros((len(a), len(FEATURES)), np.int32), np.full(len(a), relation, np.uint8))


ONE_DOMAIN = np.zeros(4, np.int64)
ALONE = np.arange(4)


def test_a_passage_in_two_stories_is_reuse() -> None:
    assert notice_rows(edges([(0, 1)]), ONE_DOMAIN, ALONE).tolist() == []


def test_a_passage_in_three_stories_is_a_notice() -> None:
    assert notice_rows(edges([(0, 1), (0, 2), (1, 2)]), ONE_DOMAIN, ALONE).tolist() == [0, 1, 2]


def test_copies_of_one_story_count_once() -> None:
    story = np.array([0, 1, 1, 1])
    assert notice_rows(edges([(0, 1), (0, 2), (0, 3)]), ONE_DOMAIN, story).tolist() == []


def test_other_domains_and_unknown_ones_are_left_alone() -> None:
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert notice_rows(edges(pairs), np.array([0, 1, 2, 3]), ALONE).tolist() == []
    assert notice_rows(edges(pairs), np.full(4, -1), ALONE).tolist() == []


def test_only_overlaps_are_dropped() -> None:
    assert notice_rows(edges([(0, 1), (0, 2), (1, 2)], NEAR_COPY), ONE_DOMAIN, ALONE).tolist() == []
    assert notice_rows(edges([]), ONE_DOMAIN, ALONE).tolist() == []
