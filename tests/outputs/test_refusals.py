"""Nothing that dedup did not write is replaced: every way in which a command could do so, tried with real files."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.cli import run
from dedup.errors import OutputError

Capture = pytest.CaptureFixture[str]

STORY = " ".join(f"The council of town {i} voted on plan {i * 7} after a long debate." for i in range(12))
OTHER = " ".join(f"A ship with {i} containers left harbour {i * 3} before the storm came." for i in range(12))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [{"id": "a", "text": STORY}, {"id": "b", "text": STORY}, {"id": "c", "text": OTHER}]
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode) for path in files}


def refused(here: Path, capsys: Capture, *args: str, says: str, codes: tuple[int, ...] = (2, 3)) -> None:
    """Run a command that must change nothing at all and say why in one line."""
    before = snapshot(here)
    capsys.readouterr()
    assert run(list(args)) in codes
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert says in lines[0]
    assert snapshot(here) == before
    assert not list(here.rglob(".dedup-*"))


def scan(*args: str) -> int:
    return run(["scan", "in.jsonl", "--quiet", *args])


# -- the folder ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("out", ["d", "./d/", "d/../d", "link", "."])
def test_an_input_in_the_output_folder(here: Path, capsys: Capture, out: str) -> None:
    Path("d").mkdir()
    shutil.copy("in.jsonl", "d/articles.csv")
    Path("d/sites.csv").write_text("mine")
    Path("link").symlink_to("d")
    refused(here, capsys, "scan", "d/articles.csv", "--out", out, says="is an input and", codes=(2,))


@pytest.mark.parametrize("out", ["..", "/", "full", "full/"])
def test_a_folder_of_the_users_own(
    here: Path, capsys: Capture, tmp_path_factory: pytest.TempPathFactory, out: str
) -> None:
    Path("full").mkdir()
    Path("full/notes.txt").write_text("mine")
    Path("elsewhere").mkdir()
    os.chdir("elsewhere")
    place = out if out[0] in "./" else f"../{out}"
    refused(here, capsys, "scan", str(here / "full" / "notes.txt"), "--out", place, says="output folder")
    other = tmp_path_factory.mktemp("other") / "in.jsonl"
    shutil.copy("../in.jsonl", other)
    refused(here, capsys, "scan", str(other), "--out", place, says="output folder")


@pytest.mark.parametrize(
    "summary",
    ["{}", "not json", '{"version": "1", "inputs": []}', '{"files": {"pairs.jsonl": "00"}, "seal": "%s"}' % ("0" * 32)],
)
def test_a_summary_of_another_program(here: Path, capsys: Capture, summary: str) -> None:
    Path("out").mkdir()
    Path("out/summary.json").write_text(summary)
    Path("out/pairs.jsonl").write_text("mine")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", says="its summary.json was changed, or is of another")


@pytest.mark.parametrize("name", ["pairs.jsonl", "summary.json", "report.html"])
def test_a_result_that_the_user_changed(here: Path, capsys: Capture, name: str) -> None:
    assert scan("--out", "out") == 0
    with Path("out", name).open("ab") as file:
        file.write(b"\n")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", says="changed")
    assert scan("--out", "out", "--overwrite") == 0
    assert scan("--out", "out") == 0


def test_a_result_that_became_a_link(here: Path, capsys: Capture) -> None:
    assert scan("--out", "out") == 0
    Path("out/pairs.jsonl").rename("moved.jsonl")
    Path("out/pairs.jsonl").symlink_to("../moved.jsonl")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", says="out/pairs.jsonl was changed")


def test_files_beside_the_results(here: Path, capsys: Capture) -> None:
    assert scan("--out", "out", "--csv") == 0
    assert scan("--out", "out") == 0
    assert not Path("out/sites.csv").exists(), "tables of an older scan do not stay beside a newer one"
    Path("out/sites.csv").write_text("mine")
    Path("out/deep/er").mkdir(parents=True)
    Path("out/deep/er/file").write_text("mine too")
    assert scan("--out", "out", "--no-html") == 0
    assert not Path("out/report.html").exists()
    assert (Path("out/sites.csv").read_text(), Path("out/deep/er/file").read_text()) == ("mine", "mine too")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", "--csv", says="out/sites.csv was not written by dedup")
    assert scan("--out", "out", "--csv", "--overwrite") == 0
    assert Path("out/sites.csv").read_text() != "mine"
    assert Path("out/deep/er/file").read_text() == "mine too"


def test_a_changed_table_that_no_new_one_replaces_stays(here: Path) -> None:
    assert scan("--out", "out", "--csv") == 0
    with Path("out/pairs.csv").open("a") as file:
        file.write("my remarks\n")
    assert scan("--out", "out") == 0
    assert Path("out/pairs.csv").read_text().endswith("my remarks\n")
    assert not Path("out/members.csv").exists()


def test_mode_and_links_of_the_folder_stay(here: Path) -> None:
    Path("real").mkdir(mode=0o700)
    Path("out").symlink_to("real")
    for _ in range(2):
        assert scan("--out", "out") == 0
        assert Path("out").is_symlink()
        assert Path("real").stat().st_mode & 0o777 == 0o700
        assert Path("real/summary.json").is_file()
        Path("real/pairs.jsonl").chmod(0o640)
    assert Path("real/pairs.jsonl").stat().st_mode & 0o777 == 0o640
    inode = Path("real").stat().st_ino
    assert scan("--out", "out") == 0
    assert Path("real").stat().st_ino == inode


def test_the_folder_one_stands_in(here: Path) -> None:
    Path("empty").mkdir()
    os.chdir("empty")
    for _ in range(2):
        assert run(["scan", "../in.jsonl", "--out", ".", "--quiet"]) == 0
        assert Path("summary.json").is_file()
    assert sorted(os.listdir(here)) == ["empty", "in.jsonl"]


def test_new_files_have_the_users_usual_mode(here: Path) -> None:
    old = os.umask(0o027)
    try:
        assert scan("--out", "out", "--sqlite", "x.db", "--save-furniture", "f.json") == 0
    finally:
        os.umask(old)
    assert Path("out").stat().st_mode & 0o777 == 0o750
    modes = {path.stat().st_mode & 0o777 for path in (*Path("out").iterdir(), Path("x.db"), Path("f.json"))}
    assert modes == {0o640}


def test_a_dangling_link(here: Path, capsys: Capture) -> None:
    Path("out").symlink_to("nowhere")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", says="symbolic link to nothing")


def test_results_below_the_input_folder_are_no_input(here: Path, capsys: Capture) -> None:
    Path("d").mkdir()
    shutil.copy("in.jsonl", "d/")
    assert run(["scan", "d", "--out", "d/out", "--quiet"]) == 0
    before = Path("d/out/clusters.jsonl").read_bytes()
    assert run(["scan", "d", "--out", "d/out"]) == 0
    assert Path("d/out/clusters.jsonl").read_bytes() == before
    capsys.readouterr()
    assert run(["scan", "d", "--out", "elsewhere"]) == 0
    assert "d/out (results of an earlier scan" in capsys.readouterr().err
    assert json.loads(Path("elsewhere/summary.json").read_text())["inputs"] == ["d/in.jsonl"]
    (reject,) = map(json.loads, Path("elsewhere/rejects.jsonl").read_text().splitlines())
    assert (reject["file"], reject["reason"]) == ("d/out", "unreadable")
    assert "results of an earlier scan" in reject["detail"]
    assert len(Path("elsewhere/origins.jsonl").read_text().splitlines()) == 3
    Path("d/mine").mkdir()
    shutil.copy("in.jsonl", "d/mine/more.jsonl")
    args = ("scan", "d", "--out", "d/mine", "--overwrite")
    refused(here, capsys, *args, says="its more.jsonl would be read as articles", codes=(2,))
    Path("d/.hidden").mkdir()
    for _ in range(2):
        assert run(["scan", "d/in.jsonl", "--out", "d/.hidden/out", "--quiet"]) == 0


@pytest.mark.parametrize("what", ["a result changes", "a file comes", "a folder comes"])
def test_what_changes_while_the_work_goes_on(here: Path, what: str) -> None:
    with dedup.scan("in.jsonl") as result:
        if what == "a folder comes":
            Path("out").mkdir()
            Path("out/mine").write_text("mine")
        else:
            result.write("out")
            result.write("out")
            if what == "a file comes":
                Path("out/pairs.csv").write_text("mine")
            else:
                Path("out/pairs.jsonl").write_text("mine")
        before = snapshot(here)
        with pytest.raises(OutputError):
            result.write("out", csv=True)
    assert snapshot(here) == before


def test_what_changes_while_the_files_are_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dedup.reports import writer

    with dedup.scan("in.jsonl") as result:
        result.write("out")
        write = writer._write_summary

        def late(*args: Any) -> None:
            write(*args)
            Path("out/pairs.jsonl").write_text("mine")

        monkeypatch.setattr(writer, "_write_summary", late)
        with pytest.raises(OutputError, match="changed"):
            result.write("out")
    assert Path("out/pairs.jsonl").read_text() == "mine"
    assert not list(here.rglob(".dedup-*"))


# -- no article ----------------------------------------------------------------------------------------------------


def test_a_scan_without_an_article_leaves_the_results_of_the_one_before(here: Path, capsys: Capture) -> None:
    assert scan("--out", "out") == 0
    before = snapshot(Path("out"))
    Path("bad.jsonl").write_text('{"id": 1, "tale": "x"}\n' * 3 + "nonsense\n")
    assert run(["scan", "bad.jsonl", "--out", "out"]) == 1
    shown = capsys.readouterr()
    assert "No article carries the text of another" not in shown.out
    assert "3 of 4 rejects: no text (no field is known to hold the text; the fields are id, tale)" in shown.err
    assert "name the field that holds the text with --field text=NAME" in shown.err
    assert "the results in out stay as they were" in shown.err
    assert snapshot(Path("out")) == before
    assert len(Path("out.failed/rejects.jsonl").read_text().splitlines()) == 4
    assert json.loads(Path("out.failed/summary.json").read_text())["counts"]["articles"] == 0
    assert run(["scan", "bad.jsonl", "--out", "out", "--quiet"]) == 1
    assert sorted(os.listdir()) == ["bad.jsonl", "in.jsonl", "out", "out.failed"]


def test_a_folder_of_the_users_that_is_called_failed(here: Path) -> None:
    Path("out.failed").mkdir()
    Path("out.failed/rejects.jsonl").write_text("mine")
    Path("bad.jsonl").write_text("nonsense\n")
    assert run(["scan", "bad.jsonl", "--out", "out"]) == 1
    assert Path("out.failed/rejects.jsonl").read_text() == "mine"
    assert Path("out.failed-2/rejects.jsonl").is_file()


def test_the_library_does_not_replace_results_by_none(here: Path) -> None:
    assert scan("--out", "out") == 0
    before = snapshot(Path("out"))
    with dedup.scan([]) as result:
        with pytest.raises(OutputError, match="no article was accepted"):
            result.write("out")
        assert snapshot(Path("out")) == before
        result.write("new")
    assert Path("new/summary.json").is_file()


# -- single files --------------------------------------------------------------------------------------------------


@pytest.fixture
def index(here: Path) -> str:
    with dedup.Index("seen.db") as opened:
        opened.add_many("in.jsonl")
    return "seen.db"


def test_every_file_option_refuses_what_is_not_its_own(here: Path, index: str, capsys: Capture) -> None:
    """Every file option against every kind of file, those of dedup included."""
    assert scan("--out", "out", "--sqlite", "tables.db", "--save-furniture", "model.json") == 0
    assert run(["index", "export", index, "--articles", "articles.jsonl"]) == 0
    with sqlite3.connect("mine.db") as base:
        base.execute("CREATE TABLE mine (a)")
    base.close()
    Path("mine.json").write_text('{"format": "dedup-furniture/1"}')
    Path("mine.txt").write_text("mine")
    own = {"--sqlite": "tables.db", "--save-furniture": "model.json", "--articles": "articles.jsonl"}
    others = ["seen.db", "mine.db", "mine.json", "mine.txt", "in.jsonl", "out/pairs.jsonl", *own.values()]
    for file in others:
        for option in ("--sqlite", "--save-furniture"):
            if own[option] != file:
                refused(here, capsys, "scan", "in.jsonl", "--out", "new", option, file, says=file)
        if file not in (own["--articles"],):
            refused(here, capsys, "index", "export", index, "--articles", file, says=file)
            refused(here, capsys, "extract", "in.jsonl", "--out", file, says=file)
    # Its own kind is replaced.
    assert scan("--out", "new", "--sqlite", "tables.db", "--save-furniture", "model.json") == 0
    assert run(["index", "export", index, "--articles", "articles.jsonl"]) == 0
    assert run(["extract", "in.jsonl", "--out", "articles.jsonl"]) == 0
    with dedup.Index(index) as opened:
        assert len(opened) == 3


@pytest.mark.parametrize("option", ["--sqlite", "--save-furniture", "--articles"])
def test_a_file_of_its_own_kind_that_was_changed(here: Path, index: str, capsys: Capture, option: str) -> None:
    commands = {
        "--sqlite": ("scan", "in.jsonl", "--out", "out", "--quiet", "--sqlite", "f"),
        "--save-furniture": ("scan", "in.jsonl", "--out", "out", "--quiet", "--save-furniture", "f"),
        "--articles": ("index", "export", index, "--articles", "f"),
    }
    assert run(list(commands[option])) == 0
    Path("f").chmod(0o600)
    assert run(list(commands[option])) == 0
    assert Path("f").stat().st_mode & 0o777 == 0o600
    if option == "--sqlite":
        with sqlite3.connect("f") as base:
            base.execute("CREATE TABLE remarks (article, remark)")
        base.close()
    else:
        Path("f").write_bytes(Path("f").read_bytes().replace(b"a", b"e", 1))
    refused(here, capsys, *commands[option], says="f exists, and")
    assert run([*commands[option], "--overwrite"]) == 0
    assert run(list(commands[option])) == 0


@pytest.mark.parametrize("ending", ["-wal", "-journal", "-shm"])
def test_a_database_that_is_in_use(here: Path, capsys: Capture, ending: str) -> None:
    assert scan("--out", "out", "--sqlite", "x.db") == 0
    Path(f"x.db{ending}").write_bytes(b"log of another program")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", "--sqlite", "x.db", says="is in use, or was not closed")
    args = ("scan", "in.jsonl", "--out", "out", "--sqlite", "x.db", "--overwrite")
    refused(here, capsys, *args, says="is in use, or was not closed")


def test_an_input_is_never_an_output_by_whatever_name(here: Path, index: str, capsys: Capture) -> None:
    os.link("in.jsonl", "hard.jsonl")
    Path("soft.jsonl").symlink_to("in.jsonl")
    for name in ("in.jsonl", "./in.jsonl", "hard.jsonl", "soft.jsonl"):
        for option in ("--sqlite", "--save-furniture"):
            args = ("scan", "in.jsonl", "--out", "out", option, name, "--overwrite")
            refused(here, capsys, *args, says="is an input of this command", codes=(2,))
        args = ("extract", "in.jsonl", "--out", name, "--overwrite")
        refused(here, capsys, *args, says="is an input of this command", codes=(2,))
    for name in (index, f"./{index}", str(here / index)):
        args = ("index", "export", index, "--articles", name, "--overwrite")
        refused(here, capsys, *args, says="is the index, or a file that goes with it", codes=(2,))
        args = ("scan", "in.jsonl", "--out", "out", "--against", index, "--sqlite", name, "--overwrite")
        refused(here, capsys, *args, says="is an input of this command", codes=(2,))
    args = ("scan", "in.jsonl", "--out", "out", "--sqlite", "same", "--save-furniture", "./same")
    refused(here, capsys, *args, says="name the same file", codes=(2,))


def test_links_to_files_stay_links(here: Path, index: str) -> None:
    Path("far").mkdir()
    for name in ("x.db", "f.json", "all.jsonl"):
        Path(name).symlink_to(f"far/{name}")
    for _ in range(2):
        assert scan("--out", "out", "--sqlite", "x.db", "--save-furniture", "f.json") == 0
        assert run(["index", "export", index, "--articles", "all.jsonl"]) == 0
        assert all(Path(name).is_symlink() for name in ("x.db", "f.json", "all.jsonl"))
    assert sorted(os.listdir("far")) == ["all.jsonl", "f.json", "x.db"]


def test_files_in_the_folder_of_results(here: Path, capsys: Capture) -> None:
    args = ("scan", "in.jsonl", "--out", "out", "--sqlite", "out/x.db", "--save-furniture", "out/f.json")
    for _ in range(2):
        assert run([*args, "--quiet"]) == 0
    assert {"x.db", "f.json"} <= set(os.listdir("out"))
    with sqlite3.connect("out/x.db") as base:
        base.execute("CREATE TABLE remarks (article, remark)")
    base.close()
    refused(here, capsys, *args, says="out/x.db was changed since dedup wrote it")


def test_a_pipe_is_written_to(here: Path, index: str) -> None:
    command = [sys.executable, "-m", "dedup", "index", "export", index, "--articles", "/dev/stdout"]
    done = subprocess.run(command, capture_output=True, check=True)
    ids = [json.loads(line)["id"] for line in done.stdout.splitlines() if line.startswith(b"{")]
    assert ids == ["a", "b", "c"]


def test_exported_articles_are_what_went_in(here: Path, index: str) -> None:
    assert run(["index", "export", index, "--articles", "all.jsonl"]) == 0
    rows: list[dict[str, Any]] = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert list(rows[0]) == list(rows[1]), "the seal is no key"
    assert [(row["id"], row["text"]) for row in rows] == [("a", STORY), ("b", STORY), ("c", OTHER)]
    with dedup.scan("in.jsonl") as before, dedup.scan("all.jsonl") as after:
        assert [c.to_dict() for c in before.clusters] == [c.to_dict() for c in after.clusters]


def test_tune_replaces_only_its_own_files(here: Path, capsys: Capture) -> None:
    from dedup.tuning import result_file

    folder = Path("tuned")
    result_file.write(folder, {"settings": {}}, b"page")
    result_file.write(folder, {"settings": {"seed": 2}}, b"page 2")
    assert result_file.read_settings("tuned/tuning.json") == {"seed": 2}
    (folder / "mine.txt").write_text("mine")
    result_file.write(folder, {"settings": {}}, b"page 3")
    (folder / "tuning.html").write_bytes(b"page with my remarks")
    with pytest.raises(OutputError, match=r"tuning\.html was changed since dedup wrote it"):
        result_file.check(folder)
    Path("other").mkdir()
    Path("other/tuning.html").write_bytes(b"mine")
    refused(here, capsys, "tune", "in.jsonl", "--out", "other", says="was not written by dedup")


@pytest.mark.parametrize("content", [b"mine", b"", b"12345678", b"twenty bytes of mine"])
def test_a_file_that_has_the_name_of_the_queue_of_an_index(here: Path, capsys: Capture, content: bytes) -> None:
    Path("seen.db-lock").write_bytes(content)
    for _ in range(2):
        assert run(["index", "add", "seen.db", "in.jsonl", "--quiet"]) == 0
        if content:
            assert Path("seen.db-lock").read_bytes() == content
    with dedup.Index("seen.db") as opened:
        assert len(opened) == 3
    for ending in ("", "-wal", "-shm", "-journal", "-lock"):
        args = ("index", "export", "seen.db", "--articles", f"seen.db{ending}", "--overwrite")
        refused(here, capsys, *args, says="is the index, or a file that goes with it", codes=(2,))


def test_the_terminal_names_only_what_this_scan_wrote(here: Path, capsys: Capture) -> None:
    assert scan("--out", "out") == 0
    with Path("out/report.html").open("a") as file:
        file.write("<!-- my remarks -->")
    capsys.readouterr()
    assert run(["scan", "in.jsonl", "--out", "out", "--no-html"]) == 0
    shown = capsys.readouterr().out
    assert "clusters.jsonl" in shown
    assert "report.html" not in shown
