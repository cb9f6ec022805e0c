"""Origins of articles that are in no cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.attribution.features import MemberEvidence
from dedup.attribution.score import decide
from dedup.model import Origin
from dedup.results.assemble import ClusterInput, member_evidence

Ints = NDArray[np.int64]


class UnclusteredOrigins(NamedTuple):
    """Origins of articles in no cluster.

    own: by rank, of articles that say something of their source or stand on an agency's site. by_host: the origins of
    all others, one for each sort of host; host (n,) int64: the index into `by_host` of each article.
    """

    own: dict[int, Origin]
    by_host: list[Origin]
    host: Ints


def unclustered_origins(
    inputs: ClusterInput, unclustered: NDArray[np.bool_], domain: Ints, names: Sequence[str]
) -> UnclusteredOrigins:
    """The origins of articles in no cluster.

    unclustered (n,): which articles; domain (n,): the index of their domain in `names`, -1 for none.
    """
    hosts = [inputs.registry.host(name) for name in names]
    # One domain of each sort is decided for all: -1 is the last, for articles without a domain.
    sorts = {(host.kind, host.republishes): name for name, host in zip(names, hosts, strict=True)}
    number = {key: i for i, key in enumerate(sorts)}
    unknown = [decide([MemberEvidence("", name, None, 0)], inputs.registry) for name in (*sorts.values(), None)]
    sort = np.array([*(number[host.kind, host.republishes] for host in hosts), len(sorts)], np.int64)
    telling = np.array([origin.name is not None for origin in unknown])[sort[domain]]  # an agency's own site
    telling[list(inputs.observations)] = True
    ranks = np.flatnonzero(telling & unclustered)
    by_rank = {
        rank: decide([member], inputs.registry)
        for rank, member in zip(ranks.tolist(), member_evidence(inputs, ranks, repeat(None)), strict=True)
    }
    return UnclusteredOrigins(by_rank, [replace(origin, evidence=(), rivals=()) for origin in unknown], sort[domain])
