"""How often origins and kept copies are what a reader says: `python -m tests.quality --origins`.

Labels are those of `tests/data/labels/SET/origins.jsonl` and of the folders in DEDUP_DATA. A cluster of a scan stands
for the label with which it shares most members, two at least. A name is right if it is the label's, or one of the names
that the reader accepts, in any spelling that the registry knows, or the operator of the label's domain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from labelled import LABELS, set_files

from dedup.evidence.names import label, person_in_office, plain, same
from dedup.evidence.registry import registry

#: From this probability on a wrong name is a sure error.
SURE = 0.8
BINS = 10


class Verdict(NamedTuple):
    """What was found for one labelled cluster."""

    wanted: str | None
    found: str | None
    probability: float
    is_right: bool
    kept: bool
    canonical_probability: float

    @property
    def is_wrong(self) -> bool:
        return self.found is not None and not self.is_right


def rows(name: str) -> list[dict[str, Any]]:
    """The labelled clusters of a set that are one story."""
    beside = set_files(name)[0].with_name("origins.jsonl")
    file = beside if beside.exists() else LABELS / name / "origins.jsonl"
    found = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    return [row for row in found if row.get("same_story", True)]


def printed_names(row: Mapping[str, Any]) -> set[str]:
    """The names that are right, as they were written."""
    wanted = row["origin"]
    if wanted is None:
        return set()
    # `syndicated column (Creators)` also names Creators.
    inside = wanted.partition(" (")[2].rstrip(")")
    return {one for one in (wanted, wanted.partition(" (")[0], inside, *row.get("accept", ())) if one}


def names_of(row: Mapping[str, Any]) -> set[str]:
    """The names that are right, in one spelling each."""
    return {spelling(one) for one in printed_names(row)}


def spelling(name: str) -> str:
    """A name in one spelling: that of the registry where it knows the name."""
    match = registry().find(name)
    return plain(match.agency.name if match is not None else name)


def is_right(origin: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether an origin is the labelled one. Where a reader finds none, unknown is right."""
    name, domain, home = origin["name"], origin["domain"], row.get("origin_domain")
    if name is None or row["origin"] is None:
        return name is None and row["origin"] is None
    if any(same(spelling(name), one) for one in names_of(row)):
        return True
    if any(person_in_office(name) and person_in_office(name) == person_in_office(one) for one in printed_names(row)):
        return True  # `Office of Sen. Jane Roe`, `Oregon Senator Jane Q. Roe`
    same_site = bool(home) and any(one and (one == home or one.endswith(f".{home}")) for one in (name, domain))
    return same_site or ("." in name and plain(label(name)) in names_of(row))


def verdicts(name: str, clusters: Sequence[Mapping[str, Any]]) -> Iterator[Verdict]:
    """What a scan says of each labelled cluster of a set that it found."""
    for row in rows(name):
        members = set(row["members"])
        sizes = [len(members.intersection(member["id"] for member in one["members"])) for one in clusters]
        if max(sizes, default=0) < 2:
            continue
        one = clusters[sizes.index(max(sizes))]
        origin, kept = one["origin"], one["canonical"]
        yield Verdict(
            row["origin"], origin["name"], origin["probability"], is_right(origin, row),
            kept["id"] in row["canonical_ids"], kept["probability"],
        )  # fmt: skip


def calibration(said: Sequence[tuple[float, bool]]) -> float:
    """The calibration error in ten bins: how far probabilities are from shares, weighted by size."""
    error = 0.0
    for low in range(BINS):
        some = [(p, right) for p, right in said if min(BINS - 1, int(p * BINS)) == low]
        if some:
            error += abs(sum(p for p, _ in some) - sum(right for _, right in some)) / len(said)
    return error


def report(found: Mapping[str, Sequence[Verdict]]) -> Iterator[str]:
    """The lines of the report; a line of all together stands last."""
    yield "origins: clusters of which a reader named the writer, or nobody"
    yield (
        f"  {'':18}{'clusters':>9}{'right':>7}{'unknown':>9}{'wrong':>7}{'sure, wrong':>13}{'kept':>7}"
        f"{'error of p':>12}{'of kept':>9}"
    )
    whole = [one for some in found.values() for one in some]
    for name, some in [*found.items(), ("all", whole)]:
        if not some:
            continue
        counts = Counter("right" if one.is_right else "wrong" if one.is_wrong else "unknown" for one in some)
        sure = sum(one.is_wrong and one.probability >= SURE for one in some)
        share = sum(one.kept for one in some) / len(some)
        named = [(one.probability, one.is_right) for one in some if one.found is not None]
        kept = [(one.canonical_probability, one.kept) for one in some]
        yield (
            f"  {name:18}{len(some):9}{counts['right'] / len(some):7.3f}{counts['unknown']:9}{counts['wrong']:7}"
            f"{sure:13}{share:7.3f}{calibration(named):12.3f}{calibration(kept):9.3f}"
        )
