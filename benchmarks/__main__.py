"""`python -m benchmarks PART`: run a part, print its tables and write them into the record."""

import argparse
import shlex
import sys

from benchmarks import compare, plots, record, run_all
from benchmarks.registry import NAMES, load, parts


def _parser(argument: str | None) -> argparse.ArgumentParser:
    """The parser. argument: the first argument; if it names a part, no other part is loaded."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    choices = parser.add_subparsers(dest="part", metavar="PART")
    first = load(argument) if argument in NAMES else None
    for part in [first] if first is not None else parts():
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
    """The command without folders of this machine, as the record shows it."""
    words = list(arguments)
    for position, argument in enumerate(arguments):
        for option, name in (("--keep", "DIR"), ("--data", "../shared/data")):
            if argument.startswith(f"{option}="):
                words[position] = f"{option}={name}"
            elif position and arguments[position - 1] == option:
                words[position] = name
    return shlex.join(["python", "-m", "benchmarks", *words])


def main() -> int:
    """Run a part, or list all parts if none is named."""
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
