"""`python -m tests.quality.read_dropped SET`: articles that a scan drops, each beside the one that is kept, to be read.

They come in the fixed order of `harm`; those that were judged are left out, unless `--all` asks for them. What both
texts have in common stands once, after `=`; what only the dropped one has after `<`, only the kept one after `>`. Add a
line to tests/data/labels/harm.jsonl for each: set, dropped, canonical, judgement (copy, distinct or unsure), note.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import harm  # noqa: E402
import measure_quality as quality  # noqa: E402
from labelled import why_absent  # noqa: E402

#: Words of a common run that is shown as common.
RUN = 4
#: Words of a part that are shown: so many from its beginning and its end.
FIRST, LAST = 40, 20


def shortened(words: list[str]) -> str:
    """The words, or the first and last of them."""
    if len(words) <= FIRST + LAST + RUN:
        return " ".join(words)
    return f"{' '.join(words[:FIRST])} [... {len(words) - FIRST - LAST} words ...] {' '.join(words[-LAST:])}"


def beside(dropped: str, kept: str) -> Iterator[str]:
    """The two texts, part by part."""
    a, b = dropped.split(), kept.split()
    plain = [[re.sub(r"\W+", "", word.lower()) or word for word in words] for words in (a, b)]
    at_a = at_b = 0
    for x, y, n in SequenceMatcher(None, *plain, autojunk=len(a) * len(b) > 10**7).get_matching_blocks():
        if n and n < RUN:
            continue
        if x > at_a:
            yield f"  < {shortened(a[at_a:x])}"
        if y > at_b:
            yield f"  > {shortened(b[at_b:y])}"
        if n:
            yield f"  = {shortened(a[x : x + n])}"
        at_a, at_b = x + n, y + n


def main() -> int:
    """0, or 1 where the set is not here."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.read_dropped", description=__doc__)
    parser.add_argument("set")
    parser.add_argument("--articles", type=int, default=harm.SAMPLE, help="how many of the first; default: %(default)s")
    parser.add_argument("--all", action="store_true", help="also those that were judged")
    options = parser.parse_args()
    if absent := why_absent(options.set):
        print(absent, file=sys.stderr)
        return 1
    articles, said = harm.texts(options.set), harm.judgements(options.set)
    found = harm.drops(quality.scan_set(options.set).clusters)
    for drop in found[: options.articles]:
        if drop.pair in said and not options.all:
            continue
        print(f"{drop.dropped} dropped for {drop.canonical}: {said.get(drop.pair, 'not judged')}")
        for mark, id in zip("<>", drop, strict=True):
            about = [str(articles[id][field]) for field in ("title", "domain", "published") if articles[id].get(field)]
            print(f"  {mark} ({', '.join([*about, str(len(articles[id]['text'].split())) + ' words'])})")
        print("\n".join(beside(articles[drop.dropped]["text"], articles[drop.canonical]["text"])), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
