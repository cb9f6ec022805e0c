"""Find texts that recur on a site as no story does: one text under many titles, or at many addresses for weeks.

A page without a story gives the site's menu, or a wall that no rule knows, as its text. Such a text has the titles of
other texts. A story that a site carries several times keeps its title, or gets one that is made of its own words too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.shingles import MIN_TOKENS
from dedup.corpus.spool import Spool
from dedup.inputs.batch import take_strings, text_array
from dedup.inputs.dates import DAY, parse_timestamp
from dedup.text.boilerplate.learning import normalize_domain
from dedup.text.tokens import WORD_HASH, tokenise

#: The least articles of a site with one text, and the least titles that are foreign to it.
_ARTICLES = 3
#: A title is foreign to a text that holds less than this share of its words. On six labelled sets nine of ten titles
#: have more than .6 of their words in their texts.
_FOREIGN = 0.5
#: A text without a title of its own recurs for weeks: the least addresses, and days between the first and the last.
_ADDRESSES, _DAYS = 3, 14
#: The same where no article of the text has a title.
_UNTITLED_ADDRESSES, _UNTITLED_DAYS = 4, 28


#: The columns of a batch that tell what recurs.
COLUMNS = ("url", "domain", "title", "published")


class RecurringText(NamedTuple):
    """An article whose text recurs, as no article's does: its row, the reason, and what was counted."""

    row: int
    reason: str
    detail: str


@dataclass(frozen=True)
class RecurringBodies:
    """The bodies of n articles in the order of input.

    fingerprint (n, 2) uint64; count (n,) int64: tokens. spool: has the words of all bodies, one after the other.
    """

    fingerprint: NDArray[np.uint64]
    count: NDArray[np.int64]
    spool: Spool

    def groups(self) -> Iterator[NDArray[np.int64]]:
        """Yield the rows of each body that `_ARTICLES` or more have, and that is long enough to be compared."""
        key = self.fingerprint[:, 0]
        order = np.argsort(key, kind="stable")
        ascending = key[order]
        bounds = np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1]))
        sizes = np.diff(np.append(bounds, len(order)))
        for group in np.flatnonzero(sizes >= _ARTICLES).tolist():
            rows = order[bounds[group] : bounds[group] + sizes[group]]
            if self.count[rows[0]] >= MIN_TOKENS and len(np.unique(self.fingerprint[rows, 1])) == 1:
                yield rows

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.cumsum(self.count)

    def words(self, row: int) -> NDArray[np.uint32]:
        """Return the hashes of the words of a body, (w,) uint32."""
        at = int(self._ends[row] - self.count[row])
        return np.frombuffer(self.spool.words.read(at * 4, int(self.count[row]) * 4), np.uint32) & WORD_HASH


def recurring_texts(
    bodies: RecurringBodies, groups: Iterable[NDArray[np.int64]], columns: Callable[[str], pa.Array]
) -> list[RecurringText]:
    """Return the articles whose text recurs on their site as no story's does.

    groups: of `RecurringBodies.groups`. columns: returns one of `COLUMNS` (n,), large_string, by its name.
    """
    out = []
    for rows in groups:
        sites: dict[str, list[int]] = {}
        for row, domain in zip(rows.tolist(), take_strings(columns("domain"), rows), strict=True):
            if domain is not None and (site := normalize_domain(domain)):
                sites.setdefault(site, []).append(row)
        for site, members in sites.items():
            if len(members) >= _ARTICLES:
                detail = _recurrence(bodies, columns, np.array(members, np.int64))
                if detail is not None:
                    out += [RecurringText(row, "recurring_text", f"{detail} on {site}") for row in members]
    return out


def _recurrence(bodies: RecurringBodies, columns: Callable[[str], pa.Array], rows: NDArray[np.int64]) -> str | None:
    """Say how one text of a site recurs; None for a text that may be a story's."""
    titles = sorted({title for title in take_strings(columns("title"), rows) if title and title.strip()})
    foreign = _foreign_titles(titles, bodies.words(int(rows[0])))
    if foreign is None:
        return None
    if foreign >= _ARTICLES:
        return f"one text under {foreign} titles that have nothing to do with it"
    addresses = {url.partition("#")[0] for url in take_strings(columns("url"), rows) if url}
    times = [time.seconds for text in take_strings(columns("published"), rows) if (time := parse_timestamp(text))]
    days = (max(times) - min(times)) // DAY if times else 0
    least = (_ADDRESSES, _DAYS) if titles else (_UNTITLED_ADDRESSES, _UNTITLED_DAYS)
    if len(addresses) < least[0] or days < least[1] or len({time // DAY for time in times}) < least[0]:
        return None
    return f"one text at {len(addresses)} addresses within {days:.0f} days"


def _foreign_titles(titles: Sequence[str], body: NDArray[np.uint32]) -> int | None:
    """Count the titles of a text, all of which are foreign to it; None if any is not, or cannot be told.

    Titles of the same words count once; words that all titles share (the name of the site) say nothing.
    """
    if not titles:
        return 0
    tokens = tokenise(text_array(titles))
    words = [frozenset((tokens.words(i) & WORD_HASH).tolist()) for i in range(len(tokens))]
    shared = frozenset.intersection(*words) if len(set(words)) > 1 else frozenset()
    own = {title - shared for title in words} - {frozenset()}
    body_words = frozenset(body.tolist())
    if any(len(title & body_words) >= _FOREIGN * len(title) for title in own):
        return None
    return len(own)
