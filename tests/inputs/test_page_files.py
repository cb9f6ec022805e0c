"""HTML files, WARC files and JSON lines with pages: from files to batches, and through the command."""

from __future__ import annotations

import bz2
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from web_pages import OTHER, STORY, article, ld, news, packed, page, paragraphs, record, response

from dedup.inputs import read as reading
from dedup.inputs.batch import SCHEMA, Batch
from dedup.inputs.paths import resolve
from dedup.inputs.readers.warc_recovery import split_records
from dedup.inputs.source import Source
from dedup.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Path:
    """One cache for all tests here: they share a few pages, and a worker takes half a second to start."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared_cache))
    return shared_cache


def read(*paths: Path, **options: Any) -> list[Batch]:
    found = list(reading.read(resolve(paths, options.pop("format", None)), Settings(**{"threads": 1, **options})))
    for batch in found:
        assert batch.records.schema == SCHEMA
        batch.records.validate(full=True)
        assert batch.files is None or len(batch.files) == batch.records.num_rows
        assert batch.raw is None or len(batch.raw) == batch.records.num_rows
    return found


def rows(batches: list[Batch]) -> list[dict[str, Any]]:
    return [{**row, "file": batch.file_of(i)} for batch in batches for i, row in enumerate(batch.records.to_pylist())]


def rejects(batches: list[Batch]) -> list[tuple[str, int | None, str]]:
    return [(reject.file, reject.line, reject.reason) for batch in batches for reject in batch.rejects]


def passed(batches: list[Batch]) -> dict[str, int]:
    out: dict[str, int] = {}
    for batch in batches:
        for name, number in batch.skip_counts.items():
            out[name] = out.get(name, 0) + number
    return out


# -- HTML files ----------------------------------------------------------------------------------------------------


def test_a_folder_of_pages_of_any_depth_and_packing(tmp_path: Path) -> None:
    content = article().encode()
    (tmp_path / "site/news/2024").mkdir(parents=True)
    files = {
        "site/a.html": content,
        "site/b.htm": content,
        "site/news/2024/c.html.gz": gzip.compress(content),
        "site/news/2024/d.HTML": content,
        "site/news/e.html.zst": zstandard.compress(content),
        "site/news/f.html.bz2": bz2.compress(content),
        "site/news/g.html": b"",
        "site/news/h.html.gz": gzip.compress(content)[:200],
        "site/style.css": b"p { color: red }",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found = read(tmp_path / "site")
    taken = rows(found)
    base = str(tmp_path / "site")
    names = ["a.html", "b.htm", "news/2024/c.html.gz", "news/2024/d.HTML", "news/e.html.zst", "news/f.html.bz2"]
    assert sorted(row["id"] for row in taken) == [f"{base}/{name}" for name in names]
    assert all(row["file"] == row["id"] and row["line"] == 1 for row in taken)
    assert len({row["text"] for row in taken}) == 1
    assert sorted(rejects(found)) == [
        (f"{base}/news/g.html", 1, "empty_text"),
        (f"{base}/news/h.html.gz", 1, "truncated"),
    ]


def test_what_a_page_says_goes_into_its_columns(tmp_path: Path) -> None:
    url = "https://www.gazette.example/news/harbour"
    head = f'<link rel="canonical" href="{url}">' + ld(
        news(
            headline="Harbour to close after crack in breakwater grows",
            author="Ines Wade",
            datePublished="2024-05-01T21:00:00Z",
        )
    )
    (tmp_path / "a.html").write_text(article(head=head))
    (row,) = rows(read(tmp_path / "a.html"))
    assert {name: row[name] for name in ("url", "domain", "title", "published", "authors")} == {
        "url": url,
        "domain": "gazette.example",
        "title": "Harbour to close after crack in breakwater grows",
        "published": "2024-05-01T21:00:00Z",
        "authors": "Ines Wade",
    }
    assert json.loads(row["meta"])["jsonld"]["author"] == "Ines Wade"


def test_the_users_names_of_fields_do_not_matter_for_pages(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(article())
    plain = rows(read(tmp_path / "a.html"))
    assert rows(read(tmp_path / "a.html", fields=(("text", "story"), ("id", "key"), ("title", "kicker")))) == plain


def test_kept_records_are_the_articles_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(article())
    (batch,) = read(tmp_path / "a.html", keep="canonical")
    assert batch.raw is not None
    kept = json.loads(batch.raw[0])
    assert kept["id"] == str(tmp_path / "a.html")
    assert kept["text"] == batch.records.column("text")[0].as_py()


# -- JSON lines ----------------------------------------------------------------------------------------------------


def lines(*records: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".json"])
def test_records_with_html_instead_of_text(tmp_path: Path, ending: str) -> None:
    head = '<meta name="author" content="Page Author"><meta property="og:site_name" content="Gazette">'
    records = [
        {"id": "1", "text": "a text of its own"},
        {
            "id": "2",
            "html": article(head=head),
            "url": "https://a.example/2",
            "title": "The record's title",
            "meta": {"credit": "AP"},
        },
        {"id": "3", "text": "", "html": article(OTHER)},
        {"id": "4", "text": "a text goes first", "html": article()},
        {"id": "5", "html": "<p></p>"},
        {"id": "6", "html": 5},
        {"id": "7", "title": "neither"},
        {"id": 12345678901234567890123, "text": "a long number"},
    ]
    data = json.dumps(records).encode() if ending == ".json" else lines(*records)
    path = tmp_path / f"a{ending}"
    path.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
    found = read(path)
    taken = rows(found)
    assert [row["id"] for row in taken] == ["1", "2", "3", "4", "12345678901234567890123"]
    assert [row["line"] for row in taken] == [1, 2, 3, 4, 8]
    assert [(line, reason) for _, line, reason in rejects(found)] == [(5, "no_text"), (6, "wrong_type"), (7, "no_text")]
    two = taken[1]
    assert STORY[0] in two["text"]
    assert (two["title"], two["authors"], two["url"]) == ("The record's title", "Page Author", "https://a.example/2")
    meta = json.loads(two["meta"])
    assert (meta["credit"], meta["og_site_name"]) == ("AP", "Gazette")
    assert OTHER[0] in taken[2]["text"]
    assert taken[3]["text"] == "a text goes first"


def test_lines_with_pages_can_be_read_again_by_their_place(tmp_path: Path) -> None:
    records = [{"id": str(n), **({"html": article()} if n % 2 else {"text": f"text {n}"})} for n in range(6)]
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(*records))
    content = path.read_bytes()
    for row in rows(read(path)):
        assert json.loads(content[row["offset"] : row["offset"] + row["length"]])["id"] == row["id"]


def test_a_cut_file_of_lines_with_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(
        gzip.compress(lines(*({"id": str(n), "html": article(), "x": str(hash(str(n)))} for n in range(20))))[:-40]
    )
    found = read(path)
    assert [row["id"] for row in rows(found)] == [str(n) for n in range(len(rows(found)))]
    assert rows(found)
    assert rejects(found)[-1][2] == "truncated"


# -- WARC ----------------------------------------------------------------------------------------------------------

URLS = [f"https://gazette.example/news/story-{n}" for n in range(6)]


def story(n: int) -> str:
    return article((f"Number {n} of the stories that were told on the quay that day.", *STORY))


def records() -> list[bytes]:
    return [response(story(n), url) for n, url in enumerate(URLS)]


def numbers(batches: list[Batch]) -> list[int]:
    """Which of the stories were read, each whole."""
    assert all(STORY[-1] in row["text"] for row in rows(batches))
    return [int(row["url"].rpartition("-")[2]) for row in rows(batches)]


@pytest.mark.parametrize("ending", [".warc", ".warc.gz", ".warc.zst", "whole.warc.gz"])
def test_a_warc_file(tmp_path: Path, ending: str) -> None:
    plain = b"".join(records())
    content = {
        ".warc": plain,
        ".warc.gz": packed(records()),
        ".warc.zst": zstandard.compress(plain),
        "whole.warc.gz": gzip.compress(plain),
    }[ending]
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)
    found = read(path)
    assert numbers(found) == [0, 1, 2, 3, 4, 5]
    first = rows(found)[0]
    assert (first["url"], first["domain"], first["line"], first["id"]) == (URLS[0], "gazette.example", 1, None)
    assert json.loads(first["meta"])["captured"] == "2024-05-02T10:00:00Z"
    assert rejects(found) == []


def test_records_that_are_no_page_are_counted_or_passed_over(tmp_path: Path) -> None:
    html = "Content-Type: text/html"
    kinds = [
        record(b"software: test\r\n", "urn:info", kind="warcinfo", type_="application/warc-fields"),
        record(b"GET / HTTP/1.1\r\n\r\n", URLS[0], kind="request", type_="application/http; msgtype=request"),
        response(story(0), URLS[0]),
        record(b"fetchTimeMs: 5\r\n", URLS[0], kind="metadata", type_="application/warc-fields"),
        response(b"\x89PNG", URLS[1], headers="Content-Type: image/png"),
        response("{}", URLS[1], headers="Content-Type: application/json"),
        response("", URLS[1], kind="revisit", headers=html),
        response(story(1), URLS[1], status="404 Not Found"),
        response("", URLS[1], status="301 Moved", headers="Location: /x"),
        response(story(2), URLS[2], headers="X-Type: none"),
        response("plain words", URLS[3], headers="X-Type: none"),
        record(story(4).encode(), URLS[4], kind="resource", type_="text/html"),
        record(b"20240501 1.2.3.4", "dns:gazette.example", kind="response", type_="text/dns"),
        response("", URLS[5], headers=html),
        response(
            page("".join(f'<h2><a href="/{n}">A story of number {n}</a></h2>' for n in range(40))),
            "https://gazette.example/",
        ),
    ]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(packed(kinds))
    found = read(path)
    assert [(row["line"], row["url"]) for row in rows(found)] == [(3, URLS[0]), (10, URLS[2]), (12, URLS[4])]
    assert passed(found) == {"http_status": 2, "not_html": 4, "revisit": 1}
    assert [(line, reason) for _, line, reason in rejects(found)] == [(14, "empty_text")]
    aside = [one for batch in found for one in batch.set_aside.values()]
    assert [(one.line, one.reason) for one in aside] == [(15, "not_an_article")]


def test_bodies_as_servers_send_them(tmp_path: Path) -> None:
    import brotli

    html = "Content-Type: text/html"
    body = story(0).encode()
    half = len(body) // 2
    chunked = b"%x;a=b\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (half, body[:half], len(body) - half, body[half:])
    squeezed = gzip.compress(body)
    variants = [
        response(squeezed, URLS[0], headers=f"{html}\r\nContent-Encoding: gzip"),
        response(brotli.compress(body), URLS[0], headers=f"{html}\r\nContent-Encoding: br"),
        response(chunked, URLS[0], headers=f"{html}\r\nTransfer-Encoding: chunked"),
        response(
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(squeezed), squeezed),
            URLS[0],
            headers=f"{html}\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip",
        ),
        response(body, URLS[0], headers=f"{html}\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip"),
        response(story(0).encode("utf-16"), URLS[0], headers=html),
        response(
            body.replace(b"utf-8", b"x-none").decode().encode("cp1252"),
            URLS[0],
            headers=f"{html}; charset=windows-1252",
        ),
        response(b"\x1f\x8bjunk" + squeezed[20:], URLS[0], headers=f"{html}\r\nContent-Encoding: gzip"),
    ]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(packed(variants))
    found = read(path)
    assert len({row["text"] for row in rows(found)}) == 1
    assert [row["line"] for row in rows(found)] == [1, 2, 3, 4, 5, 6, 7]
    assert [(line, reason) for _, line, reason in rejects(found)] == [(8, "corrupt")]


@pytest.mark.parametrize("gz", [True, False])
@pytest.mark.parametrize("share", [0.35, 0.6, 0.95])
def test_a_file_that_is_cut(tmp_path: Path, gz: bool, share: float) -> None:
    content = packed(records()) if gz else b"".join(records())
    path = tmp_path / ("a.warc.gz" if gz else "a.warc")
    path.write_bytes(content[: int(len(content) * share)])
    found = read(path)
    whole = int(6 * share)
    assert numbers(found) == list(range(whole))
    assert [(line, reason) for _, line, reason in rejects(found)] == [(whole + 1, "truncated")]


@pytest.mark.parametrize("length", ["+300", "-300", "1", "0", "9999999", "999999999999", "none", "word"])
@pytest.mark.parametrize("gz", [True, False])
@pytest.mark.parametrize("damaged", [0, 2, 5])
def test_a_wrong_length_costs_no_record(tmp_path: Path, gz: bool, length: str, damaged: int) -> None:
    made = records()
    head, _, rest = made[damaged].partition(b"Content-Length: ")
    right, _, rest = rest.partition(b"\r\n")
    wrong = str(int(right) + int(length)) if length[0] in "+-" else length
    made[damaged] = (
        head + (b"X-None: 1\r\n" if length == "none" else b"Content-Length: " + wrong.encode() + b"\r\n") + rest
    )
    path = tmp_path / ("a.warc.gz" if gz else "a.warc")
    path.write_bytes(packed(made) if gz else b"".join(made))
    found = read(path)
    kept = numbers(found)
    assert [n for n in kept if n != damaged] == [n for n in range(6) if n != damaged]
    # In a plain file the end of the last record is known only by its length.
    if gz or damaged < 5 or length in ("-300", "1", "0"):
        assert damaged in kept or length in ("0", "1", "-300")


@pytest.mark.parametrize("at", [0.02, 0.3, 0.5, 0.97])
def test_an_error_in_one_member(tmp_path: Path, at: float) -> None:
    members = [gzip.compress(one, mtime=0) for one in records()]
    broken = bytearray(members[2])
    place = int(len(broken) * at)
    for i in range(place, min(place + 12, len(broken))):
        broken[i] ^= 0x5A
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join([*members[:2], bytes(broken), *members[3:]]))
    found = read(path)
    assert numbers(found) == [0, 1, 3, 4, 5]
    assert [reason for _, _, reason in rejects(found)] == ["corrupt"]


def test_junk_between_records(tmp_path: Path) -> None:
    made = records()
    path = tmp_path / "a.warc"
    path.write_bytes(b"\r\n\r\n".join([made[0], b"some words that belong to nothing" * 20, *made[1:]]))
    assert numbers(read(path)) == [0, 1, 2, 3, 4, 5]
    path = tmp_path / "b.warc.gz"
    path.write_bytes(packed(made[:2]) + b"\0" * 512 + b"junk, no gzip" + packed(made[2:]))
    assert numbers(read(path)) == [0, 1, 2, 3, 4, 5]


@settings(max_examples=60)
@given(
    st.lists(st.binary(max_size=400), max_size=5),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=4),
    st.integers(0, 4000),
)
def test_frames_of_any_bytes_end_and_whole_files_come_back(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[bytes], gz: bool, flips: list[tuple[int, int]], cut: int
) -> None:
    made = [record(block, f"x:{n}") for n, block in enumerate(blocks)]
    content = bytearray(packed(made) if gz else b"".join(made))
    path = tmp_path_factory.mktemp("split_records") / "a.warc"
    path.write_bytes(content)
    source = Source("a", str(path), "warc", "gz" if gz else None)
    assert [frame.content for frame in split_records(source)] == blocks
    for at, value in flips:
        if at < len(content):
            content[at] = value
    path.write_bytes(content[: max(0, len(content) - cut)])
    list(split_records(source))


def test_records_larger_than_may_be_are_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dedup.inputs.readers import warc_recovery as module

    monkeypatch.setattr(module, "MAX_RECORD", 100_000)
    made = records()
    large = response("<p>" + "x" * 400_000 + "</p>", "https://gazette.example/news/large-9")
    for gz in (True, False):
        path = tmp_path / ("a.warc.gz" if gz else "a.warc")
        path.write_bytes(packed([*made[:3], large, *made[3:]]) if gz else b"".join([*made[:3], large, *made[3:]]))
        found = read(path)
        assert numbers(found) == [0, 1, 2, 3, 4, 5]
        assert [(line, reason) for _, line, reason in rejects(found)] == [(4, "too_large")]


# -- the command ---------------------------------------------------------------------------------------------------


def dedup(*args: str | Path, input: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "dedup", *map(str, args)],
        input=input,
        capture_output=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )


def test_extract_writes_what_scan_reads(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.html").write_text(article())
    (tmp_path / "in/b.warc.gz").write_bytes(packed(records()[:2]))
    (tmp_path / "in/c.jsonl").write_bytes(lines({"id": "x", "html": article(OTHER)}))
    out = tmp_path / "articles.jsonl"
    done = dedup("extract", tmp_path / "in", "--out", out)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
    written = [json.loads(line) for line in out.read_bytes().splitlines()]
    names = ["id", "file", "url", "domain", "title", "published", "authors", "text", "meta"]
    assert all(list(one) == names for one in written)
    base = str(tmp_path / "in")
    assert [one["id"] for one in written] == [f"{base}/a.html", f"{base}/b.warc.gz:1", f"{base}/b.warc.gz:2", "x"]
    assert [one["file"] for one in written] == [f"{base}/a.html", *[f"{base}/b.warc.gz"] * 2, f"{base}/c.jsonl"]
    again = rows(read(out))
    assert [row["text"] for row in again] == [one["text"] for one in written]
    assert [json.loads(row["meta"]) for row in again] == [one["meta"] for one in written]


def test_standard_input(tmp_path: Path) -> None:
    for name, content in (("html", article().encode()), ("warc", packed(records())), ("warc", b"".join(records()))):
        done = dedup("extract", "-", "--format", name, "--no-cache", input=content)
        assert done.returncode == 0
        texts = [json.loads(line)["text"] for line in done.stdout.splitlines()]
        assert len(texts) == (1 if name == "html" else 6)
        assert all(STORY[0] in text for text in texts)


def test_a_scan_of_variants_of_one_article(tmp_path: Path) -> None:
    """AMP and print pages cluster with the page; lists are counted and compared with nothing."""
    import dedup

    made = [
        response(article(), "https://gazette.example/harbour"),
        response(
            f"<html amp><body><h1>Harbour</h1>{paragraphs(STORY)}</body></html>", "https://gazette.example/harbour?amp"
        ),
        response(
            f"<html><body><p>Print this page</p>{paragraphs(STORY)}</body></html>",
            "https://gazette.example/harbour?print",
        ),
        response(article(OTHER), "https://gazette.example/library"),
        response(article(STORY), "https://gazette.example/", status="200 OK"),
        response(b"GIF", "https://gazette.example/a.gif", headers="Content-Type: image/gif"),
    ]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(packed(made))
    with dedup.scan(str(path)) as result:
        assert [sorted(m.url or "" for m in c.members) for c in result.clusters] == [
            [
                "https://gazette.example/harbour",
                "https://gazette.example/harbour?amp",
                "https://gazette.example/harbour?print",
            ]
        ]
        counts = result.summary["counts"]
        assert counts["set_aside_by_reason"] == {"not_an_article": 1}
        assert counts["passed_over"] == {"not_html": 1}


def test_a_scan_of_lines_loads_no_parser() -> None:
    heavy = (
        "lxml",
        "trafilatura",
        "htmldate",
        "courlan",
        "fastwarc",
        "tldextract",
        "sqlite3",
        "dedup.inputs.html.page_article",
    )
    code = (
        "import sys; from dedup.inputs import paths, read; from dedup.settings import Settings;"
        "list(read.read(paths.resolve([sys.argv[1]]), Settings()));"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    path = ROOT / "dedup/sample/articles.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=ROOT, timeout=120, check=True
    )
    assert done.stdout == "[]\n"
