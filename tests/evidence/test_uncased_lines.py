"""The kernel that selects first and last lines of texts without capitals.

It may select more lines than the patterns of `uncased_edges`, of those in which the extractor finds something, and
never fewer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.evidence import line_scan
from dedup.evidence.extractor import extractor
from dedup.evidence.line_scan import EDGE, FOOT, HEAD
from dedup.evidence.observation import LinePosition
from dedup.evidence.spelling import is_uncased
from dedup.evidence.uncased_edges import may_credit_edge
from dedup.evidence.uncased_lines import MARK, NAMED, selected_lines
from dedup.languages import lexicon
from tests.evidence.test_uncased import ENDS, HEADS, NOBODY_ENDS, NOBODY_HEADS

FORMS = Path(__file__).parents[1] / "data" / "credit_forms"
#: Lists whose words make a line a credit in some position, and marks beside them.
_LISTS = (
    "dispatch_mark", "reports_mark", "report_mark", "day_mark", "wire_mark", "paper_learned", "told_reporter",
    "job_beside_name", "distribution_mark", "lead_credit", "interview_with", "as_written_by", "source", "provider",
    "licence", "released_by", "provided_label", "foot_word", "licence_behind", "named_self", "rights_notice",
    "copyright", "text_and_photo", "minute_mark", "contribution", "desk_work", "paper_suffix", "press_office", "desk",
    "own_reports", "read_whole", "editing", "standards", "via", "staff",
)  # fmt: skip
_MARKS = " 　-–—/／()（）[]【】«»《》:：|｜.。،,，!！?…*@©ⓒ丨ㅣـ\u200c9１٣aBＡéщ𠀀😀"
_LETTERS = "中文的서울에قالنवकんア"


def _words() -> list[str]:
    listed = [word for name in _LISTS for word in lexicon.words(name) if is_uncased(word)]
    names = [name for name in extractor().registry.printed_names() if is_uncased(name)]
    return [*listed, *names[::20], "AFP", "CNN", "(c)", "http:", "www.", "KABC", "reuters.com", "Fla.", "(Fla.) "]


def select(lines: list[str], where: list[int]) -> list[int]:
    """Return the bits of lines at these positions."""
    raw = [line.encode() for line in lines]
    offsets = np.append(0, np.cumsum([len(line) for line in raw])).astype(np.int64)
    rows = np.array([(i, where[i], 0, len(line), EDGE) for i, line in enumerate(raw)], np.int64).reshape(-1, 5)
    data = np.frombuffer(b"".join(raw) or b" ", np.uint8)
    return selected_lines(data, offsets, rows, extractor().scanner.uncased).tolist()


def check(lines: list[str], where: list[int]) -> None:
    """Fail if the kernel misses a line that has a mark of a credit, or one that names a source."""
    for line, position, bits in zip(lines, where, select(lines, where), strict=True):
        is_head, is_foot = bool(position & HEAD), bool(position & FOOT)
        may = may_credit_edge(line, is_head, is_foot)
        assert bits & MARK or not may, (line, position)
        if may and not bits & NAMED:
            for ends in (True, False):
                assert extractor().match_line(line, LinePosition(is_head, is_foot, True, ends), "") == ()


_LINES = st.lists(
    st.one_of(
        st.text(st.sampled_from(_MARKS + _LETTERS), max_size=8),
        st.sampled_from(_LETTERS).flatmap(lambda letter: st.integers(1, 60).map(lambda size: letter * size)),
        st.deferred(lambda: st.sampled_from(_words())),
    ),
    max_size=7,
).map(lambda parts: "".join(parts)[:180])


@given(st.lists(st.tuples(_LINES, st.sampled_from((HEAD, FOOT, HEAD | FOOT))), min_size=1, max_size=20))
def test_no_line_is_missed(rows: list[tuple[str, int]]) -> None:
    check([line for line, _ in rows], [where for _, where in rows])


@pytest.mark.parametrize("where", [HEAD, FOOT, HEAD | FOOT])
def test_no_known_form_is_missed(where: int) -> None:
    texts = [row[-1] for cases in (HEADS, ENDS, NOBODY_HEADS, NOBODY_ENDS) for row in cases]
    lines = [line + behind for text in texts for line in text.split("\n") for behind in ("", "中" * 90, " قال" * 40)]
    check(lines, [where] * len(lines))


def test_few_lines_are_read_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a number of lines the kernel is not asked; observations are the same."""
    rows = [orjson.loads(line) for name in ("ar", "fa", "hi", "ja", "ko", "zh") for line in _forms(name)]
    articles = [{**row["article"], "id": str(i)} for i, row in enumerate(rows)]
    found = []
    for least in (0, 10**6):
        monkeypatch.setattr(line_scan, "MANY_EDGES", least)
        with dedup.scan(articles) as result:
            found.append(list(result.origins))
    assert len(found[0]) > 150
    assert found[0] == found[1]


def _forms(language: str) -> list[bytes]:
    return (FORMS / f"{language}.jsonl").read_bytes().splitlines()


def test_sentences_are_not_selected() -> None:
    lines = [
        "港务局局长十日在记者会上表示，码头将于明年春天重新开放，居民无须担心。" * 2,
        "وقال المدير إن الميناء سيغلق في الشتاء " * 3,
    ]
    assert select(lines * 2, [HEAD, HEAD, FOOT, FOOT]).count(MARK | NAMED) == 0


def test_a_line_is_decoded_like_python() -> None:
    line = "中文／新华社😀é".encode()
    for low in range(4):
        for high in range(len(line) - 5, len(line) + 1):
            rows = np.array([(0, HEAD | FOOT, low, high, EDGE)], np.int64)
            offsets = np.array([0, len(line)], np.int64)
            bits = selected_lines(np.frombuffer(line, np.uint8), offsets, rows, extractor().scanner.uncased)
            assert bits[0] == select([line[low:high].decode(errors="ignore")], [HEAD | FOOT])[0]
