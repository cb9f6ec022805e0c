"""Learn from the credits of a corpus which sites mostly carry others' texts, and which take texts of which others.

Where a text names nobody, the site that has it is its writer only if it writes (`attribution.features`). Where two
sites have the text, and one credits the other under other texts, the other is probably the writer of this one too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.evidence.names import label, plain, same
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Habits, Registry

#: Signals that name the writer of a text, or the site that it was taken from.
NAMES_WRITER = frozenset(
    {
        "dateline", "byline", "authors", "credit", "source_line", "source_other", "copyright", "copyright_outlet",
        "licence", "issuer", "end_mark", "sign_off", "canonical", "original_source", "provider", "credit_field",
        "rss_source", "jsonld_author", "jsonld_source", "via", "not_own", "aggregator_notice",
    }
)  # fmt: skip
#: A carrier names another writer in two articles at least, and in more than this share of all, smoothed by half an
#: article that does and half a one that does not.
LEAST, SHARE = 2, 0.6


#: A site takes texts of another that it credits in so many articles at least, and in this share of all of its own.
LEAST_TAKEN, SHARE_TAKEN = 2, 0.01


def learn_habits(
    observations: Mapping[int, Sequence[Observation]],
    domain: NDArray[np.int64],
    names: Sequence[str],
    sites: Registry,
) -> Habits:
    """Return the domains that mostly carry others' texts, and the hosts whose texts other hosts of the corpus take.

    observations: by article; domain (n,) int64: the number of each article's domain in `names`, -1 for none.
    """
    size = np.bincount(domain[domain >= 0], minlength=len(names))
    named = np.zeros(len(names), np.int64)
    host = [sites.host_name(name) for name in names]
    # An agency's own site is evidence enough, and its portals carry others' texts too.
    papers = [(name, of) for name, of in zip(names, host, strict=True) if not _is_agency(of, sites)]
    of_name = {plain(label(name)): of for name, of in papers} | {of: of for _, of in papers}
    credits: Counter[tuple[str, str]] = Counter()
    for article, statement in observations.items():
        number = int(domain[article])
        others = [one for one in statement if _is_others(one, names[number], sites)] if number >= 0 else []
        if not others:
            continue
        named[number] += 1
        writers = {of_name.get(name) or of_name.get(plain(name)) for name in (one.name for one in others) if name}
        credits.update((host[number], writer) for writer in writers if writer is not None and writer != host[number])
    carriers = np.flatnonzero((named >= LEAST) & (named + 0.5 > SHARE * (size + 1)))
    articles: Counter[str] = Counter()
    for of, count in zip(host, size.tolist(), strict=True):
        articles[of] += count
    often = {
        pair: count
        for pair, count in credits.items()
        if count >= LEAST_TAKEN and count >= SHARE_TAKEN * articles[pair[0]]
    }
    # Sites that take texts of each other tell nothing of one text.
    sources = sorted((*pair, count) for pair, count in often.items() if pair[::-1] not in often)
    return Habits(tuple(sorted(names[number] for number in carriers.tolist())), tuple(sources))


def _is_agency(name: str, sites: Registry) -> bool:
    agency = sites.by_name.get(name)
    return agency is not None and agency.kind == "agency"


def _is_others(one: Observation, domain: str, sites: Registry) -> bool:
    """Return whether an observation names another writer than the operator of a domain."""
    if one.signal not in NAMES_WRITER:
        return False
    if one.name is None:
        return True
    return one.name != sites.host_name(domain) and not same(plain(one.name), plain(label(domain)))
