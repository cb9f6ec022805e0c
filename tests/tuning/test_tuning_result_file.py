"""tuning.json on its way back into a scan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

import dedup
from dedup.cli.common import settings_from
from dedup.errors import MissingInput, OutputError, UsageError
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.grid import LEARNED, RULES, Setting
from dedup.tuning.result_file import read_settings, write


def file(tmp_path: Path, content: object) -> str:
    path = tmp_path / "tuning.json"
    path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
    return str(path)


@pytest.mark.parametrize("furniture", [LEARNED, RULES])
def test_a_setting_comes_back_as_it_was(tmp_path: Path, furniture: str) -> None:
    setting = Setting(furniture, 6, 64, 16, 4, 12)
    found = settings_from({"settings": file(tmp_path, {"settings": setting.options()})})
    assert Setting.of(found) == setting
    assert (found.furniture is None) == (furniture == LEARNED)


def test_options_given_beside_the_file_come_first(tmp_path: Path) -> None:
    path = file(tmp_path, {"shingle_size": 7, "threshold": 0.5, "passage_rate": 4})
    found = settings_from({"settings": path, "shingle_size": 3, "threshold": None, "seed": 9})
    assert (found.shingle_size, found.threshold, found.passage_rate, found.seed) == (3, 0.5, 4, 9)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"[1]", "no settings"),
        ({"settings": 3}, "no settings"),
        ({"settings": {"shingles": 3}}, "unknown setting 'shingles'"),
        ({"settings": {"bands": "many"}}, "bands must be a whole number"),
        ({"settings": {"num_perm": True}}, "num_perm must be a whole number"),
        ({"settings": {"threshold": "high"}}, "threshold must be a number"),
        ({"settings": {"furniture": "oak"}}, "'learned' or 'rules'"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_settings(file(tmp_path, content))


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(MissingInput, match=r"nowhere\.json"):
        read_settings("nowhere.json")


@pytest.mark.parametrize(
    "options",
    [
        {"bands": -1},
        {"bands": 43},
        {"band_rows": 0},
        {"band_rows": 17},
        {"passage_rate": 0},
        {"bands": 7, "num_perm": 16},
    ],
    ids=str,
)
def test_settings_out_of_range(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Settings(**options)


def test_fingerprints_differ_where_results_may() -> None:
    options: list[dict[str, Any]] = [
        {}, {"bands": 0}, {"bands": 10}, {"band_rows": 4}, {"passage_rate": 16}, {"threshold": 0.5},
        {"threshold": 0.5, "passage_rate": 8}, {"furniture": BoilerplateModel()},
    ]  # fmt: skip
    marks = [Settings(**one).fingerprint() for one in options]
    assert len(set(marks)) == len(marks)
    assert Settings(passage_rate=8).fingerprint() == Settings().fingerprint()


def test_the_defaults_in_words_are_the_defaults(generated: Callable[[int], tuple[Path, Path]], tmp_path: Path) -> None:
    """What could not be set before gives the same bytes when it is set to what it was."""
    corpus = str(generated(600)[0])
    outs = []
    for number, options in enumerate(({}, {"bands": 42, "band_rows": 3, "passage_rate": 8})):
        with dedup.scan(corpus, **options) as result:
            result.write(tmp_path / str(number))
        outs.append([(tmp_path / str(number) / f"{n}.jsonl").read_bytes() for n in ("clusters", "pairs", "origins")])
    assert outs[0] == outs[1]


def test_each_search_finds_long_copies_alone(generated: Callable[[int], tuple[Path, Path]]) -> None:
    corpus = str(generated(600)[0])
    found = {}
    for name, options in {"both": {}, "passages": {"bands": 0}, "thin": {"bands": 0, "passage_rate": 64}}.items():
        with dedup.scan(corpus, **options) as result:
            found[name] = {(p.a, p.b) for p in result.pairs}
    assert len(found["passages"] & found["both"]) > 0.95 * len(found["both"])
    assert len(found["thin"]) < len(found["passages"])


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    write(tmp_path / "new" / "folder", {"a.json": b"1"})
    assert (tmp_path / "new" / "folder" / "a.json").read_bytes() == b"1"
    assert [p.name for p in (tmp_path / "new" / "folder").iterdir()] == ["a.json"]
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "file", {"a.json": b"1"})
