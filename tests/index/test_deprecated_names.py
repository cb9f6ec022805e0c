"""Old public names do what the new ones do, and say what these are."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories import crawl

import dedup
from dedup.inputs.read import read_objects


def test_names_of_the_package() -> None:
    with pytest.warns(DeprecationWarning, match=r"dedup\.Seen is deprecated: use dedup\.KnownMatch"):
        assert dedup.Seen is dedup.KnownMatch
    with pytest.warns(DeprecationWarning, match=r"use dedup\.Index"):
        from dedup.index import Index
    assert Index is dedup.Index
    with pytest.raises(AttributeError, match="no attribute 'Other'"):
        dedup.index.Other  # noqa: B018


def test_methods_of_an_index(tmp_path: Path) -> None:
    with dedup.Index(tmp_path / "seen.db") as index:
        (batch,) = read_objects(crawl(0, 3), index.settings)
        with pytest.warns(DeprecationWarning, match=r"Index\.singles is deprecated: use digest_batch"):
            articles = index.singles(batch)
        for article in articles:
            with pytest.warns(DeprecationWarning, match=r"Index\.tell is deprecated: use add_or_query"):
                assert index.tell(article, store=True).stored
        with pytest.warns(DeprecationWarning, match="articles_by_number"):
            numbered = index.numbered([1, 3, 9])
        assert [article.id for article in numbered] == ["000000", "000002"]
        with pytest.raises(AttributeError, match="'Index' object has no attribute 'other'"):
            index.other  # noqa: B018
