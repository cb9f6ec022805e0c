"""Summarise a scan: counts, caps, rejects, settings, timings and versions (`summary.json`)."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup._version import __version__
from dedup.candidates.search import Candidates
from dedup.clustering.rewrites import RewriteCounts
from dedup.corpus.build import Corpus
from dedup.model import Reject, SetAside
from dedup.results.result import Tables
from dedup.settings import Settings

_LIBRARIES = ("numpy", "numba", "pyarrow", "orjson", "xxhash", "scipy", "datasketch")


class Work(NamedTuple):
    """How a scan came to its result.

    representative (n,) int64: of each article, -1 where its body is too short. compared: pairs that were compared;
    implied: pairs that are not written; timings: seconds by stage.
    """

    representative: NDArray[np.int64]
    candidates: Candidates
    compared: int
    implied: int
    rewrites: RewriteCounts
    timings: dict[str, dict[str, float]]


def summarise(corpus: Corpus, inputs: Sequence[str], tables: Tables, work: Work, settings: Settings) -> dict[str, Any]:
    """The object of summary.json. Only `timings` and `versions` differ between two runs on the same input."""
    representative, candidates, clusters = work.representative, work.candidates, tables.clusters
    n, sizes = len(corpus), clusters.columns.sizes
    return {
        "version": __version__,
        "inputs": list(inputs),
        "notes": corpus.notes,
        "counts": {
            "records": corpus.records_read,
            "articles": n,
            "rejected": len(corpus.rejects),
            "rejected_by_reason": reason_counts(corpus.rejects),
            "set_aside": len(corpus.set_aside),
            "set_aside_by_reason": reason_counts(corpus.set_aside),
            "passed_over": corpus.skipped,
            "repaired_by_kind": corpus.repaired,
            "too_short": int((representative < 0).sum()),
            "identical_articles": int(((representative >= 0) & (representative != np.arange(n))).sum()),
            "candidates": len(candidates.a),
            "candidates_per_article": round(len(candidates.a) / max(1, n), 4),
            "compared": work.compared,
            "pairs": len(tables.pairs),
            "pairs_by_relation": tables.pairs.by_relation(),
            "pairs_implied": work.implied,
            "clusters": len(clusters),
            "clustered_articles": int(sizes.sum()),
            "largest_cluster": int(sizes.max(initial=0)),
            "renamed_ids": corpus.renamed,
            "rewrite_candidates": work.rewrites.candidates,
        },
        "dates": corpus.dates.as_dict(),
        "furniture": {"domains": len(corpus.furniture.names), "blocks": len(corpus.furniture.key)},
        "caps": {
            "band_buckets": candidates.full_bands,
            "passage_buckets": candidates.full_passages,
            "name_keys": work.rewrites.full_keys,
        },
        "settings": {**settings.results(), "fingerprint": settings.fingerprint()},
        "timings": work.timings,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
    }


def reason_counts(records: Iterable[Reject | SetAside]) -> dict[str, int]:
    """Count records by reason, most frequent first."""
    return dict(sorted(Counter(record.reason for record in records).items(), key=lambda item: (-item[1], item[0])))
