"""Forms of prose over real paragraphs: copies of reports, and reports that have much in common and are no copies."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from tests.worlds import edits
from tests.worlds.columns import LEADS
from tests.worlds.pieces import Piece
from tests.worlds.sentences import Body, Paragraph, Sentence, body, flat, paragraph, sentence, size, split
from tests.worlds.world import World

Count = int


def _events(world: World, form: str) -> None:
    """Add what two or three outlets wrote of one event, each on its own."""
    if world.material.events:
        for source in world.material.events.pop():
            text = body(source.paragraphs[: world.rng.randint(6, 20)])
            piece = world.story(form, text, source.title, event=source.event)
            if world.rng.random() < 0.3:
                world.copies(piece, 1, 1)


def _rivals(world: World, form: str) -> None:
    """Add two reports on one event that share no sentence: alternate paragraphs of one source."""
    source = world.source(12)
    event = f"rivals {world.rng.getrandbits(48)}"
    for text in (source.paragraphs[::2], source.paragraphs[1::2]):
        world.story(form, body(text), edits.names(body(text)), event=event)


def wire(world: World, count: Count) -> None:
    """Wire copy as many outlets print it; against it, independent reports on one event."""
    before = len(world.pieces)
    while len(world.pieces) - before < count:
        title, text = world.prose(6, 20)
        world.copies(world.story("wire", text, title), 1, 4)
        _events(world, "wire") if world.rng.random() < 0.6 else _rivals(world, "wire")


def site_furniture(world: World, count: Count) -> None:
    """Short stories on sites that print more furniture than story, and pages with one sentence of their own."""
    rng, before = world.rng, len(world.pieces)
    heavy = [
        replace(site, odds={**dict.fromkeys(site.odds, 1.0), "middle": 0.8})
        for site in rng.sample(world.sites["en"], 5)
    ]
    for number, site in enumerate(heavy):
        site.domain, site.headlines = f"heavy{number}.example", []
    while len(world.pieces) - before < count:
        site = rng.choice(heavy)
        title, text = world.prose(6, 6)
        piece = world.story("site furniture", text[: rng.randint(1, 4)], title, site=site, frame=f"site/{site.domain}")
        if size(piece.body) > 40 and rng.random() < 0.5:
            other = rng.choice([one for one in heavy if one is not site])
            world.copy(piece, rng.choice(("same", "near", "near", "cut")), site=other)
            if rng.random() < 0.4:
                world.copy(piece, "near")
        if rng.random() < 0.4:  # a gallery or video page: furniture and one sentence
            world.story("site furniture", ((text[-1][0],),), f"Video: {title}", site=site, frame=f"site/{site.domain}")


def live_blog(world: World, count: Count) -> None:
    """Running pages that grow and drop their oldest entries; the next day's page; another outlet's page."""
    rng, before = world.rng, len(world.pieces)
    openings = ("Follow our live coverage below. Updates are posted as they come in, newest first.",
                "This is our running page for {day}. All times are Eastern; refresh for the latest.",
                "Our reporters are in {city} and will post here through the night.")  # fmt: skip
    while len(world.pieces) - before < count:
        site, event = world.site(), f"live {rng.getrandbits(48)}"
        opening = world.line(list(openings))
        start, spoken = world.day(), []
        for day in range(rng.randint(1, 2)):
            source = world.source(14)
            entries: list[Paragraph] = []
            for number, text in enumerate(source.paragraphs):
                stamp = (f"{1 + number // 3}:{rng.randint(10, 59)} p.m.", f"{10 + number}:{rng.randint(10, 59)}")[day]
                entries.append(paragraph(f"{stamp} {rng.choice(('-', '|', ''))} {text}".replace("  ", " ")))
            spoken += [part for part in entries if all(one.is_quote for one in part)]
            held, piece = rng.randint(5, 7), None
            title = f"Live updates: {source.title}"
            head: Paragraph = (sentence(opening, False),)
            for step in range(rng.randint(2, 3)):
                newest = entries[max(0, held - 12) : held][::-1]
                at = start + timedelta(days=day, hours=2 * step)
                if piece is None:
                    piece = world.story("live blog", (head, *newest), title, site=site, published=at, event=event,
                                        path=f"live-{event[5:]}-{day}")  # fmt: skip
                    head = piece.body[0]
                else:
                    world._add(replace(piece, body=(head, *newest), published=at))
                held = min(len(entries), held + rng.randint(2, 6))
            assert piece is not None
            if rng.random() < 0.5:
                world.copy(world.pieces[-1], rng.choice(("near", "cut", "trim")))
        rival = world.source(8)
        own = body(rival.paragraphs[: rng.randint(6, 12)])
        world.story("live blog", edits.inserted(own, spoken[:3], rng), f"LIVE: {rival.title}", event=event)


def followup(world: World, count: Count) -> None:
    """A report, and the next day's with other news and the same background of 30 to 60 % of its words."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count:
        source = world.source(15)
        every = body(source.paragraphs)
        parts = rng.sample(range(1, len(every)), k=len(every) - 1)
        shared = sorted(parts[: len(every) // 3])
        background = tuple(every[i] for i in shared)
        news = [every[i] for i in range(len(every)) if i not in shared]
        half, event = len(news) // 2, f"running {rng.getrandbits(48)}"
        pieces: list[Piece] = []
        for day, own in enumerate((tuple(news[:half]), tuple(news[half:]))):
            taken = background
            while size(taken) > 1.4 * size(own) and len(taken) > 1:
                taken = taken[:-1]
            if day and rng.random() < 0.5:
                taken = edits.new_figures(taken, rng, 2)
            split_at = rng.randint(max(1, len(own) - 2), len(own))
            text = (*own[:split_at], *taken, *own[split_at:])
            title = source.title if not day else edits.names(own)
            at = (pieces[0].published if pieces else world.day()) + timedelta(days=day)
            site = pieces[0].site if pieces and rng.random() < 0.6 else None
            pieces.append(world.story("follow-up", text, title, site=site, published=at, event=event))
            world.copies(pieces[-1], 0, 2)


def correction(world: World, count: Count) -> None:
    """A story, its corrected edition on the same page, and copies of either."""
    rng, before = world.rng, len(world.pieces)
    notes = ("CORRECTION: An earlier version of this story gave a wrong figure. It has been corrected.",
             "Editor's note: This article has been updated to correct the spelling of a name and a date.",
             "(Corrects number in paragraph {a:2-9}.)",
             "This story has been corrected to say the vote was on {day}, not {day2}.")  # fmt: skip
    while len(world.pieces) - before < count:
        title, text = world.prose(6, 14)
        piece = world.story(
            "correction",
            text,
            title,
            frame=(frame := f"site/{rng.getrandbits(40)}"),
            path=f"story-{rng.getrandbits(40)}",
        )
        mended = replace(piece, published=piece.published + timedelta(hours=rng.randint(1, 30)))
        mended.title = f"{rng.choice(('CORRECTED', 'UPDATE 2', 'Corrected', 'CORRECTED-UPDATE 1'))}-{title}"
        mended.body = edits.new_figures(text, rng, rng.randint(1, 2))
        if rng.random() < 0.3:
            mended.body = edits.without(mended.body, rng, 0.15)
        note = world.line(list(notes))
        mended.head, mended.tail = (note, None) if rng.random() < 0.5 else (None, note)
        world._add(mended)
        world.copies(rng.choice((piece, mended)), 0, 2)
        # The same note over another story.
        other_title, other = world.prose(6, 10)
        world.story("correction", other, other_title, site=piece.site, head=mended.head, tail=mended.tail, frame=frame)


def lead_rewrite(world: World, count: Count) -> None:
    """A second outlet's own lead over the first one's text; against it, one lead's words over another story."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count:
        title, text = world.prose(7, 16)
        piece = world.story("rewritten lead", text, title)
        for _ in range(rng.randint(1, 3)):
            copy = world.copy(piece, "lead")
            if rng.random() < 0.5:  # the second paragraph is the outlet's own too
                second = world.line(LEADS, values={"names": edits.names(copy.body[1:])})
                copy.body = (copy.body[0], (sentence(second, False),), *copy.body[2:])
            if rng.random() < 0.4:
                copy.body = edits.without(copy.body, rng, 0.2)
        # Another outlet's report on the same event: its own sentences, the quotations of the first.
        spoken = tuple((one,) for one in flat(text) if one.is_quote)[:3]
        other_title, other = world.prose(6, 9)
        lead = sentence(world.line(LEADS, values={"names": edits.names(text)}), False)
        world.story("rewritten lead", ((lead,), *edits.inserted(other, list(spoken), rng)), other_title)
        if rng.random() < 0.3:
            _events(world, "rewritten lead")


def excerpt(world: World, count: Count) -> None:
    """First sentences with a link to the whole; pages of such teasers; other outlets' briefs on the event."""
    rng, before = world.rng, len(world.pieces)
    while len(world.pieces) - before < count:
        source = world.source(12)
        event = f"excerpt {rng.getrandbits(48)}"
        every = body(source.paragraphs)
        brief = (every[-1], every[-2])
        piece = world.story("excerpt", every[:-2][: rng.randint(7, 16)], source.title, event=event)
        for _ in range(rng.randint(1, 2)):
            copy = world.copy(piece, "brief")
            if size(copy.body) < 30:
                copy.body = edits.cut_end(piece.body, 0.25)
        if rng.random() < 0.4:  # the middle of the story, as magazines of magazines print it
            at = rng.randint(1, 3)
            world.copy(replace(piece, body=piece.body[at : at + max(2, len(piece.body) // 3)]), "near")
        if rng.random() < 0.6:
            world.story(
                "excerpt", brief, f"{source.title} - brief", event=event, tail=f"Read more at {piece.site.name}."
            )


def statement(world: World, count: Count) -> None:
    """Outlets' own stories around a statement that each prints in full; and copies of one of those stories."""
    rng, before = world.rng, len(world.pieces)
    bridges = (
        "The full statement reads:",
        "Here is the statement in full:",
        "In a letter released {day}, the office wrote:",
    )
    while len(world.pieces) - before < count:
        source = world.source(14)
        every = body(source.paragraphs)
        document = tuple(every[i] for i in range(len(every)) if i % 4 == 1)[: rng.randint(2, 5)]
        keys = frozenset(one.key for one in flat(document))
        event = f"statement {rng.getrandbits(48)}"
        rest = [part for part in every if part not in document]
        outlets = rng.randint(2, 3)
        for number in range(outlets):
            own = rest[number::outlets]
            if size(tuple(own)) < 60:
                continue
            text = (*own[:-1], paragraph(world.line(list(bridges)), False), *document, own[-1])
            piece = world.story("statement", text, edits.names(tuple(own)), event=event, document=keys)
            if rng.random() < 0.6:
                world.copies(piece, 1, 2)


def parts(world: World, count: Count) -> None:
    """A series: part after part under one standfirst, each also reprinted elsewhere."""
    rng, before = world.rng, len(world.pieces)
    standfirsts = (
        "{a:2-5} years after the flood, {city} is still counting what it lost. In this series, reporters of the "
        "paper follow "
        "{b:3-9} families through a year of permits, lawsuits and rebuilding. The project was paid for by readers.",
        "This is one of several articles on how {good} shaped {city}, from the first rail line to the last "
        "strike. Interviews were "
        "held over {c:6-20} months; some names were changed.",
        "A special report. For this series the newsroom read {d:3-90},000 pages of court files on {company} and "
        "spoke with {e:30-200} "
        "people who worked there. The firm declined to comment on each of the findings.")  # fmt: skip
    while len(world.pieces) - before < count:
        source = world.source(15)
        every, site = body(source.paragraphs), world.site()
        standfirst = world.line(list(standfirsts))
        third, start = len(every) // 3, world.day()
        for number in range(3):
            text = every[number * third : (number + 1) * third]
            piece = world.story("series", text, f"{source.title}, part {number + 1}", site=site, head=standfirst,
                                frame=f"site/{standfirst}", published=start + timedelta(days=number))  # fmt: skip
            if rng.random() < 0.6:
                copy = world.copy(piece, rng.choice(("near", "same", "cut", "local")))
                copy.head = standfirst if rng.random() < 0.7 else None


def interview(world: World, count: Count) -> None:
    """Articles that are mostly quotation: taken over with their narration, or two reporters at one speech."""
    rng, before = world.rng, len(world.pieces)
    marks = {"de": "„{}“", "fr": "« {} »", "ru": "«{}»", "es": "«{}»", "ar": "«{}»", "zh": "“{}”"}
    while len(world.pieces) - before < count:
        foreign = world.material.foreign and rng.random() < 0.25
        source = world.material.foreign.pop() if foreign else world.source(14)
        sheet = marks.get(source.language, "“{}”")
        says = [re.sub('["“”„«»]', "", one) for text in source.paragraphs for one in split(text)]
        event = f"speech {rng.getrandbits(48)}"
        spoken: list[Sentence] = [sentence(sheet.format(one), True) for one in says if len(one) > 40]
        if len(spoken) < 8:
            continue
        told = body(world.source(6).paragraphs) if not foreign else body(spoken_text(spoken[-4:]))
        spoken = spoken if not foreign else spoken[:-4]
        first = _woven(world, told[: max(2, len(told) // 2)], spoken[: rng.randint(8, 16)])
        piece = world.story("interview", first, source.title, source.language, event=event)
        if rng.random() < 0.7:
            for _ in range(rng.randint(1, 2)):
                world.copy(piece, rng.choice(("same", "near", "near", "cut", "trim")))
        # The other reporter heard the same words, chose some of them and told the rest in words of the reporter's own.
        heard = [one for one in spoken if rng.random() < 0.55]
        second = _woven(world, told[max(2, len(told) // 2) :], heard)
        if len(told) > 3:
            world.story("interview", second, edits.names(told[-2:]), source.language, event=event)


def spoken_text(spoken: list[Sentence]) -> list[str]:
    """Return sentences without their quotation marks."""
    return [re.sub("[“”„«»]", "", one.text).strip() for one in spoken]


def _woven(world: World, told: Body, spoken: list[Sentence]) -> Body:
    """A text of narration with quotations between its paragraphs."""
    out: list[Paragraph] = []
    rest = list(spoken)
    for part in told:
        out.append(tuple(replace(one, is_quote=False) for one in part))
        for _ in range(max(1, len(spoken) // max(1, len(told)))):
            if rest:
                out.append((rest.pop(0),))
    return tuple(out)
