"""Writes stories in batches: all slots of all sentences of a batch are filled by array operations.

A Python loop over words would take minutes for 100,000 articles; here a word costs one table look-up and its
share of one `str.join`.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tests.corpus.grammar import DRAWN, FIRST_OWN, OWN, drawn_code, patterns
from tests.corpus.lexicon import POSSESSIVE, Ids, lexicon

# Words of an article: log-normal, as measured news lengths are, cut at both ends. With the short forms and
# cut copies of a corpus beside them, these stories give about 470 words an article.
MEDIAN_WORDS, SPREAD, LEAST_WORDS, MOST_WORDS = 410, 0.42, 110, 1700
# A story repeats its own nouns: this share of noun slots comes from its topic.
TOPIC_SHARE, TOPIC_WORDS = 0.4, 24
CURLY_SHARE = 0.4
PARAGRAPH_SHARE = 0.55  # of sentences begin a paragraph: one to three sentences each, as agencies print


@dataclass(frozen=True, slots=True)
class Story:
    """The text of one story as its author wrote it, before anyone prints it."""

    title: str
    paragraphs: list[str]
    people: list[str]
    places: list[str]
    curly: bool

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True)
class _Sentences:
    """The drawn sentences of a batch: pattern, story and separator token of each, shape (sentences,)."""

    pattern: NDArray[np.int64]
    story: NDArray[np.int64]
    separator: Ids
    per_story: NDArray[np.int64]


class Writer:
    """Writes stories and loose sentences from one random generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.words = lexicon()
        self.patterns = patterns()

    def stories(self, count: int) -> list[Story]:
        """`count` unrelated stories."""
        target = np.exp(self.rng.normal(np.log(MEDIAN_WORDS), SPREAD, count)).clip(LEAST_WORDS, MOST_WORDS)
        sentences = self._sentences(np.maximum(4, np.round(target / self.patterns.words.mean())).astype(np.int64))
        own = {name: self.words.uniform(self.rng, name, (count, size)) for name, size in OWN.items()}
        curly = self.rng.random(count) < CURLY_SHARE
        texts = self._print(sentences, own, curly)
        titles = self.titles(count)
        named = [(self._full_names(own, i), self._alone(own["place"][i])) for i in range(count)]
        return [
            Story(titles[i], texts[i].split("\n\n"), named[i][0], named[i][1], bool(curly[i])) for i in range(count)
        ]

    def titles(self, count: int) -> list[str]:
        """Headlines of six to eleven words, only the first one with a large letter."""
        shape = [
            "adjective",
            "noun",
            "past",
            "adverb",
            "plural",
            "noun",
            "verb",
            "adjective",
            "plural",
            "place",
            "noun",
        ]
        columns = [self.words.draw(self.rng, name, count) for name in shape]
        columns[0] = columns[0] + self.words.size
        printed = np.stack([self.words.forms[column] for column in columns], axis=1)
        lengths = self.rng.integers(6, len(shape) + 1, count).tolist()
        return ["".join(row[:length]) for row, length in zip(printed.tolist(), lengths, strict=True)]

    def loose_words(self, count: int) -> list[str]:
        """At least `count` words of fresh running text, for edits."""
        sentences = self._sentences(np.array([1 + count // int(self.patterns.words.mean() - 3)]))
        own = {name: self.words.uniform(self.rng, name, (1, size)) for name, size in OWN.items()}
        return self._print(sentences, own, np.zeros(1, dtype=bool))[0].replace("\n\n", " ").split(" ")

    def _sentences(self, per_story: NDArray[np.int64]) -> _Sentences:
        total = int(per_story.sum())
        separator = np.where(
            self.rng.random(total) < PARAGRAPH_SHARE, self.words.fixed("\n\n"), self.words.fixed(" ")
        ).astype(np.int32)
        separator[np.cumsum(per_story) - per_story] = self.words.fixed("")
        return _Sentences(
            self.rng.integers(0, len(self.patterns.starts), total),
            np.repeat(np.arange(len(per_story)), per_story),
            separator,
            per_story,
        )

    def _print(self, sentences: _Sentences, own: dict[str, Ids], curly: NDArray[np.bool_]) -> list[str]:
        """The text of every story; `own[name]` has shape (stories, `OWN[name]`), `curly` shape (stories,)."""
        lengths = self.patterns.lengths[sentences.pattern]
        ends = np.cumsum(lengths)
        begins = ends - lengths
        slots = np.arange(ends[-1]) + np.repeat(self.patterns.starts[sentences.pattern] - begins, lengths)
        story = np.repeat(sentences.story, lengths)
        ids = self._fill(self.patterns.codes[slots], story, own)
        ids[begins] = sentences.separator
        ids[curly[story] & (ids <= POSSESSIVE)] += self.words.curly_shift
        ids[self.patterns.initial[slots]] += self.words.size
        tokens = self.words.forms[ids].tolist()
        last = np.cumsum(sentences.per_story) - 1
        edges = [0, *ends[last].tolist()]
        return ["".join(tokens[low:high]) for low, high in pairwise(edges)]

    def _fill(self, codes: Ids, story: NDArray[np.int64], own: dict[str, Ids]) -> Ids:
        """Token ids for slot codes, both of shape (slots,); separators are left for the caller."""
        ids = codes.copy()
        for name in DRAWN:
            places = np.flatnonzero(codes == drawn_code(name))
            ids[places] = self.words.draw(self.rng, name, len(places))
            if name == "noun":
                self._speak_of_the_topic(ids, places, story, len(own["first"]))
        places = np.flatnonzero(codes <= FIRST_OWN)
        names = np.concatenate([own[name] for name in OWN], axis=1)
        ids[places] = names[story[places], FIRST_OWN - codes[places]]
        return ids

    def _speak_of_the_topic(self, ids: Ids, places: NDArray[np.int64], story: NDArray[np.int64], count: int) -> None:
        """Replaces a share of the nouns at `places` by nouns of the story's topic, its first ones most."""
        topics = self.words.draw(self.rng, "noun", count * TOPIC_WORDS).reshape(count, TOPIC_WORDS)
        chosen = places[self.rng.random(len(places)) < TOPIC_SHARE]
        ranks = (TOPIC_WORDS * self.rng.random(len(chosen)) ** 2).astype(np.int64)
        ids[chosen] = topics[story[chosen], ranks]

    def _full_names(self, own: dict[str, Ids], story: int) -> list[str]:
        pairs = zip(self._alone(own["first"][story]), self._alone(own["last"][story]), strict=True)
        return [f"{first} {last}" for first, last in pairs]

    def _alone(self, ids: Ids) -> list[str]:
        return [self.words.word(token) for token in ids.tolist()]


class WordTap:
    """Fresh words for edits and inserts; no stretch of them is handed out twice."""

    def __init__(self, writer: Writer, block: int = 20_000) -> None:
        self._writer = writer
        self._block = block
        self._words: list[str] = []
        self._next = 0

    def take(self, count: int) -> list[str]:
        """The next `count` words of the stream, in running order."""
        if self._next + count > len(self._words):
            self._words = self._writer.loose_words(max(self._block, count))
            self._next = 0
        taken = self._words[self._next : self._next + count]
        self._next += count
        return taken

    def sentence(self, count: int) -> str:
        """The next `count` words dressed as one sentence."""
        text = " ".join(self.take(count)).strip(' .,"')
        return text[0].upper() + text[1:] + "."


def straight(text: str) -> str:
    """The text with typographic marks replaced by ASCII ones."""
    for curly, plain in (("“", '"'), ("”", '"'), ("’", "'"), ("—", "--"), ("–", "-")):
        text = text.replace(curly, plain)
    return text


def typographic(text: str) -> str:
    """The text with ASCII quotes replaced by typographic ones: an opening one after a space or at the
    start."""
    text = text.replace("'", "’")
    for before in (" ", "\n"):
        text = text.replace(before + '"', before + "“")
    if text.startswith('"'):
        text = "“" + text[1:]
    return text.replace('"', "”")
