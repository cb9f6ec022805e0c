"""Time: who had the text first, where the members' times can tell.

Times are intervals: a bare date is a day wide, wherever on earth that day was; a time without a zone may be off by a
zone's width. Only an interval that ends before all others begin was first.
"""

from __future__ import annotations

from collections.abc import Sequence

from dedup.inputs.dates import Timestamp

#: A date's day, and the zones it may have been in, before and after UTC's.
DAY, EAST, WEST = 24 * 3600.0, 14 * 3600.0, 12 * 3600.0
#: A lead of more than a fortnight is a wrong date more often than a first.
PLAUSIBLE = 14 * DAY


def interval(when: Timestamp) -> tuple[float, float]:
    """The earliest and latest second that a time may mean."""
    if when.exact and when.has_zone:
        return when.seconds, when.seconds
    return when.seconds - EAST, when.seconds + (0.0 if when.exact else DAY) + WEST


def ahead(times: Sequence[tuple[Timestamp | None, str | None]]) -> tuple[int, float] | None:
    """Which of (time, host) was surely first, and by how many seconds before any other host; None where none was."""
    spans = sorted((*interval(when), i) for i, (when, _) in enumerate(times) if when is not None)
    if len(spans) < 2:
        return None
    _, end, first = spans[0]
    others = [start for start, _, i in spans[1:] if times[i][1] != times[first][1]]
    if not others or times[first][1] is None or others[0] <= end or others[0] - end > PLAUSIBLE:
        return None
    return first, others[0] - end


def earliest(times: Sequence[Timestamp | None]) -> float | None:
    """The earliest of the times that can be trusted: one far ahead of all others is a wrong date."""
    seconds = sorted(when.seconds for when in times if when is not None)
    while len(seconds) > 1 and seconds[1] - seconds[0] > PLAUSIBLE:
        del seconds[0]
    return seconds[0] if seconds else None
