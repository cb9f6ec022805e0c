"""Hold the names of columns in the words of languages, and the form in which names are compared.

The words stand in the language files (`field_text`, `field_title`, ...). They come behind the names of
`dedup.inputs.fields.ALIASES`, the longest of a column first, since it says most; those of `field_in_doubt` come last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from dedup.languages import lexicon

#: The lists of words by column.
LISTS = {
    "text": "field_text",
    "title": "field_title",
    "published": "field_published",
    "domain": "field_domain",
    "authors": "field_authors",
}
#: The lowest rank of a word among the names of its column, and that of a word in doubt.
WORD_RANK = 1 << 16
DOUBT_RANK = 2 * WORD_RANK

#: Letters that are written without their stroke or dot where a keyboard lacks them.
_PLAIN_LETTERS = {"ı": "i", "ł": "l", "ø": "o", "đ": "d"}
#: What may not stay as it is: those, and all that is no letter, digit or end of a line.
_ODD = re.compile(rf"[^\w\n]|[_{''.join(_PLAIN_LETTERS)}]")
#: The longest text that may be a date, and the least number: an epoch, or 19700101.
_LONGEST_DATE, _LEAST_DATE = 100, 10**7


@lru_cache(4096)
def name_key(name: str) -> str:
    """Reduce a field name to its letters and digits without case: `Pub-Date`, `pubDate` and `pub_date` are one name.

    Accents are left out (`Título` is `TITULO`); vowel signs that are part of a word (Hindi, Thai) stay.
    """
    return "".join(filter(str.isalnum, name.lower())) if name.isascii() else _fold(name).replace("\n", "")


def _fold(text: str) -> str:
    """Fold one name, or many on a line each."""
    text = unicodedata.normalize("NFD", text.casefold())
    for sign in set(_ODD.findall(text)):  # few signs, many times: this takes a quarter of the time of `str.translate`
        if sign in _PLAIN_LETTERS or not _belongs(sign):
            text = text.replace(sign, _PLAIN_LETTERS.get(sign, ""))
    return text


def _belongs(sign: str) -> bool:
    """Return whether a character that is no letter or digit is a vowel sign without which a word would be another one.

    Classes of combining characters: 10 to 35 are vowel points of Hebrew and Arabic, which few write; from 200 on stand
    the accents.
    """
    is_mark = unicodedata.category(sign) in ("Mn", "Mc") and not "\ufe00" <= sign <= "\ufe0f"
    kind = unicodedata.combining(sign)
    return is_mark and (kind < 10 or 35 < kind < 200)


@cache
def column_words() -> Mapping[str, tuple[str, int]]:
    """Return the column that each word names, by its `name_key`, and its rank among the names of this column."""
    # The words of a list are in order, and stay so among those of one length.
    lists = [sorted(lexicon.words(name), key=len, reverse=True) for name in LISTS.values()]
    doubtful = frozenset(lexicon.words("field_in_doubt"))
    keys = iter(_fold("\n".join(chain(*lists))).split("\n"))  # folding them one by one takes much longer
    sure: dict[str, tuple[str, int]] = {}
    in_doubt: dict[str, tuple[str, int]] = {}
    for target, words in zip(LISTS, lists, strict=True):
        for i, word in enumerate(words):
            key = next(keys)
            if word in doubtful:
                in_doubt[key] = (target, DOUBT_RANK + i)
            else:
                sure[key] = (target, WORD_RANK + i)
    return sure | in_doubt


def dates_alone(values: Iterable[Any]) -> list[Any]:
    """Return values in which what cannot be a date is None: those of a name that may hold anything, such as `data`."""
    return [value if may_be_date(value) else None for value in values]


def may_be_date(value: Any) -> bool:
    """Return whether a value is a date, a short text with a digit, or a number as large as those of dates."""
    if isinstance(value, str):
        return len(value) <= _LONGEST_DATE and any(map(str.isnumeric, value))
    return isinstance(value, date) or (isinstance(value, int | float) and value >= _LEAST_DATE)
