"""A command line in this process with a fake engine, and one in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(Path(__file__).parents[1] / "reports"))


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The surroundings of a pipe of 100 columns."""
    for name in ("NO_COLOR", "FORCE_COLOR", "DEDUP_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, plain: None) -> dict[str, Any]:
    """`dedup.scan` as a fake: `result` is what it returns, `raises` what it raises, `calls` what it was asked."""
    from fake_result import FakeResult

    import dedup

    told: dict[str, Any] = {"result": FakeResult(), "raises": None, "calls": []}

    def scan(inputs: Any, *, settings: Any = None, progress: Any = None, **options: Any) -> FakeResult:
        told["calls"].append({"inputs": list(inputs), "settings": settings, **options})
        progress.start("read", None, "articles")
        progress.advance(62)
        progress.finish()
        if told["raises"] is not None:
            raise told["raises"]
        return told["result"]  # type: ignore[no-any-return]

    monkeypatch.setitem(vars(dedup), "scan", scan)
    return told


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m dedup` with the arguments given."""

    def run(*args: str, input: str | bytes | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "DEDUP_DEBUG")}
        data = input.encode() if isinstance(input, str) else input
        done = subprocess.run(
            [sys.executable, "-m", "dedup", *args],
            input=data,
            capture_output=True,
            timeout=120,
            env={**kept, "PYTHONPATH": str(ROOT), **environ},
        )
        return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
