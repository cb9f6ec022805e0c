"""Keep the results of pages between runs, in a SQLite file of bounded size in the user's cache folder.

The key is a hash of the bytes of the page, its header, and `limits.fingerprint`, so no entry is ever out of date. A
value is JSON, compressed by zstd with a checksum. If the file cannot be used (locked, damaged, disk full), a scan goes
on without it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import zstandard

from dedup.inputs.html.limits import MAX_PAGE

#: Bytes of the largest file. A page takes about 5 kB, so it holds some 200,000 pages.
MAX_BYTES = 1 << 30
#: The share of `MAX_BYTES` that is left after the oldest entries were removed.
_SHARE_LEFT = 0.8
#: Entries that are written in one transaction.
_TRANSACTION = 256
#: Seconds to wait while another process writes.
_TIMEOUT = 5.0
_DAY = 86_400

_SCHEMA = """
CREATE TABLE IF NOT EXISTS page (key BLOB PRIMARY KEY, used INTEGER NOT NULL, answer BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS page_used ON page (used);
"""


def folder() -> Path:
    """Return the cache folder of this program, by the convention of the system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        variable = os.environ.get("XDG_CACHE_HOME", "")
        base = Path(variable) if os.path.isabs(variable) else Path.home() / ".cache"
    return base / "dedup"


class PageCache:
    """Maps keys to answers of workers. For one thread; any number of processes may use the file.

    fingerprint: see `limits.fingerprint`. path: the file, None for that in `folder()`. most: its largest size in bytes.
    """

    def __init__(self, fingerprint: str, path: Path | None = None, most: int = MAX_BYTES) -> None:
        self.most = most
        self._fingerprint = fingerprint
        self._pack = zstandard.ZstdCompressor(level=3, write_checksum=True).compress
        self._unpack = zstandard.ZstdDecompressor().decompress
        self._new: dict[bytes, bytes] = {}
        self._used: list[bytes] = []
        self._wrote = False
        self._today = int(time.time()) // _DAY
        #: None if the file cannot be used.
        self._file: sqlite3.Connection | None = None
        with suppress(OSError, RuntimeError):
            self.path = path or folder() / "pages.sqlite"
            self._file = _open_database(self.path)

    def key(self, header: dict[str, Any], content: bytes) -> bytes:
        """Return the key of a page: 16 bytes. header: the parameters of its extraction."""
        head = orjson.dumps([self._fingerprint, header], option=orjson.OPT_SORT_KEYS)
        return blake2b(content, digest_size=16, salt=blake2b(head, digest_size=16).digest()).digest()

    def get(self, key: bytes) -> dict[str, Any] | None:
        """Return the answer for a page; None if there is none."""
        data = self._new.get(key)
        if data is None and self._file is not None:
            with self._off_on_error() as file:
                row = file.execute("SELECT answer, used FROM page WHERE key = ?", (key,)).fetchone()
                data = row[0] if row else None
                if row and row[1] != self._today:
                    self._used.append(key)
        return self._answer(data) if data is not None else None

    def put(self, key: bytes, answer: dict[str, Any]) -> None:
        """Store the answer for a page."""
        if self._file is None:
            return
        self._new[key] = self._pack(orjson.dumps(answer))
        if len(self._new) >= _TRANSACTION:
            with self._off_on_error() as file:
                self._flush(file)

    def close(self) -> None:
        """Write all entries, and remove the oldest ones if the file is too large."""
        if self._file is None:
            return
        with self._off_on_error() as file:
            self._flush(file)
            if self._wrote:
                self._shrink(file)
            file.close()
        self._file = None

    def _answer(self, data: bytes) -> dict[str, Any] | None:
        try:
            answer = orjson.loads(self._unpack(data, max_output_size=4 * MAX_PAGE))
        except (zstandard.ZstdError, ValueError, MemoryError):
            return None
        return answer if isinstance(answer, dict) and ("record" in answer) != ("reject" in answer) else None

    def _flush(self, file: sqlite3.Connection) -> None:
        """Write the new entries and the days on which others were used."""
        rows = [(key, self._today, data) for key, data in self._new.items()]
        used = [(self._today, key) for key in self._used]
        self._new, self._used = {}, []
        if rows or used:
            self._wrote = self._wrote or bool(rows)
            file.execute("BEGIN IMMEDIATE")
            file.executemany("INSERT OR REPLACE INTO page VALUES (?, ?, ?)", rows)
            file.executemany("UPDATE page SET used = ? WHERE key = ?", used)
            file.execute("COMMIT")

    def _shrink(self, file: sqlite3.Connection) -> None:
        """Remove the entries that were unused for longest if the file is too large."""
        ((size, total),) = file.execute(
            "SELECT page_count * page_size, (SELECT coalesce(sum(length(answer)), 0) FROM page)"
            " FROM pragma_page_count, pragma_page_size"
        )
        if size > self.most:
            excess = total - int(self.most * _SHARE_LEFT * total / size)
            file.execute(
                "DELETE FROM page WHERE key IN (SELECT key FROM (SELECT key, sum(length(answer))"
                " OVER (ORDER BY used, rowid) - length(answer) AS before FROM page) WHERE before < ?)",
                (excess,),
            )
            # As a script: `execute` would run one step, which frees one page of the file.
            file.executescript("PRAGMA incremental_vacuum")

    @contextmanager
    def _off_on_error(self) -> Iterator[sqlite3.Connection]:
        """Use the file; after an error of the database the cache is off."""
        assert self._file is not None
        try:
            yield self._file
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                self._file.close()
            self._file = None


def _open_database(path: Path) -> sqlite3.Connection | None:
    """Open the file; make it if it is missing or no database. None if that fails."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for attempt in range(2):
        try:
            file = sqlite3.connect(path, timeout=_TIMEOUT, isolation_level=None)
            file.execute("PRAGMA auto_vacuum = INCREMENTAL")
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            file.executescript(_SCHEMA)
        except sqlite3.OperationalError:  # locked, read-only, no room
            return None
        except sqlite3.DatabaseError:  # not a database, or a damaged one
            if attempt:
                return None
            for ending in ("", "-wal", "-shm"):
                with suppress(OSError):
                    os.unlink(f"{path}{ending}")
        else:
            return file
    return None
