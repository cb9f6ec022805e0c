"""Match licence, copyright and relay lines: the owner of the text, its licence, and its way to the host.

The name is the registry's if it is there, else the capitalised words after the phrase, since most papers are in no
registry. `The post … appeared first on X` stands below all texts of a feed: it names a stop of the text, no owner.
"""

from __future__ import annotations

import re

from dedup.evidence.names import LOWER, proper_name, without_legal_form
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Registry
from dedup.evidence.spelling import is_uncased
from dedup.evidence.uncased import find_owner, first_inside, leading, without_desk
from dedup.evidence.uncased_patterns import UncasedPattern
from dedup.languages import lexicon

_LINK = lexicon.regex(r"^[\s:,]*(?:{owner_link}\b\s*)*[:\s]*")
#: A date between the phrase and the owner: `erschien zuerst am 12. Mai 2020 in der Millbrooker Zeitung`.
_DATE = lexicon.regex(
    r"^(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}(?:\.|{ordinal})? (?:[^\W\d_]{1,3} )?{month_stem}\w{0,9}\.?"
    r"(?:,? (?:[^\W\d_]{1,3} )?(?:19|20)\d\d(?: [^\W\d_]{1,5}\.?(?=,? \w))?)?)[\s,]*",
    re.IGNORECASE,
)
_COPYRIGHT = lexicon.regex(
    r"(?:©|\(c\)|{copyright}|\b{copyright_abbreviation}\b|\bc\.(?=\s?\d{4}))[\s:©,]*"
    r"(?:(?:\(c\)|{copyright_filler}|\d{4}(?:\s?[-–,]\s?\d{4})?)[\s,.]*)*",
    re.IGNORECASE,
)
_SIGN = re.compile(r"©|\(c\)", re.IGNORECASE)
_REPRINT = lexicon.regex("{reprint}")
_YEAR_OWNER = lexicon.regex(
    r"^\W*(?:19|20)\d\d\s+(?P<owner>[A-Z][\w. ,&’'-]{3,50}?)(?:\.|$|\s+{all_rights})", re.IGNORECASE
)
_QUOTES = ("《", "«", "「", "『")
_SIGNS = ("©", "(c)", "(C)")
_NOTICE_AND_OWNER = UncasedPattern(r"{rights_notice}[\s©:]*(?:\d{4}\s*)?(?P<owner>[^\W\d_][^.,،;|()\n]{1,40})")
_OWNER_PREFIX = UncasedPattern(r"{owner_prefix}\s?")
_CALL = re.compile(r"^[KW][A-Z]{2,3}(?:-(?:TV|FM|AM|DT))?$")
_FOOTER = lexicon.regex(r"^\W*{footer_subject}\b", re.IGNORECASE)
_DISTRIBUTED = lexicon.regex(r"{distributor}|{visit} .{3,60}? {visit_at}", re.IGNORECASE)
_SUFFIX = lexicon.regex(r"\s*{rights_notice}.*$", re.IGNORECASE)
#: Phrases that only concern the text in which they stand.
_REUSED = lexicon.regex("{reuse_stem}", re.IGNORECASE)
#: Subjects: `It was`, `This was`; and the beginning of others: `The article`, `Artykuł`, not `Her essay`.
_IT = lexicon.regex(r"{it}(?: {it_is})?$", re.IGNORECASE)
_THE = lexicon.regex(r"{subject_article}$|{elided_article}", re.IGNORECASE)
_ANOTHER_HEADLINE = lexicon.regex(r"\s+{another_headline}\b")
_LOWER_WORD = re.compile(rf"[{LOWER}]{{3}}")
_AFTER_OWNER = lexicon.regex(r"[,;:|(،؛。、।]|\.(?:\s|$)|\s{after_owner}\s")
_AFTER_COPYRIGHT_OWNER = lexicon.regex(r"[;|(،؛。、।]|\.(?:\s|$)|,(?!\s{company_in_copyright})")
#: The end of a sentence, behind which the subject begins; Han and kana need no blank there.
_SUBJECT_BEGINS = re.compile(r"[.!?:।؟]\s|[。！？](?=.)|:(?=[\u3040-\u9fff])")
_LETTERS = re.compile(r"[^\W\d_]{2}")
#: Most words of a subject, and of a note with `the article` instead of `this article`.
_SUBJECT, _NOTE = 14, 30
#: Characters behind the words for an agency in which it is named.
_OWNER = 24
#: Most characters of a line; a longer one is a paragraph.
_LONGEST = 420


def match_licences(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a licence, copyright or relay line."""
    line = " ".join(text.split())
    if len(line) > _LONGEST:
        return ()
    words = quote(line)
    if line.startswith(("©", "(c)", *lexicon.words("copyright_start"))) and not _REPRINT.search(line):
        return _match_copyright(line, words, position, registry)
    footer = lexicon.search("feed_footer", line)
    if footer and (_FOOTER.match(line) or footer.group().lower() in lexicon.words("feed_footer_alone")):
        name = _name_after(line[footer.end() :], line, position, registry)
        return (Observation("feed_footer", words, name),) if name else ()
    if lexicon.search("not_own", line):
        return _match_not_own(line, words, position, registry)
    if lexicon.search("aggregator_notice", line):
        return (Observation("aggregator_notice", words, None),)
    licence = lexicon.search("licence", line)
    if licence and lexicon.search("photo", line[: licence.start()]):
        # `Foto: Mit freundlicher Genehmigung der NASA`: of the picture, unless the text is named too
        noun = lexicon.search("text_noun", line[: licence.start()])
        licence = licence if noun is not None else None
    if licence:
        rest = line[licence.end() :]
        if not _concerns_this_text(line, licence.start(), licence.group(), position):
            return ()
        if _ANOTHER_HEADLINE.match(rest):
            return ()  # `Originally published as Another Headline`
        name = _name_after(rest, line, position, registry)
        # `This report by The Canadian Press was first published …`
        if name is None and (before := registry.inside(line[: licence.start()], position.tld)):
            name = before.agency.name
        if name:
            return (Observation("licence", words, name),)
    return _match_copyright(line, words, position, registry)


def _concerns_this_text(line: str, at: int, phrase: str, position: LinePosition) -> bool:
    """Return whether a phrase concerns the text in which it stands, unlike `The photos, first published by The Sun`."""
    if _REUSED.search(phrase):
        return True
    subject = _SUBJECT_BEGINS.split(line[:at])[-1].strip(' *(“"—–-「『【《')
    words = subject.split()
    uncased = is_uncased(subject)
    noun = lexicon.search("text_noun", subject)
    has_words = (_LETTERS if uncased else _LOWER_WORD).search(subject) is not None
    if not has_words or _IT.match(subject) or (len(words) == 1 and noun is not None and not uncased):
        return True
    if noun is None or len(words) > _SUBJECT:
        return False
    if lexicon.search("demonstrative", subject):
        return True
    begins = _THE.match(words[0]) is not None or noun.start() == 0
    whole = position.begins and position.ends and len(line.split()) <= _NOTE
    return begins and whole and not subject.endswith(",")


def _name_after(rest: str, line: str, position: LinePosition, registry: Registry) -> str | None:
    """Return the name after a phrase."""
    rest = _LINK.sub("", rest, count=1)
    if (date := _DATE.match(rest)) is not None:
        rest = _LINK.sub("", rest[date.end() :], count=1)
    head = _AFTER_OWNER.split(rest, maxsplit=1)[0]
    match = registry.find(head, line, position.tld)
    if match is not None:
        return match.agency.name
    if is_uncased(rest[:2]):
        return _uncased_name(rest, registry)
    name = proper_name(rest)
    if name is None:
        return None
    match = registry.find(name, line, position.tld) or registry.find(name.split(" ")[0], outlets_too=False)
    return match.agency.name if match is not None and match.strong else name


def _uncased_name(rest: str, registry: Registry) -> str | None:
    """Return the name after a phrase in a script without capitals: one of the registry, or one in quotation marks."""
    for start in without_desk(rest):
        if name := leading(start.lstrip("《«「『“”〈(\"'"), registry):
            return name.match.agency.name
    return proper_name(rest) if rest[:1] in _QUOTES else None


def _match_not_own(line: str, words: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a statement that the text is not the host's own, and the agency in it."""
    observations = [Observation("not_own", words, None)]
    match = registry.inside(line, position.tld)
    if match is None and is_uncased(line) and (agency := lexicon.search("wire_services", line)):
        match = first_inside(line[agency.end() :].lstrip()[:_OWNER], registry)  # `समाचार एजेंसी भाषा की है`
    if match is not None and match.agency.kind == "agency":
        observations.append(Observation("credit", words, match.agency.name))
    return tuple(observations)


def _is_within_sentence(line: str, mark: str, at: int) -> bool:
    """Return whether the mark at an index is part of a sentence: `the Copyright Alert System`."""
    before = line[:at].rstrip()
    return (
        before[-1:].isalnum() and not _SIGN.search(mark) and not is_uncased(mark) and not any(c.isdigit() for c in mark)
    )


def _match_owner_after(line: str, words: str, registry: Registry) -> tuple[Observation, ...]:
    """Match the owner behind a statement of rights: `جميع الحقوق محفوظة لوكالة الأناضول`."""
    notice = _NOTICE_AND_OWNER.search(line) if is_uncased(line) else None
    if notice is None:
        return ()
    rest = notice.group("owner")
    prefix = _OWNER_PREFIX.match(rest)
    # The article loses its first letter behind the preposition: `للجزيرة`.
    name = rest[prefix.end() :] if prefix else rest
    for owner in dict.fromkeys((rest, name, *(letter + name for letter in lexicon.words("owner_article")))):
        match = registry.find(owner) or find_owner(owner, registry)
        if match is not None and match.strong:
            return (Observation("copyright", words, match.agency.name),)
    return ()


def _has_notice(line: str) -> bool:
    """Return whether a copyright line says more than a mark and a name."""
    return lexicon.search("rights_notice", line) is not None or any(c.isdigit() for c in line)


def _match_copyright(line: str, words: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a copyright line."""
    # A search for the plain strings first, for most lines hold none.
    has_mark = "©" in line or line.lower().startswith("c.") or "(c)" in line.lower()
    has_mark = has_mark or lexicon.holds(line, "copyright", "copyright_abbreviation")
    mark = _COPYRIGHT.search(line) if has_mark else None
    if mark is None:
        if later := _match_owner_after(line, words, registry):
            return later
        owner = _YEAR_OWNER.match(line) if line[:4].strip("— -*").isdigit() or line[:4].isdigit() else None
        match = registry.find(owner.group("owner"), line, position.tld) if owner else None
        return (Observation("copyright", words, match.agency.name),) if match is not None else ()
    if lexicon.search("photo", line[: mark.start() + 30]) or _is_within_sentence(line, mark.group(), mark.start()):
        return ()
    rest = _SUFFIX.sub("", line[mark.end() :])
    if not rest.strip(" .") and (later := _match_owner_after(line, words, registry)):
        return later
    head = _AFTER_COPYRIGHT_OWNER.split(rest, maxsplit=1)[0].strip()
    # `© dpa-infocom, dpa:260310-99-1/2`, `(c) 2019 AFP`, `© 2025 Bloomberg L.P. Distributed by …`
    first_word = head.split(",")[0].split(" ")[0]
    match = registry.find(head, line, position.tld) or registry.find(first_word, line, position.tld, outlets_too=False)
    if match is None and "/" in head:  # `(c)AFP/Jane ROE`
        match = registry.find(head.partition("/")[0], line, position.tld, outlets_too=False)
    if match is None and is_uncased(head):
        match = find_owner(rest, registry)
    match = match or registry.find(without_legal_form(head.split(",")[0]), line, position.tld)
    if match is not None and mark.group().strip() in _SIGNS and line.startswith(_SIGNS) and not _has_notice(line):
        # Below a picture: `ⓒ연합뉴스`.
        match = None if is_uncased(head) and not position.foot else match
    if match is not None:
        is_outlet = match.agency.kind != "agency"
        is_clear = match.strong or (is_outlet and not head.split(",")[0].isupper())
        signal = "copyright_outlet" if is_outlet else "copyright"
        return (Observation(signal if is_clear else "weak_credit", words, match.agency.name),)
    if several := registry.of_tag(head):  # the language of the story decides: `© KNA`
        return tuple(Observation("weak_credit", words, agency.name) for agency in several)
    if _CALL.match(head):
        return (Observation("station_copyright", words, head),)
    before = registry.find(line[: mark.start()].strip(" -–—|"), line, position.tld)  # `PAP © 2026`
    if before is not None:
        return (Observation("copyright", words, before.agency.name),)
    if is_uncased(head[:1]):
        return ()
    name = proper_name(head)
    if name and _DISTRIBUTED.search(line):  # `©2026 Bangor Daily News. Distributed by …`: a syndicate passes it on
        distributor = registry.inside(line[mark.end() + len(head) :], position.tld)
        hop = (Observation("distributor", words, distributor.agency.name),) if distributor is not None else ()
        return (Observation("copyright_outlet", words, name), *hop)
    return (Observation("copyright_other", words, name),) if name else ()
