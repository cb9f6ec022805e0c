"""Temporary folders whose process is killed or stopped at any line: the next run removes the former alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dedup.outputs import temporary
from dedup.outputs.temporary import OwnedFolder, remove_abandoned

#: A process that makes and closes a folder and gets a signal at line number `n` of the module, for one n after another;
#: another looks for abandoned folders then. It prints n, what the other removed, and what is there in the end.
AT_EACH_LINE = """
import os, signal, sys
from dedup.outputs import temporary
temporary.UNLOCKED = 0.0
parent, number = sys.argv[1], int(sys.argv[2])
for name in ("SIGTERM", "SIGHUP"):  # whoever runs the tests may ignore them
    signal.signal(getattr(signal, name), signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

def child(n):
    lines = [0]
    def trace(frame, event, arg):
        if frame.f_code.co_filename != temporary.__file__ or frame.f_code.co_name in ("flock", "_hold"):
            return None
        if event == "line":
            lines[0] += 1
            if lines[0] == n:
                os.kill(os.getpid(), number)
        return trace
    sys.settrace(trace)
    folder = temporary.OwnedFolder(parent, "dedup-")
    sys.settrace(None)
    is_whole = (folder.path / "owner").exists()
    sys.settrace(trace)
    folder.close()
    sys.settrace(None)
    os._exit(0 if lines[0] < n else 7 if is_whole else 1)

for n in range(1, 300):
    process = os.fork()
    if not process:
        child(n)
    _, status = os.waitpid(process, os.WUNTRACED)
    names = os.listdir(parent)
    count = temporary.remove_abandoned(parent, "dedup-")
    if os.WIFSTOPPED(status):
        kept = os.listdir(parent)
        os.kill(process, signal.SIGCONT)
        _, status = os.waitpid(process, 0)
        print(n, len(names), len(kept), os.waitstatus_to_exitcode(status), len(os.listdir(parent)), flush=True)
    else:
        print(n, len(names), count, os.waitstatus_to_exitcode(status), len(os.listdir(parent)), flush=True)
    if os.waitstatus_to_exitcode(status) == 0:
        break
"""

pytestmark = pytest.mark.skipif(temporary.fcntl is None, reason="without locks no folder counts as abandoned")


def at_each_line(parent: Path, number: int) -> list[list[int]]:
    command = [sys.executable, "-c", AT_EACH_LINE, str(parent), str(int(number))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return [list(map(int, line.split())) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"])
def test_the_next_run_removes_what_a_killed_process_left(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    rows = at_each_line(tmp_path, number)
    assert rows[-1][3] == 0
    assert len(rows) > 20
    # Python itself makes an exception of SIGINT, and the process ends with it.
    ends = {-number, 1} if name == "SIGINT" else {-number}
    assert {row[3] for row in rows[:-1]} <= ends
    assert any(row[1] for row in rows), "something is left"
    assert [row[4] for row in rows] == [0] * len(rows), "and removed"


def test_a_process_that_stands_still_keeps_its_folder(tmp_path: Path) -> None:
    """At no line can another process that looks for abandoned folders take away what a process has made."""
    rows = at_each_line(tmp_path, signal.SIGSTOP)
    assert rows[-1][3] == 0
    assert [row[3] for row in rows[:-1]] == [7] * (len(rows) - 1), "its folder was whole when it went on"
    assert [row[4] for row in rows] == [0] * len(rows)
    assert sum(row[2] for row in rows) > 10


def old(path: Path) -> Path:
    os.utime(path, (0, 0))
    return path


def test_empty_folders_of_others_stay(tmp_path: Path) -> None:
    """Their names may begin as ours do; and the content decides where the name is one of ours."""
    names = ["dedup-archives", "dedup-0123abcd", "dedup-notes.dedup-tmp"]
    for name in names:
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / names[-1] / "mine").touch()
    (tmp_path / "dedup-wide_123.dedup-tmp").mkdir()
    (tmp_path / "dedup-wide_123.dedup-tmp").chmod(0o777)
    for path in tmp_path.iterdir():
        old(path)
    assert remove_abandoned(tmp_path, "dedup-") == 0
    assert len(list(tmp_path.iterdir())) == 4


def test_a_fresh_folder_without_an_owner_stays_a_while(tmp_path: Path) -> None:
    """Versions before took no lock on the folder around theirs."""
    path = tmp_path / "dedup-k3j2h1g0.dedup-tmp"
    path.mkdir(mode=0o700)
    assert remove_abandoned(tmp_path, "dedup-") == 0
    old(path)
    assert remove_abandoned(tmp_path, "dedup-") == 1


def test_a_folder_can_be_made_beside_a_foreign_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary, "_PATIENCE", 0.05)
    handle = os.open(tmp_path, os.O_RDONLY)
    temporary.fcntl.flock(handle, temporary.fcntl.LOCK_EX)
    with OwnedFolder(tmp_path, "dedup-") as path:
        assert path.is_dir()
    os.close(handle)
