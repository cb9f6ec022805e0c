"""The Scrapy pipeline in a real crawl of a site on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from stories import near_copy, story, version

from dedup.index.public import Index

pytest.importorskip("scrapy")

ROOT = Path(__file__).parents[2]
PAGES = {
    "one": story("one"),
    "copy": near_copy("one"),
    "twin": story("one"),
    "update": version("one"),
    "two": story("two"),
    "none": "",
}
SPIDER = """
import scrapy
from scrapy.crawler import CrawlerProcess

class Page(scrapy.Item):
    link = scrapy.Field()
    article = scrapy.Field()
    dedup = scrapy.Field()

class Site(scrapy.Spider):
    name = "site"
    start_urls = [{url!r} + "index.html"]
    custom_settings = {settings!r}

    def parse(self, response):
        for link in response.css("a::attr(href)").getall():
            yield response.follow(link, self.page)

    def page(self, response):
        yield Page(link=response.url, article=response.css("p::text").get(default=""))

process = CrawlerProcess()
crawler = process.create_crawler(Site)
process.crawl(crawler)
process.start()
import json
print("STATS", json.dumps({{k: v for k, v in crawler.stats.get_stats().items() if k.startswith("dedup/")}}))
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "site"
    folder.mkdir()
    links = "".join(f'<a href="{name}.html">{name}</a>' for name in PAGES)
    (folder / "index.html").write_text(f"<html>{links}</html>")
    for name, text in PAGES.items():
        (folder / f"{name}.html").write_text(f"<html><p>{text}</p></html>")
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def crawl(site: str, tmp_path: Path, **settings: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """The items of a crawl by the name of their page, and the pipeline's statistics."""
    out = tmp_path / "items.jsonl"
    out.unlink(missing_ok=True)
    chosen = {
        "ITEM_PIPELINES": {"dedup.scrapy.SyndicationPipeline": 300},
        "DEDUP_INDEX": str(tmp_path / "seen.db"),
        "DEDUP_FIELDS": {"text": "article", "url": "link"},
        "FEEDS": {str(out): {"format": "jsonlines"}},
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        **settings,
    }
    script = tmp_path / "spider.py"
    script.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{SPIDER.format(url=site, settings=chosen)}")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert "STATS" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    stats = json.loads(done.stdout.split("STATS", 1)[1])
    items = [json.loads(line) for line in out.read_text().splitlines()]
    return {item["link"].rpartition("/")[2][:-5]: item for item in items}, stats


def test_copies_are_tagged_then_known(site: str, tmp_path: Path) -> None:
    items, stats = crawl(site, tmp_path)
    assert items.keys() == PAGES.keys()
    verdicts = {name: item["dedup"] for name, item in items.items() if "dedup" in item}
    assert verdicts.keys() == PAGES.keys() - {"none"}
    assert all(verdict["stored"] for verdict in verdicts.values())
    assert verdicts["two"]["verdict"] == "new"
    assert sorted(verdicts[name]["verdict"] for name in ("one", "copy", "twin", "update")) == ["new", *["seen"] * 3]
    assert stats == {"dedup/new": 2, "dedup/seen": 3, "dedup/no_text": 1}
    with Index(tmp_path / "seen.db") as index:
        assert len(index) == 5
        cluster = index.cluster(verdicts["one"]["id"])
        assert cluster is not None
        assert {m.url.rpartition("/")[2] for m in cluster.members if m.url} == {
            f"{n}.html" for n in ("one", "copy", "twin", "update")
        }
    _, again = crawl(site, tmp_path)
    assert again == {"dedup/known": 5, "dedup/no_text": 1}


def test_copies_are_dropped(site: str, tmp_path: Path) -> None:
    settings = {"DEDUP_COPIES": "drop", "CONCURRENT_REQUESTS": 1, "DEDUP_FIELD": "note"}
    items, stats = crawl(site, tmp_path, **settings)
    assert stats["dedup/dropped"] == stats["dedup/seen"] - ("update" in items) == 2
    assert {"two", "none"} < items.keys()
    assert len(items) == 4, "of one story one copy, and its update"
    assert all("note" not in item for item in items.values()), "an item class without the field stays as it is"


def test_asking_only(site: str, tmp_path: Path) -> None:
    with Index(tmp_path / "seen.db") as index:
        index.add({"id": "known", "text": PAGES["one"]})
    items, _ = crawl(site, tmp_path, DEDUP_ADD=False)
    assert items["copy"]["dedup"]["matches"][0]["id"] == "known"
    assert not items["copy"]["dedup"]["stored"]
    with Index(tmp_path / "seen.db") as index:
        assert len(index) == 1
