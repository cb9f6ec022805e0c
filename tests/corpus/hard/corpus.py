"""The corpus of hard negatives: which articles there are, on which sites, and the truth about them.

At the standard size of `ARTICLES`, 3,600 stories, each of them a hard negative to the others of its kind and to all
others of its site, and 900 copies: a fifth of the articles. That leaves a third of the articles in true clusters, as
in the corpus beside this one, while of all couples of articles on one site fewer than one in a hundred are copies: a
tool that takes pages for stories cannot hide it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from tests.corpus.hard import reprints, shared
from tests.corpus.hard.briefs import brief
from tests.corpus.hard.earnings import families
from tests.corpus.hard.frames import CHAIN_SIZE, CHAINS, Frame, frames
from tests.corpus.hard.notices import Series, series

ARTICLES = 4500
COPIED = 0.2
ARTICLES_A_SITE, LEAST_SITES = 190, CHAINS * CHAIN_SIZE + 6
# Shares of the stories; the rest are briefs.
EARNINGS, NOTICES, BACKGROUND, QUOTATION = 0.2, 0.2, 0.08, 0.07
# How often a kind is copied, against the others; notices are, where a vendor serves several sites on one day.
COPY_WEIGHTS = {"brief": 40, "earnings": 30, "notice": 8, "background": 12, "quotation": 10}
ISSUES_A_SERIES, STORIES_A_PASSAGE = 24, (3, 8)
# One copied story in this many is also printed four times by its own site.
REPEATED_EVERY, REPEATS = 40, 3
MOST_COPIES = 7
# Of what is no brief, so much is copied from a plain site, and so much to one: the copies that any tool finds.
PLAIN = 0.75
DAYS, FIRST_DAY = 30, datetime(2024, 9, 2, tzinfo=UTC)


@dataclass(slots=True)
class Draft:
    """An article and its truth, as `tests.corpus.chunk.Draft` has it; `text` is the page, `own` the story in it.

    `passages`: numbers of the first articles that print a standing passage of this one.
    """

    number: int
    kind: str
    title: str
    own: str
    site: Frame
    published: datetime
    stories: list[int]
    text: str = ""
    cluster: int | None = None
    expected: list[int] = field(default_factory=list)
    passages: list[int] = field(default_factory=list)
    agency: str | None = None


class _Desk:
    """Collects the articles of one corpus."""

    def __init__(self, articles: int, seed: int) -> None:
        self.rng = Random(f"hard negatives {seed}")
        self.copies = round(articles * COPIED)
        self.stories = articles - self.copies
        self.sites = frames(max(LEAST_SITES, articles // ARTICLES_A_SITE), self.rng)
        self.heavy = [site for site in self.sites if site.size == "heavy"]
        self.plain = [site for site in self.sites if site.size == "plain"]
        self.drafts: list[Draft] = []
        self.seen: set[str] = set()

    def all(self) -> list[Draft]:
        counts = {
            kind: int(self.stories * share)
            for kind, share in [("earnings", EARNINGS), ("notice", NOTICES), ("background", BACKGROUND)]
        }
        quotation = int(self.stories * QUOTATION)
        self._briefs(self.stories - sum(counts.values()) - quotation)
        self._earnings(counts["earnings"])
        self._notices(counts["notice"])
        self._shared(counts["background"], quoted=False)
        self._shared(quotation, quoted=True)
        self._reprint()
        self._print()
        return self.drafts

    def add(self, kind: str, title: str, own: str, site: Frame) -> Draft:
        number = len(self.drafts)
        published = FIRST_DAY + timedelta(seconds=self.rng.randrange(DAYS * 86_400))
        self.drafts.append(Draft(number, kind, title, own, site, published, [number]))
        return self.drafts[-1]

    def _new(self, make: Callable[[Random], tuple[str, str]]) -> tuple[str, str]:
        """A title and text whose text nobody had before."""
        while (made := make(self.rng))[1] in self.seen:
            pass
        self.seen.add(made[1])
        return made

    def _briefs(self, count: int) -> None:
        for _ in range(count):
            self.add("brief", *self._new(brief), self.rng.choice(self.heavy))

    def _earnings(self, count: int) -> None:
        kinds = families(self.rng)
        for _ in range(count):
            self.add("earnings", *self._new(self.rng.choice(kinds).story), self.rng.choice(self.sites))

    def _notices(self, count: int) -> None:
        found = series(max(1, round(count / ISSUES_A_SERIES)), self.rng)
        subscribers: list[tuple[Series, list[Frame]]] = [
            (one, self.rng.sample(self.sites, self.rng.choice([1, 1, 2, 4]))) for one in found
        ]
        for at in range(count):
            one, sites = subscribers[at % len(subscribers)]
            self.add("notice", *self._new(one.issue), self.rng.choice(sites))

    def _shared(self, count: int, quoted: bool) -> None:
        left = count
        while left > 0:
            standing, first = shared.passage(quoted, self.rng), len(self.drafts)
            for _ in range(min(left, self.rng.randint(*STORIES_A_PASSAGE))):
                made = self._new(partial(shared.story, standing, quoted))
                draft = self.add("quotation" if quoted else "background", *made, self.rng.choice(self.sites))
                draft.passages = [] if quoted else [first]
                left -= 1

    def _sources(self) -> Iterator[Draft]:
        """The stories that are copied, each once, in the mixture of `COPY_WEIGHTS` and `PLAIN`."""
        waiting: dict[tuple[str, bool], list[Draft]] = {}
        for draft in self.rng.sample(self.drafts, len(self.drafts)):
            waiting.setdefault((draft.kind, draft.site.size == "plain"), []).append(draft)
        while waiting:
            kinds = [kind for kind in COPY_WEIGHTS if (kind, False) in waiting or (kind, True) in waiting]
            (kind,) = self.rng.choices(kinds, [COPY_WEIGHTS[kind] for kind in kinds])
            plain = (kind, self.rng.random() < PLAIN)
            key = plain if plain in waiting else (kind, not plain[1])
            yield waiting[key].pop()
            if not waiting[key]:
                del waiting[key]

    def _reprint(self) -> None:
        left = self.copies
        for at, source in enumerate(self._sources()):
            if left <= 0:
                break
            first = len(self.drafts)
            if at % REPEATED_EVERY == 0:
                for _ in range(min(left, REPEATS)):
                    self._copy(source, "repeated", source.site)
            used = {source.site.domain}
            many = 1 + int(self.rng.expovariate(0.9))
            for _ in range(min(left - len(self.drafts) + first, many, MOST_COPIES)):
                site = self._carrier(source.kind, used)
                used.add(site.domain)
                ways = reprints.WAYS
                (way,) = self.rng.choices(list(ways), [weight for weight, _ in ways.values()])
                self._copy(source, way, site)
            left -= len(self.drafts) - first

    def _carrier(self, kind: str, used: set[str]) -> Frame:
        """A site that has not printed the story yet."""
        plain = kind != "brief" and self.rng.random() < PLAIN
        free = [site for site in (self.plain if plain else self.sites) if site.domain not in used]
        return self.rng.choice(free or [site for site in self.sites if site.domain not in used])

    def _copy(self, source: Draft, way: str, site: Frame) -> None:
        """One more print of the source; a site that prints a story again prints the same words."""
        own = source.own if way == "repeated" else reprints.WAYS[way][1](source.own, self.rng)
        draft = self.add(f"{source.kind}, {way}", source.title, own, site)
        draft.published = source.published + timedelta(seconds=int(self.rng.expovariate(1 / (6 * 3600))))
        draft.stories, draft.passages = source.stories, source.passages
        draft.expected, draft.cluster = [source.number], source.number
        source.cluster = source.number

    def _print(self) -> None:
        """The pages: every site lists headlines of its own."""
        titles: dict[str, list[str]] = {site.domain: [] for site in self.sites}
        for draft in self.drafts:
            titles[draft.site.domain].append(draft.title)
        for draft in self.drafts:
            draft.text = draft.site.page(draft.title, draft.own, titles[draft.site.domain], self.rng)


def build(articles: int, seed: int) -> list[Draft]:
    """All articles of the corpus, numbered from 0, stories first."""
    return _Desk(articles, seed).all()
