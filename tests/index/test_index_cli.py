"""`dedup index` as a crawler's shell script sees it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from stories import crawl

from dedup.cli import run
from dedup.index.public import Index

ROOT = Path(__file__).parents[2]


def write_jsonl(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    return path


@pytest.fixture
def db(tmp_path: Path) -> str:
    return str(tmp_path / "seen.db")


def test_the_way_of_an_index(db: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    articles = crawl(0, 60)
    first = write_jsonl(tmp_path / "first.jsonl", [*articles[:40], {"text": ""}])
    assert run(["index", "add", db, str(first)]) == 0
    out, err = capfd.readouterr()
    assert "40 stored" in out
    assert "0 known already, 1 rejected; 40 in" in out
    assert "empty_text" in err
    packed = tmp_path / "all.jsonl.gz"
    packed.write_bytes(gzip.compress("".join(json.dumps(a) + "\n" for a in articles).encode()))
    assert run(["index", "add", db, str(packed), "--quiet", "--json", "--batch", "7"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["read"], told["stored"], told["known"]) == (60, 20, 40)
    assert told["index"]["articles"] == 60
    assert run(["index", "query", db, str(first)]) == 0
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert len(lines) == 40
    assert all(line["known"] for line in lines)
    assert run(["index", "remove", db, "000001", "nobody"]) == 0
    assert "1 removed, 59 left" in capfd.readouterr().out
    assert run(["index", "stats", db]) == 0
    assert "59 articles" in capfd.readouterr().out
    assert run(["index", "stats", db, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["articles"] == 59
    assert run(["index", "export", db, "--articles", str(tmp_path / "out.jsonl"), "--out", str(tmp_path / "out")]) == 0
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 59
    assert (tmp_path / "out" / "clusters.jsonl").exists()
    assert run(["index", "rebuild", db]) == 0
    assert run(["index", "expire", db, "--older-than", "1"]) == 0
    assert run(["index", "expire", db, "--before", "2999-01-01"]) == 0
    assert "59 removed, 0 left" in capfd.readouterr().out


def test_a_pipe_is_answered_line_by_line(db: str) -> None:
    """Every verdict comes before the next article goes in; a broken line is told and passed over."""
    command = [sys.executable, "-m", "dedup", "index", "query", db, "-", "--add"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, **pipes, text=True, cwd=ROOT)  # type: ignore[call-overload]
    articles = crawl(0, 9)
    told = []
    for article in articles:
        process.stdin.write("{broken\n" + json.dumps(article) + "\n")
        process.stdin.flush()
        told.append(json.loads(process.stdout.readline()))
        with Index(db, readonly=True) as index:
            assert article["id"] in index, "what was told is kept"
    process.stdin.close()
    assert process.wait(60) == 0
    assert [line["id"] for line in told] == [a["id"] for a in articles]
    assert told[0]["verdict"] == "new"
    assert {line["verdict"] for line in told} == {"new", "seen"}
    assert process.stderr.read().count("bad_json") == 9
    process.stdout.close()
    process.stderr.close()


def test_an_interrupted_addition_goes_on(db: str, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "big.jsonl", crawl(0, 1500))
    command = [sys.executable, "-m", "dedup", "index", "add", db, str(file), "--batch", "50"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    log = Path(f"{db}-wal")
    while process.poll() is None and not (log.exists() and log.stat().st_size > 300_000):
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with Index(db) as index:
        kept = len(index)
    assert 0 < kept < 1500
    done = subprocess.run([*command, "--json", "--quiet"], capture_output=True, text=True, cwd=ROOT, timeout=120)
    told = json.loads(done.stdout)
    assert (told["known"], told["stored"]) == (kept, 1500 - kept)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "DB"], 2, "no input"),
        (["add", "DB", "no-such-file.jsonl"], 2, "no-such-file.jsonl"),
        (["query", "DB", "FILE"], 2, "there is no index"),
        (["stats", "DB"], 2, "there is no index"),
        (["remove", "DB"], 2, "nothing to remove"),
        (["expire", "DB"], 2, "say which articles are old"),
        (["export", "DB"], 2, "say what to write"),
        (["stats", "FILE"], 3, "is no index of dedup"),
        (["add", "FILE", "FILE"], 3, "is no index of dedup"),
    ],
)
def test_mistakes(
    arguments: list[str], code: int, said: str, db: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = write_jsonl(tmp_path / "one.jsonl", crawl(0, 1))
    before = file.read_bytes()
    assert run(["index", *({"DB": db, "FILE": str(file)}.get(a, a) for a in arguments)]) == code
    assert said in capfd.readouterr().err
    assert file.read_bytes() == before
    assert not os.path.exists(db)


def test_settings_are_kept_with_the_index(db: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = write_jsonl(tmp_path / "one.jsonl", crawl(0, 3))
    assert run(["index", "add", db, str(file), "--threshold", "0.5"]) == 0
    assert run(["index", "query", db, str(file), "--field", "text=text"]) == 0
    assert run(["index", "query", db, str(file), "--threshold", "0.6"]) == 2
    assert "threshold 0.5, not 0.6" in capfd.readouterr().err


def test_min_probability_is_kept_with_the_index(db: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = write_jsonl(tmp_path / "one.jsonl", crawl(0, 3))
    assert run(["index", "add", db, str(file), "--min-probability", "2"]) == 2
    assert capfd.readouterr().err == "dedup: min_probability must lie between 0 and 1, not 2.0\n"
    assert run(["index", "add", db, str(file), "--min-probability", "0.8"]) == 0
    assert run(["index", "query", db, str(file)]) == 0
    assert run(["index", "query", db, str(file), "--min-probability", "0.9"]) == 2
    assert "min_probability 0.8, not 0.9" in capfd.readouterr().err


def test_scan_against(db: str, tmp_path: Path) -> None:
    old, new = write_jsonl(tmp_path / "o.jsonl", crawl(0, 20)), write_jsonl(tmp_path / "n.jsonl", crawl(20, 20))
    assert run(["index", "add", db, str(old), "--quiet"]) == 0
    out = tmp_path / "out"
    assert run(["scan", str(new), "--against", db, "--out", str(out), "--quiet"]) == 0
    lines = [json.loads(line) for line in (out / "against.jsonl").read_text().splitlines()]
    assert len(lines) == 20
    assert {line["verdict"] for line in lines} == {"new", "seen"}


def test_the_soak_in_short(tmp_path: Path) -> None:
    """The command that runs for ten minutes, for some seconds."""
    command = [sys.executable, "-m", "benchmarks", "soak", "--minutes", "0.05", "--articles", "300", "--no-record"]
    done = subprocess.run([*command, "--keep", str(tmp_path)], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing" in done.stdout
