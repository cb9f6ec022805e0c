"""A commit is all or nothing: with every system call failing, or killing the process, one after the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dedup.outputs import commit, temporary
from dedup.outputs.commit import Move, Staging, recover, replace_file
from dedup.outputs.temporary import OwnedFolder, remove_abandoned

#: What a commit calls, in its order; each is made to fail or to kill at its n-th call.
CALLS = (
    "os.link",
    "os.replace",
    "os.chmod",
    "os.fsync",
    "pathlib.Path.rename",
    "pathlib.Path.unlink",
    "pathlib.Path.write_bytes",
)


def old_state(folder: Path) -> None:
    (folder / "out").mkdir()
    for name in ("a", "b", "gone", "manifest", "foreign"):
        (folder / "out" / name).write_text(f"old {name}")
    (folder / "out" / "a").chmod(0o600)
    (folder / "other").mkdir()
    (folder / "other" / "file").write_text("old file")


def state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): f"{path.read_text()} {path.stat().st_mode & 0o777:o}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".dedup-" not in str(path)
    }


def do_commit(folder: Path) -> None:
    """Replace a, b, manifest and other/file, remove gone, add fresh."""
    out, other = folder / "out", folder / "other"
    staging = Staging()
    try:
        fresh, aside = staging.area(out) / "new", staging.area(other, inside=True) / "new"
        for name in ("a", "b", "fresh", "manifest"):
            (fresh / name).write_text(f"new {name}")
        (aside / "file").write_text("new file")
        moves = [Move(aside / "file", other / "file", other), Move(None, out / "gone", out)]
        staging.commit([*moves, *(Move(fresh / name, out / name, out) for name in ("a", "b", "fresh", "manifest"))])
    finally:
        staging.close()


@pytest.fixture
def states(tmp_path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Before and after."""
    model = tmp_path / "model"
    model.mkdir()
    old_state(model)
    before = state(model)
    do_commit(model)
    after = state(model)
    assert before.keys() - after.keys() == {"out/gone"}
    assert after.keys() - before.keys() == {"out/fresh"}
    assert after["out/foreign"] == before["out/foreign"]
    assert after["out/a"] == "new a 600"
    assert not list(model.rglob(".dedup-*"))
    return before, after


def break_at(monkeypatch: pytest.MonkeyPatch, call: str, number: int, error: BaseException) -> list[int]:
    module, _, name = call.rpartition(".")
    holder: Any = os if module == "os" else Path
    original, calls = getattr(holder, name), [0]

    def broken(*args: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] == number:
            raise error
        return original(*args, **options)

    monkeypatch.setattr(holder, name, broken)
    return calls


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_fails(
    tmp_path: Path, states: tuple[dict[str, str], dict[str, str]], call: str, error: BaseException
) -> None:
    before, after = states
    broke = 0
    for number in range(1, 40):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        old_state(folder)
        with pytest.MonkeyPatch.context() as patch:
            calls = break_at(patch, call, number, error)
            try:
                do_commit(folder)
                assert state(folder) == after  # an error that may be passed over
            except type(error):
                broke += 1
                assert state(folder) in (before, after), (call, number)
                if call in ("os.replace", "os.link"):
                    assert state(folder) == before or isinstance(error, OSError)
        assert not list(folder.rglob(".dedup-*"))
        if calls[0] < number:
            break
    assert broke or call in ("os.link", "os.fsync")  # a copy is made instead; some file systems cannot


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {here!r})
import test_commit
call, number = sys.argv[2], int(sys.argv[3])
name = call.rpartition(".")[2]
holder = os if call.startswith("os.") else Path
original, calls = getattr(holder, name), [0]
def killing(*args, **options):
    calls[0] += 1
    if calls[0] == number and sys.argv[4] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    done = original(*args, **options)
    if calls[0] == number and sys.argv[4] == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return done
setattr(holder, name, killing)
test_commit.do_commit(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["os.link", "os.replace", "pathlib.Path.rename", "pathlib.Path.unlink"])
def test_a_killed_process_leaves_the_old_or_the_new_state_to_the_next(
    tmp_path: Path, states: tuple[dict[str, str], dict[str, str]], call: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = states
    seen = set()
    for number in range(1, 30):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        old_state(folder)
        command = [sys.executable, "-c", KILLED.format(here=str(Path(__file__).parent))]
        done = subprocess.run([*command, str(folder), call, str(number), when], check=False, timeout=60)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        monkeypatch.setattr(temporary, "UNLOCKED", 0.0)
        recover(folder / "out")
        recover(folder / "other")
        assert state(folder) in (before, after), (call, number)
        seen.add(state(folder) == after)
        assert not list(folder.rglob(".dedup-*")), "what a killed process leaves is cleared away"
    assert False in seen, "the old state comes back at least once"


def test_a_new_folder_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    staging = Staging()
    fresh = staging.area(out) / "new"
    (fresh / "a").write_text("new")
    assert not out.exists()
    staging.commit([Move(fresh, out, out)])
    staging.close()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "a").read_text() == "new"


def test_one_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    with replace_file(target) as fresh:
        fresh.write_text("one")
    with pytest.raises(UnicodeEncodeError), replace_file(target) as fresh:
        fresh.write_text("two \ud800", "utf-8")
    assert target.read_text() == "one"
    assert os.listdir(tmp_path) == ["file"]


def test_a_live_neighbour_is_left_alone(tmp_path: Path) -> None:
    """Another process that is writing into the same folder has its temporary folder there."""
    code = "import sys, time; from dedup.outputs.temporary import OwnedFolder as F; f = F(sys.argv[1], '.dedup-'); " \
        "print(f.path, flush=True); time.sleep(60)"  # fmt: skip
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    path = Path(child.stdout.readline().strip())
    (path / "words").write_text("x")
    recover(tmp_path)
    assert (path / "words").exists()
    child.kill()
    child.wait()
    recover(tmp_path)
    assert not path.exists()
    child.stdout.close()


def test_only_what_is_ours_and_abandoned_is_removed(tmp_path: Path) -> None:
    ours = OwnedFolder(tmp_path, "dedup-")
    (tmp_path / "dedup-notes").mkdir()
    (tmp_path / "dedup-notes" / "file").write_text("mine")
    (tmp_path / "dedup-owner").mkdir()
    (tmp_path / "dedup-owner" / "owner").write_text("a file of mine that is called owner")
    (tmp_path / "dedup-file").write_text("mine")
    (tmp_path / "else").mkdir()
    (tmp_path / "dedup-link").symlink_to("else")
    assert remove_abandoned(tmp_path, "dedup-") == 0
    ours.close()
    assert sorted(os.listdir(tmp_path)) == ["dedup-file", "dedup-link", "dedup-notes", "dedup-owner", "else"]


def test_a_killed_scan_leaves_nothing_for_the_one_after_the_next(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "dedup", "scan", "-", "--out", str(tmp_path / "out"), "--tmp", str(scratch)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not any(scratch.glob("dedup-*/owner")) and time.monotonic() < until:
        time.sleep(0.02)
    child.kill()
    child.wait()
    assert child.stdin is not None
    child.stdin.close()
    assert any(scratch.iterdir())
    (tmp_path / "in.jsonl").write_text('{"text": "some words that make a text of eight words"}\n')
    command[command.index("-")] = str(tmp_path / "in.jsonl")
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert not any(scratch.iterdir())


def test_no_name_is_ever_without_its_file(tmp_path: Path) -> None:
    """Who reads while results are replaced finds every file, old or new."""
    old_state(tmp_path)
    missing: list[str] = []
    replace = os.replace

    def watched(*args: Any) -> None:
        replace(*args)
        missing.extend(name for name in ("a", "b", "manifest") if not (tmp_path / "out" / name).exists())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commit.os, "replace", watched)
        do_commit(tmp_path)
    assert not missing
