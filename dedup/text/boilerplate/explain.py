"""What was cut from an article, and by which rule, for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.batch import Batch, text_array
from dedup.text.boilerplate.learning import Furniture, site, token_zones
from dedup.text.boilerplate.rules import rule_name
from dedup.text.boilerplate.zones import BODY, ZONES, zones
from dedup.text.tokens import Tokens, tokenise

#: The number of the rule that is no rule: learned from the domain's pages.
_LEARNED = -1


def body_records(batch: Batch, learned: Furniture, *, explain: bool = False) -> Iterator[dict[str, Any]]:
    """Each article of a batch with `text` its body, and `furniture`: {zone, rule, text} in the order of the page.

    explain: learned furniture says on how many of how many pages of its domain each part stands.
    """
    tokens = tokenise(batch.records.column("text"))
    zone, rule, _ = zones(tokens, batch.records.column("title"))
    mark_learned(tokens, zone, rule, batch.records.column("domain"), learned)
    rows = batch.records.drop_columns(["text", "offset", "length"]).to_pylist()
    for i, row in enumerate(rows):
        raw = tokens.texts.raw(i)
        low, high = int(tokens.first[i]), int(tokens.last[i])
        kind = zone[low:high].astype(np.int64) << 16 | (rule[low:high].astype(np.int64) + 1)
        cuts = [low, *(np.flatnonzero(np.diff(kind)) + low + 1).tolist(), high] if high > low else []
        body, furniture = [], []
        for a, b in pairwise(cuts):
            # A part reaches to the next one, so that its closing punctuation stays with it.
            stop = int(tokens.start[b]) if b < high else len(raw)
            text = raw[0 if a == low else int(tokens.start[a]) : stop].decode().strip()
            if zone[a] == BODY:
                body.append(text)
            else:
                by_rule = rule[a] != _LEARNED
                part = {"zone": ZONES[zone[a]], "rule": rule_name(int(rule[a])) if by_rule else "learned", "text": text}
                furniture.append(part if by_rule or not explain else {**part, **_shown(text, row["domain"], learned)})
        line = row.pop("line")
        name = row["id"] if row["id"] is not None else f"{batch.file}:{line}"
        yield {**row, "id": name, "file": batch.file_of(i), "text": "\n\n".join(body), "furniture": furniture}


def mark_learned(
    tokens: Tokens, zone: NDArray[np.uint8], rule: NDArray[np.int16], domains: pa.Array, learned: Furniture
) -> None:
    """Set zone and rule of the tokens of the bodies that the model takes for furniture."""
    if not learned:
        return
    body = np.flatnonzero(zone == BODY)
    first, last = (np.searchsorted(body, place) for place in (tokens.first, tokens.last))
    bodies = replace(tokens, word=tokens.word[body], first=first, last=last)
    found, _ = token_zones(bodies, learned.numbers(domains), learned.slots)
    cut = found != BODY
    zone[body[cut]] = found[cut]
    rule[body[cut]] = _LEARNED


def _shown(text: str, domain: str, learned: Furniture) -> dict[str, int]:
    """On how many pages of the domain the most frequent block of a cut text stood, of how many it was learned from."""
    tokens = tokenise(text_array([text]))
    folded = f" {tokens.text(0)} "
    name = site(domain)
    shown = [block.articles for block in learned.domains[name] if f" {block.text} " in folded]
    pages = int(learned.size[learned.names.index(name)])
    return {"articles": max(shown, default=0), "of": pages}
