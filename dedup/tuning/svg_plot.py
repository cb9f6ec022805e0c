"""Plots as inline SVG: axes, lines, dots and bars, with colours from the style of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from math import log10
from typing import NamedTuple

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 44

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


@dataclass
class Plot:
    """One plot. Marks are drawn in the order in which they are added; `kind` is a class of the style."""

    title: str
    x: Axis
    y: Axis
    marks: list[str] = field(default_factory=list)

    def position(self, x: float, y: float) -> tuple[float, float]:
        """The position of a point in units of the picture; points outside are moved to the edge."""
        across = min(1.0, max(0.0, self.x.scale(x)))
        up = min(1.0, max(0.0, self.y.scale(y)))
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """Add a line through points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.position(*point) for point in points))
        self.marks.append(f'<polyline class="{kind}" points="{path}"/>')

    def dot(self, point: tuple[float, float], kind: str, radius: float = 3, label: str = "") -> None:
        """Add a dot; its label shows under the pointer."""
        x, y = self.position(*point)
        self.marks.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">{_title(label)}</circle>')

    def whisker(self, x: float, low: float, high: float, kind: str) -> None:
        """Add a vertical line from low to high."""
        across, bottom = self.position(x, low)
        _, top = self.position(x, high)
        self.marks.append(f'<path class="{kind}" d="M{across:.1f} {bottom:.1f}V{top:.1f}"/>')

    def bar(self, low: float, high: float, value: float, kind: str, label: str = "") -> None:
        """Add a bar from the axis up to a value; its label shows under the pointer."""
        x, top = self.position(low, value)
        end, _ = self.position(high, value)
        width, height = max(0.5, end - x - 1), HEIGHT - BOTTOM - top
        self.marks.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{max(0, height):.1f}">'
            f"{_title(label)}</rect>"
        )

    def rule_at_x(self, x: float, kind: str, label: str) -> None:
        """Add a vertical line across the whole plot, with its label beside it."""
        across, _ = self.position(x, 0)
        offset, anchor = (-5, "end") if across > WIDTH * 0.7 else (5, "start")
        self.marks.append(
            f'<path class="{kind}" d="M{across:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
            f'<text class="word" x="{across + offset:.1f}" y="{TOP + 11}" text-anchor="{anchor}">{escape(label)}</text>'
        )

    def rule_at_y(self, y: float, kind: str, label: str) -> None:
        """Add a horizontal line across the whole plot, with its label above it."""
        _, up = self.position(0, y)
        self.marks.append(
            f'<path class="{kind}" d="M{LEFT} {up:.1f}H{WIDTH - RIGHT}"/>'
            f'<text class="word" x="{WIDTH - RIGHT - 4}" y="{up - 5:.1f}" text-anchor="end">{escape(label)}</text>'
        )

    def svg(self) -> str:
        """The picture."""
        parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{_title(self.title)}']
        for value, text in self.x.ticks:
            across, _ = self.position(value, 0)
            parts.append(f'<path class="grid" d="M{across:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
            parts.append(
                f'<text x="{across:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{escape(text)}</text>'
            )
        for value, text in self.y.ticks:
            _, up = self.position(0, value)
            parts.append(f'<path class="grid" d="M{LEFT} {up:.1f}H{WIDTH - RIGHT}"/>')
            parts.append(f'<text x="{LEFT - 6}" y="{up + 4:.1f}" text-anchor="end">{escape(text)}</text>')
        across, up = LEFT + (WIDTH - LEFT - RIGHT) / 2, (HEIGHT - BOTTOM + TOP) / 2
        label = 'class="label" text-anchor="middle"'
        parts.append(f'<text {label} x="{across}" y="{HEIGHT - 8}">{escape(self.x.label)}</text>')
        parts.append(f'<text {label} transform="translate(14 {up}) rotate(-90)">{escape(self.y.label)}</text>')
        return "".join([*parts, *self.marks, "</svg>"])


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""
