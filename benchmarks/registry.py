"""The parts of the benchmarks, in the order they are listed and run."""

import importlib

from benchmarks.part import Part

# To add a part, add its name here and a `PART` in `benchmarks/NAME.py`.
NAMES = ("speed", "scale", "growth", "quality", "index", "origin", "web", "tune", "pages", "check", "soak")
# Parts that `all` leaves out: pages that are fetched apart, a short one for CI, and one of any duration.
APART = ("pages", "check", "soak")


def parts() -> list[Part]:
    """All parts whose module exists."""
    return [part for name in NAMES if (part := load(name)) is not None]


def load(name: str) -> Part | None:
    """Load one part; None if its module does not exist.

    Other parts are not imported, because a process that measures memory has to be small.
    """
    module = f"benchmarks.{name}"
    try:
        part: Part = importlib.import_module(module).PART
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return None
    return part
