"""No words of a story are cut with what stands in it: names, invitations to read on, headings, subheads, headlines."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st
from short_stories import STORIES

import dedup
from dedup.inputs.batch import text_array
from dedup.languages import lexicon
from dedup.text.boilerplate.zones import strip
from dedup.text.repair.encoding import repair_encoding
from dedup.text.tokens import tokenise

#: Sentences of a story, and a headline, of several languages.
#: Invitations to read on, and the most words of a block with each.
INVITATIONS = {rule.phrase: rule.max_tokens for rule in lexicon.boilerplate() if rule.kind == "read_also"}


def words(text: str) -> list[str]:
    return tokenise(text_array([text])).text(0).split()


def body(text: str) -> list[str]:
    return (
        strip(pa.array([text], pa.large_string()), pa.array(["Another headline of another story"]))
        .tokens.text(0)
        .split()
    )


def test_invitations_to_read_on_are_known_in_many_languages() -> None:
    assert len(INVITATIONS) >= 50


@pytest.mark.parametrize("phrase", INVITATIONS)
@pytest.mark.parametrize("language", STORIES)
def test_an_invitation_takes_no_sentence_of_a_text_without_line_breaks(language: str, phrase: str) -> None:
    first, second, third, _ = STORIES[language]
    text = f"{first} {second} {third} {phrase.capitalize()}: {third} {second} {first} {second}"
    story = words(f"{first} {second} {third} {third} {second} {first} {second}")
    left = body(text)
    # A phrase that its rule allows on short lines alone stays; a script without capitals shows no sentence.
    assert left == story or left == words(text)
    assert left == story or INVITATIONS[phrase] < 25 or phrase.capitalize() == phrase


@pytest.mark.parametrize("phrase", INVITATIONS)
@pytest.mark.parametrize("language", STORIES)
def test_a_line_of_invitation_goes_with_its_headline(language: str, phrase: str) -> None:
    first, second, third, headline = STORIES[language]
    text = f"{first} {second}\n\n{phrase.capitalize()}: {headline}\n\n{third} {first} {second}"
    assert body(text) == words(f"{first} {second} {third} {first} {second}")


@pytest.mark.parametrize("heading", ["Leia mais", "LEIA TAMBÉM", "Related articles", "MORE STORIES", "Lesen Sie auch"])
@pytest.mark.parametrize("language", STORIES)
@pytest.mark.parametrize("headlines", [1, 3])
def test_the_story_goes_on_behind_headlines_of_others(language: str, heading: str, headlines: int) -> None:
    first, second, third, headline = STORIES[language]
    story = "\n\n".join([first, second, third])
    text = f"{story}\n\n{heading}\n\n" + f"{headline}\n\n" * headlines + story
    assert body(text) == words(f"{story} {story}")


@pytest.mark.parametrize("heading", ["Leia mais.", "LEIA MAIS:", "MOST READ IN", "RELATED STORIES", "VEJA TAMBÉM:"])
@pytest.mark.parametrize("language", STORIES)
def test_a_heading_in_a_text_without_line_breaks_takes_no_prose(language: str, heading: str) -> None:
    first, second, third, headline = STORIES[language]
    text = f"{first} {second} {third} {heading} {headline} {first} {second} {third} {second}"
    left = body(text)
    after = words(f"{headline} {first} {second} {third} {second}")
    assert left[-len(after) :] == after
    assert left[: len(words(first))] == words(first)


@pytest.mark.parametrize("name", ["Político.", "Ata.", "Reuters", "The Guardian", "AFP", "DHA", "Le Monde"])
def test_the_name_of_an_agency_within_a_story_is_a_subhead(name: str) -> None:
    first, second, third, _ = STORIES["pt"]
    story = f"{first}\n\n{second}\n\n{third}"
    more = " ".join(STORIES["en"][:3])
    assert body(f"{story}\n\n{name}\n\n{more}") == words(f"{story} {name} {more}")
    assert body(f"{story}\n\n{name}") == words(story)
    assert body(f"{name}\n\n{story}") == words(story)


@pytest.mark.parametrize(
    "headline",
    [
        '"Tô Feliz (Matei o Presidente) – clipe sai na sexta-feira',
        "VESTIR 100 PEÇAS DE ROUPA – desafio chega ao fim",
        "Estancando a sangria (parte 2): o que vem agora",
        "RIO 2016 – a festa acabou",
        "“JÊNIOS” – a nova série estreia hoje",
        "FEMA trailers — and what became of them",
        "LAJM I MADH NGA GJERMANIA – çfarë ndodhi sot",
        "Согласно результатам опроса, 17:30 — лучшее время для обеда",
        "The choice (and remember, death is not an option): stay or go",
        "[VÍDEO] LULA – veja o discurso",
        "NASA launches rocket – The agency said so",
        "Айр 38 - 17 Мелроуз",
    ],
)
def test_a_headline_is_no_dateline(headline: str) -> None:
    first, second, _, _ = STORIES["pt"]
    assert body(f"{headline}\n\n{first} {second}") == words(f"{headline} {first} {second}")


@pytest.mark.parametrize(
    "dateline",
    [
        "BRASÍLIA – ", "SÃO PAULO – ", "RIO DE JANEIRO, Brasil — ", "WASHINGTON, D.C. (AP) — ",
        "PORT OF SPAIN, Trinidad — ",
        "GRAND FORKS AIR FORCE BASE, N.D. — ", "FERGUSON, Mo. (KMOV.com) -- ", "CHICAGO (FOX 32 News) - ",
        "Lahore (APP): ", "МОСКВА, 3 марта (ТАСС) - ", "ΑΘΗΝΑ (ΑΠΕ) - ", "Paris (AFP) – ", "İSTANBUL (AA) - ",
    ],
)  # fmt: skip
def test_a_place_is_a_dateline(dateline: str) -> None:
    first, second, _, _ = STORIES["pt"]
    assert body(f"{dateline}{first} {second}") == words(f"{first} {second}")


NAMES = [
    "o ex-presidente Luiz Inácio Lula da Silva",
    "the former prime minister Sir Winston Leonard Spencer Churchill",
    "президент Российской Федерации Владимир Владимирович Путин",
    "Cumhurbaşkanı ve parti genel başkanı Recep Tayyip Erdoğan",
]


def bodies(some: list[dict[str, Any]]) -> list[list[str]]:
    with dedup.scan(some, threads=1) as result:
        model = result.furniture
    domains, texts = ([row[name] for row in some] for name in ("domain", "text"))
    tokens = strip(text_array(texts), None, text_array(domains), model).tokens
    return [tokens.text(i).split() for i in range(len(some))]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("breaks", [False, True])
@pytest.mark.parametrize("size", [12, 60])
def test_a_name_of_many_stories_is_no_furniture(name: str, breaks: bool, size: int) -> None:
    """It stands within sentences, among words that change, as on the pages of a site that loses line breaks."""
    texts = []
    for i in range(size):
        before, after, *rest = (strategies.invented(f"name {i} {j}", 19) for j in range(6))
        sentences = [f"{' '.join(before).capitalize()} {name} {' '.join(after)}."]
        sentences += [f"{' '.join(some).capitalize()}." for some in rest]
        order = sentences[1:3] + sentences[:1] + sentences[3:]
        texts.append(("\n\n" if breaks else " ").join(order if i % 6 else sentences))
    rows = [{"id": str(i), "domain": "lindhaven.example", "text": text} for i, text in enumerate(texts)]
    assert bodies(rows) == [words(text) for text in texts]


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(36, 60), st.sampled_from(["AD", "Sector performance", "Perspectives"]))
def test_prose_behind_a_recurring_line_is_no_list_of_headlines(seed: int, size: int, heading: str) -> None:
    """Its sentences may be long; a paragraph is longer than a headline."""
    texts = []
    for i in range(12):
        lead, *paragraphs = (strategies.invented(f"{seed} {i} {j}", size) for j in range(4))
        lines = [f"{' '.join(some).capitalize()}." for some in [lead, *paragraphs]]
        texts.append("\n".join([lines[0], lines[1], heading, lines[2], heading, lines[3]]))
    rows = [{"id": str(i), "domain": "lindhaven.example", "text": text} for i, text in enumerate(texts)]
    for found, text in zip(bodies(rows), texts, strict=True):
        assert [word for word in found if word not in words(heading)] == [
            word for word in words(text) if word not in words(heading)
        ]


def test_an_ellipsis_among_control_characters_is_read() -> None:
    """Alone U+0085 may be a line break, and stays."""
    assert repair_encoding("No meio da rua\x85 Ele disse: \x93Sim\x94.")[0] == "No meio da rua… Ele disse: “Sim”."
    assert repair_encoding("uma linha\x85outra linha")[0] == "uma linha\x85outra linha"


CAPTIONS = [
    "Marta Okonjo opens the gate of the eastern terminal in Lindhaven on Monday, March 3. (AP Photo/Jane Roe)",
    "The harbour has been closed for months, and nobody knew why it took so long. Video provided by Newsy",
    "Harbour opens again\n\nJane Roe and John Doe\n\nUSA TODAY",
    "Site Mobile Navigation\n\nXinhua | Updated: 2017-09-15 21:45",
]


@pytest.mark.parametrize("caption", CAPTIONS)
@pytest.mark.parametrize(
    "dateline", ["LINDHAVEN (AP) — ", "LINDHAVEN, Norway — ", "Lindhaven (Reuters) - ", "LINDHAVEN — "]
)
@pytest.mark.parametrize("language", ["pt", "en", "de", "tr"])
def test_the_head_of_a_page_ends_at_the_dateline(language: str, dateline: str, caption: str) -> None:
    first, second, third, _ = STORIES[language]
    assert body(f"{caption}\n\n{dateline}{first}\n\n{second}\n\n{third}") == words(f"{first} {second} {third}")


@pytest.mark.parametrize("dateline", ["NOTE - ", "CORN -- 1986 ", "4 UNDER MAY — ", "EXPORTERS APRIL, 4 UNDER MAY - "])
def test_a_table_has_no_dateline(dateline: str) -> None:
    first, second, third, _ = STORIES["en"]
    text = f"Net 10.94 mln vs 19.15 mln\n\nShr 16.7 cents vs 29.4\n\n{dateline}{first} {second} {third}"
    assert body(text) == words(text)


@pytest.mark.parametrize("language", STORIES)
def test_a_paragraph_before_a_dateline_stays(language: str) -> None:
    """A digest has several places; what stands before the second is a story."""
    first, second, third, _ = STORIES[language]
    text = f"{first}\n\nLINDHAVEN (AP) — {second}\n\n{third}"
    assert body(text) == words(text)
