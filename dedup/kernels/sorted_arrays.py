"""Kernels over sorted postings `key << BODY | body`, uint64: looked up by key, merged, and rid of what is gone."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel

#: Bits of a body's number; above it the key, of which the highest two bits are its kind.
BODY = 30


@kernel
def _place(values, value, low, high):
    """Where in the ascending values[low:high] the first one that is not less stands."""
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _copied(postings, at, key, out, count, crowds, ends):
    """Append the postings of a key, which begin at `at`, to the first `count` of `out`, or of a wider array; returns
    (where they end, out, count). With `ends` only as many as `trimmed` needs, which has the same two arguments."""
    bits = np.uint64(BODY)
    end, step = at, 1
    while end < len(postings) and postings[end] >> bits == key:
        end = min(len(postings), end + step)
        step *= 2
    end = _place(postings, (key + np.uint64(1)) << bits, at, end)
    first, size = end, end - at
    if ends:
        # The mark, the first ones, and one more than makes a crowd; then the last ones.
        most = crowds[np.int64(key >> np.uint64(32))] + 2 + ends
        if size > most + ends:
            first, size = at + most, most + ends
    if count + size > len(out):
        wider = np.empty(2 * (count + size), np.uint64)
        wider[:count] = out[:count]
        out = wider
    for x in range(at, first):
        out[count] = postings[x]
        count += 1
    if first < end:
        for x in range(end - ends, end):
            out[count] = postings[x]
            count += 1
    return end, out, count


@kernel
def matching(postings, keys):
    """The postings of some keys: both ascending, keys (k,) uint64 without the body's bits, each once."""
    return matching_ends(postings, keys, np.zeros(4, np.int64), 0)


@kernel
def matching_ends(postings, keys, crowds, ends):
    """`matching`; with `ends`, of keys of many bodies only as many of each as `trimmed` needs with these arguments.

    Each key is sought from where the last one was found, in steps that double (Bentley and Yao 1976), so that few keys
    cost as many searches and many cost one pass.
    """
    out = np.empty(len(keys) + 64, np.uint64)
    count = 0
    at = 0
    n = len(postings)
    bits = np.uint64(BODY)
    for key in keys:
        least = key << bits
        low, high, step = at, at, 1
        while high < n and postings[high] < least:
            low = high + 1
            high += step
            step *= 2
        at = _place(postings, least, low, min(high, n))
        at, out, count = _copied(postings, at, key, out, count, crowds, ends)
        if at == n:
            break
    return out[:count].copy()


@kernel
def merge(x, y):
    """Two ascending arrays as one, ascending; what is in both, or twice in one, once."""
    out = np.empty(len(x) + len(y), np.uint64)
    i, j, count = 0, 0, 0
    while i < len(x) or j < len(y):
        if j == len(y) or (i < len(x) and x[i] <= y[j]):
            value = x[i]
            i += 1
        else:
            value = y[j]
            j += 1
        if count == 0 or out[count - 1] != value:
            out[count] = value
            count += 1
    return out[:count].copy()


@kernel
def matching_by(postings, steps, every, keys, crowds, ends):
    """`matching_ends` in many postings of few keys: steps, uint64, are `postings[::every]`, which stay in the
    processor's cache, so that of each search only the end goes to memory."""
    out = np.empty(len(keys) + 64, np.uint64)
    count = 0
    n = len(postings)
    bits = np.uint64(BODY)
    for key in keys:
        least = key << bits
        step = _place(steps, least, 0, len(steps))
        at = _place(postings, least, max(0, (step - 1) * every), min(step * every, n))
        at, out, count = _copied(postings, at, key, out, count, crowds, ends)
    return out[:count].copy()


@kernel
def counted(values):
    """The different ones of ascending values, and how often each is there, int64."""
    out = np.empty(len(values), values.dtype)
    often = np.empty(len(values), np.int64)
    count = 0
    for value in values:
        if count == 0 or out[count - 1] != value:
            out[count] = value
            often[count] = 0
            count += 1
        often[count - 1] += 1
    return out[:count].copy(), often[:count].copy()


@kernel
def is_in(values, value):
    """Whether an ascending array holds a value."""
    place = _place(values, value, 0, len(values))
    return place < len(values) and values[place] == value


@kernel
def among(values, asked):
    """Which of `asked` are in the ascending `values`: (n,) bool."""
    out = np.empty(len(asked), np.bool_)
    for i, value in enumerate(asked):
        out[i] = is_in(values, value)
    return out


@kernel
def living(postings, gone):
    """The postings whose bodies are not among `gone`, (g,) uint64, ascending."""
    out = np.empty(len(postings), np.uint64)
    count = 0
    mask = (np.uint64(1) << np.uint64(BODY)) - np.uint64(1)
    for posting in postings:
        out[count] = posting
        count += not is_in(gone, posting & mask)
    return out[:count].copy()


@kernel
def without(postings, others):
    """The postings that are not among others; both ascending."""
    out = np.empty(len(postings), np.uint64)
    count = 0
    for posting in postings:
        out[count] = posting
        count += not is_in(others, posting)
    return out[:count].copy()


@kernel
def run_end(postings, begin):
    """Where the postings of the key at `begin` end."""
    bits = np.uint64(BODY)
    key = postings[begin] >> bits
    end = begin + 1
    while end < len(postings) and postings[end] >> bits == key:
        end += 1
    return end


@kernel
def trimmed(postings, crowds, ends, mark):
    """Of keys with more bodies than `crowds`, (4,) int64, allows their kind, and of those that body 0 marks, the first
    and last `ends` bodies; of the others all. Ascending in and out, each once.

    Returns (postings, the crowded keys, all postings of crowded keys); with `mark` the first keeps body 0 of each.
    """
    out = np.empty(2 * len(postings), np.uint64)
    crowded = np.empty(len(postings), np.uint64)
    apart = np.empty(len(postings), np.uint64)
    bits = np.uint64(BODY)
    kept, keys, taken = 0, 0, 0
    i = 0
    while i < len(postings):
        key = postings[i] >> bits
        j = run_end(postings, i)
        marked = postings[i] == key << bits
        first = i + marked
        full = marked or j - i > crowds[np.int64(key >> np.uint64(32))]
        if full:
            crowded[keys] = key
            keys += 1
            if mark:
                out[kept] = key << bits
                kept += 1
        for x in range(first, j):
            if full:
                apart[taken] = postings[x]
                taken += 1
            if not full or x < first + ends or x >= j - ends:
                out[kept] = postings[x]
                kept += 1
        i = j
    return out[:kept].copy(), crowded[:keys].copy(), apart[:taken].copy()


@kernel
def lacking(postings, least):
    """The keys that body 0 marks and that have fewer than `least` bodies beside it, uint64."""
    out = np.empty(len(postings), np.uint64)
    bits = np.uint64(BODY)
    count = 0
    i = 0
    while i < len(postings):
        j = run_end(postings, i)
        if postings[i] == (postings[i] >> bits) << bits and j - i - 1 < least:
            out[count] = postings[i] >> bits
            count += 1
        i = j
    return out[:count].copy()


@kernel
def page_ends(postings, room):
    """Where pages of at most `room` postings end, so that no key is on two of them: (pages,) int64. A key with more
    postings than that has a page of its own."""
    ends = np.empty(len(postings) + 1, np.int64)
    count = 0
    begin = 0
    bits = np.uint64(BODY)
    n = len(postings)
    while begin < n:
        end = min(begin + room, n)
        if end < n and postings[end] >> bits == postings[end - 1] >> bits:
            key = postings[end] >> bits
            low = end
            while low > begin and postings[low - 1] >> bits == key:
                low -= 1
            end = low if low > begin else run_end(postings, begin)
        ends[count] = end
        count += 1
        begin = end
    return ends[:count].copy()
