"""What a scan found, as an object that answers questions about itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from dedup.model import Reject
from dedup.tables import ClusterTable, OriginTable, PairTable

if TYPE_CHECKING:
    from dedup.articles.learned import Furniture
    from dedup.corpus import Corpus
    from dedup.reports.progress import Progress


class ScanResult:
    """All that a scan found. Holds temporary files until it is closed or collected; usable as a context manager."""

    def __init__(
        self,
        clusters: ClusterTable,
        pairs: PairTable,
        origins: OriginTable,
        rejects: list[Reject],
        summary: dict[str, Any],
        corpus: Corpus,
        keep: NDArray[np.int64],
    ) -> None:
        self.clusters = clusters
        self.pairs = pairs
        self.origins = origins
        self.rejects = rejects
        self.summary = summary
        self._corpus = corpus
        self._keep = keep
        #: Of a scan against what is known: what it says of each new article, by id.
        self.against: list[dict[str, Any]] | None = None

    def __repr__(self) -> str:
        counts = self.summary["counts"]
        return f"<ScanResult: {counts['articles']} articles, {len(self.clusters)} clusters, {len(self.pairs)} pairs>"

    @property
    def corpus(self) -> Corpus:
        """What the scan holds of all articles, by rank; reports are made from it."""
        return self._corpus

    @property
    def furniture(self) -> Furniture:
        """What was learned of the domains' pages, or the model that was given; `scan(..., furniture=)` takes it."""
        return self._corpus.furniture

    def write(
        self,
        directory: str | os.PathLike[str],
        *,
        keep: str | None = None,
        html: bool = True,
        html_articles: str | None = None,
        csv: bool = False,
        parquet: bool = False,
        sqlite: str | os.PathLike[str] | None = None,
        graphml: bool = False,
        furniture: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Write the files of the contract and report.html into a folder, all of them or none (docs/reports.md).

        The folder must be new, empty, or hold results of an earlier scan as dedup wrote them; whatever else stands in
        it stays (docs/files.md). overwrite: replace files that dedup did not write, where a new one has their name.

        keep="canonical" adds deduplicated.jsonl, for which the scan must have been told `keep="canonical"` as well
        unless it read plain JSONL files. html_articles: whose texts the page holds, "all", "clustered" or "none";
        where the input was no plain JSONL file, the scan must have been told `texts=True` to have them. sqlite: the
        database to write, in the folder or elsewhere; furniture: the same for the learned model.
        Raises `OutputError`; what stood there is then untouched.
        """
        from dedup.reports.files import Choice, write

        choice = Choice(keep, html, html_articles, csv, parquet, sqlite, graphml, furniture, overwrite)
        write(self, directory, choice, progress)

    def kept_records(self) -> Iterator[bytes]:
        """The records of canonical copies and unclustered articles, by id: lines of deduplicated.jsonl."""
        from dedup.reports.files import records

        return records(self._corpus, self._keep)

    def close(self) -> None:
        """Remove the temporary files."""
        self._corpus.spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
