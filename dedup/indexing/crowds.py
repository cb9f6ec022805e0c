"""The bodies of keys that very many have, apart from the pages of postings; see `Postings`.

| table | rows |
|---|---|
| `posting_crowd` | a row for each body of such a key, and of keys that were such once |
| `posting_crowded` | these keys: few, so that a process that takes bodies out can look at all of them |
"""

from __future__ import annotations

import sqlite3

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.indexing.posting_kernels import BODY

Packed = NDArray[np.uint64]

_BITS, _MASK = np.uint64(BODY), np.uint64((1 << BODY) - 1)
_NONE = np.zeros(0, np.uint64)


def put(db: sqlite3.Connection, keys: Packed, packed: Packed) -> None:
    """Keep the postings of crowded keys; those that are kept already may be among them."""
    db.executemany("INSERT OR IGNORE INTO posting_crowded VALUES (?)", [(key,) for key in keys.tolist()])
    rows = zip((packed >> _BITS).tolist(), (packed & _MASK).tolist(), strict=True)
    db.executemany("INSERT OR IGNORE INTO posting_crowd VALUES (?, ?)", rows)


def ends(db: sqlite3.Connection, keys: Packed, first: int, last: int) -> Packed:
    """The postings of some keys with their `first` lowest bodies and the `last` highest, ascending."""
    if len(keys) == 0:
        return _NONE
    # As one text for each key: a row for each body would take five times as long.
    rows = db.execute(
        "SELECT (SELECT json_group_array(body) FROM (SELECT body FROM posting_crowd c WHERE c.key = j.value"
        " ORDER BY body LIMIT ?2)), (SELECT json_group_array(body) FROM (SELECT body FROM posting_crowd c"
        " WHERE c.key = j.value ORDER BY body DESC LIMIT ?3)) FROM json_each(?1) j",
        (orjson.dumps(keys.tolist()), first, last),
    ).fetchall()
    bodies = [np.array(orjson.loads(low) + orjson.loads(high), np.uint64) for low, high in rows]
    key = np.repeat(keys, list(map(len, bodies)))
    return np.unique((key << _BITS) | np.concatenate(bodies))


def take_out(db: sqlite3.Connection, packed: Packed, crowds: NDArray[np.int64]) -> Packed:
    """Take postings, ascending, out of the crowded keys that have them; of those keys that have no more bodies now than
    `crowds`, (4,), allows their kind."""
    (known,) = db.execute("SELECT json_group_array(key) FROM (SELECT key FROM posting_crowded ORDER BY key)").fetchone()
    own = packed[np.isin(packed >> _BITS, np.array(orjson.loads(known), np.uint64))]
    if len(own) == 0:
        return _NONE
    rows = zip((own >> _BITS).tolist(), (own & _MASK).tolist(), strict=True)
    db.executemany("DELETE FROM posting_crowd WHERE key = ? AND body = ?", rows)
    left = db.execute(
        "SELECT j.value, (SELECT count(*) FROM (SELECT 1 FROM posting_crowd c WHERE c.key = j.value LIMIT ?))"
        " FROM json_each(?) j",
        (int(crowds.max()) + 1, orjson.dumps(np.unique(own >> _BITS).tolist())),
    ).fetchall()
    db.executemany("DELETE FROM posting_crowded WHERE key = ?", [(key,) for key, count in left if count == 0])
    return np.array([key for key, count in left if count <= crowds[key >> 32]], np.uint64)
