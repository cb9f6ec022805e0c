"""Match datelines: the place, the date and the tag of an agency or station before the first words of a story.

The structure is matched first, and its tag is looked up once: text in brackets or between slashes near the beginning of
a line (`SEOUL, South Korea (AP) —`, `МОСКВА, 3 мар. /ТАСС/.`, `[서울=뉴시스]`), or a segment before the dash
(`Tehran, IRNA -`). The text before the tag must look like a place or a date, so that `the party (AAP) said` is no
dateline, nor a bracket that abbreviates the words before it.
"""

from __future__ import annotations

import re

from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.evidence.spelling import is_uncased
from dedup.evidence.uncased_heads import match_lead
from dedup.languages import lexicon

_BRACKETS = re.compile(r"[(（\[【〔［]\s*([^()（）\[\]【】〔〕［］]{1,60}?)\s*[)）\]】〕］]")
_SLASHES = re.compile(r"/\s?([^/\s][^/\n]{0,28}?)\s?/")
#: A bracket or slash ends within so many characters of the line's beginning.
_REACH = 110
_TAGS = lexicon.regex(r"\s*(?:[/|,;=+&،؛、・]|\s[-–—]\s|-(?=AFP|AP\b)|\b{by_way_of}\b)\s*")
_SEPARATOR = re.compile(r"\s*(?:[-–—]{1,3}|_(?=\s)|[:：.=,،।])")
#: `КРУТОГОРСК, 1 ноября, ФедералПресс. Глава`
_COMMAS = re.compile(
    r"^([^\W\d_][^,.\d]{1,30})[.,] (?P<date>\d{1,2}\.? [^\W\d_]{3,10}\.?(?: 20\d\d)?[.,] )?"
    r"(?P<tag>[^\W\d_][^,.]{1,30})\. (?=[^\W_]|$)"
)
#: `París, Francia | AFP | Text`, `BERLIN taz | Text`.
_BARS = re.compile(r"^(?P<place>[^\W\d_][^|:.]{1,40}?)(?P<bar>\s\|)\s(?P<tag>[^\W\d_]{2,12})\s\|\s")
_BAR = re.compile(r"^(?P<place>[^\W\d_][^|:.]{1,40}?)\s(?P<tag>[^\W\d_]{2,12})\s\|\s")
#: A date behind the tag that begins a line: `(DIRE) Roma, 10 mar. - `.
_DATE_BEHIND = re.compile(r"^\s*[^\W\d_][^,.;:\d]{1,30}, \d{1,2}\s+[^\W\d_]{3,10}\.?(?: \d{4})?\s*[-–—]")
#: A dash after a dateline without brackets.
_DASH = re.compile(r"\s*(?:—|–|--+|(?<=[\s.\u0600-\u06ff])-(?=\s))\s*|-(?=\s)\s*|(?<=[A-Z]{3})[.]\s|:\s")
_WORDS = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_CALL = re.compile(r"[KW][A-Z]{2,3}(?:-(?:TV|FM|AM|DT))?$")
#: A photographer before the slash: `Jonathan Ernst/Reuters`.
_CAPTION = re.compile(r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}\s*/\s*[A-Z]")
#: A paper's initials have at most so many letters.
_INITIALS = 5
#: A reporter and the tag: `(Недялка Русева на БТА)`.
_PERSON_OF = lexicon.regex(
    r"^[^\W\d_][\w.’'-]+(?: [^\W\d_][\w.’'-]+){1,2}(?:\s+{correspondent_of}\s+|,\s+|\s*/\s*)(?P<tag>[^\W\d_]{2,12})$"
)
#: A place and a date: `Житница, 14 ноември`.
_PLACE_AND_DATE = re.compile(r"^[^\W\d_][^,.\d]{1,30}, (?:\d{1,2} [^\W\d_]{3,10}|[^\W\d_]{3,10} \d{1,2})[\s,]*$")
_UPPER = re.compile(r"[A-Z]{2,}[A-Z &.]*$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: Fewest characters of a name before a place in one word: `新华社北京`.
_WHOLE_NAME = 3
#: Fewest characters of a story after its dateline; a shorter text is a note of another kind.
_SOME_TEXT = 20
_SMALL = frozenset(lexicon.words("small_word"))
#: A month in a script without capitals, where the day may be a word: `आठ सितंबर`.
_UNCASED = "|".join(re.escape(month) for month in lexicon.words("month_stem") if month == month.upper())
_MONTH = re.compile(rf"(?<![^\W_])(?:{_UNCASED})(?![^\W_])")
#: A separator behind a tag in such a script; a comma or a full stop there is one of a sentence.
_UNCASED_SEPARATOR = re.compile(r"\s*(?:[-–—=|।:]|[.]{2,})")
#: Most words, and most characters of Han, kana and Hangul, of a place and a date.
_PLACE_WORDS, _PLACE_CHARACTERS = 7, 16
_MONTHS = lexicon.regex(r"{month_stem}\w{0,9}\.?$", re.IGNORECASE)


def match_datelines(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a dateline at the beginning of a line."""
    if not position.begins:
        return ()
    line = text[: _REACH + 60].replace("**", "").lstrip(" \t*>•·\u200f\u200e") + (" — " if position.is_dateline else "")
    for pattern in (_BRACKETS, _SLASHES):
        for tag in pattern.finditer(line[:_REACH]):
            before, inside, after = line[: tag.start()], tag.group(1), line[tag.end() :]
            if observations := _match_tag(before, inside, after, pattern is _SLASHES, position, registry):
                return observations
    if is_uncased(line):
        whole = position if len(text) <= len(line) else position._replace(ends=False)
        if lead := match_lead(line, whole, registry):
            return lead
    return _match_segment(line + "X" if position.is_dateline else line, position, registry)


def may_be_dateline(text: str, position: LinePosition) -> bool:
    """Return whether a line has a mark of a dateline near its beginning."""
    if not position.begins:
        return False
    head = text[:_REACH]
    return (
        position.is_dateline
        or not head.isascii()
        or any(mark in head for mark in ("(", "/", "[", "--", "- ", ": ", ". ", " | "))
    )


def match_plain_dateline(text: str, registry: Registry) -> Observation | None:
    """Match a whole dateline in its commonest form, `WASHINGTON (AP)`; None if `match_datelines` must decide."""
    if text[-1:] != ")":
        return None
    at = text.rfind("(")
    match = registry.plain_tags.get(text[at + 1 : -1])
    if match is None or at < 1 or text[at - 1] != " ":
        return None
    name, is_unambiguous = match
    # The tag may abbreviate the words before it, unless they are in capitals like a place.
    last = text.rfind(" ", 0, at - 1)
    if (not is_unambiguous and not text[:at].isupper()) or (last >= 0 and text[last + 1].lower() == text[-2].lower()):
        return None
    return Observation("dateline", text, name)


def _match_tag(
    before: str, inside: str, after: str, in_slashes: bool, position: LinePosition, registry: Registry
) -> tuple[Observation, ...]:
    """Match a tag between brackets or slashes."""
    if not _is_placelike(before) or _abbreviates(before, inside):
        return ()
    if is_uncased(before + inside) and lexicon.search("photo", before + " " + inside):
        return ()
    if is_uncased(before) and not _is_uncased_place(before, after, in_slashes):
        return ()
    is_uncased_head = not before.strip() and is_uncased(inside)
    if not after.strip() and not (before.isupper() or in_slashes or is_uncased_head or _PLACE_AND_DATE.match(before)):
        return ()  # the end of a caption: `… on Capitol Hill, March 24, 2017. (Jonathan Ernst/Reuters)`
    if _CAPTION.match(inside) and registry.find(inside.partition("/")[0], outlets_too=False) is None:
        return ()
    # `BOSTON — (AP) The`: the dash may stand before the tag.
    has_separator = position.is_dateline or _SEPARATOR.match(after) is not None or before.rstrip()[-1:] in ("—", "–")
    has_separator = has_separator or (not before.strip() and _DATE_BEHIND.match(after) is not None)
    has_separator = has_separator or (is_uncased(before) and _ends_with_date(before))
    follows = after.lstrip()
    if not has_separator and follows[:1].islower():
        return ()
    words = quote(before + inside if in_slashes else f"{before}({inside})")
    # `CANINDEZINHO (Lusa) - o placar`: a dispatch begins with a capital.
    continues = has_separator and not position.is_dateline and begins_small(_SEPARATOR.sub("", after, count=1))
    # In slashes a tag needs a separator or a date, or begins the line: `Paris/Reuters/London` is a list.
    has_date = any(c.isdigit() for c in before) or (not before.strip() and bool(_DATE_BEHIND.match(after)))
    has_date = has_date or (not before.isascii() and bool(_MONTH.search(before)))
    is_marked = (
        has_separator or has_date or not before.strip() or (before.isupper() and after[:1] == before[-1:] == " ")
    )
    context = f"{before} {inside}"  # the place; the line after it shows the language
    parts = [part for part in _TAGS.split(inside.lstrip("©")) if part]
    observations: list[Observation] = []
    agency = False
    for part in parts:
        match = _find_tag(part, context, after, position, registry)
        if match is not None and in_slashes and not is_marked and match.agency.kind != "press_release":
            continue
        if match is not None:
            # `AFP=時事`: the second passes it on
            passes_on = agency and "=" in inside and match.agency.kind == "agency"
            # `〔中央社〕`: a bracket that begins the text, in a script where no name is one of initials.
            is_clear = has_date or (not before.strip() and is_uncased(part))
            is_joined = has_separator or ("=" in inside and not before.strip() and is_uncased(inside))
            signal = "distributor" if passes_on else _signal_of(match, is_joined, is_clear)
            signal = "dateline_weak" if signal == "dateline" and continues else signal
            agency = agency or (match.agency.kind == "agency" and not match.agency.syndicate)
            observations.append(Observation(signal, words, match.agency.name))
        elif _CALL.match(part) and has_separator:
            observations.append(Observation("call_sign", words, part))
    agencies = [registry.by_name[s.name] for s in observations if s.name in registry.by_name]
    outlets = [one.name for one in agencies if one.kind == "outlet"]
    # `(Los Angeles Times/TNS)`: the outlet wrote; `(CBS News/AP)`: the agency wrote, its customer printed
    signals = dict.fromkeys([one.name for one in agencies if one.syndicate and outlets], "distributor")
    signals |= dict.fromkeys(outlets if agency else (), "beside")
    observations = [s._replace(signal=signals.get(s.name or "", s.signal)) for s in observations]
    is_tag = has_separator and len(parts) == 1 and before.strip() and len(inside) <= 12 and _UPPER.match(inside)
    if not observations and is_tag:
        return (Observation("unknown_tag", words, None),)
    return tuple(dict.fromkeys(observations))


def begins_small(text: str) -> bool:
    """Return whether the first word of a text begins with a lower-case letter; `'s Avonds` and `iPhone` do not."""
    word = re.match(r"[\s\"“„«(*–—-]*([^\W\d_])([^\W_])?", text)
    return word is not None and word.group(1).islower() and not (word.group(2) or "").isupper()


def _find_tag(part: str, context: str, after: str, position: LinePosition, registry: Registry) -> AgencyMatch | None:
    """Find the agency of a tag."""
    is_first = context[:1] == " "  # nothing stands before the bracket
    # In Latin letters a paper's initials are those of many (`AD`), and papers seldom stand in datelines.
    is_initials = part.isascii() and (len(part) <= _INITIALS or not context[:1].isupper())
    match = registry.find(part, context, position.tld, after, outlets_too=not is_initials)
    if match is None and "." in part and (site := registry.of_domain(part.lower())) is not None:
        return AgencyMatch(site, True)
    if match is None and (person := _PERSON_OF.match(part)):
        match = registry.find(person.group("tag"), context, position.tld, after, outlets_too=False)
    if match is None and _CJK.search(part) and is_first:  # `ロンドン共同`: the place and the tag are one word
        for at in range(1, len(part) - 1):
            match = registry.find(part[at:], outlets_too=False)
            if match is None and len(part) - at >= _WHOLE_NAME:
                match = None if part[:-at].isascii() else registry.find(part[:-at], outlets_too=False)
            if match is not None:
                return match._replace(home=True)
    if match is None and part[:1].isupper():  # `Reuters Health`, `Newsfile Corp. - March 10, 2026`
        match = registry.find(part.split(" ")[0], context, position.tld, outlets_too=False)
        # `(CBS TAMPA)` is a station's; its network's news is another desk.
        if match is not None and (match.agency.homonym == "high" or match.agency.kind == "outlet" or " " not in part):
            return None
    return match


def _signal_of(match: AgencyMatch, has_separator: bool, has_date: bool) -> str:
    """Return the signal of a tag: a weak one if the tag has other meanings."""
    if match.strong:
        is_clear = has_separator or has_date or match.home or match.agency.homonym == "low"
        return "dateline" if is_clear else "dateline_weak"
    # A paper's name that is a common word in a script without capitals, or `ROME, Mar 10 2026 (IPS) - `, which has
    # the form of a dateline in all its parts.
    return "dateline" if has_separator and (match.agency.homonym != "high" or has_date) else "dateline_weak"


def _match_segment(line: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a dateline without brackets: a segment that is a tag, among places and dates, before a dash or a stop."""
    for parts in (_COMMAS.match(line), _BARS.match(line), _BAR.match(line)):
        if parts is None or not _is_placelike(parts.group(1)):
            continue
        is_marked = parts.groupdict().get("date") or parts.groupdict().get("bar") or parts.group(1).isupper()
        match = registry.find(parts.group("tag"), line[:40], position.tld, outlets_too=bool(is_marked))
        if match is not None and match.strong:
            return (Observation("dateline", quote(parts.group()), match.agency.name),)
    for dash in list(_DASH.finditer(line[:90]))[:3]:
        left, right = line[: dash.start()], line[dash.end() :]
        if not right[:1] or right[:1].islower():
            continue
        for segments in (re.split(r"[,،]\s*|\.\s+", left), re.split(r"[,،]\s*|\.\s+", right[:40])[:1]):
            for segment in segments:
                segment = segment.strip(" .-–—")
                match = registry.find(segment, left, position.tld, right, outlets_too=False) if segment else None
                if match is None or not _is_placelike(left.replace(segment, " ")):
                    continue
                is_left = segments[0] == left or segment in left
                if not is_left and not _ends_dateline(left, dash.group(), right, segment):
                    continue
                is_alone = left.strip() == segment
                if is_alone and (match.agency.kind == "outlet" or (":" in dash.group() and is_uncased(left))):
                    continue  # a headline: "BBC News - Ferry terminal to close"
                if segment in match.agency.tags or match.strong:
                    signal = "dateline" if match.strong else "dateline_weak"
                    return (Observation(signal, quote(line[: dash.end()].strip(" -–—")), match.agency.name),)
    return _match_leading_tag(line, position, registry)


def _ends_dateline(left: str, dash: str, right: str, tag: str) -> bool:
    """Return whether a tag right after the dash ends a dateline: `МОСКВА, 3 мар - РИА Новости. Text`.

    `Contributing: AP.` and `Photo - AFP.` are none.
    """
    if ":" in dash or lexicon.search("photo", left):
        return False
    if right.strip() == tag:
        return not left.isascii()
    return re.match(rf"{re.escape(tag)}[.:—–-]", right) is not None and len(right) > len(tag) + _SOME_TEXT


def _match_leading_tag(line: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a tag in capitals after place and date: `ASTANA. KAZINFORM Text`, `Baku, March 3, AZERTAC` as a line."""
    arabic = re.match(r"[\u0600-\u06ff ]{2,30}?\s?[-–]\s?([\u0600-\u06ff]+)(?=[\s:]|$)", line)  # `دمشق-سانا`
    if arabic and (match := registry.find(arabic.group(1))) and match.strong:
        return (Observation("dateline", quote(arabic.group()), match.agency.name),)
    lead = re.match(r"(?:([A-ZÀ-Þ][\w .'-]{2,30}?)[.,] )?(?:(\w{3,9}\.? \d{1,2}),? )?([A-Z]{4,12})(?=[\s.]|$)", line)
    if (
        lead
        and lead.group(1)
        and (match := registry.find(lead.group(3), line[:40], position.tld, outlets_too=False))
        and match.strong
    ):
        if lead.group(1).isupper() or lead.group(2):
            return (Observation("dateline", quote(lead.group()), match.agency.name),)
    return ()


def _is_placelike(text: str) -> bool:
    """Return whether a text before a tag can be a place and a date: names, figures, months and few small words."""
    if len(text) > 80 or re.search(r"[!?;“”\"«»]|\w{3,}\.\s+\w+\s\w+\s\w+\s\w+\s\w+", text):
        return False
    others = words = 0
    for word in _WORDS.findall(text):
        words += 1
        if word[0].islower() and word not in _SMALL and not _MONTHS.match(word):
            others += 1
    return words <= 10 and (others == 0 or (others <= 2 and words >= 3 and bool(re.search(r"\d", text))))


def _is_uncased_place(before: str, after: str, in_slashes: bool) -> bool:
    """Return whether words before a tag are a place and a date, in a script where a clause has no capitals either.

    `ذكرت هيئة الإذاعة البريطانية (بي بي سي) أن` and `英国放送協会（BBC）は` are sentences.
    """
    if _CJK.match(after):
        return False  # a particle
    words = before.split()
    characters = len(_CJK.findall(before))
    if len(words) > _PLACE_WORDS or characters > _PLACE_CHARACTERS:
        return False
    if _ends_with_date(before):
        return True
    if characters and len(words) == 1 and after[:1] == " ":
        return True  # `ワシントン（ＣＮＮ）　`
    has_mark = _UNCASED_SEPARATOR.match(after) is not None or before.rstrip()[-1:] in tuple("-–—/:।")
    return has_mark or (in_slashes and len(words) <= 2)


def _ends_with_date(text: str) -> bool:
    """Return whether the last word is a number or the name of a month or day, in a script without capitals."""
    last = text.rstrip(" ,،-–—").rpartition(" ")[2]
    return last[-1:].isdigit() or lexicon.is_phrase("time_name", last) or _MONTH.fullmatch(last) is not None


def _abbreviates(before: str, inside: str) -> bool:
    """Return whether a bracket holds the initials of the words before it: `Aam Aadmi Party (AAP)`."""
    letters = inside.replace(".", "")
    if not letters.isalpha() or not 2 <= len(letters) <= 6:
        return False
    words = re.findall(r"\w+", re.split(r"[,;:]", before)[-1])
    initials = "".join(w[0] for w in words if w.lower() not in _SMALL).lower()
    loose = "".join(w[0] for w in words).lower()
    return len(words) > 1 and (initials.endswith(letters.lower()) or loose.endswith(letters.lower()))
