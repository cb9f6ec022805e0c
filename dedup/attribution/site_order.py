"""Learn from the times of shared texts which site takes texts of which other one.

Two sites that get the texts of one agency, or of one office, share many texts that name it, and now the one, now the
other is first. A site that copies another is later in nearly all of their common texts, and few of these name a third.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.attribution.first_seen import PLAUSIBLE, interval
from dedup.evidence.carriers import names_others, one_way
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry
from dedup.inputs.dates import parse_timestamp
from dedup.text.boilerplate.learning import domain_numbers

#: Seconds; a shorter lead says little, since feeds and clocks differ.
LEAD = 1800.0
#: A site is later in so many common texts at least, in this share (smoothed by half a text) of those that tell the
#: order, and at most this share of all common texts names a writer. Fewer common texts do not tell: of two sites with
#: one agency, the quicker was first in 3 of 3 in one sample of a corpus, and in 38 of 48 in another.
LEAST, LATER, NAMED = 8, 0.85, 0.25
#: Hosts of a cluster that are looked at; more hosts have a text of an agency.
HOSTS = 6

Ints = NDArray[np.int64]


def learn_order(
    clusters: Sequence[Sequence[int]],
    table: pa.Table,
    observations: dict[int, list[Observation]],
    sites: Registry,
) -> tuple[tuple[str, str, int], ...]:
    """Return (host, host whose texts it takes, texts that show it), sorted.

    clusters: of articles; table: their domain and time of publication; observations: by article.
    """
    article = np.array([one for cluster in clusters for one in cluster], np.int64)
    cluster = np.repeat(np.arange(len(clusters)), [len(one) for one in clusters])
    domain, names = domain_numbers(table.column("domain").take(pa.array(article)))
    hosts = sorted({sites.host_name(name) for name in names})
    number = {name: i for i, name in enumerate(hosts)}
    host = np.array([*(number[sites.host_name(name)] for name in names), -1], np.int64)[domain]
    among = _of_some_hosts(cluster, host)
    article, cluster, host, domain = article[among], cluster[among], host[among], domain[among]
    named = np.zeros(len(clusters), np.bool_)
    for row, of in enumerate(article.tolist()):
        if of in observations and names_others(observations[of], names[domain[row]], sites):
            named[cluster[row]] = True
    open_rows = np.flatnonzero(~named[cluster])
    starts, ends = np.full(len(article), np.inf), np.full(len(article), np.inf)
    times = map(parse_timestamp, table.column("published").take(pa.array(article[open_rows])).to_pylist())
    for row, when in zip(open_rows.tolist(), times, strict=True):
        if when is not None:
            starts[row], ends[row] = interval(when.seconds, when.exact, when.has_zone)
    order = np.lexsort((ends, starts, host, cluster))
    group = order[np.unique((cluster * len(hosts) + host)[order], return_index=True)[1]]
    pairs = _pairs(cluster[group], host[group], starts[group], ends[group])
    return _directions(pairs, named, hosts)


def _of_some_hosts(cluster: Ints, host: Ints) -> Ints:
    """Return the rows with a host, of clusters of two to `HOSTS` hosts; all (m,) int64, host -1 for none."""
    known = np.flatnonzero(host >= 0)
    pairs = np.unique(np.stack([cluster[known], host[known]], 1), axis=0)
    count = np.bincount(pairs[:, 0], minlength=int(cluster.max(initial=0)) + 1)
    return known[(count[cluster[known]] >= 2) & (count[cluster[known]] <= HOSTS)]


class _Pairs(NamedTuple):
    """Two hosts of one cluster each, columns (m,); every two stand twice, once in each direction.

    later, first: hosts; cluster: their cluster; is_sure: whether the times tell that `first` was first.
    """

    later: Ints
    first: Ints
    cluster: Ints
    is_sure: NDArray[np.bool_]


def _pairs(cluster: Ints, host: Ints, start: NDArray[np.float64], end: NDArray[np.float64]) -> _Pairs:
    """Return the pairs of hosts of each cluster.

    One row a cluster and host, in order: the interval of its first copy, infinite where no time counts.
    """
    out = []
    for step in range(1, HOSTS):
        one = np.flatnonzero(cluster[step:] == cluster[:-step]) if len(cluster) > step else np.zeros(0, np.int64)
        other = one + step
        for first, later in ((one, other), (other, one)):
            with np.errstate(invalid="ignore"):
                lead = start[later] - end[first]
            is_sure = (lead >= LEAD) & (lead <= PLAUSIBLE)
            out.append(_Pairs(host[later], host[first], cluster[one], is_sure))
    return _Pairs(*map(np.concatenate, zip(*out, strict=True)))


def _directions(pairs: _Pairs, named: NDArray[np.bool_], hosts: Sequence[str]) -> tuple[tuple[str, str, int], ...]:
    """Return the sources that common texts show. named: by cluster, whether a copy names its writer."""
    size = max(1, len(hosts))
    keys, place = np.unique(pairs.later * size + pairs.first, return_inverse=True)
    common, sure, with_name = (
        np.bincount(place, weights).astype(np.int64) for weights in (None, pairs.is_sure, named[pairs.cluster])
    )
    other = sure[np.searchsorted(keys, keys % size * size + keys // size)]
    is_later = (sure >= LEAST) & (sure + 0.5 >= LATER * (sure + other + 1))
    rows = np.flatnonzero(is_later & (with_name <= NAMED * common))
    return one_way({(hosts[keys[i] // size], hosts[keys[i] % size]): int(sure[i]) for i in rows.tolist()})
