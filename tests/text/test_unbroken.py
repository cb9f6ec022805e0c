"""The foot of a text without line breaks, links to other stories, what a release says of its issuer, shared blocks."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from short_stories import STORIES

from dedup.inputs.batch import text_array
from dedup.languages import lexicon
from dedup.text.boilerplate.learning import BoilerplateBlock, BoilerplateModel
from dedup.text.boilerplate.zones import strip
from dedup.text.tokens import tokenise

TITLE = "Quite another headline of another story"
MORE = (
    "The first boat will leave at six in the morning on Saturday, and the ride will be free for the whole week.",
    "A decision on the western terminal is expected in September, but nobody knows who is to pay for its repair.",
    "The work had been planned for spring, until two storms flooded the site and washed a crane into the bay.",
)
STORY = " ".join([*STORIES["en"][:3], *MORE])
#: Sentences of stories in five languages.
SENTENCES = [*MORE, *(sentence for name in ("en", "de", "ru", "tr", "pt") for sentence in STORIES[name][:3])]
TEASERS = (
    "Storm closes northern ports for third day The harbour office said that no boat would leave before the wi... "
    "Baker finds old coins under oven Council votes on tram line The vote was put off twice since the committee co... "
)
#: Headings of other stories in the middle of a line, by language.
HEADINGS = [
    "Related stories", "Read also:", "Most read today", "You may also like", "Lesen Sie auch:", "Mehr zum Thema",
    "Noticias relacionadas", "Lea también:", "Sur le même sujet", "Lire aussi :", "Leia também:", "Leggi anche:",
    "Lees ook:", "Läs också:", "Læs også:", "Les også:", "Lue myös:", "Czytaj także:", "Čtěte také:", "Citește și:",
    "Читайте также:", "Читайте також:", "Прочетете още:", "Διαβάστε επίσης:", "İlgili Haberler", "Baca juga:",
]  # fmt: skip
#: `About Calder Marine`, by language.
ABOUT = [
    "About", "Über", "Acerca de", "À propos de", "Informazioni su", "Over", "Sobre", "Om", "O firmie", "O společnosti",
    "O spoločnosti", "Despre", "О компании", "Про компанію", "Σχετικά με", "Tentang", "O tvrtki", "O podjetju", "Apie",
    "Par", "Rreth", "Quant a",
]  # fmt: skip
PROVIDED = [
    "This story was provided by Calder News.", "Dieser Artikel wurde bereitgestellt von Calder News.",
    "Cet article a été fourni par Calder News.", "Este artículo fue proporcionado por Calder News.",
    "Questo articolo è stato fornito da Calder News.", "Este artigo foi fornecido por Calder News.",
    "Dit artikel is aangeleverd door Calder News.", "Artikeln tillhandahålls av Calder News.",
    "Artiklen er leveret af Calder News.", "Artikkelen er levert av Calder News.",
    "Materiał dostarczony przez Calder News.", "Tento článek poskytla Calder News.",
    "Tento článok poskytla Calder News.", "Acest articol a fost furnizat de Calder News.",
    "Материал предоставлен Calder News.", "Матеріал надано Calder News.", "Материалът е предоставен от Calder News.",
    "Artikel ini disediakan oleh Calder News.", "Tämän artikkelin on toimittanut Calder News.",
    "Bài viết được cung cấp bởi Calder News.",
]  # fmt: skip
LINKS = [
    "Read the full story on The York Herald", "Continue reading at Vernon Daily", "Weiterlesen bei Calder Kurier",
    "Leer más en Diario de Calder", "Leia mais em Folha de Calder", "Lire la suite sur Calder Matin",
]  # fmt: skip
#: What stands in or behind a story and looks like a foot.
KEPT = [
    "Related stories have been sent to every newspaper of the county since the spring, and in all of them none of the "
    "editors has found a word to print.",
    "Read more of what The Mayor wrote, and you will find that she never promised anything to the harbour.",
    "About Carter she said nothing at all, and the Senate did not ask her about Carter before it voted.",
    "This story was told to him by his grandmother, who had heard it from a sailor in the year of the flood.",
]
BYLINES = [
    ("By Jane Roe", "The harbour will reopen on Monday."), ("By Jane Roe", "LINDHAVEN (AP) — The harbour will reopen."),
    ("By Jane Roe", "“The harbour will reopen,” she said."), ("Von Petra Kranz", "Die Stadt öffnet den Hafen wieder."),
    ("Por Ana Ruiz", "Según la alcaldesa, el puerto abre el lunes."),
    ("Par Jeanne Roux", "Selon la mairie, le port rouvre."),
    ("Por Rui Alves", "Segundo a prefeitura, o porto reabre."), ("Di Anna Neri", "Secondo il comune il porto riapre."),
    ("Door Jan Smit", "Volgens de stad gaat de haven open."), ("Av Anna Berg", "Enligt staden öppnar hamnen."),
    ("By Jane Roe", "Harbour Authority officials said that it would reopen."),
]  # fmt: skip


def body(text: str) -> str:
    return strip(text_array([text]), text_array([TITLE])).tokens.text(0)


def words(text: str) -> str:
    return tokenise(text_array([text])).text(0)


@pytest.mark.parametrize("heading", HEADINGS)
def test_headlines_behind_a_heading_within_a_line_are_no_story(heading: str) -> None:
    assert body(f"{STORY} {heading} {TEASERS}") == words(STORY)
    assert body(f"{STORY} {heading} {TEASERS}All rights reserved.") == words(STORY)


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_story_that_goes_on_behind_headlines_is_kept(heading: str) -> None:
    text = f"{STORY} {heading} {TEASERS}{' '.join(STORIES['de'][:3])}"
    assert body(text).endswith(words(" ".join(STORIES["de"][:3])))


@pytest.mark.parametrize(
    "heading", ["Read more", "Read also:", "Leggi anche:", "Lees ook:", "Baca juga:", "Läs också:"]
)
def test_a_link_on_its_own_line_heads_headlines(heading: str) -> None:
    first, last = STORIES["de"][:2]
    assert words("Baker finds old coins") not in body(f"{STORY}\n\n{heading}\n\nBaker finds old coins under oven")
    text = f"{STORY}\n\n{heading}\n\nBaker finds old coins under oven\n\n{first}\n\n{last}"
    assert body(text).endswith(words(f"{first} {last}"))
    if heading == "Read more":  # the others are headings of lists too
        assert body(f"{STORY}\n\n{heading}\n\n{first}").endswith(words(first))


@pytest.mark.parametrize("about", ABOUT)
def test_what_a_release_says_of_its_issuer_is_no_story(about: str) -> None:
    release = f"Calder Marine said on Monday that it had bought two ferries. {STORY}"
    described = "Calder Marine builds ferries in nine countries. Media contact: Jane Roe."
    for text in (f"{release}\n\n{about} Calder Marine\n\n{described}", f"{release} {about} Calder Marine: {described}"):
        assert body(text) == words(release)


def test_a_section_on_somebody_is_no_description_of_an_issuer() -> None:
    for heading, text in [("Calder Marine", "It builds ferries."), ("Page", "Other targets deny what he wrote.")]:
        story = f"{heading} was in the news. {STORY}\n\nAbout {heading}\n\n{text}"
        assert body(story).endswith(words(text))


@pytest.mark.parametrize("line", [*PROVIDED, *LINKS])
def test_who_provided_a_story_is_no_story(line: str) -> None:
    assert body(f"{STORY}\n\n{line}") == words(STORY)


@pytest.mark.parametrize("line", KEPT)
def test_sentences_that_begin_like_a_foot_stay(line: str) -> None:
    for text in (f"{STORY} {line}", f"{STORY}\n\n{line}", f"{STORY} {line} {STORIES['de'][0]}"):
        assert body(text) == words(text)


@pytest.mark.parametrize(("byline", "story"), BYLINES)
def test_a_byline_ends_where_a_sentence_begins(byline: str, story: str) -> None:
    found = body(f"{byline} {story} {STORY}")
    assert not found.startswith(words(byline))
    assert found.endswith(words(f"{story.split('—')[-1]} {STORY}"))


def test_words_that_begin_sentences_are_single_words() -> None:
    tokens = tokenise(text_array(lexicon.words("sentence_word")))
    assert {len(tokens.words(i)) for i in range(len(tokens))} <= {1, 2}  # `c'est`


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=4, max_size=12))
def test_texts_of_sentences_without_line_breaks_are_untouched(sentences: list[str]) -> None:
    text = " ".join(dict.fromkeys(sentences))
    assert body(text) == words(text)


def test_blocks_that_two_sites_have_learned_are_boilerplate_everywhere() -> None:
    shared = BoilerplateBlock("enter your address and we will send you the biggest stories", 5)
    short = BoilerplateBlock("give now and help us", 5)
    own = BoilerplateBlock("the harbour paper is part of the northern media group", 5)
    model = BoilerplateModel.of({"a.example": (9, [shared, short, own]), "b.example": (9, [shared, short])})
    assert len(model.shared) == 1
    assert model.shared.dtype == np.uint64
    assert BoilerplateModel.from_bytes(model.to_bytes()).slots.tolist() == model.slots.tolist()
    foot = "Enter your address and we will send you the biggest stories."
    others = ["Give now and help us.", "The harbour paper is part of the Northern Media Group."]
    for domain in ("c.example", None):
        rows = text_array([f"{STORY}\n\n{foot}", *(f"{STORY}\n\n{line}" for line in others), STORY])
        domains = text_array([domain] * 4) if domain else text_array([""] * 4)
        tokens = strip(rows, None, domains, model).tokens
        assert tokens.text(0) == words(STORY)
        assert [tokens.text(i) for i in (1, 2, 3)] == [words(f"{STORY} {line}") for line in [*others, ""]]


def test_phrases_of_issuers_are_in_twenty_languages() -> None:
    count = sum(
        "issuer" in json.loads(path.read_text()).get("boilerplate", {})
        for path in lexicon.FOLDER.iterdir()
        if path.name.endswith(".json") and path.name != "word_lists.json"
    )
    assert count >= 20
