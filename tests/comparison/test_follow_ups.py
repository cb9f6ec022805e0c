# ruff: noqa: E501  (stories are data)
"""Follow-ups that repeat a background, updates under a new lead, shared quotations, forms about others, flashes."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import pytest

import dedup

sys.path.append(str(Path(__file__).parents[1] / "evidence"))

from origin_cases import STORIES
from test_relate import prose, scattered, words_of
from test_unequal_lengths import SCRIPTS, in_script

#: By language: three other stories, an update's lead, a paragraph that an update adds.
LEADS = {
    "en": (
        "The ombudsman said on Thursday she would examine whether councillors saw the complete review before they voted. "
        "Vera Kallin has received 212 complaints, and two engineers have offered to give evidence.",
        "Protesters chained themselves to the landing stage on Saturday morning, and police carried eleven of them off "
        "after four hours. Two cows stood on the ramp while a crowd of 350 sang on the quay.",
        "A bus driver was charged on Wednesday with leaving nineteen schoolchildren behind in the rain. His company "
        "apologised to their parents and suspended him until a judge has heard the case.",
    ),
    "de": (
        "Die Bürgerbeauftragte prüft, ob der Rat vor der Abstimmung das vollständige Gutachten kannte. Bei Vera Kallin "
        "gingen 212 Beschwerden ein, zwei Ingenieure haben sich als Zeugen angeboten, sagte sie am Donnerstag.",
        "Demonstranten haben sich am Samstag an einen Anleger gekettet, nach vier Stunden trug die Polizei elf von ihnen "
        "weg. Zwei Kühe standen auf der Rampe, rund 350 Menschen sangen dazu.",
        "Ein Busfahrer steht vor Gericht, weil er neunzehn Schulkinder im Regen stehen ließ. Sein Unternehmen "
        "entschuldigte sich am Mittwoch bei allen Eltern und stellte ihn vorläufig frei.",
    ),
    "fr": (
        "La médiatrice examinera si les élus avaient lu toute l'étude avant de voter. Vera Kallin a reçu 212 plaintes et "
        "deux ingénieurs se sont proposés comme témoins, a-t-elle dit jeudi matin.",
        "Des manifestants se sont enchaînés samedi à un ponton et la police en a délogé onze au bout de quatre heures. "
        "Deux vaches occupaient la rampe tandis que 350 personnes chantaient.",
        "Un chauffeur d'autocar est jugé pour avoir laissé dix-neuf écoliers sous la pluie. Sa compagnie a présenté "
        "mercredi des excuses aux parents et l'a suspendu jusqu'au jugement.",
    ),
    "pl": (
        "Rzeczniczka zbada, czy radni znali pełny przegląd przed głosowaniem. Vera Kallin otrzymała 212 skarg, a dwaj "
        "inżynierowie zgłosili się jako świadkowie, powiedziała w czwartek dziennikarzom w swoim biurze na starym rynku.",
        "Protestujący przykuli się w sobotę do pomostu, a po czterech godzinach policja wyniosła jedenaście osób. Dwie "
        "krowy stały na rampie, śpiewało około 350 ludzi, którzy przyszli z obu stron rzeki.",
        "Kierowca odpowie przed sądem, bo zostawił dziewiętnaścioro uczniów w deszczu. Firma przeprosiła w środę "
        "rodziców i zawiesiła go do czasu wyroku, który ma zapaść jeszcze tej wiosny.",
    ),
}


def relation(a: str, b: str) -> str | None:
    match = dedup.compare(a, b)
    return None if match is None else str(match.relation)


def background(language: str) -> str:
    return "\n\n".join(STORIES[language])


# In the other languages leads of thirty words have too many small words in common that so short a story lacks.
@pytest.mark.parametrize("language", ["en", "pl"])
def test_other_stories_with_one_background_overlap(language: str) -> None:
    for a, b in combinations(LEADS[language], 2):
        assert relation(f"{a}\n\n{background(language)}", f"{b}\n\n{background(language)}") == "overlap"


@pytest.mark.parametrize("language", LEADS)
def test_an_update_is_a_copy(language: str) -> None:
    """What is new stands above or below the old lead, or the old lead is told anew."""
    story, (news, more, _) = background(language), LEADS[language]
    first, rest = story.split("\n\n", 1)
    words = first.split()
    again = " ".join([*words[len(words) // 3 :], *words[: len(words) // 3]])
    for update in (f"{first}\n\n{news}\n\n{rest}", f"{story}\n\n{news}", f"{again}\n\n{rest}\n\n{more}"):
        assert relation(story, update) in ("near_copy", "version", "excerpt"), update


QUOTE = (
    "“We will never accept that the people of the western bank are told to drive for half an hour because a boat was "
    "not painted in time. We ask the commissioner to withdraw the plan, to publish every page of the review and to meet "
    "the families who depend on the crossing,” said {}."
)


def test_a_quotation_in_two_short_stories_is_no_pair() -> None:
    a = "The council will close three of its nine ferries by the end of October, officials said. " + QUOTE.format(
        "Ola Venn"
    )
    b = (
        "A court in Ostrand ordered the yard to pay 18 million crowns to the families of four workers who died in 2022, "
        "and gave two managers suspended sentences of 14 months. " + QUOTE.format("the party leader in a statement")
    )
    assert relation(a, b) is None


NOTICE = (
    "{name}, {age}, of Brackley, passed away peacefully on Sept. {day}, surrounded by family. Born in Brackley, {first} "
    "worked for many years {trade} and will be remembered for kindness, laughter and love of the outdoors. A funeral "
    "service will be held at St. Anne Church at 11 a.m., with burial to follow in the parish cemetery. Family and friends "
    "may call from 4 to 8 p.m. the evening before at the funeral home. In lieu of flowers, donations may be made to the "
    "local hospice."
)
PEOPLE = (
    NOTICE.format(name="Martha Ellwin", age=88, day=3, first="Martha", trade="as a school nurse"),
    NOTICE.format(name="Ruth Ann Pelk", age=94, day=9, first="Ruth", trade="in the county library"),
    NOTICE.format(name="Gerald Toomey", age=71, day=5, first="Gerald", trade="at the paper mill"),
)


def test_notices_on_other_people_are_a_form() -> None:
    for a, b in combinations(PEOPLE, 2):
        assert relation(a, b) in ("template", None)


def test_a_corrected_notice_is_a_copy() -> None:
    corrected = PEOPLE[0].replace("11 a.m.", "10 a.m.").replace("Martha Ellwin", "Martha J. Ellwin")
    assert relation(PEOPLE[0], corrected) == "near_copy"


@pytest.mark.parametrize(
    "other",
    [
        "Velmore opens three river ferries after review finds repairs cost too little",
        "Velmore closes two river bridges after review finds repairs cost too much",
    ],
)
def test_a_headline_that_says_something_else_is_no_copy(other: str) -> None:
    headline = "Velmore closes three river ferries after review finds repairs cost too much"
    assert relation(headline, other) in ("template", None)
    assert relation(headline, f"Opinion | {headline}") in ("near_copy", "identical")


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 3, 0, 1), (1, 3, 0, 2)])
def test_a_background_in_any_order_and_edited_here_and_there_is_an_overlap(script: str, order: tuple[int, ...]) -> None:
    """Each has a lead of its own, and four paragraphs of an earlier story below."""
    words = words_of(20, 480)
    paragraphs = [scattered(words[low : low + 120], 0.03, low) for low in range(0, 480, 120)]
    first = [*words_of(21, 170), *words]
    second = [*words_of(22, 210), *(word for place in order for word in paragraphs[place])]
    assert relation(in_script(prose(first, 1), script), in_script(prose(second, 2), script)) == "overlap"


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_lead_told_anew_is_a_version(script: str) -> None:
    """Of a lead every third word is another; or its sentences are told in another order."""
    words, new = words_of(23, 480), words_of(24, 60)
    again = scattered(words[:90], 0.35, 5)
    turned = [*words[45:90], *words[:45]]
    for lead in (again, turned, [*new, *words[:90]]):
        other = [*lead, *words[90:400], *words_of(25, 160)]
        found = relation(in_script(prose(words, 1), script), in_script(prose(other, 2), script))
        assert found in ("version", "near_copy"), lead[:5]


def test_a_lead_that_names_the_same_is_a_version() -> None:
    """Not one phrase of it stands in the other."""
    background = "\n\n".join([background_of(seed) for seed in (31, 32, 33)])
    one = (
        "Ola Venn, the mayor of Velmore, resigned on 14 March over the sale of 9 ferries to the Kestrel Line, Harbour "
        "Street said. " + prose(words_of(34, 170), 3)
    )
    two = (
        "The sale that brought the Kestrel Line 9 ferries on 14 March has cost Velmore its mayor: from Harbour Street "
        "came word that Ola Venn has gone. " + prose(words_of(35, 190), 4)
    )
    three = two.replace("Velmore", "Ostrand").replace("Kestrel", "Brackley").replace("Ola Venn", "Ruth Pelk")
    assert relation(f"{one}\n\n{background}", f"{two}\n\n{background}") == "version"
    assert relation(f"{one}\n\n{background}", f"{three}\n\n{background}") == "overlap"


def background_of(seed: int) -> str:
    return prose(words_of(seed, 200), seed)
