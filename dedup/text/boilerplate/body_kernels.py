"""Reduce the tokens of texts to those of their bodies, and find the blocks where a credit may stand."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel, scalar_kernel
from dedup.kernels.unaligned import load64, store64
from dedup.text.boilerplate.rules import BODY, FOOT, HEAD, RULE_HEADLINE
from dedup.text.folding import SINGLE_RANGES
from dedup.text.token_kernel import decode
from dedup.text.tokens import LINE


@scalar_kernel
def body_kernel(first, last, word, start, end, folded, folded_start, zone, has_boilerplate, single):
    """Move the tokens of zone BODY to the front of each article with boilerplate, in place; set `last` and `single`.

    first, last, single (n,) int64; word (t,) uint32; start, end (t,) int32; folded uint8; folded_start (t + 1,) int64:
    as in `Tokens`. zone (t,) uint8; has_boilerplate (n,) bool.
    """
    for i in range(len(first)):
        if not has_boilerplate[i]:
            continue
        token = first[i]
        while token < last[i] and zone[token] == BODY:
            token += 1
        if token == last[i]:
            continue
        out = token
        at = folded_start[token]
        while token < last[i]:
            if zone[token] != BODY:
                token += 1
                continue
            low = folded_start[token]
            shift = low - at
            while token < last[i] and zone[token] == BODY:
                word[out] = word[token]
                start[out] = start[token]
                end[out] = end[token]
                folded_start[out] = folded_start[token] - shift
                out += 1
                token += 1
            high = folded_start[token]
            _move_down(folded, low, high, shift)
            at = high - shift
        if out < last[i]:
            folded_start[out] = at
        last[i] = out
        if single[i] > 0:
            single[i] = 0
            for j in range(first[i], out):
                single[i] += _is_single(folded, folded_start[j])


@scalar_kernel
def _move_down(data, low, high, shift):
    """Move the bytes low..high of `data` uint8 down by `shift`, which is above 0."""
    # Upwards, so that no byte is read after it was written.
    at = low
    while at + 8 <= high:
        store64(data, at - shift, load64(data, at))
        at += 8
    while at < high:
        data[at - shift] = data[at]
        at += 1


@scalar_kernel
def _is_single(folded, at):
    """Return 1 if the token at byte `at` of `folded` uint8 begins with a character of SINGLE_RANGES, else 0."""
    if folded[at] < 0xE0:
        return 0
    code, _ = decode(folded, at)
    for low, high in SINGLE_RANGES:
        if low <= code <= high:
            return 1
    return 0


@kernel
def headline_kernel(first, last, zone, rule):
    """Return how many tokens a headline has that stands first of all tokens of zone BODY or before them, (n,) int64.

    It is of RULE_HEADLINE, and of another zone. first, last (n,) int64: tokens of the texts; zone (t,) uint8, rule (t,)
    int16.
    """
    size = np.zeros(len(first), np.int64)
    for i in range(len(first)):
        for at in range(first[i], last[i]):
            if zone[at] == BODY:
                break
            size[i] += rule[at] == RULE_HEADLINE
    return size


@kernel
def stop_kernel(data, offsets, first, last, end):
    """Return where the texts of bodies end, (n,) int64: behind the punctuation that follows their last tokens.

    data uint8, offsets (n + 1,) int64: the texts; first, last (n,) int64, end (t,) int32: their tokens. What follows
    was removed, and is neither a part of the last line nor the end of its sentence.
    """
    stop = offsets[1:].copy()
    for i in range(len(first)):
        if first[i] == last[i]:
            continue
        at = offsets[i] + end[last[i] - 1]
        while at < offsets[i + 1] and not 48 <= data[at] <= 57 and not 65 <= data[at] & 0xDF <= 90:
            if data[at] >= 0x80:
                # Signs of the blocks Latin-1, General Punctuation, CJK Symbols, and Halfwidth and Fullwidth Forms.
                lead = data[at]
                if lead != 0xC2 and lead != 0xEF and not (lead in (0xE2, 0xE3) and data[at + 1] == 0x80):
                    break
                at += 1
                while at < offsets[i + 1] and data[at] & 0xC0 == 0x80:
                    at += 1
            else:
                at += 1
        stop[i] = at
    return stop


@kernel
def single_kernel(first, last, place, folded, folded_start):
    """Return how many of the tokens of each text are of scripts without spaces, (n,) int64.

    first, last (n,) int64: those of each text are `place[first[i] : last[i]]`; place (t,) int64. folded (bytes,) uint8,
    folded_start (t + 1,) int64: as in `Tokens`.
    """
    count = np.zeros(len(first), np.int64)
    for i in range(len(first)):
        for j in range(first[i], last[i]):
            count[i] += _is_single(folded, folded_start[place[j]])
    return count


@kernel
def span_kernel(first, last, word, start, end, zone, rule, has_boilerplate, credit):
    """Return the blocks of head and foot where a credit may stand: (m, 4) int64, article, rule, start byte, end byte.

    A block is a run of one rule on one line. first, last (n,) int64; word (t,) uint32; start, end (t,) int32; zone (t,)
    uint8; rule (t,) int16; has_boilerplate (n,) bool. credit (rules,) bool: rules whose blocks may hold a credit; share
    lines and photo credits name no writer.
    """
    out = np.empty((len(word), 4), np.int64)  # memory that is not written is not taken
    count = 0
    for i in range(len(first)):
        if not has_boilerplate[i]:
            continue
        at = first[i]
        while at < last[i]:
            if (zone[at] != HEAD and zone[at] != FOOT) or not credit[rule[at]]:
                at += 1
                continue
            run = at + 1
            while run < last[i] and rule[run] == rule[at] and zone[run] == zone[at] and not word[run] & LINE:
                run += 1
            out[count, 0] = i
            out[count, 1] = rule[at]
            out[count, 2] = start[at]
            out[count, 3] = end[run - 1]
            count += 1
            at = run
    return out[:count].copy()
