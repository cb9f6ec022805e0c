"""Furniture learned from the corpus: what a domain prints at the edges of its pages around story after story.

Rules know common wordings; what a site says in its own words shows only by recurring. The model is a value: it can be
saved, read by people, and used again for other articles of the same domains.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import cast

import numpy as np
import orjson
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from dedup.errors import OutputError, UsageError
from dedup.inputs.batch import text_array, to_numpy
from dedup.inputs.fields import hostname
from dedup.outputs.commit import replace_file
from dedup.outputs.ownership import check_file, is_sealed_json
from dedup.outputs.seal import FURNITURE, seal_json
from dedup.settings import Settings
from dedup.text.boilerplate import mining_kernels as k
from dedup.text.boilerplate.segments import CHUNK_LENGTH, KEY_BITS, MOST, chunk_kernel, key_of
from dedup.text.tokens import LINE, SENTENCE, Tokens, tokenise

#: Version of the file and of the way texts are cut into chunks.
VERSION = 1
#: Articles of its domain a chunk must stand in: three, and one in 200.
LEAST, ONE_IN = 3, 200
#: What three companies show is furniture if one in five pages of the domain shows it; or one in 50, no other domain
#: does, and the edge is short.
USUAL, RARE = 5, 50
#: Places of the table that counts chunks before anything else; uint8.
_SMALLEST_COUNTS, _LARGEST_COUNTS = 1 << 16, 1 << 26

#: A part of a corpus: chunks, and where each body's begin (n + 1,). Parts follow each other in the order of rows.
Part = tuple[NDArray[np.uint32], NDArray[np.int64]]


@dataclass(frozen=True)
class Block:
    """Words that are furniture on one domain: folded tokens joined by spaces, and how many articles showed them."""

    text: str
    articles: int


@dataclass(frozen=True, eq=False)
class Furniture:
    """Learned furniture: what is cut from the articles of some domains. An empty one leaves all to the rules.

    `names`: the domains, sorted; `size` (domains,) int64: articles each was learned from; `key` (m,) uint64, sorted:
    a domain and the hash of a block; `articles` (m,) int64: how many showed it; `text`: its words.
    """

    names: tuple[str, ...] = ()
    size: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    key: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    articles: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    text: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return len(self.key) > 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Furniture) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def domains(self) -> dict[str, tuple[Block, ...]]:
        """The blocks of each domain, the most frequent first."""
        owner = (self.key >> np.uint64(KEY_BITS)).astype(np.int64) - 1
        out: dict[str, list[Block]] = {name: [] for name in self.names}
        for number, text, articles in zip(owner.tolist(), self.text, self.articles.tolist(), strict=True):
            out[self.names[number]].append(Block(text, articles))
        return {name: tuple(sorted(blocks, key=lambda b: (-b.articles, b.text))) for name, blocks in out.items()}

    @cached_property
    def slots(self) -> NDArray[np.uint64]:
        """The table of the keys (a power of two)."""
        return k.table_kernel(np.unique(self.key), _power(2 * len(self.key) + 2))

    @cached_property
    def _number(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    def numbers(self, domains: pa.Array) -> NDArray[np.int64]:
        """The number of each article's domain (n,), -1 for those nothing is known of."""
        code, names = domain_numbers(domains)
        number = self._number
        return np.array([*(number.get(name, -1) for name in names), -1], np.int64)[code]

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that differ whenever other words are cut."""
        return xxhash.xxh3_128_hexdigest(self.key.tobytes() + "\n".join(self.names).encode())

    def to_bytes(self) -> bytes:
        """The file: JSON, a domain after the other by name, the most frequent blocks first, with a seal at the end."""
        size = dict(zip(self.names, self.size.tolist(), strict=True))
        domains = {
            name: {"articles": size[name], "blocks": [{"text": b.text, "articles": b.articles} for b in blocks]}
            for name, blocks in self.domains.items()
        }
        return seal_json(FURNITURE, {"version": VERSION, "domains": domains})

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the model into a file, whole or not at all. Raises `OutputError`.

        A file that is there is replaced only if it is a model as dedup wrote it, or with `overwrite`.
        """
        target = check_file(path, "the furniture file", is_sealed_json(FURNITURE), overwrite=overwrite)
        try:
            with replace_file(target) as fresh:
                fresh.write_bytes(self.to_bytes())
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror}); what stood there is kept") from error

    @classmethod
    def of(cls, blocks: Mapping[str, tuple[int, Sequence[Block]]]) -> Furniture:
        """A model of each domain's number of articles and blocks. Raises `ValueError` for what is no block."""
        sites: dict[str, tuple[int, list[Block]]] = {}
        for domain, (size, some) in blocks.items():
            before, held = sites.get(site(domain), (0, []))
            sites[site(domain)] = before + size, [*held, *some]
        names = tuple(sorted(sites))
        listed = [(number, block) for number, name in enumerate(names) for block in sites[name][1]]
        key = _keys([number for number, _ in listed], [block.text for _, block in listed])
        if not key.all():
            odd = listed[int(np.argmin(key))][1].text
            raise ValueError(f"a block has 1 to {MOST} words, which {odd[:60]!r} has not")
        order = np.argsort(key, kind="stable")
        return cls(
            names,
            np.array([sites[name][0] for name in names], np.int64),
            key[order],
            np.array([block.articles for _, block in listed], np.int64)[order],
            tuple(listed[i][1].text for i in order.tolist()),
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Furniture:
        """Read a model. Raises `UsageError` where there is none."""
        try:
            return cls.from_bytes(Path(path).read_bytes(), path)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from error

    @classmethod
    def from_bytes(cls, content: bytes, path: str | os.PathLike[str] = "the model") -> Furniture:
        """A model from what `to_bytes` gave; path: where it stands, for what is said of a wrong one."""
        try:
            data = orjson.loads(content)
            version = data["version"]
            blocks = {
                str(name): (int(d["articles"]), [Block(str(b["text"]), int(b["articles"])) for b in d["blocks"]])
                for name, d in (data["domains"].items() if version == VERSION else ())
            }
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            raise UsageError(f"{path}: not a furniture file; --save-furniture writes one") from error
        if version != VERSION:
            raise UsageError(f"{path}: furniture of version {version!r}, not {VERSION}; learn it anew")
        try:
            return cls.of(blocks)
        except (ValueError, OverflowError) as error:
            raise UsageError(f"{path}: {error}; see docs/boilerplate.md") from error


def _keys(owner: Sequence[int], texts: Sequence[str]) -> NDArray[np.uint64]:
    """The key of each block's text on a domain, by its number; 0 for a text that is no block."""
    if not texts:
        return np.zeros(0, np.uint64)
    tokens = tokenise(text_array(texts))
    word = tokens.word & ~(LINE | SENTENCE)  # a block is one chunk, whatever its length
    chunks, first = chunk_kernel(word, tokens.first, tokens.last)
    one = np.diff(first) == 1
    key = np.zeros(len(texts), np.uint64)
    key[one] = key_of(chunks[first[:-1][one]])
    return np.where(one, (np.array(owner, np.uint64) + np.uint64(1) << np.uint64(KEY_BITS)) | key, np.uint64(0))


def _power(least: int) -> int:
    return 1 << max(4, (least - 1).bit_length())


@dataclass(frozen=True)
class Learned:
    """What was learned: `key` (m,) uint64, sorted; `articles` (m,) int64 that show each; `size` (domains,) int64."""

    key: NDArray[np.uint64]
    articles: NDArray[np.int64]
    size: NDArray[np.int64]

    @cached_property
    def slots(self) -> NDArray[np.uint64]:
        """The table of the keys (a power of two)."""
        return k.table_kernel(self.key, _power(2 * len(self.key) + 2))

    def model(self, names: Sequence[str], texts: Sequence[str]) -> Furniture:
        """The model of domains by name, with the words of each key.

        A block whose words, read again, are not it is left out: a saved model must do what the learned one does.
        """
        owner = (self.key >> np.uint64(KEY_BITS)).astype(np.int64) - 1
        same = _keys(owner.tolist(), texts) == self.key
        key, owner = self.key[same], owner[same]
        known = np.unique(owner)
        number = np.searchsorted(known, owner).astype(np.uint64) + np.uint64(1)
        key = number << np.uint64(KEY_BITS) | key & np.uint64((1 << KEY_BITS) - 1)
        kept = tuple(text for text, stays in zip(texts, same.tolist(), strict=True) if stays)
        return Furniture(tuple(names[i] for i in known.tolist()), self.size[known], key, self.articles[same], kept)


def learn(parts: Callable[[], Iterator[Part]], domain: NDArray[np.int64], total: int) -> Learned:
    """Learn the furniture of a corpus.

    parts: gives the chunks of all bodies, from the first row on, each time it is called; domain (n,) int64: the
    number of each body's domain, -1 for none; total: how many chunks there are.
    """
    size = np.bincount(domain[domain >= 0], minlength=1).astype(np.int64)
    least = np.maximum(LEAST, -(-size // ONE_IN))
    domain = np.where(size[domain] >= LEAST, domain, -1)
    none = Learned(np.zeros(0, np.uint64), np.zeros(0, np.int64), size)
    if not (domain >= 0).any():
        return none
    counts = np.zeros(min(_LARGEST_COUNTS, max(_SMALLEST_COUNTS, _power(total))), np.uint8)
    for chunks, first, codes, _ in _coded(parts, domain):
        k.count_kernel(chunks, first, codes, counts)
    slots, articles = _frequencies(parts, domain, counts, least)
    del counts
    place = np.flatnonzero(slots)
    owner = (slots[place] >> np.uint64(KEY_BITS)).astype(np.int64) - 1
    place = place[articles[place] >= least[owner]]
    if len(place) == 0:
        return none
    several = _several(parts, domain, slots[place])
    index = np.full(len(slots), -1, np.int32)
    index[place] = np.arange(len(place))
    any_page = np.zeros((len(place), k.MANY), np.uint32)
    story_page, short_edge = np.zeros((2, len(place), k.FEW), np.uint32)
    for chunks, first, codes, _ in _coded(parts, domain):
        k.witness_kernel(chunks, first, codes, slots, index, any_page, story_page, short_edge)
    key, shown = slots[place], articles[place].astype(np.int64)
    pages = size[(key >> np.uint64(KEY_BITS)).astype(np.int64) - 1]
    many, few, few_short = (met[:, -1] != 0 for met in (any_page, story_page, short_edge))
    learned = many | (few & (USUAL * shown >= pages)) | (few_short & ~several & (RARE * shown >= pages))
    order = np.argsort(key[learned])
    return Learned(key[learned][order], shown[learned][order], size)


def _coded(
    parts: Callable[[], Iterator[Part]], domain: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], int]]:
    """The parts with the domains of their bodies, and the row of the first."""
    row = 0
    for chunks, first in parts():
        yield chunks, first, domain[row : row + len(first) - 1], row
        row += len(first) - 1


def _frequencies(
    parts: Callable[[], Iterator[Part]],
    domain: NDArray[np.int64],
    counts: NDArray[np.uint8],
    least: NDArray[np.int64],
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """The table of chunks that may recur, and how many articles hold each."""
    places = _power(4 * int((counts >= LEAST).sum()) + 1024)
    while True:
        slots = np.zeros(places, np.uint64)
        articles, latest = np.zeros(places, np.int32), np.zeros(places, np.int32)
        used = 0
        for chunks, first, codes, row in _coded(parts, domain):
            used = k.frequency_kernel(chunks, first, codes, row, counts, least, slots, articles, latest, used)
            if used < 0:
                break
        else:
            return slots, articles
        places *= 2


def _several(
    parts: Callable[[], Iterator[Part]], domain: NDArray[np.int64], keys: NDArray[np.uint64]
) -> NDArray[np.bool_]:
    """Which chunks, by key, stand on several domains."""
    hashes = (keys & np.uint64((1 << KEY_BITS) - 1)) + np.uint64(1)
    wanted = k.table_kernel(np.unique(hashes), _power(2 * len(hashes) + 2))
    first_domain, several = np.zeros(len(wanted), np.int32), np.zeros(len(wanted), np.bool_)
    for chunks, first, codes, _ in _coded(parts, domain):
        k.domains_kernel(chunks, first, codes, wanted, first_domain, several)
    return several[k.place_kernel(wanted, hashes)]


def token_zones(
    tokens: Tokens, domain: NDArray[np.int64], slots: NDArray[np.uint64]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Zone of every token by a model's table, and which bodies (n,) hold furniture of their domain.

    domain (n,): the number of each body's domain in the model, -1 for none.
    """
    chunks, first = chunk_kernel(tokens.word, tokens.first, tokens.last)
    zone, touched = k.mark_kernel(chunks, first, domain, slots)
    spread = np.repeat(zone, chunks & CHUNK_LENGTH)
    size = tokens.last - tokens.first
    place = np.arange(len(spread)) + np.repeat(tokens.first - np.append(0, np.cumsum(size)[:-1]), size)
    out = np.zeros(len(tokens.word), np.uint8)
    out[place] = spread
    k.repeat_kernel(tokens.word, tokens.first, tokens.last, out, touched)
    return out, touched


def domain_numbers(domains: pa.ChunkedArray | pa.Array) -> tuple[NDArray[np.int64], list[str]]:
    """The number of each article's domain in the order of the names, -1 for none, and the names (`site`)."""
    import pyarrow.compute as pc

    if isinstance(domains, pa.ChunkedArray):
        domains = domains.combine_chunks()
    coded = domains.dictionary_encode()
    sites = [site(name) if name is not None else "" for name in coded.dictionary.to_pylist()]
    names = sorted({name for name in sites if name})
    rank = {name: i for i, name in enumerate(names)}
    number = np.array([*(rank.get(name, -1) for name in sites), -1], np.int64)
    codes = to_numpy(coded.indices).astype(np.int64)
    # Not by `fill_null(-1)`: a scalar made from a Python number imports pandas where it is installed.
    codes[to_numpy(pc.indices_nonzero(domains.is_null()))] = -1
    return number[codes], names


@lru_cache(16384)
def site(domain: str) -> str:
    """A domain as the model names it: in lower case, without port and a leading `www.`; empty for none."""
    return hostname(domain) or hostname(f"//{domain}") or domain.strip().lower()


def model_of(settings: Settings) -> Furniture | None:
    """The model that was given with the settings; None where it is to be learned from the corpus."""
    return cast("Furniture | None", settings.furniture)
