"""What a compared pair is (ARCHITECTURE.md, "Relations"): one decision for each row of features.

Shares are of words aligned in order, not of shingles, wherever edits are to be forgiven: one changed word breaks k
shingles. The thresholds are constants with the reason beside them; they were fitted on the labelled pairs
(`python -m benchmarks quality`) and are integers per mille, so that a decision never hangs on rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import align as c
from dedup.comparison.compare import FORM_LENGTH, OWN_WORDS, PASSAGE_RUN, REWRITE_RUN, SHORT
from dedup.comparison.leads import FOLLOW_UP_TIMES, LONG_BLOCK, SEVERAL
from dedup.comparison.own_parts import MAIN_BLOCK, MUCH_OWN, PARTLY
from dedup.model import Relation

Ints = NDArray[np.int64]

#: Relations by code; 0 is no relation.
RELATIONS: tuple[Relation | None, ...] = (None, *sorted(Relation, key=lambda relation: relation.code))
NONE = 0
IDENTICAL, NEAR_COPY = Relation.IDENTICAL.code, Relation.NEAR_COPY.code
VERSION, EXCERPT, REWRITE = Relation.VERSION.code, Relation.EXCERPT.code, Relation.REWRITE.code
OVERLAP, TEMPLATE = Relation.OVERLAP.code, Relation.TEMPLATE.code
#: Whether a pair of the relation may stand in one cluster, by code: (relations + 1,) bool.
JOINS = np.array([r is not None and r.joins for r in RELATIONS])

#: Both bodies in common to this share of words: the same article. Labelled near copies begin at .80.
NEAR = 800
#: The shorter body in common, and unedited: an excerpt, if the other is clearly longer. Labelled excerpts have .94 to
#: 1 of their words in the other and .77 to 1 of their shingles, labelled versions .66 to .95 and .5 to .86.
INSIDE, UNEDITED = 935, 700
#: ... in a text of nearly twice its length a sentence of an excerpt may be re-worded, so many words: labelled ones have
#: .89 and more of their words in the other, and .58 and more of their shingles.
EDITED_INSIDE, LEAST_UNEDITED, MUCH_SHORTER, RE_WORDED = 890, 550, 575, 30
#: A text of five times the words of the other is no version of it: what is in common is an excerpt if the shorter one
#: has this share of its words there, and else a copied passage.
FIFTH, INSIDE_FIFTH = 200, 850
#: With this share of the shorter body in common a pair is a copy even if it is all quotation.
QUOTED_COPY = 870
#: An excerpt has less than this share of the words of the other: above, the pair is a near copy with a cut, or a
#: version. A near copy is the shorter one where it is the other but for a cut: labelled cuts have .77 and more,
#: excerpts up to .76.
LONGER, CUT, WHOLE = 750, 770, 970
#: A text with so much less words than the other, nearly all of them in that, was only added to.
ADDITION = 800
#: The shorter body in common to this share: a version of the same article. Labelled versions begin at .66, related
#: stories on the same event end at .55.
MOSTLY = 620
#: ... with this share of its shingles: two short notices on different things have many words in one order. Labelled
#: versions of under 150 words have .63 and more.
SHORT_VERSION, LONG_VERSION = 500, 250
#: With fewer shingles than OWN_WORDS outside quotation marks two texts only quote the same speaker, unless so much of
#: what the shorter one tells between its quotations, and so many words, is in the other, in the same order. Copies have
#: .68 and more of it, other reports of one speech up to .22, two that quote one source at length .38.
NARRATION, SHORT_NARRATION = 500, 20
#: A rewrite has words of its own in common: so many outside quotation marks in both, per thousand common shingles.
#: Rewrites have .8 and more, reports of one speech .4 at most, also where one of them has no quotation marks.
OWN_REWRITE = 500
#: Common shingles, and those of them outside quotation marks, that make an overlap: more than one sentence. A statement
#: in block quotes or with other marks is text outside quotation marks too: such pairs have up to 55 of the first.
COPIED, OUTSIDE = 60, 40
#: One run of so many words is copied text with fewer of them outside quotation marks.
ONE_PASSAGE, OUTSIDE_IN_RUN = 60, 30
#: A rewrite has this share of words in order in both bodies; English texts on nothing in common have up to .3, and
#: short notices of one form have more, so that shorter bodies than SHORT are never rewrites.
REWORDED = 480
#: Re-worded text in a script without capitals has no run of this share of the aligned words: labelled rewrites have up
#: to .1, bulletins of other days .11 and more.
CHANGED_ALONG = 120
#: A background is one block: the longest run makes up this share of the aligned words. Labelled versions under other
#: leads have up to .3; texts that quote a story whole have .55 to .94.
#: In a block of many words a smaller share is enough (LONG_BLOCK).
WHOLE_BLOCK, BLOCK_WORDS = 660, 160
#: Re-worded text has no run of this share of the shorter body.
COPIED_BLOCK = 300
#: Words that stand only in the leads: so many at least, in a near copy the greater number; at most this share of them
#: in common, in a near copy the smaller one. Updates under a new lead have .12 and more, other stories with one
#: background up to .11 (Vietnamese, whose words are syllables, up to .28).
LEAST_LEAD, FULL_LEAD, SAME_LEAD, SAME_FULL_LEAD = 1, 10, 130, 100
#: Of two leads (dedup.comparison.leads) so little is told by both, as a sum of per mille of the words and of the rare
#: words: nothing but a phrase; a phrase or two; less than a sentence.
NO_LEAD, LITTLE_LEAD, PART_OF_LEAD = 100, 250, 500
#: Two leads name the same if of the names and numbers of the one with fewer the other has more than this share.
HALF_NAMED, MOST_NAMED = 500, 600
#: A lead of its own has so many words before the first sentence in common: more than SEVERAL.
MANY = 200
#: Of bodies with MUCH_OWN words, neither of which tells the lead of the other, each tells another piece of news if the
#: rare ones among them are the same to less than these shares, all of them and those at their beginning. Versions
#: written over by two outlets tell the same in other words: labelled ones have more.
OTHER_OWN, OTHER_BEGINNING = 200, 200
#: ... with fewer own words, if no body has the share PARTLY in common, most of it in one block, less than this share.
OTHER_REST = 250
#: Changed numbers in aligned slots, per thousand aligned words, that make a form of a copy.
FORM = 15
#: At most this share of the fewer numbers or names in common: two texts of one form about different things. Names
#: decide alone only below SHORT words; notices are short.
OTHER_NUMBERS, OTHER_NAMES = 350, 450
#: Where one run makes up this share of all aligned words, a passage was copied; a form is broken by what changes.
ONE_RUN = 800
#: With more of the shorter body's shingles in common than this, a text is a copy whatever its numbers.
FORM_SHARE = 900
#: Below this share of the shorter body's shingles two names on each side that the other has not make another notice.
NOTICE_SHARE = 650
#: Shared shingles inside quotation marks that no form has: an update repeats what somebody said.
SPOKEN = 8
#: A form has this share of its common shingles outside quotation marks: a shared quotation is none.
OWN_FORM = 200
#: Below so many words, a headline or a flash, each word counts: a copy has this share of its shingles in common.
FLASH, FLASH_SHARE = 16, 650
#: Slots with another number or name in a short body that begins with another name: so many, and so many per thousand
#: aligned words, make a form of a copy.
SLOTS, SLOT_SHARE = 3, 22
#: ... if this share of the fewer numbers is the same: a notice may carry a standing quotation, but no old figures.
MOST_NUMBERS = 500
#: With this share of the fewer numbers the same, slots have the same numbers, written otherwise; with this one, a body
#: of which the names differ is the same in other words.
ALL_NUMBERS, MOST_FACTS = 950, 800
#: In a brief body one other amount is other news if no more than this share of the fewer amounts is the same.
BRIEF_AMOUNTS = 600
#: A body that begins with another name is about somebody else if no more than this share of the fewer names is the
#: same.
SUBJECT_NAMES = 600
#: So many slots, of which so many have numbers, SLOT_SHARE of them per thousand aligned words, are a form whatever is
#: said in it: two texts of one form have 24 and more, near copies at most 10, of the versions 99 % at most 14.
MANY_SLOTS, CHANGES, RENAMES = 4, 2, 2
#: ... and so have texts in which so many slots per thousand aligned words have another name, if at most half of the
#: numbers are the same, or in a short one not all: the subject is a slot too. Names that are spelt otherwise, or that
#: an apostrophe divides otherwise, change as often, but then the numbers are the same.
RENAMED_SHARE = 40
#: Bodies with no run of so many words, so many numbers in each, and at most this share of the fewer in common, per
#: mille, have phrases of a form in common; the second share is for a rewrite.
PHRASE_RUN, MANY_NUMBERS, SAME_FIGURES, SAME_IN_REWRITE = 20, 6, 600, 400
#: Two bodies of one form have at least this share of their words in common.
MOSTLY_ALIGNED = 500
#: Words of its own that each of two bodies repeats, in gaps of what both have: so many, of a near copy with a few more,
#: and this share of all that it repeats; of the words of the shorter one the other knows less than this share. Of the
#: labelled copies one in a thousand has that.
OWN_TWO, OWN_THREE, OWN_SHARE, KNOWN_SHARE = 2, 3, 100, 900
#: With more gaps in which each has words that the other lacks, one was edited throughout: another spelling of names,
#: other endings, another style of numbers.
EDITED_GAPS = 7


def relate(features: NDArray[np.int32], threshold: float | None = None) -> NDArray[np.uint8]:
    """Relation codes (pairs,) of feature rows (pairs, len(FEATURES)).

    threshold: least share of the shorter body's shingles in common for near_copy, version and excerpt.
    """
    f = features.T.astype(np.int64, order="C")  # a column is read as a whole
    short_length = np.maximum(1, np.minimum(f[c.LENGTH_A], f[c.LENGTH_B]))
    long_length = np.maximum(1, np.maximum(f[c.LENGTH_A], f[c.LENGTH_B]))
    fewer, more = np.minimum(f[c.WORDS_A], f[c.WORDS_B]), np.maximum(f[c.WORDS_A], f[c.WORDS_B])
    level = f[c.LENGTH_A] == f[c.LENGTH_B]
    short_words = np.where(level, fewer, np.where(f[c.LENGTH_A] < f[c.LENGTH_B], f[c.WORDS_A], f[c.WORDS_B]))
    long_words = np.where(level, more, np.where(f[c.LENGTH_A] < f[c.LENGTH_B], f[c.WORDS_B], f[c.WORDS_A]))
    shared = f[c.SHARED]
    smaller = np.maximum(1, np.minimum(f[c.SIZE_A], f[c.SIZE_B]))
    short_share = 1000 * short_words // short_length
    long_share = 1000 * long_words // long_length
    contained = 1000 * shared // smaller
    own_words = (1000 * f[c.PLAIN] >= OWN_WORDS * shared) | _is_narrated(f)
    enough = (
        (shared > 0)
        & ((short_length >= FLASH) | (contained >= FLASH_SHARE))
        & ((own_words) | (short_share >= QUOTED_COPY))
    )
    if threshold is not None:
        enough &= contained >= round(1000 * threshold)

    out = np.zeros(len(features), np.uint8)
    copied = (f[c.RUN] >= PASSAGE_RUN) & (shared >= COPIED) & (f[c.PLAIN] >= OUTSIDE)
    copied |= (f[c.RUN] >= ONE_PASSAGE) & (f[c.PLAIN] >= OUTSIDE_IN_RUN)
    out[copied & own_words] = OVERLAP
    reworded = (np.minimum(short_share, long_share) >= REWORDED) & own_words & (shared >= 8) & (short_length >= SHORT)
    reworded &= (1000 * f[c.ORDERED] >= 850 * fewer) & (
        1000 * np.minimum(f[c.SPAN_A], f[c.SPAN_B]) >= 700 * short_length
    )
    # Notices of one form have at most .45 of the fewer names in common; those found had up to 190 words.
    named = 2 * f[c.NAMES] >= np.minimum(f[c.NAMES_A], f[c.NAMES_B])
    # Where no name can be seen, words are changed all along: a form has whole phrases between its slots.
    named &= (np.maximum(f[c.NAMES_A], f[c.NAMES_B]) > 0) | (1000 * f[c.RUN] < CHANGED_ALONG * more)
    named |= short_length >= FORM_LENGTH
    named &= 1000 * f[c.NARRATION] >= OWN_REWRITE * shared
    out[reworded & named & (f[c.RUN] < REWRITE_RUN)] = REWRITE
    alike = np.where(short_length < SHORT, SHORT_VERSION, LONG_VERSION)
    out[enough & (short_share >= MOSTLY) & (contained >= alike)] = VERSION
    relative_length = 1000 * short_length // long_length
    fifth = relative_length < FIFTH
    out[fifth & (out == VERSION)] = np.where(own_words, OVERLAP, NONE)[fifth & (out == VERSION)]
    inside = enough & (short_share >= INSIDE) & (contained >= UNEDITED)
    edited_inside = (relative_length < MUCH_SHORTER) & (short_share >= EDITED_INSIDE)
    edited_inside &= short_length - short_words <= RE_WORDED
    edited_inside |= fifth & (short_share >= INSIDE_FIFTH)
    edited_inside &= enough & (contained >= LEAST_UNEDITED)
    out[(inside & (relative_length < LONGER)) | edited_inside] = EXCERPT
    out[inside & (relative_length >= LONGER)] = VERSION
    near = (short_share >= NEAR) & (long_share >= NEAR) & (contained >= 300)
    near |= (short_share >= WHOLE) & (long_share >= CUT) & (contained >= UNEDITED)
    out[enough & near] = NEAR_COPY
    other = _is_follow_up(f, out) | _is_other_news(f, out) | _tells_other_things(f, out)
    other &= ~(inside & (relative_length < ADDITION))  # it has nothing of its own
    out[other & own_words & (f[c.PLAIN] >= OUTSIDE)] = OVERLAP
    level = (out == VERSION) | (out == NEAR_COPY) | ((out == EXCERPT) & ~inside)
    level |= np.minimum(short_share, long_share) >= MOSTLY_ALIGNED
    form = _is_form(f, short_words, short_length, level, contained)
    form |= level & (out != EXCERPT) & _is_renamed(f, short_words, short_length)
    form |= (out == VERSION) & _is_made_of_phrases(f, SAME_FIGURES)
    form |= (out == REWRITE) & _is_made_of_phrases(f, SAME_IN_REWRITE)
    form &= contained < FORM_SHARE
    form |= _is_about_own(f, out)
    form &= 1000 * f[c.PLAIN] >= OWN_FORM * shared
    out[form & ((out != NONE) | (contained >= 100))] = TEMPLATE
    same = (shared > 0) & (shared == f[c.SIZE_A]) & (shared == f[c.SIZE_B])
    out[same & (f[c.LENGTH_A] == f[c.LENGTH_B]) & (f[c.RUN] == short_length)] = IDENTICAL
    return out


def _is_narrated(f: Ints) -> NDArray[np.bool_]:
    """Whether most of what the shorter body tells between its quotations is in the other, in the same order."""
    return (f[c.NARRATION] >= SHORT_NARRATION) & (1000 * f[c.NARRATION] >= NARRATION * f[c.OUTSIDE])


def _is_follow_up(f: Ints, relation: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Another story with the background of the first: both have a lead of their own, and what follows is one block.

    relation: codes so far. A copy has the same lead; an update under a new lead repeats words of the old one.
    """
    words = np.maximum(f[c.WORDS_A], f[c.WORDS_B])
    fewer = np.minimum(f[c.LEAD_A], f[c.LEAD_B])
    others = (fewer >= LEAST_LEAD) & (1000 * f[c.LEAD] <= SAME_LEAD * fewer)
    block = _is_block(f, words)
    near = (relation == NEAR_COPY) & (fewer >= FULL_LEAD) & (1000 * f[c.LEAD] <= SAME_FULL_LEAD * fewer)
    return others & block & ((relation == VERSION) | near)


def _is_block(f: Ints, words: Ints) -> NDArray[np.bool_]:
    """Whether most of the aligned words, `words` (pairs,), are one run."""
    return 1000 * f[c.RUN] >= np.where(f[c.RUN] >= BLOCK_WORDS, LONG_BLOCK, WHOLE_BLOCK) * words


def _is_other_news(f: Ints, relation: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Another story with paragraphs of the first, in whatever order: the leads tell of other things.

    relation: codes so far. What lies in a text of FOLLOW_UP_TIMES its length is no background.
    """
    likeness, words = f[c.LEAD_COVER] + f[c.LEAD_RARE], np.maximum(f[c.WORDS_A], f[c.WORDS_B])
    nothing = (likeness < NO_LEAD) & (f[c.LEAD_OWN] >= SEVERAL)
    little = (likeness < PART_OF_LEAD) & (f[c.LEAD_NAMES] <= MOST_NAMED) & (f[c.LEAD_OWN] >= MANY)
    block = (likeness < LITTLE_LEAD) & (f[c.LEAD_NAMES] <= HALF_NAMED) & _is_block(f, words)
    short, long = np.minimum(f[c.LENGTH_A], f[c.LENGTH_B]), np.maximum(f[c.LENGTH_A], f[c.LENGTH_B])
    return (relation == VERSION) & (nothing | little | block) & (FOLLOW_UP_TIMES * short >= long)


def _tells_other_things(f: Ints, relation: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Another story with paragraphs of the first: what each tells besides has little to do with the other.

    relation: codes so far. Where OWN_PART is 0 one tells the lead of the other, or has nothing of its own.
    """
    words = np.maximum(f[c.WORDS_A], f[c.WORDS_B])
    apart = (f[c.OWN_PART] >= MUCH_OWN) & (f[c.OWN_SAME] < OTHER_OWN) & (f[c.OWN_NEWS] < OTHER_BEGINNING)
    share = np.maximum(
        1000 * f[c.WORDS_A] // np.maximum(1, f[c.LENGTH_A]), 1000 * f[c.WORDS_B] // np.maximum(1, f[c.LENGTH_B])
    )
    partly = (f[c.OWN_PART] > 0) & (share < PARTLY) & (f[c.OWN_SAME] < OTHER_REST)
    partly &= 1000 * f[c.RUN] >= MAIN_BLOCK * words
    return ((relation == VERSION) & (apart | partly)) | ((relation == NEAR_COPY) & apart)


def may_be_rewrite(features: NDArray[np.int32], relation: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether pairs may still turn out to be rewrites: no more in common than a passage, and none that is a block.

    features (pairs, len(FEATURES)) int32; relation (pairs,): their codes.
    """
    shorter = np.minimum(features[:, c.LENGTH_A], features[:, c.LENGTH_B]).astype(np.int64)
    block = 1000 * features[:, c.RUN].astype(np.int64) >= COPIED_BLOCK * shorter
    return (relation == NONE) | ((relation == OVERLAP) & ~block)


def _is_form(f: Ints, words: Ints, length: Ints, level: NDArray[np.bool_], contained: Ints) -> NDArray[np.bool_]:
    """The same form with other facts: numbers or names change where the words around them do not.

    words, length: aligned words and length of the shorter body; level (pairs,): the greater part of both bodies is
    aligned; contained: share of the shingles of the shorter one, per mille. What is not aligned has other facts in any
    two texts.
    """
    fewer_numbers = np.minimum(f[c.NUMBERS_A], f[c.NUMBERS_B])
    same_numbers = 1000 * f[c.NUMBERS] // np.maximum(1, fewer_numbers)
    aligned, slots = np.maximum(1, words), f[c.CHANGED] + f[c.RENAMED]
    has_speech = (f[c.SHARED] - f[c.PLAIN] >= SPOKEN) & (same_numbers >= MOST_NUMBERS)
    changed = (same_numbers < ALL_NUMBERS) & (f[c.CHANGED] > 0)
    some = changed & (1000 * f[c.CHANGED] >= FORM * aligned)
    some |= (length < SHORT) & _is_about_another(f, words)
    many = changed & (f[c.CHANGED] >= CHANGES) & (slots >= MANY_SLOTS) & (1000 * slots >= SLOT_SHARE * aligned)
    # An update of one story has new prices and a new toll, but it names the same, and most of its figures are old.
    many &= (f[c.RENAMED] >= RENAMES) | (same_numbers < MOST_NUMBERS)
    # Whether what is not aligned is another fact, or no fact, cannot be seen; in short bodies there is little of it.
    short = (length < SHORT) & level
    figures = (fewer_numbers >= 3) & (same_numbers <= OTHER_NUMBERS)
    fewer_names = np.minimum(f[c.NAMES_A], f[c.NAMES_B])
    same_names = 1000 * f[c.NAMES] // np.maximum(1, fewer_names)
    others = (fewer_names >= 2) & (same_names < OTHER_NAMES)
    facts = (fewer_numbers < 3) | (same_numbers < MOST_FACTS) | (f[c.RENAMED] >= 2)
    broken = 1000 * f[c.RUN] < ONE_RUN * words
    brief = short & ((broken & (figures | (others & facts))) | _is_notice(f, facts, contained))
    brief |= level & (length <= c.BRIEF) & _is_brief_notice(f)
    return (~has_speech & (some | brief)) | many


def _is_renamed(f: Ints, words: Ints, length: Ints) -> NDArray[np.bool_]:
    """Bodies that name others all the way, and have other numbers: a notice on another company, another contract.

    words, length: aligned words and length of the shorter body. In a short one names alone decide.
    """
    names = (f[c.RENAMED] >= MANY_SLOTS) & (1000 * f[c.RENAMED] >= RENAMED_SHARE * np.maximum(1, words))
    fewer_numbers = np.minimum(f[c.NUMBERS_A], f[c.NUMBERS_B])
    same = np.where(length < SHORT, MOST_FACTS - 1, MOST_NUMBERS)
    numbers = (fewer_numbers >= 3) & (1000 * f[c.NUMBERS] <= same * fewer_numbers)
    fewer_names = np.minimum(f[c.NAMES_A], f[c.NAMES_B])
    others = (length < SHORT) & (fewer_names >= 2) & (1000 * f[c.NAMES] < OTHER_NAMES * fewer_names)
    # German nouns are written as names are: where most of all names are the same, the subject is.
    subject = (fewer_names == 0) | (1000 * f[c.NAMES] < MOST_FACTS * fewer_names)
    return names & subject & (numbers | others)


def _is_made_of_phrases(f: Ints, same: int) -> NDArray[np.bool_]:
    """Whether what is common are phrases between other figures, in whatever order: a horoscope, a table of tides.

    same: the share of the fewer numbers, per mille, that may be the same. Slots can be seen only between runs that
    follow one another in both. But a version has whole sentences in common, and a rewrite, in which each was edited,
    has most of the figures of the other.
    """
    fewer_numbers = np.minimum(f[c.NUMBERS_A], f[c.NUMBERS_B])
    others = (fewer_numbers >= MANY_NUMBERS) & (1000 * f[c.NUMBERS] <= same * fewer_numbers)
    return others & (f[c.RUN] < PHRASE_RUN)


def _is_about_own(f: Ints, relation: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Bodies of one form that name others again and again: in any script, for no capital letter is asked for.

    relation: codes so far. The features are 0 where a body is too long for a form, where too little is common, or where
    that is one passage.
    """
    own = (f[c.OWN_WORDS] >= np.where(relation == NEAR_COPY, OWN_THREE, OWN_TWO)) & (f[c.COMMON_WORDS] < KNOWN_SHARE)
    own &= (1000 * f[c.OWN_WORDS] >= OWN_SHARE * f[c.REPEATED]) & (f[c.SWAPPED] <= EDITED_GAPS)
    # Where names can be seen, most of them are others too.
    fewer_names = np.minimum(f[c.NAMES_A], f[c.NAMES_B])
    own &= (fewer_names < 2) | (1000 * f[c.NAMES] < OTHER_NAMES * fewer_names)
    return own & ((relation == VERSION) | (relation == NEAR_COPY))


def _is_about_another(f: Ints, words: Ints) -> NDArray[np.bool_]:
    """Bodies alike for the most part that begin with another name, and have another number: of somebody else."""
    level = 1000 * np.minimum(f[c.WORDS_A], f[c.WORDS_B]) >= NEAR * np.maximum(f[c.LENGTH_A], f[c.LENGTH_B])
    subject = (np.minimum(f[c.FIRST_A], f[c.FIRST_B]) > 0) & (f[c.CHANGED] > 0) & (f[c.RENAMED] > 1)
    slots = f[c.CHANGED] + f[c.RENAMED]
    return level & subject & (slots >= SLOTS) & (1000 * slots >= SLOT_SHARE * np.maximum(1, words))


def _is_notice(f: Ints, facts: NDArray[np.bool_], contained: Ints) -> NDArray[np.bool_]:
    """Bodies that tell of other amounts, or of others: a fixing, a listing, a tender, a call for bids.

    facts (pairs,): not all numbers are the same; contained: share of the shingles of the shorter body, per mille.
    """
    fewer_amounts = np.minimum(f[c.AMOUNTS_A], f[c.AMOUNTS_B])
    amounts = (fewer_amounts >= 2) & (1000 * f[c.AMOUNTS] <= OTHER_NUMBERS * fewer_amounts)
    fewer_names = np.minimum(f[c.NAMES_A], f[c.NAMES_B])
    nobody = (fewer_names >= 2) & (f[c.NAMES] == 0)
    some = (fewer_names - f[c.NAMES] >= 2) & (f[c.AMOUNTS] == 0) & (contained < NOTICE_SHARE)
    return amounts | ((nobody | some) & facts)


def _is_brief_notice(f: Ints) -> NDArray[np.bool_]:
    """Brief bodies with another amount where both have one, or about another company, bank or borrower."""
    fewer_amounts = np.minimum(f[c.AMOUNTS_A], f[c.AMOUNTS_B])
    amount = (f[c.ALTERED] > 0) & (1000 * f[c.AMOUNTS] <= BRIEF_AMOUNTS * fewer_amounts)
    fewer_names = np.minimum(f[c.NAMES_A], f[c.NAMES_B])
    subject = (np.minimum(f[c.FIRST_A], f[c.FIRST_B]) > 0) & (f[c.RENAMED] > 0) & (fewer_names >= 2)
    return amount | (subject & (1000 * f[c.NAMES] <= SUBJECT_NAMES * fewer_names))


def direction(features: NDArray[np.int32], relation: NDArray[np.uint8]) -> NDArray[np.int8]:
    """1 where a is an excerpt of b, -1 where b is one of a, else 0, for each pair."""
    a_in_b = features[:, c.LENGTH_A] < features[:, c.LENGTH_B]
    return np.where(relation == EXCERPT, np.where(a_in_b, 1, -1), 0).astype(np.int8)


def direction_of(code: int, length_a: int, length_b: int) -> int:
    """`direction` of one pair, by the code of its relation and the words of both."""
    return 0 if code != EXCERPT else 1 if length_a < length_b else -1


def ratio(part: int, whole: int) -> float:
    """part / whole with four decimals, halves up, from integers alone, so that every file says the same."""
    whole = max(1, whole)
    return (20_000 * part + whole) // (2 * whole) / 10_000


def ten_thousandths(part: Ints, whole: Ints) -> Ints:
    """`ratio` of columns, times 10,000."""
    whole = np.maximum(1, whole)
    return (20_000 * part + whole) // (2 * whole)
