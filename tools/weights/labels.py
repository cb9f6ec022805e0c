"""Join labelled origins with the clusters of a scan: the stories that weights are fitted and scored on."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dedup
from dedup.attribution.features import Feature, MemberEvidence, collect_features
from dedup.evidence.names import label, same
from dedup.evidence.registry import Registry, registry
from dedup.inputs.dates import parse_timestamp
from dedup.model import Cluster
from tools.weights.pages import pages

SETS = ("giveme5w1h", "odu_newssim", "fnc1", "allsides_abp")
# Families of evidence that name the source, which a masked text lacks.
NAMING = {"credit", "licence", "issuer", "metadata", "mixed", "relay"}


@dataclass(frozen=True)
class Story:
    """One labelled cluster as the scan found it."""

    set: str
    truth: str
    domain: str
    confidence: str
    members: tuple[str, ...]
    acceptable: frozenset[str]
    cluster: Cluster
    domains: tuple[str, ...]
    pieces: tuple[Feature, ...]

    def is_right(self, name: str | None, agencies: Registry) -> bool:
        """Whether a candidate is the labelled origin."""
        if name is None:
            return False
        agency = agencies.by_name.get(name)
        domains = agency.domains if agency is not None else (name,) if "." in name else ()
        if any(self.domain == domain or self.domain.endswith("." + domain) for domain in domains):
            return True
        names = {name, *(agency.names if agency is not None else ())}
        return any(same(candidate, truth) for candidate in names for truth in self._truths())

    def _truths(self) -> Iterator[str]:
        """The names in a label: `syndicated column (Creators)` also names Creators."""
        plain, _, inside = self.truth.partition(" (")
        yield plain
        yield inside.rstrip(")") or plain
        yield label(self.domain)


@dataclass
class LabelledSet:
    """The stories of one set, and the labels for which no cluster was found."""

    name: str
    stories: list[Story] = field(default_factory=list)
    missing: int = 0
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)


def load(data: Path, names: Sequence[str] = SETS, with_pages: bool = True) -> list[LabelledSet]:
    """Scan the sets and join their labels. with_pages: records get the metadata of their raw pages."""
    return [_load(data, name, with_pages) for name in names]


def _load(data: Path, name: str, with_pages: bool) -> LabelledSet:
    with gzip.open(data / name / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    if with_pages:
        metadata = pages(data, name)
        records = [r | ({"meta": metadata[r["id"]]} if r["id"] in metadata else {}) for r in records]
    rows = [json.loads(line) for line in (data / name / "origins.jsonl").read_text(encoding="utf-8").splitlines()]
    out = LabelledSet(name, texts={record["id"]: record for record in records})
    agencies = registry()
    with dedup.scan(records) as result:
        rank = {article: i for i, article in enumerate(result.origins.names.values)}
        cluster_of = {member.id: cluster for cluster in result.clusters for member in cluster.members}
        for row in rows:
            clusters = [cluster_of[member] for member in row["members"] if member in cluster_of]
            if not clusters:
                out.missing += 1
                continue
            cluster = max(clusters, key=lambda c: (sum(m.id in row["members"] for m in c.members), c.name))
            witnesses = [
                MemberEvidence(
                    m.id, m.domain, parse_timestamp(m.published), 0, result.corpus.observations.get(rank[m.id], ())
                )
                for m in cluster.members
            ]
            pieces = tuple(piece for piece in collect_features(witnesses, agencies)[0] if piece.name is not None)
            domains = tuple(sorted({m.domain for m in cluster.members if m.domain}))
            out.stories.append(
                Story(
                    name, row["origin"], row["origin_domain"] or "", row["confidence"], tuple(row["members"]),
                    frozenset(row["canonical_ids"]), cluster, domains, pieces,
                )
            )  # fmt: skip
    return out
