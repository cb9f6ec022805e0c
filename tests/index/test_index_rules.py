"""An index that was made by other rules, or with other files of the user's, is refused until it is rebuilt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stories import crawl, said_by_index

import dedup
from dedup.errors import IndexUnusable, UsageError
from dedup.index import compatibility
from dedup.index.public import Index

ROOT = Path(dedup.__file__).parent
NAMES = list(compatibility.FILES)


def made(path: Path, **options: object) -> Path:
    with Index(path, **options) as index:  # type: ignore[arg-type]
        index.add_many(crawl(0, 40))
    return path


@pytest.mark.parametrize("name", NAMES)
def test_each_changed_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = made(tmp_path / "seen.db")
    with Index(path) as index:
        before = said_by_index(index)
    packaged = compatibility.packaged
    place = compatibility.FILES[name]
    monkeypatch.setattr(compatibility, "packaged", lambda *own: packaged(*own) + b" " * (own == place))
    for readonly in (False, True):
        with pytest.raises(IndexUnusable, match=rf"other rules \({name}; .*dedup index rebuild"):
            Index(path, readonly=readonly)
    with pytest.raises(IndexUnusable, match=name):
        dedup.scan(crawl(100, 2), against=path)
    assert Index.rebuild(path) == 40
    with Index(path) as index:
        assert said_by_index(index) == before


def test_all_files_of_rules_are_known() -> None:
    """Whoever adds one decides whether an index depends on it."""
    held = {str(file.relative_to(ROOT)) for end in ("json", "npz", "tsv") for file in ROOT.rglob(f"*.{end}")
            if "__pycache__" not in file.parts}  # fmt: skip
    places = {"/".join([*package.split(".")[1:], name]) for package, name in compatibility.FILES.values()}
    languages = {name for name in held if name.startswith("languages/")}
    assert held - languages == {
        *places, "inputs/html/page_types.json", "inputs/charsets.json", "reports/remedies.json"
    } - {"languages/words", "languages/boilerplate"}  # fmt: skip
    for package, name in compatibility.FILES.values():
        assert compatibility.packaged(package, name)


@pytest.mark.parametrize("option", ["agencies", "sites"])
def test_changed_files_of_the_user_are_noticed(tmp_path: Path, option: str) -> None:
    own = tmp_path / "own.json"
    entry = {"name": "Daily Example", "domains": ["daily.example"]}
    entry |= {"agencies": {"tags": ["DEX"], "kind": "agency"}, "sites": {"role": "portal"}}[option]
    own.write_text(json.dumps([entry]))
    path = made(tmp_path / "seen.db", **{option: str(own)})
    with Index(path) as index:
        assert len(index) == 40
    own.write_text(json.dumps([{**entry, "name": "Another Example"}]))
    with pytest.raises(UsageError, match=f"made with other settings .{option}"):
        Index(path)
