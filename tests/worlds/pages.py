"""Forms of pages that hold several things: digests, lists, running pages, composites, and boxes inside stories."""

from __future__ import annotations

from datetime import timedelta

from tests.worlds import edits
from tests.worlds.material import Source
from tests.worlds.pieces import Piece
from tests.worlds.sentences import Body, body, paragraph, sentence
from tests.worlds.world import World

DIGEST_OPENINGS = [
    "Good morning. Here is what you need to know before you leave the house, with the [stories|reports] our "
    "editors picked [overnight|for "
    "you] and a look at the day ahead.",
    "The {city} [Rundown|Briefing]: the day's news in a few minutes. Forward it to a friend, and [write to "
    "us|tell us] what we missed.",
    "From the wires: news in brief for {day}, [compiled|gathered] by our staff from correspondents and agencies.",
]
DIGEST_TITLES = ["Morning briefing: {date}", "News in brief", "{day} digest"]
LIST_TITLES = ["things to know about {city}", "moments of {month}"]
PODCASTS = [
    "How do I listen? Open the podcast app on your [phone|tablet] and search for The {city} Hour, or ask a "
    "smart speaker to play it.",
    "On this week's episode of {good} & Co., {person} talks with {person2} about {topic}. New episodes come out "
    "every {day}.",
    "Have you got a story for {person}? Call the studio line at 555-0{a:100-199} and leave a message of up to "
    "{b:2-5} minutes.",
]
LIST_OPENINGS = [
    "We asked readers, and you answered. Here are {a:5-12} [things|stories] that [people in {city}|our readers] "
    "could not stop talking about, "
    "in no [special|particular] order.",
    "Another week, another list. These are the ones to [watch|remember], according to {person} and the rest of "
    "the desk.",
    "Every {month} we pick a few that stayed with us. The rules are simple: one a day, no repeats, and no {good}.",
]


def unequal(world: World, count: int) -> None:
    """A brief that also stands inside a running page of many times its length; and other running pages."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count:
        site, start = world.site(), world.day()
        briefs: list[Piece] = []
        for _ in range(3):
            title, text = world.prose(6, 7)
            text = text[: rng.randint(2, 4)]
            piece = world.story(
                "unequal lengths", text, title, published=start, site=site if rng.random() < 0.5 else None
            )
            briefs.append(piece)
            if rng.random() < 0.6:
                world.copies(piece, 1, 1)
        for day in range(2):
            text = tuple(part for _ in range(rng.randint(4, 7)) for part in body(world.source(10).paragraphs))
            for piece in briefs[: 2 - day]:
                at = rng.randint(1, len(text) - 1)
                held = edits.typos(piece.body, rng, 1) if rng.random() < 0.5 else piece.body
                text = (*text[:at], *held, *text[at:])
            title = world.line(["The day in [full|one page], {date}", "As it happened: {day}", "Open thread, {date}"])
            page = world.story(
                "unequal lengths", text, title, site=site, published=start + timedelta(days=day, hours=9)
            )
            if rng.random() < 0.2:
                world.copy(page, "cut")


def composite(world: World, count: int) -> None:
    """Two stories, each with copies, and a text that holds both: in full, or the half of one."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count:
        halves: list[Piece] = []
        for _ in range(2):
            title, text = world.prose(6, 10)
            halves.append(world.story("composite", text, title))
            world.copies(halves[-1], 1, 2)
        first, second = halves
        if rng.random() < 0.3:
            rest: Body = second.body[: max(2, len(second.body) // 2)]
        else:
            rest = second.body
        text = edits.changed((*first.body, *rest), edits.house_style("uk"))
        if rng.random() < 0.5:
            text = (
                *text[: len(first.body)],
                paragraph(f"In other news: {second.title}", False),
                *text[len(first.body) :],
            )
        both = world.story(
            "composite", text, f"{first.title}; {second.title}", published=first.published + timedelta(hours=7)
        )
        if rng.random() < 0.3:
            world.copy(both, "near")


def recurring_box(world: World, count: int) -> None:
    """Stories of one programme with one long box inside, each time between other paragraphs; copies without the box."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count:
        site, start = world.site(), world.day()
        lines = [world.line([text]) for text in PODCASTS]
        box = "\n".join([*lines[: rng.randint(1, 3)], *world.source(6).paragraphs[: rng.randint(1, 3)]])
        for number in range(rng.randint(3, 6)):
            title, text = world.prose(6, 10)
            text = text[: rng.randint(3, 9)]
            piece = world.story(
                "recurring box",
                text,
                title,
                site=site,
                box=box,
                frame=f"site/{box}",
                published=start + timedelta(days=7 * number),
            )
            if rng.random() < 0.5:
                copy = world.copy(piece, world.how(piece))
                copy.box = box if rng.random() < 0.3 else None
                if rng.random() < 0.3:
                    world.copy(piece, "trim", site=site)


def digest(world: World, count: int) -> None:
    """Daily digests under one opening, whose items are first sentences of stories, or briefs in full."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count:
        site, start = world.site(), world.day()
        opening = world.line(DIGEST_OPENINGS)
        for day in range(rng.randint(2, 3)):
            at = start + timedelta(days=day)
            text: Body = ((sentence(opening, False),),)
            for number in range(rng.randint(5, 9)):
                source: Source = world.source(6)
                whole = body(source.paragraphs[: rng.randint(6, 9)])
                item = edits.cut_end(whole, rng.uniform(0.15, 0.35))
                if number < 2:  # the story itself is in the world: as a brief or in full
                    story = item if rng.random() < 0.4 else whole
                    piece = world.story(
                        "digest", story, source.title, published=at - timedelta(hours=rng.randint(1, 14))
                    )
                    if rng.random() < 0.4:
                        world.copy(piece, rng.choice(("near", "same", "local")))
                headed = (sentence(source.title.rstrip(".") + ".", False),)
                text = (*text, *((headed,) if day % 2 == 0 and len(source.title) > 15 else ()), *item)
            page = world.story("digest", text, world.line(DIGEST_TITLES),
                               site=site, published=at, frame="digest")  # fmt: skip
            if rng.random() < 0.5:
                world.copy(page, rng.choice(("same", "near", "trim", "cut")))


def listicle(world: World, count: int) -> None:
    """Lists of numbered items: next year's edition keeps some; copies are cut to the first five."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count:
        site, start = world.site(), world.day()
        opening = world.line(LIST_OPENINGS)
        kept: Body = ()
        for year in range(2):
            sources = [world.source(6) for _ in range(rng.randint(3, 5))]
            new = tuple(body((part,))[0] for source in sources for part in source.paragraphs[:2])
            items = [*kept, *new]
            rng.shuffle(items)
            text: Body = ((sentence(opening, False),),)
            for number, item in enumerate(items, 1):
                name = " ".join(item[0].text.split()[:3]).rstrip(",.")
                text = (*text, (sentence(f"{number}. {name}.", False), *item))
            piece = world.story("listicle", text, f"{len(items)} {world.line(LIST_TITLES)}",
                                site=site, published=start + timedelta(days=30 * year), frame="listicle")  # fmt: skip
            world.copies(piece, 0, 2)
            if rng.random() < 0.4:
                world.copy(piece, "brief")
            kept = tuple(rng.sample(items, rng.randint(0, 2)))
