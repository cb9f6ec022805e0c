"""Relations are declared once, in `dedup.model`: all that shows them takes names, words, order and colours there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dedup
from dedup.comparison.relate import RELATIONS
from dedup.model import Relation

PACKAGE = Path(dedup.__file__).parent
ROOT = PACKAGE.parent
PAGE = sorted((PACKAGE / "reports" / "page").iterdir())


def test_numbers_of_index_files_never_change() -> None:
    """They are stored: a new relation gets the next number, and none is used again."""
    names = ("identical", "near_copy", "version", "excerpt", "rewrite", "overlap", "template")
    assert {relation.code: relation.value for relation in Relation} == dict(enumerate(names, 1))
    assert list(RELATIONS) == [None, *map(Relation, names)]


def test_the_table_of_the_readme_is_the_table_of_the_code() -> None:
    rows = [
        f"| `{relation}` | {relation.words.definition} | {'yes' if relation.joins else 'no, linked'} |"
        for relation in Relation
    ]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"<!-- relations.*?-->\n(.*?)<!-- /relations -->", readme, re.DOTALL)
    head = ["| relation | what two articles are to each other | in one cluster? |", "|---|---|---|"]
    assert table.splitlines() == head + rows


def test_docs_of_the_files_name_all_relations() -> None:
    *names, last = [relation.value for relation in Relation]
    assert f"| `relation` | {', '.join(names)} or {last} |" in (ROOT / "docs" / "files.md").read_text()


@pytest.mark.parametrize("path", PAGE, ids=lambda path: path.name)
def test_no_script_style_or_template_of_the_page_names_a_relation(path: Path) -> None:
    names = "|".join(Relation)
    literal, css, key = (
        rf"""['"`](?:{names})['"`]""",
        rf"(?:\bf|-)-(?:{names})\b",
        rf"\b(?:{names})\s*:|\.(?:{names})\b",
    )
    assert re.findall(f"{literal}|{css}|{key}", path.read_text(encoding="utf-8")) == []


NEW = """
    ECHO = (
        "echo", 8, "copy",
        Wording("echo", "echoes", "the same again", "{small} echoes {large}", "once more", measured=True),
        Look("square", "red", "#123456", "#654321"),
    )
"""
SHOW = """
import json, sys
import dedup
from dedup.model import Match, Member, Relation
from dedup.index.stores.sqlite.schema import STATEMENTS
from dedup.reports.html_report import pieces
from dedup.reports.relation_text import relation_counts, sentence
from dedup.tuning.labels import COPIES

echo = Relation("echo")
with dedup.scan(sys.argv[1]) as result:
    page = b"".join(pieces(result)).decode()
    counts = result.summary["counts"]["pairs_by_relation"]
member = Member("1", None, None, None, None, "copy", echo, None, 1.0, 1.0, None)
print(json.dumps({
    "page": page, "counts": counts, "schema": STATEMENTS, "labels": sorted(COPIES),
    "sentence": sentence(Match(echo, None, None, 1.0, 1.0, 1.0, 9, (), 10, 9, 9, 9, 9)),
    "terminal": relation_counts([member] * 3),
}))
"""


def test_a_new_relation_is_one_row_of_the_table(tmp_path: Path) -> None:
    """In a package whose table has one row more, the row shows up in page, index, labels and terminal."""
    package = tmp_path / "dedup"
    package.mkdir()
    for path in PACKAGE.iterdir():
        if path.name not in ("model.py", "__pycache__"):
            (package / path.name).symlink_to(path)
    model = (PACKAGE / "model.py").read_text(encoding="utf-8")
    end = "\n    @property\n    def joins"
    (package / "model.py").write_text(model.replace(end, NEW + end))
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", SHOW, str(PACKAGE / "sample" / "articles.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert '[8,"echo","echo","square"]' in seen["page"]
    assert ".f-echo { fill: #123456; }" in seen["page"]
    assert ".f-echo { fill: #654321; }" in seen["page"]
    assert seen["counts"]["echo"] == 0
    assert any("(8, 'echo')" in statement for statement in seen["schema"])
    assert "echo" in seen["labels"]
    assert seen["sentence"] == "B echoes A: 100 % of B's text stands in A, in order; no word is its own."
    assert seen["terminal"] == [["2 echoes", "red"]]
