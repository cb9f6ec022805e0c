"""The words, names and marks by which the first and last lines of texts without capitals are selected, as arrays.

Words are compared in one spelling that maps each character alone: what `spelling.folded` makes equal is equal in it,
and a name within a line is within the line's spelling. It may make more equal; a line too many costs little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.evidence.outlets import stems_of_ascii_names
from dedup.evidence.registry import Registry
from dedup.evidence.spelling import UNBROKEN, UNCASED, is_uncased, one_form
from dedup.languages import lexicon

#: Slots of the table of words; a power of two.
SLOTS = 1 << 16
#: Factors of the hash of the first three characters of a word, in one spelling.
FIRST, SECOND, THIRD = 40503, 9973, 57037
#: Codes of characters beyond the basic plane, which no name has: all are one.
_BASIC = 0xFFFF

#: Kinds of words, bits. In the head: MARKED ends at a mark, DATED stands behind a digit, HEAD_WORD anywhere, TOLD
#: before a job (JOB), LEAD in the beginning of a longer line. In the foot: LABEL begins behind a mark, TAIL_WORD stands
#: anywhere, TIMED behind a digit, SIGNED in the last words or a short line, SIGNED_LAST at its very end.
MARKED, DATED, HEAD_WORD, TOLD, LEAD = 1, 2, 4, 8, 16
LABEL, TAIL_WORD, TIMED, SIGNED, SIGNED_LAST = 32, 64, 128, 256, 512
#: What a credit needs beside them: a NAME of the registry, or the first word of an inflected one (NAME_STEM); a CUE, of
#: which a new name may follow, or one that may stand in a first paragraph too (STORY_CUE); CUE_INSIDE, the same also
#: within a word; SOURCE at the beginning of a line or before a colon; PAPER, the ending of a new paper's name, before a
#: mark or a word of BEHIND_PAPER; REPORT before a blank near the beginning.
NAME, NAME_STEM, CUE, CUE_INSIDE = 1 << 10, 1 << 11, 1 << 12, 1 << 13
SOURCE, PAPER, BEHIND_PAPER, REPORT, JOB, STORY_CUE = 1 << 14, 1 << 15, 1 << 16, 1 << 17, 1 << 18, 1 << 19

#: Word lists of these kinds: words of scripts without capitals; those of CUE in all languages.
_LISTS = {
    MARKED: ("dispatch_mark", "reports_mark", "report_mark"),
    HEAD_WORD: ("paper_learned", "distribution_mark"),
    TOLD: ("told_reporter",),
    LEAD: ("lead_credit", "interview_with", "as_written_by"),
    LABEL: ("source", "provider", "licence", "released_by", "provided_label", "foot_word"),
    TAIL_WORD: ("licence_behind", "named_self", "rights_notice", "copyright", "text_and_photo"),
    TIMED: ("distribution_mark",),
    SIGNED: ("job_beside_name", "report_mark", "contribution", "desk_work"),
    SIGNED_LAST: ("wire_mark",),
    SOURCE: ("source", "via"),
    PAPER: ("paper_suffix",),
    BEHIND_PAPER: ("job_beside_name", "licence_behind"),
    REPORT: ("reports_mark",),
    JOB: ("job_beside_name",),
}
_CUES = {
    CUE: (
        "staff", "feed_footer", "not_own", "aggregator_notice", "licence", "standards", "read_whole", "transmission",
        "interview_by", "written_for", "text_and_picture",
    ),
    STORY_CUE: (
        "press_office", "press_office_inflected", "released_by", "issued_following", "own_reports", "we_reproduce",
    ),
    CUE_INSIDE: ("editing", "rights_notice", "copyright", "copyright_abbreviation", "copyright_start"),
}  # fmt: skip
#: Addresses, and signs of copyright in letters.
_ADDRESSES, _COPYRIGHT = ("http:", "https:", "www."), ("(c)", "c.")

#: Classes of characters, bits: a letter, digit or underscore; a digit; a letter of a script with blanks between words;
#: one of a script without, or with blanks that vary; a blank; an opening bracket; a bracket or slash that may close a
#: text; a mark of a dateline in the head; a sign of rights or an address in the foot; a colon or stroke; a mark of a
#: short line; the end of an exclamation or sentence; a full stop or star; a letter of another script than those of
#: ASCII and those without capitals; a capital of ASCII; a character that is a word of the table.
WORD, DIGIT, BROKEN, JOINED, BLANK, OPENS, CLOSES, HEAD_SIGN = 1, 2, 4, 8, 16, 32, 64, 128
TAIL_SIGN, COLON, SHORT_SIGN, EXCLAIMED, STOP, FOREIGN, CAPITAL, ALONE = 256, 512, 1024, 2048, 4096, 8192, 16384, 32768
#: Bits of the first look-up of the first two characters of a word: 8 KiB stay in the nearest cache.
PAIRS = 1 << 16
_CLASSES = (
    (BLANK, r"\s"),
    (OPENS, r"[\[(（【［〔<〈]"),
    (CLOSES, r"[)\]）】］〕>〉/]"),
    (HEAD_SIGN, r"[/()|«–—।\u4e28]"),
    (TAIL_SIGN, r"[@©ⓒⒸ\uff20]"),
    (COLON, r"[:：|\uff5c\u4e28\u3163]"),
    (SHORT_SIGN, r"[,،，|©ⓒⒸ]"),
    (EXCLAIMED, r"[。！？!?～…]"),
    (STOP, r"[.。*]"),
    (CAPITAL, r"[A-Z\uff21-\uff3a]"),
)


class UncasedTable(NamedTuple):
    """Words as arrays.

    `fold` (65536,) uint16: the spelling of each character, 0 if it is dropped; `class_of` (65536,) uint16. `single`
    (65536,) int32: the kinds of words of one character. `pairs` (1024,) uint64: bits of the hashes of the first two
    characters of longer words. `slot` (65536,) int32: the first of the longer words with a hash, or -1; `begin`
    (k + 1,) int32, `code` uint16: their characters; `kind`, `last` (k,): their kinds, and whether no further word has
    the hash.
    """

    fold: NDArray[np.uint16]
    class_of: NDArray[np.uint16]
    single: NDArray[np.int32]
    pairs: NDArray[np.uint64]
    slot: NDArray[np.int32]
    begin: NDArray[np.int32]
    code: NDArray[np.uint16]
    kind: NDArray[np.int32]
    last: NDArray[np.bool_]


def uncased_table(registry: Registry) -> UncasedTable:
    """Return the table of all words of the lists, and of the names of a registry."""
    fold, class_of = _fold(), _classes()
    kinds: dict[str, int] = {}

    def add(kind: int, words: Iterable[str]) -> None:
        for word in words:
            kinds[word] = kinds.get(word, 0) | kind

    for kind, lists in _LISTS.items():
        add(kind, _uncased(lists))
    for kind, lists in _CUES.items():
        add(kind, (word for name in lists for word in lexicon.words(name)))
    add(SOURCE, (word for name in _LISTS[SOURCE] for word in lexicon.words(name)))
    add(DATED, map("".join, product(_uncased(["day_mark"]), _uncased(["wire_mark"]))))
    add(TIMED, map("".join, product(_uncased(["minute_mark"]), _uncased(["distribution_mark"]))))
    add(TAIL_WORD, (*_ADDRESSES, _COPYRIGHT[0]))
    add(CUE, _COPYRIGHT)
    names = registry.printed_names()
    add(NAME, names)
    add(NAME, (name[:-1] for name in names if name.endswith(".")))
    add(NAME_STEM, stems_of_ascii_names())
    return _arrays(kinds, fold, class_of)


def _uncased(lists: Sequence[str]) -> list[str]:
    return [word for name in lists for word in lexicon.words(name) if is_uncased(word)]


def _arrays(kinds: dict[str, int], fold: NDArray[np.uint16], class_of: NDArray[np.uint16]) -> UncasedTable:
    """Return the table of words, by their kinds.

    Names and cues with letters of other scripts are left out, since a line with such letters is read in any case.
    """
    texts = list(kinds)
    codes = np.frombuffer("\n".join([*texts, ""]).encode("utf-16-le", "surrogatepass"), np.uint16)
    is_end = codes == 10
    text_of = np.cumsum(is_end) - is_end
    is_foreign = np.zeros(len(texts), np.bool_)
    is_foreign[text_of[(class_of[codes] & FOREIGN != 0) | ((codes >= 0xD800) & (codes < 0xE000))]] = True
    folded = fold[codes]
    is_foreign &= np.array([kind & (NAME - 1) == 0 for kind in kinds.values()])
    has_place = (folded != 0) & ~is_end & ~is_foreign[text_of]
    code, text_of = folded[has_place], text_of[has_place]
    size = np.bincount(text_of, minlength=len(texts))
    kind = np.array(list(kinds.values()), np.int32)
    first = np.cumsum(size) - size
    single = np.zeros(_BASIC + 1, np.int32)
    ones = np.flatnonzero(size == 1)
    np.bitwise_or.at(single, code[first[ones]].astype(np.int64), kind[ones])
    longer = np.flatnonzero(size > 1)
    wide = np.append(code, [0, 0, 0]).astype(np.int64)
    class_of[np.flatnonzero(single)] |= np.uint16(ALONE)
    third = np.where(size[longer] > 2, wide[first[longer] + 2], 0)
    pair = wide[first[longer]] * FIRST + wide[first[longer] + 1] * SECOND
    pairs = np.zeros(PAIRS // 64, np.uint64)
    low_bits = (pair % PAIRS).astype(np.uint64)
    np.bitwise_or.at(pairs, low_bits >> np.uint64(6), np.uint64(1) << (low_bits & np.uint64(63)))
    hashes = (pair + third * THIRD) % SLOTS
    order = np.argsort(hashes, kind="stable")
    longer, hashes = longer[order], hashes[order]
    begin = np.append(0, np.cumsum(size[longer]))
    place = np.repeat(first[longer] - begin[:-1], size[longer]) + np.arange(begin[-1])
    last = np.append(hashes[1:] != hashes[:-1], True)
    slot = np.full(SLOTS, -1, np.int32)
    slot[hashes[::-1]] = np.arange(len(hashes))[::-1]  # of equal slots the first word is the last to be written
    return UncasedTable(fold, class_of, single, pairs, slot, begin.astype(np.int32), code[place], kind[longer], last)


def _fold() -> NDArray[np.uint16]:
    """Return one spelling of each character of the basic plane, (65536,) uint16; 0 if it is dropped."""
    fold = np.arange(_BASIC + 1, dtype=np.uint16)
    for code, one in one_form().items():
        fold[code] = one
    fold[65:91] += 32
    fold[0xFF21:0xFF3B] = fold[65:91]
    everything = _everything()
    fold[[blank.start() for blank in re.finditer(r"\s", everything)]] = 0
    fold[fold == ord("*")] = 0  # marks of bold letters are dropped where a line begins
    return fold


def _everything() -> str:
    """Return all characters of the basic plane; a blank in place of the surrogates."""
    return "".join(map(chr, range(0xD800))) + " " * 0x800 + "".join(map(chr, range(0xE000, _BASIC + 1)))


def _classes() -> NDArray[np.uint16]:
    """Return the classes of each character of the basic plane, (65536,) uint16."""
    everything = _everything()
    # A stroke that is a letter of Hangul or Han, and that of Arabic, stand for marks.
    everything = re.sub(r"[\u3163\u4e28\u0640]", "-", everything)
    class_of = np.zeros(_BASIC + 1, np.uint16)

    def add(kind: int, pattern: str) -> None:
        for part in re.finditer(f"(?:{pattern})+", everything):
            class_of[part.start() : part.end()] |= np.uint16(kind)

    add(WORD, r"\w")
    add(DIGIT, r"\d")
    add(BROKEN, rf"(?![{UNBROKEN}])[^\W\d_]")
    add(JOINED, f"[{UNBROKEN}]")
    add(FOREIGN, rf"(?![a-zA-Z\uff21-\uff3a\uff41-\uff5a{UNCASED}])[^\W\d_]")
    everything = _everything()
    for kind, pattern in _CLASSES:
        add(kind, pattern)
    return class_of
