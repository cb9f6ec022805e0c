"""What a pair of texts is, by `dedup.compare`."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import edited_pairs

import dedup
from dedup.inputs.batch import text_array
from dedup.model import Match, Relation
from dedup.text.boilerplate.zones import strip

SYLLABLES = ["ba", "do", "ke", "li", "mu", "na", "po", "ra", "si", "tu", "ve", "wo", "za", "chi", "gre", "sto"]


def words_of(seed: int, count: int) -> list[str]:
    """Words as frequent as in a language: some come again and again."""
    chance = random.Random(seed)
    vocabulary = ["the", "of", "and", "to", "in", "said", "that", "was", "for", "on"]
    vocabulary += ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(1200)]
    weights = [1 / (i + 3) for i in range(len(vocabulary))]
    return chance.choices(vocabulary, weights, k=count)


def prose(words: list[str], seed: int = 0, paragraph: int = 60) -> str:
    """Words as sentences and paragraphs."""
    chance = random.Random(seed)
    out, left, place = [], 0, 0
    for i, word in enumerate(words):
        if left == 0:
            out.append("" if i == 0 else ".\n\n" if place >= paragraph else ". ")
            place = 0 if place >= paragraph else place
            left = chance.randint(8, 24)
            word = word.capitalize()
        else:
            out.append(" ")
        out.append(word)
        left -= 1
        place += 1
    return "".join(out) + "."


def article(seed: int, count: int = 320) -> str:
    return prose(words_of(seed, count), seed)


def scattered(words: list[str], share: float, seed: int) -> list[str]:
    """This share of the words replaced by others, here and there."""
    chance = random.Random(seed)
    at = set(chance.sample(range(len(words)), round(share * len(words))))
    return ["".join(chance.choices(SYLLABLES, k=4)) if i in at else word for i, word in enumerate(words)]


def compare(a: str, b: str) -> Match:
    match = dedup.compare(a, b)
    assert match is not None
    return match


def relation(a: str, b: str) -> str | None:
    match = dedup.compare(a, b)
    return None if match is None else str(match.relation)


STORY = article(1)
WORDS = words_of(1, 320)


def test_identical() -> None:
    match = compare(STORY, STORY)
    assert match == compare(STORY, STORY)
    assert (match.relation, match.direction, match.newer) == (Relation.IDENTICAL, None, None)
    assert (match.resemblance, match.a_in_b, match.b_in_a, match.longest_run) == (1.0, 1.0, 1.0, len(WORDS))
    (passage,) = match.passages
    assert passage.words == len(WORDS)
    assert STORY[passage.a_start : passage.a_end] == STORY.rstrip(".")


@pytest.mark.parametrize(
    "other",
    [
        STORY.upper(),
        STORY.replace(". ", ".\n"),
        STORY.replace(".", " –"),
        f"Share this @example.com\n\n{STORY}",
        f"{STORY}\n\nCopyright 2024 The Daily Example. All rights reserved.",
        f"LINDHAVEN (AP) — {STORY}",
    ],
    ids=["case", "line breaks", "punctuation", "share line", "copyright line", "dateline"],
)
def test_identical_but_for_form_and_furniture(other: str) -> None:
    assert relation(STORY, other) == relation(other, STORY) == "identical"


@pytest.mark.parametrize("place", [0, 1, 100, 318, 319])
def test_one_word_changed(place: int) -> None:
    words = list(WORDS)
    words[place] = "quite"
    match = compare(STORY, prose(words, 1))
    assert match.relation is Relation.NEAR_COPY
    assert match.longest_run == max(place, 319 - place)
    assert 0.95 < match.resemblance < 1


@pytest.mark.parametrize("side", ["begin", "end"])
@pytest.mark.parametrize(
    ("share", "expected"), [(0.95, "near_copy"), (0.9, "near_copy"), (0.6, "excerpt"), (0.3, "excerpt")]
)
def test_truncated(share: float, expected: str, side: str) -> None:
    count = round(share * len(WORDS))
    part = prose(WORDS[:count] if side == "begin" else WORDS[-count:], 3)
    match = compare(part, STORY)
    assert match.relation == expected
    assert match.a_in_b == 1.0
    assert match.longest_run == count


def test_an_excerpt_says_which_lies_in_which() -> None:
    part = prose(WORDS[60:200], 3)
    there, back = compare(part, STORY), compare(STORY, part)
    assert (there.relation, there.direction) == (Relation.EXCERPT, "a_in_b")
    assert (back.relation, back.direction) == (Relation.EXCERPT, "b_in_a")
    assert there.a_in_b == back.b_in_a == 1.0
    assert there.b_in_a == back.a_in_b < 0.5


def test_an_excerpt_within_foreign_text() -> None:
    """An article inside a round-up of others."""
    roundup = "\n\n".join([article(21, 200), prose(WORDS[:150], 3), article(22, 200)])
    match = compare(roundup, prose(WORDS[:150], 3))
    assert (match.relation, match.direction) == (Relation.EXCERPT, "b_in_a")


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.05, {"near_copy"}),
        (0.1, {"near_copy"}),
        (0.2, {"near_copy", "version", "rewrite"}),
        (0.3, {"version", "rewrite"}),
    ],
)
def test_scattered_edits(share: float, expected: set[str]) -> None:
    """The same article whatever was changed; the more, the further."""
    for seed in range(5):
        words = words_of(seed, 320)
        assert relation(prose(words, seed), prose(scattered(words, share, seed), seed)) in expected, seed


def test_reordered_paragraphs() -> None:
    paragraphs = STORY.split("\n\n")
    assert len(paragraphs) >= 4
    for order in (paragraphs[::-1], paragraphs[1:] + paragraphs[:1], paragraphs[2:] + paragraphs[:2]):
        match = compare(STORY, "\n\n".join(order))
        assert match.relation in (Relation.NEAR_COPY, Relation.VERSION)
        assert match.resemblance > 0.85


def test_an_update_with_new_paragraphs() -> None:
    longer = f"{article(31, 80)}\n\n{STORY}"
    assert relation(STORY, longer) in ("version", "near_copy", "excerpt")
    match = dedup.compare(
        {"title": "Ferry reopens", "text": STORY}, {"title": "UPDATE 2-Ferry reopens", "text": longer}
    )
    assert match is not None
    assert match.newer == "b" or match.relation is Relation.NEAR_COPY


def test_quotes_alone_are_no_pair() -> None:
    quote = f"“{' '.join(words_of(40, 70))},” the mayor said."
    a = f"{article(41, 200)}\n\n{quote}\n\n{article(42, 60)}"
    b = f"{article(43, 60)}\n\n{quote}\n\n{article(44, 200)}"
    assert dedup.compare(a, b) is None
    assert dedup.compare(b, a) is None


def test_a_common_passage_that_nobody_is_quoted_with() -> None:
    passage = prose(words_of(50, 70), 50)
    a = f"{article(51, 250)}\n\n{passage}\n\n{article(52, 60)}"
    b = f"{article(53, 60)}\n\n{passage}\n\n{article(54, 250)}"
    match = compare(a, b)
    assert match.relation is Relation.OVERLAP
    assert match.longest_run == 70
    (shared,) = match.passages
    assert a[shared.a_start : shared.a_end] == b[shared.b_start : shared.b_end] == passage.rstrip(".")


def test_furniture_alone_is_no_pair() -> None:
    line = "Copyright 2024 The Daily Example. All rights reserved. This material may not be published or rewritten."
    assert dedup.compare(f"{article(61)}\n\n{line}", f"{article(62)}\n\n{line}") is None


def test_unrelated() -> None:
    for seed in range(70, 80):
        assert dedup.compare(article(seed), article(seed + 100)) is None


def test_too_short_to_match_anything() -> None:
    assert dedup.compare("Seven words are not enough for this", "Seven words are not enough for this") is None
    assert dedup.compare("", "") is None
    assert dedup.compare("", STORY) is None
    eight = "Eight words are enough for this one here"
    assert relation(eight, eight) == "identical"


@pytest.mark.parametrize("line", ["no ", "yes no ", "one two three ", "sold out in all sizes "])
def test_identical_bodies_of_few_different_shingles(line: str) -> None:
    """The same line again and again."""
    assert relation(line * 30, line * 30) == "identical"


FORM = (
    "The water stood at {} centimetres at the gauge of {} on {} morning. Temperatures will reach {} degrees in the "
    "afternoon and fall to {} at night. The wind blows from the {} at {} kilometres an hour, with gusts of up to {}. "
    "The chance of rain is {} per cent. The sun rises at {} and sets at {}. The next report will be issued at {}."
)


def test_a_form_with_other_facts_is_a_template() -> None:
    a = FORM.format(312, "Lindhaven", "Monday", 21, 9, "north", 14, 33, 40, "6.12", "20.48", "18.30")
    b = FORM.format(287, "Oderfurt", "Friday", 17, 4, "west", 22, 51, 75, "7.05", "19.13", "17.15")
    assert relation(a, b) == relation(b, a) == "template"
    assert relation(a, a) == "identical"


NOTICE = (
    "The central bank of Lindhaven offered {} million crowns of repurchase agreements to banks on Monday, a spokesman "
    "said. Dealers said that money was trading at {} per cent when it entered the market."
)


@pytest.mark.parametrize("other", [("seven", "6-3/16"), ("40", "5.9"), ("twelve", "two")])
def test_a_short_notice_of_other_amounts_is_a_template(other: tuple[str, str]) -> None:
    """Fractions and number words are amounts; so few numbers would decide nothing in a longer text."""
    text = NOTICE.format("3.5", "6-1/4")
    assert relation(text, NOTICE.format(*other)) == relation(NOTICE.format(*other), text) == "template"
    assert relation(text, text.replace("a spokesman said", "it said")) in ("near_copy", "version")


def test_a_short_notice_about_others_is_a_template() -> None:
    text = "{} said it is raising its prime rate to 7-3/4 pct from 7-1/2 pct, effective immediately at all branches."
    chemical, marine = text.format("The Chemical Bank of New Oderfurt"), text.format("The Marine Midland Company")
    assert relation(chemical, marine) == relation(marine, chemical) == "template"
    assert relation(chemical, chemical.replace("immediately", "on Monday")) in ("near_copy", "version")


@pytest.mark.parametrize("threshold", [0.5, 0.9])
def test_a_threshold_is_the_least_share_in_common(threshold: float) -> None:
    for share in (0.02, 0.05, 0.1, 0.15, 0.2):
        other = prose(scattered(WORDS, share, 5), 1)
        free, bound = dedup.compare(STORY, other), dedup.compare(STORY, other, threshold=threshold)
        assert free is not None
        contained = max(free.a_in_b, free.b_in_a)
        if abs(contained - threshold) > 0.001 and free.relation in (Relation.NEAR_COPY, Relation.VERSION):
            kept = bound is not None and bound.relation in (Relation.NEAR_COPY, Relation.VERSION, Relation.EXCERPT)
            assert kept == (contained > threshold)


def mirrored(match: Match | None) -> Match | None:
    """What the pair is, seen from the other text."""
    if match is None:
        return None
    flip = {"a_in_b": "b_in_a", "b_in_a": "a_in_b", "a": "b", "b": "a", None: None}
    return Match(
        match.relation,
        flip[match.direction],
        flip[match.newer],
        match.resemblance,
        match.b_in_a,
        match.a_in_b,
        match.longest_run,
        probability=match.probability,
    )


def without_passages(match: Match | None) -> Match | None:
    return match and Match(
        match.relation,
        match.direction,
        match.newer,
        match.resemblance,
        match.a_in_b,
        match.b_in_a,
        match.longest_run,
        probability=match.probability,
    )


@settings(max_examples=300)
@given(edited_pairs())
def test_a_pair_is_the_same_from_both_sides(pair: tuple[list[str], list[str]]) -> None:
    a, b = map(" ".join, pair)
    assert without_passages(dedup.compare(a, b)) == mirrored(dedup.compare(b, a))


@pytest.mark.parametrize("seed", range(6))
def test_a_pair_of_prose_is_the_same_from_both_sides(seed: int) -> None:
    """Words of prose come again and again; paragraphs are moved, cut and added."""
    chance = random.Random(seed)
    for _ in range(15):
        words = words_of(chance.randrange(10**6), 240)
        paragraphs = prose(scattered(words, chance.choice([0, 0.1, 0.2, 0.3]), seed), 1, 30).split("\n\n")
        chance.shuffle(paragraphs)
        a = prose(words, 1, 30)
        b = "\n\n".join([*paragraphs[: chance.randint(2, len(paragraphs))], article(chance.randrange(10**6), 50)])
        assert without_passages(dedup.compare(a, b)) == mirrored(dedup.compare(b, a))


@settings(max_examples=150)
@given(edited_pairs())
def test_what_a_match_promises(pair: tuple[list[str], list[str]]) -> None:
    a, b = map(" ".join, pair)
    bodies = strip(text_array([a, b])).tokens
    assume((bodies.last - bodies.first).tolist() == [len(words) for words in pair])  # nothing is cut as repeated text
    match = dedup.compare(a, b)
    if match is None:
        assert pair[0] != pair[1]
        return
    assert (match.direction is not None) == (match.relation is Relation.EXCERPT)
    assert 0 < match.resemblance <= min(match.a_in_b, match.b_in_a) <= 1
    assert (match.relation is Relation.IDENTICAL) == (pair[0] == pair[1])
    assert match.longest_run <= min(len(pair[0]), len(pair[1]))
    for passage in match.passages:
        assert a[passage.a_start : passage.a_end] == b[passage.b_start : passage.b_end]
        assert len(a[passage.a_start : passage.a_end].split()) == passage.words
    assert max(p.words for p in match.passages) == match.longest_run
    if match.direction is not None:
        assert (match.direction == "a_in_b") == (len(pair[0]) < len(pair[1]))


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=60)
def test_any_two_texts_can_be_compared(a: str, b: str) -> None:
    dedup.compare(a.encode(errors="ignore").decode(), b.encode(errors="ignore").decode())
