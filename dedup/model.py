"""The words of the project as small frozen values. No stage's logic lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Relation(StrEnum):
    """What a verified pair of articles is to each other (ARCHITECTURE.md, "Relations")."""

    IDENTICAL = "identical"
    NEAR_COPY = "near_copy"
    VERSION = "version"
    EXCERPT = "excerpt"
    REWRITE = "rewrite"
    OVERLAP = "overlap"
    TEMPLATE = "template"

    @property
    def joins(self) -> bool:
        """Whether a pair of this relation may stand in one cluster (the others are linked only)."""
        return self not in (Relation.OVERLAP, Relation.TEMPLATE)


@dataclass(frozen=True, slots=True)
class Article:
    """One scraped document.

    `text` is all that is needed. `published` is kept as written (a bare date is a day wide, a naive time has no
    zone; nothing is guessed here). `meta` holds page metadata: canonical, modified, og_site_name, jsonld, links,
    images, rss_source, syndication_source, original_source, credit, provider.
    """

    text: str
    id: str | None = None
    url: str | None = None
    domain: str | None = None
    title: str | None = None
    published: str | None = None
    authors: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be taken: where it stood and why. `line` counts from 1 (rows for tables)."""

    file: str
    line: int | None
    reason: str
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The object of a JSON line."""
        return {"file": self.file, "line": self.line, "reason": self.reason, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence for an origin: which article says it, by which signal, in which words.

    `weight` is a log-odds contribution (natural logarithm); positive supports the name, negative speaks against.
    """

    article: str | None
    signal: str
    quote: str
    supports: str | None
    weight: float

    def to_dict(self) -> dict[str, Any]:
        """The object of a JSON line."""
        return {
            "article": self.article,
            "signal": self.signal,
            "quote": self.quote,
            "supports": self.supports,
            "weight": self.weight,
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a text. `kind` is agency, outlet, issuer or unknown; an unknown origin has no name."""

    name: str | None
    kind: str
    domain: str | None
    in_corpus: bool
    probability: float
    evidence: tuple[Evidence, ...] = ()
    #: The way of the text where it can be seen, as (role, name): writer, distributor, hop, host.
    chain: tuple[tuple[str, str], ...] = ()
    #: Candidates that were not chosen, as (name, probability, reason), the likeliest first.
    rivals: tuple[tuple[str, float, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The object of the file contract (evidence is written beside it, not in it)."""
        return {
            "name": self.name,
            "kind": self.kind,
            "domain": self.domain,
            "in_corpus": self.in_corpus,
            "probability": self.probability,
            "chain": [{"role": role, "name": name} for role, name in self.chain],
            "rivals": [{"name": name, "probability": p, "reason": why} for name, p, why in self.rivals],
        }


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words two texts share: character spans in each text, and its length in words."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    words: int


@dataclass(frozen=True, slots=True)
class Match:
    """The relation of two texts, with the numbers behind it.

    `resemblance` is the Jaccard coefficient of the shingle sets; `a_in_b` the share of a's shingles found in b;
    `longest_run` the longest common run in words. `direction` ("a_in_b" or "b_in_a") is set for an excerpt only,
    `newer` ("a" or "b") where the texts say which is the later version. `words_a` and `words_b` are the words of each
    body, `common_a` and `common_b` how many of them are aligned with the other's, `ordered` how many of b's in one
    order; the latter three are 0 where the texts share too little to be aligned.
    """

    relation: Relation
    direction: str | None
    newer: str | None
    resemblance: float
    a_in_b: float
    b_in_a: float
    longest_run: int
    passages: tuple[Passage, ...] = ()
    words_a: int = 0
    words_b: int = 0
    common_a: int = 0
    common_b: int = 0
    ordered: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A verified pair of articles of a corpus; `a` < `b` by code point. The fields are those of `Match`."""

    a: str
    b: str
    relation: Relation
    direction: str | None
    newer: str | None
    resemblance: float
    a_in_b: float
    b_in_a: float
    longest_run: int

    def to_dict(self) -> dict[str, Any]:
        """The object of a JSON line."""
        return {
            "a": self.a,
            "b": self.b,
            "relation": self.relation.value,
            "direction": self.direction,
            "newer": self.newer,
            "resemblance": self.resemblance,
            "a_in_b": self.a_in_b,
            "b_in_a": self.b_in_a,
            "longest_run": self.longest_run,
        }


@dataclass(frozen=True, slots=True)
class Member:
    """An article in a cluster, seen from the canonical copy.

    `role` is canonical, copy, version, excerpt or rewrite; `direction` member_in_canonical, canonical_in_member or
    None; `containment` the share of the smaller shingle set; `lag_seconds` the time since the earliest dated member.
    """

    id: str
    url: str | None
    domain: str | None
    title: str | None
    published: str | None
    role: str
    relation: Relation
    direction: str | None
    resemblance: float
    containment: float
    lag_seconds: int | None

    def to_dict(self) -> dict[str, Any]:
        """The object of a JSON line."""
        return {
            "id": self.id,
            "url": self.url,
            "domain": self.domain,
            "title": self.title,
            "published": self.published,
            "role": self.role,
            "relation": self.relation.value,
            "direction": self.direction,
            "resemblance": self.resemblance,
            "containment": self.containment,
            "lag_seconds": self.lag_seconds,
        }


@dataclass(frozen=True, slots=True)
class Cluster:
    """The articles that carry one story text, the canonical copy first."""

    name: str
    members: tuple[Member, ...]
    origin: Origin
    canonical_probability: float

    @property
    def size(self) -> int:
        """The number of members."""
        return len(self.members)

    @property
    def canonical(self) -> Member:
        """The member to keep: the one closest to the origin."""
        return self.members[0]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence of the origin, the strongest first."""
        return self.origin.evidence

    def to_dict(self) -> dict[str, Any]:
        """One line of clusters.jsonl."""
        return {
            "cluster": self.name,
            "size": self.size,
            "origin": self.origin.to_dict(),
            "canonical": {"id": self.canonical.id, "probability": self.canonical_probability},
            "evidence": [e.to_dict() for e in self.evidence],
            "members": [m.to_dict() for m in self.members],
        }
