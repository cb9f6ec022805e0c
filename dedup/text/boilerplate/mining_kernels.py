"""Find chunks that recur at the edges of a domain's pages around different stories: the kernels of mining.

A wire story that a site prints four times recurs as well. The rest of the page tells both apart: boilerplate stands at
the edges around a middle that is another story each time. So only a *supporting page* counts: between its recurring
edges a middle is left in which little recurs. Supporting pages whose middles agree in the least hash of their chunks
(min-wise hashing: Broder 1997) show one *story*, and count once.

Kernels take chunks (m,) uint32 (`segments`) of n bodies, `chunk_first` (n + 1,) int64, and `domain` (n,) int64, the
number of each body's domain, -1 for none. Each call takes a part of the corpus. The order of parts and bodies has no
effect on the result.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.text.boilerplate import segments
from dedup.text.boilerplate.segments import CHUNK_LENGTH, KEY_BITS

#: Zones of a chunk, as in `dedup.text.boilerplate.zones`.
_BODY, _HEAD, _FOOT, _INLINE = 0, 1, 2, 4
#: Words that may stand between two recurring chunks and be cut with them: a date, a rotating headline.
_GAP = 15
#: Fewest words of a run, and of a whole sentence, that are boilerplate: "said in a statement" recurs in stories.
_SHORTEST_RUN, _SHORTEST_SENTENCE = 5, 6
#: Words of a run that is longer than a name or a phrase of a language.
_LONG_RUN = 8
#: Headlines of other stories: one in so many words may end like a sentence; fewer words without an end are a sentence;
#: more are no list of headlines; a line of more words is a paragraph.
_TEASER_WORDS, _LONGEST_SENTENCE, _MOST_TEASERS, _LONGEST_HEADLINE = 35, 40, 400, 30
#: Words of a chunk that is boilerplate on any page if several domains have learned it.
SHARED_WORDS = 8
#: Distinct stories around a chunk: many on any pages, or a few on pages that are mostly story.
MANY, FEW = 8, 3
#: A page supports if its middle has 8 words and is a tenth of the page; with half, the page is mostly story.
_LEAST_MIDDLE, _TENTH, _HALF = 8, 10, 2
#: A long passage that three stories share is background: an edge of more words does not support a rare chunk.
_SHORT_EDGE = 80


@kernel(inline="always")
def _equal(chunk):
    """Return `segments.key_of` of one chunk."""
    return np.uint64(((chunk >> np.uint32(2)) & ~CHUNK_LENGTH) | (chunk & CHUNK_LENGTH))


@kernel(inline="always")
def _key(domain, chunk):
    return ((np.uint64(domain) + np.uint64(1)) << np.uint64(KEY_BITS)) | _equal(chunk)


@kernel(inline="always")
def _mix(key):
    key = (key ^ (key >> np.uint64(31))) * np.uint64(0x9E3779B185EBCA87)
    return key ^ (key >> np.uint64(29))


@kernel(inline="always")
def find(slots, key):
    """Return the place of a key, or of the gap where it belongs, in an open-addressed table.

    slots (2**p,) uint64: 0 for empty. key: uint64, not 0.
    """
    mask = np.uint64(len(slots) - 1)
    at = _mix(key) & mask
    while slots[at] != 0 and slots[at] != key:
        at = (at + np.uint64(1)) & mask
    return at


@kernel
def count_kernel(chunks, chunk_first, domain, counts):
    """Count each domain's chunks up to 255 in `counts`, (2**p,) uint8; different chunks may share a place.

    chunks (m,) uint32; chunk_first (n + 1,) int64; domain (n,) int64.
    """
    mask = np.uint64(len(counts) - 1)
    for i in range(len(domain)):
        if domain[i] < 0:
            continue
        for j in range(chunk_first[i], chunk_first[i + 1]):
            at = _mix(_key(domain[i], chunks[j])) & mask
            if counts[at] < 255:
                counts[at] += 1


@kernel
def frequency_kernel(chunks, chunk_first, domain, number, counts, least, slots, articles, latest, used):
    """Count the articles of each chunk that may recur, and return the places in use, -1 if the table is too full.

    chunks (m,) uint32; chunk_first (n + 1,) int64; domain (n,) int64. number: the row of the first body. counts
    (2**p,) uint8: of `count_kernel`. least (domains,) int64: the fewest
    articles that count. slots (2**q,) uint64: the table of keys. articles, latest (2**q,) int32 beside it: the
    articles with each key, and the row + 1 of the last one. used: the places in use before.
    """
    mask = np.uint64(len(counts) - 1)
    for i in range(len(domain)):
        if domain[i] < 0:
            continue
        enough = min(least[domain[i]], 255)
        for j in range(chunk_first[i], chunk_first[i + 1]):
            key = _key(domain[i], chunks[j])
            if counts[_mix(key) & mask] < enough:
                continue
            at = find(slots, key)
            if slots[at] == 0:
                if 3 * used > 2 * len(slots):
                    return -1
                slots[at] = key
                used += 1
            if latest[at] != number + i + 1:
                latest[at] = number + i + 1
                articles[at] += 1
    return used


@kernel
def domains_kernel(chunks, chunk_first, domain, slots, first_domain, on_several):
    """Set `on_several` (2**p,) bool for the chunks that stand on several domains.

    chunks (m,) uint32; chunk_first (n + 1,) int64; domain (n,) int64. slots (2**p,) uint64: table of `key_of` + 1.
    first_domain (2**p,) int32: the first domain + 1, 0 for none.
    """
    for i in range(len(domain)):
        if domain[i] < 0:
            continue
        for j in range(chunk_first[i], chunk_first[i + 1]):
            at = find(slots, _equal(chunks[j]) + np.uint64(1))
            if slots[at] == 0 or on_several[at]:
                continue
            if first_domain[at] == 0:
                first_domain[at] = domain[i] + 1
            elif first_domain[at] != domain[i] + 1:
                on_several[at] = True


@kernel
def _drop_incidental(chunks, low, high, recurs):
    """Clear in `recurs` the chunks that may as well be words of a story.

    recurs (m,) bool. Whole lines stay, and runs of _SHORTEST_RUN words, and whole
    sentences of _SHORTEST_SENTENCE words: "Sen." is a sentence too.
    """
    j = low
    while j < high:
        if not recurs[j]:
            j += 1
            continue
        stop = j
        words = 0
        while stop < high and recurs[stop]:
            words += chunks[stop] & CHUNK_LENGTH
            stop += 1
        if words < _SHORTEST_RUN:
            begin = j
            while begin < stop:
                end = begin + 1
                length = chunks[begin] & CHUNK_LENGTH
                while end < high and not chunks[end] & segments.BEGINS:
                    length += chunks[end] & CHUNK_LENGTH
                    end += 1
                line = chunks[begin] & segments.BEGINS_LINE and (end == high or chunks[end] & segments.BEGINS_LINE)
                if end > stop or not (line or (chunks[begin] & segments.BEGINS and length >= _SHORTEST_SENTENCE)):
                    recurs[begin : min(end, stop)] = False
                begin = end
        j = stop


@kernel
def _mark_teasers(chunks, low, high, recurs):
    """Set in `recurs` the headlines of other stories: they change from page to page, under a heading that does not.

    After the story (_LEAST_MIDDLE words that do not recur) and a heading, which begins a line or sentence and recurs,
    all up to the next chunk that recurs or the end, if it is made like headlines: nothing in it ends like a sentence,
    and no line is longer than one. At the end of the page it must be longer than one line or sentence.
    """
    story = np.int64(0)
    has_heading = False
    j = low
    while j < high:
        if recurs[j]:
            begins = (chunks[j] & segments.BEGINS) != 0
            has_heading = begins or (has_heading and j > low and recurs[j - 1])
            j += 1
            continue
        stop = j
        words = lines = sentences = line = longest = np.int64(0)
        while stop < high and not recurs[stop]:
            length = np.int64(chunks[stop] & CHUNK_LENGTH)
            begins_line = (chunks[stop] & segments.BEGINS_LINE) != 0
            words += length
            line = length if begins_line else line + length
            longest = max(longest, line)
            lines += begins_line
            sentences += stop > j and (chunks[stop] & segments.BEGINS_SENTENCE) != 0
            stop += 1
        if stop < high:
            sentences += (chunks[stop] & segments.BEGINS_SENTENCE) != 0
        is_list = stop < high or lines > 1 or words > _LONGEST_SENTENCE
        is_like_headlines = sentences * _TEASER_WORDS <= words < _MOST_TEASERS
        if lines > 0:
            is_like_headlines &= longest <= _LONGEST_HEADLINE
        else:
            is_like_headlines &= sentences == 0 and words <= 2 * _LONGEST_HEADLINE
        if j > low and has_heading and story >= _LEAST_MIDDLE and is_list and is_like_headlines:
            recurs[j:stop] = True
        else:
            story += words
        j = stop


@kernel
def _edge(chunks, at, stop, step, recurs):
    """Return how many of the chunks from `at` to before `stop`, by `step` 1 or -1, are an edge.

    Of all runs that begin there without a long gap, the one with the greatest surplus of recurring words over others.
    """
    size = score = best = gap = 0
    for j in range(at, stop, step):
        words = np.int64(chunks[j] & CHUNK_LENGTH)
        if recurs[j]:
            gap = 0
            score += words
            if score > best:
                best = score
                size = (j - at) * step + 1
        else:
            gap += words
            score -= words
            if gap > _GAP:
                break
    return size


@kernel
def _edges(chunks, low, high, recurs):
    """Correct `recurs`, and return (end of the head, begin of the foot): low..head and foot..high are the edges."""
    _drop_incidental(chunks, low, high, recurs)
    _mark_teasers(chunks, low, high, recurs)
    head = low + _edge(chunks, low, high, 1, recurs)
    return head, high - _edge(chunks, high - 1, head - 1, -1, recurs)


@kernel
def _add_story(stories, at, story):
    """Add a story to those of a chunk, if it is new and there is room.

    stories (m, room) uint32: hashes of stories, 0 for none.
    """
    for c in range(stories.shape[1]):
        if stories[at, c] == story:
            return
        if stories[at, c] == 0:
            stories[at, c] = story
            return


@kernel
def _count_inside(place, chunks, low, high, head, foot, inside):
    """Count for each chunk that recurs all its places in a body, and those within a sentence of the story.

    There other words of the sentence stand before and after a run of chunks that recur, which is not long. place (m,)
    int64: the number of each chunk, or -1. low..high: the body; head..foot: what is between its edges. inside (k, 2)
    int64: the counts.
    """
    j = low
    while j < high:
        if place[j] < 0:
            j += 1
            continue
        stop = j
        words = np.int64(0)
        while stop < high and place[stop] >= 0:
            words += np.int64(chunks[stop] & CHUNK_LENGTH)
            stop += 1
        is_inside = words < _LONG_RUN and head <= j and low < j and stop <= foot and stop < high
        is_inside &= not chunks[j] & segments.BEGINS and (stop == high or not chunks[stop] & segments.BEGINS)
        for at in range(j, stop):
            inside[place[at], 0] += 1
            inside[place[at], 1] += is_inside
        j = stop


@kernel
def support_kernel(chunks, chunk_first, domain, slots, index, any_page, story_page, short_edge, inside):
    """Add to each chunk that recurs the stories of the supporting pages at whose edges it stands.

    chunks (m,) uint32; chunk_first (n + 1,) int64; domain (n,) int64. slots (2**p,) uint64: the table of keys. index
    (2**p,) int32: the number of each chunk that recurs often enough, else -1. any_page (m, MANY), story_page (m, FEW),
    short_edge (m, FEW) uint32, 0 for none: the stories of all supporting pages, of the pages that are mostly story, and
    of those of them with a short edge. inside (m, 2) int64: all places of each chunk, and those within a sentence.
    """
    recurs = np.zeros(len(chunks), np.bool_)
    place = np.zeros(len(chunks), np.int64)
    for i in range(len(domain)):
        if domain[i] < 0:
            continue
        low, high = chunk_first[i], chunk_first[i + 1]
        words = np.int64(0)
        some = False
        for j in range(low, high):
            words += np.int64(chunks[j] & CHUNK_LENGTH)
            at = find(slots, _key(domain[i], chunks[j]))
            place[j] = np.int64(index[at]) if slots[at] != 0 else -1
            recurs[j] = place[j] >= 0
            some |= recurs[j]
        if not some:
            continue
        head, foot = _edges(chunks, low, high, recurs)
        _count_inside(place, chunks, low, high, head, foot, inside)
        middle = recurring = np.int64(0)
        story = np.uint32(0xFFFFFFFF)
        for j in range(head, foot):
            length = np.int64(chunks[j] & CHUNK_LENGTH)
            middle += length
            if recurs[j]:
                recurring += length
            if place[j] < 0:
                story = min(story, np.uint32(_mix(np.uint64(chunks[j] & segments.CHUNK_HASH)) >> np.uint64(32)))
        if middle < _LEAST_MIDDLE or _TENTH * middle < words or 7 * recurring > middle:
            continue
        story = max(story, np.uint32(1))
        for edge in range(2):
            begin, end = (low, head) if edge == 0 else (foot, high)
            length = np.int64(0)
            for j in range(begin, end):
                length += np.int64(chunks[j] & CHUNK_LENGTH)
            for j in range(begin, end):
                if place[j] >= 0:
                    _add_story(any_page, place[j], story)
                    if _HALF * middle >= words:
                        _add_story(story_page, place[j], story)
                        if length <= _SHORT_EDGE:
                            _add_story(short_edge, place[j], story)


@kernel
def mark_kernel(chunks, chunk_first, domain, slots):
    """Return the zone of each chunk, (m,) uint8, and which bodies hold learned boilerplate, (n,) bool.

    chunks (m,) uint32; chunk_first (n + 1,) int64. domain (n,) int64: the number of the domain in the model, -1 for
    none. slots (2**p,) uint64: the table of its keys, and of those of no domain.
    """
    n = len(domain)
    zone = np.zeros(len(chunks), np.uint8)
    has_boilerplate = np.zeros(n, np.bool_)
    recurs = np.zeros(len(chunks), np.bool_)
    for i in range(n):
        low, high = chunk_first[i], chunk_first[i + 1]
        some = False
        for j in range(low, high):
            if domain[i] >= 0:
                recurs[j] = slots[find(slots, _key(domain[i], chunks[j]))] != 0
            if not recurs[j] and chunks[j] & CHUNK_LENGTH >= SHARED_WORDS:
                recurs[j] = slots[find(slots, _equal(chunks[j]))] != 0
            some |= recurs[j]
        if not some:
            continue
        head, foot = _edges(chunks, low, high, recurs)
        zone[low:head] = _HEAD
        zone[foot:high] = _FOOT
        for j in range(head, foot):
            if recurs[j]:
                zone[j] = _INLINE
        has_boilerplate[i] = (zone[low:high] != _BODY).any()
    return zone, has_boilerplate


@kernel
def repeat_kernel(word, first, last, zone, has_boilerplate):
    """Set the zone of a headline that the story repeats to HEAD, in bodies with boilerplate.

    word (t,) uint32; first, last (n,) int64: the tokens of each body. zone (t,) uint8; has_boilerplate (n,) bool.
    """
    for i in range(len(first)):
        if not has_boilerplate[i]:
            continue
        body = word[first[i] : last[i]][zone[first[i] : last[i]] == _BODY]
        remaining = segments.repeated_head(body, 0, len(body))
        at = first[i]
        while remaining > 0:
            if zone[at] == _BODY:
                zone[at] = _HEAD
                remaining -= 1
            at += 1


@kernel
def table_kernel(keys, size):
    """Build an open-addressed table (size,) uint64 of distinct keys (m,) uint64, not 0; size: a power of two."""
    slots = np.zeros(size, np.uint64)
    for key in keys:
        slots[find(slots, key)] = key
    return slots


@kernel
def locate_kernel(chunks, chunk_first, domain, slots, number, order, row, offset, size):
    """Write where each chunk of the table stands: its row, its offset in the body and its size, both in tokens.

    chunks (m,) uint32; chunk_first (n + 1,) int64; domain (n,) int64. slots (2**p,) uint64: the table of keys. number:
    the row of the first body. order (rows,) uint64: of several bodies
    with a chunk the one with the least order counts. row (2**p,) int64, -1 for none; offset, size (2**p,) int64.
    """
    for i in range(len(domain)):
        if domain[i] < 0:
            continue
        token = np.int64(0)
        for j in range(chunk_first[i], chunk_first[i + 1]):
            at = find(slots, _key(domain[i], chunks[j]))
            if slots[at] != 0 and (row[at] < 0 or order[number + i] < order[row[at]]):
                row[at] = number + i
                offset[at] = token
                size[at] = np.int64(chunks[j] & CHUNK_LENGTH)
            token += np.int64(chunks[j] & CHUNK_LENGTH)
