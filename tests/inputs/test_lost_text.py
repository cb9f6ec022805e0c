"""Pages on which an extractor loses most of the text: one for each structure, and pages that must stay as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_pages import FOOT, MENU, OTHER, STORY, article, ld, news, page, paragraphs

from dedup.inputs.html.lost_text import article_body, needs_second_reading, script_text, share_held
from dedup.inputs.html.page_article import Hints, extract
from dedup.inputs.html.page_types import words
from dedup.inputs.html.paragraphs import find_blocks, main_blocks, size_of
from dedup.inputs.html.urls import is_front_page

URL = "https://gazette.example/news/2024/05/02/harbour-to-close"
TITLE = "Harbour to close after crack in breakwater grows"
HEADING = f"<h1>{TITLE}</h1>"
LEAD = "Ships must keep away from Eastport, and divers have found out why they should."
COMMENT = (
    "I have sailed past that wall for forty years, and nobody who has will be surprised. My brother wrote to the "
    "council about it twice and got a form letter back both times, signed by a machine."
)


def extracted(text: str, **hints: Any) -> dict[str, Any]:
    return extract(text.encode(), Hints(url=URL, **hints))


def kept(text: str) -> list[str]:
    """The lines of a text that are paragraphs of the story."""
    return [line for line in text.split("\n") if line in STORY]


def teaser(n: int) -> str:
    return (
        f'<article class="teaser"><h3><a href="/news/{n}">Story {n} of a long day in the county</a></h3>'
        f"<p>{OTHER[n % len(OTHER)]}</p></article>"
    )


ADS = '<div class="ad-slot"><p>Advertisement</p></div>'


def split_by_ads(tag: str, name: str) -> str:
    """A story whose paragraphs are in several containers of one class, with advertisements between."""
    parts = [STORY[:2], STORY[2:3], STORY[3:]]
    inner = ADS.join(f'<{tag} class="{name}">{paragraphs(part)}</{tag}>' for part in parts)
    return f'<article class="article">{HEADING}<div class="container">{inner}</div></article>'


def hydrated(story: tuple[str, ...]) -> str:
    """A script that holds the markup of a story twice: within a larger value, and alone."""
    markup = "".join(f'<p class="editor-p">{line}</p>' for line in story)
    state = json.dumps({"article": {"contentHtml": markup, "paperPage": "4"}}).replace("<", "\\u003c")
    push = f"self.__next_f.push({json.dumps([1, state])});self.__next_f.push({json.dumps([1, markup])})"
    return "<script>" + push.replace("<", "\\u003c") + "</script>"


#: Structures that lose text: the body of a page, and the head.
STRUCTURES = {
    "split by advertisements": (split_by_ads("div", "article__content"), ""),
    "split, classes of a grid": (split_by_ads("div", "sidebar-grid__content article__content"), ""),
    "split, sections": (split_by_ads("section", "body articleBody"), ""),
    "streamed into a hidden element": (
        f"<div id=app></div><div hidden id='S:1'>{HEADING}<span class=lead>{LEAD}</span>"
        f"<div class='prose mt-2'>{paragraphs(STORY)}</div></div>",
        "",
    ),
    "hidden until it is unfolded": (
        f"{HEADING}<div class='post-text'><p>{LEAD}</p><div class='hideable' id='post-text-hidden' "
        f"style='display:none'>{paragraphs(STORY)}</div></div>",
        "",
    ),
    "an aside that is not closed": (
        f"{HEADING}<aside class=secondary><section><h2>Follow us</h2></section><div class=bigtext>{paragraphs(STORY)}",
        "",
    ),
    "a form around the whole page": (f"<form id=aspnetForm>{HEADING}<div id=Body>{paragraphs(STORY)}</div></form>", ""),
    "divs with breaks": (f"{HEADING}<div class='text-pad'>{'<br><br>'.join(STORY)}</div>", ""),
    "each paragraph in its own divs": (
        HEADING + "".join(f"<div class=row><div class=cell><div>{line}</div></div></div>" for line in STORY),
        "",
    ),
    "JSON-LD alone": (HEADING, ld(news(headline=TITLE, articleBody="\n\n".join(STORY)))),
    "JSON-LD with markup": (HEADING, ld(news(headline=TITLE, articleBody=paragraphs(STORY)))),
    "JSON-LD with escaped markup": (
        HEADING,
        ld(news(headline=TITLE, articleBody=paragraphs(STORY).replace("<", "&lt;").replace(">", "&gt;"))),
    ),
    "JSON-LD with Markdown": (
        HEADING,
        ld(news(headline=TITLE, articleBody="\n\n".join(["[#image: /photos/1a]", *STORY, "see [more](/more)"]))),
    ),
    "a script": (f"{HEADING}{hydrated(STORY)}", ""),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_text_is_found_in_every_structure(name: str) -> None:
    body, head = STRUCTURES[name]
    text = extracted(page(body, head=head))["text"]
    assert kept(text) == list(STORY)
    assert not any(line in text for line in (*OTHER, "Advertisement", "Weather", "Imprint"))


def test_a_second_reading_says_what_it_was_read_from() -> None:
    texts = {name: extracted(page(body, head=head)) for name, (body, head) in STRUCTURES.items()}
    sources = {name: text["meta"].get("text_from") for name, text in texts.items()}
    assert sources["a script"] == "script"
    assert sources["JSON-LD alone"] == sources["JSON-LD with Markdown"] == "json-ld"
    assert sources["split by advertisements"] == sources["an aside that is not closed"] == "paragraphs"
    assert "text_from" not in extracted(article())["meta"]


def test_a_lead_before_the_paragraphs_stays() -> None:
    body, _ = STRUCTURES["hidden until it is unfolded"]
    assert LEAD in extracted(page(body))["text"].split("\n")


COMMENTS = "".join(f'<li id="comment-{n}"><p>{COMMENT} That was in the year {1950 + n}.</p></li>' for n in range(30))
PLAIN = "".join(f"<div class=entry><p>{COMMENT} That was in the year {1950 + n}.</p></div>" for n in range(30))
SHORT = f"<article>{HEADING}{paragraphs(STORY[:2])}</article>"

#: Pages of a short story with much other text, none of which may be taken.
OTHERS = {
    "comments of readers": f"{SHORT}<ol class=commentlist>{COMMENTS}</ol>",
    "comments without a name": f"{SHORT}<h2><a href='/forum'>Forum</a></h2><div class=thread>{PLAIN}</div>",
    "teasers": f"{SHORT}<section>{''.join(map(teaser, range(30)))}</section>",
    "another story": f"{SHORT}<h2><a href='/news/2'>Library lends telescopes</a></h2><div>{paragraphs(OTHER)}</div>",
    "another story with h1": f"{SHORT}<article><h1>Library lends telescopes</h1>{paragraphs(OTHER)}</article>",
    "a request for money, hidden": f"{SHORT}<div class='hidden msg'>{paragraphs((COMMENT + '!', COMMENT))}</div>",
    "terms of a form": f"{SHORT}<form><p>{COMMENT}</p><p>{COMMENT} {COMMENT}</p></form>",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_stands_around_a_short_story_is_not_taken(name: str) -> None:
    got = extracted(page(OTHERS[name]))
    assert kept(got["text"]) == list(STORY[:2])
    assert "text_from" not in got["meta"]


def test_repeated_paragraphs_are_taken_once() -> None:
    """A page may hold its text for narrow and for wide screens."""
    twice = f"{HEADING}<div class=wide>{'<br><br>'.join(STORY)}</div><div class=wide>{'<br><br>'.join(STORY)}</div>"
    assert kept(extracted(page(twice))["text"]) == list(STORY)


def test_a_script_of_something_else_is_not_taken() -> None:
    got = extracted(f"<html><head><title>{TITLE}</title></head><body>{MENU}{FOOT}{hydrated(OTHER)}</body></html>")
    assert not any(line in got["text"] for line in OTHER)
    assert "text_from" not in got["meta"]
    assert got["meta"]["no_article"]["reason"] == "not_an_article"


def test_only_short_texts_are_read_again() -> None:
    text = "\n".join(STORY)
    assert size_of(text) > 900
    assert not needs_second_reading(text, 200, 0, "")
    assert not needs_second_reading(text, 0, 0, text)
    assert needs_second_reading(STORY[0], 0, 0, "")
    assert needs_second_reading(text, len(text), 0, "")
    assert needs_second_reading(text, 0, 0, text * 2)
    assert needs_second_reading(text, 0, len(text) // 3, "")
    assert not needs_second_reading(text, 0, len(text) // 5, "")


def test_a_text_counts_alike_in_scripts_without_spaces() -> None:
    assert size_of("abc") == 3
    assert size_of("港は月曜から閉鎖") == 24
    assert size_of("порт закрыт") == 11


@pytest.mark.parametrize("body", [None, 4, ["a"], {}])
def test_a_body_of_another_type_is_none(body: Any) -> None:
    assert article_body({"articleBody": body}) == ""


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="<>&\x00\r\n"), min_size=1), max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["p", "div", "li", "b", "br", "aside", "h1", "article", "a", "script"]), max_size=30),
    LINES,
)
def test_any_markup_has_blocks_in_its_order(tags: list[str], lines: list[str]) -> None:
    """No text is invented, and none is yielded twice."""
    from dedup.inputs.html.body import parse_html

    markup = "".join(f"<{tag}>{lines[n % len(lines)] if lines else ''}" for n, tag in enumerate(tags))
    tree = parse_html(f"<html><body>{markup}</body></html>")
    if tree is None:
        return
    blocks = find_blocks(tree)
    whole = "".join("".join(tree.itertext()).split())
    assert all("".join(block.text.split()) in whole for block in blocks)
    assert sum(len("".join(block.text.split())) for block in blocks) <= len(whole)
    found = main_blocks(blocks)
    assert found == sorted(set(found))


def test_shares_of_texts() -> None:
    text = "\n".join(STORY)
    assert share_held(text, text) == 1.0
    assert share_held(text, "\n".join(OTHER)) == share_held("", text) == 0.0
    assert words(script_text_of(hydrated(STORY))) >= words(text) - 1


def script_text_of(script: str) -> str:
    from dedup.inputs.html.body import parse_html

    return script_text(parse_html(f"<html><body>{script}</body></html>"))


@pytest.mark.parametrize(
    ("address", "front"),
    [("/", True), ("/de/", True), ("/?utm_source=x1", True), ("/?p=31228", False), ("/index.php?aid=7", False)],
)
def test_a_number_in_the_query_is_of_an_article(address: str, front: bool) -> None:
    assert is_front_page(f"https://gazette.example{address}") is front
