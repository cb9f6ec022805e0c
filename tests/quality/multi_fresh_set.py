"""Articles of `multi_fresh`: nine languages from ten repositories, as its labels name them (`build_set`).

Of each language come all labelled articles, and others in the order of the SHA-256 of their ids, up to 3,000 together.
Files of 4 MiB and more were not at hand when the labels were made; a clone has them, so what is read is named below.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlparse

import orjson
from repositories import CannotBuildError, Files, FilesOf, Record, Row
from yellow_vests_set import PATHS, gilets_jaunes

LABELS = Path(__file__).parents[1] / "data" / "labels" / "multi_fresh" / "origins.jsonl"
#: Articles of a language, at most.
MOST = 3000
#: Texts of fewer characters are left out.
FEW = 200
#: Chinese texts of fewer characters, or of fewer Chinese characters, are left out.
FEW_CHINESE, FEW_HAN = 100, 80
#: A site in Portuguese in a Spanish corpus.
LEFT_OUT = "brasil.elpais.com"


def multi_fresh(files_of: FilesOf) -> Iterator[Record]:
    """The articles by language and id; `files_of` gives the files of a repository below some paths."""
    found: dict[str, list[Record]] = {}
    urls: set[str] = set()
    for repository, (language, reader, paths) in READERS.items():
        records = [_record({"language": language} | row) for row in reader(files_of(repository, paths))]
        # Two repositories have the same crawled Chinese pages, so an address of an earlier repository is left out.
        kept = [one for one in records if _is_article(one) and one["url"] not in urls]
        urls.update(one["url"] for one in kept if one["url"])
        for one in kept:
            found.setdefault(one["language"], []).append(one)
    labelled = {name for line in LABELS.read_bytes().splitlines() for name in orjson.loads(line)["members"]}
    for _, records in sorted(found.items()):
        yield from _chosen(records, labelled)


def _chosen(records: Iterable[Record], labelled: set[str]) -> list[Record]:
    """The labelled articles, and others by the hash of their ids; in the order of the ids."""

    def rank(record: Record) -> tuple[bool, str]:
        return record["id"] not in labelled, hashlib.sha256(record["id"].encode()).hexdigest()

    return sorted(sorted(records, key=rank)[:MOST], key=lambda one: one["id"])


def _record(row: Row) -> Record:
    """The record of what a reader found; all records have the same fields in one order."""
    language, url = row["language"], row.get("url", "")
    return {
        "id": f"{language}/{row['id']}", "text": row["text"].replace("\r\n", "\n").replace("\r", "\n").strip(),
        "title": row.get("title", "").strip(), "url": url, "domain": row.get("domain", _domain(url)),
        "authors": row.get("authors", ""), "published": row.get("published", ""), "language": language,
    }  # fmt: skip


def _is_article(record: Record) -> bool:
    """Whether the text is long enough, and in the language that the record names."""
    text = record["text"]
    if record["language"] == "zh":
        return len(text) >= FEW_CHINESE and len(re.findall("[\u4e00-\u9fff]", text)) >= FEW_HAN
    return len(text) >= FEW and record["domain"] != LEFT_OUT


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows without those of an address that an earlier row has."""
    known: set[str] = set()
    for row in rows:
        url = row.get("url", "")
        if not url or url not in known:
            known.add(url)
            yield row


def _domain(url: str) -> str:
    try:
        found = urlparse(url if "//" in url else f"//{url}").netloc.lower().split(":")[0]
    except ValueError:
        return ""
    return found.removeprefix("www.")


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _csv_rows(data: bytes) -> Iterator[Row]:
    """The rows of a table, by the names of its columns; without blank rows and those with more cells than columns."""
    csv.field_size_limit(10**9)
    rows = csv.reader(io.StringIO(_decoded(data), newline=""))
    columns = [name.lower() for name in next(rows, [])]
    for row in rows:
        if any(cell.strip() for cell in row) and len(row) <= len(columns):
            yield dict.fromkeys(columns, "") | dict(zip(columns, row, strict=False))


def _sheet_rows(data: bytes) -> Iterator[Row]:
    """The rows of the first sheet of an .xlsx, by the names of its columns."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise CannotBuildError("some of the articles are in .xlsx files; install openpyxl to read them") from error
    rows = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
    columns = [_cell(name).lower() for name in next(rows, ())]
    for row in rows:
        yield dict(zip(columns, map(_cell, row), strict=False))


def _first(row: Record, *names: str) -> Any:
    """The value of the first of some names that has one; else the empty text."""
    return next((row[name] for name in names if row.get(name)), "")


def fang_covid(files: Files) -> Iterator[Row]:
    """German: an object of JSON an article."""
    for path, data in files.items():
        one = json.loads(data)
        yield {
            "id": _stem(path), "text": one["article"], "title": one["header"], "url": one["url"],
            "published": one["date"],
        }  # fmt: skip


def antcorpus(files: Files) -> Iterator[Row]:
    """Arabic: a file an article, with marks around its fields."""
    marks = {"text": "TEXT", "title": "TITLE", "url": "URL", "authors": "AUTHOR", "published": "TIME"}
    for path, data in files.items():
        whole = _decoded(data)
        found = {name: re.search(rf"<{mark}>(.*?)</{mark}>", whole, re.DOTALL) for name, mark in marks.items()}
        yield {"id": path.removesuffix(".txt")} | {name: one[1].strip() if one else "" for name, one in found.items()}


def fake_news_spanish(files: Files) -> Iterator[Row]:
    """Spanish: three sheets. What stands for an address is sometimes none."""
    for path in ("train.xlsx", "development.xlsx", "test.xlsx"):
        for place, row in enumerate(_sheet_rows(files[path])):
            url, source = row["link"], row["source"]
            yield {
                "id": f"{_stem(path)}-{place}", "text": row["text"], "title": row["headline"], "url": url,
                "domain": _domain(url) if url.startswith("http") else source, "authors": source,
            }  # fmt: skip


def hack_the_fake_news(files: Files) -> Iterator[Row]:
    """Bulgarian: one sheet."""
    for place, row in enumerate(_sheet_rows(files[BULGARIAN])):
        yield {
            "id": f"val-{place}", "text": row["content"], "title": row["content title"], "url": row["content url"],
            "published": row["content published time"],
        }  # fmt: skip


def indonews(files: Files) -> Iterator[Row]:
    """Indonesian: tables and sheets with several names for a column."""
    for path in INDONESIAN:
        rows = _sheet_rows(files[path]) if path.endswith(".xlsx") else _csv_rows(files[path])
        for place, row in enumerate(rows):
            url = _first(row, "url", "link")
            yield {
                "id": f"{_stem(path)}-{place}", "text": _first(row, "isi_berita", "isi", "content"),
                "title": _first(row, "judul", "title"), "url": url, "domain": _domain(url) or row.get("sumber", ""),
                "authors": row.get("author", ""), "published": _first(row, "tanggal_publikasi", "tanggal", "date"),
            }  # fmt: skip


def vfnd(files: Files) -> Iterator[Row]:
    """Vietnamese: an object of JSON an article, its fields of several makers; some files are broken."""
    for path, data in files.items():
        try:
            whole = json.loads(data)
        except ValueError:
            continue
        one = {name.strip(): value for name, value in (whole[0] if isinstance(whole, list) else whole).items()}
        text, authors = _first(one, "maintext", "text"), _first(one, "authors")
        yield {
            "id": _stem(path), "text": text if isinstance(text, str) else "\n".join(text),
            "title": _first(one, "title"), "url": _first(one, "url", "source_url", "source"),
            "authors": authors if isinstance(authors, str) else ", ".join(map(str, authors)),
            "published": str(_first(one, "date_publish", "publish_date")),
        }  # fmt: skip


def news_spider(files: Files, mark: str = "") -> Iterator[Row]:
    """Chinese: a table of crawled pages a day."""
    for path, data in sorted(files.items()):
        for place, row in enumerate(_csv_rows(data)):
            yield {
                "id": f"{_stem(path)}-{mark}{place}", "text": row["content"], "title": row["title"], "url": row["url"],
                "authors": row["source_name"], "published": row["published_at"],
            }  # fmt: skip


def fake_online(files: Files) -> Iterator[Row]:
    """Portuguese: one table."""
    for place, row in enumerate(csv.DictReader(io.StringIO(_decoded(files[PORTUGUESE])), delimiter=";")):
        yield {
            "id": f"fake-{place}", "text": row["texto"] or "", "title": row["titulo"] or "", "url": row["url"] or "",
            "published": "-".join(str(row[name]) for name in ("ano", "mes", "dia")),
        }  # fmt: skip


BULGARIAN = "datasets/hack_the_fake_news/data/FN_Validation_Set.xlsx"
PORTUGUESE = "FullTexts/Original/fake.csv"
SITES_OF_INDONESIA = (
    "Liputan6.xlsx", "detik.csv", "kapanlagi.csv", "kompas.csv", "okezone.xlsx", "posmetro.xlsx", "republika.csv",
    "sindonews.xlsx", "tempo.xlsx", "tribun.xlsx",
)  # fmt: skip
INDONESIAN = (
    *(f"Dataset new/scrapping_news_2025-06-{day}.csv" for day in (18, 19, 20)),
    *(f"old dataset/berita_{name}" for name in SITES_OF_INDONESIA),
)
#: The language of each repository, how it is read, and what of it. The sheets come first: they need another library.
READERS: dict[str, tuple[str, Callable[[Files], Iterator[Row]], tuple[str, ...]]] = {
    "jpposadas/FakeNewsCorpusSpanish": ("es", fake_news_spanish, ("*.xlsx",)),
    "pmacinec/fake-news-datasets": ("bg", hack_the_fake_news, (BULGARIAN,)),
    "gikirima/indonews-scrapper": ("id", lambda files: _once(indonews(files)), INDONESIAN),
    "justusmattern/fang-covid": ("de", fang_covid, ("articles",)),
    "antcorpus/antcorpus.multisource.data": ("ar", antcorpus, ("*/*.txt",)),
    "VFND/VFND-vietnamese-fake-news-datasets": ("vi", vfnd, ("Dataset/*/Article_Contents/*.json",)),
    "feryah/gilets_jaunes": ("fr", lambda files: _once(gilets_jaunes(files)), PATHS),
    "sbq9712/news-spider": ("zh", lambda files: _once(news_spider(files)), ("data/articles-*.csv",)),
    "wodewoping-png/news-spider": ("zh", lambda files: _once(news_spider(files, "w")), ("data/articles-*.csv",)),
    "Rodrigoguigo/FakeOnlineTCC-Corpus": ("pt", fake_online, (PORTUGUESE,)),
}  # fmt: skip
