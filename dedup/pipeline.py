"""The batch way through the rooms: articles -> candidates -> clusters -> what is reported."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.anchors import Elsewhere
from dedup.candidates.search import Candidates, by_fingerprint, collapse, eras, search
from dedup.candidates.shingles import MIN_TOKENS
from dedup.candidates.time_window import Window
from dedup.clustering.rewrites import Texts, retell
from dedup.clustering.site_notices import notices
from dedup.clustering.star_clusters import cluster
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.pair_table import Compare, Verified
from dedup.comparison.recency import newer
from dedup.comparison.verify import Verifier
from dedup.corpus.build import Corpus, read_corpus
from dedup.corpus.spool import Spool
from dedup.evidence.registry import registry
from dedup.inputs.batch import Batch, int_array, taken
from dedup.inputs.dates import moment
from dedup.inputs.source import Source
from dedup.kernels.union_find import flat
from dedup.progress import NullProgress, Progress
from dedup.results import assemble
from dedup.results.rejects import unreadable_sentence, whole_files
from dedup.results.result import ScanOutcome, Tables
from dedup.results.summary import summarise
from dedup.results.tables import ClusterTable, Names, OriginTable, PairTable
from dedup.settings import Settings
from dedup.text.boilerplate.learning import domain_numbers


class Clock:
    """Wall and CPU seconds of each stage."""

    def __init__(self, progress: Progress) -> None:
        self.timings: dict[str, dict[str, float]] = {}
        self.progress = progress

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        self.progress.start(name, total, unit)
        yield
        self.progress.finish()
        took = {"wall": round(time.perf_counter() - wall, 4), "cpu": round(time.process_time() - cpu, 4)}
        self.timings[name] = took


#: Formats that are read as streams, so that it can be said how far they are.
_STREAMED = ("jsonl", "json", "csv", "tsv", "txt")


class Reading:
    """How far the reading is: in bytes of the files where all say how far they are, else in articles."""

    def __init__(self, sources: Sequence[Source]) -> None:
        told = bool(sources) and all(s.format in _STREAMED and os.path.isfile(s.path) for s in sources)
        self._left = {source.name: (source, _size_of(source.path)) for source in sources} if told else {}
        self.total = sum(size for _, size in self._left.values()) if told else None
        self.unit = "bytes" if told else "articles"
        self._file, self._size, self._place = "", 0, 0

    def taken(self, batch: Batch) -> int:
        """How much further a batch brings it."""
        if self.total is None:
            return batch.records.num_rows
        gained = 0
        if batch.file not in self._left:
            return 0  # known articles of an index, which come last
        if batch.file != self._file:
            gained = self._size - self._place  # what the file before had after its last record
            self._file, (self._source, self._size), self._place = batch.file, self._left[batch.file], 0
        last = batch.records.num_rows - 1
        end = self._source.taken[0]
        if last >= 0 and batch.records.column("offset")[last].as_py() >= 0:
            end = batch.records.column("offset")[last].as_py() + batch.records.column("length")[last].as_py()
        before, self._place = self._place, max(self._place, min(end, self._size))
        return gained + self._place - before


def _size_of(path: str) -> int:
    """The bytes of a file; 0 for one that has gone, which its reader says."""
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def scan_batches(
    batches: Iterable[Batch], sources: Sequence[Source], settings: Settings, progress: Progress | None
) -> ScanOutcome:
    """Scan batches of articles. sources: the files that they come from, whose records may be read again."""
    threads = settings.threads or min(4, os.cpu_count() or 1)
    progress = progress or NullProgress()
    clock = Clock(progress)
    spool = Spool(settings.tmp)
    try:
        sources = [source for source in sources if not source.unreadable]
        reading = Reading(sources)
        named = {source.name: source for source in sources}
        with clock.stage("read", reading.total, reading.unit):
            corpus = read_corpus(
                batches, named, settings, threads, spool, lambda batch: progress.advance(reading.taken(batch)),
                # Or a bar would stand at its end while much is still to do.
                lambda: progress.start("furniture", None, "articles"),
            )  # fmt: skip
        sentence = unreadable_sentence(whole_files(corpus.rejects))
        if sentence:
            progress.note(sentence)
        with clock.stage("search", None, "pairs"):
            rep, window, found = search_bodies(
                corpus.fingerprint, corpus.count, corpus.size, corpus.band, corpus.passage, corpus.table, settings
            )
            corpus.release_postings()
        tie = tie_of(corpus.fingerprint)
        verifier = Verifier(spool, corpus.words_at, corpus.count, corpus.size, tie, settings.threshold, threads)
        with clock.stage("compare", len(found.a), "pairs"):
            edges = verifier.related(found.a, found.b, progress.advance)
        with clock.stage("cluster", None, "clusters"):
            texts = Texts(spool, corpus.words_at, corpus.count, tie)
            parts, twins, retold = tell_stories(corpus.table, texts, rep, edges, verifier.all, window, threads)
            missing = assemble.all_within(parts, edges)
            if len(missing):
                edges.extend(verifier.all(missing))
            domain, sites = domain_numbers(corpus.table.column("domain"))
            edges.relation[notices(edges, domain, _stories(len(corpus), parts))] = r.NONE
        with clock.stage("origin", None, "clusters"):
            known = registry(settings.agencies, settings.sites)
            view = assemble.View(corpus.ids.to_pylist(), corpus.table, rep, corpus.count, corpus.said, known)
            stories = assemble.build(view, parts, edges, verifier.all)
            if window is not None:
                edges = edges.only(window.near(edges.a, edges.b))
            number = np.full(len(corpus), -1, np.int64)
            number[stories.rank] = stories.number
            keep = number < 0
            keep[stories.kept] = True
            names = Names(view.ids)
            clusters = ClusterTable(names, corpus.table, stories)
            alone = assemble.singles(view, number < 0, domain, sites)
            origins = OriginTable(names, number, stories.origins, *alone)
            written = assemble.pairs(parts, stories.kept, rep, twins, edges)
            table = _pairs(corpus, names, written, edges)
        inputs = [source.name for source in sources]
        summary = summarise(
            corpus, inputs, rep, found, verifier.compared, table, written.implied, clusters, settings, clock.timings
        )
        summary["counts"]["rewrite_candidates"] = retold["candidates"]
        summary["caps"]["name_keys"] = retold["full"]
        return ScanOutcome(Tables(clusters, table, origins), corpus.rejects, summary, corpus, np.flatnonzero(keep))
    except BaseException:
        spool.close()
        raise


class Searched(NamedTuple):
    """The representative of every article (n,), when bodies were published where that counts, and candidate pairs."""

    rep: NDArray[np.int64]
    window: Window | None
    found: Candidates


def search_bodies(
    fingerprint: NDArray[np.uint64],
    count: NDArray[np.int64],
    size: NDArray[np.int32],
    band: Sequence[tuple[NDArray[np.int64], NDArray[np.uint32]]],
    passage: Sequence[NDArray[np.uint64]],
    table: pa.Table,
    settings: Settings,
) -> Searched:
    """From digests to candidate pairs: columns as in `Corpus`, by rank; `table` has the column `published`."""
    window, era = _window(fingerprint, table, settings.window)
    rep = collapse(fingerprint, count, era)
    if window is not None:
        window = _of_bodies(window, rep)
    shingles = np.maximum(0, count - size + 1).astype(np.int32)
    found = search(rep, band, passage, shingles, fingerprint, None if window is None else window.first)
    if window is not None:
        near = window.near(found.a, found.b)
        found = Candidates(found.a[near], found.b[near], found.full_bands, found.full_passages)
    return Searched(rep, window, found)


def tell_stories(
    table: pa.Table,
    texts: Texts,
    rep: NDArray[np.int64],
    edges: Verified,
    compare: Compare,
    window: Window | None,
    threads: int,
    elsewhere: Elsewhere | None = None,
) -> tuple[list[assemble.Group], assemble.Twins, dict[str, int]]:
    """From related pairs to clusters with all their articles, rewrites among them; counts of the search for those."""
    together = cluster(len(rep), edges, texts.tie, compare, window)

    def times(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
        return _times(table, ranks)

    together, retold = retell(texts, rep, together, edges, compare, times, window, threads, elsewhere)
    return *assemble.groups(rep, together), retold


def _window(
    fingerprint: NDArray[np.uint64], table: pa.Table, days: float | None
) -> tuple[Window | None, NDArray[np.int64] | None]:
    """The time of every article, and stretches of time in which identical articles are one body; None for no window."""
    if days is None:
        return None, None
    when = _times(table, np.arange(len(fingerprint)))
    return Window(when, when, days * 86400), eras(fingerprint, when, days * 86400)


def _times(table: pa.Table, ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """When articles were published, in seconds; NaN where it is not known."""
    texts = taken(table.column("published"), ranks)
    return np.array([told[0] if (told := moment(text)) else np.nan for text in texts], np.float64)


def _of_bodies(window: Window, rep: NDArray[np.int64]) -> Window:
    """The window with the times of each representative widened to those of all articles it stands for."""
    first, last = window.first.copy(), window.last.copy()
    rows = np.flatnonzero(rep >= 0)
    np.fmin.at(first, rep[rows], window.first[rows])
    np.fmax.at(last, rep[rows], window.last[rows])
    return Window(first, last, window.width)


def _stories(n: int, parts: list[assemble.Group]) -> NDArray[np.int64]:
    """The number of each body's cluster; bodies in none have one of their own."""
    story = np.arange(n) + len(parts)
    body, first = flat([part.bodies for part in parts])
    story[body] = np.repeat(np.arange(len(parts)), np.diff(first))
    return story


def tie_of(fingerprint: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The rank of each body's fingerprint."""
    tie = np.empty(len(fingerprint), np.int64)
    tie[by_fingerprint(fingerprint)] = np.arange(len(fingerprint))
    return tie


def _pairs(corpus: Corpus, names: Names, chosen: assemble.Written, edges: Verified) -> PairTable:
    """The pairs that are written, with their numbers."""
    same = chosen.row < 0
    own = np.maximum(1, corpus.count - corpus.size + 1)[chosen.a]
    relation, toward = np.full(len(same), r.IDENTICAL, np.uint8), np.zeros(len(same), np.int8)
    numbers: dict[str, NDArray[Any]] = dict.fromkeys(("shared", "size_a", "size_b"), own)
    numbers["run"] = corpus.count[chosen.a]
    if len(edges):
        relation = np.where(same, relation, edges.relation[chosen.row])
        toward = r.direction(edges.features[chosen.row][:, : c.LENGTH_B + 1], relation)
        columns = {"shared": c.SHARED, "size_a": c.SIZE_A, "size_b": c.SIZE_B, "run": c.RUN}
        numbers = {name: np.where(same, numbers[name], edges.features[chosen.row, i]) for name, i in columns.items()}
    flip = chosen.swapped
    return PairTable(
        names, chosen.a, chosen.b, relation, np.where(flip, -toward, toward).astype(np.int8),
        _newer(corpus, chosen, relation), numbers["shared"], np.where(flip, numbers["size_b"], numbers["size_a"]),
        np.where(flip, numbers["size_a"], numbers["size_b"]), numbers["run"],
    )  # fmt: skip


def _newer(corpus: Corpus, chosen: assemble.Written, relation: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Which of each pair is the later version: 1 for b, -1 for a, 0 where nothing says so."""
    out = np.zeros(len(relation), np.int8)
    rows = np.flatnonzero((relation == r.VERSION) | (relation == r.EXCERPT))
    ranks, place = np.unique(np.concatenate([chosen.a[rows], chosen.b[rows]]), return_inverse=True)
    titles, domains, published = (
        corpus.table.column(name).take(int_array(ranks)).to_pylist() for name in ("title", "domain", "published")
    )
    out[rows] = newer(titles, domains, published, place[: len(rows)], place[len(rows) :])
    return out


def explain_settings(settings: Settings) -> dict[str, Any]:
    """How candidates are found under these settings, and with what probability."""
    from dedup.candidates.bands import Banding
    from dedup.candidates.passages import SHORT, probability_of_run, rate_of

    banding = Banding.of(settings)
    curve = [{"resemblance": s / 20, "bands_probability": round(banding.probability(s / 20), 4)} for s in range(1, 21)]
    k, rate = settings.shingle_size, rate_of(settings)
    runs = [
        {"words": words, "probability": round(probability_of_run(max(0, words - k + 1), rate, short=False), 4)}
        for words in (20, 30, 40, 60, 80, 120, 160, 240)
    ]
    return {
        "shingle_size": k,
        "num_perm": settings.num_perm,
        "seed": settings.seed,
        "bands": banding.bands,
        "rows": banding.rows,
        "curve": curve,
        "passage_rate": rate,
        "passages_needed": {"short": 1, "long": 2, "short_below_shingles": SHORT},
        "runs": runs,
        "min_tokens": MIN_TOKENS,
        "threshold": settings.threshold,
        "window": settings.window,
        "fingerprint": settings.fingerprint(),
    }
