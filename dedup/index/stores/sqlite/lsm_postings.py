"""Postings in one SQLite file, as a log-structured merge tree (O'Neil, Cheng, Gawlick and O'Neil 1996).

Keys are hashes: with a row for each posting, a batch of articles would write nearly every page of the table. So each
transaction appends a sorted run of new postings or of deleted bodies, and compaction goes round the keys, some hundred
pages at a time, merges the runs into the pages, and drops the postings of deleted bodies. Until then a lookup merges
pages and runs, and leaves out deleted bodies. A process caches the runs, a small share of all postings.

| table | rows |
|---|---|
| `posting` | pages (`posting_pages`) of postings, ascending; `low` is the lowest key that belongs to the page |
| `posting_new` | runs: sorted postings, or sorted deleted bodies. A row never changes; its number is never reused |
| `posting_crowd` | all postings of over-full keys (`overfull_keys`); `posting` has a marker (body 0) and both ends |
| `posting_state` | one row: the cursor of compaction and the runs (`State`) |
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.index.stores.base import HEAD_TAIL, PostingHits
from dedup.index.stores.checksums import Damage, Table, check_rows
from dedup.index.stores.sqlite import posting_pages as p
from dedup.index.stores.sqlite.bloom import BITS, BloomFilters
from dedup.index.stores.sqlite.overfull_keys import OverfullKeys
from dedup.index.stores.sqlite.rows import insert_rows, read_single_row
from dedup.kernels import sorted_arrays as k

#: The sort of a run, and the field of `State` that lists it.
Sort = Literal["inserts", "tombstones"]

_BITS, _MASK = np.uint64(k.BODY_BITS), np.uint64(k.BODY_MASK)
_NONE = np.zeros(0, np.uint64)
#: One value in so many of the merged runs is in their sparse index.
_STRIDE = 128
#: Values by which unmerged runs may exceed the merged ones before they are merged.
_UNMERGED_VALUES = 1 << 16


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
        """Convert to a row of `posting_state`."""
        runs = json.dumps(self.inserts), json.dumps(self.tombstones)
        return (1, self.cursor, self.backlog, self.count, self.last_run, self.deletions, *runs)


class _RunCache(NamedTuple):
    """Runs in memory: those of `numbers` merged, with a sparse index, and later ones by number.

    last_run, deletions: of the state that was cached.
    """

    numbers: frozenset[int]
    merged: p.UInts
    sparse_index: p.UInts
    unmerged: dict[int, p.UInts]
    last_run: int
    deletions: int

    @property
    def parts(self) -> list[p.UInts]:
        return [self.merged, *self.unmerged.values()]

    def select(self, keys: p.UInts, limits: NDArray[np.int64], ends: int) -> list[p.UInts]:
        """`select_head_tail` in each of the parts."""
        unmerged = [k.select_head_tail(values, keys, limits, ends) for values in self.unmerged.values()]
        if len(keys) * _STRIDE >= len(self.merged):
            return [k.select_head_tail(self.merged, keys, limits, ends), *unmerged]
        return [k.select_by_index(self.merged, self.sparse_index, _STRIDE, keys, limits, ends), *unmerged]


_EMPTY = _RunCache(frozenset(), _NONE, _NONE, {}, 0, 0)


class LsmPostings:
    """The postings of one file, for all threads. Every call is within a transaction of the connection that it is given.

    limits: by kind, the most bodies of a key that is not over-full.
    """

    def __init__(self, limits: Sequence[int], sizes: LsmSizes | None = None) -> None:
        self._sizes = sizes = sizes or LsmSizes()
        self._limits = np.array([*limits, *[0] * (4 - len(limits))], np.int64)
        self._pages = p.TiledTable(Table.POSTING, sizes.page)
        self._overfull = OverfullKeys(self._limits, sizes.max_tombstones, sizes.page)
        self._key_space = len(limits) << 32
        self._filters = BloomFilters(self._key_space, -(-sizes.compaction * sizes.page * BITS // 64), sizes.warmup)
        self._lock = threading.Lock()
        self.drop_cache()

    def drop_cache(self) -> None:
        """Forget state, runs and filters: a transaction was rolled back, and its numbers will be given again."""
        with self._lock:
            self._state: tuple[tuple[object, ...], State] = ((), State())
            self._runs: dict[Sort, _RunCache] = {"inserts": _EMPTY, "tombstones": _EMPTY}
        self._filters.drop_cache()

    def count(self, db: sqlite3.Connection) -> int:
        """The number of postings, with those of over-full keys."""
        return self._load_state(db).count

    def continue_numbering(self, db: sqlite3.Connection, other: LsmPostings, other_db: sqlite3.Connection) -> None:
        """Start above all numbers that another file gave."""
        state = other._load_state(other_db)
        # More than a whole round further, so that a process drops all filters that it has of the other file.
        self.start_numbering(db, state.cursor // self._key_space + 2, state.last_run, state.deletions + 1)

    def start_numbering(self, db: sqlite3.Connection, rounds: int, last_run: int, deletions: int) -> None:
        """Start after so many rounds of compaction, and above these numbers."""
        self._save_state(db, State(cursor=rounds * self._key_space, last_run=last_run, deletions=deletions))

    # -- lookups ----------------------------------------------------------------------------------------------------

    def lookup(self, db: sqlite3.Connection, keys: p.UInts) -> PostingHits:
        """Look up keys, uint64 (k,), ascending, each once."""
        ends = self._sizes.head_tail
        postings = self._collect(db, self._load_state(db), keys, ends)
        return PostingHits(*k.split_overfull(postings, self._limits, ends, False)[:2])

    def first(self, db: sqlite3.Connection, keys: p.UInts, limit: int) -> p.UInts:
        """Look up the postings of the `limit` lowest bodies of each key (ascending, each once), ascending."""
        state = self._load_state(db)
        postings = self._collect(db, state, keys)
        overfull = postings[(postings & _MASK) == 0] >> _BITS
        heads = self._overfull.head_and_tail(db, overfull, limit, self._sizes.head_tail)
        postings = k.merge(postings[(postings & _MASK) > 0], self._drop_deleted(db, state, heads))
        key = postings >> _BITS
        first = np.searchsorted(key, keys)
        return postings[np.arange(len(postings)) - first[np.searchsorted(keys, key)] < limit]

    def _collect(self, db: sqlite3.Connection, state: State, keys: p.UInts, ends: int = 0) -> p.UInts:
        """Merge the postings of keys in pages and runs, with markers; ends: as of `select_head_tail`, 0 for all."""
        parts = [part for part in self._read_pages(db, state, keys) if len(part)]
        if parts:
            parts = [self._refill(db, state, parts[0] if len(parts) == 1 else np.concatenate(parts))]
        # Where bodies were deleted, the ends of what is left are known only after these were dropped.
        runs = self._cached_runs(db, state, "inserts").select(keys, self._limits, 0 if state.tombstones else ends)
        parts += [self._drop_deleted(db, state, part) for part in runs if len(part)]
        postings = _NONE
        for part in parts:
            postings = k.merge(postings, part)
        return postings

    def _read_pages(self, db: sqlite3.Connection, state: State, keys: p.UInts) -> Iterator[p.UInts]:
        """Select the postings of keys from pages: from the page of each key, or by a scan if the keys are many."""
        if len(keys) == 0:
            return
        if 2 * len(keys) > state.count // self._sizes.page:
            first = db.execute("SELECT max(low) FROM posting WHERE low <= ?", (int(keys[0]),)).fetchone()[0]
            cursor = db.execute(
                "SELECT data FROM posting WHERE low BETWEEN ? AND ? ORDER BY low", (first or 0, int(keys[-1]))
            )
            while pages := [data for (data,) in cursor.fetchmany(1024)]:
                bounds = p.page_range(Table.POSTING, pages[0])[0], p.page_range(Table.POSTING, pages[-1])[1]
                begin, end = np.searchsorted(keys, np.array(bounds))
                part, keys = keys[:end], keys[end:]
                if begin:
                    raise p.missing_page(Table.POSTING, part[0])
                yield p.decode_postings(pages, part)
            if len(keys):
                raise p.missing_page(Table.POSTING, keys[0])
            return
        keys = self._filters.select(db, state.cursor, keys)
        for low in range(0, len(keys), 1024):
            part = keys[low : low + 1024]
            rows = db.execute(
                "SELECT (SELECT data FROM posting WHERE low <= j.value ORDER BY low DESC LIMIT 1) FROM json_each(?) j",
                (orjson.dumps(part.tolist()),),
            ).fetchall()
            data = [row[0] for row in rows]
            # Two keys on one page give it twice.
            yield p.decode_postings([page for i, page in enumerate(data) if i == 0 or page != data[i - 1]], part)

    def _drop_deleted(self, db: sqlite3.Connection, state: State, postings: p.UInts) -> p.UInts:
        """Drop the postings of bodies that were deleted."""
        if state.tombstones:
            for bodies in self._cached_runs(db, state, "tombstones").parts:
                postings = k.drop_bodies(postings, bodies)
        return postings

    def _refill(self, db: sqlite3.Connection, state: State, postings: p.UInts) -> p.UInts:
        """Drop deleted bodies from postings of pages, then refill over-full keys that lost postings of an end.

        A key that is over-full no longer gets all its postings, and loses its marker.
        """
        postings = self._drop_deleted(db, state, postings)
        ends = self._sizes.head_tail
        keys = k.underfull_keys(postings, 2 * ends)
        if len(keys) == 0:
            return postings
        lists = self._overfull.head_and_tail(db, keys, int(self._limits.max()) + 1, ends)
        refill, _, _ = k.split_overfull(self._drop_deleted(db, state, lists), self._limits, ends, True)
        return k.merge(postings[~np.isin(postings >> _BITS, keys)], refill)

    # -- changes ----------------------------------------------------------------------------------------------------

    def add(self, db: sqlite3.Connection, postings: p.UInts) -> None:
        """Add postings, ascending, each once."""
        if len(postings) == 0:
            return
        state = self._append(db, self._load_state(db), postings, "inserts")
        state = replace(state, count=state.count + len(postings))
        self._save_state(db, self._compact(db, state, len(postings)))

    def delete_bodies(self, db: sqlite3.Connection, postings: p.UInts, bodies: p.UInts) -> None:
        """Delete all postings of some bodies, both ascending. Their numbers are never used again."""
        if len(bodies) == 0:
            return
        state = self._append(db, self._load_state(db), bodies, "tombstones")
        keys = self._overfull.tombstone(db, postings, lambda values: self._drop_deleted(db, state, values))
        self._keep_only_markers(db, keys)
        state = replace(state, count=state.count - len(postings), deletions=state.deletions + 1)
        # A tombstone takes an eighth of the room of the postings that it deletes, or less.
        self._save_state(db, self._compact(db, state, len(postings) // 8))

    def delete(self, db: sqlite3.Connection, postings: p.UInts) -> None:
        """Delete single postings, ascending, at once from pages and runs."""
        if len(postings) == 0:
            return
        state = self._load_state(db)
        self._keep_only_markers(db, self._overfull.delete(db, postings))
        self._pages.reduce(db, np.unique(postings >> _BITS), lambda values: k.difference(values, postings))
        runs = []
        for run in state.inserts:
            values = self._read_run(db, run.number)
            remaining = k.difference(values, postings)
            if len(remaining) < len(values):
                db.execute("DELETE FROM posting_new WHERE number = ?", (run.number,))
                state = replace(state, last_run=state.last_run + 1)
                self._write_run(db, state.last_run, remaining)
                run = Run(state.last_run, len(remaining), run.expires_at)
            runs.append(run)
        count = state.count - len(postings)
        self._save_state(db, replace(state, inserts=tuple(runs), count=count, deletions=state.deletions + 1))

    def _keep_only_markers(self, db: sqlite3.Connection, keys: p.UInts) -> None:
        """Delete the ends of keys that may be over-full no longer from pages; by the marker `_refill` finds them."""
        self._pages.reduce(db, keys, lambda values: _without_ends(values, keys))

    def _append(self, db: sqlite3.Connection, state: State, values: p.UInts, sort: Sort) -> State:
        """Append a run, merged with earlier runs that are not much larger, so that runs are few.

        The logarithmic method of Bentley and Saxe (1980), up to a 32nd of the insertions of a round.
        """
        runs: tuple[Run, ...] = getattr(state, sort)
        most = self._sizes.round_length(state.count) // 32
        while runs and runs[-1].size < 2 * len(values) and runs[-1].size + len(values) <= most:
            values = k.merge(self._read_run(db, runs[-1].number), values)
            db.execute("DELETE FROM posting_new WHERE number = ?", (runs[-1].number,))
            runs = runs[:-1]
        number = state.last_run + 1
        self._write_run(db, number, values)
        runs = (*runs, Run(number, len(values), state.cursor + self._key_space))
        return replace(state, last_run=number, **{sort: runs})  # type: ignore[arg-type]

    # -- compaction -------------------------------------------------------------------------------------------------

    def _compact(self, db: sqlite3.Connection, state: State, changes: int) -> State:
        """Compact as many pages as are due after so many changes of postings."""
        count = max(state.count, 1)
        state = replace(state, backlog=state.backlog + changes * count // self._sizes.round_length(state.count))
        while state.backlog >= min(self._sizes.compaction * self._sizes.page, max(state.count, self._sizes.min_round)):
            state = self._compact_pages(db, state)
        return state

    def _compact_pages(self, db: sqlite3.Connection, state: State) -> State:
        """Merge the runs into the next pages, and drop deleted bodies from these."""
        start = state.cursor % self._key_space
        values, _, end = span = self._pages.read_pages(db, start, self._sizes.compaction)
        work = len(values)
        self._overfull.purge(db, start, end, lambda postings: self._drop_deleted(db, state, postings))
        values = self._refill(db, state, values)
        for part in self._cached_runs(db, state, "inserts").parts:
            low, high = np.searchsorted(part, np.array([start, end], np.uint64) << _BITS).tolist()
            values = k.merge(values, self._drop_deleted(db, state, part[low:high]))
            work += high - low
        values, keys, lists = k.split_overfull(values, self._limits, self._sizes.head_tail, True)
        self._overfull.add(db, keys, lists)
        self._pages.write(db, span._replace(values=values))
        self._filters.write(db, start, end, values)
        cursor = state.cursor + end - start
        expired_rows = [(run.number,) for run in (*state.inserts, *state.tombstones) if run.expires_at <= cursor]
        db.executemany("DELETE FROM posting_new WHERE number = ?", expired_rows)
        inserts, tombstones = (
            tuple(run for run in runs if run.expires_at > cursor) for runs in (state.inserts, state.tombstones)
        )
        return replace(
            state, cursor=cursor, backlog=max(0, state.backlog - max(work, self._sizes.page)),
            # Cached runs may have postings of bodies that are in no tombstone any more.
            deletions=state.deletions + (len(tombstones) < len(state.tombstones)),
            inserts=inserts, tombstones=tombstones,
        )  # fmt: skip

    def check(self, db: sqlite3.Connection) -> None:
        """Read all runs. Raises `Damage` if one is damaged or missing."""
        state = self._load_state(db)
        for run in (*state.inserts, *state.tombstones):
            if len(self._read_run(db, run.number)) != run.size:
                raise Damage(f"row {run.number} of posting_new is not what was written")

    # -- state and runs ---------------------------------------------------------------------------------------------

    def _load_state(self, db: sqlite3.Connection) -> State:
        row = read_single_row(db, Table.POSTING_STATE)
        cached_row, state = self._state
        if row != cached_row:
            state = State.from_row(row)
            self._state = (row, state)
        return state

    def _save_state(self, db: sqlite3.Connection, state: State) -> None:
        insert_rows(db, Table.POSTING_STATE, [state.to_row()], verb="REPLACE")

    def _cached_runs(self, db: sqlite3.Connection, state: State, sort: Sort) -> _RunCache:
        with self._lock:
            self._refresh(db, sort, state)
            return self._runs[sort]

    def _refresh(self, db: sqlite3.Connection, sort: Sort, state: State) -> None:
        """Read the runs of a state that are not cached.

        Expired runs may stay in the cache as long as nothing was deleted: their postings are in the pages as well.
        """
        cache, runs = self._runs[sort], getattr(state, sort)
        size = {run.number: run.size for run in runs}
        later = sorted(size.keys() - cache.numbers)
        is_valid = cache.last_run <= state.last_run and (
            cache.deletions == state.deletions or size.keys() >= cache.numbers
        )
        is_small = sum(size[n] for n in later) <= len(cache.merged) + _UNMERGED_VALUES
        if is_valid and is_small and len(later) <= self._sizes.unmerged:
            unmerged = {n: cache.unmerged[n] if n in cache.unmerged else self._read_run(db, n) for n in later}
            self._runs[sort] = cache._replace(unmerged=unmerged, last_run=max([cache.last_run, *later]))
            return
        # The runs are most of the memory of a process: drop the old ones first, fill and sort the new array in place.
        del cache
        self._runs[sort] = _EMPTY
        values = np.empty(sum(size.values()), np.uint64)
        at = 0
        for run in runs:
            values[at : at + run.size] = self._read_run(db, run.number)
            at += run.size
        values.sort(kind="stable")  # merges what is in order already
        self._runs[sort] = _RunCache(
            frozenset(size), values, values[::_STRIDE].copy(), {}, max(size, default=0), state.deletions
        )

    def _read_run(self, db: sqlite3.Connection, number: int) -> p.UInts:
        row = db.execute("SELECT data FROM posting_new WHERE number = ?", (number,)).fetchone()
        if row is None or p.page_range(Table.POSTING_NEW, row[0])[0] != number:
            raise Damage(f"row {number} of posting_new is missing")
        return p.decode_pages(Table.POSTING_NEW, [row[0]])

    def _write_run(self, db: sqlite3.Connection, number: int, values: p.UInts) -> None:
        page = p.encode_page(Table.POSTING_NEW, values, number, 0)
        db.execute("INSERT INTO posting_new VALUES (?, ?)", (number, page))


def _without_ends(page: p.UInts, keys: p.UInts) -> p.UInts:
    """Drop from a page the postings, except markers, of those keys that have a marker in it."""
    key, is_marker = page >> _BITS, (page & _MASK) == 0
    overfull = np.intersect1d(keys, key[is_marker])
    return page[~np.isin(key, overfull) | is_marker]
