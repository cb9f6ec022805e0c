"""Show the boilerplate that is removed from articles, with its rules, or with its places for pages that mark it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.batch import Batch, text_array
from dedup.text.boilerplate.body_kernels import single_kernel
from dedup.text.boilerplate.headlines import Headlines
from dedup.text.boilerplate.learning import BoilerplateModel, normalize_domain, token_zones
from dedup.text.boilerplate.rules import BODY, ZONES, rule_name
from dedup.text.boilerplate.zones import kinds_of_repair, pack, zones, zones_behind_learned
from dedup.text.tokens import Tokens, tokenise

#: In the place of a rule's number: model from the domain's pages.
_LEARNED = -1


def body_records(batch: Batch, model: BoilerplateModel, *, explain: bool = False) -> Iterator[dict[str, Any]]:
    """Yield each article of a batch with its body as `text`, and `furniture`: {zone, rule, text} in the page's order.

    explain: add what was repaired in the text, `repaired`, and to learned boilerplate on how many of how many pages of
    its domain it stands.
    """
    tokens = tokenise(batch.records.column("text"))
    headlines = Headlines.of(batch.records.column("title"), batch.records.column("domain"), len(tokens))
    zone, rule, _ = zones(tokens, headlines)
    repaired = kinds_of_repair(tokens, rule)
    mark_by_model(tokens, zone, rule, headlines, model)
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
        repairs = {"repaired": list(repaired.get(i, ()))} if explain else {}
        text = "\n\n".join(body)
        yield {**row, "id": name, "file": batch.file_of(i), "text": text, "furniture": furniture, **repairs}


def mark_by_model(
    tokens: Tokens,
    zone: NDArray[np.uint8],
    rule: NDArray[np.int16],
    headlines: Headlines,
    model: BoilerplateModel,
) -> None:
    """Set zone (t,) uint8 and rule (t,) int16 of the tokens that are boilerplate by a model, and by rules behind it."""
    if not model or headlines.domains is None:
        return
    body = np.flatnonzero(zone == BODY)
    model_zone, has_boilerplate = token_zones(_of_body(tokens, body), model.numbers(headlines.domains), model.slots)
    is_boilerplate = model_zone != BODY
    zone[body[is_boilerplate]] = model_zone[is_boilerplate]
    rule[body[is_boilerplate]] = _LEARNED
    if has_boilerplate.any():
        body = body[~is_boilerplate]
        headlines = headlines.without(tokens.first, rule)
        more, more_rule, _ = zones_behind_learned(_of_body(tokens, body), has_boilerplate, headlines)
        is_boilerplate = more != BODY
        zone[body[is_boilerplate]] = more[is_boilerplate]
        rule[body[is_boilerplate]] = more_rule[is_boilerplate]


def _of_body(tokens: Tokens, body: NDArray[np.int64]) -> Tokens:
    """Return the words of bodies, as `zones` and `token_zones` read them; body (m,): their places among all tokens."""
    first, last = (np.searchsorted(body, place) for place in (tokens.first, tokens.last))
    word, start, end = tokens.word[body], tokens.start[body], tokens.end[body]
    single = single_kernel(first, last, body, tokens.folded, tokens.folded_start)
    return replace(tokens, word=word, start=start, end=end, first=first, last=last, single=single)


def _page_counts(text: str, domain: str, model: BoilerplateModel) -> dict[str, int]:
    """Return on how many pages of the domain the most frequent block within a text stands, and of how many."""
    tokens = tokenise(text_array([text]))
    words = f" {tokens.text(0)} "
    name = normalize_domain(domain)
    counts = [block.articles for block in model.domains[name] if f" {block.text} " in words]
    pages = int(model.size[model.names.index(name)])
    return {"articles": max(counts, default=0), "of": pages}


@dataclass(frozen=True)
class MarkedTexts:
    """Texts with the places of their parts in UTF-16 code units, in which JavaScript counts characters.

    `boilerplate`: for each text [start, end, zone, start, end, zone ...]; zones are the numbers of `zones.ZONES`. A
    part reaches to the next word that is none of it, so that its closing punctuation stays with it. `bodies`: the
    tokens of the bodies. `base` (n + 1,) int64: the first byte of each text. `wide` (m,) int64: the bytes that are no
    ASCII, in order; `surplus` (m + 1,) int64: how many code units more than bytes the first 0, 1 .. m of them are.
    """

    boilerplate: list[list[int]]
    bodies: Tokens
    base: NDArray[np.int64]
    wide: NDArray[np.int64]
    surplus: NDArray[np.int64]

    def units(self, text: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
        """The code units before the bytes `at` (m,) of the texts numbered `text` (m,)."""
        first = self.base[text]
        bytes_before = np.searchsorted(self.wide, first + at), np.searchsorted(self.wide, self.base)[text]
        return at + self.surplus[bytes_before[0]] - self.surplus[bytes_before[1]]


def mark_texts(texts: pa.Array, titles: pa.Array, domains: pa.Array, model: BoilerplateModel) -> MarkedTexts:
    """Find the boilerplate and the bodies of texts, by the rules and by the learned model."""
    tokens = tokenise(texts)
    headlines = Headlines.of(titles, domains, len(tokens))
    zone, rule, _ = zones(tokens, headlines)
    mark_by_model(tokens, zone, rule, headlines, model)
    data, offsets = tokens.texts
    base = offsets - offsets[0]
    n = len(zone)
    owner = np.repeat(np.arange(len(tokens)), tokens.last - tokens.first)
    changes = np.ones(n + 1, np.bool_)
    changes[1:n] = (zone[1:] != zone[:-1]) | (owner[1:] != owner[:-1])
    bounds = np.flatnonzero(changes)
    low, high = bounds[:-1], bounds[1:]
    is_boilerplate = zone[low] > 0
    low, high = low[is_boilerplate], high[is_boilerplate]
    text = owner[low]
    start = np.where(low == tokens.first[text], 0, tokens.start[low])
    inside = high < tokens.last[text]
    end = np.where(inside, tokens.start[np.minimum(high, n - 1)], base[text + 1] - base[text])
    marked_texts = MarkedTexts([], tokens, base, *_wide_bytes(data[int(offsets[0]) : int(offsets[-1])]))
    values = (
        np.stack([marked_texts.units(text, start), marked_texts.units(text, end), zone[low]], 1).reshape(-1).tolist()
    )
    places = (3 * np.searchsorted(text, np.arange(len(tokens) + 1))).tolist()
    marked_texts.boilerplate.extend(values[places[i] : places[i + 1]] for i in range(len(tokens)))
    has_boilerplate = np.bincount(text, minlength=len(tokens)) > 0
    # The bodies take the place of all tokens, which are of no more use.
    pack(tokens, zone, has_boilerplate)
    return marked_texts


def _wide_bytes(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find `wide` and `surplus` of `MarkedTexts` in UTF-8. Most bytes are ASCII, and each of these is a code unit."""
    wide = np.flatnonzero(data >= 0x80)
    # A continuation byte is no code unit, the lead of a character beyond U+FFFF two, any other byte one.
    surplus = np.zeros(len(wide) + 1, np.int64)
    np.cumsum((data[wide] >= 0xF0).view(np.int8) - (data[wide] < 0xC0).view(np.int8), out=surplus[1:])
    return wide, surplus
