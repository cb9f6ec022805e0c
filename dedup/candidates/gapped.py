"""Find sound copies of texts that lost letters, of which hardly a shingle is left.

Where every third word lost a letter, one shingle of five words in seven is left, and where every second one did, one in
thirty. So of a text that lost letters pairs of sound words that stand up to `REACH` words apart are looked up in all
other bodies. Only a scan does so, for it costs a pass over all words; a corpus without such texts is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.anchors import TokenBlock
from dedup.candidates.find import SearchResult
from dedup.kernels.jit import kernel
from dedup.text.token_kernel import WORD_HASH, is_lost

Ints = NDArray[np.int64]

#: Words of a body that are asked whether they lost letters: a body of which only later ones did is compared as it is.
LOOKED_AT = 128
#: How far apart the two words of a key stand at most.
REACH = 3
#: Keys of a body that are looked up: those of the smallest hashes.
MOST_KEYS = 64
#: Keys in common that make a candidate: so many, and of those that could be in common so many per mille.
LEAST_KEYS, KEY_SHARE = 6, 250
#: A key of more bodies is looked up for the first of them only.
MOST_BODIES = 48
#: Bits of the filter for each key.
_FILTER_BITS = 32


@kernel
def have_lost_words(word, first, length, bodies):
    """Return which of `bodies` (m,) int64 hold a word that lost letters among their first, (m,) bool.

    word uint32; first, length (n,) int64: of all bodies.
    """
    out = np.zeros(len(bodies), np.bool_)
    for i in range(len(bodies)):
        low = first[bodies[i]]
        any_lost = np.uint32(0)
        for w in word[low : low + min(length[bodies[i]], LOOKED_AT)]:
            any_lost |= np.uint32(is_lost(w))
        out[i] = any_lost != 0
    return out


@kernel(inline="always")
def _key(x, y, apart):
    """Hash two words, uint32, and how far apart they stand (the finaliser of MurmurHash3, Appleby 2011); uint64."""
    h = (np.uint64(x & WORD_HASH) << np.uint64(34)) | (np.uint64(y & WORD_HASH) << np.uint64(4)) | np.uint64(apart)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return h ^ (h >> np.uint64(29))


@kernel
def gapped_keys(body):
    """Return the keys of a body, words uint32 (n,): uint64, ascending, each once; none of words that lost letters."""
    out = np.empty(REACH * len(body), np.uint64)
    count = 0
    for i in range(len(body)):
        for apart in range(1, min(REACH, len(body) - 1 - i) + 1):
            if not is_lost(body[i]) and not is_lost(body[i + apart]):
                out[count] = _key(body[i], body[i + apart], apart)
                count += 1
    out = np.sort(out[:count])
    distinct = 0
    for i in range(count):
        if i == 0 or out[i] != out[i - 1]:
            out[distinct] = out[i]
            distinct += 1
    return out[:distinct]


@kernel
def _look_up(word, begin, length, keys, key_first, damaged, selected, usual, marks, pairs):
    """Write the pairs (body, place in `damaged`) that share enough keys into `pairs` (room, 2); return how many.

    word, begin, length: of m bodies. keys (k,) uint64, ascending, each once: those of key i are of the bodies
    `damaged[key_first[i] : key_first[i + 1]]`. selected, usual (d,) int64: keys of each that are looked up, and all its
    keys. marks: uint64 (a power of two,), the filter of the keys.
    """
    slot_mask = np.uint64(64 * len(marks) - 1)
    counts = np.zeros(len(selected), np.int64)
    touched = np.empty(len(selected), np.int64)
    latest = np.full(len(keys), -1, np.int64)  # the body that had the key last
    count = 0
    for i in range(len(begin)):
        body = word[begin[i] : begin[i] + length[i]]
        n = 0
        for p in range(len(body)):
            for apart in range(1, min(REACH, len(body) - 1 - p) + 1):
                key = _key(body[p], body[p + apart], apart)
                slot = key & slot_mask
                if (marks[slot >> np.uint64(6)] >> (slot & np.uint64(63))) & np.uint64(1) == 0:
                    continue
                at = np.searchsorted(keys, key)
                if at == len(keys) or keys[at] != key or latest[at] == i:
                    continue
                latest[at] = i
                for x in range(key_first[at], key_first[at + 1]):
                    d = damaged[x]
                    if counts[d] == 0:
                        touched[n] = d
                        n += 1
                    counts[d] += 1
        for x in range(n):
            d = touched[x]
            # Of a body that is a part of the other no more keys can be in common than it has.
            could = min(selected[d], REACH * length[i] * selected[d] // max(np.int64(1), usual[d]))
            if counts[d] >= LEAST_KEYS and 1000 * counts[d] >= KEY_SHARE * could:
                if count < len(pairs):
                    pairs[count, 0] = i
                    pairs[count, 1] = d
                count += 1
            counts[d] = 0
    return count


class _Keys:
    """The keys of the bodies that lost letters, in order of their bodies."""

    def __init__(self, keys: dict[int, NDArray[np.uint64]]) -> None:
        self.bodies = np.array(sorted(keys), np.int64)
        lists = [keys[body] for body in self.bodies.tolist()]
        self._usual = np.array([len(one) for one in lists], np.int64)
        self._selected = np.minimum(self._usual, MOST_KEYS)
        hashes = np.concatenate([np.zeros(0, np.uint64), *(one[:MOST_KEYS] for one in lists)])
        owner = np.repeat(np.arange(len(lists)), self._selected)
        order = np.argsort(hashes, kind="stable")
        hashes, owner = hashes[order], owner[order]
        begins = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])) if len(hashes) else np.zeros(0, np.int64)
        place = np.arange(len(hashes)) - np.repeat(begins, np.diff(begins, append=len(hashes)))
        is_first = place < MOST_BODIES
        self._keys, sizes = np.unique(hashes[is_first], return_counts=True)
        self._first, self._owner = np.append(0, np.cumsum(sizes)), owner[is_first]
        slots = 1 << max(6, (_FILTER_BITS * len(self._keys)).bit_length())
        self._marks = np.zeros(slots // 64, np.uint64)
        slot = self._keys & np.uint64(slots - 1)
        np.bitwise_or.at(self._marks, slot >> np.uint64(6), np.uint64(1) << (slot & np.uint64(63)))

    def pairs(self, block: TokenBlock) -> Ints:
        """Return pairs (m, 2) of a body of a block and one that lost letters."""
        word, body, begin, length = block
        room = 1024 + len(begin)
        while True:
            pairs = np.empty((room, 2), np.int64)
            arrays = self._keys, self._first, self._owner, self._selected, self._usual, self._marks
            count = int(_look_up(word, begin, length, *arrays, pairs))
            if count <= room:
                pairs = pairs[:count]
                return np.stack([body[pairs[:, 0]], self.bodies[pairs[:, 1]]], axis=1)
            room = count


def add_gapped_pairs(search: SearchResult, read: Callable[[Ints], Iterable[TokenBlock]]) -> SearchResult:
    """Return a search with the pairs of which one body lost letters that share enough keys.

    read: reads the words of bodies, by rank.
    """
    representative, window, candidates = search
    ranks = np.flatnonzero(representative == np.arange(len(representative)))
    key_lists: dict[int, NDArray[np.uint64]] = {}
    for word, body, begin, length in read(ranks):
        for i in np.flatnonzero(have_lost_words(word, begin, length, np.arange(len(begin)))).tolist():
            key_lists[int(body[i])] = gapped_keys(word[begin[i] : begin[i] + length[i]])
    keys = _Keys(key_lists)
    pairs = ranks[np.concatenate([np.zeros((0, 2), np.int64), *(keys.pairs(block) for block in read(ranks))])]
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    if window is not None:
        pairs = pairs[window.within(pairs[:, 0], pairs[:, 1])]
    both = np.union1d(candidates.a << 32 | candidates.b, pairs.min(axis=1) << 32 | pairs.max(axis=1))
    return search._replace(candidates=replace(candidates, a=both >> 32, b=both & 0xFFFFFFFF))
