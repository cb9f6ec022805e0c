"""Kernels over the postings of a few keys: which bodies meet those that are asked about."""

from __future__ import annotations

import numba as nb
import numpy as np

from dedup.kernels.sorted_arrays import BODY_BITS, contains, key_end


@nb.njit(nogil=True, cache=True)
def meetings_of(posting, asked, passed, cap, representatives):
    """Every meeting of two bodies, at least one of them of `asked`, in a key, as `a << 32 | b` with a < b.

    posting (p,) uint64, ascending, each once; asked (n,) and passed (k,) uint64, ascending: keys to be passed over. In
    a key of more than `cap` bodies each meets the first `representatives` and its neighbour,
    as many as a scan has (`overfull.few_pairs`); with none of them such a key is passed over.
    """
    out = np.empty(len(posting) + 64, np.uint64)
    flag = np.empty(len(posting), np.bool_)
    bits, mask = np.uint64(BODY_BITS), (np.uint64(1) << np.uint64(BODY_BITS)) - np.uint64(1)
    count = 0
    i = 0
    while i < len(posting):
        key = posting[i] >> bits
        j = i
        any_asked = False
        while j < len(posting) and posting[j] >> bits == key:
            flag[j] = contains(asked, posting[j] & mask)
            any_asked |= flag[j]
            j += 1
        over = j - i > cap
        if not any_asked or (over and representatives == 0) or (len(passed) > 0 and contains(passed, key)):
            i = j
            continue
        for x in range(i, j):
            last = j
            if over and x >= i + representatives:
                last = min(x + 2, j)
            for y in range(x + 1, last):
                if flag[x] or flag[y]:
                    if count == len(out):
                        wider = np.empty(2 * count, np.uint64)
                        wider[:count] = out
                        out = wider
                    out[count] = ((posting[x] & mask) << np.uint64(32)) | (posting[y] & mask)
                    count += 1
        i = j
    return out[:count].copy()


@nb.njit(nogil=True, cache=True)
def of_few(posting, leads, most):
    """The postings of those keys of which at most `most` postings are marked in `leads`, (p,) bool."""
    out = np.empty(len(posting), np.uint64)
    count = 0
    i = 0
    while i < len(posting):
        j = key_end(posting, i)
        if leads[i:j].sum() <= most:
            out[count : count + j - i] = posting[i:j]
            count += j - i
        i = j
    return out[:count].copy()


@nb.njit(nogil=True, cache=True)
def crowd_meetings(posting, asked, body, core, most):
    """Meetings in crowded keys, of which the ends are given, as `a << 32 | b` with a < b: of asked bodies with the
    cores of the others' clusters, unless these are more than `most`.

    posting, asked: as for `meetings_of`. body (m,) uint64, ascending, and core (m,) uint64: known bodies and the cores
    of their clusters; others are passed over.
    """
    mask = (np.uint64(1) << np.uint64(BODY_BITS)) - np.uint64(1)
    out = np.empty(most * len(posting), np.uint64)
    cores = np.empty(most, np.uint64)
    count = 0
    i = 0
    while i < len(posting):
        j = key_end(posting, i)
        found = 0
        for x in range(i, j):
            number = posting[x] & mask
            place = np.searchsorted(body, number)
            if contains(asked, number) or place == len(body) or body[place] != number:
                continue
            known = False
            for y in range(min(found, most)):
                known |= cores[y] == core[place]
            if not known:
                if found < most:
                    cores[found] = core[place]
                found += 1
        for x in range(i, j):
            number = posting[x] & mask
            if found <= most and contains(asked, number):
                for other in cores[:found]:
                    if other != number:
                        out[count] = (min(number, other) << np.uint64(32)) | max(number, other)
                        count += 1
        i = j
    return out[:count].copy()
