"""report.html without a browser: policy, escaping, data, who republishes whom, and where furniture stands."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.inputs.batch import text_array
from dedup.reports import html_report, page_data
from dedup.reports.page_data import escaped
from dedup.reports.republication import Flow, Site, Source, flow_of, same_site
from dedup.reports.sankey_layout import picture_of
from dedup.sanitize import safe_link
from dedup.text.boilerplate.explain import body_records, mark_texts
from dedup.text.boilerplate.learning import BoilerplateModel

SAMPLE = str(files("dedup") / "sample" / "articles.jsonl")


def page(result: Any, articles: str | None = None) -> str:
    return b"".join(html_report.pieces(result, articles)).decode()


def blocks(text: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/json" id="([^"]+)">(.*?)</script>', text, re.DOTALL)
    return {name: json.loads(content) for name, content in found}


@pytest.fixture(scope="module")
def scanned() -> Any:
    with dedup.scan(SAMPLE) as result:
        yield result


# -- the page ------------------------------------------------------------------------------------------------------


def test_the_policy_knows_this_script_and_this_style_alone(scanned: Any) -> None:
    text = page(scanned)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        (content,) = re.findall(pattern, text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.search(r"\s(?:style|on\w+)=", text.split('<script type="application/json"')[0])
    assert not re.search(r"(?:src|href)=\"(?!#|https?://)", text.split('<script type="application/json"')[0])


def test_the_same_scan_gives_the_same_page(scanned: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inputs have one name in both scans: a page cuts long ones short."""
    assert page(scanned) == page(scanned)
    lines = Path(SAMPLE).read_bytes().splitlines(keepends=True)
    pages = set()
    for threads, part in enumerate((lines, lines[::-1]), 1):
        (folder := tmp_path / str(threads)).mkdir()
        (folder / "articles.jsonl").write_bytes(b"".join(part))
        monkeypatch.chdir(folder)
        with dedup.scan("articles.jsonl", threads=threads) as result:
            pages.add(page(result))
    assert len(pages) == 1


def test_texts_are_those_of_the_articles_whatever_the_way_in(scanned: Any, tmp_path: Path) -> None:
    texts = {row["id"]: row["text"] for row in map(orjson.loads, Path(SAMPLE).read_bytes().splitlines())}
    (tmp_path / "articles.jsonl.gz").write_bytes(gzip.compress(Path(SAMPLE).read_bytes()))
    with (
        dedup.scan(str(tmp_path / "articles.jsonl.gz"), texts=True) as packed,
        dedup.scan(pa.Table.from_pylist([{"id": k, "text": v} for k, v in texts.items()]), texts=True) as table,
    ):
        for result in (scanned, packed, table):
            held = blocks(page(result))
            for cluster in result.clusters:
                rows = held[f"t-{cluster.name}"]
                whole = [rows[row] if isinstance(row, int) else row for row in rows]
                shown = [rows[row[0]][0] if isinstance(row[0], int) else row[0] for row in whole]
                assert shown == [texts[member.id] for member in cluster.members]
    with dedup.scan(str(tmp_path / "articles.jsonl.gz")) as packed:
        assert set(map(str, blocks(page(packed))["t-c000001"])) == {"None"}, "not asked to keep them"


def test_whose_texts_are_in_the_page(scanned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {mode: {n for n in blocks(page(scanned, mode)) if n.startswith("t-")} for mode in html_report.ARTICLES}
    assert held["none"] == set()
    assert held["clustered"] == {f"t-{cluster.name}" for cluster in scanned.clusters}
    assert held["all"] > held["clustered"]
    assert len(held["all"]) == 11 + 28
    assert html_report.default_articles(scanned) == "clustered"
    monkeypatch.setattr(html_report, "MOST_TEXTS", 35)
    assert html_report.default_articles(scanned) == "none"
    assert "as more than 35 articles share a story" in page(scanned)


def test_a_page_that_cannot_hold_all_says_what_it_left_out(scanned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_data, "MOST_CLUSTERS", 4)
    text = page(scanned)
    assert len(blocks(text)["data"]["clusters"]) == 4
    assert "the 4 largest of 11 stories" in text
    monkeypatch.setattr(page_data, "MOST_MEMBERS", 12)
    assert len(blocks(page(scanned))["data"]["clusters"]) == 2


def test_a_long_text_is_cut_and_said_to_be(monkeypatch: pytest.MonkeyPatch, scanned: Any) -> None:
    monkeypatch.setattr(page_data, "LONGEST_TEXT", 100)
    for row in blocks(page(scanned))["t-c000001"]:
        assert isinstance(row, int) or ((isinstance(row[0], int) or len(row[0]) == 100) and row[2] is True)


def test_of_nothing_there_is_a_page_too() -> None:
    with dedup.scan([]) as result:
        assert "No article carries the text of another." in page(result)
    with dedup.scan([{"text": "the same words again " * 10}] * 2) as result:
        text = page(result)
        assert "2 of 2 articles carry a text" in text
        assert "name no site" in text


@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner)))
def test_escaped_json_is_the_same_json_and_no_markup(value: Any) -> None:
    try:
        plain = orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return
    data = escaped(plain)
    assert orjson.loads(data) == value
    assert not set("<>&\u2028\u2029") & set(data.decode())


def test_links_are_addresses_of_the_web_alone() -> None:
    for url in (
        "javascript:alert(1)",
        "https://",
        "http:/x",
        "//x.example",
        "https://a b",
        "https://x\u202e.example",
        "file:///etc",
    ):
        assert safe_link(url) is None
    for url in ("https://x.example/a?b=c#d", "http://x.example", "https://x.example:8080/", "https://ü.example/ä"):
        assert safe_link(url) == url


# -- who republishes whom ------------------------------------------------------------------------------------------


def told(result: Any) -> dict[tuple[str | None, str], int]:
    flow = flow_of(result)
    return {(flow.sources[e.source].name, flow.sites[e.site].domain): e.articles for e in flow.edges}


def test_flow_counted_by_hand(scanned: Any) -> None:
    """The same numbers from the objects of the contract, article by article."""
    edges: dict[tuple[str | None, str], int] = {}
    site = {}
    for cluster in scanned.clusters:
        site.update({m.id: m.domain for m in cluster.members})
    rows = {row["id"]: row for row in map(orjson.loads, Path(SAMPLE).read_bytes().splitlines())}
    keeper = {m.id: cluster.canonical for cluster in scanned.clusters for m in cluster.members}
    for one in scanned.origins:
        domain, origin = rows[one["id"]]["domain"], one["origin"]
        if origin["name"] is None:
            own = one["cluster"] is None or keeper[one["id"]].domain == domain
        else:
            own = same_site(origin["domain"], domain)
        if not own:
            edges[origin["name"], domain] = edges.get((origin["name"], domain), 0) + 1
    assert told(scanned) == edges
    flow = flow_of(scanned)
    assert sum(s.foreign for s in flow.sites) == sum(s.articles for s in flow.sources) == flow.articles
    assert sum(s.articles for s in flow.sites) + flow.unnamed == 64


def test_copies_of_an_unknown_writer_count_off_the_site_of_the_copy_to_keep() -> None:
    text = " ".join(f"alpha{i} beta{i} gamma{i}" for i in range(60))
    rows = [
        {"id": str(i), "text": text, "domain": domain}
        for i, domain in enumerate(("a.example", "a.example", "b.example", "www.b.example", None))
    ]
    with dedup.scan(rows) as result:
        kept = result.clusters[0].canonical.domain
        name = result.clusters[0].origin.name
        counted = told(result)
    assert name is None
    other = "b.example" if kept == "a.example" else "a.example"
    assert counted == {(None, other): 2}


def test_a_writer_is_at_home_on_each_of_its_domains(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "domain": "huffingtonpost.com", "text": f"{'one two three four five ' * 9}\n\n© 2017 HuffPost."},
        {"id": "b", "domain": "elsewhere.example", "text": "(Valley Wire) - " + "six seven eight nine ten " * 9},
        {"id": "c", "domain": "valley.example", "text": "(Valley Wire) - " + "six seven eight nine ten " * 9},
    ]
    homes = ["vw.example", "valley.example"]
    own = [{"name": "Valley Wire", "tags": ["Valley Wire"], "domains": homes, "kind": "agency"}]
    (tmp_path / "agencies.json").write_text(json.dumps(own))
    with dedup.scan(rows, agencies=str(tmp_path / "agencies.json")) as result:
        assert told(result) == {("Valley Wire", "elsewhere.example"): 1}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("apnews.com", "www.apnews.com", True), ("nbc.com", "news.nbc.com", True), ("nbc.com", "snbc.com", False),
        ("A.COM", "a.com", True), (None, "a.com", False), ("", "", False),
    ],
)  # fmt: skip
def test_same_site(a: str | None, b: str | None, same: bool) -> None:
    assert same_site(a, b) is same
    assert same_site(b, a) is same


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40), st.integers(1, 10_000)), min_size=1, max_size=120))
def test_the_picture_holds_all_articles_and_bars_do_not_overlap(edges: list[tuple[int, int, int]]) -> None:
    from dedup.reports.republication import Edge

    merged: dict[tuple[int, int], int] = {}
    for source, site, n in edges:
        merged[source, site] = merged.get((source, site), 0) + n
    sums = {i: sum(n for (s, _), n in merged.items() if s == i) for i in range(31)}
    into = {i: sum(n for (_, t), n in merged.items() if t == i) for i in range(41)}
    flow = Flow(
        tuple(Source(f"w{i}", "agency", None, n) for i, n in sums.items()),
        tuple(Site(f"s{i}", n + 1, n, None) for i, n in into.items()),
        tuple(Edge(s, t, n, None) for (s, t), n in merged.items()),
        0,
    )
    picture = picture_of(flow)
    assert picture is not None
    whole = sum(merged.values())
    for bars in (picture.sources, picture.sites):
        assert sum(bar.articles for bar in bars) == whole
        for above, below in pairwise(bars):
            assert below.y >= above.y + above.height
        assert bars[-1].y + bars[-1].height <= picture.height + 2
    assert sum(ribbon.articles for ribbon in picture.ribbons) == whole


# -- furniture -----------------------------------------------------------------------------------------------------


def test_furniture_spans_are_what_extract_cuts() -> None:
    rows = [orjson.loads(line) for line in Path(SAMPLE).read_bytes().splitlines()]
    wide = "PARIS (AFP) — \U0001d538\U0001f600 é words stand here " * 8
    rows.append({"id": "wide", "title": None, "domain": None, "text": wide})
    from dedup.inputs.read import read_objects
    from dedup.settings import Settings

    with dedup.scan(SAMPLE) as result:
        learned = result.furniture
    cut = {
        row["id"]: [part["text"] for part in row["furniture"]]
        for batch in read_objects(rows, Settings())
        for row in body_records(batch, learned)
    }
    assert learned or BoilerplateModel() == learned
    spans = mark_texts(
        *(text_array([row.get(name) for row in rows]) for name in ("text", "title", "domain")), learned
    ).boilerplate
    for row, own in zip(rows, spans, strict=True):
        utf16 = row["text"].encode("utf-16-le")
        bounds = zip(own[::3], own[1::3], strict=True)
        pieces = [utf16[2 * low : 2 * high].decode("utf-16-le").strip() for low, high in bounds]
        # A run of two rules is one span here and two parts there.
        assert " ".join(" ".join(pieces).split()) == " ".join(" ".join(cut[row["id"]]).split())
        assert own[::3] == sorted(own[::3])


@given(st.lists(st.text(), max_size=8))
def test_furniture_spans_of_any_text(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    nothing = text_array([None] * len(texts))
    spans = mark_texts(text_array(texts), nothing, nothing, BoilerplateModel()).boilerplate
    assert len(spans) == len(texts)
    for text, own in zip(texts, spans, strict=True):
        size = len(text.encode("utf-16-le")) // 2
        bounds = [place for low, high in zip(own[::3], own[1::3], strict=True) for place in (low, high)]
        assert bounds == sorted(bounds)
        assert all(0 <= place <= size for place in bounds)
