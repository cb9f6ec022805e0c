"""Writers take turns in the order in which they came; threads that end leave nothing open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stories import crawl

from dedup.errors import IndexUnusable
from dedup.index.public import Index
from dedup.index.stores.sqlite import connections, write_queue
from dedup.index.stores.sqlite.write_queue import WriteQueue

LINUX = pytest.mark.skipif(not hasattr(write_queue.fcntl, "F_OFD_SETLK"), reason="no locks of open files")
HERE = Path(__file__).parent


def forked(work: Callable[[], None]) -> int:
    """Run in a process of its own, a fork of this one; its number."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)


def ended(*children: int) -> bool:
    return all(os.waitpid(child, 0)[1] == 0 for child in children)


class Turns:
    """A number that is raised in every turn of a writer, by any process."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT)

    def count(self) -> int:
        return int.from_bytes(os.pread(self._file, 8, 0), "little")

    def next(self) -> int:
        count = self.count() + 1
        os.pwrite(self._file, count.to_bytes(8, "little"), 0)
        return count


@LINUX
def test_no_writer_is_passed_over_beside_a_busy_one(tmp_path: Path) -> None:
    """From when it comes to when it writes, each of the others writes once at most; two more may be on their way."""
    path, others, done = tmp_path / "seen.db", 3, tmp_path / "done"
    Index(path).close()
    turns = Turns(tmp_path / "turns")

    def busy() -> None:
        with Index(path) as index:
            while not done.exists():
                with index._store.transaction(write=True):
                    turns.next()
                    time.sleep(0.01)

    def single(name: str) -> None:
        with Index(path) as index:
            waits = []
            for _ in range(25):
                before = turns.count()
                with index._store.transaction(write=True):
                    waits.append(turns.next() - before - 1)
            (tmp_path / name).write_text(" ".join(map(str, waits)))

    first = forked(busy)
    while turns.count() < 3:
        time.sleep(0.01)
    children = [forked(lambda name=name: single(name)) for name in "abc"]
    assert ended(*children)
    done.touch()
    assert ended(first)
    waits = [int(word) for name in "abc" for word in (tmp_path / name).read_text().split()]
    assert len(waits) == 25 * others
    assert max(waits) <= others + 2


@LINUX
def test_processes_that_are_killed_hold_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    began = tmp_path / "began"

    def holds() -> None:
        with WriteQueue(str(path), 60).turn():
            began.touch()
            time.sleep(60)

    def waits() -> None:
        with WriteQueue(str(path), 60).turn():
            raise AssertionError

    holder = forked(holds)
    while not began.exists():
        time.sleep(0.01)
    waiting = forked(waits)
    time.sleep(0.05)
    begun: list[float] = []

    def comes() -> None:
        with WriteQueue(str(path), 60).turn():
            begun.append(time.monotonic())

    thread = threading.Thread(target=comes)
    thread.start()
    time.sleep(0.05)
    os.kill(waiting, signal.SIGKILL)
    os.waitpid(waiting, 0)
    time.sleep(0.05)
    assert not begun, "one that waited is gone, but not the one that writes"
    os.kill(holder, signal.SIGKILL)
    os.waitpid(holder, 0)
    thread.join(30)
    assert begun


@LINUX
def test_threads_of_a_process_take_turns(tmp_path: Path) -> None:
    line, order = WriteQueue(str(tmp_path / "seen.db"), 60), []
    gate = threading.Event()

    def comes(name: int) -> None:
        with line.turn():
            order.append(name)

    with line.turn():
        threads = []
        for name in range(12):
            threads.append(threading.Thread(target=comes, args=(name,)))
            threads[-1].start()
            while len(line._threads._queue) <= name + 1:
                gate.wait(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(12))


@LINUX
def test_who_waits_too_long_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "seen.db"
    Index(path).close()
    monkeypatch.setattr(connections, "TIMEOUT", 0.1)
    for holder in (WriteQueue(str(path), 60), None):
        with Index(path) as index:
            line = index._store._connections._queue if holder is None else holder  # type: ignore[attr-defined]
            with line.turn():
                problem: list[Exception] = []

                def adds(index: Index = index, problem: list[Exception] = problem) -> None:
                    try:
                        index.add(crawl(0, 1)[0])
                    except IndexUnusable as error:
                        problem.append(error)

                thread = threading.Thread(target=adds)
                thread.start()
                thread.join(30)
            assert "another process has been writing for more than" in str(problem[0])
            index.add(crawl(0, 1)[0])
            index.remove(crawl(0, 1)[0]["id"])


@LINUX
def test_the_file_of_the_queue_goes_with_its_last_user(tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    lock = tmp_path / "seen.db-lock"
    with Index(path) as index, Index(path) as other:
        index.add(crawl(0, 1)[0])
        assert lock.exists()
        lock.unlink()  # which nobody should do, and which does no harm
        other.add(crawl(1, 1)[0])
        index.add(crawl(2, 1)[0])
        assert len(index) == 3
        assert lock.exists()
    assert not lock.exists()


@LINUX
def test_without_a_place_for_the_file_writers_wait_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "seen.db"
    (tmp_path / "seen.db-lock").mkdir()
    with Index(path) as index:
        assert index.add(crawl(0, 1)[0]).stored
    monkeypatch.delattr(write_queue.fcntl, "F_OFD_SETLK")
    with Index(path) as index:
        assert index.add(crawl(1, 1)[0]).stored


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts the open files that /proc lists")
def test_short_lived_threads_leave_no_file_open() -> None:
    code = """
import os, resource, sys, tempfile, threading
sys.path[:0] = sys.argv[1:]
from stories import crawl
from dedup import Index
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
with tempfile.TemporaryDirectory() as folder, Index(os.path.join(folder, "seen.db")) as index:
    index.add_many(crawl(0, 20))
    before, problems, most = len(os.listdir("/proc/self/fd")), [], 0
    def ask(number):
        try:
            if number % 100 == 0:
                index.add(crawl(1000 + number, 1)[0])
            assert "000003" in index
        except Exception as error:
            problems.append(error)
    for number in range(2000):
        thread = threading.Thread(target=ask, args=(number,))
        thread.start()
        thread.join()
        most = max(most, len(os.listdir("/proc/self/fd")))
    print(most - before, len(index), problems[:1])
"""
    command = [sys.executable, "-c", code, str(HERE), str(HERE.parent), str(HERE.parents[1])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    more, count, problems = done.stdout.split(" ", 2)
    assert problems.strip() == "[]", done.stderr
    assert int(count) == 40
    assert int(more) <= 8
