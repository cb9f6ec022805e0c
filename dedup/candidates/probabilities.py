"""Explain settings: with what probability a pair becomes a candidate."""

from __future__ import annotations

from typing import Any

from dedup.candidates.bands import Banding
from dedup.candidates.passages import SHORT, probability_of_run, rate_of
from dedup.candidates.shingles import MIN_TOKENS
from dedup.settings import Settings


def explain_settings(settings: Settings) -> dict[str, Any]:
    """How candidates are found under these settings, and with what probability."""
    banding = Banding.of(settings)
    curve = [{"resemblance": s / 20, "bands_probability": round(banding.probability(s / 20), 4)} for s in range(1, 21)]
    k, rate = settings.shingle_size, rate_of(settings)
    runs = [
        {"words": words, "probability": round(probability_of_run(max(0, words - k + 1), rate, short=False), 4)}
        for words in (20, 30, 40, 60, 80, 120, 160, 240)
    ]
    return {
        "shingle_size": k,
        "num_perm": settings.num_perm,
        "seed": settings.seed,
        "bands": banding.bands,
        "rows": banding.rows,
        "curve": curve,
        "passage_rate": rate,
        "passages_needed": {"short": 1, "long": 2, "short_below_shingles": SHORT},
        "runs": runs,
        "min_tokens": MIN_TOKENS,
        "threshold": settings.threshold,
        "window": settings.window,
        "fingerprint": settings.fingerprint(),
    }
