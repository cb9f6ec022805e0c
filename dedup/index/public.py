"""`dedup.Index`: the engine, and what is done with an index file as a whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dedup.index.engine import Engine

if TYPE_CHECKING:
    from dedup.index.rebuild import Rebuilt
    from dedup.index.stores.sqlite.check import Fault


class Index(Engine):
    __doc__ = Engine.__doc__

    def export_articles(self, file: str | os.PathLike[str], *, overwrite: bool = False) -> int:
        """Write all articles as JSONL, as they came in; how many. Raises `OutputError`.

        A file that is there is replaced only if this wrote it and nobody changed it since, or with `overwrite`.
        """
        from dedup.index.export import write_articles

        return write_articles(self.articles(), file, self.path, overwrite=overwrite)

    def export(self, directory: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the files that a scan of all articles writes, clusters numbered as in a scan (`ScanResult.write`)."""
        from dedup.inputs.read import read_objects
        from dedup.pipeline import scan_batches
        from dedup.reports.writer import Choice, write

        with scan_batches(read_objects(self.articles(), self.settings), [], self.settings, None) as result:
            write(result, directory, Choice(overwrite=overwrite))

    @classmethod
    def rebuild(cls, path: str | os.PathLike[str]) -> Rebuilt:
        """Make an index anew from its own articles, by the rules of this version; how many there are.

        It is made beside the old one, which is used until then, and takes its place in one transaction; nobody can
        write meanwhile. Of a damaged index a copy is kept, and articles that are damaged are left out (`Rebuilt`).
        """
        from dedup.index.rebuild import rebuild

        return rebuild(os.fspath(path))

    @classmethod
    def check(cls, path: str | os.PathLike[str]) -> list[Fault]:
        """Read all of an index file; what of it is damaged, nothing if it is sound."""
        from dedup.index.stores.sqlite.check import check

        return check(os.fspath(path))
