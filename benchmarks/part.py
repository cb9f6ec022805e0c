"""What a part of the benchmarks is, and what it hands back."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """A table as it is printed and recorded: cells are text already."""

    title: str
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Report:
    """The result of a part: `name` keys its section of the record, `figures` is what goes into its JSON."""

    name: str
    tables: list[Table]
    figures: dict[str, Any]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """One part of the benchmarks, the `PART` of a module that `benchmarks.registry` names.

    `standard`: the options that `python -m benchmarks all` gives it, besides `--seed` and, where it has one, `--keep`.
    """

    name: str
    summary: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Report]
    standard: tuple[str, ...] = ()
