"""`show` on a folder a fake scan wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_result import FakeResult, clusters, hostile, member

from dedup.cli import run
from dedup.cli.show import cluster_from

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def out(tmp_path: Path, plain: None, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    FakeResult().write(Path("out"))
    return "out"


@pytest.mark.parametrize("name", ["c000001", "c1", "C1", "1"])
def test_one_cluster(out: str, name: str, capsys: Capture) -> None:
    assert run(["show", out, name]) == 0
    shown = capsys.readouterr().out
    for words in (
        "c000001  7 articles  South Korea's parliament",
        "Associated Press  almost surely, 97 %",
        "“SEOUL, South Korea (AP) —”",
        "Timeline   2024-12-14 08:02 UTC, over 2 d 4 h",
        "Members: 7",
        "excerpt ⊃",
        "https://koreaherald.com/news/kh-8841",
        "Linked, not in the cluster",
        "gaz-7",
    ):
        assert words in shown
    copies = [line.split()[-1] for line in shown.splitlines() if line.lstrip().startswith("copy ")]
    assert copies == ["yh-10023", "yh-10029", "msn-77"]


def test_timeline_is_in_order(out: str, capsys: Capture) -> None:
    run(["show", out, "1"])
    dots = [line.index("●") for line in capsys.readouterr().out.splitlines() if "●" in line]
    assert len(dots) == 6
    assert dots == sorted(dots)
    assert dots[0] < dots[-1]


def test_undated_cluster_has_no_timeline(out: str, capsys: Capture) -> None:
    assert run(["show", out, "3"]) == 0
    assert "Timeline" not in capsys.readouterr().out


def test_large_cluster_is_cut_unless_all_is_asked_for(out: str, capsys: Capture) -> None:
    from dataclasses import replace

    many = (*(member(f"m{i}", "a.example", lag=i, canonical=i == 0) for i in range(100)),)
    FakeResult([replace(clusters()[0], members=many)]).write(Path(out))
    assert run(["show", out, "1"]) == 0
    assert "60 more members; --all shows them" in capsys.readouterr().out
    assert run(["show", out, "1", "--all"]) == 0
    shown = capsys.readouterr().out
    assert "m99" in shown
    assert "more members" not in shown


def test_json(out: str, capsys: Capture) -> None:
    assert run(["show", out, "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["size"] == 7
    assert [pair["a"] for pair in told["pairs"]] == ["kh-8841", "gaz-7"]


def test_hostile_cluster(out: str, capsys: Capture) -> None:
    FakeResult(hostile()).write(Path(out))
    assert run(["show", out, "1"]) == 0
    assert not any(bad in capsys.readouterr().out for bad in "\x1b\x07\u202e\u200b\u2066\r")


def test_written_clusters_are_read_back_as_they_were() -> None:
    for cluster in clusters():
        later = json.loads(json.dumps({**cluster.to_dict(), "added_later": 1}))
        assert cluster_from(later) == cluster


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["nowhere", "1"], "nowhere is not there"),
        (["out", "c000009"], "no cluster c000009; it has c000001 to c000003"),
        (["out", "first"], "'first' is no cluster"),
        (["empty", "1"], "holds no clusters.jsonl"),
        (["damaged", "1"], "damaged at line 1"),
    ],
)
def test_what_is_not_there_is_2(out: str, args: list[str], says: str, capsys: Capture) -> None:
    Path("empty").mkdir()
    Path("damaged").mkdir()
    Path("damaged/clusters.jsonl").write_text("{")
    assert run(["show", *args]) == 2
    assert says in capsys.readouterr().err


def test_unknown_relation_types_do_not_pass_silently() -> None:
    record: dict[str, Any] = clusters()[0].to_dict()
    record["members"][1]["relation"] = "sibling"
    with pytest.raises(ValueError, match="sibling"):
        cluster_from(record)
