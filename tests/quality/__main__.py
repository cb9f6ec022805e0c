"""`python -m tests.quality`: the measures of every labelled set and generated corpus, beside their floors.

Labelled pairs are divided into two halves, `fit` and `check`, so that no article is in both: thresholds are fitted on
the one and reported on the other. All figures are printed for both and for all pairs, or with `--half` for one.
First of all stands the harm that `--keep canonical` does (`harm`); `--harm` prints nothing else.
`--pairs` lists the wrong pairs of the half `fit`, and those of `check` only where `--half check` asks for them.
`--pin` raises the floors to what is measured now; it never lowers one, unless the data of its set have changed:
whoever wants a lower floor writes it by hand.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
# As pytest imports them: by their own names.
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import floors  # noqa: E402
import harm  # noqa: E402
import measure_quality as quality  # noqa: E402
import origins  # noqa: E402
from labelled import (  # noqa: E402
    HALVES,
    SHIPPED,
    digest,
    labels_only,
    set_files,
    sets_here,
    sets_with_origins,
    why_absent,
)
from measure_quality import GENERATED, POOLED, Judged, Measures  # noqa: E402


def _figures(judged: Sequence[Judged], halves: Sequence[str], least: dict[str, float]) -> None:
    """The measures of the halves side by side, with part and whole, and the floor of all."""
    found = {name: quality.half(judged, name) for name in halves}
    shares = {name: quality.measures(those) for name, those in found.items()}
    wholes = {name: quality.counts(those) for name, those in found.items()}
    print(f"  {'':28}" + "".join(f"{name:>20}" for name in halves) + f"{'floor of all':>16}")
    for measure in dict.fromkeys(measure for got in shares.values() for measure in got):
        cells = []
        for name in halves:
            part = f" {wholes[name][measure][0]}/{wholes[name][measure][1]}" if measure in wholes[name] else ""
            cells.append(f"{shares[name][measure]:.4f}{part:>9}" if measure in shares[name] else "-")
        print(f"  {measure:28}" + "".join(f"{cell:>20}" for cell in cells) + f"{_floor(least, measure):>16}")
    unsure = [f"{part}/{whole}" for part, whole in map(quality.agreement, found.values())]
    print(f"  {'unsure, as labelled (apart)':28}" + "".join(f"{cell:>20}" for cell in unsure))


def _floor(least: dict[str, float], measure: str) -> str:
    return f"{least[measure]:.4f}" if measure in least else "-"


def _confusion(judged: Sequence[Judged]) -> None:
    """Labels down, what was found across."""
    table = quality.confusion(judged)
    columns = [name for name, _ in sum(table.values(), Counter[str]()).most_common()]
    print(f"  {'label, and what was found':28}" + "".join(f"{name:>12.12}" for name in columns))
    for label in sorted(table, key=lambda one: (one not in quality.POSITIVE, one)):
        print(f"  {label:28}" + "".join(f"{table[label][name] or '.':>12}" for name in columns))


def _pairs(judged: Sequence[Judged]) -> None:
    for one in judged:
        if one.wrong and not one.label.unsure:
            said = f"{one.label.label} {one.label.direction or ''}".strip()
            print(f"  {one.label.a} {one.label.b}: {said}, found {one.found or 'nothing'} {one.direction or ''}")


def _generated(name: str) -> tuple[str, Measures]:
    with tempfile.TemporaryDirectory() as folder:
        files = quality.make_generated(name, Path(folder))
        return digest(files), quality.measure_generated(*files)


def _floors_of(pinned: floors.Floors, name: str, data: str) -> dict[str, float]:
    known = pinned.get(name, {})
    same = known.get("digest") == data
    print(f"{name}{'' if same else '  (other data than the floors were pinned on)'}")
    return known["floors"] if same else {}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--sets", nargs="*", help="only these sets and corpora; then nothing is pooled")
    parser.add_argument("--harm", action="store_true", help="only the harm that --keep canonical does")
    parser.add_argument("--origins", action="store_true", help="only what is said of writers and copies to keep")
    parser.add_argument("--min-probability", type=float, help="with --harm: of a scan with this option")
    parser.add_argument("--half", choices=HALVES, help="only this half")
    parser.add_argument("--pairs", action="store_true", help="list wrong pairs, of fit unless --half says check")
    parser.add_argument("--pin", action="store_true", help="raise the floors to what is measured now")
    options = parser.parse_args()
    if options.min_probability is not None and not options.harm:
        parser.error("--min-probability goes with --harm: floors are those of the rules alone")
    return options


def main() -> int:
    """1 if anything is below its floor."""
    options = _options()
    halves = [options.half] if options.half else ["all", *HALVES]
    pinned = floors.read() if floors.FILE.exists() else {}
    missed: list[str] = []

    def weigh(name: str, data: str, got: Measures, least: dict[str, float]) -> None:
        nonlocal pinned
        missed.extend(f"{name}: {measure} {said}" for measure, said in floors.below(got, least).items())
        pinned = floors.raised(pinned, name, data, got)

    if options.origins:
        named = [name for name in sets_with_origins() if not options.sets or name in options.sets]
        print("\n".join(origins.report({n: list(origins.verdicts(n, quality.scan_set(n).clusters)) for n in named})))
        return 0
    for name in options.sets or labels_only():
        if name not in (SHIPPED, *GENERATED) and (absent := why_absent(name)):
            print(f"{name}: left out; {absent}")
    names = [name for name in sets_here() if not options.sets or name in options.sets]
    outputs = {name: quality.scan_set(name, options.min_probability) for name in names}
    if names:
        print("\n".join(harm.report({name: harm.measure(name, outputs[name]) for name in names})))
    if options.harm:
        return 0
    found = {name: quality.judge(name, outputs[name]) for name in names}
    digests = {name: digest(set_files(name)) for name in found}
    for name, judged in found.items():
        least = _floors_of(pinned, name, digests[name])
        _figures(judged, halves, least)
        _confusion(quality.half(judged, halves[0]))
        if options.pairs:
            _pairs(quality.half(judged, options.half or "fit"))
        weigh(name, digests[name], quality.measures(judged), least)
    if not options.sets or SHIPPED in options.sets:
        judged, got = quality.shipped_measures()
        data = digest(set_files(SHIPPED))
        least = _floors_of(pinned, SHIPPED, data)
        _figures(judged, halves, least)
        for measure in sorted(got.keys() - quality.measures(judged).keys()):
            print(f"  {measure:28}{got[measure]:20.4f}{_floor(least, measure):>16}")
        if options.pairs:
            _pairs(quality.half(judged, options.half or "fit"))
        weigh(SHIPPED, data, got, least)
    whole = sorted(found.keys() - set(labels_only()))
    if whole and not options.sets:
        judged = [one for name in whole for one in found[name]]
        data = quality.pooled_digest({name: digests[name] for name in whole})
        least = _floors_of(pinned, POOLED, data)
        _figures(judged, halves, least)
        _confusion(quality.half(judged, halves[0]))
        weigh(POOLED, data, quality.measures(judged), least)
        for name in HALVES:
            key = f"{POOLED}, {name}"
            least = pinned[key]["floors"] if pinned.get(key, {}).get("digest") == data else {}
            weigh(key, data, quality.measures(quality.half(judged, name)), least)
    for name in GENERATED:
        if options.sets and name not in options.sets:
            continue
        data, got = _generated(name)
        least = _floors_of(pinned, name, data)
        for measure, value in got.items():
            print(f"  {measure:36}{value:12.4f}{_floor(least, measure):>16}")
        weigh(name, data, got, least)
    if not sets_here():
        print("no text set is here (set DEDUP_DATA to their folder)")
    print("\n".join(["below the floor:", *missed]) if missed else "nothing is below its floor")
    if options.pin:
        floors.write(pinned)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
