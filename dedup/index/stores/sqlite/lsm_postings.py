"""Postings in one SQLite file: pages in the order of keys, what came in since, and who is gone.

A row for each posting would make every batch of articles write nearly every page of the tree, for keys are hashes. So
what comes in is kept as it came, a sorted array a transaction, and a sweep goes round the keys and moves it into the
pages, some hundred pages at a time: of a log-structured merge tree (O'Neil et al. 1996) the two components and the
rolling merge. Processes hold in memory what has not been swept yet; it is a small share of all.

| table | rows |
|---|---|
| `posting` | pages (`pages`) of postings `key << 30 | body`, uint64, ascending; `low` the least key that belongs here |
| `posting_new` | sorted arrays: postings that came in, or bodies that are gone. Rows never change, nor come again |
| `posting_crowd` | all bodies of keys that very many have (`crowds`); the page of such a key: body 0, first and last |
| `posting_state` | one row: how far the sweep is, and which arrays there are |

Postings of a body that is gone are passed over, and leave their page when the sweep comes round.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.index.stores.checksums import Damage
from dedup.index.stores.sqlite.bloom import BITS, Filters
from dedup.index.stores.sqlite.overfull_keys import Crowds
from dedup.index.stores.sqlite.posting_pages import (
    POSTING,
    POSTING_NEW,
    bare,
    head,
    posting_pages,
    postings_in,
    seal,
    unseal,
)
from dedup.index.stores.sqlite.posting_state import USUAL, Run, Sizes, State, row_of
from dedup.kernels.sorted_arrays import (
    BODY_BITS,
    difference,
    drop_bodies,
    merge,
    select_by_index,
    select_head_tail,
    split_overfull,
    underfull_keys,
)

Packed = NDArray[np.uint64]

_BITS, _MASK = np.uint64(BODY_BITS), np.uint64((1 << BODY_BITS) - 1)
_NONE = np.zeros(0, np.uint64)
#: Of the arrays that wait for the sweep, one in so many is searched first.
EVERY = 128


class _Held(NamedTuple):
    """Arrays in memory: those of `numbers` merged, one in `EVERY` of these apart, and `loose` ones by number; as of
    `last` and `deleted`."""

    numbers: frozenset[int]
    merged: Packed
    steps: Packed
    loose: dict[int, Packed]
    last: int
    deleted: int

    @property
    def parts(self) -> list[Packed]:
        return [self.merged, *self.loose.values()]

    def matching(self, keys: Packed, crowds: NDArray[np.int64], ends: int) -> list[Packed]:
        """`select_head_tail` in each of the arrays."""
        loose = [select_head_tail(one, keys, crowds, ends) for one in self.loose.values()]
        if len(keys) * EVERY >= len(self.merged):
            return [select_head_tail(self.merged, keys, crowds, ends), *loose]
        return [select_by_index(self.merged, self.steps, EVERY, keys, crowds, ends), *loose]


_EMPTY = _Held(frozenset(), _NONE, _NONE, {}, 0, 0)


class Postings:
    """The postings of one file, for all threads; every call is within a transaction of the connection it is given.

    most: by kind, the most bodies a key may have before only its ends are read. space: kinds << 32.
    """

    def __init__(self, most: Sequence[int], sizes: Sizes = USUAL) -> None:
        self._crowds = Crowds(np.array([*most, *[0] * (4 - len(most))], np.int64), sizes.dead, sizes.page)
        self._space = len(most) << 32
        self._filters = Filters(self._space, -(-sizes.sweep * sizes.page * BITS // 64), sizes.patience)
        self._sizes = sizes
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Let go of what is held: a transaction was broken off, and its numbers will be given again."""
        with self._lock:
            self._state: tuple[tuple[object, ...], State] = ((), State())
            self._held = {"fresh": _EMPTY, "gone": _EMPTY}
        self._filters.forget()

    def count(self, db: sqlite3.Connection) -> int:
        """How many postings there are, those of crowded keys included."""
        return self._load(db).count

    def follow(self, db: sqlite3.Connection, other: Postings, there: sqlite3.Connection) -> None:
        """Begin with numbers above those that another file gave."""
        state = other._load(there)
        # A position beyond a whole round, so that of filters nothing counts as known.
        self.begin(db, state.position // self._space + 2, state.last, state.deleted + 1)

    def begin(self, db: sqlite3.Connection, rounds: int, last: int, deleted: int) -> None:
        """Begin after so many rounds of the sweep, and above these numbers."""
        self._save(db, State(position=rounds * self._space, last=last, deleted=deleted))

    # -- looking up -------------------------------------------------------------------------------------------------

    def find(self, db: sqlite3.Connection, keys: Packed) -> tuple[Packed, Packed]:
        """The postings of some keys (ascending, each once), ascending; and which of the keys are crowded: of these the
        first and the last bodies only."""
        found = self._found(db, self._load(db), keys, self._sizes.ends)
        return split_overfull(found, self._crowds.most, self._sizes.ends, False)[:2]  # type: ignore[no-any-return]

    def first(self, db: sqlite3.Connection, keys: Packed, limit: int) -> Packed:
        """The postings of some keys (ascending, each once) with the `limit` first bodies of each, ascending."""
        state = self._load(db)
        found = self._found(db, state, keys)
        marked = found[(found & _MASK) == 0] >> _BITS
        apart = self._living(db, state, self._crowds.ends(db, marked, limit, self._sizes.ends))
        found = merge(found[(found & _MASK) > 0], apart)
        key = found >> _BITS
        first = np.searchsorted(key, keys)
        return found[np.arange(len(found)) - first[np.searchsorted(keys, key)] < limit]

    def _found(self, db: sqlite3.Connection, state: State, keys: Packed, ends: int = 0) -> Packed:
        """What pages and arrays have of some keys, with the marks of over-full keys; ends: see `select_head_tail`."""
        parts = [part for part in self._paged(db, state, keys) if len(part)]
        if parts:
            parts = [self._completed(db, state, parts[0] if len(parts) == 1 else np.concatenate(parts))]
        # Of whom is gone none may be counted.
        arrived = self._arrived(db, state).matching(keys, self._crowds.most, 0 if state.gone else ends)
        parts += [self._living(db, state, part) for part in arrived if len(part)]
        found = _NONE
        for part in parts:
            found = merge(found, part)
        return found

    def _paged(self, db: sqlite3.Connection, state: State, keys: Packed) -> Iterator[Packed]:
        """What the pages have: each sought for, or all read where most are wanted."""
        if len(keys) == 0:
            return
        if 2 * len(keys) > state.count // self._sizes.page:
            first = db.execute("SELECT max(low) FROM posting WHERE low <= ?", (int(keys[0]),)).fetchone()[0]
            found = db.execute(
                "SELECT data FROM posting WHERE low BETWEEN ? AND ? ORDER BY low", (first or 0, int(keys[-1]))
            )
            while pages := [data for (data,) in found.fetchmany(1024)]:
                begin, end = np.searchsorted(keys, np.array([head(POSTING, pages[0])[0], head(POSTING, pages[-1])[1]]))
                part, keys = keys[:end], keys[end:]
                if begin:
                    raise Damage(f"a page of posting is missing at {part[0]}")
                yield postings_in(pages, part)
            if len(keys):
                raise Damage(f"a page of posting is missing at {keys[0]}")
            return
        keys = self._filters.possible(db, state.position, keys)
        for low in range(0, len(keys), 1024):
            part = keys[low : low + 1024]
            rows = db.execute(
                "SELECT (SELECT data FROM posting WHERE low <= j.value ORDER BY low DESC LIMIT 1) FROM json_each(?) j",
                (orjson.dumps(part.tolist()),),
            ).fetchall()
            data = [row[0] for row in rows]
            # Two keys on one page give it twice.
            yield postings_in([page for i, page in enumerate(data) if i == 0 or page != data[i - 1]], part)

    def _living(self, db: sqlite3.Connection, state: State, found: Packed) -> Packed:
        for gone in self._left(db, state):
            found = drop_bodies(found, gone)
        return found

    def _completed(self, db: sqlite3.Connection, state: State, paged: Packed) -> Packed:
        """What pages have, without what is gone; crowded keys of which an end is gone get those that follow, or all
        where they are crowded no longer."""
        paged = self._living(db, state, paged)
        keys = underfull_keys(paged, 2 * self._sizes.ends)
        if len(keys) == 0:
            return paged
        most = self._crowds.most
        apart = self._living(db, state, self._crowds.ends(db, keys, int(most.max()) + 1, self._sizes.ends))
        ends, _, _ = split_overfull(apart, most, self._sizes.ends, True)
        return merge(paged[~np.isin(paged >> _BITS, keys)], ends)

    # -- changing ---------------------------------------------------------------------------------------------------

    def add(self, db: sqlite3.Connection, packed: Packed) -> None:
        """Postings that come in, ascending, each once."""
        if len(packed) == 0:
            return
        state = self._load(db)
        state = self._append(db, state, packed, "fresh")
        self._save(db, self._swept(db, replace(state, count=state.count + len(packed)), len(packed)))

    def drop(self, db: sqlite3.Connection, packed: Packed, bodies: Packed) -> None:
        """All postings of some bodies (both ascending), whose numbers are never used again."""
        if len(bodies) == 0:
            return
        state = self._append(db, self._load(db), bodies, "gone")
        self._unmark(db, self._crowds.bury(db, packed, lambda found: self._living(db, state, found)))
        state = replace(state, count=state.count - len(packed), deleted=state.deleted + 1)
        self._save(db, self._swept(db, state, len(packed) // 8))  # what is gone takes little room where it waits

    def delete(self, db: sqlite3.Connection, packed: Packed) -> None:
        """Single postings, ascending: wherever they are, at once."""
        if len(packed) == 0:
            return
        state = self._load(db)
        self._unmark(db, self._crowds.take_out(db, packed))
        self._rewritten(db, np.unique(packed >> _BITS), lambda page: difference(page, packed))
        runs = []
        for run in state.fresh:
            values = self._read(db, run.number)
            left = difference(values, packed)
            if len(left) == len(values):
                runs.append(run)
                continue
            db.execute("DELETE FROM posting_new WHERE number = ?", (run.number,))
            state = replace(state, last=state.last + 1)
            self._write(db, state.last, left)
            runs.append(Run(state.last, len(left), run.due))
        count = state.count - len(packed)
        self._save(db, replace(state, fresh=tuple(runs), count=count, deleted=state.deleted + 1))

    def _unmark(self, db: sqlite3.Connection, few: Packed) -> None:
        """Leave of keys that may be crowded no longer the mark alone, by which `_completed` knows that all their bodies
        are to be looked up."""
        self._rewritten(db, few, lambda page: bare(page, few))

    def _rewritten(self, db: sqlite3.Connection, keys: Packed, change: Callable[[Packed], Packed]) -> None:
        """Change the pages of keys."""
        page_of = "SELECT low, data FROM posting WHERE low <= ? ORDER BY low DESC LIMIT 1"
        rest = keys
        while len(rest):
            key = int(rest[0])
            low, data = db.execute(page_of, (key,)).fetchone() or (0, b"")
            values, (start, end) = unseal(POSTING, [data]), head(POSTING, data)
            if not start == low <= key < end:
                raise Damage(f"a page of posting is missing at {key}")
            left = change(values)
            if len(left) < len(values):
                db.execute("UPDATE posting SET data = ? WHERE low = ?", (seal(POSTING, left, start, end), low))
            rest = rest[np.searchsorted(rest, np.uint64(end)) :]

    def _append(self, db: sqlite3.Connection, state: State, values: Packed, which: str) -> State:
        """Keep an array; small ones merged with those before that are not much larger, so that there are few."""
        runs: tuple[Run, ...] = getattr(state, which)
        most = max(self._sizes.floor, state.count // self._sizes.share) // 32
        while runs and runs[-1].size < 2 * len(values) and runs[-1].size + len(values) <= most:
            values = merge(self._read(db, runs[-1].number), values)
            db.execute("DELETE FROM posting_new WHERE number = ?", (runs[-1].number,))
            runs = runs[:-1]
        number = state.last + 1
        self._write(db, number, values)
        runs = (*runs, Run(number, len(values), state.position + self._space))
        return replace(state, last=number, **{which: runs})  # type: ignore[arg-type]

    # -- the sweep --------------------------------------------------------------------------------------------------

    def _swept(self, db: sqlite3.Connection, state: State, moved: int) -> State:
        """Sweep as much as is due for so many postings that came in or went."""
        limit = max(self._sizes.floor, state.count // self._sizes.share)
        state = replace(state, debt=state.debt + moved * max(state.count, 1) // limit)
        while state.debt >= min(self._sizes.sweep * self._sizes.page, max(state.count, self._sizes.floor)):
            state = self._step(db, state)
        return state

    def _step(self, db: sqlite3.Connection, state: State) -> State:
        """Move what came in into the next pages, and what is gone out of them."""
        start = state.position % self._space
        pages = [
            data
            for (data,) in db.execute(
                "SELECT data FROM posting WHERE low >= ? ORDER BY low LIMIT ?", (start, self._sizes.sweep)
            )
        ]
        values = unseal(POSTING, pages)
        if not pages or head(POSTING, pages[0])[0] != start:
            raise Damage(f"a page of posting is missing at {start}")
        end = head(POSTING, pages[-1])[1]
        work = len(values)
        self._crowds.clean(db, start, end, lambda packed: self._living(db, state, packed))
        values = self._completed(db, state, values)
        for part in self._arrived(db, state).parts:
            low, high = np.searchsorted(part, np.array([start, end], np.uint64) << _BITS).tolist()
            values = merge(values, self._living(db, state, part[low:high]))
            work += high - low
        stay, *full = split_overfull(values, self._crowds.most, self._sizes.ends, True)
        self._crowds.put(db, *full)
        db.execute("DELETE FROM posting WHERE low >= ? AND low < ?", (start, end))
        db.executemany("INSERT INTO posting VALUES (?, ?)", posting_pages(stay, start, end, self._sizes.page))
        self._filters.write(db, start, end, stay)
        position = state.position + end - start
        done = [(run.number,) for run in (*state.fresh, *state.gone) if run.due <= position]
        db.executemany("DELETE FROM posting_new WHERE number = ?", done)
        gone = tuple(run for run in state.gone if run.due > position)
        # Arrays that are held may have postings of bodies that are passed over no longer.
        deleted = state.deleted + (len(gone) < len(state.gone))
        return replace(
            state, position=position, debt=max(0, state.debt - max(work, self._sizes.page)), deleted=deleted,
            fresh=tuple(run for run in state.fresh if run.due > position), gone=gone,
        )  # fmt: skip

    def sift(self, db: sqlite3.Connection) -> None:
        """Make the filters of pages that have none."""
        rows = db.execute("SELECT data FROM posting ORDER BY low")
        while part := [data for (data,) in rows.fetchmany(self._sizes.sweep)]:
            values = unseal(POSTING, part)
            self._filters.write(db, head(POSTING, part[0])[0], head(POSTING, part[-1])[1], values)

    def check(self, db: sqlite3.Connection) -> None:
        """Read all arrays that wait for the sweep. Raises `Damage` where one is missing."""
        state = self._load(db)
        for run in (*state.fresh, *state.gone):
            if len(self._read(db, run.number)) != run.size:
                raise Damage(f"row {run.number} of posting_new is not what was written")

    # -- what is held -----------------------------------------------------------------------------------------------

    def _load(self, db: sqlite3.Connection) -> State:
        row = row_of(db)
        known, state = self._state
        if row != known:
            state = State.of(row)
            self._state = (row, state)
        return state

    def _save(self, db: sqlite3.Connection, state: State) -> None:
        db.execute("REPLACE INTO posting_state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", state.to_row())

    def _arrived(self, db: sqlite3.Connection, state: State) -> _Held:
        with self._lock:
            self._renew(db, "fresh", state)
            return self._held["fresh"]

    def _left(self, db: sqlite3.Connection, state: State) -> list[Packed]:
        if not state.gone:
            return []
        with self._lock:
            self._renew(db, "gone", state)
            return self._held["gone"].parts

    def _renew(self, db: sqlite3.Connection, which: str, state: State) -> None:
        """Bring what is held to this state. As long as nothing was taken out, arrays that are no more may stay: what
        they hold is in the pages by now."""
        held, runs = self._held[which], getattr(state, which)
        size = {run.number: run.size for run in runs}
        apart = sorted(size.keys() - held.numbers)
        usable = held.last <= state.last and (held.deleted == state.deleted or size.keys() >= held.numbers)
        few = len(apart) <= self._sizes.loose and sum(size[n] for n in apart) <= len(held.merged) + (1 << 16)
        if usable and few:
            loose = {n: held.loose[n] if n in held.loose else self._read(db, n) for n in apart}
            self._held[which] = held._replace(loose=loose, last=max([held.last, *apart]))
            return
        # Let go of first, filled in place, and sorted there: these are the most that a process holds.
        del held
        self._held[which] = _EMPTY
        merged = np.empty(sum(size.values()), np.uint64)
        at = 0
        for run in runs:
            merged[at : at + run.size] = self._read(db, run.number)
            at += run.size
        merged.sort(kind="stable")  # which merges what is in order already
        self._held[which] = _Held(
            frozenset(size), merged, merged[::EVERY].copy(), {}, max(size, default=0), state.deleted
        )

    def _read(self, db: sqlite3.Connection, number: int) -> Packed:
        row = db.execute("SELECT data FROM posting_new WHERE number = ?", (number,)).fetchone()
        if row is None or head(POSTING_NEW, row[0])[0] != number:
            raise Damage(f"row {number} of posting_new is missing")
        return unseal(POSTING_NEW, [row[0]])

    def _write(self, db: sqlite3.Connection, number: int, values: Packed) -> None:
        db.execute("INSERT INTO posting_new VALUES (?, ?)", (number, seal(POSTING_NEW, values, number, 0)))
