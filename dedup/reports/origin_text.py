"""An origin explained: the way of the text, and the candidates that were not chosen."""

from __future__ import annotations

from rich.text import Text

from dedup.attribution.weights import weights
from dedup.model import Evidence, Origin
from dedup.reports.layout import INDENT, LABEL, Column, heading, labelled, table, text
from dedup.sanitize import cut, visible

#: Evidence that a line has room for, and characters of its words.
REASONS, WORDS = 3, 44
#: Signals whose words are ours or an address, not the article's.
_UNQUOTED = frozenset({"first_seen", "home_domain", "home_agency", "home_outlet"})
#: A rival from this probability on was near.
_NEAR = 0.15


def because(origin: Origin, room: int = 400) -> str:
    """What says most for an origin, or why none is named, in `room` characters: `the tag in the dateline “SEOUL (AP)”,
    copyright line of an agency “…”`. Empty where an article says nothing at all.
    """
    names = {origin.name, origin.domain} - {None}
    ours = [e for e in origin.evidence if e.supports in names and e.weight > 0] if origin.name else []
    reasons = [_reason(e) for e in ours[:REASONS]] if origin.name else _open(origin)
    while len(reasons) > 1 and len(", ".join(reasons)) > room:
        reasons.pop()
    return cut(", ".join(reasons), room)


def _reason(evidence: Evidence) -> str:
    words = visible(evidence.quote.strip(), WORDS)
    says = weights().says.get(evidence.signal, evidence.signal.replace("_", " "))
    return f"{says}: {words}" if evidence.signal in _UNQUOTED else f"{says} “{words}”"


def _open(origin: Origin) -> list[str]:
    """Why nobody is named: rivals near to each other, mentions that credit nobody, or a host that does not say so."""
    near = [f"{visible(name, 30)} {100 * sure:.0f} %" for name, sure, _ in origin.rivals if sure >= _NEAR]
    if len(near) > 1:
        return [f"hardly apart: {near[0]}", *near[1:]]
    told = [e for e in origin.evidence if e.signal not in ("home_outlet", "own_name", "first_seen")]
    if told:
        return [f"nobody is credited; {_reason(told[0])}"]
    return [f"nobody is credited; perhaps {near[0]}"] if near else []


def because_lines(origin: Origin, width: int) -> list[Text]:
    """The reason on one line, if there is one."""
    why = because(origin, max(20, width - INDENT - LABEL))
    return [labelled("because", why)] if why else []


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
