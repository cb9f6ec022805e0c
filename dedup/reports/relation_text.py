"""Relations in words: the sentence about a compared pair, and the counts of a cluster's relations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dedup.model import Match, Member
from dedup.reports.layout import percent, plural

#: Two texts without a relation.
NO_RELATION = "A and B have no relation: neither carries the text of the other."
#: Share of the aligned words that must go forward in both texts for the sentence to say "in order".
_IN_ORDER = 0.97


def sentence(match: Match) -> str:
    """Say the relation of two texts A and B, and how much of the shorter one stands in the other."""
    words = match.relation.words
    small, large = ("A", "B") if _is_a_shorter(match) else ("B", "A")
    with_share = words.measured and match.common_a and match.common_b
    rest = _share(match, small, large) if with_share else words.meaning
    text = f"{words.claim}: {rest}.".format(small=small, large=large)
    return f"{text} {match.newer.upper()} is the newer one." if match.newer else text


def _is_a_shorter(match: Match) -> bool:
    """Whether A is the text that is looked for in the other: the excerpt, else the shorter one."""
    return match.direction == "a_in_b" if match.direction else match.words_a < match.words_b


def _share(match: Match, small: str, large: str) -> str:
    """Say the share in common: `93 % of B's text stands in A, in order; 41 words are its own`."""
    common, words = (match.common_a, match.words_a) if small == "A" else (match.common_b, match.words_b)
    order = ", in order" if match.ordered >= _IN_ORDER * match.common_b else ", not all in one order"
    rest = plural(words - common, "word is", "words are") if words > common else "no word is"
    return f"{percent(common / words)} of {small}'s text stands in {large}{order}; {rest} its own"


def relation_counts(members: Sequence[Member]) -> list[tuple[str, str]]:
    """Count the relations of the members after the first one, the most frequent first, as texts with styles."""
    pieces: list[tuple[str, str]] = []
    for relation, n in Counter(m.relation for m in members[1:]).most_common():
        name = relation.words.singular if n == 1 else relation.words.plural
        pieces += [(" · ", "")] if pieces else []
        pieces.append((f"{n:,} {name}", relation.look.terminal))
    return pieces
