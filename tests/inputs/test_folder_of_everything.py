"""A researcher's folder: every kind of input in it goes in with one command, and comes out right."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from html import escape
from pathlib import Path

import pytest
from click.testing import CliRunner
from inputs.workbooks import write_workbook

import dedup
from dedup.cli import index, scan

#: Stories of several languages; each is in two inputs.
STORIES = {
    "en": "The swing bridge will close to all traffic for 14 weeks from 3 March while engineers replace 86 steel "
    "cables that were found to be corroded during an inspection last autumn, the harbour authority said on Tuesday. "
    "A passenger ferry will run every half hour from 6am until 10pm and will carry bicycles free of charge.",
    "de": "Die Sparkasse schließt bis Ende September elf ihrer 34 Filialen. Betroffen sind vor allem kleine Orte im "
    "Süden des Landkreises, in denen zuletzt nur noch an zwei Vormittagen geöffnet war, wie der Vorstand am Mittwoch "
    "mitteilte. Für die Kundinnen und Kunden soll künftig ein Bus mit Geldautomat und Beratungsplatz fahren.",
    "fr": "Les 57 salariés de la brosserie, placée en redressement judiciaire l’été dernier, vont reprendre leur usine "
    "sous la forme d’une coopérative. Le tribunal de commerce a validé jeudi leur offre, préférée à celle d’un groupe "
    "néerlandais qui ne gardait que 20 postes. La production doit redémarrer début avril.",
    "sv": "Kommunen säljer den gamla ishallen till en stiftelse som ska bygga 240 studentlägenheter där. Beslutet togs "
    "på måndagskvällen med 34 röster mot 31, efter att tre ledamöter från majoriteten lagt ner sina röster. Hallen "
    "stängdes 2019 sedan snölasten tryckt ner taket.",
    "pt": "A câmara vai plantar 2300 sobreiros e azinheiras ao longo da antiga estrada nacional, para dar sombra à "
    "nova ciclovia. Os trabalhos começam em outubro, logo depois das primeiras chuvas, e deverão prolongar-se por três "
    "invernos. As árvores vêm de um viveiro municipal e serão regadas por um camião-cisterna.",
    "pl": "Zarząd dróg zamknie w poniedziałek most nad rzeką na czternaście tygodni, aby wymienić skorodowane liny. "
    "Autobusy pojadą objazdem przez stary młyn, co wydłuży każdą podróż o około dwadzieścia pięć minut. Koszt prac "
    "oszacowano na siedem milionów złotych, z czego dwie trzecie pokryje fundusz krajowy.",
}


def record(lang: str, site: str) -> dict[str, str]:
    return {
        "id": f"{site}-{lang}", "url": f"https://{site}.example/2026/03/02/the-story-in-{lang}",
        "title": f"Story in {lang}",
        "published": "2026-03-02T06:15:00Z", "text": STORIES[lang],
    }  # fmt: skip


def excel_csv(path: Path, langs: str) -> None:
    """As Excel saves a CSV in Europe: semicolons, a byte order mark."""
    lines = ["id;url;title;published;text"]
    lines += [";".join(f'"{value}"' for value in record(lang, "csv").values()) for lang in langs.split()]
    path.write_bytes("\ufeff".encode() + "\r\n".join(lines).encode() + b"\r\n")


def zip_of_arrays(path: Path, langs: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number, lang in enumerate(langs.split()):
            file.writestr(f"export/part{number}.json", json.dumps([record(lang, "zip")]))


def feed_dump(path: Path, langs: str) -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>{r['id']}</guid><link>{r['url']}</link><title>{r['title']}</title>"
        "<pubDate>Mon, 02 Mar 2026 06:15:00 GMT</pubDate><description>short …</description>"
        f"<content:encoded><![CDATA[<p>{escape(r['text'])}</p>]]></content:encoded></item>"
        for r in (record(lang, "feed") for lang in langs.split())
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    path.write_text(f'<?xml version="1.0"?>\n<rss version="2.0" {space}><channel>{items}</channel></rss>')


def warc(path: Path, langs: str) -> None:
    out = io.BytesIO()
    for lang in langs.split():
        r = record(lang, "warc")
        menu = "<nav><a href='/'>Start</a></nav>"
        article = f"<article><p>{r['text']}</p></article>"
        body = f"<html><head><title>{r['title']}</title></head><body>{menu}{article}</body></html>"
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body.encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {r['url']}\r\n"
        head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        out.write(head.encode() + answer + b"\r\n\r\n")
    path.write_bytes(out.getvalue())


def workbook(path: Path, langs: str) -> None:
    records = [record(lang, "xlsx") for lang in langs.split()]
    write_workbook(path, {"Articles": [list(records[0]), *(list(r.values()) for r in records)]})


def database(path: Path, langs: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE articles (id TEXT, url TEXT, title TEXT, published TEXT, text TEXT)")
        db.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?)", [tuple(record(x, "db").values()) for x in langs.split()]
        )
        db.commit()


#: Every kind of file, and its stories: each of the six is in two files.
FILES: dict[str, tuple[Callable[[Path, str], None], str]] = {
    "press.csv": (excel_csv, "en de"), "arrays.zip": (zip_of_arrays, "de fr"), "feed.xml": (feed_dump, "fr sv"),
    "crawl.warc": (warc, "sv pt"), "list.xlsx": (workbook, "pt pl"), "stories.db": (database, "pl en"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "research"
    folder.mkdir()
    for name, (make, langs) in FILES.items():
        make(folder / name, langs)
    return folder


def test_one_command_reads_all_of_it(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(scan.command, [str(folder), "--out", str(out), "--quiet"])
    assert result.exit_code == 0, result.output
    counts = json.loads((out / "summary.json").read_text())["counts"]
    assert (counts["articles"], counts["rejected"], counts["pairs"]) == (12, 0, 6)
    clusters = [json.loads(line) for line in (out / "clusters.jsonl").read_text().splitlines()]
    found = {frozenset(member["url"] for member in cluster["members"]) for cluster in clusters}
    sites = {
        "press.csv": "csv",
        "arrays.zip": "zip",
        "feed.xml": "feed",
        "crawl.warc": "warc",
        "list.xlsx": "xlsx",
        "stories.db": "db",
    }
    assert found == {
        frozenset(
            f"https://{sites[name]}.example/2026/03/02/the-story-in-{lang}"
            for name, (_, langs) in FILES.items()
            if lang in langs.split()
        )
        for lang in STORIES
    }
    pairs = [json.loads(line) for line in (out / "pairs.jsonl").read_text().splitlines()]
    assert {pair["relation"] for pair in pairs} <= {"identical", "near_copy"}


def test_the_library_and_an_index_read_the_same(folder: Path, tmp_path: Path) -> None:
    with dedup.scan(folder) as result:
        ids = sorted(origin["id"] for origin in result.origins)
    stored = CliRunner().invoke(index.command, ["add", str(tmp_path / "seen.db"), str(folder), "--quiet"])
    assert stored.exit_code == 0, stored.output
    with dedup.Index(tmp_path / "seen.db") as store:
        assert len(store) == len(ids) == 12
        assert all(identifier in store for identifier in ids if "crawl.warc" not in identifier)  # which has no ids


def test_an_index_may_lie_in_the_folder(folder: Path) -> None:
    """A second run skips it with one line."""
    for _ in range(2):
        result = CliRunner().invoke(index.command, ["add", str(folder / "seen.db"), str(folder)])
        assert result.exit_code == 0, result.output
    assert "0 stored" in result.output
    assert "12 known already" in result.output
