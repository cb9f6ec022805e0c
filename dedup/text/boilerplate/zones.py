"""Furniture by rule: what the page wraps around the story is set aside, with its zone, never thrown away.

Phrases say what most furniture is (`rules`); two more rules are structure: a dateline before the first
words of the story, and a tail of foreign headlines after a heading (dedup.text.segmentation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.text_buffers import Buffers
from dedup.kernels.jit import kernel
from dedup.kernels.unaligned import load64, store64
from dedup.text.boilerplate.learning import Furniture, token_zones
from dedup.text.boilerplate.rules import (
    FIRST_PHRASE,
    RULE_AFTER_HEADING,
    RULE_BYLINE,
    RULE_DATELINE,
    RULE_TITLE,
    TAIL_HEADING,
    compiled,
    heading_inside,
    match,
    rule_of,
)
from dedup.text.folding import SINGLE_RANGES
from dedup.text.segmentation import dateline, is_byline, is_tail, split, title_tokens
from dedup.text.tokens import LINE, Tokens, tokenise

#: Zones of a token.
BODY, HEAD, FOOT, TAIL, INLINE = range(5)
ZONES = ("body", "head", "foot", "tail", "inline")
#: Words of a body after which a cut block still stands in its foot.
FOOT_WORDS = 30
#: Bytes; longer blocks are notes to the reader.
LONGEST_CREDIT = 400


@dataclass(frozen=True)
class Bodies:
    """The bodies of n articles, and where credits may stand.

    `tokens` are those of the bodies alone. `spans` (4, m) int64 lists cut blocks of head and foot: the article's
    index, the rule, the first byte and the byte after the last in the text. `ruled`: the tokens that the rules alone
    leave, where a learned model cut more; what stands there may still say who wrote the text.
    """

    tokens: Tokens
    spans: NDArray[np.int64]
    ruled: Tokens | None = None

    @property
    def before_learning(self) -> Tokens:
        """The tokens of the bodies as the rules alone leave them."""
        return self.tokens if self.ruled is None else self.ruled

    def without(self, domain: NDArray[np.int64], slots: NDArray[np.uint64]) -> Bodies:
        """The bodies without learned furniture too; these are the rules' and change. domain, slots: `token_zones`."""
        tokens = self.tokens
        # Packing the bodies moves all but the first tokens, so what it moves is copied.
        ruled = replace(
            tokens, last=tokens.last.copy(), word=tokens.word.copy(), start=tokens.start.copy(), end=tokens.end.copy()
        )
        zone, touched = token_zones(tokens, domain, slots)
        body_kernel(
            tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, tokens.folded, tokens.folded_start,
            zone, touched, tokens.single,
        )  # fmt: skip
        return Bodies(tokens, self.spans, ruled)

    def credits(self) -> Iterator[tuple[int, int, str]]:
        """The cut blocks as (article, rule, text); a closing parenthesis or full stop belongs to the text."""
        data, offsets = self.tokens.texts
        text, bounds = data.data, offsets.tolist()  # a list's and a memory's items take a third of an array's time
        for i, rule, low, high in self.spans.T.tolist():
            if high - low <= LONGEST_CREDIT:
                base, stop = bounds[i], bounds[i + 1]
                part = text[max(base, base + low - 1) : min(stop, base + high + 1)]
                yield i, rule, str(part, "utf-8", "ignore").strip()


@kernel
def zone_kernel(data, offsets, first, last, word, start, end, title_first, title_last, title, phrases):
    """Zone (t,) uint8 and rule (t,) int16 of every token, and which articles (n,) bool have furniture.

    data, offsets: the texts; first .. end: their tokens; title_first .. title: the words of the titles.
    """
    n = len(first)
    zone = np.zeros(len(word), np.uint8)
    rule = np.zeros(len(word), np.int16)
    touched = np.zeros(n, np.bool_)
    longest = 0
    for i in range(n):
        longest = max(longest, last[i] - first[i])
    lines = np.empty(longest + 2, np.int64)
    blocks = np.empty(longest + 2, np.int64)
    for i in range(n):
        low = first[i]
        high = last[i]
        if low == high:
            continue
        base = offsets[i]
        stop = offsets[i + 1]
        repeated = title_tokens(word, low, high, title, title_first[i], title_last[i])
        zone[low : low + repeated] = HEAD
        rule[low : low + repeated] = RULE_TITLE
        low += repeated
        count = split(data, base, start, word, low, high, lines, blocks)
        seen = 0  # body tokens so far
        tail = high
        for b in range(count):
            block_low = blocks[b]
            block_high = blocks[b + 1]
            length = block_high - block_low
            # A heading announces other stories only after a story.
            if seen >= 30:
                place = match(word, block_low, block_low, block_high, phrases, 1 << TAIL_HEADING, length)
                if place >= 0 and is_tail(data, base, stop, start, end, blocks, b, count):
                    tail = block_low
                    rule[tail:high] = RULE_AFTER_HEADING
                    rule[tail:block_high] = FIRST_PHRASE + place
                    break
                if length > 20:
                    inside = heading_inside(word, block_low, block_high, phrases)
                    if inside >= 0 and is_tail(data, base, stop, start, end, blocks, b, count):
                        tail = inside
                        rule[tail:high] = RULE_AFTER_HEADING
                        place = rule_of(word, block_low, tail, phrases, False) if tail > block_low else -1
                        if place >= 0:  # a share line before the heading, in one sentence with it
                            zone[block_low:tail] = INLINE
                            rule[block_low:tail] = FIRST_PHRASE + place
                        else:
                            seen += tail - block_low
                        break
            if seen == 0 and is_byline(word, block_low, block_high, phrases.by):
                zone[block_low:block_high] = HEAD
                rule[block_low:block_high] = RULE_BYLINE
                touched[i] = True
                continue
            place = rule_of(word, block_low, block_high, phrases, seen < 60)
            if place >= 0:
                zone[block_low:block_high] = HEAD if seen == 0 else INLINE
                rule[block_low:block_high] = FIRST_PHRASE + place
                touched[i] = True
                continue
            if seen == 0:
                dated = dateline(data, base, stop, word, start, end, block_low, block_high)
                zone[block_low : block_low + dated] = HEAD
                rule[block_low : block_low + dated] = RULE_DATELINE
                length -= dated
                touched[i] = touched[i] or dated > 0
            seen += length
        zone[tail:high] = TAIL
        touched[i] = touched[i] or tail < high or low > first[i]
        # What was cut after the last words of the story is its foot, or before a line or two that no rule knows.
        at = tail - 1
        more = FOOT_WORDS
        while at >= low and (zone[at] != BODY or more > 0):
            if zone[at] == INLINE:
                zone[at] = FOOT
            elif zone[at] == BODY:
                more -= 1
            at -= 1
    return zone, rule, touched


@kernel
def body_kernel(first, last, word, start, end, folded, folded_start, zone, touched, single):
    """Pack the tokens of zone BODY to the front of each touched article's, in place; sets `last` and `single`."""
    for i in range(len(first)):
        if not touched[i]:
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


@kernel
def _move_down(data, low, high, shift):
    """Move the bytes low..high of `data` down by `shift` (above 0). Going up, no byte is read after it was written."""
    at = low
    while at + 8 <= high:
        store64(data, at - shift, load64(data, at))
        at += 8
    while at < high:
        data[at - shift] = data[at]
        at += 1


@kernel
def _is_single(folded, at):
    """1 if the token at byte `at` begins with a Han, Kana, Thai, Lao, Khmer or Myanmar character, else 0."""
    lead = np.int64(folded[at])
    if lead < 0xE0:
        return 0
    code = ((lead & 0x0F) << 12) | ((np.int64(folded[at + 1]) & 0x3F) << 6) | (np.int64(folded[at + 2]) & 0x3F)
    if lead >= 0xF0:
        code = ((lead & 0x07) << 18) | ((code & 0xFFF) << 6) | (np.int64(folded[at + 3]) & 0x3F)
    for low, high in SINGLE_RANGES:
        if low <= code <= high:
            return 1
    return 0


@kernel
def _spans(first, last, word, start, end, zone, rule, touched, credit, out):
    """Write the runs of one rule in head and foot where a credit may stand into `out`; returns how many there are."""
    count = 0
    for i in range(len(first)):
        if not touched[i]:
            continue
        at = first[i]
        while at < last[i]:
            if (zone[at] != HEAD and zone[at] != FOOT) or not credit[rule[at]]:
                at += 1
                continue
            run = at + 1
            while run < last[i] and rule[run] == rule[at] and zone[run] == zone[at] and not word[run] & LINE:
                run += 1
            if count < out.shape[1]:
                out[0, count] = i
                out[1, count] = rule[at]
                out[2, count] = start[at]
                out[3, count] = end[run - 1]
            count += 1
            at = run
    return count


@kernel
def span_kernel(first, last, word, start, end, zone, rule, touched, credit):
    """Blocks of head and foot where a credit may stand: (4, m) int64, article, rule, start byte, end byte.

    `credit` (rules,) bool: rules whose cuts may hold a credit; share lines and photo credits say nothing of who
    wrote the text.
    """
    out = np.empty((4, 8 * len(first)), np.int64)
    count = _spans(first, last, word, start, end, zone, rule, touched, credit, out)
    if count > out.shape[1]:
        out = np.empty((4, count), np.int64)
        _spans(first, last, word, start, end, zone, rule, touched, credit, out)
    return out[:, :count]


def cut(
    texts: pa.Array | Buffers,
    titles: pa.Array | Buffers | None = None,
    domains: pa.Array | None = None,
    learned: Furniture | None = None,
) -> Bodies:
    """The bodies of the texts, and where their furniture stands; by a learned model too, if there is one."""
    tokens = tokenise(texts)
    zone, rule, touched = zones(tokens, titles)
    spans = span_kernel(
        tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, zone, rule, touched, compiled()[2]
    )
    body_kernel(
        tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, tokens.folded, tokens.folded_start, zone,
        touched, tokens.single,
    )  # fmt: skip
    bodies = Bodies(tokens, spans)
    return bodies.without(learned.numbers(domains), learned.slots) if learned and domains is not None else bodies


def zones(
    tokens: Tokens, titles: pa.Array | Buffers | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.int16], NDArray[np.bool_]]:
    """The zone and the rule number of every token, and which articles have furniture."""
    headline = tokenise(titles if titles is not None else pa.nulls(len(tokens), pa.large_string()))
    return zone_kernel(
        *tokens.texts, tokens.first, tokens.last, tokens.word, tokens.start, tokens.end,
        headline.first, headline.last, headline.word, compiled()[0],
    )  # fmt: skip
