"""New articles against what is known: the results of a scan of both, as far as they concern the new ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stories import Article, crawl, pool

import dedup
from dedup.errors import MissingInput, UsageError
from dedup.index.public import Index

POOL = pool(3, seed=4)
OLD, NEW = POOL[::2], POOL[1::2]


def write_jsonl(path: Path, records: list[Article]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    return path


def expected(furniture: Any) -> tuple[dict[frozenset[str], Any], set[tuple[str, str, str]], dict[str, Any]]:
    """What a scan of both says of the new ones: clusters, pairs, origins."""
    ids = {a["id"] for a in NEW}
    with dedup.scan(POOL, furniture=furniture) as both:
        clusters = {
            frozenset(m.id for m in c.members): {**c.to_dict(), "cluster": ""}
            for c in both.clusters
            if ids & {m.id for m in c.members}
        }
        pairs = {(p.a, p.b, p.relation.value) for p in both.pairs if ids & {p.a, p.b}}
        origins = {o["id"]: o["origin"] for o in both.origins if o["id"] in ids}
    return clusters, pairs, origins


def found(result: Any) -> tuple[dict[frozenset[str], Any], set[tuple[str, str, str]], dict[str, Any]]:
    clusters = {frozenset(m.id for m in c.members): {**c.to_dict(), "cluster": ""} for c in result.clusters}
    pairs = {(p.a, p.b, p.relation.value) for p in result.pairs}
    return clusters, pairs, {o["id"]: o["origin"] for o in result.origins}


def test_against_an_index(tmp_path: Path) -> None:
    with Index(tmp_path / "seen.db") as index:
        index.add_many(OLD)
    result = dedup.scan(NEW, against=tmp_path / "seen.db")
    clusters, pairs, origins = expected(index.furniture)
    assert found(result)[0] == clusters
    assert found(result)[2] == origins
    # Overlaps of a site's notices are told by all of its stories, of which an index hands over those that match.
    assert {p for p in found(result)[1] if p[2] != "overlap"} == {p for p in pairs if p[2] != "overlap"}
    old = {a["id"] for a in OLD}
    assert result.against is not None
    assert [line["id"] for line in result.against] == sorted(a["id"] for a in NEW)
    for line in result.against:
        mates = next((c for c in clusters if line["id"] in c), frozenset())
        assert line["known"] == sorted(mates & old)
        assert line["verdict"] == ("seen" if mates & old else "new")
    assert {line["verdict"] for line in result.against} == {"new", "seen"}
    with Index(tmp_path / "seen.db") as index:
        assert len(index) == len(OLD), "nothing was added"


def test_against_a_folder(tmp_path: Path) -> None:
    old, new = write_jsonl(tmp_path / "old.jsonl", OLD), write_jsonl(tmp_path / "new.jsonl", NEW)
    with dedup.scan(old) as result:
        result.write(tmp_path / "out")
    with dedup.scan(new, against=tmp_path / "out", keep="canonical") as result:
        result.write(tmp_path / "both", keep="canonical")
        with dedup.scan([new, old]) as both:
            ids = {a["id"] for a in NEW}
            assert found(result)[0].keys() == {
                members for c in both.clusters if (members := frozenset(m.id for m in c.members)) & ids
            }
    lines = [json.loads(line) for line in (tmp_path / "both" / "against.jsonl").read_text().splitlines()]
    assert len(lines) == len(NEW)
    kept = [json.loads(line)["id"] for line in (tmp_path / "both" / "deduplicated.jsonl").read_text().splitlines()]
    assert set(kept) <= ids
    summary = json.loads((tmp_path / "both" / "summary.json").read_text())
    assert summary["against"] == str(tmp_path / "out")
    assert (summary["counts"]["articles"], summary["counts"]["known_articles"]) == (len(NEW), len(OLD))
    old.unlink()
    with pytest.raises(MissingInput):
        dedup.scan(new, against=tmp_path / "out")


def test_what_cannot_be_compared_with(tmp_path: Path) -> None:
    with Index(tmp_path / "seen.db") as index:
        index.add_many(crawl(0, 5))
    with pytest.raises(UsageError, match="made with other settings"):
        dedup.scan(NEW, against=tmp_path / "seen.db", shingle_size=4)
    with pytest.raises(UsageError, match="holds no results of a scan"):
        dedup.scan(NEW, against=tmp_path)
    with pytest.raises(MissingInput, match="there is no index"):
        dedup.scan(NEW, against=tmp_path / "none.db")
    with dedup.scan(OLD) as result:
        result.write(tmp_path / "out")
    with pytest.raises(UsageError, match="did not come from files"):
        dedup.scan(NEW, against=tmp_path / "out")
