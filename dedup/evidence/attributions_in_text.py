"""Summarise how a story mentions an agency or paper: as the one to which somebody spoke, or as a source. No credits.

An agency does not quote itself in the third person, so `according to KCNA` is evidence against KCNA. If people `told
AFP` something more than once, AFP is the writer. A text with `the Courier reported` that also stands on the Courier's
site was written there.
"""

from __future__ import annotations

from collections import Counter

from dedup.evidence.observation import Observation, quote


def summarise_mentions(mentions: list[tuple[bool, str, str]]) -> list[Observation]:
    """Return one observation for each signal and name; mentions: (told rather than reported, words, name) of each."""
    count = Counter(name for is_told, _, name in mentions if is_told)
    observations: dict[tuple[str, str], Observation] = {}
    for is_told, words, name in mentions:
        signal = ("told" if count[name] >= 2 else "told_once") if is_told else "attributed"
        observations.setdefault((signal, name), Observation(signal, quote(words), name))
    return list(observations.values())
