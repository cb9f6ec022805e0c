"""Find proper names at the beginning of a text, and compare printed names."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import orjson

from dedup.evidence.registry import squeeze
from dedup.languages import lexicon

_LEGAL = lexicon.regex(r"[,\s]+{company_form}\.?$", re.IGNORECASE)
#: Lower-case letters of Latin, Greek and Cyrillic, for the inside of a class.
LOWER = "".join(letter for code in (*range(0x61, 0x250), *range(0x370, 0x530)) if (letter := chr(code)).islower())
_ARTICLE = lexicon.regex(rf"^{{name_article}}\s+(?=[^\W{LOWER}])")
#: Vowel signs and joiners within words, which are no letters for `\w`.
_SIGNS = r"\u064b-\u0652\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u200c\u200d"
_WORD = rf"[^\W_{LOWER}][\w{_SIGNS}’'.&+/-]*"
_NAME = lexicon.regex(
    rf"(?:{{name_prefix}} )?{_WORD}(?:(?: |, (?={{company_in_name}}\b))"
    rf"(?:(?:{{name_joiner}}|&|@)(?= [^\W_{LOWER}])|{_WORD}))*"
)
#: A full stop after a longer word ends a sentence, not an abbreviation.
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{4})\.\s")
#: A name in quotation marks, as many scripts print those of papers: `《联合早报》`, `«Ведомости»`.
_QUOTED = re.compile(r"\s*(?:[《『「]([^》』」]{2,40})[》』」]|[«„]([^»“”]{2,40})[»“”])")
#: A case suffix behind an apostrophe: `The Guardian'da`.
_SUFFIX = lexicon.regex(r"[’']{case_suffix}$")
_DAY = lexicon.regex(r"{weekday}|{month}|{month_abbreviation}\.?$", re.IGNORECASE)


def proper_name(text: str) -> str | None:
    """Return the name at the beginning of a text: capitalised words and small words between them; None for a date."""
    if quoted := _QUOTED.match(text):
        return (quoted.group(1) or quoted.group(2)).strip() or None
    text = text.lstrip(" \t:*“”\"'‘«(–—-")
    match = _NAME.match(text)
    if match is None:
        return None
    name = _SENTENCE_END.split(match.group(), maxsplit=1)[0].rstrip(" .,’'-/")
    first = re.split(r"[\s,]", name, maxsplit=1)[0].lower()
    if (
        not 2 <= len(name) <= 80
        or _DAY.match(first)
        or first in lexicon.words("not_a_name")
        or name[0].isdigit()
        or len(name.split()) > 9
    ):
        return None
    return _ARTICLE.sub("", _SUFFIX.sub("", name)) or None


def without_legal_form(name: str) -> str:
    """Return a name without the legal form of a company behind it."""
    return _LEGAL.sub("", name)


@lru_cache(16384)
def plain(name: str) -> str:
    """Return a name without spaces and legal form: `Calder Marine, Inc.` is `caldermarine`."""
    return squeeze(_LEGAL.sub("", name))


def same(name: str, label: str) -> bool:
    """Return whether a printed name is that of a site: `Louisville Courier Journal` is that of `courier-journal`."""
    a, b = plain(name), plain(label)
    return a == b or alike(a, b)


def alike(a: str, b: str) -> bool:
    """Return whether one of two names, as `plain` returns them, is the beginning or the end of the other."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return len(short) >= 6 and (long.startswith(short) or long.endswith(short))


@lru_cache(16384)
def person_in_office(name: str) -> str | None:
    """Return the surname of a person who is named with an office, in lower case: `Sen. Robert P. Casey Jr.`; else None.

    Carriers of releases write the office and the first names each in their own way.
    """
    name = name.partition(" (")[0]  # `U.S. Senator Jane Roe (R-AR)`
    words = [word for word in _PERSON_WORD.findall(name) if word.lower() not in _GENERATION]
    titles = [at for at, word in enumerate(words) if word.lower() in lexicon.words("office_title")]
    if not titles or titles[-1] > len(words) - 3:
        return None
    return words[-1].lower()


def same_writer(short: str, long: str) -> bool:
    """Return whether two names in one cluster are of one writer.

    One is the beginning or the end of the other, or its initials, or both name a person in office with one surname.
    """
    a, b = plain(short), plain(long)
    if a == b or alike(a, b):
        return True
    person = person_in_office(short)
    if person is not None:
        return person == person_in_office(long)
    letters = short.replace(".", "")
    initials = "".join(word[0] for word in _PERSON_WORD.findall(long) if not word[0].islower())
    return letters.isupper() and 2 <= len(letters) <= 6 and letters == initials.upper()


#: Spellings of one letter, of which Latin names have either.
_EITHER = (("kh", "h"), ("y", "i"), ("iu", "u"), ("ia", "a"), ("ie", "e"), ("w", "v"), ("ch", "h"), ("ph", "f"))


@cache
def _latin_letters() -> dict[str, str]:
    """Load the Latin spelling of letters of other alphabets, the simplest of the usual ones."""
    loaded: dict[str, str] = orjson.loads((files("dedup.evidence") / "romanisation.json").read_bytes())
    return loaded


@lru_cache(16384)
def romanised(plain_name: str) -> str:
    """Return a name, as `plain` returns it, in Latin letters, one spelling for all: `вестинформ` is `vestinform`."""
    letters = unicodedata.normalize("NFD", plain_name.casefold())
    latin = _latin_letters()
    text = "".join(latin.get(letter, letter) for letter in letters if not unicodedata.combining(letter))
    for spelling, one in _EITHER:
        text = text.replace(spelling, one)
    return text


#: Words of a person's name, and those behind the surname.
_PERSON_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_GENERATION = frozenset(["jr", "sr", "ii", "iii", "iv"])

#: Labels before a country's top-level domain that are no names.
_SECOND = frozenset(["co", "com", "org", "net", "gov", "ac", "edu", "ne", "or", "go", "example"])


@lru_cache(16384)
def label(domain: str) -> str:
    """Return the label of a host name that is its operator's name: `liverpool` of `news.liverpool.ac.uk`."""
    parts = domain.split(".")
    at = len(parts) - 2
    if at > 0 and parts[at] in _SECOND:
        at -= 1
    return parts[max(0, at)]
