"""`dedup compare`: show the relation of two articles, its numbers, and the texts with the shared passages marked."""

from __future__ import annotations

from dataclasses import asdict
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from dedup.cli.common import compare_options, one_article, print_json, rich_command, settings_from, stdout_console
from dedup.reports import layout
from dedup.sanitize import sanitize

if TYPE_CHECKING:
    from rich.console import Console

    from dedup.model import Article, Match

#: From this width on the texts stand side by side; below, a column would hold too few words to read.
TWO_COLUMNS = 110
#: Passages of the same colour belong together; neighbours differ.
COLOURS = ("cyan", "green", "magenta", "yellow", "blue")


@rich_command("compare", short_help="Compare two articles, shared passages marked.")
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

    if a == b == "-":
        raise UsageError("only one of the two can come from standard input")
    set_options = {name: value for name, value in options.items() if value is not None}
    settings_from(set_options)  # a bad value is found before a file is read
    first, second = one_article(a), one_article(b)
    match = dedup.compare(first, second, **set_options)
    if as_json:
        print_json(None if match is None else {**asdict(match), "relation": match.relation.value})
        return
    console = stdout_console()
    layout.show(console, page(first, second, match, console))


def page(a: Article, b: Article, match: Match | None, console: Console) -> list[Text]:
    """Lay out all that the command prints."""
    from dedup.reports.relation_text import NO_RELATION, sentence

    width = layout.room(console)
    verdict = layout.text((sentence(match) if match else NO_RELATION, "bold"))
    lines = [layout.text(), *_wrapped(verdict, width - 4, console), _name("A", a, width), _name("B", b, width)]
    if match:
        lines += [layout.text(), *numbers(match)]
    return [*lines, layout.text(), *texts(a, b, match, console), layout.text()]


def _name(letter: str, article: Article, width: int) -> Text:
    parts = (article.id, article.domain, layout.moment(article.published), article.title)
    shown_parts = [sanitize(part) for part in parts if part]
    return layout.labelled(letter, sanitize("  ".join(shown_parts), width - 16))


def numbers(match: Match) -> list[Text]:
    """Lay out the measures, each with a bar."""
    lines = []
    measures = (("resemblance", match.resemblance), ("A in B", match.a_in_b), ("B in A", match.b_in_a))
    for name, value in measures:
        full = round(24 * value)
        lines.append(
            layout.text(f"    {name:<13}", (f"{value:.2f}  ", "bold"), ("█" * full, "cyan"), ("·" * (24 - full), "dim"))
        )
    lines.append(layout.text(f"    {'longest run':<13}", (layout.plural(match.longest_run, "word"), "bold")))
    lines.append(
        layout.text(
            f"    {'probability':<13}", (f"{match.probability:.2f}  ", "bold"), "that a reader calls them one article"
        )
    )
    return lines


# -- the texts -----------------------------------------------------------------------------------------------------


def texts(a: Article, b: Article, match: Match | None, console: Console) -> list[Text]:
    """Lay out both texts with the shared passages marked; in a wide window side by side, aligned by paragraph."""
    from dedup.reports.paragraph_alignment import align_paragraphs, paragraphs

    width = layout.room(console)
    passages = match.passages if match else ()
    marks = layout.styled(console)
    parts = (paragraphs(a.text), paragraphs(b.text))
    spans = ([(p.a_start, p.a_end) for p in passages], [(p.b_start, p.b_end) for p in passages])
    narrow = width < TWO_COLUMNS
    column = width - 4 if narrow else (width - 2 - 4) // 2

    def lines(side: int, some: tuple[int, int]) -> list[Text]:
        """Wrap some paragraphs of a text into lines."""
        wrapped: list[Text] = []
        for low, high in parts[side][slice(*some)]:
            part = marked((a.text, b.text)[side][low:high], _within(spans[side], low, high), marks)
            wrapped += _wrapped(part, column, console)
        return wrapped

    if narrow:
        every = [[_letter(letter), Text(), *lines(side, (0, len(parts[side])))] for side, letter in enumerate("AB")]
        return [*every[0], *every[1]]
    rows = [([_letter("A"), Text()], [_letter("B")])]
    rows += [(lines(0, row.a), lines(1, row.b)) for row in align_paragraphs(*parts, passages)]
    return [_beside(one, other, column) for left, right in rows for one, other in zip_longest(left, right)]


def _within(spans: list[tuple[int, int]], low: int, high: int) -> list[tuple[int, int]]:
    """Clip spans of a text to a part of it. A span outside becomes empty and keeps its place in the list."""
    return [(max(0, start - low), min(high, end) - low) for start, end in spans]


def marked(text: str, spans: list[tuple[int, int]], styles: bool) -> Text:
    """Sanitize `text`, with `spans` (of the raw text) marked by a style, or by « » without styles."""
    out, at = Text(), 0
    order = sorted(range(len(spans)), key=lambda i: spans[i])
    for i in order:
        start, end = max(at, spans[i][0]), spans[i][1]
        if start >= end:
            continue
        out.append(sanitize(text[at:start], multiline=True))
        passage = sanitize(text[start:end], multiline=True)
        out.append(passage if styles else f"«{passage}»", f"bold {COLOURS[i % len(COLOURS)]}" if styles else None)
        at = end
    return out.append(sanitize(text[at:], multiline=True))


def _letter(letter: str) -> Text:
    return Text(f"  {letter}", "bold")


def _wrapped(text: Text, width: int, console: Console) -> list[Text]:
    """Wrap a paragraph into lines, and add a blank line."""
    return [*(Text("  ") + line for line in text.wrap(console, width)), Text()]


def _beside(one: Text | None, other: Text | None, column: int) -> Text:
    left = one.copy() if one is not None else Text()
    left.rstrip()
    if other is None:
        return left
    left.append(" " * (column + 4 - left.cell_len))
    return left + other
