"""Results as columns: clusters, pairs and origins. An item is made when it is read.

The files are written from the columns. Every line is concatenated from texts of small tables: the part of a line
between two names takes few values, and so does a share.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from operator import eq
from typing import Any, TypeVar, overload

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from dedup.comparison.relate import RELATIONS, ten_thousandths
from dedup.inputs.batch import int_array, large_strings, text_array
from dedup.model import Cluster, Member, Origin, Pair, Relation
from dedup.results.assemble import NO_LAG, ClusterColumns

_DIRECTIONS = (None, "a_in_b", "b_in_a")  # by 0, 1, -1
_NEWER = (None, "b", "a")
_MEMBER_DIRECTIONS = (None, "member_in_canonical", "canonical_in_member")
Item = TypeVar("Item")

#: Rows that are made and written at once.
BLOCK = 4096


class Names:
    """The ids of all articles, by rank."""

    def __init__(self, values: list[str]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def quoted(self) -> pa.Array:
        """Each id as JSON."""
        return _quoted(self.values)


# -- lines from columns of texts -----------------------------------------------------------------------------------


def _quoted(values: Sequence[str | None]) -> pa.Array:
    """Each value as JSON."""
    # Indented, every value has a line of its own, and no JSON text holds a line end: so it is safe to cut there.
    whole = orjson.dumps(values, option=orjson.OPT_INDENT_2)
    parts = whole[4:-2].split(b",\n  ") if values else []
    return large_strings(map(len, parts), b"".join(parts))


def _numbers(values: NDArray[np.int64]) -> pa.Array:
    import pyarrow.compute as pc

    return pc.cast(int_array(values), pa.large_string())


@cache
def _shares() -> pa.Array:
    """Every share that can be written, as JSON has it, by its ten-thousandths."""
    return text_array([str(i / 10_000) for i in range(10_001)])


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> pa.Array:
    return _shares().take(int_array(ten_thousandths(part, whole)))


def _concat_columns(*columns: pa.Array | str) -> bytes:
    """The texts of columns, row by row, as one run of bytes; a str stands in every row."""
    import pyarrow.compute as pc

    parts = [text_array([column])[0] if isinstance(column, str) else column for column in (*columns, "")]
    texts = pc.binary_join_element_wise(*parts)
    end = int(np.frombuffer(texts.buffers()[1], np.int64)[len(texts)])
    return bytes(memoryview(texts.buffers()[2])[:end])


def _blocks(n: int) -> Iterator[slice]:
    return (slice(low, min(n, low + BLOCK)) for low in range(0, n, BLOCK))


# -- the tables ----------------------------------------------------------------------------------------------------


class _Rows(Sequence[Item]):
    """A sequence whose items are made from columns when they are read."""

    @abstractmethod
    def _rows(self, part: slice) -> Iterator[Item]:
        """Make the items from `part.start` to `part.stop`; there is one or more."""

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        places = range(len(self))[index]  # raises IndexError
        if isinstance(places, int):
            return next(self._rows(slice(places, places + 1)))
        if places.step == 1 and len(places) > 0:
            return list(self._rows(slice(places.start, places.stop)))
        return [self[i] for i in places]

    def __iter__(self) -> Iterator[Item]:
        for part in _blocks(len(self)):
            yield from self._rows(part)


@dataclass(frozen=True, eq=False)
class ClusterTable(_Rows[Cluster]):
    """Clusters, the largest first, as columns; an item is a `Cluster`. `table`: the columns of all articles by rank."""

    names: Names
    table: pa.Table
    columns: ClusterColumns

    def __len__(self) -> int:
        return len(self.columns.origins)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<ClusterTable: {len(self)} clusters>"

    def _rows(self, part: slice) -> Iterator[Cluster]:
        columns = self.columns
        first = columns.first[part.start : part.stop + 1].tolist()
        members = self._members(slice(first[0], first[-1]))
        for i, (start, end) in enumerate(pairwise(first), part.start):
            own = tuple(members[start - first[0] : end - first[0]])
            yield Cluster(cluster_name(i), own, columns.origins[i], columns.probability[i])

    def _members(self, part: slice) -> list[Member]:
        columns = self.columns
        identities = zip(
            [self.names.values[rank] for rank in columns.rank[part].tolist()], *self._texts(part), strict=True
        )
        toward = (columns.relation, columns.direction, columns.resemblance, columns.containment)
        numbers = zip(*(column[part].tolist() for column in toward), _lags(columns.lag[part]), strict=True)
        return list(map(member_of, identities, numbers, self._leads(part).tolist()))

    def _texts(self, part: slice) -> Iterator[list[str | None]]:
        """The URLs, domains, titles and times of publication of some members."""
        ranks = int_array(self.columns.rank[part])
        return (self.table.column(name).take(ranks).to_pylist() for name in ("url", "domain", "title", "published"))

    def copies(self) -> Iterator[tuple[str | None, str | None, int | None]]:
        """Domain, name of the origin, and lag in seconds of every member but the canonical ones."""
        columns = self.columns
        copy = np.ones(len(columns.rank), np.bool_)
        copy[columns.first[:-1]] = False
        domains = self.table.column("domain").take(int_array(columns.rank[copy])).to_pylist()
        names = [columns.origins[i].name for i in columns.number[copy].tolist()]
        return zip(domains, names, _lags(columns.lag[copy]), strict=True)

    def _leads(self, part: slice) -> NDArray[np.bool_]:
        """Which members are the first of their cluster."""
        rows = np.arange(part.start, part.stop)
        return self.columns.first[np.searchsorted(self.columns.first, rows)] == rows

    def lines(self) -> Iterator[bytes]:
        """The content of clusters.jsonl in pieces, which may end within a line."""
        columns = self.columns
        ends = text_array(["}", "}]}\n"])
        for part in _blocks(len(columns.rank)):
            lead = self._leads(part)
            last = np.isin(np.arange(part.start + 1, part.stop + 1), columns.first).astype(np.int64)
            begun = np.searchsorted(columns.first[:-1], (part.start, part.stop)).tolist()
            heads = text_array([",", *self._heads(slice(*begun))])
            kind = _member_kinds().take(
                int_array(6 * columns.relation[part].astype(np.int64) + 2 * (columns.direction[part] + 1) + lead)
            )
            ranks = int_array(columns.rank[part])
            url, domain, title, published = map(_quoted, self._texts(part))
            yield _concat_columns(
                heads.take(int_array(np.where(lead, np.cumsum(lead), 0))),
                '{"id":', self.names.quoted.take(ranks), ',"url":', url, ',"domain":', domain, ',"title":', title,
                ',"published":', published, ",", kind,
                ',"resemblance":', _shares().take(int_array(columns.resemblance[part])),
                ',"containment":', _shares().take(int_array(columns.containment[part])),
                ',"lag_seconds":', _lag_texts(columns.lag[part]), ends.take(int_array(last)),
            )  # fmt: skip

    def _heads(self, numbers: slice) -> list[str]:
        """The lines of clusters up to their members."""
        columns = self.columns
        heads = zip(
            range(numbers.start, numbers.stop),
            columns.sizes[numbers].tolist(),
            [self.names.values[rank] for rank in columns.canonical[numbers].tolist()],
            columns.origins[numbers],
            columns.probability[numbers],
            strict=True,
        )
        return [
            orjson.dumps(
                {
                    "cluster": cluster_name(number),
                    "size": size,
                    "origin": origin.to_dict(),
                    "canonical": {"id": name, "probability": sure},
                    "evidence": [e.to_dict() for e in origin.evidence],
                }
            ).decode()[:-1]
            + ',"members":['
            for number, size, name, origin, sure in heads
        ]


def member_of(
    identity: tuple[str, str | None, str | None, str | None, str | None],
    numbers: tuple[int, int, int, int, int | None],
    leads: bool,
) -> Member:
    """Make a member from one row of columns.

    identity: id, URL, domain, title and time of publication. numbers: relation, direction, resemblance and containment
    toward the canonical copy, as in `ClusterColumns`, and the lag in seconds, None where not known. leads: whether it
    is the canonical copy.
    """
    relation, direction, resemblance, containment, lag = numbers
    return Member(
        *identity, _role(leads, relation), _relation(relation), _MEMBER_DIRECTIONS[direction], resemblance / 10_000,
        containment / 10_000, lag,
    )  # fmt: skip


def cluster_name(index: int) -> str:
    """Format the name of a cluster by its place among all, from 0."""
    return f"c{index + 1:06d}"


def _lags(lag: NDArray[np.int64]) -> list[int | None]:
    return [None if seconds == NO_LAG else seconds for seconds in lag.tolist()]


def _lag_texts(lag: NDArray[np.int64]) -> pa.Array:
    has_lag = lag != NO_LAG
    rows = pa.concat_arrays([text_array(["null"]), _numbers(lag[has_lag])])
    return rows.take(int_array(np.where(has_lag, np.cumsum(has_lag), 0)))


def _role(leads: bool, relation: int) -> str:
    return "canonical" if leads else _relation(relation).role or "version"


def _relation(code: int) -> Relation:
    return RELATIONS[code] or Relation.VERSION


@cache
def _member_kinds() -> pa.Array:
    """The middle of a member's object, by 6 * relation + 2 * (direction + 1) + whether it is the first."""
    middles = [
        {"role": _role(leads, code), "relation": _relation(code).value, "direction": _MEMBER_DIRECTIONS[direction]}
        for code in range(len(RELATIONS))
        for direction in (-1, 0, 1)
        for leads in (False, True)
    ]
    return text_array([orjson.dumps(middle)[1:-1].decode() for middle in middles])


@dataclass(frozen=True, eq=False)
class PairTable(_Rows[Pair]):
    """Verified pairs as columns, sorted by (a, b); an item is a `Pair`.

    a, b (p,) int64 are ranks of ids; relation codes uint8; direction (1: a in b, -1: b in a) and newer (1: b, -1: a)
    int8; shared, size_a, size_b int64 shingles; run int64 words; probability int64 ten-thousandths.
    """

    names: Names
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    relation: NDArray[np.uint8]
    direction: NDArray[np.int8]
    newer: NDArray[np.int8]
    shared: NDArray[np.int64]
    size_a: NDArray[np.int64]
    size_b: NDArray[np.int64]
    run: NDArray[np.int64]
    probability: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.a)

    def _rows(self, part: slice) -> Iterator[Pair]:
        ids, shared, size_a, size_b = self.names.values, self.shared[part], self.size_a[part], self.size_b[part]
        return map(
            Pair,
            [ids[i] for i in self.a[part].tolist()],
            [ids[i] for i in self.b[part].tolist()],
            map(RELATIONS.__getitem__, self.relation[part].tolist()),  # type: ignore[arg-type]
            [_DIRECTIONS[d] for d in self.direction[part].tolist()],
            [_NEWER[d] for d in self.newer[part].tolist()],
            *((ten_thousandths(shared, size) / 10_000).tolist() for size in (size_a + size_b - shared, size_a, size_b)),
            self.run[part].tolist(),
            (self.probability[part] / 10_000).tolist(),
        )

    def lines(self) -> Iterator[bytes]:
        """The content of pairs.jsonl, some lines at a time."""
        for part in _blocks(len(self)):
            shared, size_a, size_b = self.shared[part], self.size_a[part], self.size_b[part]
            kind = _pair_kinds().take(
                int_array(
                    9 * self.relation[part].astype(np.int64) + 3 * (self.direction[part] + 1) + self.newer[part] + 1
                )
            )
            a, b = (self.names.quoted.take(int_array(ranks)) for ranks in (self.a[part], self.b[part]))
            yield _concat_columns(
                '{"a":', a, ',"b":', b, ",", kind,
                ',"resemblance":', _share(shared, size_a + size_b - shared),
                ',"a_in_b":', _share(shared, size_a), ',"b_in_a":', _share(shared, size_b),
                ',"longest_run":', _numbers(self.run[part]),
                ',"probability":', _shares().take(int_array(self.probability[part])), "}\n",
            )  # fmt: skip

    def by_relation(self) -> dict[str, int]:
        """The number of pairs of each relation."""
        counts = np.bincount(self.relation, minlength=len(RELATIONS))
        return {r.value: int(counts[i]) for i, r in enumerate(RELATIONS) if r is not None}


@cache
def _pair_kinds() -> pa.Array:
    """The middle of a pair's line, by 9 * relation + 3 * (direction + 1) + newer + 1."""
    middles = [
        {"relation": relation and relation.value, "direction": _DIRECTIONS[direction], "newer": _NEWER[newer]}
        for relation in RELATIONS
        for direction in (-1, 0, 1)
        for newer in (-1, 0, 1)
    ]
    return text_array([orjson.dumps(middle)[1:-1].decode() for middle in middles])


@dataclass(frozen=True, eq=False)
class OriginTable:
    """The origin of every accepted article, by id; iterating gives the objects of origins.jsonl.

    `cluster` (n,) int64 is the number of the article's cluster, -1 for none; `origins` those of the clusters;
    `single` the origins of unclustered articles that say something of their source, by rank; `unknown` those of all
    others, of which `which` (n,) int64 says whose is whose: it depends on who runs the site. `shown` (n,) bool: whose
    lines are written, all if it is None.
    """

    names: Names
    cluster: NDArray[np.int64]
    origins: Sequence[Origin]
    single: dict[int, Origin]
    unknown: Sequence[Origin]
    which: NDArray[np.int64]
    shown: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.names) if self.shown is None else int(self.shown.sum())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (orjson.loads(line) for block in self.lines() for line in block.splitlines())

    def alone(self, rank: int) -> Origin:
        """The origin of an article that is in no cluster."""
        return self.single.get(rank) or self.unknown[self.which[rank]]

    def lines(self) -> Iterator[bytes]:
        """The content of origins.jsonl, some lines at a time."""
        texts = [_tail(cluster_name(i), origin) for i, origin in enumerate(self.origins)]
        texts += [_tail(None, origin) for origin in (*self.unknown, *self.single.values())]
        tails = text_array(texts)
        which = np.where(self.cluster < 0, len(self.origins) + self.which, self.cluster)
        which[list(self.single)] = np.arange(len(texts) - len(self.single), len(texts))
        rows = np.arange(len(self.names)) if self.shown is None else np.flatnonzero(self.shown)
        for part in _blocks(len(rows)):
            some = rows[part]
            yield _concat_columns('{"id":', self.names.quoted.take(int_array(some)), tails.take(int_array(which[some])))


def _tail(cluster: str | None, origin: Origin) -> str:
    """The line of an article after its id."""
    tail = {"cluster": cluster, "origin": origin.to_dict(), "evidence": [e.to_dict() for e in origin.evidence]}
    return "," + orjson.dumps(tail, option=orjson.OPT_APPEND_NEWLINE).decode()[1:]
