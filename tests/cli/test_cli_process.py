"""The command as a process of its own: start-up, help, signals, closed pipes, encodings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dedup.cli import COMMANDS

ROOT = Path(__file__).parents[2]
Process = Callable[..., "subprocess.CompletedProcess[str]"]

#: Imported by help they would cost from a tenth of a second to more than one.
HEAVY = ("numpy", "numba", "pyarrow", "scipy", "datasketch", "orjson", "rich.live", "rich.progress", "dedup.pipeline")


@pytest.mark.parametrize("args", [["--help"], *([name, "--help"] for name in COMMANDS)], ids=lambda a: " ".join(a))
def test_help(process: Process, args: list[str]) -> None:
    done = process(*args, COLUMNS="100")
    assert done.returncode == 0
    assert "Usage: dedup" in done.stdout
    assert all(len(line.rstrip()) <= 100 for line in done.stdout.splitlines())
    assert done.stderr == ""


def test_help_names_every_command(process: Process) -> None:
    listed = process("--help").stdout
    assert all(f"\n  {name} " in listed for name in COMMANDS)


def test_version(process: Process) -> None:
    from dedup import __version__

    assert process("--version").stdout == f"dedup {__version__}\n"


@pytest.mark.parametrize("args", [["--help"], ["scan", "--help"], ["--version"], ["scan"]])
def test_nothing_heavy_is_imported(args: list[str]) -> None:
    code = f"import sys; from dedup.cli import run; run({args!r}); print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def _after(code: str) -> str:
    """What a process of its own prints last, having run `code`."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_a_scan_loads_nothing_it_does_not_need() -> None:
    """pandas is imported by some ways of asking Arrow for a number, SciPy's BLAS by numba as it loads."""
    needless = ("pandas", "datasketch", "matplotlib", "IPython", "scipy.linalg", "pycparser")
    code = f"import sys; from dedup.cli import run; run(['demo']); print([m for m in {needless!r} if m in sys.modules])"
    assert _after(code) == "[]"


def test_an_index_loads_nothing_it_does_not_need(tmp_path: Path) -> None:
    """SciPy's BLAS is imported by numba as it loads, Arrow's functions by its `take`: together 40 MiB."""
    needless = ("pandas", "scipy.linalg", "pyarrow.compute")
    articles = [{"id": str(i), "text": "a body of some words, twice in here, to be found " * 3} for i in range(4)]
    code = f"""
import sys
from dedup import Index
with Index({str(tmp_path / "seen.db")!r}) as index:
    index.add_many({articles!r})
    assert len(list(index.clusters())) == 1
    index.query({articles[0]!r})
print([m for m in {needless!r} if m in sys.modules])
"""
    assert _after(code) == "[]"


def test_in_a_program_numba_keeps_its_linear_algebra() -> None:
    code = """
import dedup, numba, numpy
dedup.scan([{"text": "a body of some words, twice in here, to be found " * 3}] * 2)
from numba.np import arraymath
print(numba.njit(lambda a: numpy.dot(a, a))(numpy.arange(3.0)), arraymath._HAVE_BLAS)
"""
    assert _after(code) == "5.0 True"


def test_format_help_names_the_formats_there_are(process: Process) -> None:
    from dedup.inputs.formats import FORMATS

    shown = " ".join(process("scan", "--help", COLUMNS="100").stdout.split())
    assert f"{', '.join(FORMATS)}." in shown


def test_closed_pipe_is_quiet(tmp_path: Path) -> None:
    corpus = tmp_path / "many.jsonl"
    corpus.write_text("".join(f'{{"id": "{i}", "text": "{"words " * 200}"}}\n' for i in range(2000)))
    command = f'"{sys.executable}" -m dedup extract "{corpus}" | head -n 1; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith('{"id":"0"')


SLOW = """
import sys, time
import dedup, dedup.cli
def scan(*args, progress, **kwargs):
    progress.start("read", None, "articles")
    print("ready", file=sys.stderr, flush=True)
    time.sleep(60)
vars(dedup)["scan"] = scan
dedup.cli.main()
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_are_130_without_a_traceback(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SLOW, "scan", "x", "--out", str(tmp_path / "out")]
    own: signal.Signals = getattr(signal, name)
    heed = signal.default_int_handler if own == signal.SIGINT else signal.SIG_DFL
    # The tests themselves may run below `nohup`, or where a shell lets what it put aside ignore an interrupt.
    child = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=lambda: signal.signal(own, heed)
    )
    assert child.stderr is not None
    assert child.stderr.readline() == "ready\n"
    child.send_signal(own)
    assert child.wait(30) == 130
    assert child.stderr.read() == "dedup: interrupted\n"
    assert not (tmp_path / "out").exists()


def test_nohup_is_respected(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SLOW, "scan", "x", "--out", str(tmp_path / "out")]
    ignore = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=ignore)
    assert child.stderr is not None
    assert child.stderr.readline() == "ready\n"
    child.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert child.poll() is None
    child.terminate()
    assert child.wait(30) == 130
    child.stderr.close()


def test_a_terminal_without_unicode(process: Process, tmp_path: Path) -> None:
    done = process("show", str(tmp_path), "é…", PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert "dedup: " in done.stderr
    assert "Traceback" not in done.stderr


def test_file_name_that_is_no_text(process: Process, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9\x1b[2J.jsonl"
    done = subprocess.run([sys.executable, "-m", "dedup", "extract", name], capture_output=True, cwd=ROOT, timeout=60)
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_full_disk_does_not_end_a_command_that_compiles(tmp_path: Path) -> None:
    """numba raises what the system says when it cannot keep a kernel; only the next run is slower for it."""
    (tmp_path / "kernel.py").write_text("import numba as nb\n\n@nb.njit(cache=True)\ndef one(x):\n    return x + 1\n")
    code = (
        "import resource, signal, sys\n"
        "from dedup.cli.common import load_numba\n"
        "load_numba()\n"
        "import kernel\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "assert kernel.one(1) == 2\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
