"""What a scan found, as an object that answers questions about itself."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from dedup.corpus.text_source import record_bytes
from dedup.errors import UsageError
from dedup.inputs.record_files import RecordFiles
from dedup.model import Reject, SetAside
from dedup.results.tables import ClusterTable, OriginTable, PairTable

if TYPE_CHECKING:
    from dedup.corpus.build import Corpus
    from dedup.text.boilerplate.learning import BoilerplateModel


class Tables(NamedTuple):
    """The three tables of a scan."""

    clusters: ClusterTable
    pairs: PairTable
    origins: OriginTable


class ScanOutcome:
    """The result of a scan, without the ways of writing it. Holds temporary files until `close`.

    keep (n,) int64: the ranks of canonical copies and unclustered articles, ascending. against: for a scan against an
    index or an earlier scan, one row for each new article, by id.
    """

    def __init__(
        self,
        tables: Tables,
        rejects: list[Reject],
        summary: dict[str, Any],
        corpus: Corpus,
        keep: NDArray[np.int64],
        against: list[dict[str, Any]] | None = None,
    ) -> None:
        self.clusters, self.pairs, self.origins = tables
        self.rejects = rejects
        self.summary = summary
        self.corpus = corpus
        self.keep = keep
        self.against = against

    def __repr__(self) -> str:
        counts = self.summary["counts"]
        sizes = f"{counts['articles']} articles, {len(self.clusters)} clusters, {len(self.pairs)} pairs"
        return f"<{type(self).__name__}: {sizes}>"

    @property
    def set_aside(self) -> list[SetAside]:
        """The records that are no articles: walls, error pages, menus, lists; by file and line."""
        return self.corpus.set_aside

    @property
    def furniture(self) -> BoilerplateModel:
        """What was learned of the domains' pages, or the model that was given; `scan(..., furniture=)` takes it."""
        return self.corpus.furniture

    def kept_records(self) -> Iterator[bytes]:
        """The original bytes of the records of canonical copies and unclustered articles, by id: deduplicated.jsonl.

        They are in the spool, or read again from their file. Raises `InputChanged`.
        """
        records = self.corpus.records
        with RecordFiles(self.corpus.texts.sources) as files:
            for rank in self.keep.tolist():
                if records.raw_at[rank] >= 0:
                    yield self.corpus.spool.records.read(int(records.raw_at[rank]), int(records.length[rank]))
                elif records.offset[rank] < 0:
                    raise UsageError("the records were not kept; say keep='canonical' when scanning")
                else:
                    yield record_bytes(records, rank, files)

    def close(self) -> None:
        """Remove the temporary files."""
        self.corpus.spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
