"""Find the labels of a page's menus and buttons around a story: `Home | Politics | Sport`, `Share`, `3 comments`.

A line of nothing but labels is none of the story. A text that lost its line breaks begins with labels, and perhaps a
byline among them: `Subscribe By Jane Roe 3 comments Print The mayor said`. There a few labels must stand together,
since each alone is a word of prose, and commas or small letters show prose: `Facebook, Twitter and Google said`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from dedup.kernels.jit import scalar_kernel
from dedup.languages import lexicon
from dedup.text.boilerplate.kind_table import KindTable, kind_table, longest
from dedup.text.boilerplate.rules import AGENCY_LINE, match
from dedup.text.boilerplate.segments import is_in
from dedup.text.segmentation import dateline
from dedup.text.tokens import CAPITAL, DIGIT, LINE, QUOTED, SENTENCE

#: Kinds of a label, in bits: of a menu or a button, one with a number beside it, and one that a writer's name follows.
#: And of a word that begins sentences and no name.
_LABEL, _COUNT, _AUTHOR, _SENTENCE = 1, 2, 4, 8
#: Labels that stand together at the beginning of a longer text, if no byline is among them; and of a line in a story.
_TOGETHER = 3
#: Tokens of one label.
LONGEST_LABEL = 4
#: Words of a name in a byline, and of the name of an agency behind it; tokens of a byline with a label.
_NAME, _AGENCY, _LABELLED = 5, 4, 14
#: Tokens of a name in a script without capitals behind a colon, with what a paper calls itself; and without a colon:
#: characters, and words.
_CASELESS_NAME, _HAN_NAME, _NAME_OF_WORDS = 12, 4, 3
#: Bytes between two labels: space, line breaks, tab, `|`, `/`, `:`, `.`, `(`, `)`, `>`, `#`.
_BETWEEN = np.zeros(256, np.bool_)
_BETWEEN[[9, 10, 13, 32, 35, 40, 41, 46, 47, 58, 62, 124]] = True


@cache
def page_labels() -> KindTable:
    """Build the table of all languages."""
    kinds: dict[str, int] = {}
    lists = (
        ("menu_word", _LABEL), ("share_word", _LABEL), ("consent_button", _LABEL), ("share_count", _LABEL | _COUNT),
        ("byline_label", _AUTHOR), ("sentence_word", _SENTENCE),
    )  # fmt: skip
    for name, kind in lists:
        for word in lexicon.words(name):
            kinds[word.lower()] = kinds.get(word.lower(), 0) | kind
    return kind_table(kinds)


@scalar_kernel
def _are_apart(data, low, high):
    """Return whether only spaces and signs between labels are in bytes low..high, and some are; data uint8."""
    at = low
    while at < high:
        if data[at] == 0xC2 and at + 1 < high and data[at + 1] in (0xB7, 0xBB, 0xA0):  # · » and a space
            at += 2
        elif at + 2 < high and (
            (data[at] == 0xE2 and data[at + 1] == 0x80 and data[at + 2] in (0xA2, 0xBA))  # • ›
            or (data[at] == 0xEF and data[at + 1] == 0xBD and data[at + 2] == 0x9C)  # ｜
        ):
            at += 3
        elif _BETWEEN[data[at]]:
            at += 1
        else:
            return False
    return high > low


@scalar_kernel
def _begins(data, base, word, start, at):
    """Return whether token `at` begins with a capital or a character without case; word (t,) uint32."""
    return word[at] & CAPITAL != 0 or data[base + start[at]] >= 0xD7


@scalar_kernel
def _unknown_label(data, base, word, start, end, at, high):
    """Return the tokens of a label that no list knows at token `at`, or 0: few words before a bar.

    data (bytes,) uint8, base: the text; word (t,) uint32; start, end (t,) int32.
    """
    for size in range(1, LONGEST_LABEL):
        token = at + size
        if token >= high or not _begins(data, base, word, start, token - 1) or word[token - 1] & DIGIT:
            return 0
        for byte in data[base + end[token - 1] : base + start[token]]:
            if byte == 124:
                return size
            if byte != 32:
                return 0
    return 0


@scalar_kernel
def label_run(data, base, word, start, end, low, high, labels):
    """Return how many tokens from `low` on, before `high`, are labels, and how many known labels these are.

    data (bytes,) uint8, base: the text; word (t,) uint32; start, end (t,) int32. labels: `KindTable`. A number belongs
    to a label beside it that counts: `3 comments`, `Kommentare (3)`. Half as many labels may be unknown.
    """
    at = low
    stop = low  # behind the last known label
    count = unknown = 0
    counts = False  # whether the last label may have its number behind it
    while at < high:
        if at > low and not _are_apart(data, base + end[at - 1], base + start[at]):
            break
        if word[at] & DIGIT:
            size = np.int64(1)
            if not counts:
                if at + 1 == high or not _are_apart(data, base + end[at], base + start[at + 1]):
                    break
                size, _ = longest(word, at + 1, high, labels, _COUNT)
                if size == 0:
                    break
                size += 1
                count += 1
            counts = False
            at += size
            stop = at
            continue
        size, kinds = longest(word, at, high, labels, _LABEL)
        if size > 0 and _begins(data, base, word, start, at):
            count += 1
            counts = kinds & _COUNT != 0
            at += size
            stop = at
            continue
        size = _unknown_label(data, base, word, start, end, at, high)
        unknown += 1
        if size == 0:
            break
        counts = False
        at += size
    if at == high and unknown > 0 and stop < high:
        unknown -= 1
    return (stop - low, count) if 2 * (unknown - (at < high)) <= count else (0, 0)


@scalar_kernel
def _agency_size(word, at, high, phrases):
    """Return the tokens of the longest name of an agency at token `at`, before `high`, or 0; word (t,) uint32."""
    for size in range(min(_AGENCY, high - at), 0, -1):
        if match(word, at, at, at + size, phrases, 1 << AGENCY_LINE, size) >= 0:
            return size
    return 0


@scalar_kernel
def _has_dash(data, low, high):
    """Return whether a hyphen or a dash stands between bytes low..high; data uint8."""
    for at in range(low, high):
        if data[at] == 45 or (data[at] == 0xE2 and data[at + 1] == 0x80 and data[at + 2] in (0x93, 0x94)):
            return True
    return False


@scalar_kernel
def _byline_size(data, base, stop, word, start, end, low, high, is_unbroken, labels, phrases):
    """Return the tokens of a byline at `low` whose end can be seen in a text without line breaks, or 0.

    The name of an agency ends it, or labels follow, a dateline, a quotation, or a word that begins
    sentences. The arguments are those of `page_head`.
    """
    if low == high or not word[low] & CAPITAL:
        return 0
    at = low + 1
    if not is_in(word[low], phrases.by):
        size, _ = longest(word, low, high, labels, _AUTHOR)
        if size == 0 or low + size >= high or data[base + end[low + size - 1]] != 58:
            return 0
        at = low + size
    first = at
    while at < min(high, first + 1 + _NAME) and word[at] & CAPITAL and not word[at] & LINE:
        if at > first + 1:
            if data[base + end[at - 1]] == 32:
                if word[at] & QUOTED or longest(word, at, high, labels, _SENTENCE)[0] > 0:
                    return at - low
                if dateline(data, base, stop, word, start, end, at, high, phrases) > 0:
                    return at - low
                if _has_dash(data, base + end[at - 1], base + start[at]):  # `By Jane Roe Quincy - Police`
                    return min(at, first + 2) - low
            if data[base + end[at - 1]] == 44:
                size = _agency_size(word, at, high, phrases)
                if size > 0:
                    return at + size - low
            size, count = label_run(data, base, word, start, end, at, high, labels)
            if count > 1 and at + size < high and word[at + size] & (CAPITAL | DIGIT | QUOTED):
                return at - low
        if at > first and data[base + end[at - 1]] not in (32, 46, 44):
            return 0
        at += 1
    if first + 1 < at < high and word[at] & DIGIT:  # `By Jane Roe 3 comments`
        size, count = label_run(data, base, word, start, end, at, high, labels)
        return at - low if count > 0 else 0
    # `By Jane Roe Cash grain bids at`: of three or four capitals before a small letter the last begin the story.
    is_story = is_unbroken and first + 3 <= at <= first + 4 and at < high and not word[at] & (CAPITAL | DIGIT | LINE)
    return 2 + first - low if is_story and data[base + end[at - 1]] == 32 else 0


@scalar_kernel
def page_head(data, base, stop, word, start, end, low, high, is_unbroken, labels, phrases):
    """Return how many tokens at the head of the block low..high are labels, with a byline among them perhaps.

    data (bytes,) uint8, base, stop: the text; word (t,) uint32; start, end (t,) int32. is_unbroken: whether the line
    goes on behind the block. labels: `KindTable`; phrases: `rules.Phrases`.
    """
    size, count = label_run(data, base, word, start, end, low, high, labels)
    if size == high - low:
        return size
    at = low + size
    cut = np.int64(0)
    if count >= _TOGETHER and _goes_on(data, base, word, start, at):
        cut = size
    by = _byline_size(data, base, stop, word, start, end, at, high, is_unbroken, labels, phrases)
    if by > 0:
        size, more = label_run(data, base, word, start, end, at + by, high, labels)
        if longest(word, at + by, high, labels, _SENTENCE)[0] > 0:
            size = more = 0  # `In` is a button too
        if count + more > 0 and at + by + size < high and _goes_on(data, base, word, start, at + by + size):
            return at + by + size - low
        return at + by - low if _goes_on(data, base, word, start, at + by) else cut
    return cut


@scalar_kernel
def is_label_alone(data, base, stop, word, start, end, low, high, labels):
    """Return whether the label at `low` ends with its line: in capitals, before a blank line, or before another label.

    data (bytes,) uint8, base, stop: the text; word (t,) uint32; start, end (t,) int32. high: the last token of the text
    and one; labels: `KindTable`.
    """
    size, _ = longest(word, low, high, labels, _LABEL)
    after = low + max(size, 1)
    breaks = 0
    for at in range(base + end[after - 1], base + start[after] if after < high else stop):
        breaks += data[at] == 10
    if breaks > 1 or after == high or (word[after] & SENTENCE and data[base + end[after - 1]] == 46):
        return True
    has_small = False
    for byte in data[base + start[low] : base + end[after - 1]]:
        has_small |= 97 <= byte <= 122 or byte >= 0x80
    if not has_small:
        return True
    more, _ = label_run(data, base, word, start, end, low, high, labels)
    return low + more == high or (low + more > after and word[low + more] & LINE != 0)


@scalar_kernel
def _goes_on(data, base, word, start, at):
    """Return whether a sentence may begin at token `at`; word (t,) uint32."""
    return word[at] & (CAPITAL | DIGIT | QUOTED) != 0 or data[base + start[at]] >= 0xD7


@scalar_kernel
def is_labelled_byline(data, base, word, start, end, low, high, line_end, labels):
    """Return whether the line low..high is a label and a name: `Author: Jane Roe`.

    data (bytes,) uint8, base: the text; word (t,) uint32; start, end (t,) int32. line_end: the last byte of the line
    and one; labels: `KindTable`. Names have capitals; in a script without capitals they are short.
    """
    if high - low > 2 * _LABELLED or not _begins(data, base, word, start, low):
        return False
    size, _ = longest(word, low, high, labels, _AUTHOR)
    if size == 0 or size == high - low:
        return False
    at = base + end[low + size - 1]
    while data[at] == 32:
        at += 1
    has_colon = data[at] == 58 or (data[at] == 0xEF and data[at + 1] == 0xBC and data[at + 2] == 0x9A)
    if data[base + start[low + size]] >= 0xD7:
        for byte in data[base + end[high - 1] : line_end]:
            if byte not in (9, 10, 13, 32, 41):
                return False
        name = high - low - size
        if has_colon:
            return name <= _CASELESS_NAME
        # A headline may begin with such a word too, but a name is shorter.
        is_han = 0xE3 <= data[base + start[low]] <= 0xE9
        return name <= (_HAN_NAME if is_han else _NAME_OF_WORDS)
    if high - low > _LABELLED:
        return False
    small = 0
    for token in range(low + size, high):
        small += word[token] & (CAPITAL | DIGIT) == 0
    return has_colon and small <= 2 and 2 * small < high - low - size
