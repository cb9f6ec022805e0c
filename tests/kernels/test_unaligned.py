"""Eight bytes at once, against Python's own integers."""

from __future__ import annotations

import numba as nb
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.unaligned import copy_plain, equal_bytes, equal_words, fold_block, load64, store64, trailing_zeros


@nb.njit
def _load(data, at):
    return load64(data, at)


@nb.njit
def _store(data, at, value):
    store64(data, at, value)


@nb.njit
def _zeros(value):
    return trailing_zeros(value)


@settings(max_examples=100)
@given(st.binary(min_size=8, max_size=40), st.data())
def test_load_is_little_endian_at_any_byte(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 8))
    assert int(_load(np.frombuffer(data, np.uint8), at)) == int.from_bytes(data[at : at + 8], "little")


@settings(max_examples=100)
@given(st.binary(min_size=8, max_size=40), st.integers(0, 2**64 - 1), st.data())
def test_store_writes_eight_bytes_and_no_more(data: bytes, value: int, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 8))
    target = np.frombuffer(data, np.uint8).copy()
    _store(target, at, np.uint64(value))
    assert target.tobytes() == data[:at] + value.to_bytes(8, "little") + data[at + 8 :]


def test_trailing_zeros() -> None:
    for bit in range(64):
        assert _zeros(np.uint64(1 << bit)) == bit
        assert _zeros(np.uint64((0xFFFFFFFFFFFFFFFF << bit) & 0xFFFFFFFFFFFFFFFF)) == bit


@nb.njit
def _fold(data, at, out, to):
    return fold_block(data, at, out, to)


@settings(max_examples=200)
@given(st.binary(min_size=64, max_size=90), st.data())
def test_a_block_is_folded_and_told_apart(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 64))
    out = np.zeros(80, np.uint8)
    masks = _fold(np.frombuffer(data, np.uint8), at, out, 9)
    block = data[at : at + 64]
    assert out.tobytes() == bytes(9) + block.lower() + bytes(7)
    single = [block[i : i + 1] for i in range(64)]
    kinds = (
        bytes.isalnum,
        bytes.isupper,
        bytes.isdigit,
        *(letters.__contains__ for letters in (b" ", b"aA", b"eE", b"oOuU")),
    )
    assert [int(mask) for mask in masks] == [sum(kind(byte) << i for i, byte in enumerate(single)) for kind in kinds]


@nb.njit
def _copy(data, at, out, to):
    return copy_plain(data, at, out, to)


@settings(max_examples=200)
@given(st.binary(min_size=64, max_size=90), st.data())
def test_what_interrupts_a_plain_string_is_found_and_all_is_copied(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 64))
    out = np.zeros(80, np.uint8)
    mask = int(_copy(np.frombuffer(data, np.uint8), at, out, 9))
    block = data[at : at + 64]
    assert out.tobytes() == bytes(9) + block + bytes(7)
    stops = [byte in b'"\\' or byte < 32 or byte > 127 for byte in block]
    assert [bool(mask >> bit & 1) for bit in range(64)] == stops


@nb.njit
def _equal_bytes(data, at, byte):
    return equal_bytes(data, at, byte)


@nb.njit
def _equal_words(words, at, value, bits):
    return equal_words(words, at, value, bits)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 3).map(lambda n: n * 85), min_size=64, max_size=80), st.data())
def test_equal_bytes(values: list[int], draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(values) - 64))
    byte = draw.draw(st.sampled_from([0, 85, 255, 7]))
    mask = int(_equal_bytes(np.array(values, np.uint8), at, np.uint8(byte)))
    assert [bool(mask >> bit & 1) for bit in range(64)] == [value == byte for value in values[at : at + 64]]


@settings(max_examples=100)
@given(st.lists(st.integers(0, 2**32 - 1) | st.just(5), min_size=16, max_size=40), st.data())
def test_equal_words(values: list[int], draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(values) - 16))
    bits = draw.draw(st.sampled_from([7, 0x7FFFFFF, 0xFFFFFFFF]))
    value = draw.draw(st.sampled_from([5, values[0]])) & bits
    mask = int(_equal_words(np.array(values, np.uint32), at, np.uint32(value), np.uint32(bits)))
    assert mask == sum(1 << k for k, word in enumerate(values[at : at + 16]) if word & bits == value)
