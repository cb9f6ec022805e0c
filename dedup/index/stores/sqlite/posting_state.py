"""How postings are kept, and the row of `posting_state`: how far the sweep is, and which arrays there are."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from dedup.index.stores.checksums import STATE, Damage, check_rows, row_checksum


@dataclass(frozen=True)
class Sizes:
    """page: postings of a page; with them a row of SQLite fills one of its pages of 4 KiB. sweep: pages that are swept
    at a time. floor, share: what came in is swept once while as many come as `floor`, or one in `share` of all. loose:
    arrays that are looked up one by one before they are merged. ends: bodies read at each end of a crowded key. dead:
    rows of bodies that are gone which such a key may have. patience: lookups before filters are fetched."""

    page: int = 504
    sweep: int = 512
    floor: int = 1 << 21
    share: int = 24
    loose: int = 8
    ends: int = 4
    dead: int = 16
    patience: int = 16


class Run(NamedTuple):
    """A row of `posting_new`: its number, how many values, and the position of the sweep that is done with it."""

    number: int
    size: int
    due: int


@dataclass(frozen=True)
class State:
    """position: keys that were swept, counted on over all rounds; debt: postings that are to be swept for what came in;
    count: postings; last: the highest number of an array; deleted: how often something was taken out."""

    position: int = 0
    debt: int = 0
    count: int = 0
    last: int = 0
    deleted: int = 0
    fresh: tuple[Run, ...] = ()
    gone: tuple[Run, ...] = ()

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> State:
        """The state that a row says. Raises `Damage`."""
        check_rows(STATE, "posting_state", [row])
        fresh, gone = (tuple(Run(*run) for run in orjson.loads(runs)) for runs in row[6:8])
        position, debt, count, last, deleted = row[1:6]
        return cls(position, debt, count, last, deleted, fresh, gone)

    def to_row(self) -> tuple[Any, ...]:
        fresh, gone = (json.dumps(runs) for runs in (self.fresh, self.gone))
        row = (1, self.position, self.debt, self.count, self.last, self.deleted, fresh, gone)
        return (*row, row_checksum(STATE, row))


#: As an index keeps them.
USUAL = Sizes()


def row_of(db: sqlite3.Connection) -> tuple[Any, ...]:
    """The row as it is stored."""
    rows: list[tuple[Any, ...]] = db.execute("SELECT * FROM posting_state").fetchall()
    if len(rows) != 1:
        raise Damage("row 1 of posting_state is missing")
    return rows[0]
