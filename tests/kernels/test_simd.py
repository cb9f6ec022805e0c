"""Eight integers at once, against Python's own."""

from __future__ import annotations

import numba as nb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.kernels.simd import COUNT, load_columns, load_lanes, rotate, select, some, splat, store_lanes

WORD = 2**64
numbers = st.lists(st.one_of(st.integers(0, 40), st.integers(0, WORD - 1)), min_size=COUNT, max_size=COUNT)
shifts = st.integers(0, 63)


@nb.njit
def _arithmetic(left, right, number, shift, out):
    a, b = load_lanes(left, 0), load_lanes(right, 0)
    store_lanes(out[0], 0, a + b)
    store_lanes(out[1], 0, a - b)
    store_lanes(out[2], 0, a * b)
    store_lanes(out[3], 0, a ^ b)
    store_lanes(out[4], 0, a & b)
    store_lanes(out[5], 0, a | b)
    store_lanes(out[6], 0, a << shift)
    store_lanes(out[7], 0, a >> shift)
    store_lanes(out[8], 0, rotate(a, shift))
    store_lanes(out[9], 0, number - a)
    store_lanes(out[10], 0, a * number)
    store_lanes(out[11], 0, splat(rotate(number, shift)))


@nb.njit
def _choose(left, right, out):
    a, b = load_lanes(left, 0), load_lanes(right, 0)
    store_lanes(out[0], 0, select(a > b, a, b))
    store_lanes(out[1], 0, select(a >= b, splat(1), splat(0)))
    return some(a > b), some(a >= b)


@nb.njit
def _columns(data, places, out):
    words = load_columns(data, load_lanes(places, 0))
    store_lanes(out[0], 0, words[0])
    store_lanes(out[1], 0, words[1])
    store_lanes(out[2], 0, words[2])
    store_lanes(out[3], 0, words[3])


def _row(values: list[int]) -> NDArray[np.uint64]:
    return np.array(values, np.uint64)


@settings(max_examples=200)
@given(numbers, numbers, st.integers(0, WORD - 1), shifts)
def test_arithmetic_wraps_like_that_of_64_bits(a: list[int], b: list[int], number: int, shift: int) -> None:
    out = np.zeros((12, COUNT), np.uint64)
    _arithmetic(_row(a), _row(b), np.uint64(number), np.uint64(shift), out)

    def rotated(x: int) -> int:
        return (x << shift | x >> (64 - shift)) % WORD

    pairs = list(zip(a, b, strict=True))
    assert out.tolist() == [
        [(x + y) % WORD for x, y in pairs],
        [(x - y) % WORD for x, y in pairs],
        [(x * y) % WORD for x, y in pairs],
        [x ^ y for x, y in pairs],
        [x & y for x, y in pairs],
        [x | y for x, y in pairs],
        [(x << shift) % WORD for x in a],
        [x >> shift for x in a],
        [rotated(x) for x in a],
        [(number - x) % WORD for x in a],
        [x * number % WORD for x in a],
        [rotated(number)] * COUNT,
    ]


@settings(max_examples=200)
@given(numbers, numbers)
def test_comparisons_are_signed(a: list[int], b: list[int]) -> None:
    out = np.zeros((2, COUNT), np.uint64)
    greater, not_less = _choose(_row(a), _row(b), out)
    signed = list(zip(_row(a).view(np.int64).tolist(), _row(b).view(np.int64).tolist(), strict=True))
    assert out[0].view(np.int64).tolist() == [max(x, y) for x, y in signed]
    assert out[1].tolist() == [int(x >= y) for x, y in signed]
    assert greater == any(x > y for x, y in signed)
    assert not_less == any(x >= y for x, y in signed)


@settings(max_examples=100)
@given(st.binary(min_size=32, max_size=200), st.data())
def test_columns_are_the_words_of_eight_places(data: bytes, draw: st.DataObject) -> None:
    place = st.integers(0, len(data) - 32)
    places = draw.draw(st.lists(place, min_size=COUNT, max_size=COUNT))
    out = np.zeros((4, COUNT), np.uint64)
    _columns(np.frombuffer(data, np.uint8), np.array(places), out)
    for lane, at in enumerate(places):
        assert out[:, lane].tobytes() == data[at : at + 32]


def test_two_numbers_stay_two_numbers() -> None:
    """The operators of others are as they were."""

    @nb.njit
    def plain(a, b):
        return a + b, a >> b, a > b

    assert plain(np.uint64(WORD - 1), np.uint64(1)) == (0, WORD // 2 - 1, True)
    with pytest.raises(nb.core.errors.TypingError):
        nb.njit(lambda data: load_lanes(data, 0) + 1.5)(np.zeros(8, np.uint64))
