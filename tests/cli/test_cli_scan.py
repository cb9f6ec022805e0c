"""`scan` and `demo` with a fake engine: options, output, exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from fake_result import FakeResult, hostile

from dedup.cli import run
from dedup.errors import MissingInput, OutputError

Engine = dict[str, Any]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_summary_and_files(engine: Engine, capsys: Capture) -> None:
    assert run(["scan", "news.jsonl", "--out", "out"]) == 0
    shown = capsys.readouterr()
    assert "Associated Press  almost surely, 97 %" in shown.out
    assert "Written to out/" in shown.out
    assert "\x1b" not in shown.out + shown.err
    assert shown.err.startswith("read: 62 articles in ")
    assert Path("out/clusters.jsonl").is_file()
    assert engine["result"].closed


def test_options_reach_the_engine(engine: Engine) -> None:
    words = "scan a.jsonl - --out out --field text=content --field id=key --format jsonl --shingle-size 4 --num-perm 64"
    words += " --seed 9 --threshold 0.5 --window 3.5 --keep canonical --threads 2 --tmp . --no-html --quiet"
    assert run(words.split()) == 0
    (call,) = engine["calls"]
    settings = call["settings"]
    assert call["inputs"] == ["a.jsonl", "-"]
    assert dict(settings.fields) == {"text": "content", "id": "key"}
    assert (settings.shingle_size, settings.num_perm, settings.seed, settings.threads) == (4, 64, 9, 2)
    assert (settings.threshold, settings.window, settings.format, settings.tmp) == (0.5, 3.5, "jsonl", ".")
    assert settings.keep == "canonical"
    assert Path("out/deduplicated.jsonl").is_file()


def test_defaults_are_the_library_s(engine: Engine) -> None:
    from dedup.settings import Settings

    assert run(["scan", "a", "--out", "out"]) == 0
    assert engine["calls"][0]["settings"] == Settings(texts=True)


def test_quiet(engine: Engine, capsys: Capture) -> None:
    assert run(["scan", "a", "--out", "out", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_json_is_the_file_byte_for_byte(engine: Engine, capsysbinary: Any, quiet: tuple[str, ...]) -> None:
    assert run(["scan", "a", "--out", "out", "--json", *quiet]) == 0
    out = capsysbinary.readouterr().out
    assert out == Path("out/summary.json").read_bytes()
    assert json.loads(out)["counts"]["clusters"] == 3


def test_hostile_titles_are_harmless(engine: Engine, capsys: Capture) -> None:
    engine["result"] = FakeResult(hostile())
    assert run(["scan", "a", "--out", "out"]) == 0
    out = capsys.readouterr().out
    assert "␛]0;owned␇␛[2J[bold red]spam[/] ⟨U+202E⟩gnp.exe⏎second line" in out
    assert not any(bad in out for bad in "\x1b\x07\u202e\u200b\u2066\r")


def test_nothing_accepted_is_1_and_says_why(engine: Engine, capsys: Capture) -> None:
    engine["result"] = FakeResult([], articles=0)
    assert run(["scan", "a", "--out", "out"]) == 1
    shown = capsys.readouterr()
    assert shown.err.splitlines()[-2:] == [
        "dedup: no article was accepted: 2 of 3 rejects: empty text; the text field is empty; name another with "
        "--field text=NAME",
        "dedup: out.failed/rejects.jsonl says why",
    ]
    assert Path("out.failed/summary.json").is_file()
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MissingInput("x.jsonl is not there"), 2),
        (OutputError("disk full"), 3),
        (RuntimeError("bug"), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_are_one_line(engine: Engine, capsys: Capture, error: BaseException, code: int) -> None:
    engine["raises"] = error
    assert run(["scan", "a", "--out", "out"]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    (line,) = [line for line in shown.err.splitlines() if line.startswith("dedup: ")]
    assert (str(error) or "interrupted") in line
    assert not Path("out").exists()


def test_debug_shows_the_traceback(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEDUP_DEBUG", "1")
    engine["raises"] = RuntimeError("bug")
    with pytest.raises(RuntimeError, match="bug"):
        run(["scan", "a", "--out", "out"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("scan news.jsonl", "--out is missing"),
        ("scan news.jsonl --out=", "--out is missing"),
        ("scan --out out", "nothing to scan"),
        ("scan a --out out --field text", "field text: write it as column=name"),
        ("scan a --out out --field nonsense=x", "nonsense"),
        ("scan a --out out --threads 0", "threads must be 1 or more"),
        ("scan a --out out --threshold 1.5", "threshold must lie"),
        ("scan a --out out --threshold nan", "threshold must lie"),
        ("scan a --out out --min-probability 1.5", "min_probability must lie between 0 and 1, not 1.5"),
        ("scan a --out out --min-probability likely", "'likely' is not a valid float"),
        ("scan a --out out --min-probability .5 --threshold .5", "threshold and min_probability exclude each other"),
        ("compare a b --min-probability -1", "min_probability must lie between 0 and 1, not -1.0"),
        ("scan a --out out --threshold high", "'high' is not a valid float"),
        ("scan a --out out --keep all", "'all' is not"),
        ("scan a --out out --html-articles some", "'some' is not"),
        ("scan a --out out --tmp nowhere", "--tmp nowhere"),
        ("scan a --out out --treshold 1", "No such option"),
        ("sacn a", "No such command"),
        ("compare only-one", "Missing argument"),
    ],
)
def test_wrong_usage_is_2_and_one_line(engine: Engine, capsys: Capture, words: str, says: str) -> None:
    assert run(words.split()) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert says in shown.err
    assert len(shown.err.splitlines()) == 1
    assert engine["calls"] == []


def test_out_that_is_a_file_is_found_before_the_work(engine: Engine, capsys: Capture) -> None:
    Path("out").write_text("precious")
    assert run(["scan", "a", "--out", "out"]) == 3
    assert engine["calls"] == []
    assert "is a file" in capsys.readouterr().err
    assert Path("out").read_text() == "precious"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_out_that_cannot_be_written_is_found_before_the_work(engine: Engine) -> None:
    Path("locked").mkdir(mode=0o500)
    assert run(["scan", "a", "--out", "locked/out"]) == 3
    assert engine["calls"] == []


def test_files_of_ones_choice_reach_the_writer(engine: Engine) -> None:
    words = "scan a --out out --html-articles all --csv --parquet --sqlite x.db --graphml --keep canonical"
    assert run(words.split()) == 0
    told = dict(engine["result"].written)
    assert told.pop("progress") is not None
    chosen = {"html": True, "html_articles": "all", "csv": True, "parquet": True, "sqlite": "x.db", "graphml": True}
    assert told == chosen


@pytest.mark.parametrize(
    ("option", "texts"), [((), True), (("--no-html",), False), (("--html-articles", "none"), False)]
)
def test_texts_are_held_only_for_a_page_that_shows_them(engine: Engine, option: tuple[str, ...], texts: bool) -> None:
    assert run(["scan", "a", "--out", "out", *option]) == 0
    assert engine["calls"][0]["settings"].texts is texts
    assert engine["result"].written["html"] is ("--no-html" not in option)


def test_a_database_that_cannot_be_written_is_found_before_the_work(engine: Engine, capsys: Capture) -> None:
    Path("notes.db").write_text("my notes")
    assert run(["scan", "a", "--out", "out", "--sqlite", "notes.db"]) == 3
    assert "no SQLite file" in capsys.readouterr().err
    assert engine["calls"] == []
    assert Path("notes.db").read_text() == "my notes"


def test_demo_scans_the_sample_and_says_what_next(engine: Engine, capsys: Capture) -> None:
    assert run(["demo"]) == 0
    assert engine["calls"][0]["inputs"][0].endswith("articles.jsonl")
    out = capsys.readouterr().out
    assert "dedup scan YOUR.jsonl --out out/" in out
    assert "the packaged sample" in out
    assert "Written to" not in out


def test_demo_can_write(engine: Engine, capsys: Capture) -> None:
    assert run(["demo", "--out", "here it is"]) == 0
    assert Path("here it is/clusters.jsonl").is_file()
    assert "dedup show 'here it is' c000001" in capsys.readouterr().out


def test_explain_needs_neither_path_nor_out(engine: Engine, capsys: Capture) -> None:
    assert run(["scan", "--explain-settings", "--num-perm", "64"]) == 0
    out = capsys.readouterr().out
    assert "from signatures of 64" in out
    assert "Passages   one shingle in 8 is kept" in out
    assert engine["calls"] == []
    assert not any(Path().iterdir())


def test_explained_curve_is_the_settings(engine: Engine, capsys: Capture) -> None:
    curves = []
    for number in ("64", "256"):
        run(["scan", "--explain-settings", "--num-perm", number])
        curves.append([line for line in capsys.readouterr().out.splitlines() if line.startswith("           0.2")])
    assert curves[0]
    assert curves[0] != curves[1]
