"""Of very many members origin and canonical copy are told by columns, and are what they are one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.attribution import score as d
from dedup.attribution.canonical import canonical
from dedup.attribution.codes import Codes
from dedup.attribution.features import MemberEvidence
from dedup.attribution.large_clusters import Columns, canonical_many, decide_many
from dedup.attribution.score import decide, exact_sum
from dedup.attribution.weights import weights
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Habits, Registry, registry
from dedup.inputs.dates import parse_timestamp

KNOWN = registry()
#: A corpus that shows who carries others' texts, and who takes texts of whom.
SHOWN = registry(
    habits=Habits(
        ("site2.example",),
        (
            ("site0.example", "site1.example", 3),
            ("site3.example", "site1.example", 4),
            ("site4.example", "The Daily Planet", 9),
        ),
    )
)
DOMAINS = [
    None,
    "apnews.com",
    "reuters.com",
    "news.yahoo.com",
    "prnewswire.com",
    "dailyplanet.example",
    "hosted.ap.org",
]
DOMAINS += [f"site{i}.example" for i in range(16)]
NAMES = [
    None,
    "Associated Press",
    "Reuters",
    "The Daily Planet",
    "Daily Planet",
    "site3.example",
    "Calder",
    "Calder, Inc.",
]
PUBLISHED = [
    None,
    "2024-03-01",
    "2024-03-01T08:00:00Z",
    "2024-03-01T08:00:00",
    "2024-03-02T09:30:00+01:00",
    "1970-01-01",
]


def said_of(items: list[tuple[str, str, str | None]]) -> str | None:
    return orjson.dumps(items).decode() if items else None


def read(text: str) -> list[Observation]:
    return [Observation(*item) for item in orjson.loads(text)]


statements = st.lists(
    st.tuples(st.sampled_from(sorted(weights().signal)), st.sampled_from(["one", "two"]), st.sampled_from(NAMES)),
    max_size=3,
)
member = st.tuples(
    st.sampled_from(DOMAINS), st.sampled_from(PUBLISHED), st.integers(20, 60), st.integers(0, 4), st.booleans()
)


@given(
    st.lists(member, min_size=2, max_size=30),
    st.lists(statements, min_size=5, max_size=5),
    st.sampled_from([1, 64]),
    st.sampled_from([KNOWN, SHOWN]),
)
@settings(max_examples=400, deadline=None)
def test_by_columns_is_one_by_one(
    members: list[tuple[Any, ...]], spoken: list[Any], listed: int, known: Registry
) -> None:
    said = [said_of(one) for one in spoken]
    ids = [f"{i:03d}" for i in range(len(members))]
    witnesses = []
    for id, (domain, published, words, which, _) in zip(ids, members, strict=True):
        own = read(said[which] or "[]")
        witnesses.append(MemberEvidence(id, domain, parse_timestamp(published), words, own))
    codes = Codes(known)
    domain, published, words, which, retold = zip(*members, strict=True)
    columns = Columns.of(
        codes, list(zip(domain, [said[i] for i in which], published, strict=True)), np.array(words), read
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in ("score.DOMAINS", "large_clusters.DOMAINS", "score.PLAIN", "codes.PLAIN"):
            patch.setattr(f"dedup.attribution.{name}", listed if name.endswith("DOMAINS") else 6)
        expected = decide(witnesses, known)
        assert decide_many(columns, ids, codes) == expected
        with patch.context() as again:
            again.setattr(d, "DOMAINS", 10**6)
            assert decide(witnesses, known) == expected
    longest = max(words)
    kept = canonical(witnesses, expected, longest, known, retold)
    assert canonical_many(columns, expected, longest, codes, np.array(retold)) == kept


quiet = st.lists(
    st.tuples(
        st.sampled_from(["told", "told_once", "own_name"]), st.just("one"), st.sampled_from(["Reuters", "Calder"])
    ),
    max_size=1,
)
few = st.tuples(
    st.sampled_from([f"site{i}.example" for i in range(5)] + ["dailyplanet.example"]),
    st.sampled_from(PUBLISHED),
    st.integers(20, 60),
    st.integers(0, 2),
    st.just(False),
)


@given(st.lists(few, min_size=2, max_size=5), st.lists(quiet, min_size=3, max_size=3))
@settings(max_examples=300, deadline=None)
def test_what_sites_tell_is_the_same_by_columns(members: list[tuple[Any, ...]], spoken: list[Any]) -> None:
    """Clusters in which nearly nothing is credited: the only host, the host of which others take texts, an agency."""
    test_by_columns_is_one_by_one.hypothesis.inner_test(members, [*spoken, [], []], 64, SHOWN)


@given(st.lists(st.tuples(st.floats(1e-30, 1e30), st.integers(1, 3000)), max_size=6))
def test_a_sum_is_the_same_grouped_or_not(terms: list[tuple[float, int]]) -> None:
    assert exact_sum(terms) == exact_sum([(value, 1) for value, count in terms for _ in range(count)][::-1])


def test_columns_grow_by_one_in_the_middle() -> None:
    codes = Codes(KNOWN)

    def of(domains: list[str | None]) -> Columns:
        rows = [(domain, None, time) for domain, time in zip(domains, PUBLISHED, strict=False)]
        return Columns.of(codes, rows, np.arange(len(domains)), read)

    three, one = of(["a.example", None, "apnews.com"]), of(["b.example"])
    grown = three.insert(1, one)
    assert [codes.domains[i] if i >= 0 else None for i in grown.domain] == [
        "a.example",
        "b.example",
        None,
        "apnews.com",
    ]
    assert grown.words.tolist() == [0, 0, 1, 2]
    assert grown.take(np.array([0, 2, 3])).seconds.tolist() == three.seconds.tolist()
