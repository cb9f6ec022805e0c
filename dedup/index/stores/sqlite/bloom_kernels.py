"""Kernels of Bloom filters in blocks of 64 bits."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel

#: Bits that a key sets. With five bits of the filter for each key, three are best.
HASHES = 3


@kernel
def _marks(key, blocks):
    """The block of a key, and its bits in it (hashed by the finaliser of MurmurHash3, Appleby 2011)."""
    h = (key ^ (key >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    block = ((h >> np.uint64(32)) * np.uint64(blocks)) >> np.uint64(32)
    bits = np.uint64(0)
    for i in range(HASHES):
        bits |= np.uint64(1) << ((h >> np.uint64(6 * i)) & np.uint64(63))
    return np.int64(block), bits


@kernel
def filter_of(keys, blocks):
    """The filter of some keys, (blocks,) uint64."""
    out = np.zeros(blocks, np.uint64)
    for key in keys:
        block, bits = _marks(key, blocks)
        out[block] |= bits
    return out


@kernel
def passed(keys, index, block):
    """Those of some keys that are in their filter, or in no stretch that has one.

    keys (k,) and index (n, 4), both ascending, uint64: of each stretch its least key, the end of its keys, which row of
    `block` is its filter, and how many blocks that has.
    """
    out = np.empty(len(keys), np.uint64)
    count = 0
    at = 0
    for key in keys:
        while at < len(index) and index[at, 1] <= key:
            at += 1
        out[count] = key
        if at == len(index) or key < index[at, 0]:
            count += 1
            continue
        place, bits = _marks(key, np.int64(index[at, 3]))
        count += block[index[at, 2], place] & bits == bits
    return out[:count].copy()
