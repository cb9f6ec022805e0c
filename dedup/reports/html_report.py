"""Make `report.html`: one file that shows the results of a scan and needs no network.

The template draws what every reader sees at once; the script of the page (page/*.js) draws clusters when they are
asked for, from JSON beside it. The page's own policy allows that one script and that one style by their hashes, and
nothing else: whatever an article holds can only ever be text.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from dedup.model import Relation
from dedup.reports import sankey_layout
from dedup.reports.layout import lag, moment, percent, plural
from dedup.reports.page_data import MEMBERS, Extent, data, opening, text_blocks
from dedup.reports.republication import Flow, flow_of
from dedup.reports.terminal import first_seen
from dedup.results.result import ScanOutcome
from dedup.sanitize import safe_link, sanitize

#: What `--html-articles` takes.
ARTICLES = ("all", "clustered", "none")
#: Clustered articles up to which their texts are in the page where nothing else is said.
MOST_TEXTS = 20_000
#: The script is one closure, made of these in this order.
SCRIPTS = ("base.js", "comparison.js", "timeline.js", "story.js", "list.js", "main.js")
#: Rows and columns of the matrix, bars of the overview, stories that the template shows itself.
SITES, SOURCES, BARS, STORIES = 200, 12, 10, 6


def default_articles(result: ScanOutcome) -> str:
    """The default of `--html-articles`: clustered, or none if more than `MOST_TEXTS` articles are in clusters."""
    return "clustered" if result.summary["counts"]["clustered_articles"] <= MOST_TEXTS else "none"


def pieces(result: ScanOutcome, articles: str | None = None) -> Iterator[bytes]:
    """Yield the content of report.html in pieces.

    articles: which texts it holds, all, clustered or none (None: default).
    """
    mode = articles or default_articles(result)
    extent = Extent.of(result, mode)
    parts = files("dedup.reports") / "page"
    script = "(() => {\n'use strict';\n" + "".join((parts / name).read_text("utf-8") for name in SCRIPTS) + "})();\n"
    style = (parts / "page.css").read_text("utf-8") + _relation_style()
    content = _overview(result, flow_of(result), extent, articles)
    page = render(parts / "page.html", style, script=script, mark=_MARK, **content)
    head, foot = page.split(_MARK)
    yield head.encode()
    yield b'<script type="application/json" id="data">'
    yield from data(result, extent)
    yield b"</script>\n"
    for name, block in text_blocks(result, extent):
        yield b'<script type="application/json" id="t-%s">%s</script>\n' % (name.encode(), block)
    yield foot.encode()


#: Where the data goes. No text of an article can hold it: in a page their `<` is always escaped.
_MARK = "<!-- data -->"


def render(template: Traversable, style: str, *, script: str = "", **content: Any) -> str:
    """Fill the template of a page that loads nothing. Its policy allows this style and this script only."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(lag=lag, moment=moment, percent=percent, sanitize=sanitize, number=lambda n: f"{n:,}")
    environment.globals.update(plural=plural, safe_link=safe_link)
    page = environment.from_string(template.read_text("utf-8"))
    return page.render(style=style, script=script, policy=_policy(style, script), **content)


def _relation_style() -> str:
    """Make the CSS rules that colour the marks and bars of relations. Print is on light paper."""
    fills = [(f".f-{relation.value}", relation.look) for relation in Relation]
    light = "\n".join(f"{name} {{ fill: {look.light}; }}" for name, look in fills)
    dark = "\n".join(f"  {name} {{ fill: {look.dark}; }}" for name, look in fills)
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def _policy(style: str, script: str) -> str:
    """Make the Content-Security-Policy. It allows this script, this style, no request and no markup from strings."""

    def hash_source(content: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"

    script_source = f"script-src {hash_source(script)}; " if script else ""
    return (
        f"default-src 'none'; {script_source}style-src {hash_source(style)}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


# -- what the template shows ---------------------------------------------------------------------------------------


def _overview(result: ScanOutcome, flow: Flow, extent: Extent, articles: str | None) -> dict[str, Any]:
    summary = result.summary
    counts = summary["counts"]
    return {
        "version": summary["version"],
        "inputs": summary["inputs"],
        "counts": counts,
        "share": percent(counts["clustered_articles"] / max(1, counts["articles"])),
        "left": counts["articles"] - counts["clustered_articles"] + counts["clusters"],
        "relations": _relations(result),
        "linked": [(r, n) for r in Relation if not r.joins and (n := counts["pairs_by_relation"][r.value])],
        "origins": _origins(result),
        "furniture": summary["furniture"],
        "caps": sum(summary["caps"].values()),
        "settings": summary["settings"],
        "flow": flow,
        "picture": sankey_layout.picture_of(flow),
        "frame": sankey_layout,
        "matrix": _matrix(flow),
        "stories": [_story(result, extent, i) for i in range(min(STORIES, len(result.clusters)))],
        "extent": extent,
        "asked": articles,
        "most_texts": MOST_TEXTS,
        "members": MEMBERS,
        "too_large": int((result.clusters.columns.sizes > MEMBERS).sum()),
    }


def _relations(result: ScanOutcome) -> list[dict[str, Any]]:
    """Count the members with each relation to the canonical copy, the closest relation first."""
    columns = result.clusters.columns
    copy = np.ones(len(columns.rank), np.bool_)
    copy[columns.first[:-1]] = False
    counts = np.bincount(columns.relation[copy], minlength=1 + max(r.code for r in Relation)).tolist()
    most = max(counts) or 1
    return [{"relation": r, "n": counts[r.code], "part": counts[r.code] / most} for r in Relation if counts[r.code]]


def _origins(result: ScanOutcome) -> list[dict[str, Any]]:
    """Count the clusters of each writer, the most frequent first, unknown writers last."""
    clusters: Counter[tuple[str | None, str]] = Counter((o.name, o.kind) for o in result.clusters.columns.origins)
    order = sorted(clusters.items(), key=lambda item: (item[0][0] is None, -item[1], item[0][0] or ""))
    writers = [(name, kind, n) for (name, kind), n in order if name is not None]
    rows = [*writers[:BARS], *((None, kind, n) for (name, kind), n in order if name is None)]
    rest = sum(n for _, _, n in writers[BARS:])
    if rest:
        rows.insert(BARS, (f"{len(writers) - BARS:,} others", "others", rest))
    most = max((n for _, _, n in rows), default=1)
    return [{"name": name, "kind": kind, "n": n, "part": n / most} for name, kind, n in rows]


def _matrix(flow: Flow) -> dict[str, Any]:
    """Make the matrix of sites and writers: articles and their median lag."""
    cells = flow.cells(SOURCES, len(flow.sites))
    sites = [site for site in flow.sites[:SITES] if site.foreign]
    columns = min(SOURCES + 1, len(flow.sources))
    most = max((n for n, _ in cells.values()), default=1)
    rows = [
        {
            "site": site,
            "cells": [
                {"n": cells[j, i][0], "lag": cells[j, i][1], "tint": 1 + round(8 * (cells[j, i][0] / most) ** 0.5)}
                if (j, i) in cells
                else None
                for j in range(columns)
            ],
        }
        for i, site in enumerate(sites)
    ]  # fmt: skip
    return {
        "sources": flow.sources[:SOURCES],
        "others": len(flow.sources) > SOURCES,
        "rows": rows,
        "own": sum(not site.foreign for site in flow.sites),
        "left_out": max(0, sum(site.foreign > 0 for site in flow.sites) - SITES),
    }


def _story(result: ScanOutcome, extent: Extent, index: int) -> dict[str, Any]:
    """Describe one of the largest clusters for the overview."""
    cluster = result.clusters[index]
    first, last = first_seen(cluster.members)
    head = cluster.canonical
    by_time = sorted(cluster.members, key=lambda m: (m.lag_seconds is None, m.lag_seconds or 0))
    sites = list(dict.fromkeys(m.domain for m in by_time if m.domain))
    return {
        "name": cluster.name,
        "title": head.title or f"{opening(result, extent, index) or '(no title)'} …",
        "size": cluster.size,
        "origin": cluster.origin,
        "first": first,
        "last": last,
        "sites": len(sites),
        "elsewhere": [domain for domain in sites if first is None or domain != first.domain][:4],
    }
