"""The summary, line by line as a person sees it. New snapshots: DEDUP_SNAPSHOTS=write, then look at them."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from fake_result import FakeResult, clusters, hostile

from dedup.reports import layout, terminal
from dedup.sanitize import cell_width

SNAPSHOTS = Path(__file__).parent / "snapshots"


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def summary(result: FakeResult, width: int, out: Path | None = None) -> str:
    lines = terminal.summary_lines(result.summary, result.clusters, width=width, seconds=1.24, out=out)
    return "".join(f"{line.plain.rstrip()}\n" for line in lines)


def same_as_snapshot(name: str, shown: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("DEDUP_SNAPSHOTS") == "write":
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    out = Path("out")
    FakeResult().write(out, keep="canonical")
    return out


@pytest.mark.parametrize("width", [80, 100, 140])
def test_summary(width: int, written: Path) -> None:
    same_as_snapshot(f"summary_{width}.txt", summary(FakeResult(), width, written))


@pytest.mark.parametrize("width", [80, 140])
def test_hostile_summary(width: int) -> None:
    same_as_snapshot(f"hostile_{width}.txt", summary(FakeResult(hostile()), width))


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_longer_than_the_window(width: int) -> None:
    for found in (clusters(), hostile()):
        for line in summary(FakeResult(found), width).splitlines():
            assert cell_width(line) <= width, line


def test_only_files_that_are_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "clusters.jsonl").write_text("")
    shown = summary(FakeResult(), 100, tmp_path)
    assert "clusters.jsonl" in shown
    assert "report.html" not in shown


def test_nothing_found() -> None:
    shown = summary(FakeResult([], articles=5, rejected=0), 80)
    assert "No article carries the text of another." in shown
    assert "share a story" in shown


def test_no_article_at_all() -> None:
    assert "3 rejected: 2 empty text · 1 bad json" in summary(FakeResult([], articles=0), 80)


def test_caps_are_said() -> None:
    result = FakeResult()
    result.summary["caps"] = {"band_buckets": 2, "passage_buckets": 3}
    assert "5 over-full buckets" in summary(result, 80)


def printed(stream: io.StringIO) -> str:
    result = FakeResult(hostile())
    console = layout.console_for(stream)
    layout.show(
        console, terminal.summary_lines(result.summary, result.clusters, width=layout.room(console), seconds=1.0)
    )
    return stream.getvalue()


def settle(monkeypatch: pytest.MonkeyPatch, **environ: str) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", **environ}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("terminal_like", "environ", "coloured"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour(terminal_like: bool, environ: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(monkeypatch, **environ)
    shown = printed(Screen() if terminal_like else io.StringIO())
    assert ("\x1b[" in shown) is coloured


def test_colour_changes_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.text import Text

    settle(monkeypatch, COLUMNS="100")
    coloured = printed(Screen())
    assert "\x1b]0;" not in coloured
    assert "\x1b[2J" not in coloured
    assert "\x1b[8m" not in coloured
    assert Text.from_ansi(coloured).plain.split() == printed(io.StringIO()).split()


def test_link_only_where_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    settle(monkeypatch)
    assert layout.linked("title", "bold", "javascript:alert(1)") == ("title", "bold")
    assert layout.linked("title", "bold", "https://a.example/1") == ("title", "bold link https://a.example/1")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "undated"),
        (0, "at once"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (187200, "2 d 4 h"),
        (86400 * 400, "400 d"),
    ],
)
def test_lag(seconds: int | None, words: str) -> None:
    assert layout.lag(seconds) == words


@pytest.mark.parametrize(
    ("published", "words"),
    [
        (None, None),
        ("2024-12-14", "2024-12-14"),
        ("2024-12-14T10:02:00+02:00", "2024-12-14 08:02 UTC"),
        ("2024-12-14 08:02", "2024-12-14 08:02 UTC"),
        ("2024-12-14T08:02:00Z", "2024-12-14 08:02 UTC"),
        ("0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00+05:00"),
        ("last \x1bTuesday", "last ␛Tuesday"),
    ],
)
def test_moment(published: str | None, words: str | None) -> None:
    assert layout.moment(published) == words


@pytest.mark.parametrize(("part", "words"), [(0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %")])
def test_percent(part: float, words: str) -> None:
    assert layout.percent(part) == words


def test_table_gives_way_in_the_widest_column() -> None:
    columns = [
        layout.Column("a", flex=True),
        layout.Column("n", right=True),
        layout.Column("b", flex=True, least=8),
    ]
    rows = [("x" * 30, "7", "y" * 30), ("z", "1,000", "")]
    wide, narrow = (["".join(line.plain) for line in layout.table(columns, rows, width)] for width in (80, 24))
    assert wide[1] == "    " + "x" * 30 + "      7  " + "y" * 30
    assert narrow == ["    a                  n", "    xxxxxxxxxxxx…      7", "    z              1,000"]
