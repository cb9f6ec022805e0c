"""What pages say of themselves: encodings, JSON-LD, dates, names, addresses, links."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs.reading import read_all, rows
from web_pages import STORY, article, ld, news, page, paragraphs

import dedup
from dedup.inputs.dates import parse_timestamp
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html import jsonld, page_dates, urls
from dedup.inputs.html.decode import decode_page, undo_chunked, undo_content_encoding
from dedup.inputs.html.page_article import Hints, extract

URL = "https://gazette.example/news/harbour-to-close"
TITLE = "Harbour to close after crack in breakwater grows"


def extracted(text: str, **hints: Any) -> dict[str, Any]:
    return extract(text.encode(), Hints(**hints))


# -- encodings -----------------------------------------------------------------------------------------------------

WORDS = "<p>Müller sagte: „Größe“ – café, naïve 10 €</p>"


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (WORDS.encode(), None),
        (WORDS.encode(), "iso-8859-1"),  # the server is wrong
        (b'<meta charset="windows-1252">' + WORDS.encode(), None),  # the page is wrong
        (b"\xef\xbb\xbf" + WORDS.encode(), "latin-1"),
        (b'<meta charset="iso-8859-1">' + WORDS.encode("cp1252"), None),  # which means windows-1252 on the web
        (b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">' + WORDS.encode("cp1252"), None),
        (WORDS.encode("cp1252"), "Windows-1252"),
        (WORDS.encode("cp1252"), "utf-8"),  # declared, but it is not
        (WORDS.encode("utf-16"), None),
        (WORDS.encode("utf-16-le"), None),
        (WORDS.encode("utf-16-be"), "utf-8"),
        (WORDS.encode("cp1252") * 20, None),  # nothing is said
        (WORDS.encode("cp1252"), "no-such-encoding"),
        (
            '<html lang="cs"><p>Přístav je od pondělí uzavřen</p>'.encode("cp1250")
            + b"<i>"
            + WORDS.encode("cp1250", "ignore"),
            None,
        ),
    ],
)
def test_an_encoding_that_is_declared_wrong_or_absent(content: bytes, charset: str | None) -> None:
    text = decode_page(content, charset)
    assert WORDS in text or "Přístav je od pondělí uzavřen" in text


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("東京の港は月曜日から閉鎖される。" * 30, "cp932", "Shift_JIS"),
        ("東京の港は月曜日から閉鎖される。" * 30, "euc-jp", "euc-jp"),
        ("東京の港は月曜日から閉鎖される。" * 30, "iso2022_jp", "iso-2022-jp"),
        ("北京的港口将从星期一关闭镕" * 30, "gbk", "gb2312"),
        ("서울 항구는 월요일부터 폐쇄된다 " * 30, "cp949", "ks_c_5601-1987"),
        ("Порт закрыт с понедельника " * 30, "koi8-r", "koi8-r"),
        ("Порт закрыт с понедельника " * 30, "cp1251", "windows-1251"),
    ],
)
def test_other_alphabets(text: str, name: str, label: str) -> None:
    content = f'<html><head><meta charset="{label}"></head><body><p>'.encode() + text.encode(name)
    assert text in decode_page(content)
    assert text in decode_page(content.replace(b"meta", b"data"), label)


def test_a_few_broken_bytes_are_no_other_encoding() -> None:
    content = WORDS.encode() * 50
    at = content.index("ö".encode())
    assert "naïve" in decode_page(content[: at + 1] + content[at + 2 :], "utf-8")


def test_a_file_that_is_no_text() -> None:
    with pytest.raises(RejectedRecord) as caught:
        extract(bytes(range(256)) * 100, Hints())
    assert caught.value.reason == "unreadable"


@pytest.mark.parametrize(
    ("packed", "encodings"),
    [
        (gzip.compress(b"<p>words</p>"), "gzip"),
        (gzip.compress(gzip.compress(b"<p>words</p>")), "gzip, gzip"),
        (zlib.compress(b"<p>words</p>"), "deflate"),
        (zlib.compress(b"<p>words</p>", wbits=-15), "deflate"),
        (b"<p>words</p>", "gzip"),  # unpacked by the crawler, the header left
        (b"<p>words</p>", "br"),
        (b"<p>words</p>", "identity"),
    ],
)
def test_a_body_as_the_server_packed_it(packed: bytes, encodings: str) -> None:
    assert undo_content_encoding(packed, encodings) == b"<p>words</p>"


def test_brotli_and_zstandard() -> None:
    import brotli
    import zstandard

    assert undo_content_encoding(brotli.compress(b"<p>words</p>"), "br") == b"<p>words</p>"
    assert undo_content_encoding(zstandard.compress(b"<p>words</p>"), "zstd") == b"<p>words</p>"
    bombs = [
        (brotli.compress(bytes(2000)), "br"),
        (zstandard.compress(bytes(2000)), "zstd"),
        (gzip.compress(bytes(2000)), "gzip"),
    ]
    for bomb, name in bombs:
        with pytest.raises(RejectedRecord) as caught:
            undo_content_encoding(bomb, name, 1000)
        assert caught.value.reason == "too_large"


@given(st.binary(max_size=300), st.lists(st.integers(1, 50), min_size=1))
def test_chunks_are_put_together(content: bytes, sizes: list[int]) -> None:
    sent, rest = b"", content
    for size in [*sizes, 300]:
        if part := rest[:size]:
            sent += b"%x\r\n%s\r\n" % (len(part), part)
        rest = rest[size:]
    assert undo_chunked(sent + b"0\r\n\r\n") == content


def test_what_is_called_chunked_and_is_not() -> None:
    for content in (b"<html><p>words</p>", b"2024 was a year", b"12\nmonkeys and more text than the number says" * 9):
        assert undo_chunked(content) == content


# -- JSON-LD -------------------------------------------------------------------------------------------------------

GOOD = {"@type": "NewsArticle", "headline": "A b", "author": {"name": "Ines Wade"}}


@pytest.mark.parametrize(
    "broken",
    [
        json.dumps(GOOD),
        f"<!-- {json.dumps(GOOD)} -->",
        f"//<![CDATA[\n{json.dumps(GOOD)}\n//]]>",
        json.dumps(GOOD) + ";",
        json.dumps(GOOD)[:-1] + ",}",
        json.dumps(GOOD).replace("A b", "A \n b"),
        json.dumps(GOOD).replace("A b", "A \\' b"),
        json.dumps(GOOD).replace("A b", 'A "quoted" word b'),
        json.dumps(GOOD).replace('"', "&quot;"),
        json.dumps({**GOOD, "articleBody": "cut off amid the te"})[:-2],
        json.dumps(GOOD) + "\n" + json.dumps({"@type": "WebSite"}),
    ],
)
def test_broken_json_ld_is_read(broken: str) -> None:
    things = jsonld.find_objects(jsonld.parse_scripts([broken]))
    assert jsonld.types_of(things[0]) == {"newsarticle"} or jsonld.types_of(things[1]) == {"newsarticle"}
    assert [name for thing in things for name in jsonld.iter_names(thing.get("author"))] == ["Ines Wade"]


@pytest.mark.parametrize("hopeless", ["", "}{", "null", "function() { return 1 }", "[" * 5000, '{"a": ' * 5000])
def test_hopeless_json_ld_costs_nothing(hopeless: str) -> None:
    assert jsonld.find_article(jsonld.find_objects(jsonld.parse_scripts([hopeless])), [], []) is None


@given(st.text(max_size=200), st.integers(0, 200))
def test_json_ld_that_was_cut_anywhere_never_fails(text: str, at: int) -> None:
    whole = json.dumps({**GOOD, "description": text})
    jsonld.parse_scripts([whole[:at], whole[at:]])


def test_references_within_a_graph_are_filled_in_and_texts_left_out() -> None:
    graph = {
        "@graph": [
            {"@type": ["NewsArticle", "Thing"], "@id": "#a", "headline": TITLE, "articleBody": "x" * 5000,
             "author": {"@id": "#p"}, "publisher": {"@id": "#o"}, "image": ["y"] * 99, "isBasedOn": "https://wire.example/1"},
            {"@type": "Person", "@id": "#p", "name": "Ines Wade"},
            {"@type": "Organization", "@id": "#o", "name": "Eastport Gazette", "logo": "z"},
        ]
    }  # fmt: skip
    found = extracted(article(head=ld(graph)), url=URL)
    kept = found["meta"]["jsonld"]
    assert found["authors"] == ["Ines Wade"]
    assert (kept["author"]["name"], kept["publisher"]["name"]) == ("Ines Wade", "Eastport Gazette")
    assert kept["isBasedOn"] == "https://wire.example/1"
    assert not {"articleBody", "image"} & set(kept)


# -- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (
            ld(news(headline=TITLE, datePublished="2024-05-01T21:00:00+02:00")),
            "",
            ("2024-05-01T21:00:00+02:00", "stated"),
        ),
        (
            '<meta property="article:published_time" content="2024-05-01T21:00:00Z">',
            "",
            ("2024-05-01T21:00:00Z", "stated"),
        ),
        ('<meta name="pubdate" content="May 1, 2024">', "", ("2024-05-01", "stated")),
        ('<meta name="date" content="20240501210000">', "", ("2024-05-01T21:00:00", "stated")),
        ('<meta name="parsely-pub-date" content="2024-05-01 21:00:00 UTC">', "", ("2024-05-01T21:00:00Z", "stated")),
        ('<meta property="article:published_time" content="1714597200">', "", ("2024-05-01T21:00:00Z", "stated")),
        ("", '<time itemprop="datePublished" datetime="2024-05-01T21:00">x</time>', ("2024-05-01T21:00:00", "marked")),
        ("", '<time datetime="2024-05-01T21:00:00Z" class="posted">x</time>', ("2024-05-01T21:00:00Z", "marked")),
        ("", '<span itemprop="datePublished">1 May 2024</span>', ("2024-05-01", "marked")),
        ("", '<p class="date">May 1, 2024</p>', ("2024-05-01", "guessed")),
        ("", "", (None, None)),
        # Not a date, not of this page, not possible.
        ('<meta name="date" content="yesterday">', "", (None, None)),
        ('<meta name="date" content="0001-01-01T00:00:00">', "", (None, None)),
        ('<meta name="pubdate" content="2031-05-01">', "", (None, None)),
    ],
)
def test_when_it_was_published_and_how_sure_that_is(head: str, body: str, expected: tuple[str, str]) -> None:
    found = extracted(
        page(f"<h1>{TITLE}</h1>{body}{paragraphs(STORY)}", head=head), url=URL, captured="2024-06-01T00:00:00Z"
    )
    assert (found["published"], found["meta"].get("published_certainty")) == expected


def test_two_dates_the_address_tells_which() -> None:
    head = '<meta name="pubdate" content="2024-05-09T09:00:00Z"><meta name="dc.date" content="2024-05-01">'
    url = "https://gazette.example/2024/05/01/harbour"
    assert extracted(article(head=head), url=url)["published"] == "2024-05-01"
    assert extracted(article(head=head), url=URL)["published"] == "2024-05-09T09:00:00Z"


def test_when_it_was_changed() -> None:
    head = ld(news(headline=TITLE, datePublished="2024-05-01T21:00:00Z", dateModified="2024-05-02T08:00:00Z"))
    meta = extracted(article(head=head), url=URL)["meta"]
    assert (meta["modified"], meta["modified_certainty"]) == ("2024-05-02T08:00:00Z", "stated")
    before = ld(news(headline=TITLE, datePublished="2024-05-01T21:00:00Z", dateModified="2020-01-01T08:00:00Z"))
    assert "modified" not in extracted(article(head=before), url=URL)["meta"]


@given(st.text(max_size=40) | st.integers() | st.floats() | st.none())
def test_any_value_is_a_date_or_none(value: Any) -> None:
    date = page_dates.parse_page_date(value, "stated")
    assert date is None or parse_timestamp(date.text) == date.timestamp or date.timestamp.exact


#: Where a page may have a date, and what it is said to be there.
PLACES = {
    "stated": lambda text: (f'<meta property="article:published_time" content="{text}">', ""),
    "in json-ld": lambda text: (ld(news(datePublished=text)), ""),
    "marked": lambda text: ("", f'<time class="published">{text}</time>'),
    "guessed": lambda text: ("", f'<p class="date">{text}</p>'),
}


def published(place: str, text: str, head: str = "", body: str = "", **hints: Any) -> str | None:
    in_head, in_body = PLACES[place](text)
    whole = page(f"<h1>{TITLE}</h1>{in_body}{paragraphs(STORY)}{body}", head=in_head + head)
    return extracted(whole, **hints)["published"]


@pytest.mark.parametrize("place", PLACES)
def test_a_date_of_numbers_follows_the_rule_of_all_inputs(place: str, tmp_path: Path) -> None:
    assert published(place, "03/04/2021") == "03/04/2021"
    assert published(place, "13/04/2021") == published(place, "04/13/2021") == "2021-04-13"
    assert published(place, "03.04.2021") == "2021-04-03"
    assert published(place, "Publicado em 03/04/2021 às 10h20") == "2021-04-03T10:20:00"
    in_head, in_body = PLACES[place]("03/04/2021")
    path = tmp_path / "a.html"
    path.write_text(page(f"<h1>{TITLE}</h1>{in_body}{paragraphs(STORY)}", head=in_head))
    for order, day in (("dmy", "2021-04-03"), ("mdy", "2021-03-04")):
        assert [row["published"] for row in rows(read_all(path, date_order=order))] == [day]
    with dedup.scan(str(path)) as result:
        assert result.summary["dates"]["in_doubt"] == 1


@pytest.mark.parametrize("place", PLACES)
def test_what_else_a_page_says_tells_which_day_numbers_mean(place: str) -> None:
    iso = '<meta name="dcterms.issued" content="2021-03-04T08:00:00Z">'
    assert published(place, "03/04/2021", head=iso) == "2021-03-04T08:00:00Z"
    assert published(place, "03/04/2021", url="https://gazette.example/2021/03/04/harbour") == "2021-03-04"
    # htmldate takes no day after the download, and does not see that the numbers can mean another.
    before = None if place == "guessed" else "2021-03-04"
    assert published(place, "03/04/2021", captured="2021-03-10T00:00:00Z") == before
    change = '<meta property="article:modified_time" content="2021-03-05T08:00:00Z">'
    if place != "guessed":  # htmldate takes the change for the publication
        assert published(place, "03/04/2021", head=change) == "2021-03-04"


@pytest.mark.parametrize("words", ["3 April 2021", "2021-04-03", "3 de abril de 2021", "3. April 2021"])
def test_a_guess_is_sure_where_the_page_has_the_day_in_another_form(words: str) -> None:
    assert published("guessed", "03/04/2021", body=f"<p>{words}</p>") == "2021-04-03"


# -- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        ('<meta name="author" content="By Ines Wade">', "", ["Ines Wade"]),
        (
            '<meta property="article:author" content="https://x.example/i"><meta name="byl" content="By Ines Wade">',
            "",
            ["Ines Wade"],
        ),
        (ld(news(headline=TITLE, author=[{"name": "Ines Wade"}, {"name": "AP"}])), "", ["Ines Wade", "AP"]),
        ("", '<p class="byline">By <a rel="author" href="/i">Ines Wade</a></p>', ["Ines Wade"]),
        ("", '<div class="article-byline">By Ines Wade and Tom Beck | Gazette staff</div>', ["Ines Wade", "Tom Beck"]),
        ("", '<span itemprop="author"><span itemprop="name">Ines Wade</span>, editor</span>', ["Ines Wade"]),
        ('<meta name="author" content="admin">', "", []),
    ],
)
def test_authors(head: str, body: str, authors: list[str]) -> None:
    assert extracted(page(f"<h1>{TITLE}</h1>{body}{paragraphs(STORY)}", head=head), url=URL)["authors"] == authors


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("Von Ines Wade und Tom Beck, veröffentlicht am 3.5.2026", ["Ines Wade", "Tom Beck"]),
        ("Par Ines Wade et Tom Beck publié le 3 mai", ["Ines Wade", "Tom Beck"]),
        ("Por Ines Wade e Tom Beck | Agência", ["Ines Wade", "Tom Beck"]),
        ("Por José Sousa e Silva", ["José Sousa e Silva"]),
        ("Por Ines Wade y Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Di Ines Wade e Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Door Ines Wade en Tom Beck bijgewerkt om 10.20 uur", ["Ines Wade", "Tom Beck"]),
        ("Av Ines Wade och Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Af Ines Wade og Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Autor: Ines Wade i Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Kirjoittaja: Ines Wade ja Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Автор: Инес Уэйд и Том Бек", ["Инес Уэйд", "Том Бек"]),
        ("Автор: Інес Вейд та Том Бек", ["Інес Вейд", "Том Бек"]),
        ("Yazan: Ines Wade ve Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Από Ines Wade και Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Oleh: Ines Wade dan Tom Beck", ["Ines Wade", "Tom Beck"]),
        ("Oleh Sukhov", ["Oleh Sukhov"]),
        ("بقلم أحمد سعيد", ["أحمد سعيد"]),
        ("作者：张伟明", ["张伟明"]),
        ("Jane Jan te Wierik", ["Jane Jan te Wierik"]),
        ("By Reuters and AFP", ["Reuters", "AFP"]),
        ("Dan Brown", ["Dan Brown"]),
    ],
)
def test_bylines_of_many_languages(byline: str, authors: list[str]) -> None:
    body = f'<h1>{TITLE}</h1><p class="byline">{byline}</p>{paragraphs(STORY)}'
    assert extracted(page(body), url=URL)["authors"] == authors


@pytest.mark.parametrize("label", ["Written by", "Verfasst von", "Escrito por", "Écrit par", "Автор", "執筆者"])
def test_labels_of_authors(label: str) -> None:
    head = f'<meta name="twitter:label1" content="{label}"><meta name="twitter:data1" content="Ines Wade">'
    assert extracted(page(f"<h1>{TITLE}</h1>{paragraphs(STORY)}", head=head), url=URL)["authors"] == ["Ines Wade"]
    head = head.replace(label, "Est. reading time")
    assert extracted(page(f"<h1>{TITLE}</h1>{paragraphs(STORY)}", head=head), url=URL)["authors"] in (None, [])


@pytest.mark.parametrize(
    ("title", "head", "headings"),
    [
        (TITLE, "", [TITLE]),
        (TITLE, "", ["Eastport Gazette", TITLE]),
        (
            TITLE,
            f'<meta property="og:title" content="{TITLE} | Post"><meta property="og:site_name" content="Post">',
            [],
        ),
        (TITLE[:30], ld(news(headline=TITLE)), ["News"]),
        (TITLE, '<meta property="og:title" content="Harbour to close after crack">', [TITLE]),
    ],
)
def test_the_title_is_the_headline(title: str, head: str, headings: list[str]) -> None:
    body = "".join(f"<h1>{one}</h1>" for one in headings)
    assert extracted(page(body + paragraphs(STORY), title=title, head=head), url=URL)["title"] == TITLE


def test_language_site_and_credits() -> None:
    head = (
        '<meta property="og:site_name" content="Eastport Gazette"><meta name="copyright" content="Copyright 2024 AP">'
        '<meta name="dc.source" content="Associated Press"><meta name="syndication-source" content="https://wire.example/a">'
        '<meta name="original-source" content="https://wire.example/b"><meta property="og:type" content="article">'
    )
    meta = extracted(article(head=head), url=URL)["meta"]
    assert meta["language"] == "en-GB"
    assert meta["og_site_name"] == meta["og"]["site_name"] == "Eastport Gazette"
    assert (meta["credit"], meta["provider"]) == ("Copyright 2024 AP", "Associated Press")
    assert (meta["syndication_source"], meta["original_source"]) == ("https://wire.example/a", "https://wire.example/b")


def test_the_source_a_feed_named() -> None:
    body = f'<h1>{TITLE}</h1><source url="https://wire.example/feed">Wire Service</source>{paragraphs(STORY)}'
    assert extracted(page(body), url=URL)["meta"]["rss_source"] == {
        "url": "https://wire.example/feed",
        "name": "Wire Service",
    }


# -- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/a/b", "https://gazette.example/a/b"),
        ("http://web.archive.org/web/20161229011938/http://x.example/a", "http://x.example/a"),
        ("/web/20161229011938im_/https://x.example/a.png", "https://x.example/a.png"),
        ("https://web.archive.org/web/2016/https://web.archive.org/web/2015/http://x.example/", "http://x.example/"),
        ("//x.example/a", "https://x.example/a"),
        ("javascript:print()", None),
        ("mailto:a@x.example", None),
        ("data:image/gif;base64,R0", None),
        ("#top", None),
        ("http://[", None),
        ("https://" + "x" * 5000, None),
    ],
)
def test_addresses(link: str, expected: str | None) -> None:
    assert urls.absolute(link, URL) == expected


@given(st.text(max_size=60), st.none() | st.text(max_size=30))
def test_any_text_is_an_address_or_none(link: str, base: str | None) -> None:
    found = urls.absolute(link, base)
    assert found is None or found.lower().startswith("http")
    urls.key(link)
    urls.is_front_page(link)


def test_where_a_saved_page_was() -> None:
    for comment in (
        "saved from url=(0044)" + URL,
        f"Page saved with SingleFile \n url: {URL} \n date",
        "Mirrored from " + URL[8:] + " by HTTrack",
    ):
        found = extracted(f"<!-- {comment} -->\n" + article())["url"]
        assert urls.key(found) == urls.key(URL)
    assert extracted(article(head=f'<link rel="canonical" href="{URL}">'))["url"] == URL
    assert extracted(article())["url"] is None
    # Where a crawler says it, that counts.
    other = extracted(article(head=f'<link rel="canonical" href="{URL}">'), url="https://copy.example/1")
    assert (other["url"], other["meta"]["canonical"]) == ("https://copy.example/1", URL)


def test_links_and_pixels_of_the_body_only() -> None:
    story = f'<p>{STORY[0]} <a href="https://wire.example/harbour">The wire</a></p>' + paragraphs(STORY[1:])
    body = (
        f'<article><h1>{TITLE}</h1>{story}<img src="/quay.jpg">'
        '<img src="https://pixel.wire.example/c.gif" width="1" height="1">'
        '</article><aside><a href="https://ads.example/">Ad</a><img src="https://ads.example/big.jpg"></aside>'
        '<noscript><img src="https://stats.example/counter?x" height="1" width="1"></noscript>'
    )
    meta = extracted(page(body), url=URL)["meta"]
    assert meta["links"] == ["https://wire.example/harbour"]
    assert set(meta["images"]) == {
        "https://pixel.wire.example/c.gif", "https://stats.example/counter?x", "https://gazette.example/quay.jpg",
    }  # fmt: skip
