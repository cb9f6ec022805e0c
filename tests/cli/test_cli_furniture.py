"""`scan --furniture`, `--save-furniture` and `extract --body --explain`, in processes of their own."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from site_texts import FOOTER, HEADER, STORIES, page

Process = Callable[..., "subprocess.CompletedProcess[str]"]
NAMES = ("clusters.jsonl", "pairs.jsonl", "origins.jsonl")
DOMAIN = "brookfield.example"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl"
    rows = [{"id": f"b{i}", "domain": DOMAIN, "text": page(s, HEADER, FOOTER)} for i, s in enumerate(STORIES)]
    rows += [{"id": f"o{i}", "domain": "other.example", "text": s} for i, s in enumerate(STORIES[:4])]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def files(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in NAMES]


def test_save_and_use_again(process: Process, corpus: Path, tmp_path: Path) -> None:
    """Learned, given, from a pipe, packed, in two files the other way round: the same bytes, of results and model."""
    lines = corpus.read_text().splitlines(keepends=True)
    packed, last, first = (tmp_path / name for name in ("news.jsonl.gz", "1.jsonl", "0.jsonl"))
    packed.write_bytes(gzip.compress(corpus.read_bytes()))
    last.write_text("".join(lines[:7]))
    first.write_text("".join(reversed(lines[7:])))
    model = tmp_path / "f.json"
    done = process("scan", str(corpus), "--out", str(tmp_path / "a"), "--save-furniture", str(model), "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    saved, expected = model.read_bytes(), files(tmp_path / "a")
    assert json.loads(saved)["domains"][DOMAIN]["articles"] == 12
    assert expected[0].count(b"\n") == 4
    ways = [
        ([str(corpus), "--furniture", str(model)], None),
        (["-"], corpus.read_bytes()),
        ([str(packed), "--threads", "1"], None),
        ([str(first), str(last), "--threads", "2"], None),
    ]
    for number, (way, data) in enumerate(ways):
        out, again = tmp_path / f"out{number}", tmp_path / f"again{number}.json"
        done = process("scan", *way, "--out", str(out), "--save-furniture", str(again), "--quiet", input=data)
        assert (done.returncode, done.stderr) == (0, "")
        assert files(out) == expected, way
        assert again.read_bytes() == saved, way


def test_the_file_may_lie_in_the_folder_of_results(process: Process, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        done = process("scan", str(corpus), "--out", str(out), "--save-furniture", str(out / "f.json"), "--quiet")
        assert done.returncode == 0, done.stderr
        assert json.loads((out / "f.json").read_bytes())["version"] == 2


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"version": 9, "domains": {}}'])
def test_a_file_that_is_no_model_is_one_line_before_the_work(
    process: Process, corpus: Path, tmp_path: Path, content: str | None
) -> None:
    model = tmp_path / "f.json"
    if content is not None:
        model.write_text(content)
    for command in (["scan", str(corpus), "--out", str(tmp_path / "out")], ["extract", "--body", str(corpus)]):
        done = process(*command, "--furniture", str(model))
        assert done.returncode == 2
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert str(model) in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["folder", "nowhere", "locked"])
def test_a_target_that_cannot_be_written_is_said_before_the_work(
    process: Process, corpus: Path, tmp_path: Path, kind: str
) -> None:
    target = tmp_path / "f.json"
    if kind == "folder":
        target.mkdir()
    elif kind == "nowhere":
        target = tmp_path / "no" / "f.json"
    else:
        if os.geteuid() == 0:
            pytest.skip("root may write anywhere")
        target.touch(0o400)
    done = process("scan", str(corpus), "--out", str(tmp_path / "out"), "--save-furniture", str(target))
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_explain(process: Process, corpus: Path) -> None:
    done = process("extract", "--body", "--explain", str(corpus))
    assert done.returncode == 0, done.stderr
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["text"] for one in shown] == [*STORIES, *STORIES[:4]]
    first = shown[0]["furniture"]
    assert [(part["zone"], part["rule"], part["articles"], part["of"]) for part in first] == [
        ("head", "learned", 12, 12),
        ("foot", "learned", 12, 12),
    ]
    assert [part["text"].splitlines() for part in first] == [HEADER, FOOTER]
    assert all(one["furniture"] == [] for one in shown[12:])


def test_bodies_by_a_model_and_from_a_pipe(process: Process, corpus: Path, tmp_path: Path) -> None:
    model = tmp_path / "f.json"
    assert process("scan", str(corpus), "--out", str(tmp_path / "o"), "--save-furniture", str(model)).returncode == 0
    learned = process("extract", "--body", str(corpus)).stdout
    named = learned.replace(str(corpus), "-")
    assert "articles" not in json.loads(learned.splitlines()[0])["furniture"][0]
    assert process("extract", "--body", "--furniture", str(model), str(corpus)).stdout == learned
    assert process("extract", "--body", "-", input=corpus.read_bytes()).stdout == named
    # Two articles alone teach nothing, but the model knows their domain.
    few = b"".join(corpus.read_bytes().splitlines(keepends=True)[:2])
    given = process("extract", "--body", "--furniture", str(model), "-", input=few).stdout
    assert given.splitlines() == named.splitlines()[:2]
    assert json.loads(process("extract", "--body", "-", input=few).stdout.splitlines()[0])["furniture"] == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_bodies_from_a_named_pipe(process: Process, corpus: Path, tmp_path: Path) -> None:
    """It is read twice, and gives its bytes once."""
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", 'cat "$0" > "$1"', str(corpus), str(pipe)]) as writer:
        done = process("extract", "--body", str(pipe))
        writer.wait(timeout=60)
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == [*STORIES, *STORIES[:4]]


def test_explain_without_body_is_wrong(process: Process, corpus: Path) -> None:
    done = process("extract", "--explain", str(corpus))
    assert done.returncode == 2
    assert "--body" in done.stderr
