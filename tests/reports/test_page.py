"""report.html in a real headless Chromium: what a reader does with it, and what hostile articles cannot."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.reports import page_comparisons, page_data

SAMPLE = str(files("dedup") / "sample" / "articles.jsonl")
WORDS = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "rk", "lt", "ss", "ve", "mple")]

Open = Callable[..., Any]


def write(path: Path, source: Any, articles: str | None = None) -> Path:
    with dedup.scan(source, texts=True) as result:
        result.write(path, html_articles=articles)
    return path / "report.html"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("page") / "out", SAMPLE)


@pytest.fixture
def visit(chromium: Any) -> Iterator[Open]:
    """Open a page; at the end nothing may have been asked of the network, and no script may have failed."""
    told: list[str] = []
    contexts = []

    def visit(path: Path, hash: str = "", **options: Any) -> Any:
        contexts.append(chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        page = contexts[-1].new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: told.append(request.url) if request.url != page_url else None)
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page_url = path.as_uri()
        page.goto(page_url + hash)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert told == []


def until(page: Any, condition: str) -> None:
    """Wait for a condition; not by `wait_for_function`, which evaluates strings in the page, as its policy forbids."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never: {condition}")


def count(page: Any) -> str:
    return str(page.locator("#count").inner_text())


# -- the overview --------------------------------------------------------------------------------------------------


def test_the_first_screen_says_what_was_copied(visit: Open, report: Path) -> None:
    page = visit(report)
    assert page.locator("h1").first.inner_text() == "36 of 64 articles carry a text that another one carries too."
    assert "11 stories" in page.locator(".lead").first.inner_text()
    assert "Associated Press" in page.locator(".lead").first.inner_text()
    first = page.locator(".largest a").first
    assert "Late-winter storm floods Maine" in first.inner_text()
    assert "first on apnews.com, then millbrookledger.com" in first.inner_text()


def test_nothing_is_wider_than_the_window(visit: Open, report: Path) -> None:
    for hash in ("", "#c000002"):
        page = visit(report, hash)
        for width in (1280, 768, 375, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(visit: Open, report: Path, scheme: str) -> None:
    """WCAG 2: 4.5 between text and what is behind it; furniture, greyed on purpose, 3."""
    page = visit(report, "#c000002/2", color_scheme=scheme)
    ratio = """([selector]) => {
      const light = (c) => { const v = c.map((x) => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
      const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
      const node = document.querySelector(selector);
      let back = node; while (back && (rgb(getComputedStyle(back).backgroundColor)[3] ?? 1) === 0) back = back.parentElement;
      const [a, b] = [rgb(getComputedStyle(node).color), rgb(getComputedStyle(back || document.body).backgroundColor)].map((c) => light(c.slice(0, 3)));
      return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); }"""  # noqa: E501
    for selector in (".sides .s", ".sides .o", ".sides .x", "#story .sub", "#story h1", ".members a", ".card .soft"):
        assert page.evaluate(ratio, [selector]) >= 4.5, selector
    assert page.evaluate(ratio, [".sides .f"]) >= 3


# -- who republishes whom ------------------------------------------------------------------------------------------


def test_the_matrix_sorts_filters_and_shows_lags(visit: Open, report: Path) -> None:
    page = visit(report)
    rows = page.locator("#matrix tbody tr")
    names = lambda: [row.split("\t")[0] for row in rows.all_inner_texts()]  # noqa: E731
    assert names()[0] == "headlineorbit.net"
    page.locator("#matrix thead button", has_text="site").click()
    assert names() == sorted(names())
    assert page.locator("#matrix thead th").first.get_attribute("aria-sort") == "ascending"
    page.locator("#matrix thead button", has_text="site").click()
    assert names() == sorted(names(), reverse=True)
    page.locator("#matrix thead button", has_text="Reuters").click()
    assert rows.first.locator("td").nth(5).inner_text() == "2"
    page.select_option("#measure", "lag")
    assert rows.first.locator("td").nth(5).inner_text() == "3 h 14 min"
    page.fill("#sitefilter", "herald")
    assert [row.is_visible() for row in rows.all()].count(True) == 1


def test_the_picture_names_writers_and_sites(visit: Open, report: Path) -> None:
    page = visit(report)
    labels = page.locator(".sankey .label").all_text_contents()
    assert "Associated Press 11" in labels
    assert "4 headlineorbit.net" in labels
    assert page.locator(".sankey .ribbon").count() >= 20


# -- the list ------------------------------------------------------------------------------------------------------


def test_search_filters_and_sorts(visit: Open, report: Path) -> None:
    page = visit(report)
    titles = lambda: page.locator("#list strong").all_inner_texts()  # noqa: E731
    assert count(page) == "11 stories"
    page.fill("#q", "storm maine")
    assert titles() == ["Late-winter storm floods Maine harbor towns and cuts power to 48,000"]
    assert count(page) == "1 of 11 stories"
    page.click("button[type=reset]")
    until(page, "document.getElementById('count').textContent === '11 stories'")
    page.fill("#f-origin", "reuters")
    assert count(page) == "2 of 11 stories"
    page.fill("#f-site", "gulfmeridian")
    assert count(page) == "1 of 11 stories"
    page.fill("#f-site", "")
    page.fill("#f-origin", "")
    page.select_option("#f-relation", "version")
    assert count(page) == "1 of 11 stories"
    page.select_option("#f-relation", "")
    page.fill("#f-size", "4")
    assert count(page) == "5 of 11 stories"
    page.fill("#f-size", "")
    page.fill("#f-from", "2026-03-12")
    assert count(page) == "1 of 11 stories"
    page.fill("#f-from", "")
    page.fill("#f-to", "2026-03-09")
    assert count(page) == "0 of 11 stories"
    page.fill("#f-to", "")
    page.select_option("#sort", "title")
    assert titles()[0].startswith("Company knew")
    page.select_option("#sort", "old")
    assert titles()[0].startswith("Losing an hour of sleep")


def test_a_link_sets_a_filter(visit: Open, report: Path) -> None:
    page = visit(report, "#stories?relation=version")
    assert count(page) == "1 of 11 stories"
    assert page.input_value("#f-relation") == "version"


# -- a story -------------------------------------------------------------------------------------------------------


def test_a_story_opens_with_origin_timeline_and_texts(visit: Open, report: Path) -> None:
    page = visit(report)
    page.locator("#list a", has_text="Hallvik").click()
    page.wait_for_selector("#story h1")
    assert page.url.endswith("#c000002")
    assert page.is_hidden("#home")
    card = page.locator("#story .card").first.inner_text()
    assert "Reuters" in card
    assert "HALLVIK, Norway, March 10 (Reuters)" in card
    assert page.locator(".axis a").count() == 4  # the fifth copy has no time
    whens = page.locator(".members tbody tr td:first-child").all_inner_texts()
    assert whens[0].startswith("first")
    assert whens[-1] == "undated"
    assert page.locator(".members tr.on").count() == 1
    assert page.locator(".sides .names .cell").count() == 2


def test_any_copy_stands_beside_the_one_to_keep(visit: Open, report: Path) -> None:
    page = visit(report, "#c000002")
    # The update is the copy to keep; the first state stands beside it.
    page.locator(".members tr", has_text="reuters.com").filter(has_not_text="UPDATE 1").locator("button").click()
    until(page, "location.hash.startsWith('#c000002/')")
    verdict = page.locator(".verdict").inner_text()
    assert verdict.startswith("A and B are versions of one article: 9")
    assert "'s text stands in " in verdict
    assert "words are its own" in verdict
    assert "6 numbers changed" not in verdict
    changed = page.locator(".sides .x").all_inner_texts()
    assert "1025" in changed
    assert "1410" in changed
    assert "17.9" in changed, "a number is shown whole"
    assert any("third potline" in own for own in page.locator(".sides .o").all_inner_texts())
    assert any("metal in the pots" in same for same in page.locator(".sides .s").all_inner_texts())
    furniture = " ".join(page.locator(".sides .f").all_inner_texts())
    assert "Editing by Martin Keswick" in furniture
    assert page.locator(".sides .e", has_text="HALLVIK, Norway, March 10 (Reuters)").count() >= 0


def test_evidence_is_marked_where_it_stands(visit: Open, report: Path) -> None:
    page = visit(report, "#c000001")
    assert page.locator(".sides mark.e", has_text="PORT ALDER, Maine (AP)").count() == 1


def test_paragraphs_of_both_texts_stand_beside_one_another(visit: Open, report: Path) -> None:
    page = visit(report, "#c000002/1")
    for row in page.locator(".sides .row").all():
        left, right = row.locator(".cell").all_inner_texts()
        if "employs 610 people" in left:
            assert "employs 610 people" in right
            break
    else:
        raise AssertionError("the paragraph is in no row")


def test_a_link_to_a_story_is_stable_and_a_wrong_one_says_so(visit: Open, report: Path) -> None:
    page = visit(report, "#c000007")
    assert "Losing an hour of sleep" in page.locator("#story h1").inner_text()
    page.goto(report.as_uri() + "#c999999")
    until(page, "document.querySelector('#story h1').textContent.startsWith('No story')")
    page.goto(report.as_uri() + "#c7")
    until(page, "document.querySelector('#story h1').textContent.startsWith('Losing')")


def test_keys(visit: Open, report: Path) -> None:
    page = visit(report)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("reuters")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector("#story h1")
    assert page.url.endswith("#c000002")
    page.keyboard.press("c")
    until(page, "location.hash === '#c000002/2'")
    page.keyboard.press("n")
    assert page.locator(".jump").count() == 1
    first = page.locator(".jump").inner_text()
    page.keyboard.press("n")
    page.keyboard.press("p")
    assert page.locator(".jump").inner_text() == first
    page.keyboard.press("j")
    until(page, "location.hash === '#c000005'")  # the next that the search left
    until(page, "document.title.startsWith('c000005')")  # and it is shown
    page.keyboard.press("Escape")
    page.wait_for_selector("#home", state="visible")
    until(page, "document.activeElement.getAttribute('href') === '#c000005'")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()


def test_what_a_screen_reader_is_told(visit: Open, report: Path) -> None:
    page = visit(report, "#c000002")
    assert page.evaluate("document.documentElement.lang") == "en"
    unnamed = """() => [...document.querySelectorAll('button, a[href], input, select, [role=img], [role=region]')]
      .filter((n) => n.checkVisibility() && !(n.textContent.trim() || n.getAttribute('aria-label') || n.labels?.length
        || n.getAttribute('aria-labelledby'))).map((n) => n.outerHTML)"""
    assert page.evaluate(unnamed) == []
    assert page.locator("main:visible").count() == 1
    assert page.locator("main:visible h1").count() == 1
    assert page.evaluate("document.activeElement.id") == "story"
    page.goto(report.as_uri() + "#stories")
    assert page.evaluate(unnamed) == []
    assert page.locator("#count").get_attribute("role") == "status"
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((n) => n.id)")
    assert len(ids) == len(set(ids))


def test_without_script_the_overview_is_there(chromium: Any, report: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator(".largest li").count() == 6
    assert page.locator("#matrix tbody tr").count() >= 10
    assert "need the script" in page.locator("noscript").inner_text()
    context.close()


def test_print_shows_the_stories_without_the_tools(visit: Open, report: Path) -> None:
    page = visit(report)
    page.emulate_media(media="print")
    assert page.is_hidden("#filters")
    assert page.is_hidden(".top")
    assert page.is_visible("#list li")


def test_articles_without_a_copy_on_request(visit: Open, tmp_path: Path) -> None:
    page = visit(write(tmp_path / "all", SAMPLE, "all"))
    assert count(page) == "39 stories"
    page.fill("#q", "bakery")
    page.locator("#list a").first.click()
    page.wait_for_selector("#story h1")
    assert page.url.split("#")[1].startswith("a0000")
    assert page.locator(".sides p").count() > 3


def test_texts_that_were_left_out_are_said_to_be(visit: Open, tmp_path: Path) -> None:
    report = write(tmp_path / "none", SAMPLE, "none")
    assert b"The metal in the pots" not in report.read_bytes()
    page = visit(report, "#c000002")
    assert "not in this page" in page.locator("#sides").inner_text()


# -- hostile articles ----------------------------------------------------------------------------------------------

EVIL = (
    "</script><script>window.pwned = 1; alert(1)</script><img src=x onerror='window.pwned=2'><svg onload=alert(3)>"
    "<!-- <!-- data --> {{ 7 * 7 }} ${1} \u202egnp.exe\u202c \u2066isolate\u2069 \x00\x1b[31m \u2028\u2029 "
)
STORY = " ".join(f"{word} of the {WORDS[-1 - i]} says" for i, word in enumerate(WORDS[:60]))


URLS = ("javascript:window.pwned=4", 'https://x.example/" onmouseover="alert(5)', "data:text/html,<script>")


def hostile() -> list[dict[str, str]]:
    rows = []
    for i in range(3):
        rows.append(
            {
                "id": f"{EVIL}-{i}",
                "title": f"{EVIL} title",
                "domain": f"{EVIL}{i}.example",
                "url": URLS[i],
                "authors": f"{EVIL} (Reuters)",
                "published": f"2026-01-0{i + 1}T10:00:00Z",
                "text": f"(Reuters) - {STORY}\n\n{EVIL} {'w' * 5000} {i}\n\n© 2026 {EVIL} Reuters.",
            }
        )
    return rows


def test_hostile_articles_are_shown_and_never_run(visit: Open, tmp_path: Path) -> None:
    report = write(tmp_path / "out", hostile())
    data = report.read_bytes()
    assert b"<script>window.pwned" not in data
    assert b"\xe2\x80\xae" not in data[data.index(b"<body>") : data.index(b'<script type="application/json"')]
    page = visit(report)
    page.locator("#list a").first.click()
    page.wait_for_selector(".sides")
    page.keyboard.press("c")
    page.locator("summary").last.click()
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    assert page.locator("#story img").count() == 0
    text = page.locator("#story").inner_text()
    assert "<script>window.pwned = 1; alert(1)</script>" in text
    assert "{{ 7 * 7 }}" in text
    assert "⟨U+202E⟩gnp.exe" in text
    assert not set(text) & set("\u202e\u2066\x1b\x00\u2028")
    hrefs = page.evaluate("[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))")
    assert all(href.startswith(("#", "https://x.example/")) for href in hrefs)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_policy_stops_what_it_does_not_know(chromium: Any, report: Path, tmp_path: Path) -> None:
    """Were there a hole in the escaping, the browser itself would still run nothing and ask nothing."""
    holed = tmp_path / "holed.html"
    evil = b"<script>window.pwned=1</script><img src='https://evil.example/x.png' onerror='window.pwned=2'><style>body{color:red}</style>"  # noqa: E501
    holed.write_bytes(report.read_bytes().replace(b'<main id="home">', evil + b'<main id="home">'))
    page = chromium.new_page()
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(holed.as_uri())
    page.wait_for_selector("#list li")
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
    assert [url for url in asked if not url.startswith("file:")] == []
    markup = "() => { try { document.body.innerHTML = '<b>'; return ''; } catch (error) { return String(error); } }"
    assert "Trusted" in page.evaluate(markup)
    page.close()


# -- many stories --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10,000 stories of two copies each, with their texts."""
    rng = random.Random(5)
    rows = []
    for i in range(10_000):
        text = " ".join(rng.choices(WORDS, k=60))
        title = " ".join(rng.choices(WORDS, k=7)).capitalize()
        for j in (0, 1):
            when = f"2026-{1 + i % 12:02d}-{1 + i % 28:02d}T{j + 1:02d}:00:00Z"
            site = f"site{(i * 7 + j * 13) % 400}.example"
            rows.append({"id": f"{i:05d}-{j}", "text": f"{text} {'' if j else 'again'}", "title": title, "domain": site,
                         "url": f"https://{site}/news/{i}", "published": when})  # fmt: skip
    return write(tmp_path_factory.mktemp("many") / "out", rows)


def test_10_000_stories_open_and_filter_fast(visit: Open, many: Path) -> None:
    opened = []
    for _ in range(3):  # other work on the machine is not the page's
        page = visit(many)
        page.wait_for_selector("#list li")
        opened.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    assert count(page) == "10,000 stories"
    assert min(opened) < 2000, f"opened in {min(opened):.0f} ms"
    timed = """([id, value]) => { const field = document.getElementById(id); field.value = value;
      const began = performance.now(); field.dispatchEvent(new Event('input', { bubbles: true }));
      document.body.offsetHeight; return performance.now() - began; }"""
    for field, value in (
        ("q", "bark"),
        ("q", "bark dest"),
        ("q", ""),
        ("f-site", "site37"),
        ("f-site", ""),
        ("sort", "title"),
        ("sort", "new"),
    ):
        took = min(page.evaluate(timed, [field, value]) for _ in range(3))
        assert took < 200, f"{field} {value!r} in {took:.0f} ms"
    assert page.locator("#list li").count() <= 200, "only what is seen is drawn"
    page.goto(many.as_uri() + "#c009999")
    page.wait_for_selector(".sides .s")
    page.goto(many.as_uri() + "#stories")
    before = page.locator("#list li").count()
    page.locator("#more").scroll_into_view_if_needed()
    until(page, f"document.querySelectorAll('#list li').length > {before}")


# -- the comparison of the page is that of the tool ----------------------------------------------------------------


def test_the_page_says_what_the_tool_and_the_files_say(visit: Open, report: Path) -> None:
    """Sentence and numbers of every pair, and of all marks the words that the comparison counts."""
    from dedup.reports.relation_text import sentence

    with dedup.scan(SAMPLE) as result:
        pairs = {(pair.a, pair.b): pair for pair in result.pairs}
        articles = {article["id"]: article for article in map(json.loads, Path(SAMPLE).read_text().splitlines())}
        learned = result.furniture
        clusters = list(result.clusters)
    page = visit(report)
    shown = 0
    for cluster in clusters:
        head = cluster.canonical.id
        for place, member in enumerate(cluster.members[1:], 1):
            pair = pairs[min(head, member.id), max(head, member.id)]
            page.goto(f"{report.as_uri()}#{cluster.name}/{place}")
            until(page, f"document.querySelector('.members tr.on').dataset.place === '{place}'")
            shares = (pair.a_in_b, pair.b_in_a) if pair.a == head else (pair.b_in_a, pair.a_in_b)
            assert page.locator(".measures").inner_text() == (
                f"resemblance {pair.resemblance:.2f} · A in B {shares[0]:.2f} · B in A {shares[1]:.2f} · "
                f"longest run {pair.longest_run} word{'' if pair.longest_run == 1 else 's'}"
            )
            match = dedup.compare(articles[head], articles[member.id], furniture=learned)
            assert match is not None
            assert page.locator(".verdict").inner_text() == sentence(match)
            shown += 1
    assert shown == 25


def test_a_copy_beyond_those_compared_names_the_command(
    visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_data, "COMPARED", 3)
    page = visit(write(tmp_path / "few", SAMPLE), "#c000002/2")
    assert page.locator(".verdict").count() == 1
    page.goto(page.url.split("#")[0] + "#c000002/3")
    until(page, "document.querySelector('.members tr.on').dataset.place === '3'")
    assert page.locator(".verdict").count() == 0
    assert "dedup compare FILE#reuters-0310-smelter-update1 FILE#" in page.locator("#sides").inner_text()
    assert page.locator(".sides .row .cell").count() == 4, "the texts are there all the same, unmarked"
    assert page.locator(".sides .s, .sides .o, .sides .x").count() == 0


def test_too_many_spans_are_left_out(visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_comparisons, "MOST_SPANS", 2)
    page = visit(write(tmp_path / "few", SAMPLE), "#c000002/2")
    assert page.locator(".verdict").count() == 1
    assert "too many passages" in page.locator("#sides").inner_text()
    assert page.locator(".sides .o").count() == 0
