"""Signatures that are datasketch's, bit for bit (docs/shingles.md, rule 5).

A signature is `datasketch.MinHash(num_perm, seed, scheme="affine32")` over the low 32 bits of the shingle ids
(Broder 1997; the affine scheme is datasketch 2.0's).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel

if TYPE_CHECKING:
    from datasketch import MinHash

#: The most shingles of one block that are premixed together; a block's hashes stay in the L1 cache.
_BLOCK = 1024


@cache
def permutations(num_perm: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Multipliers and increments (num_perm,) of datasketch's affine32 scheme, drawn as datasketch draws them."""
    generator = np.random.RandomState(seed)
    a = generator.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = generator.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return a, b


@kernel
def signature_kernel(ids, low, high, a, b):
    """MinHash signatures of n bodies, uint32 (n, num_perm).

    ids (m,) uint64: of body i `ids[low[i] : high[i]]`; low, high (n,) int64. a, b (num_perm,) uint32: of
    `permutations`. The low 32 bits of an id are mixed by the finaliser of MurmurHash3 (Appleby 2011), as datasketch
    does. A body without shingles has the empty signature, all ones. Four shingles are taken at a time, so that a row is
    loaded and stored a quarter as often.
    """
    n = len(low)
    out = np.full((n, len(a)), np.uint32(0xFFFFFFFF), np.uint32)
    mixed = np.empty(_BLOCK, np.uint32)
    for i in range(n):
        row = out[i]
        for start in range(low[i], high[i], _BLOCK):
            count = min(_BLOCK, high[i] - start)
            for j in range(count):
                h = np.uint32(ids[start + j] & np.uint64(0xFFFFFFFF))
                h ^= h >> np.uint32(16)
                h = np.uint32(h * np.uint32(0x85EBCA6B))
                h ^= h >> np.uint32(13)
                h = np.uint32(h * np.uint32(0xC2B2AE35))
                mixed[j] = h ^ (h >> np.uint32(16))
            # A minimum does not mind a value twice, so the last four are made full by repeating one.
            while count % 4:
                mixed[count] = mixed[count - 1]
                count += 1
            for j in range(0, count, 4):
                h0, h1, h2, h3 = mixed[j], mixed[j + 1], mixed[j + 2], mixed[j + 3]
                for p in range(len(a)):
                    v0 = np.uint32(np.uint32(h0 * a[p]) + b[p])
                    v1 = np.uint32(np.uint32(h1 * a[p]) + b[p])
                    v2 = np.uint32(np.uint32(h2 * a[p]) + b[p])
                    v3 = np.uint32(np.uint32(h3 * a[p]) + b[p])
                    row[p] = min(min(min(v0, v1), min(v2, v3)), row[p])
    return out


def to_datasketch(signature: NDArray[np.uint32], seed: int) -> MinHash:
    """A signature (num_perm,) as a datasketch `MinHash`, ready for `MinHashLSH`, in memory, Redis or Cassandra."""
    from datasketch import MinHash

    return MinHash(
        seed=seed, scheme="affine32", hashvalues=signature, permutations=np.array(permutations(len(signature), seed))
    )
