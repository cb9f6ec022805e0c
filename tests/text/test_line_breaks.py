"""Line breaks of every kind: texts are cut at them as at line feeds, and records of files never."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import reference
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from inputs.reading import read_all, rejects, rows, write
from strategies import texts

import dedup
from dedup.inputs.batch import text_array
from dedup.text.repair.line_breaks import BREAKS, repair_line_breaks
from dedup.text.tokens import LINE, Tokens, tokenise

HEAD = ["SEOUL (AP)", "By JANE DOE", "Share on Facebook"]
BODY = [
    "The harbour authority said on Monday that the swing bridge will close for fourteen weeks from the third of March.",
    "Ferries will carry passengers across the basin while engineers replace the bearings, which date from 1931.",
    "Shopkeepers on the eastern quay fear for their trade, and the council has promised to waive their rents.",
    "The work costs 4.2 million and was put off twice because of storms that damaged the lock gates in the winter.",
]
TAIL = ["Read more: Five things to know", "Sign up for our newsletter", "Copyright 2026 The Associated Press."]
NAMES = {"\r": "CR", "\v": "VT", "\f": "FF", "\x85": "NEL", "\u2028": "LS", "\u2029": "PS"}

#: Pieces between which line breaks have every kind of neighbour.
PIECES = st.sampled_from(
    [*BREAKS, *BREAKS, "\n", "\r\n", " ", "\xa0", "\t", "(", ")", "[", ".", "a", "Wort", "12", "é", "語"]
)
BROKEN = st.lists(PIECES, max_size=14).map("".join)


def lines_of(tokens: Tokens) -> list[str]:
    """The first token of each line of the first text, with its place."""
    starts = [t for t in range(tokens.first[0], tokens.last[0]) if tokens.word[t] & LINE]
    return [tokens.texts.raw(0)[tokens.start[t] :].decode() for t in starts]


@settings(max_examples=500)
@given(BROKEN)
def test_the_repair_is_the_reference(text: str) -> None:
    after, steps, kinds = repair_line_breaks(text)
    assert (after, steps) == (reference.with_line_feeds(text), [])
    assert len(after) == len(text)
    assert bool(kinds) == (after != text)
    assert repair_line_breaks(after)[0] == after


@settings(max_examples=300)
@given(BROKEN, texts())
def test_a_text_is_cut_as_with_line_feeds(text: str, other: str) -> None:
    """The kernel sees every sign: what it cuts is what it would cut if the text came with line feeds."""
    text += other
    found, expected = tokenise(text_array([text])), tokenise(text_array([reference.with_line_feeds(text)]))
    assume(all(repair.kinds == ("lines",) for repair in found.repairs.values()))  # a wrong encoding has such signs too
    assert found.word.tolist() == expected.word.tolist()
    assert found.texts.raw(0) == expected.texts.raw(0)


@pytest.mark.parametrize("line_break", BREAKS, ids=NAMES.values())
def test_all_that_is_done_by_lines_is_done(line_break: str) -> None:
    plain, broken = ("\n".join([*HEAD, *BODY, *TAIL]), line_break.join([*HEAD, *BODY, *TAIL]))
    found, expected = (dedup.compare({"text": text}, {"text": "\n".join(BODY)}) for text in (broken, plain))
    assert found == expected is not None
    assert dedup.origin({"text": broken}) == dedup.origin({"text": plain})
    assert dedup.origin({"text": broken}).name == "Associated Press"
    assert len(lines_of(tokenise(text_array([broken])))) == len([*HEAD, *BODY, *TAIL])


@pytest.mark.parametrize(
    "text",
    [
        "Windows ends\r\nits lines\r\n\r\nso.",
        "The last line of a page of a PDF.\n\fThe first of the next.",
        "A form feed\f\r\nbefore a line end.",
        "Sim. (\x85) Foram identificadas muitas melhorias no cinema\x85 Tem gente que passa do limite\x85",
        "Morreu\x85\r\n\r\nMorreu tarde.",
    ],
)
def test_what_ends_no_line_stays(text: str) -> None:
    assert tokenise(text_array([text])).repairs == {}


#: Texts that every format can hold as they are: of CSV and JSON the quoted form, of a plain text file the whole.
HELD = st.lists(st.sampled_from([*BREAKS.replace("\r", ""), "words of it", " ", ".", "é"]), min_size=1, max_size=8).map(
    lambda parts: f"begin {''.join(parts)} end"
)


@settings(max_examples=25)
@given(st.lists(HELD, min_size=1, max_size=4))
def test_records_are_never_cut_there(tmp_path_factory: pytest.TempPathFactory, values: list[str]) -> None:
    folder = tmp_path_factory.mktemp("lines")
    records = [{"id": str(i), "text": text} for i, text in enumerate(values)]
    # JSON wants U+000B and U+000C as escapes; the other three stand in it as they are.
    plain = [json.dumps(record, ensure_ascii=False) for record in records]
    files = {
        "a.jsonl": "\n".join(plain),
        "b.json": "[" + ",\n".join(plain) + "]",
        "c.csv": "id,text\n" + "".join(f"{record['id']},{record['text']}\n" for record in records),
        "d.csv": "id,text\r\n" + "".join(f'{record["id"]},"{record["text"]}"\r\n' for record in records),
        "e.tsv": "id\ttext\n" + "".join(f"{record['id']}\t{record['text']}\n" for record in records),
    }
    for name, content in files.items():
        batches = read_all(write(folder / name, content))
        assert [(row["id"], row["text"]) for row in rows(batches)] == [
            (record["id"], record["text"]) for record in records
        ], name
        assert rejects(batches) == []
    for i, text in enumerate(values):
        assert [row["text"] for row in rows(read_all(write(Path(folder, f"{i}.txt"), text)))] == [text]
