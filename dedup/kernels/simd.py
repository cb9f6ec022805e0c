"""Eight 64-bit integers at once, for kernels: `Lanes` are added, multiplied, shifted and compared like one number.

A compiler does not find this parallelism by itself where each number comes from another place of a text. Here it is
written down as LLVM's own vectors, without an instruction of any one processor: LLVM makes of them what there is (one
register of AVX-512, two of AVX2, four of SSE2 or NEON), and the results are the same everywhere. Only AVX-512 can
multiply 64 bits at once; with AVX2 eight hashes at once are a third faster than one by one, with SSE2 a third slower.
The operators are those of numpy's uint64, but comparisons are signed; a number beside Lanes counts for all eight.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic, models, overload, register_model

from dedup.kernels.unaligned import pointer

COUNT = 8
_LANES = ir.VectorType(ir.IntType(64), COUNT)
_BITS = ir.VectorType(ir.IntType(1), COUNT)
_ROW = ir.VectorType(ir.IntType(64), 4)


class _Vector(types.Type):
    """A type of kernels whose values are one vector of LLVM."""

    def __init__(self, name: str, vector: ir.VectorType) -> None:
        super().__init__(name)
        self.vector = vector


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc, name-defined]
    def __init__(self, manager: Any, kind: _Vector) -> None:
        super().__init__(manager, kind, kind.vector)


#: Eight 64-bit integers; what a comparison of them gives.
LANES, MASK = _Vector("Lanes", _LANES), _Vector("Mask", _BITS)


def _shuffle(builder: Any, left: Any, right: Any, lanes: list[int]) -> Any:
    """The lanes of two vectors, those of the second counted on from the first's, that are named."""
    index = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return builder.shuffle_vector(left, right, index)


def _wide(context: Any, builder: Any, value: Any, kind: Any) -> Any:
    """A value as Lanes: a number becomes eight of it."""
    if kind == LANES:
        return value
    number = context.cast(builder, value, kind, types.uint64)
    one = builder.insert_element(ir.Constant(_LANES, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    return _shuffle(builder, one, one, [0] * COUNT)


def _operator(symbol: Callable[..., Any], result: Any, emit: Callable[[Any, Any, Any], Any]) -> None:
    """Give `symbol` a meaning where one side is Lanes; `emit(builder, a, b)` writes it."""

    @intrinsic
    def applied(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            sides = zip(args, signature.args, strict=True)
            return emit(builder, *(_wide(context, builder, value, kind) for value, kind in sides))

        return result(a, b), codegen

    @overload(symbol, strict=False)  # the annotations differ
    def typed(a: Any, b: Any) -> Any:
        if LANES in (a, b) and all(side == LANES or isinstance(side, types.Integer) for side in (a, b)):
            return lambda a, b: applied(a, b)  # type: ignore[call-arg]
        return None


for _name in ("add", "sub", "mul", "xor", "or_", "and_"):  # Python and LLVM give them one name
    _operator(getattr(operator, _name), LANES, getattr(ir.IRBuilder, _name))
_operator(operator.lshift, LANES, ir.IRBuilder.shl)
_operator(operator.rshift, LANES, ir.IRBuilder.lshr)
_operator(operator.ge, MASK, lambda builder, a, b: builder.icmp_signed(">=", a, b))
_operator(operator.gt, MASK, lambda builder, a, b: builder.icmp_signed(">", a, b))


@intrinsic
def splat(typing_context: Any, number: Any) -> Any:
    """Eight times one integer."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _wide(context, builder, args[0], signature.args[0])

    return LANES(number), codegen


@intrinsic
def select(typing_context: Any, mask: Any, yes: Any, no: Any) -> Any:
    """Of each lane `yes` where `mask` has it, else `no`: Lanes, both."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return LANES(MASK, LANES, LANES), codegen


@intrinsic
def rotate(typing_context: Any, value: Any, bits: Any) -> Any:
    """Lanes or one uint64 with the bits of each rotated to the left."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        wide = signature.return_type == LANES
        by = context.cast(builder, args[1], signature.args[1], types.uint64)
        if wide:
            by = _wide(context, builder, by, types.uint64)
        kind, name = (_LANES, f"llvm.fshl.v{COUNT}i64") if wide else (ir.IntType(64), "llvm.fshl.i64")
        funnel = get_or_insert_function(builder.module, ir.FunctionType(kind, [kind] * 3), name)
        return builder.call(funnel, [args[0], args[0], by])

    return value(value, bits), codegen


@intrinsic
def some(typing_context: Any, mask: Any) -> Any:
    """Whether a Mask has any lane."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], ir.IntType(COUNT))
        return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(COUNT), 0))

    return types.boolean(MASK), codegen


@intrinsic
def load_lanes(typing_context: Any, array: Any, index: Any) -> Any:
    """Eight numbers of an array of 64-bit integers from `index` on. No bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, index = args
        return builder.load(pointer(context, builder, signature.args[0], array, index, _LANES), align=8)

    return LANES(array, types.int64), codegen


@intrinsic
def store_lanes(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Write Lanes into an array of 64-bit integers from `index` on. No bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, index, value = args
        builder.store(value, pointer(context, builder, signature.args[0], array, index, _LANES), align=8)
        return context.get_dummy_value()

    return types.void(array, types.int64, LANES), codegen


@intrinsic
def or_into(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Set the bits of the low half of each lane in a uint32 array from `index` on. No bounds check."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, index, value = args
        halves = ir.VectorType(ir.IntType(32), COUNT)
        place = pointer(context, builder, signature.args[0], array, index, halves)
        builder.store(builder.or_(builder.load(place, align=4), builder.trunc(value, halves)), place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.int64, LANES), codegen


@intrinsic
def load_columns(typing_context: Any, array: Any, at: Any) -> Any:
    """The 32 bytes of a uint8 array from each of eight places `at`, as four Lanes: all first words, all second, ...

    No bounds check. Eight rows are loaded and transposed: pairs of rows are woven together, then pairs of pairs.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = []
        for lane in range(COUNT):
            place = builder.extract_element(args[1], ir.Constant(ir.IntType(32), lane))
            rows.append(builder.load(pointer(context, builder, signature.args[0], args[0], place, _ROW), align=1))
        # Rows 0 and 4 in one vector, 1 and 5, 2 and 6, 3 and 7.
        four = [_shuffle(builder, rows[i], rows[i + 4], [*range(COUNT)]) for i in range(4)]
        even, odd = [0, 8, 2, 10, 4, 12, 6, 14], [1, 9, 3, 11, 5, 13, 7, 15]
        low, high = [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]
        woven = [[_shuffle(builder, four[i], four[i + 1], pick) for i in (0, 2)] for pick in (even, odd)]
        pairs = [(woven[word % 2], low if word < 2 else high) for word in range(4)]
        columns = [_shuffle(builder, left, right, pick) for (left, right), pick in pairs]
        return context.make_tuple(builder, signature.return_type, columns)

    return types.UniTuple(LANES, 4)(array, LANES), codegen
