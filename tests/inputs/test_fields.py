"""Field names, and what becomes of values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.errors import UsageError
from dedup.inputs.fields import ALIASES, FieldNames, hostname, parse_mapping, published_value


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://www.nytimes.com/2016/x.html?a=http://b.org", "nytimes.com"),
        ("https://News.BBC.co.uk:8080/x", "news.bbc.co.uk"),
        ("http://user:secret@a.org/x", "a.org"),
        ("//cdn.a.org/x", "cdn.a.org"),
        ("www.a.org/x", "a.org"),
        ("a.org/x", "a.org"),
        ("http://a.org", "a.org"),
        ("http://a.org?x", "a.org"),
        ("http://a.org.", "a.org"),
        ("http://www.com/", "www.com"),
        ("https://münchen.de/a", "münchen.de"),
        ("  http://a.org/x ", "a.org"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http:///x", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://[bad]/x", None),
        ("http://a b.org/", None),
        ("mailto:a@b.org", None),
        ("javascript:alert(1)", None),
        ("/relative/path", None),
        ("no url at all", None),
        ("index.html", None),
        ("", None),
    ],
)
def test_host(url, site):
    assert hostname(url) == site


@given(st.text())
def test_host_never_fails(url):
    found = hostname("http://" + url)
    assert found is None or (found == found.lower() and "/" not in found and "@" not in found)


@pytest.mark.parametrize(
    ("value", "published"),
    [
        ("26-FEB-1987 15:01:01.79", "26-FEB-1987 15:01:01.79"),
        (0, None),
        (44300, None),
        (44300.5, None),
        (100000000, "1973-03-03T09:46:40Z"),
        (1478685600, "2016-11-09T10:00:00Z"),
        (1478685600.5, "2016-11-09T10:00:00.500000Z"),
        (1478685600000, "2016-11-09T10:00:00Z"),
        (1478685600000000, "2016-11-09T10:00:00Z"),
        (1478685600000000000, "2016-11-09T10:00:00Z"),
        (-31536000, "1969-01-01T00:00:00Z"),
        (20161109, "2016-11-09"),
        (20169999, "1970-08-22T10:46:39Z"),
        ("1478685600", "2016-11-09T10:00:00Z"),
        ("20161109", "20161109"),
        ("20161109100000", "20161109100000"),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**40, None),
        ("", None),
        ([2016], None),
        ({"name": "2016"}, "2016"),
    ],
)
def test_published(value, published):
    assert published_value(value) == published


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["txt=a"], "the columns are text, id, url"),
        (["text=a", "text=a"], "already is a column"),
        (["text=a", "title=a"], "already is a column"),
        (["text="], "name the field"),
        (["text"], "column=name"),
    ],
)
def test_wrong_mappings(options, words):
    with pytest.raises(UsageError, match=words):
        parse_mapping(options)


def test_mapping():
    pairs = parse_mapping(["text=a=b", " title = c"])
    assert pairs == (("text", "a=b"), ("title", "c"))
    names = FieldNames(pairs)
    assert names.text == ("a=b",)
    assert names.of("url") == ALIASES["url"]


def test_no_name_serves_two_columns():
    names = [name for aliases in ALIASES.values() for name in aliases]
    assert len(names) == len(set(names))
