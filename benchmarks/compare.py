"""`python -m benchmarks compare OLD.json NEW.json`: list what became worse between two results of one part."""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

NAME = "compare"
SUMMARY = "list the figures that became slower or worse between two results, beyond noise"

# Names of figures of which less is better, and of which more is better. All others are counts and are not compared.
COSTS = frozenset({"cpu", "wall", "rss", "disk", "micros", "brier", "cost_ratio", "seconds"})
MERITS = frozenset(
    {
        "recall", "overall", "pair_precision", "cluster_precision", "cluster_recall", "rand", "rand_all", "precision",
        "f1", "right", "held_out_recall", "held_out_measured",
    }
)  # fmt: skip
# A cost within this share of the old one is the same; so is one within the spread of both results' runs.
LEAST_SHARE = 0.05
# Costs below this many seconds (or MiB) are not compared, because they cannot be measured exactly.
LEAST_COST = 0.05
# The least difference of merits. They are exact, because corpora are.
LEAST_MERIT = 0.002


@dataclass(frozen=True)
class Figure:
    """A figure; cost: less is better; spread: of its runs, as a share of the value."""

    value: float
    cost: bool
    spread: float = 0.0


@dataclass(frozen=True)
class Change:
    """One figure that differs."""

    path: str
    old: float
    new: float
    worse: bool

    def __str__(self) -> str:
        share = f"{self.new / self.old:.2f} times" if self.old else "from nothing"
        return f"{self.path}: {self.old:.4g} -> {self.new:.4g} ({share})"


def figures(node: Any, path: str = "", inside: str = "") -> Iterator[tuple[str, Figure]]:
    """The costs and merits of a result, by path; lists of runs give their spread."""
    if isinstance(node, Mapping):
        runs = [run for run in node.get("runs", ()) if isinstance(run, Mapping)]
        for name, value in node.items():
            if name == "runs":
                continue
            below = f"{path} > {name}" if path else str(name)
            if isinstance(value, Mapping):
                spread = {key: _spread([run.get(key) for run in runs]) for key in value} if name == "median" else {}
                for inner_path, figure in figures(value, below, str(name)):
                    key = inner_path.rpartition(" > ")[2]
                    yield inner_path, Figure(figure.value, figure.cost, spread.get(key, figure.spread))
            else:
                yield from figures(value, below, str(name) if str(name) in COSTS | MERITS else inside)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        name = path.rpartition(" > ")[2]
        kind = name if name in COSTS | MERITS else inside
        if kind in COSTS | MERITS:
            yield path, Figure(float(node), kind in COSTS)


def _spread(values: list[Any]) -> float:
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    return (max(numbers) - min(numbers)) / max(min(numbers), 1e-9) if len(numbers) > 1 else 0.0


def changes(old: Any, new: Any) -> list[Change]:
    """The figures that differ beyond noise, worse ones first."""
    before, after = dict(figures(old)), dict(figures(new))
    out = []
    for path in before.keys() & after.keys():
        a, b = before[path], after[path]
        if a.cost:
            if max(a.value, b.value) < LEAST_COST:
                continue
            noise = max(LEAST_SHARE, a.spread, b.spread) * a.value
        else:
            noise = LEAST_MERIT
        if abs(b.value - a.value) > noise:
            out.append(Change(path, a.value, b.value, (b.value > a.value) == a.cost))
    return sorted(out, key=lambda c: (not c.worse, c.path))


def relative(result: Mapping[str, Any]) -> Any:
    """The figures with CPU and wall times as multiples of the floor's, which depend less on the machine.

    Times are left out if there is no floor.
    """
    node = result["figures"]
    floor = node.get("floor", {}) if isinstance(node, Mapping) else {}
    unit = floor.get("median", {})

    def scale(value: Any, articles: float) -> Any:
        if isinstance(value, list):
            return [scale(item, articles) for item in value]
        if not isinstance(value, Mapping):
            return value
        out = {}
        for name, inner in value.items():
            if name in ("cpu", "wall") and isinstance(inner, int | float):
                if unit.get(name):
                    out[name] = inner / articles / (unit[name] / floor["articles"])
            elif name not in ("seconds", "micros"):
                out[name] = scale(inner, float(value.get("articles", articles)))
        return out

    return scale(node, 1.0)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, help="the older JSON of benchmarks/results")
    parser.add_argument("new", type=Path, help="the newer JSON of the same part")


def main(options: argparse.Namespace) -> int:
    """Print the differences; 1 if a figure became worse."""
    old, new = (orjson.loads(path.read_bytes()) for path in (options.old, options.new))
    same_machine = old["machine"] == new["machine"]
    if not same_machine:
        print(
            "The machines differ: times are compared as multiples of the floor's, or not at all if there is no floor."
        )
    differences = changes(old["figures"], new["figures"]) if same_machine else changes(relative(old), relative(new))
    for title, worse in (("worse", True), ("better", False)):
        rows = [change for change in differences if change.worse == worse]
        print(f"{title}: {len(rows) or 'nothing'}")
        for change in rows:
            print(f"  {change}")
    return 1 if any(change.worse for change in differences) else 0
