"""Render tuning.html: curves, Pareto front and histograms in one file that loads nothing.

The page has no script. The template draws the plots, as SVG, and escapes all texts; file names are sanitized too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import ceil, log10
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup._version import __version__
from dedup.reports import html_report
from dedup.tuning.curve import CurvePoint
from dedup.tuning.descriptions import CAPTION, COLUMNS, cells, command_line, describe_sample, describe_setting
from dedup.tuning.grid import Outcome
from dedup.tuning.tune import Tuning

#: The least share of missed pairs that the plot distinguishes from none.
LEAST_MISS = 1e-4
#: The plot leaves out costs above so many times the recommended and the current cost.
MAX_COST_RATIO = 2.5
_SHARES = [(i / 10, f".{i}" if 0 < i < 10 else str(i // 10)) for i in range(0, 11, 2)]
_MISSES = [(1, "all"), (0.1, "10 %"), (0.01, "1 %"), (0.001, ".1 %"), (LEAST_MISS, ".01 %")]

Point = tuple[float, float]
Scale = Callable[[float], float]


def linear(low: float, high: float) -> Scale:
    """A scale that maps low..high to 0..1."""
    return lambda value: (value - low) / (high - low)


def logarithmic(low: float, high: float) -> Scale:
    """A logarithmic scale that maps low..high to 0..1, and lower values to 0."""
    return lambda value: (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low))


class Axis(NamedTuple):
    """One axis; ticks: values with their texts."""

    label: str
    scale: Scale
    ticks: Sequence[tuple[float, str]]


class Mark(NamedTuple):
    """A mark of a plot.

    shape: `line` through points; `dot`; `bar` from (low, value) to (high, value); `rule_x`, `rule_y`: a line across the
    whole plot at x or y of a point. kind: a class of the style. label: stands beside a rule, else under the pointer.
    """

    shape: str
    kind: str
    points: Sequence[Point]
    label: str = ""
    radius: float = 3


@dataclass(frozen=True)
class Plot:
    """One plot. Marks are drawn in their order. The template knows the size of the picture and of its frame."""

    title: str
    x: Axis
    y: Axis
    marks: list[Mark]
    width: ClassVar[int] = 640
    height: ClassVar[int] = 320
    left: ClassVar[int] = 64
    right: ClassVar[int] = 624
    top: ClassVar[int] = 16
    bottom: ClassVar[int] = 276

    def across(self, x: float) -> float:
        """The place of a value in units of the picture; outside values are moved to the edge."""
        return self.left + min(1.0, max(0.0, self.x.scale(x))) * (self.right - self.left)

    def up(self, y: float) -> float:
        """The place of a value in units of the picture, from its top; outside values are moved to the edge."""
        return self.bottom - min(1.0, max(0.0, self.y.scale(y))) * (self.bottom - self.top)


def render_page(tuning: Tuning, names: list[str], out: Path) -> str:
    """The content of tuning.html. names: of the input files; out: folder of the result."""
    folder = files("dedup.tuning")
    best, threshold = tuning.recommendation.best, tuning.target.threshold
    curve = "recommended" if "recommended" in tuning.curves else "usual"
    overlaps = tuning.reference.overlaps
    rows = {o.setting: o for o in [*tuning.front, *tuning.highlights]}
    plots = {
        "front": front_plot(tuning),
        "curve": curve_plot(tuning.curves[curve]),
        "bands": curve_plot(tuning.curves["bands"]),
        "containments": histogram(overlaps.containments, "containment", threshold),
        "resemblances": histogram(overlaps.resemblances, "resemblance", resemblance_of(threshold)),
    }
    return html_report.render(
        folder / "tuning.html", (folder / "tuning.css").read_text("utf-8"),
        version=__version__, names=names, sample=describe_sample(tuning),
        reason=tuning.recommendation.reason, notes=tuning.notes, description=describe_setting(best.setting),
        command=command_line(out), caption=CAPTION, columns=COLUMNS,
        rows=[(_kind(tuning, o), cells(o)) for o in sorted(rows.values(), key=lambda o: o.rank)], plots=plots,
        inside=_inside(tuning.curves[curve]), bands_inside=_inside(tuning.curves["bands"]),
        curve_name="recommended" if curve == "recommended" else "current",
        threshold=f"{threshold:g}", resemblance=f"{resemblance_of(threshold):.2f}", labels=tuning.truth.labels,
        thresholds=tuning.thresholds.sentence if tuning.thresholds is not None else "",
        settings=f"{len(tuning.outcomes):,}",
    )  # fmt: skip


def _inside(points: Sequence[CurvePoint]) -> str:
    return f"the prediction lies within {sum(p.inside for p in points)} of {len(points)}"


def resemblance_of(containment: float) -> float:
    """The resemblance of two sets of equal size with a containment."""
    return containment / (2 - containment)


def _kind(tuning: Tuning, outcome: Outcome) -> str:
    """The class of an outcome in the style."""
    if outcome is tuning.recommendation.best:
        return "best"
    return "usual" if outcome.setting == tuning.current else ""


def curve_plot(points: Sequence[CurvePoint]) -> Plot:
    """Plot the recall curve: predictions as a line, measurements as dots with their intervals."""
    marks = [Mark("line", "whisker", [(p.resemblance, p.lower), (p.resemblance, p.upper)]) for p in points]
    marks.append(Mark("line", "predicted", [(p.resemblance, p.prediction) for p in points]))
    for point in points:
        label = (
            f"resemblance {point.low:.2f} to {point.high:.2f}: {point.pairs:,} pairs of {point.stories:,} texts; "
            f"predicted {point.prediction:.4f}, measured {point.measurement:.4f} ({point.lower:.4f} to "
            f"{point.upper:.4f})"
        )
        marks.append(Mark("dot", "measured", [(point.resemblance, point.measurement)], label, 3.5))
    x, y = Axis("resemblance of the two bodies", linear(0, 1), _SHARES), Axis("share found", linear(0, 1), _SHARES)
    return Plot("Share of pairs found, by resemblance", x, y, marks)


def front_plot(tuning: Tuning) -> Plot:
    """Plot every setting by its cost and the share of pairs it misses, with the Pareto front and the target."""
    highlights = tuning.highlights
    least = min(o.micros for o in tuning.outcomes)
    most = min(max(o.micros for o in tuning.outcomes), MAX_COST_RATIO * max(o.micros for o in highlights))
    step = _round_step((most - least) / 6)
    low, high = step * int(least / step), step * ceil(most / step)
    ticks = [(low + i * step, f"{low + i * step:g}") for i in range(round((high - low) / step) + 1)]
    target = 1 - tuning.target.recall
    marks = [Mark("dot", "other", [_cost_and_miss(o)], radius=2) for o in tuning.outcomes if o.micros <= high]
    marks.append(Mark("rule_y", "goal", [(low, target)], f"target: at most {target:.1%} missed"))
    marks.append(Mark("line", "front", [_cost_and_miss(o) for o in tuning.front if o.micros <= high]))
    for outcome in reversed(highlights):
        label = (
            f"{describe_setting(outcome.setting)}: recall {outcome.recall:.4f}, {outcome.micros:.1f} µs, "
            f"{outcome.bytes:,.0f} bytes an article"
        )
        marks.append(Mark("dot", _kind(tuning, outcome), [_cost_and_miss(outcome)], label, 6))
    return Plot(
        "Cost of each setting, and share of true pairs missed",
        Axis("CPU microseconds an article", linear(low, high), ticks),
        Axis("true pairs missed", logarithmic(LEAST_MISS, 1), _MISSES),
        marks,
    )


def _cost_and_miss(outcome: Outcome) -> Point:
    return outcome.micros, max(LEAST_MISS, 1 - outcome.recall)


def _round_step(step: float) -> float:
    """The nearest round number: 1, 2 or 5 times a power of ten."""
    power = 10 ** int(log10(max(step, 1e-9)) // 1)
    return float(min((power * i for i in (1, 2, 5, 10)), key=lambda s: abs(s - step)))


def histogram(counts: NDArray[np.int64], measure: str, threshold: float) -> Plot:
    """Plot the number of pairs by resemblance or containment, on a logarithmic scale, with a threshold.

    counts (bins,): pairs in equal bins from 0 to 1; measure: name of the axis.
    """
    top = max(1, ceil(log10(max(10, int(counts.max(initial=0))))))
    ticks = [(10.0**i, f"{10**i:,}" if i < 6 else f"{10 ** (i - 6):,} M") for i in range(top + 1)]
    marks = []
    for i, count in enumerate(counts.tolist()):
        low, high = i / len(counts), (i + 1) / len(counts)
        if count:
            kind = "bar over" if high > threshold + 1e-9 else "bar"
            marks.append(Mark("bar", kind, [(low, count), (high, count)], f"{low:.2f} to {high:.2f}: {count:,} pairs"))
    marks.append(Mark("rule_x", "goal", [(threshold, 1)], f"threshold {threshold:.2f}"))
    x, y = Axis(measure, linear(0, 1), _SHARES), Axis("pairs", logarithmic(0.5, 10.0**top), ticks)
    return Plot(f"Pairs of the sample by {measure}", x, y, marks)
