"""Decide on origin and canonical copy of a cluster of very many members, by columns.

Most members of such a cluster say the same few things, or nothing, on sites that are in no registry. Each different
statement is looked at once, not once for each member: features are collected from the few members that have one first.
A test holds the results equal to `decide` and `canonical`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.attribution.canonical import (
    NOT_OWN,
    PARTIAL_TIER,
    Standing,
    certainty,
    credit_points,
    is_mixed,
    words_of_core,
)
from dedup.attribution.codes import Codes
from dedup.attribution.features import SIGNALS_OF_OTHERS, CandidateNames, MemberEvidence, add_home, collect_features
from dedup.attribution.first_seen import earliest, interval
from dedup.attribution.score import DOMAINS, exact_sum, origin_of
from dedup.evidence.observation import Observation
from dedup.inputs.dates import Timestamp, parse_timestamp
from dedup.model import Origin

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Of hosts that a statement does not name: a number, and a name that no host has.
_OTHER, _OTHER_NAME = -3, "\0"


@dataclass(frozen=True)
class Columns:
    """Members in the order of their ids, each column (n,).

    domain, statement: numbers of `Codes`. seconds: since 1970, infinite where no time is known. exact, zoned: as in
    `Timestamp`. words: of the body.
    """

    domain: Ints
    statement: Ints
    seconds: NDArray[np.float64]
    exact: Bools
    zoned: Bools
    words: Ints

    @classmethod
    def of(
        cls,
        codes: Codes,
        members: Sequence[tuple[str | None, str | None, str | None]],
        words: Ints,
        parse: Callable[[str], Sequence[Observation]],
    ) -> Columns:
        """Build the columns from (domain, statement, published) of each member; parse: reads a statement."""
        times = [parse_timestamp(published) or (np.inf, False, False) for _, _, published in members]
        return cls(
            np.array([codes.domain(domain) for domain, _, _ in members], np.int64),
            np.array([codes.statement(statement, parse) for _, statement, _ in members], np.int64),
            np.array([time[0] for time in times], np.float64),
            np.array([time[1] for time in times], np.bool_),
            np.array([time[2] for time in times], np.bool_),
            words,
        )

    def take(self, rows: Ints) -> Columns:
        """Return the members at some rows."""
        return Columns(*(getattr(self, column.name)[rows] for column in fields(self)))

    def member(self, row: int, id: str, codes: Codes) -> MemberEvidence:
        """Return the member at a row."""
        seconds, exact, zoned = (column[row].item() for column in (self.seconds, self.exact, self.zoned))
        return MemberEvidence(
            id,
            codes.domains[self.domain[row]] if self.domain[row] >= 0 else None,
            Timestamp(seconds, exact, zoned) if np.isfinite(seconds) else None,
            int(self.words[row]),
            codes.statements[self.statement[row]],
        )

    def insert(self, place: int, member: Columns) -> Columns:
        """Return the members with one more before the one at a place."""
        return Columns(*(insert_row(getattr(self, f.name), place, getattr(member, f.name)[0]) for f in fields(self)))


def insert_row(values: NDArray[Any], place: int, value: Any) -> NDArray[Any]:
    """Return `values` with one more row before the one at a place."""
    # `np.insert` takes ten times as long.
    out = np.empty((len(values) + 1, *values.shape[1:]), values.dtype)
    out[:place] = values[:place]
    out[place] = value
    out[place + 1 :] = values[place:]
    return out


class _CandidateNames(CandidateNames):
    """`CandidateNames` of a cluster by number; domains (domains,), hosts (hosts,) bool: those that it has."""

    def __init__(self, codes: Codes, domains: Bools, hosts: Bools) -> None:
        super().__init__((), codes.sites)
        self._codes, self._has_domain, self._has_host = codes, domains, hosts

    def is_host(self, name: str) -> bool:
        code = self._codes.host_code.get(name)
        return code is not None and bool(self._has_host[code])

    def domains_of(self, name: str) -> list[str]:
        return sorted(self._codes.domains[code] for code in self._codes.domains_of(name) if self._has_domain[code])


def decide_many(members: Columns, ids: Sequence[str], codes: Codes) -> Origin:
    """Decide on the origin of two or more members with these ids, as `decide` does."""
    present = np.zeros(len(codes.domains), np.bool_)
    present[members.domain[members.domain >= 0]] = True
    host = codes.host_of(members.domain)
    host_present = np.zeros(len(codes.hosts), np.bool_)
    host_present[host[host >= 0]] = True
    candidates = _CandidateNames(codes, present, host_present)
    rows = _rows_that_count(members, host, codes, candidates)
    features, printed_names = collect_features(
        [members.member(row, ids[row], codes) for row in sorted(rows)], codes.sites, candidates
    )
    domains: set[str | None] = {codes.domains[i] for i in np.flatnonzero(present).tolist()}
    if (members.domain < 0).any():
        domains.add(None)

    def first_of(name: str) -> tuple[str, str]:
        row = int(np.argmax(host == codes.host_code[name]))
        return ids[row], codes.domains[members.domain[row]]

    add_home(features, domains, first_of, codes.sites)
    names = {feature.name for feature in features}
    count = int(np.count_nonzero(present))
    is_candidate = present.copy()
    first: list[str] = []
    if count > DOMAINS:
        is_candidate &= ~codes.is_plain
        for number in map(codes.number_of, names):
            if number >= 0:
                is_candidate[number] = present[number]
        first = codes.first_plain(present, names)
    candidate_domains = sorted([*first, *(codes.domains[i] for i in np.flatnonzero(is_candidate).tolist())])
    return origin_of(tuple(candidate_domains), count - len(candidate_domains), features, printed_names, codes.sites)


def _rows_that_count(members: Columns, host: Ints, codes: Codes, candidates: CandidateNames) -> set[int]:
    """Return the rows of members that have each feature first, and of those that show who published first."""
    rows = set()
    has_time = np.isfinite(members.seconds)
    if has_time.any():
        start, end = interval(members.seconds, members.exact, members.zoned)
        level = np.flatnonzero(start == start[has_time].min())
        first = int(level[np.argmin(end[level])])
        others = np.flatnonzero(has_time & (host != host[first]))
        rows = {first, *others[np.argsort(start[others], kind="stable")[:1]].tolist()}
    writers = np.flatnonzero(codes.writes(members.domain))
    rows.update(writers[np.unique(host[writers], return_index=True)[1]].tolist())
    numbers, first_row = np.unique(members.statement, return_index=True)
    # Names are mapped to candidates in the order of the members.
    for number in filter(None, numbers[np.argsort(first_row)].tolist()):
        speakers = np.flatnonzero(members.statement == number)
        # A signal for a host has another meaning on the host's own site; of all other hosts one member is enough.
        sort = host[speakers]
        names = [
            name if name is None or signal in SIGNALS_OF_OTHERS else candidates(name)
            for signal, _, name in codes.statements[number]
        ]
        if None not in names:
            named_hosts = [codes.host_code[name] for name in names if name in codes.host_code]
            sort = np.where(np.isin(sort, np.array(named_hosts, np.int64)), sort, -1)
        rows.update(speakers[np.unique(sort, return_index=True)[1]].tolist())
    return rows


def canonical_many(
    members: Columns, origin: Origin, core_words: int, codes: Codes, tiers: NDArray[np.uint8]
) -> tuple[int, float]:
    """Choose the member to keep of two or more, as `canonical` does."""
    host = codes.host_of(members.domain)
    first = earliest(np.sort(members.seconds[np.isfinite(members.seconds)]))
    mixed = _mixed(members, host, origin, codes)
    if mixed.any():
        core_words = words_of_core(int(members.words[~mixed].max(initial=0)), core_words)
    on_origin_page = _on_origin_page(members, host, origin, codes)
    wires = [codes.host_code.get(name, -2) for role, name in origin.chain if role == "distributor"]
    likelihood = np.zeros(len(host))
    if origin.name is None:
        for name, probability, _ in origin.rivals:
            likelihood[host == codes.host_code.get(name, -2)] = probability
    credit, is_not_own = np.zeros(len(codes.statements)), np.zeros(len(codes.statements), np.bool_)
    for number in _statements(members):
        credit[number] = credit_points(codes.statements[number], origin)
        is_not_own[number] = any(o.signal in NOT_OWN for o in codes.statements[number])
    standing = Standing(
        members.words,
        mixed,
        on_origin_page,
        codes.republishes(members.domain) & ~on_origin_page,
        np.isin(host, wires),
        likelihood,
        credit[members.statement],
        is_not_own[members.statement],
        members.seconds == (np.nan if first is None else first),
        tiers,
    )
    points = standing.points(core_words)
    best = np.flatnonzero(points == points.max())
    for values in (members.seconds, np.abs(members.words - core_words)):
        best = best[values[best] == values[best].min()]
    level, count = np.unique(points, return_counts=True)
    whole = exact_sum(list(zip(map(exp, level.tolist()), count.tolist(), strict=True)))
    fullest = _fullest(members, host, standing, int(best[0]), codes)
    is_own, is_partial = bool(on_origin_page[fullest]), bool((tiers == PARTIAL_TIER).any())
    return fullest, certainty(exp(points[fullest]) / whole, origin, is_own, is_partial)


def _fullest(members: Columns, host: Ints, standing: Standing, best: int, codes: Codes) -> int:
    """Return the fullest state of the text on the site of the best copy, as `canonical` does."""
    if host[best] < 0:
        return best
    republishes = codes.republishes(members.domain)
    is_same = (host == host[best]) | (republishes & republishes[best])
    same = np.flatnonzero(is_same & standing.is_no_worse(Standing(*(c[best] for c in standing))))
    longest = same[members.words[same] == members.words[same].max()]
    return best if best in longest else int(longest[0])


def _statements(members: Columns) -> list[int]:
    """Return the numbers of the members' statements."""
    return (1 + np.flatnonzero(np.bincount(members.statement)[1:])).tolist()  # type: ignore[no-any-return]


def _on_origin_page(members: Columns, host: Ints, origin: Origin, codes: Codes) -> Bools:
    """Return which members stand on a page of the origin: (n,) bool."""
    if origin.name is None:
        return np.zeros(len(host), np.bool_)
    number = codes.number_of(origin.domain)
    on_page: Bools = host == codes.host_code.get(origin.name, -2)
    return on_page | (members.domain == number) if number >= 0 else on_page


def _mixed(members: Columns, host: Ints, origin: Origin, codes: Codes) -> Bools:
    """Return which members are copies of an agency's text with others' work in them: (n,) bool."""
    out = np.zeros(len(host), np.bool_)
    if origin.kind != "agency":
        return out
    for number in _statements(members):
        observations = codes.statements[number]
        rows = np.flatnonzero(members.statement == number)
        # Members without a host, and hosts that the statement names, are kept apart from all others.
        named_hosts = np.array([codes.host_code.get(o.name or "", -2) for o in observations])
        sort = np.where(np.isin(host[rows], named_hosts) | (host[rows] < 0), host[rows], _OTHER)
        for code in np.unique(sort).tolist():
            name = _OTHER_NAME if code == _OTHER else codes.host_name(code)
            out[rows[sort == code]] = is_mixed(observations, name, origin.name)
    return out
