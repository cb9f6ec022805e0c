"""What several commands share: their options, the streams, and finding one article in a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dedup.errors import MissingInput, UsageError
from dedup.inputs.formats import FORMATS, split_compression

if TYPE_CHECKING:
    from rich.console import Console

    from dedup.model import Article

Command = TypeVar("Command", bound=Callable[..., Any])


def fields_from(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """`--field TARGET=NAME` as the pairs of `Settings.fields`."""
    if not values:
        return ()
    from dedup.inputs.fields import parse_mapping

    return parse_mapping(values)


def input_options(command: Command) -> Command:
    """How the input is read."""
    command = click.option(
        "--no-cache",
        "cache",
        is_flag=True,
        flag_value=False,
        default=True,
        help="Extract the texts of web pages anew, and do not keep them for the next time.",
    )(command)
    command = click.option(
        "--format",
        "format",
        metavar="NAME",
        help=f"Format of the input, where its name does not say: {', '.join(FORMATS)}.",
    )(command)
    return click.option(
        "--field",
        "fields",
        metavar="TARGET=NAME",
        multiple=True,
        callback=fields_from,
        help="Take TARGET (text, id, url, title, published ...) from the field NAME. May be given more than once.",
    )(command)


def compare_options(command: Command) -> Command:
    """What changes the outcome of a comparison."""
    command = click.option(
        "--threshold",
        type=float,
        metavar="T",
        help="Least share, 0 to 1, of the shorter body's shingles in common. Unset: fitted rules.",
    )(command)
    return click.option("--shingle-size", type=int, metavar="K", help="Words a shingle has. Default: 5.")(command)


def furniture_option(command: Command) -> Command:
    """A model that was learned before."""
    return click.option(
        "--furniture",
        metavar="FILE",
        help="Furniture learned before (--save-furniture). Default: learned from the input; in an index rules alone.",
    )(command)


def origin_options(command: Command) -> Command:
    """Agencies and sites of one's own."""
    command = click.option(
        "--sites", metavar="FILE", help="JSON with more sites that only republish: name, domains, role."
    )(command)
    return click.option(
        "--agencies", metavar="FILE", help="JSON with more agencies and papers: name, tags, domains, kind."
    )(command)


def settings_option(command: Command) -> Command:
    """Settings that `dedup tune` found."""
    return click.option(
        "--settings",
        metavar="FILE",
        help="Settings that dedup tune found for such a corpus (its tuning.json); options given beside it come first.",
    )(command)


def settings_from(options: dict[str, Any]) -> Any:
    """Settings from the options that were given; one left out is that of the file `--settings`, or the library's."""
    from dedup.settings import make_settings

    options = dict(options)
    file = options.pop("settings", None)
    found: dict[str, Any] = {}
    if file is not None:
        from dedup.tuning.result_file import read_settings

        found = read_settings(file)
    if options.get("furniture") is not None:
        from dedup.text.boilerplate.learning import Furniture

        options = {**options, "furniture": Furniture.load(options["furniture"])}

    given = {name: value for name, value in options.items() if value is not None and value != ()}
    return make_settings(**{**found, **given})


def screen() -> Console:
    """Standard output as a rich console."""
    from dedup.reports.layout import console_for

    return console_for(sys.stdout)


def print_json(value: Any) -> None:
    """`value` as indented JSON; UTF-8 whatever the terminal's encoding, as files and programs expect it."""
    import orjson

    write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write(data: bytes) -> None:
    """Bytes to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def files_read(paths: Sequence[str], format: str | None, *outputs: str | os.PathLike[str] | None) -> list[str]:
    """Input paths, and the files in those that are folders, if one of `outputs` could be among them."""
    folders = [path for path in paths if os.path.isdir(path)]
    if not folders or not any(output is not None and os.path.exists(output) for output in outputs):
        return list(paths)  # what is not there is not read, and a long list of files need not be made
    from dedup.inputs.paths import resolve

    with suppress(UsageError):  # what is wrong with an input is said when it is read
        return [*paths, *(source.path for source in resolve(folders, format))]
    return list(paths)


# -- one article ---------------------------------------------------------------------------------------------------


def one_article(name: str) -> Article:
    """The article that `name` means: a text file, FILE#ID or FILE:LINE for a record, `-` for a text piped in."""
    from dedup.model import Article

    if name == "-":
        return Article(text=_decoded(sys.stdin.buffer.read(), "standard input"), id="-")
    if Path(name).is_file():
        return _only_record(name) if _holds_records(name) else Article(text=_text_of(name), id=name)
    # A file's name may hold a #, and so may an id: the first split that leaves a file is meant.
    for at in (*(i for i, char in enumerate(name) if char == "#"), name.rfind(":")):
        if at > 0 and name[at + 1 :] and Path(name[:at]).is_file():
            return _record(name[:at], name[at + 1 :], name)
    if Path(name).is_dir():
        raise UsageError(f"{name} is a folder; name one file in it")
    raise MissingInput(f"{name} is not there; name a text file, or FILE#ID for one record of a JSONL file")


def _holds_records(name: str) -> bool:
    """Whether the ending is that of a format with records; any other file is one text."""
    plain, _ = split_compression(name.lower())
    return any(plain.endswith(format.endings) for format in FORMATS.values() if not format.is_text)


def _text_of(name: str) -> str:
    try:
        return _decoded(Path(name).read_bytes(), name)
    except OSError as error:
        raise MissingInput(f"{name} cannot be read: {error.strerror}") from error


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name} is not UTF-8 text (byte {error.start}); convert it, for example with iconv -t UTF-8"
        ) from error


def _only_record(name: str) -> Article:
    records = articles(name)
    first = next(records, None)
    if first is None:
        raise UsageError(f"{name} holds no article")
    if next(records, None) is not None:
        raise UsageError(f"{name} holds more than one article; name one as {name}#ID, for example {name}#{first['id']}")
    return _article(first)


def _record(file: str, wanted: str, name: str) -> Article:
    """The record of `file` with the id or, where records have none, the line that was asked for."""
    by_line = None
    for record in articles(file):
        if record["id"] in (wanted, name):
            return _article(record)
        if wanted.isdecimal() and record["line"] == int(wanted):
            by_line = record
    if by_line is None:
        raise UsageError(f"{file} has no article with the id {wanted!r}")
    return _article(by_line)


def _article(record: dict[str, Any]) -> Article:
    from dedup.model import Article

    return Article(
        **{name: record[name] for name in ("text", "id", "url", "domain", "title", "published", "authors")},
        meta=record["meta"] or {},
    )


def articles(name: str) -> Iterator[dict[str, Any]]:
    """The articles of one file as records."""
    from dedup.inputs.records import records
    from dedup.settings import Settings

    return records([name], Settings(), [])


def load_numba() -> None:
    """Load numpy and numba without what no kernel of ours calls: SciPy's BLAS, as in programs, and more.

    As it loads, numba looks for cffi, a fiftieth of a second. numpy's own BLAS starts a thread a core, and each spins
    for a while before it sleeps. Done by commands alone: in a program that uses the library they must find what they
    look for.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with _hidden("cffi"):
        import numba.core.typing.cffi_utils  # noqa: F401

        import dedup.kernels.numba_setup  # noqa: F401
    _keep_going_without_cache()


def _keep_going_without_cache() -> None:
    """Let a command go on where kernels cannot be kept: on a full disk numba would end it with an `OSError`."""
    from numba.core.caching import Cache

    save = Cache.save_overload

    def save_overload(self: Any, sig: Any, data: Any) -> None:
        with suppress(OSError):
            save(self, sig, data)  # type: ignore[no-untyped-call]

    Cache.save_overload = save_overload  # type: ignore[method-assign]


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Let an import of a module that is not loaded yet fail, as if it were not installed."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
