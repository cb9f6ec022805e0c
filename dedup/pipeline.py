"""The steps of a scan, in order: read, search, compare, cluster, attribute, select pairs, summarise."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np

from dedup.candidates.find import Bodies, Postings, find_candidates, fingerprint_ranks
from dedup.candidates.gapped import add_gapped_pairs
from dedup.candidates.time_window import published_seconds
from dedup.clustering.admission import Admission
from dedup.clustering.article_clusters import build_clusters
from dedup.clustering.rewrites import RewriteContext
from dedup.clustering.site_notices import notice_rows
from dedup.comparison.bodies import BodyColumns
from dedup.comparison.probability import Limits
from dedup.comparison.relate import NONE
from dedup.comparison.verify import Verifier
from dedup.corpus.build import read_corpus
from dedup.corpus.spool import Spool
from dedup.evidence.registry import Habits, registry
from dedup.inputs.batch import Batch, take_strings
from dedup.inputs.read_progress import ReadProgress
from dedup.inputs.source import Source
from dedup.progress import NullProgress, Progress, StageTimer
from dedup.results.assemble import ClusterInput, assemble
from dedup.results.pairs import cluster_pairs, pair_table, select_pairs
from dedup.results.rejects import unreadable_sentence, whole_files
from dedup.results.result import ScanOutcome, Tables
from dedup.results.summary import Work, summarise
from dedup.results.tables import ClusterTable, Names, OriginTable
from dedup.results.unclustered import unclustered_origins
from dedup.settings import Settings
from dedup.text.boilerplate.learning import domain_numbers
from dedup.text.repair.edits import LETTERS


def scan_batches(
    batches: Iterable[Batch], sources: Sequence[Source], settings: Settings, progress: Progress | None
) -> ScanOutcome:
    """Scan batches of articles.

    sources: the files that the batches come from; their records may be read again. Raises `InputChanged` for a file
    that changed meanwhile, `OutputError` where temporary files cannot be written.
    """
    threads = settings.threads or min(4, os.cpu_count() or 1)
    progress = progress or NullProgress()
    timer = StageTimer(progress)
    spool = Spool(settings.tmp)
    try:
        sources = [source for source in sources if not source.unreadable]
        reading = ReadProgress(sources, progress)
        with timer.stage("read", reading.total, reading.unit):
            by_name = {source.name: source for source in sources}
            corpus = read_corpus(batches, by_name, settings, threads, spool, reading)
        if sentence := unreadable_sentence(whole_files(corpus.rejects)):
            progress.note(sentence)
        length, size, at, fingerprint = corpus.digests
        published = partial(published_seconds, corpus.table)
        titles = partial(take_strings, corpus.table.column("title"))
        with timer.stage("search", None, "pairs"):
            postings = Postings(corpus.bands, corpus.passages)
            search = find_candidates(Bodies(length, size, fingerprint), postings, published, settings)
            del postings
            corpus.release_postings()
            if LETTERS in corpus.repaired:
                search = add_gapped_pairs(search, lambda ranks: spool.iter_blocks(at[ranks], length[ranks]))
        limits = Limits.of(settings)
        bodies = BodyColumns(spool, at, length, size, fingerprint_ranks(fingerprint), LETTERS in corpus.repaired)
        verifier = Verifier(bodies, limits, threads)
        representative, window, candidates = search
        with timer.stage("compare", len(candidates.a), "pairs"):
            edges = verifier.compare_related(candidates.a, candidates.b, progress.advance)
        with timer.stage("cluster", None, "clusters"):
            admission = Admission(bodies.fingerprint_rank, verifier.compare, window)
            context = RewriteContext(bodies, published, titles, threads, limits=limits)
            clusters, articles, rewrites = clustering = build_clusters(context, representative, edges, admission)
            edges.complete(cluster_pairs(clusters), verifier.compare)
            domain, domain_names = domain_numbers(corpus.table.column("domain"))
            edges.relation[notice_rows(edges, domain, clustering.cluster_of_body(len(corpus)))] = NONE
        with timer.stage("origin", None, "clusters"):
            names = Names(corpus.ids.to_pylist())
            habits = Habits(corpus.furniture.carriers, corpus.furniture.sources)
            sites = registry(settings.agencies, settings.sites, habits)
            inputs = ClusterInput(names.values, corpus.table, representative, length, corpus.observations, sites)
            columns = assemble(inputs, clusters, edges, verifier.compare)
            if window is not None:
                edges = edges.filter(window.within(edges.a, edges.b))
            number = np.full(len(corpus), -1, np.int64)
            number[columns.rank] = columns.number
            keep = number < 0
            keep[columns.canonical] = True
            unclustered = unclustered_origins(inputs, number < 0, domain, domain_names)
            pairs = select_pairs(clusters, columns.canonical, representative, articles, edges)
            tables = Tables(
                ClusterTable(names, corpus.table, columns),
                pair_table(corpus, names, pairs, edges, limits),
                OriginTable(names, number, columns.origins, *unclustered),
            )
        work = Work(representative, candidates, verifier.compared, pairs.implied, rewrites, timer.timings)
        summary = summarise(corpus, [source.name for source in sources], tables, work, settings)
        return ScanOutcome(tables, corpus.rejects, summary, corpus, np.flatnonzero(keep))
    except BaseException:
        spool.close()
        raise
