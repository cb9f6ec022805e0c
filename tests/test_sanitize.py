"""Nothing in an article may act on a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.sanitize import cell_width, cut, safe_link, sanitize

anything = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\x00b\x7f\x9b", "a␀b␡⟨U+009B⟩"),
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("\u2066x\u2069\u200f", "⟨U+2066⟩x⟨U+2069⟩⟨U+200F⟩"),
        ("one\ntwo\r\nthree\u2028four", "one⏎two⏎three⏎four"),
        ("tab\tnbsp\u00a0", "tab nbsp "),
        ("pay\u200dpal soft\u00adhyphen\ufeff", "pay⟨U+200D⟩pal soft⟨U+00AD⟩hyphen⟨U+FEFF⟩"),
        ("می\u200cخواهم 👨\u200d👩", "می\u200cخواهم 👨\u200d👩"),
        ("lone \ud83d", "lone ⟨U+D83D⟩"),
        ("blank\u3164\u2800", "blank⟨U+3164⟩⟨U+2800⟩"),
        ("a\U000e0041", "a⟨U+E0041⟩"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
        ("Tiếng Việt, Schöne Grüße, 日本語, ทุกภาษา", "Tiếng Việt, Schöne Grüße, 日本語, ทุกภาษา"),
    ],
)
def test_visible(raw: str, shown: str) -> None:
    assert sanitize(raw) == shown


def test_piled_marks_are_cut_down() -> None:
    assert sanitize("a" + "\u0301" * 300) == "a" + "\u0301" * 4 + "⟨marks⟩"


def test_multiline_keeps_line_ends_only() -> None:
    assert sanitize("a\r\nb\x1b\nc\td", multiline=True) == "a\nb␛\nc d"


@given(anything)
def test_nothing_invisible_is_left(text: str) -> None:
    for char in sanitize(text):
        assert char in "\u200c\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(anything, st.integers(0, 60))
def test_width_is_kept(text: str, width: int) -> None:
    assert cell_width(sanitize(text, width)) <= width


def test_cut_counts_cells_and_says_so() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
    assert cut("国家主席在北京", 6) == "国家…"


@pytest.mark.parametrize("url", ["https://example.com/a?b=c#d", "http://example.com"])
def test_link(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "//x.y",
        "https://a.b/\x1b\\",
        "https://a.b/ c",
        "https://[",
        "data:,x",
        "https://a\u202eb.c",
    ],
)
def test_no_link(url: object) -> None:
    assert safe_link(url) is None
