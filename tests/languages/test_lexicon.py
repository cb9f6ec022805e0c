"""The language files, and a language that is added by one more file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.comparison.numbers_and_names import NUMERAL_SLOTS
from dedup.inputs.batch import text_array
from dedup.languages import lexicon
from dedup.text.boilerplate.rules import KINDS, ZONES
from dedup.text.tokens import tokenise

FOLDER = Path(dedup.__file__).parent / "languages"
LANGUAGES = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in FOLDER.glob("*.json")
    if path.name != "word_lists.json"
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_file_holds_lists_of_phrases(name: str) -> None:
    assert re.fullmatch(r"[a-z]{2}|common", name)
    for phrases in (value for key, value in LANGUAGES[name].items() if key != "boilerplate"):
        assert phrases
        assert all(phrase == phrase.strip() and phrase for phrase in phrases)
        assert len(set(phrases)) == len(phrases)


@pytest.mark.parametrize("name", LANGUAGES)
def test_phrases_of_boilerplate_have_tokens_and_differ(name: str) -> None:
    boilerplate = LANGUAGES[name].get("boilerplate", {})
    assert set(boilerplate) <= set(KINDS)
    assert {zone for zones in boilerplate.values() for zone in zones} <= set(ZONES)
    phrases = [phrase for zones in boilerplate.values() for entries in zones.values() for phrase in entries]
    tokens = tokenise(text_array(phrases or ["none"]))
    texts = {tokens.text(i) for i in range(len(phrases))}
    assert "" not in texts
    assert len(texts) == len(set(phrases)) or not phrases
    assert all(
        len(phrase.split()) <= most
        for zones in boilerplate.values()
        for entries in zones.values()
        for phrase, most in entries.items()
    )


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_list_stands_once_in_a_file(name: str) -> None:
    """JSON takes the last of two entries of one name without a word."""
    pairs = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"), object_pairs_hook=list)
    names = [key for key, _ in pairs]
    assert len(names) == len(set(names))


def test_each_list_has_words() -> None:
    assert set(LANGUAGES["en"]) <= {*lexicon.WORD_LISTS, "boilerplate"}
    assert [name for name in lexicon.WORD_LISTS if not lexicon.words(name)] == []


def test_lists_of_single_words_and_of_two() -> None:
    """The kernels compare single words, and `according_to` pairs of words."""
    for name, size in [("told", 1), ("attribution_before", 1), ("attribution_after", 1), ("the", 1), ("number", 1),
                       ("byline", 1), ("according_to", 2)]:  # fmt: skip
        tokens = tokenise(text_array(lexicon.words(name)))
        assert {len(tokens.words(i)) for i in range(len(tokens))} == {size}, name
    words = sum(len(lexicon.words(name)) for name in ("number", "scale", "range_joiner"))
    assert words < NUMERAL_SLOTS / 2


def test_the_longest_phrase_is_matched() -> None:
    found = lexicon.regex("{source}").match("materials provided by Reuters")
    assert found is not None
    assert found.group() == "materials provided by"


LONG_LISTS = [name for name in sorted(lexicon.WORD_LISTS) if len(lexicon.words(name)) > 100]


@pytest.mark.parametrize("name", LONG_LISTS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_search_is_that_for_all_phrases_of_a_list(name: str, data: st.DataObject) -> None:
    """A pattern is compiled for those phrases alone that a text holds."""
    parts = st.one_of(
        st.sampled_from(lexicon.words(name)),
        st.sampled_from([" ", ": ", ".", "x", "7", "的", "는", "-"]),
    )
    changed = parts.flatmap(lambda part: st.sampled_from([part, part.upper(), part[:-1], f" {part} "]))
    text = "".join(data.draw(st.lists(changed, max_size=8)))
    found = lexicon.search(name, text)
    expected = lexicon.whole_words(name).search(text) if lexicon.holds(text, name) else None
    assert (found and found.span()) == (expected and expected.span())


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    start = f"from pathlib import Path\nfrom dedup.languages import lexicon\nlexicon.FOLDER = Path({str(folder)!r})\n"
    return subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, timeout=300)


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(FOLDER, folder / "languages", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def test_a_list_that_does_not_exist_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "xx.json").write_text('{"byline": ["blor"], "bylines": ["blor"]}')
    done = run("lexicon.words('byline')", folder)
    assert "xx.json: 'bylines' is no word list" in done.stderr


def test_a_list_without_words_matches_nothing(tmp_path: Path) -> None:
    code = "print(lexicon.regex(r'^{via}$').match('') is None, lexicon.search('via', 'via Reuters') is None)"
    done = run(code, tmp_path)
    assert done.stdout.split() == ["True", "True"], done.stderr


def test_only_the_content_counts(tmp_path: Path) -> None:
    """An index keeps a hash of the content, so that words may move from one file to another."""
    folder = copied(tmp_path)
    english = json.loads((folder / "en.json").read_text(encoding="utf-8"))
    moved = {"photo": english.pop("photo")[::-1]}
    (folder / "en.json").write_text(json.dumps(english), encoding="utf-8")
    (folder / "aa.json").write_text(json.dumps(moved), encoding="utf-8")
    code = "import sys\nsys.stdout.buffer.write(lexicon.canonical('words') + lexicon.canonical('boilerplate'))"
    done = run(code, folder)
    assert done.stdout.encode() == lexicon.canonical("words") + lexicon.canonical("boilerplate"), done.stderr
    (folder / "aa.json").write_text(json.dumps({"photo": [*moved["photo"], "bildo"]}), encoding="utf-8")
    assert run(code, folder).stdout != done.stdout


ESPERANTO = {
    "byline": ["de"],
    "source": ["fonto"],
    "job_title": ["verkisto"],
    "with": ["kune"],
    "small_word": ["apud", "en", "la"],
    "month_stem": ["apr"],
    "sign_off_start": ["(Raportis"],
    "desk_work": ["raportis"],
    "editing": ["redaktis"],
    "told": ["diris"],
    "number": {"dek": 10},
    "update_mark": ["ĜISDATIGO"],
    "boilerplate": {"line_start": {"tail": {"abonu nun": 14}}},
}
#: What the lines say, as the signals and names of the evidence.
CODE = """
import json
from dedup.comparison import recency
from dedup.comparison.numbers_and_names import numeral_table
from dedup.evidence.extractor import extractor
from dedup.evidence.observation import LinePosition
from dedup.inputs.batch import text_array
from dedup.text.boilerplate.zones import strip
from dedup.text.tokens import WORD_HASH, tokenise

def signals(line, place):
    return [[one.signal, one.name] for one in extractor().match_line(line, place, "")]

story = "The harbour authority closed the northern ferry terminal. It will open again in spring, the mayor said.\\n"
texts = text_array(["De Jane Roe\\n" + story + "Abonu nun!"])
print(json.dumps({
    "credit": signals("Fonto: Reuters", LinePosition(False, True)),
    "title": signals("Jane Roe, AP Verkisto", LinePosition(True, False)),
    "dateline": signals("Portovilo apud la maro en la sudo, 3 aprilo (AP) — Text", LinePosition(True, False)),
    "sign_off": signals("(Raportis Jane Roe; redaktis John Doe)", LinePosition(False, True)),
    "end": signals("Text. (kune Reuters)", LinePosition(False, True)),
    "body": strip(texts).tokens.text(0).split()[:2] + strip(texts).tokens.text(0).split()[-2:],
    "number": int(tokenise(text_array(["dek"])).words(0)[0] & WORD_HASH) in numeral_table()[0],
    "update": recency._update("ĜISDATIGO 2: Text"),
}))
"""


def says(folder: Path) -> dict[str, Any]:
    done = run(CODE, folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_new_language_is_one_file(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    before = says(folder)
    (folder / "eo.json").write_text(json.dumps(ESPERANTO), encoding="utf-8")
    after = says(folder)
    assert before["credit"] == before["title"] == before["dateline"] == before["sign_off"] == []
    assert after["credit"] == [["source_line", "Reuters"]]
    assert after["title"] == [["byline", "Associated Press"]]
    assert after["dateline"] == [["dateline", "Associated Press"]]
    assert after["sign_off"] == [["sign_off", "Reuters"]]
    assert (before["body"], after["body"]) == (["de", "jane", "abonu", "nun"], ["the", "harbour", "mayor", "said"])
    assert (before["number"], after["number"]) == (False, True)
    assert (before["update"], after["update"]) == (0, 2)


def test_a_word_means_one_number() -> None:
    """Folded forms of different languages are compared, so that no two may have different values."""
    for name in ("number", "scale"):
        value_of = lexicon.values(name)
        tokens = tokenise(text_array(list(value_of)))
        forms = {(tokens.text(i), value) for i, value in enumerate(value_of.values())}
        assert len({form for form, _ in forms}) == len(forms)
