"""Select short last lines and first lines with the name of a site: outlets are no cues of the line scan.

`Українська правда` below a text and `TEMPO.CO, Jakarta - ` above one have no phrase that the line scan knows. Outlets
are too many for its table, so that their names are looked up in these two lines alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel
from dedup.text.boilerplate.zones import Bodies

#: Most bytes of a last line; bytes of a first line in which its dateline ends; those in which the site is named.
_LAST_LINE, _FIRST_LINE, _SITE_NAME = 200, 110, 60
#: Bytes of a place before the comma of such a line: `Jakarta, CNN Indonesia -- `.
_CITY = 30
#: Most bytes of a bracket at the end of a paragraph.
_BRACKET = 90
#: Fewest words of a body: a shorter one has no lines beside its story.
_BODY = 25
#: Which line it is.
FIRST, LAST, BRACKET = 0, 1, 2


def edge_lines(bodies: Bodies) -> NDArray[np.int64]:
    """Return lines, (m, 4) int64: article, FIRST, LAST or BRACKET, first byte, byte after the last.

    BRACKET: the end of a long last paragraph, with a bracket in which it ends.
    """
    tokens = bodies.rule_only
    return edge_kernel(*tokens.texts, tokens.first, tokens.last, tokens.start, tokens.end)


@kernel
def edge_kernel(data, offsets, first, last, start, end):
    """Return lines, (m, 4) int64, as `edge_lines` does.

    data uint8, offsets (n + 1,) int64: the texts. first, last (n,) int64; start, end (t,) int32: the tokens of bodies.
    """
    out = np.empty((2 * len(first), 4), np.int64)
    count = 0
    for i in range(len(first)):
        if last[i] - first[i] < _BODY:
            continue
        base = offsets[i]
        stop = offsets[i + 1]
        begin = base + start[first[i]]
        low = begin
        bound = max(base, low - 4)  # an opening mark before the first word
        while low > bound and data[low - 1] != 10:
            low -= 1
        is_site = False
        after = min(stop, low + _FIRST_LINE)
        for at in range(begin + 1, after - 1):
            byte = data[at]
            if byte == 10:
                break
            # A full stop between letters, a comma or a bar; then a dash, a colon or a bar.
            if byte == 46 and at - begin < _SITE_NAME and data[at - 1] >= 48 and (data[at + 1] | 32) >= 97:
                is_site = True
            if (byte == 44 or byte == 124) and at - begin < _CITY:
                is_site = True
            if is_site and (byte == 45 or byte == 58 or byte == 124 or byte == 0xE2):
                out[count] = (i, FIRST, low - base, after - base)
                count += 1
                break
        high = base + end[last[i] - 1]
        bound = min(stop, high + 8)
        while high < bound and data[high] != 10:  # closing marks after the last word
            high += 1
        low = base + start[last[i] - 1]
        bound = max(begin, high - _LAST_LINE)
        while low > bound and data[low - 1] != 10:
            low -= 1
        if low > begin and data[low - 1] == 10:
            out[count] = (i, LAST, low - base, high - base)
            count += 1
            continue
        after = high
        while after > low and data[after - 1] <= 32:
            after -= 1
        if data[after - 1] == 41:  # a closing bracket
            bound = max(low, after - _BRACKET)
            at = after - 1
            while at > bound and data[at] != 40:
                at -= 1
            if data[at] == 40:
                out[count] = (i, BRACKET, max(low, at - _BRACKET) - base, after - base)
                count += 1
    return out[:count].copy()
