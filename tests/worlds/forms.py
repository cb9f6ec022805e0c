"""The list of forms, and the making of a world: so many articles of each form, and the truth about them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.worlds import pages, prose, series
from tests.worlds.pieces import COPIES, TRUE, Piece, are_documents, candidates, judge
from tests.worlds.world import World

FORMS: dict[str, Callable[[World, int], None]] = {
    "wire": prose.wire,
    "site furniture": prose.site_furniture,
    "live blog": prose.live_blog,
    "follow-up": prose.followup,
    "correction": prose.correction,
    "rewritten lead": prose.lead_rewrite,
    "excerpt": prose.excerpt,
    "statement": prose.statement,
    "series": prose.parts,
    "interview": prose.interview,
    "unequal lengths": pages.unequal,
    "composite": pages.composite,
    "recurring box": pages.recurring_box,
    "digest": pages.digest,
    "listicle": pages.listicle,
    "press release": series.releases,
    "other languages": series.foreign,
    **{form: series.templates(form) for form in series.TEMPLATES},
}
#: Labels of pairs that are no copies and that are written for each pair; of the others a sample is.
_RELATED = "related"


def make(seed: int, articles: int) -> list[Piece]:
    """Return all articles of a world."""
    world = World(seed, articles)
    for form, add in FORMS.items():
        add(world, articles // len(FORMS))
        assert any(piece.form == form for piece in world.pieces)
    return world.finish()


def truth(pieces: list[Piece], sample: int = 60) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the lines of pairs and of true stories; what stands in no line of pairs is no copy.

    All copies, overlaps and related pairs are written, and of each other label so many a form.
    """
    lines: list[dict[str, Any]] = []
    holders: dict[int, set[str]] = defaultdict(set)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for one, other in candidates(pieces):
        a, b = sorted((one, other), key=lambda piece: piece.id)
        label, direction, unsure = judge(a, b)
        form = a.form
        counts[label, form] += 1
        if label in COPIES and a.story != b.story:
            outer, inner = (b, a) if direction == "a_in_b" else (a, b)
            holders[inner.story].add(outer.id)
        if label in (*TRUE, _RELATED) or counts[label, form] <= sample:
            line: dict[str, Any] = {"a": a.id, "b": b.id, "label": label, "form": form, "direction": direction}
            if unsure:
                line["unsure"] = True
            elif label == _RELATED and are_documents(a, b):
                line["arguable"] = "overlap"
            lines.append(line)
    lines += _far(pieces, sample)
    stories: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        stories[piece.story].append(piece)
    clusters = [
        {"story": story, "form": members[0].form, "ids": sorted(p.id for p in members),
         "also": sorted(holders[story] - {p.id for p in members})}
        for story, members in sorted(stories.items())
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line["a"], line["b"])), clusters


def _far(pieces: list[Piece], sample: int) -> list[dict[str, Any]]:
    """Pairs of neighbours in the order of ids that have nothing in common, or only a site."""
    out: list[dict[str, Any]] = []
    for a, b in pairwise(pieces):
        if len(out) >= 10 * sample:
            break
        if a.story != b.story and a.form != b.form:
            out.append({"a": a.id, "b": b.id, "label": judge(a, b).label, "form": a.form, "direction": None})
    return out


def _record(piece: Piece) -> dict[str, Any]:
    path = piece.path or f"{piece.published:%Y/%m/%d}/{piece.id}"
    record: dict[str, Any] = {
        "id": piece.id,
        "url": f"https://www.{piece.site.domain}/{path}",
        "domain": piece.site.domain,
        "title": piece.title,
        "published": piece.published.isoformat(),
        "text": piece.text,
    }
    if piece.byline and len(piece.id + piece.title) % 3 == 0:
        record["authors"] = [piece.byline]
    return record


def write(pieces: list[Piece], out: Path) -> None:
    """Write the three files of a world into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    pairs, clusters = truth(pieces)
    for name, lines in (("articles", map(_record, pieces)), ("pairs", pairs), ("clusters", clusters)):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (out / f"{name}.jsonl").write_text(text, encoding="utf-8")
