"""Find the structure of a page's text: blocks, dateline, byline, repeated title, and tail of other stories.

Kernels take the tokens of an article: `data` uint8 and `base`, the text and its first byte; `word` (t,) uint32, `start`
and `end` (t,) int32, as in `Tokens`. low..high are tokens.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import scalar_kernel
from dedup.text.boilerplate.rules import AGENCY_LINE, LONG_LINE, match
from dedup.text.boilerplate.segments import are_equal, is_in
from dedup.text.tokens import CAPITAL, DIGIT, LINE, QUOTED, SENTENCE

#: A dateline ends within so many bytes and tokens of the story's first word.
_DATELINE_BYTES, _DATELINE_TOKENS = 100, 14
#: Words of a place at most, and where the name of its state follows after a comma.
_PLACE_TOKENS, _LONGEST_PLACE = 4, 6
#: Words of a headline that no title shows to be one.
_SHORTEST_TITLE, _LONGEST_TITLE = 3, 22
#: Words of prose that are a story which goes on behind headlines of others; words of the shortest block of prose that
#: ends like a sentence, and of the longest headline.
_STORY, _SHORTEST_PROSE, _LONGEST_HEADLINE = 30, 12, 40

#: Headlines that `Read more:` links to within a story, and words of one; words of all at the end of a text, and of one
#: that ends like a sentence.
_MOST_LINKS, _LONGEST_LINK, _LINKS, _SHORTEST_LINK = 6, 25, 150, 4


@scalar_kernel
def _line_starts(word, low, high, lines):
    """Write the first tokens of the lines of low..high into `lines` int64, with `high` last; return their number."""
    lines[0] = low
    count = 1
    # Every token is written, and stays if a line begins there: cheaper than a branch.
    for i, value in enumerate(word[low + 1 : high]):
        lines[count] = low + 1 + i
        count += np.int64(value & LINE != 0)
    lines[count] = high
    return count


@scalar_kernel
def _begins_small(data, base, start, token):
    return 97 <= data[base + start[token]] <= 122


@scalar_kernel
def _is_wrapped(data, base, start, word, lines, count):
    """Return whether lines are wrapped at a width: many begin in lower case inside a sentence."""
    inside = 0
    for line in range(1, count):
        token = lines[line]
        inside += not word[token] & SENTENCE and _begins_small(data, base, start, token)
    return inside >= 3 and 3 * inside >= count - 1


@scalar_kernel
def split(data, base, start, word, low, high, lines, blocks):
    """Write the first tokens of the blocks of tokens low..high into `blocks`, with `high` last; return their number.

    A line that begins in lower case inside a sentence continues the line before it; in wrapped text every line inside a
    sentence does. data uint8, start (t,) int32, word (t,) uint32. `lines` and `blocks` (high - low + 1,) int64.
    """
    line_count = _line_starts(word, low, high, lines)
    is_wrapped = _is_wrapped(data, base, start, word, lines, line_count)
    count = 0
    line = 0
    while line < line_count:
        at = lines[line]
        line += 1
        while line < line_count:
            token = lines[line]
            if word[token] & SENTENCE or not (is_wrapped or _begins_small(data, base, start, token)):
                break
            line += 1
        blocks[count] = at
        count += 1
        if lines[line] - at > LONG_LINE:
            for i in range(at + 1, lines[line]):
                if word[i] & SENTENCE:
                    blocks[count] = i
                    count += 1
    blocks[count] = high
    return count


@scalar_kernel
def begins_sentence(data, base, word, start, token):
    """Return whether a sentence or a name may begin at a token: a capital, digit or quotation mark, or no case.

    data (bytes,) uint8, base: the text; word (t,) uint32, start (t,) int32.
    """
    return word[token] & (CAPITAL | DIGIT | QUOTED) != 0 or _is_caseless(data[base + start[token]])


@scalar_kernel
def ending(data, low, high):
    """Return how the bytes low..high between two blocks begin: 2 an ellipsis, 1 the end of a sentence, 0 neither.

    data (bytes,) uint8: the texts.
    """
    stop = min(low + 12, high)
    for i in range(low, stop):
        byte = data[i]
        if byte == 10:
            break
        if byte == 0xE2 and i + 2 < high and data[i + 1] == 0x80 and data[i + 2] == 0xA6:
            return 2
        if byte == 46:
            return 2 if i + 2 < high and data[i + 1] == 46 and data[i + 2] == 46 else 1
        # A closing quotation mark, 。！？, the Devanagari danda and the Arabic question mark count as ends as well.
        if byte == 33 or byte == 63 or byte == 34 or byte == 58:
            return 2 if i + 3 < high and data[i + 1] == data[i + 2] == data[i + 3] == 46 else 1
        if byte == 0xE2 and i + 2 < high and data[i + 1] == 0x80 and (data[i + 2] == 0x9D or data[i + 2] == 0x9C):
            return 1
        if i + 2 < high and (
            (byte == 0xE3 and data[i + 1] == 0x80 and data[i + 2] == 0x82)
            or (byte == 0xEF and data[i + 1] == 0xBC and (data[i + 2] == 0x81 or data[i + 2] == 0x9F))
            or (byte == 0xE0 and data[i + 1] == 0xA5 and (data[i + 2] == 0xA4 or data[i + 2] == 0xA5))
        ):
            return 1
        # The Arabic question mark, », the full stops of Urdu and of Armenian.
        if i + 1 < high and (
            (byte == 0xD8 and data[i + 1] == 0x9F)
            or (byte == 0xC2 and data[i + 1] == 0xBB)
            or (byte == 0xDB and data[i + 1] == 0x94)
            or (byte == 0xD6 and data[i + 1] == 0x89)
        ):
            return 1
        # Those of Myanmar, Ethiopia, Khmer and Tibet.
        if i + 2 < high and (
            (byte == 0xE1 and data[i + 1] == 0x81 and (data[i + 2] == 0x8A or data[i + 2] == 0x8B))
            or (byte == 0xE1 and data[i + 1] == 0x8D and data[i + 2] == 0xA2)
            or (byte == 0xE1 and data[i + 1] == 0x9F and data[i + 2] == 0x94)
            or (byte == 0xE0 and data[i + 1] == 0xBC and data[i + 2] == 0x8D)
        ):
            return 1
    return 0


@scalar_kernel
def ends_sentence(data, base, stop, start, end, token, high):
    """Return whether the block before `token` ends like a sentence; high: the token after the last of the text.

    data uint8; start, end (t,) int32; stop: the end of the text, in bytes.
    """
    return ending(data, base + end[token - 1], base + start[token] if token < high else stop) == 1


@scalar_kernel
def tail_end(data, base, stop, word, start, end, blocks, first, count):
    """Return the number of the block after the teasers of other stories that begin with block `first` of `count`.

    It is `first` where these are no teasers. Headlines do not end like sentences. The story goes on with the first
    prose where two blocks or more that end like sentences follow one after the other somewhere, with _STORY words.
    data uint8; word (t,) uint32; start, end (t,) int32. blocks (count + 1,) int64: first tokens; stop: the end of the
    text, in bytes.
    """
    open_ends = ellipses = words = 0
    prose = prose_blocks = 0
    until = -1  # the first prose
    is_list = False  # whether headlines stand before it
    for b in range(first, count):
        last = blocks[b + 1] - 1
        length = last + 1 - blocks[b]
        kind = ending(data, base + end[last], base + start[blocks[b + 1]] if b + 1 < count else stop)
        words += length
        if length > _LONGEST_HEADLINE or (kind == 1 and length >= _SHORTEST_PROSE):
            if until < 0:
                until = b
                is_list = 2 * (open_ends + ellipses) >= b - first
            prose += length
            prose_blocks += 1
            if prose >= _STORY and prose_blocks > 1:
                return until if is_list else first
        elif kind != 1:
            prose = prose_blocks = 0
        if kind == 2:
            ellipses += 1
        elif kind == 0:
            open_ends += 1
    few = words < 30 and first < count and word[blocks[first]] & LINE != 0
    return count if few or ellipses >= 3 or 2 * (open_ends + ellipses) >= count - first else first


@scalar_kernel
def links_end(data, base, stop, word, start, end, blocks, first, count):
    """Return the number of the block after the headlines that `Read more:` on a line of its own links to.

    data (bytes,) uint8, base, stop: the text; word (t,) uint32; start, end (t,) int32. blocks (count + 1,) int64: first
    tokens. Within a story the first block that ends like a sentence goes on with it; at the end of the text one
    headline in three may end so.
    """
    until = first
    sentences = words = longest = 0
    for b in range(first, count):
        last = blocks[b + 1] - 1
        length = last + 1 - blocks[b]
        kind = ending(data, base + end[last], base + start[blocks[b + 1]] if b + 1 < count else stop)
        sentences += kind == 1 and length >= _SHORTEST_LINK
        words += length
        longest = max(longest, length)
        if sentences == 0 and longest <= _LONGEST_LINK:
            until = b + 1
        if words > _LINKS:
            return until if until - first <= _MOST_LINKS else first
    if longest <= _LONGEST_HEADLINE and 3 * sentences <= count - first:
        return count
    return until if until - first <= _MOST_LINKS else first


@scalar_kernel
def _dash(data, at, stop):
    """Return the length of a dash at byte `at` that may end a dateline, or 0: an em or en dash, `--`, or ` - `."""
    if at + 2 < stop and data[at] == 0xE2 and data[at + 1] == 0x80 and (data[at + 2] == 0x94 or data[at + 2] == 0x93):
        return 3
    if data[at] == 45:
        if at + 1 < stop and data[at + 1] == 45:
            return 2
        if at > 0 and data[at - 1] in (32, 41, 46) and at + 1 < stop and data[at + 1] in (32, 10):
            return 1
    return 0


@scalar_kernel
def _is_caseless(byte):
    """Return whether a character with this first byte of UTF-8 is of a script without capitals (Hebrew and beyond)."""
    return byte >= 0xD7


@scalar_kernel
def _is_in_capitals(data, low, high):
    """Return whether bytes low..high have no small letter of ASCII."""
    small = False
    for byte in data[low:high]:
        small |= 97 <= byte <= 122
    return not small


@scalar_kernel
def _is_source(data, base, word, start, low, high, phrases):
    """Return whether tokens low..high, in parentheses, may be an agency: one that is known, a word, or a name.

    word (t,) uint32; start (t,) int32; data uint8, base: the text. phrases: `rules.Phrases`.
    """
    if low == high or high - low > 5:
        return False
    if match(word, low, low, high, phrases, 1 << AGENCY_LINE, high - low) >= 0:
        return True
    for token in range(low, high):
        if word[token] & DIGIT:
            return False
        if high - low > 1 and not word[token] & CAPITAL and not _is_caseless(data[base + start[token]]):
            return False
    return True


@scalar_kernel
def dateline(data, base, stop, word, start, end, low, high, phrases):
    """Return the number of tokens of a dateline at the head of tokens low..high, or 0; stop: the end of the text.

    A dash follows either an agency in parentheses (`PARIS, March 3 (Reuters) -`) or a place in capitals, without digits
    (`WASHINGTON —`, `RIO DE JANEIRO, Brazil —`), before a word that begins a sentence. Before it nearly all words begin
    with a capital or digit or are in the parentheses; none is in quotation marks or brackets. data (bytes,) uint8; word
    (t,) uint32; start, end (t,) int32. phrases: `rules.Phrases`.
    """
    limit = min(high, low + _DATELINE_TOKENS)
    first = base + start[low]
    bound = min(stop, first + _DATELINE_BYTES)
    upper = 0
    for at in range(first, base + end[low]):
        if 65 <= data[at] <= 90 or data[at] >= 0x80:
            upper += 1
    is_place = upper == end[low] - start[low] and upper >= 3
    is_open = first > base and data[first - 1] == 40
    if first > base and data[first - 1] in (34, 91, 0x9C, 0xAB):  # " [ “ «
        return 0
    opened = low
    has_source = False
    end_at = np.int64(-9)  # of the parentheses
    small = 0
    has_comma = False
    place_size = 0
    token = low
    at = first
    while at < bound:
        byte = data[at]
        while token < limit and base + end[token] <= at:
            if not is_open and not word[token] & (CAPITAL | DIGIT):
                small += 1
            if not has_comma and not is_open and end_at < 0:
                size = end[token] - start[token]
                capitals = _is_in_capitals(data, base + start[token], base + end[token])
                is_joiner = size <= 3 and not word[token] & CAPITAL and token > low
                is_place &= not word[token] & DIGIT and (capitals or is_joiner)
                place_size = token + 1 - low
            token += 1
        if token >= limit or small > 2:
            return 0
        if byte == 40:
            is_open = True
            opened = token
        elif byte == 41 and is_open:
            is_open = False
            end_at = at
            has_source = (is_place and token > opened > low) or _is_source(
                data, base, word, start, opened, token, phrases
            )
        elif byte in (10, 33, 34, 63, 91):
            return 0
        elif byte == 44 or byte == 46:
            has_comma = has_comma or (token > low and byte == 44) or token > low + 1
        elif not is_open:
            # Nothing but a space may stand between: "The agency (UNHCR) warned - as it had" is no dateline.
            if at - end_at <= 2 and (byte == 58 or _dash(data, at, stop) > 0):
                return token - low if has_source and 2 * small <= token - low else 0
            if _dash(data, at, stop) > 0:
                begins = word[token] & (CAPITAL | DIGIT | QUOTED) != 0 or _is_caseless(data[base + start[token]])
                is_place &= place_size <= (_LONGEST_PLACE if has_comma else _PLACE_TOKENS)
                return token - low if is_place and begins and token > low and end_at < 0 else 0
        at += 1
    return 0


@scalar_kernel
def is_certain_dateline(data, base, word, start, low, high):
    """Return whether the dateline low..high is one wherever a line begins.

    It has parentheses; or a comma or a dash that is no hyphen, no digit, and a capital after it on its line. data
    (bytes,) uint8: the texts, this one from base on; word (t,) uint32, start (t,) int32.
    """
    has_mark = False
    for at in range(base + start[low], base + start[high]):
        if data[at] == 40:
            return True
        has_mark |= data[at] in (44, 0xE2) or (data[at] == 45 and data[at + 1] == 45)
    has_digit = False
    for value in word[low:high]:
        has_digit |= value & DIGIT != 0
    begins = word[high] & CAPITAL != 0 and not word[high] & LINE
    return has_mark and begins and not has_digit and not _is_caseless(data[base + start[low]])


@scalar_kernel
def is_byline(word, low, high, by):
    """Return whether a block is a byline: a word of `by`, then names and at most two small words.

    word (t,) uint32; by (k,) uint32: hashes.
    """
    if high - low < 2 or high - low > 14 or not word[low] & CAPITAL:
        return False
    small = 0
    for at in range(low + 1, high):
        if not word[at] & (CAPITAL | DIGIT):
            small += 1
    return is_in(word[low], by) and small <= 2 and 2 * small < high - low - 1


@scalar_kernel
def is_headline(data, base, word, start, end, low, high):
    """Return whether the block low..high, before another one, looks like the headline of a text without a title.

    It is a line before a blank line, and no sentence; what follows begins like one. data (bytes,) uint8, base: the
    text; word (t,) uint32; start, end (t,) int32.
    """
    longest = _LONGEST_TITLE * (2 if 0xE3 <= data[base + start[low]] <= 0xE9 else 1)  # characters, not words
    if not _SHORTEST_TITLE <= high - low <= longest or not word[low] & LINE or not word[high] & LINE:
        return False
    for token in (low, high):
        if not word[token] & (CAPITAL | DIGIT | QUOTED) and not _is_caseless(data[base + start[token]]):
            return False
    if ending(data, base + end[high - 1], base + start[high]) != 0:
        return False
    digits = 0
    for token in range(low, high):
        digits += word[token] & DIGIT != 0
    if 2 * digits > high - low:
        return False  # a row of a table
    breaks = 0
    for at in range(base + end[high - 1], base + start[high]):
        if data[at] in (44, 59, 45):  # a comma, semicolon or hyphen
            return False
        breaks += data[at] == 10
    for at in range(base + start[low], base + end[high - 1]):
        if data[at] in (10, 40):  # of several lines, or with an agency in parentheses
            return False
    return breaks > 1


@scalar_kernel
def title_tokens(word, low, high, title, title_low, title_high):
    """Return the number of tokens at the head of the text that repeat title_low..title_high of `title`, or 0.

    word (t,) uint32; title (u,) uint32.
    """
    size = title_high - title_low
    if size < 3 or low + size >= high:
        return 0
    if not are_equal(word[low : low + size], title[title_low:title_high]):
        return 0
    # A story may begin with the words of its title; a printed title is a block or is followed by a capital.
    return size if word[low + size] & (LINE | CAPITAL) else 0
