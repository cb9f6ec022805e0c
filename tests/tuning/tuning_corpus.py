"""A small corpus as a sample."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.settings import Settings
from dedup.tuning.sample import Sample, SampleRequest, draw_sample


def sample_of(file: Path, size: int = 10**6, settings: Settings | None = None, **options: object) -> Sample:
    settings = settings or Settings()
    request = SampleRequest(size, **options)  # type: ignore[arg-type]
    return draw_sample(partial(read, resolve([str(file)]), settings), request, settings)
