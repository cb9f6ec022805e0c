"""Draw the pictures in the README: `python docs/pictures.py [demo] [report]`; without a name, all.

demo.svg is what `dedup demo` prints in a terminal of 100 columns, with fewer clusters so that it fits a page.
report-*.png are `report.html` of the same sample in a headless Chromium, for which
playwright and a Chromium must be installed (Debian: `apt-get install chromium`).
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

import dedup
from dedup.reports import layout, terminal

FOLDER = Path(__file__).parent
#: Pictures of the report: name, the address within the page, and height in pixels.
REPORT = (
    ("report-overview", "", 900),
    ("report-flow", "#flow", 790),
    ("report-story", "#c000002", 900),
    ("report-compare", "#c000002/2", 900),
)
WIDTH = 1180
COLUMNS = 100
CLUSTERS = 3

#: Background and foreground, then the eight colours of a terminal, plain and bright.
THEME = TerminalTheme(
    (24, 27, 33),
    (220, 223, 228),
    [(24, 27, 33), (235, 111, 112), (139, 195, 123), (226, 185, 106),
     (103, 166, 235), (198, 132, 220), (92, 197, 205), (220, 223, 228)],
    [(92, 99, 112), (245, 135, 136), (160, 215, 145), (240, 205, 130),
     (130, 185, 245), (215, 155, 235), (120, 215, 222), (245, 247, 250)],
)  # fmt: skip

#: rich's own frame fetches a font from a server, which an image in a page may not do; any monospaced font will do,
#: for every run of text is given its length.
FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg"
  xml:space="preserve" role="img">
<title>What dedup demo prints</title>
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font: 600 18px system-ui, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def demo() -> None:
    """Scan the sample on the clock, after a run that leaves the kernels cached, and draw the summary."""
    subprocess.run([sys.executable, "-m", "dedup", "demo"], check=True, stdout=subprocess.DEVNULL)
    terminal.CLUSTERS = CLUSTERS
    with as_file(files("dedup") / "sample" / "articles.jsonl") as sample:
        began = time.perf_counter()
        with dedup.scan(str(sample)) as result:
            lines = terminal.summary_lines(
                result.summary,
                result.clusters,
                width=COLUMNS,
                seconds=time.perf_counter() - began,
                source="the packaged sample",
            )
    console = Console(
        file=io.StringIO(), record=True, width=COLUMNS, force_terminal=True, color_system="truecolor",
        markup=False, highlight=False, emoji=False,
    )  # fmt: skip
    layout.show(console, lines)
    drawn = console.export_svg(title="dedup demo", theme=THEME, code_format=FRAME, unique_id="demo")
    text = "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"
    (FOLDER / "demo.svg").write_text(text, encoding="utf-8")


def report() -> None:
    """Write the report of the sample, and take the pictures of it."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    args = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with (
        tempfile.TemporaryDirectory() as folder,
        as_file(files("dedup") / "sample" / "articles.jsonl") as sample,
        sync_playwright() as player,
    ):
        with dedup.scan(str(sample)) as result:
            result.write(Path(folder) / "out")
        browser = player.chromium.launch(executable_path=chromium, args=args)
        for name, part, height in REPORT:
            page = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
            page.goto((Path(folder) / "out" / "report.html").as_uri() + part)
            page.wait_for_timeout(1500)  # the page glides to where its address points
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


def main() -> None:
    """Draw those that are named."""
    chosen = sys.argv[1:] or ["demo", "report"]
    for name, draw in (("demo", demo), ("report", report)):
        if name in chosen:
            draw()


if __name__ == "__main__":
    main()
