"""The phrase rules of furniture as arrays, and the search for one in a block.

The rules are data (furniture.json): phrases over folded tokens, and what a block that holds one is.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.inputs.batch import text_array
from dedup.kernels.jit import kernel
from dedup.text.agencies import agencies
from dedup.text.tokens import CAPITAL, WORD_HASH, tokenise

#: Kinds of phrase rule, in the order of furniture.json.
KINDS = ("tail_heading", "line_start", "line_anywhere", "line_exact", "head_start")
TAIL_HEADING, LINE_START, LINE_ANYWHERE, LINE_EXACT, HEAD_START = range(5)

#: Rules that are not phrases; phrases are numbered from FIRST_PHRASE on.
RULE_NONE, RULE_TITLE, RULE_DATELINE, RULE_AFTER_HEADING, RULE_BYLINE = range(5)
FIRST_PHRASE = 5
#: First words of a byline, in capitals: `By JANE ROE, Associated Press`.
_BYLINE_WORDS = "by von por par di door av"
#: Lines longer than this are cut at sentence ends: extractors that lose line breaks glue furniture to the story.
LONG_LINE = 80
_SLOTS = 4096


class Phrases(NamedTuple):
    """Phrase rules as arrays: `slot` (4096,) int32 maps the low bits of an anchor token's hash to the first phrase
    of that slot, -1 for none; phrases of a slot follow each other until `last`. Tokens of phrase p are
    `token[begin[p] : begin[p + 1]]`, its anchor is number `anchor[p]` of them: the first, or the longest where the
    phrase may stand anywhere, for first words like "in" and "the" stand everywhere.
    `anywhere` (4096,) bool: slots with a phrase that may stand anywhere in a block.
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


@cache
def _rules() -> tuple[tuple[str, str, int, str], ...]:
    """(phrase, kind, most tokens of a block, zone) of every rule. A line that is an agency's name is a credit."""
    data = orjson.loads((files("dedup.text.boilerplate") / "rules.json").read_bytes())
    rules = [(r["phrase"], kind, r["max_tokens"], r["zone"]) for kind in KINDS for r in data[kind]]
    names = sorted({name for agency in agencies() for name in agency.names if len(name) > 2})
    return (*rules, *((name, "line_exact", 12, "foot") for name in names))


@cache
def compiled() -> tuple[Phrases, tuple[str, ...], NDArray[np.bool_]]:
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
    phrase_names = (f"{rules[i][1]}: {rules[i][0]}" for i in order)
    names = ("", "title", "dateline", "after a tail heading", "byline", *phrase_names)
    credit = np.array([False, False, True, False, True, *(rules[i][3] != "tail" for i in order)])
    return phrases, names, credit


def _anchor(words: list[str], kind: str) -> int:
    return max(range(len(words)), key=lambda i: (len(words[i]), -i)) if kind == "line_anywhere" else 0


def rule_name(rule: int) -> str:
    """What a rule number of `Bodies.rule` means, for people."""
    return compiled()[1][rule]


@kernel
def match(word, low, at, end, phrases, wanted, length):
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
            if low <= start and start + size <= end and (phrases.kind[place] != LINE_EXACT or size == length):
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


@kernel
def next_anchor(word, anywhere):
    """The first of the words (n,) whose slot is in `anywhere`, or n. Four at a time: it is one in a hundred."""
    n = len(word)
    mask = np.uint32(_SLOTS - 1)
    at = np.uint64(0)
    while at + np.uint64(4) <= n:
        one, two = anywhere[word[at] & mask], anywhere[word[at + np.uint64(1)] & mask]
        three, four = anywhere[word[at + np.uint64(2)] & mask], anywhere[word[at + np.uint64(3)] & mask]
        if one | two | three | four:
            break
        at += np.uint64(4)
    while at < n and not anywhere[word[at] & mask]:
        at += np.uint64(1)
    return np.int64(at)


@kernel
def rule_of(word, low, high, phrases, early):
    """The phrase rule under which the block of tokens low..high is furniture, or -1."""
    length = high - low
    wanted = (1 << LINE_START) | (1 << LINE_EXACT)
    if early:
        wanted |= 1 << HEAD_START
    place = match(word, low, low, high, phrases, wanted, length)
    if place >= 0:
        return place
    if length <= LONG_LINE:
        at = low + next_anchor(word[low:high], phrases.anywhere)
        while at < high:
            place = match(word, low, at, high, phrases, 1 << LINE_ANYWHERE, length)
            if place >= 0:
                return place
            at += 1
            at += next_anchor(word[at:high], phrases.anywhere)
    return -1


@kernel
def heading_inside(word, low, high, phrases):
    """The token within a long block at which a tail heading stands in capitals, or -1 (text without line breaks)."""
    part = word[low:high]
    for i in range(np.uint64(max(0, high - low - 3))):
        if part[i] & part[i + np.uint64(1)] & part[i + np.uint64(2)] & CAPITAL:
            at = low + np.int64(i)
            place = match(word, low, at, high, phrases, 1 << TAIL_HEADING, 0)
            if place >= 0 and phrases.begin[place + 1] - phrases.begin[place] > 1:
                return at
    return -1
