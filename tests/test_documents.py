"""The documents of the project: their links lead somewhere, and what they name is in the tree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/RECORD.md"])
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
_LINK = re.compile(r"\]\(([^)\s]+)\)")
#: A path of the project, or a module's file, in backticks.
_PATH = re.compile(r"`((?:dedup|tests|benchmarks|docs|tools)/[\w/.-]*|[\w/-]+\.py)`")
#: Every file and folder of the project, with a slash before it; folders end with one.
TREE = [
    f"/{path.relative_to(ROOT).as_posix()}{'/' if path.is_dir() else ''}"
    for name in ("dedup", "tests", "benchmarks", "tools", "docs")
    for path in [ROOT / name, *(ROOT / name).rglob("*")]
]


def prose(path: Path) -> str:
    """The text of a document without its blocks of code."""
    return re.sub(r"(?ms)^```.*?^```", "", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"(?m)^#+ (.+)$", prose(path))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(path: Path, text: str) -> list[str]:
    """The links of a document within the project that lead nowhere."""
    out = []
    for link in _LINK.findall(text):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            out.append(link)
    return out


def missing(text: str) -> list[str]:
    """The paths and modules' files that a text names and that are not in the project."""
    return [name for name in _PATH.findall(text) if not any(path.endswith(f"/{name}") for path in TREE)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path, prose(path)) == []


def test_a_broken_link_is_seen() -> None:
    text = "[a](docs/index.md) [b](docs/index.md#the-file) [c](docs/none.md) [d](docs/index.md#none) [e](#none)"
    assert broken(ROOT / "README.md", text) == ["docs/none.md", "docs/index.md#none", "#none"]


@pytest.mark.parametrize("path", [ROOT / "ARCHITECTURE.md", *DECISIONS], ids=lambda path: path.name)
def test_named_files_are_in_the_project(path: Path) -> None:
    # NAME stands for any command or part.
    assert [name for name in missing(prose(path)) if "NAME" not in name] == []


def test_a_missing_file_is_seen() -> None:
    text = "`dedup/text/tokens.py`, `folding.py`, `html/`, `none.py`, `dedup/text/` and `dedup/none/`"
    assert missing(text) == ["none.py", "dedup/none/"]


def test_architecture_names_every_module() -> None:
    """A module that is new must get its line; a line of one that is gone fails the test of named files above."""
    named = set(re.findall(r"`([\w/.]+)`", ARCHITECTURE))
    names = {Path(name.rstrip("/")).name.removesuffix(".py") for name in named}
    package = ROOT / "dedup"
    modules = [path for path in package.rglob("*.py") if path.name != "__init__.py"]
    assert [path.relative_to(package).as_posix() for path in modules if path.stem not in names] == []


def test_every_decision_is_in_the_index_and_has_its_parts() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index) == [path.name for path in DECISIONS]
    for number, path in enumerate(DECISIONS, 1):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {number:04}. ")
        assert re.search(r"(?m)^Date: 20\d\d-\d\d-\d\d$", text), path.name
        for part in ("Decision", "Why", "Where in the code"):
            assert f"\n## {part}\n" in text, (path.name, part)
