"""What was found against what is true. Pure functions over ids; nothing here knows a tool or a file."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.corpus.truth import Truth

Pair = tuple[str, str]


def ordered(a: str, b: str) -> Pair:
    """The pair with the smaller id first: how pairs are compared everywhere."""
    return (a, b) if a < b else (b, a)


@dataclass(frozen=True)
class Found:
    """What a tool found: pairs with their relation, and clusters of two or more ids."""

    pairs: Mapping[Pair, str]
    clusters: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Score:
    """The measures of one tool; ratios are None where nothing was reported or expected.

    `recall`: by kind, and `overall` over all expected pairs alike. `wrong`: the reported pairs without a
    common story, by the two kinds. `relations`: of the expected pairs, kind -> relation -> how many.
    """

    recall: dict[str, float]
    expected: dict[str, int]
    overall: float
    pair_precision: float | None
    cluster_precision: float | None
    rand: float
    reported: int
    wrong: dict[str, int]
    relations: dict[str, dict[str, int]]


def components(pairs: Iterable[Pair]) -> list[list[str]]:
    """The connected components of the pairs: what a tool without clusters of its own comes to."""
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


def score(truth: Mapping[str, Truth], found: Found) -> Score:
    """Judges what a tool found."""
    label = {name: number for number, members in enumerate(found.clusters) for name in members}
    recall, expected, relations = _recall(truth, found, label)
    total = sum(expected.values())
    matches = [pair for pair, relation in found.pairs.items() if relation != "template"]
    wrong = Counter(_kinds(truth, pair) for pair in matches if not _share_a_story(truth, pair))
    clustered = [article for article in truth.values() if article.cluster is not None]
    return Score(
        recall={kind: recall[kind] / expected[kind] for kind in expected},
        expected=dict(expected),
        overall=sum(recall.values()) / total if total else 0.0,
        pair_precision=1 - wrong.total() / len(matches) if matches else None,
        cluster_precision=_cluster_precision(truth, found.clusters),
        # An article outside of all clusters is a cluster of its own.
        rand=adjusted_rand([a.cluster for a in clustered], [label.get(a.id, a.id) for a in clustered]),
        reported=len(matches),
        wrong=dict(wrong),
        relations={kind: dict(counts) for kind, counts in relations.items()},
    )


def _recall(
    truth: Mapping[str, Truth], found: Found, label: Mapping[str, int]
) -> tuple[Counter[str], Counter[str], dict[str, Counter[str]]]:
    """Found and expected pairs by kind, and the relations given. A common cluster counts as found: the pairs
    of large clusters are not all written."""
    hits: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    relations: dict[str, Counter[str]] = defaultdict(Counter)
    for article in truth.values():
        for other in article.pairs:
            relation = found.pairs.get(ordered(article.id, other), "")
            together = article.id in label and label[article.id] == label.get(other)
            hits[article.kind] += relation not in ("", "template") or together
            expected[article.kind] += 1
            relations[article.kind][relation or ("in one cluster" if together else "none")] += 1
    return hits, expected, relations


def _share_a_story(truth: Mapping[str, Truth], pair: Pair) -> bool:
    return not set(truth[pair[0]].stories).isdisjoint(truth[pair[1]].stories)


def _kinds(truth: Mapping[str, Truth], pair: Pair) -> str:
    return " and ".join(sorted(truth[name].kind for name in pair))


def _cluster_precision(truth: Mapping[str, Truth], clusters: Sequence[Sequence[str]]) -> float | None:
    """Of all couples that share a reported cluster, the part that shares a true one. Round-ups and merged
    articles have no true cluster, so putting one into a cluster counts against it."""
    couples = right = 0
    for members in clusters:
        couples += len(members) * (len(members) - 1) // 2
        true = Counter(truth[name].cluster for name in members)
        right += sum(count * (count - 1) // 2 for cluster, count in true.items() if cluster is not None)
    return right / couples if couples else None
