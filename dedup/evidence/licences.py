"""Licence, copyright and relay lines: whose text this is, by whose leave it stands here, and by which way it came.

The name is the registry's where it is known, else the capitalised words after the phrase, for most papers are in no
registry. `The post … appeared first on X` is what a feed prints under everything: it names a stop on the way.
"""

from __future__ import annotations

import re

from dedup.evidence.names import proper_name
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Registry
from dedup.languages import lexicon

_LINK = lexicon.regex(r"^[\s:,]*(?:{owner_link}\b\s*)*[:\s]*")
_COPYRIGHT = lexicon.regex(
    r"(?:©|\(c\)|{copyright}|\b{copyright_abbreviation}\b|\bc\.(?=\s?\d{4}))[\s:©,]*"
    r"(?:(?:\(c\)|{copyright_filler}|\d{4}(?:\s?[-–,]\s?\d{4})?)[\s,.]*)*",
    re.IGNORECASE,
)
_REPRINT = lexicon.regex("{reprint}")
_YEAR_OWNER = lexicon.regex(
    r"^\W*(?:19|20)\d\d\s+(?P<owner>[A-Z][\w. ,&’'-]{3,50}?)(?:\.|$|\s+{all_rights})", re.IGNORECASE
)
_CALL = re.compile(r"^[KW][A-Z]{2,3}(?:-(?:TV|FM|AM|DT))?$")
_FOOTER = lexicon.regex(r"^\W*{footer_subject}\b", re.IGNORECASE)
_DISTRIBUTED = lexicon.regex(r"{distributor}|{visit} .{3,60}? {visit_at}", re.IGNORECASE)
_SUFFIX = lexicon.regex(r"\s*{rights_notice}.*$", re.IGNORECASE)
#: Phrases that are said of nothing but the text they stand in.
_REUSED = lexicon.regex("{reuse_stem}", re.IGNORECASE)
#: `It was`, `This was`; and what a subject begins with that is no `this`: `The article`, `Artykuł`, not `Her essay`.
_IT = lexicon.regex(r"{it}(?: {it_is})?$", re.IGNORECASE)
_THE = lexicon.regex(r"{subject_article}$|{elided_article}", re.IGNORECASE)
_ANOTHER_HEADLINE = lexicon.regex(r"\s+{another_headline}\b")
_AFTER_OWNER = lexicon.regex(r"[,;:|(]|\.(?:\s|$)|\s{after_owner}\s")
_AFTER_COPYRIGHT_OWNER = lexicon.regex(r"[;|(]|\.(?:\s|$)|,(?!\s{company_in_copyright})")
#: Words of a subject, and of a note that says `the article` and not `this article`.
_SUBJECT, _NOTE = 14, 30
#: Characters; a longer line is a paragraph.
_LONGEST = 420


def read(text: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """What a licence, copyright or relay line says."""
    line = " ".join(text.split())
    if len(line) > _LONGEST:
        return ()
    words = quote(line)
    if line.startswith(("©", "(c)", *lexicon.words("copyright_start"))) and not _REPRINT.search(line):
        return _copyright(line, words, place, registry)
    footer = lexicon.search("feed_footer", line)
    if footer and (_FOOTER.match(line) or footer.group().lower() in lexicon.words("feed_footer_alone")):
        name = _name(line[footer.end() :], line, place, registry)
        return (Observation("feed_footer", words, name),) if name else ()
    not_own = lexicon.search("not_own", line)
    if not_own:
        return _syndicated(line, words, place, registry)
    if lexicon.search("aggregator_notice", line):
        return (Observation("aggregator_notice", words, None),)
    licensed = lexicon.search("licence", line)
    if licensed:
        rest = line[licensed.end() :]
        if not _of_this_text(line, licensed.start(), licensed.group(), place):
            return ()
        if _ANOTHER_HEADLINE.match(rest):
            return ()  # `Originally published as Another Headline`
        name = _name(rest, line, place, registry)
        if name is None and line[: licensed.start()].strip(" *("):
            name = _before(line[: licensed.start()], place, registry)
        if name:
            return (Observation("licence", words, name),)
    return _copyright(line, words, place, registry)


def _of_this_text(line: str, at: int, phrase: str, place: LinePosition) -> bool:
    """Whether a phrase speaks of the text it stands in: `The photos, first published by The Sun, show …` does not."""
    if _REUSED.search(phrase):
        return True
    subject = re.split(r"[.!?:]\s", line[:at])[-1].strip(' *(“"—–-')
    words = subject.split()
    if len(words) <= 1 or _IT.match(subject) or not re.search(r"[a-z]{3}", subject):
        return True
    own = lexicon.search("text_noun", subject)
    if own is None or len(words) > _SUBJECT:
        return False
    if lexicon.search("demonstrative", subject):
        return True
    begins = _THE.match(words[0]) is not None or own.start() == 0
    whole = place.begins and place.ends and len(line.split()) <= _NOTE
    return begins and whole and not subject.endswith(",")


def _name(rest: str, line: str, place: LinePosition, registry: Registry) -> str | None:
    """Whom the words after a phrase name."""
    rest = rest[_LINK.match(rest).end() :] if _LINK.match(rest) else rest  # type: ignore[union-attr]
    head = _AFTER_OWNER.split(rest, maxsplit=1)[0]
    found = registry.find(head, line, place.tld)
    if found is not None:
        return found.agency.name
    name = proper_name(rest)
    if name is None:
        return None
    found = registry.find(name, line, place.tld) or registry.find(name.split(" ")[0], "", "")
    return found.agency.name if found is not None and found.strong else name


def _before(text: str, place: LinePosition, registry: Registry) -> str | None:
    """`This report by The Canadian Press was first published …`: a known name before the phrase."""
    found = registry.inside(text, place.tld)
    return found.agency.name if found is not None else None


def _syndicated(line: str, words: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """The host says that the text is not its own; sometimes it says whose."""
    said = [Observation("not_own", words, None)]
    found = registry.inside(line, place.tld)
    if found is not None and found.agency.kind == "agency":
        said.append(Observation("credit", words, found.agency.name))
    return tuple(said)


def _within(line: str, mark: str, at: int) -> bool:
    """Whether the word stands within a sentence: `the Copyright Alert System`."""
    before = line[:at].rstrip()
    return before[-1:].isalnum() and not mark.lower().startswith(("©", "(c)")) and not any(c.isdigit() for c in mark)


def _copyright(line: str, words: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    # A search for the plain strings first, for most lines hold none.
    marked = "©" in line or line.lower().startswith("c.") or "(c)" in line.lower()
    marked = marked or lexicon.holds(line, "copyright", "copyright_abbreviation")
    mark = _COPYRIGHT.search(line) if marked else None
    if mark is None:
        owner = _YEAR_OWNER.match(line) if line[:4].strip("— -*").isdigit() or line[:4].isdigit() else None
        found = registry.find(owner.group("owner"), line, place.tld) if owner else None
        return (Observation("copyright", words, found.agency.name),) if found is not None else ()
    if lexicon.search("photo", line[: mark.start() + 30]) or _within(line, mark.group(), mark.start()):
        return ()
    rest = _SUFFIX.sub("", line[mark.end() :])
    head = _AFTER_COPYRIGHT_OWNER.split(rest, maxsplit=1)[0].strip()
    # `© dpa-infocom, dpa:260310-99-1/2`, `(c) 2019 AFP`, `© 2025 Bloomberg L.P. Distributed by …`
    found = registry.find(head, line, place.tld) or registry.find(head.split(",")[0].split(" ")[0], line, place.tld)
    if found is not None:
        signal = "copyright" if found.agency.kind == "agency" else "copyright_outlet"
        return (Observation(signal if found.strong else "weak_credit", words, found.agency.name),)
    if _CALL.match(head):
        return (Observation("station_copyright", words, head),)
    before = registry.find(line[: mark.start()].strip(" -–—|"), line, place.tld)  # `PAP © 2026`
    if before is not None:
        return (Observation("copyright", words, before.agency.name),)
    name = proper_name(head)
    if name and _DISTRIBUTED.search(line):  # `©2026 Bangor Daily News. Distributed by …`: a syndicate passes it on
        passed = registry.inside(line[mark.end() + len(head) :], place.tld)
        hop = (Observation("distributor", words, passed.agency.name),) if passed is not None else ()
        return (Observation("copyright_outlet", words, name), *hop)
    return (Observation("copyright_other", words, name),) if name else ()
