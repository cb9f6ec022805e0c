"""`compare`, `origin` and `extract`: finding articles, showing them, exit codes."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.cli import run
from dedup.cli.common import one_article
from dedup.cli.compare import marked, page
from dedup.errors import MissingInput, UsageError
from dedup.model import Article, Evidence, Match, Origin, Passage, Relation
from dedup.reports import layout
from dedup.reports.relation_text import sentence

Capture = pytest.CaptureFixture[str]

A = "By Ann Smith\n\nThe council voted on Tuesday to close the bridge. Nobody spoke."
B = "A bridge story.\nThe council voted on Tuesday to close the bridge.\x1b[2J And more."
SHARED = "The council voted on Tuesday to close the bridge."


def match(relation: str = "overlap", **values: Any) -> Match:
    spans = Passage(A.index(SHARED), A.index(SHARED) + len(SHARED), B.index(SHARED), B.index(SHARED) + len(SHARED), 9)
    return Match(Relation(relation), values.get("direction"), values.get("newer"), 0.31, 0.52, 0.44, 9, (spans,))


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, plain: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(A)
    Path("b.txt").write_text("\ufeff" + B)
    lines = [{"id": "x#1", "text": A, "title": "Bridge", "domain": "a.example"}, {"text": B}, {"id": "y", "text": ""}]
    Path("two.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def compared(monkeypatch: pytest.MonkeyPatch, result: Match | None) -> list[Any]:
    calls: list[Any] = []
    monkeypatch.setitem(vars(dedup), "compare", lambda a, b, **options: calls.append((a, b, options)) or result)
    return calls


# -- one article ---------------------------------------------------------------------------------------------------


def test_text_file_record_and_line() -> None:
    assert one_article("a.txt").text == A
    assert one_article("b.txt").text == B
    assert one_article("two.jsonl#x#1").title == "Bridge"
    assert one_article("two.jsonl#two.jsonl:2").text == B
    assert one_article("two.jsonl:2").text == B


def test_file_with_a_hash_in_its_name() -> None:
    Path("odd#name.txt").write_text("odd")
    Path("odd#name.jsonl").write_text(json.dumps({"id": "1", "text": "odd one"}))
    assert one_article("odd#name.txt").text == "odd"
    assert one_article("odd#name.jsonl#1").text == "odd one"
    assert one_article("odd#name.jsonl").id == "1"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("grüße".encode())))
    assert one_article("-").text == "grüße"


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("none.txt", MissingInput, "not there"),
        ("none.jsonl#1", MissingInput, "not there"),
        ("two.jsonl#z", UsageError, "no article with the id 'z'"),
        ("two.jsonl", UsageError, "more than one article"),
        ("latin.txt", UsageError, "not UTF-8"),
        ("empty.jsonl", UsageError, "holds no article"),
        (".", UsageError, "is a folder"),
    ],
)
def test_what_is_not_an_article(name: str, error: type[Exception], says: str) -> None:
    Path("latin.txt").write_bytes(b"caf\xe9")
    Path("empty.jsonl").write_bytes(b"")
    with pytest.raises(error, match=says):
        one_article(name)


# -- compare -------------------------------------------------------------------------------------------------------


def test_compare_marks_the_shared_passage(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    calls = compared(monkeypatch, match())
    assert run(["compare", "a.txt", "b.txt", "--threshold", "0.4"]) == 0
    out = capsys.readouterr().out
    assert out.count(f"«{SHARED}»") == 2
    assert "A and B overlap" in out
    assert "resemblance  0.31" in out
    assert "9 words" in out
    assert "\x1b" not in out
    assert calls[0][2] == {"threshold": 0.4}


def test_wide_windows_show_the_texts_side_by_side(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    compared(monkeypatch, match())
    monkeypatch.setenv("COLUMNS", "120")
    assert run(["compare", "a.txt", "b.txt"]) == 0
    out = capsys.readouterr().out
    assert any("By Ann Smith" in line and "A bridge story." in line for line in out.splitlines())


def test_no_relation_is_0(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    compared(monkeypatch, None)
    assert run(["compare", "a.txt", "b.txt"]) == 0
    out = capsys.readouterr().out
    assert "no relation" in out
    assert "By Ann Smith" in out


def test_compare_json(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    compared(monkeypatch, match("version", newer="b"))
    assert run(["compare", "a.txt", "b.txt", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["relation"] == "version"
    assert told["newer"] == "b"
    assert told["passages"][0]["words"] == 9
    compared(monkeypatch, None)
    assert run(["compare", "a.txt", "b.txt", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) is None


def test_sentences() -> None:
    for relation in Relation:
        assert sentence(match(relation.value)).endswith(".")
    assert sentence(match("excerpt", direction="b_in_a")).startswith("B is an excerpt of A")
    assert sentence(match("version", newer="a")).endswith("A is the newer one.")


def test_sentences_say_how_much_stands_in_the_other() -> None:
    def told(relation: str, **counts: int | str | None) -> str:
        return sentence(replace(match(relation), **counts))  # type: ignore[arg-type]

    counts: dict[str, Any] = {"words_a": 400, "words_b": 200, "common_a": 190, "common_b": 186, "ordered": 186}
    excerpt = told("excerpt", direction="b_in_a", **{**counts, "words_b": 227})
    assert excerpt == "B is an excerpt of A: 82 % of B's text stands in A, in order; 41 words are its own."
    assert told("near_copy", **counts) == (
        "B is a near copy of A: 93 % of B's text stands in A, in order; 14 words are its own."
    )
    assert "93 % of B's text stands in A, not all in one order" in told("version", **{**counts, "ordered": 100})
    assert "no word is its own." in told("near_copy", **{**counts, "common_b": 200, "ordered": 200})
    assert "1 word is its own." in told("near_copy", **{**counts, "common_b": 199, "ordered": 199})
    assert told("version", newer="a", **{**counts, "words_a": 199}).endswith("9 words are its own. A is the newer one.")


def test_the_library_counts_what_the_sentence_says() -> None:
    long = " ".join(f"alpha{i} beta{i}" for i in range(100))
    short = " ".join(f"alpha{i} beta{i}" for i in range(20, 80)) + " and five words more here"
    found = dedup.compare(long, short)
    assert found is not None
    assert (found.words_a, found.words_b, found.common_a, found.common_b, found.ordered) == (200, 125, 120, 120, 120)
    assert sentence(found) == "B is an excerpt of A: 96 % of B's text stands in A, in order; 5 words are its own."


def test_wide_windows_put_shared_paragraphs_in_one_row(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    one, two, three = (" ".join(f"{name}{i} says" for i in range(12)) for name in ("first", "second", "third"))
    Path("left.txt").write_text(f"{one}\n\n{two}\n\n{three}\n")
    Path("right.txt").write_text(f"{one}\n\n{three}\n")
    monkeypatch.setenv("COLUMNS", "140")
    assert run(["compare", "left.txt", "right.txt"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.count("third0 says") == 2 for line in lines) == 1
    assert not any("second0" in line and "third0" in line for line in lines)


def test_marks_survive_replaced_characters_and_overlaps() -> None:
    assert marked("ab\x1bcd", [(2, 4)], styles=False).plain == "ab«␛c»d"
    assert marked("abcdef", [(3, 6), (1, 4)], styles=False).plain == "a«bcd»«ef»"
    assert marked("abc", [], styles=True).plain == "abc"


def test_colour_marks_without_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    console = layout.console_for(io.StringIO())
    lines = page(Article(A), Article(B), match(), console)
    assert not any("«" in line.plain for line in lines)
    assert any("bold cyan" in str(span.style) for line in lines for span in line.spans)


def test_only_one_side_from_standard_input() -> None:
    assert run(["compare", "-", "-"]) == 2


# -- origin --------------------------------------------------------------------------------------------------------


def test_origin(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    proof = (Evidence("a.txt", "dateline", "SEOUL (AP)\x1b", "Associated Press", 4.0),)
    guess = Origin("Associated Press", "agency", "apnews.com", False, 0.97, proof)
    monkeypatch.setitem(vars(dedup), "origin", lambda article, **options: guess)
    assert run(["origin", "a.txt"]) == 0
    out = capsys.readouterr().out
    for words in ("Associated Press  almost surely, 97 %", "apnews.com", "+4.0", "“SEOUL (AP)␛”"):
        assert words in out
    assert "corpus" not in out
    assert run(["origin", "a.txt", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["origin"]["name"] == "Associated Press"
    assert told["evidence"][0]["weight"] == 4.0


def test_unknown_origin(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setitem(vars(dedup), "origin", lambda article, **options: Origin(None, "unknown", None, False, 1.0))
    assert run(["origin", "a.txt"]) == 0
    assert "Nothing in the article says where it came from." in capsys.readouterr().out


# -- extract -------------------------------------------------------------------------------------------------------


def test_extract(capsys: Capture) -> None:
    assert run(["extract", "two.jsonl"]) == 0
    shown = capsys.readouterr()
    first, second = map(json.loads, shown.out.splitlines())
    assert list(first) == ["id", "file", "url", "domain", "title", "published", "authors", "text", "meta"]
    assert (first["id"], first["file"], first["text"]) == ("x#1", "two.jsonl", A)
    assert second["id"] == "two.jsonl:2"
    assert shown.err == "dedup: 1 rejected: 1 empty text\n"


def test_extract_to_a_file(capsys: Capture) -> None:
    assert run(["extract", "two.jsonl", "--out", "all.jsonl"]) == 0
    assert capsys.readouterr().out == ""
    assert len(Path("all.jsonl").read_text().splitlines()) == 2
    assert sorted(p.name for p in Path().iterdir()) == ["a.txt", "all.jsonl", "b.txt", "two.jsonl"]


def test_extract_that_fails_leaves_the_old_file(capsys: Capture) -> None:
    assert run(["extract", "two.jsonl", "--out", "all.jsonl"]) == 0
    old = Path("all.jsonl").read_bytes()
    assert run(["extract", "nowhere.jsonl", "--out", "all.jsonl"]) == 2
    assert Path("all.jsonl").read_bytes() == old
    assert run(["extract", "two.jsonl", "--out", "no/such/all.jsonl"]) == 3
    assert run(["extract", "two.jsonl", "--out", "."]) == 3


def test_extract_of_nothing_is_1(capsys: Capture) -> None:
    Path("bad.jsonl").write_text('{"id": 1}\n')
    assert run(["extract", "bad.jsonl"]) == 1
    assert "no article was accepted" in capsys.readouterr().err
    assert run(["extract"]) == 2
