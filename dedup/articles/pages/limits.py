"""What a page may cost, and what a page's result depends on beside its bytes."""

from __future__ import annotations

from importlib.metadata import version

#: Bytes of a page after decompression; more is no article. Of 641 news pages of 2016 to 2024 the largest has 1.7 MB.
MAX_PAGE = 20_000_000
#: Processor seconds for a page. Of the same pages the slowest takes a quarter of a second.
CPU_SECONDS = 20
#: Seconds by the clock after which a worker that does not answer is ended, however busy the machine is.
WALL_SECONDS = 120
#: Bytes of address space of a worker. It needs 0.3 GB to begin with; 20 MB of tags take about 1 GB more.
MEMORY = 2 << 30
#: A worker that grew beyond this (resident bytes) is replaced after the page: parsers give little back.
RECYCLE = 512 << 20

#: Raised with every change that gives another result for the same page.
EXTRACTOR = 1
#: How trafilatura is asked. Fast: its own rules without jusText and readability as second opinions, which on the two
#: sets of hand-made texts cost a third of the time and some precision (docs/pages.md). No comments of readers. Its
#: own deduplication is off, since what it drops depends on the pages it saw before.
OPTIONS = {"fast": True, "include_comments": False, "include_tables": True, "deduplicate": False}

_LIBRARIES = ("trafilatura", "htmldate", "courlan", "lxml", "tldextract")


def fingerprint() -> str:
    """All that a page's result depends on, beside the page: part of every key of the cache."""
    parts = [f"extractor {EXTRACTOR}", f"limits {MAX_PAGE} {CPU_SECONDS} {MEMORY}", repr(sorted(OPTIONS.items()))]
    return "; ".join([*parts, *(f"{name} {version(name)}" for name in _LIBRARIES)])
