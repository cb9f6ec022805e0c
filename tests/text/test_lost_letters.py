"""Texts that lost letters are recognised and keep their words; sound texts stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.inputs.batch import text_array
from dedup.text.repair.lost_letters import LETTERS, mark_lost_letters
from dedup.text.token_kernel import is_lost
from dedup.text.tokens import Tokens, tokenise

TEXTS = {
    "ca": "L’alcaldessa de Lleó va explicar que la plaça serà més àmplia, però els veïns demanen també ombra i bancs.",
    "cs": "Zastupitelé v Třebíči rozhodli, že příští týden zruší část parkovacích míst na náměstí.",
    "da": "Kommunen lukker svømmehallen på Ærø, fordi bjælkerne er rådne, og borgerne må køre til Åbenrå.",
    "de": "Die Bürger müssen für die Straße größere Beträge zahlen, erklärte der Bürgermeister von Köln.",
    "es": "El señor Muñoz llegó mañana y tarde a la estación de Logroño, según contó después su compañía.",
    "et": "Linnavalitsus otsustas, et vana hõbedane sõiduk müüakse järgmisel nädalal, sest hooldus on väga kallis.",
    "fi": "Kaupunki päätti myydä vanhan jäähallin säätiölle, joka rakentaa tilalle pieniä asuntoja nälkäisille.",
    "fr": "Les élèves de l’école ont été reçus à Besançon, où les garçons étaient près du théâtre déjà fermé.",
    "hr": "Općina je odlučila da će iduće godine zatvoriti šest škola, rekao je načelnik u četvrtak poslije sjednice.",
    "hu": "Hét év felújítás után újra megnyílik a gőzfürdő, közölte az önkormányzat a múlt héten a sajtóval.",
    "is": "Bæjarstjórnin á Ísafirði ákvað í gær að loka höfninni þangað til ný bryggja verður tekin í notkun.",
    "lt": "Savivaldybė nusprendė šiemet uždaryti keturias mokyklas, nes jose mažėja mokinių, pranešė merė.",
    "lv": "Dome nolēma slēgt četras skolas, jo tajās mācās pārāk maz bērnu, paziņoja priekšsēdētājs otrdien.",
    "nb": "Gruvemuseet på Røros holder stengt fordi råte har spist seg inn i de bærende tømmerstokkene, sier Sætereng.",
    "pl": "Władze Łodzi chcą sprzedać zrujnowaną kamienicę, choć część mieszkańców się temu sprzeciwia.",
    "pt": "A votação não começou às três horas, porque três câmaras não tinham eleições até à manhã.",
    "ro": "Primăria a hotărât să închidă şase şcoli în toamnă, deoarece numărul elevilor scade, a anunţat primarul.",
    "sk": "Mesto zruší časť parkovacích miest na námestí a vysadí tam lipy, rozhodli poslanci v pondelok večer.",
    "sv": "Umeå kommun säljer den gamla ishallen på Böleäng till en stiftelse som bygger lägenheter åt många.",
    "tr": "Belediye başkanı, yağmurlu günlerde çalışmaların güçlükle yürütüldüğünü söyledi, iş bitmiş değil.",
    "vi": "Thành phố Hội An vừa thông báo đóng cửa một phần khu phố cổ để gia cố ba mươi cột gỗ bị mối mọt.",
}


def lose(text: str, mark: str) -> str:
    return "".join(mark if ord(char) > 127 and char.isalpha() else char for char in text)


def tokens_of(*texts: str) -> Tokens:
    return tokenise(text_array(list(texts)))


@pytest.mark.parametrize("mark", ["\ufffd", "?"])
@pytest.mark.parametrize("language", TEXTS)
def test_a_word_that_lost_letters_stays_one_word(language: str, mark: str) -> None:
    text = TEXTS[language]
    tokens = tokens_of(lose(text, mark), text)
    assert tokens.repairs[0].kinds == (LETTERS,)
    assert list(tokens.repairs) == [0]
    damaged, sound = tokens.text(0).split(), tokens.text(1).split()
    assert len(damaged) == len(sound)
    lost = [bool(is_lost(word)) for word in tokens.words(0)]
    assert not any(is_lost(word) for word in tokens.words(1))
    assert [word for word, at in zip(damaged, lost, strict=True) if not at] == [
        word for word, at in zip(sound, lost, strict=True) if not at
    ]
    # A last word that is sound in seven bits may have lost nothing else than a question mark.
    assert sum(lost) >= sum(not word.isascii() for word in text.replace("’", "").split()) - 1


@pytest.mark.parametrize(
    "text",
    [
        "See https://a.example/watch?v=abc and www.b.example/list?id=1&x=y?z or c.example/a?b=c, d.example/e?f=g.",
        "Really?yes? What?He did it?She left?They ran?We stay?I know?You too? So what?nothing",
        "Who came? nobody. Who went? all of them. Who stayed? the rest of us, and who sang? the choir.",
        "你好吗?我很好?他在哪里?在学校?什么时候?今天?为什么?因为?谁?我?怎么?这样?",
        "Is it a colo?r or a pattern of the shell, such as data?.csv, that you asked for in so many words?",
        "\ufffd Milk\n\ufffd Bread\n\ufffd Eggs\n\ufffd Butter and salt\n\ufffd Sugar",
        "He said \ufffdyes\ufffd, she said \ufffdno\ufffd, and the mayor said \ufffdperhaps\ufffd to all of them.",
        "1?2 3?4 5?6 7?8 and Rxd5?! Qe7?? Nf3?! are moves of a game that nobody should have played.",
    ],
)
def test_sound_texts_stay(text: str) -> None:
    assert mark_lost_letters(text) == (text, [], [])


@given(st.text(st.sampled_from("ab AB.,?é\ufffd\n/=-")))
def test_only_question_marks_change(text: str) -> None:
    after, steps, kinds = mark_lost_letters(text)
    assert (steps, len(after)) == ([], len(text))
    assert {(old, new) for old, new in zip(text, after, strict=True) if old != new} <= {("?", "\ufffd")}
    assert kinds == [LETTERS] or after == text
    assert mark_lost_letters(after)[0] == after


def test_addresses_and_questions_stay_in_a_text_that_lost_letters() -> None:
    text = lose(TEXTS["de"], "?") + " Wer zahlt? Mehr unter https://a.example/seite?id=7 im Netz."
    after, _, kinds = mark_lost_letters(text)
    assert kinds == [LETTERS]
    assert after.endswith(" Wer zahlt? Mehr unter https://a.example/seite?id=7 im Netz.")


def test_a_letter_lost_before_a_capital_is_known_by_its_other_places() -> None:
    text = "Kommunen p? R?ros lukker p? l?rdag, og p? Hamar er det v?rt for tr?tte folk."
    assert mark_lost_letters(text)[0].count("?") == 0


@pytest.mark.parametrize("unit", ["a?b", "? ", "a? ", "?\n\n", "\ufffd", "a\ufffd", "x" * 50 + "?y", "@a?b"])
def test_long_texts_of_marks_take_linear_time(unit: str) -> None:
    text = "a?b c?d e?f g?h " + unit * (300_000 // len(unit))
    assert len(mark_lost_letters(text)[0]) == len(text)
