"""Extract the observations of the articles of a batch: each family of evidence matches the lines that concern it.

Lines come from two sources: blocks of head and foot that boilerplate rules removed, and lines of the bodies that the
line scan selects. A tail of other stories is in neither. Most lines recur (`WASHINGTON (AP)`), so matches are cached.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.evidence import edge_lines, line_scan
from dedup.evidence.credits import match_authors, match_credits
from dedup.evidence.datelines import begins_small, match_datelines, match_plain_dateline, may_be_dateline
from dedup.evidence.last_lines import match_last_line, match_site_dateline
from dedup.evidence.licences import match_licences
from dedup.evidence.line_scan import LineScanner
from dedup.evidence.metadata import match_metadata
from dedup.evidence.notes import match_notes
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Registry, registry
from dedup.evidence.releases import match_announcement, match_issuer
from dedup.evidence.sign_offs import is_mark, is_sign_off, match_sign_offs
from dedup.evidence.spelling import is_unbroken, is_uncased, one_width
from dedup.evidence.uncased_edges import may_credit_edge
from dedup.evidence.uncased_ends import match_end
from dedup.languages import lexicon
from dedup.text.boilerplate.rules import RULE_CREDIT, RULE_DATELINE
from dedup.text.boilerplate.zones import Bodies
from dedup.text.repair.edits import LETTERS

#: Entries of each cache; a line of a crawl recurs soon or never.
_CACHE_SIZE = 8192
#: Most characters of a credit in the head; a longer line there is the story.
_LONGEST_CREDIT = 240
#: The same in scripts without blanks.
_LONGEST_UNBROKEN = 90
#: Bytes of a story's beginning and of a page's end in which a release names its issuer.
_OPENING, _CLOSING = 400, 4000
#: Most bytes of a paragraph that is searched to its end.
_PARAGRAPH = 2000
#: Fewest items of a round-up; an item's heading: a sentence of a few words, before others.
_ITEMS = 3
_HEADING = re.compile(r"(?:[^\s.!?]+ ){1,4}[^\s.!?]{2,}\. [^\W\d_]")
#: Signals of a mark behind the last word.
_END_SIGNALS = frozenset({"end_mark", "credit", "weak_credit"})
#: Signals that name a source in the proper place.
_NAMES_SOURCE = frozenset(
    {"dateline", "byline", "credit", "authors", "copyright", "licence", "distributor", "end_mark"}
)
#: Positions of removed blocks, which may stand in head or foot; of removed datelines; of credits of the foot; of a line
#: of the head.
_BLOCK, _DATELINE, _CREDIT, _LINE = (
    LinePosition(True, True),
    LinePosition(True, False, is_dateline=True),
    LinePosition(False, True),
    LinePosition(True, False),
)
_POSITIONS = {RULE_DATELINE: _DATELINE, RULE_CREDIT: _CREDIT}

_END_OF_TEXT = LinePosition(False, True, begins=False)
#: Most letters of a tag alone on its line.
_TAG = 10
#: Between a person and a paper.
_BEFORE_QUOTED = (", «", ", „", ', "', ", “")
#: A dash and some letters of a story, behind a dateline that was removed up to them.
_AND_STORY = " — " + "X" * 20

Column = Sequence[str | None]


class EvidenceExtractor:
    """Extracts observations with one registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.scanner = registry, LineScanner(registry)
        #: The observations in one line, of (line, position, top-level domain).
        self.match_line = lru_cache(_CACHE_SIZE)(self._match_line)
        #: The observations in a field of authors, of (authors, top-level domain).
        self._match_authors = lru_cache(_CACHE_SIZE)(lambda names, tld: match_authors(names, registry, tld))
        #: The observations in a last line, of (line, top-level domain), and whether it may have some.
        self.match_last_line = lru_cache(_CACHE_SIZE)(self._match_last_line)
        self._may_end = lru_cache(_CACHE_SIZE)(
            lambda line: (
                registry.names_outlet(line)
                or lexicon.holds(line, *lexicon.LAST_CUES)
                or (not line.isascii() and any(mark in line for mark in _BEFORE_QUOTED))
            )
        )
        #: Whether a field of authors may hold more than names of persons.
        self._may_name_source = lru_cache(_CACHE_SIZE)(
            lambda names: registry.may_name(names) or registry.names_outlet(names) or lexicon.holds(names, "staff")
        )

    def extract(self, bodies: Bodies, records: pa.RecordBatch | Mapping[str, Column]) -> dict[int, list[Observation]]:
        """Return the observations of each article by its index; records: columns domain, url, authors and meta."""
        out: dict[int, list[Observation]] = {}
        column = _columns(records)

        def tlds(i: int) -> str:
            """Return the country's top-level domain of a host, or "": tags have other meanings in other countries."""
            domain = column("domain")[i]
            last = domain[-3:].rpartition(".")[2] if domain else ""
            return last.lower() if len(last) == 2 else ""

        for i, rule, text in bodies.removed_blocks():
            if rule == RULE_DATELINE and (plain := match_plain_dateline(text, self.registry)):
                weak = plain._replace(signal="dateline_weak")
                out.setdefault(i, []).append(weak if begins_small(_first_letters(bodies, i)) else plain)
                continue
            matches = self.match_line(text, _POSITIONS.get(rule, _BLOCK), tlds(i))
            if rule == RULE_DATELINE and not matches and ("." in text or "," in text):
                matches = match_site_dateline(text + _AND_STORY, self.registry)
            if rule == RULE_DATELINE and any(m.signal == "dateline_weak" for m in matches):
                # The language after the dateline may show which agency a tag means.
                matches = self.match_line(ends(bodies, i)[0].split("\n", 1)[0], _LINE, tlds(i)) or matches
            if matches:
                out.setdefault(i, []).extend(self._with_language(matches, bodies, i))
        self._match_bodies(bodies, tlds, out)
        self._match_edges(bodies, tlds, out)
        for i, observations in out.items():
            if any(s.signal in _END_SIGNALS and is_mark(s.quote) for s in observations) and _is_round_up(bodies, i):
                out[i] = [s for s in observations if s.signal not in _END_SIGNALS or not is_mark(s.quote)]
        for i, names in enumerate(column("authors")):
            if names and self._may_name_source(names) and (matches := self._match_authors(names, tlds(i))):
                out.setdefault(i, []).extend(self._with_language(matches, bodies, i, in_field=True))
        for i, meta in enumerate(column("meta")):
            if meta and (sources := match_metadata(meta, column("domain")[i], column("url")[i], self.registry)):
                out.setdefault(i, []).extend(sources)
        for i, kinds in bodies.repaired.items():
            if LETTERS in kinds:
                out.setdefault(i, []).append(Observation("lost_letters", quote(_lost_word(bodies, i)), None))
        for i, domain in enumerate(column("domain")):
            if domain and (host := self.registry.host(domain)).kind == "press_release":
                out.setdefault(i, []).append(Observation("distributor", domain, host.name))
        for i, observations in out.items():
            self._add_issuer(bodies, i, observations)
        return out

    def _match_bodies(self, bodies: Bodies, tlds: Callable[[int], str], out: dict[int, list[Observation]]) -> None:
        """Add the observations in lines and mentions that the line scan selects."""
        lines = self.scanner.scan(bodies)
        if len(lines) == 0:
            return
        data, offsets = bodies.tokens.texts
        text, begin = data.data, offsets.tolist()
        mentions: dict[int, list[tuple[int, str, str]]] = {}
        late: dict[int, list[Observation]] = {}
        for i, where, low, high, number in lines.tolist():
            base = begin[i]
            if where & line_scan.LATE:
                late.setdefault(i, []).extend(self._match_late_dateline(data, base + low, begin[i + 1], tlds(i)))
                continue
            line = str(text[base + low : base + high], "utf-8", "ignore")
            if where & (line_scan.TOLD | line_scan.ATTRIBUTION | line_scan.REPORTER):
                agency = self.registry.agencies[number]
                if not where & line_scan.REPORTER or agency.kind == "agency":
                    mentions.setdefault(i, []).append((where, line, agency.name))
                continue
            position = LinePosition(
                bool(where & line_scan.HEAD),
                bool(where & line_scan.FOOT),
                not where & line_scan.NO_BEGINNING,
                not where & line_scan.NO_END,
            )
            if number == line_scan.EDGE and not may_credit_edge(line, position.head, position.foot):
                continue
            if matches := self.match_line(line, position, tlds(i)):
                out.setdefault(i, []).extend(self._with_language(matches, bodies, i))
        for i, own_mentions in mentions.items():
            out.setdefault(i, []).extend(_summarise_mentions(own_mentions))
        for i, datelines in late.items():
            # Two are of a round-up. After a source in its proper place, a late dateline is of another story.
            if len(datelines) == 1 and not any(s.signal in _NAMES_SOURCE for s in out.get(i, ())):
                out.setdefault(i, []).extend(datelines)

    def _match_edges(self, bodies: Bodies, tlds: Callable[[int], str], out: dict[int, list[Observation]]) -> None:
        """Add the observations in last lines that name an outlet, and in datelines of sites."""
        data, offsets = bodies.tokens.texts
        text, begin = data.data, offsets.tolist()
        for i, which, low, high in edge_lines.edge_lines(bodies).tolist():
            line = str(text[begin[i] + low : begin[i] + high], "utf-8", "ignore")
            if which == edge_lines.FIRST:
                matches = match_site_dateline(line, self.registry)
            elif which == edge_lines.BRACKET:
                may_end = self._may_end(line[line.rfind("(") + 1 :])
                matches = match_sign_offs(line, _END_OF_TEXT, self.registry) if may_end else ()
            elif self._may_end(line):
                matches = self.match_last_line(line, tlds(i))
            else:
                continue
            if matches:
                out.setdefault(i, []).extend(self._with_language(matches, bodies, i))

    def _with_language(
        self, matches: tuple[Observation, ...], bodies: Bodies, i: int, in_field: bool = False
    ) -> tuple[Observation, ...]:
        """Strengthen a tag with other meanings, alone on its line or in the field of authors, if the story's
        language is that of the agency."""
        if not any(s.signal == "weak_credit" and (is_mark(s.quote) or in_field) for s in matches):
            return matches
        story = ends(bodies, i)[0]
        return tuple(
            s._replace(signal="end_mark" if is_mark(s.quote) else "credit")
            if s.signal == "weak_credit"
            and (is_mark(s.quote) or in_field)
            and self.registry.is_language_of(s.name, story)
            else s
            for s in matches
        )

    def _match_late_dateline(self, data: NDArray[np.uint8], low: int, stop: int, tld: str) -> list[Observation]:
        """Match a dateline that begins a paragraph after the head. A paragraph that breaks off is a teaser."""
        line = data[low : min(stop, low + _PARAGRAPH)].tobytes().decode(errors="ignore").split("\n", 1)[0].rstrip()
        if line.endswith(("…", "...", "[…]", "[...]")):
            return []
        datelines = match_datelines(line, LinePosition(True, False, tld=tld), self.registry)
        return [Observation("dateline_late", s.quote, s.name) for s in datelines if s.signal == "dateline"]

    def _match_line(self, text: str, position: LinePosition, tld: str) -> tuple[Observation, ...]:
        text, position = one_width(text.strip()), position._replace(tld=tld)
        names = self.registry
        if announcement := match_announcement(text, position):
            return (announcement,)
        if notes := match_notes(text, position, names):
            return notes
        if may_be_dateline(text, position) and position.head and (datelines := match_datelines(text, position, names)):
            return self._as_distributors(
                (*datelines, *(match_sign_offs(text, position, names) if position.foot else ()))
            )
        longest = _LONGEST_UNBROKEN if is_unbroken(text[:_LONGEST_UNBROKEN]) else _LONGEST_CREDIT
        if position.is_dateline or (not position.foot and len(text) > longest):
            return ()
        if position.foot and is_uncased(text) and (end := match_end(text, position, names)):
            return self._as_distributors(end)
        if position.foot and is_sign_off(text):
            return self._as_distributors(match_sign_offs(text, position, names))
        if licence := match_licences(text, position, names):
            return self._as_distributors(licence)
        credit = match_credits(text, position, names) if names.may_name(text) or lexicon.may_credit(text) else ()
        distributors = {s.name for s in credit if s.signal == "distributor"}
        end = match_sign_offs(text, position, names) if position.foot else ()
        if not credit and not end and position.foot and len(text) <= _TAG and ":" not in text:
            end = match_last_line(text, position, names)  # a tag of several agencies
        return self._as_distributors((*(s for s in end if s.name not in distributors), *credit))

    def _match_last_line(self, text: str, tld: str) -> tuple[Observation, ...]:
        position = LinePosition(False, True, tld=tld)
        return self._as_distributors(match_last_line(text, position, self.registry)) or self.match_line(
            text, position, tld
        )

    def _as_distributors(self, observations: tuple[Observation, ...]) -> tuple[Observation, ...]:
        """Replace the signals of press-release wires: a wire distributes, and is never the writer."""
        by_name = self.registry.by_name
        return tuple(
            s._replace(signal="distributor") if s.name in by_name and by_name[s.name].kind == "press_release" else s
            for s in observations
        )

    def _add_issuer(self, bodies: Bodies, i: int, observations: list[Observation]) -> None:
        """Add the issuer to the observations of a text that a press-release wire distributes."""
        if not any(s.signal == "distributor" for s in observations) or any(s.signal == "issuer" for s in observations):
            return
        wires = [self.registry.by_name[s.name] for s in observations if s.signal == "distributor" and s.name]
        issuer = match_issuer(*ends(bodies, i), [tag for wire in wires for tag in (*wire.tags, *wire.names)])
        if issuer is not None:
            observations.append(issuer)


def _summarise_mentions(mentions: list[tuple[int, str, str]]) -> list[Observation]:
    """Return one observation for each signal and name; mentions: (bits of the line scan, words, name) of each.

    An agency does not quote itself in the third person, so `according to KCNA` is evidence against KCNA. If people
    `told AFP` something more than once, or an AFP reporter saw it, AFP is the writer. A text
    with `the Courier reported` that also stands on the Courier's site was written there.
    """
    count = Counter(name for where, _, name in mentions if where & line_scan.TOLD)
    observations: dict[tuple[str, str], Observation] = {}
    for where, words, name in mentions:
        if where & line_scan.REPORTER:
            signal = "own_reporter"
        elif where & line_scan.TOLD:
            signal = "told" if count[name] >= 2 else "told_once"
        else:
            signal = "attributed"
        observations.setdefault((signal, name), Observation(signal, quote(words), name))
    return list(observations.values())


def _is_round_up(bodies: Bodies, i: int) -> bool:
    """Return whether an article is several short items, each with its heading as first sentence; a mark at the end is
    of the last item."""
    tokens = bodies.rule_only
    data, offsets = tokens.texts
    base = int(offsets[i])
    first, last = int(tokens.start[tokens.first[i]]), int(tokens.end[tokens.last[i] - 1])
    paragraphs = data[base + first : base + last].tobytes().decode(errors="ignore").split("\n")
    items = [text for text in paragraphs if text.strip()]
    return len(items) >= _ITEMS and all(_HEADING.match(text) for text in items)


def _first_letters(bodies: Bodies, i: int) -> str:
    """Return the first letters of an article's story, with the mark before them."""
    tokens = bodies.rule_only
    if tokens.first[i] >= tokens.last[i]:
        return ""
    data, offsets = tokens.texts
    at = int(offsets[i]) + int(tokens.start[tokens.first[i]])
    return data[max(int(offsets[i]), at - 1) : at + 8].tobytes().decode(errors="ignore")


def _lost_word(bodies: Bodies, i: int) -> str:
    """Return the first word of an article that lost letters."""
    return next(word for word in bodies.tokens.texts.raw(i).decode().split() if "\ufffd" in word)


def ends(bodies: Bodies, i: int) -> tuple[str, str]:
    """Return the beginning of an article's story, and the end of its page."""
    tokens = bodies.rule_only
    data, offsets = tokens.texts
    base, stop = int(offsets[i]), int(offsets[i + 1])
    first = base + (int(tokens.start[tokens.first[i]]) if tokens.last[i] > tokens.first[i] else 0)
    while first > base and data[first - 1] != 10:  # to the beginning of its line, for a dateline may be half removed
        first -= 1
    opening = data[first : min(stop, first + _OPENING)].tobytes().decode(errors="ignore")
    closing = data[max(base, stop - _CLOSING) : stop].tobytes().decode(errors="ignore")
    return opening, closing


def _columns(records: pa.RecordBatch | Mapping[str, Column]) -> Callable[[str], Column]:
    """Return a function from names to columns, which unpacks a column at its first use."""
    if isinstance(records, Mapping):
        return records.__getitem__

    @cache
    def column(name: str) -> Column:
        values = records.column(name)
        return [None] * len(values) if values.null_count == len(values) else values.to_pylist()

    return column


@lru_cache(8)
def extractor(agencies_file: str | None = None, sites_file: str | None = None) -> EvidenceExtractor:
    """Return the extractor for the packaged registry and a user's files."""
    return EvidenceExtractor(registry(agencies_file, sites_file))
