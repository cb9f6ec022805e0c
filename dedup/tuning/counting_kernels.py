"""Kernels of counting: what sets of shingles have in common. Pure functions of arrays."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel


@kernel
def distinct_kernel(ids, first):
    """Sort the ids of each body and drop repeats: (ids uint64, first (n + 1,) int64)."""
    out = np.empty(len(ids), np.uint64)
    out_first = np.zeros(len(first), np.int64)
    at = 0
    for i in range(len(first) - 1):
        own = np.sort(ids[first[i] : first[i + 1]])
        for j in range(len(own)):
            if j == 0 or own[j] != own[j - 1]:
                out[at] = own[j]
                at += 1
        out_first[i + 1] = at
    return out[:at].copy(), out_first


@kernel
def take_kernel(ids, first, rows):
    """The sets of the bodies `rows` (m,) int64, one after the other: (ids, first (m + 1,))."""
    out_first = np.zeros(len(rows) + 1, np.int64)
    for i in range(len(rows)):
        out_first[i + 1] = out_first[i] + first[rows[i] + 1] - first[rows[i]]
    out = np.empty(out_first[len(rows)], np.uint64)
    for i in range(len(rows)):
        out[out_first[i] : out_first[i + 1]] = ids[first[rows[i]] : first[rows[i] + 1]]
    return out, out_first


@kernel
def common_kernel(ids, first, a, b):
    """How many ids the sets a[i] and b[i] have in common: (m,) int64, by merging the two."""
    out = np.zeros(len(a), np.int64)
    for i in range(len(a)):
        x, x_end = first[a[i]], first[a[i] + 1]
        y, y_end = first[b[i]], first[b[i] + 1]
        while x < x_end and y < y_end:
            if ids[x] == ids[y]:
                out[i] += 1
                x += 1
                y += 1
            elif ids[x] < ids[y]:
                x += 1
            else:
                y += 1
    return out


@kernel
def postings_kernel(order, ids, first):
    """From positions in order of id: which body each posting is of, where its run of equal ids ends, and the
    postings of each body, those that no other body has left out: (body, stop, at, at_first)."""
    n = len(first) - 1
    owner = np.empty(len(ids), np.int32)
    for i in range(n):
        owner[first[i] : first[i + 1]] = i
    body = np.empty(len(ids), np.int32)
    stop = np.empty(len(ids), np.int64)
    count = np.zeros(n, np.int64)
    kept = 0
    i = 0
    while i < len(order):
        j = i + 1
        while j < len(order) and ids[order[j]] == ids[order[i]]:
            j += 1
        if j - i > 1:
            for x in range(i, j):
                body[kept + x - i] = owner[order[x]]
                stop[kept + x - i] = kept + j - i
                count[owner[order[x]]] += 1
            kept += j - i
        i = j
    at_first = np.zeros(n + 1, np.int64)
    for i in range(n):
        at_first[i + 1] = at_first[i] + count[i]
    place = at_first[:n].copy()
    at = np.empty(kept, np.int64)
    for p in range(kept):
        at[place[body[p]]] = p
        place[body[p]] += 1
    return body[:kept].copy(), stop[:kept].copy(), at, at_first


@kernel
def meetings_kernel(stop, at, at_first):
    """How many meetings each body has with those behind it: (n,) int64."""
    out = np.zeros(len(at_first) - 1, np.int64)
    for i in range(len(out)):
        for p in at[at_first[i] : at_first[i + 1]]:
            out[i] += stop[p] - p - 1
    return out


@kernel
def overlap_kernel(body, stop, at, at_first, sizes, low, high, floor, bins):
    """Count the bodies low..high-1 against all behind them. Returns (a, b, common, resemblances, containments)."""
    n = len(sizes)
    count = np.zeros(n, np.int32)
    met = np.empty(n, np.int64)
    by_resemblance = np.zeros(bins, np.int64)
    by_containment = np.zeros(bins, np.int64)
    room = 1024
    out = np.empty((room, 3), np.int64)
    found = 0
    for i in range(low, high):
        touched = 0
        for p in at[at_first[i] : at_first[i + 1]]:
            for q in range(p + 1, stop[p]):
                other = body[q]
                if count[other] == 0:
                    met[touched] = other
                    touched += 1
                count[other] += 1
        for x in range(touched):
            other = met[x]
            common = np.int64(count[other])
            count[other] = 0
            less = min(sizes[i], sizes[other])
            by_resemblance[min(bins - 1, bins * common // (sizes[i] + sizes[other] - common))] += 1
            by_containment[min(bins - 1, bins * common // less)] += 1
            if common >= floor * less:
                if found == room:
                    wider = np.empty((2 * room, 3), np.int64)
                    wider[:room] = out
                    out = wider
                    room *= 2
                out[found, 0] = i
                out[found, 1] = other
                out[found, 2] = common
                found += 1
    return out[:found].copy(), by_resemblance, by_containment


@kernel
def table_kernel(key, first_run):
    """An open-addressed table of distinct keys, which are never 0, to their runs: (slots uint64, run int64)."""
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
        run[at] = first_run[i]
    return slots, run


@kernel
def partner_kernel(ids, first, slots, run, body, stop, sizes, floor):
    """Which bodies (m,) bool share `floor` of the smaller set's shingles with one of those behind the table."""
    mask = np.uint64(len(slots) - 1)
    count = np.zeros(len(sizes), np.int32)
    met = np.empty(len(sizes), np.int64)
    out = np.zeros(len(first) - 1, np.bool_)
    for i in range(len(out)):
        touched = 0
        for value in ids[first[i] : first[i + 1]]:
            at = value & mask
            while slots[at] != 0 and slots[at] != value:
                at = (at + np.uint64(1)) & mask
            if slots[at] == 0:
                continue
            p = run[at]
            for q in range(p, stop[p]):
                if count[body[q]] == 0:
                    met[touched] = body[q]
                    touched += 1
                count[body[q]] += 1
        for x in range(touched):
            if count[met[x]] >= floor * min(sizes[met[x]], first[i + 1] - first[i]):
                out[i] = True
            count[met[x]] = 0
    return out


@kernel
def agree_kernel(signatures, a, b, bands, rows):
    """Whether the signatures (n, num_perm) of a[i] and b[i] agree on all rows of a band: bool (m,)."""
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
def common_sampled_kernel(ids, first, a, b, rates, residue):
    """How many sampled ids the sets a[i] and b[i] have in common, for each rate: int64 (rates, m).

    A scan samples the ids whose high half leaves 0, divided by the rate; another residue is another, equal sample.
    """
    out = np.zeros((len(rates), len(a)), np.int64)
    for i in range(len(a)):
        x, x_end = first[a[i]], first[a[i] + 1]
        y, y_end = first[b[i]], first[b[i] + 1]
        while x < x_end and y < y_end:
            if ids[x] == ids[y]:
                for r in range(len(rates)):
                    out[r, i] += np.int64((ids[x] >> np.uint64(32)) % np.uint64(rates[r]) == residue % rates[r])
                x += 1
                y += 1
            elif ids[x] < ids[y]:
                x += 1
            else:
                y += 1
    return out


@kernel
def least_kernel(ids, first, a, b):
    """The least id that the sets a[i] and b[i] have in common: uint64 (m,), 0 for none."""
    out = np.zeros(len(a), np.uint64)
    for i in range(len(a)):
        x, x_end = first[a[i]], first[a[i] + 1]
        y, y_end = first[b[i]], first[b[i] + 1]
        while x < x_end and y < y_end and ids[x] != ids[y]:
            if ids[x] < ids[y]:
                x += 1
            else:
                y += 1
        if x < x_end and y < y_end:
            out[i] = ids[x]
    return out
