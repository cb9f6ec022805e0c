"""BodyFlags say of every body what a set of bodies would say, in every process and at every moment."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.index.stores.base import IS_CORE, IS_SHORT
from dedup.index.stores.sqlite.body_flags import BodyFlags
from dedup.index.stores.sqlite.schema import TABLES

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


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def made(path: Path) -> sqlite3.Connection:
    db = opened(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(TABLES)
    return db


def said(marks: BodyFlags, db: sqlite3.Connection) -> list[set[int]]:
    return [set(ALL[marks.test(db, which, ALL)].tolist()) for which in (IS_CORE, IS_SHORT)]


@settings(max_examples=60, deadline=None)
@given(history=steps)
def test_marks_are_sets(history: list[tuple[str, list[tuple[int, bool, bool]], bool]], tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("marks") / "seen.db"
    db, late, other = made(path), opened(path), opened(path)
    marks, elsewhere = BodyFlags(), BodyFlags()
    before: list[set[int]] = [set(), set()]
    for what, rows, kept in history:
        late.execute("BEGIN")
        late.execute("SELECT count(*) FROM mark").fetchone()  # the state of this moment
        db.execute("BEGIN IMMEDIATE")
        bodies = np.array([body for body, _, _ in rows], np.int64)
        flags = [np.array([row[side] for row in rows], np.bool_) for side in (1, 2)]
        after = [set(found) for found in before]
        if what == "add":
            marks.set(db, bodies, *flags)
        elif what == "place":
            marks.set(db, bodies, flags[0])
        else:
            marks.delete(db, bodies)
        for which, found in enumerate(after[:1] if what == "place" else after):
            found.difference_update(bodies.tolist())
            if what != "drop":
                found.update(bodies[flags[which]].tolist())
        assert said(marks, db) == after
        # One object serves all threads, whatever moment their transactions see.
        for there in (late, other, db):
            assert said(marks, there) == (after if there is db else before)
        if kept:
            db.execute("COMMIT")
        else:
            marks.drop_cache()
            db.execute("ROLLBACK")
            after = before
        assert said(marks, late) == said(elsewhere, late) == before
        late.execute("COMMIT")
        assert said(elsewhere, other) == said(BodyFlags(), other) == said(marks, other) == after
        before = after
    for connection in (db, late, other):
        connection.close()


def test_a_file_in_the_place_of_another_has_versions_of_its_own(tmp_path: Path) -> None:
    old, new = made(tmp_path / "old.db"), made(tmp_path / "new.db")
    reader, yes = BodyFlags(), np.array([True])
    for number in (1, 2, 3):
        reader.set(old, np.array([number]), yes, ~yes)
    assert said(reader, old) == [{1, 2, 3}, set()]
    marks = BodyFlags()
    marks.continue_numbering(new, BodyFlags(), old)
    for number in (7, 8, 9):
        marks.set(new, np.array([number]), ~yes, yes)
    assert said(reader, new) == said(marks, new) == said(BodyFlags(), new) == [set(), {7, 8, 9}]
    old.close()
    new.close()


def test_what_does_not_change_is_not_written(tmp_path: Path) -> None:
    db, marks = made(tmp_path / "seen.db"), BodyFlags()
    yes = np.array([True, True])
    marks.set(db, np.array([1, 40_000]), yes, yes)
    written = db.total_changes
    marks.set(db, np.array([1, 40_000]), yes)
    assert db.total_changes == written
    marks.set(db, np.array([1, 40_000]), np.array([False, True]))
    assert db.total_changes == written + 2, "one page and the versions"
    db.close()
