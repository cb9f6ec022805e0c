"""A scan's result made by hand: what the command line is tested with where the engine's own decisions do not matter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dedup.model import Cluster, Evidence, Member, Origin, Pair, Reject, Relation, SetAside

ROLES = {"identical": "copy", "near_copy": "copy", "version": "version", "excerpt": "excerpt", "rewrite": "rewrite"}


def member(
    id: str,
    domain: str | None = None,
    relation: str = "near_copy",
    lag: int | None = None,
    *,
    title: str | None = None,
    published: str | None = None,
    canonical: bool = False,
    direction: str | None = None,
    resemblance: float = 0.87,
    containment: float = 0.95,
) -> Member:
    if canonical:
        relation, resemblance, containment = "identical", 1.0, 1.0
    url = f"https://{domain}/news/{id}" if domain else None
    role = "canonical" if canonical else ROLES[relation]
    return Member(id, url, domain, title, published, role, Relation(relation), direction, resemblance, containment, lag)


def clusters() -> list[Cluster]:
    ap = Origin(
        "Associated Press",
        "agency",
        "apnews.com",
        False,
        0.97,
        (
            Evidence("yh-10023", "dateline", "SEOUL, South Korea (AP) —", "Associated Press", 4.0),
            Evidence(
                "msn-77", "credit", "Copyright 2024 The Associated Press. All rights reserved.", "Associated Press", 3.2
            ),
            Evidence("kh-8841", "home_domain", "", "Korea Herald", -1.1),
        ),
    )
    title = "South Korea's parliament votes to impeach president over short-lived martial law decree"
    first = "2024-12-14T08:02:00+00:00"
    seoul = [
        member(
            "kh-8841", "koreaherald.com", lag=2400, title=title, canonical=True, published="2024-12-14T08:42:00+00:00"
        ),
        member("yh-10023", "news.yahoo.com", "near_copy", 0, title=title, published=first),
        member("yh-10029", "news.yahoo.com", "identical", 3600, title=title, resemblance=1.0, containment=1.0),
        member("msn-77", "msn.com", "near_copy", 5400, title="Impeached: South Korean lawmakers vote out Yoon"),
        member(
            "fox-3",
            "foxnews.com",
            "version",
            86400 * 2 + 3600 * 4,
            title="UPDATE: " + title,
            resemblance=0.41,
            containment=0.66,
        ),
        member(
            "dig-1",
            "dailydigest.example",
            "excerpt",
            90000,
            title="The day in brief",
            direction="canonical_in_member",
            resemblance=0.12,
        ),
        member("blog-9", None, "rewrite", None, title="Seoul MPs remove leader", resemblance=0.07, containment=0.12),
    ]
    bakery = [
        member(
            "gaz-5",
            "oakfieldgazette.example",
            lag=0,
            title="Fire closes bakery on Mill Lane",
            canonical=True,
            published="2024-12-13",
        ),
        member(
            "agg-1",
            "msn.com",
            "near_copy",
            4 * 60,
            title="Fire closes bakery on Mill Lane | MSN",
            published="2024-12-13T06:00:00",
        ),
    ]
    unknown = [
        member("x1", "rates.example", canonical=True, title="Central bank holds rates"),
        member("x2", "money.example", "identical", title="Rates held", resemblance=1.0, containment=1.0),
    ]
    gazette = Evidence("gaz-5", "home_domain", "By our reporter in Oakfield", "Oakfield Gazette", 2.0)
    return [
        Cluster("c000001", tuple(seoul), ap, 0.81),
        Cluster(
            "c000002",
            tuple(bakery),
            Origin("Oakfield Gazette", "outlet", "oakfieldgazette.example", True, 0.88, (gazette,)),
            0.93,
        ),
        Cluster("c000003", tuple(unknown), Origin(None, "unknown", None, False, 0.72), 0.5),
    ]


def hostile() -> list[Cluster]:
    """Articles that try to take over the terminal, are very long, or are written from right to left."""
    evil = "\x1b]0;owned\x07\x1b[2J[bold red]spam[/] \u202egnp.exe\nsecond line\t\u200bend"
    members = [
        member(
            "id-" + "x" * 300, "\x1b[31mevil.example", canonical=True, lag=0, title=evil, published="\x1b[1A yesterday"
        ),
        member("عربي", "أخبار.example", "identical", 60, title="الرئيس يلقي خطابا أمام البرلمان في العاصمة"),
        member("中", "新闻.example", "near_copy", 7200, title="国家主席在北京发表讲话强调经济发展的重要性" * 4),
    ]
    origin = Origin("[link=file:///etc/passwd]x[/]\u2066" + "y" * 80, "agency", None, False, 0.5)
    quote = Evidence("中", "dateline", "\x1b[8mhidden\r\n" + "q" * 300, origin.name, 1.0)
    bare = [member("b1", canonical=True), member("b2")]
    return [
        Cluster("c000001", tuple(members), Origin(origin.name, "agency", None, False, 0.5, (quote,)), 0.4),
        Cluster("c000002", tuple(bare), Origin(None, "unknown", None, False, 1.0), 0.5),
    ]


class Clusters(list[Cluster]):
    """A list that answers what `dedup.tables.ClusterTable` does."""

    def copies(self) -> Iterator[tuple[str | None, str | None, int | None]]:
        return ((m.domain, cluster.origin.name, m.lag_seconds) for cluster in self for m in cluster.members[1:])


class FakeResult:
    """Stands in for `dedup.ScanResult`."""

    def __init__(self, found: Sequence[Cluster] | None = None, articles: int = 62, rejected: int = 3) -> None:
        self.clusters = Clusters(clusters() if found is None else found)
        self.pairs = [
            Pair("kh-8841", "yh-10023", Relation.NEAR_COPY, None, None, 0.87, 0.95, 0.9, 412, 0.98),
            Pair("gaz-7", "kh-8841", Relation.OVERLAP, None, None, 0.05, 0.2, 0.07, 48, 0.03),
        ]
        self.origins: list[dict[str, Any]] = []
        self.set_aside: list[SetAside] = []
        self.rejects = [
            Reject("news.jsonl", 7, "empty_text"),
            Reject("news.jsonl", 9, "empty_text"),
            Reject("news.jsonl", 12, "bad_json", "x"),
        ]
        clustered = sum(c.size for c in self.clusters)
        self.summary: dict[str, Any] = {
            "version": "0.1.0",
            "inputs": ["news.jsonl"],
            "counts": {
                "records": articles + rejected,
                "articles": articles,
                "rejected": rejected,
                "rejected_by_reason": {"bad_json": 1, "empty_text": rejected - 1} if rejected else {},
                "too_short": 1,
                "identical_articles": 2,
                "candidates": 80,
                "candidates_per_article": 1.3,
                "compared": 80,
                "pairs": 27,
                "pairs_by_relation": {"near_copy": 20, "identical": 7},
                "pairs_implied": 0,
                "clusters": len(self.clusters),
                "clustered_articles": clustered,
                "largest_cluster": max((c.size for c in self.clusters), default=0),
                "renamed_ids": 2,
            },
            "caps": {"band_buckets": 0, "passage_buckets": 0},
            "settings": {},
            "timings": {"read": {"wall": 0.1, "cpu": 0.1}},
            "versions": {},
        }
        self.closed = False

    def write(self, directory: Path, keep: str | None = None, **options: Any) -> None:
        self.written = options
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "clusters.jsonl").write_text("".join(json.dumps(c.to_dict()) + "\n" for c in self.clusters))
        (directory / "pairs.jsonl").write_text("".join(json.dumps(p.to_dict()) + "\n" for p in self.pairs))
        (directory / "rejects.jsonl").write_text("".join(json.dumps(r.to_dict()) + "\n" for r in self.rejects))
        (directory / "origins.jsonl").write_text("")
        (directory / "summary.json").write_text(json.dumps(self.summary))
        if keep:
            (directory / "deduplicated.jsonl").write_text("")

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
