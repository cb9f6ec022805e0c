"""Scan new articles against an index, or against an earlier scan, to which nothing is added.

New articles are scanned together with the known articles that may be related to them; of the results only those that
concern a new article are kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.errors import UsageError
from dedup.index.engine import PAGE, Engine
from dedup.index.ingest import digest_batch
from dedup.index.plan import plan_change
from dedup.inputs.batch import Batch
from dedup.inputs.paths import resolve
from dedup.inputs.read import batches_of, read
from dedup.inputs.readers.objects import read_articles
from dedup.inputs.source import Source
from dedup.kernels.union_find import flatten
from dedup.pipeline import scan_batches
from dedup.progress import Progress
from dedup.results.assemble import ClusterColumns
from dedup.results.result import ScanOutcome, Tables
from dedup.results.summary import reason_counts
from dedup.results.tables import ClusterTable, PairTable
from dedup.settings import Settings
from dedup.text.boilerplate.learning import model_of


def scan_against(inputs: Any, against: str, settings: Settings, progress: Progress | None) -> ScanOutcome:
    """Scan inputs against `against`: an index, or the folder that an earlier scan wrote, whose inputs are read again.

    Raises `UsageError` where the settings are not those of the index, or what the folder's scan read were no files;
    `MissingInput` where the index or these files are gone.
    """
    if os.path.isdir(against):
        new, sources = batches_of(inputs, settings)
        paths = {source.path for source in sources}
        old = [source for source in resolve(_inputs_of(Path(against)), None) if source.path not in paths]
        files: set[str] = set()
        batches: Iterable[Batch] = chain(new, _collect_files(read(old, settings), files))
        return _of_new(scan_batches(batches, [*sources, *old], settings, progress), files, against, sources)
    options = {name: getattr(settings, name) for name in Settings.names()}
    with Engine(against, readonly=True, **{**options, "furniture": model_of(settings)}) as index:
        new, sources = batches_of(inputs, index.settings)
        batches = _with_related(new, index)
        return _of_new(scan_batches(batches, sources, index.settings, progress), {index.path}, against, sources)


def _collect_files(batches: Iterable[Batch], files: set[str]) -> Iterator[Batch]:
    """Yield the batches; add the names of their files to `files`."""
    for batch in batches:
        files.update([batch.file] if batch.files is None else batch.files)
        yield batch


def _inputs_of(folder: Path) -> list[str]:
    """Return the inputs of the scan that wrote a folder."""
    try:
        inputs = orjson.loads((folder / "summary.json").read_bytes())["inputs"]
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(
            f"{folder} holds no results of a scan (summary.json); name an index or an --out folder"
        ) from error
    if not inputs or "-" in inputs:
        raise UsageError(f"{folder}: what was scanned there did not come from files; make an index of it instead")
    return [str(name) for name in inputs]


def _with_related(batches: Iterable[Batch], index: Engine) -> Iterator[Batch]:
    """Yield the batches as they come, then the articles of the index that may be related to any of them."""
    numbers: set[int] = set()
    for batch in batches:
        yield batch
        articles = digest_batch(batch, index.settings)
        if articles:
            with index.snapshot(articles) as snapshot:
                change = plan_change(snapshot)
                numbers |= {row.number for row in change.result.rows} if change.result is not None else set()
                numbers.update(np.unique(change.pairs.comparisons.related().ends).tolist())
                numbers -= snapshot.added.keys()
    ascending = sorted(numbers)
    for low in range(0, len(ascending), PAGE):
        yield from read_articles(index.articles_by_number(ascending[low : low + PAGE]), index.settings, index.path)


def _of_new(result: ScanOutcome, files: set[str], against: str, sources: list[Source]) -> ScanOutcome:
    """Keep of a result what concerns new articles, and add for each of them what is known (`ScanOutcome.against`).

    files: the names of the files that known articles come from. sources: of the new articles.
    """
    corpus = result.corpus
    is_known = np.array([name in files for name in corpus.files], np.bool_)
    new = ~is_known[corpus.records.file] if len(corpus) else np.zeros(0, np.bool_)
    columns = result.clusters.columns
    ends = zip(columns.first[:-1].tolist(), columns.first[1:].tolist(), strict=True)
    positions = [i for i, (low, high) in enumerate(ends) if new[columns.rank[low:high]].any()]
    clusters = replace(result.clusters, columns=_take_clusters(columns, positions))
    pairs = _take_pairs(result.pairs, new)
    number = np.full(len(new), -1, np.int64)
    number[clusters.columns.rank] = clusters.columns.number
    origins = replace(result.origins, cluster=number, origins=clusters.columns.origins, shown=new)
    corpus.set_aside[:] = [record for record in corpus.set_aside if record.file not in files]
    keep = np.zeros(len(new), np.bool_)
    keep[result.keep] = True
    inputs = [source.name for source in sources if not source.unreadable]
    counts = {**result.summary["counts"], **_counts(clusters, pairs, new)}
    counts |= {"set_aside": len(corpus.set_aside), "set_aside_by_reason": reason_counts(corpus.set_aside)}
    summary = {**result.summary, "against": against, "counts": counts, "inputs": inputs}
    rejects = [reject for reject in result.rejects if reject.file not in files]
    tables = Tables(clusters, pairs, origins)
    return ScanOutcome(tables, rejects, summary, corpus, np.flatnonzero(keep & new), _lines(clusters, number, new))


def _take_clusters(clusters: ClusterColumns, positions: list[int]) -> ClusterColumns:
    rows, first = flatten([range(int(clusters.first[i]), int(clusters.first[i + 1])) for i in positions])
    return ClusterColumns(
        first, clusters.rank[rows], clusters.relation[rows], clusters.direction[rows], clusters.resemblance[rows],
        clusters.containment[rows], clusters.lag[rows], [clusters.origins[i] for i in positions],
        [clusters.probability[i] for i in positions],
    )  # fmt: skip


def _take_pairs(pairs: PairTable, new: NDArray[np.bool_]) -> PairTable:
    """Return the pairs with a new article. new (n,): by rank."""
    rows = new[pairs.a] | new[pairs.b]
    columns = ("a", "b", "relation", "direction", "newer", "shared", "size_a", "size_b", "run", "probability")
    return replace(pairs, **{name: getattr(pairs, name)[rows] for name in columns})


def _counts(clusters: ClusterTable, pairs: PairTable, new: NDArray[np.bool_]) -> dict[str, Any]:
    """Return the counts of the summary that differ from those of the scan of all."""
    return {
        "articles": int(new.sum()),
        "pairs": len(pairs),
        "pairs_by_relation": pairs.by_relation(),
        "clusters": len(clusters),
        "clustered_articles": int(new[clusters.columns.rank].sum()),
        "largest_cluster": int(clusters.columns.sizes.max(initial=0)),
        "known_articles": int((~new).sum()),
    }


def _lines(clusters: ClusterTable, number: NDArray[np.int64], new: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return the lines of against.jsonl: for each new article, by id, whether it was seen.

    number (n,): by rank, the position of the cluster, -1 for none. new (n,): by rank.
    """
    columns, ids = clusters.columns, clusters.names.values
    out = []
    for rank in np.flatnonzero(new).tolist():
        cluster = int(number[rank])
        ends = slice(*columns.first[cluster : cluster + 2].tolist()) if cluster >= 0 else slice(0)
        members = columns.rank[ends].tolist()
        known_ids = [ids[member] for member in members if not new[member]]
        out.append(
            {
                "id": ids[rank],
                "verdict": "seen" if known_ids else "new",
                "cluster": f"c{cluster + 1:06d}" if cluster >= 0 else None,
                "canonical": ids[members[0]] if members else ids[rank],
                "known": sorted(known_ids),
            }
        )
    return out
