"""Worker processes and the threads that feed them: a page in, a `Future` of its outcome out.

Workers are programs of their own (`subprocess`), neither forked, which is unsafe beside threads, nor spawned by
`multiprocessing`, which would run a user's script again. Nothing is pickled. One page at a time is with a worker, so
whatever it dies of is that page's fault.
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
from dedup.inputs.html.worker import SIZE, SIZES

#: What a worker runs; its arguments are the limits, then where this process finds its modules.
_START = (
    "import sys; sys.path[:] = sys.argv[3:]; from dedup.inputs.html.worker import main;"
    " main(float(sys.argv[1]), int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a page: `answer` as the worker gave it. `lasting`: would be the same another time."""

    answer: dict[str, Any]
    lasting: bool = True


class _Worker:
    """One process, started at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        # Sets of strings are walked in another order in every process that does not fix the seed of their hashes.
        environ = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable or "python3", "-c", _START, str(limits.cpu), str(limits.memory)]
        command += [path or os.getcwd() for path in sys.path]
        # A session of its own: Ctrl-C reaches only the program that was started, which then ends its workers.
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
        """Wait until it has loaded its parsers."""
        answer = self._answer()
        if answer is None or "failed" in answer:
            self.end()
            why = answer["failed"] if answer else f"it ended with {self.process.returncode}"
            raise DedupError(f"the extraction of pages cannot be started: {why}; is trafilatura installed?")

    def ask(self, header: dict[str, Any], content: bytes) -> Outcome:
        """Have one page extracted. A worker that answers `worn`, or not at all, must be replaced."""
        clock = Timer(self.limits.wall, self._expire)
        clock.daemon = True
        clock.start()
        try:
            self._send(header, content)
            answer = self._answer()
        finally:
            clock.cancel()
        if answer is not None:
            return Outcome(answer)
        self.end()
        return self._death()

    def _send(self, header: dict[str, Any], content: bytes) -> None:
        head = orjson.dumps(header)
        assert self.process.stdin is not None
        with suppress(OSError):  # it died; its answer, which will be missing, says so
            self.process.stdin.write(SIZES.pack(len(head), len(content)) + head)
            self.process.stdin.write(content)
            self.process.stdin.flush()

    def _answer(self) -> dict[str, Any] | None:
        assert self.process.stdout is not None
        try:
            size = self.process.stdout.read(SIZE.size)
            if len(size) < SIZE.size:
                return None
            (length,) = SIZE.unpack(size)
            data = self.process.stdout.read(length)
            return orjson.loads(data) if len(data) == length else None
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
        """End it now, and wait until it is gone."""
        with suppress(OSError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


@dataclass
class _State:
    """What the threads of a pool share; it does not know the pool, so that a forgotten pool is collected."""

    limits: Limits
    jobs: SimpleQueue[tuple[dict[str, Any], bytes, Future[Outcome]] | None] = field(default_factory=SimpleQueue)
    workers: set[_Worker] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)
    closed: bool = False


class WorkerPool:
    """At most `count` workers, started as pages come; closed, or forgotten, it ends them at once."""

    def __init__(self, count: int, limits: Limits) -> None:
        self.count = count
        self._state = _State(limits)
        self._threads = 0
        self._close = weakref.finalize(self, _end_all, self._state)

    def submit(self, header: dict[str, Any], content: bytes) -> Future[Outcome]:
        """Queue a page. The future fails only where no worker can be started (`DedupError`)."""
        future: Future[Outcome] = Future()
        self._state.jobs.put((header, content, future))
        if self._threads < self.count:
            self._threads += 1
            Thread(target=_serve, args=(self._state,), daemon=True).start()
        return future

    def close(self) -> None:
        """End all workers, also those with a page."""
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
    """A thread's life: pages to its worker, which is replaced when it died or is worn."""
    worker: _Worker | None = None
    while (job := state.jobs.get()) is not None and not state.closed:
        header, content, future = job
        del job
        try:
            if worker is None:
                worker = _start_worker(state)
            if worker is None:
                break
            outcome = worker.ask(header, content)
        except BaseException as error:
            future.set_exception(error)
            continue
        del content
        if outcome.answer.pop("worn", False) or worker.process.poll() is not None:
            _end_worker(state, worker)
            worker = None
        future.set_result(outcome)
        del future
    if worker is not None:
        _end_worker(state, worker)


def _start_worker(state: _State) -> _Worker | None:
    """A new worker, known to the pool; None where that was closed meanwhile."""
    with state.lock:
        if state.closed:
            return None
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
