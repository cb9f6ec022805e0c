"""summary.json: what was read, found, capped and rejected, under which settings, and how long it took."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup._version import __version__
from dedup.candidates.search import Candidates
from dedup.corpus.build import Corpus, count_reasons
from dedup.results.tables import ClusterTable, PairTable
from dedup.settings import Settings

_LIBRARIES = ("numpy", "numba", "pyarrow", "orjson", "xxhash", "scipy", "datasketch")


def summarise(
    corpus: Corpus,
    inputs: Sequence[str],
    rep: NDArray[np.int64],
    found: Candidates,
    compared: int,
    table: PairTable,
    implied: int,
    clusters: ClusterTable,
    settings: Settings,
    timings: dict[str, dict[str, float]],
) -> dict[str, Any]:
    """The object of summary.json. Only `timings` and `versions` differ between two runs on the same input."""
    n, sizes = len(corpus), clusters.found.sizes
    return {
        "version": __version__,
        "inputs": list(inputs),
        "counts": {
            "records": corpus.records,
            "articles": n,
            "rejected": len(corpus.rejects),
            "rejected_by_reason": count_reasons(corpus.rejects),
            "passed_over": corpus.passed,
            "too_short": int((rep < 0).sum()),
            "identical_articles": int(((rep >= 0) & (rep != np.arange(n))).sum()),
            "candidates": len(found.a),
            "candidates_per_article": round(len(found.a) / max(1, n), 4),
            "compared": compared,
            "pairs": len(table),
            "pairs_by_relation": table.by_relation(),
            "pairs_implied": implied,
            "clusters": len(clusters),
            "clustered_articles": int(sizes.sum()),
            "largest_cluster": int(sizes.max(initial=0)),
            "renamed_ids": corpus.renamed,
        },
        "furniture": {"domains": len(corpus.furniture.names), "blocks": len(corpus.furniture.key)},
        "caps": {"band_buckets": found.full_bands, "passage_buckets": found.full_passages},
        "settings": {**settings.results(), "fingerprint": settings.fingerprint()},
        "timings": timings,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
    }
