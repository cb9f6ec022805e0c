"""`python -m tools.probability`: fit the probabilities of pairs again, after a change of relations or labels.

Takes the half `fit` of every labelled set that is here (DEDUP_DATA), the dropped articles that were read, and generated
corpora; reports on the half `check`, and on a world that it did not see. `--dry-run` writes nothing.
"""

import argparse
import json
import sys
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from dedup.comparison import probability as p
from dedup.comparison.relate import JOINS
from tools.probability.fit import bins, calibration_error, fit, name, unfitted
from tools.probability.pairs import Judged, generated, join, judged_sets, read_sets, world


def probabilities(judged: Judged, data: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the probabilities of pairs under a fitted model."""
    return p.probabilities(judged.features, judged.relation, fitted=p.model_from(data)) / p.WHOLE


def report(judged: Judged, data: dict[str, Any], title: str) -> float:
    """Print the calibration of some pairs; return its error."""
    found = probabilities(judged, data)
    error = calibration_error(found, judged.copy, judged.weight)
    print(f"{title}: {len(found)} pairs, calibration error {error:.4f}")
    for weight, said, true in bins(found, judged.copy, judged.weight):
        print(f"  {weight:7.1f} pairs: probability {said:.3f}, copies {true:.3f}")
    return error


def report_limits(judged: Judged, data: dict[str, Any]) -> None:
    """Print what `--min-probability` leaves of the pairs that the rules put into one cluster."""
    joined = judged.take(JOINS[judged.relation])
    found = probabilities(joined, data)
    for least in (0.0, 0.5, 0.7, 0.8, 0.9, 0.95):
        left = found >= least
        counts = [f"{int((left & of).sum())} of {int(of.sum())}" for of in (joined.copy, ~joined.copy)]
        print(f"  --min-probability {least:<5} leaves copies {counts[0]}, others {counts[1]}")


def prepare() -> None:
    """Make a scan possible where the packaged model is of other inputs than the code has now."""
    try:
        p.model()
    except (KeyError, ValueError, OSError):
        write(unfitted())


def write(content: dict[str, Any]) -> None:
    """Write probability.json."""
    with as_file(files("dedup.comparison")) as folder:
        (folder / "probability.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """0 once probability.json is written."""
    parser = argparse.ArgumentParser(prog="python -m tools.probability", description=__doc__)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    prepare()
    sets = judged_sets(read_sets())
    half = {name: sets.take(sets.half == name) for name in ("fit", "check")}
    data = fit(join([half["fit"], generated(), world(1)]))
    report(half["fit"], data, "fit")
    error = report(half["check"], data, "check")
    report_limits(half["check"], data)
    report(world(2), data, "a world of another seed, copies and others alike")
    for source in np.unique(sets.source).tolist():
        own = half["check"].take(half["check"].source == source)
        if len(own.copy):
            found = probabilities(own, data)
            print(f"  {source:16}{len(own.copy):4} pairs, {calibration_error(found, own.copy, own.weight):.4f}")
    for code in np.unique(sets.relation).tolist():
        own = half["check"].take(half["check"].relation == code)
        if len(own.copy):
            said, true = (
                np.average(probabilities(own, data), weights=own.weight),
                np.average(own.copy, weights=own.weight),
            )
            print(f"  {name(code):16}{len(own.copy):4} pairs, probability {said:.3f}, copies {true:.3f}")
    about = {
        "made by": "python -m tools.probability",
        "units": "millionths of a logit, of an input per mille; identical: ten-thousandths",
        "calibration error of the half check": round(error, 4),
    }
    content = {"about": about, **data}
    print(json.dumps(content, indent=1))
    if not options.dry_run:
        write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
