"""tuning.html: the curves, the front and the histograms in one file that asks nothing of the outside.

There is no script; the policy of the page allows one style by its hash. Names of files reach it through the template,
which escapes them, and through `sanitize`.
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
from dedup.tuning.curve import Point
from dedup.tuning.descriptions import CAPTION, COLUMNS, cells, command_line, described, sampled
from dedup.tuning.grid import Outcome
from dedup.tuning.svg_plot import Plot, Tick, linear, logarithmic

if TYPE_CHECKING:
    from dedup.tuning.tune import Tuning

#: The least share of missed pairs that is told apart from none.
LEAST_MISSED = 1e-4
#: Costs beyond so many times the recommended are left out of the picture.
DEAREST = 2.5
_SHARES: list[Tick] = [(i / 10, f".{i}" if 0 < i < 10 else str(i // 10)) for i in range(0, 11, 2)]
_MISSED: list[Tick] = [(1, "all"), (0.1, "10 %"), (0.01, "1 %"), (0.001, ".1 %"), (LEAST_MISSED, ".01 %")]


def page(tuning: Tuning, names: list[str], out: Path) -> str:
    """The content of tuning.html."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    from dedup._version import __version__

    style = _part("tuning.css")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(sanitize=sanitize)
    points = tuning.curves.get("recommended", tuning.curves["usual"])
    kinds = {id(tuning.choice.best): "best"} | {id(o): "usual" for o in tuning.outcomes if o.setting == tuning.own}
    rows = sorted({id(o): o for o in [*tuning.front, *_named(tuning)]}.values(), key=lambda o: (o.micros, o.setting))
    return environment.from_string(_part("tuning.html")).render(
        version=__version__, policy=_policy(style), style=Markup(style), names=names,
        sampled=sampled(tuning), reason=tuning.choice.reason, notes=tuning.notes,
        described=described(tuning.choice.best.setting), command=command_line(out), caption=CAPTION,
        columns=COLUMNS, rows=[(kinds.get(id(o), ""), cells(o)) for o in rows],
        curve=Markup(curve_plot(points).svg()), front=Markup(front_plot(tuning).svg()),
        bands=Markup(curve_plot(tuning.curves["bands"]).svg()), inside=_inside(points),
        bands_inside=_inside(tuning.curves["bands"]),
        which="recommended" if "recommended" in tuning.curves else "usual",
        containments=Markup(histogram(tuning.spread.containments, "containment", tuning.goal.threshold).svg()),
        resemblances=Markup(histogram(tuning.spread.resemblances, "resemblance", alike(tuning.goal.threshold)).svg()),
        alike=f"{alike(tuning.goal.threshold):.2f}", threshold=f"{tuning.goal.threshold:g}", labelled=tuning.labelled,
        thresholds=tuning.thresholds.sentence if tuning.thresholds is not None else "",
        settings=f"{len(tuning.outcomes):,}",
    )  # fmt: skip


def _inside(points: Sequence[Point]) -> str:
    return f"the prediction lies within {sum(p.inside for p in points)} of {len(points)}"


def alike(containment: float) -> float:
    """The resemblance of two sets of one size of which so much lies in the other."""
    return containment / (2 - containment)


def _part(name: str) -> str:
    return (files("dedup.tuning") / name).read_text(encoding="utf-8")


def _policy(style: str) -> str:
    """The Content-Security-Policy: this style, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _named(tuning: Tuning) -> list[Outcome]:
    return [tuning.choice.best, *(o for o in tuning.outcomes if o.setting == tuning.own)]


def curve_plot(points: Sequence[Point]) -> Plot:
    """The S-curve: predicted as a line, measured as dots with their intervals."""
    plot = Plot(
        "How many pairs are found, by how much they resemble each other",
        linear(0, 1), linear(0, 1), _SHARES, _SHARES, "resemblance of the two bodies", "share found",
    )  # fmt: skip
    for point in points:
        plot.whisker(point.resemblance, point.least, point.most, "whisker")
    plot.line([(point.resemblance, point.predicted) for point in points], "predicted")
    for point in points:
        said = (
            f"resemblance {point.low:.2f} to {point.high:.2f}: {point.pairs:,} pairs of {point.stories:,} texts; "
            f"predicted {point.predicted:.4f}, measured {point.measured:.4f} ({point.least:.4f} to {point.most:.4f})"
        )
        plot.dot(point.resemblance, point.measured, "measured", 3.5, said)
    return plot


def front_plot(tuning: Tuning) -> Plot:
    """Every setting by cost and by what it misses; the front, the goal, the recommended and the usual."""
    named = _named(tuning)
    least = min(o.micros for o in tuning.outcomes)
    most = min(max(o.micros for o in tuning.outcomes), DEAREST * max(o.micros for o in named))
    step = _step((most - least) / 6)
    low, high = step * int(least / step), step * ceil(most / step)
    ticks = [(low + i * step, f"{low + i * step:g}") for i in range(round((high - low) / step) + 1)]
    plot = Plot(
        "What each setting costs and misses", linear(low, high), logarithmic(LEAST_MISSED, 1), ticks, _MISSED,
        "CPU microseconds an article", "true pairs missed",
    )  # fmt: skip
    for one in tuning.outcomes:
        if one.micros <= high:
            plot.dot(one.micros, _missed(one), "other", 2)
    plot.rule(None, 1 - tuning.goal.recall, "goal", f"asked for: {1 - tuning.goal.recall:.1%} missed at most")
    plot.line([(o.micros, _missed(o)) for o in tuning.front if o.micros <= high], "front")
    for one in reversed(named):
        kind = "best" if one is tuning.choice.best else "usual"
        said = (
            f"{described(one.setting)}: recall {one.recall:.4f}, {one.micros:.1f} µs, {one.bytes:,.0f} bytes an article"
        )
        plot.dot(one.micros, _missed(one), kind, 6, said)
    return plot


def _missed(outcome: Outcome) -> float:
    return max(LEAST_MISSED, 1 - outcome.recall)


def _step(about: float) -> float:
    """A round number near it: 1, 2 or 5 times a power of ten."""
    power = 10 ** int(log10(max(about, 1e-9)) // 1)
    return float(min((power * i for i in (1, 2, 5, 10)), key=lambda s: abs(s - about)))


def histogram(counts: NDArray[np.int64], what: str, threshold: float) -> Plot:
    """How many pairs have which resemblance or containment, on a logarithmic scale, with the threshold."""
    top = max(1, ceil(log10(max(10, int(counts.max(initial=0))))))
    ticks = [(10.0**i, f"{10**i:,}" if i < 6 else f"{10 ** (i - 6):,} M") for i in range(top + 1)]
    plot = Plot(
        f"Pairs of the sample by {what}", linear(0, 1), logarithmic(0.5, 10.0**top), _SHARES, ticks, what, "pairs",
    )  # fmt: skip
    for i, count in enumerate(counts.tolist()):
        low, high = i / len(counts), (i + 1) / len(counts)
        if count:
            kind = "bar over" if high > threshold + 1e-9 else "bar"
            plot.bar(low, high, count, kind, f"{low:.2f} to {high:.2f}: {count:,} pairs")
    plot.rule(threshold, None, "goal", f"threshold {threshold:.2f}")
    return plot
