"""Lines that only say when, and credits of the foot, are no story, in many languages; dates and names within it are."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_kept_text import STORIES

import dedup
from dedup.languages import lexicon
from dedup.text.boilerplate.page_ends import end_words
from dedup.text.boilerplate.zones import strip
from dedup.text.tokens import tokenise

STORY = "\n\n".join(STORIES["en"][:3])
TIMES = [
    "July 15, 2018, 4:05am", "15 July 2018 • 10:30am", "Sun., July 15, 2018 at 4:05 a.m. EDT", "Updated 3 hours ago",
    "Updated: 12:01 PM CST Mar 9, 2018", "Veröffentlicht am 3. März 2018 um 14:05 Uhr", "vor 3 Stunden",
    "15.07.2018 10:30", "15 juillet 2018 à 10h30", "Il y a 3 heures", "Publicado el 15 de julio de 2018 a las 10:30 h",
    "hace 3 horas", "há 2 horas", "Atualizado em 15/07/2018 às 10h30", "15 luglio 2018 alle 10:30",
    "Pubblicato il 15 luglio 2018", "15 juli 2018 om 10:30 uur", "3 uur geleden", "Publicerad 15 juli 2018 kl 10.30",
    "Opdateret 15. juli 2018 kl. 10.30", "Publisert 15. juli 2018", "Julkaistu 15. heinäkuuta 2018 klo 10.30",
    "15 lipca 2018, 10:30", "Data publikacji: 15.07.2018, 10:30", "15. července 2018 v 10:30", "15. júla 2018",
    "2018. július 15. 10:30", "15 iulie 2018, ora 10:30", "15 юли 2018 г.", "15 июля 2018 в 10:30 мск", "3 часа назад",
    "Опубликовано: 15.07.2018 10:30", "15 липня 2018 року, 10:30", "15 Temmuz 2018 Pazar 10:30",
    "Yayınlanma: 15.07.2018 - 10:30 | Güncelleme: 15.07.2018 - 11:00", "E diel, 15 korrik 2018",
    "15 Ιουλίου 2018, 10:30",
    "الأحد 15 يوليو 2018 - 10:30", "منذ 3 ساعات", "١٥ يوليو ٢٠١٨", "آخر تحديث: ١٥/٧/٢٠١٨", "15 ביולי 2018",
    "15 ژوئیه 2018 ساعت 10:30", "१५ जुलाई २०१८", "১৫ জুলাই ২০১৮", "เผยแพร่เมื่อ 15 กรกฎาคม 2561 เวลา 10:30 น.",
    "Chủ nhật, 15/7/2018, 10:30 (GMT+7)", "15 Juli 2018 pukul 10.30 WIB", "2018年7月15日 10:30",
    "发布时间：2018-07-15 10:30", "3時間前", "입력 2018.07.15 10:30 수정 2018.07.15 11:00",
]  # fmt: skip
CREDITS = [
    "Source: Reuters", "(END)", "- ENDS -", "Follow Jane Roe on Twitter at @janeroe.", "@janeroe", "-- with agencies",
    "jroe@paper.example", "Quelle: dpa", "Redaktion: Hans Huber", "Fuente: EFE", "Editado por Juana Ruiz",
    "Avec agences", "Com informações da Agência Brasil", "Fonte: Agência Lusa", "Bron: ANP", "Källa: TT", "Kilde: NTB",
    "Lähde: STT", "Źródło: PAP", "Zdroj: ČTK", "Forrás: MTI", "Sursa: Agerpres", "Източник: БТА", "Источник: ТАСС",
    "Джерело: Укрінформ", "Извор: Танјуг", "Kaynak: AA", "Burimi: ATSH", "Πηγή: ΑΠΕ", "(النهاية)", "المصدر: واس",
    "Sumber: Antara", "Nguồn: TTXVN", "责任编辑：张三", "홍길동 기자 hong@yna.example",
]  # fmt: skip
#: Lines that speak of times, writers and ends, and are of the story.
KEPT = [
    "The first boat leaves on July 15, 2018", "July 15, 2018 was a day of joy", "Follow the Money", "24 Stunden",
    "Source Code wins prize", "By the end, all were tired", "The End of the Affair", "Reporter Jane Roe was killed.",
    "— Donald Roe (@roe) July 15, 2018", "Par ailleurs, le port rouvre.", "Editor resigns over harbour row",
    "Pay April 21", "Jul 146.50 146.50 146.75 147.00", "1986/87 1985/86", "Kaynak bulundu", "Text messages show",
]  # fmt: skip


def body(text: str) -> str:
    return strip(pa.array([text], pa.large_string()), pa.array(["Another headline of another story"])).tokens.text(0)


def words(text: str) -> str:
    return tokenise(pa.array([text], pa.large_string())).text(0)


def test_the_table_has_the_words_of_twenty_languages() -> None:
    assert len(end_words().kind) > 2000
    for name in ("time_name", "time_label", "time_past", "foot_credit", "source"):
        assert len(lexicon.words(name)) >= 20


@pytest.mark.parametrize("line", TIMES)
def test_a_line_that_only_says_when_is_no_story(line: str) -> None:
    # Hebrew joins its preposition to the month: such a date is no word of the table.
    expected = words(STORY) if "ביולי" not in line else None
    for text in (f"{line}\n\n{STORY}", f"{STORY}\n\n{line}", f"{STORY}\n{line}"):
        assert expected is None or body(text) == expected


@pytest.mark.parametrize("line", CREDITS)
def test_a_credit_of_the_foot_is_no_story(line: str) -> None:
    assert body(f"{STORY}\n\n{line}") == words(STORY)


@pytest.mark.parametrize("mark", ["(END)", "(PAP)", "(ANSA).", "[Reuters]", "(النهاية)"])
def test_a_mark_behind_the_last_sentence_is_no_story(mark: str) -> None:
    assert body(f"{STORY} {mark}") == words(STORY)
    within = STORY.removesuffix(".")
    assert body(f"{within} {mark}.") == words(f"{within} {mark}")


@pytest.mark.parametrize("line", KEPT)
def test_other_lines_stay(line: str) -> None:
    assert body(f"{line}\n\n{STORY}") == words(f"{line} {STORY}")
    assert body(f"{STORY}\n\n{line}") == words(f"{STORY} {line}")


@pytest.mark.parametrize(
    "line", ["July 15, 2018", "15. července 2018", "15 июля 2018", "2018年7月15日", "15 Temmuz 2018"]
)
@pytest.mark.parametrize("language", STORIES)
def test_a_story_told_by_dates_keeps_them(line: str, language: str) -> None:
    one, two, three = ("\n\n".join(STORIES[name][:3]) for name in [language, *sorted(set(STORIES) - {language})][:3])
    for text in (f"{line}\n\n{one}\n\n{line}\n\n{two}\n\n{line}\n\n{three}", f"{one}\n\n{line}\n\n{two}\n\n{three}"):
        assert body(text) == words(text)


def test_what_the_foot_credits_is_still_heard() -> None:
    for line, name in [("Quelle: dpa", "Deutsche Presse-Agentur"), ("Fuente: EFE", "EFE"), ("(PAP)", "PAP")]:
        guess = dedup.origin({"id": "1", "text": f"{STORY}\n\n{line}", "domain": "lindhaven.example"})
        assert any(name in str(item) for item in guess.evidence), line


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*STORIES["en"][:3], *STORIES["de"][:3], *STORIES["ru"][:3]]), min_size=3, max_size=6))
def test_sentences_of_stories_are_never_cut(paragraphs: list[str]) -> None:
    text = "\n".join(dict.fromkeys(paragraphs))
    assert body(text) == words(text)
