"""Recognise by their words texts that are no article: walls, error pages, menus, playlists, pages of lists.

A *wall* stands in the article's place: a check for robots, a request for consent, an offer to subscribe, an error. The
language files hold what such pages say (`wall_*`, `menu_word`, `playlist_word`). An entry is one or more parts joined
by `&`, each the beginning of words that follow one another; it occurs in a sentence that holds all its parts.

One phrase decides nothing. A wall is short, at least two different entries of its kind occur in it, and most of its
words are in sentences that hold such entries or words of such pages. Words in quotation marks do not count: a story
about walls quotes them, and speaks of the rest as news does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from dedup.inputs import non_article_signs as signs
from dedup.inputs.html.urls import is_list_address
from dedup.languages import lexicon
from dedup.model import NonArticle


class _Wall(NamedTuple):
    """A kind of wall: its reason, its word list, what the detail says of the page, and the most words of such a page.

    Requests for consent list their purposes, and offers their prices. Others are short.
    """

    reason: str
    list: str
    says: str
    most_words: int


#: The kinds of walls; where two have the same share of a text, the first one counts.
WALLS = (
    _Wall("robot_check", "wall_robot", "asks whether the reader is a robot", 160),
    _Wall("consent_wall", "wall_consent", "asks for consent", 400),
    _Wall("paywall", "wall_paywall", "asks for a subscription", 200),
    _Wall("geo_block", "wall_region", "is closed to the reader's country", 160),
    _Wall("javascript_required", "wall_script", "asks for JavaScript, or to turn off an ad blocker", 160),
    _Wall("error_page", "wall_error", "says that a page is missing, forbidden or under maintenance", 160),
)
#: Words of the longest text that may be a wall.
MOST_WORDS = max(wall.most_words for wall in WALLS)
#: The least share of words in sentences with entries of walls, and in these or sentences with words of walls. Of 44
#: walls in 22 languages the least are .45 and .78; of 160 news texts on such pages the largest are .30 and .60.
_ENTRY_SHARE, _WALL_SHARE = 0.4, 0.7
#: The least words of a line that is prose.
_PROSE = 25
#: The least lines of a list of articles or of a playlist, and times of play in a playlist.
_LIST_LINES, _PLAY_TIMES = 5, 3

#: The least share of the characters of a page's code that is in lines of code.
_CODE_SHARE = 0.7
_CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(?://|/\*|\*/|<!--|-->|[})]|(?:var|let|const|function|return|if|else|for)\b\W*\()"
)
_QUOTED = re.compile(
    "„[^“”\n]{1,400}[“”]|“[^”\n]{1,400}”|”[^”\n]{1,400}”|«[^»\n]{1,400}»|»[^«\n]{1,400}«|「[^」\n]{1,400}」|『[^』\n]{1,400}』"
    '|‹[^›\n]{1,400}›|《[^》\n]{1,400}》|(?<!\\w)"[^"\n]{1,400}"|(?<!\\w)‘[^\n‘]{1,400}?’(?!\\w)'
)
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\w+|#\S+")
_SENTENCE = re.compile(r"(?<=[.!?…؟।])[\"”’»)]*\s+|(?<=[。！？])|\s*[\n\r\v\f\x85\u2028\u2029]\s*|\s+[|•·]\s+")
#: Scripts whose words are not separated by spaces, or carry prefixes: a part may begin anywhere.
_ANYWHERE = re.compile("[\u0590-\u06ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_MENU_ITEM = re.compile(r"\s*[\n\r\v\f\x85\u2028\u2029|•·»›]\s*")
_BULLET = re.compile(r"^[\s*•·>|»–—-]+|\s+$")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_NO_WORD = re.compile(r"[^\w%]+")
_PLAY_TIME = re.compile(r"(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?![\d:.])")
#: Letters that are written in two ways: forms of yeh and kaf, and the Turkish dotless i.
_SAME = str.maketrans("يىكةıّ", "ییکهi\u0651")
#: Combining marks of the scripts before Syriac; those of Indian scripts are vowels.
_ACCENTS = dict.fromkeys(code for code in range(0x700) if unicodedata.combining(chr(code)))
#: The characters by which parts are looked up, and a pattern for those of each word.
_PREFIX = 3
_START = re.compile(r"(?<= )(?=(.{3}))")


def classify(text: str, title: str | None, url: str | None, flag: int) -> NonArticle | None:
    """Return why a text is no article; None for an article, and for all that is not certain.

    flag: what it may be, as `signs.flags` says.
    """
    kind = _wall(text, title) if flag & signs.WALL else None
    kind = kind or (_menu(text) if flag & signs.MENU else None)
    kind = kind or (_playlist(text) if flag & signs.PLAYLIST else None)
    kind = kind or (_program(text) if flag & signs.CODE else None)
    return kind or (_list_page(text, url) if flag & signs.LIST and url is not None else None)


# -- walls ---------------------------------------------------------------------------------------------------------


def _wall(text: str, title: str | None) -> NonArticle | None:
    """Return the kind of wall that a text is."""
    sentences = [_normalise(part) for part in _SENTENCE.split(_ADDRESS.sub(" ", _QUOTED.sub(" ", text)))]
    sizes = [_count(sentence) for sentence in sentences]
    total = sum(sizes)
    if not 0 < total <= MOST_WORDS:
        return None
    share = [0.0] * len(WALLS)
    entries: set[int] = set()
    words: set[int] = set()
    with_entry = with_word = 0.0
    rest = total
    for sentence, size in zip(sentences, sizes, strict=True):
        in_sentence, sentence_words = _occurring(sentence)
        kinds = {_parts().kinds[entry] for entry in in_sentence}
        for kind in kinds:
            share[kind] += size
        entries |= in_sentence
        words |= sentence_words
        with_entry += size if kinds else 0
        with_word += size if kinds or sentence_words else 0
        rest -= size
        if with_word + rest < _WALL_SHARE * total:
            return None
    in_title = {_parts().kinds[entry] for entry in _occurring(_normalise(title))[0]} if title else set()
    best = max(range(len(WALLS)), key=lambda kind: (share[kind] + (kind in in_title), -kind))
    if with_entry < _ENTRY_SHARE * total or total > WALLS[best].most_words:
        return None
    if len(entries) + len(in_title) < 2 or len(entries) + len(words) < 3:
        return None
    return NonArticle(WALLS[best].reason, f"the text {WALLS[best].says}")


class _Parts(NamedTuple):
    """The parts of all entries, by the characters at their beginning.

    at_word, anywhere: {prefix: [(part, its number)]}. entries: {number of a part: [(number of an entry, the numbers of
    all its parts)]}; each entry is under one of its parts. kinds: the kind of wall of each entry. words: the parts that
    are words of walls.
    """

    at_word: dict[str, list[tuple[str, int]]]
    anywhere: dict[str, list[tuple[str, int]]]
    entries: dict[int, list[tuple[int, frozenset[int]]]]
    kinds: list[int]
    words: frozenset[int]


@cache
def _parts() -> _Parts:
    numbers: dict[str, int] = {}

    def number_of(part: str) -> int:
        return numbers.setdefault(part.strip(), len(numbers))

    entries: dict[int, list[tuple[int, frozenset[int]]]] = {}
    kinds: list[int] = []
    for kind, wall in enumerate(WALLS):
        for entry in lexicon.words(wall.list):
            parts = entry.split("&")
            longest = number_of(max(parts, key=len))
            entries.setdefault(longest, []).append((len(kinds), frozenset(map(number_of, parts))))
            kinds.append(kind)
    words = frozenset(map(number_of, lexicon.words("wall_word")))
    at_word: dict[str, list[tuple[str, int]]] = {}
    anywhere: dict[str, list[tuple[str, int]]] = {}
    for (name, number), part in zip(numbers.items(), _normalise_all(numbers), strict=True):
        if name.startswith("*") or _ANYWHERE.search(name):
            anywhere.setdefault(part[:2], []).append((part, number))
        else:
            at_word.setdefault(part[:_PREFIX], []).append((part, number))
    return _Parts(at_word, anywhere, entries, kinds, words)


def _occurring(sentence: str) -> tuple[set[int], frozenset[int]]:
    """Return the entries that occur in a normalised sentence, and the words of walls, by number."""
    parts = _parts()
    numbers: set[int] = set()
    for match in _START.finditer(sentence):
        for part, number in parts.at_word.get(match[1], ()):
            if sentence.startswith(part, match.start(1)):
                numbers.add(number)
    for at in range(len(sentence) - 1):
        for part, number in parts.anywhere.get(sentence[at : at + 2], ()):
            if sentence.startswith(part, at):
                numbers.add(number)
    entries = {entry for number in numbers for entry, needed in parts.entries.get(number, ()) if needed <= numbers}
    return entries, parts.words & numbers


def _normalise(text: str) -> str:
    """Return a text in lower case without accents and punctuation, with a space before each word."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_SAME)).translate(_ACCENTS)
        text = unicodedata.normalize("NFC", text)
    return " " + _NO_WORD.sub(" ", text).strip()


def _normalise_all(names: Iterable[str]) -> list[str]:
    """Return names normalised, without the space before each: in a tenth of the time of one call each."""
    names = list(names)
    whole = "_".join(names)
    if whole.count("_") >= len(names):  # it is a part of a name too
        return [_normalise(name).strip() for name in names]
    return [name.strip() for name in _normalise(whole).split("_")]


def _count(sentence: str) -> float:
    """Count the words of a normalised sentence; two characters of a script without spaces are a word."""
    single = len(_UNSPACED.findall(sentence))
    return single / 2 + sum(1 for word in sentence.split() if word.isalpha() and not _UNSPACED.search(word))


# -- menus, playlists, lists ---------------------------------------------------------------------------------------


def _lines(text: str) -> list[str]:
    return [line for line in (_BULLET.sub("", line) for line in text.splitlines()) if line]


def _has_prose(lines: Iterable[str]) -> bool:
    return any(_count(_normalise(line)) >= _PROSE and re.search(r"[.!?。！？।؟]", line) for line in lines)


def _menu(text: str) -> NonArticle | None:
    """Return that a text is a site's menu: most of it are entries of menus, and nothing is prose."""
    lines = _MENU_ITEM.split(text)
    items = [item for item in _normalise_all(lines) if item]
    entries = menu_entries()
    matches = [item for item in items if item in entries]
    if len(set(matches)) < signs.MENU_ENTRIES or 10 * len(matches) < signs.MENU_TENTHS * len(items):
        return None
    counts = list(map(_count, items))
    if sum(counts) > MOST_WORDS or max(counts) > signs.ENTRY_WORDS:
        return None
    return NonArticle("menu", f"{len(matches)} of its {len(items)} lines are entries of a site's menu")


@cache
def menu_entries() -> frozenset[str]:
    """Return the entries of menus of all languages, normalised."""
    return frozenset(_normalise_all(lexicon.words("menu_word")))


def _playlist(text: str) -> NonArticle | None:
    """Return that a text is a playlist: times of play on most lines, labels of a player, no prose."""
    times = len(_PLAY_TIME.findall(text))
    if times < _PLAY_TIMES:
        return None
    lines = _lines(text)
    if len(lines) < _LIST_LINES or 3 * times < len(lines) or not lexicon.holds(text, "playlist_word"):
        return None
    labels = {match[0].lower() for match in lexicon.whole_words("playlist_word").finditer(text)}
    if len(labels) < 2 or _has_prose(lines):
        return None
    return NonArticle("playlist", f"a list of {times} videos or sounds")


def _program(text: str) -> NonArticle | None:
    """Return that a text is the code of a page, scripts or styles, in which no story is left."""
    lines = _lines(text)
    code = [len(line) for line in lines if _CODE_LINE.search(line)]
    if len(code) < _LIST_LINES or sum(code) < _CODE_SHARE * sum(map(len, lines)):
        return None
    return NonArticle("page_code", "most of its lines are scripts or styles of a page")


def _list_page(text: str, url: str) -> NonArticle | None:
    """Return that a text lists articles: it is of a front page or of a tag's page, and nothing in it is prose."""
    if not is_list_address(url):
        return None
    lines = _lines(text)
    if len(lines) < 2 * _LIST_LINES or _has_prose(lines):
        return None
    return NonArticle("not_an_article", "a page that lists articles: its address says so, and it has no prose")
