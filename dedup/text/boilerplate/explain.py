"""Show the boilerplate that is removed from articles, and its rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.batch import Batch, text_array
from dedup.text.boilerplate.learning import BoilerplateModel, normalize_domain, token_zones
from dedup.text.boilerplate.rules import rule_name
from dedup.text.boilerplate.zones import BODY, ZONES, zones
from dedup.text.tokens import Tokens, tokenise

#: In the place of a rule's number: model from the domain's pages.
_LEARNED = -1


def body_records(batch: Batch, model: BoilerplateModel, *, explain: bool = False) -> Iterator[dict[str, Any]]:
    """Yield each article of a batch with its body as `text`, and `furniture`: {zone, rule, text} in the page's order.

    explain: add to model boilerplate on how many of how many pages of its domain it stands.
    """
    tokens = tokenise(batch.records.column("text"))
    zone, rule, _ = zones(tokens, batch.records.column("title"))
    mark_by_model(tokens, zone, rule, batch.records.column("domain"), model)
    rows = batch.records.drop_columns(["text", "offset", "length"]).to_pylist()
    for i, row in enumerate(rows):
        raw = tokens.texts.raw(i)
        low, high = int(tokens.first[i]), int(tokens.last[i])
        kind = zone[low:high].astype(np.int64) << 16 | (rule[low:high].astype(np.int64) + 1)
        bounds = [low, *(np.flatnonzero(np.diff(kind)) + low + 1).tolist(), high] if high > low else []
        body, furniture = [], []
        for a, b in pairwise(bounds):
            # A part reaches to the next one, so that its closing punctuation stays with it.
            stop = int(tokens.start[b]) if b < high else len(raw)
            text = raw[0 if a == low else int(tokens.start[a]) : stop].decode().strip()
            if zone[a] == BODY:
                body.append(text)
            else:
                by_rule = rule[a] != _LEARNED
                part = {"zone": ZONES[zone[a]], "rule": rule_name(int(rule[a])) if by_rule else "learned", "text": text}
                furniture.append(
                    part if by_rule or not explain else {**part, **_page_counts(text, row["domain"], model)}
                )
        line = row.pop("line")
        name = row["id"] if row["id"] is not None else f"{batch.file}:{line}"
        yield {**row, "id": name, "file": batch.file_of(i), "text": "\n\n".join(body), "furniture": furniture}


def mark_by_model(
    tokens: Tokens, zone: NDArray[np.uint8], rule: NDArray[np.int16], domains: pa.Array, model: BoilerplateModel
) -> None:
    """Set zone (t,) uint8 and rule (t,) int16 of the tokens that are boilerplate by a model."""
    if not model:
        return
    body = np.flatnonzero(zone == BODY)
    first, last = (np.searchsorted(body, place) for place in (tokens.first, tokens.last))
    bodies = replace(tokens, word=tokens.word[body], first=first, last=last)
    model_zone, _ = token_zones(bodies, model.numbers(domains), model.slots)
    is_boilerplate = model_zone != BODY
    zone[body[is_boilerplate]] = model_zone[is_boilerplate]
    rule[body[is_boilerplate]] = _LEARNED


def _page_counts(text: str, domain: str, model: BoilerplateModel) -> dict[str, int]:
    """Return on how many pages of the domain the most frequent block within a text stands, and of how many."""
    tokens = tokenise(text_array([text]))
    words = f" {tokens.text(0)} "
    name = normalize_domain(domain)
    counts = [block.articles for block in model.domains[name] if f" {block.text} " in words]
    pages = int(model.size[model.names.index(name)])
    return {"articles": max(counts, default=0), "of": pages}
