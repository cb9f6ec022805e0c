"""Which of two texts is the later version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.dates import parse_timestamp
from dedup.languages import lexicon

Ints = NDArray[np.int64]

_UPDATE = lexicon.regex(r"^\W*{update_mark}\b\W*(\d*)", re.IGNORECASE)


def newer(
    titles: Sequence[str | None], domains: Sequence[str | None], published: Sequence[str | None], a: Ints, b: Ints
) -> NDArray[np.int8]:
    """Which of the texts `a` and `b` (m,) is the later version: 1 for b, -1 for a, 0 where nothing says so.

    Titles say so ("UPDATE 2-", "CORRECTED"), and else the times at which one site published both. Times on two sites
    say who was slower, not whose text is newer.
    """
    late, domain, seconds = np.zeros(len(titles), np.int64), np.full(len(titles), -1), np.full(len(titles), np.nan)
    numbers: dict[str, int] = {}
    for i, (title, site, time) in enumerate(zip(titles, domains, published, strict=True)):
        late[i] = _update(title)
        if site:
            domain[i] = numbers.setdefault(site, len(numbers))
        when = parse_timestamp(time)
        if when is not None and when.exact:
            seconds[i] = when.seconds
    by_title = np.sign(late[b] - late[a])
    lag = np.where((domain[a] >= 0) & (domain[a] == domain[b]), seconds[b] - seconds[a], 0.0)
    return np.where(by_title != 0, by_title, np.sign(np.nan_to_num(lag))).astype(np.int8)


class Dated(NamedTuple):
    """The columns of a text that decide which of two is the newer one."""

    title: str | None
    domain: str | None
    published: str | None


def newer_of(a: Dated, b: Dated) -> int:
    """`newer` of one pair."""
    by_title = _update(b.title) - _update(a.title)
    if by_title == 0 and a.domain and a.domain == b.domain:
        when_a, when_b = parse_timestamp(a.published), parse_timestamp(b.published)
        if when_a is not None and when_b is not None and when_a.exact and when_b.exact:
            return (when_b.seconds > when_a.seconds) - (when_b.seconds < when_a.seconds)
    return (by_title > 0) - (by_title < 0)


def _update(title: str | None) -> int:
    """The number of the version that a title says it is; 0 where it says nothing."""
    match = _UPDATE.match(title) if title else None
    return int(match.group(1)[:4] or 1) if match else 0
