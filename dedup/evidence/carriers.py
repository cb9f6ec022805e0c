"""Learn which sites mostly carry others' texts: most of their articles name another writer.

Where a text names nobody, the site that has it is its writer only if it writes (`attribution.features`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.evidence.names import label, plain, same
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry

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


def learn_carriers(
    observations: Mapping[int, Sequence[Observation]],
    domain: NDArray[np.int64],
    names: Sequence[str],
    sites: Registry,
) -> frozenset[str]:
    """Return the domains that mostly carry others' texts.

    observations: by article; domain (n,) int64: the number of each article's domain in `names`, -1 for none.
    """
    size = np.bincount(domain[domain >= 0], minlength=len(names))
    named = np.zeros(len(names), np.int64)
    for article, statement in observations.items():
        number = int(domain[article])
        if number >= 0 and any(_is_others(one, names[number], sites) for one in statement):
            named[number] += 1
    carriers = np.flatnonzero((named >= LEAST) & (named + 0.5 > SHARE * (size + 1)))
    return frozenset(names[number] for number in carriers.tolist())


def _is_others(one: Observation, domain: str, sites: Registry) -> bool:
    """Return whether an observation names another writer than the operator of a domain."""
    if one.signal not in NAMES_WRITER:
        return False
    if one.name is None:
        return True
    return one.name != sites.host_name(domain) and not same(plain(one.name), plain(label(domain)))
