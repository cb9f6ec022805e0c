"""The values in which an index answers: `Verdict`, its matches, and the result of adding many articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from dedup.index.lazy_cluster import member_of_cluster
from dedup.model import Cluster, Match, Member, Origin, Reject, SetAside

#: Matches that a verdict lists, the closest ones.
MAX_MATCHES = 10


@dataclass(frozen=True, slots=True)
class KnownMatch:
    """A known article that matches; in `match`, a is the article of the verdict and b the known one."""

    id: str
    url: str | None
    domain: str | None
    title: str | None
    published: str | None
    match: Match

    def to_dict(self) -> dict[str, Any]:
        """Return the match as it stands in `Verdict.to_dict`."""
        m = self.match
        return {
            "id": self.id, "url": self.url, "domain": self.domain, "title": self.title, "published": self.published,
            "relation": m.relation.value, "direction": m.direction, "newer": m.newer, "resemblance": m.resemblance,
            "a_in_b": m.a_in_b, "b_in_a": m.b_in_a, "longest_run": m.longest_run,
            "probability": m.probability,
            "passages": [[p.a_start, p.a_end, p.b_start, p.b_end, p.words] for p in m.passages],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an index says of an article.

    is_new: no article that was known before it carries its text. stored: it was added now; False for a query, and where
    an article of its id is `known`. matches: the closest known articles, at most `MAX_MATCHES`, of `matched`. cluster:
    its cluster, named as in the index ("" where a query's has no name yet), canonical copy first; None if it is in
    none. origin: that of the cluster, else of the article alone. set_aside: why it is no article but a wall, an error
    page, a menu ...; it is then neither new nor stored, and has no matches.
    """

    id: str
    is_new: bool
    stored: bool
    matches: tuple[KnownMatch, ...]
    matched: int
    cluster: Cluster | None
    origin: Origin
    known: bool = False
    set_aside: SetAside | None = None

    @property
    def member(self) -> Member | None:
        """The article as a member of its cluster: role, relation to the canonical copy, lag."""
        return None if self.cluster is None else member_of_cluster(self.cluster, self.id)

    def to_dict(self) -> dict[str, Any]:
        """Return a line of `dedup index query`."""
        cluster, member = self.cluster, self.member
        return {
            "id": self.id,
            "verdict": "set_aside" if self.set_aside else "new" if self.is_new else "seen",
            "stored": self.stored,
            "known": self.known,
            "cluster": cluster.name or None if cluster else None,
            "size": cluster.size if cluster else 1,
            "role": member.role if member else None,
            "relation": member.relation.value if member else None,
            "canonical": cluster.canonical.id if cluster else self.id,
            "canonical_url": cluster.canonical.url if cluster else None,
            "origin": self.origin.to_dict(),
            "evidence": [evidence.to_dict() for evidence in self.origin.evidence],
            "matched": self.matched,
            "matches": [match.to_dict() for match in self.matches],
            "set_aside": {"reason": self.set_aside.reason, "detail": self.set_aside.detail} if self.set_aside else None,
        }


def aside_verdict(record: SetAside) -> Verdict:
    """Make the verdict on a record that is no article."""
    return Verdict(record.id, False, False, (), 0, None, Origin(None, "unknown", None, False, 1.0), set_aside=record)


@dataclass(frozen=True)
class AddResult(Sequence[Verdict]):
    """The verdicts of `Index.add_many`, in the order of the articles, and the records that were no articles."""

    verdicts: tuple[Verdict, ...]
    rejects: tuple[Reject, ...]

    def __len__(self) -> int:
        return len(self.verdicts)

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Verdict]: ...
    def __getitem__(self, index: int | slice) -> Verdict | Sequence[Verdict]:
        return self.verdicts[index]

    def __repr__(self) -> str:
        stored, repeats = sum(v.stored for v in self), sum(not v.is_new and v.set_aside is None for v in self)
        return f"<AddResult: {stored} stored, {repeats} seen before, {len(self.rejects)} rejected>"
