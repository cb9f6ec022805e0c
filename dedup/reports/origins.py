"""An origin explained: the way of the text, and the candidates that were not chosen."""

from __future__ import annotations

from rich.text import Text

from dedup.model import Origin
from dedup.reports.layout import Column, heading, labelled, table, text
from dedup.reports.safe import visible

#: Evidence that a line has room for.
REASONS = 3


def because(origin: Origin) -> str:
    """What says most for an origin, on one line: `dateline “SEOUL (AP)”, copyright line “…”`."""
    names = {origin.name, origin.domain} - {None}
    ours = [e for e in origin.evidence if e.supports in names and e.weight > 0] if origin.name else []
    return ", ".join(f"{e.signal.replace('_', ' ')} “{visible(e.quote.strip(), 60)}”" for e in ours[:REASONS])


def chain_lines(origin: Origin) -> list[Text]:
    """From the writer to whoever prints it, where that can be seen."""
    if len(origin.chain) < 2:
        return []
    return [labelled("way", " → ".join(f"{visible(name, 40)} ({role})" for role, name in origin.chain))]


def rival_lines(origin: Origin, width: int) -> list[Text]:
    """The candidates that were not chosen, with the reason."""
    if not origin.rivals:
        return [*heading("Not chosen"), text(), text(("    There was no other candidate.", "dim"))]
    rows = [(visible(name, 40), f"{100 * sure:.0f} %", visible(why, 120)) for name, sure, why in origin.rivals]
    columns = [
        Column("candidate", style="cyan"),
        Column("probability", right=True, style="bold"),
        Column("why not", flex=True),
    ]
    return [*heading("Not chosen"), text(), *table(columns, rows, width)]
