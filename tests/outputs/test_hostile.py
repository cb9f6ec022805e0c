"""What an adversary, an accident or bad luck can do to a commit: nothing is lost, and nothing elsewhere is touched."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import orjson
import pytest
from test_commit import KILLED, do_commit, old_state, state
from test_refusals import OTHER, STORY, refused, snapshot

import dedup
from dedup.cli import run
from dedup.errors import OutputError
from dedup.outputs import commit, ownership, seal, temporary
from dedup.outputs.commit import PREFIX, recover
from dedup.outputs.temporary import OwnedFolder, remove_abandoned

Capture = pytest.CaptureFixture[str]
States = tuple[dict[str, str], dict[str, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [{"id": "a", "text": STORY}, {"id": "b", "text": STORY}, {"id": "c", "text": OTHER}]
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    Path("bad.jsonl").write_text("nonsense\n")
    return tmp_path


@pytest.fixture
def states(tmp_path: Path) -> States:
    model = tmp_path / "model"
    model.mkdir()
    old_state(model)
    before = state(model)
    do_commit(model)
    return before, state(model)


@pytest.fixture
def alarm() -> Iterator[None]:
    """A test that hangs fails."""
    signal.alarm(60)
    yield
    signal.alarm(0)


def scan(*args: str) -> int:
    return run(["scan", "in.jsonl", "--quiet", "--no-html", *args])


def recovered(folder: Path) -> dict[str, str]:
    """The state after the next commands, which leave no temporary folder."""
    recover(folder / "out")
    recover(folder / "other")
    assert not list(folder.rglob(".dedup-*"))
    return state(folder)


# -- failures on the way back --------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()], ids=repr)
def test_undoing_that_fails_is_left_to_the_next_command(tmp_path: Path, states: States, error: BaseException) -> None:
    """Rights are taken away, or a second interrupt comes, while a failed commit is being undone."""
    broke = 0
    for number in range(1, 7):
        folder = tmp_path / str(number)
        folder.mkdir()
        old_state(folder)
        replace, calls = os.replace, [0]

        def broken(*args: Any, **options: Any) -> None:
            calls[0] += 1  # noqa: B023
            if calls[0] >= number:  # noqa: B023
                raise error
            replace(*args, **options)  # noqa: B023

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "replace", broken)
            try:
                do_commit(folder)
            except type(error):
                broke += 1
        assert recovered(folder) == states[0 if calls[0] >= number else 1]
    assert broke >= 5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_at_every_line(tmp_path: Path, states: States) -> None:
    """KeyboardInterrupt at any line of the modules, and again at every line after it for a while."""
    own = {commit.__file__, temporary.__file__}
    seen, number, again = set(), 0, 1
    while True:
        number += 1 if number < 60 else 7
        folder = tmp_path / str(number)
        folder.mkdir()
        old_state(folder)
        lines = [0]

        def trace(frame: FrameType, event: str, arg: object) -> Any:
            # Where interrupts are deferred, none is raised before they are no more.
            if frame.f_code.co_filename not in own or frame.f_code.co_name == "_defer_interrupts":
                return None
            if event == "line":
                lines[0] += 1  # noqa: B023
                if number <= lines[0] < number + again:  # noqa: B023
                    raise KeyboardInterrupt
            return trace

        sys.settrace(trace)
        try:
            do_commit(folder)
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(temporary, "UNLOCKED", 0.0)
            recover(folder / "out")
            recover(folder / "other")
        assert state(folder) in states, number
        seen.add(state(folder) == states[1])
        if lines[0] < number:
            break
        again = 3 - again
    assert seen == {True, False}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("call", ["replace", "link", "chmod", "fsync"])
def test_a_storm_of_interrupts(tmp_path: Path, states: States, call: str) -> None:
    """Ctrl-C during every one of the calls: the old files stay, for the first came before the last move."""
    old_state(tmp_path)
    original = getattr(os, call)

    def interrupted(*args: Any, **options: Any) -> Any:
        done = original(*args, **options)
        signal.raise_signal(signal.SIGINT)
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, call, interrupted)
        with pytest.raises(KeyboardInterrupt):
            do_commit(tmp_path)
    assert {k: v for k, v in recovered(tmp_path).items() if not k.startswith("model")} == states[0]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def kill_in_commit(folder: Path, call: str = "os.replace", number: int = 3) -> None:
    folder.mkdir()
    old_state(folder)
    command = [sys.executable, "-c", KILLED.format(here=str(Path(__file__).parent)), str(folder), call, str(number)]
    assert subprocess.run([*command, "after"], check=False, timeout=60).returncode == -signal.SIGKILL


def test_folders_that_are_moved_after_a_kill(tmp_path: Path, states: States) -> None:
    """The parent gets another name, then the folder itself; another folder takes its name."""
    kill_in_commit(tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "b")
    (tmp_path / "b" / "out").rename(tmp_path / "b" / "aside")
    (tmp_path / "b" / "out").mkdir()
    recover(tmp_path / "b" / "out")
    assert not list((tmp_path / "b" / "out").iterdir()), "a new folder is not filled with old files"
    recover(tmp_path / "b" / "other")
    (tmp_path / "b" / "out").rmdir()
    (tmp_path / "b" / "aside").rename(tmp_path / "b" / "out")
    assert state(tmp_path / "b") == states[0]
    assert not list(tmp_path.rglob(".dedup-*"))


def test_a_folder_that_is_removed_after_a_kill(tmp_path: Path) -> None:
    kill_in_commit(tmp_path / "a")
    shutil.rmtree(tmp_path / "a" / "out")
    recover(tmp_path / "a" / "out")
    assert sorted(os.listdir(tmp_path / "a")) == ["other"]


# -- hostile files -------------------------------------------------------------------------------------------------


def abandoned(parent: Path, journal: bytes) -> Path:
    """A temporary folder as a killed process leaves it, with a journal."""
    folder = parent / f"{PREFIX}evil"
    (folder / "old").mkdir(parents=True)
    folder.chmod(0o700)
    (folder / "owner").write_bytes(b"temporary folder of dedup\n")
    (folder / "old" / "0").write_text("evil")
    (folder / "journal.json").write_bytes(journal)
    return folder


def journals(victim: Path, number: int) -> list[bytes]:
    name, way = os.fsencode(victim).hex(), os.fsencode(f"../{victim.parent.name}/victim").hex()
    new = list(commit._identity(victim))
    steps = [
        [{"target": name, "name": target, "new": identity, "old": old}]
        for target in (name, way, b"..".hex(), b"".hex(), b"a/b".hex(), "zz", 7, None)
        for identity in (new, [])
        for old in (0, "0", "../../x", None)
    ]
    last = {"target": name, "way": way, "new": [1]}
    made = [orjson.dumps({"folder": number, "steps": step, "last": last}) for step in steps]
    return [*made, b"", b"[]", b"null", b"{}", b"[" * 5000, b'{"steps": 1, "last": 2}', b"\xff", made[0][:-9]]


def test_a_journal_never_touches_a_file_elsewhere(tmp_path: Path) -> None:
    place, away = tmp_path / "place", tmp_path / "away"
    (place / "out").mkdir(parents=True)
    away.mkdir()
    victim = away / "victim"
    victim.write_text("mine")
    for folder in (place, place / "out", away):
        for journal in journals(victim, folder.stat().st_ino):
            for parent in (place, place / "out"):
                area = abandoned(parent, journal)
                recover(place / "out")
                assert victim.read_text() == "mine", journal
                assert os.listdir(away) == ["victim"]
                assert sorted(os.listdir(tmp_path)) == ["away", "place"]
                shutil.rmtree(area, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of others")
@pytest.mark.parametrize("fault", ["folder", "rights"])
def test_the_folder_of_another_user_is_left_alone(tmp_path: Path, fault: str) -> None:
    (tmp_path / "out").mkdir()
    file = tmp_path / "out" / "pairs.jsonl"
    step = {"name": b"pairs.jsonl".hex(), "new": [], "old": 0}
    journal = {"folder": (tmp_path / "out").stat().st_ino, "steps": [step], "last": {"way": b"x".hex(), "new": [1]}}
    area = abandoned(tmp_path, orjson.dumps(journal))
    if fault == "folder":
        os.chown(area, 65534, 65534)
    else:
        area.chmod(0o777)  # anybody may have written the journal
    recover(tmp_path / "out")
    assert not file.exists()
    assert area.exists()
    os.chown(area, 0, 0)
    area.chmod(0o700)
    recover(tmp_path / "out")
    assert file.read_text() == "evil", "it is a journal as dedup writes it"


def test_a_link_in_the_place_of_a_temporary_folder(tmp_path: Path) -> None:
    """Who may write beside it can rename it and put a link there, before it is removed or while."""
    victim = tmp_path / "victim"
    (victim / "deep").mkdir(parents=True)
    (victim / "deep" / "file").write_text("mine")
    (victim / "owner").write_bytes(b"temporary folder of dedup\n")
    for _ in range(2):
        one = OwnedFolder(tmp_path, PREFIX)
        one.path.rename(tmp_path / "stolen")
        one.path.symlink_to(victim)
        assert remove_abandoned(tmp_path, PREFIX) == 0
        one.close()
        assert (victim / "deep" / "file").read_text() == "mine"
        one.path.unlink()
        shutil.rmtree(tmp_path / "stolen")
    one = OwnedFolder(tmp_path, PREFIX)
    (one.path / "sub").symlink_to(victim)
    one.close()
    assert (victim / "deep" / "file").read_text() == "mine"
    assert os.listdir(tmp_path) == ["victim"]

    def swap(folder: Path, handle: int) -> bool:
        folder.rename(tmp_path / "stolen")
        folder.symlink_to(victim)
        return True

    abandoned(tmp_path, b"")
    remove_abandoned(tmp_path, PREFIX, swap)
    assert (victim / "deep" / "file").read_text() == "mine"


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), KeyboardInterrupt()], ids=repr)
def test_a_folder_that_cannot_be_locked_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """No descriptor is free, or an interrupt comes, after the folder was made."""
    real = os.open

    def full(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if str(path).endswith("owner.new"):
            if isinstance(error, KeyboardInterrupt):
                os.close(real(path, flags, *args, **options))
            raise error
        return real(path, flags, *args, **options)

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(type(error)):
        OwnedFolder(tmp_path, PREFIX)
    assert not list(tmp_path.iterdir())


def test_a_summary_that_names_more_than_dedup_writes(here: Path) -> None:
    Path("mine").mkdir()
    Path("mine/file").write_text("mine")
    Path("out").mkdir()
    Path("out/foreign").write_text("mine")
    digest = seal.digest_of("mine/file")
    names = ["../mine/file", str(here / "mine/file"), ".", "..", "", "a\0b", "n" * 5000, "mine/file", "/"]
    for files in (dict.fromkeys(names, digest) | {"foreign": ""}, {"foreign": None}, {"foreign": 7}, [], None, "x"):
        Path("out/summary.json").write_bytes(seal.seal_json(seal.SCAN, {"files": files}))
        assert scan("--out", "out") in (0, 3)
        assert Path("mine/file").read_text() == "mine"
        assert Path("out/foreign").read_text() == "mine"
        for name in {*os.listdir("out")} - {"foreign"}:
            Path("out", name).unlink()
    deep = b'{"files": ' + b'{"a": ' * 100_000 + b"1" + b"}" * 100_001
    for data in (
        deep,
        b" " * 50_000_000,
        seal.seal_json(seal.SCAN, {"files": {f"{n}": digest for n in range(20_000)}}),
    ):
        Path("out/summary.json").write_bytes(data)
        assert scan("--out", "out") in (0, 3)
        assert Path("out/foreign").read_text() == "mine"


# -- folders of many kinds -----------------------------------------------------------------------------------------


def other_group() -> int | None:
    groups = [65534] if os.geteuid() == 0 else [group for group in os.getgroups() if group != os.getegid()]
    return groups[0] if groups else None


@pytest.mark.skipif(other_group() is None, reason="no second group")
def test_results_get_the_group_that_their_folder_hands_down(here: Path) -> None:
    out, group = Path("out"), other_group()
    assert group is not None
    out.mkdir()
    os.chown(out, -1, group)
    out.chmod(0o2775)
    for _ in range(2):
        assert scan("--out", "out", "--sqlite", "out/x.db") == 0
        assert {path.stat().st_gid for path in out.iterdir()} == {group}
        assert out.stat().st_mode & 0o7777 == 0o2775
    assert sorted(os.listdir()) == ["bad.jsonl", "in.jsonl", "out"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
@pytest.mark.parametrize("both", [False, True])
def test_a_folder_that_is_mounted_from_the_same_device(here: Path, alarm: None, both: bool) -> None:
    Path("real").mkdir()
    Path("out").mkdir()
    if subprocess.run(["mount", "--bind", "real", "out"], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed")
    try:
        for _ in range(2):  # by both paths at once, it is one folder
            assert scan("--out", "out", *(["--sqlite", "real/x.db"] if both else [])) == 0
        assert ("x.db" in os.listdir("real")) is both
        Path("real/articles.jsonl").write_bytes(Path("in.jsonl").read_bytes())
        assert run(["scan", "real/articles.jsonl", "--quiet", "--out", "out"]) == 2
    finally:
        subprocess.run(["umount", "out"], check=True)


def test_two_paths_of_one_folder(here: Path, alarm: None, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(commit, "LOCK_TIMEOUT", 1000.0)
    slashes = f"/{here}/out"  # POSIX lets //tmp be something else than /tmp
    for _ in range(2):
        assert scan("--out", slashes, "--sqlite", f"{here}/out/x.db") == 0
    assert "x.db" in json.loads(Path("out/summary.json").read_text())["files"]
    Path("out/articles.csv").write_text("id,text\n1,a\n")
    args = ("scan", f"{here}/out/articles.csv", "--out", slashes, "--overwrite", "--csv")
    refused(here, capsys, *args, says="is an input and", codes=(2,))
    with commit._lock_folders([here, Path(f"/{here}"), here / "out"]):
        pass


def test_a_folder_that_another_program_has_locked(here: Path, alarm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """`flock out dedup scan ... --out out` waits for the scan, and the scan must not wait for it."""
    monkeypatch.setattr(commit, "LOCK_TIMEOUT", 0.2)
    Path("out").mkdir()
    handle = os.open("out", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        assert scan("--out", "out") == 0
    finally:
        os.close(handle)


def test_names_that_differ_in_case_only(here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Pairs.jsonl and pairs.jsonl are one file, it is the user's."""
    assert scan("--out", "out") == 0
    Path("out/Report.HTML").write_text("mine")
    lexists = os.path.lexists

    def folded(path: Any) -> bool:
        folder, name = os.path.split(os.fspath(path))
        return bool(lexists(folder or ".") and name.lower() in {one.lower() for one in os.listdir(folder or ".")})

    monkeypatch.setattr(ownership.os.path, "lexists", folded)
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", says="out/report.html was")
    args = ("scan", "in.jsonl", "--out", "out", "--sqlite", "out/PAIRS.JSONL")
    refused(here, capsys, *args, says="is the name of another file of a scan")


@pytest.mark.parametrize("name", ["-x", "new\nline", "n" * 255, b"\xff\xfe", "é" * 127])
def test_odd_names(here: Path, name: str | bytes) -> None:
    out = os.fsdecode(name)
    for _ in range(2):
        assert scan(f"--out={out}") == 0
    assert Path(out, "summary.json").is_file()


def test_odd_names_of_databases(here: Path, capsys: Capture) -> None:
    for name in (os.fsdecode(b"\xff.db"), "n" * 255, "-x", ":memory:", "file:x?mode=memory"):
        for _ in range(2):
            assert scan("--out", "out", f"--sqlite={name}") == 0
        assert seal.is_sealed_database(name)
    args = ("scan", "in.jsonl", "--out", "out", "--sqlite", os.fsdecode(b"out/\xff.db"))
    refused(here, capsys, *args, says="its name is not UTF-8")
    for option in ("--out", "--sqlite", "--save-furniture"):
        long = ["scan", "in.jsonl", "--out", "out", option, "n" * 256]
        refused(here, capsys, *long, says="File name too long")
    refused(here, capsys, "extract", "in.jsonl", "--out", "n" * 256, says="File name too long")
    refused(here, capsys, "scan", "in.jsonl", "--out", "new", "--sqlite", "new", says="is the folder of --out")


def test_temporary_files_in_the_folder_of_results(here: Path) -> None:
    Path("out").mkdir()
    for _ in range(2):
        assert scan("--out", "out", "--tmp", "out") == 0
    assert not list(here.rglob("*dedup-*"))


# -- single files --------------------------------------------------------------------------------------------------


def test_a_pipe_is_never_replaced(here: Path, alarm: None) -> None:
    os.mkfifo("pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_bytes()))
    reader.start()
    assert scan("--out", "out", "--save-furniture", "pipe") == 0
    reader.join()
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)
    assert seal.parse_sealed_json(got[0], seal.FURNITURE) is not None
    for device in ("/dev/null", "/dev/full", "/dev/stdout"):
        before = os.lstat(device)
        code = scan("--out", "out", "--save-furniture", device)
        assert os.path.samestat(os.lstat(device), before)
        assert code == (3 if device == "/dev/full" else 0)


def test_an_input_within_a_folder_is_never_an_output(here: Path, capsys: Capture) -> None:
    Path("corpus/sub").mkdir(parents=True)
    shutil.copy("in.jsonl", "corpus/sub/a.jsonl")
    os.link("corpus/sub/a.jsonl", "hard")
    Path("corpus/soft.jsonl").symlink_to("../ex.jsonl")
    assert run(["extract", "in.jsonl", "--out", "ex.jsonl"]) == 0
    for name in ("corpus/sub/a.jsonl", "hard", "ex.jsonl"):
        for option in ("--sqlite", "--save-furniture"):
            args = ("scan", "corpus", "--out", "out", option, name, "--overwrite")
            refused(here, capsys, *args, says="is an input of this command", codes=(2,))
        refused(here, capsys, "extract", "corpus", "--out", name, "--overwrite", says="is an input", codes=(2,))
    with dedup.scan("corpus") as result, pytest.raises(dedup.DedupError, match="is an input"):
        result.write("out", sqlite="hard", overwrite=True)
    Path("tuned").mkdir()
    Path("tuned/tuning.json").write_bytes(Path("in.jsonl").read_bytes())
    args = ("tune", "tuned", "--out", "tuned", "--format", "json", "--overwrite")
    refused(here, capsys, *args, says="is an input of this command", codes=(2,))


def test_an_extract_without_articles_leaves_the_earlier_file(here: Path, capsys: Capture) -> None:
    assert run(["extract", "in.jsonl", "--out", "ex.jsonl"]) == 0
    before = snapshot(here)
    assert run(["extract", "bad.jsonl", "--out", "ex.jsonl"]) == 1
    assert "ex.jsonl stays as it was" in capsys.readouterr().err
    assert snapshot(here) == before
    assert run(["extract", "bad.jsonl", "--out", "new.jsonl"]) == 1
    assert snapshot(here) == before


@pytest.mark.parametrize("command", ["extract", "articles", "failed"])
def test_a_file_that_comes_while_the_work_is_done(
    here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    args = {
        "extract": ["extract", "in.jsonl", "--out", "f"],
        "articles": ["index", "export", "s.db", "--articles", "f"],
    }
    with dedup.Index("s.db") as index:
        index.add_many("in.jsonl")
    target = Path("out.failed/rejects.jsonl" if command == "failed" else "f")
    made = commit.Staging.area

    def late(*names: Any, **options: Any) -> Path:
        area = made(*names, **options)
        target.parent.mkdir(exist_ok=True)
        target.write_text("mine")
        return area

    monkeypatch.setattr(commit.Staging, "area", late)
    assert run(args.get(command, ["scan", "bad.jsonl", "--out", "out"])) == 3
    assert target.read_text() == "mine"
    assert not list(here.rglob(".dedup-*"))


def test_a_result_that_is_changed_while_the_new_ones_reach_the_disk(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scan("--out", "out") == 0
    sync = commit._sync

    def slow(path: Path) -> None:
        sync(path)
        Path("out/pairs.jsonl").write_text("mine")

    monkeypatch.setattr(commit, "_sync", slow)
    assert scan("--out", "out") == 3
    assert Path("out/pairs.jsonl").read_text() == "mine"


def test_a_change_that_hides_its_time(here: Path) -> None:
    """The same size, and the modification time put back: the system's own time of the change shows it."""
    with dedup.scan("in.jsonl") as result:
        result.write("out")
        file = Path("out/pairs.jsonl")
        times = file.stat()
        data = file.read_bytes()
        with file.open("r+b") as stream:
            stream.write(data[:1].swapcase() + b"X")
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        changed = file.read_bytes()
        with pytest.raises(OutputError, match="was changed"):
            result.write("out")
    assert file.read_bytes() == changed


def test_a_database_of_the_results_that_is_in_use(here: Path, capsys: Capture) -> None:
    args = ("scan", "in.jsonl", "--quiet", "--out", "out", "--sqlite", "out/x.db")
    assert run(list(args)) == 0
    Path("out/x.db-journal").write_bytes(b"log of another program")
    refused(here, capsys, *args, says="is in use, or was not closed")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", says="is in use, or was not closed")
    Path("out/x.db-journal").unlink()
    for name in ("out/x.db", "y.db"):
        own = (*args[:-1], name)
        assert run(list(own)) == 0
        before = Path(name).stat()
        base = sqlite3.connect(name, isolation_level=None)
        base.execute("BEGIN")
        base.execute("SELECT count(*) FROM articles").fetchone()
        refused(here, capsys, *own, says="is in use")
        base.execute("COMMIT")
        assert Path(name).stat().st_mtime_ns == before.st_mtime_ns
        assert run(list(own)) == 0
        base.close()


def test_an_export_of_articles_into_the_folder_of_results(here: Path, capsys: Capture) -> None:
    with dedup.Index("s.db") as index:
        index.add_many("in.jsonl")
    Path("d").mkdir()
    for _ in range(2):
        assert run(["index", "export", "s.db", "--out", "d", "--articles", "d/articles.jsonl"]) == 0
    args = ("index", "export", "s.db", "--out", "d", "--articles", "d/pairs.jsonl", "--overwrite")
    refused(here, capsys, *args, says="is the name of another file of a scan", codes=(2,))
    refused(here, capsys, "index", "export", "s.db", "--out", "e", "--articles", "e", says="is the folder of --out")


def test_sockets_and_folders_with_our_names(here: Path, capsys: Capture) -> None:
    assert scan("--out", "out") == 0
    Path("out/flow.graphml").mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("out/report.html")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", "--graphml", says="flow.graphml is a folder")
    args = ("scan", "in.jsonl", "--out", "out", "--graphml", "--no-html", "--overwrite")
    refused(here, capsys, *args, says="flow.graphml is a folder")
    refused(here, capsys, "scan", "in.jsonl", "--out", "out", says="report.html was not written by dedup")


# -- many at once --------------------------------------------------------------------------------------------------


def test_threads_and_forks_that_write_into_one_folder(here: Path, alarm: None) -> None:
    """Each one writes whole results or says that another was first."""
    outcomes: list[str] = []
    with dedup.scan("in.jsonl") as one, dedup.scan("in.jsonl", shingle_size=4) as two:

        def write(result: dedup.ScanResult) -> None:
            for number in range(12):
                try:
                    result.write("out", html=False, csv=number % 2 == 0)
                    outcomes.append("written")
                except OutputError as error:
                    outcomes.append(str(error))

        threads = [threading.Thread(target=write, args=(result,)) for result in (one, two, one)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                one.write("out", html=False)
                one.close()
                code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        two.write("out", html=False)
    assert outcomes.count("written") >= 12
    assert all(one == "written" or "changed" in one or "not empty" in one for one in outcomes), set(outcomes)
    files = json.loads(Path("out/summary.json").read_text())["files"]
    assert {name: seal.digest_of(f"out/{name}") for name in files} == files
    assert {*files, "summary.json"} == {*os.listdir("out")}
    assert not list(here.rglob(".dedup-*"))


def test_an_interrupt_waits_while_a_kernel_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """numba and LLVM call Python from C code that crashes where an exception comes back."""
    from dedup import cli

    def caller(handler: Any, frame: Any = sys._getframe) -> None:
        handler(signal.SIGTERM, frame())

    within = eval("lambda handler, frame: handler(15, frame())", {"__name__": "llvmlite.binding.executionengine"})
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda process, number: sent.append((process, number)))
    within(cli._interrupt, sys._getframe)
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(10)
    assert sent == [(os.getpid(), signal.SIGTERM)], "it is sent again a little later"
    with pytest.raises(KeyboardInterrupt):
        caller(cli._interrupt)
