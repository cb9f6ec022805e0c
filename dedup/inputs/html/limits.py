"""Limits of the extraction of a page, and all that its result depends on besides the page."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

#: Bytes of the largest page after decompression. The largest of 641 news pages of 2016 to 2024 has 1.7 MB.
MAX_PAGE = 20_000_000
#: Resident bytes above which a worker is replaced after a page: parsers free little of their memory.
RECYCLE = 512 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The resources of one page.

    cpu: seconds of processor time; the slowest of the 641 pages takes a third of a second. wall: seconds after which a
    worker that does not answer is ended, however busy the machine is. memory: bytes of address space of a worker, which
    needs 0.16 GB at first and 0.3 GB for the largest of these pages.
    """

    cpu: float = 10.0
    wall: float = 120.0
    memory: int = 1 << 30


#: Raise this with every change that gives another result for the same page.
EXTRACTOR = 4
#: Options of trafilatura. fast: its own rules without jusText and readability, which on the two sets of hand-made texts
#: take a third of the time and lose some precision (docs/pages.md). Comments of readers are left out. Its own
#: deduplication is off, since its result depends on the pages before.
OPTIONS: dict[str, Any] = {"fast": True, "include_comments": False, "include_tables": True, "deduplicate": False}

_LIBRARIES = ("trafilatura", "htmldate", "courlan", "lxml", "tldextract")


def fingerprint(limits: Limits) -> str:
    """Describe all that the result of a page depends on besides the page: a part of every key of the cache."""
    parts = [f"extractor {EXTRACTOR}", f"limits {MAX_PAGE} {limits.cpu} {limits.memory}", repr(sorted(OPTIONS.items()))]
    return "; ".join([*parts, *(f"{name} {version(name)}" for name in _LIBRARIES)])
