"""Tell first and last lines of texts without capitals that may name a source, by a look at a few characters."""

from __future__ import annotations

import re

from dedup.evidence.spelling import is_unbroken
from dedup.evidence.uncased_patterns import UncasedPattern

#: A line up to so many characters may be a name alone, and one up to so many a credit.
_NAME_ALONE, _SHORT = 24, 60
#: Characters in which a dateline ends, a lead names its source, and a sign-off its label or a job.
_HEAD, _LEAD, _TAIL, _SIGNED = 48, 150, 70, 30
_BRACKET = re.compile(r"\W{0,2}[\[(（【［〔<〈]")
_HEAD_MARK = re.compile(r"[/()|«–—।\u4e28]|\s-|-\s|[:：](?!\d)")
_HEAD_WORD = UncasedPattern(
    "(?:{dispatch_mark}|{reports_mark}|{report_mark})(?:[\\s(（:：,，)）】]|$)|\\d(?:{day_mark})(?:{wire_mark})|{paper_learned}"
    "|{told_reporter}[^，。]{2,12}(?:{job_beside_name})|{distribution_mark}"
)
_LEAD_WORD = UncasedPattern("{lead_credit}|{interview_with}|{as_written_by}")
_TAIL_MARK = re.compile(r"[@©ⓒⒸ]|\(c\)|（[\uff23\uff43c]）|https?:|www\.|[)\]）】］〕>〉/][\s.。*]*$", re.IGNORECASE)
_TAIL_WORD = UncasedPattern(
    "(?:^|[.!?。！？।؟…\\s)）】\\]”」])\\W{0,2}(?:{source}|{provider}|{licence}|{released_by}|{provided_label}|{foot_word})"
    "|{licence_behind}|{named_self}|{rights_notice}|{copyright}|{text_and_photo}|\\d(?:{minute_mark})?(?:{distribution_mark})"
)
_SIGNED_WORD = UncasedPattern("{job_beside_name}|{report_mark}|{contribution}|{desk_work}|{wire_mark}$")
#: Marks of a line that is a sentence, and those of a short line that may be a credit.
_EXCLAIMED = "。！？!?～…"
_SHORT_MARK = re.compile(r"[,،，|©ⓒⒸ]|\d\d")
_NUMBER = re.compile(r"\d\d")


def may_credit_edge(line: str, is_head: bool, is_foot: bool) -> bool:
    """Return whether a first or last line may name its source."""
    if not line.strip():
        return False
    if len(line) <= _NAME_ALONE and line[-1] not in _EXCLAIMED:
        return True
    if is_foot:
        tail = line[-_TAIL:]
        if len(line) <= _SHORT and _NUMBER.search(line) is not None:
            return True
        if _TAIL_MARK.search(tail) is not None or _TAIL_WORD.search(tail) is not None:
            return True
        if _SIGNED_WORD.search(line[-_SIGNED:]) is not None:
            return True
    if not is_head:
        return False
    head = line[:_HEAD]
    if len(line) <= _SHORT and (_SHORT_MARK.search(line) or _SIGNED_WORD.search(line)):
        return True
    if _BRACKET.match(head) is not None or _HEAD_WORD.search(head) is not None:
        return True
    if not is_unbroken(head) and _LEAD_WORD.search(line[:_LEAD]) is not None:
        return True
    return _HEAD_MARK.search(head if len(line) <= _SHORT or head[0] < "\u3040" else head[:24]) is not None
