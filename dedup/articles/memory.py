"""Eight bytes at once: unaligned little-endian loads and stores for kernels.

Byte-wise loads dominate hashing and tokenising; numba's own indexing cannot read a word across elements.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_WORD = ir.IntType(64)


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _WORD.as_pointer())


@intrinsic
def load64(typing_context: Any, array: Any, index: Any) -> Any:
    """The eight bytes of a uint8 array from `index`, as uint64. No bounds check: the caller pads."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data, at = args
        return builder.load(_pointer(context, builder, signature.args[0], data, at), align=1)

    return types.uint64(array, types.int64), codegen


@intrinsic
def store64(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Write eight bytes into a uint8 array from `index`. No bounds check: the caller pads."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data, at, word = args
        builder.store(word, _pointer(context, builder, signature.args[0], data, at), align=1)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.uint64), codegen


@intrinsic
def trailing_zeros(typing_context: Any, value: Any) -> Any:
    """The number of zero bits below the lowest set bit of a uint64 that is not 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), codegen
