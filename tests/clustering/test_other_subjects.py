"""Titles that name other subjects keep the notices of one form apart, and copies under other titles together."""

from __future__ import annotations

import random
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.comparison import title_subjects as t
from dedup.text.tokens import CAPITAL, DIGIT, LINE, SENTENCE

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1] / "comparison"))

from test_own_news import records, said
from test_relate import prose, words_of
from test_unequal_lengths import in_script

#: Of each language: its script in `in_script`, a title, another title on the same, a sentence, and two subjects.
LANGUAGES = {
    "en": ("Latin", "{} raises its rate", "Rate goes up at {}", "The board of {} said so.", "Acme Mills", "Bolt Yards"),
    "fr": ("Latin", "{} augmente son taux", "Hausse du taux chez {}", "Le conseil de {} le dit.", "Arnaud", "Bertin"),
    "de": ("Latin", "{} hebt den Zins an", "Zins steigt bei {}", "Der Vorstand von {} sagt es.", "Althaus", "Bergmann"),
    "es": ("Latin", "{} sube su tasa", "Sube la tasa de {}", "El consejo de {} lo dijo.", "Aranda", "Belmonte"),
    "pt": ("Latin", "{} aumenta a taxa", "Taxa sobe no {}", "O conselho do {} disse isso.", "Araujo", "Barreto"),
    "it": ("Latin", "{} alza il tasso", "Sale il tasso di {}", "Il consiglio di {} lo dice.", "Amato", "Bassani"),
    "nl": ("Latin", "{} verhoogt de rente", "Rente van {} omhoog", "Het bestuur van {} zei het.", "Aalbers", "Bakker"),
    "pl": ("Latin", "{} podnosi stopy", "Stopy w górę w {}", "Rada spółki {} to mówi.", "Adamex", "Budimar"),
    "cs": ("Latin", "{} zvyšuje sazbu", "Sazba roste u {}", "Vedení firmy {} to říká.", "Albatros", "Barum"),
    "sv": ("Latin", "{} höjer räntan", "Räntan upp hos {}", "Styrelsen för {} sade det.", "Alfving", "Bergsund"),
    "fi": ("Latin", "{} nostaa korkoa", "Korko nousee, {}", "Yhtiön {} hallitus kertoi sen.", "Ahola", "Barker"),
    "tr": ("Latin", "{} faizini artırdı", "Faiz arttı: {}", "Kurum olan {} bunu söyledi.", "Aksoy", "Bereket"),
    "ro": ("Latin", "{} ridică dobânda", "Dobânda crește la {}", "Conducerea {} a spus asta.", "Apulum", "Banatel"),
    "sq": ("Latin", "{} rrit normën", "Norma rritet te {}", "Bordi i {} e tha këtë.", "Arbëria", "Besa"),
    "id": ("Latin", "{} naikkan bunga", "Bunga naik di {}", "Dewan {} mengatakan itu.", "Antara", "Bumiputra"),
    "vi": ("Latin", "{} tăng lãi suất", "Lãi suất tăng ở {}", "Ban giám đốc {} nói vậy.", "Anphat", "Binhminh"),
    "ru": ("Cyrillic", "{} повышает ставку", "Ставка растёт у {}", "Совет банка {} заявил это.", "Алроса", "Белнефть"),
    "uk": ("Cyrillic", "{} підвищує ставку", "Ставка росте у {}", "Рада банку {} це каже.", "Аваль", "Брокбізнес"),
    "bg": ("Cyrillic", "{} вдига лихвата", "Лихвата расте при {}", "Съветът на {} го каза.", "Алианц", "Булбанк"),
    "el": ("Greek", "Η {} αυξάνει το επιτόκιο", "Ανεβαίνει το επιτόκιο της {}", "Η διοίκηση της {} το είπε.",
           "Αττική", "Βιοχάλκο"),
    "hy": ("Armenian", "{} բարձրացնում է", "Աճում է {}", "Խորհուրդը {} ասաց դա:", "Արարատ", "Բյուրական"),
    "ar": ("Arabic", "تهنئة رئيس {} اليوم", "برقية إلى {} بالمناسبة", "بعث برقية إلى رئيس {} اليوم.",
           "بوركينا فاسو", "سانت لوسيا"),
    "fa": ("Arabic", "تبریک به رئیس {} امروز", "پیام به {} فرستاده شد", "او پیامی به رئیس {} فرستاد.",
           "بورکینا فاسو", "سنت لوسیا"),
}  # fmt: skip
#: Alphabets without capital letters.
WITHOUT_CAPITALS = ("ar", "fa")


def notice(language: str, subject: int) -> str:
    script, _, _, sentence, *names = LANGUAGES[language]
    rest = in_script(prose(words_of(40, 110), 5), script)
    # The sentence stands inside a paragraph, so that its capital letters are names.
    return f"{rest.split('. ')[0]}. {sentence.format(names[subject])} {'. '.join(rest.split('. ')[1:])}"


def articles(language: str, subject: int, title: int, hours: float) -> list[dict[str, Any]]:
    """A notice, and one on a subject (0: the same) under one of the titles (0: the same)."""
    _, *titles = LANGUAGES[language][:3]
    names = LANGUAGES[language][4:]
    texts = notice(language, 0), notice(language, subject) + ("" if subject else " Zz.")
    return records(*texts, hours=hours, title=[titles[0].format(names[0]), titles[title].format(names[subject])])


@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_on_other_subjects_are_linked(language: str) -> None:
    later = 30 if language in WITHOUT_CAPITALS else 0
    assert said(articles(language, 1, 0, later)) == (["near_copy"], 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_under_another_title_is_one(language: str) -> None:
    assert said(articles(language, 0, 1, 30)) == (["near_copy"], 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_is_no_subject(language: str) -> None:
    those = [{key: value for key, value in one.items() if key != "title"} for one in articles(language, 1, 0, 0)]
    assert said(those) == (["near_copy"], 1)


@pytest.mark.parametrize(("hours", "clusters"), [(0, 1), (30, 0)])
def test_without_capitals_time_must_say_so_too(hours: float, clusters: int) -> None:
    assert said(articles("ar", 1, 0, hours)) == (["near_copy"], clusters)


@pytest.mark.parametrize(("names", "clusters"), [(("唯品会集团", "凤凰新媒体"), 0), (("唯品会集团", "唯品会集团"), 1)])
def test_names_of_characters(names: tuple[str, str], clusters: int) -> None:
    chance = random.Random(3)
    rest = ["".join(chance.choices([chr(0x4E00 + i) for i in range(900)], k=24)) for _ in range(9)]
    texts = [f"{rest[0]}。{name}今日宣布。{'。'.join(rest[1:])}。" + "又" * i for i, name in enumerate(names)]
    assert said(records(*texts, title=[f"{name}将发布财报" for name in names])) == (["near_copy"], clusters)


def plain(title: list[int], other_title: list[int], body: list[int], other: list[int], pair: bool, named: bool) -> int:
    def units(words: list[int]) -> list[tuple[int, ...]]:
        bare = [word & 0xFF for word in words]
        return list(pairwise(bare)) if pair else [(word,) for word in bare]

    names = {(word & 0xFF,) for word in body if word & CAPITAL and not word & (LINE | SENTENCE)}
    digits = [unit for i, unit in enumerate(units(title)) if any(word & DIGIT for word in title[i : i + len(unit)])]
    places = {unit: i for i, unit in reversed(list(enumerate(units(title))))}
    found = {unit for unit in places if unit not in digits}
    found &= set(units(body))
    found -= set(units(other)) | set(units(other_title))
    return len(found & names if named else found)


WORD = st.builds(
    lambda word, flags: word | flags | (int(DIGIT) if word < 3 else 0),
    st.integers(0, 12), st.sampled_from([0, int(CAPITAL), int(CAPITAL | SENTENCE), int(CAPITAL | LINE)]),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(WORD, max_size=9), min_size=4, max_size=4), st.sampled_from([5, 10]))
def test_the_kernel_is_the_plain_way(parts: list[list[int]], size: int) -> None:
    pair = size > 5
    word = np.array([one for part in parts for one in part], np.uint32)
    first = np.cumsum([0, *map(len, parts)])
    title, x, y = np.array([0]), np.array([2]), np.array([3])
    length, sizes = np.diff(first), np.full(4, size, np.int32)
    got = t.other_subjects_kernel(word, first, title, title + 1, word, first[:-1], length, sizes, x, y)[0]
    capital = [any(w & CAPITAL and not w & (LINE | SENTENCE) for w in part) for part in parts[2:]]
    named = not pair and all(capital)
    least = min(
        plain(parts[0], parts[1], parts[2], parts[3], pair, named),
        plain(parts[1], parts[0], parts[3], parts[2], pair, named),
    )
    several = t.CHARACTERS if pair else t.WORDS
    one = t.NAMES if named else t.SAME if pair else t.ONE_WORD
    assert got == (t.SAME if least == 0 else one if least == 1 or named else several)
    titles = t.other_subjects_kernel(word, first, title, title + 1, word[:0], first[:-1], length, sizes, x, y)[0]
    assert titles or got == t.SAME
    assert bool(titles) == all(
        plain(one, other, one, [], pair, False) for one, other in ((parts[0], parts[1]), (parts[1], parts[0]))
    )
