"""Clusters as values: as they are stored, and with members that are made when they are asked for, for a story may have
thousands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dedup.index.stores.base import ArticleRow
from dedup.model import Cluster, Member, Origin
from dedup.results.assemble import NO_LAG, Assembled
from dedup.results.tables import member_of


class MemberColumns:
    """The members of one cluster: those from `low` to `high` of some that were assembled; rows: articles by rank."""

    def __init__(self, rows: Sequence[ArticleRow], stories: Assembled, low: int, high: int) -> None:
        self._rows, self._low = rows, low
        self._rank = stories.rank[low:high]
        columns = (stories.relation, stories.direction, stories.resemblance, stories.containment, stories.lag)
        self._columns = [column[low:high] for column in columns]

    def __len__(self) -> int:
        return len(self._rank)

    def make(self, low: int, high: int) -> tuple[Member, ...]:
        columns = zip(self._rank[low:high].tolist(), *(one[low:high].tolist() for one in self._columns), strict=True)
        return tuple([_member(self._rows[one[0]], low + i == 0, *one[1:]) for i, one in enumerate(columns)])

    def place(self, id: str) -> int:
        """The place of a member, -1 for one that is none."""
        for place, rank in enumerate(self._rank.tolist()):
            if self._rows[rank].id == id:
                return place
        return -1


def _member(
    row: ArticleRow, leads: bool, relation: int, direction: int, resemblance: int, containment: int, lag: int
) -> Member:
    return member_of(
        (row.id, row.url, row.domain, row.title, row.published), leads=leads, relation=relation, direction=direction,
        resemblance=resemblance, containment=containment, lag=None if lag == NO_LAG else lag,
    )  # fmt: skip


class Large(Cluster):
    """A `Cluster`, and equal to one, whose members are made when they are asked for."""

    __slots__ = ("_held", "_made")
    _held: Any
    _made: tuple[Member, ...] | None

    def __init__(
        self,
        name: str,
        members: MemberColumns | tuple[Member, ...],
        origin: Origin,
        canonical_probability: float,
    ) -> None:
        set_ = object.__setattr__
        set_(self, "name", name)
        set_(self, "origin", origin)
        set_(self, "canonical_probability", canonical_probability)
        set_(self, "_held", members)
        set_(self, "_made", members if isinstance(members, tuple) else None)

    @property
    def members(self) -> tuple[Member, ...]:  # type: ignore[override]
        if self._made is None:
            object.__setattr__(self, "_made", self._held.make(0, len(self._held)))
            object.__setattr__(self, "_held", self._made)
        return self._made  # type: ignore[return-value]

    @property
    def size(self) -> int:
        return len(self._held)

    @property
    def canonical(self) -> Member:
        first: Member = self.members[0] if self._made is not None else self._held.make(0, 1)[0]
        return first

    def member(self, id: str) -> Member | None:
        if self._made is not None:
            return next((member for member in self.members if member.id == id), None)
        place = self._held.place(id)
        return self._held.make(place, place + 1)[0] if place >= 0 else None

    def _values(self) -> tuple[Any, ...]:
        return self.name, self.members, self.origin, self.canonical_probability

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cluster):
            return NotImplemented
        return self._values() == (other.name, other.members, other.origin, other.canonical_probability)

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return repr(Cluster(*self._values()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Cluster, self._values()


def member_named(cluster: Cluster, id: str) -> Member | None:
    """A member of a cluster by its id."""
    if isinstance(cluster, Large):
        return cluster.member(id)
    return next((member for member in cluster.members if member.id == id), None)
