"""Learned furniture the slow, obvious way: chunks are tuples, what recurs is counted in dicts, companies are sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

HASH27, LINE, SENTENCE, CAPITAL = (1 << 27) - 1, 1 << 27, 1 << 28, 1 << 31
MASK64 = (1 << 64) - 1
BODY, HEAD, FOOT, INLINE = 0, 1, 2, 4


class Chunk(NamedTuple):
    """Some tokens in a row: 25 bits of a hash of them, their number, whether they begin a line, whether a sentence."""

    hash: int
    length: int
    line: bool
    sentence: bool

    @property
    def begins(self) -> bool:
        return self.line or self.sentence

    @property
    def key(self) -> tuple[int, int]:
        return self.hash, self.length


#: An article: its domain, and the chunks of its body.
Page = tuple[str | None, Sequence[Chunk]]
Key = tuple[int, int]


# -- chunks -------------------------------------------------------------------------------------------------------


def chunks(words: Sequence[int]) -> list[Chunk]:
    """The chunks of a body of words (27 bits of hash, flags of lines and sentences)."""
    lines = 1 + sum(bool(word & LINE) for word in words[1:])
    lost = len(words) > 80 * lines
    found = []
    for line, stretch in _stretches(words):
        for i, piece in enumerate(_pieces(stretch, lost)):
            sentence = bool(stretch[0] & SENTENCE)
            found.append(
                Chunk(_hash(word & HASH27 for word in piece), len(piece), i == 0 and line, i == 0 and sentence)
            )
    return found


def _stretches(words: Sequence[int]) -> list[tuple[bool, list[int]]]:
    """Lines and sentences: whether each begins a line, and its tokens."""
    found: list[tuple[bool, list[int]]] = []
    for i, word in enumerate(words):
        if i == 0 or word & (LINE | SENTENCE):
            found.append((i == 0 or bool(word & LINE), []))
        found[-1][1].append(word)
    return found


def _pieces(stretch: Sequence[int], lost: bool) -> list[list[int]]:
    """A stretch cut at 31 tokens; a long one, where lines were lost, also after a token that is 0 modulo 8, and before
    a capital after a small letter."""
    found: list[list[int]] = [[]]
    for i, token in enumerate(stretch[:-1]):
        found[-1].append(token)
        heading = bool(stretch[i + 1] & CAPITAL) and not token & CAPITAL
        mark = lost and len(stretch) > 16 and len(found[-1]) >= 4 and (token % 8 == 0 or heading)
        if mark or len(found[-1]) == 31:
            found.append([])
    found[-1].append(stretch[-1])
    return found


def _hash(tokens: Iterable[int]) -> int:
    h = 0
    for token in tokens:
        h = (h ^ token) * 0x9E3779B185EBCA87 & MASK64
        h ^= h >> 32
    return (h & 0xFFFFFFFF) >> 7


# -- what recurs at the edges -------------------------------------------------------------------------------------


def mine(pages: Sequence[Page]) -> dict[str, dict[Key, int]]:
    """The furniture of each domain: on how many of its articles each chunk stands."""
    by_domain: dict[str, list[Sequence[Chunk]]] = defaultdict(list)
    for domain, page in pages:
        if domain is not None:
            by_domain[domain].append(page)
    by_domain = {domain: some for domain, some in by_domain.items() if len(some) >= 3}
    homes: dict[Key, set[str]] = defaultdict(set)
    for domain, some in by_domain.items():
        for page in some:
            for chunk in page:
                homes[chunk.key].add(domain)
    found = {}
    for domain, some in by_domain.items():
        learned = _learn_domain(some, {key for key, at in homes.items() if len(at) > 1})
        if learned:
            found[domain] = learned
    return found


def _learn_domain(some: Sequence[Sequence[Chunk]], elsewhere: set[Key]) -> dict[Key, int]:
    articles: dict[Key, int] = defaultdict(int)
    for page in some:
        for key in {chunk.key for chunk in page}:
            articles[key] += 1
    recurring = {key for key, n in articles.items() if n >= 3 and 200 * n >= len(some)}
    places: dict[Key, list[bool]] = defaultdict(list)
    everywhere, on_stories, at_short_edges = (defaultdict[Key, set[int]](set) for _ in range(3))
    for page in some:
        known = teasers(page, sound(page, recurring))
        head, foot = edges(page, known)
        for j, k in _runs([chunk.key in recurring for chunk in page]):
            inside = head <= j and k <= foot and j > 0 and k < len(page) and sum(c.length for c in page[j:k]) < 8
            inside = inside and not page[j].begins and not page[k].begins
            for chunk in page[j:k]:
                places[chunk.key].append(inside)
        middle = range(head, foot)
        size = sum(page[j].length for j in middle)
        total = sum(chunk.length for chunk in page)
        if size < 8 or 10 * size < total or 7 * sum(page[j].length for j in middle if known[j]) > size:
            continue
        company = min((_company(page[j].hash) for j in middle if page[j].key not in recurring), default=0xFFFFFFFF)
        for edge in (range(head), range(foot, len(page))):
            short = sum(page[j].length for j in edge) <= 80
            for key in {page[j].key for j in edge} & recurring:
                everywhere[key].add(company)
                if 2 * size >= total:
                    on_stories[key].add(company)
                    if short:
                        at_short_edges[key].add(company)
    return {
        key: n
        for key, n in articles.items()
        if 2 * sum(places[key]) <= len(places[key])
        and (
            len(everywhere[key]) >= 8
            or (len(on_stories[key]) >= 3 and 5 * n >= len(some))
            or (len(at_short_edges[key]) >= 3 and 50 * n >= len(some) and key not in elsewhere)
        )
    }


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """The runs of what is true: from, to."""
    changes = [i for i, (a, b) in enumerate(pairwise([False, *flags, False])) if a != b]
    return list(zip(changes[::2], changes[1::2], strict=True))


def _company(value: int) -> int:
    value <<= 7
    value = (value ^ (value >> 31)) * 0x9E3779B185EBCA87 & MASK64
    return max(1, (value ^ (value >> 29)) >> 32)


def sound(page: Sequence[Chunk], wanted: set[Key]) -> list[bool]:
    """Which chunks are wanted, and no mere words of a story: in a run of 5 words, whole lines, whole sentences of 6."""
    known = [chunk.key in wanted for chunk in page]
    out = list(known)
    j = 0
    while j < len(page):
        stop = j
        while stop < len(page) and known[stop]:
            stop += 1
        if stop > j and sum(chunk.length for chunk in page[j:stop]) < 5:
            for low, high in _sentences(page, j, stop):
                line = page[low].line and (high == len(page) or page[high].line)
                whole = page[low].begins and sum(chunk.length for chunk in page[low:high]) >= 6
                if high > stop or not (line or whole):
                    out[low : min(high, stop)] = [False] * (min(high, stop) - low)
        j = max(stop, j + 1)
    return out


def teasers(page: Sequence[Chunk], known: Sequence[bool]) -> list[bool]:
    """What is known, and headlines of other stories: after the story and a known heading, up to the next or the end."""
    out = list(known)
    has_heading = False  # whether the known chunks before begin a line or sentence
    story = 0
    j = 0
    while j < len(page):
        stop = j
        while stop < len(page) and not known[stop]:
            stop += 1
        if stop == j:
            has_heading = page[j].begins or (has_heading and j > 0 and out[j - 1])
        else:
            run = page[j:stop]
            words = sum(chunk.length for chunk in run)
            ends = sum(chunk.sentence for chunk in page[j + 1 : stop + 1])
            several = stop < len(page) or sum(chunk.line for chunk in run) > 1 or words > 40
            paragraphs = "".join("L" * chunk.line + "w" * chunk.length for chunk in run).split("L")
            like = max(map(len, paragraphs)) <= 30 if len(paragraphs) > 1 else not ends and words <= 60
            if j > 0 and has_heading and story >= 8 and several and 35 * ends <= words < 400 and like:
                out[j:stop] = [True] * len(run)
            else:
                story += words
        j = max(stop, j + 1)
    return out


def _sentences(page: Sequence[Chunk], low: int, stop: int) -> Iterable[tuple[int, int]]:
    """The sentences that begin from `low` on before `stop`, to their ends; the first may lack its beginning."""
    while low < stop:
        high = low + 1
        while high < len(page) and not page[high].begins:
            high += 1
        yield low, high
        low = high


def edges(page: Sequence[Chunk], known: Sequence[bool]) -> tuple[int, int]:
    """The end of the head and the begin of the foot."""
    head = _edge(list(zip(page, known, strict=True)))
    foot = _edge(list(zip(page[head:], known[head:], strict=True))[::-1])
    return head, len(page) - foot


def _edge(page: Sequence[tuple[Chunk, bool]]) -> int:
    """How many chunks, from the first on, have the greatest surplus of known words, with no gap above 15 words."""
    best = (0, 0)
    for end in range(1, len(page) + 1):
        if not page[end - 1][1]:
            continue
        gaps = [0]
        for chunk, known in page[:end]:
            gaps = [*gaps, 0] if known else [*gaps[:-1], gaps[-1] + chunk.length]
        surplus = sum(chunk.length if known else -chunk.length for chunk, known in page[:end])
        if max(gaps) <= 15:
            best = max(best, (surplus, -end))
    return -best[1] if best[0] > 0 else 0


# -- cutting ------------------------------------------------------------------------------------------------------


def mark(page: Page, learned: Mapping[str, Iterable[Key]]) -> list[int]:
    """The zone of each chunk."""
    domain, body = page
    known = teasers(body, sound(body, set(learned.get(domain or "", ()))))
    head, foot = edges(body, known)
    return [HEAD if j < head else FOOT if j >= foot else INLINE if known[j] else BODY for j in range(len(body))]
