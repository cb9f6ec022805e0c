"""The commands with the real engine, each in a process of its own, on small files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import dedup

ROOT = Path(__file__).parents[2]
Process = Callable[..., "subprocess.CompletedProcess[str]"]

STORY = (
    "LONDON (AP) — The council voted on Tuesday evening to close the old iron bridge for two years while engineers "
    "replace its cables. Traders on both banks said that the detour would cost them most of their summer trade, and "
    "a petition against the plan gathered four thousand names within a week. Work is to begin in the autumn."
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    evil = "\x1b[2J\u202e[bold]Bridge[/bold]"
    records = [
        {"id": "a", "text": STORY, "title": evil, "url": "https://one.example/a", "published": "2024-05-01T08:00:00Z"},
        {
            "id": "b",
            "text": STORY,
            "title": "Bridge",
            "url": "https://two.example/b",
            "published": "2024-05-01T09:30:00Z",
        },
        {"id": "c", "text": ""},
    ]
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_scan_show_and_back(process: Process, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = process("scan", str(corpus), "--out", str(out), COLUMNS="100")
    assert done.returncode == 0, done.stderr
    assert "c000001  2 articles" in done.stdout
    assert "1 rejected: 1 empty text" in done.stdout
    assert "Associated Press" in done.stdout
    assert not any(bad in done.stdout for bad in "\x1b\u202e")
    shown = process("show", str(out), "1", COLUMNS="100")
    assert shown.returncode == 0
    assert "+1 h 30 min" in shown.stdout
    assert not any(bad in shown.stdout for bad in "\x1b\u202e")


def test_scan_from_standard_input_with_json(process: Process, corpus: Path, tmp_path: Path) -> None:
    done = process("scan", "-", "--out", str(tmp_path / "out"), "--json", "--quiet", input=corpus.read_bytes())
    assert done.returncode == 0
    assert done.stderr == ""
    assert json.loads(done.stdout)["counts"]["articles"] == 2


def test_nothing_accepted(process: Process, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("nonsense\n")
    done = process("scan", str(tmp_path / "bad.jsonl"), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert (tmp_path / "out.failed" / "rejects.jsonl").read_text().count("\n") == 1
    assert "1 of 1 rejects: bad json" in done.stderr
    assert not (tmp_path / "out").exists()


def test_missing_path_is_found_before_the_work(process: Process, corpus: Path, tmp_path: Path) -> None:
    done = process("scan", str(corpus), "nowhere.jsonl", "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "nowhere.jsonl" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_demo(process: Process) -> None:
    done = process("demo", COLUMNS="80")
    assert done.returncode == 0
    assert done.stdout.count("    origin    ") == 8
    assert "dedup scan YOUR.jsonl --out out/" in done.stdout


def test_compare_origin_and_body(process: Process, corpus: Path) -> None:
    done = process("compare", f"{corpus}#a", f"{corpus}#b")
    assert "A and B are identical" in done.stdout
    assert done.stdout.count("«") == 2
    assert "Associated Press" in process("origin", f"{corpus}#a").stdout
    body = json.loads(process("extract", str(corpus), "--body").stdout.splitlines()[0])
    assert body["id"] == "a"
    assert {"text", "furniture"} <= set(body)


def test_an_interrupt_within_code_from_a_string_is_one_too(tmp_path: Path) -> None:
    """As numba and dataclasses run it: CPython would end with the signal itself, and not with the exit code."""
    (tmp_path / "cut.py").write_text(
        "import dedup.cli, dedup.sanitize\n"
        "def invoke(*args, **options):\n"
        "    exec('raise KeyboardInterrupt')\n"
        "dedup.cli.cli.main = invoke\n"
        "dedup.cli.main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run([sys.executable, "-m", "cut"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "dedup: interrupted\n")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted_scan_leaves_the_old_results_and_no_temporary_file(name: str, tmp_path: Path) -> None:
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    scratch.mkdir()
    dedup.scan([{"id": "a", "text": STORY}, {"id": "b", "text": STORY}]).write(out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    command = [sys.executable, "-m", "dedup", "scan", "-", "--out", str(out), "--tmp", str(scratch)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=dict(os.environ))
    assert child.stdin is not None
    assert child.stderr is not None
    child.stdin.write(json.dumps({"id": "a", "text": STORY}).encode() + b"\n")
    child.stdin.flush()
    until = time.monotonic() + 60
    while not any(scratch.iterdir()) and time.monotonic() < until:
        time.sleep(0.02)
    assert any(scratch.iterdir()), "the scan must have begun"
    child.send_signal(getattr(signal, name))
    assert child.wait(60) == 130
    assert child.stderr.read().decode().splitlines()[-1] == "dedup: interrupted"
    assert not any(scratch.iterdir())
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "scratch"]
