# ruff: noqa: E501  (forms are data, in several scripts)
"""Forms with other facts: numbers in aligned slots decide, also around a standing quotation."""

from __future__ import annotations

import pytest
from test_relate import prose, relation, words_of

#: Company results by language: slots, and a statement that each of them carries.
RESULTS = {
    "en": (
        "{name} said on Tuesday that revenue for the quarter rose to {a} million crowns from {b} million a year before, and "
        "that its net profit came to {c} million crowns, or {d} crowns a share. The order book stood at {e} million crowns "
        "at the end of the quarter, of which {f} million are to be delivered this year. The board kept its forecast of {g} "
        "per cent growth for the full year and will propose a dividend of {h} crowns.",
        "“We thank every employee on every site for the patience and the care with which they have carried us through a "
        "demanding season, and we look forward to what we shall build together with our customers,” the chairman said.",
    ),
    "de": (
        "{name} hat im vergangenen Quartal den Umsatz auf {a} Millionen Kronen gesteigert, nach {b} Millionen im Jahr zuvor. "
        "Unter dem Strich blieben {c} Millionen Kronen, das sind {d} Kronen je Aktie. Der Auftragsbestand lag zum Ende des "
        "Quartals bei {e} Millionen Kronen, davon sollen {f} Millionen noch in diesem Jahr ausgeliefert werden. Der Vorstand "
        "hält an der Prognose von {g} Prozent Wachstum fest und schlägt eine Dividende von {h} Kronen vor.",
        "„Wir danken allen Beschäftigten an allen Standorten für die Geduld und die Sorgfalt, mit der sie uns durch eine "
        "fordernde Saison getragen haben, und freuen uns auf das, was wir mit unseren Kunden bauen“, sagte der Vorsitzende.",
    ),
    "es": (
        "{name} informó el martes de que sus ingresos del trimestre subieron a {a} millones de coronas desde {b} millones un "
        "año antes, y de que su beneficio neto fue de {c} millones de coronas, o {d} coronas por acción. La cartera de "
        "pedidos sumaba {e} millones de coronas al final del trimestre, de los que {f} millones se entregarán este año. El "
        "consejo mantuvo su previsión de un crecimiento del {g} por ciento y propondrá un dividendo de {h} coronas.",
        "«Damos las gracias a cada empleado de cada planta por la paciencia y el cuidado con que nos han llevado a través de "
        "una temporada exigente, y esperamos con ilusión lo que construiremos con nuestros clientes», dijo el presidente.",
    ),
    "ru": (
        "Компания {name} сообщила во вторник, что выручка за квартал выросла до {a} миллионов крон против {b} миллионов годом "
        "ранее, а чистая прибыль составила {c} миллионов крон, или {d} кроны на акцию. Портфель заказов на конец квартала "
        "достиг {e} миллионов крон, из них {f} миллионов будут поставлены в этом году. Совет сохранил прогноз роста на {g} "
        "процентов за весь год и предложит выплатить дивиденды в размере {h} крон.",
        "«Мы благодарим каждого сотрудника на каждой площадке за терпение и заботу, с которыми они провели нас через трудный "
        "сезон, и с нетерпением ждём того, что построим вместе с нашими клиентами», — сказал председатель.",
    ),
    "tr": (
        "{name} salı günü yaptığı açıklamada çeyrek gelirinin bir yıl önceki {b} milyon krondan {a} milyon krona çıktığını ve "
        "net kârının {c} milyon kron, hisse başına {d} kron olduğunu bildirdi. Sipariş defteri çeyrek sonunda {e} milyon "
        "kron tutarındaydı ve bunun {f} milyonu bu yıl teslim edilecek. Yönetim kurulu yılın tamamı için yüzde {g} büyüme "
        "tahminini korudu ve {h} kron temettü önerecek.",
        "“Her tesisteki her çalışanımıza zorlu bir sezon boyunca bizi taşıyan sabırları ve özenleri için teşekkür ediyor, "
        "müşterilerimizle birlikte kuracağımız geleceği dört gözle bekliyoruz” dedi yönetim kurulu başkanı.",
    ),
    "ar": (
        "أعلنت {name} يوم الثلاثاء أن إيراداتها الفصلية ارتفعت إلى {a} مليون كرونة من {b} مليون قبل عام وأن صافي أرباحها بلغ {c} "
        "مليون كرونة أي {d} كرونة للسهم. وبلغت قيمة الطلبيات {e} مليون كرونة في نهاية الفصل منها {f} مليون ستسلم هذا العام. "
        "وأبقى مجلس الإدارة على توقعاته بنمو قدره {g} في المئة للعام كله وسيقترح توزيع {h} كرونة على المساهمين.",
        "وقال رئيس المجلس «نشكر كل موظف في كل موقع على الصبر والعناية التي حملنا بها خلال موسم صعب ونتطلع إلى ما سنبنيه معا مع "
        "عملائنا في السنوات المقبلة وفي كل سوق نعمل فيها».",
    ),
}
NAMES = ("Torvik", "Ellmar", "Ostra")
FACTS = ("412 371 38 4 980 455 6 2", "127 139 11 3 305 188 8 5", "866 790 92 7 1430 702 5 9")


def results(language: str, name: str, facts: str) -> str:
    form, said = RESULTS[language]
    return form.format(name=name, **dict(zip("abcdefgh", facts.split(), strict=True))) + "\n\n" + said


@pytest.mark.parametrize("language", RESULTS)
def test_results_of_others_are_a_form_whatever_statement_they_carry(language: str) -> None:
    one, two, three = (results(language, name, facts) for name, facts in zip(NAMES, FACTS, strict=True))
    for a, b in ((one, two), (one, three), (two, three)):
        assert relation(a, b) in ("template", None)
    # The next quarter of one company is another form too.
    assert relation(one, results(language, "Torvik", FACTS[1])) in ("template", None)


@pytest.mark.parametrize("language", RESULTS)
def test_a_corrected_number_is_no_form(language: str) -> None:
    one = results(language, "Torvik", FACTS[0])
    assert relation(one, one.replace("980", "988")) == "near_copy"


@pytest.mark.parametrize("numbers", [("12 40 7", "31 85 9"), ("", "")])
def test_a_copied_passage_between_other_facts_is_no_form(numbers: tuple[str, str]) -> None:
    """Names and numbers of what is not aligned are of no slot."""
    passage = prose(words_of(40, 45), 1)
    for size in (60, 120, 240):
        a = f"{prose(words_of(41, size), 2)} {numbers[0]}.\n\n{passage}"
        b = f"{passage}\n\n{numbers[1]} {prose(words_of(42, size), 3)}"
        assert relation(a, b) in ("overlap", None)


def test_an_excerpt_without_most_numbers_is_no_form() -> None:
    """The longer text has numbers of its own, and none of them in a slot of the shorter one."""
    words = words_of(43, 320)
    longer = words[:]
    for i, number in enumerate(("17", "250", "8", "96", "1400")):
        longer[190 + 20 * i] = number
    shorter = [*words[:60], "31", *words[60:100], "44", *words[100:150], "5", *words[150:160]]
    assert relation(prose(longer, 1), prose(shorter, 1)) in ("excerpt", "version")


@pytest.mark.parametrize("prices", range(4, 10))
def test_an_update_with_new_prices_is_no_form(prices: int) -> None:
    """It has new figures in many slots, most of the old ones, the same names and statement, and paragraphs of its own."""
    paragraphs = [words_of(44 + i, 52) for i in range(5)]
    new = [words[:] for words in paragraphs]
    for i in range(10):
        paragraphs[i // 2][15 + 24 * (i % 2)] = new[i // 2][15 + 24 * (i % 2)] = str(2003 + 7 * i)
    for i in range(prices):
        place = i // 2, 5 + 17 * (i % 2)
        paragraphs[place[0]][place[1]], new[place[0]][place[1]] = str(87 + 13 * i), str(411 + 31 * i)
    statement = f"“{prose(words_of(50, 40), 1)}” he said."
    first = [prose(words, 1) for words in paragraphs] + [statement]
    update = [prose(words, 1) for words in new] + [statement]
    update[3:3] = [prose(words_of(51, 60), 1), prose(words_of(52, 40), 1)]
    assert relation("\n\n".join(first), "\n\n".join(update)) in ("excerpt", "version")
