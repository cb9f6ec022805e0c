"""What pages hold beside one article: pages written for it, and what is made of them."""

from __future__ import annotations

from typing import Any

import pytest
from web_pages import OTHER, STORY, article, ld, news, page, paragraphs

from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html.page_article import Hints, extract

URL = "https://gazette.example/news/2024/05/02/harbour-to-close"


def extracted(text: str, **hints: Any) -> dict[str, Any]:
    return extract(text.encode(), Hints(**hints))


def refused(text: str, **hints: Any) -> str:
    """The reason for which a page is rejected, or marked as no article."""
    try:
        return str(extracted(text, **hints)["meta"]["no_article"]["reason"])
    except RejectedRecord as error:
        return error.reason


def test_an_article_keeps_its_paragraphs_and_nothing_else() -> None:
    lines = extracted(article(), url=URL)["text"].split("\n")
    assert [line for line in lines if line in STORY] == list(STORY)
    assert not any(word in " ".join(lines) for word in ("Weather", "Imprint"))


def test_what_is_extracted_does_not_depend_on_what_was_before() -> None:
    """trafilatura's own deduplication drops what it saw three times before."""
    first = extracted(article(), url=URL)
    for _ in range(6):
        assert extracted(article(), url=URL) == first


def test_amp_and_print_variants_have_one_text_and_one_canonical_address() -> None:
    canonical = f'<link rel="canonical" href="{URL}">'
    title = "Harbour to close after crack in breakwater grows"
    amp = (
        f'<!doctype html><html amp lang="en"><head><meta charset="utf-8"><title>{title}</title>{canonical}'
        '<style amp-boilerplate>body{visibility:hidden}</style></head><body><header><a href="/">Gazette</a></header>'
        f'<article><h1>{title}</h1><amp-img src="/a.jpg" width="8" height="5"></amp-img>{paragraphs(STORY)}</article>'
        '<amp-pixel src="https://pixels.example/count?id=1"></amp-pixel></body></html>'
    )
    printed = (
        f"<html><head><title>Print: {title}</title>{canonical}<meta name=robots content=noindex></head><body>"
        f'<a href="javascript:print()">Print this page</a><h1>{title}</h1>{paragraphs(STORY)}</body></html>'
    )
    plain = extracted(article(head=canonical), url=URL)
    for variant in (extracted(amp, url=URL + "?amp=1"), extracted(printed, url=URL + "?print=1")):
        assert [line for line in variant["text"].split("\n") if line in STORY] == list(STORY)
        assert variant["meta"]["canonical"] == plain["meta"]["canonical"] == URL
        assert variant["title"] == plain["title"] == title
    assert extracted(amp)["meta"]["amp"] is True
    assert "https://pixels.example/count?id=1" in extracted(amp)["meta"]["images"]


TEASERS = "".join(
    f'<div class="teaser"><h2><a href="/news/{n}">Story number {n} of a long day in the county</a></h2></div>'
    for n in range(30)
)


@pytest.mark.parametrize(
    ("body", "url", "head"),
    [
        (TEASERS, "https://gazette.example/", ""),
        (TEASERS, "https://gazette.example/tag/harbour", ""),
        (TEASERS, "https://gazette.example/news/overview", ""),
        (paragraphs(STORY), "https://gazette.example/", ""),
        (paragraphs(STORY), "https://gazette.example/author/ines", ""),
        (paragraphs(STORY), "https://gazette.example/all", ld({"@type": "CollectionPage"})),
    ],
    ids=["front page", "tag", "links alone", "prose at a front page", "author", "says so itself"],
)
def test_lists_of_articles_are_no_article(body: str, url: str, head: str) -> None:
    assert refused(page(body, title="News from the county", head=head), url=url) == "not_an_article"


def test_an_article_in_a_section_with_a_lists_name_is_one() -> None:
    url = "https://gazette.example/topics/harbour-to-close-after-crack-in-wall"
    assert extracted(article(), url=url)["text"]
    assert extracted(article(head=ld(news(headline="Harbour to close"))), url="https://gazette.example/tag/x")["text"]


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "Page not found",
        "Error 404 - Not found",
        "Sorry, we can't find that page",
        "Seite nicht gefunden",
        "Just a moment...",
    ],
)
def test_an_error_with_status_200(title: str) -> None:
    body = f"<h1>{title}</h1><p>The page may have moved, or the address may be wrong. Try our search.</p>"
    assert refused(page(body, title=title), url=URL) == "error_page"


def test_an_article_on_not_finding_pages_is_one() -> None:
    title = "Page not found: how a lost chapter of the county's history came back to the archive"
    assert extracted(article(STORY + OTHER, title=title), url=URL)["title"] == title


def test_a_wall_of_consent() -> None:
    wall = (
        "<div><h1>We value your privacy</h1><p>We and our 842 partners store information on a device, such as "
        "cookies, and process personal data for personalised ads and content.</p><p>With your consent we and partners "
        "may use precise geolocation data. You may withdraw your consent or object to processing based on legitimate "
        "interest at any time in our privacy policy.</p><p>Accept all or manage options to continue.</p></div>"
    )
    assert refused(page(wall, title="Harbour to close"), url=URL) == "consent_wall"


def test_a_story_about_consent_is_an_article() -> None:
    story = (
        "Browsers will ask less often for consent from next year, after regulators of four states agreed on one text.",
        "The council of ministers heard for two hours how cookies are set before anyone can reject all of them.",
        *STORY,
    )
    assert "Browsers will ask" in extracted(article(story), url=URL)["text"]


NOTICE = "<div><p>Already a subscriber? Log in</p><p>Subscribe to continue reading this story</p><p>From 1 €</p></div>"


def test_a_paywall_leaves_its_teaser() -> None:
    head = ld(news(headline="Harbour to close after crack in breakwater grows", isAccessibleForFree="False"))
    found = extracted(
        page(f"<article><h1>Harbour to close</h1>{paragraphs(STORY[:2])}{NOTICE}</article>", head=head), url=URL
    )
    assert found["meta"]["paywalled"] is True
    assert [line for line in found["text"].split("\n") if line in STORY] == list(STORY[:2])
    assert "ubscribe" not in found["text"]


def test_a_paywall_without_a_teaser() -> None:
    assert refused(page(f"<article><h1>Harbour to close</h1><p>Closed.</p>{NOTICE}</article>"), url=URL) == "paywall"


def test_a_sentence_about_subscribers_is_no_paywall() -> None:
    story = (*STORY, "The paper's members were asked to register to vote before Friday, and most of them did so.")
    found = extracted(article(story), url=URL)
    assert "paywalled" not in found["meta"]
    assert story[-1] in found["text"]


@pytest.mark.parametrize("kind", ["article", "div class='article-body'"])
@pytest.mark.parametrize("first", [True, False], ids=["own first", "own last"])
def test_of_several_articles_on_a_page_the_one_it_is_about(kind: str, first: bool) -> None:
    end = kind.split()[0]
    own = f"<{kind}><h1>Harbour to close after crack in breakwater grows</h1>{paragraphs(STORY)}</{end}>"
    next_ = f"<{kind}><h1>The library that lends out telescopes</h1>{paragraphs(OTHER)}</{end}>"
    found = extracted(page(own + next_ if first else next_ + own), url=URL)
    assert STORY[0] in found["text"]
    assert OTHER[0] not in found["text"]
    assert found["meta"]["other_articles"] == 1


def test_the_sidebars_json_ld_says_nothing_of_the_page() -> None:
    aside = news(
        headline="The library that lends out telescopes",
        url="https://gazette.example/2019/library",
        datePublished="2019-01-01T08:00:00Z",
        author={"@type": "Person", "name": "Somebody Else"},
    )
    found = extracted(article(head=ld(aside)), url=URL)
    assert "jsonld" not in found["meta"]
    assert found["authors"] == []
    assert found["published"] == "2024-05-02"  # of the address
    own = news(
        headline="Harbour to close after crack in breakwater grows",
        author="Ines Wade",
        datePublished="2024-05-01T21:00:00Z",
    )
    for head in (ld(aside) + ld(own), ld(own, aside), ld({"@graph": [aside, own]})):
        found = extracted(article(head=head), url=URL)
        assert found["authors"] == ["Ines Wade"]
        assert found["published"] == "2024-05-01T21:00:00Z"
        assert found["meta"]["jsonld"]["headline"] == own["headline"]


def test_a_piece_of_a_page_is_extracted_like_a_page() -> None:
    found = extracted(f"<h1>Harbour to close</h1>{paragraphs(STORY)}")
    assert [line for line in found["text"].split("\n") if line in STORY] == list(STORY)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "   ",
        "<html><body></body></html>",
        "<html><head><title>x</title></head><body><script>a()</script></body></html>",
    ],
)
def test_nothing_in_it(content: str) -> None:
    assert refused(content) == "no_text"


@pytest.mark.parametrize("break_", ["\f", "\v", "\r", "\u2028", "\u2029"], ids=["FF", "VT", "CR", "LS", "PS"])
def test_line_breaks_of_the_source_part_words(break_: str) -> None:
    """In a page they are spaces, and no more: its elements make its lines."""
    words = "The swing bridge will close for fourteen weeks from the third of March."
    text = extracted(page(paragraphs([f"{words.replace(' ', break_, 2)} {STORY[0]}"] * 3)))["text"]
    assert " ".join(text.split()).startswith(words)
