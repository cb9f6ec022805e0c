"""Find two tails of a page: what a release says of its issuer, and the link to the full text on another site."""

from __future__ import annotations

from dedup.kernels.jit import scalar_kernel
from dedup.text.tokens import CAPITAL, DIGIT, LINE, WORD_HASH

#: Words of the issuer's name, and characters of one in a script without capitals; words behind it, of which one begins
#: the name again.
_NAME, _CASELESS_NAME, _BEHIND = 7, 16, 3
#: Small words before the name of the other site, and inside of it.
_SMALL = 2


@scalar_kernel
def is_issuer(data, base, word, start, end, first, low, name, high):
    """Return whether `About Calder Marine` at token `low` heads the description of the issuer of a release.

    The name ends with its line or a colon, and the text before and the sentence behind it name the issuer too. data
    (bytes,) uint8, base: the text; word (t,) uint32; start, end (t,) int32. first: the first token of the story; name:
    the token of the name; high: the token after the last.
    """
    is_caseless = data[base + start[name]] >= 0xD7
    if not is_caseless and not (word[low] & CAPITAL and word[name] & CAPITAL):
        return False
    for byte in data[base + end[name - 1] : base + start[name]]:
        if byte in (10, 46, 58):
            return False
    at = name
    while True:
        at += 1
        if at >= high or at - name > (_CASELESS_NAME if is_caseless else _NAME):
            return False
        if word[at] & LINE:
            break
        has_colon = False
        for byte in data[base + end[at - 1] : base + start[at]]:
            has_colon |= byte in (58, 0xEF)  # `:` and the first byte of `：`
        if has_colon:
            break
    key = word[name] & WORD_HASH
    is_named = False
    for token in range(at, min(high, at + _BEHIND)):
        is_named |= word[token] & WORD_HASH == key
    if not is_named:
        return False
    is_named = False
    for token in range(first, low):
        is_named |= word[token] & WORD_HASH == key
    return is_named


@scalar_kernel
def is_link_to_site(data, base, word, start, name, high):
    """Return whether the rest name..high of a line is the name of a site: `Read the full story on The York Herald`.

    data (bytes,) uint8, base: the text; word (t,) uint32; start (t,) int32.
    """
    small = capitals = 0
    for token in range(name, high):
        if word[token] & (CAPITAL | DIGIT) or data[base + start[token]] >= 0xD7:
            capitals += 1
        else:
            small += 1
    return capitals > 0 and small <= _SMALL and (word[high - 1] & CAPITAL != 0 or data[base + start[high - 1]] >= 0xD7)
