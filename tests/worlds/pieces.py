"""Articles of the world, and the judgement what two of them are to each other, by the words that they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from tests.worlds.sentences import Body, Sentence, flat, size, words
from tests.worlds.sites import Site

COPIES = ("identical", "near_copy", "version", "excerpt")
TRUE = (*COPIES, "overlap")
#: Shares at which the definitions say "about 80 %", "most" and "nearly all".
NEAR, MOST, NEARLY_ALL = 0.8, 0.5, 0.85
#: At or under this ratio of lengths the other text is "clearly longer".
LONGER = 0.75
#: A passage is copied from two sentences and this many words on.
PASSAGE_SENTENCES, PASSAGE_WORDS = 2, 20
#: A text of fewer words is no article that another page can hold.
BRIEF_WORDS = 25


@dataclass
class Piece:
    """An article before it is printed: its story, its own words, and where it stands."""

    story: int
    form: str
    body: Body
    title: str
    site: Site
    published: datetime
    language: str = "en"
    event: str | None = None
    frame: str | None = None
    byline: str | None = None
    dateline: str | None = None
    credit: str | None = None
    box: str | None = None
    tail: str | None = None
    head: str | None = None
    path: str | None = None
    #: Sentences of a document that is printed in full (a statement, a letter): shared ones do not make a copy.
    document: frozenset[int] = frozenset()
    id: str = ""
    text: str = ""
    counts: dict[int, int] = field(default_factory=dict)


class Judgement(NamedTuple):
    """What two articles are, which one lies in which, and whether a careful reader could disagree."""

    label: str
    direction: str | None
    unsure: bool


class _Shares(NamedTuple):
    a: float
    b: float
    passage: int
    passage_words: float
    quotes: bool


@lru_cache(maxsize=100_000)
def _kept(a: str, b: str) -> float:
    """The share of the words of two wordings of one sentence that stand in both, in order."""
    if a == b:
        return 1.0
    return SequenceMatcher(None, words(a), words(b), autojunk=False).ratio()


def _shares(a: Piece, b: Piece) -> _Shares:
    ours = {one.key: one for one in flat(a.body)}
    theirs = {one.key: one for one in flat(b.body)}
    common = [key for key in ours if key in theirs]
    narration = [key for key in common if not ours[key].is_quote and key not in a.document]
    # Quotations and documents count only where the words around them are taken too.
    least = min(_narration(a), _narration(b))
    taken = sum(len(words(ours[key].text)) for key in narration)
    counting = common if taken >= MOST * least else narration
    shares = []
    for own, other, piece in ((ours, theirs, a), (theirs, ours, b)):
        same = sum(len(words(own[key].text)) * _kept(own[key].text, other[key].text) for key in counting)
        shares.append(same / max(1, size(piece.body)))
    return _Shares(shares[0], shares[1], len(narration), taken, len(common) > len(narration))


def _narration(piece: Piece) -> int:
    """The number of words outside quotations and documents."""
    outside: list[Sentence] = [s for s in flat(piece.body) if not s.is_quote and s.key not in piece.document]
    return sum(len(words(one.text)) for one in outside)


def judge(a: Piece, b: Piece) -> Judgement:
    """Return what two articles are, by the definitions of the data's README and of section 4 of the design."""
    share = _shares(a, b)
    high, shorter = max(share.a, share.b), min(size(a.body), size(b.body))
    is_passage = share.passage >= PASSAGE_SENTENCES and share.passage_words >= PASSAGE_WORDS
    if a.story == b.story and high > 0:
        if (copy := _copy(a, b, share)) is not None:
            return copy
        if is_passage:
            return Judgement("overlap", None, high > MOST - 0.08)
    elif high >= NEARLY_ALL and shorter >= BRIEF_WORDS:
        return Judgement("excerpt", _direction(share), False)
    elif is_passage:
        # A text of which most stands in a page on other things: more than an overlap, and no version of that page.
        is_held = high >= MOST and not (a.event and a.event == b.event)
        return Judgement("overlap", None, is_held)
    if share.quotes or a.story == b.story or (a.event is not None and a.event == b.event):
        documents = a.document & b.document
        text = sum(len(words(s.text)) for s in flat(a.body) if s.key in documents)
        # Two excerpts of one story, and long documents in full, are pairs on which readers differ.
        return Judgement("related", None, a.story == b.story or text > MOST * shorter)
    if a.frame is not None and a.frame == b.frame:
        return Judgement("furniture" if a.frame.startswith("site/") else "template", None, False)
    return Judgement("furniture" if a.site is b.site else "unrelated", None, False)


def _direction(share: _Shares) -> str:
    return "a_in_b" if share.a >= share.b else "b_in_a"


def _copy(a: Piece, b: Piece, share: _Shares) -> Judgement | None:
    """The kind of copy that two articles of one story are; none where they share less than half of the shorter."""
    low, high = sorted((share.a, share.b))
    lengths = sorted((size(a.body), size(b.body)))
    # With hardly a word between the quotations nobody can tell a copy from two reports of one speech.
    is_bare = share.quotes and min(_narration(a), _narration(b)) < PASSAGE_WORDS
    if [words(s.text) for s in flat(a.body)] == [words(s.text) for s in flat(b.body)]:
        return Judgement("identical", None, is_bare)
    if low >= NEAR:
        return Judgement("near_copy", None, is_bare)
    if high >= NEARLY_ALL and lengths[0] <= LONGER * lengths[1]:
        return Judgement("excerpt", _direction(share), is_bare)
    return Judgement("version", None, is_bare or high < MOST + 0.08) if high >= MOST else None


def are_documents(a: Piece, b: Piece) -> bool:
    """Whether both print one document: no copies, but readers differ on whether that is an overlap."""
    return bool(a.document & b.document)


def candidates(pieces: list[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Yield each pair of articles that may be more than unrelated: a sentence, an event or a frame in common."""
    groups: dict[object, list[int]] = defaultdict(list)
    for number, piece in enumerate(pieces):
        marks: set[object] = {one.key for one in flat(piece.body)}
        marks |= {("story", piece.story), ("event", piece.event or number), ("frame", piece.frame or number)}
        for mark in marks:
            groups[mark].append(number)
    pairs = {pair for members in groups.values() if len(members) > 1 for pair in combinations(members, 2)}
    for one, other in sorted(pairs):
        yield pieces[one], pieces[other]
