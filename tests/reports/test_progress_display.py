"""What is shown while a scan runs, on a log and on a real terminal."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from dedup.progress import NullProgress
from dedup.reports.progress_display import BarProgress, LineProgress, Stage, clock, progress_for

ROOT = Path(__file__).parents[2]


def test_plain_is_a_line_a_stage() -> None:
    stream = io.StringIO()
    with progress_for(stream) as progress:
        progress.note("compiling")
        progress.start("read", None, "articles")
        for _ in range(4):
            progress.advance(250)
        progress.finish()
        progress.start("compare", 1, "pairs")
        progress.advance(1)
        progress.finish()
    assert type(progress) is LineProgress
    lines = stream.getvalue().splitlines()
    assert lines[0] == "compiling"
    assert re.fullmatch(r"read: 1,000 articles in \d+\.\d\d s( \([\d,]+/s\))?", lines[1])
    assert lines[2].startswith("compare: 1 pair in ")
    assert len(lines) == 3


def test_a_stage_that_does_not_count_shows_its_time_only() -> None:
    stream = io.StringIO()
    with progress_for(stream) as progress:
        progress.start("search", None, "pairs")
        progress.finish()
    assert re.fullmatch(r"search: \d+\.\d\d s\n", stream.getvalue())


def test_quiet_says_nothing() -> None:
    stream = io.StringIO()
    with progress_for(stream, quiet=True) as progress:
        progress.note("compiling")
        progress.start("read", 10, "articles")
        progress.advance(10)
        progress.finish()
    assert type(progress) is NullProgress
    assert stream.getvalue() == ""


def test_threads_may_advance() -> None:
    progress = LineProgress(io.StringIO())
    progress.start("read", None, "articles")
    workers = [threading.Thread(target=lambda: [progress.advance(1) for _ in range(5000)]) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert progress.stage is not None
    assert progress.stage.done == 20000


def test_a_closed_log_does_not_end_the_scan() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    progress = LineProgress(Gone())
    progress.note("x")
    progress.start("read", None, "articles")
    progress.finish()
    assert progress.stage is None


def test_rate() -> None:
    stage = Stage("compare", "pairs")
    assert stage.amount() == stage.rate() == ""
    stage.done = 1000
    stage.began -= 10
    assert stage.rate() == "100/s"


def test_bytes_are_readable() -> None:
    stage = Stage("spool", "bytes")
    stage.done = 1_500_000
    stage.began -= 1
    assert (stage.amount(), stage.rate()) == ("1.5 MB", "1.5 MB/s")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.123, "0.12 s"), (9.999, "10.0 s"), (65, "65.0 s"), (245, "4:05 min"), (3723, "1:02:03 h")]
)
def test_clock(seconds: float, words: str) -> None:
    assert clock(seconds) == words


SCRIPT = """
import sys, time
from dedup.reports.progress_display import progress_for
with progress_for(sys.stderr) as progress:
    progress.note("compiling kernels")
    progress.start("read", 400, "articles")
    for _ in range(8):
        progress.advance(50)
        time.sleep(0.15)
    progress.finish()
    progress.start("compare", None, "pairs")
    progress.advance(7)
    if "fail" in sys.argv:
        raise SystemExit(3)
    progress.finish()
print("summary")
"""


def on_terminal(*args: str, columns: int = 100, **environ: str) -> str:
    """What a program writes to a terminal of its own."""
    import fcntl
    import struct
    import termios

    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    env = {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environ}
    child = subprocess.Popen([sys.executable, *args], stdin=side, stdout=side, stderr=side, env=env, close_fds=True)
    os.close(side)
    shown = b""
    while True:
        if not select.select([main], [], [], 60)[0]:
            child.kill()
            break
        try:
            chunk = os.read(main, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not chunk:
            break
        shown += chunk
    child.wait(60)
    os.close(main)
    return shown.decode()


def test_terminal_shows_a_moving_line_and_leaves_the_finished_ones() -> None:
    shown = on_terminal("-c", SCRIPT)
    assert "━" in shown
    assert re.search(r"\d+/400 articles 00:0\d", re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", shown)), "amount and time left"
    assert shown.count("✓ read") == 1
    assert shown.count("✓ compare") == 1
    assert shown.index("✓ read") < shown.index("✓ compare") < shown.index("summary")
    assert "compiling kernels" in shown
    assert "\x1b[?25h" in shown[shown.rindex("\x1b[?25l") :], "the cursor must be back"


def test_terminal_is_left_in_order_when_the_work_fails() -> None:
    shown = on_terminal("-c", SCRIPT, "fail")
    assert "\x1b[?25h" in shown[shown.rindex("\x1b[?25l") :]
    assert "✓ compare" not in shown


def test_no_color_on_a_terminal_still_shows_progress() -> None:
    shown = on_terminal("-c", SCRIPT, NO_COLOR="1")
    assert "✓ read" in shown
    assert not re.search(r"\x1b\[[\d;]*m", shown)


def test_dumb_terminal_gets_plain_lines() -> None:
    shown = on_terminal("-c", SCRIPT, TERM="dumb")
    assert "\x1b" not in shown
    assert "read: 400 articles in " in shown


@pytest.mark.parametrize("unit", ["articles", "bytes"])
@pytest.mark.parametrize("width", [30, 60, 100])
def test_a_bar_keeps_to_one_line(unit: str, width: int) -> None:
    bar = BarProgress(io.StringIO())
    bar.progress.console.width = width
    bar.start("a stage of a very long name", 10**9, unit)
    bar.advance(5 * 10**8)
    (line,) = bar.progress.console.render_lines(bar.progress.get_renderable())
    assert sum(segment.cell_length for segment in line) <= width


def test_a_log_loads_nothing_of_a_moving_bar() -> None:
    code = """
import sys
from dedup.reports.progress_display import progress_for
with progress_for(sys.stderr) as progress:
    progress.start("read", 4, "articles")
    progress.advance(4)
    progress.finish()
print(*(name for name in sys.modules if name.startswith("rich")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stderr.startswith("read: 4 articles in ")
    assert done.stdout.strip() == ""


def test_a_redraw_takes_little_of_the_core_that_works() -> None:
    """At most 5 % of one core at the rate of redraws."""
    bar = BarProgress(io.StringIO())
    bar.start("compare", 10**6, "pairs")
    best = 1.0
    for _ in range(20):
        bar.advance(100)
        began = time.perf_counter()
        bar.progress.console.render_lines(bar.progress.get_renderable())
        best = min(best, time.perf_counter() - began)
    assert best * BarProgress.REFRESH < 0.05
