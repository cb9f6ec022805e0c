"""Shared parts of commands: options, streams, and reading one article of a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import rich_click

from dedup.cli import CONTEXT
from dedup.errors import MissingInput, UsageError
from dedup.inputs.formats import FORMATS, split_compression
from dedup.model import Article
from dedup.settings import DATE_ORDERS, Settings, make_settings, read_file

if TYPE_CHECKING:
    from rich.console import Console

Command = TypeVar("Command", bound=Callable[..., Any])


def fields_from(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Parse `--field TARGET=NAME` into the pairs of `Settings.fields`."""
    if not values:
        return ()
    from dedup.inputs.fields import parse_mapping

    return parse_mapping(values)


def encoding_from(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Check `--encoding NAME`. Raises `UsageError`."""
    if value is None:
        return None
    from dedup.inputs.charsets import check_encoding

    return check_encoding(value)


def option_group(*decorators: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Join options into one decorator; help lists them in this order."""

    def decorate(command: Command) -> Command:
        return reduce(lambda decorated, option: option(decorated), reversed(decorators), command)

    return decorate


rich_command = partial(click.command, cls=rich_click.RichCommand, context_settings=CONTEXT)
input_options = option_group(
    click.option(
        "--field",
        "fields",
        metavar="TARGET=NAME",
        multiple=True,
        callback=fields_from,
        help="Take TARGET (text, id, url, title, published ...) from the field NAME. May be given more than once; of "
        "several fields for one TARGET, the first that a record has.",
    ),
    click.option(
        "--format",
        "format",
        metavar="NAME",
        help=f"Format of the input, if its file name does not tell: {', '.join(FORMATS)}.",
    ),
    click.option(
        "--query",
        metavar="SQL",
        help="Read what this SELECT gives of SQLite and DuckDB files. Default: all their tables.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        callback=encoding_from,
        help="Character encoding of CSV, TSV, JSON and text files: cp1252, utf-16, gb18030 ... Default: recognised.",
    ),
    click.option(
        "--date-order",
        type=click.Choice(DATE_ORDERS),
        help="Order in dates such as 12/06/2017, which can mean two days. Default: such a date is unknown.",
    ),
    click.option(
        "--no-cache",
        "cache",
        is_flag=True,
        flag_value=False,
        default=True,
        help="Extract the texts of web pages again, and do not cache them.",
    ),
    click.option(
        "--keep-all",
        is_flag=True,
        flag_value=True,
        default=None,
        help="Take walls, error pages, menus and lists as articles too; else they are set aside.",
    ),
)
#: Options that change comparisons.
compare_options = option_group(
    click.option("--shingle-size", type=int, metavar="K", help="Words of a shingle. Default: 5."),
    click.option(
        "--threshold",
        type=float,
        metavar="T",
        help="Least share, 0 to 1, of the shorter body's shingles in common. Default: fitted rules.",
    ),
    click.option(
        "--min-probability",
        type=float,
        metavar="P",
        help="Least probability, 0 to 1, that a reader calls two texts one article. Not with --threshold.",
    ),
)
furniture_option = click.option(
    "--furniture",
    metavar="FILE",
    help="Boilerplate model (--save-furniture). Default: learned from the input; in an index rules only.",
)
#: Options for the user's own agencies and sites.
origin_options = option_group(
    click.option("--agencies", metavar="FILE", help="JSON with more agencies and papers: name, tags, domains, kind."),
    click.option("--sites", metavar="FILE", help="JSON with more sites that only republish: name, domains, role."),
)
settings_option = click.option(
    "--settings",
    metavar="FILE",
    help="Settings of dedup tune (its tuning.json). Options on the command line override them.",
)


def settings_from(options: dict[str, Any]) -> Settings:
    """Make settings from options.

    An unset option takes the value of the file `--settings`, else the library's default.
    """
    options = dict(options)
    file = options.pop("settings", None)
    from_file: dict[str, Any] = {}
    if file is not None:
        from dedup.tuning.result_file import read_settings

        from_file = read_settings(file)
    if options.get("furniture") is not None:
        from dedup.text.boilerplate.learning import BoilerplateModel

        options = {**options, "furniture": BoilerplateModel.load(options["furniture"])}

    from_options = {name: value for name, value in options.items() if value is not None and value != ()}
    return make_settings(**{**from_file, **from_options})


def stdout_console() -> Console:
    """Make a rich console for standard output."""
    from dedup.reports.layout import console_for

    return console_for(sys.stdout)


def print_json(value: Any) -> None:
    """Print `value` as indented JSON, in UTF-8 whatever the encoding of the terminal."""
    import orjson

    write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write(data: bytes) -> None:
    """Write bytes to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def files_read(paths: Sequence[str], format: str | None, *outputs: str | os.PathLike[str] | None) -> list[str]:
    """List the input paths, and the files in folders among them if one of `outputs` could be such a file."""
    folders = [path for path in paths if os.path.isdir(path)]
    if not folders or not any(output is not None and os.path.exists(output) for output in outputs):
        return list(paths)  # what is not there is not read, and a long list of files need not be made
    from dedup.inputs.paths import resolve

    with suppress(UsageError):  # what is wrong with an input is said when it is read
        return [*paths, *(source.path for source in resolve(folders, format) if not source.unreadable)]
    return list(paths)


# -- one article ---------------------------------------------------------------------------------------------------


def one_article(name: str) -> Article:
    """Read the article that `name` means: a text file, FILE#ID or FILE:LINE for a record, `-` for standard input."""
    if name == "-":
        return Article(text=_decoded(sys.stdin.buffer.read(), "standard input"), id="-")
    if Path(name).is_file():
        if _holds_records(name):
            return _only_record(name)
        return Article(text=_decoded(read_file(name, name), name), id=name)
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


def _record(file: str, id_or_line: str, name: str) -> Article:
    """Read the record of `file` with this id or, if no record has it, at this line."""
    by_line = None
    for record in articles(file):
        if record["id"] in (id_or_line, name):
            return _article(record)
        if id_or_line.isdecimal() and record["line"] == int(id_or_line):
            by_line = record
    if by_line is None:
        raise UsageError(f"{file} has no article with the id {id_or_line!r}")
    return _article(by_line)


def _article(record: dict[str, Any]) -> Article:
    return Article(
        **{name: record[name] for name in ("text", "id", "url", "domain", "title", "published", "authors")},
        meta=record["meta"] or {},
    )


def articles(name: str) -> Iterator[dict[str, Any]]:
    """Read the articles of one file as records."""
    from dedup.inputs.records import records

    return records([name], Settings(keep_all=True), [])


def load_numba() -> None:
    """Load numpy and numba without parts that no kernel calls: SciPy's BLAS and cffi.

    As it loads, numba looks for cffi, for SciPy to check its version, and for a parser of its own configuration, a
    fiftieth of a second each. numpy's own BLAS starts a thread a core, and each spins for a while before it sleeps.
    Done by commands alone: in a program that uses the library they must find what they look for.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with _hidden("cffi"):
        with _hidden("scipy", *(() if os.path.exists(".numba_config.yaml") else ("yaml",))):
            import numba
        import numba.core.typing.cffi_utils  # noqa: F401

        import dedup.kernels.numba_setup  # noqa: F401
    _keep_going_without_cache()


def _keep_going_without_cache() -> None:
    """Ignore errors of numba's cache, so that a full disk does not end a command with an `OSError`."""
    from numba.core.caching import Cache

    save = Cache.save_overload

    def save_overload(self: Any, sig: Any, data: Any) -> None:
        with suppress(OSError):
            save(self, sig, data)  # type: ignore[no-untyped-call]

    Cache.save_overload = save_overload  # type: ignore[method-assign]


@contextmanager
def _hidden(*modules: str) -> Iterator[None]:
    """Make the import of those modules that are not loaded yet fail, as if they were not installed."""
    absent = [module for module in modules if module not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for module in absent:
            del sys.modules[module]
