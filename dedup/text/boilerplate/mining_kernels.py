"""What recurs at the edges of a domain's pages over different stories: the kernels of learned furniture.

A wire story that a site carries four times recurs as well. What tells the two apart is the rest of the page: furniture
stands at its edges around a middle that is another story each time. So a page is a *witness* only if between what
recurs at its edges a middle is left in which little recurs, and witnesses whose middles agree (by the least hash of
their chunks: Broder 1997) are one *company* and count once.

Kernels take chunks (`segments`) of n bodies, `chunk_first` (n + 1,) int64, and `domain` (n,) int64, the
number of each body's domain, -1 for none. They are called with a part of the corpus at a time; the order of the parts
and of the bodies in them does not matter.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.text.boilerplate.segments import (
    BEGINS,
    BEGINS_LINE,
    BEGINS_SENTENCE,
    CHUNK_HASH,
    CHUNK_LENGTH,
    KEY_BITS,
    repeated_head,
)

#: Zones of a chunk, as in `dedup.text.boilerplate.zones`.
_BODY, _HEAD, _FOOT, _INLINE = 0, 1, 2, 4
#: Words that may stand between two recurring chunks and be cut with them: a date, a rotating headline.
_GAP = 15
#: Words of a run, and of a whole sentence, that say something: "said in a statement" recurs in stories.
_SOUND, _SENTENCE = 5, 6
#: Headlines of other stories: one in so many words may end like a sentence; fewer words without an end are a sentence;
#: more are no list of headlines.
_TEASER_WORDS, _LONGEST_SENTENCE, _MOST_TEASERS = 35, 40, 400
#: Companies that must meet in a chunk: many of any kind, or a few whose pages are mostly story.
MANY, FEW = 8, 3
#: A page bears witness if its middle is a tenth of it, and 8 words; with half, it is mostly story.
_LEAST_MIDDLE, _TENTH, _HALF = 8, 10, 2
#: A long passage that three stories share is background: an edge of more words is no witness for what is rare.
_SHORT_EDGE = 80


@kernel(inline="always")
def _equal(chunk):
    """`chunks.key_of` of one chunk."""
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
    """The place of a key, not 0, in an open-addressed table (a power of two, uint64, 0 for empty), or of the gap
    where it belongs."""
    mask = np.uint64(len(slots) - 1)
    at = _mix(key) & mask
    while slots[at] != 0 and slots[at] != key:
        at = (at + np.uint64(1)) & mask
    return at


@kernel
def count_kernel(chunks, chunk_first, domain, counts):
    """Count each domain's chunks in `counts`, uint8 (a power of two), up to 255; different ones may share a place."""
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
    """Count the articles of each chunk that may recur: `least` (domains,) int64 or more by `counts`.

    slots: the table of keys; articles, latest int32 beside it: how many articles, and the number of the last one seen
    (`number` + 1 is that of the first here). Returns how many places are used, -1 when the table is too full.
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
def domains_kernel(chunks, chunk_first, domain, wanted, first_domain, several):
    """Which chunks stand on several domains: sets `several` beside the table `wanted` of chunks (`key_of`) + 1.

    first_domain: int32, the domain + 1 that was seen first.
    """
    for i in range(len(domain)):
        if domain[i] < 0:
            continue
        for j in range(chunk_first[i], chunk_first[i + 1]):
            at = find(wanted, _equal(chunks[j]) + np.uint64(1))
            if wanted[at] == 0 or several[at]:
                continue
            if first_domain[at] == 0:
                first_domain[at] = domain[i] + 1
            elif first_domain[at] != domain[i] + 1:
                several[at] = True


@kernel
def _sound(chunks, low, high, known):
    """Forget in `known` (bool, from 0 for chunk `low`) what may as well be words of a story.

    Whole lines stay, and runs of _SOUND words, and whole sentences of _SENTENCE words: "Sen." is a sentence too.
    """
    j = low
    while j < high:
        if not known[j - low]:
            j += 1
            continue
        stop = j
        words = 0
        while stop < high and known[stop - low]:
            words += chunks[stop] & CHUNK_LENGTH
            stop += 1
        if words < _SOUND:
            begin = j
            while begin < stop:
                end = begin + 1
                length = chunks[begin] & CHUNK_LENGTH
                while end < high and not chunks[end] & BEGINS:
                    length += chunks[end] & CHUNK_LENGTH
                    end += 1
                line = chunks[begin] & BEGINS_LINE and (end == high or chunks[end] & BEGINS_LINE)
                if end > stop or not (line or (chunks[begin] & BEGINS and length >= _SENTENCE)):
                    known[begin - low : min(end, stop) - low] = False
                begin = end
        j = stop


@kernel
def _teasers(chunks, low, high, known):
    """Take headlines of other stories for known: they change from page to page, under a heading that does not.

    After the story (_LEAST_MIDDLE words that are none) and a known chunk, all up to the next known one or the end, if
    nothing in it ends like a sentence. At the end of the page it must be more than one line or sentence could be.
    """
    story = np.int64(0)
    j = low
    while j < high:
        if known[j - low]:
            j += 1
            continue
        stop = j
        words = lines = sentences = np.int64(0)
        while stop < high and not known[stop - low]:
            words += np.int64(chunks[stop] & CHUNK_LENGTH)
            lines += (chunks[stop] & BEGINS_LINE) != 0
            sentences += stop > j and (chunks[stop] & BEGINS_SENTENCE) != 0
            stop += 1
        if stop < high:
            sentences += (chunks[stop] & BEGINS_SENTENCE) != 0
        several = stop < high or lines > 1 or words > _LONGEST_SENTENCE
        if j > low and story >= _LEAST_MIDDLE and several and sentences * _TEASER_WORDS <= words < _MOST_TEASERS:
            known[j - low : stop - low] = True
        else:
            story += words
        j = stop


@kernel
def _edge(chunks, low, at, stop, step, known):
    """How many of the chunks from `at` to before `stop`, by `step` 1 or -1, known ones make up.

    Of all that begin there without a long gap, those with the greatest surplus of known words over others.
    """
    taken = score = best = gap = 0
    for j in range(at, stop, step):
        words = np.int64(chunks[j] & CHUNK_LENGTH)
        if known[j - low]:
            gap = 0
            score += words
            if score > best:
                best = score
                taken = (j - at) * step + 1
        else:
            gap += words
            score -= words
            if gap > _GAP:
                break
    return taken


@kernel
def _edges(chunks, low, high, known):
    """(end of the head, begin of the foot): the chunks low..head and foot..high that known chunks make up."""
    head = low + _edge(chunks, low, low, high, 1, known)
    return head, high - _edge(chunks, low, high - 1, head - 1, -1, known)


@kernel
def _meet(companies, at, company):
    """Add a company to those of a chunk, if it is new and there is room."""
    for c in range(companies.shape[1]):
        if companies[at, c] == company:
            return
        if companies[at, c] == 0:
            companies[at, c] = company
            return


@kernel
def witness_kernel(chunks, chunk_first, domain, slots, index, any_page, story_page, short_edge):
    """Note for each chunk that recurs the companies at whose edges it stands.

    slots: the table of keys; index: int32 beside it, the number of each chunk that recurs often enough, else -1.
    any_page (m, MANY), story_page (m, FEW), short_edge (m, FEW) uint32, 0 for none: companies of all witnesses, of
    those that are mostly story, and of those of them whose edge is short.
    """
    longest = 0
    for i in range(len(domain)):
        longest = max(longest, chunk_first[i + 1] - chunk_first[i])
    known = np.zeros(longest, np.bool_)
    place = np.zeros(longest, np.int64)
    for i in range(len(domain)):
        if domain[i] < 0:
            continue
        low, high = chunk_first[i], chunk_first[i + 1]
        words = np.int64(0)
        some = False
        for j in range(low, high):
            words += np.int64(chunks[j] & CHUNK_LENGTH)
            at = find(slots, _key(domain[i], chunks[j]))
            place[j - low] = np.int64(index[at]) if slots[at] != 0 else -1
            known[j - low] = place[j - low] >= 0
            some |= known[j - low]
        if not some:
            continue
        _sound(chunks, low, high, known)
        _teasers(chunks, low, high, known)
        head, foot = _edges(chunks, low, high, known)
        middle = recurring = np.int64(0)
        company = np.uint32(0xFFFFFFFF)
        for j in range(head, foot):
            length = np.int64(chunks[j] & CHUNK_LENGTH)
            middle += length
            if known[j - low]:
                recurring += length
            if place[j - low] < 0:
                company = min(company, np.uint32(_mix(np.uint64(chunks[j] & CHUNK_HASH)) >> np.uint64(32)))
        if middle < _LEAST_MIDDLE or _TENTH * middle < words or 7 * recurring > middle:
            continue
        company = max(company, np.uint32(1))
        for edge in range(2):
            begin, end = (low, head) if edge == 0 else (foot, high)
            length = np.int64(0)
            for j in range(begin, end):
                length += np.int64(chunks[j] & CHUNK_LENGTH)
            for j in range(begin, end):
                if place[j - low] >= 0:
                    _meet(any_page, place[j - low], company)
                    if _HALF * middle >= words:
                        _meet(story_page, place[j - low], company)
                        if length <= _SHORT_EDGE:
                            _meet(short_edge, place[j - low], company)


@kernel
def mark_kernel(chunks, chunk_first, domain, slots):
    """Zone of each chunk, uint8, and which bodies (n,) bool hold any furniture of their domain.

    domain (n,): the number of the domain in the model; slots: the table of its keys.
    """
    n = len(domain)
    zone = np.zeros(len(chunks), np.uint8)
    touched = np.zeros(n, np.bool_)
    longest = 0
    for i in range(n):
        longest = max(longest, chunk_first[i + 1] - chunk_first[i])
    known = np.zeros(longest, np.bool_)
    for i in range(n):
        if domain[i] < 0:
            continue
        low, high = chunk_first[i], chunk_first[i + 1]
        some = False
        for j in range(low, high):
            known[j - low] = slots[find(slots, _key(domain[i], chunks[j]))] != 0
            some |= known[j - low]
        if not some:
            continue
        _sound(chunks, low, high, known)
        _teasers(chunks, low, high, known)
        head, foot = _edges(chunks, low, high, known)
        zone[low:head] = _HEAD
        zone[foot:high] = _FOOT
        for j in range(head, foot):
            if known[j - low]:
                zone[j] = _INLINE
        for j in range(low, high):
            if zone[j] != _BODY:
                touched[i] = True
                break
    return zone, touched


@kernel
def repeat_kernel(word, first, last, zone, touched):
    """Put a headline that the story repeats into zone HEAD, in touched bodies."""
    for i in range(len(first)):
        if not touched[i]:
            continue
        body = word[first[i] : last[i]][zone[first[i] : last[i]] == _BODY]
        left = repeated_head(body, 0, len(body))
        at = first[i]
        while left > 0:
            if zone[at] == _BODY:
                zone[at] = _HEAD
                left -= 1
            at += 1


@kernel
def place_kernel(slots, keys):
    """The places of keys (m,) uint64 in a table that holds them, int64."""
    out = np.empty(len(keys), np.int64)
    for i in range(len(keys)):
        out[i] = find(slots, keys[i])
    return out


@kernel
def table_kernel(keys, size):
    """An open-addressed table of distinct keys (m,) uint64, none of them 0, in `size` places."""
    slots = np.zeros(size, np.uint64)
    for key in keys:
        slots[find(slots, key)] = key
    return slots


@kernel
def locate_kernel(chunks, chunk_first, domain, slots, number, order, row, offset, size):
    """Where chunks of the table stand: `row` (places,) int64, -1 for not yet, `offset` and `size`, in tokens.

    order uint64, for all rows: of several bodies that of the least is taken, whatever comes first.
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
