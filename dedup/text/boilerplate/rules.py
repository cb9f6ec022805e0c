"""Phrase rules of boilerplate as arrays, and the search for a phrase in a block.

The phrases stand in the language files (`dedup.languages.lexicon.boilerplate`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.batch import text_array
from dedup.kernels.jit import scalar_kernel
from dedup.languages import lexicon
from dedup.text.agencies import agencies
from dedup.text.boilerplate.segments import are_equal
from dedup.text.tokens import CAPITAL, WORD_HASH, Tokens, tokenise

#: Kinds of phrase rule.
KINDS = (
    "tail_heading", "line_start", "line_anywhere", "line_exact", "head_start", "read_on", "first_on", "pitch",
    "read_also", "agency_line", "issuer",
)  # fmt: skip
(
    TAIL_HEADING, LINE_START, LINE_ANYWHERE, LINE_EXACT, HEAD_START, READ_ON, FIRST_ON, PITCH, READ_ALSO, AGENCY_LINE,
    ISSUER,
) = range(11)  # fmt: skip

#: Zones of a token.
BODY, HEAD, FOOT, TAIL, INLINE = range(5)
ZONES = ("body", "head", "foot", "tail", "inline")
#: Rules that are not phrases; phrases are numbered from FIRST_PHRASE on.
RULE_NONE, RULE_TITLE, RULE_DATELINE, RULE_AFTER_HEADING, RULE_BYLINE, RULE_SITE, RULE_REPEATED, RULE_COUNT = range(8)
RULE_BEFORE_DATELINE, RULE_TIME, RULE_CREDIT, RULE_LABELS, RULE_CAPTION, RULE_HEADLINE = range(8, 14)
FIRST_PHRASE = 14
#: Tokens; longer lines are split at sentence ends, since extractors that lose line breaks join boilerplate and story.
LONG_LINE = 80
#: Places of a table of phrases.
SLOTS = 1 << 12
#: Places of the table that is asked before the slots are: so many that few other words have the place of an anchor.
_PLACES = 1 << 14
#: Stands for no token; no hash of a token is so high.
NOTHING = np.uint32(WORD_HASH + 1)
#: Kinds whose phrase is the whole block.
_EXACT = 1 << LINE_EXACT | 1 << AGENCY_LINE


class SlotTable(NamedTuple):
    """Phrases as arrays, sorted by slot.

    `slot` (slots,) int16: from the low bits of an anchor token's hash to the first phrase of that slot, -1 for none;
    the phrases of a slot follow each other until `last`. The tokens of phrase p are `token[begin[p] : begin[p + 1]]`.
    Its anchor is number `anchor[p]` of them.
    """

    slot: NDArray[np.int16]
    begin: NDArray[np.int32]
    anchor: NDArray[np.int32]
    token: NDArray[np.uint32]
    last: NDArray[np.bool_]

    @property
    def anchors(self) -> NDArray[np.uint32]:
        """Return the hash of each phrase's anchor, (p,) uint32."""
        return self.token[self.begin[:-1] + self.anchor]


class Phrases(NamedTuple):
    """Phrase rules as arrays.

    The anchor in `table` (4096 slots) is the first token, or the longest where the phrase may stand anywhere, since
    words like "in" and "the" are in all texts. `kinds` (4096,) uint16: the kinds of the phrases of each slot, in bits.
    `anywhere` (16384,) bool: the lower bits of the anchors of phrases that may stand anywhere in a block. `follow`
    (p,) uint32: the token after the anchor of each phrase, NOTHING where it is the last. `by`: hashes of the first
    words of a byline.
    """

    table: SlotTable
    kind: NDArray[np.uint8]
    max_tokens: NDArray[np.int32]
    kinds: NDArray[np.uint16]
    anywhere: NDArray[np.bool_]
    follow: NDArray[np.uint32]
    by: NDArray[np.uint32]


def slot_table(
    texts: Sequence[str], slots: int, anchors_of: Callable[[Tokens], NDArray[np.int64]] | None = None
) -> tuple[SlotTable, list[int]]:
    """Return the table of those texts that have words, and the index of the text of each of its phrases.

    slots: a power of two. anchors_of: returns the index of the anchor among the words of each text, (n,) int64; None:
    the anchor of each is its first word.
    """
    tokens = tokenise(text_array(texts), repair=False)
    first, size = tokens.first, tokens.last - tokens.first
    hashes = tokens.word & WORD_HASH
    anchors = np.zeros(len(texts), np.int64) if anchors_of is None else anchors_of(tokens)
    with_words = np.flatnonzero(size)
    slot_of = (hashes[first[with_words] + anchors[with_words]] % slots).astype(np.int64)
    in_slots = np.argsort(slot_of, kind="stable")
    order, own = with_words[in_slots], slot_of[in_slots]
    slot = np.full(slots, -1, np.int16)
    slot[own[::-1]] = np.arange(len(own))[::-1]  # of equal slots the first phrase is the last to be written
    begin = np.append(0, np.cumsum(size[order]))
    place = np.repeat(first[order] - begin[:-1], size[order]) + np.arange(begin[-1])
    table = SlotTable(
        slot,
        begin.astype(np.int32),
        anchors[order].astype(np.int32),
        hashes[place],
        np.append(own[1:] != own[:-1], True),
    )
    return table, order.tolist()


@cache
def _rules() -> tuple[lexicon.BoilerplatePhrase, ...]:
    """Return the phrases of all languages, and the names of agencies, which are a credit alone on a line."""
    names = sorted({name for agency in agencies() for name in agency.names if len(name) > 2})
    return (*lexicon.boilerplate(), *(lexicon.BoilerplatePhrase(name, "agency_line", 12, "foot") for name in names))


@cache
def compiled() -> tuple[Phrases, tuple[str, ...], NDArray[np.bool_]]:
    """Return the phrases as arrays, the names of the rules, and (rules,) bool whether blocks may hold a credit."""
    rules = sorted(_rules())
    is_anywhere = np.array([rule.kind == "line_anywhere" for rule in rules])
    table, order = slot_table(
        [rule.phrase for rule in rules], SLOTS, lambda tokens: np.where(is_anywhere, longest_words(tokens), 0)
    )
    kind = np.array([KINDS.index(rules[i].kind) for i in order], np.uint8)
    kinds = np.zeros(SLOTS, np.uint16)
    np.bitwise_or.at(kinds, table.anchors % SLOTS, np.uint16(1) << kind)
    anywhere = np.zeros(_PLACES, np.bool_)
    anywhere[table.anchors[kind == LINE_ANYWHERE] % _PLACES] = True
    phrases = Phrases(
        table,
        kind,
        np.array([rules[i].max_tokens for i in order], np.int32),
        kinds,
        anywhere,
        _tokens_after_anchors(table),
        tokenise(text_array([" ".join(lexicon.words("byline"))]), repair=False).words(0) & WORD_HASH,
    )
    phrase_names = (f"{rules[i].kind}: {rules[i].phrase}" for i in order)
    names = (
        "", "title", "dateline", "after a tail heading", "byline", "site name", "repeated text",
        "count of characters left", "before the dateline", "time", "credit", "labels", "caption",
        "headline", *phrase_names,
    )  # fmt: skip
    of_structure = np.isin(
        np.arange(FIRST_PHRASE), (RULE_DATELINE, RULE_BYLINE, RULE_BEFORE_DATELINE, RULE_CREDIT, RULE_LABELS)
    )
    credit = np.append(of_structure, [rules[i].zone != "tail" for i in order])
    return phrases, names, credit


def _tokens_after_anchors(table: SlotTable) -> NDArray[np.uint32]:
    at = table.begin[:-1] + table.anchor + 1
    return np.where(at < table.begin[1:], np.append(table.token, NOTHING)[at], NOTHING).astype(np.uint32)


def longest_words(tokens: Tokens, common: NDArray[np.uint32] | None = None) -> NDArray[np.int64]:
    """Return the index of the longest word of each text, of several the first, (n,) int64; 0 of a text without words.

    common: hashes of words that count as shorter than all others.
    """
    letters = np.append(0, np.cumsum(tokens.folded & 0xC0 != 0x80))  # bytes that begin a character
    length = np.diff(letters[tokens.folded_start])
    if common is not None:
        length[~np.isin(tokens.word & WORD_HASH, common)] += len(tokens.folded)
    with_words = np.flatnonzero(tokens.last > tokens.first)
    most = np.maximum.reduceat(length, tokens.first[with_words])
    of_text = np.repeat(np.arange(len(with_words)), (tokens.last - tokens.first)[with_words])
    at = np.flatnonzero(length == most[of_text])
    _, first_of_text = np.unique(of_text[at], return_index=True)
    places = np.zeros(len(tokens), np.int64)
    places[with_words] = at[first_of_text] - tokens.first[with_words]
    return places


def rule_name(rule: int) -> str:
    """Return the name of a rule, for people."""
    return compiled()[1][rule]


@scalar_kernel
def match(word, low, at, end, phrases, kinds, length):
    """Return the first phrase of the kinds in the bit set `kinds` with its anchor at token `at`, or -1.

    word (t,) uint32: tokens, of which low..end are the block. length: the number of tokens that its rule must allow.
    """
    slot = word[at] & np.uint32(SLOTS - 1)
    # Nearly all calls end here.
    return _match(word, low, at, end, phrases, kinds, length) if phrases.kinds[slot] & kinds else -1


@scalar_kernel
def _match(word, low, at, end, phrases, kinds, length):
    """Return what `match` does, of a token whose slot has phrases; the arguments are those of `match`."""
    table = phrases.table
    place = table.slot[word[at] & np.uint32(SLOTS - 1)]
    following = word[at + 1] & WORD_HASH if at + 1 < end else NOTHING
    while True:
        is_likely = phrases.follow[place] == following or phrases.follow[place] == NOTHING
        if is_likely and (kinds >> phrases.kind[place]) & 1 and length <= phrases.max_tokens[place]:
            first = table.begin[place]
            size = table.begin[place + 1] - first
            start = at - table.anchor[place]
            exact = (_EXACT >> phrases.kind[place]) & 1
            if low <= start and start + size <= end and (not exact or size == length):
                if are_equal(word[start : start + size], table.token[first : first + size]):
                    return place
        if table.last[place]:
            return -1
        place += 1


@scalar_kernel
def longest_of(word, at, end, phrases, kinds):
    """Return the tokens of the longest phrase of the kinds in the bit set `kinds` that begins at token `at`, or 0.

    word (t,) uint32; end: the token after the last that it may have. Phrases that may stand anywhere begin at none.
    """
    slot = word[at] & np.uint32(SLOTS - 1)
    return _longest_of(word, at, end, phrases, kinds) if phrases.kinds[slot] & kinds else np.int64(0)


@scalar_kernel
def _longest_of(word, at, end, phrases, kinds):
    """Return what `longest_of` does, of a token whose slot has phrases; the arguments are those of `longest_of`."""
    table = phrases.table
    place = table.slot[word[at] & np.uint32(SLOTS - 1)]
    longest = np.int64(0)
    while True:
        first = table.begin[place]
        size = np.int64(table.begin[place + 1] - first)
        if (kinds >> phrases.kind[place]) & 1 and longest < size <= end - at:
            if are_equal(word[at : at + size], table.token[first : first + size]):
                longest = size
        if table.last[place]:
            return longest
        place += 1


@scalar_kernel
def size_of(phrases, place):
    """Return the number of tokens of a phrase."""
    return np.int64(phrases.table.begin[place + 1] - phrases.table.begin[place])


@scalar_kernel
def is_agency_line(phrases, rule):
    """Return whether a rule by its number is the name of an agency."""
    return rule >= FIRST_PHRASE and phrases.kind[rule - FIRST_PHRASE] == AGENCY_LINE


@scalar_kernel
def next_anchor(word, low, high, anywhere):
    """Return the first of tokens low..high whose lower bits are in `anywhere`, or high.

    word (t,) uint32; anywhere (16384,) bool.
    """
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    mask = np.uint32(_PLACES - 1)
    at, end = np.uint64(low), np.uint64(high)
    # Four at a time, since few words are in `anywhere`.
    while at + four <= end:
        first_two = anywhere[word[at] & mask] | anywhere[word[at + one] & mask]
        last_two = anywhere[word[at + two] & mask] | anywhere[word[at + three] & mask]
        if first_two | last_two:
            break
        at += four
    while at < end and not anywhere[word[at] & mask]:
        at += one
    return np.int64(at)


@scalar_kernel
def rule_of(word, low, high, phrases, early):
    """Return the phrase rule by which the block of tokens low..high is boilerplate, or -1.

    word (t,) uint32. early: whether phrases of the head apply.
    """
    length = high - low
    kinds = (1 << LINE_START) | (1 << READ_ALSO) | _EXACT
    if early:
        kinds |= 1 << HEAD_START
    place = match(word, low, low, high, phrases, kinds, length)
    if place >= 0:
        return place
    if length <= LONG_LINE:
        at = next_anchor(word, low, high, phrases.anywhere)
        while at < high:
            place = match(word, low, at, high, phrases, 1 << LINE_ANYWHERE, length)
            if place >= 0:
                return place
            at = next_anchor(word, at + 1, high, phrases.anywhere)
    return -1


@scalar_kernel
def heading(word, low, high, phrases):
    """Return the phrase by which the block low..high is a heading of other stories, or -1; word (t,) uint32.

    `Read also:` is one if it stands alone; before a headline it is no more than a link.
    """
    place = match(word, low, low, high, phrases, 1 << TAIL_HEADING, high - low)
    if place < 0:
        place = match(word, low, low, high, phrases, 1 << READ_ALSO, high - low)
        if place >= 0 and size_of(phrases, place) < high - low:
            place = -1
    return place


@scalar_kernel
def heading_inside(word, low, high, phrases):
    """Return the token at which a tail heading in capitals stands within a long block, or -1; word (t,) uint32.

    Only a text without line breaks has such a block.
    """
    one, two, chunk = np.uint64(1), np.uint64(2), np.uint64(16)
    part = word[low:high]
    size = np.uint64(max(0, high - low - 3))
    i = np.uint64(0)
    while i < size:
        # Sixteen at a time without a branch, which the compiler compares at once.
        if i + chunk <= size:
            capitals = np.uint32(0)
            for k in range(chunk):
                capitals |= part[i + k] & part[i + k + one] & part[i + k + two]
            if not capitals & CAPITAL:
                i += chunk
                continue
        if part[i] & part[i + one] & part[i + two] & CAPITAL:
            at = low + np.int64(i)
            if longest_of(word, at, high, phrases, 1 << TAIL_HEADING) > 1:
                return at
        i += one
    return -1
