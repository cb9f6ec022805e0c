"""The library's functions: scan, compare, origin, minhash."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedup.errors import UsageError
from dedup.model import Article, Match, Origin, Reject
from dedup.settings import Settings, make_settings

if TYPE_CHECKING:
    from datasketch import MinHash

    from dedup.articles.batch import Batch
    from dedup.articles.learned import Furniture
    from dedup.articles.sources import Source
    from dedup.reports.progress import Progress
    from dedup.result import ScanResult

Taken = str | Mapping[str, Any] | Article


def _is_paths(inputs: object) -> bool:
    if isinstance(inputs, str | os.PathLike):
        return True
    return isinstance(inputs, Sequence) and bool(inputs) and all(isinstance(i, str | os.PathLike) for i in inputs)


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
    from dedup.articles.readers import read, read_objects
    from dedup.pipeline import scan_batches

    chosen = make_settings(settings, **options)
    _say_if_compiling(progress)
    if against is not None:
        from dedup.indexing.against import scan_against

        named = ([inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)) if _is_paths(inputs) else None
        return scan_against(inputs, named, os.fspath(against), chosen, progress)
    if _is_paths(inputs):
        from dedup.articles.sources import resolve

        paths = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
        sources = resolve(paths, chosen.format)
        return scan_batches(read(sources, chosen), sources, chosen, progress)
    return scan_batches(read_objects(inputs, chosen), [], chosen, progress)


def batches_of(inputs: Any, settings: Settings) -> Iterable[Batch]:
    """The articles of all that `scan` takes."""
    from dedup.articles.readers import read, read_objects
    from dedup.articles.sources import resolve

    if _is_paths(inputs):
        paths = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
        return read(resolve(paths, settings.format), settings)
    return read_objects(inputs, settings)


def _say_if_compiling(progress: Progress | None) -> None:
    """The first run ever compiles its kernels, for some seconds; a user should know why nothing moves."""
    from dedup.articles.token_kernel import tokenise_kernel

    if progress is None:
        return
    folder = Path(tokenise_kernel._cache.cache_path)  # type: ignore[attr-defined]
    if not any(folder.glob("token_kernel.tokenise_kernel-*.nbi")):
        progress.note("compiling kernels for the first time; this takes some seconds, once")


def _article(taken: Taken) -> Article:
    if isinstance(taken, Article):
        return taken
    if isinstance(taken, str):
        return Article(taken)
    if isinstance(taken, Mapping):
        from dedup.articles.readers import read_objects

        batch = next(iter(read_objects([taken], Settings())))
        if batch.rejects:
            raise UsageError(f"not an article: {batch.rejects[0].reason} {batch.rejects[0].detail}".rstrip())
        row = batch.records.to_pylist()[0]
        names = ("text", "id", "url", "domain", "title", "published", "authors")
        return Article(**{name: row[name] for name in names}, meta=_meta(row["meta"]))
    raise UsageError(f"an article is a text, a dict or an Article, not a {type(taken).__name__}")


def _meta(text: str | None) -> Mapping[str, Any]:
    """Page metadata as an object; a batch holds it as JSON."""
    if text is None:
        return {}
    import orjson

    found: Mapping[str, Any] = orjson.loads(text)
    return found


def compare(a: Taken, b: Taken, **options: object) -> Match | None:
    """The relation of two articles with its numbers and the passages they share, or None.

    Passages are character spans of the two texts. options: fields of `Settings`.
    """
    from dedup.clusters.pair import compare_two

    return compare_two(_article(a), _article(b), make_settings(None, **options))


def origin(article: Taken, **options: object) -> Origin:
    """What one article says of who wrote it. Unknown when it says nothing that can be relied on.

    options: `agencies` and `sites`, files with entries of one's own.
    """
    from dedup.clusters.pair import origin_of

    return origin_of(_article(article), make_settings(None, **options))


def minhash(article: Taken, *, settings: Settings | None = None, **options: object) -> MinHash:
    """The signature of an article's body as a datasketch `MinHash`, to fill a `MinHashLSH` with (docs/shingles.md)."""
    from dedup.clusters.pair import minhash_of

    return minhash_of(_article(article), make_settings(settings, **options))


def bodies(
    inputs: Any, settings: Settings, *, explain: bool = False, rejects: list[Reject] | None = None
) -> Iterator[dict[str, Any]]:
    """Every article with its body and the furniture that was set aside (`dedup extract --body`).

    Without `settings.furniture` it is learned first, from the same inputs, which are then read twice; where one is a
    pipe they are held for that. rejects: a list that what cannot be read is added to. Raises `InputChanged`.
    """
    from dedup.articles.readers import read
    from dedup.articles.repeated import repeatable
    from dedup.articles.show import body_records
    from dedup.articles.sources import resolve

    sources = resolve(list(inputs), settings.format)
    where = {source.name: source for source in sources}
    learned = settings.furniture
    batches: Iterable[Batch] = read(sources, settings)
    if learned is None:
        again = repeatable(sources, settings)
        learned, batches = _learned(again(), where, settings), again()
    for batch in batches:
        if rejects is not None:
            rejects.extend(batch.rejects)
        yield from body_records(batch, learned, explain=explain)


def _learned(batches: Iterable[Batch], sources: Mapping[str, Source], settings: Settings) -> Furniture:
    """The furniture of a corpus."""
    from dedup.candidates.spool import Spool
    from dedup.corpus import read_corpus

    spool = Spool(settings.tmp)
    try:
        return read_corpus(batches, sources, settings, settings.threads or 1, spool, lambda batch: None).furniture
    finally:
        spool.close()
