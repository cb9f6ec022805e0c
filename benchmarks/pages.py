"""Pages with expected texts, from the test folders of extractors: the share of each text kept, and what is added."""

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.part import Part, Report, Table

#: A word; in scripts without spaces each character is one.
_WORD = re.compile(r"[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")
#: A page whose text keeps a smaller share is listed. A text that is not in its page by more than this is not counted.
_HALF = 0.5


class ExpectedPage(NamedTuple):
    """A page and what should be made of it: a whole text, or phrases that must be in and phrases that must be out."""

    name: str
    path: Path
    url: str | None
    text: str | None
    phrases: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def content(self) -> bytes:
        content = self.path.read_bytes()
        return gzip.decompress(content) if self.path.suffix == ".gz" else content


class PageScore(NamedTuple):
    """kept: share of the expected text in ours. added: share of ours that is not expected. reason: of a rejection.

    present: share of the expected text that is anywhere in the page. wrong: phrases in that must be out.
    """

    page: ExpectedPage
    kept: float
    added: float
    present: float
    wrong: int
    reason: str
    size: int


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders",
        type=Path,
        nargs="*",
        metavar="FOLDER",
        help="a copy of the repository of fundus, trafilatura, newspaper4k or readability, or a folder with NAME.txt "
        "beside each NAME.html or NAME.html.gz",
    )
    parser.add_argument("--texts", type=Path, help="write our texts into this folder, to read or to compare")


def read_pages(folder: Path) -> list[ExpectedPage]:
    """The pages of a folder by the layout that it has."""
    for place, layout in (
        ("tests/resources/parser/test_data", _fundus),
        ("tests/evaldata.json", _trafilatura),
        ("tests/data/html", _newspaper),
        ("test/test-pages", _readability),
    ):
        if (folder / place).exists():
            return list(layout(folder / place))
    return list(_plain(folder))


def _fundus(folder: Path) -> Iterator[ExpectedPage]:
    """`XX/SITE.json` holds the texts by versions of a parser, in the order of the dates of `XX/SITE_DATE.html.gz`."""
    for path in sorted(folder.glob("*/*.json")):
        meta = json.loads((path.parent / "meta.info").read_text(encoding="utf-8"))
        versions = sorted(json.loads(path.read_text(encoding="utf-8")).items())
        for (_, fields), page in zip(versions, sorted(path.parent.glob(f"{path.stem}_[0-9]*.html.gz")), strict=True):
            body = fields["body"]
            parts = [*body["summary"], *(line for s in body["sections"] for line in (*s["headline"], *s["paragraphs"]))]
            yield ExpectedPage(page.name, page, meta[page.name]["url"], "\n".join(parts))


def _trafilatura(path: Path) -> Iterator[ExpectedPage]:
    for url, fields in json.loads(path.read_text(encoding="utf-8")).items():
        places = (path.parent / folder / fields["file"] for folder in ("cache", "eval"))
        if page := next((place for place in places if place.exists()), None):
            yield ExpectedPage(page.name, page, url, None, tuple(fields["with"]), tuple(fields["without"]))


def _newspaper(folder: Path) -> Iterator[ExpectedPage]:
    for page in sorted(folder.glob("*.html")):
        text, meta = (
            folder.parent / kind / f"{page.stem}.{end}" for kind, end in (("txt", "txt"), ("metadata", "json"))
        )
        if text.exists():
            url = json.loads(meta.read_text(encoding="utf-8")).get("url") if meta.exists() else None
            yield ExpectedPage(page.name, page, url or None, text.read_text(encoding="utf-8"))


def _readability(folder: Path) -> Iterator[ExpectedPage]:
    from lxml import html

    for page in sorted(folder.glob("*/source.html")):
        tree = html.document_fromstring((page.parent / "expected.html").read_text(encoding="utf-8"))
        for element in list(tree.iter("script", "style")):
            element.drop_tree()
        yield ExpectedPage(page.parent.name, page, None, "\n".join(tree.itertext()))


def _plain(folder: Path) -> Iterator[ExpectedPage]:
    for text in sorted(folder.rglob("*.txt")):
        for page in (text.with_suffix(".html"), text.with_suffix(".html.gz")):
            if page.exists():
                yield ExpectedPage(page.name, page, None, text.read_text(encoding="utf-8"))


def count_words(text: str) -> Counter[str]:
    """The words of a text with their numbers, in lower case."""
    return Counter(_WORD.findall(text.lower()))


def score(page: ExpectedPage, text: str, reason: str) -> PageScore:
    """Compare the text of a page with what is expected."""
    if page.text is None:
        line = _one_line(text)
        kept = statistics.mean(_one_line(phrase) in line for phrase in page.phrases) if page.phrases else 1.0
        wrong = sum(_one_line(phrase) in line for phrase in page.others)
        return PageScore(page, kept, 0.0, 1.0, wrong, reason, len(text))
    # A paragraph that is repeated, as in pages made for tests, is not lost when it is kept once.
    ours, expected = (count_words("\n".join(dict.fromkeys(lines.splitlines()))) for lines in (text, page.text))
    common = (ours & expected).total()
    kept = common / max(1, expected.total())
    present = 1.0 if kept >= _HALF else (_all_words(page) & expected).total() / max(1, expected.total())
    return PageScore(page, kept, 1 - common / max(1, ours.total()), present, 0, reason, len(text))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())


def _all_words(page: ExpectedPage) -> Counter[str]:
    """All words of a page, those of its scripts included."""
    from dedup.inputs.html.body import parse_html
    from dedup.inputs.html.decode import decode_page

    tree = parse_html(decode_page(page.content(), None))
    return count_words("\n".join(tree.itertext())) if tree is not None else Counter()


def measure(pages: list[ExpectedPage], texts: Path | None) -> tuple[list[PageScore], float]:
    """The scores of pages, and the seconds that their extraction took."""
    from dedup.inputs.fields import RejectedRecord
    from dedup.inputs.html.page_article import Hints, extract

    scores, seconds = [], 0.0
    for page in pages:
        content, text, reason = page.content(), "", ""
        start = time.perf_counter()
        try:
            text = extract(content, Hints(url=page.url))["text"]
        except RejectedRecord as rejection:
            reason = rejection.reason
        seconds += time.perf_counter() - start
        scores.append(score(page, text, reason))
        if texts is not None:
            (texts / f"{page.name}.txt").write_text(text, encoding="utf-8")
    return scores, seconds


def _row(name: str, scores: list[PageScore], seconds: float) -> tuple[list[str], dict[str, Any]]:
    lost = [each for each in scores if each.kept < _HALF and each.present >= _HALF]
    whole = scores[0].page.text is not None
    added = [each.added for each in scores if each.size]
    figures = {
        "pages": len(scores),
        "kept": round(statistics.mean(each.kept for each in scores), 4),
        "added": round(statistics.mean(added), 4) if whole and added else None,
        "wrong": None if whole else sum(each.wrong for each in scores),
        "lost": len(lost),
        "rejected": dict(Counter(each.reason for each in scores if each.reason)),
        "not_in_page": sum(each.present < _HALF for each in scores),
        "pages_per_second": round(len(scores) / seconds, 1),
        "lost_pages": {each.page.name: round(each.kept, 3) for each in sorted(lost, key=lambda each: each.kept)},
    }
    outside = f"{figures['added']:.4f}" if whole else f"{figures['wrong']} phrases"
    rejected = ", ".join(f"{n} {reason}" for reason, n in sorted(figures["rejected"].items())) or "-"
    cells = [name, str(len(scores)), f"{figures['kept']:.4f}", outside, str(len(lost)), str(figures["not_in_page"])]
    return [*cells, rejected, f"{figures['pages_per_second']:.0f}"], figures


def _run(options: argparse.Namespace) -> Report:
    import logging

    logging.disable(logging.CRITICAL)
    if not options.folders:
        sys.exit("name at least one folder of pages with expected texts")
    rows, lost_rows, figures = [], [], {}
    for folder in options.folders:
        pages = read_pages(folder)
        if not pages:
            sys.exit(f"{folder}: no pages with expected texts in it")
        texts = options.texts / folder.name if options.texts else None
        if texts is not None:
            texts.mkdir(parents=True, exist_ok=True)
        scores, seconds = measure(pages, texts)
        row, figures[folder.name] = _row(folder.name, scores, seconds)
        rows.append(row)
        names = figures[folder.name]["lost_pages"]
        reasons = {each.page.name: each.reason for each in scores}
        lost_rows += [[folder.name, name, f"{kept:.2f}", reasons[name] or "-"] for name, kept in names.items()]
    columns = ["folder", "pages", "kept", "added", "lost half", "not in the page", "rejected", "pages/s"]
    tables = [
        Table("Expected words that our text keeps, and words of ours that are not expected", columns, rows),
        Table("Pages that lost more than half", ["folder", "page", "kept", "rejected"], lost_rows),
    ]
    return Report("pages", tables, figures)


PART = Part("pages", "pages with expected texts: what extraction keeps, adds and loses", _options, _run)
