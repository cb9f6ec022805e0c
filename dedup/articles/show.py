"""What was cut from an article, and by which rule, for people."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from dedup.articles.batch import Batch
from dedup.articles.furniture import BODY, ZONES, zones
from dedup.articles.phrases import rule_name
from dedup.articles.tokens import tokenise


def body_records(batch: Batch) -> Iterator[dict[str, Any]]:
    """Each article of a batch with `text` its body, and `furniture`: {zone, rule, text} in the order of the page."""
    tokens = tokenise(batch.records.column("text"))
    zone, rule, _ = zones(tokens, batch.records.column("title"))
    rows = batch.records.drop_columns(["text", "offset", "length"]).to_pylist()
    for i, row in enumerate(rows):
        raw = tokens.texts[i].as_py().encode()
        low, high = int(tokens.first[i]), int(tokens.last[i])
        kind = zone[low:high].astype(np.int64) << 16 | rule[low:high]
        cuts = [low, *(np.flatnonzero(np.diff(kind)) + low + 1).tolist(), high] if high > low else []
        body, furniture = [], []
        for a, b in pairwise(cuts):
            # A part reaches to the next one, so that its closing punctuation stays with it.
            stop = int(tokens.start[b]) if b < high else len(raw)
            text = raw[0 if a == low else int(tokens.start[a]) : stop].decode().strip()
            if zone[a] == BODY:
                body.append(text)
            else:
                furniture.append({"zone": ZONES[zone[a]], "rule": rule_name(int(rule[a])), "text": text})
        line = row.pop("line")
        name = row["id"] if row["id"] is not None else f"{batch.file}:{line}"
        yield {**row, "id": name, "file": batch.file, "text": "\n\n".join(body), "furniture": furniture}
