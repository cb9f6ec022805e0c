"""Numbers of a body: one value for all ways to write it, in the languages that the word lists hold."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.comparison.numbers_and_names import changed_numbers, numeral_table, pick_amounts, pick_numbers
from dedup.text.token_kernel import MOST_DIGITS, decode_number
from dedup.text.tokens import DIGIT, tokenise

WORDS = [
    "a", "the", "2", "7", "12", "99", "05", "50", "300", "000", "412", "2024", "123456", "1234567", "12345678", "4x4",
    "two", "six", "twelve", "twenty", "thousand", "million", "万", "千", "and", "to", "x",
]  # fmt: skip


def words_of(text: str) -> NDArray[np.uint32]:
    return tokenise(pa.array([text], pa.large_string())).words(0)


def numbers(text: str) -> list[int]:
    word = words_of(text)
    out = np.empty(3 * len(word) + 8, np.uint32)
    return out[: pick_numbers(word, 0, len(word), numeral_table(), out)].tolist()  # type: ignore[no-any-return]


def amounts(text: str) -> list[int]:
    word = words_of(text)
    out = np.empty(3 * len(word) + 8, np.uint32)
    return out[: pick_amounts(word, 0, len(word), numeral_table(), out)].tolist()  # type: ignore[no-any-return]


def in_order(values: list[object]) -> list[int]:
    """Values by the order of their first occurrence, so that hashes and values can be compared."""
    return [values.index(value) for value in values]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.lists(st.sampled_from(WORDS), max_size=14))
def test_numbers_and_amounts_equal_the_reference(first: list[str], second: list[str]) -> None:
    """Those of two bodies side by side, so that equal values in both must be equal hashes, and no others."""
    got, want = (
        numbers(" ".join(first)) + numbers(" ".join(second)),
        reference.numbers(first) + reference.numbers(second),
    )
    assert in_order(got) == in_order(want)
    got, runs = (
        amounts(" ".join(first)) + amounts(" ".join(second)),
        reference.amounts(first) + reference.amounts(second),
    )
    assert in_order(got) == in_order(runs)


@given(st.integers(0, 10**MOST_DIGITS - 1), st.integers(1, MOST_DIGITS))
def test_a_number_can_be_read_from_its_word(value: int, digits: int) -> None:
    text = f"{value:0{digits}d}"
    (word,) = words_of(text)
    assert word & DIGIT
    assert decode_number(word) == (value, len(text))


@pytest.mark.parametrize("text", ["4x4", "12345678", "3d", "2024年", "1a"])
def test_no_value_is_read_from_other_words(text: str) -> None:
    assert decode_number(words_of(text)[0])[1] == (4 if text == "2024年" else 0)


#: One amount in the ways that a language writes it; each language its own.
SAME = {
    "en": ["412,300", "412300", "412 300", "412.300"],
    "en scale": ["3 million", "3,000,000", "3000000", "three million", "3 mln"],
    "en range": ["between 14 and 17", "14-17", "from 14 to 17", "14 to 17", "14–17", "fourteen to seventeen"],
    "en tens": ["twenty-one", "21", "twenty one"],
    "en India": ["12,50,000", "1,250,000", "12.5 lakh 1250000"][:2],
    "de": ["1.250.000", "1250000", "1 250 000", "1'250'000"],
    "de words": ["zwischen 12 und 15", "12 bis 15", "zwölf bis fünfzehn", "12-15"],
    "de scale": ["7 Millionen", "7.000.000", "sieben Millionen", "7 Mio."],
    "fr": ["6 840", "6840", "6\u202f840", "6\u00a0840"],
    "fr words": ["de 5 à 8", "5-8", "entre cinq et huit"],
    "es": ["3 millones", "3.000.000", "tres millones", "3000000"],
    "it": ["da 8 a 12", "8-12", "da otto a dodici", "tra 8 e 12"],
    "pt": ["2 milhões", "2.000.000", "dois milhões", "2000000"],
    "nl": ["van 12 tot 15", "12-15", "twaalf tot vijftien"],
    "sv": ["5 miljoner", "5 000 000", "fem miljoner"],
    "no": ["8 millioner", "8 000 000", "åtte millioner"],
    "fi": ["2 miljoonaa", "2 000 000", "kaksi miljoonaa"],
    "pl": ["7 tys.", "7000", "7 tysięcy", "siedem tysięcy", "7 000"],
    "cs": ["12 až 15", "12-15", "od 12 do 15", "dvanáct až patnáct"],
    "ru": ["от 12 до 15", "12–15", "двенадцать-пятнадцать"],
    "ru scale": ["3 млн", "3 000 000", "три миллиона", "3 миллиона"],
    "uk": ["8 тис.", "8000", "вісім тисяч", "8 000"],
    "sr": ["од 12 до 15", "12-15", "dvanaest do petnaest"],
    "tr": ["5 milyon", "5.000.000", "beş milyon"],
    "el": ["3 εκατ.", "3.000.000", "τρία εκατομμύρια"],
    "ro": ["7 milioane", "7.000.000", "șapte milioane"],
    "hu": ["9 millió", "9 000 000", "kilenc millió"],
    "ar": ["٤١٢٣٠٠", "412,300", "٤١٢٬٣٠٠"],
    "fa": ["۲۵۰ تا ۳۰۰", "250-300"],
    "he": ["3 מיליון", "3,000,000"],
    "hi": ["5 लाख", "5,00,000", "500000", "पांच लाख"],
    "id": ["7 juta", "7.000.000", "tujuh juta"],
    "zh": ["4萬2千", "4万2千", "42,000", "42000"],
    "ja": ["6万3400", "63,400", "６３４００"],
    "ko": ["6만3400", "63,400", "6만 3400"],
}


@pytest.mark.parametrize("ways", SAME.values(), ids=SAME.keys())
def test_one_amount_however_it_is_written(ways: list[str]) -> None:
    first, *others = [amounts(way) for way in ways]
    assert len(first) == 1
    assert all(other == first for other in others), ways


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("412,300", "421,300"), ("14-17", "14-19"), ("12,50,000", "12,05,000"), ("3 million", "3 billion"),
        ("6.5 million", "65 million"), ("4萬2千", "4萬3千"), ("twenty-one", "twenty-two"), ("1,000", "1"),
        ("2024", "2 024 024"), ("5 миллионов", "5 млрд"),
    ],
)  # fmt: skip
def test_other_amounts_stay_different(a: str, b: str) -> None:
    assert amounts(a) != amounts(b)


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        ("some 12,50,000 quintals", "some 1,250,000 quintals", 0),
        ("some 412,300 quintals", "some 412,400 quintals", 1),
        ("rose 8 to 61 in 2024", "rose 9 to 62 in 2024", 2),
        ("about 3 of 5 men", "about 3 of 5 men", 0),
    ],
)
def test_slots_with_another_number(a: str, b: str, count: int) -> None:
    word = np.concatenate([words_of(a), words_of(b)])
    split = len(words_of(a))
    bodies = (0, split), (split, len(word))
    scratch = np.empty((2, 3 * len(word) + 8), np.uint32)
    assert changed_numbers(word, bodies[0], bodies[0], bodies[1], bodies[1], numeral_table(), scratch) == count
