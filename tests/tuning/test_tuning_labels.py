"""Labelled pairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from dedup.errors import MissingInput, UsageError
from dedup.tuning.labels import Label, read_labels


def write_lines(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_labels_of_ours_and_of_others(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path,
        '{"a": "1", "b": "2", "relation": "near_copy", "resemblance": 0.9}',
        '{"a": "1", "b": "3", "label": "related"}',
        '{"a": 4, "b": 5, "label": 1}',
        '{"a": 4, "b": 6, "label": 0}',
        '{"a": "x", "b": "y"}',
        "",
        '{"a": "x", "b": "z", "label": "Duplicate"}',
        '{"a": "x", "b": "w", "label": "version", "unsure": true}',
        '{"a": "x", "b": "v", "label": "overlap"}',
    )
    assert read_labels(path) == [
        Label("1", "2", True), Label("1", "3", False), Label("4", "5", True), Label("4", "6", False),
        Label("x", "y", True), Label("x", "z", True), Label("x", "v", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["{"], "line 1 is not JSON"),
        (['{"a": "1"}'], "line 1"),
        (['{"a": "1", "b": "2"}', "[]"], "line 2"),
        (['{"a": "1", "b": "1"}'], "line 1"),
        (['{"a": "1", "b": "2", "label": "unrelated"}'], "no pair of copies"),
        ([], "no pair of copies"),
    ],
)
def test_what_is_wrong_is_said_by_line(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_labels(write_lines(tmp_path, *lines))


def test_no_file() -> None:
    with pytest.raises(MissingInput):
        read_labels("nowhere.jsonl")
