"""Parse JSON that the fast parser refuses or rounds; the rest is rejected with a reason."""

from __future__ import annotations

import json
import re
from itertools import accumulate, islice
from typing import Any

import orjson

from dedup.inputs.fields import RejectedRecord, describe_type, to_jsonable

#: The deepest nesting that orjson parses. Python's own parser goes as deep as the recursion limit, which may be more
#: than the stack holds; so the depth is checked first.
MAX_DEPTH = 1024

#: A string, also one that is never closed: otherwise each quote in it would be tried as the beginning of another.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
#: The first name of a record.
_FIRST_NAME = re.compile(rb'\{\s*"(?:[^"\\]|\\.){1,64}"')
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


#: Records of one line that are told apart, at most.
_MOST_GLUED = 64


def parse_line(line: bytes, exact_numbers: bool = False) -> Any:
    """Parse any JSON value as `parse_any` does; of several records in one line their list.

    So a crawler leaves them that was killed as it wrote one, and began again. Each must begin with the name with which
    the line begins; what is between them stands in the list as its rejection.
    """
    try:
        return parse_any(line, exact_numbers)
    except RejectedRecord as rejection:
        if rejection.reason != "bad_json" or (records := _glued(line, exact_numbers, rejection)) is None:
            raise
        return records


def _glued(line: bytes, exact_numbers: bool, rejection: RejectedRecord) -> list[Any] | None:
    """Return the records of a line with the rejection of what is none of them; None if there is no whole one."""
    bare = line.strip()
    begin = _FIRST_NAME.match(bare)
    if begin is None:
        return None
    places = [match.start() for match in islice(re.finditer(re.escape(begin[0]), bare), _MOST_GLUED)]
    if len(places) < 2:
        return None
    records: list[Any] = []
    first = 0
    is_broken = False
    for place in (*places[1:], len(bare)):
        try:
            value = orjson.loads(bare[first:place])
        except orjson.JSONDecodeError:
            # What begins here is cut off, if a whole record begins behind it.
            if place < len(bare):
                continue
            rest = [at for at in places if at > first]
            whole = next((at for at in rest if _is_whole(bare[at:])), None)
            is_broken = True
            if whole is not None:
                records.append(parse_any(bare[whole:], exact_numbers))
            break
        if not isinstance(value, dict):
            return None
        records.append(parse_any(bare[first:place], exact_numbers) if exact_numbers else value)
        first = place
    if not records:
        return None
    return [*records, rejection] if is_broken else records


def _is_whole(part: bytes) -> bool:
    try:
        return isinstance(orjson.loads(part), dict)
    except orjson.JSONDecodeError:
        return False


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
