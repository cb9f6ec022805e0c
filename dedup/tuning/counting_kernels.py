"""Kernels that count the shingles which bodies have in common.

The sets of n bodies are two arrays everywhere: `ids` (uint64), the distinct shingle ids of each body in ascending
order, one body after the other; and `first` (n + 1,) int64, the offset in `ids` at which each body begins.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel


@kernel
def distinct_kernel(ids, first):
    """Sort the ids of each body and drop repeats: (ids uint64, first (n + 1,) int64).

    ids (uint64): shingle ids of n bodies in any order; first (n + 1,) int64: where each body begins.
    """
    out = np.empty(len(ids), np.uint64)
    out_first = np.zeros(len(first), np.int64)
    at = 0
    for i in range(len(first) - 1):
        body_ids = np.sort(ids[first[i] : first[i + 1]])
        for j in range(len(body_ids)):
            if j == 0 or body_ids[j] != body_ids[j - 1]:
                out[at] = body_ids[j]
                at += 1
        out_first[i + 1] = at
    return out[:at].copy(), out_first


@kernel
def overlap_kernel(body, stop, at, at_first, sizes, low, high, floor, bins):
    """Compare the bodies low..high-1 with all bodies behind them.

    body (int32), stop (int64), at (int64), at_first (n + 1,) int64: see `InvertedIndex`; sizes (n,) int64: distinct
    shingles of each body; floor: least containment of a pair to return; bins: bins of a histogram from 0 to 1.

    Returns (pairs (m, 3) int64: body, body behind it, shingles in common; resemblances (bins,) int64 and containments
    (bins,) int64: histograms of all pairs with a common shingle).
    """
    n = len(sizes)
    count = np.zeros(n, np.int32)
    partners = np.empty(n, np.int64)
    resemblances = np.zeros(bins, np.int64)
    containments = np.zeros(bins, np.int64)
    capacity = 1024
    pairs = np.empty((capacity, 3), np.int64)
    total = 0
    for i in range(low, high):
        partner_count = 0
        for p in at[at_first[i] : at_first[i + 1]]:
            for q in range(p + 1, stop[p]):
                other = body[q]
                if count[other] == 0:
                    partners[partner_count] = other
                    partner_count += 1
                count[other] += 1
        for x in range(partner_count):
            other = partners[x]
            common = np.int64(count[other])
            count[other] = 0
            smaller = min(sizes[i], sizes[other])
            resemblances[min(bins - 1, bins * common // (sizes[i] + sizes[other] - common))] += 1
            containments[min(bins - 1, bins * common // smaller)] += 1
            if common >= floor * smaller:
                if total == capacity:
                    wider = np.empty((2 * capacity, 3), np.int64)
                    wider[:capacity] = pairs
                    pairs = wider
                    capacity *= 2
                pairs[total, 0] = i
                pairs[total, 1] = other
                pairs[total, 2] = common
                total += 1
    return pairs[:total].copy(), resemblances, containments


@kernel
def table_kernel(key, run_first):
    """Build an open-addressed hash table from keys to runs of postings: (slots uint64, run int64), a power of two long.

    key (m,) uint64: distinct ids, none 0; run_first (m,) int64: where the run of each begins. An empty slot is 0.
    """
    size = 16
    while size < 2 * len(key):
        size *= 2
    slots = np.zeros(size, np.uint64)
    run = np.zeros(size, np.int64)
    mask = np.uint64(size - 1)
    for i in range(len(key)):
        at = key[i] & mask
        while slots[at] != 0:
            at = (at + np.uint64(1)) & mask
        slots[at] = key[i]
        run[at] = run_first[i]
    return slots, run


@kernel
def partner_kernel(ids, first, slots, run, body, stop, sizes, floor):
    """Tell which of n bodies share enough shingles with one of the m bodies of an index: (n,) bool.

    ids (m,) uint64; first (n + 1,) int64: the sets of the n bodies. slots (s,) uint64; run (s,) int64: from
    `table_kernel`. body (p,) int32: the body of each posting, runs of one id together; stop (p,) int64: at the first
    posting of a run, where the run ends; sizes (m,) int64: distinct shingles of each body of the index; floor: least
    containment.
    """
    mask = np.uint64(len(slots) - 1)
    count = np.zeros(len(sizes), np.int32)
    partners = np.empty(len(sizes), np.int64)
    out = np.zeros(len(first) - 1, np.bool_)
    for i in range(len(out)):
        partner_count = 0
        for value in ids[first[i] : first[i + 1]]:
            at = value & mask
            while slots[at] != 0 and slots[at] != value:
                at = (at + np.uint64(1)) & mask
            if slots[at] == 0:
                continue
            p = run[at]
            for q in range(p, stop[p]):
                if count[body[q]] == 0:
                    partners[partner_count] = body[q]
                    partner_count += 1
                count[body[q]] += 1
        for x in range(partner_count):
            if count[partners[x]] >= floor * min(sizes[partners[x]], first[i + 1] - first[i]):
                out[i] = True
            count[partners[x]] = 0
    return out


@kernel
def agree_kernel(signatures, a, b, bands, rows):
    """Tell whether the signatures of a[i] and b[i] agree on all rows of at least one band: (m,) bool.

    signatures (n, num_perm) uint32; a, b (m,) int64: rows of `signatures`; bands, rows: bands of so many numbers each.
    """
    out = np.zeros(len(a), np.bool_)
    for i in range(len(a)):
        for band in range(bands):
            row = band * rows
            while row < band * rows + rows and signatures[a[i], row] == signatures[b[i], row]:
                row += 1
            if row == band * rows + rows:
                out[i] = True
                break
    return out


@kernel
def next_common(ids, x, x_end, y, y_end):
    """Find the first id that two ascending runs of `ids` (uint64) have in common, from x and y on: its places (x, y).

    The runs end at x_end and y_end; without a common id one of the places is an end.
    """
    while x < x_end and y < y_end and ids[x] != ids[y]:
        if ids[x] < ids[y]:
            x += 1
        else:
            y += 1
    return x, y


@kernel
def common_sample_kernel(ids, first, a, b, rates, residue):
    """Count the sampled ids that the sets a[i] and b[i] have in common, for each rate: (rates, m) int64.

    ids (uint64), first (n + 1,) int64: the sets of n bodies; a, b (m,) int64: bodies; rates (r,) int64: one id in so
    many is sampled; residue: an id is sampled if its high half leaves this remainder. A scan uses 0; another residue
    gives another sample of the same expected size.
    """
    out = np.zeros((len(rates), len(a)), np.int64)
    for i in range(len(a)):
        x_end, y_end = first[a[i] + 1], first[b[i] + 1]
        x, y = next_common(ids, first[a[i]], x_end, first[b[i]], y_end)
        while x < x_end and y < y_end:
            for r in range(len(rates)):
                out[r, i] += np.int64((ids[x] >> np.uint64(32)) % np.uint64(rates[r]) == residue % rates[r])
            x, y = next_common(ids, x + 1, x_end, y + 1, y_end)
    return out


@kernel
def least_common_kernel(ids, first, a, b):
    """Find the least id that the sets a[i] and b[i] have in common: (m,) uint64, 0 for none.

    ids (uint64), first (n + 1,) int64: the sets of n bodies; a, b (m,) int64: bodies.
    """
    out = np.zeros(len(a), np.uint64)
    for i in range(len(a)):
        x, y = next_common(ids, first[a[i]], first[a[i] + 1], first[b[i]], first[b[i] + 1])
        if x < first[a[i] + 1] and y < first[b[i] + 1]:
            out[i] = ids[x]
    return out
