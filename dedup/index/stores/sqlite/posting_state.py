"""The sizes of the LSM tree of postings, and its state: the row of `posting_state`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from dedup.index.stores.base import HEAD_TAIL
from dedup.index.stores.checksums import Table, check_rows, encode_row


@dataclass(frozen=True)
class LsmSizes:
    """The sizes of an LSM tree. Tests make them small.

    page: postings of a page; 504 with the head of the page and of its row fill a page of 4 KiB of SQLite.
    compaction: pages that are compacted at a time.
    min_round, round_share: a round of compaction over all keys takes as many insertions as the greater of `min_round`
    and one in `round_share` of all postings.
    unmerged: runs that a process looks up one by one before it merges them in memory.
    head_tail: bodies that are read at each end of the posting list of an over-full key.
    max_tombstones: postings of deleted bodies that an over-full key may have.
    warmup: lookups of a process before it loads the Bloom filters: a process that makes few reads pages sooner.
    """

    page: int = 504
    compaction: int = 512
    min_round: int = 1 << 21
    round_share: int = 24
    unmerged: int = 8
    head_tail: int = HEAD_TAIL
    max_tombstones: int = 16
    warmup: int = 16

    def round_length(self, postings: int) -> int:
        """Insertions during a round of compaction, of a tree with so many postings."""
        return max(self.min_round, postings // self.round_share)


class Run(NamedTuple):
    """A row of `posting_new`. size: values; expires_at: the cursor at which compaction has moved all of them."""

    number: int
    size: int
    expires_at: int


@dataclass(frozen=True)
class State:
    """The state of an LSM tree.

    cursor: keys that were compacted, over all rounds. backlog: postings to compact for those that were inserted.
    count: postings of the tree. last_run: the highest number of a run that was ever given. deletions: how often values
    were removed. inserts: runs of postings. tombstones: runs of deleted bodies.
    """

    cursor: int = 0
    backlog: int = 0
    count: int = 0
    last_run: int = 0
    deletions: int = 0
    inserts: tuple[Run, ...] = ()
    tombstones: tuple[Run, ...] = ()

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> State:
        """Decode a row. Raises `Damage`."""
        check_rows(Table.POSTING_STATE, [row])
        inserts, tombstones = (tuple(Run(*run) for run in orjson.loads(runs)) for runs in row[6:8])
        cursor, backlog, count, last_run, deletions = row[1:6]
        return cls(cursor, backlog, count, last_run, deletions, inserts, tombstones)

    def to_row(self) -> tuple[Any, ...]:
        """Encode as a row of `posting_state`."""
        runs = json.dumps(self.inserts), json.dumps(self.tombstones)
        row = (1, self.cursor, self.backlog, self.count, self.last_run, self.deletions, *runs)
        return encode_row(Table.POSTING_STATE, row)
