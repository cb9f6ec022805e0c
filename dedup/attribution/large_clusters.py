"""Origin and canonical copy of a cluster of very many members, by columns: what `decide` and `keep` say, in less time.

Most members of such a cluster say the same few things, or nothing, on sites of which nothing is known. What they say
is looked at once for each different statement, not once for each member. A test holds both ways equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from math import exp
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.attribution import canonical, first_seen
from dedup.attribution.codes import Codes
from dedup.attribution.features import SILENT, Names, Piece, first_seen_feature, piece_of
from dedup.attribution.score import DOMAINS, exact_sum, origin_of
from dedup.evidence.observation import Said
from dedup.inputs.dates import parse_timestamp
from dedup.model import Evidence, Origin

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: After all that a member says.
_LAST = 1 << 30
#: Of hosts that are not named in a statement: a number, and a name that nobody has.
_OTHER, _OTHER_NAME = -3, "\0"


@dataclass(frozen=True)
class Columns:
    """Members in the order of their ids: the numbers of domain and statement (`Codes`); seconds, infinite where no time
    is known; whether the time is exact, and zoned; words. All (n,)."""

    domain: Ints
    said: Ints
    seconds: NDArray[np.float64]
    exact: Bools
    zoned: Bools
    words: Ints

    @classmethod
    def of(
        cls,
        codes: Codes,
        domain: Sequence[str | None],
        said: Sequence[str | None],
        published: Sequence[str | None],
        words: Ints,
        read: Callable[[str], Sequence[Said]],
    ) -> Columns:
        when = [parse_timestamp(text) or (np.inf, False, False) for text in published]
        return cls(
            np.array([codes.domain(name) for name in domain], np.int64),
            np.array([codes.statement(one, read) for one in said], np.int64),
            np.array([one[0] for one in when], np.float64),
            np.array([one[1] for one in when], np.bool_),
            np.array([one[2] for one in when], np.bool_),
            words,
        )

    def take(self, rows: Ints) -> Columns:
        return Columns(*(getattr(self, one.name)[rows] for one in fields(self)))

    def insert(self, place: int, one: Columns) -> Columns:
        """These with one more member before the one at a place."""
        return Columns(*(inserted(getattr(self, f.name), place, getattr(one, f.name)[0]) for f in fields(self)))


def inserted(values: NDArray[Any], place: int, value: Any) -> NDArray[Any]:
    """`np.insert` of one value: that takes ten times as long."""
    out = np.empty((len(values) + 1, *values.shape[1:]), values.dtype)
    out[:place] = values[:place]
    out[place] = value
    out[place + 1 :] = values[place:]
    return out


class _Own:
    """The names of the hosts of a cluster."""

    def __init__(self, codes: Codes, present: Bools) -> None:
        self._codes, self._present = codes, present

    def __contains__(self, name: object) -> bool:
        code = self._codes.host_code.get(name)  # type: ignore[call-overload]
        return code is not None and bool(self._present[code])


class _Names(Names):
    """`Names` with the domains of a cluster as numbers."""

    def __init__(self, codes: Codes, present: Bools) -> None:
        super().__init__({}, codes.known)
        self._codes, self._present = codes, present

    def __call__(self, name: str) -> str:
        if name not in self._known.by_name:
            own = self._codes.called(name)
            self._hosts = {
                self._codes.domains[i]: self._codes.hosts[int(self._codes.host_of(np.array([i]))[0])] for i in own
            }
        return super().__call__(name)

    def sites_of(self, name: str) -> list[str]:
        return sorted(self._codes.domains[code] for code in self._codes.called(name) if self._present[code])


def decide_many(members: Columns, ids: Sequence[str], codes: Codes) -> Origin:
    """`decide` of two or more members; ids: theirs."""
    present = np.zeros(len(codes.domains), np.bool_)
    present[members.domain[members.domain >= 0]] = True
    host = codes.host_of(members.domain)
    hosts_here = np.zeros(len(codes.hosts), np.bool_)
    hosts_here[host[host >= 0]] = True
    named = _Names(codes, present)
    pieces = _gathered(members, host, ids, codes, _Own(codes, hosts_here), named)
    lead = _ahead(members, host)
    if lead is not None and not codes.republishes(members.domain[[lead[0]]])[0]:
        piece, evidence = first_seen_feature(ids[lead[0]], codes.hosts[host[lead[0]]], lead[1])
        pieces[piece] = evidence
    names = {piece.name for piece in pieces}
    count = int(np.count_nonzero(present))
    listed = present.copy()
    first: list[str] = []
    if count > DOMAINS:
        listed &= ~codes.are_plain
        for number in map(codes.number_of, names):
            if number >= 0:
                listed[number] = present[number]
        first = codes.first_plain(present, names)
    domains = sorted([*first, *(codes.domains[i] for i in np.flatnonzero(listed).tolist())])
    return origin_of(tuple(domains), count - len(domains), pieces, named.printed, codes.known)


def _gathered(
    members: Columns, host: Ints, ids: Sequence[str], codes: Codes, own: _Own, named: Names
) -> dict[Piece, Evidence]:
    """`gather`, without what the times say."""
    known = codes.known
    pieces: list[tuple[int, int, Piece, Evidence]] = []
    code, first = np.unique(members.said, return_index=True)
    statements = [one for one in code[np.argsort(first)].tolist() if one]
    # Names are mapped in the order in which the members bring them.
    names = {
        number: [name if name is None or signal in SILENT else named(name) for signal, _, name in codes.said[number]]
        for number in statements
    }
    for number in statements:
        for row in _speakers(members, host, number, names[number], codes):
            for place, (signal, quote, name) in enumerate(codes.said[number]):
                piece = piece_of(signal, name, codes.host_name(host[row]), own, named, known)
                pieces.append((row, place, piece, Evidence(ids[row], piece.signal, quote, piece.name, 0.0)))
    writers = np.flatnonzero(codes.writes(members.domain))
    _, first = np.unique(host[writers], return_index=True)
    for row in writers[first].tolist():
        domain = codes.domains[members.domain[row]]
        signal = "home_agency" if known.host(domain).kind == "agency" else "home_outlet"
        piece = Piece(signal, codes.hosts[host[row]])
        pieces.append((row, _LAST, piece, Evidence(ids[row], signal, domain, piece.name, 0.0)))
    pieces.sort(key=itemgetter(0, 1))
    out: dict[Piece, Evidence] = {}
    for _, _, piece, evidence in pieces:
        out.setdefault(piece, evidence)
    return out


def _speakers(members: Columns, host: Ints, number: int, names: Sequence[str | None], codes: Codes) -> Iterable[int]:
    """The first member of each sort that says this: what is said of a host depends on whether it is the member's."""
    rows = np.flatnonzero(members.said == number)
    own = host[rows]
    if None not in names:
        of_hosts = [codes.host_code[name] for name in names if name in codes.host_code]  # type: ignore[index]
        own = np.where(np.isin(own, np.array(of_hosts, np.int64)), own, -1)
    rows = rows[np.unique(own, return_index=True)[1]]
    return rows.tolist()  # type: ignore[no-any-return]


def _ahead(members: Columns, host: Ints) -> tuple[int, float] | None:
    """`times.ahead`."""
    dated = np.isfinite(members.seconds)
    if np.count_nonzero(dated) < 2:
        return None
    sure = members.exact & members.zoned
    start = np.where(sure, members.seconds, members.seconds - first_seen.EAST)
    end = np.where(
        sure, members.seconds, members.seconds + np.where(members.exact, 0.0, first_seen.DAY) + first_seen.WEST
    )
    level = np.flatnonzero(start == start[dated].min())
    first = int(level[np.argmin(end[level])])
    others = start[dated & (host != host[first])]
    if host[first] < 0 or len(others) == 0:
        return None
    lead = float(others.min()) - float(end[first])
    return (first, lead) if 0 < lead <= first_seen.PLAUSIBLE else None


def canonical_many(members: Columns, origin: Origin, core_words: int, codes: Codes, retold: Bools) -> tuple[int, float]:
    """`canonical` of two or more members."""
    host = codes.host_of(members.domain)
    first = _earliest(members.seconds)
    mixed = _mixed(members, host, origin, codes)
    if mixed.any():
        longest = int(members.words[~mixed].max(initial=0))
        core_words = longest if canonical.LEAST * longest >= core_words else core_words
    points = np.where(mixed, canonical.MIXED, 0.0)
    own = _is_origin(members, host, origin, codes)
    republishes = codes.republishes(members.domain) & ~own
    wire = np.isin(host, [codes.host_code.get(name, -2) for role, name in origin.chain if role == "distributor"])
    points += np.where(own, canonical.OWN_PAGE, 0.0)
    points += np.where(republishes, np.where(wire, canonical.WIRE_PAGE, canonical.REPUBLISHED), 0.0)
    if origin.name is None:
        for name, probability, _ in origin.rivals:
            points += np.where(host == codes.host_code.get(name, -2), canonical.LIKELY * probability, 0.0)
    credit, not_own = np.zeros(len(codes.said)), np.zeros(len(codes.said))
    for number in _statements(members):
        evidence = _evidence(codes, number)
        credit[number] = canonical.credited(evidence, origin.name)
        not_own[number] = canonical.REPUBLISHED * any(e.signal in canonical.NOT_OWN for e in evidence)
    points += credit[members.said]
    points += not_own[members.said]
    cut = np.zeros(len(points))
    for tenths, cost in canonical.CUT_SHORT:
        cut += np.where(10 * members.words < tenths * core_words, cost, 0.0)
    points += cut
    points += np.where(members.seconds == first, canonical.EARLIEST, 0.0)
    if retold.any():
        points += np.where(retold, canonical.RETOLD, 0.0)
    best = np.flatnonzero(points == points.max())
    for values in (members.seconds, np.abs(members.words - core_words)):
        best = best[values[best] == values[best].min()]
    level, count = np.unique(points, return_counts=True)
    whole = exact_sum(list(zip(map(exp, level.tolist()), count.tolist(), strict=True)))
    return int(best[0]), round(exp(points[best[0]]) / whole, 4)


def _statements(members: Columns) -> list[int]:
    """The numbers of what the members say."""
    found: list[int] = (1 + np.flatnonzero(np.bincount(members.said)[1:])).tolist()
    return found


def _is_origin(members: Columns, host: Ints, origin: Origin, codes: Codes) -> Bools:
    """Which members stand on a page of the origin."""
    if origin.name is None:
        return np.zeros(len(host), np.bool_)
    number = codes.number_of(origin.domain)
    own: Bools = host == codes.host_code.get(origin.name, -2)
    return own | (members.domain == number) if number >= 0 else own


def _evidence(codes: Codes, number: int) -> tuple[Evidence, ...]:
    return tuple([Evidence("", signal, quote, name, 0.0) for signal, quote, name in codes.said[number]])


def _mixed(members: Columns, host: Ints, origin: Origin, codes: Codes) -> Bools:
    """Which members are copies of an agency's text with others' work in them."""
    out = np.zeros(len(host), np.bool_)
    if origin.kind != "agency":
        return out
    for number in _statements(members):
        evidence = _evidence(codes, number)
        rows = np.flatnonzero(members.said == number)
        # Nobody's name is said, or the member's own: both are told from all others.
        named = np.array([codes.host_code.get(e.supports or "", -2) for e in evidence])
        sort = np.where(np.isin(host[rows], named) | (host[rows] < 0), host[rows], _OTHER)
        for one in np.unique(sort).tolist():
            name = _OTHER_NAME if one == _OTHER else codes.host_name(one)
            out[rows[sort == one]] = canonical.mixed(evidence, name, origin.name)
    return out


def _earliest(seconds: NDArray[np.float64]) -> float:
    """`times.earliest`; NaN where there is none."""
    dated = np.sort(seconds[np.isfinite(seconds)])
    if len(dated) == 0:
        return np.nan
    near = np.flatnonzero(np.diff(dated) <= first_seen.PLAUSIBLE)
    return float(dated[near[0] if len(near) else -1])
