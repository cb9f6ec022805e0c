"""The outlets of the generated corpus and what each of them wraps around a story.

The wording of share lines, sign-ups, disclaimers and tails follows what aggregator pages print; sites and
people are invented. A fifth of the articles of ordinary outlets ends in one light line, as most real pages
do.
"""

from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np

from tests.corpus.lexicon import lexicon, phrases
from tests.corpus.writer import Story, WordTap, Writer

OUTLETS, AGGREGATORS = 140, 60
# Aggregators that publish in one chunk of the corpus: few, so that articles of one day share their tail's
# headlines.
ACTIVE_AGGREGATORS = 12
TAIL_POOL = 25

_NAME_ENDINGS = [
    "news",
    "times",
    "post",
    "herald",
    "daily",
    "tribune",
    "today",
    "journal",
    "wire",
    "observer",
]
_SUFFIXES = [".com", ".com", ".com", ".net", ".org", ".co.uk", ".info"]

HEADS = """Share this @{domain}|Share on Facebook Share on Twitter Share by Email|Listen to this article
Join our WhatsApp channel to get the latest updates from {name}
This article was added by the user. {name} is not responsible for the content of the platform.
Follow {name} on Google News|Published by {name} staff|{name} may earn a commission from links on this page
Story continues below advertisement|Get {name} in your inbox every morning: sign up here""".replace("\n", "|").split(
    "|"
)
FEET = phrases("""Share this @{domain}|Copyright 2024 {name}. All rights reserved.|(c) 2024 {domain}
Sign up to the {name} newsletter for the best stories of the day, delivered to your inbox.
Subscribe to {name} Premium for unlimited access to all articles, podcasts and puzzles.
Disclaimer: This story is auto-generated from a syndicated feed and has not been edited by {name} staff.
Download the {name} app for breaking news alerts and personalised stories.
The post appeared first on {name}.|Tags: news, world, latest, {name}
This material may not be published, broadcast, rewritten or redistributed without the permission of {name}.
The views expressed in this article are those of the author and do not reflect the policy of {name}.
If you have a tip for our reporters, write to tips@{domain} or call the {name} news desk.
We use cookies to improve your experience. Read the privacy policy of {domain} for details.
Comments are closed on this story. Read the house rules of {name} before you post.
Support independent journalism: {name} depends on readers like you.""")
TAIL_HEADINGS = phrases("""You May Also Like|Related Stories|More From {name}|Read Next|Recommended For You
Most Popular
Trending Now|Don't Miss|Top Stories|Latest Headlines""")
LIGHT_FEET = [FEET[1], FEET[3], FEET[6], FEET[10], FEET[11], FEET[13]]


@dataclass(frozen=True)
class Site:
    """An outlet. Its furniture is fixed but for the tail: `head` and `foot` stand around every article it
    wraps."""

    domain: str
    name: str
    head: tuple[str, ...]
    foot: tuple[str, ...]
    tail_heading: str
    light_foot: str


@dataclass(frozen=True)
class Page:
    """A site as it looks on one day: with the headlines and teasers its tails are made of."""

    site: Site
    teasers: list[str]

    def wrap(self, text: str, rng: Random) -> str:
        """The text in all of the site's furniture, with a tail of its own."""
        tail = rng.sample(self.teasers, rng.randint(5, min(12, len(self.teasers))))
        blocks = [*self.site.head, text, *self.site.foot, self.site.tail_heading + "\n" + "\n".join(tail)]
        return "\n\n".join(blocks)


def _site(rng: Random, tap: WordTap, names: list[str], aggregator: bool) -> Site:
    name = names.pop()
    domain = name.lower().replace(" ", "") + rng.choice(_SUFFIXES)
    heads, feet = (
        (rng.sample(HEADS, rng.randint(1, 3)), rng.sample(FEET, rng.randint(3, 6))) if aggregator else ([], [])
    )
    if aggregator:
        # A notice in the site's own words: what no list of phrases can know and only learning finds.
        feet.insert(rng.randint(0, len(feet)), tap.sentence(rng.randint(25, 60)))

    def printed(line: str) -> str:
        return line.format(name=name, domain=domain)

    return Site(
        domain,
        name,
        tuple(map(printed, heads)),
        tuple(map(printed, feet)),
        printed(rng.choice(TAIL_HEADINGS)),
        printed(rng.choice(LIGHT_FEET)),
    )


@cache
def sites() -> tuple[tuple[Site, ...], tuple[Site, ...]]:
    """Ordinary outlets and aggregators, the same for every corpus."""
    generator = np.random.default_rng(20240503)
    rng, tap = Random(20240503), WordTap(Writer(generator))
    words = lexicon()
    places = words.uniform(generator, "place", (OUTLETS + AGGREGATORS,)).tolist()
    names = list(dict.fromkeys(f"{words.word(token)} {rng.choice(_NAME_ENDINGS).title()}" for token in places))
    aggregators = tuple(_site(rng, tap, names, aggregator=True) for _ in range(AGGREGATORS))
    return tuple(_site(rng, tap, names, aggregator=False) for _ in range(len(names))), aggregators


def teaser(story: Story, rng: Random) -> str:
    """A tail entry: the headline, the headline again in other words, and the first words of the story."""
    words = story.title.split()
    other = words[:]
    rng.shuffle(other)
    start = " ".join(story.paragraphs[0].split()[: rng.randint(9, 14)])
    return f"{story.title}\n\n{' '.join(other).title()}\n\n{start}…"


def pages(stories: list[Story], rng: Random) -> list[Page]:
    """The aggregators that are active in a chunk, each with a choice of the chunk's stories for its tails."""
    active = rng.sample(sites()[1], ACTIVE_AGGREGATORS)
    return [Page(site, [teaser(rng.choice(stories), rng) for _ in range(TAIL_POOL)]) for site in active]
