"""Eight bytes at once, against Python's own integers."""

from __future__ import annotations

import numba as nb
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.unaligned import fold_block, load64, store64, trailing_zeros


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
