"""The bodies of keys that very many have, apart from the pages of postings; see `Postings`.

A body that is gone leaves its rows behind, until the sweep of the pages comes by or a key has some of them: they are at
as many places as it has such keys, and to delete them at once would double what a removal writes.

| table | rows |
|---|---|
| `posting_crowd` | a row for each body of such a key, and of keys that were such once |
| `posting_crowded` | these keys, and how many of their rows at most are `dead`: few, so that all can be looked at |
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.indexing.posting_kernels import BODY, without

Packed = NDArray[np.uint64]

_BITS, _MASK = np.uint64(BODY), np.uint64((1 << BODY) - 1)
_NONE = np.zeros(0, np.uint64)
#: Of ascending postings those whose bodies are not gone.
Living = Callable[[Packed], Packed]


class Crowds:
    """The crowded keys of a file. most: by kind, (4,), the bodies that a key may have before it is one; dead: rows of
    bodies that are gone which a key may have."""

    def __init__(self, most: NDArray[np.int64], dead: int) -> None:
        self.most = most
        self._dead = dead

    def put(self, db: sqlite3.Connection, keys: Packed, packed: Packed) -> None:
        """Keep the postings of crowded keys; those that are kept already may be among them."""
        db.executemany("INSERT OR IGNORE INTO posting_crowded VALUES (?, 0)", [(key,) for key in keys.tolist()])
        db.executemany("INSERT OR IGNORE INTO posting_crowd VALUES (?, ?)", _rows(packed))

    def ends(self, db: sqlite3.Connection, keys: Packed, first: int, last: int) -> Packed:
        """The postings of some keys, ascending, with their `first` lowest bodies and the `last` highest, and so many
        more that these are among them when those that are gone are left out."""
        if len(keys) == 0:
            return _NONE
        # As one text for each key: a row for each body would take five times as long.
        rows = db.execute(
            "SELECT (SELECT json_group_array(body) FROM (SELECT body FROM posting_crowd c WHERE c.key = j.value"
            " ORDER BY body LIMIT ?2)), (SELECT json_group_array(body) FROM (SELECT body FROM posting_crowd c"
            " WHERE c.key = j.value ORDER BY body DESC LIMIT ?3)) FROM json_each(?1) j",
            (orjson.dumps(keys.tolist()), first + self._dead, last + self._dead),
        ).fetchall()
        bodies = [np.array(orjson.loads(low) + orjson.loads(high), np.uint64) for low, high in rows]
        key = np.repeat(keys, list(map(len, bodies)))
        return np.unique((key << _BITS) | np.concatenate(bodies))

    def bury(self, db: sqlite3.Connection, packed: Packed, living: Living) -> Packed:
        """Count the postings of bodies that are gone; which keys may be crowded no longer. living: as for `clean`."""
        own = _crowded(db, packed)
        keys, count = np.unique(own >> _BITS, return_counts=True)
        rows = zip(count.tolist(), keys.tolist(), strict=True)
        db.executemany("UPDATE posting_crowded SET dead = dead + ? WHERE key = ?", rows)
        self._clean(db, "dead > ?", (self._dead,), living)
        return self._few(db, keys)

    def take_out(self, db: sqlite3.Connection, packed: Packed) -> Packed:
        """Take out single postings, ascending; which keys may be crowded no longer."""
        own = _crowded(db, packed)
        db.executemany("DELETE FROM posting_crowd WHERE key = ? AND body = ?", _rows(own))
        return self._few(db, np.unique(own >> _BITS))

    def clean(self, db: sqlite3.Connection, low: int, high: int, living: Living) -> None:
        """Let go of the rows of bodies that are gone, of keys from `low` to below `high`; living: those of some
        postings whose bodies are not gone."""
        self._clean(db, "key >= ? AND key < ? AND dead > 0", (low, high), living)

    def _clean(self, db: sqlite3.Connection, which: str, values: tuple[int, ...], living: Living) -> None:
        bodies = "SELECT json_group_array(body) FROM posting_crowd c WHERE c.key = k.key"
        found = db.execute(f"SELECT key, ({bodies}) FROM posting_crowded k WHERE {which}", values).fetchall()
        for key, data in found:
            packed = (np.uint64(key) << _BITS) | np.array(orjson.loads(data), np.uint64)
            left = living(packed)
            db.executemany("DELETE FROM posting_crowd WHERE key = ? AND body = ?", _rows(without(packed, left)))
            if len(left):
                db.execute("UPDATE posting_crowded SET dead = 0 WHERE key = ?", (key,))
            else:
                db.execute("DELETE FROM posting_crowded WHERE key = ?", (key,))

    def _few(self, db: sqlite3.Connection, keys: Packed) -> Packed:
        """Those of some keys that have no more bodies left than other keys may have; more may be named than are."""
        left = db.execute(
            "SELECT key, (SELECT count(*) FROM (SELECT 1 FROM posting_crowd c WHERE c.key = k.key LIMIT ?)) - dead"
            " FROM posting_crowded k WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key",
            (int(self.most.max()) + 1 + self._dead, orjson.dumps(keys.tolist())),
        )
        return np.array([key for key, count in left if count <= self.most[key >> 32]], np.uint64)


def _crowded(db: sqlite3.Connection, packed: Packed) -> Packed:
    """Those of some postings whose keys are crowded, or were once."""
    (keys,) = db.execute("SELECT json_group_array(key) FROM posting_crowded").fetchone()
    return packed[np.isin(packed >> _BITS, np.array(orjson.loads(keys), np.uint64))]


def _rows(packed: Packed) -> list[tuple[int, int]]:
    """Postings as pairs of key and body."""
    return list(zip((packed >> _BITS).tolist(), (packed & _MASK).tolist(), strict=True))
