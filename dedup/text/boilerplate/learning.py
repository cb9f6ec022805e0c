"""Learn boilerplate from a corpus, and keep it as a model.

Rules know phrases that many sites share. The words of one site show only because they recur at the edges of its pages
around different stories. The model is a value: it can be saved, read by people, and used for other articles of the
same domains.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

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

#: Version of the file and of the way texts are split into chunks.
VERSION = 2
#: Articles of its domain in which a chunk must stand: three, and one in 200.
LEAST, ONE_IN = 3, 200
#: A chunk that three distinct stories show is boilerplate if one in five pages of its domain shows it; or one in 50, if
#: no other domain shows it and the edge of the page is short.
USUAL, RARE = 5, 50
#: Places of the uint8 table that counts chunks first.
_SMALLEST_COUNTS, _LARGEST_COUNTS = 1 << 16, 1 << 26

#: A part of a corpus: chunks (m,) uint32, and the first chunk of each body (n + 1,) int64. Parts are in the order of
#: rows.
Part = tuple[NDArray[np.uint32], NDArray[np.int64]]


@dataclass(frozen=True)
class BoilerplateBlock:
    """Boilerplate of one domain: its folded tokens joined by spaces, and the number of articles with it."""

    text: str
    articles: int


@dataclass(frozen=True, eq=False)
class BoilerplateModel:
    """Boilerplate of domains, as learned from their pages. An empty model leaves all to the rules.

    `names`: the domains, sorted. `size` (domains,) int64: articles from which each was learned. `key` (m,) uint64,
    sorted: a domain's number plus one, above the KEY_BITS bits of a block's hash. `articles` (m,) int64: articles that
    showed the block. `text`: its words. `carriers`: domains, sorted, that mostly carry others' texts.
    `sources`: (host, host whose texts it takes, texts that show it), sorted.
    """

    names: tuple[str, ...] = ()
    size: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    key: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    articles: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    text: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    sources: tuple[tuple[str, str, int], ...] = ()

    def __bool__(self) -> bool:
        return len(self.key) > 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoilerplateModel) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def domains(self) -> dict[str, tuple[BoilerplateBlock, ...]]:
        """Return the blocks of each domain, the most frequent first."""
        owner = (self.key >> np.uint64(KEY_BITS)).astype(np.int64) - 1
        out: dict[str, list[BoilerplateBlock]] = {name: [] for name in self.names}
        for number, text, articles in zip(owner.tolist(), self.text, self.articles.tolist(), strict=True):
            out[self.names[number]].append(BoilerplateBlock(text, articles))
        return {name: tuple(sorted(blocks, key=lambda b: (-b.articles, b.text))) for name, blocks in out.items()}

    @cached_property
    def shared(self) -> NDArray[np.uint64]:
        """Find the hashes, (m,) uint64, of blocks of SHARED_WORDS that were learned on several domains.

        They are boilerplate on every page. As keys they have no domain.
        """
        block, domains = np.unique(self.key & np.uint64((1 << KEY_BITS) - 1), return_counts=True)
        return block[(domains > 1) & (block & np.uint64(CHUNK_LENGTH) >= k.SHARED_WORDS)]

    @cached_property
    def slots(self) -> NDArray[np.uint64]:
        """Build the open-addressed table of the keys, and of shared ones: uint64, its size a power of two."""
        return _table(np.concatenate([self.shared, self.key]))

    @cached_property
    def _number(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    def numbers(self, domains: pa.Array) -> NDArray[np.int64]:
        """Return the number of each article's domain, (n,) int64, -1 for a domain that is not in the model."""
        code, names = domain_numbers(domains)
        number = self._number
        return np.array([*(number.get(name, -1) for name in names), -1], np.int64)[code]

    @property
    def digest(self) -> str:
        """Return 32 hexadecimal digits that are equal for equal blocks."""
        carriers = "\n".join(("", "", *self.carriers)) if self.carriers else ""
        sources = "\n\n" + "\n".join(f"{a}\t{b}\t{n}" for a, b, n in self.sources) if self.sources else ""
        habits = (carriers + sources).encode()
        return xxhash.xxh3_128_hexdigest(self.key.tobytes() + "\n".join(self.names).encode() + habits)

    def to_bytes(self) -> bytes:
        """Return the file: JSON, domains by name, the most frequent blocks first, with a seal at the end."""
        size = dict(zip(self.names, self.size.tolist(), strict=True))
        domains = {
            name: {"articles": size[name], "blocks": [{"text": b.text, "articles": b.articles} for b in blocks]}
            for name, blocks in self.domains.items()
        }
        habits: dict[str, Any] = {"carriers": list(self.carriers)} if self.carriers else {}
        for host, source, texts in self.sources:
            habits.setdefault("sources", {}).setdefault(host, {})[source] = texts
        return seal_json(FURNITURE, {"version": VERSION, "domains": domains, **habits})

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the model into a file, whole or not at all.

        An existing file is replaced only if it is a model as dedup wrote it, or with `overwrite`. Raises `OutputError`
        for any other file, and where writing fails.
        """
        target = check_file(path, "the furniture file", is_sealed_json(FURNITURE), overwrite=overwrite)
        try:
            with replace_file(target) as file:
                file.write_bytes(self.to_bytes())
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror}); what stood there is kept") from error

    @classmethod
    def of(cls, blocks: Mapping[str, tuple[int, Sequence[BoilerplateBlock]]]) -> BoilerplateModel:
        """Build a model from each domain's number of articles and blocks.

        Raises `ValueError` for a block without words or with more than a chunk can have.
        """
        sites: dict[str, tuple[int, list[BoilerplateBlock]]] = {}
        for domain, (size, some) in blocks.items():
            name = normalize_domain(domain)
            size_before, blocks_before = sites.get(name, (0, []))
            sites[name] = size_before + size, [*blocks_before, *some]
        names = tuple(sorted(sites))
        rows = [(number, block) for number, name in enumerate(names) for block in sites[name][1]]
        key = _keys([number for number, _ in rows], [block.text for _, block in rows])
        if not key.all():
            odd = rows[int(np.argmin(key))][1].text
            raise ValueError(f"a block has 1 to {MOST} words, which {odd[:60]!r} has not")
        order = np.argsort(key, kind="stable")
        return cls(
            names,
            np.array([sites[name][0] for name in names], np.int64),
            key[order],
            np.array([block.articles for _, block in rows], np.int64)[order],
            tuple(rows[i][1].text for i in order.tolist()),
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> BoilerplateModel:
        """Read a model from a file. Raises `UsageError` if it cannot be read or holds no model."""
        try:
            return cls.from_bytes(Path(path).read_bytes(), path)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from error

    @classmethod
    def from_bytes(
        cls, content: bytes, path: str | os.PathLike[str] = "the model", *, any_version: bool = False
    ) -> BoilerplateModel:
        """Build a model from the output of `to_bytes`.

        path: the name of its file, for errors. any_version: accept the output of an older version, and leave out the
        blocks that are none today. Raises `UsageError` for other content.
        """
        try:
            data = orjson.loads(content)
            version = data["version"]
            carriers = tuple(sorted({str(name) for name in data.get("carriers", ())}))
            sources = sorted(
                (str(host), str(source), int(texts))
                for host, some in data.get("sources", {}).items()
                for source, texts in some.items()
            )
            blocks = {
                str(name): (
                    int(d["articles"]),
                    [BoilerplateBlock(str(b["text"]), int(b["articles"])) for b in d["blocks"]],
                )
                for name, d in (data["domains"].items() if version == VERSION or any_version else ())
            }
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            raise UsageError(f"{path}: not a furniture file; --save-furniture writes one") from error
        if version != VERSION and any_version:
            blocks = {name: (size, _sound_blocks(some)) for name, (size, some) in blocks.items()}
        elif version != VERSION:
            raise UsageError(f"{path}: furniture of version {version!r}, not {VERSION}; learn it anew")
        try:
            return replace(cls.of(blocks), carriers=carriers, sources=tuple(sources))
        except (ValueError, OverflowError) as error:
            raise UsageError(f"{path}: {error}; see docs/boilerplate.md") from error


def _keys(owner: Sequence[int], texts: Sequence[str]) -> NDArray[np.uint64]:
    """Return the key (m,) uint64 of each domain's number and block's text; 0 for a text that is no block."""
    if not texts:
        return np.zeros(0, np.uint64)
    tokens = tokenise(text_array(texts))
    word = tokens.word & ~(LINE | SENTENCE)  # a block is one chunk, whatever its length
    chunks, first = chunk_kernel(word, tokens.first, tokens.last)
    single = np.diff(first) == 1
    key = np.zeros(len(texts), np.uint64)
    key[single] = key_of(chunks[first[:-1][single]])
    return np.where(single, (np.array(owner, np.uint64) + np.uint64(1) << np.uint64(KEY_BITS)) | key, np.uint64(0))


def _sound_blocks(blocks: Sequence[BoilerplateBlock]) -> list[BoilerplateBlock]:
    keys = _keys([0] * len(blocks), [block.text for block in blocks])
    return [block for block, key in zip(blocks, keys.tolist(), strict=True) if key]


def _table(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return k.table_kernel(np.unique(keys), _power(2 * len(keys) + 2))


def _power(least: int) -> int:
    return 1 << max(4, (least - 1).bit_length())


@dataclass(frozen=True)
class MinedBlocks:
    """Boilerplate by keys alone, before its words are read: columns as in `BoilerplateModel`."""

    key: NDArray[np.uint64]
    articles: NDArray[np.int64]
    size: NDArray[np.int64]

    @cached_property
    def slots(self) -> NDArray[np.uint64]:
        """Build the open-addressed table of the keys: uint64, its size a power of two."""
        return _table(self.key)

    def model(self, names: Sequence[str], texts: Sequence[str]) -> BoilerplateModel:
        """Build the model of the domains with these names, from the words of each key.

        A block whose words have another key is left out, so that a saved model does the same as the mined one.
        """
        owner = (self.key >> np.uint64(KEY_BITS)).astype(np.int64) - 1
        same = _keys(owner.tolist(), texts) == self.key
        key, owner = self.key[same], owner[same]
        domains = np.unique(owner)
        number = np.searchsorted(domains, owner).astype(np.uint64) + np.uint64(1)
        key = number << np.uint64(KEY_BITS) | key & np.uint64((1 << KEY_BITS) - 1)
        words = tuple(text for text, is_same in zip(texts, same.tolist(), strict=True) if is_same)
        return BoilerplateModel(
            tuple(names[i] for i in domains.tolist()), self.size[domains], key, self.articles[same], words
        )


def mine(parts: Callable[[], Iterator[Part]], domain: NDArray[np.int64], total: int) -> MinedBlocks:
    """Mine the boilerplate of a corpus.

    parts: returns the chunks of all bodies, from the first row on, at each call. domain (n,) int64: the number of each
    body's domain, -1 for none. total: the number of chunks.
    """
    size = np.bincount(domain[domain >= 0], minlength=1).astype(np.int64)
    least = np.maximum(LEAST, -(-size // ONE_IN))
    domain = np.where(size[domain] >= LEAST, domain, -1)
    none = MinedBlocks(np.zeros(0, np.uint64), np.zeros(0, np.int64), size)
    if not (domain >= 0).any():
        return none
    counts = np.zeros(min(_LARGEST_COUNTS, max(_SMALLEST_COUNTS, _power(total))), np.uint8)
    for chunks, first, codes, _ in _with_domains(parts, domain):
        k.count_kernel(chunks, first, codes, counts)
    slots, articles = _frequencies(parts, domain, counts, least)
    del counts
    place = np.flatnonzero(slots)
    owner = (slots[place] >> np.uint64(KEY_BITS)).astype(np.int64) - 1
    place = place[articles[place] >= least[owner]]
    if len(place) == 0:
        return none
    on_several = _on_several_domains(parts, domain, slots[place])
    index = np.full(len(slots), -1, np.int32)
    index[place] = np.arange(len(place))
    any_page = np.zeros((len(place), k.MANY), np.uint32)
    story_page, short_edge = np.zeros((2, len(place), k.FEW), np.uint32)
    inside = np.zeros((len(place), 2), np.int64)
    for chunks, first, codes, _ in _with_domains(parts, domain):
        k.support_kernel(chunks, first, codes, slots, index, any_page, story_page, short_edge, inside)
    key, count = slots[place], articles[place].astype(np.int64)
    pages = size[(key >> np.uint64(KEY_BITS)).astype(np.int64) - 1]
    many, few, few_short = (stories[:, -1] != 0 for stories in (any_page, story_page, short_edge))
    is_block = many | (few & (USUAL * count >= pages)) | (few_short & ~on_several & (RARE * count >= pages))
    # What stands mostly within sentences, among words that change, is a name or a phrase of the stories.
    is_block &= 2 * inside[:, 1] <= inside[:, 0]
    order = np.argsort(key[is_block])
    return MinedBlocks(key[is_block][order], count[is_block][order], size)


def _with_domains(
    parts: Callable[[], Iterator[Part]], domain: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], int]]:
    """Yield each part with the domains of its bodies, and the row of its first body."""
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
    """Return the table of chunks that may recur (uint64), and beside it the articles with each (int32)."""
    places = _power(4 * int((counts >= LEAST).sum()) + 1024)
    while True:
        slots = np.zeros(places, np.uint64)
        articles, latest = np.zeros(places, np.int32), np.zeros(places, np.int32)
        used = 0
        for chunks, first, codes, row in _with_domains(parts, domain):
            used = k.frequency_kernel(chunks, first, codes, row, counts, least, slots, articles, latest, used)
            if used < 0:
                break
        else:
            return slots, articles
        places *= 2


def _on_several_domains(
    parts: Callable[[], Iterator[Part]], domain: NDArray[np.int64], keys: NDArray[np.uint64]
) -> NDArray[np.bool_]:
    """Return which chunks, by key, stand on several domains: (m,) bool."""
    hashes = (keys & np.uint64((1 << KEY_BITS) - 1)) + np.uint64(1)
    slots = _table(hashes)
    first_domain, on_several = np.zeros(len(slots), np.int32), np.zeros(len(slots), np.bool_)
    for chunks, first, codes, _ in _with_domains(parts, domain):
        k.domains_kernel(chunks, first, codes, slots, first_domain, on_several)
    return np.isin(hashes, slots[on_several])


def token_zones(
    tokens: Tokens, domain: NDArray[np.int64], slots: NDArray[np.uint64]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the zone of every token by a model, uint8, and which bodies hold boilerplate of their domain, (n,) bool.

    domain (n,) int64: the number of each body's domain in the model, -1 for none. slots: the table of its keys.
    """
    chunks, first = chunk_kernel(tokens.word, tokens.first, tokens.last)
    zone, has_boilerplate = k.mark_kernel(chunks, first, domain, slots)
    spread = np.repeat(zone, chunks & CHUNK_LENGTH)
    size = tokens.last - tokens.first
    place = np.arange(len(spread)) + np.repeat(tokens.first - np.append(0, np.cumsum(size)[:-1]), size)
    out = np.zeros(len(tokens.word), np.uint8)
    out[place] = spread
    k.repeat_kernel(tokens.word, tokens.first, tokens.last, out, has_boilerplate)
    return out, has_boilerplate


def domain_numbers(domains: pa.ChunkedArray | pa.Array) -> tuple[NDArray[np.int64], list[str]]:
    """Return the number of each article's domain, (n,) int64, -1 for none, and the names of the domains, sorted."""
    import pyarrow.compute as pc

    if isinstance(domains, pa.ChunkedArray):
        domains = domains.combine_chunks()
    encoding = domains.dictionary_encode()
    sites = [normalize_domain(name) if name is not None else "" for name in encoding.dictionary.to_pylist()]
    names = sorted({name for name in sites if name})
    rank = {name: i for i, name in enumerate(names)}
    number = np.array([*(rank.get(name, -1) for name in sites), -1], np.int64)
    codes = to_numpy(encoding.indices).astype(np.int64)
    # Not by `fill_null(-1)`: a scalar made from a Python number imports pandas where it is installed.
    codes[to_numpy(pc.indices_nonzero(domains.is_null()))] = -1
    return number[codes], names


@lru_cache(16384)
def normalize_domain(domain: str) -> str:
    """Return a domain as the model names it: in lower case, without port and leading `www.`; empty for none."""
    return hostname(domain) or hostname(f"//{domain}") or domain.strip().lower()


def model_of(settings: Settings) -> BoilerplateModel | None:
    """Return the model of the settings, None where it is to be learned from the corpus."""
    return cast("BoilerplateModel | None", settings.furniture)


def __getattr__(name: str) -> type[BoilerplateModel]:
    """Return the class by its name of before, with a DeprecationWarning."""
    if name != "Furniture":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn("Furniture is BoilerplateModel now", DeprecationWarning, stacklevel=2)
    return BoilerplateModel
