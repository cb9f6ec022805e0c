"""What a scan found, as objects that answer questions about themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.clusters.relate import RELATIONS
from dedup.model import Cluster, Origin, Pair, Reject

if TYPE_CHECKING:
    from dedup.articles.learned import Furniture
    from dedup.corpus import Corpus

_DIRECTIONS = (None, "a_in_b", "b_in_a")  # by 0, 1, -1
_NEWER = (None, "b", "a")
#: Rows that are made and written at once.
BLOCK = 4096


def ratios(part: NDArray[np.int64], whole: NDArray[np.int64]) -> list[float]:
    """The same as `dedup.clusters.relate.ratio`, of columns."""
    return (_ten_thousandths(part, whole) / 10_000).tolist()


def _ten_thousandths(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.int64]:
    whole = np.maximum(1, whole)
    return (20_000 * part + whole) // (2 * whole)


@cache
def _ratio_texts() -> list[str]:
    """Every share that can be written, as JSON has it."""
    return [str(i / 10_000) for i in range(10_001)]


def _quoted(names: Sequence[str]) -> list[str]:
    """Each name as JSON: all in one call, where no name holds what then stands between them."""
    whole = orjson.dumps(names).decode()[1:-1].split(",")
    return whole if len(whole) == len(names) else [orjson.dumps(name).decode() for name in names]


@dataclass(frozen=True)
class PairTable(Sequence[Pair]):
    """Verified pairs as columns, sorted by (a, b); an item is a `Pair`.

    a, b (p,) int64 are ranks of ids; relation codes uint8; direction (1: a in b, -1: b in a) and newer (1: b, -1: a)
    int8; shared, size_a, size_b int64 shingles; run int64 words.
    """

    ids: list[str]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    relation: NDArray[np.uint8]
    direction: NDArray[np.int8]
    newer: NDArray[np.int8]
    shared: NDArray[np.int64]
    size_a: NDArray[np.int64]
    size_b: NDArray[np.int64]
    run: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.a)

    @overload
    def __getitem__(self, index: int) -> Pair: ...
    @overload
    def __getitem__(self, index: slice) -> list[Pair]: ...
    def __getitem__(self, index: int | slice) -> Pair | list[Pair]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        at = index if index >= 0 else index + len(self)
        if not 0 <= at < len(self):
            raise IndexError(index)
        return next(self._pairs(at, at + 1))

    def __iter__(self) -> Iterator[Pair]:
        for low in range(0, len(self), BLOCK):
            yield from self._pairs(low, min(len(self), low + BLOCK))

    def _pairs(self, low: int, high: int) -> Iterator[Pair]:
        for row in self._rows(low, high):
            yield Pair(row[0], row[1], RELATIONS[row[2]], *row[3:])  # type: ignore[arg-type]

    def _rows(self, low: int, high: int) -> Iterator[tuple[Any, ...]]:
        part = slice(low, high)
        shared, size_a, size_b = self.shared[part], np.maximum(1, self.size_a[part]), np.maximum(1, self.size_b[part])
        columns = (
            [self.ids[i] for i in self.a[part].tolist()],
            [self.ids[i] for i in self.b[part].tolist()],
            self.relation[part].tolist(),
            [_DIRECTIONS[d] for d in self.direction[part].tolist()],
            [_NEWER[d] for d in self.newer[part].tolist()],
            ratios(shared, self.size_a[part] + self.size_b[part] - shared),
            ratios(shared, size_a),
            ratios(shared, size_b),
            self.run[part].tolist(),
        )
        return zip(*columns, strict=True)

    def lines(self) -> Iterator[bytes]:
        """The content of pairs.jsonl, some lines at a time.

        Put together from texts: what stands between two columns takes few values, and so does a share.
        """
        share = _ratio_texts()
        for low in range(0, len(self), BLOCK):
            part = slice(low, low + BLOCK)
            shared, size_a, size_b = self.shared[part], self.size_a[part], self.size_b[part]
            columns = (
                _quoted([self.ids[i] for i in self.a[part].tolist()]),
                _quoted([self.ids[i] for i in self.b[part].tolist()]),
                map(_kind, self.relation[part].tolist(), self.direction[part].tolist(), self.newer[part].tolist()),
                *[_ten_thousandths(shared, size).tolist() for size in (size_a + size_b - shared, size_a, size_b)],
                self.run[part].tolist(),
            )
            lines = [
                f'{{"a":{a},"b":{b},{kind},"resemblance":{share[r]},"a_in_b":{share[x]},"b_in_a":{share[y]},'
                f'"longest_run":{run}}}\n'
                for a, b, kind, r, x, y, run in zip(*columns, strict=True)
            ]
            yield "".join(lines).encode()

    def by_relation(self) -> dict[str, int]:
        counts = np.bincount(self.relation, minlength=len(RELATIONS))
        return {r.value: int(counts[i]) for i, r in enumerate(RELATIONS) if r is not None}


@cache
def _kind(relation: int, direction: int, newer: int) -> str:
    """The middle of a pair's line."""
    label = RELATIONS[relation]
    middle = {
        "relation": None if label is None else label.value,
        "direction": _DIRECTIONS[direction],
        "newer": _NEWER[newer],
    }
    return orjson.dumps(middle)[1:-1].decode()


@dataclass(frozen=True)
class OriginTable:
    """The origin of every accepted article, by id; iterating gives the objects of origins.jsonl.

    `cluster` (n,) int64 is the number of the article's cluster, -1 for none; `single` the origins of unclustered
    articles that say something of their source, by rank.
    """

    ids: list[str]
    cluster: NDArray[np.int64]
    clusters: Sequence[Cluster]
    single: dict[int, Origin]

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (orjson.loads(line) for block in self.lines() for line in block.splitlines())

    def lines(self) -> Iterator[bytes]:
        """The content of origins.jsonl, some lines at a time."""
        from dedup.clusters.origin.decide import decide

        tails = [_tail(c.name, c.origin) for c in self.clusters]
        tails.append(_tail(None, decide([])))  # what the number -1 finds
        single = {rank: _tail(None, origin) for rank, origin in self.single.items()}
        for low in range(0, len(self), BLOCK):
            numbers = self.cluster[low : low + BLOCK].tolist()
            names = _quoted(self.ids[low : low + BLOCK])
            lines = [
                f'{{"id":{name},{single[rank] if number < 0 and rank in single else tails[number]}\n'
                for rank, (name, number) in enumerate(zip(names, numbers, strict=True), low)
            ]
            yield "".join(lines).encode()


def _tail(cluster: str | None, origin: Origin) -> str:
    evidence = [e.to_dict() for e in origin.evidence]
    return orjson.dumps({"cluster": cluster, "origin": origin.to_dict(), "evidence": evidence})[1:].decode()


class ScanResult:
    """All that a scan found. Holds temporary files until it is closed or collected; usable as a context manager."""

    def __init__(
        self,
        clusters: Sequence[Cluster],
        pairs: PairTable,
        origins: OriginTable,
        rejects: list[Reject],
        summary: dict[str, Any],
        corpus: Corpus,
        keep: NDArray[np.int64],
    ) -> None:
        self.clusters = clusters
        self.pairs = pairs
        self.origins = origins
        self.rejects = rejects
        self.summary = summary
        self._corpus = corpus
        self._keep = keep

    def __repr__(self) -> str:
        counts = self.summary["counts"]
        return f"<ScanResult: {counts['articles']} articles, {len(self.clusters)} clusters, {len(self.pairs)} pairs>"

    @property
    def furniture(self) -> Furniture:
        """What was learned of the domains' pages, or the model that was given; `scan(..., furniture=)` takes it."""
        return self._corpus.furniture

    def write(self, directory: str | os.PathLike[str], *, keep: str | None = None) -> None:
        """Write the files of the contract into a folder, all of them or none.

        keep="canonical" adds deduplicated.jsonl, for which the scan must have been told `keep="canonical"` as well
        unless it read plain JSONL files. Raises `OutputError`; what stood in the folder is then untouched.
        """
        from dedup.reports.files import write

        write(self, directory, keep)

    def kept_records(self) -> Iterator[bytes]:
        """The records of canonical copies and unclustered articles, by id: lines of deduplicated.jsonl."""
        from dedup.reports.files import records

        return records(self._corpus, self._keep)

    def close(self) -> None:
        """Remove the temporary files."""
        self._corpus.spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
