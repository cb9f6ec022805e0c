"""Texts of stored articles, and a cache of the tokens of their bodies.

An index stores texts, not tokens: tokens are cut anew from the text when a body is compared.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.corpus.spool import TokenBlock
from dedup.index.stores.base import ArticleRow, Store
from dedup.index.stores.checksums import require_rows
from dedup.index.text_codec import TextCodec
from dedup.inputs.batch import text_array
from dedup.inputs.batch_builder import joined_array
from dedup.settings import Settings
from dedup.text.boilerplate.learning import model_of
from dedup.text.boilerplate.zones import strip

#: By the number of an article: the tokens of its body, uint32.
TokensByArticle = dict[int, NDArray[np.uint32]]
#: Bytes of tokens that are cached.
CACHE_BYTES = 12 << 20


class DocumentCache:
    """Texts and tokens of stored articles, for all threads of a process. Reads within the store's transactions."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._local = threading.local()
        self._lock = threading.Lock()
        self._tokens: OrderedDict[int, NDArray[np.uint32]] = OrderedDict()
        self._bytes = 0

    def codec(self, *, reload: bool = False) -> TextCodec:
        """Return the codec of this thread. reload: read the dictionaries of the store again."""
        codec: TextCodec | None = getattr(self._local, "codec", None)
        if codec is None or reload:
            codec = self._local.codec = TextCodec(self._store.dictionaries())
        return codec

    def forget_codecs(self) -> None:
        """Drop the codecs of all threads, after a transaction failed: a dictionary that it added is in no file."""
        self._local = threading.local()

    def texts(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """Return the texts (UTF-8) of articles, by number. Raises `Damage` where one is missing."""
        numbers = list(numbers)
        frames = self._store.texts(numbers)
        require_rows("text", numbers, frames)
        codec = self.codec()
        if not codec.can_decompress(frames.values()):
            codec = self.codec(reload=True)  # another process has added a dictionary since
        return {number: codec.decompress(frame) for number, frame in frames.items()}

    def cache(self, number: int, tokens: NDArray[np.uint32]) -> None:
        """Cache the tokens of an article; the least recently used ones are dropped beyond `CACHE_BYTES`."""
        with self._lock:
            if number in self._tokens:
                self._tokens.move_to_end(number)
                return
            self._tokens[number] = tokens
            self._bytes += tokens.nbytes
            while self._bytes > CACHE_BYTES:
                self._bytes -= self._tokens.popitem(last=False)[1].nbytes

    def tokens(self, rows: Sequence[ArticleRow]) -> TokensByArticle:
        """Return the tokens of the bodies of stored articles, by number."""
        tokens: TokensByArticle = {}
        with self._lock:
            for row in rows:
                if row.number in self._tokens:
                    tokens[row.number] = self._tokens[row.number]
                    self._tokens.move_to_end(row.number)
        rest = [row for row in rows if row.number not in tokens]
        if rest:
            new_tokens = self._tokenize(rest)
            for number, array in new_tokens.items():
                self.cache(number, array)
            tokens |= new_tokens
        return tokens

    def _tokenize(self, rows: Sequence[ArticleRow]) -> TokensByArticle:
        texts = self.texts(row.number for row in rows)
        bodies = strip(
            joined_array([texts[row.number] for row in rows]), text_array([row.title for row in rows]),
            text_array([row.domain for row in rows]), model_of(self._settings),
        )  # fmt: skip
        return {row.number: bodies.tokens.words(i).copy() for i, row in enumerate(rows)}


class CachedTokens:
    """The tokens of articles as a scan's spool offers them (`dedup.corpus.spool.TokenStore`).

    `at` is the position of an article in `rows`. Tokens are fetched when they are asked for: pairs that were compared
    before need none.
    """

    def __init__(self, rows: Sequence[ArticleRow], fetch: Callable[[Sequence[ArticleRow]], TokensByArticle]) -> None:
        self._rows, self._fetch = rows, fetch

    def as_array(self) -> NDArray[np.uint32] | None:
        """Return None: the tokens are in no single array."""
        return None

    def gather(self, at: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """See `TokenStore.gather`."""
        rows = [self._rows[position] for position in at.tolist()]
        tokens = self._fetch(rows)
        parts = [tokens[row.number] for row in rows]
        return np.concatenate([np.zeros(0, np.uint32), *parts]), np.append(0, np.cumsum(count))

    def iter_blocks(self, at: NDArray[np.int64], count: NDArray[np.int64]) -> Iterator[TokenBlock]:
        """See `TokenStore.iter_blocks`."""
        word, first = self.gather(at, count)
        yield TokenBlock(word, np.arange(len(at)), first[:-1], count)
