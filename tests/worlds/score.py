"""Score a result of the tool against a world: `python -m tests.worlds.score FOLDER RESULT_FOLDER`."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tests.worlds.pieces import COPIES

ORDER = (
    {"identical", "near_copy"}, {"near_copy", "version"}, {"near_copy", "excerpt"}, {"version", "excerpt"},
    {"version", "overlap"}, {"excerpt", "overlap"},
)  # fmt: skip
ACROSS = "across forms"


@dataclass
class Tally:
    """What is counted for a form."""

    told: int = 0
    right: int = 0
    true: int = 0
    reached: int = 0
    linked: int = 0
    exact: int = 0
    near: int = 0
    told_overlaps: int = 0
    right_overlaps: int = 0
    true_overlaps: int = 0
    reached_overlaps: int = 0
    clusters: int = 0
    mixed: int = 0
    dropped: int = 0
    harmed: int = 0

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass
class Truth:
    """The truth of a world: labels of pairs, the form and story of each article, and what may stand with a story."""

    labels: dict[tuple[str, str], dict[str, Any]]
    form: dict[str, str]
    story: dict[str, int]
    allowed: dict[int, set[str]]

    def is_unsure(self, one: str, other: str) -> bool:
        """Whether readers could disagree on a pair."""
        return bool(self.labels.get((min(one, other), max(one, other)), {}).get("unsure"))

    def is_mixed(self, members: set[str]) -> bool:
        """Whether no story holds all of some articles, or may stand with them: copies of a page that holds it, too."""
        return not any(
            all(self._may_stand(other, one, members) for other in members - self.allowed[self.story[one]])
            for one in members
        )

    def _may_stand(self, other: str, one: str, members: set[str]) -> bool:
        holders = {self.story[name] for name in self.allowed[self.story[one]] & members}
        return self.story[other] in holders or self.is_unsure(one, other)

    def is_harm(self, dropped: str, kept: str) -> bool:
        """Whether an article is of another story than the one kept for it, which does not hold it either."""
        return kept not in self.allowed[self.story[dropped]]


def lines(file: Path) -> list[dict[str, Any]]:
    """Read JSON lines; none where there is no file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def read(folder: Path) -> Truth:
    """Read the truth of a world."""
    labels = {(line["a"], line["b"]): line for line in lines(folder / "pairs.jsonl")}
    stories = lines(folder / "clusters.jsonl")
    form = {name: line["form"] for line in stories for name in line["ids"]}
    story = {name: line["story"] for line in stories for name in line["ids"]}
    return Truth(labels, form, story, {line["story"]: {*line["ids"], *line["also"]} for line in stories})


def score(folder: Path, result: Path) -> tuple[dict[str, Tally], list[dict[str, Any]]]:
    """Return the counts of each form, and all errors: false pairs, misses and false members, to be read."""
    truth = read(folder)
    tallies: dict[str, Tally] = defaultdict(Tally)
    errors: list[dict[str, Any]] = []
    told = {(line["a"], line["b"]): line["relation"] for line in lines(result / "pairs.jsonl")}
    clusters = lines(result / "clusters.jsonl")
    cluster = {member["id"]: line["cluster"] for line in clusters for member in line["members"]}
    for (a, b), relation in told.items():
        known = truth.labels.get((a, b), {"label": "none"})
        label = known["label"]
        tally = tallies[truth.form[a] if truth.form[a] == truth.form[b] else ACROSS]
        if known.get("unsure"):
            continue
        if relation == "overlap" and known.get("arguable") == "overlap":
            continue
        if relation == "overlap":
            tally.told_overlaps += 1
            tally.right_overlaps += label == "overlap" or label in COPIES
        elif relation in COPIES:
            tally.told += 1
            tally.right += label in COPIES
            if label not in COPIES:
                errors.append(
                    {"error": "false pair", "a": a, "b": b, "said": relation, "truth": label, "form": truth.form[a]}
                )
    for (a, b), known in truth.labels.items():
        label, said, tally = known["label"], told.get((a, b)), tallies[known["form"]]
        if known.get("unsure"):
            continue
        if label in COPIES:
            tally.true += 1
            tally.reached += said in COPIES
            tally.linked += said is not None or (a in cluster and cluster[a] == cluster.get(b))
            tally.exact += said == label
            tally.near += said in COPIES and (said == label or {said, label} in ORDER)
            if said not in COPIES:
                errors.append({"error": "miss", "a": a, "b": b, "said": said, "truth": label, "form": known["form"]})
        elif label == "overlap":
            tally.true_overlaps += 1
            tally.reached_overlaps += said in ("overlap", *COPIES)
    for line in clusters:
        members = {member["id"] for member in line["members"]}
        kept = line["canonical"]["id"]
        tally = tallies[truth.form[kept]]
        tally.clusters += 1
        if truth.is_mixed(members):
            tally.mixed += 1
            errors.append({"error": "mixed", "a": kept, "b": sorted(members), "form": truth.form[kept]})
        for one in sorted(members - {kept}):
            own = tallies[truth.form[one]]
            if truth.is_unsure(one, kept):
                continue
            own.dropped += 1
            if truth.is_harm(one, kept):
                own.harmed += 1
                errors.append({"error": "harm", "a": one, "b": kept, "form": truth.form[one]})
    return dict(tallies), errors


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def table(tallies: dict[str, Tally]) -> str:
    """Return the figures of each form and of all as a table."""
    pooled = Tally()
    for tally in tallies.values():
        pooled.add(tally)
    head = ("form", "precision", "of", "recall", "of", "linked", "exact", "near", "ov.prec", "of", "ov.rec", "of",
            "mixed", "of", "harm", "of")  # fmt: skip
    rows = [head]
    for form, t in [*sorted(tallies.items()), ("all", pooled)]:
        rows.append((
            form, _share(t.right, t.told), str(t.told), _share(t.reached, t.true), str(t.true),
            _share(t.linked, t.true),
            _share(t.exact, t.reached), _share(t.near, t.reached), _share(t.right_overlaps, t.told_overlaps),
            str(t.told_overlaps), _share(t.reached_overlaps, t.true_overlaps), str(t.true_overlaps),
            _share(t.mixed, t.clusters), str(t.clusters), _share(t.harmed, t.dropped), str(t.dropped)))  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) if not i else cell.rjust(w) for i, (cell, w) in
                               enumerate(zip(row, widths, strict=True))) for row in rows)  # fmt: skip


def main() -> None:
    """Print the table; `--errors FILE` writes each error as a line, to be read."""
    parser = argparse.ArgumentParser(prog="python -m tests.worlds.score", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--errors", type=Path)
    options = parser.parse_args()
    tallies, errors = score(options.folder, options.result)
    print(table(tallies))
    if options.errors:
        options.errors.write_text("".join(json.dumps(error) + "\n" for error in errors))


if __name__ == "__main__":
    main()
