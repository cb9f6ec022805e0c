"""Find lines at the head and foot of a page that are no story whoever wrote it: those that only say when, and credits.

A line only says when if each of its words is a number or a word of times (`time_name` and so on in the language files),
and if these make a time: a name and a number, a label and a number, a number of units ago, or numbers with a year. A
credit of the foot begins with its words, and a colon, an address or names follow; or it is the end mark of a text.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from dedup.kernels.jit import scalar_kernel
from dedup.languages import lexicon
from dedup.text.boilerplate.kind_table import KindTable, kind_table, longest
from dedup.text.boilerplate.rules import AGENCY_LINE, match
from dedup.text.token_kernel import decode_number
from dedup.text.tokens import CAPITAL, DIGIT, LINE, SENTENCE

#: Kinds of an entry: bits.
NAME, LABEL, UNIT, AGO, WORD, CREDIT, CONTACT, END, PHOTO = (1 << bit for bit in range(9))
_TIME = NAME | LABEL | UNIT | AGO | WORD
#: Tokens of a line that only says when, of a credit, of a line with an address and of one that begins with none of its
#: words, and of an end mark.
LONGEST_TIME, _LONGEST_CREDIT, _LONGEST_CONTACT, _LONGEST_ADDRESS, _LONGEST_MARK = 40, 16, 30, 8, 5
#: Numbers of a line that only says when: two dates with their hours.
_MOST_NUMBERS = 16
#: Bytes of an abbreviation at the end of such a line.
_ABBREVIATION = 4
#: How a line says when: see `says_when`.
BARE, FULL, PAST, LABELLED = 1, 2, 3, 4
#: Tokens of a caption, and of the credit of its picture at its end.
_SHORTEST_CAPTION, _LONGEST_CAPTION, _LONGEST_PHOTO_CREDIT = 4, 120, 12
#: Words of a story before its foot, and words that may stand behind a credit.
_STORY, _FOOT = 30, 12
#: Tokens of one character that are as long as a word.
_CASELESS_TOKENS = 2


@cache
def end_words() -> KindTable:
    """Build the table of all languages."""
    kinds: dict[str, int] = {}
    lists = (("time_name", NAME), ("time_label", LABEL), ("time_word", WORD), ("foot_credit", CREDIT),
             ("source", CREDIT), ("foot_contact", CONTACT), ("text_end", END), ("end_bracket", END),
             ("photo", PHOTO))  # fmt: skip
    entries = [(word, kind) for name, kind in lists for word in lexicon.words(name)]
    for phrase in lexicon.words("time_past"):
        before, after = (part.strip() for part in phrase.split("#"))
        if before:
            entries.append((before, AGO))
        if after:  # `vor # Stunden` needs both of its parts, `# hours ago` has both in one
            entries.append((after, UNIT if before else UNIT | AGO))
    for text, kind in entries:
        kinds[text.lower()] = kinds.get(text.lower(), 0) | kind
    return kind_table(kinds)


@scalar_kernel
def says_when(word, start, end, low, high, ends):
    """Return how the line low..high says when: LABELLED, PAST (how long ago), FULL (a name and a year), BARE; else 0.

    word (t,) uint32; start, end (t,) int32; ends: `KindTable`.
    """
    if high - low > LONGEST_TIME or high - low < 2:
        return 0
    kinds_of_words = numbers = years = names = clocks = 0
    is_time = True  # whether each number may be one of a date or an hour
    at = low
    while at < high:
        if word[at] & DIGIT:
            value, digits = decode_number(word[at])
            # `05am`, `15th` and `10h12` are one token.
            if digits == 0 and end[at] - start[at] > 8:
                return 0
            is_year = digits == 4 and (1900 <= value < 2100 or 2440 <= value < 2650 or 1340 <= value < 1480)
            years += is_year
            clocks += digits == 0
            is_time &= is_year or digits == 0 or value < 60
            numbers += 1
            at += 1
            continue
        size, kinds = longest(word, at, high, ends, _TIME)
        if size == 0:
            return 0
        kinds_of_words |= kinds
        names += kinds & NAME != 0
        at += size
    is_past = numbers > 0 and kinds_of_words & UNIT != 0 and kinds_of_words & AGO != 0
    if not is_time or numbers == 0 or numbers > _MOST_NUMBERS:
        return 0
    if kinds_of_words & LABEL and (names > 0 or numbers > 1 or clocks > 0 or is_past):
        return LABELLED
    if is_past:
        return PAST
    if names > 0 and years > 0:
        return FULL
    return BARE if (names > 0 and numbers + names > 2) or (years > 0 and numbers > 2) else 0


@scalar_kernel
def _after_space(data, at, stop):
    """Return the first byte from `at` on that is no space; data uint8."""
    while at < stop and data[at] == 32:
        at += 1
    return at


@scalar_kernel
def _is_colon(data, at, stop):
    """Return whether a colon stands at byte `at`, perhaps after spaces; data uint8."""
    at = _after_space(data, at, stop)
    return at < stop and (
        data[at] == 58 or (at + 2 < stop and data[at] == 0xEF and data[at + 1] == 0xBC and data[at + 2] == 0x9A)
    )


@scalar_kernel
def _line_end(data, low, high):
    """Return the first line break of the bytes low..high of `data` uint8, or high: what was removed may follow it."""
    while low < high and data[low] != 10:
        low += 1
    return low


@scalar_kernel
def _has_address(data, low, high):
    """Return whether bytes low..high hold an `@` before a letter or digit; data uint8."""
    for at in range(low, high - 1):
        if data[at] == 64 and (48 <= data[at + 1] <= 57 or 65 <= data[at + 1] <= 122):
            return True
    return False


@scalar_kernel
def _begins_with_mark(data, base, at):
    """Return whether a dash or quotation mark stands before byte `at` on its line; data uint8, base: the text."""
    while at > base and data[at - 1] != 10:
        at -= 1
        if data[at] in (34, 45, 0xE2, 0xC2):
            return True
    return False


@scalar_kernel
def _are_names(data, base, word, start, low, high):
    """Return whether tokens low..high are names: with capitals or digits, but for at most two small words."""
    small = 0
    for at in range(low, high):
        if data[base + start[at]] >= 0xD7:
            return False  # a script without capitals shows no names
        small += word[at] & (CAPITAL | DIGIT) == 0
    return small <= 2 and 2 * small < high - low


@scalar_kernel
def is_credit(data, base, stop, word, start, end, low, high, last, is_last, ends):
    """Return whether the line low..high, at the foot, is a credit.

    data (bytes,) uint8, base, stop: the text; word (t,) uint32; start, end (t,) int32. last: the last token of the
    text and one. is_last: whether no words of the story follow. ends: `KindTable`.
    """
    length = high - low
    if length > _LONGEST_CONTACT:
        return False
    line_end = _line_end(data, base + end[high - 1], base + start[high] if high < last else stop)
    size, kinds = longest(word, low, high, ends, CREDIT | CONTACT | END)
    is_caseless = data[base + start[low]] >= 0xD7
    address_size = _LONGEST_ADDRESS * (_CASELESS_TOKENS if is_caseless else 1)
    if _has_address(data, max(base, base + start[low] - 1), line_end):
        # `— Jane Roe (@janeroe) July 15` signs a message that the story shows.
        return size > 0 or (is_last and length <= address_size and not _begins_with_mark(data, base, base + start[low]))
    if size == 0:
        return False
    if kinds & END and size == length:
        return word[low] & CAPITAL != 0 or data[base + start[low]] >= 0xD7
    if length > _LONGEST_CREDIT * (_CASELESS_TOKENS if is_caseless else 1):
        return False
    if kinds & (CREDIT | CONTACT) and _is_colon(data, base + end[low + size - 1], line_end):
        return True
    if not kinds & CREDIT or ends_like_sentence(data, base + end[high - 1], line_end):
        return False
    return size == length > 1 or (size < length and _are_names(data, base, word, start, low + size, high))


@scalar_kernel
def is_caption(data, base, stop, word, start, end, low, high, last, ends):
    """Return whether the line low..high is the caption of a picture: the picture's credit ends it.

    The credit is in brackets, `(AP Photo/Jane Roe)`, or follows the last sentence without a full stop, as the names do
    in `Jane Roe, File AP Photo`. data (bytes,) uint8, base, stop: the text; word (t,) uint32; start, end (t,) int32.
    last: the last token of the text and one; ends: `KindTable`.
    """
    if high - low > _LONGEST_CAPTION or high - low < _SHORTEST_CAPTION or not _is_line(word, low, high, last):
        return False
    line_end = _line_end(data, base + end[high - 1], base + start[high] if high < last else stop)
    at = _after_space(data, base + end[high - 1], line_end)
    is_closed = at < line_end and data[at] == 41  # links to pictures stand in square brackets
    if not is_closed and at < line_end:
        return False
    token = high - 1
    while token > max(low, high - _LONGEST_PHOTO_CREDIT):
        if is_closed and data[base + start[token] - 1] == 40:
            break
        if not is_closed and word[token] & SENTENCE:
            break
        token -= 1
    if is_closed and data[base + start[token] - 1] != 40:
        return False
    if not is_closed and (not word[token] & SENTENCE or token == low):
        return False
    small = 0
    has_photo = False
    for i in range(token, high):
        has_photo |= longest(word, i, high, ends, PHOTO)[0] > 0
        small += word[i] & (CAPITAL | DIGIT) == 0 and data[base + start[i]] < 0xD7
    # `(watch the video below)` is a part of the story.
    is_label = is_closed and longest(word, token, high, ends, PHOTO)[0] > 0
    return has_photo and (small <= 1 or (is_label and _is_colon(data, base + end[token], line_end)))


@scalar_kernel
def ends_like_sentence(data, low, high):
    """Return whether bytes low..high, behind a line, begin like the end of a sentence that no bracket closes.

    data (bytes,) uint8: the texts.
    """
    for at in range(low, high):
        byte = data[at]
        if byte in (10, 41):
            return False
        if byte in (33, 46, 63) or byte >= 0x80:
            return True
    return False


@scalar_kernel
def end_mark(data, base, stop, word, start, end, low, high, phrases, ends):
    """Return the first token of the mark in brackets that ends tokens low..high, after a sentence, or high.

    `(END)`, `(PAP)`: the words for an end, or the name of an agency. data (bytes,) uint8, base, stop: the text; word
    (t,) uint32; start, end (t,) int32. phrases: `rules.Phrases`; ends: `KindTable`.
    """
    at = _after_space(data, base + end[high - 1], stop)
    if at >= stop or data[at] not in (41, 93):
        return high
    opening = 40 if data[at] == 41 else 91
    for token in range(high - 1, max(low, high - _LONGEST_MARK), -1):
        at = base + start[token] - 1
        if data[at] != opening:
            continue
        while at > base and data[at - 1] == 32:
            at -= 1
        if at == base or data[at - 1] not in (10, 33, 34, 46, 63, 0x9D, 0x82):  # the last bytes of ” and 。
            return high
        size, _ = longest(word, token, high, ends, END)
        if size == high - token and (word[token] & CAPITAL or data[base + start[token]] >= 0xD7):
            return token
        return token if match(word, token, token, high, phrases, 1 << AGENCY_LINE, high - token) >= 0 else high
    return high


@scalar_kernel
def _is_line(word, low, high, last):
    """Return whether tokens low..high are a line; last: the last token of the text and one."""
    return word[low] & LINE != 0 and (high == last or word[high] & LINE != 0)


@scalar_kernel
def is_time_line(data, base, stop, word, start, end, low, high, last, ends):
    """Return how tokens low..high say when (`says_when`), if they are a line that says nothing else, or 0.

    Without a label it does not end like a sentence, nor stands within one. data (bytes,) uint8, base, stop: the text;
    word (t,) uint32; start, end (t,) int32. last: the last token of the text and one. ends: `KindTable`.
    """
    if not _is_line(word, low, high, last):
        return 0
    kind = says_when(word, start, end, low, high, ends)
    line_end = base + start[high] if high < last else stop
    begins = kind > 0 and (word[low] & (CAPITAL | DIGIT) != 0 or data[base + start[low]] >= 0xD7)
    if kind > 0 and not begins and not is_apart(data, base, start, end, low):
        return 0
    # `2018 г.` and `10 a.m.` end with an abbreviation.
    is_abbreviation = word[high - 1] & DIGIT == 0 and end[high - 1] - start[high - 1] <= _ABBREVIATION
    if 0 < kind < LABELLED and not is_abbreviation and ends_like_sentence(data, base + end[high - 1], line_end):
        return 0
    return kind


@scalar_kernel
def is_apart(data, base, start, end, token):
    """Return whether a blank line or the end of a sentence stands before a token, or nothing.

    data (bytes,) uint8: the texts, this one from base on; start, end (t,) int32.
    """
    if start[token] == 0 or token == 0:
        return True
    breaks = 0
    for at in range(base + end[token - 1], base + start[token]):
        byte = data[at]
        breaks += byte == 10
        if byte in (33, 46, 63, 34) or byte >= 0x80 or breaks > 1:
            return True
    return False


@scalar_kernel
def are_dates_of_story(data, base, stop, word, start, end, blocks, count, last, ends):
    """Return whether three lines or more of a text only say when, without a label: a story told by dates.

    blocks (count + 1,) int64: the first tokens of the blocks; the other arguments as of `is_time_line`.
    """
    lines = 0
    for b in range(count):
        kind = is_time_line(data, base, stop, word, start, end, blocks[b], blocks[b + 1], last, ends)
        lines += 0 < kind < LABELLED
    return lines > 2


@scalar_kernel
def _last_line(word, low, high):
    """Return the first token of the last line of low..high; word (t,) uint32."""
    at = high - 1
    while at > low and not word[at] & LINE:
        at -= 1
    return at


@scalar_kernel
def mark_foot(data, base, stop, word, start, end, low, tail, last, blocks, count, zone, rule, marks, phrases, ends):
    """Set zone and rule of the lines of times and credits at the foot of a text; return whether there are some.

    data (bytes,) uint8, base, stop: the text; word (t,) uint32; start, end (t,) int32. low..tail: the tokens of the
    story; last: the last token of the text and one. blocks (count + 1,) int64: first tokens. zone (t,) uint8, rule (t,)
    int16. marks (3,) int64: the zone to set, and the rules of times and of credits. phrases: `rules.Phrases`; ends:
    `KindTable`.
    """
    words = np.int64(0)
    has_foot = False
    b = count
    while b > 1 and words < _FOOT:
        b -= 1
        block_low, block_high = blocks[b], min(blocks[b + 1], tail)
        if block_low >= block_high or zone[block_low] != 0:
            continue
        is_last = words == 0
        block_low = _last_line(word, block_low, block_high)  # a line in lower case is no block of its own
        if block_low - low < _STORY:
            break
        is_line = _is_line(word, block_low, block_high, tail)
        rule_number = 0
        if block_high - block_low <= _LONGEST_CONTACT and (is_line or (is_last and word[block_low] & SENTENCE != 0)):
            kind = is_time_line(data, base, stop, word, start, end, block_low, block_high, last, ends)
            if kind == LABELLED or (kind > 0 and is_last and is_apart(data, base, start, end, block_low)):
                rule_number = marks[1]
            elif is_apart(data, base, start, end, block_low) or word[block_low] & CAPITAL:
                if is_credit(data, base, stop, word, start, end, block_low, block_high, last, is_last, ends):
                    rule_number = marks[2]
        if rule_number == 0 and is_last:
            mark = end_mark(data, base, stop, word, start, end, block_low, block_high, phrases, ends)
            if mark < block_high:
                rule_number = marks[2]
                block_low = mark
        if rule_number == 0:
            words += block_high - blocks[b]
            continue
        zone[block_low:block_high] = marks[0]
        rule[block_low:block_high] = rule_number
        has_foot = True
        if block_low > blocks[b]:
            blocks[b + 1] = block_low
            b += 1
    return has_foot
