"""What is worked out for one article or pair, held equal to what a scan works out for columns of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.attribution.score import MemberEvidence, decide, origin_alone
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.recency import newer, newer_of
from dedup.evidence.observation import Observation
from dedup.evidence.registry import registry
from dedup.model import Article
from dedup.settings import Settings
from dedup.single import shared_passages

TITLES = [None, "", "Quake hits", "UPDATE 2-Quake hits", "UPDATE 3-Quake hits", "CORRECTED-Quake hits"]
DOMAINS = [None, "", "a.example", "b.example", "apnews.com", "www.reuters.com", "yahoo.com", "prnewswire.com"]
TIMES = [None, "", "2024-03-01", "2024-03-01T08:00:00Z", "2024-03-01T09:00:00+01:00", "2024-03-02T09:30:00", "soon"]
SAID = [
    Observation("dateline", "SEOUL (AP)", "Associated Press"),
    Observation("credit", "Reuters", "Reuters"),
    Observation("told_once", "told AFP", "Agence France-Presse"),
    Observation("staff_byline", "Our staff", None),
]
ARTICLES = st.builds(
    Article,
    st.just("text"),
    title=st.sampled_from(TITLES),
    domain=st.sampled_from(DOMAINS),
    published=st.sampled_from(TIMES),
)


@given(ARTICLES, ARTICLES)
def test_the_later_of_one_pair(a: Article, b: Article) -> None:
    both = (a, b)
    columns = ([getattr(one, name) for one in both] for name in ("title", "domain", "published"))
    assert newer_of(a, b) == newer(*columns, np.array([0]), np.array([1]))[0]


@given(st.integers(0, len(r.RELATIONS) - 1), st.integers(0, 3), st.integers(0, 3))
def test_the_direction_of_one_pair(code: int, length_a: int, length_b: int) -> None:
    features = np.zeros((1, len(c.FEATURES)), np.int32)
    features[0, [c.LENGTH_A, c.LENGTH_B]] = length_a, length_b
    assert r.direction_of(code, length_a, length_b) == r.direction(features, np.array([code], np.uint8))[0]


@given(st.lists(st.tuples(st.sampled_from(DOMAINS), st.lists(st.sampled_from(SAID), max_size=3)), max_size=6))
@settings(max_examples=50)
def test_origins_of_articles_alone(told: list[tuple[str | None, list[Observation]]]) -> None:
    """As decided one by one; nothing is told of one that says nothing and whose site is nobody's."""
    known = registry()
    for number, (domain, said) in enumerate(told):
        id = str(number)
        expected = decide([MemberEvidence(id, domain, None, 0, said)], known)
        found = origin_alone(id, domain, said, known)
        if said or expected.name is not None:
            assert found == expected
        else:
            assert (found.name, found.kind, found.domain, found.in_corpus) == (None, "unknown", None, False)
            assert (found.probability, found.chain) == (expected.probability, expected.chain)
            assert found.evidence == found.rivals == ()


WORDS = [f"{head}{tail}" for head in ("mill", "größe", "re", "«to»", "x") for tail in ("er", "ía", "s 12", "ton,")]
#: No sentence stands twice in a text: what repeats is cut out of its body, and a passage goes on behind it.
TEXTS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4, unique_by=lambda seed: seed % 5).map(
    lambda seeds: ". ".join(" ".join(WORDS[i] for i in np.random.default_rng(s % 5).integers(0, 20, 25)) for s in seeds)
)


@given(TEXTS, st.lists(TEXTS, max_size=4))
@settings(max_examples=50, deadline=None)
def test_passages_shared_with_several(text: str, others: list[str]) -> None:
    """Those of each two texts alone; a word of a passage stands where its characters say."""
    a = Article(text, id="a")
    found = shared_passages(a, [Article(other) for other in others], Settings())
    assert len(found) == len(others)
    for passages, other in zip(found, others, strict=True):
        assert [passages] == shared_passages(a, [Article(other)], Settings())
        match = dedup.compare(text, other)
        assert match is None or match.passages == passages
        for p in passages:
            assert _bare(text[p.a_start : p.a_end]) == _bare(other[p.b_start : p.b_end])


def test_a_passage_goes_on_behind_a_repeat() -> None:
    """It ends where the words end that both have, in the text with the repeat as in the one without."""
    lead = "The harbour of the old town will be dredged by spring, the council said on Monday evening."
    rest = "Fishermen had asked for it since the storms of last year moved the sand banks into the channel."
    twice, once = f"{lead} {lead} {rest}", f"{lead} {rest}"
    (passages,) = shared_passages(Article(twice), [Article(once)], Settings())
    assert [(p.a_start, p.a_end, p.b_start, p.b_end) for p in passages] == [(0, len(twice) - 1, 0, len(once) - 1)]


def _bare(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()
