"""Kernels of blocked Bloom filters (Putze, Sanders and Singler 2007) with blocks of 64 bits."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel

#: Bits that a key sets: with five bits of the filter for each key, three have the fewest false positives.
HASHES = 3


@kernel
def _block_and_bits(key, blocks):
    """Hash a key to its block and its bits in the block, by the finaliser of MurmurHash3 (Appleby 2011)."""
    h = (key ^ (key >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    block = ((h >> np.uint64(32)) * np.uint64(blocks)) >> np.uint64(32)
    bits = np.uint64(0)
    for i in range(HASHES):
        bits |= np.uint64(1) << ((h >> np.uint64(6 * i)) & np.uint64(63))
    return np.int64(block), bits


@kernel
def build_filter(keys, blocks):
    """Build the filter of keys, uint64 (k,): uint64 (blocks,)."""
    out = np.zeros(blocks, np.uint64)
    for key in keys:
        block, bits = _block_and_bits(key, blocks)
        out[block] |= bits
    return out


@kernel
def select_possible(keys, ranges, blocks):
    """Select the keys, uint64 (k,), ascending, that the filter of their range contains, or that are in no range.

    ranges: uint64 (n, 4), ascending, each range's lowest key, the end of its keys, the row of its filter in `blocks`,
    and the length of the filter. blocks: uint64 (filters, width).
    """
    out = np.empty(len(keys), np.uint64)
    count = 0
    at = 0
    for key in keys:
        while at < len(ranges) and ranges[at, 1] <= key:
            at += 1
        out[count] = key
        if at == len(ranges) or key < ranges[at, 0]:
            count += 1
            continue
        block, bits = _block_and_bits(key, np.int64(ranges[at, 3]))
        count += blocks[ranges[at, 2], block] & bits == bits
    return out[:count].copy()
