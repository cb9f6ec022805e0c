"""The kernels that learn and mark are the reference, on any chunks and on pages of made-up sites."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import reference_learned as reference
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from reference_learned import Chunk

from dedup.inputs.batch import text_array
from dedup.text.boilerplate.learning import MinedBlocks, domain_numbers, mine
from dedup.text.boilerplate.mining_kernels import find, mark_kernel, table_kernel
from dedup.text.boilerplate.segments import KEY_BITS
from dedup.text.tokens import tokenise

Page = tuple[str | None, list[Chunk]]


def packed(chunks: list[Chunk]) -> NDArray[np.uint32]:
    """Chunks as the kernels know them."""
    return np.array([c.hash << 7 | c.line << 6 | c.begins << 5 | c.length for c in chunks], np.uint32)


def key_number(key: tuple[int, int]) -> int:
    return key[0] << 5 | key[1]


def learned_of(pages: list[Page], parts: list[int]) -> tuple[MinedBlocks, NDArray[np.int64], list[str]]:
    """What the kernels learn, told of the pages in parts of these sizes."""
    domain, names = domain_numbers(text_array([d for d, _ in pages]))
    bounds = sorted({0, len(pages), *(min(p, len(pages)) for p in parts)})

    def told() -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64]]]:
        for low, high in pairwise(bounds):
            some = [chunks for _, chunks in pages[low:high]]
            yield packed([c for chunks in some for c in chunks]), np.cumsum([0, *map(len, some)])

    return mine(told, domain, sum(len(chunks) for _, chunks in pages)), domain, names


def check(pages: list[Page], parts: list[int]) -> int:
    """Hold the kernels to the reference; how many blocks were learned."""
    expected = reference.mine(pages)
    learned, domain, names = learned_of(pages, parts)
    got: dict[str, dict[int, int]] = {}
    for key, articles in zip(learned.key.tolist(), learned.articles.tolist(), strict=True):
        got.setdefault(names[(key >> KEY_BITS) - 1], {})[key & ((1 << KEY_BITS) - 1)] = articles
    assert got == {d: {key_number(key): n for key, n in some.items()} for d, some in expected.items()}
    assert learned.key.tolist() == sorted(learned.key.tolist())
    chunks = packed([c for _, some in pages for c in some])
    first = np.cumsum([0, *(len(some) for _, some in pages)])
    zone, touched = mark_kernel(chunks, first, domain, learned.slots)
    zones = [reference.mark(page, expected) for page in pages]
    assert zone.tolist() == [z for page in zones for z in page]
    assert touched.tolist() == [any(page) for page in zones]
    return len(learned.key)


def some_chunks(names: list[int]) -> st.SearchStrategy[list[Chunk]]:
    """A page of chunks of few kinds, in any order."""

    def made(name: int, length: int, edge: int) -> Chunk:
        return Chunk(name * 7919 % (1 << 25), length, edge == 2, edge > 0)

    return st.lists(
        st.builds(made, st.sampled_from(names), st.sampled_from([1, 5, 6, 8, 15, 16, 31]), st.integers(0, 2)),
        max_size=10,
    )


@settings(max_examples=120)
@given(st.data())
def test_kernels_are_the_reference_on_any_chunks(data: st.DataObject) -> None:
    domains = st.sampled_from(["a", "a", "a", "b", None])
    pages: list[Page] = []
    for i in range(data.draw(st.integers(0, 14))):
        own = [
            Chunk((i * 100 + j + 1) * 104729 % (1 << 25), 12, True, True) for j in range(data.draw(st.integers(0, 4)))
        ]
        head, foot = (data.draw(some_chunks([1, 2, 3, 4])) for _ in range(2))
        pages.append((data.draw(domains), [*head, *own, *foot]))
    check(pages, data.draw(st.lists(st.integers(0, 14), max_size=3)))


def whole(name: int, lengths: list[int]) -> list[Chunk]:
    """Chunks of these lengths, each a line."""
    return [Chunk((name * 50 + i + 1) * 7919 % (1 << 25), length, True, True) for i, length in enumerate(lengths)]


@settings(max_examples=200)
@given(st.data())
def test_kernels_are_the_reference_at_every_threshold(data: st.DataObject) -> None:
    """Pages of one make, whose edges, gaps, middles and numbers lie just below and just above what decides."""
    pages: list[Page] = []
    for domain in data.draw(st.sampled_from([["a"], ["a", "b"]])):
        head = whole(1 if data.draw(st.booleans()) else ord(domain), [31, data.draw(st.integers(5, 9))])
        foot = whole(ord(domain) + 1, data.draw(st.sampled_from([[31, 31, 18], [31, 31, 19], [5], []])))
        gap, middle, inside = (data.draw(st.sampled_from(s)) for s in ([15, 16, 0], [7, 8, 13, 31], [0, 1, 2, 6]))
        repeats = data.draw(st.sampled_from([1, 1, 4]))
        for i in range(data.draw(st.integers(2, 9))):
            own = 1000 + 10 * ord(domain) + i
            changing, story = whole(own * 2, [gap] if gap else []), whole(own * 2 + 1, [middle] * repeats)
            box = [Chunk(77, inside, data.draw(st.booleans()), True)] if inside else []
            pages.append((domain, [*head[:1], *changing, *head[1:], *story[:1], *box, *story[1:], *foot]))
        pages += [(domain, whole(9000 + i, [20])) for i in range(data.draw(st.sampled_from([0, 0, 12, 13, 60, 150])))]
    check(pages, [])


@settings(max_examples=60)
@given(strategies.furnished_corpora(), st.lists(st.integers(0, 60), max_size=3))
def test_kernels_are_the_reference_on_sites(corpus: list[tuple[str | None, str]], parts: list[int]) -> None:
    tokens = tokenise(text_array([text for _, text in corpus]))
    bodies = [reference.chunks(tokens.words(i).tolist()) for i in range(len(corpus))]
    check([(domain, body) for (domain, _), body in zip(corpus, bodies, strict=True)], parts)


def test_something_is_learned_of_such_sites() -> None:
    """The strategy above would prove little if its sites had nothing to learn."""
    found = 0
    for many in (4, 9):
        head, foot = (strategies.sentences_of(name, [9, 12]) for name in ("head", "foot"))
        texts = ["\n".join([*head, *strategies.sentences_of(f"s{i}", [14] * 6), *foot]) for i in range(many)]
        tokens = tokenise(text_array(texts))
        found += check([("a", reference.chunks(tokens.words(i).tolist())) for i in range(many)], [])
    assert found == 8


@given(st.lists(st.integers(1, 1 << 40), unique=True, max_size=40))
def test_tables_find_what_they_hold(keys: list[int]) -> None:
    array = np.array(keys, np.uint64)
    slots = table_kernel(array, 64)
    assert [slots[find(slots, key)] for key in array] == keys
    assert sorted(slots[slots != 0].tolist()) == sorted(keys)


def test_domains_are_numbered_by_name_whatever_column_holds_them() -> None:
    names = ["b.example", None, "A.example", "www.b.example", "a.example:8080", "", "The Daily Bee", " the daily bee "]
    expected = ([1, -1, 0, 1, 0, -1, 2, 2], ["a.example", "b.example", "the daily bee"])
    plain = pa.array(["cut off", *names, "z.example"]).slice(1, len(names))
    forms = [
        text_array(names),
        plain,
        plain.dictionary_encode(),
        pa.chunked_array([plain.slice(0, 3), plain.slice(3)]),
        pa.chunked_array([plain.slice(0, 3).dictionary_encode(), plain.slice(3).dictionary_encode()]),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 3, 4, 5, 6, 7]), pa.array(names)),
    ]
    for form in forms:
        numbers, found = domain_numbers(form)
        assert (numbers[: len(names)].tolist(), found) == (expected[0], expected[1]), form.type
