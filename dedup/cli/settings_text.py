"""`dedup scan --explain-settings`: explain what the settings find, and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dedup.reports import layout

if TYPE_CHECKING:
    from rich.text import Text

#: Width of the bar that stands for certainty.
BAR = 40


def explain_lines(facts: Mapping[str, Any]) -> list[Text]:
    """Lay out the two searches for candidates, each with its probability of finding a pair."""
    curve = [(f"{point['resemblance']:.2f}", point["bands_probability"]) for point in facts["curve"]]
    runs = [(f"{run['words']:,}", run["probability"]) for run in facts["runs"]]
    short = facts["passages_needed"]
    least = f"{short['long']} kept shingles ({short['short']} in texts of fewer than {short['short_below_shingles']})"
    return [
        *layout.heading("Shingles", f"{facts['shingle_size']} words each"),
        layout.text((f"    Bodies of fewer than {facts['min_tokens']} words match nothing.", "dim")),
        *(_bands(facts, curve) if facts["bands"] else layout.heading("Bands", "none")),
        *layout.heading("Passages", f"one shingle in {facts['passage_rate']} is kept"),
        layout.text((f"    They are compared, too, if they share {least}.", "dim")),
        layout.text(),
        *_curve("words copied", runs),
        layout.text(),
    ]


def _bands(facts: Mapping[str, Any], curve: list[tuple[str, float]]) -> list[Text]:
    return [
        *layout.heading(
            "Bands", f"{facts['bands']} of {facts['rows']} numbers each, from signatures of {facts['num_perm']}"
        ),
        layout.text(("    Two articles are compared if they agree on a whole band of their signatures.", "dim")),
        layout.text(),
        *_curve("resemblance", curve),
    ]


def _curve(title: str, points: list[tuple[str, float]]) -> list[Text]:
    """Lay out a curve, one line for each point: its place, its probability, and a bar."""
    rows = [(where, f"{probability:.4f}", "█" * round(BAR * probability)) for where, probability in points]
    columns = [
        layout.Column(title, right=True, style="bold"),
        layout.Column("found", right=True),
        layout.Column("", style="cyan"),
    ]
    return layout.table(columns, rows, 80)
