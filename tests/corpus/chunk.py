"""One chunk of the corpus: some 2,000 articles of a few hours, with everything that is copied among them.

A chunk depends on the seed and its number alone. Copies, round-ups and negatives take their text from the
chunk's own stories, so memory stays bounded and a corpus of any size has the same mixture throughout.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np

from tests.corpus import copies, negatives
from tests.corpus.sites import Page, Site, pages, sites
from tests.corpus.writer import Story, WordTap, Writer, straight

CHUNK = 2000
HOURS = 4
FIRST_DAY = datetime(2024, 3, 1, tzinfo=UTC)

# Shares of the articles of a chunk; the rest are single stories. A third of real news corpora sits in
# clusters.
CLUSTERED, ROUNDUPS, MERGED = 0.30, 0.01, 0.005
PATCHWORK, FORMS, BRIEFS = 0.02, 0.015, 0.02
# One chunk in twelve holds a story that hundreds carry.
LARGE_EVERY, LARGE_SIZE = 12, (150, 400)
LIGHT_FURNITURE = 0.2
AGENCIES = {"AP": "The Associated Press", "Reuters": "Thomson Reuters", "AFP": "Agence France-Presse"}


@dataclass(slots=True)
class Draft:
    """An article of the corpus together with its truth.

    `number` counts articles through the whole corpus. `stories` are the numbers of the first articles of the
    stories whose text it holds; `cluster` is the number of the first article of its cluster; `expected` are
    the numbers of the articles it should be paired with; `passages` those of the first articles that print a standing
    passage of it, here none.
    """

    number: int
    kind: str
    title: str
    text: str
    site: Site
    published: datetime
    stories: list[int] = field(default_factory=list)
    cluster: int | None = None
    expected: list[int] = field(default_factory=list)
    passages: list[int] = field(default_factory=list)
    agency: str | None = None


@dataclass(frozen=True)
class _Counts:
    """How many articles of each sort a chunk of `size` articles holds."""

    clusters: list[int]
    singles: int
    roundups: int
    merged: int
    patchwork: int
    forms: int
    briefs: int


def _cluster_sizes(total: int, large: bool, rng: Random) -> list[int]:
    """Sizes that sum to about `total`: mostly 2 to 4, up to 12, and a large one where asked for."""
    sizes = [rng.randint(*LARGE_SIZE)] if large and total > LARGE_SIZE[1] else []
    while (left := total - sum(sizes)) >= 2:
        sizes.append(min(left, 12, 2 + int(rng.expovariate(0.5))))
    return sizes


def _counts(size: int, large: bool, rng: Random) -> _Counts:
    clusters = _cluster_sizes(int(size * CLUSTERED), large, rng)
    others = [int(size * share) for share in (ROUNDUPS, MERGED, PATCHWORK, FORMS, BRIEFS)]
    return _Counts(clusters, size - sum(clusters) - sum(others), *others)


class _Press:
    """Prints the articles of one chunk."""

    def __init__(self, seed: int, index: int, size: int) -> None:
        generator = np.random.default_rng([seed, index])
        # Single choices come from `random`, ten times as fast for one value as numpy.
        self.rng = Random(int(generator.integers(1 << 62)))
        self.writer = Writer(generator)
        self.tap = WordTap(self.writer)
        self.counts = _counts(size, index % LARGE_EVERY == LARGE_EVERY // 3, self.rng)
        self.first_number = index * CHUNK
        self.start = FIRST_DAY + timedelta(hours=HOURS * index)
        self.pages: list[Page] = []
        self.drafts: list[Draft] = []

    def print_all(self) -> list[Draft]:
        counts = self.counts
        stories = self.writer.stories(len(counts.clusters) + counts.singles)
        extra = self.writer.stories(counts.briefs + 2 * counts.roundups)
        self.pages = pages(stories, self.rng)
        originals = [self._original(story, i < len(counts.clusters)) for i, story in enumerate(stories)]
        for original, size in zip(originals, counts.clusters, strict=False):
            self._copies(original, size - 1)
        self._roundups(originals, extra[counts.briefs :])
        self._merged(originals)
        self._patchworks(stories)
        self._forms(stories)
        self._briefs(extra[: counts.briefs])
        return self.drafts

    def add(self, kind: str, title: str, text: str, site: Site, published: datetime) -> Draft:
        draft = Draft(self.first_number + len(self.drafts), kind, title, text, site, published)
        self.drafts.append(draft)
        return draft

    def _when(self) -> datetime:
        return self.start + timedelta(seconds=self.rng.randrange(HOURS * 3600))

    def _outlet(self) -> Site:
        return self.rng.choice(sites()[0])

    def _original(self, story: Story, copied: bool) -> Draft:
        """The story as its first outlet prints it, with dateline and credit where an agency wrote it."""
        published, site = self._when(), self._outlet()
        agency = self.rng.choice(list(AGENCIES)) if self.rng.random() < (0.4 if copied else 0.15) else None
        text = story.text if agency is None else _agency_text(story, agency, published, self.rng)
        if self.rng.random() < LIGHT_FURNITURE:
            text = f"{text}\n\n{site.light_foot}"
        draft = self.add("original" if copied else "single", story.title, text, site, published)
        draft.stories, draft.agency = [draft.number], agency
        draft.cluster = draft.number if copied else None
        return draft

    def _copies(self, original: Draft, count: int) -> None:
        kinds = list(copies.KINDS)
        weights = [weight for weight, _ in copies.KINDS.values()]
        for kind in self.rng.choices(kinds, weights, k=count):
            page = self.rng.choice(self.pages)
            text = copies.KINDS[kind][1](original.text, original.title, copies.Tools(self.rng, self.tap, page))
            site = page.site if kind == "wrapped" else self._outlet()
            title = original.title.title() if self.rng.random() < 0.3 else original.title
            later = timedelta(seconds=int(self.rng.expovariate(1 / (6 * 3600))))
            draft = self.add(kind, title, text, site, original.published + later)
            draft.stories, draft.cluster = original.stories, original.cluster
            draft.expected, draft.agency = [original.number], original.agency

    def _roundups(self, originals: list[Draft], foreign: list[Story]) -> None:
        """Five to eight items, one to three of them from stories of the corpus."""
        for at in range(self.counts.roundups):
            sources = self.rng.sample(originals, self.rng.randint(1, 3))
            own = [copies.excerpt(source.text, self.rng) for source in sources]
            fillers = [copies.excerpt(text, self.rng) for text in self._thirds(foreign[2 * at : 2 * at + 2])]
            items = own + fillers[: self.rng.randint(5, 8) - len(own)]
            self.rng.shuffle(items)
            headed = [f"{title.upper()}\n\n{item}" for title, item in zip(self.writer.titles(8), items, strict=False)]
            published, site = self._when(), self._outlet()
            title = f"{site.name} briefing for {published:%A}"
            draft = self.add("excerpt", title, "\n\n".join(headed), site, published)
            draft.stories = draft.expected = [source.number for source in sources]

    @staticmethod
    def _thirds(foreign: list[Story]) -> list[str]:
        """Texts for the round-up's own items: a third of a story each, so that none comes twice."""
        texts = []
        for story in foreign:
            words = story.text.split(" ")
            step = max(40, len(words) // 4)
            texts += [" ".join(words[low : low + step]) for low in range(0, 4 * step, step) if words[low : low + step]]
        return texts

    def _merged(self, originals: list[Draft]) -> None:
        for _ in range(self.counts.merged):
            first, second = self.rng.sample(originals, 2)
            text = f"{first.text}\n\n{second.text}"
            draft = self.add("merged", first.title, text, self._outlet(), self._when())
            draft.stories = draft.expected = [first.number, second.number]

    def _patchworks(self, stories: list[Story]) -> None:
        left = self.counts.patchwork
        while left > 0:
            # Few donors: members share up to a tenth of their words with each other and with every donor.
            runs = negatives.fragments(self.rng.sample(stories, self.rng.randint(6, 25)), self.rng)
            for _ in range(min(left, self.rng.randint(3, 10))):
                text = negatives.patchwork(runs, self.rng, self.rng.randint(150, 700))
                self.add("patchwork", self.writer.titles(1)[0], text, self._outlet(), self._when())
                left -= 1

    def _forms(self, stories: list[Story]) -> None:
        left = self.counts.forms
        while left > 0:
            form, site = negatives.Form(stories, self.tap, self.rng), self._outlet()
            for _ in range(min(left, self.rng.choice([2, 3, 4, 6, 20]))):
                title, text = form.issue(self.rng)
                self.add("form", title, text, site, self._when())
                left -= 1

    def _briefs(self, stories: list[Story]) -> None:
        """Sixty to a hundred words of their own in a lot of furniture that other articles of the site carry
        too."""
        for story in stories:
            page = self.rng.choice(self.pages)
            text = " ".join(story.text.split(" ")[: self.rng.randint(60, 100)])
            draft = self.add("brief", story.title, page.wrap(text, self.rng), page.site, self._when())
            draft.stories = [draft.number]


def _agency_text(story: Story, agency: str, published: datetime, rng: Random) -> str:
    """The story under an agency's dateline, some with its closing credit, in the agency's own form."""
    city, day = story.places[0].upper(), f"{published:%B} {published.day}"
    dateline, credit = {
        "AP": (f"{city} (AP) — ", f"Copyright {published.year} {AGENCIES[agency]}. All rights reserved."),
        "Reuters": (
            f"{city}, {day} (Reuters) - ",
            f"(Reporting by {story.people[0]}; Editing by {story.people[1]})",
        ),
        "AFP": (f"{city} (AFP) — ", f"© {AGENCIES[agency]}"),
    }[agency]
    text = dateline + story.text + (f"\n\n{credit}" if rng.random() < 0.5 else "")
    return text if story.curly else straight(text).replace("©", "(c)")


def build(seed: int, index: int, size: int) -> list[Draft]:
    """The drafts of chunk `index`, `size` of them; their numbers begin at `index * CHUNK`."""
    return _Press(seed, index, size).print_all()
