"""The library's functions: scan, compare, origin, minhash."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from dedup.inputs.records import ArticleLike, article_of
from dedup.model import Match, Origin, Reject, SetAside
from dedup.results.result import ScanOutcome, Tables
from dedup.settings import Settings, make_settings

if TYPE_CHECKING:
    from datasketch import MinHash

    from dedup.inputs.batch import Batch
    from dedup.inputs.source import Source
    from dedup.progress import Progress
    from dedup.text.boilerplate.learning import BoilerplateModel


class WriteOptions(TypedDict, total=False):
    """What `ScanResult.write` writes beside the files of the contract.

    keep: "canonical" adds deduplicated.jsonl; the scan must have had `keep="canonical"` as well unless it read plain
    JSONL files. html: whether to write report.html; html_articles: whose texts it holds, "all", "clustered" or "none";
    where the input was no plain JSONL file, the scan must have had `texts=True` to have them. csv, parquet, graphml:
    whether to write these tables. sqlite, furniture: the database and the learned model to write, in the folder or
    elsewhere. overwrite: replace files that dedup did not write.
    """

    keep: str | None
    html: bool
    html_articles: str | None
    csv: bool
    parquet: bool
    sqlite: str | os.PathLike[str] | None
    graphml: bool
    furniture: str | os.PathLike[str] | None
    overwrite: bool


class ScanResult(ScanOutcome):
    """All that a scan found. Holds temporary files until it is closed or collected; usable as a context manager."""

    def write(
        self,
        directory: str | os.PathLike[str],
        *,
        progress: Progress | None = None,
        **options: Unpack[WriteOptions],
    ) -> None:
        """Write the files of the contract and report.html into a folder, all of them or none (docs/reports.md).

        The folder must be new, empty, or hold results of an earlier scan as dedup wrote them; other files in it stay
        (docs/files.md). options: fields of `WriteOptions`. Raises `OutputError`; the folder is then untouched.
        """
        from dedup.reports.writer import Choice, write

        write(self, directory, Choice(**options), progress)


def scan(
    inputs: Any,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    against: str | os.PathLike[str] | None = None,
    **options: object,
) -> ScanResult:
    """Find the copies in a corpus.

    inputs: a path or paths (files, folders, "-"), an Arrow table or stream, a DataFrame (anything with the Arrow C
    stream protocol), or an iterable of dicts or Articles. options: fields of `Settings`. against: an index, or the
    folder that an earlier scan wrote; the results are then those that concern the inputs, and `result.against` says
    of each whether it was seen there.
    Raises `UsageError` for a wrong option or input, `MissingInput` for a path that is not there.
    """
    from dedup.inputs.read import batches_of
    from dedup.pipeline import scan_batches

    settings = make_settings(settings, **options)
    _say_if_compiling(progress)
    if against is None:
        batches, sources = batches_of(inputs, settings)
        outcome = scan_batches(batches, sources, settings, progress)
    else:
        from dedup.index.scan_against import scan_against

        outcome = scan_against(inputs, os.fspath(against), settings, progress)
    tables = Tables(outcome.clusters, outcome.pairs, outcome.origins)
    return ScanResult(tables, outcome.rejects, outcome.summary, outcome.corpus, outcome.keep, outcome.against)


def _say_if_compiling(progress: Progress | None) -> None:
    """Note that kernels are compiled, which takes some seconds: in the first run, and after kernels changed."""
    from dedup.kernels.jit import is_cached
    from dedup.text.token_kernel import tokenise_kernel

    if progress is not None and not is_cached(tokenise_kernel):
        progress.note("compiling kernels for the first time; this takes some seconds, once")


def compare(a: ArticleLike, b: ArticleLike, **options: object) -> Match | None:
    """The relation of two articles with its numbers and the passages they share, or None.

    Passages are character spans of the two texts. options: fields of `Settings`.
    """
    from dedup.single import compare_two

    return compare_two(article_of(a), article_of(b), make_settings(None, **options))


def origin(article: ArticleLike, **options: object) -> Origin:
    """What one article says of who wrote it. Unknown when it says nothing that can be relied on.

    options: `agencies` and `sites`, files with entries of one's own.
    """
    from dedup.single import origin_of

    return origin_of(article_of(article), make_settings(None, **options))


def minhash(article: ArticleLike, *, settings: Settings | None = None, **options: object) -> MinHash:
    """The signature of an article's body as a datasketch `MinHash`, to fill a `MinHashLSH` with (docs/shingles.md)."""
    from dedup.single import minhash_of

    return minhash_of(article_of(article), make_settings(settings, **options))


def bodies(
    inputs: Any,
    settings: Settings,
    *,
    explain: bool = False,
    rejects: list[Reject] | None = None,
    aside: list[SetAside] | None = None,
) -> Iterator[dict[str, Any]]:
    """Every article with its body and the furniture that was set aside (`dedup extract --body`).

    Without `settings.furniture` it is learned first, from the same inputs, which are then read twice; where one is a
    pipe they are held for that. rejects, aside: lists that are filled with what cannot be read, and what is
    no article. Raises `InputChanged`.
    """
    from dedup.inputs.paths import resolve
    from dedup.inputs.read import read
    from dedup.inputs.repeatable import repeatable
    from dedup.text.boilerplate.explain import body_records
    from dedup.text.boilerplate.learning import model_of

    sources = resolve(list(inputs), settings.format)
    where = {source.name: source for source in sources}
    learned = model_of(settings)
    batches: Iterable[Batch] = read(sources, settings)
    if learned is None:
        again = repeatable(sources, settings)
        learned, batches = _learned(again(), where, settings), again()
    for batch in batches:
        if rejects is not None:
            rejects.extend(batch.rejects)
        if aside is not None:
            aside.extend(batch.set_aside.values())
        yield from body_records(batch, learned, explain=explain)


def _learned(batches: Iterable[Batch], sources: Mapping[str, Source], settings: Settings) -> BoilerplateModel:
    """The furniture of a corpus."""
    from dedup.corpus.build import read_corpus
    from dedup.corpus.spool import Spool

    with closing(Spool(settings.tmp)) as spool:
        return read_corpus(batches, sources, settings, settings.threads or 1, spool).furniture
