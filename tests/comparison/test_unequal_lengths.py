"""A text in a longer one: cuts, excerpts with a sentence told anew, pieces of a text of many times the length."""

from __future__ import annotations

import pytest
from test_relate import prose, relation, scattered, words_of

#: Letters of other scripts in place of the Latin ones, one for one.
SCRIPTS = {
    "Latin": "",
    "Cyrillic": "абцдефгхијклмнопкрстувшхзз",
    "Greek": "αβκδεφγηιξκλμνοπθρστυβωχψζ",
    "Arabic": "ابجدهفغحيجكلمنوپقرستعڤشخيز",
    "Armenian": "աբցդեֆգհիջկլմնոպքրստուվշխզ",
}


def in_script(text: str, script: str) -> str:
    """The text in another script; where there are no capitals, without."""
    letters = SCRIPTS[script]
    if not letters:
        return text
    table = {chr(97 + i): letter for i, letter in enumerate(letters)}
    return text.translate(str.maketrans(table | {a.upper(): b.upper() for a, b in table.items()}))


def story(seed: int, count: int) -> list[str]:
    return words_of(seed, count)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("kept", "expected"), [(0.9, "near_copy"), (0.79, "near_copy"), (0.7, "excerpt"), (0.3, "excerpt")]
)
def test_a_cut_of_more_than_a_fifth_is_an_excerpt(script: str, kept: float, expected: str) -> None:
    words = story(3, 400)
    cut = words[: int(kept * len(words))]
    assert relation(in_script(prose(words, 3), script), in_script(prose(cut, 3), script)) == expected


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("size", [120, 180])
def test_a_sentence_told_anew_leaves_an_excerpt(script: str, size: int) -> None:
    words = story(4, 420)
    brief = [*words[: size - 11], *scattered(words[size - 11 : size], 1, 4)]
    assert relation(in_script(prose(words, 4), script), in_script(prose(brief, 4), script)) == "excerpt"


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("own", "expected"), [(12, "excerpt"), (35, "overlap")])
@pytest.mark.parametrize("times", [6, 12])
def test_no_version_of_a_text_of_many_times_its_length(script: str, own: int, expected: str, times: int) -> None:
    """A log, a round-up, a transcript: what lies in it is an excerpt, or a copied passage."""
    words = story(5, 100 * times)
    item = [*words[300 : 400 - own], *story(6, own)]
    assert relation(in_script(prose(words, 5), script), in_script(prose(item, 5), script)) == expected


def test_a_rewritten_half_is_still_a_version() -> None:
    words = story(7, 400)
    half = [*words[:150], *story(8, 60)]
    assert relation(prose(words, 7), prose(half, 7)) == "version"
