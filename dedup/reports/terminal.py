"""What a person reads when a scan is done, and one cluster as a card; piped, the same lines without colour."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Protocol, overload

from dedup.outputs.seal import SCAN, parse_sealed_json
from dedup.reports.layout import (
    INDENT,
    LABEL,
    LABELS,
    Column,
    heading,
    labelled,
    lag,
    linked,
    moment,
    percent,
    plural,
    table,
    text,
)
from dedup.reports.origin_text import because_lines
from dedup.reports.progress_display import clock
from dedup.reports.relation_text import relation_counts
from dedup.sanitize import cells, cut, visible

if TYPE_CHECKING:
    from rich.text import Text

    from dedup.model import Cluster, Evidence, Member, Origin

#: Clusters and domains the summary shows; the rest is in the files.
CLUSTERS = 8
DOMAINS = 8

KINDS = {"agency": "cyan", "outlet": "green", "issuer": "magenta", "unknown": "yellow"}
#: Signals whose words are ours (or an address), not the article's: no quotation marks.
UNQUOTED = ("first_seen", "home_domain", "home_agency", "home_outlet")


class Clusters(Protocol):
    """The clusters of a scan: a sequence that need not make them all to say who copied."""

    def __len__(self) -> int: ...

    @overload
    def __getitem__(self, index: int, /) -> Cluster: ...
    @overload
    def __getitem__(self, index: slice, /) -> Sequence[Cluster]: ...

    def copies(self) -> Iterable[tuple[str | None, str | None, int | None]]:
        """Domain, name of the origin, and lag in seconds of every member but the canonical ones."""


# -- one cluster ---------------------------------------------------------------------------------------------------


def first_seen(members: Sequence[Member]) -> tuple[Member | None, int | None]:
    """The earliest dated member and the lag of the last one."""
    dated = [m for m in members if m.lag_seconds is not None]
    if not dated:
        return None, None
    return min(dated, key=lambda m: m.lag_seconds or 0), max(m.lag_seconds or 0 for m in dated)


def quoted(evidence: Evidence, width: int) -> str:
    """The words of a piece of evidence, in quotation marks where they are the article's."""
    words = visible(evidence.quote.strip(), width)
    return words if not words or evidence.signal in UNQUOTED else f"“{words}”"


def origin_parts(origin: Origin, corpus: bool = True) -> list[str | tuple[str, str]]:
    """Who wrote it, how sure that is, and (where there is a corpus) whether it has the original."""
    if origin.name is None:
        return [("unknown", KINDS["unknown"]), (f"  {percent(origin.probability)}", LABELS)]
    where = (", in this corpus" if origin.in_corpus else ", not in this corpus") if corpus else ""
    colour = KINDS.get(origin.kind, "cyan")
    return [
        (visible(origin.name, 36), f"bold {colour}"),
        (f"  {percent(origin.probability)}", colour),
        (f"  {origin.kind}{where}", LABELS),
    ]


def cluster_lines(cluster: Cluster, width: int) -> list[Text]:
    """One cluster as a card: its title line, then what a person asks of it."""
    head = cluster.canonical
    size = plural(cluster.size, "article")
    left = f"  {cluster.name}  {size}  "
    title = visible(head.title, width - len(left)) if head.title else "(no title)"
    lines = [text((f"  {cluster.name}  ", LABELS), (f"{size}  ", "bold"), linked(title, "bold", head.url))]
    lines.append(labelled("origin", *origin_parts(cluster.origin)))
    lines += because_lines(cluster.origin, width)
    lines.append(_keep(cluster, width))
    lines.append(labelled("copies", *relation_counts(cluster.members)))
    domains = Counter(visible(m.domain, 40) for m in cluster.members if m.domain)
    if domains:
        lines.append(labelled("domains", _listed(domains, width - INDENT - LABEL)))
    first, last = first_seen(cluster.members)
    if first is not None:
        where = f"  {visible(first.domain, 30)}" if first.domain else ""
        spread = f"  → last copy {lag(last)} later" if last else ""
        lines.append(labelled("first", moment(first.published) or "", (where, LABELS), spread))
    return lines


def _keep(cluster: Cluster, width: int) -> Text:
    """The canonical copy: domain first, as an id says little to a person."""
    head, sure = cluster.canonical, f"  {percent(cluster.canonical_probability)}"
    domain = f"{visible(head.domain, 40)}  " if head.domain else ""
    name = visible(head.id, width - INDENT - LABEL - cells(domain) - len(sure))
    return labelled("keep", domain, (name, LABELS if domain else ""), (sure, LABELS))


def _listed(counts: Counter[str], width: int) -> str:
    """`msn.com ×3 · yahoo.com ×2 · 4 more`, as many as fit."""
    ranked = _most(counts)
    pieces = [name if n == 1 else f"{name} ×{n:,}" for name, n in ranked]
    for shown in range(len(pieces), 0, -1):
        more = [f"{len(pieces) - shown:,} more"] if shown < len(pieces) else []
        line = " · ".join([*pieces[:shown], *more])
        if cells(line) <= width:
            return line
    return cut(pieces[0], width)


def evidence_table(evidence: Sequence[Evidence], width: int) -> list[Text]:
    """Pieces of evidence, each with its weight (natural log-odds), signal, name and words."""
    rows = [
        (
            f"{e.weight:+.1f}",
            visible(e.signal.replace("_", " "), 24),
            visible(e.supports or "", 32),
            quoted(e, 200),
            visible(e.article or "", 36),
        )
        for e in evidence
    ]
    columns = [
        Column("weight", right=True, style="bold"),
        Column("signal"),
        Column("supports", style="cyan"),
        Column("words", style="italic", flex=True),
        Column("article", style="dim", flex=True),
    ]
    if len({e.article for e in evidence}) < 2:  # of one article alone
        return table(columns[:-1], [row[:-1] for row in rows], width)
    return table(columns, rows, width)


# -- the summary ---------------------------------------------------------------------------------------------------


def summary_lines(
    summary: Mapping[str, Any],
    clusters: Clusters,
    *,
    width: int,
    seconds: float,
    out: Path | None = None,
    source: str | None = None,
) -> list[Text]:
    """The whole summary of a scan: headline, largest clusters, who republishes, where the files are.

    `source` says what was read where the name of a file would not.
    """
    counts = summary["counts"]
    lines = [text(), *_headline(counts, width), text(), *_reading(summary, seconds, width, source)]
    if clusters:
        shown = clusters[:CLUSTERS]
        aside = f"{len(shown)} of {len(clusters):,}" if len(clusters) > len(shown) else ""
        lines += heading("Largest clusters" if aside else "Clusters", aside)
        for cluster in shown:
            lines += [text(), *cluster_lines(cluster, width)]
        lines += _republishers(clusters, width)
    else:
        lines += [text(), text("  No article carries the text of another.")]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    if out is not None:
        lines += _files(out, summary, clusters, width)
    return [*lines, text()]


def _headline(counts: Mapping[str, Any], width: int) -> list[Text]:
    """The five numbers, large as a terminal can: bold, above their names."""
    articles, clustered, clusters = counts["articles"], counts["clustered_articles"], counts["clusters"]
    share = f" · {percent(clustered / articles)}" if articles and clustered else ""
    cards = [
        (f"{articles:,}", "articles", "bold"),
        (f"{clustered:,}{share}", "share a story", "bold cyan" if clustered else "bold"),
        (f"{clusters:,}", "clusters", "bold"),
        (f"{articles - clustered + clusters:,}", "left, one of each", "bold green"),
        (f"{counts['rejected']:,}", "rejected", "bold yellow" if counts["rejected"] else "bold"),
    ]
    gap = 6 if width >= 96 else 3
    top, below = text("  "), text("  ")
    for number, name, style in cards:
        size = max(len(number), len(name)) + gap
        top.append(number, style).append(" " * (size - len(number)))
        below.append(f"{name:<{size}}", LABELS)
    return [top, below]


def _reading(summary: Mapping[str, Any], seconds: float, width: int, source: str | None) -> list[Text]:
    """What was read how fast, and all that a reader should know about what was left out or changed."""
    counts = summary["counts"]
    inputs = [visible(name) for name in summary.get("inputs", ())]
    source = source or (inputs[0] if len(inputs) == 1 else plural(len(inputs), "input"))
    pace = f", {counts['articles'] / seconds:,.0f} articles/s" if counts["articles"] and seconds > 0 else ""
    lines = [text(f"  {cut(source, width - 40)}", (f"   {clock(seconds)}{pace}", LABELS))]
    reasons = counts.get("rejected_by_reason") or {}
    if counts["rejected"]:
        why = " · ".join(f"{n:,} {visible(name).replace('_', ' ')}" for name, n in _most(reasons))
        lines.append(text("  ", (f"{counts['rejected']:,} rejected", "yellow"), cut(f": {why}", width - 24)))
    asides = [
        (counts.get("too_short"), "too short to compare"),
        (counts.get("renamed_ids"), "ids renamed FILE#ID, as more than one file has them"),
        (sum((summary.get("caps") or {}).values()), "over-full buckets compared through representatives"),
        (counts.get("pairs_implied"), "pairs within large clusters implied, not written"),
    ]
    lines += [text((f"  {n:,} {what}", LABELS)) for n, what in asides if n]
    return lines


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _republishers(clusters: Clusters, width: int) -> list[Text]:
    """Who republishes most: the domains whose articles are copies, what of, and how fast."""
    copies: Counter[str] = Counter()
    lags: dict[str, list[int]] = {}
    sources: dict[str, Counter[str]] = {}
    for domain, name, seconds in clusters.copies():
        if domain:
            copies[domain] += 1
            sources.setdefault(domain, Counter())[name or ""] += 1
            if seconds is not None:
                lags.setdefault(domain, []).append(seconds)
    ranked = _most(copies)[:DOMAINS]
    if not ranked:
        return []
    rows = []
    for domain, n in ranked:
        named = _most({name: k for name, k in sources[domain].items() if name})
        after = lag(int(median(lags[domain]))) if domain in lags else ""
        mostly = visible(named[0][0], 32) if named else "unknown"
        rows.append((visible(domain, 40), f"{n:,}", "█" * max(1, round(12 * n / ranked[0][1])), after, mostly))
    columns = [
        Column("domain", flex=True),
        Column("copies", right=True, style="bold"),
        Column("", style="cyan"),
        Column("median lag", right=True),
        Column("most from", flex=True),
    ]
    aside = f"{len(ranked)} of {plural(len(copies), 'domain')}" if len(copies) > len(ranked) else ""
    return [*heading("Who republishes most", aside), text(), *table(columns, rows, width)]


def _written(out: Path) -> set[str]:
    """The names of the files that this scan wrote; in a folder without a manifest, of all that are there."""
    manifest = out / "summary.json"
    files = (parse_sealed_json(manifest.read_bytes(), SCAN) or {}).get("files") if manifest.is_file() else None
    return {*files, "summary.json"} if files is not None else {path.name for path in out.iterdir()}


def _files(out: Path, summary: Mapping[str, Any], clusters: Clusters, width: int) -> list[Text]:
    """Where the files are and what lies in each."""
    counts = summary["counts"]
    known = {
        "clusters.jsonl": plural(counts["clusters"], "cluster"),
        "pairs.jsonl": plural(counts["pairs"], "verified pair"),
        "origins.jsonl": f"the origin of {plural(counts['articles'], 'article')}",
        "deduplicated.jsonl": "one copy of each story",
        "rejects.jsonl": plural(counts["rejected"], "record") + " rejected",
        "summary.json": "counts, settings, timings",
        "report.html": "all this to look at, in a browser",
        "flow.graphml": "who republishes whom, as a graph",
    }
    folder = visible(str(out), width - 20)
    names = _written(out)
    rows = [(name, what) for name, what in known.items() if name in names]
    for ending, name in (("csv", "CSV"), ("parquet", "Parquet")):
        if f"members.{ending}" in names:
            rows.append((f"*.{ending}", f"articles, clusters, members, pairs and more as {name}"))
    lines = [text(), text(("  Written to ", "bold"), (f"{folder}/", "bold cyan")), text()]
    lines += [text(" " * INDENT, f"{name:<20}", (what, LABELS)) for name, what in rows]
    if clusters:
        lines += [
            text(),
            text(
                "  One cluster in full: ", (visible(f"dedup show {shlex.quote(str(out))} {clusters[0].name}"), "bold")
            ),
        ]
    return lines
