"""Render tuning.html: curves, Pareto front and histograms in one file that loads nothing.

The page has no script, and its policy allows one style by its hash. File names reach it through the template, which
escapes them, and through `sanitize`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from math import ceil, log10
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.sanitize import sanitize
from dedup.tuning.curve import CurvePoint
from dedup.tuning.descriptions import CAPTION, COLUMNS, cells, command_line, describe_sample, describe_setting
from dedup.tuning.grid import Outcome
from dedup.tuning.svg_plot import Axis, Plot, linear, logarithmic

if TYPE_CHECKING:
    from dedup.tuning.tune import Tuning

#: The least share of missed pairs that the plot distinguishes from none.
LEAST_MISS = 1e-4
#: The plot leaves out costs above so many times the recommended and the current cost.
MAX_COST_RATIO = 2.5
_SHARES = [(i / 10, f".{i}" if 0 < i < 10 else str(i // 10)) for i in range(0, 11, 2)]
_MISSES = [(1, "all"), (0.1, "10 %"), (0.01, "1 %"), (0.001, ".1 %"), (LEAST_MISS, ".01 %")]


def render_page(tuning: Tuning, names: list[str], out: Path) -> str:
    """The content of tuning.html. names: of the input files; out: folder of the result."""
    import jinja2
    from markupsafe import Markup

    from dedup._version import __version__

    style = _resource("tuning.css")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(sanitize=sanitize)
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
    return environment.from_string(_resource("tuning.html")).render(
        version=__version__, policy=_policy(style), style=Markup(style), names=names, sample=describe_sample(tuning),
        reason=tuning.recommendation.reason, notes=tuning.notes, description=describe_setting(best.setting),
        command=command_line(out), caption=CAPTION, columns=COLUMNS,
        rows=[(_kind(tuning, o), cells(o)) for o in sorted(rows.values(), key=lambda o: o.rank)],
        plots={name: Markup(plot.svg()) for name, plot in plots.items()},
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


def _resource(name: str) -> str:
    return (files("dedup.tuning") / name).read_text(encoding="utf-8")


def _policy(style: str) -> str:
    """The Content-Security-Policy: this style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _kind(tuning: Tuning, outcome: Outcome) -> str:
    """The class of an outcome in the style."""
    if outcome is tuning.recommendation.best:
        return "best"
    return "usual" if outcome.setting == tuning.current else ""


def curve_plot(points: Sequence[CurvePoint]) -> Plot:
    """Plot the recall curve: predictions as a line, measurements as dots with their intervals."""
    plot = Plot(
        "Share of pairs found, by resemblance",
        Axis("resemblance of the two bodies", linear(0, 1), _SHARES), Axis("share found", linear(0, 1), _SHARES),
    )  # fmt: skip
    for point in points:
        plot.whisker(point.resemblance, point.lower, point.upper, "whisker")
    plot.line([(point.resemblance, point.prediction) for point in points], "predicted")
    for point in points:
        label = (
            f"resemblance {point.low:.2f} to {point.high:.2f}: {point.pairs:,} pairs of {point.stories:,} texts; "
            f"predicted {point.prediction:.4f}, measured {point.measurement:.4f} ({point.lower:.4f} to "
            f"{point.upper:.4f})"
        )
        plot.dot((point.resemblance, point.measurement), "measured", 3.5, label)
    return plot


def front_plot(tuning: Tuning) -> Plot:
    """Plot every setting by its cost and the share of pairs it misses, with the Pareto front and the target."""
    highlights = tuning.highlights
    least = min(o.micros for o in tuning.outcomes)
    most = min(max(o.micros for o in tuning.outcomes), MAX_COST_RATIO * max(o.micros for o in highlights))
    step = _round_step((most - least) / 6)
    low, high = step * int(least / step), step * ceil(most / step)
    ticks = [(low + i * step, f"{low + i * step:g}") for i in range(round((high - low) / step) + 1)]
    plot = Plot(
        "Cost of each setting, and share of true pairs missed",
        Axis("CPU microseconds an article", linear(low, high), ticks),
        Axis("true pairs missed", logarithmic(LEAST_MISS, 1), _MISSES),
    )
    for outcome in tuning.outcomes:
        if outcome.micros <= high:
            plot.dot(_cost_and_miss(outcome), "other", 2)
    target = 1 - tuning.target.recall
    plot.rule_at_y(target, "goal", f"target: at most {target:.1%} missed")
    plot.line([_cost_and_miss(o) for o in tuning.front if o.micros <= high], "front")
    for outcome in reversed(highlights):
        label = (
            f"{describe_setting(outcome.setting)}: recall {outcome.recall:.4f}, {outcome.micros:.1f} µs, "
            f"{outcome.bytes:,.0f} bytes an article"
        )
        plot.dot(_cost_and_miss(outcome), _kind(tuning, outcome), 6, label)
    return plot


def _cost_and_miss(outcome: Outcome) -> tuple[float, float]:
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
    plot = Plot(
        f"Pairs of the sample by {measure}",
        Axis(measure, linear(0, 1), _SHARES), Axis("pairs", logarithmic(0.5, 10.0**top), ticks),
    )  # fmt: skip
    for i, count in enumerate(counts.tolist()):
        low, high = i / len(counts), (i + 1) / len(counts)
        if count:
            kind = "bar over" if high > threshold + 1e-9 else "bar"
            plot.bar(low, high, count, kind, f"{low:.2f} to {high:.2f}: {count:,} pairs")
    plot.rule_at_x(threshold, "goal", f"threshold {threshold:.2f}")
    return plot
