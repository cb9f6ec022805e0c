"""Datelines: the place, the date and the tag of an agency or station before the first words of a story.

Structure first, then one look-up of what it caught: something in brackets or between slashes near the beginning of a
line (`SEOUL, South Korea (AP) —`, `МОСКВА, 3 мар. /ТАСС/.`, `[서울=뉴시스]`), or a segment of its own before the dash
(`Tehran, IRNA -`). What stands before must look like a place or a date, so `the party (AAP) said` is none, and neither
is a bracket that abbreviates the words before it.
"""

from __future__ import annotations

import re

from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Found, Registry
from dedup.languages import lexicon

_BRACKETS = re.compile(r"[(（\[【〔［]\s*([^()（）\[\]【】〔〕［］]{1,60}?)\s*[)）\]】〕］]")
_SLASHES = re.compile(r"/\s?([^/\s][^/\n]{0,28}?)\s?/")
#: A bracket or slash ends within so many characters of the line's beginning.
_REACH = 110
_TAGS = lexicon.regex(r"\s*(?:[/|,;=+&]|\s[-–—]\s|-(?=AFP|AP\b)|\b{by_way_of}\b)\s*")
_SEPARATOR = re.compile(r"\s*(?:[-–—]{1,3}|_(?=\s)|[:：.=,،।])")
#: A dash that sets a dateline off where nothing is in brackets.
_DASH = re.compile(r"\s*(?:—|–|--+|(?<=[\s.\u0600-\u06ff])-(?=\s))\s*|-(?=\s)\s*|(?<=[A-Z]{3})[.]\s|:\s")
_WORDS = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_CALL = re.compile(r"[KW][A-Z]{2,3}(?:-(?:TV|FM|AM|DT))?$")
#: A person before the slash: `Jonathan Ernst/Reuters` took the picture.
_CAPTION = re.compile(r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}\s*/\s*[A-Z]")
_UPPER = re.compile(r"[A-Z]{2,}[A-Z &.]*$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: `新华社上海3月10日电`: the tag begins the line, and the word for a dispatch ends the dateline.
_WIRED = lexicon.regex(r"^[（(【]?\s*([\u3400-\u9fff]{2,5}?{wire_suffix}|{wire_name})(.{0,24}?){dispatch_mark}")
#: Characters of a story after its dateline, at least; less is a note of another kind.
_SOME_TEXT = 20
#: Lower-case words that stand in names of places and dates.
_SMALL = frozenset(lexicon.words("small_word"))
_MONTHS = lexicon.regex(r"{month_stem}\w{0,9}\.?$", re.IGNORECASE)


def read(text: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """What the dateline at the beginning of a line says, if there is one."""
    if not place.begins:
        return ()
    line = text[: _REACH + 60].replace("**", "").lstrip(" \t*>•·\u200f\u200e") + (" — " if place.dated else "")
    for pattern in (_BRACKETS, _SLASHES):
        for match in pattern.finditer(line[:_REACH]):
            before, inside, after = line[: match.start()], match.group(1), line[match.end() :]
            if said := _enclosed(before, inside, after, pattern is _SLASHES, place, registry):
                return said
    wired = _WIRED.match(line)
    if wired and (found := registry.find(wired.group(1))):
        return (Observation("dateline", quote(wired.group()), found.agency.name),)
    return _set_off(line + "X" if place.dated else line, place, registry)


def may_be(text: str, place: LinePosition) -> bool:
    """Whether a line has anything that a dateline is set off by, near its beginning."""
    if not place.begins:
        return False
    head = text[:_REACH]
    return place.dated or not head.isascii() or any(mark in head for mark in ("(", "/", "[", "--", "- ", ": ", ". "))


def plain(text: str, registry: Registry) -> Observation | None:
    """What a cut dateline says in the commonest form, `WASHINGTON (AP)`; None where it takes a closer look.

    Every story has a place of its own, so that datelines recur less than one would think.
    """
    if text[-1:] != ")":
        return None
    at = text.rfind("(")
    found = registry.plain_tags.get(text[at + 1 : -1])
    if found is None or at < 1 or text[at - 1] != " ":
        return None
    name, alone = found
    # What may abbreviate the words before it is looked at again, unless they are shouted like a place.
    last = text.rfind(" ", 0, at - 1)
    if (not alone and not text[:at].isupper()) or (last >= 0 and text[last + 1].lower() == text[-2].lower()):
        return None
    return Observation("dateline", text, name)


def _enclosed(
    before: str, inside: str, after: str, slashed: bool, place: LinePosition, registry: Registry
) -> tuple[Observation, ...]:
    """What the tag between brackets or slashes says."""
    if not _placelike(before) or _abbreviates(before, inside):
        return ()
    if not after.strip() and not (before.isupper() or slashed):
        return ()  # the end of a caption: `… on Capitol Hill, March 24, 2017. (Jonathan Ernst/Reuters)`
    if _CAPTION.match(inside) and registry.find(inside.partition("/")[0]) is None:
        return ()
    # `BOSTON — (AP) The`: the dash may stand before the tag.
    separated = place.dated or _SEPARATOR.match(after) is not None or before.rstrip()[-1:] in ("—", "–")
    follows = after.lstrip()
    if not separated and follows[:1].islower():
        return ()
    words = quote(before + inside if slashed else f"{before}({inside})")
    # Between slashes only what is set off, or follows a date, or begins the line: `Paris/Reuters/London` is a list.
    dated = separated or not before.strip() or any(c.isdigit() for c in before)
    context = f"{before} {inside}"  # the place; the line after it tells the language
    parts = [part for part in _TAGS.split(inside.lstrip("©")) if part]
    said: list[Observation] = []
    agency = False
    for part in parts:
        found = _tag(part, context, after, place, registry)
        if found is not None and slashed and not dated and found.agency.kind != "press_release":
            continue
        if found is not None:
            if agency and "=" in inside and found.agency.kind == "agency" and said:
                said.append(Observation("distributor", words, found.agency.name))  # `AFP=時事`: the second passes it on
                continue
            agency = agency or (found.agency.kind == "agency" and not found.agency.syndicate)
            said.append(
                Observation(_strength(found, separated, any(c.isdigit() for c in before)), words, found.agency.name)
            )
        elif _CALL.match(part) and separated:
            said.append(Observation("call_sign", words, part))
    known = [registry.by_name[s.name] for s in said if s.name in registry.by_name]
    if any(one.kind == "outlet" for one in known):  # `(Los Angeles Times/TNS)`
        passes = {one.name for one in known if one.syndicate}
        said = [Observation("distributor", s.quote, s.name) if s.name in passes else s for s in said]
    if agency:  # `(CBS News/AP)`: the agency wrote, its customer printed
        outlets = (
            {name for name in (s.name for s in said) if name and registry.by_name[name].kind == "outlet"}
            if said
            else set()
        )
        said = [Observation("beside", s.quote, s.name) if s.name in outlets else s for s in said]
    if not said and separated and len(parts) == 1 and _UPPER.match(inside) and before.strip() and len(inside) <= 12:
        return (Observation("unknown_tag", words, None),)
    return tuple(dict.fromkeys(said))


def _tag(part: str, context: str, after: str, place: LinePosition, registry: Registry) -> Found | None:
    found = registry.find(part, context, place.tld, after)
    if found is None and _CJK.search(part):  # `ロンドン共同`: the place and the tag are one word
        for at in range(1, len(part) - 1):
            found = registry.find(part[at:]) or registry.find(part[:-at])
            if found is not None:
                return found._replace(home=True)
    if found is None and part[:1].isupper():  # `Reuters Health`, `Newsfile Corp. - March 10, 2026`
        found = registry.find(part.split(" ")[0], context, place.tld)
        # `(CBS TAMPA)` is a station's; its network's news is another desk.
        if found is not None and (found.agency.homonym == "high" or found.agency.kind == "outlet" or " " not in part):
            return None
    return found


def _strength(found: Found, separated: bool, dated: bool) -> str:
    if found.strong:
        plain = separated or dated or found.home or found.agency.homonym == "low"
        return "dateline" if plain else "dateline_weak"
    # `ROME, Mar 10 2026 (IPS) - ` has the form of a dateline in all its parts.
    return "dateline" if separated and (found.agency.homonym == "medium" or dated) else "dateline_weak"


def _set_off(line: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """A dateline without brackets: a segment that is a tag, among places and dates, set off by a dash or a stop."""
    for dash in list(_DASH.finditer(line[:90]))[:3]:
        left, right = line[: dash.start()], line[dash.end() :]
        if not right[:1] or right[:1].islower():
            continue
        for segments in (re.split(r"[,،]\s*|\.\s+", left), re.split(r"[,،]\s*|\.\s+", right[:40])[:1]):
            for segment in segments:
                segment = segment.strip(" .-–—")
                found = registry.find(segment, left, place.tld, right) if segment else None
                if found is None or not _placelike(left.replace(segment, " ")):
                    continue
                if segments[0] != left and segment not in left and not _after_dash(left, dash.group(), right, segment):
                    continue
                if found.agency.kind == "outlet" and left.strip() == segment:
                    continue  # a headline: "BBC News - Ferry terminal to close"
                if segment in found.agency.tags or found.strong:
                    signal = "dateline" if found.strong else "dateline_weak"
                    return (Observation(signal, quote(line[: dash.end()].strip(" -–—")), found.agency.name),)
    return _led(line, place, registry)


def _after_dash(left: str, dash: str, right: str, tag: str) -> bool:
    """Whether a tag that begins what comes after the dash ends a dateline: `МОСКВА, 3 мар - РИА Новости. Text`, or
    `باريس - أ ف ب` on a line of its own. `Contributing: AP.` and `Photo - AFP.` are no places."""
    if ":" in dash or lexicon.search("photo", left):
        return False
    if right.strip() == tag:
        return not left.isascii()
    return re.match(rf"{re.escape(tag)}[.:—–-]", right) is not None and len(right) > len(tag) + _SOME_TEXT


def _led(line: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """`ASTANA. KAZINFORM Text`, `Baku, March 3, AZERTAC` on a line of its own, `AKP Phnom Penh, March 3, 2026 --`."""
    arabic = re.match(r"[\u0600-\u06ff ]{2,30}?\s?[-–]\s?([\u0600-\u06ff]+)(?=[\s:]|$)", line)  # `دمشق-سانا`
    if arabic and (found := registry.find(arabic.group(1))) and found.strong:
        return (Observation("dateline", quote(arabic.group()), found.agency.name),)
    lead = re.match(r"(?:([A-ZÀ-Þ][\w .'-]{2,30}?)[.,] )?(?:(\w{3,9}\.? \d{1,2}),? )?([A-Z]{4,12})(?=[\s.]|$)", line)
    if lead and lead.group(1) and (found := registry.find(lead.group(3), line[:40], place.tld)) and found.strong:
        if lead.group(1).isupper() or lead.group(2):
            return (Observation("dateline", quote(lead.group()), found.agency.name),)
    return ()


def _placelike(text: str) -> bool:
    """Whether a text before a tag can be a place and a date: names, figures, months and few small words."""
    if len(text) > 80 or re.search(r"[!?;“”\"«»]|\w{3,}\.\s+\w+\s\w+\s\w+\s\w+\s\w+", text):
        return False
    strange = words = 0
    for word in _WORDS.findall(text):
        words += 1
        if word[0].islower() and word not in _SMALL and not _MONTHS.match(word):
            strange += 1
    return words <= 10 and (strange == 0 or (strange <= 2 and words >= 3 and bool(re.search(r"\d", text))))


def _abbreviates(before: str, inside: str) -> bool:
    """Whether a bracket holds the initials of the words before it: `Aam Aadmi Party (AAP)`."""
    letters = inside.replace(".", "")
    if not letters.isalpha() or not 2 <= len(letters) <= 6:
        return False
    words = re.findall(r"\w+", re.split(r"[,;:]", before)[-1])
    initials = "".join(w[0] for w in words if w.lower() not in _SMALL).lower()
    loose = "".join(w[0] for w in words).lower()
    return len(words) > 1 and (initials.endswith(letters.lower()) or loose.endswith(letters.lower()))
