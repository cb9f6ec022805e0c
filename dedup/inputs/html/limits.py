"""What a page may cost, and what a page's result depends on beside its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

#: Bytes of a page after decompression; more is no article. Of 641 news pages of 2016 to 2024 the largest has 1.7 MB.
MAX_PAGE = 20_000_000
#: A worker that grew beyond this (resident bytes) is replaced after the page: parsers give little back.
RECYCLE = 512 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may take.

    `cpu`: seconds of processor time; of the same pages the slowest takes a third of one. `wall`: seconds by the
    clock, after which a worker that does not answer is ended however busy the machine is. `memory`: bytes of address
    space of a worker, which needs 0.16 GB to begin with and 0.3 GB for the largest of these pages.
    """

    cpu: float = 10.0
    wall: float = 120.0
    memory: int = 1 << 30


#: Raised with every change that gives another result for the same page.
EXTRACTOR = 1
#: How trafilatura is asked. Fast: its own rules without jusText and readability as second opinions, which on the two
#: sets of hand-made texts cost a third of the time and some precision (docs/pages.md). No comments of readers. Its
#: own deduplication is off, since what it drops depends on the pages it saw before.
OPTIONS: dict[str, Any] = {"fast": True, "include_comments": False, "include_tables": True, "deduplicate": False}

_LIBRARIES = ("trafilatura", "htmldate", "courlan", "lxml", "tldextract")


def fingerprint(limits: Limits) -> str:
    """All that a page's result depends on, beside the page: part of every key of the cache."""
    parts = [f"extractor {EXTRACTOR}", f"limits {MAX_PAGE} {limits.cpu} {limits.memory}", repr(sorted(OPTIONS.items()))]
    return "; ".join([*parts, *(f"{name} {version(name)}" for name in _LIBRARIES)])
