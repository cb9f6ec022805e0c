"""Lay out the flow of texts from writers to sites as a Sankey diagram: bars and ribbons for the template to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dedup.reports.republication import Flow

#: Bars on each side; the rest is one bar, "others".
SOURCES = 9
SITES = 14
#: Units of the picture, which is scaled to the page. Labels stand outside the bars.
WIDTH, HEIGHT, LEFT, RIGHT, BAR, GAP, LINE = 960, 460, 250, 250, 10, 8.0, 19.0


@dataclass(frozen=True)
class Bar:
    """A writer or a site: its label, how many articles, the kind of writer (or `site`), and its rectangle."""

    label: str | None
    articles: int
    kind: str
    y: float
    height: float


@dataclass(frozen=True)
class Ribbon:
    """Articles of one site by one writer, as a path, with the kind of the writer."""

    path: str
    kind: str
    source: str | None
    site: str | None
    articles: int
    lag: int | None


@dataclass(frozen=True)
class Picture:
    """Bars on the left, bars on the right, ribbons between; the height that they take."""

    sources: tuple[Bar, ...]
    sites: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]
    height: int


def picture_of(flow: Flow) -> Picture | None:
    """Lay out the heaviest edges of a flow; None for a flow without edges. Bars of one side are ordered by size."""
    if not flow.edges:
        return None
    foreign = sum(site.foreign > 0 for site in flow.sites)
    # A bar for a single other would hide its name for nothing.
    sources_shown = len(flow.sources) if len(flow.sources) <= SOURCES + 1 else SOURCES
    sites_shown = foreign if foreign <= SITES + 1 else SITES
    cells = flow.cells(sources_shown, sites_shown)
    weight = {key: n for key, (n, _) in cells.items()}
    rest = (f"{len(flow.sources) - sources_shown:,} other writers", "others")
    writers = [*((source.name, source.kind) for source in flow.sources[:sources_shown]), rest]
    sites = [*(site.domain for site in flow.sites[:sites_shown]), f"{foreign - sites_shown:,} other sites"]
    height = max(180, min(HEIGHT, 34 * max(sources_shown, sites_shown)))
    scale = min(_scale(_sums(weight, 0), height), _scale(_sums(weight, 1), height))
    from_bars, to_bars = (_bars(_sums(weight, side), scale, height) for side in (0, 1))
    order = sorted(weight)
    start = _stack([(key[0], key) for key in order], from_bars, weight, scale)
    end = _stack([(key[1], key) for key in sorted(order, key=lambda k: (k[1], k[0]))], to_bars, weight, scale)
    ribbons = tuple(
        Ribbon(
            _path(start[key], end[key], max(1.0, weight[key] * scale)),
            writers[key[0]][1], writers[key[0]][0], sites[key[1]], *cells[key],
        )
        for key in order
    )  # fmt: skip
    return Picture(
        tuple(Bar(writers[i][0], n, writers[i][1], *from_bars[i]) for i, n in sorted(_sums(weight, 0).items())),
        tuple(Bar(sites[i], n, "site", *to_bars[i]) for i, n in sorted(_sums(weight, 1).items())),
        ribbons,
        height,
    )


def _sums(weight: Mapping[tuple[int, int], int], side: int) -> Counter[int]:
    sums: Counter[int] = Counter()
    for key, n in weight.items():
        sums[key[side]] += n
    return sums


def _scale(sums: Counter[int], height: float) -> float:
    """Find the units an article takes, by bisection, so that all bars fit with room for their labels."""
    low, high = 0.0, height
    for _ in range(40):
        middle = (low + high) / 2
        fits = sum(_room(n * middle) for n in sums.values()) - GAP <= height
        low, high = (middle, high) if fits else (low, middle)
    return low


def _room(size: float) -> float:
    """The height of a bar with the gap below it, at least a line of text."""
    return max(size + GAP, LINE)


def _bars(sums: Counter[int], scale: float, height: float) -> dict[int, tuple[float, float]]:
    """Compute top and height of each bar; free space goes between the bars."""
    spare = height + GAP - sum(_room(n * scale) for n in sums.values())
    more = max(0.0, spare) / max(1, len(sums) - 1)
    y = 0.0 if len(sums) > 1 else max(0.0, spare / 2)
    bars = {}
    for i, n in sorted(sums.items()):
        size = n * scale
        inset = (_room(size) - GAP - size) / 2
        bars[i] = (round(y + inset, 2), round(max(1.0, size), 2))
        y += _room(size) + more
    return bars


def _stack(
    places: Sequence[tuple[int, tuple[int, int]]],
    bars: Mapping[int, tuple[float, float]],
    weight: Mapping[tuple[int, int], int],
    scale: float,
) -> dict[tuple[int, int], float]:
    """Compute where each ribbon begins on its bar, one below the other."""
    next_y = {i: y for i, (y, _) in bars.items()}
    out = {}
    for i, key in places:
        out[key] = next_y[i]
        next_y[i] += weight[key] * scale
    return out


def _path(y0: float, y1: float, size: float) -> str:
    """Draw a ribbon of thickness `size` from the left bar to the right one, as an SVG path."""
    x0, x1 = LEFT + BAR, WIDTH - RIGHT - BAR
    middle = (x0 + x1) / 2
    top = f"M{x0} {y0:.2f}C{middle} {y0:.2f} {middle} {y1:.2f} {x1} {y1:.2f}"
    return f"{top}V{y1 + size:.2f}C{middle} {y1 + size:.2f} {middle} {y0 + size:.2f} {x0} {y0 + size:.2f}Z"
