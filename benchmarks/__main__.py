"""`python -m benchmarks PART`: runs a part, prints its tables and writes them into the record."""

import argparse
import shlex
import sys

from benchmarks import compare, plots, record, run_all
from benchmarks.registry import NAMES, load, parts


def _parser(asked: str | None) -> argparse.ArgumentParser:
    """asked: the first argument. If it is a part, no other is loaded."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    choices = parser.add_subparsers(dest="part", metavar="PART")
    one = load(asked) if asked in NAMES else None
    for part in [one] if one is not None else parts():
        options = choices.add_parser(part.name, help=part.summary, description=part.summary)
        options.add_argument("--seed", type=int, default=1, help="seed of the corpus (default 1)")
        options.add_argument("--no-record", action="store_true", help="print only, leave RECORD.md as it is")
        part.add_options(options)
        options.set_defaults(run=part.run)
    for command in (run_all, compare, plots):
        options = choices.add_parser(command.NAME, help=command.SUMMARY, description=command.SUMMARY)
        command.add_options(options)
        options.set_defaults(command=command.main)
    return parser


def _command_line(arguments: list[str]) -> str:
    """The command as it can be repeated elsewhere: without the folders of this machine."""
    shown = list(arguments)
    for at, argument in enumerate(arguments):
        for option, name in (("--keep", "DIR"), ("--data", "../shared/data")):
            if argument.startswith(f"{option}="):
                shown[at] = f"{option}={name}"
            elif at and arguments[at - 1] == option:
                shown[at] = name
    return shlex.join(["python", "-m", "benchmarks", *shown])


def main() -> int:
    """Without a part: lists them."""
    parser = _parser(sys.argv[1] if len(sys.argv) > 1 else None)
    options = parser.parse_args()
    if options.part is None:
        parser.print_help()
        return 0
    if "command" in options:
        code: int = options.command(options)
        return code
    report = options.run(options)
    record.show(report)
    if not options.no_record:
        record.write(report, _command_line(sys.argv[1:]))
    return 1 if report.figures.get("failed") else 0


if __name__ == "__main__":
    sys.exit(main())
