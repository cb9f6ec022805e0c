"""Explain an origin in the terminal: the evidence, the way of the text, and the candidates that were not chosen."""

from __future__ import annotations

from rich.text import Text

from dedup.attribution.weights import weights
from dedup.model import Evidence, Origin
from dedup.reports.layout import INDENT, LABEL, Column, heading, labelled, text, titled_table
from dedup.sanitize import cut, sanitize

#: Evidence that a line has room for, and characters of its words.
REASONS, WORDS = 3, 44
#: Signals whose words are ours or an address, not the article's.
UNQUOTED = frozenset({"first_seen", "home_domain", "home_agency", "home_outlet"})
#: A rival from this probability on was near.
_NEAR = 0.15


def explain_origin(origin: Origin, room: int = 400) -> str:
    """Say what speaks for an origin, or why none is named, in `room` characters; empty without evidence.

    For example: `the tag in the dateline “SEOUL (AP)”, copyright line of an agency “…”`.
    """
    names = {origin.name, origin.domain} - {None}
    support = [e for e in origin.evidence if e.supports in names and e.weight > 0] if origin.name else []
    reasons = [_reason(e) for e in support[:REASONS]] if origin.name else _open(origin)
    while len(reasons) > 1 and len(", ".join(reasons)) > room:
        reasons.pop()
    return cut(", ".join(reasons), room)


def _reason(evidence: Evidence) -> str:
    words = sanitize(evidence.quote.strip(), WORDS)
    says = weights().says.get(evidence.signal, evidence.signal.replace("_", " "))
    return f"{says}: {words}" if evidence.signal in UNQUOTED else f"{says} “{words}”"


def _open(origin: Origin) -> list[str]:
    """Explain why an origin has no name: close rivals, mentions without a credit, or a probable host."""
    near = [f"{sanitize(name, 30)} {100 * sure:.0f} %" for name, sure, _ in origin.rivals if sure >= _NEAR]
    if len(near) > 1:
        return [f"hardly apart: {near[0]}", *near[1:]]
    mentions = [e for e in origin.evidence if e.signal not in ("home_outlet", "own_name", "first_seen")]
    if mentions:
        return [f"nobody is credited; {_reason(mentions[0])}"]
    return [f"nobody is credited; perhaps {near[0]}"] if near else []


def explanation_lines(origin: Origin, width: int) -> list[Text]:
    """Lay out the explanation of an origin: one line, or none if there is no evidence."""
    why = explain_origin(origin, max(20, width - INDENT - LABEL))
    return [labelled("because", why)] if why else []


def chain_lines(origin: Origin) -> list[Text]:
    """Lay out the chain of an origin, from the writer to the host: one line, or none without a chain."""
    if len(origin.chain) < 2:
        return []
    return [labelled("way", " → ".join(f"{sanitize(name, 40)} ({role})" for role, name in origin.chain))]


def rival_lines(origin: Origin, width: int) -> list[Text]:
    """Lay out the candidates that were not chosen, each with the reason."""
    if not origin.rivals:
        return [*heading("Not chosen"), text(), text(("    There was no other candidate.", "dim"))]
    rows = [(sanitize(name, 40), f"{100 * sure:.0f} %", sanitize(why, 120)) for name, sure, why in origin.rivals]
    columns = [
        Column("candidate", style="cyan"),
        Column("probability", right=True, style="bold"),
        Column("why not", flex=True),
    ]
    return titled_table(("Not chosen", ""), columns, rows, width)
