"""`dedup compare`: the relation of two articles, the numbers behind it, and the texts with what they share."""

from __future__ import annotations

from dataclasses import asdict
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click
import rich_click

from dedup.cli import CONTEXT
from dedup.cli.common import compare_options, one_article, print_json, screen, settings_from
from dedup.sanitize import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from dedup.model import Article, Match

#: From this width on the texts stand side by side; below, a column would hold too few words to read.
TWO_COLUMNS = 110
#: Passages of the same colour belong together; neighbours differ.
COLOURS = ("cyan", "green", "magenta", "yellow", "blue")


@click.command(
    "compare",
    short_help="Compare two articles, shared passages marked.",
    cls=rich_click.RichCommand,
    context_settings=CONTEXT,
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@compare_options
@click.option("--json", "as_json", is_flag=True, help="Print the relation and the numbers as JSON (null: no relation).")
def command(a: str, b: str, as_json: bool, **options: Any) -> None:
    """Compare two articles: their relation, the numbers, and both texts with the shared passages marked.

    A and B are text files, FILE#ID for one record of a JSONL or table file, or - for a text on standard input.
    """
    import dedup
    from dedup.errors import UsageError
    from dedup.reports import layout

    if a == b == "-":
        raise UsageError("only one of the two can come from standard input")
    given = {name: value for name, value in options.items() if value is not None}
    settings_from(given)  # a bad value is found before a file is read
    first, second = one_article(a), one_article(b)
    match = dedup.compare(first, second, **given)
    if as_json:
        print_json(None if match is None else {**asdict(match), "relation": match.relation.value})
        return
    console = screen()
    layout.show(console, page(first, second, match, console))


def page(a: Article, b: Article, match: Match | None, console: Console) -> list[Text]:
    """The whole answer."""
    from dedup.reports import layout
    from dedup.reports.relation_text import NO_RELATION, sentence

    width = layout.room(console)
    verdict = layout.text((sentence(match) if match else NO_RELATION, "bold"))
    lines = [layout.text(), *_wrapped(verdict, width - 4, console), _name("A", a, width), _name("B", b, width)]
    if match:
        lines += [layout.text(), *numbers(match)]
    return [*lines, layout.text(), *texts(a, b, match, console), layout.text()]


def _name(letter: str, article: Article, width: int) -> Text:
    from dedup.reports import layout

    parts = (article.id, article.domain, layout.moment(article.published), article.title)
    said = [visible(part) for part in parts if part]
    return layout.labelled(letter, visible("  ".join(said), width - 16))


def numbers(match: Match) -> list[Text]:
    """The measures, with a bar each."""
    from dedup.reports import layout

    lines = []
    measures = (("resemblance", match.resemblance), ("A in B", match.a_in_b), ("B in A", match.b_in_a))
    for name, value in measures:
        full = round(24 * value)
        lines.append(
            layout.text(f"    {name:<13}", (f"{value:.2f}  ", "bold"), ("█" * full, "cyan"), ("·" * (24 - full), "dim"))
        )
    lines.append(layout.text(f"    {'longest run':<13}", (layout.plural(match.longest_run, "word"), "bold")))
    return lines


# -- the texts -----------------------------------------------------------------------------------------------------


def texts(a: Article, b: Article, match: Match | None, console: Console) -> list[Text]:
    """Both texts, shared passages marked: in a wide window side by side, what belongs together in one row."""
    from rich.text import Text

    from dedup.reports import layout
    from dedup.reports.paragraph_alignment import beside, paragraphs

    width = layout.room(console)
    passages = match.passages if match else ()
    marks = layout.styled(console)
    parts = (paragraphs(a.text), paragraphs(b.text))
    spans = ([(p.a_start, p.a_end) for p in passages], [(p.b_start, p.b_end) for p in passages])
    narrow = width < TWO_COLUMNS
    column = width - 4 if narrow else (width - 2 - 4) // 2

    def lines(side: int, some: tuple[int, int]) -> list[Text]:
        """The wrapped lines of some paragraphs of a text."""
        found: list[Text] = []
        for low, high in parts[side][slice(*some)]:
            part = marked((a.text, b.text)[side][low:high], _within(spans[side], low, high), marks)
            found += _wrapped(part, column, console)
        return found

    if narrow:
        every = [[_letter(letter), Text(), *lines(side, (0, len(parts[side])))] for side, letter in enumerate("AB")]
        return [*every[0], *every[1]]
    rows = [([_letter("A"), Text()], [_letter("B")])]
    rows += [(lines(0, row.a), lines(1, row.b)) for row in beside(*parts, passages)]
    return [_beside(one, other, column) for left, right in rows for one, other in zip_longest(left, right)]


def _within(spans: list[tuple[int, int]], low: int, high: int) -> list[tuple[int, int]]:
    """Spans of a text as those of a part of it; what lies outside is empty, and keeps its place in the list."""
    return [(max(0, start - low), min(high, end) - low) for start, end in spans]


def marked(text: str, spans: list[tuple[int, int]], styles: bool) -> Text:
    """`text` fit to be shown, with `spans` (of the raw text) marked by style, or by « » where there is none."""
    from rich.text import Text

    out, at = Text(), 0
    order = sorted(range(len(spans)), key=lambda i: spans[i])
    for i in order:
        start, end = max(at, spans[i][0]), spans[i][1]
        if start >= end:
            continue
        out.append(visible(text[at:start], multiline=True))
        shared = visible(text[start:end], multiline=True)
        out.append(shared if styles else f"«{shared}»", f"bold {COLOURS[i % len(COLOURS)]}" if styles else None)
        at = end
    return out.append(visible(text[at:], multiline=True))


def _letter(letter: str) -> Text:
    from rich.text import Text

    return Text(f"  {letter}", "bold")


def _wrapped(text: Text, width: int, console: Console) -> list[Text]:
    """A paragraph's lines, and a blank one after it."""
    from rich.text import Text

    return [*(Text("  ") + line for line in text.wrap(console, width)), Text()]


def _beside(one: Text | None, other: Text | None, column: int) -> Text:
    from rich.text import Text

    left = one.copy() if one is not None else Text()
    left.rstrip()
    if other is None:
        return left
    left.append(" " * (column + 4 - left.cell_len))
    return left + other
