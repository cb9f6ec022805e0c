"""The files and exit codes of `dedup scan`, as the contract says (design, section 5)."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import contract
import orjson
import prose
import pytest

import dedup
from dedup.cli import run
from dedup.errors import OutputError, UsageError

ROOT = Path(__file__).parents[2]
FILES = {"clusters.jsonl", "pairs.jsonl", "origins.jsonl", "rejects.jsonl", "set_aside.jsonl", "summary.json"}

#: Ids that bytes, UTF-16 units and code points put into different orders.
ODD_IDS = ("Z", "a", "é", "｡", "\U0001f600", "中文", "#1", "x y", "10", "9")


def records() -> list[dict[str, Any]]:
    """A corpus with every relation, awkward ids and dates."""
    base = prose.story("flood")
    round_up = prose.joined(
        prose.sentences("r1", 5) + prose.sentences("flood", 16)[4:9] + prose.sentences("r2", 5)
        + prose.sentences("fire", 16)[4:9] + prose.sentences("r3", 6)
    )  # fmt: skip
    ap = "SEOUL (AP) — "
    out: list[dict[str, Any]] = [
        {"id": "flood-ap", "text": ap + base, "url": "https://apnews.com/1", "published": "2024-05-01T10:00:00Z"},
        {"id": "flood-same", "text": base, "url": "https://a.example/1", "published": "2024-05-01T12:00:00+01:00"},
        {"id": "flood-naive", "text": base + "\n\n", "domain": "b.example", "published": "2024-05-01T10:30:00"},
        {"id": "flood-day", "text": base, "domain": "c.example", "published": "2024-05-02", "title": ""},
        {"id": "flood-undated", "text": base, "domain": "d.example"},
        {"id": "flood-no-date", "text": base, "domain": "e.example", "published": "last Tuesday"},
        {"id": "flood-near", "text": prose.near_copy("flood"), "published": "2024-05-01T11:30:00Z"},
        {"id": "flood-version", "text": prose.version("flood"), "title": "UPDATE 2-", "published": "2024-05-01T15:00Z"},
        {"id": "flood-excerpt", "text": prose.excerpt("flood"), "published": "2024-05-01T10:45:00Z"},
        {"id": "round-up", "text": round_up, "published": "2024-05-02T00:00:00Z"},
        {"id": "fire", "text": prose.story("fire"), "published": "2024-05-01T09:00:00Z", "authors": ["Ann Bell"]},
        {"id": "form-1", "text": prose.form(212, 3, 14, 15, 92, 65, 35, 89, 79, 32, 38, 46)},
        {"id": "form-2", "text": prose.form(198, 4, 27, 18, 281, 82, 84, 59, 45, 23, 53, 60)},
        {"id": "short", "text": "Six words are not enough here."},
        {"id": "alone", "text": prose.story("alone"), "url": "https://f.example/alone"},
    ]  # fmt: skip
    out.extend({"id": id, "text": prose.story("odd", 8), "published": "2024-05-03"} for id in ODD_IDS)
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of one scan of `records`, some bad lines and a second file, made by the command."""
    here = tmp_path_factory.mktemp("contract")
    corpus = prose.write_jsonl(here / "b.jsonl", records())
    with corpus.open("ab") as file:
        file.write(b'nonsense\n{"id": "empty", "text": " "}\n{"id": "fire", "text": "the same id again"}\n')
    (here / "a.jsonl").write_bytes(b'{"id": "x"}\n[1]\n')
    assert run(["scan", str(corpus), str(here / "a.jsonl"), "--out", str(here / "out"), "--quiet"]) == 0
    return here / "out"


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    return contract.check(folder)


def scan(tmp_path: Path, *paths: Path | str, args: tuple[str, ...] = (), code: int = 0) -> dict[str, Any]:
    """Scan through the command and check the folder."""
    out = tmp_path / "out"
    assert run(["scan", *map(str, paths), "--out", str(out), "--quiet", *args]) == code
    return contract.check(out)


def ids(found: dict[str, Any]) -> list[str]:
    return [one["id"] for one in found["origins"]]


def members(found: dict[str, Any]) -> list[list[str]]:
    return [[m["id"] for m in one["members"]] for one in found["clusters"]]


def tree(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# -- the files -----------------------------------------------------------------------------------------------------


def test_all_files_and_no_other(folder: Path, found: dict[str, Any]) -> None:
    assert {path.name for path in folder.iterdir()} - {"report.html"} == FILES
    assert found["summary"]["counts"]["articles"] == len(records())


def test_no_html(tmp_path: Path) -> None:
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", records()[:3])
    scan(tmp_path, corpus, args=("--no-html",))
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_the_corpus_of_these_tests_has_every_relation_but_rewrite(found: dict[str, Any]) -> None:
    counts = found["summary"]["counts"]["pairs_by_relation"]
    assert {name for name, count in counts.items() if count} == contract.RELATIONS - {"rewrite"}
    assert set(counts) == contract.RELATIONS


def test_clusters_of_the_corpus(found: dict[str, Any]) -> None:
    sets = [set(names) for names in members(found)]
    flood = {one["id"] for one in records() if one["id"].startswith("flood")}
    assert sets == [set(ODD_IDS), flood]
    linked = {frozenset((p["a"], p["b"])): p["relation"] for p in found["pairs"] if p["relation"] in contract.LINKED}
    assert linked[frozenset(("form-1", "form-2"))] == "template"
    assert linked[frozenset(("fire", "round-up"))] == "overlap"


def test_roles(found: dict[str, Any]) -> None:
    flood = found["clusters"][1]
    assert flood["canonical"]["id"] == "flood-ap"
    role = {m["id"]: m["role"] for m in flood["members"]}
    assert role["flood-same"] == role["flood-near"] == "copy"
    assert role["flood-version"] == "version"
    assert role["flood-excerpt"] == "excerpt"
    directions = {m["id"]: m["direction"] for m in flood["members"] if m["direction"]}
    assert directions == {"flood-excerpt": "member_in_canonical"}


def test_origin_of_the_agency_and_of_nobody(found: dict[str, Any]) -> None:
    named = found["clusters"][1]["origin"]
    assert (named["name"], named["kind"], named["in_corpus"]) == ("Associated Press", "agency", True)
    assert "SEOUL (AP)" in {e["quote"] for e in found["clusters"][1]["evidence"]}
    single = {one["id"]: one for one in found["origins"]}["form-1"]
    assert (single["cluster"], single["origin"]["kind"]) == (None, "unknown")
    assert 0 < single["origin"]["probability"] <= 1


def test_members_by_time_and_lag(found: dict[str, Any]) -> None:
    flood = found["clusters"][1]
    lag = {m["id"]: m["lag_seconds"] for m in flood["members"]}
    assert lag == {
        "flood-ap": 0,
        "flood-naive": 1800,  # a naive time counts as UTC
        "flood-excerpt": 2700,
        "flood-same": 3600,  # 12:00+01:00
        "flood-near": 5400,
        "flood-version": 18000,
        "flood-day": None,  # a bare date
        "flood-no-date": None,
        "flood-undated": None,
    }
    assert list(lag) == members(found)[1]
    assert members(found)[1][-2:] == ["flood-no-date", "flood-undated"]
    published = {m["id"]: m["published"] for m in flood["members"]}
    assert published["flood-same"] == "2024-05-01T12:00:00+01:00"
    assert published["flood-undated"] is None


def test_lags_of_bare_dates_alone_are_null(found: dict[str, Any]) -> None:
    assert {m["lag_seconds"] for m in found["clusters"][0]["members"]} == {None}


def test_order_by_code_point(found: dict[str, Any]) -> None:
    first, *others = members(found)[0]
    assert others == sorted(others)
    assert {first, *others} == set(ODD_IDS)
    assert {(p["a"], p["b"]) for p in found["pairs"]} >= {("｡", "\U0001f600"), ("Z", "a"), ("é", "中文")}


def test_newer_is_the_update(found: dict[str, Any]) -> None:
    pair = next(p for p in found["pairs"] if (p["a"], p["b"]) == ("flood-same", "flood-version"))
    assert (pair["relation"], pair["newer"], pair["direction"]) == ("version", "b", None)


def test_excerpt_has_a_direction_and_numbers(found: dict[str, Any]) -> None:
    pair = next(p for p in found["pairs"] if (p["a"], p["b"]) == ("flood-excerpt", "flood-same"))
    # 8 of 16 sentences of 15 words: 116 of 236 shingles of 5.
    assert (pair["relation"], pair["direction"]) == ("excerpt", "a_in_b")
    assert (pair["a_in_b"], pair["b_in_a"], pair["resemblance"]) == (1.0, 0.4915, 0.4915)
    assert pair["longest_run"] == 120


def test_rejects_say_where_and_why(folder: Path, found: dict[str, Any]) -> None:
    last = len(records())
    got = [(Path(r["file"]).name, r["line"], r["reason"]) for r in found["rejects"]]
    assert got == [
        ("a.jsonl", 1, "no_text"),
        ("a.jsonl", 2, "not_an_object"),
        ("b.jsonl", last + 1, "bad_json"),
        ("b.jsonl", last + 2, "empty_text"),
        ("b.jsonl", last + 3, "duplicate_id"),
    ]
    assert "fire" in found["rejects"][-1]["detail"]


def test_summary(found: dict[str, Any]) -> None:
    summary = found["summary"]
    assert summary["counts"]["too_short"] == 1
    assert summary["counts"]["rejected_by_reason"]["duplicate_id"] == 1
    assert len(summary["inputs"]) == 2
    assert summary["settings"]["shingle_size"] == 5
    assert {"python", "numpy", "datasketch"} <= set(summary["versions"])


def test_result_and_files_say_the_same(folder: Path, found: dict[str, Any]) -> None:
    with dedup.scan([str(folder.parent / "b.jsonl"), str(folder.parent / "a.jsonl")]) as result:
        assert [c.to_dict() for c in result.clusters] == found["clusters"]
        assert [p.to_dict() for p in result.pairs] == found["pairs"]
        assert list(result.origins) == found["origins"]
        assert [r.to_dict() for r in result.rejects] == found["rejects"]
        assert result.summary["counts"] == found["summary"]["counts"]


def _swap(rows: list[Any]) -> None:
    rows[0], rows[1] = rows[1], rows[0]


#: One fault each that the check of the contract must find: the file, and what is done to its objects.
FAULTS: dict[str, tuple[str, Any]] = {
    "clusters in another order": ("clusters", _swap),
    "members in another order": ("clusters", lambda c: c[1]["members"].insert(1, c[1]["members"].pop())),
    "another canonical": ("clusters", lambda c: c[0]["canonical"].update(id=c[0]["members"][1]["id"])),
    "a wrong lag": ("clusters", lambda c: c[1]["members"][1].update(lag_seconds=1799)),
    "a lag that is no integer": ("clusters", lambda c: c[1]["members"][0].update(lag_seconds=0.0)),
    "a missing key": ("clusters", lambda c: c[1]["members"][1].pop("url")),
    "a role that is not its relation's": ("clusters", lambda c: c[1]["members"][1].update(role="version")),
    "five decimals": ("pairs", lambda p: p[-1].update(a_in_b=0.12345)),
    "pairs in another order": ("pairs", _swap),
    "a pair twice": ("pairs", lambda p: p.insert(0, p[0])),
    "a after b": ("pairs", lambda p: p[0].update(a=p[0]["b"], b=p[0]["a"])),
    "a direction that is no excerpt's": ("pairs", lambda p: p[0].update(direction="a_in_b")),
    "a pair of nobody": ("pairs", lambda p: p[0].update(a="\x00")),
    "an article missing": ("origins", lambda o: o.pop()),
    "another origin than the cluster's": ("origins", lambda o: next(x for x in o if x["cluster"]).update(evidence=[1])),
    "an unknown origin with a name": ("origins", lambda o: o[-1]["origin"].update(kind="unknown", name="Somebody")),
    "rejects in another order": ("rejects", _swap),
    "a reject without detail": ("rejects", lambda r: r[0].update(detail=None)),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_check_of_the_contract_finds_faults(folder: Path, tmp_path: Path, fault: str) -> None:
    name, spoil = FAULTS[fault]
    shutil.copytree(folder, tmp_path / "out")
    contract.check(tmp_path / "out")
    objects = prose.read_jsonl(folder / f"{name}.jsonl")
    spoil(objects)
    prose.write_jsonl(tmp_path / "out" / f"{name}.jsonl", objects)
    with pytest.raises((AssertionError, KeyError)):
        contract.check(tmp_path / "out")


# -- exit codes ----------------------------------------------------------------------------------------------------


def test_json_prints_the_summary(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", records())
    assert run(["scan", str(corpus), "--out", str(tmp_path / "out"), "--json"]) == 0
    assert capsysbinary.readouterr().out == (tmp_path / "out" / "summary.json").read_bytes()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"nonsense\n", b'{"id": "1"}\n{"id": "2", "text": null}\n'])
def test_no_article_accepted_is_1_and_says_why_beside_the_folder(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.jsonl").write_bytes(content)
    assert run(["scan", str(tmp_path / "c.jsonl"), "--out", str(tmp_path / "out")]) == 1
    assert not (tmp_path / "out").exists()
    rejects = (tmp_path / "out.failed" / "rejects.jsonl").read_bytes().splitlines()
    assert len(rejects) == len(content.strip().split(b"\n")) * bool(content.strip())
    assert json.loads((tmp_path / "out.failed" / "summary.json").read_bytes())["counts"]["articles"] == 0


@pytest.mark.parametrize(
    "args",
    [
        ["scan", "c.jsonl"],
        ["scan", "--out", "new"],
        ["scan", "c.jsonl", "missing.jsonl", "--out", "new"],
        ["scan", "c.jsonl", "--out", "new", "--no-such-option"],
        ["scan", "c.jsonl", "--out", "new", "--threshold", "1.5"],
        ["scan", "c.jsonl", "--out", "new", "--window", "0"],
        ["scan", "c.jsonl", "--out", "new", "--format", "xml"],
        ["scan", "c.jsonl", "--out", "new", "--keep", "everything"],
        ["scan", "c.jsonl", "--out", "new", "--threads", "none"],
        ["scan", "c.jsonl", "--out", "new", "--tmp", "missing"],
        ["scan", "c.unknown", "--out", "new"],
        ["scan", "empty", "--out", "new"],
    ],
    ids=lambda args: " ".join(args[1:]),
)
def test_wrong_usage_is_2_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    prose.write_jsonl(Path("c.jsonl"), records()[:2])
    Path("c.unknown").write_text("what is this")
    Path("empty").mkdir()
    assert run(args) == 2
    assert not Path("new").exists()
    captured = capsys.readouterr()
    assert len(captured.err.splitlines()) == 1, "one line, no progress of a scan before it"
    assert captured.out == ""


@pytest.mark.parametrize("out", ["file", "file/below", "file/far/below"])
def test_unwritable_output_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str) -> None:
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", records()[:2])
    (tmp_path / "file").write_text("a file of the user")
    assert run(["scan", str(corpus), "--out", str(tmp_path / out)]) == 3
    assert (tmp_path / "file").read_text() == "a file of the user"
    assert capsys.readouterr().err.startswith("dedup: ")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.jsonl", "file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_output_without_permission_is_3(tmp_path: Path) -> None:
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", records()[:2])
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    assert run(["scan", str(corpus), "--out", str(closed / "out")]) == 3
    assert list(closed.iterdir()) == []


def test_new_folders_are_made_on_the_way(tmp_path: Path) -> None:
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", records()[:2])
    assert run(["scan", str(corpus), "--out", str(tmp_path / "far" / "below"), "--quiet"]) == 0
    assert len(contract.check(tmp_path / "far" / "below")["origins"]) == 2


# -- ids -----------------------------------------------------------------------------------------------------------


def test_records_without_an_id_are_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in/deep").mkdir(parents=True)
    story = json.dumps({"text": prose.story(1)}).encode()
    Path("in/deep/a.jsonl").write_bytes(b"\n" + story + b"\nbad\n" + story + b"\n")
    Path("b.jsonl").write_bytes(story + b"\n")
    assert ids(scan(tmp_path, "in", "b.jsonl")) == ["b.jsonl:1", "in/deep/a.jsonl:2", "in/deep/a.jsonl:4"]
    assert ids(scan(tmp_path, "./b.jsonl")) == ["./b.jsonl:1"], "FILE is the path as given"


def test_duplicate_id_in_one_file_rejects_the_later(tmp_path: Path) -> None:
    texts = [prose.story(1), prose.story(2), prose.story(1)]
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", ({"id": "same", "text": text, "url": text[:9]} for text in texts))
    found = scan(tmp_path, corpus, args=("--keep", "canonical"))
    assert ids(found) == ["same"]
    assert found["clusters"] == []
    assert [(r["line"], r["reason"]) for r in found["rejects"]] == [(2, "duplicate_id"), (3, "duplicate_id")]
    assert found["deduplicated"] == corpus.read_bytes().splitlines(keepends=True)[0]


def test_same_id_in_two_files_renames_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    prose.write_jsonl(Path("a.jsonl"), [{"id": "1", "text": prose.story(1)}, {"id": "2", "text": prose.story(2)}])
    prose.write_jsonl(Path("b.jsonl"), [{"id": "1", "text": prose.story(1)}, {"id": "3", "text": prose.story(3)}])
    found = scan(tmp_path, "a.jsonl", "b.jsonl")
    assert ids(found) == ["2", "3", "a.jsonl#1", "b.jsonl#1"]
    assert members(found) == [["a.jsonl#1", "b.jsonl#1"]]
    assert found["rejects"] == []
    assert found["summary"]["counts"]["renamed_ids"] == 2


def test_integer_ids_become_their_digits(tmp_path: Path) -> None:
    text = prose.story(1)
    numbers = [7, 12345678901234567890, 98765432109876543210, 18446744073709551616, 0, -3]
    corpus = tmp_path / "c.jsonl"
    corpus.write_text("".join(f'{{"id": {n}, "text": {json.dumps(text)}}}\n' for n in numbers))
    assert ids(scan(tmp_path, corpus)) == sorted(map(str, numbers))


def test_same_url_twice_is_two_articles(tmp_path: Path) -> None:
    url = "https://a.example/story"
    rows = [{"id": i, "url": url, "text": prose.story(seed)} for i, seed in (("a", 1), ("b", 1), ("c", 2))]
    found = scan(tmp_path, prose.write_jsonl(tmp_path / "c.jsonl", rows))
    assert ids(found) == ["a", "b", "c"]
    assert [sorted(names) for names in members(found)] == [["a", "b"]]


def test_same_file_named_twice_is_read_once(tmp_path: Path) -> None:
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", [{"id": "a", "text": prose.story(1)}])
    found = scan(tmp_path, corpus, f"{tmp_path}/../{tmp_path.name}/c.jsonl")
    assert ids(found) == ["a"]
    assert found["clusters"] == []


# -- what is kept --------------------------------------------------------------------------------------------------


def odd_lines() -> list[bytes]:
    """JSONL lines that are not what a program would write again: by id, the second is dropped as a copy."""
    first, second, third = (json.dumps(prose.story(seed)).encode() for seed in (1, 2, 3))
    return [
        b'{"text"  :  %s,\t"zeta": 1e2, "id":"a" ,"alpha": [ ]}  ' % first,
        b'{"id": "b", "text": %s, "published": "2024-05-01"}' % first,
        b'  {"extra": {"z": 1, "a": 1.50}, "id": "c", "text": "caf\\u00e9 %s"}' % second[1:-1],
        b'{"id": "d", "id": "d", "text": "%s caf\xc3\xa9 \\/ \\uD83D\\uDE00"}' % third[1:-1],
        b'{"id": "e", "n": 12345678901234567890123, "text": "short"}',
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n"], ids=["lf", "crlf", "blank lines"])
@pytest.mark.parametrize("way", ["plain", "gz", "no newline at the end", "byte order mark", "two files"])
def test_keep_canonical_byte_for_byte(tmp_path: Path, end: bytes, way: str) -> None:
    data = end.join([*odd_lines(), b""])
    name = tmp_path / "c.jsonl"
    paths = [name]
    if way == "gz":
        paths = [tmp_path / "c.jsonl.gz"]
        paths[0].write_bytes(gzip.compress(data))
    elif way == "no newline at the end":
        name.write_bytes(data.removesuffix(end))
    elif way == "byte order mark":
        name.write_bytes(b"\xef\xbb\xbf" + data)
    elif way == "two files":
        paths = [tmp_path / "2.jsonl", tmp_path / "1.jsonl"]
        paths[0].write_bytes(end.join([*odd_lines()[3:], b""]))
        paths[1].write_bytes(end.join([*odd_lines()[:3], b""]))
    else:
        name.write_bytes(data)
    found = scan(tmp_path, *paths, args=("--keep", "canonical"))
    assert [sorted(names) for names in members(found)] == [["a", "b"]]
    kept = found["clusters"][0]["canonical"]["id"]
    expected = [line for line, id in zip(odd_lines(), "abcde", strict=True) if id == kept or id not in "ab"]
    assert found["deduplicated"] == b"".join(line + b"\n" for line in expected)


def test_keep_canonical_from_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dedup", "scan", "-", "--out", str(tmp_path / "out"), "--keep", "canonical"]
    data = b"\n".join([*odd_lines(), b""])
    assert subprocess.run(command, input=data, cwd=ROOT, capture_output=True, timeout=120).returncode == 0
    found = contract.check(tmp_path / "out")
    assert set(found["deduplicated"].splitlines()) < set(odd_lines())
    assert len(found["deduplicated"].splitlines()) == 4


def test_keep_canonical_of_csv_is_json_objects(tmp_path: Path) -> None:
    rows = [("a", prose.story(1), 'say "hi", you'), ("b", prose.story(1), ""), ("c", prose.story(2), "=1+1")]
    with (tmp_path / "c.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "text", "note"), *rows])
    found = scan(tmp_path, tmp_path / "c.csv", args=("--keep", "canonical"))
    kept = [orjson.loads(line) for line in found["deduplicated"].splitlines()]
    assert [one["id"] for one in kept] == ["a", "c"]
    assert kept[0] == {"id": "a", "text": rows[0][1], "note": 'say "hi", you'}


def test_without_keep_there_is_no_deduplicated_file(folder: Path) -> None:
    assert not (folder / "deduplicated.jsonl").exists()


def test_write_with_keep_of_plain_files_needs_nothing_said_before(tmp_path: Path) -> None:
    corpus = tmp_path / "c.jsonl"
    corpus.write_bytes(b"\n".join([*odd_lines(), b""]))
    with dedup.scan(str(corpus)) as result:
        result.write(tmp_path / "out", keep="canonical")
    assert len(contract.check(tmp_path / "out")["deduplicated"].splitlines()) == 4


def test_write_with_keep_that_was_not_said_before_is_an_error_and_leaves_the_folder(tmp_path: Path) -> None:
    with dedup.scan([{"id": "a", "text": prose.story(1)}]) as result:
        result.write(tmp_path / "out")
        before = tree(tmp_path)
        with pytest.raises(UsageError, match="keep"):
            result.write(tmp_path / "out", keep="canonical")
    assert tree(tmp_path) == before


# -- all or nothing ------------------------------------------------------------------------------------------------


def test_an_old_folder_is_replaced_and_the_users_files_stay(tmp_path: Path) -> None:
    first = prose.write_jsonl(tmp_path / "1.jsonl", records())
    scan(tmp_path, first, args=("--keep", "canonical"))
    out = tmp_path / "out"
    (out / "notes.txt").write_text("mine")
    (out / "sub").mkdir()
    (out / "sub" / "clusters.jsonl").write_text("mine too")
    second = prose.write_jsonl(tmp_path / "2.jsonl", records()[-4:])
    found = scan(tmp_path, second)
    assert len(found["origins"]) == 4
    assert {p.name for p in out.iterdir()} - {"report.html"} == FILES | {"notes.txt", "sub"}
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "sub" / "clusters.jsonl").read_text() == "mine too"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1.jsonl", "2.jsonl", "out"]


def test_a_scan_that_fails_leaves_the_old_folder(tmp_path: Path) -> None:
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", records())
    scan(tmp_path, corpus)
    before = tree(tmp_path)
    assert run(["scan", str(corpus), "nowhere.jsonl", "--out", str(tmp_path / "out")]) == 2
    assert tree(tmp_path) == before


@pytest.mark.parametrize("failure", [OSError(28, "No space left"), KeyboardInterrupt()], ids=["disk", "ctrl-c"])
def test_a_failure_while_writing_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    with dedup.scan(records()) as result:
        result.write(tmp_path / "out")
        before = tree(tmp_path)

        def broken(self: Any) -> Iterator[bytes]:
            yield b"{}"
            raise failure

        monkeypatch.setattr(type(result.origins), "lines", broken)
        with pytest.raises(OutputError if isinstance(failure, OSError) else KeyboardInterrupt):
            result.write(tmp_path / "out")
        with pytest.raises((OutputError, KeyboardInterrupt)):
            result.write(tmp_path / "new")
    assert tree(tmp_path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"], "nothing is left beside the folder"


#: The command with a spool that goes to the disk at once, as that of a corpus beyond memory does.
SPILLING = """
import dedup.corpus.spool as spool
import dedup.cli
spool.SpoolFile.__init__.__defaults__ = (0,)
dedup.cli.main()
"""


@pytest.mark.parametrize("spilled", [False, True], ids=["in memory", "spilled"])
def test_an_interrupted_scan_leaves_the_old_folder_and_no_temporary_files(tmp_path: Path, spilled: bool) -> None:
    scan(tmp_path, prose.write_jsonl(tmp_path / "old.jsonl", records()), args=("--keep", "canonical"))
    before = tree(tmp_path)
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    start = ["-c", SPILLING] if spilled else ["-m", "dedup"]
    options = ["--out", str(tmp_path / "out"), "--tmp", str(tmp), "--keep", "canonical"]
    child = subprocess.Popen(
        [sys.executable, *start, "scan", "-", *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stderr is not None
    texts = [prose.story(number) for number in range(40)]
    for number in range(3000):
        child.stdin.write(json.dumps({"id": str(number), "text": texts[number % 40]}).encode() + b"\n")
    child.stdin.flush()
    # Standard input stays open: the scan cannot come to its end however fast it is.
    until = time.monotonic() + 60
    while not _begun(tmp, spilled) and child.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert _begun(tmp, spilled)
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 130
    assert child.stderr.read().decode().splitlines()[-1] == "dedup: interrupted"
    child.stdin.close()
    tmp.rmdir()  # fails unless it is empty
    assert tree(tmp_path) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["old.jsonl", "out"]


def _begun(tmp: Path, spilled: bool) -> bool:
    """Whether the scan has its temporary folder, and something in it."""
    return any(path.stat().st_size for path in tmp.rglob("*") if path.is_file()) if spilled else any(tmp.iterdir())
