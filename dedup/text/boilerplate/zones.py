"""Find the boilerplate of a page by rules, and reduce its text to the body of the article.

Phrases mark most boilerplate (`rules`). Two more rules are structure: a dateline before the first words of the story,
and a tail of other headlines after a heading (`dedup.text.segmentation`). Tokens of boilerplate keep their zone, since
credits are searched in head and foot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.text_buffers import Buffers
from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.boilerplate import rules
from dedup.text.boilerplate.body_kernels import body_kernel, headline_kernel, single_kernel, span_kernel, stop_kernel
from dedup.text.boilerplate.headlines import Headlines, TitleWords
from dedup.text.boilerplate.issuer import is_issuer, is_link_to_site
from dedup.text.boilerplate.learning import BoilerplateModel, token_zones
from dedup.text.boilerplate.notices import notice
from dedup.text.boilerplate.page_ends import (
    FULL,
    LABELLED,
    LONGEST_TIME,
    are_dates_of_story,
    end_words,
    is_apart,
    is_caption,
    is_time_line,
    mark_foot,
)
from dedup.text.boilerplate.page_labels import LONGEST_LABEL, is_label_alone, is_labelled_byline, page_head, page_labels
from dedup.text.boilerplate.repeats import mark_repeats
from dedup.text.boilerplate.rules import BODY, FOOT, HEAD, INLINE, TAIL
from dedup.text.boilerplate.segments import is_in
from dedup.text.boilerplate.unbroken import other_stories
from dedup.text.segmentation import (
    dateline,
    ends_sentence,
    is_byline,
    is_certain_dateline,
    is_headline,
    links_end,
    split,
    tail_end,
    title_tokens,
)
from dedup.text.site_names import mark_site_names
from dedup.text.tokens import LINE, Tokens, tokenise

#: The kind of repair of a text that stands twice in its record.
REPEATED = "repeats"
#: A block before at most this many words of the body still is in the foot.
FOOT_WORDS = 30
#: Tokens of a body before a subscription pitch, and of the pitch to the end of the text.
SHORTEST_TEASER, LONGEST_PITCH = 8, 200
#: Words before a dateline that are the head of a page at most; a longer line that ends like a sentence is none of it.
LONGEST_HEAD, LONGEST_HEAD_LINE = 200, 12
#: Words of a body before which a line that only says when is of the head.
LATEST_TIME = 60
#: Words of a sentence between two of a notice.
LONGEST_REST = 12
#: Kinds of phrases at the end of a page.
_ENDINGS = 1 << rules.PITCH | 1 << rules.ISSUER | 1 << rules.READ_ON
#: Bytes of a credit at most; longer blocks are notes to the reader.
LONGEST_CREDIT = 400


@dataclass(frozen=True)
class Bodies:
    """The bodies of n articles, and the blocks in which credits may stand.

    `tokens` are those of the bodies. `spans` (m, 4) int64: blocks of head and foot that were removed: the index of the
    article, the rule, the first byte and the byte after the last in the text. `headlines`: of the same articles.
    `rule_only`: the tokens after rule-based and before learned boilerplate removal, with the headline of a text that
    has no title; they may still hold a credit.
    `repaired`: the kinds of repair of each article that needed some (`dedup.text.repair.repair.KINDS`, and REPEATED).
    """

    tokens: Tokens
    spans: NDArray[np.int64]
    headlines: Headlines
    rule_only: Tokens
    repaired: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def strip_learned(self, domain: NDArray[np.int64], slots: NDArray[np.uint64]) -> Bodies:
        """Remove learned boilerplate too. domain, slots: of `token_zones`. These bodies change and must not be used."""
        tokens = self.tokens
        # `pack` moves all but the first tokens, so these columns are copied.
        rule_only = replace(
            self.rule_only,
            last=tokens.last.copy(), word=tokens.word.copy(), start=tokens.start.copy(), end=tokens.end.copy(),
        )  # fmt: skip
        zone, has_boilerplate = token_zones(tokens, domain, slots)
        pack(tokens, zone, has_boilerplate)
        if has_boilerplate.any():
            zone, _, has_more = zones_behind_learned(tokens, has_boilerplate, self.headlines)
            pack(tokens, zone, has_more)
        return replace(self, rule_only=rule_only)

    def removed_blocks(self) -> Iterator[tuple[int, int, str]]:
        """Yield the removed blocks as (article, rule, text); a closing parenthesis or full stop belongs to the text."""
        data, offsets = self.tokens.texts
        text, bounds = data.data, offsets.tolist()  # a list's and a memory's items take a third of an array's time
        for i, rule, low, high in self.spans.tolist():
            if high - low <= LONGEST_CREDIT:
                base, stop = bounds[i], bounds[i + 1]
                part = text[max(base, base + low - 1) : min(stop, base + high + 1)]
                yield i, rule, str(part, "utf-8", "ignore").strip()


@kernel
def zone_kernel(data, begin, stop_at, first, last, word, start, end, single, titles, phrases, ends, labels):
    """Return zone (t,) uint8 and rule (t,) int16 of every token, and which articles have boilerplate, (n,) bool.

    data uint8, begin, stop_at (n,) int64: the texts, their first bytes and where they end. first, last (n,) int64, word
    (t,) uint32, start, end (t,) int32: their tokens; single (n,) int64: how many are of scripts without spaces.
    titles: `TitleWords`; phrases: `rules.Phrases`; ends, labels: `KindTable`.
    """
    n = len(first)
    zone = np.zeros(len(word), np.uint8)
    rule = np.zeros(len(word), np.int16)
    has_boilerplate = np.zeros(n, np.bool_)
    lines = np.empty(len(word) + 2, np.int64)
    blocks = np.empty(len(word) + 2, np.int64)
    repeats = np.zeros(len(word), np.bool_)
    for i in range(n):
        low = first[i]
        high = last[i]
        if low == high:
            continue
        base = begin[i]
        stop = stop_at[i]
        title_size = title_tokens(word, low, high, titles.word, titles.first[i], titles.last[i])
        if title_size > 0:
            behind = low + title_size
            is_line = word[behind] & LINE != 0
            if titles.must_be_lines:
                if not is_line or ends_sentence(data, base, stop, start, end, behind, high):
                    title_size = 0  # a title may be the first words of the story
            elif not is_line and _is_small_word(data, base, start, end, behind - 1):
                title_size = 0  # so it is where it was cut: `Dense fog grounded 180 flights on`
        zone[low : low + title_size] = HEAD
        rule[low : low + title_size] = rules.RULE_TITLE
        low += title_size
        has_repeats = mark_repeats(word, low, high, 2 * single[i] > high - low, repeats)
        whole = high
        high, notice_place = notice(data, base, stop, start, word, low, high, phrases)
        if high < whole:
            zone[high:whole] = FOOT
            rule[high:whole] = rules.RULE_COUNT if notice_place < 0 else rules.FIRST_PHRASE + notice_place
            has_boilerplate[i] = True
        count = split(data, base, start, word, low, high, lines, blocks)
        body_tokens = 0
        tail = high
        teasers_until = 0  # blocks before this number are headlines of other stories
        has_agency_lines = False
        may_be_head = True  # whether all so far may be lines and captions before the dateline
        has_bare_time = False
        untitled = titles.is_untitled[i]
        for b in range(count):
            if b < teasers_until:
                continue
            block_low = blocks[b]
            block_high = blocks[b + 1]
            if body_tokens == 0:
                beside = block_low > first[i] and rule[block_low - 1] == rules.RULE_LABELS
                line_end = base + start[block_high] if block_high < whole else stop
                size = _labels_size(
                    data, base, stop, word, start, end, block_low, block_high, high, line_end, beside, labels, phrases
                )
                if size > 0:
                    zone[block_low : block_low + size] = HEAD
                    rule[block_low : block_low + size] = rules.RULE_LABELS
                    has_boilerplate[i] = True
                    block_low += size
                    blocks[b] = block_low
                    if block_low == block_high:
                        continue
            length = block_high - block_low
            if body_tokens >= SHORTEST_TEASER and high - block_low <= LONGEST_PITCH:
                place = rules.match(word, block_low, block_low, block_high, phrases, _ENDINGS, length)
                if place >= 0:
                    kind = phrases.kind[place]
                    name = block_low + rules.size_of(phrases, place)
                    if kind == rules.READ_ON and _ends_line(word, block_high, high) and name < block_high:
                        is_line = word[block_low] & LINE and rules.heading(word, block_low, block_high, phrases) < 0
                        if is_line and is_link_to_site(data, base, word, start, name, block_high):
                            zone[block_low:block_high] = INLINE
                            rule[block_low:block_high] = rules.FIRST_PHRASE + place
                            has_boilerplate[i] = True
                            continue
                    elif kind == rules.PITCH or (
                        kind == rules.ISSUER and is_issuer(data, base, word, start, end, low, block_low, name, high)
                    ):
                        tail = block_low
                        rule[tail:high] = rules.FIRST_PHRASE + place
                        break
            # A heading is one of other stories only after a story.
            if body_tokens >= 30:
                place = rules.heading(word, block_low, block_high, phrases)
                if place >= 0:
                    ends_of = (data, base, stop, word, start, end, blocks, b + 1, count)
                    is_link = phrases.kind[place] == rules.READ_ALSO
                    teasers_until = links_end(*ends_of) if is_link else tail_end(*ends_of)
                    if teasers_until > b + 1 or b + 1 == count:
                        block_end = blocks[teasers_until]
                        rule[block_low:block_end] = rules.RULE_AFTER_HEADING
                        rule[block_low:block_high] = rules.FIRST_PHRASE + place
                        if teasers_until == count:
                            tail = block_low
                            break
                        zone[block_low:block_end] = INLINE
                        has_boilerplate[i] = True
                        continue
                if not word[block_low] & LINE:
                    heading = other_stories(data, base, stop, word, start, end, blocks, b, count, phrases)
                    if heading >= 0:
                        tail = heading
                        rule[tail:high] = rules.RULE_AFTER_HEADING
                        body_tokens += _before_tail(word, block_low, tail, phrases, zone, rule)
                        break
                if length > 20:
                    inside = rules.heading_inside(word, block_low, block_high, phrases)
                    if inside >= 0:
                        blocks[b] = inside
                        until = tail_end(data, base, stop, word, start, end, blocks, b, count)
                        blocks[b] = block_low
                        if until == count:
                            tail = inside
                            rule[tail:high] = rules.RULE_AFTER_HEADING
                            body_tokens += _before_tail(word, block_low, tail, phrases, zone, rule)
                            break
                        # The story goes on behind the heading, so that nobody can tell where its headline ends.
                        place = rules.match(word, inside, inside, block_high, phrases, 1 << rules.READ_ALSO, 0)
                        if place >= 0:
                            zone[inside : inside + rules.size_of(phrases, place)] = INLINE
                            rule[inside : inside + rules.size_of(phrases, place)] = rules.FIRST_PHRASE + place
                            has_boilerplate[i] = True
                            body_tokens += length
                            continue
            if body_tokens < LATEST_TIME and length <= LONGEST_TIME:
                kind = is_time_line(data, base, stop, word, start, end, block_low, block_high, whole, ends)
                is_apart_from_head = may_be_head and is_apart(data, base, start, end, block_low)
                if kind == LABELLED or (kind > 0 and body_tokens == 0) or (kind == FULL and is_apart_from_head):
                    zone[block_low:block_high] = HEAD if body_tokens == 0 else INLINE
                    rule[block_low:block_high] = rules.RULE_TIME
                    has_boilerplate[i] = True
                    has_bare_time |= kind != LABELLED
                    continue
            if body_tokens == 0 and is_byline(word, block_low, block_high, phrases.by):
                zone[block_low:block_high] = HEAD
                rule[block_low:block_high] = rules.RULE_BYLINE
                has_boilerplate[i] = True
                continue
            place = rules.rule_of(word, block_low, block_high, phrases, body_tokens < 60)
            if place >= 0:
                kind = phrases.kind[place]
                if kind == rules.READ_ALSO and (word[block_low] & LINE == 0 or not _ends_line(word, block_high, high)):
                    # A sentence of a text without line breaks: the headline has no end, and the story goes on.
                    if ends_sentence(data, base, stop, start, end, block_high, high):
                        block_high = block_low + rules.size_of(phrases, place)
                zone[block_low:block_high] = HEAD if body_tokens == 0 else INLINE
                rule[block_low:block_high] = rules.FIRST_PHRASE + place
                has_boilerplate[i] = True
                has_agency_lines |= kind == rules.AGENCY_LINE and body_tokens > 0
                body_tokens += blocks[b + 1] - block_high
                continue
            if is_caption(data, base, stop, word, start, end, block_low, block_high, whole, ends):
                zone[block_low:block_high] = HEAD if body_tokens == 0 else INLINE
                rule[block_low:block_high] = rules.RULE_CAPTION
                has_boilerplate[i] = True
                continue
            if untitled and body_tokens == 0 and b + 1 < count and high - block_high >= FOOT_WORDS:
                if is_headline(data, base, word, start, end, block_low, block_high):
                    untitled = is_in(word[block_low], phrases.by)  # a byline is no headline, which may follow
                    zone[block_low:block_high] = HEAD
                    rule[block_low:block_high] = rules.RULE_BYLINE if untitled else rules.RULE_HEADLINE
                    has_boilerplate[i] = True
                    continue
            if 0 < body_tokens <= LONGEST_HEAD and may_be_head and word[block_low] & LINE:
                size = dateline(data, base, stop, word, start, end, block_low, block_high, phrases)
                if size > 0 and high - block_low >= max(FOOT_WORDS, body_tokens):
                    if is_certain_dateline(data, base, word, start, block_low, block_low + size):
                        for at in range(low, block_low):
                            if zone[at] == BODY:
                                rule[at] = rules.RULE_BEFORE_DATELINE
                            zone[at] = HEAD
                        body_tokens = 0
                        may_be_head = False
            if body_tokens == 0:
                dateline_size = dateline(data, base, stop, word, start, end, block_low, block_high, phrases)
                zone[block_low : block_low + dateline_size] = HEAD
                rule[block_low : block_low + dateline_size] = rules.RULE_DATELINE
                length -= dateline_size
                has_boilerplate[i] = has_boilerplate[i] or dateline_size > 0
            body_tokens += length
            if may_be_head and length > LONGEST_HEAD_LINE:
                may_be_head = not ends_sentence(data, base, stop, start, end, block_high, high)
        if has_bare_time and are_dates_of_story(data, base, stop, word, start, end, blocks, count, whole, ends):
            for at in range(low, high):
                if rule[at] == rules.RULE_TIME:
                    zone[at] = BODY
                    rule[at] = rules.RULE_NONE
        has_boilerplate[i] |= mark_foot(
            data, base, stop, word, start, end, low, tail, whole, blocks, count, zone, rule,
            (FOOT, rules.RULE_TIME, rules.RULE_CREDIT), phrases, ends,
        )  # fmt: skip
        if tail < high:  # a notice behind other stories' headlines belongs to them
            zone[tail:whole] = TAIL
        if has_repeats:
            has_boilerplate[i] = True
            for at in range(low, high):
                if repeats[at]:
                    zone[at] = TAIL
                    rule[at] = rules.RULE_REPEATED
        has_boilerplate[i] = has_boilerplate[i] or tail < high or low > first[i]
        has_boilerplate[i] |= mark_rest_of_notices(word, blocks, count, tail, zone, rule)
        # Blocks after the last words of the story are its foot, and blocks before a line or two that no rule knows.
        at = tail - 1
        words = FOOT_WORDS
        while at >= low and (zone[at] != BODY or words > 0):
            if zone[at] == INLINE:
                zone[at] = FOOT
            elif zone[at] == BODY:
                words -= 1
            at -= 1
        # A credit stands at head or foot; within a story the name of an agency is a subhead.
        while has_agency_lines and at >= low:
            if zone[at] == INLINE and rules.is_agency_line(phrases, rule[at]):
                zone[at] = BODY
                rule[at] = rules.RULE_NONE
            at -= 1
    return zone, rule, has_boilerplate


@scalar_kernel
def _labels_size(data, base, stop, word, start, end, low, high, last, line_end, beside, labels, phrases):
    """Return how many tokens at the head of the block low..high are labels, with a byline among them perhaps.

    data (bytes,) uint8, base, stop: the text; word (t,) uint32; start, end (t,) int32. last: the token after the story;
    line_end: the byte after the block's line. beside: whether labels stand before the block. labels: `KindTable`;
    phrases: `rules.Phrases`.
    """
    if is_byline(word, low, high, phrases.by):
        return np.int64(0)
    is_unbroken = not _ends_line(word, high, last)
    size = page_head(data, base, stop, word, start, end, low, high, is_unbroken, labels, phrases)
    # A word alone on its line may be the first of a sentence, unless another label stands beside it.
    if size == high - low and size <= LONGEST_LABEL and not beside:
        if not is_label_alone(data, base, stop, word, start, end, low, last, labels):
            size = np.int64(0)
    if size == 0 and word[low] & LINE and not is_unbroken:
        if is_labelled_byline(data, base, word, start, end, low, high, line_end, labels):
            return np.int64(high - low)
    return size


@scalar_kernel
def _before_tail(word, low, high, phrases, zone, rule):
    """Return the words of the story among low..high, before a heading; a share line in one sentence with it is none.

    word (t,) uint32; phrases: `rules.Phrases`; zone (t,) uint8, rule (t,) int16: those of the share line are set.
    """
    place = rules.rule_of(word, low, high, phrases, False) if high > low else -1
    if place < 0:
        return high - low
    zone[low:high] = INLINE
    rule[low:high] = rules.FIRST_PHRASE + place
    return np.int64(0)


@scalar_kernel
def _is_small_word(data, base, start, end, token):
    """Return whether a token has three letters of ASCII at most, and begins with a small one.

    data (bytes,) uint8, base: the text; start, end (t,) int32.
    """
    return end[token] - start[token] <= 3 and 97 <= data[base + start[token]] <= 122


@scalar_kernel
def mark_rest_of_notices(word, blocks, count, tail, zone, rule):
    """Set the zone of short sentences of a notice that no rule knows; return whether there are some.

    At the foot, with no longer sentence of the story behind it, a sentence that stands on one line with boilerplate
    before it and behind it belongs to that: `Sign up for our newsletter. Delivered daily. You can opt out at any time.`
    word (t,) uint32; blocks (count + 1,) int64: first tokens; tail: the token after the story and foot; zone (t,)
    uint8; rule (t,) int16.
    """
    has_some = False
    behind = -1  # the rule of the block of boilerplate behind, if it stands on the same line
    for b in range(count - 1, 0, -1):
        low, high = blocks[b], min(blocks[b + 1], tail)
        if low >= high:
            continue
        if zone[low] != BODY:
            behind = np.int64(rule[low])
        elif high - low > LONGEST_REST:
            break
        else:
            before = blocks[b - 1]
            is_between = behind >= rules.FIRST_PHRASE and zone[before] != BODY and rule[before] >= rules.FIRST_PHRASE
            if not is_between or word[low] & LINE or (high < tail and word[high] & LINE):
                break
            zone[low:high] = FOOT
            rule[low:high] = behind
            has_some = True
    return has_some


@scalar_kernel
def _ends_line(word, token, high):
    """Return whether a block whose next token is `token` ends a line; word (t,) uint32; high: the end of the text."""
    return token == high or word[token] & LINE != 0


def strip(
    texts: pa.Array | Buffers,
    titles: pa.Array | Buffers | None = None,
    domains: pa.Array | None = None,
    model: BoilerplateModel | None = None,
) -> Bodies:
    """Remove the boilerplate of texts by rules, and by a model if there is one and the domains are known.

    texts, titles, domains: n strings each.
    """
    tokens = tokenise(texts)
    headlines = Headlines.of(titles, domains, len(tokens))
    zone, rule, has_boilerplate = zones(tokens, headlines)
    headlines = headlines.without(tokens.first, rule)
    credit = rules.compiled()[2]
    spans = span_kernel(
        tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, zone, rule, has_boilerplate, credit
    )
    repaired = kinds_of_repair(tokens, rule)
    headline = headline_kernel(tokens.first, tokens.last, zone, rule)
    zone[rule == rules.RULE_HEADLINE] = BODY
    pack(tokens, zone, has_boilerplate)
    bodies = Bodies(_behind(tokens, headline), spans, headlines, tokens, repaired)
    return bodies.strip_learned(model.numbers(domains), model.slots) if model and domains is not None else bodies


def _behind(tokens: Tokens, size: NDArray[np.int64]) -> Tokens:
    """Return tokens without the first of each text, so many as `size` (n,)."""
    if not size.any():
        return tokens
    first = tokens.first + size
    single = single_kernel(tokens.first, first, np.arange(len(tokens.word)), tokens.folded, tokens.folded_start)
    return replace(tokens, first=first, single=tokens.single - single)


def kinds_of_repair(tokens: Tokens, rule: NDArray[np.int16]) -> dict[int, tuple[str, ...]]:
    """Name what was repaired, by article; rule (t,) int16: of all tokens, before boilerplate is removed."""
    kinds = {i: repair.kinds for i, repair in tokens.repairs.items()}
    is_repeated, at = rule == rules.RULE_REPEATED, 0
    while at < len(is_repeated) and is_repeated[at := at + int(is_repeated[at:].argmax())]:
        # Of a long text that is repeated, the numbers of its tokens would take more memory than the tokens.
        i = int(np.searchsorted(tokens.first, at, "right")) - 1
        kinds[i] = (*kinds.get(i, ()), REPEATED)
        at = int(tokens.last[i])
    return kinds


def pack(tokens: Tokens, zone: NDArray[np.uint8], has_boilerplate: NDArray[np.bool_]) -> None:
    """Reduce tokens to those of zone BODY, in place."""
    body_kernel(
        tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, tokens.folded, tokens.folded_start, zone,
        has_boilerplate, tokens.single,
    )  # fmt: skip


def zones(tokens: Tokens, headlines: Headlines) -> tuple[NDArray[np.uint8], NDArray[np.int16], NDArray[np.bool_]]:
    """Return zone (t,) uint8 and rule (t,) int16 of every token, and which articles have boilerplate, (n,) bool."""
    return _zones(tokens, headlines, tokens.texts.offsets[1:], is_behind_learned=False)


def zones_behind_learned(
    tokens: Tokens, has_boilerplate: NDArray[np.bool_], headlines: Headlines
) -> tuple[NDArray[np.uint8], NDArray[np.int16], NDArray[np.bool_]]:
    """Return what `zones` does of bodies from which learned boilerplate was removed, and of the others nothing.

    A byline or a dateline is one only at the head of a body, and a credit at its foot. Where a menu stood before the
    byline that only the other pages of its site show to be one, the rules can see it now.
    """
    tokens = replace(tokens, last=np.where(has_boilerplate, tokens.last, tokens.first))
    data, offsets = tokens.texts
    stop = stop_kernel(data, offsets, tokens.first, tokens.last, tokens.end)
    return _zones(tokens, headlines, stop, is_behind_learned=True)


def _zones(
    tokens: Tokens, headlines: Headlines, stop: NDArray[np.int64], *, is_behind_learned: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int16], NDArray[np.bool_]]:
    """Return `zones` of texts that end at the bytes `stop` (n,)."""
    data, offsets = tokens.texts
    words, last, is_untitled, domains = headlines
    titles = TitleWords(words.first, last, words.word, is_untitled, is_behind_learned)
    zone, rule, has_boilerplate = zone_kernel(
        data, offsets[:-1], stop, tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, tokens.single,
        titles, rules.compiled()[0], end_words(), page_labels(),
    )  # fmt: skip
    for i, low, high in mark_site_names(tokens, domains) if domains is not None else ():
        zone[low:high], rule[low:high], has_boilerplate[i] = TAIL, rules.RULE_SITE, True
    return zone, rule, has_boilerplate
