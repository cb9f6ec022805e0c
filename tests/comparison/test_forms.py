# ruff: noqa: E501  (forms are data, in several scripts)
"""Forms with other facts: numbers in aligned slots decide, also around a standing quotation."""

from __future__ import annotations

import random

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


#: Notices of press wires by language: a firm, a company, dates and numbers, in a standing text.
ALERTS = {
    "en": "{firm} reminds investors that a lawsuit was filed against {name} and some of its officers on behalf of those who "
    "bought shares between {a} and {b}. If you lost money, you have until {c} to ask the court to appoint you as lead "
    "plaintiff, and your share in any recovery does not depend on it. The complaint says that {name} kept the losses of its "
    "{place} unit to itself; on the day {officer} resigned the shares fell by {d} to {e}. To learn more, write to {contact} "
    "at the office of {firm} in {city} or call {f}. There is no cost or obligation to you.",
    "es": "{firm} recuerda a los inversores que se ha presentado una demanda contra {name} y varios de sus directivos en "
    "nombre de quienes compraron acciones entre {a} y {b}. Si usted perdió dinero, tiene hasta {c} para pedir al tribunal "
    "que lo nombre demandante principal, y su parte no depende de ello. La demanda sostiene que {name} ocultó las pérdidas "
    "de su filial de {place}; el día en que dimitió {officer} las acciones cayeron {d} hasta {e}. Para saber más, escriba a "
    "{contact} a la oficina de {firm} en {city} o llame al {f}. No hay ningún coste ni obligación para usted.",
    "fr": "Le cabinet {firm} rappelle aux investisseurs qu'une plainte a été déposée contre {name} et plusieurs de ses "
    "dirigeants au nom de ceux qui ont acheté des actions entre {a} et {b}. Si vous avez perdu de l'argent, vous avez "
    "jusqu'au {c} pour demander au tribunal d'être plaignant principal, et votre part n'en dépend pas. Selon la plainte, "
    "{name} a caché les pertes de sa filiale de {place} ; le jour où {officer} a démissionné, l'action a perdu {d} à {e}. "
    "Pour en savoir plus, écrivez à {contact} au bureau de {firm} à {city} ou appelez le {f}, sans frais ni obligation.",
    "ru": "Фирма {firm} напоминает инвесторам, что против {name} и ряда её руководителей подан иск от имени тех, кто покупал "
    "акции между {a} и {b}. Если вы потеряли деньги, вы можете до {c} просить суд назначить вас главным истцом, и ваша доля "
    "от этого не зависит. В иске сказано, что {name} скрывала убытки отделения в городе {place}; в день, когда ушёл "
    "{officer}, акции упали на {d} до {e}. Чтобы узнать больше, напишите {contact} в контору {firm} в городе {city} или "
    "звоните {f}. Это вам ничего не стоит и ни к чему вас не обязывает.",
    "tr": "{firm} yatırımcılara {name} ve bazı yöneticileri hakkında {a} ile {b} arasında hisse alanlar adına dava açıldığını "
    "hatırlatır. Para kaybettiyseniz mahkemeden baş davacı olmayı istemek için {c} tarihine kadar vaktiniz var ve payınız "
    "buna bağlı değildir. Dava dilekçesine göre {name} bağlı şirketi {place} biriminin zararlarını gizledi ve {officer} "
    "istifa ettiği gün hisseler {d} düşerek {e} oldu. Daha çok bilgi için {city} kentindeki {firm} bürosundan {contact} ile "
    "görüşün veya {f} numarasını arayın. Bunun size bir masrafı ve yükümlülüğü yoktur.",
}
SUBJECTS = (
    {
        "firm": "Bragg",
        "name": "Torvik",
        "place": "Malden",
        "officer": "Wanda Holt",
        "contact": "Leo Mars",
        "city": "Ostra",
        "a": "3.4.2020",
        "b": "7.9.2021",
        "c": "12.3.2023",
        "d": "31,2",
        "e": "44,1",
        "f": "5550191",
    },
    {
        "firm": "Bragg",
        "name": "Ellmar",
        "place": "Quill",
        "officer": "Ruth Pelk",
        "contact": "Ida Venn",
        "city": "Ostra",
        "a": "15.6.2019",
        "b": "28.11.2022",
        "c": "24.10.2024",
        "d": "7,6",
        "e": "19,8",
        "f": "5558813",
    },
    {
        "firm": "Hartley",
        "name": "Sorano",
        "place": "Bexley",
        "officer": "Dwight Nolan",
        "contact": "Ola Kern",
        "city": "Velmore",
        "a": "21.1.2018",
        "b": "30.5.2020",
        "c": "6.8.2022",
        "d": "15,9",
        "e": "83,7",
        "f": "5556594",
    },
)
#: What an editor may put in the middle, so that slots have another length.
LOCAL = {
    "en": "A school principal in the county said that the news came as a surprise to many at the weekly meeting.",
    "es": "Un director de escuela de la comarca dijo que la noticia sorprendió a muchos en la reunión semanal.",
    "fr": "Une directrice d'école du comté a dit que la nouvelle en avait surpris beaucoup à la réunion du soir.",
    "ru": "Директор школы в округе сказал, что эта новость на еженедельном собрании удивила очень многих.",
    "tr": "İlçedeki bir okul müdürü haberin haftalık toplantıda birçok kişiyi çok şaşırttığını söyledi.",
}


@pytest.mark.parametrize("language", ALERTS)
def test_alerts_on_other_companies_or_of_other_firms_are_a_form(language: str) -> None:
    one, two, three = (ALERTS[language].format(**subject) for subject in SUBJECTS)
    first, rest = two.split(". ", 1)
    for a, b in ((one, two), (one, three), (two, three), (one, f"{first}. {LOCAL[language]} {rest}")):
        assert relation(a, b) in ("template", None)


@pytest.mark.parametrize("language", ALERTS)
def test_names_that_are_spelt_otherwise_are_no_other_subject(language: str) -> None:
    """Another transliteration, all the way, and a paragraph of the other outlet's own."""
    one = other = ALERTS[language].format(**SUBJECTS[0])
    for name, again in (("Torvik", "Thorwick"), ("Malden", "Mouldin"), ("Wanda", "Vanda"), ("Leo", "Lew")):
        other = other.replace(name, again)
    assert relation(one, other) in ("near_copy", "version")
    assert relation(one, f"{other}\n\n{LOCAL[language]}") in ("near_copy", "version")
    # A corrected figure is about the same company.
    assert relation(one, one.replace("31,2", "33,2")) == "near_copy"


#: A form of many short parts: openings, and a part that holds a name and figures.
PARTS = {
    "en": ("The {} ferry leaves from pier {} at {} past ten. Seats are free as long as they last. The fare is {} crowns.",
           ["North", "South", "East", "West", "Harbour", "Island", "Castle", "Market", "River", "Meadow"]),
    "de": ("Die Fähre {} legt an Steg {} um {} nach zehn ab. Plätze gibt es, solange der Vorrat reicht. Sie kostet {} Kronen.",
           ["Nord", "Süd", "Ost", "West", "Hafen", "Insel", "Schloss", "Markt", "Fluss", "Wiese"]),
    "ru": ("Паром {} отходит от причала {} в {} минут одиннадцатого. Места есть, пока они не заняты. Цена {} крон.",
           ["Север", "Юг", "Восток", "Запад", "Гавань", "Остров", "Замок", "Рынок", "Река", "Луг"]),
    "tr": ("{} vapuru {} numaralı iskeleden onu {} geçe kalkar. Yer oldukça bilet satılır. Ücreti {} krondur.",
           ["Kuzey", "Güney", "Doğu", "Batı", "Liman", "Ada", "Kale", "Pazar", "Nehir", "Çayır"]),
}  # fmt: skip


def timetable(language: str, seed: int) -> str:
    part, names = PARTS[language]
    chance = random.Random(seed)
    chosen = chance.sample(names, len(names))
    return " ".join(part.format(name, *(chance.randint(101, 999) for _ in range(3))) for name in chosen)


@pytest.mark.parametrize("language", PARTS)
def test_parts_in_another_order_with_other_figures_are_a_form(language: str) -> None:
    one, two = timetable(language, 1), timetable(language, 2)
    assert relation(one, two) in ("template", None)
    assert relation(one, one) == "identical"
    # A copy that lost its first parts keeps its figures.
    assert relation(one, one[len(one) // 5 :]) in ("version", "near_copy", "excerpt")
