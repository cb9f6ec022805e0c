"""Decide on the origin of one article without a corpus, with the observations that did not count."""

from __future__ import annotations

import re

import orjson

from dedup.attribution.features import MemberEvidence
from dedup.attribution.score import decide
from dedup.evidence.datelines import match_datelines
from dedup.evidence.extractor import ends, extractor
from dedup.evidence.name_segments import is_photo
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Registry
from dedup.languages import lexicon
from dedup.model import Article, Origin
from dedup.settings import Settings
from dedup.text.boilerplate.zones import Bodies

#: `Share this @internewscast.com`, `TheWorldNews is not responsible`: the statement of a site on itself.
_SITE = lexicon.regex(r"(?:@|\b{site_preposition} )([a-z0-9-]{3,}(?:\.[a-z]{2,})+)\b")
_NOTICE = lexicon.regex(r"{host_notice}|^{host_notice_at_start}", re.IGNORECASE | re.MULTILINE)
_PHOTO = lexicon.regex(r"\b{photo_label}\b", re.IGNORECASE)
#: Words without a space where elements of a page met, in scraped or translated texts: `SeoulNorth Korea agrees between
#: US, South Korea andJapanto` was a dateline and a link. They name no writer, but show that it was not the host.
_JOINED_WORDS = re.compile(r"\b[A-Za-z][a-z]+[A-Z][a-z]{2,}|[a-z]['\"“][A-Za-z][a-z]+ [^'\"”]{3,60}['\"”][a-z]{2,}")
#: Fewest such words in an opening; a single one may be a name.
_LEAST_JOINED = 2


def origin_of_article(article: Article, bodies: Bodies, settings: Settings) -> Origin:
    """Decide on the origin of one article without a corpus. bodies: that of its text alone."""
    evidence_extractor = extractor(settings.agencies, settings.sites)
    observations = evidence_extractor.extract(bodies, _record(article)).get(0, [])
    observations = [*observations, *_uncounted_observations(bodies, evidence_extractor.registry, observations)]
    joined_words = [match.group() for match in _JOINED_WORDS.finditer(ends(bodies, 0)[0])]
    if len(joined_words) >= _LEAST_JOINED:
        observations.append(Observation("residue", quote(", ".join(joined_words)), None))
    member = MemberEvidence(article.id or "", article.domain, None, 0, tuple(dict.fromkeys(observations)))
    return decide([member], evidence_extractor.registry)


def _record(article: Article) -> dict[str, list[str | None]]:
    """Return the columns that the extractor reads."""
    meta = orjson.dumps(dict(article.meta), default=str).decode() if article.meta else None
    return {"domain": [article.domain], "url": [article.url], "authors": [article.authors], "meta": [meta]}


def _uncounted_observations(bodies: Bodies, names: Registry, observations: list[Observation]) -> list[Observation]:
    """Return observations that explain, but do not decide: a site's notice, datelines in a tail, photo credits."""
    out: list[Observation] = []
    tokens = bodies.tokens
    whole = tokens.texts.raw(0)  # the text to whose bytes the places of tokens belong
    text = whole.decode()
    notice = _NOTICE.search(text[:600])
    if notice:
        line = text[text.rfind("\n", 0, notice.start()) + 1 :].split("\n", 1)[0]
        site = _SITE.search(line)
        out.append(Observation("aggregator_notice", quote(line), site.group(1) if site else None))
    end = int(tokens.end[tokens.last[0] - 1]) if tokens.last[0] > tokens.first[0] else 0
    tail = whole[end:].decode(errors="ignore")
    names_before = {None, *(item.name for item in observations)}
    for line in tail.split("\n"):
        datelines = match_datelines(line, LinePosition(True, False), names)
        out.extend(Observation("in_tail", item.quote, item.name) for item in datelines if item.name not in names_before)
    for line in text.split("\n"):
        if len(line) < 200 and is_photo(line):
            agencies = {_agency_of_photo(part, names) for part in re.split(r"[()/,|:]", line)}
            out.extend(Observation("photo_credit", quote(line), name) for name in sorted(filter(None, agencies)))
    return out[:8]


def _agency_of_photo(text: str, names: Registry) -> str | None:
    """Return the agency that a part of a photo credit names without doubt."""
    match = names.find(_PHOTO.sub("", text))
    return match.agency.name if match is not None and match.strong else None
