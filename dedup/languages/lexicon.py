"""Load the words of all languages, and build search patterns from them.

Each language has one file in this folder, named by its ISO 639-1 code (`de.json`): word lists by name (`WORD_LISTS`),
and `boilerplate`, phrases of boilerplate as {kind of rule: {zone: {phrase: most tokens of its block}}}. `common.json`
holds words of no one language. A new language is one new file. The order of files, lists and words has no effect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

import orjson

#: The folder of the language files. It must not change once another module of the package is imported.
FOLDER: Traversable = files("dedup.languages")

#: Each word list: its purpose, with an example. Matching ignores case unless the entry says otherwise.
WORD_LISTS: Mapping[str, str] = {
    # Bylines and credit lines
    "byline": "first word of a byline: By JANE ROE",
    "credit_by": "first word of a credit line: From The Associated Press",
    "author_by": "word to drop at the beginning of the field of authors",
    "contributor_by": "word before a contributor's name, or a contributor's job",
    "contributor_to": "beginning of the object of a contribution: to this report",
    "source": "beginning of a source line: Source: Reuters",
    "provider": "those of `source` that need no colon: Provided by Reuters",
    "via": "beginning of a relay line: Via Reuters",
    "relay": "those of `via` that mark a line at the head of a text as a credit",
    "by_way_of": "word between a writer and a distributor: Jane Roe via Reuters",
    "with": "word before an agency that helped: (with AFP)",
    "with_at_start": "further such words, only at the beginning of a line",
    "permission": "words after `with` that make it no contribution: with permission",
    "contribution": "phrase of a contribution: Jane Roe contributed to this report",
    "and": "conjunction between two names",
    "list_joiner": "further words between the names of a credit line",
    "possessive": "genitive suffix of a name: Reuters' Jane Roe",
    "staff": "phrase for the host's own writers: staff writer",
    "job_title": "job after an agency's name: AP Sports Writer",
    "correspondent": "job before an agency's name: Repórter da Agência Brasil",
    "correspondent_of": "word between that job and the name",
    "writes_for": "verb of a note on the writer: Jane Roe writes for Reuters",
    "is_a": "verb of a note on the writer's job: Jane Roe is a reporter for Reuters",
    "reporter": "job in such a note",
    "reporter_for": "word between the job and the agency in such a note",
    "wire_services": "collective name of agencies: wire reports",
    "report_noun": "noun for the text, in a line that also mentions a picture",
    "photo": "word of a picture's credit",
    "photo_label": "word to drop from a picture's credit before the agency is looked up",
    # Dates
    "month": "full name of a month, which begins no proper name",
    "month_abbreviation": "abbreviated name of a month, as scrapers leave them behind a name",
    "month_stem": "beginning of the name of a month in a dateline, lower case",
    "weekday": "name of a day, which begins no proper name",
    "update_label": "label of a time of update: Last updated",
    "on_date": "word between a name and a date",
    # Datelines
    "small_word": "lower-case word within the name of a place or a date (case-sensitive)",
    "wire_suffix": "last character of an agency's name at the beginning of a line",
    "wire_name": "further agencies' names in that position",
    "dispatch_mark": "character that ends such a dateline",
    # Sign-offs
    "sign_off": "phrase that makes a line of the foot a sign-off",
    "sign_off_start": "beginning of a desk's sign-off (case-sensitive)",
    "desk_work": "phrase that begins a sign-off inside a line: Reporting by",
    "desk_extra": "word before such a phrase: Additional reporting by",
    "editing": "phrase of the editor in a sign-off (case-sensitive where the line begins like one)",
    "end_word": "word after an agency's tag that ends a text: /Fim (case-sensitive)",
    "standards": "statement of an agency's standards below its texts",
    "foot_word": "single word that begins a credit in the foot",
    # Licences, copyright, relays
    "licence": "phrase before the name of the first publisher: originally published by",
    "reuse_stem": "beginning of such a phrase that only concerns the text itself: republished",
    "owner_link": "preposition or phrase between such a phrase and the name (case-sensitive)",
    "after_owner": "word that ends the name (case-sensitive)",
    "another_headline": "words after the phrase before another headline, not a publisher (case-sensitive)",
    "text_noun": "noun for the text itself: article",
    "demonstrative": "demonstrative before that noun: this",
    "subject_article": "article before that noun",
    "elided_article": "article that is joined to its noun: l'article",
    "it": "pronoun for the text",
    "it_is": "verb between that pronoun and the phrase",
    "feed_footer": "phrase that a feed prints below each text: appeared first on",
    "feed_footer_alone": "those of `feed_footer` that need no subject before them",
    "footer_subject": "subject of the others: The post",
    "not_own": "statement that the host did not write or edit the text",
    "aggregator_notice": "statement of an aggregator below others' texts",
    "host_notice": "statement of an aggregator, near the beginning of a page",
    "host_notice_at_start": "the same, only at the beginning of a line",
    "site_preposition": "word before the site's name in such a statement",
    "distributor": "phrase before a distributor's name: Distributed by",
    "visit": "verb of a note on the publisher's site: Visit The Miami Herald at",
    "visit_at": "word between the publisher and its address in that note",
    "reprint": "phrase that makes a copyright line one of a reprint (case-sensitive)",
    "copyright": "word for copyright",
    "copyright_abbreviation": "abbreviation of it",
    "copyright_start": "first word of a plain copyright line (case-sensitive)",
    "copyright_filler": "word between it and the owner's name",
    "all_rights": "end of an owner's name after a year: 2026 Reuters all rights",
    "rights_notice": "statement after the owner's name: All rights reserved",
    "rights_notice_in_field": "the same in page metadata",
    # Press releases
    "release_source": "label of the issuer of a press release (case-sensitive)",
    "about": "heading of the issuer's description: About Calder Marine (case-sensitive)",
    "transmission": "phrase between the issuer and the wire (case-sensitive)",
    "after_subject": "word after the issuer's name in the first sentence (case-sensitive)",
    # Names of companies, agencies and persons
    "company_form": "legal form after a company's name",
    "company_in_name": "legal form after a comma, within a name (case-sensitive)",
    "company_in_copyright": "the same in a copyright line",
    "company_abbreviation": "legal form that ends with a full stop (case-sensitive)",
    "company_of_agency": "legal form after an agency's name",
    "agency_suffix": "word after an agency's name that is no part of it: news agency",
    "agency_article": "article before an agency's name",
    "desk": "word for a desk or agency before its name: Redazione ANSA",
    "common_word": "word of many texts, by which no name is searched (lower case)",
    "name_prefix": "article within a proper name (case-sensitive)",
    "name_article": "article to drop from a proper name (case-sensitive)",
    "name_joiner": "lower-case word within a proper name (case-sensitive)",
    "not_a_name": "word that is no proper name though it may begin with a capital (lower case)",
    # Attribution within a story
    "told": "verb or preposition before an agency to which somebody spoke: told Reuters",
    "attribution_before": "word before an agency that reported something: citing Reuters",
    "attribution_after": "verb after the agency: Reuters reported",
    "according_to": "attribution of two words before the agency",
    "the": "article before an agency's name, though it may begin with a capital",
    # Comparison
    "number": "word for a number, unless it is another word too",
    "update_mark": "first word of the title of a later version: UPDATE 2",
}
#: Lists whose phrases make a line of the head, or of the foot, a possible credit though it holds no known name.
HEAD_CUES = ("licence", "not_own", "aggregator_notice", "staff", "relay")
FOOT_CUES = (
    "licence", "provider", "feed_footer", "not_own", "aggregator_notice", "sign_off", "standards", "foot_word",
)  # fmt: skip
#: Lists of phrases that may credit a name that is in no registry.
_CREDIT = ("source", "via", "staff")


class BoilerplatePhrase(NamedTuple):
    """A phrase of boilerplate: folded tokens joined by spaces, the kind of its rule, the most tokens of a block to
    which the rule applies, and the zone of such a block."""

    phrase: str
    kind: str
    max_tokens: int
    zone: str


@cache
def _lexicon() -> tuple[dict[str, tuple[str, ...]], tuple[BoilerplatePhrase, ...]]:
    """The words of each list, and the phrases of boilerplate, of all languages: sorted, each once.

    Raises `ValueError` for a list that is not in `WORD_LISTS`.
    """
    words: dict[str, set[str]] = {name: set() for name in WORD_LISTS}
    phrases: set[BoilerplatePhrase] = set()
    for file in FOLDER.iterdir():
        if not file.name.endswith(".json"):
            continue
        for name, value in orjson.loads(file.read_bytes()).items():
            if name == "boilerplate":
                phrases.update(
                    BoilerplatePhrase(phrase, kind, max_tokens, zone)
                    for kind, zones in value.items()
                    for zone, entries in zones.items()
                    for phrase, max_tokens in entries.items()
                )
            elif name in words:
                words[name].update(value)
            else:
                raise ValueError(f"{file.name}: {name!r} is no word list; they are {', '.join(WORD_LISTS)}")
    return {name: tuple(sorted(words[name])) for name in sorted(words)}, tuple(sorted(phrases))


def words(name: str) -> tuple[str, ...]:
    """Return the words of a list, of all languages, sorted."""
    return _lexicon()[0][name]


def boilerplate() -> tuple[BoilerplatePhrase, ...]:
    """Return the phrases of boilerplate of all languages, sorted."""
    return _lexicon()[1]


def canonical(part: str) -> bytes:
    """Return the `words` or the `boilerplate` of all languages as JSON that is equal for equal content."""
    entries, phrases = _lexicon()
    return orjson.dumps({"words": entries, "boilerplate": [tuple(phrase) for phrase in phrases]}[part])


def regex(template: str, flags: int = 0) -> re.Pattern[str]:
    """Compile a pattern in which `{name}` stands for any word of a list, the longest first.

    A list without words matches nothing.
    """
    return re.compile(re.sub(r"\{([a-z_]+)\}", lambda match: alternation(match.group(1)), template), flags)


@cache
def alternation(*names: str) -> str:
    """Return a group that matches any word of these lists, the longest first."""
    entries = {word for name in names for word in words(name)}
    # `(?!)` matches nothing.
    return f"(?:{'|'.join(map(re.escape, sorted(entries, key=lambda word: (-len(word), word)))) or '(?!)'})"


@cache
def whole_words(name: str) -> re.Pattern[str]:
    """Compile a pattern for a phrase of a list, as whole words, anywhere."""
    return regex(rf"(?<![^\W_]){{{name}}}(?![^\W_])", re.IGNORECASE)


@cache
def at_start(name: str) -> re.Pattern[str]:
    """Compile a pattern for a phrase of a list at the beginning of a line, with the colon after it."""
    return regex(rf"[\s(\[*–—-]*{{{name}}}(?![^\W_])\s*[:：]?\s*", re.IGNORECASE)


def search(name: str, text: str) -> re.Match[str] | None:
    """Return the first phrase of a list in a text, as whole words."""
    # A search for the plain strings is ten times as fast as for their alternation, and finds nothing in most texts.
    return whole_words(name).search(text) if holds(text, name) else None


def holds(text: str, *names: str) -> bool:
    """Return whether a phrase of one of these lists stands in a text, perhaps within a word."""
    low = text.lower()
    return any(phrase in low for phrase in _lower(names))


@cache
def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for name in names for word in words(name)))


def may_credit(text: str) -> bool:
    """Return whether a text may credit a name that is in no registry."""
    return holds(text, *_CREDIT)
