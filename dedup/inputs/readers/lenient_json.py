"""Parse JSON that the fast parser refuses or rounds; the rest is rejected with a reason."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

import orjson

from dedup.inputs.fields import RejectedRecord, describe_type, to_jsonable

#: The deepest nesting that orjson parses. Python's own parser goes as deep as the recursion limit, which may be more
#: than the stack holds; so the depth is checked first.
MAX_DEPTH = 1024

#: A string, also one that is never closed: otherwise each quote in it would be tried as the beginning of another.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def parse_record(line: bytes) -> dict[str, Any]:
    """Parse the object in a line.

    NaN and infinities become null, lone surrogates U+FFFD; strings may hold control characters. Raises
    `RejectedRecord`.
    """
    return as_record(parse_any(line))


def as_record(value: Any) -> dict[str, Any]:
    """Return a value if it is an object. Raises `RejectedRecord` otherwise."""
    if value is None:
        raise RejectedRecord("null_record", "the record is null")
    if not isinstance(value, dict):
        raise RejectedRecord("not_an_object", f"the record is {describe_type(value)}, not an object")
    return value


def parse_any(line: bytes, exact_numbers: bool = False) -> Any:
    """Parse any JSON value as `parse_record` does. exact_numbers: with all digits of every number."""
    fault: Exception | None = None
    try:
        value = orjson.loads(line)
        if not exact_numbers:
            return value
    except orjson.JSONDecodeError as error:
        fault = error
        bare = line.strip(b" \t\r\n,")
        if len(bare) < len(line) and (line.lstrip()[:1] == b"," or line.rstrip()[-1:] == b","):
            return parse_any(bare, exact_numbers)  # a line of an array
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise RejectedRecord("invalid_utf8", f"byte {error.start} of the record: {error.reason}") from None
    if _depth(line) > MAX_DEPTH:
        raise RejectedRecord("too_deep", f"nested deeper than {MAX_DEPTH:,} levels")
    try:
        number = _number if exact_numbers else float
        return to_jsonable(json.loads(text, strict=False, parse_int=_integer, parse_float=number))
    except RecursionError:
        raise RejectedRecord("too_deep", "nested deeper than the parser can follow") from None
    except ValueError:
        raise RejectedRecord("bad_json", str(fault)) from None


def parse_exact(line: bytes) -> dict[str, Any]:
    """Parse a record with all digits of its numbers: orjson makes floats of integers beyond 64 bits.

    Returns an empty object for a record that cannot be parsed.
    """
    try:
        return as_record(parse_any(line, exact_numbers=True))
    except RejectedRecord:
        return {}


def _integer(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:  # more than 4,300 digits, the limit of the interpreter
        return digits


def _number(digits: str) -> float | str:
    """Keep a fraction as written, so that 1.10 and 1.1 are two identifiers; 123.0 is the number 123."""
    value = float(digits)
    return value if value.is_integer() else digits


def _depth(line: bytes) -> int:
    if line.count(b"[") + line.count(b"{") <= MAX_DEPTH:
        return 0
    brackets = _STRING.sub(b"", line).translate(None, bytes(set(range(256)) - set(_STEP)))
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)
