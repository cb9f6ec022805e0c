"""The words credits are made with, in many languages (cues.json), as patterns. They say what a line is, never whose."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import orjson


@cache
def phrases(role: str) -> tuple[str, ...]:
    return tuple(_data()[role])


@cache
def _data() -> dict[str, list[str]]:
    found: dict[str, list[str]] = orjson.loads((files("dedup.evidence") / "lexicon.json").read_bytes())
    return found


def any_of(role: str, text: str) -> bool:
    """Whether a phrase of a role may stand in a text, perhaps within a word."""
    low = text.lower()
    return any(phrase in low for phrase in _plain(role))


def search(role: str, text: str) -> re.Match[str] | None:
    """The first phrase of a role in a text, as whole words. A look for the plain strings first: it is ten times as fast
    as their alternation, and nearly always the answer."""
    low = text.lower()
    for phrase in _plain(role):
        if phrase in low:
            return pattern(role).search(text)
    return None


@cache
def _plain(role: str) -> tuple[str, ...]:
    if role == "credit":  # what may name somebody who is in no registry
        return tuple(p.lower() for r in ("source", "via", "staff") for p in phrases(r))
    return tuple(phrase.lower() for phrase in phrases(role))


@cache
def pattern(role: str) -> re.Pattern[str]:
    """A phrase of a role, as whole words, anywhere; the longest first."""
    return re.compile(rf"(?<![^\W_])(?:{_either(role)})(?![^\W_])", re.IGNORECASE)


@cache
def leading(role: str) -> re.Pattern[str]:
    """A phrase of a role at the beginning of a line, and what sets it off from the name after it."""
    return re.compile(rf"[\s(\[*–—-]*(?:{_either(role)})(?![^\W_])\s*[:：]?\s*", re.IGNORECASE)


def _either(role: str) -> str:
    return "|".join(map(re.escape, sorted(phrases(role), key=lambda p: (-len(p), p))))


#: Roles whose phrases make a line of the head, or of the foot, worth reading though it names nobody known.
HEAD = ("licensed", "not_own", "notice", "staff", "relay")
FOOT = ("licensed", "provided", "footer", "not_own", "notice", "signed", "standards")
#: Single words that are a credit only when they begin a line of the foot.
FOOT_WORDS = ("enditem", "copyright", "source", "quelle", "fonte", "fuente", "via")


def head_cues() -> tuple[str, ...]:
    return tuple(dict.fromkeys(p for role in HEAD for p in phrases(role)))


def foot_cues() -> tuple[str, ...]:
    return (*dict.fromkeys(p for role in FOOT for p in phrases(role)), *FOOT_WORDS)
