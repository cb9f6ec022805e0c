"""Score the pairs and clusters of a tool against the truth. Pure functions over ids."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.corpus.truth import Truth

Pair = tuple[str, str]

# Kinds that a tool need not find: they have a recall of their own and count in no other figure.
APART = frozenset({"spun"})


def ordered(a: str, b: str) -> Pair:
    """The pair with the smaller id first."""
    return (a, b) if a < b else (b, a)


@dataclass(frozen=True)
class ToolResult:
    """The result of a tool: pairs with their relation, and clusters of two or more ids."""

    pairs: Mapping[Pair, str]
    clusters: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Score:
    """The measures of one tool; ratios are None where nothing was reported or expected.

    `recall`: by kind, and `overall` over all expected pairs alike but those of kinds in `APART`. `pair_precision`: of
    the reported pairs, those of one story. `cluster_precision` and `cluster_recall`: of all couples that share a
    reported cluster those that share a true one, and the other way round. `largest` and `largest_true`: sizes of the
    largest clusters. `rand`: the adjusted Rand index over the articles that should cluster, `rand_all` over all
    articles, each outside of all clusters a cluster of its own. `wrong`: the reported pairs without a common story,
    by the two kinds. `relations`: of the expected pairs, kind -> relation -> how many.
    """

    recall: dict[str, float]
    expected: dict[str, int]
    overall: float
    pair_precision: float | None
    cluster_precision: float | None
    cluster_recall: float | None
    largest: int
    largest_true: int
    rand: float
    rand_all: float
    reported: int
    wrong: dict[str, int]
    relations: dict[str, dict[str, int]]


def components(pairs: Iterable[Pair]) -> list[list[str]]:
    """The connected components of pairs, as clusters of a tool that makes none."""
    # Imported late: the driver of the benchmarks stays small while it measures others (`benchmarks.measure`).
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = list(pairs)
    names = sorted({name for edge in edges for name in edge})
    number = {name: i for i, name in enumerate(names)}
    rows = np.array([number[a] for a, _ in edges], dtype=np.int64)
    columns = np.array([number[b] for _, b in edges], dtype=np.int64)
    graph = coo_array((np.ones(len(edges), dtype=np.int8), (rows, columns)), shape=(len(names), len(names)))
    groups: dict[int, list[str]] = defaultdict(list)
    for name, label in zip(names, connected_components(graph, directed=False)[1].tolist(), strict=True):
        groups[label].append(name)
    return list(groups.values())


def adjusted_rand(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """The adjusted Rand index (Hubert and Arabie 1985) of two labelings of the same items."""

    def couples(counts: Iterable[int]) -> float:
        return sum(count * (count - 1) / 2 for count in counts)

    both = couples(Counter(zip(first, second, strict=True)).values())
    in_first, in_second = couples(Counter(first).values()), couples(Counter(second).values())
    everything = couples([len(first)])
    by_chance = in_first * in_second / everything if everything else 0.0
    most = (in_first + in_second) / 2
    return 1.0 if most == by_chance else (both - by_chance) / (most - by_chance)


def score(truth: Mapping[str, Truth], result: ToolResult) -> Score:
    """Score the result of a tool."""
    label = {name: number for number, members in enumerate(result.clusters) for name in members}
    recall, totals, relations = _recall(truth, result, label)
    total = sum(count for kind, count in totals.items() if kind not in APART)
    hits = sum(count for kind, count in recall.items() if kind not in APART)
    matches = [pair for pair, relation in result.pairs.items() if relation != "template"]
    wrong = Counter(_kinds(truth, pair) for pair in matches if not _may_match(truth, pair, result.pairs[pair]))
    articles = [article for article in truth.values() if article.kind not in APART]
    clustered = [article for article in articles if article.cluster is not None]
    couples, right, true = _couples(articles, label)
    return Score(
        recall={kind: recall[kind] / totals[kind] for kind in totals},
        expected=dict(totals),
        overall=hits / total if total else 0.0,
        pair_precision=1 - wrong.total() / len(matches) if matches else None,
        cluster_precision=right / couples if couples else None,
        cluster_recall=right / true if true else None,
        largest=max(map(len, result.clusters), default=0),
        largest_true=max(Counter(a.cluster for a in truth.values() if a.cluster is not None).values(), default=0),
        rand=_rand(clustered, label),
        rand_all=_rand(articles, label),
        reported=len(matches),
        wrong=dict(wrong),
        relations={kind: dict(counts) for kind, counts in relations.items()},
    )


def _rand(articles: Sequence[Truth], label: Mapping[str, int]) -> float:
    """The adjusted Rand index over the articles; an article outside of all clusters is a cluster of its own."""
    return adjusted_rand([a.cluster or a.id for a in articles], [label.get(a.id, a.id) for a in articles])


def _recall(
    truth: Mapping[str, Truth], result: ToolResult, label: Mapping[str, int]
) -> tuple[Counter[str], Counter[str], dict[str, Counter[str]]]:
    """Found and expected pairs by kind, and the relations given. A pair in one cluster counts as found,
    because not all pairs of large clusters are written."""
    hits: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    relations: dict[str, Counter[str]] = defaultdict(Counter)
    for article in truth.values():
        for other in article.pairs:
            relation = result.pairs.get(ordered(article.id, other), "")
            together = article.id in label and label[article.id] == label.get(other)
            hits[article.kind] += relation not in ("", "template") or together
            totals[article.kind] += 1
            relations[article.kind][relation or ("in one cluster" if together else "none")] += 1
    return hits, totals, relations


def _may_match(truth: Mapping[str, Truth], pair: Pair, relation: str) -> bool:
    """Whether two articles have text of one story, or overlap in a passage that several stories print."""
    first, second = truth[pair[0]], truth[pair[1]]
    if not set(first.stories).isdisjoint(second.stories):
        return True
    return relation == "overlap" and not set(first.passages).isdisjoint(second.passages)


def _kinds(truth: Mapping[str, Truth], pair: Pair) -> str:
    """The kinds of two articles, without the way of copying, which follows a comma."""
    return " and ".join(sorted(truth[name].kind.partition(",")[0] for name in pair))


def _couples(articles: Sequence[Truth], label: Mapping[str, int]) -> tuple[int, int, int]:
    """The numbers of article pairs that share a reported cluster, a reported and a true one, and a true one.

    Round-ups and merged articles have no true cluster, so putting one into a cluster counts against it."""

    def count(groups: Iterable[Hashable]) -> int:
        return sum(size * (size - 1) // 2 for size in Counter(groups).values())

    by_tool = count(label[a.id] for a in articles if a.id in label)
    both = count((label[a.id], a.cluster) for a in articles if a.id in label and a.cluster is not None)
    return by_tool, both, count(a.cluster for a in articles if a.cluster is not None)
