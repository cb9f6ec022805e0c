"""Seals hold for what was written, and for nothing else."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.outputs import seal

VALUES = st.dictionaries(
    st.text(max_size=5), st.none() | st.integers(-(2**63), 2**63) | st.text(max_size=40) | st.just("0" * 32), max_size=5
)


def changed(data: bytes, at: int, by: int) -> bytes:
    place = at % len(data)
    return data[:place] + bytes([data[place] ^ by]) + data[place + 1 :]


@given(VALUES, st.integers(0, 10**6), st.integers(1, 255))
def test_an_object_is_proved_and_no_changed_one_is(value: dict[str, object], at: int, by: int) -> None:
    data = seal.seal_json(seal.SCAN, value)
    content = seal.parse_sealed_json(data, seal.SCAN)
    assert content is not None
    own = {name: one for name, one in value.items() if name not in ("format", "seal")}
    assert {name: one for name, one in content.items() if name not in ("format", "seal")} == own
    assert next(iter(content)) == "format"
    assert seal.parse_sealed_json(data, seal.TUNING) is None
    assert seal.parse_sealed_json(changed(data, at, by), seal.SCAN) is None
    assert seal.parse_sealed_json(data[: at % len(data)], seal.SCAN) is None


@given(st.lists(VALUES, min_size=1, max_size=4), st.integers(0, 10**6), st.integers(1, 255))
def test_lines_are_proved_and_no_changed_ones_are(rows: list[dict[str, object]], at: int, by: int) -> None:
    out = io.BytesIO()
    assert seal.write_sealed_lines([{"id": "x", **row} for row in rows], out) == len(rows)
    data = out.getvalue()
    assert seal.has_sealed_lines(io.BytesIO(data))
    assert not seal.has_sealed_lines(io.BytesIO(changed(data, at, by)))
    assert not seal.has_sealed_lines(io.BytesIO(data + b"{}\n"))
    assert not seal.has_sealed_lines(io.BytesIO(data[: at % len(data)]))


def sealed(path: Path) -> bool:
    return seal.is_sealed_database(path)


@pytest.mark.parametrize("change", ["CREATE TABLE b (x)", "INSERT INTO a VALUES (2)", "PRAGMA journal_mode = WAL",
                                    "PRAGMA user_version = 77", "DELETE FROM a", "VACUUM"])  # fmt: skip
def test_a_database_is_proved_until_somebody_writes_to_it(tmp_path: Path, change: str) -> None:
    path = tmp_path / "x.db"
    base = sqlite3.connect(path, isolation_level=None)
    base.executescript(
        f"PRAGMA application_id = {seal.TABLES_APPLICATION}; CREATE TABLE a (x); INSERT INTO a VALUES (1)"
    )
    seal.seal_database(base, path)
    base.close()
    assert sealed(path)
    base = sqlite3.connect(path)
    assert base.execute("SELECT * FROM a").fetchall() == [(1,)]
    base.close()
    assert sealed(path), "reading changes nothing"
    data = path.read_bytes()
    for other in (data + b"\n", data[:-1], data[:-4096], data[:100]):
        path.write_bytes(other)
        assert not sealed(path)
    path.write_bytes(data)
    assert sealed(path)
    base = sqlite3.connect(path, isolation_level=None)
    base.execute(change)
    base.close()
    assert not sealed(path)
