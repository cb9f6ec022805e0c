"""A small corpus as a sample, and its levels."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.settings import Settings
from dedup.tuning.sample import Sample, draw


def sample_of(file: Path, size: int = 10**6, settings: Settings | None = None, **options: object) -> Sample:
    chosen = settings or Settings()
    return draw(partial(read, resolve([str(file)]), chosen), size, chosen, **options)  # type: ignore[arg-type]
