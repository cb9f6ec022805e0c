"""`dedup origin`: say who wrote one article, by what it says itself."""

from __future__ import annotations

import click

from dedup.cli.common import one_article, origin_options, print_json, rich_command, stdout_console


@rich_command("origin", short_help="Say who wrote an article, by what it says itself.")
@click.argument("file", metavar="FILE")
@origin_options
@click.option("--explain", is_flag=True, help="Also show the candidates that were not chosen, and why.")
@click.option("--json", "as_json", is_flag=True, help="Print the origin and its evidence as JSON.")
def command(file: str, agencies: str | None, sites: str | None, explain: bool, as_json: bool) -> None:
    """Say who wrote an article, by what it says itself: dateline, credits, page metadata.

    FILE is a text file, FILE#ID for one record of a JSONL or table file, or - for a text on standard input.
    """
    import dedup
    from dedup.reports import layout, origin_text, terminal
    from dedup.sanitize import sanitize

    article = one_article(file)
    origin = dedup.origin(article, agencies=agencies, sites=sites)
    if as_json:
        print_json({"id": article.id, "origin": origin.to_dict(), "evidence": [e.to_dict() for e in origin.evidence]})
        return
    console = stdout_console()
    width = layout.room(console)
    name = sanitize(article.title or article.id or "", width - 4)
    lines = [layout.text(), layout.text("  ", (name, "bold"))]
    lines.append(layout.labelled("origin", *terminal.origin_parts(origin, corpus=False)))
    if origin.domain:
        lines.append(layout.labelled("home", sanitize(origin.domain, 60)))
    lines += origin_text.chain_lines(origin)
    if origin.evidence:
        strongest = sorted(origin.evidence, key=lambda e: -abs(e.weight))
        lines += [*layout.heading("What says so"), layout.text(), *terminal.evidence_table(strongest, width)]
    else:
        lines.append(layout.text(("    Nothing in the article says where it came from.", "dim")))
    if explain:
        lines += origin_text.rival_lines(origin, width)
    layout.show(console, [*lines, layout.text()])
