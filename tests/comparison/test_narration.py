"""Texts that are mostly quotation: taken over with their narration, or two reports of one speech."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_relate import prose, relation, scattered, words_of
from test_unequal_lengths import SCRIPTS, in_script

#: Quotation marks by where they are used.
MARKS = {
    "en": "“{}”",
    "typewriter": '"{}"',
    "de": "„{}“",
    "pl": "„{}”",
    "de books, da, sl": "»{}«",
    "fr": "« {} »",
    "ru, es, ar, el": "«{}»",
    "sv, fi": "”{}”",
    "zh, ja": "「{}」",
}
COPIES = ("near_copy", "version", "excerpt")


def spoken(seed: int, answers: int, marks: str = "{}", words: int = 40) -> list[str]:
    """Answers of an interview, within quotation marks."""
    return [marks.format(prose(words_of(seed + i, words), seed + i)) for i in range(answers)]


def narrated(seed: int, answers: int, words: int = 12) -> list[str]:
    """What a reporter tells between answers."""
    return [prose(words_of(seed + i, words), seed + i) for i in range(answers)]


def woven(told: list[str], said: list[str]) -> str:
    return "\n\n".join(f"{said[i]} {told[i]}" if i % 2 else f"{told[i]} {said[i]}" for i in range(len(said)))


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_an_interview_taken_over_with_its_narration_is_a_copy(marks: str, script: str) -> None:
    """A third of the answers and what stands between them were cut, and others are the outlet's own."""
    told, said = narrated(100, 9), spoken(200, 9, marks)
    own = woven(narrated(300, 3), spoken(400, 3, marks))
    one, other = woven(told, said), woven(told[:6], said[:6]) + "\n\n" + own
    assert relation(in_script(one, script), in_script(other, script)) in COPIES


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_two_reports_of_one_speech_are_no_copies(marks: str, script: str) -> None:
    """The same answers, also in the same order, between words of their own."""
    said = spoken(200, 6, marks)
    one = woven(narrated(100, 6), said)
    for answers in (said, said[::-1], [said[i] for i in (4, 0, 3, 1, 5, 2)]):
        other = woven(narrated(500, 6), answers)
        assert relation(in_script(one, script), in_script(other, script)) is None


def test_the_narration_decides_however_short_the_text_is() -> None:
    for answers in (2, 3, 4):
        said = spoken(200, answers, "“{}”", 44)
        told, own = narrated(100, answers, 14), narrated(500, answers, 14)
        extra = woven(narrated(700, 1, 14), spoken(800, 1, "“{}”", 44))
        assert relation(woven(told, said), f"{woven(told, said)}\n\n{extra}") in COPIES
        assert relation(woven(told, said), woven(own, said)) is None


def test_questions_and_answers_without_marks_are_a_copy() -> None:
    asked = [text.rstrip(".") + "?" for text in narrated(100, 8)]
    pairs = [f"{question}\n\n— {answer}" for question, answer in zip(asked, spoken(200, 8), strict=True)]
    assert relation("\n\n".join(pairs), "\n\n".join(pairs[:6])) in COPIES


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(5, 9), st.sampled_from(list(MARKS.values())), st.floats(0.0, 0.15))
def test_an_edited_narration_is_still_taken_over(seed: int, answers: int, marks: str, share: float) -> None:
    """Property: of the narration few words are changed; and without it the quotations are no pair."""
    said = spoken(seed + 50, answers, marks)
    words = [words_of(seed + i, 25) for i in range(answers)]
    told = [prose(one, seed) for one in words]
    edited = [prose(scattered(one, share, seed), seed) for one in words]
    assert relation(woven(told, said), woven(edited, said)) in (*COPIES, "identical")
    own = narrated(seed + 900_001, answers, 25)
    random.Random(seed).shuffle(said)
    assert relation(woven(told, said), woven(own, said)) is None


def statement(seed: int, sentences: int) -> list[str]:
    """Sentences with names and numbers that stand nowhere else."""
    chance = random.Random(seed)
    out = []
    for i in range(sentences):
        words = words_of(seed + i, 14)
        words[4] = "".join(chance.choices("bcdfglmnprst", k=3)).capitalize() + "ovar"
        words[9] = str(chance.randint(100, 9999))
        out.append(" ".join([words[0].capitalize(), *words[1:]]) + ".")
    return out


@pytest.mark.parametrize("marks", ["“{}”", "«{}»", "»{}«", "„{}“"])
def test_a_transcript_is_no_rewrite_of_a_story_that_quotes_it(marks: str) -> None:
    """The transcript has no quotation marks; names and numbers are in its order wherever it is quoted."""
    heard = statement(1, 30)
    retold = [" ".join(scattered(one.split(), 0.15, i)) for i, one in enumerate(heard)]
    story = "\n\n".join(
        f"{marks.format(one)} {told}" if i % 6 == 0 else marks.format(one)
        for i, (one, told) in enumerate(zip(retold, narrated(900, 30, 9), strict=True))
    )
    assert relation(" ".join(heard), story) != "rewrite"
    # The same words without marks are told by the reporter.
    plain = "\n\n".join(retold)
    assert relation(" ".join(heard), plain) is not None
