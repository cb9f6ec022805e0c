"""How the story itself speaks of an agency or paper: told to it, or reported by it. Never a credit.

An agency does not quote itself in the third person, so `according to KCNA` speaks against KCNA. What somebody `told
AFP`, more than once, was told to the writer. A text that says `the Courier reported`, and stands on the Courier's site
as well, was written there.
"""

from __future__ import annotations

from collections import Counter

from dedup.evidence.observation import Observation, quote


def weigh(heard: list[tuple[bool, str, str]]) -> list[Observation]:
    """What the mentions of one article say; heard: (told rather than reported, words, name) of each."""
    told = Counter(name for is_told, _, name in heard if is_told)
    said: dict[tuple[str, str], Observation] = {}
    for is_told, words, name in heard:
        signal = ("told" if told[name] >= 2 else "told_once") if is_told else "attributed"
        said.setdefault((signal, name), Observation(signal, quote(words), name))
    return list(said.values())
