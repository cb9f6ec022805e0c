"""Articles of a set of raw exports of Nexis Uni, as its labels name them (`build_set`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"^({MONTHS}) (\d{{1,2}}), (\d{{4}})(.*)$")
TIME = re.compile(r"(\d{1,2}):(\d\d) ?([AP]M)?\s*([A-Z]{2,4})?")
ZONES = {"GMT": "+00:00", "EST": "-05:00", "PST": "-08:00", "CST": "-06:00", "MST": "-07:00", "EDT": "-04:00"}
#: Lines before the list of contents, which the first document of a file has before its header.
SEARCH = ("Location:", "Search Type:", "Narrowed by", "News")
#: Files that were not at hand when the labels were made.
ABSENT = ("LN_2019/LN78_2019_2", "LN_2019/LN78_2019_3", "LN_2020/LN12_2020_1", "LN_2020/LN35_2020_5")


def nexis_china_tech(files: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    """American newswires, papers and releases on China and computing: an export of up to 100 documents a file."""
    seen: set[tuple[str, ...]] = set()
    for path in sorted(path for path in files if re.fullmatch(r"data/LN_data/raw/[^/]+/[^/]+\.txt", path)):
        if any(name in path for name in ABSENT):
            continue
        text = files[path].decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
        for number, part in enumerate(text.split("End of Document")[:-1]):
            record = _record(part, number == 0)
            if record is None:
                continue
            key = tuple(record[name] for name in ("source", "title", "published", "text"))
            if key not in seen:
                seen.add(key)
                yield {"id": "lx-" + hashlib.sha256("\x00".join(key).encode()).hexdigest()[:10]} | record


def _record(part: str, is_first: bool) -> dict[str, Any] | None:
    """The article of one document; None for a document without body, date or publication."""
    head, mark, body = part.partition("\nBody\n")
    lines = [line.strip() for line in head.split("\n")]
    if is_first:
        last = max([i for i, line in enumerate(lines) if line.startswith(SEARCH)] or [-1])
        lines = lines[last + 1 :]
        while lines and lines[0]:
            lines = lines[1:]
    while lines and not lines[0]:
        lines = lines[1:]
    at = next((i for i, line in enumerate(lines) if DATE.match(line)), None)
    text = _body(body)
    if not mark or not at or not text:
        return None
    before = [line for line in lines[:at] if line]
    title, source = (before[0], before[0]) if len(before) < 2 else (" ".join(before[:-1]), before[-1])
    by = next((line[7:].strip() for line in lines[at + 1 :] if line.startswith("Byline:")), "")
    record = {"text": text, "title": title, "source": source, "published": _published(lines[at])}
    return record | ({"authors": by} if by else {})


def _published(line: str) -> str:
    found = DATE.match(line)
    assert found is not None
    day = datetime.strptime(" ".join(found.group(1, 2, 3)), "%B %d %Y").strftime("%Y-%m-%d")
    time = TIME.search(found.group(4))
    if time is None:
        return day
    hour, half = int(time.group(1)), time.group(3)
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    zone = ZONES.get(time.group(4) or "")
    return f"{day}T{hour:02d}:{time.group(2)}:00{zone}" if hour < 24 and zone else day


def _body(body: str) -> str:
    body = re.split(r"\n(?:Load-Date:|Classification\n)", body)[0]
    if body.rfind("\nGraphic\n") > len(body) * 0.5:
        body = re.sub(r"\n(?:Graphic\n)[\s\S]*$", "", body)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in body.split("\n"))).strip()
