"""Spun text: what a rewriting machine makes of a story so that no run of words survives.

Words are replaced by others of their class from one thesaurus, openings go to the end of their sentences, and
quotations become reported speech. Names, numbers and the order of sentences stay.
"""

import re
from functools import cache
from random import Random

from tests.corpus.lexicon import CLASS_SIZES, FUNCTION_WORDS, lexicon

REPLACED_SHARE, TURNED_SHARE = 0.7, 0.6

_FUNCTION = {
    "said": "stated", "after": "following", "because": "since", "but": "yet", "about": "around", "while": "whereas",
    "despite": "notwithstanding", "before": "ahead of", "over": "above", "according": "in accordance",
    "nearly": "almost", "several": "various", "among": "amid", "would": "was going to", "could": "was able to",
    "told": "informed", "under": "beneath", "against": "versus", "such": "this kind of",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]+")
_SENTENCE = re.compile(r"(?<=[.\"”]) (?=[A-Z\"“])")
_OPENING = re.compile(r"^(On|In|After|Despite|With|Under|During) ([^,\"“]{3,80}), (.+)\.$")
_QUOTED = re.compile(r"^[\"“]([^\"”]+),[\"”] (said [^,.]+|[^,.]+ said)\.$")
# What stands before the first word of a sentence; any other word with a large letter is a name.
_BEGINNING = re.compile(r"(?:^|[.\n\"“”] ?[\"“]?)$")


@cache
def thesaurus() -> dict[str, str]:
    """Every content word with another of its class, each the other's: neighbours in frequency."""
    words, found = lexicon(), {}
    for name in CLASS_SIZES:
        low, high = words.spans[name]
        for first in range(low, high - 1, 2):
            one, other = words.word(first), words.word(first + 1)
            found[one], found[other] = other, one
    return found | _FUNCTION


def _is_name(word: str) -> bool:
    """Of the first word of a sentence."""
    return word.lower() not in thesaurus() and word.lower() not in FUNCTION_WORDS


def _turned(sentence: str, rng: Random) -> str:
    """The sentence with its opening at the end, or its quotation as reported speech, where it has one."""
    if rng.random() >= TURNED_SHARE:
        return sentence
    if opening := _OPENING.match(sentence):
        word, phrase, rest = opening.groups()
        return f"{rest[0].upper()}{rest[1:]} {word.lower()} {phrase}."
    if quoted := _QUOTED.match(sentence):
        said, who = quoted.groups()
        who = who.removeprefix("said ").removesuffix(" said")
        if not _is_name(said.split(" ")[0]):
            said = said[0].lower() + said[1:]
        return f"{who[0].upper()}{who[1:]} said that {said}."
    return sentence


def spun(text: str, rng: Random) -> str:
    """The text, spun."""
    partner = thesaurus()

    def other(match: re.Match[str]) -> str:
        word, start = match[0], match.start()
        found = partner.get(word.lower())
        named = word[0].isupper() and not _BEGINNING.search(match.string[max(0, start - 3) : start])
        if found is None or named or rng.random() >= REPLACED_SHARE:
            return word
        return found.capitalize() if word[0].isupper() else found

    paragraphs = [
        " ".join(_turned(sentence, rng) for sentence in _SENTENCE.split(paragraph)) for paragraph in text.split("\n\n")
    ]
    return _WORD.sub(other, "\n\n".join(paragraphs))
