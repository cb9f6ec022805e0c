"""What cannot be read inside a folder is a reject; what was named and cannot be read is an error before the work."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.cli import run
from dedup.errors import MissingInput
from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.inputs.source import Source
from dedup.settings import Settings

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes and rights as on POSIX")
#: Whoever has no rights of their own.
NOBODY = 65534


def story(number: int) -> str:
    return " ".join(f"word{number}x{i}" for i in range(40))


def put(path: Path, *numbers: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"id": f"{path.name}-{n}", "text": story(n)}) + "\n" for n in numbers))


def strange(folder: Path) -> dict[str, str]:
    """Fill a folder with two good files and with entries that are no files; what is said of each of these."""
    put(folder / "a.jsonl", 1, 2)
    put(folder / "sub" / "z.jsonl", 1, 3)
    os.mkfifo(folder / "b-pipe.jsonl")
    os.symlink("nowhere.jsonl", folder / "c-dangling.jsonl")
    os.symlink("d-itself.jsonl", folder / "d-itself.jsonl")
    here = os.getcwd()
    os.chdir(folder)  # the name of a socket has room for 108 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("e-socket.jsonl")
    os.chdir(here)
    os.symlink("/dev/zero", folder / "sub" / "f-device.csv")
    os.symlink("..", folder / "sub" / "loop")
    os.symlink(".", folder / "sub" / "loop.jsonl")
    os.symlink("nowhere", folder / "g-dangling-without-an-ending")
    return {
        "b-pipe.jsonl": "a named pipe",
        "c-dangling.jsonl": "a link to a file that does not exist",
        "d-itself.jsonl": os.strerror(errno.ELOOP),
        "e-socket.jsonl": "a socket",
        "sub/f-device.csv": "a device",
    }


def rejects(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rejects.jsonl").read_bytes().splitlines()]


def test_entries_that_are_no_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    expected = strange(folder)
    sources = resolve([folder])
    assert [source.name for source in sources if not source.unreadable] == [
        f"{folder}/a.jsonl",
        f"{folder}/sub/z.jsonl",
    ]
    problems = {os.path.relpath(source.name, folder): source.unreadable for source in sources if source.unreadable}
    assert set(problems) == set(expected)
    for name, words in expected.items():
        assert words in problems[name]


def test_a_scan_goes_on_without_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    expected = strange(folder)
    assert run(["scan", str(folder), "--out", str(out), "--keep", "canonical"]) == 0
    told = capsys.readouterr()
    assert "5 files or folders could not be read, or not to their end; the first is" in told.err
    assert "b-pipe.jsonl (" in told.err
    assert "5 rejected" in told.out
    summary = json.loads((out / "summary.json").read_bytes())
    assert summary["inputs"] == [f"{folder}/a.jsonl", f"{folder}/sub/z.jsonl"]
    assert summary["counts"]["articles"] == 4
    assert summary["counts"]["rejected_by_reason"] == {"unreadable": 5}
    assert [(row["file"], row["line"], row["reason"]) for row in rejects(out)] == [
        (f"{folder}/{name}", None, "unreadable") for name in sorted(expected)
    ]
    assert all(expected[os.path.relpath(row["file"], folder)] in row["detail"] for row in rejects(out))
    # Quiet is quiet: the scan was done, and the files say the rest.
    assert run(["scan", str(folder), "--out", str(out), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    # Such a folder can be compared with, though not all of it was read.
    put(tmp_path / "new.jsonl", 1, 9)
    command = ["scan", str(tmp_path / "new.jsonl"), "--against", str(out), "--out", str(tmp_path / "o2"), "--quiet"]
    assert run(command) == 0
    verdicts = [json.loads(line)["verdict"] for line in (tmp_path / "o2" / "against.jsonl").read_bytes().splitlines()]
    assert sorted(verdicts) == ["new", "seen"]
    # And the other way round.
    command = ["scan", str(folder), "--against", str(tmp_path / "o2"), "--out", str(tmp_path / "o3"), "--quiet"]
    assert run(command) == 0
    assert json.loads((tmp_path / "o3" / "summary.json").read_bytes())["inputs"] == summary["inputs"]


def test_the_other_commands_go_on_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    expected = strange(folder)
    for body in ([], ["--body"]):
        assert run(["extract", *body, str(folder), "--out", str(tmp_path / "x.jsonl")]) == 0
        told = capsys.readouterr().err
        assert "5 rejected: 5 unreadable" in told
        assert "b-pipe.jsonl" in told
        assert len((tmp_path / "x.jsonl").read_bytes().splitlines()) == 4
    assert run(["index", "add", str(tmp_path / "seen.db"), str(folder)]) == 0
    told = capsys.readouterr()
    assert "4 stored, 1 of them seen before; 0 known already, 5 rejected" in told.out
    for name, words in expected.items():
        assert f"{name}: unreadable " in told.err
        assert words in told.err
    assert run(["index", "query", str(tmp_path / "seen.db"), str(folder)]) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 4
    assert "c-dangling.jsonl: unreadable a link to a file that does not exist" in told.err


def test_the_library(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    strange(folder)
    with dedup.scan(folder) as result:
        assert [reject.reason for reject in result.rejects] == ["unreadable"] * 5
        assert len(result.clusters) == 1


def test_a_folder_of_nothing_else_accepts_no_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    os.symlink("nowhere.jsonl", folder / "a.jsonl")
    assert run(["scan", str(folder), "--out", str(tmp_path / "out")]) == 1
    assert "a.jsonl (a link to a file that does not exist)" in capsys.readouterr().err


def test_what_is_named_is_refused_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    strange(folder)
    for name in ("c-dangling.jsonl", "d-itself.jsonl", "e-socket.jsonl", "not-there.jsonl"):
        # Named beside a folder that holds it, too.
        for paths in ([str(folder / name)], [str(folder), str(folder / name)]):
            assert run(["scan", *paths, "--out", str(tmp_path / "out")]) == 2
            told = capsys.readouterr().err
            assert told.startswith(f"dedup: {folder / name}: ")
            assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_one_file_by_a_way_that_is_closed_and_one_that_is_open(tmp_path: Path) -> None:
    put(tmp_path / "real" / "a.jsonl", 1)
    (tmp_path / "in").mkdir()
    os.symlink(tmp_path / "real" / "a.jsonl", tmp_path / "in" / "b.jsonl")
    os.symlink(tmp_path / "real" / "none.jsonl", tmp_path / "in" / "c.jsonl")
    sources = resolve([tmp_path / "in", tmp_path / "real"])
    assert [(Path(source.name).name, bool(source.unreadable)) for source in sources] == [
        ("b.jsonl", False),
        ("c.jsonl", True),
    ]


def reasons(sources: list[Source]) -> list[tuple[str, str]]:
    return [(Path(r.file).name, r.reason) for batch in read(sources, Settings()) for r in batch.rejects]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.txt", "a.html", "a.warc", "a.parquet", "a.arrow"])
def test_files_that_change_before_they_are_opened(tmp_path: Path, name: str) -> None:
    """Gone, replaced by a folder, replaced by a pipe that nobody writes to: rejects, and nobody waits."""
    path = tmp_path / "in" / name
    for replace in (None, Path.mkdir, os.mkfifo):
        put(path, 1)
        sources = resolve([path.parent])
        assert [source.unreadable for source in sources] == [""]
        path.unlink()
        if replace is not None:
            replace(path)
        assert reasons(sources) == [(name, "unreadable")]
        shutil.rmtree(path.parent)


def test_a_folder_whose_listing_breaks_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was listed before the disk failed is read."""
    put(tmp_path / "in" / "a.jsonl", 1)
    put(tmp_path / "in" / "sub" / "b.jsonl", 2)
    put(tmp_path / "in" / "sub" / "c.jsonl", 3)
    scandir = os.scandir

    class Failing:
        def __init__(self, path: Any) -> None:
            self.path, self.entries = str(path), scandir(path)

        def __enter__(self) -> Failing:
            return self

        def __exit__(self, *_: object) -> None:
            self.entries.close()

        def __iter__(self) -> Iterator[Any]:
            yield next(self.entries)
            if self.path.endswith("sub"):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            yield from self.entries

    monkeypatch.setattr(os, "scandir", Failing)
    sources = resolve([tmp_path / "in"])
    assert sum(not source.unreadable for source in sources) == 2
    assert [(source.name, source.unreadable) for source in sources if source.unreadable] == [
        (f"{tmp_path}/in/sub", os.strerror(errno.EIO))
    ]
    with pytest.raises(MissingInput, match="in/sub: this folder cannot be opened"):
        resolve([tmp_path / "in" / "sub"])


def test_folders_that_are_too_deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path longer than the system takes is a reject of that folder, and no recursion error."""
    put(tmp_path / "in" / "a.jsonl", 1)
    monkeypatch.chdir(tmp_path / "in")
    for _ in range(30):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    monkeypatch.chdir(tmp_path)
    (good, bad) = resolve(["in"])
    assert (good.name, good.unreadable) == ("in/a.jsonl", "")
    assert bad.unreadable == os.strerror(errno.ENAMETOOLONG)
    shutil.rmtree("in")


# -- rights --------------------------------------------------------------------------------------------------------

CHILD = """
import os, sys, json, io, contextlib
from dedup.cli import run
warm, commands = json.loads(sys.stdin.read())
for command in warm:  # libraries and kernels are loaded while there are rights to them
    assert run(command) == 0
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({nobody})
    os.setuid({nobody})
told = []
for command in commands:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(command)
    told.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(told))
"""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that another user may go into and write in."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)


def as_nobody(folder: Path, *commands: list[str]) -> list[tuple[int, str, str]]:
    """Run commands one after the other without the rights of root: exit codes, standard output, standard error."""
    put(folder / "warm.jsonl", 1, 2)
    (folder / "warm").mkdir()
    file, place = str(folder / "warm.jsonl"), str(folder / "warm")
    warm = [
        ["scan", file, "--out", f"{place}/out", "--quiet"],
        ["extract", file, "--out", f"{place}/x.jsonl"],
        ["index", "add", f"{place}/seen.db", file, "--quiet"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(nobody=NOBODY)],
        input=json.dumps([warm, commands]),
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stderr
    return [tuple(one) for one in json.loads(done.stdout)]


def test_files_and_folders_without_permission(shared: Path) -> None:
    folder = shared / "in"
    put(folder / "a.jsonl", 1, 2)
    put(folder / "b-secret.jsonl", 3)
    put(folder / "c-closed" / "x.jsonl", 4)
    put(folder / "d-names-only" / "x.jsonl", 5)
    put(folder / "e-paths-only" / "x.jsonl", 6)
    put(folder / "z.jsonl", 1)
    (folder / "b-secret.jsonl").chmod(0)
    (folder / "c-closed").chmod(0)
    (folder / "d-names-only").chmod(0o644)
    (folder / "e-paths-only").chmod(0o711)
    if os.geteuid() != 0:
        (folder / "e-paths-only").chmod(0o311)
    out, denied = shared / "out", os.strerror(errno.EACCES)
    scan = ["scan", "in", "--out", str(out)]
    named = [[*scan[:1], f"in/{name}", "--out", str(shared / "no")] for name in ("b-secret.jsonl", "c-closed")]
    done = as_nobody(
        shared,
        scan,
        ["extract", "in", "--out", str(shared / "x.jsonl")],
        ["index", "add", str(shared / "seen.db"), "in"],
        [*scan, "--quiet"],
        *named,
    )
    assert [code for code, _, _ in done] == [0, 0, 0, 0, 2, 2], done
    unreadable = ["in/b-secret.jsonl", "in/c-closed", "in/d-names-only/x.jsonl", "in/e-paths-only"]
    assert rejects(out) == [
        {"file": name, "line": None, "reason": "unreadable", "detail": denied} for name in unreadable
    ]
    summary = json.loads((out / "summary.json").read_bytes())
    assert (summary["inputs"], summary["counts"]["articles"]) == (["in/a.jsonl", "in/z.jsonl"], 3)
    first = f"4 files or folders could not be read, or not to their end; the first is {unreadable[0]} ({denied})"
    assert first in done[0][2]
    assert f"dedup: {first}" in done[1][2]
    assert all(f"dedup: {name}: unreadable {denied}" in done[2][2] for name in unreadable)
    assert done[3][1:] == ("", "")
    for (_, _, told), name in zip(done[4:], ("b-secret.jsonl", "c-closed"), strict=True):
        assert told.startswith(f"dedup: in/{name}: ")
        assert denied in told
    assert not (shared / "no").exists()
