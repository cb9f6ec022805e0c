"""The parts of the benchmarks and their reports."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """A table with cells of text, as it is printed and recorded."""

    title: str
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Report:
    """The result of a part: `name` is the key of its section in the record, `figures` the content of its JSON."""

    name: str
    tables: list[Table]
    figures: dict[str, Any]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """One part of the benchmarks, the `PART` of a module that `benchmarks.registry` names.

    `standard`: its options in `python -m benchmarks all`, besides `--seed` and `--keep`.
    """

    name: str
    summary: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Report]
    standard: tuple[str, ...] = ()
