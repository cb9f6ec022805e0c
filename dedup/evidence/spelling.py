"""Give names and lines one spelling: width of letters, and letters that Arabic, Persian and Hindi write in two ways."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Full-width ASCII, the ideographic space, the circled letter of Korean copyright lines, and
#: signs that Chinese lines have for a stroke.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x24D2: "©",
    0x24B8: "©",
    0x4E28: "|",
    0x2571: "/",
    0x3163: "|",
}
_WIDE_FORM = re.compile(r"[\u3000\uff01-\uff5e\u24d2\u24b8\u4e28\u2571\u3163]|\u0640{2}")
#: Strokes of Arabic that stand for a dash.
_LONG_TATWEEL = re.compile(r"(?<!\w)\u0640{2,}(?!\w)")
#: Letters of scripts without capitals: Hebrew, Arabic, those of India and South-East Asia, kana, Han and Hangul.
UNCASED = r"\u0590-\u06ff\u0900-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
#: Those of them that stand without blanks, or with blanks that vary.
UNBROKEN = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_IS_UNCASED = re.compile(f"[{UNCASED}]")
_IS_UNBROKEN = re.compile(f"[{UNBROKEN}]")
#: Arabic letters of which a Persian keyboard has others, or which many writers write alike.
_ARABIC = {
    0x64A: "\u06cc", 0x649: "\u06cc", 0x643: "\u06a9", 0x623: "\u0627", 0x625: "\u0627", 0x622: "\u0627",
    0x671: "\u0627", 0x629: "\u0647",
}  # fmt: skip
#: Marks that a spelling may leave out: vowels, the stroke that lengthens a word, joiners, directions, the nukta.
_DROPPED = dict.fromkeys((0x640, *range(0x64B, 0x653), 0x670, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x93C))
_LETTERS = _ARABIC | _DROPPED | {0x901: "\u0902"}
#: A nasal before a consonant, which the dot above replaces.
_HALF_NASAL = re.compile(r"[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u0939])")
#: Letters of one code point with a nukta.
_WITH_NUKTA = re.compile(r"[\u0929\u0931\u0934\u0958-\u095f]")
_WITH_NUKTA_CODES = (0x929, 0x931, 0x934, *range(0x958, 0x960))
#: All nasals of Devanagari, and the sign that joins consonants.
_NASALS, _VIRAMA = (0x901, 0x902, 0x919, 0x91E, 0x923, 0x928, 0x929, 0x92E), 0x94D
_BLANK = re.compile(r"\s+")


def one_form() -> dict[int, int]:
    """Return one spelling of characters that `folded` may make equal, each alone; 0 for those that it may drop.

    All nasals are one, and no sign joins consonants, for the spelling of these depends on the letter behind them.
    """
    forms = {code: ord(one) if isinstance(one, str) else one for code, one in _WIDE.items()}
    forms |= {code: 0 if one is None else ord(one) for code, one in (_ARABIC | _DROPPED).items()}
    forms |= {code: ord(unicodedata.normalize("NFD", chr(code))[0]) for code in _WITH_NUKTA_CODES}
    return forms | dict.fromkeys(_NASALS, 0x902) | {_VIRAMA: 0}


def is_uncased(text: str) -> bool:
    """Return whether a text has a letter of a script without capitals."""
    return not text.isascii() and _IS_UNCASED.search(text) is not None


def is_unbroken(text: str) -> bool:
    """Return whether a text has a letter of a script without blanks, or with blanks that vary."""
    return not text.isascii() and _IS_UNBROKEN.search(text) is not None


def one_width(text: str) -> str:
    """Return a text with full-width ASCII, circled letters and strokes as ASCII; it keeps its length."""
    if text.isascii() or _WIDE_FORM.search(text) is None:
        return text
    return _LONG_TATWEEL.sub(lambda dash: "-" * len(dash.group()), text.translate(_WIDE))


@lru_cache(16384)
def folded(name: str) -> str:
    """Return one spelling of a name, for comparison; names in scripts without capitals lose their blanks."""
    name = one_width(name).casefold()
    if not is_uncased(name):
        return name
    if _WITH_NUKTA.search(name):
        name = unicodedata.normalize("NFD", name)
    return _HALF_NASAL.sub("\u0902", _BLANK.sub("", name.translate(_LETTERS)))
