"""Flags of bodies answer like a set of bodies, in every process and every state."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.index.stores.base import IS_CORE, IS_SHORT
from dedup.index.stores.sqlite.body_flags import BodyFlags
from dedup.index.stores.sqlite.schema import create_tables

#: On three pages, at their ends, and some beside each other.
BODIES = [1, 2, 3, 7, 8, 9, 15_999, 16_000, 16_001, 40_000]
ALL = np.array([*BODIES, 4, 31_999, 48_000, 10**7])

steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "place", "drop"]),
        st.lists(
            st.tuples(st.sampled_from(BODIES), st.booleans(), st.booleans()), max_size=6, unique_by=lambda row: row[0]
        ),
        st.booleans(),
    ),
    max_size=12,
)


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def create(path: Path) -> sqlite3.Connection:
    db = connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    create_tables(db)
    return db


def bodies_with_flags(cache: BodyFlags, db: sqlite3.Connection) -> list[set[int]]:
    return [set(ALL[cache.test(db, flag, ALL)].tolist()) for flag in (IS_CORE, IS_SHORT)]


@settings(max_examples=60, deadline=None)
@given(history=steps)
def test_flags_are_sets(history: list[tuple[str, list[tuple[int, bool, bool]], bool]], tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("flags") / "seen.db"
    db, late, other = create(path), connect(path), connect(path)
    cache, elsewhere = BodyFlags(), BodyFlags()
    before: list[set[int]] = [set(), set()]
    for change, rows, is_committed in history:
        late.execute("BEGIN")
        late.execute("SELECT count(*) FROM mark").fetchone()  # begins the snapshot
        db.execute("BEGIN IMMEDIATE")
        bodies = np.array([body for body, _, _ in rows], np.int64)
        flags = np.array([row[1:] for row in rows], np.bool_).reshape(-1, 2).T
        after = [set(found) for found in before]
        if change == "add":
            cache.set(db, bodies, flags)
        elif change == "place":
            cache.set(db, bodies, np.array([flags[0], cache.test(db, IS_SHORT, bodies)]))
        else:
            cache.delete(db, bodies)
        for flag, found in enumerate(after[:1] if change == "place" else after):
            found.difference_update(bodies.tolist())
            if change != "drop":
                found.update(bodies[flags[flag]].tolist())
        assert bodies_with_flags(cache, db) == after
        # One object serves all threads, whatever state their transactions see.
        for reader_db in (late, other, db):
            assert bodies_with_flags(cache, reader_db) == (after if reader_db is db else before)
        if is_committed:
            db.execute("COMMIT")
        else:
            cache.drop_cache()
            db.execute("ROLLBACK")
            after = before
        assert bodies_with_flags(cache, late) == bodies_with_flags(elsewhere, late) == before
        late.execute("COMMIT")
        assert (
            bodies_with_flags(elsewhere, other)
            == bodies_with_flags(BodyFlags(), other)
            == bodies_with_flags(cache, other)
            == after
        )
        before = after
    for connection in (db, late, other):
        connection.close()


def test_a_file_in_the_place_of_another_has_versions_of_its_own(tmp_path: Path) -> None:
    old, new = create(tmp_path / "old.db"), create(tmp_path / "new.db")
    reader = BodyFlags()
    for number in (1, 2, 3):
        reader.set(old, np.array([number]), np.array([[True], [False]]))
    assert bodies_with_flags(reader, old) == [{1, 2, 3}, set()]
    cache = BodyFlags()
    cache.continue_numbering(new, BodyFlags(), old)
    for number in (7, 8, 9):
        cache.set(new, np.array([number]), np.array([[False], [True]]))
    assert (
        bodies_with_flags(reader, new)
        == bodies_with_flags(cache, new)
        == bodies_with_flags(BodyFlags(), new)
        == [set(), {7, 8, 9}]
    )
    old.close()
    new.close()


def test_what_does_not_change_is_not_written(tmp_path: Path) -> None:
    db, cache = create(tmp_path / "seen.db"), BodyFlags()
    cache.set(db, np.array([1, 40_000]), np.array([[True, True], [True, True]]))
    changes_before = db.total_changes
    cache.set(db, np.array([1, 40_000]), np.array([[True, True], [True, True]]))
    assert db.total_changes == changes_before
    cache.set(db, np.array([1, 40_000]), np.array([[False, True], [True, True]]))
    assert db.total_changes == changes_before + 2, "one page and the versions"
    db.close()
