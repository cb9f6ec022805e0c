"""`python -m benchmarks PART`: runs a part, prints its tables and writes them into the record."""

import argparse
import shlex
import sys

from benchmarks import index, origin, quality, record, scale, soak, speed
from benchmarks.parts import Part

# A new part is one more entry here.
PARTS: list[Part] = [speed.PART, quality.PART, scale.PART, origin.PART, index.PART, soak.PART]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    choices = parser.add_subparsers(dest="part", metavar="PART")
    for part in PARTS:
        options = choices.add_parser(part.name, help=part.summary, description=part.summary)
        options.add_argument("--seed", type=int, default=1, help="seed of the corpus (default 1)")
        options.add_argument("--no-record", action="store_true", help="print only, leave RECORD.md as it is")
        part.add_options(options)
    return parser


def _command_line(arguments: list[str]) -> str:
    """The command as it can be repeated elsewhere: without the folder of this machine."""
    shown = list(arguments)
    for at, argument in enumerate(arguments):
        if argument.startswith("--keep="):
            shown[at] = "--keep=DIR"
        elif at and arguments[at - 1] == "--keep":
            shown[at] = "DIR"
    return shlex.join(["python", "-m", "benchmarks", *shown])


def main() -> int:
    """Without a part: lists them."""
    parser = _parser()
    options = parser.parse_args()
    if options.part is None:
        parser.print_help()
        return 0
    report = next(part for part in PARTS if part.name == options.part).run(options)
    record.show(report)
    if not options.no_record:
        record.write(report, _command_line(sys.argv[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
