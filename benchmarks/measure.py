"""Run a command in a process of its own and measure its cost.

Linux counts a child's peak memory from the fork, so a child never reports less than its parent occupied. Therefore the
parts make their corpora in processes of their own and stay small while they measure.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MIB = 1 << 20
# Seconds between two samples of the disk. A spool file that exists for a shorter time is small.
SAMPLE_SECONDS = 0.05
# `ru_maxrss` counts KiB on Linux and bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class CommandError(RuntimeError):
    """A measured command ended with an error; its last lines of output are in the message."""


@dataclass(frozen=True)
class Cost:
    """The cost of one run.

    `cpu`: user and system seconds of the process and of the children it waited for. `wall`: seconds. `rss`:
    MiB, the peak of the largest process. `disk`: MiB, the peak of the watched folder, 0 without such
    a folder.
    """

    cpu: float
    wall: float
    rss: float
    disk: float = 0.0


class _FolderPeak:
    """Samples the size of a folder on disk. Of sparse files, only written blocks count."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        if self.folder is not None:
            self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        if self.folder is not None:
            self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, occupied(str(self.folder)))


def occupied(folder: str) -> int:
    """Bytes on disk of all files below `folder`; files that vanish meanwhile are left out."""
    total = 0
    try:
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                total += occupied(entry.path)
            else:
                total += entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:
        pass
    return total


def _environment() -> dict[str, str]:
    """The environment of measured processes: byte code is cached, as in an installation."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: Sequence[str], watch: Path | None = None) -> Cost:
    """Run a command to its end. watch: folder of which the peak size is measured. Raises `CommandError` if it fails."""
    with tempfile.TemporaryFile() as output, _FolderPeak(watch) as folder:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=_environment())
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            lines = output.read().decode(errors="replace").splitlines()[-15:]
            raise CommandError(f"{' '.join(command)} ended with {process.returncode}\n" + "\n".join(lines))
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * RSS_UNIT / MIB, folder.peak / MIB)


def interleaved(tasks: Mapping[str, Callable[[], Cost]], repeat: int) -> dict[str, list[Cost]]:
    """Run all tasks `repeat` times in rounds, so that a slow minute affects all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in tasks}
    for _ in range(repeat):
        for name, task in tasks.items():
            costs[name].append(task())
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """The median of every figure by itself."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("cpu", "wall", "rss", "disk")))
