"""Explain rejects: the most frequent reason of a scan, and its remedy.

`remedies.json` says what a user can do about each reason; for other reasons rejects.jsonl has the detail.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from dedup.model import Reject

#: Reasons whose detail names the fields of the record, and the characters of a detail that are shown.
_NAMES_FIELDS, MOST_DETAIL = ("no_text", "no_text_field", "wrong_type"), 600


def commonest(counts: Mapping[str, Any], rejects: Iterable[Reject] = ()) -> str:
    """Say why the records of a scan without articles were rejected, and what helps.

    counts: those of summary.json. rejects: of the scan; where a field is missing, the first one names the fields that
    are there. The text is not sanitised.
    """
    reasons: Mapping[str, int] = counts["rejected_by_reason"]
    aside: Mapping[str, int] = counts.get("set_aside_by_reason", {})
    if sum(aside.values()) > sum(reasons.values()):
        most, n = min(aside.items(), key=lambda item: (-item[1], item[0]))
        return (
            f"{n:,} of {sum(aside.values()):,} set aside: {most.replace('_', ' ')}; --keep-all takes them as articles"
        )
    if not reasons:
        skipped = sum(counts.get("passed_over", {}).values())
        return f"{skipped:,} records were passed over" if skipped else "the input holds no records"
    reason, n = min(reasons.items(), key=lambda item: (-item[1], item[0]))
    share = f"{n:,} of {sum(reasons.values()):,} rejects: {reason.replace('_', ' ')}"
    remedies = json.loads((files("dedup.reports") / "remedies.json").read_bytes())
    if reason in _NAMES_FIELDS and (detail := next((r.detail for r in rejects if r.reason == reason), "")):
        share = f"{share} ({detail[:MOST_DETAIL]})"
    return f"{share}; {remedies[reason]}" if reason in remedies else share
