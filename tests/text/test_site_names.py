"""The name of the site behind a headline."""

from __future__ import annotations

import pytest

import dedup
from dedup.text.site_names import is_site_name


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
