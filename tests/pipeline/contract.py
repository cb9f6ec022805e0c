"""The contract of a scan's files (design, section 5) as one function: what holds of every scan of every corpus."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

CLUSTER = {"cluster", "size", "origin", "canonical", "evidence", "members"}
ORIGIN = {"name", "kind", "domain", "in_corpus", "probability"}
EVIDENCE = {"article", "signal", "quote", "supports", "weight"}
MEMBER = {
    "id", "url", "domain", "title", "published", "role", "relation", "direction", "resemblance", "containment",
    "lag_seconds",
}  # fmt: skip
PAIR = {"a", "b", "relation", "direction", "newer", "resemblance", "a_in_b", "b_in_a", "longest_run", "probability"}
ORIGINS = {"id", "cluster", "origin", "evidence"}
REJECT = {"file", "line", "reason", "detail"}
RELATIONS = {"identical", "near_copy", "version", "excerpt", "rewrite", "overlap", "template"}
LINKED = {"overlap", "template"}
ROLES = {"identical": "copy", "near_copy": "copy", "version": "version", "excerpt": "excerpt", "rewrite": "rewrite"}
#: Clusters of more members have only their pairs with the canonical copy written.
LARGE = 200
#: Two numbers of four decimals that are made of the same integers may differ by so much after arithmetic.
ROUNDING = 3e-4


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file; every line ends, none is empty."""
    data = path.read_bytes()
    assert not data or data.endswith(b"\n")
    return [orjson.loads(line) for line in data.split(b"\n")[:-1]]


def check(out: Path) -> dict[str, Any]:
    """Assert the contract of the folder of a scan; returns its files, parsed."""
    clusters, pairs = lines(out / "clusters.jsonl"), lines(out / "pairs.jsonl")
    origins, rejects = lines(out / "origins.jsonl"), lines(out / "rejects.jsonl")
    summary = orjson.loads((out / "summary.json").read_bytes())
    ids = [one["id"] for one in origins]
    _clusters(clusters)
    _pairs(pairs, set(ids))
    _members_and_pairs(clusters, pairs)
    _origins(origins, clusters)
    _rejects(rejects)
    _summary(summary, clusters, pairs, origins, rejects)
    found = {"clusters": clusters, "pairs": pairs, "origins": origins, "rejects": rejects, "summary": summary}
    if (out / "deduplicated.jsonl").exists():
        found["deduplicated"] = (out / "deduplicated.jsonl").read_bytes()
        gone = sum(one["size"] - 1 for one in clusters)
        assert found["deduplicated"].count(b"\n") == len(ids) - gone
    return found


def _is_ratio(value: object) -> bool:
    return type(value) is float and 0 <= value <= 1 and round(value, 4) == value


def _text(value: object) -> bool:
    return isinstance(value, str)


def _text_or_null(value: object) -> bool:
    return value is None or isinstance(value, str)


def _clusters(clusters: list[dict[str, Any]]) -> None:
    assert [one["cluster"] for one in clusters] == [f"c{i:06d}" for i in range(1, len(clusters) + 1)]
    order = [(-one["size"], min(m["id"] for m in one["members"])) for one in clusters]
    assert order == sorted(order)
    everyone = [m["id"] for one in clusters for m in one["members"]]
    assert len(everyone) == len(set(everyone)), "an article stands in one cluster only"
    for one in clusters:
        assert one.keys() >= CLUSTER
        assert type(one["size"]) is int
        assert one["size"] == len(one["members"]) >= 2
        assert one["canonical"].keys() >= {"id", "probability"}
        assert one["canonical"]["id"] == one["members"][0]["id"]
        assert _is_ratio(one["canonical"]["probability"])
        _origin(one["origin"])
        _evidence(one["evidence"], {m["id"] for m in one["members"]})
        _members(one["members"])


def _members(members: list[dict[str, Any]]) -> None:
    first = members[0]
    assert first["role"] == "canonical"
    seen_from_itself = (first["relation"], first["direction"], first["resemblance"], first["containment"])
    assert seen_from_itself == ("identical", None, 1.0, 1.0)
    for member in members:
        assert member.keys() >= MEMBER
        assert _text(member["id"])
        assert all(_text_or_null(member[name]) for name in ("url", "domain", "title", "published"))
        assert _is_ratio(member["resemblance"])
        assert _is_ratio(member["containment"])
        assert member["resemblance"] <= member["containment"]
        assert member["lag_seconds"] is None or (type(member["lag_seconds"]) is int and member["lag_seconds"] >= 0)
    for member in members[1:]:
        assert member["role"] == ROLES[member["relation"]]
        directions = ("member_in_canonical", "canonical_in_member") if member["relation"] == "excerpt" else (None,)
        assert member["direction"] in directions
    _order(members)


def _order(members: list[dict[str, Any]]) -> None:
    """Dated by time, undated last, ties by id; lags count from the earliest time."""
    when = [_moment(m["published"]) for m in members]
    known = [w is not None for w in when[1:]]
    assert known == sorted(known, reverse=True), "undated last"
    order = [(w[0] if w else 0.0, m["id"]) for w, m in zip(when[1:], members[1:], strict=True)]
    dated = sum(known)
    assert order[:dated] == sorted(order[:dated])
    assert order[dated:] == sorted(order[dated:])
    exact = [w[0] for w in when if w and w[1]]
    for member, w in zip(members, when, strict=True):
        if w and w[1]:
            assert abs(member["lag_seconds"] - (w[0] - min(exact))) <= 0.5
        else:
            assert member["lag_seconds"] is None


def _moment(published: str | None) -> tuple[float, bool] | None:
    """Seconds and whether the time of day is known, for ISO dates; other forms the corpora here do not use."""
    if published is None or not re.match(r"\d{4}-\d\d-\d\d", published):
        return None
    moment = datetime.fromisoformat(published)
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return seconds, len(published) > len("2024-01-01")


def _pairs(pairs: list[dict[str, Any]], ids: set[str]) -> None:
    order = [(one["a"], one["b"]) for one in pairs]
    # Python compares strings by code point, as the contract says.
    assert order == sorted(set(order))
    for one in pairs:
        assert one.keys() >= PAIR
        assert one["a"] < one["b"]
        assert {one["a"], one["b"]} <= ids
        assert one["relation"] in RELATIONS
        assert one["direction"] in (("a_in_b", "b_in_a") if one["relation"] == "excerpt" else (None,))
        assert one["newer"] in ("a", "b", None)
        assert type(one["longest_run"]) is int
        assert one["longest_run"] >= 0
        assert type(one["probability"]) is float
        assert 0 <= one["probability"] <= 1
        assert all(_is_ratio(one[name]) for name in ("resemblance", "a_in_b", "b_in_a"))
        assert one["resemblance"] <= min(one["a_in_b"], one["b_in_a"])
        if one["a_in_b"] and one["b_in_a"]:
            # Broder 1997: with s shared, r = s / (A + B - s), so 1/r = 1/(s/A) + 1/(s/B) - 1.
            expected = 1 / (1 / one["a_in_b"] + 1 / one["b_in_a"] - 1)
            assert abs(one["resemblance"] - expected) < ROUNDING
        if one["relation"] == "identical":
            assert (one["resemblance"], one["a_in_b"], one["b_in_a"]) == (1.0, 1.0, 1.0)
        if one["direction"] is not None:
            short, long = ("a_in_b", "b_in_a") if one["direction"] == "a_in_b" else ("b_in_a", "a_in_b")
            assert one[short] >= one[long]


def _members_and_pairs(clusters: list[dict[str, Any]], pairs: list[dict[str, Any]]) -> None:
    """What a cluster says of a member is what the pair of it and the canonical copy says."""
    by_ids = {(one["a"], one["b"]): one for one in pairs}
    home = {m["id"]: (one["cluster"], one["size"]) for one in clusters for m in one["members"]}
    for one in clusters:
        kept = one["canonical"]["id"]
        for member in one["members"][1:]:
            low, high = sorted((kept, member["id"]))
            pair = by_ids.get((low, high))
            if pair is None or pair["relation"] in LINKED:
                continue  # verified against the core, which may be another than the canonical copy
            assert pair["relation"] == member["relation"]
            # To the last decimal: test_inputs.test_numbers_are_rounded_in_one_way.
            assert abs(pair["resemblance"] - member["resemblance"]) < 1.5e-4
            assert abs(max(pair["a_in_b"], pair["b_in_a"]) - member["containment"]) < 1.5e-4
            if pair["direction"] is not None:
                inside = low if pair["direction"] == "a_in_b" else high
                expected = "canonical_in_member" if inside == kept else "member_in_canonical"
                assert member["direction"] == expected
    for (a, b), pair in by_ids.items():
        if a in home and home[a] == home.get(b) and home[a][1] > LARGE:
            kept = clusters[int(home[a][0][1:]) - 1]["canonical"]["id"]
            assert kept in (a, b), "in a large cluster only pairs with the canonical copy are written"
        if pair["relation"] == "identical":
            assert a in home, "identical articles are a cluster"
            assert home[a] == home.get(b)


def _origin(origin: dict[str, Any]) -> None:
    assert origin.keys() >= ORIGIN
    assert origin["kind"] in ("agency", "outlet", "issuer", "unknown")
    assert type(origin["in_corpus"]) is bool
    assert _is_ratio(origin["probability"])
    if origin["kind"] == "unknown":
        assert (origin["name"], origin["domain"], origin["in_corpus"]) == (None, None, False)
    else:
        assert origin["name"]
        assert _text_or_null(origin["domain"])


def _evidence(evidence: list[dict[str, Any]], ids: set[str]) -> None:
    for item in evidence:
        assert item.keys() >= EVIDENCE
        assert item["article"] in ids
        assert _text(item["signal"])
        assert _text(item["quote"])
        assert _text_or_null(item["supports"])
        assert type(item["weight"]) is float


def _origins(origins: list[dict[str, Any]], clusters: list[dict[str, Any]]) -> None:
    ids = [one["id"] for one in origins]
    assert ids == sorted(set(ids))
    home = {m["id"]: one for one in clusters for m in one["members"]}
    assert home.keys() <= set(ids)
    for one in origins:
        assert one.keys() >= ORIGINS
        cluster = home.get(one["id"])
        if cluster is None:
            assert one["cluster"] is None
            _origin(one["origin"])
            _evidence(one["evidence"], {one["id"]})
        else:
            assert (one["cluster"], one["origin"]) == (cluster["cluster"], cluster["origin"])
            assert one["evidence"] == cluster["evidence"]


def _rejects(rejects: list[dict[str, Any]]) -> None:
    for one in rejects:
        assert one.keys() >= REJECT
        assert _text(one["file"])
        assert one["line"] is None or (type(one["line"]) is int and one["line"] >= 1)
        assert re.fullmatch(r"[a-z_0-9]+", one["reason"])
        assert _text(one["detail"])
    order = [(one["file"], one["line"] or 0) for one in rejects]
    assert order == sorted(order)


def _summary(summary: dict[str, Any], clusters: Any, pairs: Any, origins: Any, rejects: Any) -> None:
    assert summary.keys() >= {"counts", "caps", "settings", "timings", "versions"}
    counts = summary["counts"]
    assert counts["articles"] == len(origins)
    assert counts["rejected"] == len(rejects)
    assert counts["set_aside"] == sum(counts["set_aside_by_reason"].values())
    assert counts["records"] == len(origins) + len(rejects) + counts["set_aside"]
    assert counts["pairs"] == len(pairs) == sum(counts["pairs_by_relation"].values())
    assert counts["clusters"] == len(clusters)
    assert counts["clustered_articles"] == sum(one["size"] for one in clusters)
    assert counts["largest_cluster"] == max((one["size"] for one in clusters), default=0)
    assert counts["pairs_implied"] >= 0
    assert all(took.keys() >= {"wall", "cpu"} for took in summary["timings"].values())
    assert summary["timings"]
