"""Explain rejects: the most frequent reason of a scan, and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What a user can do about each reason; for other reasons rejects.jsonl has the detail.
REMEDIES = {
    "bad_json": "check that the files hold one JSON object a line, or name their format with --format",
    "not_an_object": "each line must be a JSON object with a text field",
    "null_record": "each line must be a JSON object with a text field",
    "no_text": "name the field that holds the text with --field text=NAME",
    "no_text_field": "name the column that holds the text with --field text=NAME",
    "empty_text": "the text field is empty; name another with --field text=NAME",
    "wrong_type": "the text field holds no text; name another with --field text=NAME",
    "invalid_utf8": "convert the files to UTF-8, for example with iconv -t UTF-8",
    "too_large": "a record may have 64 MiB; write one record a line (jq -c '.[]' for a JSON array)",
    "too_deep": "the JSON is nested deeper than 1,024 levels",
    "bad_row": "check the quotes and the number of cells of the rows, or name the format (--format csv or tsv)",
    "truncated": "the file ends early; fetch it again",
    "corrupt": "the file is damaged; fetch it again",
    "unreadable": "check the permissions of the files, and that their format is right (--format)",
    "not_an_article": "the pages are front pages or lists of links, not articles",
    "error_page": "the pages show an error in the article's place; fetch them again",
    "consent_wall": "the pages ask for consent in the article's place; fetch them again with consent given",
    "paywall": "the pages show a subscription offer in the article's place",
    "duplicate_id": "give each record of a file its own id, or name another field with --field id=NAME",
}


def commonest(counts: Mapping[str, Any]) -> str:
    """Say why the records of a scan without articles were rejected. counts: those of summary.json."""
    reasons: Mapping[str, int] = counts["rejected_by_reason"]
    if not reasons:
        skipped = sum(counts.get("passed_over", {}).values())
        return f"{skipped:,} records were passed over" if skipped else "the input holds no records"
    reason, n = min(reasons.items(), key=lambda item: (-item[1], item[0]))
    share = f"{n:,} of {sum(reasons.values()):,} rejects: {reason.replace('_', ' ')}"
    return f"{share}; {REMEDIES[reason]}" if reason in REMEDIES else share
