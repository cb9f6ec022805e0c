"""Load the words of all languages, and build search patterns from them.

Each language has one file in this folder, named by its ISO 639-1 code (`de.json`): word lists by name
(`word_lists.json` has the purpose of each), and `boilerplate`, phrases of boilerplate as {kind of rule: {zone: {phrase:
most tokens of its block}}}. `common.json` holds words of no one language. A new language is one new file. The order of
files, lists and words has no effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple, cast

import orjson

#: The folder of the language files. It must not change once another module of the package is imported.
FOLDER: Traversable = files("dedup.languages")

_LISTS = "word_lists.json"
#: Each word list: its purpose, with an example. Matching ignores case unless the entry says otherwise.
WORD_LISTS: Mapping[str, str] = {
    name: purpose
    for lists in orjson.loads((files("dedup.languages") / _LISTS).read_bytes()).values()
    for name, purpose in lists.items()
}
#: Lists whose phrases make a line of the head, or of the foot, a possible credit though it holds no known name.
HEAD_CUES = (
    "licence", "not_own", "aggregator_notice", "staff", "relay", "released_by", "issued_following", "own_reports",
    "we_reproduce",
)  # fmt: skip
FOOT_CUES = (
    "licence", "provider", "feed_footer", "not_own", "aggregator_notice", "sign_off", "standards", "foot_word",
    "released_by", "rights_notice",
)  # fmt: skip
#: Lists whose phrases make a short last line a possible credit.
LAST_CUES = (
    "press_office", "press_office_inflected", "interview_by", "read_whole", "text_and_picture", "written_for",
    "correspondent", "published_in", "published_behind", "transmission",
)  # fmt: skip
#: More phrases than this are looked up by their first words.
_MANY = 100
#: Characters of a phrase by which phrases at the beginning of a line are found.
_KEY = 2
_BEFORE = re.compile(r"[\s(\[*–—-]*")
_WORD = re.compile(r"\w+")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
#: Scripts without blanks between words.
_UNBROKEN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
#: Lists of which a phrase in a script without blanks needs none before the name behind it.
_BEFORE_NAMES = frozenset({"source", "provider", "desk", "dispatch_before"})
#: Lists of phrases that may credit a name that is in no registry.
_CREDIT = ("source", "via", "staff")


#: Letters that are others' second capital or small form, as patterns without regard to case know them.
_SAME_LETTERS = {
    0x131: 0x69, 0x17F: 0x73, 0x3C2: 0x3C3, 0x3D0: 0x3B2, 0x3D1: 0x3B8, 0x3F0: 0x3BA, 0x3D5: 0x3C6, 0x3D6: 0x3C0,
    0x3F1: 0x3C1, 0x3F5: 0x3B5, 0x1E9B: 0x1E61, 0x345: 0x3B9, 0x1FBE: 0x3B9, 0xB5: 0x3BC, 0x1C80: 0x432,
}  # fmt: skip


class _Phrases(NamedTuple):
    """Phrases by their first word, and those that are sought anywhere."""

    by_word: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]


class BoilerplatePhrase(NamedTuple):
    """A phrase of boilerplate: folded tokens joined by spaces, the kind of its rule, the most tokens of a block to
    which the rule applies, and the zone of such a block."""

    phrase: str
    kind: str
    max_tokens: int
    zone: str


@cache
def _lexicon() -> tuple[dict[str, tuple[str, ...]], dict[str, dict[str, int]], tuple[BoilerplatePhrase, ...]]:
    """The words of each list, the values of lists that have them, and the phrases of boilerplate, of all languages:
    sorted, each once.

    Raises `ValueError` for a list that is not in `WORD_LISTS`.
    """
    words: dict[str, set[str]] = {name: set() for name in WORD_LISTS}
    value_of: dict[str, dict[str, int]] = {}
    phrases: set[BoilerplatePhrase] = set()
    for file in FOLDER.iterdir():
        if not file.name.endswith(".json") or file.name == _LISTS:
            continue
        for name, value in orjson.loads(file.read_bytes()).items():
            if name == "boilerplate":
                phrases.update(
                    BoilerplatePhrase(phrase, kind, max_tokens, zone)
                    for kind, zones in value.items()
                    for zone, entries in zones.items()
                    for phrase, max_tokens in entries.items()
                )
            elif name in words:
                words[name].update(value)
                if isinstance(value, dict):
                    value_of.setdefault(name, {}).update(value)
            else:
                raise ValueError(f"{file.name}: {name!r} is no word list; they are {', '.join(WORD_LISTS)}")
    lists = {name: tuple(sorted(words[name])) for name in sorted(words)}
    values = {name: dict(sorted(value_of[name].items())) for name in sorted(value_of)}
    return lists, values, tuple(sorted(phrases))


def words(name: str) -> tuple[str, ...]:
    """Return the words of a list, of all languages, sorted."""
    return _lexicon()[0][name]


def values(name: str) -> dict[str, int]:
    """Return the value of each word of a list, of all languages, sorted by word."""
    return dict(_lexicon()[1].get(name, {}))


@cache
def words_of_languages(names: tuple[str, ...], list_name: str, content: tuple[str, ...]) -> frozenset[str]:
    """Return the words of these lists in languages whose `list_name` has this content, and in no other language."""
    inside: set[str] = set()
    outside: set[str] = set()
    for file in FOLDER.iterdir():
        if file.name.endswith(".json") and file.name != _LISTS:
            lists = orjson.loads(file.read_bytes())
            has_content = tuple(lists.get(list_name, ())) == content
            (inside if has_content else outside).update(word for name in names for word in lists.get(name, ()))
    return frozenset(inside - outside)


def boilerplate() -> tuple[BoilerplatePhrase, ...]:
    """Return the phrases of boilerplate of all languages, sorted."""
    return _lexicon()[2]


def canonical(part: str) -> bytes:
    """Return the `words` or the `boilerplate` of all languages as JSON that is equal for equal content."""
    entries, value_of, phrases = _lexicon()
    return orjson.dumps({"words": [entries, value_of], "boilerplate": [tuple(phrase) for phrase in phrases]}[part])


class _LazyPattern:
    """A pattern that is compiled when it is first used: a run uses few of those of all modules, and some have hundreds
    of words."""

    def __init__(self, template: str, flags: int) -> None:
        self._template = template
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Return the attribute of the pattern, which is found without this method from then on."""
        text = _PLACEHOLDER.sub(lambda match: alternation(match.group(1)), self._template)
        value = getattr(re.compile(text, self._flags), name)
        setattr(self, name, value)
        return value


def regex(template: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern in which `{name}` stands for any word of a list, the longest first.

    A list without words matches nothing.
    """
    return cast("re.Pattern[str]", _LazyPattern(template, flags))


@cache
def alternation(*names: str) -> str:
    """Return a group that matches any word of these lists, the longest first."""
    return _any_of(tuple({word for name in names for word in words(name)}))


def _any_of(entries: Iterable[str]) -> str:
    # `(?!)` matches nothing.
    return f"(?:{'|'.join(map(re.escape, sorted(entries, key=lambda word: (-len(word), word)))) or '(?!)'})"


def _whole_words(entries: tuple[str, ...]) -> re.Pattern[str]:
    """Compile a pattern for any of some phrases, as whole words, anywhere; of several at one place, the longest.

    Where a script has no blanks, a phrase of two characters may stand between others; in Hangul particles follow it.
    """
    inside = [word for word in entries if len(word) > 1 and _UNBROKEN.match(word[0]) and _UNBROKEN.match(word[-1])]
    glued = [("(?<![^\\W_])" if _HANGUL.match(word) else "") + re.escape(word) for word in inside]
    whole = rf"(?<![^\W_]){_any_of(entries)}(?![^\W_])"
    return re.compile("|".join([whole, *sorted(glued, key=lambda text: (-len(text), text))]), re.IGNORECASE)


@cache
def whole_words(name: str) -> re.Pattern[str]:
    """Compile a pattern for a phrase of a list, as whole words, anywhere (`_whole_words`)."""
    return _whole_words(words(name))


def at_start(name: str, text: str) -> re.Match[str] | None:
    """Match a phrase of a list at the beginning of a line, with the colon after it."""
    at = _BEFORE.match(text).end()  # type: ignore[union-attr]
    pattern = _at_start(name, text[at : at + _KEY].lower())
    return pattern.match(text) if pattern is not None else None


@cache
def _by_key(name: str) -> Mapping[str, tuple[str, ...]]:
    """Group the words of a list by their first characters in lower case."""
    groups: dict[str, list[str]] = {}
    for word in words(name):
        groups.setdefault(word.lower()[:_KEY], []).append(word)
    return {key: tuple(group) for key, group in groups.items()}


@lru_cache(4096)
def _at_start(name: str, key: str) -> re.Pattern[str] | None:
    """Compile a pattern for those words of a list that have these first characters; a list may have a thousand."""
    by_key = _by_key(name)
    group = (*by_key.get(key, ()), *(by_key.get(key[:1], ()) if len(key) > 1 else ()))
    if not group:
        return None
    entries = []
    for word in sorted(group, key=lambda word: (-len(word), word)):
        is_glued = name in _BEFORE_NAMES and _UNBROKEN.match(word[-1]) and not _HANGUL.match(word[-1])
        entries.append(re.escape(word) + ("" if is_glued else r"(?![^\W_])"))
    return re.compile(rf"{_BEFORE.pattern}(?:{'|'.join(entries)})\s*[:：|]?\s*", re.IGNORECASE)


def is_phrase(name: str, text: str) -> bool:
    """Return whether a whole text is a phrase of a list."""
    return text.lower() in _phrases(name)


@cache
def _phrases(name: str) -> frozenset[str]:
    return frozenset(_lower((name,)))


def search(name: str, text: str) -> re.Match[str] | None:
    """Return the first phrase of a list in a text, as whole words."""
    # A search for the plain strings is ten times as fast as for their alternation, and finds nothing in most texts.
    if not holds(text, name):
        return None
    if len(_lower((name,))) <= _MANY:
        return whole_words(name).search(text)
    return _some_words(name, frozenset(_held(_one_case(text), _in_one_case(name)))).search(text)


@lru_cache(4096)
def _some_words(name: str, phrases: frozenset[str]) -> re.Pattern[str]:
    """Compile a pattern like `whole_words` for those phrases of a list that a text holds: for all it takes .1 s."""
    return _whole_words(tuple(word for word in words(name) if _one_case(word) in phrases))


@cache
def _in_one_case(name: str) -> _Phrases:
    return _by_first_word(dict.fromkeys(map(_one_case, words(name))))


def _one_case(text: str) -> str:
    """Return a text in which letters are equal that a pattern without regard to case takes for equal."""
    return text.lower().translate(_SAME_LETTERS)


def holds(text: str, *names: str) -> bool:
    """Return whether a phrase of one of these lists stands in a text, perhaps within a word.

    Of lists with very many phrases one that begins a word.
    """
    low = text.lower()
    phrases = _lower(names)
    if len(phrases) <= _MANY:
        return any(phrase in low for phrase in phrases)
    return next(_held(low, _in_lower_case(names)), None) is not None


def _held(low: str, phrases: _Phrases) -> Iterator[str]:
    """Return the phrases that stand in a text in lower case; of those with blanks, these that begin with a word."""
    by_word, others = phrases
    yield from (phrase for phrase in others if phrase in low)
    first_words = by_word.keys() & set(_WORD.findall(low))
    yield from (phrase for word in first_words for phrase in by_word[word] if phrase in low)


@cache
def _in_lower_case(names: tuple[str, ...]) -> _Phrases:
    return _by_first_word(_lower(names))


def _by_first_word(phrases: Iterable[str]) -> _Phrases:
    """Group phrases by their first word; and those of scripts without blanks, or without a word."""
    groups: dict[str, list[str]] = {}
    others = []
    for phrase in phrases:
        word = _WORD.match(phrase)
        if word is None or _UNBROKEN.match(phrase):
            others.append(phrase)
        else:
            groups.setdefault(word.group(), []).append(phrase)
    return _Phrases({word: tuple(group) for word, group in groups.items()}, tuple(others))


@cache
def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for name in names for word in words(name)))


def may_credit(text: str) -> bool:
    """Return whether a text may credit a name that is in no registry."""
    return holds(text, *_CREDIT)
