"""The words of the project as small frozen values. No stage's logic lives here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, Self


class _Row:
    """A value whose fields are the members of a JSON object."""

    __slots__: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The object of a JSON line."""
        kind: Any = type(self)
        names, values, relations = _fields_of(kind)
        row = dict(zip(names, values(self), strict=True))
        for name in relations:
            row[name] = row[name] if row[name] is None else row[name].value
        return row


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], tuple[str, ...]]:
    """Return the names of a row's two or more fields, what gets their values, and the names of those with a relation.

    There are as many rows as members and pieces of evidence, and a loop over their fields takes four times as long.
    """
    names: tuple[str, ...] = kind.__slots__
    return names, attrgetter(*names), tuple(n for n, of in kind.__annotations__.items() if "Relation" in of)


class Wording(NamedTuple):
    """The words for a relation.

    definition: completes "two articles are to each other ..." (README.md, "Relations"). claim, meaning: the sentence
    about two texts is "CLAIM: MEANING.", with `{small}` and `{large}` for the letters of the shorter and the longer
    text. measured: say the share of the shorter text that stands in the longer one in place of the meaning, if known.
    """

    singular: str
    plural: str
    definition: str
    claim: str
    meaning: str
    measured: bool


class Look(NamedTuple):
    """How a relation is drawn.

    shape: the mark in the page, circle, square, triangle or triangle-down. terminal: a style of rich. light, dark: the
    CSS colour of the mark on light and on dark paper; closer copies have more contrast.
    """

    shape: str
    terminal: str
    light: str
    dark: str


class Relation(StrEnum):
    """The relation of a verified pair of articles (ARCHITECTURE.md, "Relations"), the closest first.

    This is the only place where relations are declared: files, page, terminal, index and docs take names, words, order
    and colours from here.

    code: the number in index files and in columns, from 1 on; 0 is no relation. A number is never used again.
    role: the role of a cluster's member with this relation to the canonical copy; None if the relation alone puts no
    two articles into one cluster.
    """

    _value_: str
    code: int
    role: str | None
    words: Wording
    look: Look

    def __new__(cls, value: str, *row: Any) -> Self:
        self = str.__new__(cls, value)
        self._value_ = value
        self.code, self.role, self.words, self.look = row
        return self

    IDENTICAL = (
        "identical", 1, "copy",
        Wording(
            "identical", "identical", "the same words, apart from boilerplate",
            "A and B are identical", "the same words", measured=False,
        ),
        Look("circle", "bold blue", "#08417b", "#b9dcf7"),
    )  # fmt: skip
    NEAR_COPY = (
        "near_copy", 2, "copy",
        Wording(
            "near copy", "near copies", "the same article with small edits or cuts",
            "{small} is a near copy of {large}", "the same article with small edits or cuts", measured=True,
        ),
        Look("circle", "blue", "#2a72b5", "#7fbcec"),
    )  # fmt: skip
    VERSION = (
        "version", 3, "version",
        Wording(
            "version", "versions", "the same article, updated or edited much",
            "A and B are versions of one article", "one is an update or a substantial edit of the other", measured=True,
        ),
        Look("square", "bold cyan", "#5b9fd4", "#4c94cd"),
    )  # fmt: skip
    EXCERPT = (
        "excerpt", 4, "excerpt",
        Wording(
            "excerpt", "excerpts",
            "nearly all of one lies in the other, which is clearly longer; its cluster is that of the fuller text, not "
            "that of a round-up",
            "{small} is an excerpt of {large}", "nearly all of {small} lies in it", measured=True,
        ),
        Look("triangle", "cyan", "#8cbfe5", "#2f6ea5"),
    )  # fmt: skip
    REWRITE = (
        "rewrite", 5, "rewrite",
        Wording(
            "rewrite", "rewrites", "the same article in other words, in the same order",
            "A and B are one article in different words", "the same order of sentences, names and numbers",
            measured=False,
        ),
        Look("triangle-down", "magenta", "#bcd9ef", "#24527b"),
    )  # fmt: skip
    OVERLAP = (
        "overlap", 6, None,
        Wording(
            "overlap", "overlaps", "a copied passage of more than a sentence; most of each is its own",
            "A and B overlap", "a copied passage, but most of each is its own", measured=False,
        ),
        Look("circle", "dim", "#b5b1a8", "#5a5852"),
    )  # fmt: skip
    TEMPLATE = (
        "template", 7, None,
        Wording(
            "template", "templates", "the same form with other facts: weather, markets, notices",
            "A and B share a template", "the same form with different facts", measured=False,
        ),
        Look("circle", "dim", "#b5b1a8", "#5a5852"),
    )  # fmt: skip

    @property
    def joins(self) -> bool:
        """Whether a pair of this relation may stand in one cluster; other pairs are only linked."""
        return self.role is not None


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
class Reject(_Row):
    """A record that could not be taken: where it stood and why. `line` counts from 1 (rows for tables)."""

    file: str
    line: int | None
    reason: str
    detail: str = ""


class NonArticle(NamedTuple):
    """Why a text is no article: the reason, one word as in `set_aside.jsonl`, and a sentence on what was recognised."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class SetAside(_Row):
    """A record that is read, and is no article: where it stood and why. `line` counts from 1 (rows for tables)."""

    file: str
    line: int | None
    id: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Evidence(_Row):
    """One piece of evidence for an origin: which article says it, by which signal, in which words.

    `weight` is a log-odds contribution (natural logarithm); positive supports the name, negative speaks against.
    """

    article: str | None
    signal: str
    quote: str
    supports: str | None
    weight: float


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
    order; the latter three are 0 where the texts share too little to be aligned. `probability`: that a reader calls the
    two one article, in any of its editions.
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
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Pair(_Row):
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
    probability: float


@dataclass(frozen=True, slots=True)
class Member(_Row):
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
