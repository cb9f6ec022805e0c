"""Pages that have their text in lists, slides, captions, steps or a description, and others that must stay so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_pages import FOOT, MENU, OTHER, STORY, ld, page, paragraphs

from dedup.inputs.html.body import parse_html
from dedup.inputs.html.lost_text import Reading, fill_bare, fill_between, second_reading
from dedup.inputs.html.page_article import Hints, extract
from dedup.inputs.html.paragraphs import find_blocks, is_kin, kin_of

URL = "https://gazette.example/news/2024/05/02/harbour-to-close"
TITLE = "Harbour to close after crack in breakwater grows"
HEADING = f"<h1>{TITLE}</h1>"
INTRO = (
    "We have gone through the archive for you and show what the county talked about in a week of rain: a wall that "
    "nobody looked at for ninety years, and a small house on a hill in which people may borrow what they would never "
    "buy. Scroll on and see for yourself, or go and look."
)


def extracted(text: str, url: str = URL) -> dict[str, Any]:
    return extract(text.encode(), Hints(url=url))


def lines(text: str, story: tuple[str, ...] = STORY) -> list[str]:
    """The lines of a text that are of a story."""
    return [line for line in (each.lstrip("- ") for each in text.split("\n")) if line in story]


def items(story: tuple[str, ...], tag: str = "ul") -> str:
    return f"<{tag}>" + "".join(f"<li>{line}</li>" for line in story) + f"</{tag}>"


LINKS = "".join(f'<li><a href="/{n}">Section number {n} of the county</a></li>' for n in range(80))
DIALOGS = "<div class=dialog>" + paragraphs((
    "Your new password must have at least eight characters, a capital letter and a digit.",
    "Please delete the history of your browser and click on the link in our message once more.",
)) + "</div>"  # fmt: skip
EMBED = "<section class=embed><p>External content</p></section>"
SLIDES = "".join(
    f'<section class="slides s{n}"><div class=count>{n}/5</div><caption>{line}</caption></section>'
    for n, line in enumerate(STORY)
)
PROMOS = "".join(f'<p><a href="/{n}">Promotion {n} of our partners</a></p>' for n in range(6))
GALLERY = "".join(
    f"<figure><img src=/{n}.jpg><figcaption><p>{line}</p></figcaption></figure>" for n, line in enumerate(STORY + OTHER)
)


def bare(body: str, head: str = "") -> str:
    """A page without an element in which the extractor looks for a text: it takes paragraphs wherever they are."""
    return (
        f"<!DOCTYPE html><html lang=en-GB><head><title>{TITLE} - Eastport Gazette</title>{head}</head>"
        f"<body>{MENU}{body}{FOOT}</body></html>"
    )


def recipe(steps: Any) -> str:
    return bare(f"{HEADING}<div>{paragraphs(OTHER[:2])}</div>", ld({"@type": "Recipe", "recipeInstructions": steps}))


def module(story: tuple[str, ...], heading: str = "") -> str:
    """A part of a page that is an `article` element of its own."""
    body = f"<header>{heading}<div class=rich>{paragraphs(story)}</div></header>"
    return f"<section><article class=module>{body}</article></section>"


LONG = " ".join(STORY[:2])
#: Structures that lose text: the page, what it is read from, and the lines of the story that it has.
STRUCTURES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "most of it in lists": (
        bare(f"{HEADING}<div><span><p>{STORY[0]}</p>{items(STORY[1:4], 'ol')}<p>{STORY[4]}</p></span></div>"),
        "paragraphs",
        STORY,
    ),
    "a list among its paragraphs": (
        bare(f"{HEADING}<div>{paragraphs(STORY[:2])}{items(STORY[2:4])}{paragraphs(STORY[4:])}</div><p>{OTHER[0]}</p>"),
        "paragraphs",
        STORY,
    ),
    "modules, each an article": (
        page(EMBED.join((module(STORY[:2], HEADING), *(module((line,)) for line in STORY[2:])))),
        "paragraphs",
        STORY,
    ),
    "bare text before a line break": (
        page(f"{HEADING}<div class=text><div class=img><p>Photo: Eastport</p></div>{'<br><br>'.join(STORY)}</div>"),
        "paragraphs",
        STORY,
    ),
    "slides": (bare(f"{HEADING}<section class=show>{SLIDES}</section>{PROMOS}"), "paragraphs", STORY),
    "a gallery": (
        page(f"<article class='post gallery'>{HEADING}<div class=post-content><p>{INTRO}</p></div>{GALLERY}</article>"),
        "captions",
        (INTRO, *STORY, *OTHER),
    ),
    "a menu in its place": (
        page(f"<aside class=content>{HEADING}<div><p>{LONG}</p></div></aside><ul>{LINKS}</ul>"),
        "paragraphs",
        (LONG,),
    ),
    "steps of a recipe": (
        recipe([{"@type": "HowToStep", "text": line} for line in STORY]),
        "json-ld",
        (*OTHER[:2], *STORY),
    ),
    "steps in sections": (
        recipe([{"@type": "HowToSection", "itemListElement": list(STORY)}]),
        "json-ld",
        (*OTHER[:2], *STORY),
    ),
    "a film": (
        bare(f"{HEADING}<video src=/1.mp4></video>{DIALOGS}", f'<meta name="description" content="{STORY[0]}">'),
        "description",
        STORY[:1],
    ),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_text_is_found_in_every_structure(name: str) -> None:
    text, source, story = STRUCTURES[name]
    got = extracted(text)
    assert lines(got["text"], story) == list(story)
    assert got["meta"].get("text_from") == source
    assert not any(word in got["text"] for word in ("Section number", "password", "External", "Promotion", "Weather"))


LEAD = f"<article><div class=box>{HEADING}<p>{INTRO}</p>%s</div></article>"
#: What follows the paragraph that was taken for the text, and whether it continues it.
AFTER_LEAD = {
    "in its element": (LEAD % f"<div class=text><div class=paid>{LONG}</div></div>", True),
    "under a heading": (LEAD % f"<h3>You may like</h3><div class=text><div>{LONG}</div></div>", False),
    "in another element": (LEAD % "" + f"<div class=posts><p>{LONG}</p></div>", False),
    "after another paragraph": (
        LEAD % f"<div><p>{OTHER[0]}</p></div><div class=text><div>{LONG}</div></div>",
        False,
    ),
}


@pytest.mark.parametrize("name", AFTER_LEAD)
def test_what_continues_a_lead_is_in_its_element(name: str) -> None:
    body, continues = AFTER_LEAD[name]
    tree = parse_html(page(body))
    expected = Reading(f"{INTRO}\n{LONG}", "paragraphs") if continues else Reading(INTRO, "")
    assert second_reading(tree, INTRO, [TITLE], "", 0) == expected


POSTS = "".join(f'<article class="box post-{n}"><p>{line}</p></article>' for n, line in enumerate(OTHER * 2))
PICTURES = "".join(
    f'<figure><figcaption class="box"><p>{line} {n}</p></figcaption></figure>' for n, line in enumerate(OTHER * 2)
)
ANSWERS = "".join(f"<h4>Who lives in house {n}?</h4><p>Julia and her {n} dogs.</p>" for n in range(20, 28))
NOTES = "".join(f'<div class="note box"><div>{line}</div></div>' for line in OTHER)
SHORT = f"<article>{HEADING}{paragraphs(STORY[:2])}</article>"
#: Pages of a text to which nothing may be added.
OTHERS = {
    "posts without headings": page(
        f"<article class='box post-99'>{HEADING}<p>{LONG}</p></article><h3>More</h3>{POSTS}"
    ),
    "a gallery beside a short story": page(f"{SHORT}<div class='photo gallery'>{PICTURES}</div>"),
    "notes of one kind beside answers": page(f"<div class=entry>{HEADING}{ANSWERS}</div>{NOTES}"),
    "a description of the site": page(SHORT, head=f'<meta name="description" content="{OTHER[0]} {OTHER[1]}">'),
    "a description of the same": page(
        SHORT, head=f'<meta name="description" content="{TITLE}. {OTHER[0]} {STORY[1]}">'
    ),
    "steps that are the text": page(
        f"<article>{HEADING}{paragraphs(STORY)}</article>",
        head=ld({"@type": "Recipe", "recipeInstructions": list(STORY)}),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_whole_text_stays_as_it_is(name: str) -> None:
    got = extracted(OTHERS[name])
    assert "text_from" not in got["meta"]
    assert not any(line in got["text"] for line in OTHER)
    assert got["text"].count(STORY[0]) == (name != "notes of one kind beside answers")


def test_a_list_of_links_under_another_heading_is_none() -> None:
    """The introduction of a section is no article."""
    body = f"<aside class=content><h1>Sport</h1><div><p>{LONG}</p></div></aside><ul>{LINKS}</ul>"
    got = extracted(page(body, title="Sport"))
    assert got["meta"]["no_article"]["reason"] == "not_an_article"


THEME = "https://gazette.example/themen/sea/harbour"
ESSAY = paragraphs(tuple(f"{line} {OTHER[n % 4]}" for n, line in enumerate(STORY)))
TEASERS = "".join(f"<h2><a href=/{n}>Story {n} of a day</a></h2><p>{line}</p>" for n, line in enumerate(STORY + OTHER))


@pytest.mark.parametrize(
    ("body", "url", "is_article"),
    [
        (f"{HEADING}<div>{ESSAY}</div>", THEME, True),
        (f"{HEADING}<div>{TEASERS}</div>", THEME, False),
        (f"{HEADING}<div>{ESSAY.replace('</p>', ' …</p>')}</div>", THEME, False),
        (f"{HEADING}<div>{paragraphs(STORY[:2])}</div>", THEME, False),
        (f"{HEADING}<div>{ESSAY}</div>", "https://gazette.example/author/ines", False),
    ],
    ids=["an essay", "linked headings", "teasers", "few paragraphs", "the page of an author"],
)
def test_an_article_below_a_theme_is_one(body: str, url: str, is_article: bool) -> None:
    assert ("no_article" in extracted(page(body), url)["meta"]) is not is_article


@pytest.mark.parametrize(
    ("name", "kin"),
    [("slide-1", "slide-2"), ("flt slides", "slides flt active"), ("", ""), ("text", "comment")],
)
def test_like_elements_have_names_in_common(name: str, kin: str) -> None:
    tree = parse_html(f"<html><body><div id=a class='{name}'>x</div><div id=b class='{kin}'>y</div></body></html>")
    a, b = (kin_of(tree.get_element_by_id(mark)) for mark in "ab")
    assert is_kin(a, b) is (name not in ("", "text"))


@pytest.mark.parametrize(
    ("part", "is_filled"),
    [
        (items(OTHER), True),
        ("<p>" + "</p><p>".join(OTHER) + "</p>", True),
        (f"<div class=fold>Unfold<br>{'<br><br>'.join(OTHER)}</div>", False),
        (f"<div class=fold><p>{'</p><p>'.join(OTHER)}</p></div>", False),
        (items(OTHER) + items(OTHER), True),
        (f"<div class=more>{items(tuple(f'<a href=/1>{line}</a>' for line in OTHER))}</div>", False),
    ],
    ids=["a list", "paragraphs beside", "a box", "a box of paragraphs", "a list twice", "links"],
)
def test_lists_and_like_paragraphs_are_filled_in(part: str, is_filled: bool) -> None:
    body = f"<div class=text>{paragraphs(STORY[:3])}{part}{paragraphs(STORY[3:])}</div>"
    filled = fill_between(find_blocks(parse_html(page(body))), "\n".join(STORY)).text.split("\n")
    assert filled == [*STORY[:3], *(OTHER if is_filled else ()), *STORY[3:]]


BARE = f"<div class=text>{'<br><br>'.join(STORY)}</div><div class=next>{'<br><br>'.join(OTHER)}</div>"


@pytest.mark.parametrize("missing", [(0,), (4,), (0, 4), (1, 2), (0, 1, 2)])
def test_bare_lines_are_filled_in_where_they_stood(missing: tuple[int, ...]) -> None:
    text = "\n".join(["A heading of mine", *(line for n, line in enumerate(STORY) if n not in missing), "The end"])
    found = fill_bare(parse_html(page(BARE)), text)
    assert found.source == "paragraphs"
    assert lines(found.text) == list(STORY)
    assert not any(line in found.text for line in OTHER)
    assert found.text.split("\n")[-1] == "The end"


def test_no_line_is_filled_in_that_is_there() -> None:
    """Characters that are not seen make no other line, nor do paragraphs in elements of their own."""
    text = "\n".join(STORY)
    assert fill_bare(parse_html(page(BARE.replace("harbour", "har\u00adbour"))), text) == Reading(text, "")
    boxed = page(BARE.replace("<br><br>", "</p><p>").replace("<div class=text>", "<div class=text><p>"))
    assert fill_bare(parse_html(boxed), "\n".join(STORY[1:])) == Reading("\n".join(STORY[1:]), "")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["p", "li", "ul", "div", "article", "h1", "br", "b"]), min_size=1, max_size=30))
def test_the_own_lines_of_a_filled_text_stay(tags: list[str]) -> None:
    """Whatever is filled in, a text keeps its lines in their order, and no line of the page is there twice."""
    markup = "".join(f"<{tag}>{n}: {(STORY + OTHER)[n % 9]}" for n, tag in enumerate(tags))
    blocks = find_blocks(parse_html(f"<html><body><div class=a>{markup}</div></body></html>"))
    own = [block.text for block in blocks[::2]]
    filled = fill_between(blocks, "\n".join(own)).text.split("\n")
    assert [line for line in filled if line in own] == own
    assert len(filled) <= max(1, len(blocks))
