"""Chunks: the kernel is the reference, and the same words are cut at the same places."""

from __future__ import annotations

import numpy as np
import pytest
import reference_learned as reference
import strategies
from hypothesis import given
from hypothesis import strategies as st

from dedup.inputs.batch import text_array
from dedup.text.boilerplate.segments import (
    BEGINS,
    BEGINS_LINE,
    BEGINS_SENTENCE,
    CHUNK_HASH,
    CHUNK_LENGTH,
    KEY_BITS,
    chunk_kernel,
    key_of,
)
from dedup.text.tokens import LINE, SENTENCE, tokenise


def chunks_of(bodies: list[list[int]]) -> list[list[reference.Chunk]]:
    bounds = np.cumsum([0, *map(len, bodies)])
    words = np.array([word for body in bodies for word in body], np.uint32)
    out, first = chunk_kernel(words, bounds[:-1], bounds[1:].copy())
    made = [
        reference.Chunk(
            int(c & CHUNK_HASH) >> 7, int(c & CHUNK_LENGTH), bool(c & BEGINS_LINE), bool(c & BEGINS_SENTENCE)
        )
        for c in out
    ]
    return [made[a:b] for a, b in zip(first[:-1].tolist(), first[1:].tolist(), strict=True)]


def words_of(text: str) -> list[int]:
    return [int(word) for word in tokenise(text_array([text])).words(0)]


def bodies(most: int = 120) -> st.SearchStrategy[list[int]]:
    """Words of few hashes, some of which begin sentences, and rarely lines."""
    flag = st.sampled_from([0] * 12 + [int(SENTENCE)] * 3 + [int(LINE | SENTENCE), int(LINE)])
    return st.lists(st.builds(lambda h, f: h | f, st.integers(0, (1 << 27) - 1), flag), max_size=most)


@given(st.lists(bodies(), max_size=5))
def test_kernel_is_the_reference(some: list[list[int]]) -> None:
    assert chunks_of(some) == [reference.chunks(body) for body in some]


@given(st.lists(strategies.long_texts() | strategies.texts(), max_size=4))
def test_kernel_is_the_reference_on_any_text(texts: list[str]) -> None:
    some = [words_of(text) for text in texts]
    assert chunks_of(some) == [reference.chunks(body) for body in some]


@given(bodies())
def test_chunks_are_all_tokens_once(body: list[int]) -> None:
    found = chunks_of([body])[0]
    assert sum(chunk.length for chunk in found) == len(body)
    assert all(1 <= chunk.length <= 31 for chunk in found)


@given(st.integers(20, 60), st.integers(0, 90), st.integers(0, 90))
def test_words_without_any_mark_are_cut_alike_whatever_stands_around_them(size: int, before: int, after: int) -> None:
    """The point of cutting by content: a menu in one endless "sentence" gives mostly the same chunks on all pages."""
    menu = strategies.invented("menu", size)
    pages = [
        " ".join([*strategies.invented(f"x{i}", n), *menu, *strategies.invented(f"y{i}", 120 - n)])
        for i, n in enumerate((before, after))
    ]
    first, second = ({c.key: c.length for c in chunks_of([words_of(page)])[0]} for page in pages)
    shared = sum(length for key, length in first.items() if key in second)
    # What is lost is at most the two chunks in which the menu begins and ends.
    assert shared >= size - 2 * 31


def test_lines_are_chunks_while_there_are_lines() -> None:
    line = " ".join(strategies.invented("line", 25))
    kept, lost = "\n".join([line] * 8), " ".join([line] * 8)
    assert [c.length for c in chunks_of([words_of(kept)])[0]] == [25] * 8
    pieces = chunks_of([words_of(lost)])[0]
    assert len(pieces) > 8
    assert [c.begins for c in pieces] == [True] + [False] * (len(pieces) - 1)


@pytest.mark.parametrize(("a", "b"), [((5, 3), (5, 4)), ((5, 3), (6, 3))])
def test_equal_are_hash_and_length_and_no_flag_matters(a: tuple[int, int], b: tuple[int, int]) -> None:
    def packed(hash: int, length: int, flags: int) -> np.uint32:
        return np.uint32(hash << 7 | flags | length)

    keys = key_of(np.array([packed(*a, 0), packed(*a, int(BEGINS | BEGINS_LINE)), packed(*b, 0)], np.uint32))
    assert keys[0] == keys[1] != keys[2]
    assert int(key_of(np.array([0xFFFFFFFF], np.uint32))[0]) == (1 << KEY_BITS) - 1
