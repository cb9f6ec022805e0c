"""Which lines of head and foot may name a source, and where the story speaks of an agency: a kernel over the bodies.

A line is worth a person's attention when a word of the lexicon stands in it: the name of an agency, or a word that
credits are made with. Nearly all articles have none in the few words that are looked at, and cost a few look-ups.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.evidence.registry import Registry, rarest
from dedup.inputs.batch import text_array
from dedup.kernels.jit import kernel
from dedup.text.boilerplate.zones import Bodies
from dedup.text.tokens import CAPITAL, SENTENCE, WORD_HASH, tokenise

_SLOTS = 16384
#: Bits of a hash that the first look takes: 8 KiB of bits, of which a fiftieth are set, and stay in the nearest cache.
_BITS = 1 << 16
#: Words of a body that are looked at from its beginning and its end. A credit farther in is none.
_HEAD_WORDS, _FOOT_WORDS = 60, 30
#: Bytes of a line before and after the word that was found in it, so that a paragraph does not count as a line.
_BEFORE, _AFTER = 240, 200
_DATELINE = 120
#: Words that a story has after its dateline, at least.
_STORY = 100
#: Words after a name within which a verb is its own.
_APPOSITION = 6

#: What an entry of the lexicon is: a name, one that is a name also in lower case, a cue for head or for foot, a
#: name with its genitive's s.
NAME, ANY_CASE, HEAD_CUE, FOOT_CUE, POSSESSIVE = 1, 2, 4, 8, 16
#: Where something was heard, as bits: a line may be both head and foot. CUT_LEFT: the line began earlier; CUT_RIGHT: it
#: goes on. TOLD and ATTRIBUTED: in the story, which was told to the agency, or says what the agency reported.
#: LATE: in brackets at the beginning of a line farther in, as a dateline is after captions and other clutter.
HEAD, FOOT, TOLD, ATTRIBUTED, CUT_LEFT, CUT_RIGHT, LATE = 1, 2, 4, 8, 16, 32, 64

_TOLD = "told gegenüber"
_ATTRIBUTED_BEFORE = "citing cited quoting laut selon según secondo segundo volgens enligt ifølge według"
_ATTRIBUTED_AFTER = "reported reports reporting quoted cited berichtete meldete rapporte informó riferisce"


class Lexicon(NamedTuple):
    """Sequences of words as arrays.

    `slot` (16384,) int32 maps the low bits of an anchor word's hash to the first sequence of that slot, -1 for none;
    they follow each other until `last`. `bits` (1024,) uint64: the anchors' low 16 bits. The words of sequence p are
    `token[begin[p] : begin[p + 1]]`, its rarest (longest) is number `anchor[p]` of them; `kind` are bits of what it
    is, `name` the number of its agency, -1 for a cue. `told`, `before`, `after`, `according`: words that speak of a
    source; `the`: the one that may begin with a capital before a name.
    """

    slot: NDArray[np.int32]
    begin: NDArray[np.int32]
    anchor: NDArray[np.int32]
    token: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    name: NDArray[np.int32]
    last: NDArray[np.bool_]
    bits: NDArray[np.uint64]
    told: NDArray[np.uint32]
    before: NDArray[np.uint32]
    after: NDArray[np.uint32]
    according: NDArray[np.uint32]
    the: NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Ear:
    """The lexicon of a registry, and the words with which credits are made."""

    registry: Registry
    head_cues: tuple[str, ...]
    foot_cues: tuple[str, ...]

    @cached_property
    def lexicon(self) -> Lexicon:
        cues: dict[str, int] = {}
        for kind, texts in ((HEAD_CUE, self.head_cues), (FOOT_CUE, self.foot_cues)):
            for text in texts:
                cues[text] = cues.get(text, 0) | kind
        entries = sorted({*self._names(), *((text, kind, -1) for text, kind in cues.items())})
        tokens = tokenise(text_array([entry[0] for entry in entries]))
        rows = [tokens.words(i) & WORD_HASH for i in range(len(entries))]
        anchors = [_rarest(tokens.text(i).split()) for i in range(len(entries))]
        order = sorted(
            (i for i in range(len(entries)) if len(rows[i])), key=lambda i: (int(rows[i][anchors[i]]) % _SLOTS, i)
        )
        slots = [int(rows[i][anchors[i]]) % _SLOTS for i in order]
        slot = np.full(_SLOTS, -1, np.int32)
        for place, value in reversed(list(enumerate(slots))):
            slot[value] = place
        return Lexicon(
            slot,
            np.cumsum([0, *(len(rows[i]) for i in order)]).astype(np.int32),
            np.array([anchors[i] for i in order], np.int32),
            np.concatenate([rows[i] for i in order]),
            np.array([entries[i][1] for i in order], np.uint8),
            np.array([entries[i][2] for i in order], np.int32),
            np.array([place + 1 == len(slots) or slots[place + 1] != s for place, s in enumerate(slots)]),
            _bits([int(rows[i][anchors[i]]) for i in order]),
            *(tokenise(text_array([w])).words(0) & WORD_HASH for w in (_TOLD, _ATTRIBUTED_BEFORE, _ATTRIBUTED_AFTER)),
            tokenise(text_array(["according to"])).words(0) & WORD_HASH,
            tokenise(text_array(["the"])).words(0) & WORD_HASH,
        )

    def _names(self) -> list[tuple[str, int, int]]:
        names = []
        for number, agency in enumerate(self.registry.agencies):
            for text in dict.fromkeys((*agency.names, *agency.tags)):
                names.append((text, ANY_CASE if text == text.lower() else NAME, number))
                if " " in text:  # an apostrophe within a word vanishes: `The Washington Post’s Jane Roe contributed`
                    names.append((f"{text}s", NAME | POSSESSIVE, number))
            if agency.kind == "agency":  # as in `writer@yna.co.kr`
                names.extend((domain, ANY_CASE | FOOT_CUE, number) for domain in agency.domains)
        return names

    def lines(self, bodies: Bodies) -> NDArray[np.int64]:
        """What is heard, (5, m) int64: the article's index, where, first byte, byte after the last, agency or -1."""
        tokens = bodies.before_learning
        data, offsets = tokens.texts
        room = 4 * len(tokens) + 64
        while True:
            out = np.empty((5, room), np.int64)
            count = hear_kernel(
                data, offsets, tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, self.lexicon, out
            )
            if count <= room:
                return out[:, :count]
            room = count


def _bits(hashes: list[int]) -> NDArray[np.uint64]:
    bits = np.zeros(_BITS // 64, np.uint64)
    for value in hashes:
        bits[value % _BITS // 64] |= np.uint64(1 << (value % 64))
    return bits


def _rarest(words: list[str]) -> int:
    return words.index(rarest(words)) if words else 0


@kernel
def _entry(word, low, at, high, lexicon):
    """The longest entry whose anchor is token `at` of low..high, or -1."""
    place = lexicon.slot[word[at] & np.uint32(_SLOTS - 1)]
    if place < 0:
        return -1
    best = -1
    size = 0
    while True:
        first = lexicon.begin[place]
        length = lexicon.begin[place + 1] - first
        start = at - lexicon.anchor[place]
        if length > size and low <= start and start + length <= high:
            same = True
            for i in range(length):
                if (word[start + i] & WORD_HASH) != lexicon.token[first + i]:
                    same = False
                    break
            if same and (not lexicon.kind[place] & NAME or word[start] & CAPITAL):
                best = place
                size = length
        if lexicon.last[place]:
            return best
        place += 1


@kernel
def _among(word, words):
    found = False
    for candidate in words:
        found = found or (word & WORD_HASH) == candidate
    return found


@kernel
def _mention(word, start, end, low, first, after, high, lexicon):
    """How the story speaks of the name at tokens first..after: TOLD, ATTRIBUTED or -1; an article may stand before."""
    if first > low and word[first - 1] & CAPITAL and start[first] - end[first - 1] == 1:
        if not _among(word[first - 1], lexicon.the):
            return -1  # `according to Apple Insider`: a longer name, of somebody else
    if after < high and word[after] & CAPITAL and not word[after] & SENTENCE:
        return -1  # `told CBS Boston`: a longer name, of somebody else
    for before in (first - 1, first - 2):
        if before >= low:
            if _among(word[before], lexicon.told):
                return TOLD
            if _among(word[before], lexicon.before):
                return ATTRIBUTED
            if before > low and (word[before] & WORD_HASH) == lexicon.according[1]:
                if (word[before - 1] & WORD_HASH) == lexicon.according[0]:
                    return ATTRIBUTED
    # `reported`, `is reporting`, `KCNA, the state news agency, reported`
    for verb in range(after, min(high, after + _APPOSITION)):
        if word[verb] & SENTENCE:
            break
        if _among(word[verb], lexicon.after):
            return ATTRIBUTED
    return -1


@kernel
def hear_kernel(data, offsets, first, last, word, start, end, lexicon, out):
    """Write what is heard into `out` (5, room), in the order of the articles; returns how much there is.

    data, offsets: the texts; first .. end: the tokens of their bodies.
    """
    count = 0
    bits = lexicon.bits
    for i in range(len(first)):
        low = first[i]
        high = last[i]
        base = offsets[i]
        stop = offsets[i + 1]
        line = np.int64(-1)
        seen = 0
        for at in range(low, high):
            low_bits = word[at] & np.uint32(_BITS - 1)
            if not (bits[low_bits >> np.uint32(6)] >> np.uint64(low_bits & np.uint32(63))) & np.uint64(1):
                continue
            place = _entry(word, low, at, high, lexicon)
            if place < 0:
                continue
            name = lexicon.name[place]
            begin = at - lexicon.anchor[place]
            after = begin + lexicon.begin[place + 1] - lexicon.begin[place]
            kind = lexicon.kind[place]
            if name >= 0 and not kind & POSSESSIVE:
                spoken = _mention(word, start, end, low, begin, after, high, lexicon)
                if spoken >= 0:
                    if count < out.shape[1]:
                        out[0, count] = i
                        out[1, count] = spoken
                        out[2, count] = start[max(low, begin - 2)]
                        out[3, count] = end[min(high - 1, after)]
                        out[4, count] = name
                    count += 1
                    if spoken == TOLD:
                        continue
            where = 0
            if at < low + _HEAD_WORDS and kind & (NAME | ANY_CASE | HEAD_CUE):
                where |= HEAD
            if at >= high - _FOOT_WORDS and kind & (NAME | ANY_CASE | FOOT_CUE):
                where |= FOOT
            if where == 0 and name >= 0 and at + _STORY < high and data[base + end[after - 1]] == 41:
                where = LATE
            if where == 0:
                continue
            left = base + start[begin]
            bound = max(base, left - _BEFORE)
            while left > bound and data[left - 1] != 10:
                left -= 1
            if left == line and where == seen:
                continue
            # A dateline stands at the beginning of its line.
            if where & (HEAD | LATE) == where and base + start[begin] - left > _DATELINE:
                continue
            if where == LATE and left > base and data[left - 1] != 10:
                continue
            line = left
            seen = where
            right = base + end[after - 1]
            bound = min(stop, right + _AFTER)
            while right < bound and data[right] != 10:
                right += 1
            if left > base and data[left - 1] != 10:
                where |= CUT_LEFT
            if right < stop and data[right] != 10:
                where |= CUT_RIGHT
            if count < out.shape[1]:
                out[0, count] = i
                out[1, count] = where
                out[2, count] = left - base
                out[3, count] = right - base
                out[4, count] = name
            count += 1
    return count
