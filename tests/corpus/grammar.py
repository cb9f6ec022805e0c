"""Sentence patterns: a small grammar, unrolled once into arrays of slots that the writer fills by the
million.

A slot is a number. Not negative: the id of a fixed token of the lexicon. Negative: a class to draw from
(`DRAWN`), or one of the story's own names (`OWN`), so that a story speaks of the same people throughout.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tests.corpus.lexicon import CLOSE_QUOTE, OPEN_QUOTE, POSSESSIVE, Ids, Lexicon, lexicon, phrases

# Enough that one article of some 22 sentences rarely uses a pattern twice.
PATTERNS = 6000
SHORTEST, LONGEST = 8, 35

DRAWN = ["noun", "plural", "past", "verb", "adjective", "adverb", "number", "weekday", "month"]
# The names a story owns, with how many of each. First and last names of one person share their number.
OWN = {"first": 5, "last": 5, "place": 3, "org": 3}

SEPARATOR = -1
_DRAWN_CODE = {name: -2 - i for i, name in enumerate(DRAWN)}
# Own names count down from here, in the order of `OWN`: the writer reads them off as columns.
FIRST_OWN = -100
_OWN_CODE = {
    pair: FIRST_OWN - i for i, pair in enumerate((name, k) for name, count in OWN.items() for k in range(count))
}

# Phrases every newsroom uses, each in some 4 % of the articles. They give unrelated articles the short common
# runs that real ones have.
STOCK = phrases("""according to a person with org|at the same time as NP
as number people said in a statement on weekday|as well as a number of plural
for the first time since month|in the wake of NP|on the other hand
by the end of month|in more than number percent of the plural|despite the fact that NP would verb
as part of a noun|in an interview with the noun|at a time when NP past|as a result of the noun
because it is not clear when NP would verb|if they said in a statement that NP past
in the first number months of month""")

NOUN_PHRASES = phrases("""the noun|the adjective noun|a noun|the adjective plural|plural|adjective plural|org
the place noun|place possessive noun|last|first last|the noun of the noun|number plural
the adjective noun of plural
the noun and the noun|its noun|their adjective plural|several adjective plural
org possessive adjective noun""")
VERB_PHRASES = phrases("""past NP|past that NP would verb NP|past NP to verb NP|was past by NP|has past NP
would not verb NP|had adverb past NP|were past over NP|past adverb|will verb NP with NP|could verb NP
is past to verb NP|past more than number plural""")
ADDITIONS = phrases("""in place|on weekday|after NP past NP|with NP|for NP|despite NP|because NP past NP
over number plural|before NP|at the noun|against NP|, which past NP|, who past NP|while NP past NP
from NP|in month|STOCK
since number|among NP|, according to NP|by number percent""")
OPENINGS = phrases("on weekday|in place|after NP|despite NP|in month|with NP|under NP|during NP")
ATTRIBUTIONS = phrases("""said first last|last said|said first last , a adjective noun with org|said last
first last told org|the noun said on weekday|last told plural in place""")


@dataclass(frozen=True)
class Patterns:
    """All patterns end to end.

    `codes` int32 and `initial` bool, shape (slots,): the slots, and whether one is printed as the first word.
    `starts` and `lengths` int64, shape (patterns,): where each pattern lies. Every pattern begins with
    `SEPARATOR`.
    """

    codes: Ids
    initial: NDArray[np.bool_]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    words: NDArray[np.int64]


class _Unroller:
    """Draws one sentence after another from the grammar."""

    def __init__(self, rng: np.random.Generator, words: Lexicon) -> None:
        self.rng = rng
        self.words = words

    def one_of(self, choices: list[str]) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def expand(self, phrase: str) -> list[str]:
        """The phrase with NP, VP and STOCK replaced until only slots remain."""
        slots: list[str] = []
        for symbol in phrase.split():
            if symbol == "NP":
                slots += self.expand(self.one_of(NOUN_PHRASES))
            elif symbol == "STOCK":
                slots += self.expand(self.stock())
            else:
                slots.append(symbol)
        return slots

    def stock(self) -> str:
        """A stock phrase, or mostly none: only a quarter of the places that could hold one do."""
        return self.one_of(STOCK) if self.rng.random() < 0.25 else "in place"

    def clause(self, least: int) -> list[str]:
        """A main clause of at least `least` slots."""
        slots = self.expand("NP") + self.expand(self.one_of(VERB_PHRASES))
        while len(slots) < least:
            slots += self.expand(self.one_of(ADDITIONS))
        return slots

    def sentence(self) -> list[str]:
        """One sentence as slot names; its length is drawn first, so that short and long ones both occur."""
        target = int(self.rng.integers(SHORTEST, LONGEST - 8))
        shape = self.rng.random()
        if shape < 0.2:
            said = self.expand(self.one_of(ATTRIBUTIONS))
            return ["open", *self.clause(target - len(said)), ",", "close", *said, "."]
        if shape < 0.4:
            opening = self.expand(self.one_of(OPENINGS))
            return [*opening, ",", *self.clause(target - len(opening)), "."]
        return [*self.clause(target), "."]

    def codes(self, slots: list[str]) -> list[int]:
        """Slot names as codes; a person keeps one number through the first and last name."""
        people, person = self.rng.integers(0, OWN["last"], len(slots)).tolist(), 0
        codes = []
        marks = {"open": OPEN_QUOTE, "close": CLOSE_QUOTE, "possessive": POSSESSIVE}
        for position, slot in enumerate(slots):
            if slot in ("first", "last"):
                follows_first = slot == "last" and position > 0 and slots[position - 1] == "first"
                person = person if follows_first else people[position]
                codes.append(_OWN_CODE[slot, person])
            elif slot in OWN:
                codes.append(_OWN_CODE[slot, people[position] % OWN[slot]])
            elif slot in marks:
                codes.append(marks[slot])
            else:
                codes.append(_DRAWN_CODE[slot] if slot in _DRAWN_CODE else self.words.fixed(slot))
        return codes


def drawn_code(name: str) -> int:
    """The code of a slot that is drawn from a word class."""
    return _DRAWN_CODE[name]


@cache
def patterns() -> Patterns:
    """The patterns of the benchmarks; like the lexicon, the same for every corpus."""
    unroller = _Unroller(np.random.default_rng(20240502), lexicon())
    codes: list[int] = []
    initial: list[bool] = []
    lengths: list[int] = []
    counts: list[int] = []
    while len(lengths) < PATTERNS:
        slots = unroller.sentence()
        count = sum(slot not in (",", ".", "open", "close", "possessive") for slot in slots)
        if not SHORTEST <= count <= LONGEST:
            continue
        first_word = 2 if slots[0] == "open" else 1
        codes += [SEPARATOR, *unroller.codes(slots)]
        initial += [position == first_word for position in range(len(slots) + 1)]
        lengths.append(len(slots) + 1)
        counts.append(count)
    sizes = np.array(lengths, dtype=np.int64)
    return Patterns(
        np.array(codes, dtype=np.int32),
        np.array(initial),
        np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        sizes,
        np.array(counts, dtype=np.int64),
    )
