"""`python -m tests.quality.lost_pairs FILE...`: pairs that `compare` relates and the search of a scan does not propose.

All pairs of bodies with enough shingles in common are found by an index of all shingles, without any cap, and compared
exactly. Of those that are related and that the search left out the reasons are counted:

- `capped`: they share enough passages, or a band, but all of these are over-full keys;
- `one passage`: they share one passage where two are asked for;
- `no passage`: no shingle that they share was sampled.

A lost pair of one cluster is still compared, for a scan compares the pairs within a cluster, so these are told apart.
The same is asked of an index to which the articles are added one by one with `--index`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from dedup.candidates.find import Bodies, Postings, find_candidates, fingerprint_ranks  # noqa: E402
from dedup.candidates.gapped import add_gapped_pairs  # noqa: E402
from dedup.candidates.passages import PASSAGE_CAP, SHORT  # noqa: E402
from dedup.candidates.time_window import published_seconds  # noqa: E402
from dedup.clustering.admission import Admission  # noqa: E402
from dedup.clustering.article_clusters import build_clusters  # noqa: E402
from dedup.clustering.rewrites import RewriteContext  # noqa: E402
from dedup.comparison import align  # noqa: E402
from dedup.comparison.bodies import BodyColumns  # noqa: E402
from dedup.comparison.pair_table import RelationTable, pair_keys  # noqa: E402
from dedup.comparison.probability import Limits  # noqa: E402
from dedup.comparison.relate import NONE, RELATIONS  # noqa: E402
from dedup.comparison.shared_runs import hash_shingles  # noqa: E402
from dedup.comparison.verify import Verifier  # noqa: E402
from dedup.corpus.build import read_corpus  # noqa: E402
from dedup.corpus.spool import Spool  # noqa: E402
from dedup.inputs.batch import take_strings  # noqa: E402
from dedup.inputs.read import batches_of  # noqa: E402
from dedup.kernels.jit import kernel  # noqa: E402
from dedup.settings import Settings, make_settings  # noqa: E402
from dedup.text.repair.lost_letters import LETTERS  # noqa: E402

Ints = NDArray[np.int64]
REASONS = ("capped", "one passage", "no passage")
#: Pairs are looked at from so many shingles in common on, or from this share of the shorter body's, per mille: no
#: relation is said of a pair with fewer.
SHARED, SHARE, LEAST = 8, 100, 4


class Lost(NamedTuple):
    """Related pairs of a corpus, and which of them the search left out.

    ids: of all articles. related: the pairs of bodies that `compare` relates. lost (m,) bool: of these, left out.
    reason (m,): index in REASONS of those. together (m,) bool: both bodies are in one cluster.
    """

    ids: list[str]
    related: RelationTable
    lost: NDArray[np.bool_]
    reason: Ints
    together: NDArray[np.bool_]
    candidates: int


@kernel
def _shingle_postings(word, first, length, size):
    """Hashes of all shingles of n bodies, uint64, and the body of each, int64."""
    total = np.int64(0)
    for i in range(len(length)):
        total += length[i]
    key, body = np.empty(total, np.uint64), np.empty(total, np.int64)
    at = 0
    for i in range(len(length)):
        count = hash_shingles(word, first[i], first[i] + length[i], np.int64(size[i]), key[at:])
        body[at : at + count] = i
        at += count
    return key[:at].copy(), body[:at].copy()


@kernel
def _pairs_in_common(group, group_first, of_body, body_first, shingles, low, high, out):
    """Pairs (a, b) of bodies a < b, a in low..high-1, with enough shingles in common; returns how many.

    group: bodies by shingle, ascending, each once a shingle; group_first: where each shingle begins; of_body: the
    shingles of each body, by `body_first`. shingles (n,): how many each body has. out (room, 2).
    """
    n = len(body_first) - 1
    count = np.zeros(n, np.int32)
    others = np.empty(n, np.int64)
    total = 0
    for a in range(low, high):
        met = 0
        for x in range(body_first[a], body_first[a + 1]):
            g = of_body[x]
            for y in range(group_first[g + 1] - 1, group_first[g] - 1, -1):
                b = group[y]
                if b <= a:
                    break
                if count[b] == 0:
                    others[met] = b
                    met += 1
                count[b] += 1
        for m in range(met):
            b = others[m]
            smaller = min(shingles[a], shingles[b])
            least = max(min(LEAST, smaller), min(SHARED, SHARE * smaller // 1000))
            if count[b] >= least:
                if total < len(out):
                    out[total, 0] = a
                    out[total, 1] = b
                total += 1
            count[b] = 0
    return total


def pairs_in_common(word: NDArray[np.uint32], first: Ints, length: Ints, size: NDArray[np.int32]) -> Iterator[Ints]:
    """All pairs (m, 2) of bodies with enough shingles in common, in parts."""
    key, body = _shingle_postings(word, first, length, size)
    order = np.lexsort((body, key))
    key, body = key[order], body[order]
    keep = np.append(True, (key[1:] != key[:-1]) | (body[1:] != body[:-1]))
    key, body = key[keep], body[keep]
    number = np.cumsum(np.append(False, key[1:] != key[:-1]))
    sizes = np.bincount(number) if len(number) else np.zeros(0, np.int64)
    shared = sizes[number] > 1
    shingles = np.bincount(body, minlength=len(length))
    body, number = body[shared], np.unique(number[shared], return_inverse=True)[1]
    group_first = np.append(0, np.cumsum(np.bincount(number))) if len(number) else np.zeros(1, np.int64)
    of_body = number[np.argsort(body, kind="stable")]
    body_first = np.append(0, np.cumsum(np.bincount(body, minlength=len(length))))
    step, low = 256, 0
    room = 1 << 21
    while low < len(length):
        high = min(len(length), low + step)
        out = np.empty((room, 2), np.int64)
        count = int(_pairs_in_common(body, group_first, of_body, body_first, shingles, low, high, out))
        if count > room:
            room = count
            continue
        yield out[:count]
        low = high


@kernel
def _common_passages(posting, first, sizes, a, b, cap):
    """For each pair how many passages it has in common, and how many of them are over-full (m, 2).

    posting: keys of passages by body, ascending, each once; first (n + 1,); sizes: how many bodies have each posting.
    """
    out = np.zeros((len(a), 2), np.int64)
    for p in range(len(a)):
        x, y = first[a[p]], first[b[p]]
        while x < first[a[p] + 1] and y < first[b[p] + 1]:
            if posting[x] == posting[y]:
                out[p, 0] += 1
                out[p, 1] += sizes[x] > cap
                x += 1
                y += 1
            elif posting[x] < posting[y]:
                x += 1
            else:
                y += 1
    return out


def reasons(pieces: list[NDArray[np.uint64]], shingles: NDArray[np.int32], a: Ints, b: Ints) -> Ints:
    """Why pairs (m,) were left out, as indexes in REASONS. pieces: postings of passages of the representatives."""
    postings = np.unique(np.concatenate([np.zeros(0, np.uint64), *pieces]))
    key, rank = postings >> np.uint64(32), (postings & np.uint64(0xFFFFFFFF)).astype(np.int64)
    _, number, sizes = np.unique(key, return_inverse=True, return_counts=True)
    order = np.argsort(rank, kind="stable")
    first = np.append(0, np.cumsum(np.bincount(rank, minlength=len(shingles))))
    common = _common_passages(key[order], first, sizes[number][order], a, b, PASSAGE_CAP)
    enough = np.where(np.minimum(shingles[a], shingles[b]) < SHORT, 1, 2)
    return np.where(common[:, 0] >= enough, 0, np.where(common[:, 0] > 0, 1, 2))


def find_lost(inputs: list[str] | list[dict[str, str]], settings: Settings, threads: int = 1) -> Lost:
    """Compare all pairs with enough in common, and say which of the related ones a scan does not look at."""
    batches, sources = batches_of(inputs, settings)
    spool = Spool(None)
    corpus = read_corpus(batches, {source.name: source for source in sources}, settings, threads, spool)
    length, size, at, fingerprint = corpus.digests
    published = partial(published_seconds, corpus.table)
    titles = partial(take_strings, corpus.table.column("title"))
    copies = [piece.copy() for piece in corpus.passages]
    search = find_candidates(
        Bodies(length, size, fingerprint), Postings(corpus.bands, corpus.passages), published, settings
    )
    if LETTERS in corpus.repaired:
        search = add_gapped_pairs(search, lambda ranks: spool.iter_blocks(at[ranks], length[ranks]))
    representative, window, candidates = search
    bodies = BodyColumns(spool, at, length, size, fingerprint_ranks(fingerprint))
    limits = Limits.of(settings)
    verifier = Verifier(bodies, limits, threads)
    edges = verifier.compare_related(candidates.a, candidates.b, lambda _: None)
    admission = Admission(bodies.fingerprint_rank, verifier.compare, window)
    clustering = build_clusters(
        RewriteContext(bodies, published, titles, threads, limits=limits), representative, edges, admission
    )
    cluster = clustering.cluster_of_body(len(corpus))
    ranks = np.flatnonzero(representative == np.arange(len(representative)))
    word, first = spool.gather(at[ranks], length[ranks])
    tables = []
    for pairs in pairs_in_common(word, first[:-1], length[ranks], size[ranks]):
        pairs = ranks[pairs]
        tables.append(verifier.compare_related(pairs[:, 0], pairs[:, 1], lambda _: None))
    related = RelationTable.concatenate(tables)
    lost = ~np.isin(pair_keys(related.a, related.b), candidates.a << 32 | candidates.b)
    kept = [piece[np.isin(piece & np.uint64(0xFFFFFFFF), ranks.astype(np.uint64))] for piece in copies]
    reason = np.full(len(related), -1)
    shingles = Bodies(length, size, fingerprint).shingles
    reason[lost] = reasons(kept, shingles, related.a[lost], related.b[lost])
    together = cluster[related.a] == cluster[related.b]
    ids = corpus.ids.to_pylist()
    spool.close()
    return Lost(ids, related, lost, reason, together, len(candidates.a))


def report(found: Lost, show: int) -> None:
    """Print what was lost, by relation and reason, and some of it."""
    related, lost = found.related, found.lost
    names = [one.value if one else "none" for one in RELATIONS]
    total = Counter(names[code] for code in related.relation.tolist())
    apart = lost & ~found.together
    print(f"  {found.candidates:,} candidates; {len(related):,} related pairs, {int(lost.sum()):,} not proposed, "
          f"{int(apart.sum()):,} of these not in one cluster")  # fmt: skip
    for name in sorted(total):
        of_name = related.relation == names.index(name)
        cells = [f"{reason} {int((apart & of_name & (found.reason == i)).sum()):,}" for i, reason in enumerate(REASONS)]
        print(f"    {name:10} {total[name]:>9,}  lost: {', '.join(cells)}")
    for row in np.flatnonzero(apart)[:show].tolist():
        f = related.features[row]
        numbers = {name: int(f[i]) for i, name in enumerate(align.FEATURES[:8])}
        a, b = found.ids[related.a[row]], found.ids[related.b[row]]
        print(f"    {names[related.relation[row]]:10} {REASONS[found.reason[row]]:11} {a} {b} {numbers}")


def main() -> None:
    """Measure each corpus that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", help="corpora, each a file of articles")
    parser.add_argument("--show", type=int, default=0, help="so many lost pairs of each corpus are listed")
    options = parser.parse_args()
    assert NONE == 0
    for file in options.files:
        print(file)
        report(find_lost([file], make_settings()), options.show)


if __name__ == "__main__":
    main()
