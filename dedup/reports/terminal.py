"""Lay out the summary of a scan, and one cluster as a card. A pipe gets the same lines without colour."""

from __future__ import annotations

import shlex
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from dedup.inputs import date_order
from dedup.model import Cluster, Evidence, Member, Origin
from dedup.outputs.seal import SCAN, parse_sealed_json
from dedup.reports import layout
from dedup.reports.origin_text import UNQUOTED, explanation_lines, in_words
from dedup.reports.progress_display import clock
from dedup.reports.relation_text import relation_counts
from dedup.sanitize import cell_width, cut, sanitize

if TYPE_CHECKING:
    from rich.text import Text

    from dedup.results.tables import ClusterTable

#: Clusters and domains the summary shows; the rest is in the files.
CLUSTERS = 8
#: Files of which the summary says how they were read.
MOST_NOTES = 4
DOMAINS = 8

KINDS = {"agency": "cyan", "outlet": "green", "issuer": "magenta", "unknown": "yellow"}


# -- one cluster ---------------------------------------------------------------------------------------------------


def first_seen(members: Sequence[Member]) -> tuple[Member | None, int | None]:
    """Find the earliest dated member, and the lag of the last one in seconds."""
    timed = [m for m in members if m.lag_seconds is not None]
    if not timed:
        return None, None
    return min(timed, key=lambda m: m.lag_seconds or 0), max(m.lag_seconds or 0 for m in timed)


def quoted(evidence: Evidence, width: int) -> str:
    """Format the words of a piece of evidence, in quotation marks if they are the article's."""
    words = sanitize(evidence.quote.strip(), width)
    return words if not words or evidence.signal in UNQUOTED else f"“{words}”"


def origin_parts(origin: Origin, corpus: bool = True) -> list[str | tuple[str, str]]:
    """Format the writer, how sure that is, and, if there is a corpus, whether it has the original."""
    if origin.name is None:
        return [("unknown", KINDS["unknown"])]
    where = (", in this corpus" if origin.in_corpus else ", not in this corpus") if corpus else ""
    colour = KINDS.get(origin.kind, "cyan")
    return [
        (sanitize(origin.name, 36), f"bold {colour}"),
        (f"  {in_words(origin.probability)}, {layout.percent(origin.probability)}", colour),
        (f"  {origin.kind}{where}", layout.LABELS),
    ]


def cluster_lines(cluster: Cluster, width: int) -> list[Text]:
    """Lay out one cluster as a card: the title, then origin, canonical copy, relations, domains and times."""
    head = cluster.canonical
    size = layout.plural(cluster.size, "article")
    prefix = f"  {cluster.name}  {size}  "
    title = sanitize(head.title, width - len(prefix)) if head.title else "(no title)"
    lines = [
        layout.text(
            (f"  {cluster.name}  ", layout.LABELS), (f"{size}  ", "bold"), layout.linked(title, "bold", head.url)
        )
    ]
    lines.append(layout.labelled("origin", *origin_parts(cluster.origin)))
    lines += explanation_lines(cluster.origin, width)
    lines.append(_keep(cluster, width))
    lines.append(layout.labelled("copies", *relation_counts(cluster.members)))
    domains = Counter(sanitize(m.domain, 40) for m in cluster.members if m.domain)
    if domains:
        lines.append(layout.labelled("domains", _listed(domains, width - layout.INDENT - layout.LABEL)))
    first, last = first_seen(cluster.members)
    if first is not None:
        where = f"  {sanitize(first.domain, 30)}" if first.domain else ""
        spread = f"  → last copy {layout.lag(last)} later" if last else ""
        lines.append(layout.labelled("first", layout.moment(first.published) or "", (where, layout.LABELS), spread))
    return lines


def _keep(cluster: Cluster, width: int) -> Text:
    """Lay out the canonical copy, its domain before its id."""
    p = cluster.canonical_probability
    head, sure = cluster.canonical, f"  {in_words(p)}, {layout.percent(p)}" if cluster.size > 1 else ""
    domain = f"{sanitize(head.domain, 40)}  " if head.domain else ""
    name = sanitize(head.id, width - layout.INDENT - layout.LABEL - cell_width(domain) - len(sure))
    return layout.labelled("keep", domain, (name, layout.LABELS if domain else ""), (sure, layout.LABELS))


def _listed(counts: Counter[str], width: int) -> str:
    """List names with counts, `msn.com ×3 · yahoo.com ×2 · 4 more`, as many as fit into `width`."""
    order = _most(counts)
    pieces = [name if n == 1 else f"{name} ×{n:,}" for name, n in order]
    for count in range(len(pieces), 0, -1):
        more = [f"{len(pieces) - count:,} more"] if count < len(pieces) else []
        line = " · ".join([*pieces[:count], *more])
        if cell_width(line) <= width:
            return line
    return cut(pieces[0], width)


def evidence_table(evidence: Sequence[Evidence], width: int) -> list[Text]:
    """Lay out pieces of evidence, each with its weight (natural log-odds), signal, name and words."""
    articles = len({e.article for e in evidence})
    rows = [
        (
            f"{e.weight:+.1f}",
            sanitize(e.signal.replace("_", " "), 24),
            sanitize(e.supports or "", 32),
            quoted(e, 200),
            sanitize(e.article or "", 36) if articles > 1 else "",
        )
        for e in evidence
    ]
    columns = [
        layout.Column("weight", right=True, style="bold"),
        layout.Column("signal"),
        layout.Column("supports", style="cyan"),
        layout.Column("words", style="italic", flex=True),
        layout.Column("article", style="dim", flex=True),
    ]
    return layout.table(columns, rows, width)


# -- the summary ---------------------------------------------------------------------------------------------------


def summary_lines(
    summary: Mapping[str, Any],
    clusters: ClusterTable,
    *,
    width: int,
    seconds: float,
    out: Path | None = None,
    source: str | None = None,
) -> list[Text]:
    """Lay out the summary of a scan: headline, largest clusters, who republishes, where the files are.

    source: the name of the input, in place of the names of its files.
    """
    counts = summary["counts"]
    lines = [layout.text(), *_headline(counts, width), layout.text(), *_reading(summary, seconds, width, source)]
    if clusters:
        largest = clusters[:CLUSTERS]
        aside = f"{len(largest)} of {len(clusters):,}" if len(clusters) > len(largest) else ""
        lines += layout.heading("Largest clusters" if aside else "Clusters", aside)
        for cluster in largest:
            lines += [layout.text(), *cluster_lines(cluster, width)]
        lines += _republishers(clusters, width)
    else:
        lines += [layout.text(), layout.text("  No article carries the text of another.")]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    if out is not None:
        lines += _files(out, summary, clusters, width)
    return [*lines, layout.text()]


def _headline(counts: Mapping[str, Any], width: int) -> list[Text]:
    """Lay out the five main numbers in bold above their names."""
    articles, in_clusters, clusters = counts["articles"], counts["clustered_articles"], counts["clusters"]
    share = f" · {layout.percent(in_clusters / articles)}" if articles and in_clusters else ""
    cards = [
        (f"{articles:,}", "articles", "bold"),
        (f"{in_clusters:,}{share}", "share a story", "bold cyan" if in_clusters else "bold"),
        (f"{clusters:,}", "clusters", "bold"),
        (f"{articles - in_clusters + clusters:,}", "left, one of each", "bold green"),
        (f"{counts['rejected']:,}", "rejected", "bold yellow" if counts["rejected"] else "bold"),
    ]
    gap = 6 if width >= 96 else 3
    top, below = layout.text("  "), layout.text("  ")
    for number, name, style in cards:
        size = max(len(number), len(name)) + gap
        top.append(number, style).append(" " * (size - len(number)))
        below.append(f"{name:<{size}}", layout.LABELS)
    return [top, below]


def _reading(summary: Mapping[str, Any], seconds: float, width: int, source: str | None) -> list[Text]:
    """Lay out input, time and speed, and counts of what was rejected, left out or changed."""
    counts = summary["counts"]
    inputs = [sanitize(name) for name in summary.get("inputs", ())]
    source = source or (inputs[0] if len(inputs) == 1 else layout.plural(len(inputs), "input"))
    pace = f", {counts['articles'] / seconds:,.0f} articles/s" if counts["articles"] and seconds > 0 else ""
    lines = [layout.text(f"  {cut(source, width - 40)}", (f"   {clock(seconds)}{pace}", layout.LABELS))]
    reasons = counts.get("rejected_by_reason") or {}
    if counts["rejected"]:
        why = " · ".join(f"{n:,} {sanitize(name).replace('_', ' ')}" for name, n in _most(reasons))
        lines.append(layout.text("  ", (f"{counts['rejected']:,} rejected", "yellow"), cut(f": {why}", width - 24)))
    if counts.get("set_aside"):
        aside = _most(counts["set_aside_by_reason"])
        why = " · ".join(f"{n:,} {sanitize(name).replace('_', ' ')}" for name, n in aside)
        lines.append(layout.text("  ", (f"{counts['set_aside']:,} set aside", "yellow"), cut(f": {why}", width - 24)))
    repaired = counts.get("repaired_by_kind") or {}
    kinds = " · ".join(f"{sanitize(kind)} {n:,}" for kind, n in _most(repaired))
    asides = [
        (sum(repaired.values()), f"repairs of texts: {kinds}"),
        (counts.get("too_short"), "too short to compare"),
        (counts.get("renamed_ids"), "ids renamed FILE#ID, as more than one file has them"),
        (sum((summary.get("caps") or {}).values()), "over-full buckets compared through representatives"),
        (counts.get("pairs_implied"), "pairs within large clusters implied, not written"),
    ]
    lines += [layout.text((f"  {n:,} {words}", layout.LABELS)) for n, words in asides if n]
    if dates := summary.get("dates"):
        advice = date_order.sentence(dates, summary["settings"].get("date_order"), counts["articles"]) or ""
        lines += [
            layout.text(("  " + line, "yellow"))
            for line in textwrap.wrap(sanitize(advice), width - 4, break_on_hyphens=False)
        ]
    notes = summary.get("notes") or {}
    for name, note in sorted(notes.items())[:MOST_NOTES]:
        note_lines = textwrap.wrap(f"{sanitize(name)}: {sanitize(note)}", width - 4)
        lines += [layout.text(("  " + line, "yellow")) for line in note_lines]
    if len(notes) > MOST_NOTES:
        lines.append(layout.text((f"  and {len(notes) - MOST_NOTES:,} more files so; see summary.json", layout.LABELS)))
    return lines


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _republishers(clusters: ClusterTable, width: int) -> list[Text]:
    """Lay out the domains with most copies: how many, the median lag, and the main writer."""
    copies: Counter[str] = Counter()
    lags: dict[str, list[int]] = {}
    sources: dict[str, Counter[str]] = {}
    for domain, name, seconds in clusters.copies():
        if domain:
            copies[domain] += 1
            sources.setdefault(domain, Counter())[name or ""] += 1
            if seconds is not None:
                lags.setdefault(domain, []).append(seconds)
    domains = _most(copies)[:DOMAINS]
    if not domains:
        return []
    rows = []
    for domain, n in domains:
        writers = _most({name: k for name, k in sources[domain].items() if name})
        after = layout.lag(int(median(lags[domain]))) if domain in lags else ""
        mostly = sanitize(writers[0][0], 32) if writers else "unknown"
        rows.append((sanitize(domain, 40), f"{n:,}", "█" * max(1, round(12 * n / domains[0][1])), after, mostly))
    columns = [
        layout.Column("domain", flex=True),
        layout.Column("copies", right=True, style="bold"),
        layout.Column("", style="cyan"),
        layout.Column("median lag", right=True),
        layout.Column("most from", flex=True),
    ]
    aside = f"{len(domains)} of {layout.plural(len(copies), 'domain')}" if len(copies) > len(domains) else ""
    return layout.titled_table(("Who republishes most", aside), columns, rows, width)


def _written(out: Path) -> set[str]:
    """List the names of the files that this scan wrote; of all files in a folder without a manifest."""
    manifest = out / "summary.json"
    files = (parse_sealed_json(manifest.read_bytes(), SCAN) or {}).get("files") if manifest.is_file() else None
    return {*files, "summary.json"} if files is not None else {path.name for path in out.iterdir()}


def _files(out: Path, summary: Mapping[str, Any], clusters: ClusterTable, width: int) -> list[Text]:
    """Lay out where the files are and what each holds."""
    counts = summary["counts"]
    descriptions = {
        "clusters.jsonl": layout.plural(counts["clusters"], "cluster"),
        "pairs.jsonl": layout.plural(counts["pairs"], "verified pair"),
        "origins.jsonl": f"the origin of {layout.plural(counts['articles'], 'article')}",
        "deduplicated.jsonl": "one copy of each story",
        "rejects.jsonl": layout.plural(counts["rejected"], "record") + " rejected",
        "set_aside.jsonl": layout.plural(counts.get("set_aside", 0), "record") + " that are no articles",
        "summary.json": "counts, settings, timings",
        "report.html": "all this to look at, in a browser",
        "flow.graphml": "who republishes whom, as a graph",
    }
    folder = sanitize(str(out), width - 20)
    names = _written(out)
    rows = [(name, words) for name, words in descriptions.items() if name in names]
    for ending, name in (("csv", "CSV"), ("parquet", "Parquet")):
        if f"members.{ending}" in names:
            rows.append((f"*.{ending}", f"articles, clusters, members, pairs and more as {name}"))
    lines = [layout.text(), layout.text(("  Written to ", "bold"), (f"{folder}/", "bold cyan")), layout.text()]
    lines += [layout.text(" " * layout.INDENT, f"{name:<20}", (words, layout.LABELS)) for name, words in rows]
    if clusters:
        lines += [
            layout.text(),
            layout.text(
                "  One cluster in full: ", (sanitize(f"dedup show {shlex.quote(str(out))} {clusters[0].name}"), "bold")
            ),
        ]
    return lines
