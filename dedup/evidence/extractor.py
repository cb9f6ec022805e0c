"""What the articles of a batch say of their source: the families of evidence, each on the lines that concern it.

Lines come from two places: what furniture rules set aside in head and foot, and what the ear hears at both ends of the
bodies. A tail of other stories is in neither. Most lines recur (`WASHINGTON (AP)`), so each is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.evidence import (
    attributions_in_text,
    credits,
    datelines,
    licences,
    line_scan,
    metadata,
    releases,
    scrape_artifacts,
    sign_offs,
)
from dedup.evidence.line_scan import LineScanner
from dedup.evidence.observation import LinePosition, Observation
from dedup.evidence.registry import Registry, registry
from dedup.languages import lexicon
from dedup.text.boilerplate.rules import RULE_DATELINE
from dedup.text.boilerplate.zones import Bodies

#: Lines whose reading is remembered; a line of a crawl recurs soon or never.
_REMEMBERED = 8192
#: Characters of a credit in the head; a longer line there is the story.
_LONGEST_CREDIT = 240
#: Bytes of a story's beginning and of a page's end in which a release names its issuer.
_OPENING, _CLOSING = 400, 4000
#: Bytes of a paragraph that is read to its end.
_PARAGRAPH = 2000
#: Signals of an article that already says whose it is.
_NAMED = frozenset({"dateline", "byline", "credit", "authors", "copyright", "licence", "distributor", "end_mark"})

Column = Sequence[str | None]


@dataclass(frozen=True, eq=False)
class EvidenceExtractor:
    """Reads articles with one registry."""

    registry: Registry
    ear: LineScanner
    _lines: dict[tuple[str, LinePosition, str], tuple[Observation, ...]] = field(default_factory=dict)
    _persons: dict[str, bool] = field(default_factory=dict)
    _authors: dict[tuple[str, str], tuple[Observation, ...]] = field(default_factory=dict)

    def extract(
        self, bodies: Bodies, records: pa.RecordBatch | Mapping[str, Column] | None
    ) -> dict[int, list[Observation]]:
        """What each article says, by its index; records: the columns domain, url, authors and meta."""
        said: dict[int, list[Observation]] = {}
        column = _columns(records)
        tlds = _Tlds(column)
        for i, rule, text in bodies.removed_blocks():
            if rule == RULE_DATELINE and (plain := datelines.plain(text, self.registry)):
                said.setdefault(i, []).append(plain)
                continue
            found = self.line(text, _CUT_DATELINE if rule == RULE_DATELINE else _CUT, tlds(i))
            if rule == RULE_DATELINE and any(s.signal == "dateline_weak" for s in found):
                # The language of what comes after the dateline may say who is meant.
                found = self.line(ends(bodies, i)[0].split("\n", 1)[0], _LINE, tlds(i)) or found
            if found:
                said.setdefault(i, []).extend(found)
        self._heard(bodies, tlds, said)
        if records is not None:
            for i, name in _values(records, "authors"):
                if self._names_somebody(name) and (found := self.authors(name, tlds(i))):
                    said.setdefault(i, []).extend(found)
            for i, text in _values(records, "meta"):
                pointed = metadata.read(text, column("domain")[i], column("url")[i], self.registry)
                if pointed:
                    said.setdefault(i, []).extend(pointed)
        for i, items in said.items():
            self._release(bodies, i, items)
        return said

    def _heard(self, bodies: Bodies, tlds: Callable[[int], str], said: dict[int, list[Observation]]) -> None:
        """What the ear hears at the ends of the bodies, and in them."""
        lines = self.ear.lines(bodies)
        if lines.shape[1] == 0:
            return
        data, offsets = bodies.tokens.texts
        whole, begin = data.data, offsets.tolist()
        spoken: dict[int, list[tuple[bool, str, str]]] = {}
        late: dict[int, list[Observation]] = {}
        for i, where, low, high, number in lines.T.tolist():
            base = begin[i]
            if where & line_scan.LATE:
                late.setdefault(i, []).extend(self._late(data, base + low, begin[i + 1], tlds(i)))
                continue
            text = str(whole[base + low : base + high], "utf-8", "ignore")
            if where & (line_scan.TOLD | line_scan.ATTRIBUTED):
                name = self.registry.agencies[number].name
                spoken.setdefault(i, []).append((bool(where & line_scan.TOLD), text, name))
                continue
            place = LinePosition(
                bool(where & line_scan.HEAD),
                bool(where & line_scan.FOOT),
                not where & line_scan.CUT_LEFT,
                not where & line_scan.CUT_RIGHT,
            )
            if found := self.line(text, place, tlds(i)):
                said.setdefault(i, []).extend(found)
        for i, heard in spoken.items():
            said.setdefault(i, []).extend(attributions_in_text.weigh(heard))
        for i, alone in late.items():
            # Two are those of a round-up; and after a dateline or credit in its place, it is another story's.
            if len(alone) == 1 and not any(s.signal in _NAMED for s in said.get(i, ())):
                said.setdefault(i, []).extend(alone)

    def _late(self, data: NDArray[np.uint8], low: int, stop: int, tld: str) -> list[Observation]:
        """A dateline that begins a paragraph farther in. One that breaks off is a teaser of another story."""
        line = data[low : min(stop, low + _PARAGRAPH)].tobytes().decode(errors="ignore").split("\n", 1)[0].rstrip()
        if line.endswith(("…", "...", "[…]", "[...]")):
            return []
        found = datelines.read(line, LinePosition(True, False, tld=tld), self.registry)
        return [Observation("dateline_late", s.quote, s.name) for s in found if s.signal == "dateline"]

    def line(self, text: str, place: LinePosition, tld: str = "") -> tuple[Observation, ...]:
        """What one line of head or foot says."""
        key = (text, place, tld)
        found = self._lines.get(key)
        if found is None:
            found = self._read(text.strip(), place._replace(tld=tld))
            if len(self._lines) >= _REMEMBERED:
                self._lines.clear()
            self._lines[key] = found
        return found

    def _read(self, text: str, place: LinePosition) -> tuple[Observation, ...]:
        known = self.registry
        if place.head and datelines.may_be(text, place) and (said := datelines.read(text, place, known)):
            return self._wire((*said, *(sign_offs.read(text, place, known) if place.foot else ())))
        if place.dated or (not place.foot and len(text) > _LONGEST_CREDIT):
            return ()
        if place.foot and sign_offs.is_signed(text):
            return self._wire(sign_offs.read(text, place, known))
        if said := licences.read(text, place, known):
            return self._wire(said)
        said = credits.read(text, place, known) if known.may_name(text) or lexicon.may_credit(text) else ()
        passes = {s.name for s in said if s.signal == "distributor"}
        ends = sign_offs.read(text, place, known) if place.foot else ()
        return self._wire((*(s for s in ends if s.name not in passes), *said))

    def _wire(self, said: tuple[Observation, ...]) -> tuple[Observation, ...]:
        """A press-release wire distributes; it is never who wrote."""
        wires = self.registry.by_name
        return tuple(
            Observation("distributor", s.quote, s.name)
            if s.name in wires and wires[s.name].kind == "press_release" and s.signal != "distributor"
            else s
            for s in said
        )

    def _names_somebody(self, authors: str) -> bool:
        """Whether a field of authors may say more than persons' names."""
        known = self._persons.get(authors)
        if known is None:
            known = self.registry.may_name(authors) or lexicon.holds(authors, "staff")
            if len(self._persons) >= _REMEMBERED:
                self._persons.clear()
            self._persons[authors] = known
        return known

    def authors(self, names: str, tld: str = "") -> tuple[Observation, ...]:
        """What the field of authors says."""
        found = self._authors.get((names, tld))
        if found is None:
            found = credits.read_authors(names, self.registry, tld)
            if len(self._authors) >= _REMEMBERED:
                self._authors.clear()
            self._authors[names, tld] = found
        return found

    def _release(self, bodies: Bodies, i: int, items: list[Observation]) -> None:
        """The issuer, where a press-release wire distributes the text."""
        if not any(s.signal == "distributor" for s in items) or any(s.signal == "issuer" for s in items):
            return
        wires = [self.registry.by_name[s.name] for s in items if s.signal == "distributor" and s.name]
        issuer = releases.issuer(*ends(bodies, i), [tag for wire in wires for tag in (*wire.tags, *wire.names)])
        if issuer is not None:
            items.append(issuer)


#: What furniture rules cut may stand in head or foot; a cut dateline is the head's.
_CUT, _LINE = LinePosition(True, True), LinePosition(True, False)
_CUT_DATELINE = LinePosition(True, False, dated=True)


def ends(bodies: Bodies, i: int) -> tuple[str, str]:
    """The beginning of an article's story, and the end of its page."""
    tokens = bodies.rule_only_tokens
    data, offsets = tokens.texts
    base, stop = int(offsets[i]), int(offsets[i + 1])
    first = base + (int(tokens.start[tokens.first[i]]) if tokens.last[i] > tokens.first[i] else 0)
    while first > base and data[first - 1] != 10:  # the line it begins in, for a dateline may be only half cut
        first -= 1
    opening = data[first : min(stop, first + _OPENING)].tobytes().decode(errors="ignore")
    closing = data[max(base, stop - _CLOSING) : stop].tobytes().decode(errors="ignore")
    return opening, closing


def _values(records: pa.RecordBatch | Mapping[str, Column], name: str) -> list[tuple[int, str]]:
    """The indexes and values of a column that are not null; a column of nulls costs nothing."""
    if not isinstance(records, pa.RecordBatch):
        return [(i, value) for i, value in enumerate(records[name]) if value]
    column = records.column(name)
    if column.null_count == len(column):
        return []
    return [(i, value) for i, value in enumerate(column.to_pylist()) if value]


def _columns(records: pa.RecordBatch | Mapping[str, Column] | None) -> Callable[[str], Column]:
    """The columns as lists, made when first asked for."""
    if isinstance(records, Mapping):
        return records.__getitem__
    made: dict[str, Column] = {}

    def column(name: str) -> Column:
        if name not in made:
            made[name] = records.column(name).to_pylist() if records is not None else _Nothing()
        return made[name]

    return column


class _Nothing(Sequence[Any]):
    def __len__(self) -> int:
        return 0

    def __getitem__(self, index: Any) -> Any:
        return None


class _Tlds:
    """The last label of each article's host, for tags that mean different things in different countries."""

    def __init__(self, column: Callable[[str], Column]) -> None:
        self._column = column

    def __call__(self, i: int) -> str:
        domain = self._column("domain")[i]
        last = domain[-3:].rpartition(".")[2] if domain else ""
        return last.lower() if len(last) == 2 else ""


@lru_cache(8)
def extractor(agencies_file: str | None = None, sites_file: str | None = None) -> EvidenceExtractor:
    """The listener for the packaged registry and a user's files."""
    chosen = registry(agencies_file, sites_file)
    return EvidenceExtractor(chosen, LineScanner(chosen, lexicon.head_cues(), lexicon.foot_cues()))


def scrape_artifact_of(bodies: Bodies, i: int) -> Observation | None:
    """Residue of machines at the beginning of an article's story."""
    return scrape_artifacts.read(ends(bodies, i)[0])
