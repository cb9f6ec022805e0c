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
UNQUOTED = frozenset({"first_seen", "home_domain", "home_agency", "home_outlet", "taken_from"})
#: A rival from this probability on was near.
_NEAR = 0.15
#: How sure a probability is, in words, from the highest on.
CONFIDENCE = ((0.95, "almost surely"), (0.8, "very probably"), (0.6, "probably"), (0.0, "perhaps"))


def in_words(probability: float) -> str:
    """Say how sure a probability is: `almost surely` from .95 on, `very probably`, `probably`, or `perhaps`."""
    return next(words for least, words in CONFIDENCE if probability >= least)


def explain_origin(origin: Origin, room: int = 400) -> str:
    """Say what speaks for an origin, or why none is named, in `room` characters.

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
        return [f"two or more are named, or could be: {near[0]}", *near[1:]]
    mentions = [e for e in origin.evidence if e.signal not in ("home_outlet", "own_name", "first_seen")]
    if mentions:
        return [f"nobody is credited as the writer; {_reason(mentions[0])}"]
    first = next((e for e in origin.evidence if e.signal == "first_seen"), None)
    if first is not None:
        return [
            f"no article names the writer; it was first seen on {sanitize(first.supports or '', 40)}, {first.quote}"
        ]
    return [f"no article names the writer; perhaps {near[0]}" if near else "no article names the writer"]


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
