"""The parts of the benchmarks, in the order they are listed and run."""

import importlib

from benchmarks.part import Part

# A new part is one more name here: `benchmarks/NAME.py` with a `PART`.
NAMES = ("speed", "scale", "growth", "quality", "index", "origin", "web", "tune", "check", "soak")
# Not part of `all`: what CI runs on small sizes, and what runs as long as one likes.
APART = ("check", "soak")


def parts() -> list[Part]:
    """The parts that are here; a name whose module is missing is passed over."""
    return [part for name in NAMES if (part := load(name)) is not None]


def load(name: str) -> Part | None:
    """One part, without the libraries that others import: a driver that measures memory has to be small."""
    module = f"benchmarks.{name}"
    try:
        found: Part = importlib.import_module(module).PART
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return None
    return found
