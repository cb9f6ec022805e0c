"""The command line `dedup`, with one module for each command. This one: the group, exit codes and error lines.

Nothing heavy is imported until a command needs it, so that help and mistakes answer at once.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

import click
import rich_click

from dedup._version import __version__
from dedup.errors import DedupError

#: The commands in the order of the help; each is `dedup.cli.NAME` with a click command `command`.
COMMANDS = ("scan", "demo", "show", "compare", "extract", "origin", "index", "tune")

OK, NOTHING_ACCEPTED, USAGE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130

#: How help looks: titles without frames, so that it reads the same in a pipe. Every command takes it.
CONTEXT: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    "rich_help_config": {
        "style_options_panel_box": "SIMPLE",
        "style_commands_panel_box": "SIMPLE",
        "text_markup": None,
        "option_groups": {
            "dedup scan": [
                {
                    "name": "Input and output",
                    "options": ["--out", "--against", "--field", "--format", "--keep", "--tmp"],
                },
                {
                    "name": "Reports and tables",
                    "options": ["--no-html", "--html-articles", "--csv", "--parquet", "--sqlite", "--graphml"],
                },
                {
                    "name": "What counts as a copy",
                    "options": [
                        "--threshold",
                        "--min-probability",
                        "--settings",
                        "--window",
                        "--shingle-size",
                        "--num-perm",
                        "--seed",
                    ],
                },
                {
                    "name": "On the screen",
                    "options": ["--quiet", "--json", "--explain-settings", "--threads", "--help"],
                },
            ]
        },
        "max_width": 100,
    },
}


class PipeClosedError(Exception):
    """The reader of standard output has closed it (`dedup extract ... | head`)."""


class InterruptedByUserError(Exception):
    """The user pressed Ctrl-C, or a signal asked the process to end."""


class Commands(rich_click.RichGroup):
    """The group of commands. It imports a command when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"dedup.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, with errors of our own for endings that click would take for others."""
        # click would make of these what our exit codes do not mean: 1, or "aborted" with an empty line.
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise PipeClosedError from error
        except KeyboardInterrupt as error:
            raise InterruptedByUserError from error
        except EOFError as error:
            raise RuntimeError(f"unexpected end of data: {error}") from error


@click.group(
    cls=Commands,
    context_settings=CONTEXT,
    epilog="First time here? Try: dedup demo",
)
@click.version_option(__version__, message="dedup %(version)s", help="Show the version.")
def cli() -> None:
    """Find republished news: which articles carry the same text, which copy to keep, and who wrote it."""


def run(args: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. An error becomes one line on standard error."""
    try:
        code = cli.main(args=None if args is None else list(args), prog_name="dedup", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else OK
    except (PipeClosedError, BrokenPipeError):
        # Python flushes standard output once more on its way out, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except (KeyboardInterrupt, InterruptedByUserError, click.Abort):
        if sys.stderr.isatty():
            print(file=sys.stderr)  # the terminal has put ^C at the beginning of this line
        return _say("interrupted", INTERRUPTED)
    except click.ClickException as error:
        return _say(_usage(error), USAGE)
    except DedupError as error:
        return _say(str(error), error.exit_code)
    except Exception as error:
        if os.environ.get("DEDUP_DEBUG") == "1":
            raise
        description = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return _say(f"internal error: {description}; run again with DEDUP_DEBUG=1 for the traceback", FAILED)


def _say(line: str, code: int) -> int:
    """Print the line of an error, sanitized, and return the exit code."""
    from dedup.sanitize import sanitize

    with suppress(OSError):  # where standard error is closed, the exit code says it alone
        print(f"dedup: {sanitize(line)}", file=sys.stderr, flush=True)
    return code


def _usage(error: click.ClickException) -> str:
    """Format click's message as one sentence that names the help."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "dedup"
    return f"{message.rstrip('.')}; see {path} --help"


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """Turn a signal into a `KeyboardInterrupt`, so that it is handled like Ctrl-C.

    While numba loads or compiles a kernel it waits: C code of numba and LLVM calls Python functions there, cannot pass
    their exceptions on, and crashes if one of them breaks off.
    """
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(("llvmlite.", "numba.")):
            import threading

            timer = threading.Timer(0.01, os.kill, (os.getpid(), signum))
            timer.daemon = True
            return timer.start()
        frame = frame.f_back
    raise KeyboardInterrupt


def main() -> None:
    """Run the `dedup` command: its entry point."""
    # The process ends with its command, and hardly anything that makes is cyclic: collecting would only cost time.
    gc.disable()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        usual = (signal.SIG_DFL, signal.default_int_handler)
        if number is not None and signal.getsignal(number) in usual:  # nohup's choice stays
            signal.signal(number, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is not UTF-8 shows marks it lacks as ?, and never ends a scan with an encoding error.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        code = run()
    except KeyboardInterrupt:  # it came when `run` was on its way out
        code = _say("interrupted", INTERRUPTED)
    if code == INTERRUPTED:
        # CPython notes an interrupt that passes through code compiled from a string (as dataclasses and numba run it),
        # though it be caught later, and kills itself with SIGINT in the end. The next such code forgets the note.
        exec("")
    gc.freeze()  # or Python would go through all that is left once more, a quarter of a second after a small scan
    sys.exit(code)
