"""Texts as an index keeps them, and the words of bodies, cut from them anew when they are compared."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import zstandard
from numpy.typing import NDArray

from dedup.corpus.spool import TokenBlock
from dedup.index.stores.base import ArticleRow, Store
from dedup.index.stores.checksums import Damage, require_rows
from dedup.inputs.batch import text_array
from dedup.inputs.batch_builder import joined_array
from dedup.settings import Settings
from dedup.text.boilerplate.learning import model_of
from dedup.text.boilerplate.zones import strip

#: Words by the number of the article.
WordsOf = dict[int, NDArray[np.uint32]]
#: Level of zstd: of 500 words 3 is 25 us slower than 1 and 4 % smaller; beyond, little is gained.
LEVEL = 3
#: Bytes of words that are remembered.
REMEMBERED = 12 << 20
#: Texts of which a dictionary is made, and its bytes.
SAMPLES, DICTIONARY = 1000, 64 << 10


class Packer:
    """Compresses texts, with the newest of the dictionaries; frames name theirs. One a thread: it is not shared."""

    def __init__(self, dictionaries: Sequence[bytes]) -> None:
        made = [zstandard.ZstdCompressionDict(data) for data in dictionaries]
        self.count = len(made)
        newest = made[-1] if made else None
        self._packer = zstandard.ZstdCompressor(LEVEL, dict_data=newest, write_checksum=False)
        self._plain = zstandard.ZstdDecompressor()
        self._unpackers = {d.dict_id(): zstandard.ZstdDecompressor(dict_data=d) for d in made}

    def pack(self, text: bytes) -> bytes:
        return self._packer.compress(text)

    def unpack(self, data: bytes) -> bytes:
        try:
            number = zstandard.get_frame_parameters(data).dict_id
            return self._unpackers.get(number, self._plain).decompress(data)
        except zstandard.ZstdError as error:
            raise Damage(f"a stored text cannot be unpacked: {error}") from error


def dictionary(texts: Sequence[bytes]) -> bytes | None:
    """A dictionary for texts like these; None where they are too few or too short for one."""
    if len(texts) < SAMPLES:
        return None
    try:
        return zstandard.train_dictionary(DICTIONARY, list(texts[:SAMPLES])).as_bytes()
    except zstandard.ZstdError:
        return None


class Texts:
    """The texts and words of stored articles, for all threads of a process."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._local = threading.local()
        self._lock = threading.Lock()
        self._held: OrderedDict[int, NDArray[np.uint32]] = OrderedDict()
        self._size = 0

    def packer(self, *, renew: bool = False) -> Packer:
        """This thread's packer, in a transaction."""
        found: Packer | None = getattr(self._local, "packer", None)
        if found is None or renew:
            found = self._local.packer = Packer(self._store.dictionaries())
        return found

    def forget(self) -> None:
        """Forget the dictionaries: one that was made in a transaction that failed is in no file."""
        self._local = threading.local()

    def unpacked(self, data: Mapping[int, bytes]) -> dict[int, bytes]:
        """Texts as they came in."""
        packer = self.packer()
        frames = {zstandard.get_frame_parameters(one).dict_id for one in data.values()}
        if frames - {0} - set(packer._unpackers):
            packer = self.packer(renew=True)  # another process has made a dictionary since
        return {number: packer.unpack(one) for number, one in data.items()}

    def remember(self, number: int, word: NDArray[np.uint32]) -> None:
        """Keep the words of an article; those that were not asked for longest are forgotten."""
        with self._lock:
            if number in self._held:
                self._held.move_to_end(number)
                return
            self._held[number] = word
            self._size += word.nbytes
            while self._size > REMEMBERED:
                self._size -= self._held.popitem(last=False)[1].nbytes

    def words(self, rows: Sequence[ArticleRow]) -> WordsOf:
        """The words of the bodies of stored articles, by number."""
        found: WordsOf = {}
        with self._lock:
            for row in rows:
                if row.number in self._held:
                    found[row.number] = self._held[row.number]
                    self._held.move_to_end(row.number)
        rest = [row for row in rows if row.number not in found]
        if rest:
            fresh = self._cut(rest)
            for number, word in fresh.items():
                self.remember(number, word)
            found |= fresh
        return found

    def _cut(self, rows: Sequence[ArticleRow]) -> WordsOf:
        texts = self.unpacked(self._store.texts(row.number for row in rows))
        require_rows("text", (row.number for row in rows), texts)
        bodies = strip(
            joined_array([texts[row.number] for row in rows]), text_array([row.title for row in rows]),
            text_array([row.domain for row in rows]), model_of(self._settings),
        )  # fmt: skip
        return {row.number: bodies.tokens.words(i).copy() for i, row in enumerate(rows)}


class Held:
    """The words of representatives as a scan's spool has them (`TokenStore`): `at` is the place of an
    article in `rows`. They are fetched when they are asked for: what was compared before needs none."""

    def __init__(self, rows: Sequence[ArticleRow], words: Callable[[Sequence[ArticleRow]], WordsOf]) -> None:
        self._rows, self._words = rows, words

    def as_array(self) -> NDArray[np.uint32] | None:
        """Never: they stand in many places."""
        return None

    def gather(self, at: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        rows = [self._rows[place] for place in at.tolist()]
        found = self._words(rows)
        parts = [found[row.number] for row in rows]
        return np.concatenate([np.zeros(0, np.uint32), *parts]), np.append(0, np.cumsum(count))

    def iter_blocks(self, at: NDArray[np.int64], count: NDArray[np.int64]) -> Iterator[TokenBlock]:
        word, first = self.gather(at, count)
        yield TokenBlock(word, np.arange(len(at)), first[:-1], count)
