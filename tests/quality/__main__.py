"""`python -m tests.quality`: the measures beside their floors.

`--pairs` lists the labelled pairs that are judged wrong. `--pin` raises the floors to what is measured now, less a
margin; it never lowers one, unless the data of its set have changed: whoever wants a lower floor writes it by hand.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from tests.quality.measure_quality import (
    FLOORS,
    GENERATED,
    GENERATED_ARTICLES,
    MARGIN,
    ROOT,
    SETS,
    Measures,
    digest,
    floors,
    judge,
    measure_generated,
    measures,
    set_files,
)


def _generated() -> tuple[str, Measures]:
    with tempfile.TemporaryDirectory() as folder:
        file, truth = Path(folder) / "corpus.jsonl", Path(folder) / "truth.jsonl"
        sizes = ["--articles", str(GENERATED_ARTICLES), "--seed", "1"]
        subprocess.run([sys.executable, "-m", "benchmarks.corpus", file, truth, *sizes], check=True, cwd=ROOT)
        return digest([file, truth]), measure_generated(file, truth)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="raise the floors to what is measured now")
    parser.add_argument("--pairs", action="store_true", help="list the pairs that are judged wrong")
    options = parser.parse_args()
    pinned = floors() if FLOORS.exists() else {}
    for name in (*SETS, GENERATED):
        if name != GENERATED and not all(file.exists() for file in set_files(name)):
            print(f"{name}: not here (set DEDUP_DATA)")
            continue
        if name == GENERATED:
            data, got = _generated()
        else:
            judged = judge(name)
            data, got = digest(set_files(name)), measures(judged)
            if options.pairs:
                for one in judged:
                    if not one.right and (one.positive or one.matched):
                        print(f"  {one.a} {one.b}: {one.label}, found {one.found or 'nothing'}")
        known = pinned.get(name, {})
        same = known.get("digest") == data
        before = known.get("floors", {}) if same else {}
        print(f"{name}{'' if same else '  (other data than the floors were pinned on)'}")
        for measure, value in got.items():
            floor = before.get(measure)
            shown = "   -  " if floor is None else f"{floor:.4f}" + ("  BELOW" if value < floor else "")
            print(f"  {measure:24} {value:.4f}   floor {shown}")
        raised = {m: max(before.get(m, 0.0), math.floor(1e4 * (v - MARGIN)) / 1e4) for m, v in got.items()}
        pinned[name] = {"digest": data, "floors": raised}
    if options.pin:
        FLOORS.write_bytes(orjson.dumps(pinned, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
