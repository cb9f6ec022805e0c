"""What `dedup.Index` says and takes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from stories import crawl, excerpt, joined, near_copy, pool, said_by_index, sentences, story, version

import dedup
from dedup.errors import UsageError
from dedup.index.public import Index


def test_the_ten_lines(tmp_path: Path) -> None:
    with dedup.Index(tmp_path / "seen.db") as index:
        first = index.add(
            {"id": "a", "text": story(1), "url": "https://a.example/1", "published": "2024-05-01T10:00:00Z"}
        )
        assert first.is_new
        assert first.stored
        assert first.cluster is None
        asked = index.query({"id": "b", "text": near_copy(1), "published": "2024-05-01T12:00:00Z"})
        assert not asked.stored
        assert "b" not in index
        second = index.add({"id": "b", "text": near_copy(1), "published": "2024-05-01T12:00:00Z"})
        assert second.stored
        assert not second.is_new
        for verdict in (asked, second):
            (match,) = verdict.matches
            assert (match.id, match.url) == ("a", "https://a.example/1")
            assert match.match.relation == "near_copy"
            assert match.match.passages
            assert verdict.cluster is not None
            assert verdict.cluster.canonical.id == "a"
            assert verdict.member is not None
            assert (verdict.member.role, verdict.member.lag_seconds) == ("copy", 7200)
        assert asked.cluster.name == ""  # type: ignore[union-attr]
        assert second.cluster == index.cluster("b") == index.cluster(second.cluster.name)  # type: ignore[union-attr]
        alone = dedup.compare(near_copy(1), story(1))
        assert alone == second.matches[0].match


def test_passages_are_spans_of_both_texts() -> None:
    index = Index()
    index.add({"id": "long", "text": "SEOUL (AP) — " + story(2)})
    text = excerpt(2)
    (match,) = index.query(text).matches
    assert match.match.direction == "a_in_b"
    assert match.match.passages
    for p in match.match.passages:
        held = index.get("long")
        assert held is not None
        assert text[p.a_start : p.a_end].split() == held.text[p.b_start : p.b_end].split()
    assert index.query(text, passages=False).matches[0].match.passages == ()


def test_an_id_that_is_known_is_not_stored_again() -> None:
    index = Index()
    index.add_many([{"id": "a", "text": story(1)}, {"id": "b", "text": story(1)}])
    again = index.add({"id": "a", "text": story(2)})
    assert (again.stored, again.known, again.is_new) == (False, True, False)
    assert again.cluster == index.cluster("a")
    assert index.query({"id": "a", "text": story(2)}).known
    assert index.get("a").text == story(1)  # type: ignore[union-attr]
    other = index.add({"id": "a", "text": story(2)}, replace=True)
    assert (other.stored, other.known, other.is_new) == (True, False, True)
    assert index.get("a").text == story(2)  # type: ignore[union-attr]
    assert index.cluster("b") is None
    assert len(index) == 2


def test_of_two_records_with_one_id_the_first_is_taken() -> None:
    index = Index()
    added = index.add_many([{"id": "a", "text": story(1)}, {"id": "a", "text": story(2)}, {"text": ""}, 5])
    assert [v.stored for v in added] == [True, False]
    assert [r.reason for r in added.rejects] == ["empty_text", "not_an_object"]
    assert index.get("a").text == story(1)  # type: ignore[union-attr]
    assert repr(added) == "<AddResult: 1 stored, 1 seen before, 2 rejected>"


def test_articles_without_an_id_are_named_by_what_they_say(tmp_path: Path) -> None:
    records = [{"text": story(1)}, {"text": story(1), "url": "https://a.example"}, {"text": story(2)}]
    path = tmp_path / "seen.db"
    with Index(path) as index:
        assert all(v.stored for v in index.add_many(records))
    with Index(path) as index:
        assert not any(v.stored for v in index.add_many(records[::-1])), "the same records are the same articles"
        assert len(index) == 3


def test_in_a_batch_only_what_came_before_is_seen() -> None:
    index = Index()
    added = index.add_many(
        [{"id": "x", "text": story(1)}, {"id": "b", "text": near_copy(1)}, {"id": "a", "text": version(1)}]
    )
    assert [v.is_new for v in added] == [True, False, False]
    assert len({v.cluster.name for v in added if v.cluster}) == 1


def test_a_later_article_joins_two_clusters_and_becomes_the_canonical_copy() -> None:
    """Two versions that have little in common, until the text comes that both were made of, from the agency itself."""
    lines = sentences("joined", 16)
    head = joined(lines[:11] + sentences("other end", 5))
    # It has no beginning of its own: under one, the rest would be the background of another story.
    foot = joined(lines[5:11] + sentences("other middle", 2) + lines[11:])
    index = Index()
    index.add_many([{"id": id, "text": text} for id, text in (("h1", head), ("h2", head), ("f1", foot), ("f2", foot))])
    first, second = index.cluster("h1"), index.cluster("f1")
    assert first is not None
    assert second is not None
    assert first.name != second.name
    whole = index.add({"id": "whole", "text": joined(lines), "domain": "apnews.com"})
    assert whole.cluster is not None
    assert {m.id for m in whole.cluster.members} == {"h1", "h2", "f1", "f2", "whole"}
    assert whole.cluster.canonical.id == "whole"
    assert whole.cluster.name in (first.name, second.name)
    assert index.cluster("h1") == index.cluster("f2") == whole.cluster
    index.remove("whole")
    apart = [index.cluster("h1"), index.cluster("f1")]
    assert [{m.id for m in c.members} for c in apart if c] == [{"h1", "h2"}, {"f1", "f2"}]
    assert whole.cluster.name in {c.name for c in apart if c}, "a cluster keeps its name"


def test_short_texts_match_nothing() -> None:
    index = Index()
    index.add_many(
        [
            {"id": "a", "text": "Seven words are too few for this."},
            {"id": "b", "text": "Seven words are too few for this."},
        ]
    )
    assert list(index.clusters()) == []
    assert index.query("Seven words are too few for this.").is_new
    assert index.remove(["a", "b", "c"]) == 2


def test_expire_by_date_or_by_storing() -> None:
    index = Index()
    index.add_many(
        [{"id": f"{year}", "text": story(year), "published": f"{year}-06-01"} for year in (2020, 2021, 2022)]
    )
    index.add({"id": "undated", "text": story("undated")})
    assert index.expire("2021-06-01") == 1
    assert index.expire(datetime(2022, 1, 1, tzinfo=UTC)) == 1
    assert sorted(a.id for a in index.articles()) == ["2022", "undated"]
    assert index.expire(datetime.now(UTC)) == 2
    with pytest.raises(UsageError, match="is no date"):
        index.expire("yesterday")


def test_articles_come_back_as_they_went_in(tmp_path: Path) -> None:
    meta = {"credit": "AP", "links": ["https://a.example/?a=ü"]}
    text = "Ein Text über \u2028 nichts, \U0001f600 und mehr davon."
    article = dedup.Article(text, "ü", "https://x.example/ü", "x.example", "Títle", "2024-05-01", "J. Roe", meta)
    with Index(tmp_path / "seen.db") as index:
        index.add_many([article, *crawl(0, 1100)])
        assert index.get("ü") == article
        assert index.get("nobody") is None
        assert next(iter(index.articles())) == article
        assert index.stats()["articles"] == 1101
        assert index.export_articles(tmp_path / "all.jsonl") == 1101
        index.export(tmp_path / "out")
        before = said_by_index(index)
    with Index(tmp_path / "again.db") as again:
        again.add_many(tmp_path / "all.jsonl")
        assert again.get("ü") == article
        assert said_by_index(again) == before
    assert len((tmp_path / "out" / "clusters.jsonl").read_text().splitlines()) == len(before)


def test_what_is_refused() -> None:
    with pytest.raises(UsageError, match="not an article"):
        Index().add({"text": ""})
    with pytest.raises(UsageError, match="unknown option"):
        Index(shingle=5)
    with pytest.raises(UsageError, match="sync must be"):
        Index(sync="off")


def test_verdicts_are_plain_data() -> None:
    index = Index()
    index.add_many(pool(1))
    told = index.query(story(0)).to_dict()
    assert told["verdict"] == "seen"
    assert told["canonical"]
    assert {m["relation"] for m in told["matches"]} >= {"identical", "near_copy"}
    assert told["matched"] >= len(told["matches"])
    assert [m["relation"] for m in told["matches"]] == sorted(
        (m["relation"] for m in told["matches"]),
        key=["identical", "near_copy", "version", "excerpt", "rewrite", "overlap", "template"].index,
    )
