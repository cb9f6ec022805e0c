"""Run worker processes, with a thread for each: a page in, a `Future` of its outcome out.

Workers are started as programs (`subprocess`). A fork is unsafe in a process with threads, and `multiprocessing` would
run a user's script again. A worker has one page at a time, so a crash is the fault of that page.
"""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Lock, Thread, Timer
from typing import Any

import orjson

from dedup.errors import DedupError
from dedup.inputs.html.limits import Limits

#: The program of a worker; its arguments are the limits, then the module search path of this process.
_START = (
    "import sys; sys.path[:] = sys.argv[3:]; from dedup.inputs.html.worker import main;"
    " main(float(sys.argv[1]), int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a page. answer: of the worker. lasting: whether another extraction would have the same result."""

    answer: dict[str, Any]
    lasting: bool = True


class _Worker:
    """One worker process, started at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        # With a random seed of hashes, sets of strings have another order in every process.
        environ = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable or "python3", "-c", _START, str(limits.cpu), str(limits.memory)]
        command += [path or os.getcwd() for path in sys.path]
        # In a session of its own: Ctrl-C reaches only this process, which then ends its workers.
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            start_new_session=True,
        )
        self.overdue = False

    def ready(self) -> None:
        """Wait until the worker has loaded its parsers. Raises `DedupError` if it cannot."""
        answer = self._answer()
        if answer is None or "failed" in answer:
            self.end()
            reason = answer["failed"] if answer else f"it ended with {self.process.returncode}"
            raise DedupError(f"the extraction of pages cannot be started: {reason}; is trafilatura installed?")

    def ask(self, header: dict[str, Any], content: bytes) -> Outcome:
        """Extract one page. A worker that answers `recycle`, or not at all, must be replaced."""
        clock = Timer(self.limits.wall, self._expire)
        clock.daemon = True
        clock.start()
        try:
            head = orjson.dumps({**header, "size": len(content)}, option=orjson.OPT_APPEND_NEWLINE)
            assert self.process.stdin is not None
            with suppress(OSError):  # it has ended; its missing answer shows that
                self.process.stdin.writelines((head, content))
                self.process.stdin.flush()
            answer = self._answer()
        finally:
            clock.cancel()
        if answer is not None:
            return Outcome(answer)
        self.end()
        return self._death()

    def _answer(self) -> dict[str, Any] | None:
        """Read one answer; None if the worker has ended."""
        assert self.process.stdout is not None
        try:
            return orjson.loads(self.process.stdout.readline())  # type: ignore[no-any-return]
        except (OSError, ValueError):
            return None

    def _expire(self) -> None:
        self.overdue = True
        with suppress(OSError):
            self.process.kill()

    def _death(self) -> Outcome:
        import signal

        code = self.process.returncode
        if self.overdue:
            detail = f"no answer within {self.limits.wall:g} seconds"
            return Outcome({"reject": ["timeout", detail]}, lasting=False)
        if code == -getattr(signal, "SIGPROF", 0):
            detail = f"extraction takes more than {self.limits.cpu:g} seconds of processor time"
            return Outcome({"reject": ["timeout", detail]})
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Outcome({"reject": ["extractor_crashed", f"the parser's process ended with {how}"]}, lasting=False)

    def end(self) -> None:
        """End the process now, and wait until it has ended."""
        with suppress(OSError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


@dataclass
class _State:
    """What the threads of a pool share. It has no reference to the pool, so an unused pool is garbage-collected."""

    limits: Limits
    jobs: SimpleQueue[tuple[dict[str, Any], bytes, Future[Outcome]] | None] = field(default_factory=SimpleQueue)
    workers: set[_Worker] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)
    closed: bool = False


class WorkerPool:
    """At most `count` workers, started when pages come. They end when the pool is closed or garbage-collected."""

    def __init__(self, count: int, limits: Limits) -> None:
        self.count = count
        self._state = _State(limits)
        self._threads = 0
        self._close = weakref.finalize(self, _end_all, self._state)

    def submit(self, header: dict[str, Any], content: bytes) -> Future[Outcome]:
        """Queue a page. The future raises `DedupError` if no worker can be started, and nothing else."""
        future: Future[Outcome] = Future()
        self._state.jobs.put((header, content, future))
        if self._threads < self.count:
            self._threads += 1
            Thread(target=_serve, args=(self._state,), daemon=True).start()
        return future

    def close(self) -> None:
        """End all workers, also those that have a page."""
        self._close()


def _end_all(state: _State) -> None:
    with state.lock:
        state.closed = True
        for worker in state.workers:
            with suppress(OSError):
                worker.process.kill()
        for worker in state.workers:
            with suppress(subprocess.TimeoutExpired):
                worker.process.wait(5)
    for _ in range(256):
        state.jobs.put(None)


def _serve(state: _State) -> None:
    """Send pages to one worker, in a thread; replace the worker when it has ended or answers `recycle`."""
    worker: _Worker | None = None
    while (job := state.jobs.get()) is not None and not state.closed:
        header, content, future = job
        del job
        try:
            worker = worker or _start_worker(state)
            outcome = worker.ask(header, content)
        except BaseException as error:
            future.set_exception(error)
            continue
        del content
        if outcome.answer.pop("recycle", False) or worker.process.poll() is not None:
            _end_worker(state, worker)
            worker = None
        future.set_result(outcome)
        del future
    if worker is not None:
        _end_worker(state, worker)


def _start_worker(state: _State) -> _Worker:
    """Start a worker and register it. Raises `DedupError` if that fails, or if the pool was closed meanwhile."""
    with state.lock:
        if state.closed:
            raise DedupError("the extraction of pages has ended")
        worker = _Worker(state.limits)
        state.workers.add(worker)
    try:
        worker.ready()
    except DedupError:
        _end_worker(state, worker)
        raise
    return worker


def _end_worker(state: _State, worker: _Worker) -> None:
    worker.end()
    with state.lock:
        state.workers.discard(worker)
