"""The words of the generated news: one table of tokens, and Zipf draws from it by word class.

Nothing here is taken from a corpus. The most frequent words of each class are plain English, typed by hand,
so that samples read like news; the long tail is built from syllables, which gives as many pronounceable words
as wanted without shipping a word list.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]


def words(text: str) -> list[str]:
    """The words of a list that is written as running text."""
    return text.split()


def phrases(text: str) -> list[str]:
    """The phrases of a list that is written with bars and line breaks between them."""
    return text.replace("\n", "|").split("|")


# Sizes of the classes. Together about 27,000 word forms: what a news corpus of some thousand articles shows.
# Zipf draws from them repeat one content word in a hundred, so that two sentences of one pattern do not agree
# by chance.
CLASS_SIZES = {"noun": 9000, "plural": 5000, "past": 3500, "verb": 3500, "adjective": 4000, "adverb": 1200}
NAME_SIZES = {"first": 400, "last": 6000, "place": 4000, "org": 6000}

# Draws go through a table of this many equal shares instead of a binary search: three times as fast, and the
# rarest word of the largest class still holds at least one share.
ZIPF_SHARES = 1 << 17

FUNCTION_WORDS = words("""
    the a an of in to and for on with at by from that which who whose as after before during over under
    against between into about would could will was were is are has have had been be it they he she we
    you i this these their its his her our not but or while because when where if than more most less
    also only even still now then there here what said says told added according asked nearly almost
    some many several both each other another new such one two three four five no up out off down
    through without within despite since until across along among around per cent percent million
    billion expected fact result clear person people statement number same time well wake hand end part
    interview month months
""")

# Tokens that a typographic article prints differently: the table holds the plain forms first, then the curly
# ones in the same order (`Lexicon.curly_shift` leads from one to the other).
PLAIN_MARKS = ['"', '"', "'s"]
CURLY_MARKS = ["“", "”", "’s"]
OPEN_QUOTE, CLOSE_QUOTE, POSSESSIVE = range(3)
PUNCTUATION = [",", ".", " ", "\n\n", ""]

HEADS = {
    "noun": """
        government police minister court market report year week official agency council election company
        president deal crisis plan law vote attack war country city region state school hospital group party
        bank economy budget tax rate price trade border protest inquiry fire storm flood trial charge arrest
        family victim leader spokesman union strike team season game coach player film award climate energy
        oil gas power water food health vaccine virus study university research technology network service
        security army navy missile summit treaty sanction investor share profit loss forecast quarter index
        dollar debt loan mortgage airport flight train road bridge project programme policy decision
        statement interview meeting
    """,
    "plural": """
        people officials workers residents voters prices shares police talks workers families children
        students lawmakers investors analysts companies countries forces troops protesters victims plans
        rules sanctions charges results figures reports measures services schools hospitals homes jobs costs
        rates
    """,
    "past": """
        announced warned reported confirmed rejected approved agreed called said accused arrested charged
        killed injured launched opened closed raised cut signed ordered urged backed opposed won lost faced
        joined left met held planned expected failed moved pushed delayed cancelled suspended defended
        criticised
    """,
    "verb": """
        help make take keep support reject approve cut raise open close launch sign block delay review
        change protect replace fund build join leave meet hold face win lose improve reduce expand limit ban
        allow
    """,
    "adjective": """
        new former national local federal public private senior political economic military financial legal
        social foreign international regional global major key early late high low recent big small strong
        weak long short likely possible final first second third last next annual central independent armed
    """,
    "adverb": "quickly sharply slightly widely strongly recently previously formally publicly largely nearly",
}
PLACES = words("""
    Washington London Paris Berlin Moscow Beijing Tokyo Seoul Delhi Cairo Nairobi Lagos Madrid Rome
    Geneva Brussels Ottawa Canberra Jakarta Manila Bangkok Hanoi Tehran Baghdad Kabul Kyiv Warsaw Vienna
    Athens
""")
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
ORG_ENDINGS = words("Corp Group Bank Institute Council Holdings Party Union Partners Agency")
CLASS_ENDINGS = {"plural": "s", "past": "ed", "adverb": "ly", "noun": "", "verb": "", "adjective": ""}
ADJECTIVE_ENDINGS = ["al", "ic", "ous", "ive", "ern", "ant"]

_ONSETS = ("b c d f g h l m n p r s t v w " * 4 + "br cl cr dr fl gr pl pr sh st str th tr ch sp").split()
_NUCLEI = ("a e i o u " * 3 + "ai ea ou").split()
_CODAS = ["", "", "", *words("n r l s t m nd nt ck st")]


@dataclass(frozen=True)
class Lexicon:
    """Every token the writer can print, and where each word class lies.

    `forms` is an object array of strings, shape (2 * `size`,): the first half as printed inside a sentence
    (words carry their leading space), the second half as printed at its beginning (no space, first letter
    large).
    """

    forms: NDArray[np.object_]
    size: int
    index: dict[str, int]
    shares: dict[str, Ids]
    spans: dict[str, tuple[int, int]]
    curly_shift: int

    def fixed(self, token: str) -> int:
        """The id of a function word or punctuation mark."""
        return self.index[token]

    def draw(self, rng: np.random.Generator, name: str, count: int) -> Ids:
        """`count` ids of the class `name` with Zipf frequencies, shape (count,)."""
        return self.shares[name][rng.integers(0, ZIPF_SHARES, count)]

    def uniform(self, rng: np.random.Generator, name: str, shape: tuple[int, ...]) -> Ids:
        """Ids of the class `name`, every one equally likely."""
        low, high = self.spans[name]
        return rng.integers(low, high, shape, dtype=np.int32)

    def word(self, token: int) -> str:
        """The token as it stands alone."""
        return str(self.forms[token]).strip()


def _syllables(rng: np.random.Generator, count: int, lengths: NDArray[np.int64]) -> list[str]:
    """`count` pronounceable stems; `lengths` holds their numbers of syllables."""
    total = int(lengths.sum())
    onsets, nuclei, codas = (rng.integers(0, len(part), total) for part in (_ONSETS, _NUCLEI, _CODAS))
    stems = []
    start = 0
    for length in lengths.tolist():
        pieces = [
            _ONSETS[onsets[i]] + _NUCLEI[nuclei[i]] + (_CODAS[codas[i]] if i == start + length - 1 else "")
            for i in range(start, start + length)
        ]
        stems.append("".join(pieces))
        start += length
    return stems


def _coined(rng: np.random.Generator, count: int, taken: set[str]) -> list[str]:
    """`count` stems that are in no other class, longer ones toward the rare end as in English."""
    found: list[str] = []
    while len(found) < count:
        missing = count - len(found)
        longer = len(found) > count // 3
        lengths = rng.choice([1, 2, 3], missing * 2, p=[0.15, 0.7, 0.15] if longer else [0.4, 0.55, 0.05])
        for stem in _syllables(rng, missing * 2, lengths):
            if len(stem) > 3 and stem not in taken and len(found) < count:
                taken.add(stem)
                found.append(stem)
    return found


def _class_words(rng: np.random.Generator, name: str, taken: set[str]) -> list[str]:
    head = list(dict.fromkeys(HEADS[name].split()))
    stems = _coined(rng, CLASS_SIZES[name] - len(head), taken)
    if name == "adjective":
        endings = rng.integers(0, len(ADJECTIVE_ENDINGS), len(stems))
        return head + [stem + ADJECTIVE_ENDINGS[end] for stem, end in zip(stems, endings, strict=True)]
    return head + [stem + CLASS_ENDINGS[name] for stem in stems]


def _numbers(rng: np.random.Generator) -> list[str]:
    """Numbers as news prints them: counts, years, decimals, thousands, shares."""
    counts = [str(n) for n in range(2, 100)]
    years = [str(n) for n in range(1990, 2025)]
    decimals = [f"{value:.1f}" for value in rng.uniform(0.1, 99, 900)]
    thousands = [f"{value:,}" for value in (10 ** rng.uniform(3, 7, 2500)).astype(int).tolist()]
    return list(dict.fromkeys(counts + years + decimals + thousands))


def _zipf_shares(low: int, size: int) -> Ids:
    """Zipf-Mandelbrot frequencies of `size` ids from `low` on, as a table of `ZIPF_SHARES` equal shares."""
    weights = 1.0 / (np.arange(size) + 4.0)
    cumulative = np.cumsum(weights) / weights.sum()
    shares = np.searchsorted(cumulative, (np.arange(ZIPF_SHARES) + 0.5) / ZIPF_SHARES)
    return (np.minimum(shares, size - 1) + low).astype(np.int32)


def _classes(rng: np.random.Generator) -> dict[str, list[str]]:
    """Every class of content words with its words, most frequent first."""
    taken = {word for head in HEADS.values() for word in head.split()} | set(FUNCTION_WORDS)
    classes = {name: _class_words(rng, name, taken) for name in CLASS_SIZES}
    for name, size in NAME_SIZES.items():
        classes[name] = [stem.capitalize() for stem in _coined(rng, size, taken)]
    classes["place"][: len(PLACES)] = PLACES
    endings = rng.integers(0, len(ORG_ENDINGS), len(classes["org"]))
    classes["org"] = [f"{stem} {ORG_ENDINGS[end]}" for stem, end in zip(classes["org"], endings, strict=True)]
    return classes | {"number": _numbers(rng), "weekday": WEEKDAYS, "month": MONTHS}


@cache
def lexicon() -> Lexicon:
    """The one lexicon of the benchmarks. Its seed is fixed: corpora of different seeds speak one language."""
    classes = _classes(np.random.default_rng(20240501))
    inside = PLAIN_MARKS + CURLY_MARKS + PUNCTUATION
    index = {mark: i for i, mark in enumerate(inside) if i >= len(PLAIN_MARKS) + len(CURLY_MARKS)}
    initial = [mark.strip(" ") for mark in inside]
    spans = {}
    for name, members in ({"function": FUNCTION_WORDS} | classes).items():
        spans[name] = (len(inside), len(inside) + len(members))
        if name == "function":
            index |= {word: len(inside) + i for i, word in enumerate(members)}
        inside += [" I" if word == "i" else " " + word for word in members]
        initial += [word[0].upper() + word[1:] for word in members]
    forms = np.empty(2 * len(inside), dtype=object)
    forms[:] = inside + initial
    shares = {name: _zipf_shares(low, high - low) for name, (low, high) in spans.items()}
    return Lexicon(forms, len(inside), index, shares, spans, curly_shift=len(PLAIN_MARKS))
