"""For all tests: a generated corpus, and Hypothesis without a clock."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# The first example may compile a kernel, which takes seconds.
settings.register_profile("dedup", deadline=None)
settings.load_profile("dedup")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], tuple[Path, Path]]:
    """A corpus of `tests.corpus` and the truth about it, by its number of articles; always the same bytes."""
    folder = tmp_path_factory.mktemp("generated")

    def make(articles: int) -> tuple[Path, Path]:
        file, truth = folder / f"{articles}.jsonl", folder / f"{articles}.truth.jsonl"
        if not file.exists():
            sizes = ["--articles", str(articles), "--seed", "1"]
            command = [sys.executable, "-m", "tests.corpus", str(file), str(truth), *sizes]
            subprocess.run(command, check=True, cwd=ROOT, timeout=120)
        return file, truth

    return make
