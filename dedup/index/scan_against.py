"""New articles against what is known: a scan of them together with those known articles that concern them.

The index is only asked, never told. Of the results what concerns no new article is left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.errors import UsageError
from dedup.index.engine import Engine
from dedup.index.ingest import take
from dedup.index.plan import make
from dedup.inputs.batch import Batch
from dedup.inputs.paths import resolve
from dedup.inputs.read import batches_of, read
from dedup.inputs.readers.objects import read_articles
from dedup.inputs.source import Source
from dedup.kernels.union_find import flatten
from dedup.pipeline import scan_batches
from dedup.results.assemble import ClusterColumns
from dedup.results.result import ScanOutcome, Tables
from dedup.results.tables import ClusterTable, PairTable
from dedup.settings import Settings
from dedup.text.boilerplate.learning import model_of

if TYPE_CHECKING:
    from dedup.progress import Progress


def scan_against(inputs: Any, against: str, settings: Settings, progress: Progress | None) -> ScanOutcome:
    """Scan inputs against an index, or against the folder that an earlier scan wrote.

    Raises `UsageError` where the settings are not those of the index, `MissingInput` where the files that the earlier
    scan read are gone.
    """
    if os.path.isdir(against):
        new, sources = batches_of(inputs, settings)
        old = [one for one in resolve(_inputs_of(Path(against)), None) if one.path not in {s.path for s in sources}]
        known: set[str] = set()
        batches: Iterable[Batch] = chain(new, _noted(read(old, settings), known))
        return _of_new(scan_batches(batches, [*sources, *old], settings, progress), known, against, sources)
    given = {name: getattr(settings, name) for name in Settings.names() if name != "furniture"}
    with Engine(against, furniture=model_of(settings), readonly=True, **given) as index:
        new, sources = batches_of(inputs, index.settings)
        batches = _with_known(new, index)
        return _of_new(scan_batches(batches, sources, index.settings, progress), {index.path}, against, sources)


def _noted(batches: Iterable[Batch], names: set[str]) -> Iterator[Batch]:
    """The batches, while the names of their files are gathered."""
    for batch in batches:
        names.update([batch.file] if batch.files is None else batch.files)
        yield batch


def _inputs_of(folder: Path) -> list[str]:
    try:
        inputs = orjson.loads((folder / "summary.json").read_bytes())["inputs"]
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(
            f"{folder} holds no results of a scan (summary.json); name an index or an --out folder"
        ) from error
    if not inputs or "-" in inputs:
        raise UsageError(f"{folder}: what was scanned there did not come from files; make an index of it instead")
    return [str(name) for name in inputs]


def _with_known(batches: Iterable[Batch], index: Engine) -> Iterator[Batch]:
    """The batches as they come, and at the end the known articles that they may have to do with."""
    wanted: set[int] = set()
    for batch in batches:
        yield batch
        incoming = take(batch, index.settings)
        if incoming:
            with index.reading() as (store, texts):
                plan = make(store, texts, index.settings, incoming)
                rows = plan.solved.rows if plan.solved is not None else ()
                wanted |= {row.number for row in rows}
                wanted.update(np.unique(plan.compared.held.related().ends).tolist())
                wanted -= plan.known.fresh.keys()
    for low in range(0, len(wanted), 500):
        articles = index.numbered(sorted(wanted)[low : low + 500])
        yield from read_articles(articles, index.settings, index.path)


def _of_new(result: ScanOutcome, known: set[str], against: str, sources: list[Source]) -> ScanOutcome:
    """A result without what concerns known articles alone; `against` says of each new one what is known."""
    corpus = result.corpus
    is_known = np.array([name in known for name in corpus.files], np.bool_)
    new = ~is_known[corpus.records.file] if len(corpus) else np.zeros(0, np.bool_)
    found = result.clusters.columns
    chosen = [i for i in range(len(found.origins)) if new[found.rank[found.first[i] : found.first[i + 1]]].any()]
    clusters = replace(result.clusters, columns=_some(found, chosen))
    pairs = _pairs(result.pairs, new)
    number = np.full(len(new), -1, np.int64)
    number[clusters.columns.rank] = clusters.columns.number
    origins = replace(result.origins, cluster=number, origins=clusters.columns.origins, shown=new)
    keep = np.zeros(len(new), np.bool_)
    keep[result.keep] = True
    inputs = [source.name for source in sources if not source.unreadable]
    summary = _summary(result, clusters, pairs, new, against) | {"inputs": inputs}
    rejects = [reject for reject in result.rejects if reject.file not in known]
    against_lines = _lines(clusters, number, new)
    return ScanOutcome(
        Tables(clusters, pairs, origins), rejects, summary, corpus, np.flatnonzero(keep & new), against_lines
    )


def _some(found: ClusterColumns, chosen: list[int]) -> ClusterColumns:
    """Some of the clusters."""
    rows, first = flatten([range(int(found.first[i]), int(found.first[i + 1])) for i in chosen])
    return ClusterColumns(
        first, found.rank[rows], found.relation[rows], found.direction[rows], found.resemblance[rows],
        found.containment[rows], found.lag[rows], [found.origins[i] for i in chosen],
        [found.probability[i] for i in chosen],
    )  # fmt: skip


def _pairs(table: PairTable, new: NDArray[np.bool_]) -> PairTable:
    rows = new[table.a] | new[table.b]
    columns = ("a", "b", "relation", "direction", "newer", "shared", "size_a", "size_b", "run")
    return replace(table, **{name: getattr(table, name)[rows] for name in columns})


def _summary(
    result: ScanOutcome, clusters: ClusterTable, pairs: PairTable, new: NDArray[np.bool_], against: str
) -> dict[str, Any]:
    """The summary with the counts of what is left."""
    sizes = clusters.columns.sizes
    own = {
        "articles": int(new.sum()),
        "pairs": len(pairs),
        "pairs_by_relation": pairs.by_relation(),
        "clusters": len(clusters),
        "clustered_articles": int(new[clusters.columns.rank].sum()),
        "largest_cluster": int(sizes.max(initial=0)),
        "known_articles": int((~new).sum()),
    }
    return {**result.summary, "against": against, "counts": {**result.summary["counts"], **own}}


def _lines(clusters: ClusterTable, number: NDArray[np.int64], new: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """For each new article, by id, whether it was seen: the lines of against.jsonl."""
    found, names = clusters.columns, clusters.names.values
    out = []
    for rank in np.flatnonzero(new).tolist():
        home = int(number[rank])
        members = found.rank[found.first[home] : found.first[home + 1]].tolist() if home >= 0 else []
        old = [names[member] for member in members if not new[member]]
        out.append(
            {
                "id": names[rank],
                "verdict": "seen" if old else "new",
                "cluster": f"c{home + 1:06d}" if home >= 0 else None,
                "canonical": names[members[0]] if members else names[rank],
                "known": sorted(old),
            }
        )
    return out
