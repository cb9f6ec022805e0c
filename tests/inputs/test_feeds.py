"""RSS 2.0, RSS 1.0 and Atom: what becomes of each element, what is repaired, and what is refused."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs.reading import read_all, reasons, rejects, rows, write

from dedup.inputs import compression
from dedup.inputs.feed_html import markup_text
from dedup.inputs.readers import feed

TEXT = "Die Brücke schließt für 14 Wochen.\n\n„Das ist schwer“, sagte sie & ging."
HTML = "<p>Die Brücke schließt für 14&nbsp;Wochen.</p><p>„Das ist schwer“, sagte sie &amp; ging.</p>".replace(
    "&nbsp;", " "
)
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/"'
)


def rss(*items: str, declaration: str = '<?xml version="1.0" encoding="UTF-8"?>\n', head: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'{declaration}{head}<rss version="2.0" {SPACES}><channel><title>All wires</title>'
        f"<link>https://wires.example/</link>{body}</channel></rss>\n"
    )


def read_one(tmp_path: Path, content: str | bytes, name: str = "a.xml") -> dict[str, Any]:
    batches = read_all(write(tmp_path / name, content))
    assert rejects(batches) == []
    (row,) = rows(batches)
    return row


RSS2 = rss(
    "<title>A &amp; B</title><link>https://a.example/1</link><guid isPermaLink='false'>4001</guid>"
    "<pubDate>Mon, 02 Mar 2026 06:15:00 +0000</pubDate><dc:creator>A. Writer</dc:creator>"
    "<dc:creator>B. Other</dc:creator>"
    "<source url='https://www.wire.example/feed'>The Wire</source><description>Die Brücke …</description>"
    f"<content:encoded><![CDATA[{HTML}]]></content:encoded><media:title>A picture</media:title>"
    "<media:content url='x.jpg'><media:description>" + "a long caption " * 30 + "</media:description></media:content>"
)
RSS1 = f"""<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {SPACES}>
<channel rdf:about="https://a.example/"><title>All</title><link>https://a.example/</link></channel>
<item rdf:about="4001"><title>A &amp; B</title><link>https://a.example/1</link>
<description>{escape(HTML)}</description><dc:date>Mon, 02 Mar 2026 06:15:00 +0000</dc:date>
<dc:creator>A. Writer; B. Other</dc:creator></item></rdf:RDF>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>All</title><id>urn:all</id>
<entry><title type="html">A &amp;amp; B</title><link rel="self" href="https://a.example/1.atom"/>
<link href="https://a.example/1"/><id>4001</id><published>Mon, 02 Mar 2026 06:15:00 +0000</published>
<updated>2026-03-04T00:00:00Z</updated><author><name>A. Writer</name></author><author><name>B. Other</name></author>
<source><title>The Wire</title><link href="https://www.wire.example/feed"/><id>urn:other</id></source>
<summary>Die Brücke …</summary><content type="{kind}">{content}</content></entry></feed>"""
XHTML = f'<div xmlns="http://www.w3.org/1999/xhtml">{HTML}</div>'
FORMS = {
    "rss 2.0": RSS2,
    "rss 1.0": RSS1,
    "atom html": ATOM.format(kind="html", content=escape(HTML)),
    "atom xhtml": ATOM.format(kind="xhtml", content=XHTML),
    "atom text": ATOM.format(kind="text", content=escape(TEXT)),
    "prefix": ATOM.format(kind="html", content=escape(HTML))
    .replace("<", "<atom:").replace("<atom:/", "</atom:").replace("xmlns=", "xmlns:atom="),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-15"])
def test_every_form_gives_the_same_article(tmp_path: Path, form: str, encoding: str) -> None:
    plain = FORMS[form].removeprefix('<?xml version="1.0" encoding="UTF-8"?>\n').replace("„", '"').replace("“", '"')
    plain = plain.replace("…", "...")
    row = read_one(tmp_path, f'<?xml version="1.0" encoding="{encoding}"?>\n{plain}'.encode(encoding))
    assert row["text"] == TEXT.replace("„", '"').replace("“", '"')
    assert (row["id"], row["url"], row["title"], row["line"]) == ("4001", "https://a.example/1", "A & B", 1)
    assert (row["published"], row["authors"]) == ("Mon, 02 Mar 2026 06:15:00 +0000", "A. Writer; B. Other")
    if form != "rss 1.0":
        assert row["domain"] == "wire.example"
        assert json.loads(row["meta"])["rss_source"] == {"name": "The Wire", "url": "https://www.wire.example/feed"}


ITEMS = {
    "<guid>https://a.example/2</guid><description>t</description>": {"url": "https://a.example/2"},
    "<guid isPermaLink='false'>https://a.example/2</guid><description>t</description>": {"url": None},
    "<link>/2</link><description>t</description>": {"url": "https://wires.example/2", "id": None},
    "<description>t</description>": {"url": None, "id": None, "domain": "wires.example"},
    "<author>desk@a.example (A. Writer)</author><description>t</description>": {"authors": "A. Writer"},
    "<description>a &lt;b&gt;bold&lt;/b&gt; claim&lt;br/&gt;twice</description>": {"text": "a bold claim\ntwice"},
    "<description>5 &lt; 7 und 9 &gt; 8</description>": {"text": "5 < 7 und 9 > 8"},
    "<description>caf&eacute; &nbsp;&hellip; &copy; &unknown; x</description>": {"text": "café \xa0… © &unknown; x"},
    "<description><![CDATA[AT&amp;T&nbsp;&eacute;]]></description>": {"text": "AT&T\xa0é"},
    "<description>bell\x07 and\x00 null</description>": {"text": "bell and null"},
    "<description><![CDATA[ short ]]></description><content:encoded/>": {"text": "short"},
    "<x:y>z</x:y><description>an unknown prefix</description>": {"text": "an unknown prefix"},
    "<description>fish & chips</description>": {"text": "fish  chips"},
}


@pytest.mark.parametrize(("item", "expected"), ITEMS.items(), ids=[str(i) for i in range(len(ITEMS))])
def test_items(tmp_path: Path, item: str, expected: dict[str, str | None]) -> None:
    row = read_one(tmp_path, rss(item))
    assert {name: row[name] for name in expected} == expected


def test_user_fields_name_elements(tmp_path: Path) -> None:
    path = write(tmp_path / "a.rss", RSS2)
    (row,) = rows(read_all(path, fields=(("text", "description"), ("id", "link"))))
    assert (row["text"], row["id"]) == ("Die Brücke …", "https://a.example/1")


def test_several_feeds_in_one_file(tmp_path: Path) -> None:
    """A crawler appended them."""
    feeds = (FORMS["rss 2.0"], FORMS["rss 2.0"].replace("4001", "4002"),
             '<?xml version="1.0"?>' + FORMS["atom html"].replace("4001", "4003"))  # fmt: skip
    batches = read_all(write(tmp_path / "a.xml", "\n " + "\n".join(feeds)))
    assert ([(row["id"], row["line"]) for row in rows(batches)], rejects(batches)) == (
        [("4001", 1), ("4002", 2), ("4003", 3)], [],
    )  # fmt: skip


def test_a_changed_item_is_an_article_of_its_own(tmp_path: Path) -> None:
    items = [f"<guid>1</guid><description>{text}</description>" for text in ("first", "first", "second")]
    assert [row["id"] for row in rows(read_all(write(tmp_path / "a.xml", rss(*items))))] == ["1", "1", None]


LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12)
) + "]>"  # fmt: skip


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", "a secret")
    head = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y "inner">]>'
    row = read_one(tmp_path, rss("<description>one &x; &y; two</description>", head=head))
    assert "secret" not in row["text"]
    batches = read_all(write(tmp_path / "b.xml", rss("<description>one &m; two</description>", head=LAUGHS)))
    assert all(len(row["text"]) < 100 for row in rows(batches))


BAD = {
    "": [], " \n ": [], "no XML": [(None, "unreadable")],
    "<html><body>x</body></html>": [(None, "unreadable")],
    '<urlset xmlns="http://x"><url/></urlset>': [(None, "unreadable")],
    rss("<title>no text</title>"): [(1, "no_text")],
    rss("<description> </description>"): [(1, "no_text")],
    rss("<description>a</description>", "<description>b</description>")[:-45]: [(2, "truncated")],
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), BAD.items(), ids=[str(i) for i in range(len(BAD))])
def test_bad_files(tmp_path: Path, content: str, expected: list[tuple[int | None, str]]) -> None:
    batches = read_all(write(tmp_path / "a.xml", content))
    assert reasons(batches) == expected
    assert len(rows(batches)) == (expected == [(2, "truncated")])


@given(
    st.lists(
        st.lists(st.text("ab &<>é\n;x]!", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=3), max_size=5
    ),
    st.integers(min_value=1, max_value=700),
)
def test_texts_survive_any_blocks(tmp_path_factory: pytest.TempPathFactory, items: list[list[str]], block: int) -> None:
    """What is written as paragraphs of HTML comes back, wherever the blocks of the file end."""
    folder = tmp_path_factory.mktemp("feed")
    content = "".join(
        rss(*[f"<description>{escape(''.join(f'<p>{escape(p)}</p>' for p in item))}</description>" for item in part])
        for part in (items[:2], items[2:])
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed, "BLOCK", block)
        patch.setattr(compression, "BLOCK", block)
        batches = read_all(write(folder / "a.xml", content))
    assert rejects(batches) == []
    assert [row["text"] for row in rows(batches)] == ["\n\n".join(" ".join(p.split()) for p in item) for item in items]


@given(st.text("abc<>&;/ \né!", max_size=80))
def test_markup_text_keeps_the_words_of_plain_texts(text: str) -> None:
    plain = text.replace("<", " ").replace("&", " ")
    assert markup_text(plain).split() == plain.split()
    assert markup_text(f"<p>{escape(text)}</p>").split() == text.split()


FRAGMENTS = {
    "<ul><li>a</li><li>b</li></ul>after": "a\n\nb\n\nafter",
    "one<br>two<br/><br/>three": "one\ntwo\n\nthree",
    "<script>x()</script><style>y</style>seen": "seen",
    "in<b>li</b>ne <i>words</i>": "inline words",
    "<table><tr><td>a</td><td>b</td></tr></table>": "a b",
    "a<!-- hidden -->b": "ab",
    "no markup":  "no markup",
    "&lt;p&gt;": "<p>",
}  # fmt: skip


@pytest.mark.parametrize(("fragment", "expected"), FRAGMENTS.items())
def test_fragments(fragment: str, expected: str) -> None:
    assert markup_text(fragment) == expected


def test_memory_does_not_grow_with_the_feed(tmp_path: Path) -> None:
    import resource

    item = f"<description>{'word ' * 2000}</description>"
    path = tmp_path / "a.xml"
    path.write_text(rss(*[item] * 6000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    from dedup.inputs.paths import resolve
    from dedup.inputs.read import read
    from dedup.settings import Settings

    assert sum(batch.records.num_rows for batch in read(resolve([path]), Settings())) == 6000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000
