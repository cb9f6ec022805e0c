"""What can be saved of an index that was cut short, or whose first pages are damaged; the remedies named do work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import dedup
from dedup.cli import run

Capture = pytest.CaptureFixture[str]


def text(number: int) -> str:
    return " ".join(f"The council of town {number} voted on plan {number * i} after debate {i}." for i in range(30))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "seen.db"
    with dedup.Index(path) as index:
        index.add_many([{"id": f"n{i}", "text": text(i // 2)} for i in range(120)])
    return path


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short(sound: Path, tmp_path: Path, capsys: Capture, share: float) -> None:
    path = tmp_path / "seen.db"
    path.write_bytes(sound.read_bytes()[: int(sound.stat().st_size * share)])
    before = path.read_bytes()
    assert run(["index", "check", str(path)]) == 3
    assert "dedup index rebuild" in capsys.readouterr().out
    code = run(["index", "rebuild", str(path)])
    shown = capsys.readouterr()
    if code == 0:
        assert (tmp_path / "seen.db.damaged").read_bytes() == before
        assert run(["index", "check", str(path)]) == 0
        with dedup.Index(path, readonly=True) as index:
            kept = list(index.articles())
            assert kept
            assert all(article.text == text(int(article.id[1:]) // 2) for article in kept)
    else:
        assert code == 3
        assert path.read_bytes() == before
        assert len(shown.err.splitlines()) == 1
        assert "dedup index add NEW.db PATH..." in shown.err
        assert "dedup index rebuild" not in shown.err, "no remedy that was just tried"
    assert code == 0 or share < 0.9


def test_first_pages(sound: Path, tmp_path: Path, capsys: Capture) -> None:
    """Of the list of tables nothing is left: there is nothing to be made anew from, and the message says so."""
    path = tmp_path / "seen.db"
    shutil.copy(sound, path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xde\xad\xbe\xef" * 2)
    before = path.read_bytes()
    assert run(["index", "check", str(path)]) == 3
    assert run(["index", "check", str(path), "--json"]) == 3
    capsys.readouterr()
    assert run(["index", "rebuild", str(path)]) == 3
    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
    assert "dedup index add NEW.db PATH..." in shown
    assert path.read_bytes() == before


def test_settings_that_cannot_be_read(sound: Path, tmp_path: Path, capsys: Capture) -> None:
    import sqlite3

    path = tmp_path / "seen.db"
    shutil.copy(sound, path)
    with sqlite3.connect(path) as base:
        base.execute("UPDATE about SET value = 'x' WHERE name = 'settings'")
    base.close()
    assert run(["index", "check", str(path)]) == 3
    assert run(["index", "rebuild", str(path)]) == 0
    assert "made anew with the usual settings" in capsys.readouterr().err
    with dedup.Index(path) as index:
        assert len(index) == 120
