"""`LazyCluster`: a cluster whose members are made when they are asked for, since a story may have thousands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dedup.index.stores.base import ArticleRow
from dedup.model import Cluster, Member, Origin
from dedup.results.assemble import NO_LAG, ClusterColumns
from dedup.results.tables import member_of


class MemberColumns:
    """The members of one cluster as columns: those from `low` to `high` of `clusters`; rows: articles by rank."""

    def __init__(self, rows: Sequence[ArticleRow], clusters: ClusterColumns, low: int, high: int) -> None:
        self._rows = rows
        self._rank = clusters.rank[low:high]
        columns = (clusters.relation, clusters.direction, clusters.resemblance, clusters.containment, clusters.lag)
        self._columns = [column[low:high] for column in columns]

    def __len__(self) -> int:
        return len(self._rank)

    def __getitem__(self, part: slice) -> tuple[Member, ...]:
        """Return the members at some positions; the canonical copy is at 0."""
        rows = [self._rows[rank] for rank in self._rank[part].tolist()]
        columns = (column[part].tolist() for column in self._columns)
        members = []
        for position, (row, *numbers, lag) in enumerate(zip(rows, *columns, strict=True), part.start or 0):
            fields = row.id, row.url, row.domain, row.title, row.published
            values = (*numbers, None if lag == NO_LAG else lag)
            members.append(member_of(fields, values, position == 0))
        return tuple(members)

    def with_id(self, id: str) -> tuple[Member, ...]:
        """Return the member with this id, if there is one."""
        for position, rank in enumerate(self._rank.tolist()):
            if self._rows[rank].id == id:
                return self[position : position + 1]
        return ()


class LazyCluster(Cluster):
    """A `Cluster` with the members of `MemberColumns`; equal to the plain cluster of the same values."""

    __slots__ = ("_source",)
    _source: MemberColumns | tuple[Member, ...]

    def __init__(
        self, name: str, members: MemberColumns | tuple[Member, ...], origin: Origin, canonical_probability: float
    ) -> None:
        set_ = object.__setattr__  # the class is frozen
        set_(self, "name", name)
        set_(self, "origin", origin)
        set_(self, "canonical_probability", canonical_probability)
        set_(self, "_source", members)

    @property
    def members(self) -> tuple[Member, ...]:  # type: ignore[override]
        """All members; they are made once."""
        if isinstance(self._source, MemberColumns):
            object.__setattr__(self, "_source", self._source[:])
        return self._source  # type: ignore[return-value]

    @property
    def size(self) -> int:
        """The number of members, none of which is made."""
        return len(self._source)

    @property
    def canonical(self) -> Member:
        """The canonical copy; the other members are not made."""
        return self._source[:1][0]

    def members_with_id(self, id: str) -> tuple[Member, ...]:
        """Return the members among which one with this id is; of members that are not made yet only this one is."""
        return self._source.with_id(id) if isinstance(self._source, MemberColumns) else self._source

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


def member_of_cluster(cluster: Cluster, id: str) -> Member | None:
    """Return the member of a cluster with this id."""
    members = cluster.members_with_id(id) if isinstance(cluster, LazyCluster) else cluster.members
    return next((member for member in members if member.id == id), None)
