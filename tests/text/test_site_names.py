"""The name of the site behind a headline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.text.site_names import _MARK, _SEPARATOR, is_site_name


@pytest.mark.parametrize(
    ("name", "domain", "is_own"),
    [
        ("Alpha Times", "alpha.example", True), ("The New York Times", "nytimes.com", True), ("WSJ", "wsj.com", True),
        ("BBC News", "bbc.co.uk", True), ("Der Spiegel", "spiegel.de", True), ("CNN.com", "cnn.com", True),
        ("Alpha Times", "Alpha Times", True), ("Reuters", "alpha.example", False), ("war in Sudan", "bbc.co.uk", False),
        ("live", "alpha.example", False), ("com", "alpha.com", False),
    ],
)  # fmt: skip
def test_names(name, domain, is_own):
    assert is_site_name(name, domain) == is_own


def test_headlines_with_names_of_sites_are_one_text():
    head = "Velmore closes three river ferries after review finds repairs cost too much"
    articles = [
        dedup.Article(f"{head} - Alpha Times", domain="alpha.example"),
        dedup.Article(f"{head} | Beta News", domain="beta.example"),
    ]
    match = dedup.compare(*articles)
    assert match is not None
    assert match.relation == "identical"


@given(
    st.lists(st.sampled_from([*"ab |-:\u2013\u2014\u2022\u00b7\u00bb\uff5c\u00e9\n", "::", "  "]), max_size=20).map(
        "".join
    )
)
def test_titles_with_a_separator_have_its_mark(title: str) -> None:
    if _SEPARATOR.search(title.encode()):
        assert _MARK.search(title.encode())
