"""Words of languages stand in the language files, and nowhere in code."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator, Set
from pathlib import Path

import pytest

import dedup
from dedup.languages import lexicon

PACKAGE = Path(dedup.__file__).parent
#: Lists whose words no code needs for anything but a language. Others hold words that are names of data as well: an
#: HTML class "author", a JSON key "source".
LISTS = (
    "after_author", "and", "author_and", "author_by", "author_prefix", "byline", "change_label", "contributor_by",
    "credit_by", "date_label", "list_joiner", "month", "month_abbreviation", "month_name", "number", "on_date",
    "program_month", "small_word", "solar_month", "time_label", "time_name", "update_label", "weekday",
)  # fmt: skip
#: Modules with tables of letters, which are no words.
LETTER_TABLES = {
    "evidence/spelling.py", "inputs/charsets.py", "inputs/non_articles.py", "reports/graphml.py", "sanitize.py",
    "text/folding.py", "text/repair/encoding.py", "text/repair/lost_letters.py",
}  # fmt: skip
#: Names of metadata and of HTML classes, keys of dateparser's data, and comments of programs that save pages.
ALLOWED = {
    "evidence/sign_offs.py": {"ÅÄÖ"},
    "inputs/date_words.py": {word for word, number in lexicon.values("program_month").items() if len(word) > 3},
    "inputs/html/page_article.py": {"modified"},
    "inputs/html/page_dates.py": {"modified"},
    "inputs/html/paragraphs.py": {"ed", "from", "nav", "on", "per", "del", "sub", "more"},
    "inputs/html/urls.py": {"from"},
    "inputs/readers/feed.py": {"created", "modified", "published", "updated"},
}
#: Units and ranges of letters in patterns.
_NO_WORD = re.compile(r"µs|.-.|\\u[0-9a-f]{4}", re.IGNORECASE)


def function_words() -> frozenset[str]:
    return frozenset(
        word.lower() for name in LISTS for word in lexicon.words(name) if len(word) > 1 and word.isalpha()
    ) - {"data", "date", "in", "for", "last", "min", "time"}


def texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield the string constants of a module that are no docstrings."""
    docstrings = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                docstrings.add(id(first.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


def foreign_words(text: str) -> list[str]:
    """List the words with a letter beyond ASCII."""
    text = _NO_WORD.sub(" ", text)
    runs = re.findall(r"[^\W\d_]+", text)
    return [run for run in runs if not run.isascii() and (len(run) > 1 or unicodedata.category(run) == "Lo")]


def alternatives(text: str) -> list[str]:
    """List the words of a pattern that stand between strokes."""
    return [part for part in re.split(r"[^\w|]+", text.lower()) for part in part.split("|") if "|" in text and part]


def words_in(source: str, *, letters: bool = True, allowed: Set[str] = frozenset()) -> list[tuple[int, list[str]]]:
    """List the lines of a module with words of languages: foreign ones, and two that are alternatives or items."""
    words = function_words() - allowed
    tree = ast.parse(source)
    found = []
    for node in texts(tree):
        if letters and (foreign := [word for word in foreign_words(node.value) if word not in allowed]):
            found.append((node.lineno, foreign))
        if len(known := words.intersection(alternatives(node.value))) > 1:
            found.append((node.lineno, sorted(known)))
    for node in ast.walk(tree):
        items = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else []
        items = node.keys if isinstance(node, ast.Dict) else items
        values = {item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)}
        if sum(len(value) != 2 for value in values) < 2:
            continue  # codes of languages
        if len(known := words.intersection(values)) > 1:
            found.append((node.lineno, sorted(known)))
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_word_of_a_language_in_code(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    source = path.read_text(encoding="utf-8")
    assert words_in(source, letters=name not in LETTER_TABLES, allowed=ALLOWED.get(name, frozenset())) == []


@pytest.mark.parametrize(
    "source",
    [
        'X = re.compile(r"^(?:by|von|par)\\s+")',
        'X = re.compile(r"\\s+(?:published|updated|on\\s)")',
        'X = ("jan", "feb", "mar")',
        'X = {"und", "and"}',
        'X = {"dos": 2, "tres": 3}',
        'X = re.compile("(\\d+)時")',
        'X = "午後"',
        'X = "Veröffentlicht am"',
    ],
)
def test_words_are_found(source: str) -> None:
    assert words_in(source)


@pytest.mark.parametrize("source", ['"""By or von."""', 'X = "by hand"', 'X = "[à-ÿ]"', 'X = "a|b|c"', 'X = "12 µs"'])
def test_other_texts_are_not(source: str) -> None:
    assert words_in(source) == []
