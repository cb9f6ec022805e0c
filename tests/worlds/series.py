"""Forms that are templates: articles of one form and other facts, and copies of some of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tests.worlds import business, civic, columns, daily
from tests.worlds.grammar import Facts, Template
from tests.worlds.pieces import Piece
from tests.worlds.sentences import body
from tests.worlds.sites import Site
from tests.worlds.world import World

TEMPLATES: dict[str, list[Template]] = {
    "weather": daily.WEATHER,
    "market report": daily.MARKETS,
    "scores": daily.SCORES,
    "horoscope and tides": columns.HOROSCOPES,
    "obituary": civic.OBITUARIES,
    "police blotter": civic.BLOTTERS,
    "property and jobs": civic.PROPERTY_AND_JOBS,
    "legal notice": civic.LEGAL,
    "investor alert": business.ALERTS,
    "company results": business.RESULTS,
    "recipe": columns.RECIPES,
    "advice": columns.ADVICE,
    "correction note": columns.CORRECTIONS,
}


def one_series(world: World, form: str, template: Template) -> list[Piece]:
    """Add a series of one template: the same subject at other times, and other subjects at the same time."""
    rng = world.rng
    house, date = rng.getrandbits(32), world.day()
    first = Facts(rng, template.language, date)
    kept = {name: first[name] for name in template.subject}
    site: Site = world.site(template.language)
    frame = f"{form}/{TEMPLATES[form].index(template)}"
    step = timedelta(days=rng.choice((1, 1, 7, 30)))
    out = []
    for number in range(rng.randint(2, 4)):  # the subject on other days
        facts = Facts(rng, template.language, date + number * step, dict(kept))
        out.append(world.filled(form, template, facts, house, site=site, frame=frame))
    for _ in range(rng.randint(1, 2)):  # other subjects on the day, by the same house or another
        facts = Facts(rng, template.language, date)
        words = house if rng.random() < 0.6 else rng.getrandbits(32)
        out.append(world.filled(form, template, facts, words, site=world.site(template.language), frame=frame))
    return out


def templates(form: str) -> Callable[[World, int], None]:
    """Return what adds so many articles of a form of templates."""

    def make(world: World, count: int) -> None:
        before, number = len(world.pieces), 0
        order = list(TEMPLATES[form])
        while len(world.pieces) - before < count:
            template = order[number % len(order)]
            number += 1
            for piece in one_series(world, form, template):
                if world.rng.random() < 0.45:
                    world.copies(piece, 1, 2)

    return make


def releases(world: World, count: int) -> None:
    """Add press releases with the paragraph on the firm, as the firm and papers with own intros print them."""
    rng, before, number = world.rng, len(world.pieces), 0
    while len(world.pieces) - before < count:
        template = business.RELEASES[number % len(business.RELEASES)]
        number += 1
        company = Facts(rng, "en", world.day())
        kept = {name: company[name] for name in template.subject}
        about = company.fill(business.ABOUT[0].replace("[leading|global]", rng.choice(("leading", "global"))))
        house, date = rng.getrandbits(32), world.day()
        for part in range(rng.randint(2, 3)):
            facts = Facts(rng, "en", date + timedelta(days=40 * part), dict(kept))
            frame = f"release/{business.RELEASES.index(template)}"
            piece = world.filled("press release", template, facts, house, frame=frame, tail=about)
            if number % 2:  # releases of some length go on in prose
                extra = world.prose(6, 8)[1]
                piece.body = (*piece.body, *extra[: rng.randint(2, 5)])
            for _ in range(rng.randint(0, 3)):
                how = rng.choice(("local", "local", "near", "cut", "same"))
                copy = world.copy(piece, how, tail=about if rng.random() < 0.5 else None)
                if how == "local" and rng.random() < 0.6:  # an intro of the paper's own
                    copy.body = (world.local(), *copy.body)


def foreign(world: World, count: int) -> None:
    """Add real articles in other languages, their copies, and a second report in other words on the same event."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count and world.material.foreign:
        source = world.material.foreign.pop()
        paragraphs = source.paragraphs
        event = f"{source.event}/{source.language}"
        if len(paragraphs) >= 9 and rng.random() < 0.4:  # two outlets at one event, with nothing copied
            other = body(paragraphs[1::2])
            world.copies(world.story("other languages", other, source.title, source.language, event=event), 0, 1)
            paragraphs = paragraphs[::2]
        piece = world.story("other languages", body(paragraphs), source.title, source.language, event=event)
        world.copies(piece, 0, 2)
        if rng.random() < 0.3:
            later = replace(piece, published=piece.published + timedelta(hours=5))
            world.copy(later, "trim", site=piece.site)
