"""Find where the foot of a page begins in a text that lost its line breaks.

Headlines of other stories follow each other there without a mark between them, but for the dots where one was cut.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import scalar_kernel
from dedup.text.boilerplate.rules import READ_ALSO, SLOTS, TAIL_HEADING, longest_of, rule_of
from dedup.text.segmentation import begins_sentence, ending

#: Words of prose behind the heading of other stories that are the story itself, and of a sentence that is prose.
_STORY, _SHORTEST_PROSE = 30, 12
#: Words of headlines before dots, behind the last ones, and behind a heading without any.
_LONGEST_HEADLINES, _LONGEST_END, _LONGEST_REST = 160, 40, 60

#: Kinds of phrases that are such a heading.
_HEADING = 1 << TAIL_HEADING | 1 << READ_ALSO
_SLOT = np.uint32(SLOTS - 1)


@scalar_kernel
def other_stories(data, base, stop, word, start, end, blocks, first, count, phrases):
    """Return the token of block `first` of `count` at which a heading of other stories stands, or -1.

    data (bytes,) uint8, base, stop: the text; word (t,) uint32; start, end (t,) int32. blocks (count + 1,) int64: first
    tokens; phrases: `rules.Phrases`. The heading has two words or more, one of which no phrase need know (`Most read
    today`), and stands before a capital: `Related stories have been sent to` is prose. Nothing of this story follows.
    """
    low, high = blocks[first], blocks[first + 1]
    for token in range(low, high - 3):
        if not phrases.kinds[word[token] & _SLOT] & _HEADING or not begins_sentence(data, base, word, start, token):
            continue
        size = longest_of(word, token, high - 2, phrases, _HEADING)
        if size < 2:
            continue
        is_followed = begins_sentence(data, base, word, start, token + size)
        if is_followed or begins_sentence(data, base, word, start, token + size + 1):
            # `See also` may stand before one headline within the story.
            is_link = longest_of(word, token, high, phrases, 1 << READ_ALSO) > 0
            is_sure = token == low and is_followed and not is_link
            if _is_rest(data, base, stop, word, start, end, blocks, first, count, token, is_sure, phrases):
                return token
    return np.int64(-1)


@scalar_kernel
def _is_rest(data, base, stop, word, start, end, blocks, first, count, heading, is_sure, phrases):
    """Return whether only headlines and notices follow from the token `heading` of block `first` on.

    Of several headlines one was cut, and shows dots; behind a heading that is sure a few words need none. The other
    arguments are those of `other_stories`.
    """
    has_dots = False
    words = unknown = longest = prose = prose_blocks = 0
    for b in range(first, count):
        low, high = max(blocks[b], heading), blocks[b + 1]
        length = high - low
        kind = ending(data, base + end[high - 1], base + start[high] if b + 1 < count else stop)
        words += length
        unknown += length
        if kind == 2 and length <= _LONGEST_HEADLINES:
            has_dots = True
            prose = prose_blocks = unknown = 0
        elif rule_of(word, low, high, phrases, False) >= 0:
            prose = prose_blocks = unknown = 0
        elif length >= _SHORTEST_PROSE and kind == 1 and (b > first or b + 1 < count):
            prose += length
            prose_blocks += 1
            if prose >= _STORY and prose_blocks > 1:
                return False
        longest = max(longest, unknown)
    return (has_dots and longest <= _LONGEST_END) or (is_sure and words <= _LONGEST_REST)
