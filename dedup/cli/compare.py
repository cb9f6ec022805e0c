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

#: Relations of which a sentence says how much of one text stands in the other.
MEASURED = ("near_copy", "version", "excerpt")
#: Share of the aligned words that go forward in both texts, from which a reader would say: in order.
_IN_ORDER = 0.97

SENTENCES = {
    "identical": "A and B are identical: the same words.",
    "near_copy": "A and B are near copies: the same article with small edits or cuts.",
    "version": "A and B are versions of one article: one is an update or a substantial edit of the other.",
    "excerpt": "One is an excerpt of the other.",
    "rewrite": "A and B are one article in different words: the same order of sentences, names and numbers.",
    "overlap": "A and B overlap: a copied passage, but most of each is its own.",
    "template": "A and B share a template: the same form with different facts.",
}


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

    width = layout.room(console)
    verdict = layout.text((sentence(match) if match else NO_RELATION, "bold"))
    lines = [layout.text(), *_wrapped(verdict, width - 4, console), _name("A", a, width), _name("B", b, width)]
    if match:
        lines += [layout.text(), *numbers(match)]
    return [*lines, layout.text(), *texts(a, b, match, console), layout.text()]


NO_RELATION = "A and B have no relation: neither carries the text of the other."


def sentence(match: Match) -> str:
    """The relation as a person would say it, with how much of the shorter text stands in the other."""
    small, large = ("A", "B") if _shorter(match) == "a" else ("B", "A")
    measured = match.common_a and match.common_b and match.relation.value in MEASURED
    if match.direction:
        words = f"{small} is an excerpt of {large}{'' if measured else f': nearly all of {small} lies in it'}"
    elif measured and match.relation.value == "near_copy":
        words = f"{small} is a near copy of {large}"
    elif measured and match.relation.value == "version":
        words = "A and B are versions of one article"
    else:
        words = SENTENCES[match.relation.value].rstrip(".")
    words += f": {_measure(match, small, large)}." if measured else "."
    return f"{words} {match.newer.upper()} is the newer one." if match.newer else words


def _shorter(match: Match) -> str:
    """Which text is looked for in the other: the excerpt, else the shorter one."""
    if match.direction:
        return "a" if match.direction == "a_in_b" else "b"
    return "a" if match.words_a < match.words_b else "b"


def _measure(match: Match, small: str, large: str) -> str:
    """`93 % of B's text stands in A, in order; 41 words are its own`."""
    from dedup.reports.layout import percent

    common, words = (match.common_a, match.words_a) if small == "A" else (match.common_b, match.words_b)
    order = ", in order" if match.ordered >= _IN_ORDER * match.common_b else ", not all in one order"
    own = words - common
    rest = "no word is its own" if not own else "1 word is its own" if own == 1 else f"{own:,} words are its own"
    return f"{percent(common / words)} of {small}'s text stands in {large}{order}; {rest}"


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
