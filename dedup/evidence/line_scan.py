"""Select lines of head and foot that may name a source, and mentions of agencies in the story: a kernel over bodies.

A line is selected if it has an entry of the cue table: the name of an agency, or a phrase of credits. Nearly all
articles have none in the few words that are looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.evidence.registry import Registry
from dedup.evidence.uncased_lines import MARK, NAMED, selected_lines
from dedup.evidence.uncased_table import UncasedTable, uncased_table
from dedup.inputs.batch import text_array
from dedup.kernels.jit import kernel, scalar_kernel
from dedup.languages import lexicon
from dedup.text.boilerplate.rules import SlotTable, longest_words, slot_table
from dedup.text.boilerplate.segments import are_equal, is_in
from dedup.text.boilerplate.zones import Bodies
from dedup.text.tokens import CAPITAL, SENTENCE, WORD_HASH, tokenise

_SLOTS = 16384
#: Bits of the first look-up, by a hash: 8 KiB, of which a fiftieth are set, stay in the nearest cache.
_BITS = 1 << 16
#: Words of a body's head and foot. A credit farther in is none.
_HEAD_WORDS, _FOOT_WORDS = 60, 30
#: Bytes of a line before and after the entry at most, so that a paragraph does not count as a line.
_BEFORE, _AFTER = 240, 200
_DATELINE = 120
#: The same in scripts of which each character counts as a word.
_UNBROKEN_HEAD, _UNBROKEN_FOOT = 180, 90
#: Bytes of the first and the last line of a text without capitals that are selected without an entry; a line up to
#: `_BYLINE` may be a credit, and the next one too.
_EDGE, _BYLINE, _MOST_EDGES = 420, 120, 3
#: Words in the middle of a text by which its script is told.
_SAMPLE = 4
#: Fewest words of a story after a late dateline.
_STORY = 100
#: A verb belongs to a name at most so many words before it.
_APPOSITION = 6

#: Kinds of an entry: a name, a name also in lower case, a cue for the head, a cue for the foot, a genitive of a name.
NAME, ANY_CASE, HEAD_CUE, FOOT_CUE, POSSESSIVE = 1, 2, 4, 8, 16
#: Bits of a selected line: HEAD, FOOT or both. NO_BEGINNING, NO_END: the text lacks that side of its line. TOLD,
#: ATTRIBUTION: a mention of an agency to which somebody spoke, or which reported something. LATE: in brackets at the
#: beginning of a line after the head, like a dateline after captions. REPORTER: a mention of an agency's reporter.
HEAD, FOOT, TOLD, ATTRIBUTION, NO_BEGINNING, NO_END, LATE, REPORTER = 1, 2, 4, 8, 16, 32, 64, 128


#: In place of the number of an agency: a first or last line, selected without an entry.
EDGE = -2
#: First and last lines from which on a kernel selects those that patterns look at; its table takes .15 s to build.
MANY_EDGES = 1000


class CueTable(NamedTuple):
    """Entries, sequences of words, as arrays.

    The anchor of an entry in `table` (16384 slots) is its rarest (longest) word. `bits` (1024,) uint64: the low 16 bits
    of the anchors' hashes. `kind`: bits; `name`: the number of the agency, -1 for a cue; `size`: the letters of an
    abbreviation, else 0, since `AAP` and `AP` are one folded word. `told`, `before`, `after`
    `reporter` (k,), `according` (k, 2): hashes of the words of mentions; `the` (k,): articles, which may begin with a
    capital before a name.
    """

    table: SlotTable
    kind: NDArray[np.uint8]
    name: NDArray[np.int32]
    size: NDArray[np.int32]
    bits: NDArray[np.uint64]
    told: NDArray[np.uint32]
    before: NDArray[np.uint32]
    after: NDArray[np.uint32]
    reporter: NDArray[np.uint32]
    according: NDArray[np.uint32]
    the: NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class LineScanner:
    """Scans bodies for the names of a registry and the phrases of credits."""

    registry: Registry

    @cached_property
    def table(self) -> CueTable:
        """Build the table of all entries."""
        cues: dict[str, int] = {}
        for kind, lists in ((HEAD_CUE, lexicon.HEAD_CUES), (FOOT_CUE, lexicon.FOOT_CUES)):
            for text in (word for name in lists for word in lexicon.words(name)):
                cues[text] = cues.get(text, 0) | kind
        entries = sorted({*self._names(), *((text, kind, -1) for text, kind in cues.items())})
        common = _words("common_word")
        table, order = slot_table([text for text, _, _ in entries], _SLOTS, lambda all_: longest_words(all_, common))
        bits = np.zeros(_BITS // 64, np.uint64)
        low_bits = table.anchors.astype(np.uint64) % np.uint64(_BITS)
        np.bitwise_or.at(bits, low_bits >> np.uint64(6), np.uint64(1) << (low_bits & np.uint64(63)))
        return CueTable(
            table,
            np.array([entries[i][1] for i in order], np.uint8),
            np.array([entries[i][2] for i in order], np.int32),
            np.array([_abbreviation_size(entries[i][0]) for i in order], np.int32),
            bits,
            *map(_words, ("told", "attribution_before", "attribution_after", "own_reporter")),
            _hashes(lexicon.words("according_to")).reshape(-1, 2),
            _hashes(lexicon.words("the")),
        )

    @cached_property
    def uncased(self) -> UncasedTable:
        """Build the table of words and names in first and last lines without capitals."""
        return uncased_table(self.registry)

    def _names(self) -> list[tuple[str, int, int]]:
        """Return (text, kind, number of the agency) of each name and tag."""
        names: list[tuple[str, int, int]] = []
        numbers = {agency.name: number for number, agency in enumerate(self.registry.agencies)}
        for text in lexicon.words("elided_agency"):  # one word of the tokens, with a small first letter
            if (match := self.registry.find(text, outlets_too=False)) is not None:
                names.append((text, ANY_CASE, numbers[match.agency.name]))
        for number, agency in enumerate(self.registry.agencies):
            for text in dict.fromkeys((*agency.names, *agency.tags)):
                names.append((text, ANY_CASE if text == text.lower() else NAME, number))
                if " " in text:  # an apostrophe within a word vanishes: `The Washington Post’s Jane Roe contributed`
                    names.append((f"{text}s", NAME | POSSESSIVE, number))
            if agency.kind == "agency":  # as in `writer@yna.co.kr`
                names.extend((domain, ANY_CASE | FOOT_CUE, number) for domain in agency.domains)
        return names

    def scan(self, bodies: Bodies) -> NDArray[np.int64]:
        """Return lines and mentions, (m, 5) int64: article, bits, first byte, end, and the agency, -1 or EDGE."""
        tokens = bodies.rule_only
        lines = scan_kernel(*tokens.texts, tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, self.table)
        is_edge = lines[:, 4] == EDGE
        if np.count_nonzero(is_edge) < MANY_EDGES:
            return lines
        bits = selected_lines(*tokens.texts, lines[is_edge], self.uncased)
        is_edge[is_edge] = bits != MARK | NAMED
        return lines[~is_edge]


def _abbreviation_size(text: str) -> int:
    """Return the letters of an abbreviation in ASCII capitals, 0 for all other names and phrases."""
    return len(text) if text.isascii() and text.isalpha() and text.isupper() else 0


def _words(name: str) -> NDArray[np.uint32]:
    """The hashes of the words of a list."""
    return _hashes(lexicon.words(name))


def _hashes(words: Sequence[str]) -> NDArray[np.uint32]:
    """The hashes of the tokens of words, one after the other."""
    tokens = tokenise(text_array([" ".join(words)]), repair=False)
    return tokens.words(0) & WORD_HASH


@scalar_kernel
def _entry(word, low, at, high, letters, cues):
    """Return the longest entry with its anchor at token `at` of low..high, or -1.

    word (t,) uint32. letters: those of token `at` in ASCII, 0 if it begins with another letter.
    """
    table = cues.table
    place = table.slot[word[at] & np.uint32(_SLOTS - 1)]
    if place < 0:
        return -1
    best = -1
    size = 0
    while True:
        first = table.begin[place]
        length = table.begin[place + 1] - first
        start = at - table.anchor[place]
        if length > size and low <= start and start + length <= high:
            same = are_equal(word[start : start + length], table.token[first : first + length])
            if same and cues.size[place] > 0 and letters > 0:
                same = letters == cues.size[place]
            if same and (not cues.kind[place] & NAME or word[start] & CAPITAL):
                best = place
                size = length
        if table.last[place]:
            return best
        place += 1


@scalar_kernel
def _mention(word, start, end, low, first, after, high, cues):
    """Return how the story mentions the name at tokens first..after: REPORTER, TOLD, ATTRIBUTION or -1.

    word (t,) uint32; start, end (t,) int32: bytes of the tokens. low..high: the tokens of the body.
    """
    if first > low and word[first - 1] & CAPITAL and start[first] - end[first - 1] == 1:
        if not is_in(word[first - 1], cues.the):
            return -1  # `according to Apple Insider`: a longer name, of somebody else
    if after < high and word[first] & word[after] & CAPITAL and not word[after] & SENTENCE:
        return -1  # `told CBS Boston`: a longer name, of somebody else; not `a dit à l'AFP Marie Roche`
    # `an AFP correspondent saw`, `передає кореспондент Укрінформу`
    if (first > low and is_in(word[first - 1], cues.reporter)) or (after < high and is_in(word[after], cues.reporter)):
        return REPORTER
    for before in (first - 1, first - 2):
        if before >= low:
            if is_in(word[before], cues.told):
                return TOLD
            if is_in(word[before], cues.before):
                return ATTRIBUTION
            for pair in cues.according:
                if before > low and (word[before] & WORD_HASH) == pair[1] and (word[before - 1] & WORD_HASH) == pair[0]:
                    return ATTRIBUTION
    # `reported`, `is reporting`, `KCNA, the state news agency, reported`
    for verb in range(after, min(high, after + _APPOSITION)):
        if word[verb] & SENTENCE:
            break
        if is_in(word[verb], cues.after):
            return ATTRIBUTION
    return -1


@scalar_kernel
def _is_uncased(byte):
    """Return whether a byte begins a letter of a script without capitals (Hebrew to Tibetan, Han, kana, Hangul)."""
    return 0xD7 <= byte <= 0xDD or byte == 0xE0 or _is_unbroken(byte)


@scalar_kernel
def _is_unbroken(byte):
    """Return whether a byte begins a letter of Han, kana or Hangul."""
    return 0xE3 <= byte <= 0xED


@scalar_kernel
def _add_edges(out, count, data, bounds, article, ends):
    """Write the first and last lines of a text without capitals to `out` from row `count` on; return the next row.

    bounds: the bytes of the body; ends: the first and the last byte of its text, in lines that may be longer.
    """
    base, stop = bounds
    first, last = ends
    while first > base and data[first - 1] != 10:
        first -= 1
    begin = first
    for _ in range(_MOST_EDGES):
        end = begin
        while end < stop and data[end] != 10 and end - begin < _EDGE:
            end += 1
        is_whole = end >= stop or data[end] == 10
        out[count, 0] = article
        out[count, 1] = HEAD | (FOOT if end >= last else 0) | (0 if is_whole else NO_END)
        out[count, 2] = begin - base
        out[count, 3] = end - base
        out[count, 4] = EDGE
        count += 1
        if end >= last or end - begin > _BYLINE:
            break
        begin = end
        while begin < stop and data[begin] == 10:
            begin += 1
    limit = end
    end = last
    while end < stop and data[end] != 10:
        end += 1
    for _ in range(_MOST_EDGES):
        if end <= limit:
            break
        begin = end
        while begin > base and data[begin - 1] != 10 and end - begin < _EDGE:
            begin -= 1
        is_whole = begin <= base or data[begin - 1] == 10
        out[count, 0] = article
        out[count, 1] = FOOT | (0 if is_whole else NO_BEGINNING)
        out[count, 2] = begin - base
        out[count, 3] = end - base
        out[count, 4] = EDGE
        count += 1
        if end - begin > _BYLINE:
            break
        end = begin
        while end > base and data[end - 1] == 10:
            end -= 1
    return count


@kernel
def scan_kernel(data, offsets, first, last, word, start, end, cues):
    """Return lines and mentions, (m, 5) int64, as `LineScanner.scan` does.

    data uint8, offsets (n + 1,) int64: the texts. first, last (n,) int64; word (t,) uint32; start, end (t,) int32: the
    tokens of their bodies. cues: `CueTable`.
    """
    # Memory that is not written is not taken.
    out = np.empty((2 * len(word) + 2 * _MOST_EDGES * len(first), 5), np.int64)
    count = 0
    bits = cues.bits
    for i in range(len(first)):
        low = first[i]
        high = last[i]
        base = offsets[i]
        stop = offsets[i + 1]
        line = np.int64(-1)
        line_bits = 0
        head_words = _HEAD_WORDS
        foot_words = _FOOT_WORDS
        without_capitals = False
        for at in range((low + high) // 2, min(high, (low + high) // 2 + _SAMPLE)):
            byte = data[base + start[at]]
            without_capitals |= _is_uncased(byte)
            if _is_unbroken(byte):
                head_words = _UNBROKEN_HEAD
                foot_words = _UNBROKEN_FOOT
        if without_capitals:
            ends = (base + start[low], base + end[high - 1])
            count = _add_edges(out, count, data, (base, stop), i, ends)
        for at in range(low, high):
            low_bits = word[at] & np.uint32(_BITS - 1)
            if not (bits[low_bits >> np.uint32(6)] >> np.uint64(low_bits & np.uint32(63))) & np.uint64(1):
                continue
            letters = np.int64(end[at] - start[at]) if data[base + start[at]] < 0x80 else 0
            if letters == 1:  # no entry is one letter, but the fold of `AA` is that of `a`
                continue
            place = _entry(word, low, at, high, letters, cues)
            if place < 0:
                continue
            name = cues.name[place]
            begin = at - cues.table.anchor[place]
            after = begin + cues.table.begin[place + 1] - cues.table.begin[place]
            kind = cues.kind[place]
            if name >= 0 and not kind & POSSESSIVE:
                mention = _mention(word, start, end, low, begin, after, high, cues)
                if mention >= 0:
                    out[count, 0] = i
                    out[count, 1] = mention
                    out[count, 2] = start[max(low, begin - 2)]
                    out[count, 3] = end[min(high - 1, after)]
                    out[count, 4] = name
                    count += 1
                    if mention == TOLD:
                        continue
            where = 0
            if at < low + head_words and kind & (NAME | ANY_CASE | HEAD_CUE):
                where |= HEAD
            if at >= high - foot_words and kind & (NAME | ANY_CASE | FOOT_CUE):
                where |= FOOT
            if where == 0 and name >= 0 and at + _STORY < high and data[base + end[after - 1]] == 41:
                where = LATE
            if where == 0:
                continue
            begin_byte = base + start[begin]
            bound = max(base, begin_byte - _BEFORE)
            while begin_byte > bound and data[begin_byte - 1] != 10:
                begin_byte -= 1
            if begin_byte == line and where == line_bits:
                continue
            # A dateline stands at the beginning of its line.
            if where & (HEAD | LATE) == where and base + start[begin] - begin_byte > _DATELINE:
                continue
            if where == LATE and begin_byte > base and data[begin_byte - 1] != 10:
                continue
            line = begin_byte
            line_bits = where
            end_byte = base + end[after - 1]
            bound = min(stop, end_byte + _AFTER)
            while end_byte < bound and data[end_byte] != 10:
                end_byte += 1
            if begin_byte > base and data[begin_byte - 1] != 10:
                where |= NO_BEGINNING
            if end_byte < stop and data[end_byte] != 10:
                where |= NO_END
            out[count, 0] = i
            out[count, 1] = where
            out[count, 2] = begin_byte - base
            out[count, 3] = end_byte - base
            out[count, 4] = name
            count += 1
    return out[:count].copy()
