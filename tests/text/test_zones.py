"""What the page wraps around a story is set aside; the story stays whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import texts

import dedup
from dedup.text.boilerplate.headlines import Headlines
from dedup.text.boilerplate.rules import BODY, FOOT, HEAD, INLINE, RULE_REPEATED, TAIL, rule_name
from dedup.text.boilerplate.zones import Bodies, strip, zones
from dedup.text.tokens import tokenise

FOLDER = Path(dedup.__file__).parent / "languages"

STORY = """The harbour authority of Lindhaven said on Monday that it would reopen the eastern ferry terminal after \
eleven months of repairs, ending a detour that has cost commuters almost an hour a day.

Engineers replaced forty steel piles that had been eaten away by salt water, the authority's director, Marta Okonjo, \
said. “The terminal will outlive all of us,” she added.

The work had been planned for spring, but two storms in March flooded the site and washed a crane into the bay. \
Nobody was hurt.

Local shopkeepers, who lost most of their customers, have asked the city for compensation. A decision is expected in \
September, a spokesman told Reuters.

The first boat will leave at six in the morning on Saturday, and the ride will be free for a week."""

TAIL_HEADLINES = """You May Also Like
Goalkeeper of the decade retires at 41
Goalkeeper Luca Brandt, Hero of Two Finals, Says Farewell
A beloved figure of the league has announced that he…
Baker finds medieval coins under his oven
Medieval Hoard Discovered Beneath Village Bakery
When the oven had to be replaced, nobody expected…
Storm warning for the northern coast extended
Northern Coast Braces For Another Night Of Gales
Residents along the northern coast have been told to…"""


HEADINGS = [
    (language, phrase)
    for language in sorted(path.stem for path in FOLDER.glob("*.json"))
    for phrases in json.loads((FOLDER / f"{language}.json").read_text())
    .get("boilerplate", {})
    .get("tail_heading", {})
    .values()
    for phrase in phrases
]


def strings(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.large_string())


def body(text: str, title: str | None = None) -> str:
    """The folded words of the body of a text."""
    return strip(strings([text]), strings([title])).tokens.text(0)


def words(text: str) -> str:
    return " ".join(reference.tokens(text)[0])


def furniture(text: str, title: str | None = None) -> list[tuple[int, str, str]]:
    """The runs that were cut: zone, rule and words."""
    tokens = tokenise(strings([text]))
    zone, rule, _ = zones(tokens, Headlines.of(strings([title]), None, 1))
    folded = tokens.text(0).split()
    found: list[tuple[int, str, list[str]]] = []
    for z, r, word in zip(zone.tolist(), rule.tolist(), folded, strict=True):
        if z == BODY:
            found.append((BODY, "", []))
        elif found and found[-1][:2] == (z, rule_name(r)):
            found[-1][2].append(word)
        else:
            found.append((z, rule_name(r), [word]))
    return [(z, name, " ".join(run)) for z, name, run in found if z != BODY]


def zone_of(text: str, phrase: str, title: str | None = None) -> int:
    """The zone in which a phrase was put."""
    return next(zone for zone, _, run in furniture(text, title) if phrase in run)


def test_most_languages_have_words_for_the_heading_of_other_stories() -> None:
    assert len({language for language, _ in HEADINGS}) > 45


@pytest.mark.parametrize(("language", "heading"), HEADINGS)
def test_the_headlines_of_other_stories_behind_a_heading_are_no_body(language: str, heading: str) -> None:
    headlines = TAIL_HEADLINES.partition("\n")[2]
    assert body(f"{STORY}\n\n{heading.capitalize()}\n{headlines}") == words(STORY)
    # In a sentence of the story the words are no heading.
    more = f"They wrote {heading} on the wall of the terminal, and nobody has painted over it since."
    assert body(f"{STORY}\n\n{more}\n\nThe mayor said that it may stay.").endswith(words("that it may stay."))


def test_a_story_alone_stays_whole() -> None:
    assert body(STORY) == words(STORY)
    assert furniture(STORY) == []


@pytest.mark.parametrize(
    "line",
    [
        "Share this @lindhaven-daily.example",
        "Advertisement",
        "ADVERTISEMENT",
        "Read more: Baker finds medieval coins under his oven",
        "Also read: Baker finds medieval coins under his oven",
        "Follow us on Facebook and Instagram",
        "Sign up for our morning newsletter",
        "Subscribe to our newsletter for more stories like this.",
        "Story continues below",
        "Photo by Jane Roe",
        "Skip to content",
    ],
)
def test_share_and_subscription_lines(line: str) -> None:
    paragraphs = STORY.split("\n\n")
    inside = "\n\n".join([*paragraphs[:2], line, *paragraphs[2:]])
    assert body(f"{line}\n\n{STORY}") == words(STORY)
    assert body(f"{STORY}\n\n{line}") == words(STORY)
    assert body(f"{STORY}\n{line}\n") == words(STORY)
    assert body(inside) == words(STORY)
    first = words(line).split()[0]
    assert zone_of(f"{line}\n\n{STORY}", first) == HEAD
    assert zone_of(f"{STORY}\n\n{line}", first) in (FOOT, TAIL)
    assert zone_of(inside, first) == INLINE


@pytest.mark.parametrize(
    "line",
    [
        "This article was added by the user. DailyPlanetWire is not responsible for the content of the platform.",
        "The views expressed in this article are those of the author and do not necessarily reflect those of others.",
        "Copyright 2024 Lindhaven Daily. All rights reserved.",
        "© 2024 Lindhaven Daily. All rights reserved. This material may not be published, broadcast or rewritten.",
        "This story was originally published by Lindhaven Daily and is reprinted with permission.",
        "(This story has not been edited by our staff and is published from a syndicated feed.)",
        "(Reporting by Jane Roe; Editing by John Doe)",
        "Associated Press writer Jane Roe contributed to this report.",
    ],
)
def test_disclaimers_and_credits(line: str) -> None:
    assert body(f"{line}\n\n{STORY}") == words(STORY)
    assert body(f"{STORY}\n\n{line}") == words(STORY)
    found = furniture(f"{STORY}\n\n{line}")
    assert [zone for zone, _, _ in found] == [FOOT]
    assert found[0][2] == words(line)


def test_a_tail_of_foreign_headlines() -> None:
    text = f"Share this @lindhaven.example\n\n{STORY}\n\nShare this @lindhaven.example\n{TAIL_HEADLINES}"
    assert body(text) == words(STORY)
    assert zone_of(text, "medieval hoard") == TAIL
    assert zone_of(text, "you may also like") == TAIL


def test_a_tail_without_line_breaks() -> None:
    """Extractors that lose line breaks glue the tail to the story."""
    glued = " ".join(f"{STORY}\n{TAIL_HEADLINES}".split())
    assert body(glued) == words(STORY)


def test_a_tail_without_line_breaks_after_a_share_line() -> None:
    glued = " ".join(f"{STORY} Share this @lindhaven.example {TAIL_HEADLINES}".split())
    assert body(glued) == words(STORY)


def test_a_heading_of_a_story_is_not_a_tail() -> None:
    """After words that look like a heading, whole sentences go on: this is the story."""
    first, *rest = STORY.split("\n\n")
    text = "\n\n".join([first, rest[0], "Related", *rest[1:]])
    assert "first boat will leave" in body(text)
    assert "two storms in march" in body(text)


def test_a_heading_before_any_story_is_not_a_tail() -> None:
    assert "harbour authority of lindhaven" in body(f"Most Read\n\n{STORY}")
    assert "first boat will leave" in body(f"Most Read\n\n{STORY}")


@pytest.mark.parametrize(
    "dateline",
    [
        "LINDHAVEN (AP) — ",
        "LINDHAVEN, March 3 (Reuters) - ",
        "LINDHAVEN, Norway, March 3 (AFP) – ",
        "Lindhaven (Reuters) -- ",
        "LINDHAVEN — ",
        "NEW LINDHAVEN, Conn. (AP) — ",
        "(Reuters) - ",
        "LINDHAVEN, 3. März (dpa) - ",
        "LINDHAVEN (Kyodo): ",
    ],
)
def test_datelines(dateline: str) -> None:
    assert body(dateline + STORY) == words(STORY)
    assert furniture(dateline + STORY) == [(HEAD, "dateline", words(dateline))]
    with_share = f"Share this @example.com\n\n{dateline}{STORY}"
    assert body(with_share) == words(STORY)


@pytest.mark.parametrize(
    "beginning",
    [
        "The council (a body of nine) voted - against all advice - to reopen the terminal.",
        "The U.N. agency (UNHCR) warned — as it had in March — that the ferry is unsafe.",
        "After eleven months — and two storms — the terminal reopens.",
        "A well-known engineer said so.",
        "Marta Okonjo, the director of the authority, said (again) that all is well.",
        "It is open: the terminal.",
        "UN says so.",
    ],
)
def test_beginnings_that_are_no_datelines(beginning: str) -> None:
    assert body(f"{beginning}\n\n{STORY}") == words(f"{beginning}\n\n{STORY}")


@pytest.mark.parametrize(
    "byline",
    ["By JANE ROE, Associated Press", "By Jane Roe", "By Jane Roe and John Doe", "Von Jana Roh", "Par Jeanne Roux"],
)
def test_bylines(byline: str) -> None:
    assert body(f"{byline}\n\n{STORY}") == words(STORY)
    assert furniture(f"{byline}\n\n{STORY}") == [(HEAD, "byline", words(byline))]


@pytest.mark.parametrize(
    "beginning", ["By the time the ferry came, nobody was left on the pier.", "By Monday all was well."]
)
def test_beginnings_that_are_no_bylines(beginning: str) -> None:
    assert body(f"{beginning}\n\n{STORY}") == words(f"{beginning}\n\n{STORY}")


def test_a_repeated_title() -> None:
    title = "Eastern ferry terminal reopens after eleven months"
    assert body(f"{title}\n\n{STORY}", title) == words(STORY)
    assert furniture(f"{title}\n\n{STORY}", title) == [(HEAD, "title", words(title))]
    # With another title beside it, it is text.
    assert body(f"{title}\n\n{STORY}", "Quite another headline here") == words(f"{title}\n\n{STORY}")
    assert body(STORY, title) == words(STORY)


def test_title_byline_and_dateline_together() -> None:
    title = "Eastern ferry terminal reopens after eleven months"
    text = f"{title}\n\nBy JANE ROE, Associated Press\n\nLINDHAVEN (AP) — {STORY}"
    assert body(text, title) == words(STORY)
    assert [rule for _, rule, _ in furniture(text, title)] == ["title", "byline", "dateline"]


def test_what_the_story_says_of_an_agency_stays() -> None:
    assert "a spokesman told reuters" in body(STORY)
    more = "The minister told the Associated Press on Friday that all rights of passengers were respected."
    assert body(f"{STORY}\n\n{more}") == words(f"{STORY}\n\n{more}")


def wrapped(text: str, width: int) -> str:
    lines = []
    for paragraph in text.split("\n\n"):
        line = ""
        for word in paragraph.split():
            if line and len(line) + len(word) >= width:
                lines.append(line)
                line = ""
            line = f"{line} {word}".strip()
        lines += [line, ""]
    return "\n".join(lines)


@pytest.mark.parametrize("width", [50, 60, 66, 72, 78])
def test_hard_wrapped_text(width: int) -> None:
    """A line break inside a sentence begins no block: `read more`, `share this` and the like stay in their sentence.

    So does an agency's name that a line begins or ends with.
    """
    text = STORY.replace(
        "Nobody was hurt.",
        "Nobody was hurt, and the mayor urged the people to share this good news with all their neighbours and to "
        "read more about the work in the official gazette, which is printed every week in the city hall.",
    )
    assert body(wrapped(text, width)) == words(text)
    assert body(wrapped(f"LINDHAVEN (AP) — {text}\n\n(Reporting by Jane Roe; Editing by John Doe)", width)) == words(
        text
    )


def test_a_hard_wrapped_credit() -> None:
    """The rest of a credit stands on the next line."""
    credit = "(Reporting by Jane Roe in Lindhaven and John Doe in Bergen; Editing by Mary Major)"
    assert body(wrapped(f"{STORY}\n\n{credit}", 72)) == words(STORY)


def test_other_languages() -> None:
    german = (
        "Die Hafenbehörde von Lindhaven will das östliche Fährterminal am Samstag wieder öffnen. Elf Monate lang wurde "
        "gebaut.\n\nDie Arbeiten waren für das Frühjahr geplant, doch zwei Stürme überschwemmten die Baustelle und "
        "rissen einen Kran ins Meer. Verletzt wurde dabei niemand, sagte eine Sprecherin der Stadt."
    )
    text = f"{german}\n\nLesen Sie auch\nBäcker findet Münzen unter dem Ofen\nTorwart des Jahrzehnts hört auf"
    assert body(text) == words(german)
    assert body(f"Anzeige\n\n{german}\n\nAlle Rechte vorbehalten.") == words(german)


def test_where_credits_may_stand() -> None:
    """The spans of head and foot hold the credits' own words; tails and share lines are not among them."""
    text = (
        f"Share this @lindhaven.example\n\nLINDHAVEN (AP) — {STORY}\n\n(Reporting by Jäne Roe; Editing by John Doe)\n\n"
        f"{TAIL_HEADLINES}"
    )
    bodies = strip(strings(["", text, STORY]))
    assert [(i, rule_name(rule), said) for i, rule, said in bodies.removed_blocks()] == [
        (1, "dateline", "LINDHAVEN (AP)"),
        (1, "line_start: reporting by", "(Reporting by Jäne Roe; Editing by John Doe)"),
    ]


@pytest.mark.parametrize("count", [1, 8, 40])
def test_all_credits_are_kept_however_texts_are_batched(count: int) -> None:
    credits = [f"(Reporting by Jane Roe{i})" for i in range(count)]
    text = STORY + "\n\n" + "\n".join(credits)
    alone = list(strip(strings([text])).removed_blocks())
    assert [said for _, _, said in alone] == credits
    together = list(strip(strings([text, STORY, text, *[STORY] * 20, text])).removed_blocks())
    assert [said for _, _, said in together] == credits * 3
    assert [i for i, _, _ in together] == [i for i in (0, 2, 23) for _ in credits]


def test_empty_texts() -> None:
    bodies = strip(strings(["", None, "…", STORY]))
    assert [bodies.tokens.text(i) for i in range(3)] == ["", "", ""]
    assert bodies.tokens.text(3) == words(STORY)
    assert len(strip(strings([])).tokens) == 0


# -- properties ---------------------------------------------------------------------------------------------------

BLOCKS = st.one_of(
    texts(),
    st.sampled_from(STORY.split("\n\n")),
    st.sampled_from(TAIL_HEADLINES.split("\n")),
    st.sampled_from(
        ["Share this", "Related", "LINDHAVEN (AP) — ", "By Jane Roe", "Read more", "You May Also Like", "Advertisement",
         "Copyright 2024", "(Reporting by Jane Roe)", "중국 ｶﾅ 中国新华社", "All rights reserved"]
    ),
)  # fmt: skip
PAGES = st.lists(st.tuples(BLOCKS, st.sampled_from(["\n", "\n\n", " ", ". ", "… "])), max_size=14).map(
    lambda parts: "".join(block + gap for block, gap in parts)
)


def check_partition(text: str, title: str | None, bodies: Bodies, i: int) -> None:
    tokens = tokenise(strings([text]))
    zone, rule, touched = zones(tokens, Headlines.of(strings([title]), None, 1))
    every = np.array(tokens.text(0).split(" ") if len(tokens.word) else [])
    assert len(zone) == len(rule) == len(every)
    assert set(zone.tolist()) <= {BODY, HEAD, FOOT, TAIL, INLINE}
    assert ((zone == BODY) == (rule == 0)).all()
    assert bool(touched[0]) == bool((zone != BODY).any())
    kept = zone == BODY
    assert bodies.tokens.text(i) == " ".join(every[kept])
    part = slice(bodies.tokens.first[i], bodies.tokens.last[i])
    assert bodies.tokens.start[part].tolist() == tokens.start[kept].tolist()
    assert bodies.tokens.end[part].tolist() == tokens.end[kept].tolist()
    assert bodies.tokens.word[part].tolist() == tokens.word[kept].tolist()
    # Zones stand in order: what is head comes first, what is tail last.
    assert (np.flatnonzero(zone == HEAD) < np.append(np.flatnonzero(kept), len(zone))[0]).all() or not kept.any()
    # ... but for what is repeated, wherever it stands.
    repeated = rule == RULE_REPEATED
    tail = np.flatnonzero((zone == TAIL) & ~repeated)
    assert len(tail) == 0 or ((zone == TAIL) | repeated)[tail[0] :].all()


@settings(max_examples=300)
@given(st.lists(st.tuples(PAGES, st.one_of(st.none(), BLOCKS)), min_size=1, max_size=3))
def test_zones_partition_the_tokens(pages: list[tuple[str, str | None]]) -> None:
    """No token is lost or made: the body is the tokens of zone body, in a batch as alone."""
    bodies = strip(strings([text for text, _ in pages]), strings([title for _, title in pages]))
    for i, (text, title) in enumerate(pages):
        check_partition(text, title, bodies, i)
        alone = strip(strings([text]), strings([title]))
        assert bodies.tokens.text(i) == alone.tokens.text(0)
        assert bodies.tokens.single[i] == alone.tokens.single[0]
        assert [said for j, *said in bodies.removed_blocks() if j == i] == [said for _, *said in alone.removed_blocks()]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(STORY.split("\n\n")), min_size=2, max_size=5, unique=True), st.data())
def test_a_framed_story_loses_its_frame_and_no_more(paragraphs: list[str], data: st.DataObject) -> None:
    lines = [
        "Share this @lindhaven.example",
        "Advertisement",
        "Copyright 2024 Lindhaven Daily",
        "Follow us on Facebook",
    ]
    blocks = []
    for paragraph in paragraphs:
        blocks += [*data.draw(st.lists(st.sampled_from(lines), max_size=2)), paragraph]
    blocks += data.draw(st.lists(st.sampled_from(lines), max_size=2))
    assert body("\n\n".join(blocks)) == words("\n\n".join(paragraphs))


def body_text(text: str) -> str:
    """The text of the body with its punctuation and line breaks; where furniture stood, a paragraph ends."""
    tokens = tokenise(strings([text]))
    zone, _, _ = zones(tokens, Headlines.of(strings([None]), None, len(tokens)))
    raw = tokens.texts.raw(0)
    bounds = [*tokens.start.tolist(), len(raw)]
    out = ""
    for t, kind in enumerate(zone.tolist()):
        # Several tokens may share a character (½), which is taken once.
        if kind == BODY and bounds[t] < bounds[t + 1]:
            out += raw[bounds[t] : bounds[t + 1]].decode()
        elif kind != BODY:
            out += "\n\n"
    return out


@settings(max_examples=150)
@given(st.lists(BLOCKS, max_size=14).map("\n\n".join))
def test_cutting_a_body_again_takes_little(text: str) -> None:
    """At most another layer of furniture, never a paragraph of the story, where blocks are told apart by line breaks.

    Glued into one line with the story, furniture is told by the sentences around it, which the first cut changes.
    """
    once = body(text)
    twice = body(body_text(text))
    assert len(twice) <= len(once)
    for paragraph in STORY.split("\n\n"):
        if words(paragraph) in once:
            assert words(paragraph) in twice


@pytest.mark.parametrize("tail", ["", "\n\nShare this @lindhaven.example\n" + TAIL_HEADLINES])
def test_cutting_the_body_of_a_page_again_takes_nothing(tail: str) -> None:
    page = f"Share this @lindhaven.example\n\nLINDHAVEN (AP) — {STORY}\n\n(Reporting by Jane Roe){tail}"
    assert body(body_text(page)) == body(page) == words(STORY)
