"""What pages became, kept between runs: a SQLite file in the user's cache folder, of bounded size.

The key is a hash of the page's bytes, of what else its result depends on, and of the extractor's fingerprint
(`limits.fingerprint`), so nothing in it is ever out of date. It holds JSON, never code, packed by zstd with a checksum.
Whatever is wrong with the file (locked, damaged, disk full), a scan goes on without it.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from dedup.inputs.html.limits import MAX_PAGE

if TYPE_CHECKING:
    import sqlite3

#: Bytes of the file. A page takes about 5 kB, so some 200,000 pages.
MOST = 1 << 30
#: After what is oldest was removed, so much of `MOST` is left.
_AFTER = 0.8
#: Entries written at once, in one short transaction.
_BUFFERED = 256
#: Seconds to wait for another process that writes.
_PATIENCE = 5.0
_DAY = 86_400

_SCHEMA = """
CREATE TABLE IF NOT EXISTS page (key BLOB PRIMARY KEY, used INTEGER NOT NULL, answer BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS page_used ON page (used);
"""


def folder() -> Path:
    """The user's cache folder for this program, where the system keeps such things."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        variable = os.environ.get("XDG_CACHE_HOME", "")
        base = Path(variable) if os.path.isabs(variable) else Path.home() / ".cache"
    return base / "dedup"


class PageCache:
    """Answers by key. Used by one thread; any number of processes may have the file open."""

    def __init__(self, fingerprint: str, path: Path | None = None, most: int = MOST) -> None:
        import zstandard

        self.most = most
        self._fingerprint = fingerprint
        self._pack = zstandard.ZstdCompressor(level=3, write_checksum=True).compress
        self._unpack = zstandard.ZstdDecompressor().decompress
        self._new: dict[bytes, bytes] = {}
        self._used: list[bytes] = []
        self._wrote = False
        self._today = int(time.time()) // _DAY
        self._file: sqlite3.Connection | None = None
        with suppress(OSError, RuntimeError):
            self.path = path or folder() / "pages.sqlite"
            self._file = _opened(self.path)

    def key(self, header: dict[str, Any], content: bytes) -> bytes:
        """The key of a page with what is known of it."""
        head = orjson.dumps([self._fingerprint, header], option=orjson.OPT_SORT_KEYS)
        return blake2b(content, digest_size=16, salt=blake2b(head, digest_size=16).digest()).digest()

    def get(self, key: bytes) -> dict[str, Any] | None:
        """What a page became, if it is known."""
        data = self._new.get(key)
        if data is None and self._file is not None:
            row = self._try("SELECT answer, used FROM page WHERE key = ?", (key,))
            if row:
                data, day = row[0]
                if day != self._today:
                    self._used.append(key)
        return self._answer(data) if data is not None else None

    def put(self, key: bytes, answer: dict[str, Any]) -> None:
        """Remember what a page became."""
        if self._file is None:
            return
        self._new[key] = self._pack(orjson.dumps(answer))
        if len(self._new) >= _BUFFERED:
            self._flush()

    def close(self) -> None:
        """Write what is left, and make room."""
        if self._file is None:
            return
        self._flush()
        if self._wrote:
            self._shrink()
        with suppress(Exception):
            self._file.close()  # type: ignore[union-attr]
        self._file = None

    def _answer(self, data: bytes) -> dict[str, Any] | None:
        import zstandard

        try:
            answer = orjson.loads(self._unpack(data, max_output_size=4 * MAX_PAGE))
        except (zstandard.ZstdError, ValueError, MemoryError):
            return None
        return answer if isinstance(answer, dict) and ("record" in answer) != ("reject" in answer) else None

    def _flush(self) -> None:
        rows = [(key, self._today, data) for key, data in self._new.items()]
        used = [(self._today, key) for key in self._used]
        self._new, self._used = {}, []
        if not rows and not used:
            return
        self._wrote = self._wrote or bool(rows)
        if self._try("BEGIN IMMEDIATE") is None:
            return
        self._try("INSERT OR REPLACE INTO page VALUES (?, ?, ?)", rows, many=True)
        self._try("UPDATE page SET used = ? WHERE key = ?", used, many=True)
        self._try("COMMIT")

    def _shrink(self) -> None:
        """Remove what was not used for longest where the file is too large."""
        size = self._try("SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)")
        if not size or size[0][0] <= self.most:
            return
        total = self._try("SELECT coalesce(sum(length(answer)), 0) FROM page")
        excess = total[0][0] - int(self.most * _AFTER * total[0][0] / size[0][0]) if total else 0
        rows = self._try(
            "SELECT key FROM (SELECT key, sum(length(answer)) OVER (ORDER BY used, rowid) - length(answer) AS before"
            " FROM page) WHERE before < ?",
            (excess,),
        )
        if rows and self._try("BEGIN IMMEDIATE") is not None:
            self._try("DELETE FROM page WHERE key = ?", rows, many=True)
            self._try("COMMIT")
            # As a script, for `execute` takes one step of it, which gives back one page of the file.
            with suppress(Exception):
                self._file.executescript("PRAGMA incremental_vacuum")  # type: ignore[union-attr]

    def _try(self, statement: str, values: Any = (), many: bool = False) -> list[Any] | None:
        """The rows of a statement; None, and no cache from now on, where the file fails."""
        import sqlite3

        if self._file is None:
            return None
        try:
            run = self._file.executemany if many else self._file.execute
            return run(statement, values).fetchall()
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                self._file.close()
            self._file = None
            return None


def _opened(path: Path) -> sqlite3.Connection | None:
    """The file, made if need be, and made anew if it is no database; None where that cannot be."""
    import sqlite3

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for attempt in range(2):
        try:
            file = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
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
