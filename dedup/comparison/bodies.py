"""Bodies as words: in memory for the kernels, or in a store from which pairs of bodies are read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.corpus.spool import TokenStore


class BodyTokens(NamedTuple):
    """Words of n bodies, uint32: body i is `length[i]` words from `word[first[i]]` on.

    first, length (n,) int64; size (n,) int32: tokens of a shingle.
    """

    word: NDArray[np.uint32]
    first: NDArray[np.int64]
    length: NDArray[np.int64]
    size: NDArray[np.int32]


class BodyColumns(NamedTuple):
    """n bodies whose words are in a store.

    at (n,) int64: position of the words in the store; length (n,) int64: words; size (n,) int32: tokens of a shingle;
    fingerprint_rank (n,) int64: rank of the fingerprint among all bodies, by which ties are decided. may_lack_letters:
    whether any text may have lost letters.
    """

    tokens: TokenStore
    at: NDArray[np.int64]
    length: NDArray[np.int64]
    size: NDArray[np.int32]
    fingerprint_rank: NDArray[np.int64]
    may_lack_letters: bool = True

    def load(self, pairs: NDArray[np.int64]) -> tuple[BodyTokens, NDArray[np.int64], NDArray[np.int64]]:
        """Read the bodies of pairs (m, 2): their words, the pairs as indexes into these, the ranks of fingerprints."""
        word = self.tokens.as_array()
        if word is not None:
            return BodyTokens(word, self.at, self.length, self.size), pairs, self.fingerprint_rank
        bodies, index = np.unique(pairs, return_inverse=True)
        order = np.argsort(self.at[bodies], kind="stable")  # a store is read in its own order, which is that of input
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        bodies = bodies[order]
        word, first = self.tokens.gather(self.at[bodies], self.length[bodies])
        tokens = BodyTokens(word, first[:-1], self.length[bodies], self.size[bodies])
        return tokens, place[index.reshape(pairs.shape)], self.fingerprint_rank[bodies]
