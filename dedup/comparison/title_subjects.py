"""The subject of two articles by their titles: words of a title that its body repeats, and the other article lacks.

Notices of one form, and reports on one event by another person, have the words of a story in common. Whom or what each
is about stands in its title, again in its body, and nowhere in the other. A copy under another title has the same body,
so that what its title takes from the body is in the other, too.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.tokens import CAPITAL, DIGIT, LINE, SENTENCE, WORD_HASH

#: Words of more tokens are single characters: two that follow each other make a unit.
ONE_CHARACTER = 5
#: What tells that two articles are about others: names; two pairs of characters each; two words each, or one, in an
#: alphabet without capital letters, where synonyms and endings look the same.
SAME, NAMES, CHARACTERS, WORDS, ONE_WORD = range(5)


@scalar_kernel
def _find(word, low, high, x, y, pair):
    """The first place in `word[low:high]` of word x, or of x with y behind it where `pair`; -1 if there is none."""
    for i in range(low, high - pair):
        if (word[i] ^ x) & WORD_HASH == 0 and (not pair or (word[i + 1] ^ y) & WORD_HASH == 0):
            return i
    return np.int64(-1)


@scalar_kernel
def _is_name(word, low, high, x):
    """Whether word x stands in `word[low:high]` with a capital letter inside a sentence."""
    for i in range(low, high):
        if (word[i] ^ x) & WORD_HASH == 0 and word[i] & CAPITAL and word[i] & (LINE | SENTENCE) == 0:
            return True
    return False


@scalar_kernel
def _has_names(word, low, high):
    """Whether any word of `word[low:high]` has a capital letter inside a sentence."""
    for i in range(low, high):  # noqa: SIM110
        if word[i] & CAPITAL and word[i] & (LINE | SENTENCE) == 0:
            return True
    return False


@scalar_kernel
def _own_units(title, low, high, other_low, other_high, pair):
    """How many units without digits a title, `title[low:high]`, has that are not in `title[other_low:other_high]`."""
    count = 0
    for i in range(low, high - pair):
        if title[i] & DIGIT == 0 and (not pair or title[i + 1] & DIGIT == 0):
            count += _find(title, other_low, other_high, title[i], title[min(i + 1, high - 1)], pair) < 0
    return count


@scalar_kernel
def _subjects(title, low, high, other_low, other_high, word, first, last, other_first, other_last, pair, named):
    """How many distinct units of a title are in its body and nowhere in the other article; with `named` only names."""
    count = 0
    for i in range(low, high - pair):
        x, y = title[i], title[min(i + 1, high - 1)]
        if x & DIGIT or (pair and y & DIGIT) or _find(title, low, i + pair, x, y, pair) >= 0:
            continue
        if _find(title, other_low, other_high, x, y, pair) >= 0 or _find(word, first, last, x, y, pair) < 0:
            continue
        if _find(word, other_first, other_last, x, y, pair) < 0 and (not named or _is_name(word, first, last, x)):
            count += 1
    return count


@kernel
def other_subjects_kernel(title, title_first, title_a, title_b, word, first, length, size, a, b):
    """What tells that the pairs (m,) are about others, (m,) int8: SAME to ONE_WORD.

    title (k,) uint32: words of the titles, of title t `title[title_first[t]:title_first[t + 1]]`; title_first (t + 1,)
    int64; title_a, title_b (m,) int64: titles of the pairs. word (w,) uint32; first, length (n,) int64; size (n,)
    int32: bodies as words; a, b (m,) int64: bodies of the pairs. Without any words only titles are asked: ONE_WORD
    where each has a unit of its own.
    """
    out = np.zeros(len(a), np.int8)
    for p in range(len(a)):
        x, y = a[p], b[p]
        a_first, a_last, b_first, b_last = first[x], first[x] + length[x], first[y], first[y] + length[y]
        of_a, to_a = title_first[title_a[p]], title_first[title_a[p] + 1]
        of_b, to_b = title_first[title_b[p]], title_first[title_b[p] + 1]
        pair = np.int64(min(size[x], size[y]) > ONE_CHARACTER)
        if len(word) == 0:
            if _own_units(title, of_a, to_a, of_b, to_b, pair) and _own_units(title, of_b, to_b, of_a, to_a, pair):
                out[p] = ONE_WORD
            continue
        named = pair == 0 and _has_names(word, a_first, a_last) and _has_names(word, b_first, b_last)
        of_x = _subjects(title, of_a, to_a, of_b, to_b, word, a_first, a_last, b_first, b_last, pair, named)
        if of_x == 0:
            continue
        of_y = _subjects(title, of_b, to_b, of_a, to_a, word, b_first, b_last, a_first, a_last, pair, named)
        if min(of_x, of_y) > 0 and named:
            out[p] = NAMES
        elif min(of_x, of_y) > 1:
            out[p] = CHARACTERS if pair else WORDS
        elif min(of_x, of_y) > 0 and not pair:
            out[p] = ONE_WORD
    return out
