"""Furniture by rule: what the page wraps around the story is set aside, with its zone, never thrown away.

The rules are data (furniture.json): phrases over folded tokens, and what a block that holds one is. Two more rules
are structure: a dateline before the first words of the story, and a tail of foreign headlines after a heading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numba as nb
import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from dedup.articles.agencies import agencies
from dedup.articles.batch import text_array
from dedup.articles.fold import SINGLE_RANGES
from dedup.articles.memory import load64, store64
from dedup.articles.tokens import CAPITAL, DIGIT, LINE, SENTENCE, WORD_HASH, Tokens, text_buffers, tokenise

#: Zones of a token.
BODY, HEAD, FOOT, TAIL, INLINE = range(5)
ZONES = ("body", "head", "foot", "tail", "inline")

#: Kinds of phrase rule, in the order of furniture.json.
KINDS = ("tail_heading", "line_start", "line_anywhere", "line_exact", "head_start")
_TAIL_HEADING, _LINE_START, _LINE_ANYWHERE, _LINE_EXACT, _HEAD_START = range(5)

#: Rules that are not phrases; phrases are numbered from FIRST_PHRASE on.
RULE_NONE, RULE_TITLE, RULE_DATELINE, RULE_AFTER_HEADING, RULE_BYLINE = range(5)
FIRST_PHRASE = 5
#: First words of a byline, in capitals: `By JANE ROE, Associated Press`.
_BYLINE_WORDS = "by von por par di door av"

#: Lines longer than this are cut at sentence ends: extractors that lose line breaks glue furniture to the story.
LONG_LINE = 80
#: A dateline ends within so many bytes and tokens of the story's first word.
_DATELINE_BYTES, _DATELINE_TOKENS = 100, 14
_SLOTS = 4096
#: Bytes; longer blocks are notes to the reader.
LONGEST_CREDIT = 400


class Phrases(NamedTuple):
    """Phrase rules as arrays: `slot` (4096,) int32 maps the low bits of an anchor token's hash to the first phrase
    of that slot, -1 for none; phrases of a slot follow each other until `last`. Tokens of phrase p are
    `token[begin[p] : begin[p + 1]]`, its anchor is number `anchor[p]` of them: the first, or the longest where the
    phrase may stand anywhere, for first words like "in" and "the" stand everywhere. `anywhere` (4096,) bool: slots with a phrase that may stand anywhere in a block.
    `by`: first words of a byline."""

    slot: NDArray[np.int32]
    begin: NDArray[np.int32]
    anchor: NDArray[np.int32]
    token: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    max_tokens: NDArray[np.int32]
    last: NDArray[np.bool_]
    anywhere: NDArray[np.bool_]
    by: NDArray[np.uint32]


@dataclass(frozen=True)
class Bodies:
    """The bodies of n articles, and where credits may stand.

    `tokens` are those of the bodies alone. `spans` (4, m) int64 lists cut blocks of head and foot: the article's
    index, the rule, the first byte and the byte after the last in the text.
    """

    tokens: Tokens
    spans: NDArray[np.int64]

    def credits(self) -> Iterator[tuple[int, int, str]]:
        """The cut blocks as (article, rule, text); a closing parenthesis or full stop belongs to the text."""
        data, offsets = text_buffers(self.tokens.texts)
        for i, rule, low, high in self.spans.T.tolist():
            if high - low <= LONGEST_CREDIT:
                base, stop = int(offsets[i]), int(offsets[i + 1])
                part = data[max(base, base + low - 1) : min(stop, base + high + 1)]
                yield i, rule, part.tobytes().decode(errors="ignore").strip()


@cache
def _rules() -> tuple[tuple[str, str, int, str], ...]:
    """(phrase, kind, most tokens of a block, zone) of every phrase rule. A line that is an agency's name is a credit."""
    data = orjson.loads((files("dedup.articles") / "furniture.json").read_bytes())
    rules = [(r["phrase"], kind, r["max_tokens"], r["zone"]) for kind in KINDS for r in data[kind]]
    names = sorted({name for agency in agencies() for name in agency.names if len(name) > 2})
    return (*rules, *((name, "line_exact", 12, "foot") for name in names))


@cache
def _compiled() -> tuple[Phrases, tuple[str, ...], NDArray[np.bool_]]:
    """The phrases as arrays; the name of every rule; whether what a rule cuts may hold a credit."""
    rules = _rules()
    tokens = tokenise(text_array([rule[0] for rule in rules]))
    rows = [tokens.words(i) & WORD_HASH for i in range(len(rules))]
    anchors = [_anchor(tokens.text(i).split(), rules[i][1]) for i in range(len(rules))]
    order = sorted(range(len(rules)), key=lambda i: (int(rows[i][anchors[i]]) % _SLOTS, rules[i]))
    slots = [int(rows[i][anchors[i]]) % _SLOTS for i in order]
    slot = np.full(_SLOTS, -1, np.int32)
    for place, value in reversed(list(enumerate(slots))):
        slot[value] = place
    phrases = Phrases(
        slot,
        np.cumsum([0, *(len(rows[i]) for i in order)]).astype(np.int32),
        np.array([anchors[i] for i in order], np.int32),
        np.concatenate([rows[i] for i in order]),
        np.array([KINDS.index(rules[i][1]) for i in order], np.uint8),
        np.array([rules[i][2] for i in order], np.int32),
        np.array([place + 1 == len(slots) or slots[place + 1] != s for place, s in enumerate(slots)]),
        np.isin(np.arange(_SLOTS), [s for s, i in zip(slots, order, strict=True) if rules[i][1] == "line_anywhere"]),
        tokenise(text_array([_BYLINE_WORDS])).words(0) & WORD_HASH,
    )
    names = ("", "title", "dateline", "after a tail heading", "byline", *(f"{rules[i][1]}: {rules[i][0]}" for i in order))
    credit = np.array([False, False, True, False, True, *(rules[i][3] != "tail" for i in order)])
    return phrases, names, credit


def _anchor(words: list[str], kind: str) -> int:
    return max(range(len(words)), key=lambda i: (len(words[i]), -i)) if kind == "line_anywhere" else 0


def rule_name(rule: int) -> str:
    """What a rule number of `Bodies.rule` means, for people."""
    return _compiled()[1][rule]


@nb.njit(nogil=True, cache=True)
def _match(word, low, at, end, phrases, wanted, length):
    """The first phrase of a kind in `wanted` (bit set) whose anchor is token `at` of the block low..end, or -1.

    `length` is the block's number of tokens; a phrase does not apply to a longer block than its rule allows.
    """
    place = phrases.slot[word[at] & np.uint32(_SLOTS - 1)]
    if place < 0:
        return -1
    while True:
        if (wanted >> phrases.kind[place]) & 1 and length <= phrases.max_tokens[place]:
            first = phrases.begin[place]
            size = phrases.begin[place + 1] - first
            start = at - phrases.anchor[place]
            if low <= start and start + size <= end and (phrases.kind[place] != _LINE_EXACT or size == length):
                same = True
                for i in range(size):
                    if (word[start + i] & WORD_HASH) != phrases.token[first + i]:
                        same = False
                        break
                if same:
                    return place
        if phrases.last[place]:
            return -1
        place += 1


@nb.njit(nogil=True, cache=True)
def _split(data, base, start, word, low, high, blocks):
    """Write the first tokens of the blocks of tokens low..high into `blocks`, with `high` last; returns how many.

    A line that begins in lower case inside a sentence goes on with the line before it: hard-wrapped text.
    """
    count = 0
    at = low
    while at < high:
        line_end = at + 1
        while line_end < high:
            if word[line_end] & LINE and (word[line_end] & SENTENCE or not 97 <= data[base + start[line_end]] <= 122):
                break
            line_end += 1
        blocks[count] = at
        count += 1
        if line_end - at > LONG_LINE:
            for i in range(at + 1, line_end):
                if word[i] & SENTENCE:
                    blocks[count] = i
                    count += 1
        at = line_end
    blocks[count] = high
    return count


@nb.njit(nogil=True, cache=True)
def _ending(data, low, high):
    """How the bytes between two blocks begin: 2 an ellipsis, 1 the end of a sentence, 0 neither."""
    stop = min(low + 12, high)
    for i in range(low, stop):
        byte = data[i]
        if byte == 10:
            break
        if byte == 0xE2 and i + 2 < high and data[i + 1] == 0x80 and data[i + 2] == 0xA6:
            return 2
        if byte == 46:
            return 2 if i + 2 < high and data[i + 1] == 46 and data[i + 2] == 46 else 1
        # A closing quotation mark, 。！？ and the Devanagari danda count as ends as well.
        if byte == 33 or byte == 63 or byte == 34 or byte == 58:
            return 1
        if byte == 0xE2 and i + 2 < high and data[i + 1] == 0x80 and (data[i + 2] == 0x9D or data[i + 2] == 0x9C):
            return 1
        if byte == 0xE3 and i + 2 < high and data[i + 1] == 0x80 and data[i + 2] == 0x82:
            return 1
    return 0


@nb.njit(nogil=True, cache=True)
def _is_tail(data, base, stop, start, end, blocks, block, count):
    """Whether the blocks after a heading are teasers of other stories: headlines do not end like sentences."""
    following = count - block - 1
    open_ends = 0
    ellipses = 0
    words = 0
    for b in range(block + 1, count):
        last = blocks[b + 1] - 1
        high = base + start[blocks[b + 1]] if b + 1 < count else stop
        kind = _ending(data, base + end[last], high)
        words += last + 1 - blocks[b]
        if kind == 2:
            ellipses += 1
        elif kind == 0:
            open_ends += 1
    return words < 30 or ellipses >= 3 or 2 * (open_ends + ellipses) >= following


@nb.njit(nogil=True, cache=True)
def _dash(data, at, stop):
    """The length of a dash at byte `at` that sets a dateline off, or 0: an em or en dash, `--`, or ` - `."""
    if at + 2 < stop and data[at] == 0xE2 and data[at + 1] == 0x80 and (data[at + 2] == 0x94 or data[at + 2] == 0x93):
        return 3
    if data[at] == 45:
        if at + 1 < stop and data[at + 1] == 45:
            return 2
        if at > 0 and data[at - 1] in (32, 41, 46) and at + 1 < stop and data[at + 1] in (32, 10):
            return 1
    return 0


@nb.njit(nogil=True, cache=True)
def _dateline(data, base, stop, word, start, end, low, high):
    """The number of tokens of a dateline at the head of tokens low..high, or 0.

    Either something in parentheses is set off by a dash (`PARIS, March 3 (Reuters) -`), or a place in capitals is
    (`WASHINGTON —`). Before the dash nearly all words are capitals, digits or in the parentheses.
    """
    limit = min(high, low + _DATELINE_TOKENS)
    first = base + start[low]
    bound = min(stop, first + _DATELINE_BYTES)
    upper = 0
    for at in range(first, base + end[low]):
        if 65 <= data[at] <= 90 or data[at] >= 0x80:
            upper += 1
    shouted = upper == end[low] - start[low] and upper >= 3
    opened = first > base and data[first - 1] == 40
    closed = False
    small = 0
    token = low
    at = first
    while at < bound:
        byte = data[at]
        while token < limit and base + end[token] <= at:
            if not opened and not word[token] & (CAPITAL | DIGIT):
                small += 1
            token += 1
        if token >= limit or small > 2:
            return 0
        if byte == 40:
            opened = True
        elif byte == 41 and opened:
            opened = False
            closed = True
        elif byte == 10 or byte == 33 or byte == 63:
            return 0
        elif not opened:
            if closed and byte == 58:
                return token - low
            if _dash(data, at, stop) > 0:
                return token - low if closed or (shouted and token > low) else 0
        at += 1
    return 0


@nb.njit(nogil=True, cache=True)
def _is_byline(word, low, high, by):
    """Whether a block is a byline: `By`, then names, with at most two small words among them."""
    if high - low < 2 or high - low > 14 or not word[low] & CAPITAL:
        return False
    known = False
    for candidate in by:
        known = known or (word[low] & WORD_HASH) == candidate
    small = 0
    for at in range(low + 1, high):
        if not word[at] & (CAPITAL | DIGIT):
            small += 1
    return known and small <= 2 and 2 * small < high - low - 1


@nb.njit(nogil=True, cache=True)
def _title_tokens(word, low, high, title, title_low, title_high):
    """The number of tokens at the head of the text that repeat the title, or 0."""
    size = title_high - title_low
    if size < 3 or low + size >= high:
        return 0
    for i in range(size):
        if (word[low + i] ^ title[title_low + i]) & WORD_HASH:
            return 0
    # A story may begin with the words of its title; a printed title is a block or is followed by a capital.
    return size if word[low + size] & (LINE | CAPITAL) else 0


@nb.njit(nogil=True, cache=True)
def _rule_of(word, low, high, phrases, early):
    """The phrase rule under which the block of tokens low..high is furniture, or -1."""
    length = high - low
    wanted = (1 << _LINE_START) | (1 << _LINE_EXACT)
    if early:
        wanted |= 1 << _HEAD_START
    place = _match(word, low, low, high, phrases, wanted, length)
    if place >= 0:
        return place
    if length <= LONG_LINE:
        for at in range(low, high):
            if phrases.anywhere[word[at] & np.uint32(_SLOTS - 1)]:
                place = _match(word, low, at, high, phrases, 1 << _LINE_ANYWHERE, length)
                if place >= 0:
                    return place
    return -1


@nb.njit(nogil=True, cache=True)
def _heading_inside(word, low, high, phrases):
    """The token within a long block at which a tail heading stands in capitals, or -1 (text without line breaks)."""
    for at in range(low + 1, high - 3):
        if word[at] & CAPITAL and word[at + 1] & CAPITAL and word[at + 2] & CAPITAL:
            place = _match(word, low, at, high, phrases, 1 << _TAIL_HEADING, 0)
            if place >= 0 and phrases.begin[place + 1] - phrases.begin[place] > 1:
                return at
    return -1


@nb.njit(nogil=True, cache=True)
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
    blocks = np.empty(longest + 2, np.int64)
    for i in range(n):
        low = first[i]
        high = last[i]
        if low == high:
            continue
        base = offsets[i]
        stop = offsets[i + 1]
        repeated = _title_tokens(word, low, high, title, title_first[i], title_last[i])
        zone[low : low + repeated] = HEAD
        rule[low : low + repeated] = RULE_TITLE
        low += repeated
        count = _split(data, base, start, word, low, high, blocks)
        seen = 0  # body tokens so far
        tail = high
        for b in range(count):
            block_low = blocks[b]
            block_high = blocks[b + 1]
            length = block_high - block_low
            # A heading announces other stories only after a story.
            if seen >= 30:
                place = _match(word, block_low, block_low, block_high, phrases, 1 << _TAIL_HEADING, length)
                if place >= 0 and _is_tail(data, base, stop, start, end, blocks, b, count):
                    tail = block_low
                    rule[tail:high] = RULE_AFTER_HEADING
                    rule[tail:block_high] = FIRST_PHRASE + place
                    break
                if length > 20:
                    inside = _heading_inside(word, block_low, block_high, phrases)
                    if inside >= 0 and _is_tail(data, base, stop, start, end, blocks, b, count):
                        tail = inside
                        rule[tail:high] = RULE_AFTER_HEADING
                        seen += inside - block_low
                        break
            if seen == 0 and _is_byline(word, block_low, block_high, phrases.by):
                zone[block_low:block_high] = HEAD
                rule[block_low:block_high] = RULE_BYLINE
                touched[i] = True
                continue
            place = _rule_of(word, block_low, block_high, phrases, seen < 60)
            if place >= 0:
                zone[block_low:block_high] = HEAD if seen == 0 else INLINE
                rule[block_low:block_high] = FIRST_PHRASE + place
                touched[i] = True
                continue
            if seen == 0:
                dated = _dateline(data, base, stop, word, start, end, block_low, block_high)
                zone[block_low : block_low + dated] = HEAD
                rule[block_low : block_low + dated] = RULE_DATELINE
                length -= dated
                touched[i] = touched[i] or dated > 0
            seen += length
        zone[tail:high] = TAIL
        touched[i] = touched[i] or tail < high or low > first[i]
        # What was cut after the last words of the story is its foot.
        at = tail - 1
        while at >= low and zone[at] != BODY:
            if zone[at] == INLINE:
                zone[at] = FOOT
            at -= 1
    return zone, rule, touched


@nb.njit(nogil=True, cache=True)
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


@nb.njit(nogil=True, cache=True)
def _move_down(data, low, high, shift):
    """Move the bytes low..high of `data` down by `shift` (above 0). Going up, no byte is read after it was written."""
    at = low
    while at + 8 <= high:
        store64(data, at - shift, load64(data, at))
        at += 8
    while at < high:
        data[at - shift] = data[at]
        at += 1


@nb.njit(nogil=True, cache=True)
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


def cut(texts: pa.Array, titles: pa.Array | None = None) -> Bodies:
    """The bodies of the texts, and where their furniture stands."""
    tokens = tokenise(texts)
    zone, rule, touched = zones(tokens, titles)
    spans = span_kernel(
        tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, zone, rule, touched, _compiled()[2]
    )
    body_kernel(
        tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, tokens.folded, tokens.folded_start, zone,
        touched, tokens.single,
    )  # fmt: skip
    return Bodies(tokens, spans)


def zones(
    tokens: Tokens, titles: pa.Array | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.int16], NDArray[np.bool_]]:
    """The zone and the rule number of every token, and which articles have furniture."""
    data, offsets = text_buffers(tokens.texts)
    headline = tokenise(titles if titles is not None else pa.nulls(len(tokens), pa.large_string()))
    return zone_kernel(
        data, offsets, tokens.first, tokens.last, tokens.word, tokens.start, tokens.end,
        headline.first, headline.last, headline.word, _compiled()[0],
    )  # fmt: skip


@nb.njit(nogil=True, cache=True)
def span_kernel(first, last, word, start, end, zone, rule, touched, credit):
    """The runs of one rule in head and foot where a credit may stand: (article, rule, start byte, end byte), int64.

    `credit` (rules,) bool: rules whose cuts may hold a credit; share lines and photo credits say nothing of who
    wrote the text.
    """
    out = np.empty((4, 8 * len(first) + 8), np.int64)
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
    return out[:, :count]
