"""Plots as inline SVG: axes, lines, dots and bars; numbers only, and colours that the page's style names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log10

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 44

Scale = Callable[[float], float]
Tick = tuple[float, str]


def linear(low: float, high: float) -> Scale:
    return lambda value: (value - low) / (high - low)


def logarithmic(low: float, high: float) -> Scale:
    return lambda value: (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low))


@dataclass
class Plot:
    """One plot. Marks are drawn in the order they are added; a mark's `kind` is a class of the style."""

    title: str
    x: Scale
    y: Scale
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    x_label: str
    y_label: str
    marks: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is, in units of the picture; what lies outside is put onto the edge."""
        across = min(1.0, max(0.0, self.x(x)))
        up = min(1.0, max(0.0, self.y(y)))
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*point) for point in points))
        self.marks.append(f'<polyline class="{kind}" points="{path}"/>')

    def dot(self, x: float, y: float, kind: str, radius: float = 3, said: str = "") -> None:
        across, up = self.at(x, y)
        title = f"<title>{escaped(said)}</title>" if said else ""
        self.marks.append(f'<circle class="{kind}" cx="{across:.1f}" cy="{up:.1f}" r="{radius}">{title}</circle>')

    def whisker(self, x: float, low: float, high: float, kind: str) -> None:
        across, bottom = self.at(x, low)
        _, top = self.at(x, high)
        self.marks.append(f'<path class="{kind}" d="M{across:.1f} {bottom:.1f}V{top:.1f}"/>')

    def bar(self, low: float, high: float, value: float, kind: str, said: str = "") -> None:
        left, top = self.at(low, value)
        right, _ = self.at(high, value)
        width, height = max(0.5, right - left - 1), HEIGHT - BOTTOM - top
        title = f"<title>{escaped(said)}</title>" if said else ""
        self.marks.append(
            f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{max(0, height):.1f}">'
            f"{title}</rect>"
        )

    def rule(self, x: float | None, y: float | None, kind: str, said: str) -> None:
        """A line across the whole plot, at an x or a y, with a word to it."""
        across, up = self.at(x if x is not None else 0, y if y is not None else 0)
        if x is not None:
            self.marks.append(f'<path class="{kind}" d="M{across:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
            end = across > WIDTH * 0.7
            place = f'x="{across + (-5 if end else 5):.1f}" y="{TOP + 11}" text-anchor="{"end" if end else "start"}"'
        else:
            self.marks.append(f'<path class="{kind}" d="M{LEFT} {up:.1f}H{WIDTH - RIGHT}"/>')
            place = f'x="{WIDTH - RIGHT - 4}" y="{up - 5:.1f}" text-anchor="end"'
        self.marks.append(f'<text class="word" {place}>{escaped(said)}</text>')

    def svg(self) -> str:
        """The picture."""
        parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escaped(self.title)}</title>']
        for value, said in self.x_ticks:
            across, _ = self.at(value, 0)
            parts.append(f'<path class="grid" d="M{across:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
            parts.append(
                f'<text x="{across:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{escaped(said)}</text>'
            )
        for value, said in self.y_ticks:
            up = HEIGHT - BOTTOM - self.y(value) * (HEIGHT - TOP - BOTTOM)
            parts.append(f'<path class="grid" d="M{LEFT} {up:.1f}H{WIDTH - RIGHT}"/>')
            parts.append(f'<text x="{LEFT - 6}" y="{up + 4:.1f}" text-anchor="end">{escaped(said)}</text>')
        middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
        parts.append(
            f'<text class="label" x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escaped(self.x_label)}</text>'
        )
        parts.append(
            f'<text class="label" transform="translate(14 {(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" '
            f'text-anchor="middle">{escaped(self.y_label)}</text>'
        )
        return "".join([*parts, *self.marks, "</svg>"])


def escaped(text: str) -> str:
    """Text as it may stand in markup."""
    from html import escape

    return escape(text)
