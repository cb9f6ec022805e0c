"""From texts to all that the search for candidates needs, a batch at a time, without the interpreter's lock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from dedup.candidates.bands import Banding, band_kernel, longest_banded
from dedup.candidates.minhash import permutations, signature_kernel
from dedup.candidates.passages import rate_of, sketch_kernel
from dedup.candidates.shingles import shingle_kernel, shingle_sizes
from dedup.inputs.text_buffers import Buffers
from dedup.settings import Settings
from dedup.text.boilerplate import zones
from dedup.text.boilerplate.learning import model_of


@dataclass(frozen=True)
class Digest:
    """What stays of a batch of n articles.

    `count` (n,) int64: tokens of each body; `size` (n,) int32: its shingle size; `fingerprint` (n, 2) uint64:
    XXH3-128 of its tokens; `banded` (m,) int64: which bodies have bands; `band` (bands, m) uint32: theirs; `passage`
    uint64 `key << 32 | index in the batch`; `bodies`: words, spans and offsets.
    """

    count: NDArray[np.int64]
    size: NDArray[np.int32]
    fingerprint: NDArray[np.uint64]
    banded: NDArray[np.int64]
    band: NDArray[np.uint32]
    passage: NDArray[np.uint64]
    bodies: zones.Bodies


def shingle_ids(bodies: zones.Bodies, k: int) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32]]:
    """Shingle ids of bodies in order, where each body's begin (n + 1,), and each body's shingle size."""
    tokens = bodies.tokens
    sizes = shingle_sizes(tokens.last - tokens.first, tokens.single, k)
    ids, id_first = shingle_kernel(tokens.folded, tokens.folded_start, tokens.first, tokens.last, sizes)
    return ids, id_first, sizes


def fingerprints(bodies: zones.Bodies) -> NDArray[np.uint64]:
    """Exact fingerprints (n, 2) uint64, high half first: XXH3-128 of the body's tokens joined by spaces (rule 6)."""
    tokens = bodies.tokens
    folded = tokens.folded.data
    low, high = tokens.folded_start[tokens.first].tolist(), tokens.folded_start[tokens.last].tolist()
    digest = xxhash.xxh3_128_digest
    parts = [digest(folded[a : max(a, b - 1)]) for a, b in zip(low, high, strict=True)]
    return np.frombuffer(b"".join(parts), ">u8").astype(np.uint64).reshape(-1, 2)


def digest(
    texts: pa.Array | Buffers, titles: pa.Array | Buffers | None, settings: Settings, domains: pa.Array | None = None
) -> Digest:
    """Digest a batch of texts."""
    return digest_bodies(zones.strip(texts, titles, domains, model_of(settings)), settings)


def digest_bodies(bodies: zones.Bodies, settings: Settings) -> Digest:
    """Digest bodies."""
    tokens = bodies.tokens
    count = tokens.last - tokens.first
    sizes = shingle_sizes(count, tokens.single, settings.shingle_size)
    rate, banding = rate_of(settings), Banding.of(settings)
    longest = longest_banded(rate) if banding.bands else 0
    ids, id_first, passages = sketch_kernel(
        tokens.folded, tokens.folded_start, tokens.first, tokens.last, sizes, longest, rate
    )
    banded = np.nonzero(id_first[1:] > id_first[:-1])[0]
    low, high = id_first[banded], id_first[banded + 1]
    a, b = permutations(settings.num_perm, settings.seed)
    signatures = signature_kernel(ids, low, high, a[: banding.used], b[: banding.used])
    return Digest(
        count,
        sizes,
        fingerprints(bodies),
        banded,
        band_kernel(signatures, banding.bands, banding.rows),
        passages,
        bodies,
    )
