"""Set aside the records of a batch that are no articles: walls, error pages, menus, playlists, pages of lists.

Every reader's batches pass here. The extractor of web pages marks its own in the page metadata (`MARK`), since it sees
titles, links and structured data that a text does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import orjson
import pyarrow as pa

from dedup.inputs import non_article_signs as signs
from dedup.inputs.batch import Batch, int_array
from dedup.inputs.text_buffers import Buffers, text_buffers
from dedup.model import NonArticle, SetAside
from dedup.settings import Settings

#: The key of page metadata under which the extractor says why a page is no article: {"reason", "detail"}.
MARK = "no_article"

_MARK = re.compile(rb'"no_article"')


def without_non_articles(batches: Iterable[Batch], settings: Settings) -> Iterator[Batch]:
    """Yield the batches with what is no article set aside; as they are with the setting `keep_all`."""
    if settings.keep_all:
        yield from batches
        return
    for batch in batches:
        yield set_aside(batch)
        del batch


def set_aside(batch: Batch) -> Batch:
    """Return a batch without the records that are no articles; they are in its `set_aside`."""
    records = batch.records
    if records.num_rows == 0:
        return batch
    flags = signs.flags(text_buffers(records.column("text")))
    rows = np.flatnonzero(flags & ~np.uint8(signs.LIST)).tolist()
    # Many texts begin with short lines; of these an address decides first.
    urls = records.column("url")
    if urls.null_count < len(urls):
        lists = np.flatnonzero(flags == signs.LIST).tolist()
        if lists:
            from dedup.inputs.html.urls import is_list_address

            rows += [row for row in lists if (url := urls[row].as_py()) is not None and is_list_address(url)]
            rows.sort()
    if marks := _marked(records.column("meta")):
        rows = sorted({*rows, *marks})
    kinds = {}
    for row in rows:
        kind = marks.get(row)
        if kind is None:
            text, title, url = (records.column(name)[row].as_py() for name in ("text", "title", "url"))
            kind = _classify(text, title, url, int(flags[row]))
        if kind is not None:
            kinds[row] = kind
    if not kinds:
        return batch
    lines = records.column("line")
    aside = {
        row: SetAside(batch.file_of(row), lines[row].as_py(), batch.id_of(row), *kind) for row, kind in kinds.items()
    }
    return replace(_without_rows(batch, aside), set_aside=aside)


def non_article(text: bytes, columns: Mapping[str, Sequence[str | None]]) -> NonArticle | None:
    """Return why one record is no article, as `set_aside` does. columns: one value each, as in a batch."""
    flag = int(signs.flags(Buffers.of([text]))[0])
    meta = columns["meta"][0]
    if meta is not None and (kind := _mark_of(meta)) is not None:
        return kind
    return _classify(text.decode(), columns["title"][0], columns["url"][0], flag) if flag else None


def _classify(text: str, title: str | None, url: str | None, flag: int) -> NonArticle | None:
    """Call `classify`, whose patterns and lists take long to make: most corpora need none of them."""
    from dedup.inputs.non_articles import classify

    return classify(text, title, url, flag)


def _without_rows(batch: Batch, aside: Mapping[int, SetAside]) -> Batch:
    rows = [row for row in range(batch.records.num_rows) if row not in aside]
    return replace(
        batch,
        records=batch.records.take(int_array(rows)),
        raw=None if batch.raw is None else [batch.raw[row] for row in rows],
        files=None if batch.files is None else tuple(batch.files[row] for row in rows),
        record_hashes=None if batch.record_hashes is None else batch.record_hashes[rows],
    )


def _marked(meta: pa.Array) -> dict[int, NonArticle]:
    """Return the marks of the extractor in a column of page metadata, by row."""
    if meta.null_count == len(meta):
        return {}
    texts = text_buffers(meta)
    begin, end = int(texts.offsets[0]), int(texts.offsets[-1])
    marks = {}
    # One search over the bytes of all rows; most batches hold none.
    for match in _MARK.finditer(texts.data[begin:end].data):
        row = int(np.searchsorted(texts.offsets, begin + match.start(), "right")) - 1
        if (kind := _mark_of(texts.raw(row).decode())) is not None:
            marks[row] = kind
    return marks


def _mark_of(meta: str) -> NonArticle | None:
    mark = orjson.loads(meta).get(MARK) if f'"{MARK}"' in meta else None
    if not isinstance(mark, dict) or not isinstance(mark.get("reason"), str):
        return None
    return NonArticle(mark["reason"], str(mark.get("detail", "")))
