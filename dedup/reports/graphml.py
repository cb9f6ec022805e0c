"""Write the flow of texts from writers to sites as GraphML, for Gephi, Cytoscape, networkx and igraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from dedup.reports.republication import flow_of
from dedup.results.result import ScanOutcome

#: What XML 1.0 has no place for, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_KEYS = (
    ("label", "node", "string"),
    ("role", "node", "string"),
    ("kind", "node", "string"),
    ("articles", "node", "int"),
    ("not_its_own", "node", "int"),
    ("weight", "edge", "int"),
    ("median_lag_seconds", "edge", "long"),
)


def clean(text: str) -> str:
    """Escape a text for XML, and leave out the characters that XML 1.0 forbids."""
    return escape(_ILLEGAL.sub("", text))


def write_graphml(path: Path, result: ScanOutcome) -> None:
    """Write writers and sites as nodes.

    An edge leads from a writer to a site that prints its texts; its weight is articles.
    """
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_lines(result))


def _data(**values: str | int | None) -> str:
    return "".join(
        f'<data key="{key}">{clean(value) if isinstance(value, str) else value}</data>'
        for key, value in values.items()
        if value is not None
    )


def _lines(result: ScanOutcome) -> Iterator[str]:
    flow = flow_of(result)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for name, where, kind in _KEYS:
        yield f'<key id="{name}" for="{where}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<graph id="flow" edgedefault="directed">\n'
    for i, source in enumerate(flow.sources):
        label = "unknown writer" if source.name is None else source.name
        data = _data(label=label, role="writer", kind=source.kind, articles=source.articles)
        yield f'<node id="w{i + 1}">{data}</node>\n'
    for i, site in enumerate(flow.sites):
        data = _data(label=site.domain, role="site", articles=site.articles, not_its_own=site.foreign)
        yield f'<node id="s{i + 1}">{data}</node>\n'
    for edge in flow.edges:
        data = _data(weight=edge.articles, median_lag_seconds=edge.lag)
        yield f'<edge source="w{edge.source + 1}" target="s{edge.site + 1}">{data}</edge>\n'
    yield "</graph>\n</graphml>\n"
