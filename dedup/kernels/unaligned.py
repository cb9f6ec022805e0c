"""Eight bytes at once, or 64: unaligned little-endian loads and stores for kernels.

Byte-wise loads dominate hashing and tokenising; numba's own indexing cannot read a word across elements.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_WORD = ir.IntType(64)
_BLOCK = ir.VectorType(ir.IntType(8), 64)
_WORDS = ir.VectorType(ir.IntType(32), 16)


def pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any, kind: Any = _WORD) -> Any:
    """Where an array's element `index` is, as the address of a `kind`; for intrinsics."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), kind.as_pointer())


@intrinsic
def load64(typing_context: Any, array: Any, index: Any) -> Any:
    """The eight bytes of a uint8 array from `index`, as uint64. No bounds check: the caller pads."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data, at = args
        return builder.load(pointer(context, builder, signature.args[0], data, at), align=1)

    return types.uint64(array, types.int64), codegen


@intrinsic
def store64(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Write eight bytes into a uint8 array from `index`. No bounds check: the caller pads."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data, at, word = args
        builder.store(word, pointer(context, builder, signature.args[0], data, at), align=1)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.uint64), codegen


@intrinsic
def trailing_zeros(typing_context: Any, value: Any) -> Any:
    """The number of zero bits below the lowest set bit of a uint64 that is not 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), codegen


@intrinsic
def fold_block(typing_context: Any, data: Any, index: Any, out: Any, at: Any) -> Any:
    """Copy 64 bytes of `data`, uint8, from `index` to `out` from `at` on, with ASCII capitals in lower case.

    Returns which of them, the first as the lowest bit, are ASCII letters or digits, capitals, digits, spaces, and (in
    lower case) "a", "e", and "o" or "u": seven uint64. No bounds check. Plain LLVM vectors: one register of AVX-512,
    two of AVX2, four of SSE2 or NEON.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data, index, out, at = args
        block = builder.load(pointer(context, builder, signature.args[0], data, index, _BLOCK), align=1)

        def all_of(byte: int) -> Any:
            return ir.Constant(_BLOCK, [byte] * _BLOCK.count)

        def among(first: str, count: int) -> Any:
            return builder.icmp_unsigned("<", builder.sub(block, all_of(ord(first))), all_of(count))

        capital, digit = among("A", 26), among("0", 10)
        word = builder.or_(builder.or_(capital, among("a", 26)), digit)
        space = builder.icmp_unsigned("==", block, all_of(32))
        lower = builder.or_(block, builder.select(capital, all_of(32), all_of(0)))
        builder.store(lower, pointer(context, builder, signature.args[2], out, at, _BLOCK), align=1)
        a, e, o, u = (builder.icmp_unsigned("==", lower, all_of(ord(letter))) for letter in "aeou")
        bits = [builder.bitcast(which, _WORD) for which in (word, capital, digit, space, a, e, builder.or_(o, u))]
        return context.make_tuple(builder, signature.return_type, bits)

    return types.UniTuple(types.uint64, 7)(data, types.int64, out, types.int64), codegen


@intrinsic
def copy_plain(typing_context: Any, data: Any, index: Any, out: Any, at: Any) -> Any:
    """Copy 64 bytes of a uint8 array from `index` to another array from `at`.

    Returns the bytes that end or interrupt a plain string of JSON, the first as the lowest bit: the quotation mark, the
    backslash, control characters, and all that is not ASCII; uint64. No bounds check.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data, index, out, at = args
        block = builder.load(pointer(context, builder, signature.args[0], data, index, _BLOCK), align=1)
        builder.store(block, pointer(context, builder, signature.args[2], out, at, _BLOCK), align=1)

        def all_of(byte: int) -> Any:
            return ir.Constant(_BLOCK, [byte] * _BLOCK.count)

        stops = builder.icmp_signed("<", block, all_of(32))  # as signed numbers those beyond ASCII are below 0
        for mark in '"\\':
            stops = builder.or_(stops, builder.icmp_unsigned("==", block, all_of(ord(mark))))
        return builder.bitcast(stops, _WORD)

    return types.uint64(data, types.int64, out, types.int64), codegen


def _all_lanes(builder: Any, number: Any, kind: Any) -> Any:
    """A vector of one number in all lanes."""
    zero = ir.Constant(ir.IntType(32), 0)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), number, zero)
    lanes = ir.VectorType(ir.IntType(32), kind.count)
    return builder.shuffle_vector(one, one, ir.Constant(lanes, [0] * kind.count))


@intrinsic
def equal_bytes(typing_context: Any, data: Any, index: Any, byte: Any) -> Any:
    """Which of 64 bytes of a uint8 array from `index` on are `byte`, uint8: the first as the lowest bit of a uint64.

    No bounds check.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data, index, byte = args
        block = builder.load(pointer(context, builder, signature.args[0], data, index, _BLOCK), align=1)
        return builder.bitcast(builder.icmp_unsigned("==", block, _all_lanes(builder, byte, _BLOCK)), _WORD)

    return types.uint64(data, types.int64, types.uint8), codegen


@intrinsic
def equal_words(typing_context: Any, words: Any, index: Any, value: Any, bits: Any) -> Any:
    """Which of 16 numbers of a uint32 array from `index` on are `value` in these `bits`, uint32 both.

    The first is the lowest bit of a uint64. No bounds check.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        words, index, value, bits = args
        block = builder.load(pointer(context, builder, signature.args[0], words, index, _WORDS), align=4)
        block = builder.and_(block, _all_lanes(builder, bits, _WORDS))
        equal = builder.icmp_unsigned("==", block, _all_lanes(builder, value, _WORDS))
        return builder.zext(builder.bitcast(equal, ir.IntType(16)), _WORD)

    return types.uint64(words, types.int64, types.uint32, types.uint32), codegen
