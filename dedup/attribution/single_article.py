"""One article, without a corpus: the same evidence, and what was looked at and did not count."""

from __future__ import annotations

import re

import orjson

from dedup.attribution.features import MemberEvidence
from dedup.attribution.score import decide
from dedup.evidence import datelines
from dedup.evidence.credits import is_photo
from dedup.evidence.extractor import EvidenceExtractor, extractor, scrape_artifact_of
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.languages import lexicon
from dedup.model import Article, Evidence, Origin
from dedup.settings import Settings
from dedup.text.boilerplate.zones import Bodies

#: `Share this @internewscast.com`, `TheWorldNews is not responsible`: a page that says whose site it is.
_SITE = lexicon.regex(r"(?:@|\b{site_preposition} )([a-z0-9-]{3,}(?:\.[a-z]{2,})+)\b")
_NOTICE = lexicon.regex(r"{host_notice}|^{host_notice_at_start}", re.IGNORECASE | re.MULTILINE)
_PHOTO = lexicon.regex(r"\b{photo_label}\b", re.IGNORECASE)


def origin_of_article(article: Article, bodies: Bodies, settings: Settings) -> Origin:
    """The origin of an article from what it says itself. bodies: those of its text alone."""
    ear = extractor(settings.agencies, settings.sites)
    said = ear.extract(bodies, _record(article)).get(0, [])
    said = list(dict.fromkeys([*said, *_not_counted(article, bodies, ear, said)]))
    if residue := scrape_artifact_of(bodies, 0):
        said.append(residue)
    evidence = tuple(Evidence(article.id, *item, 0.0) for item in said)
    return decide([MemberEvidence(article.id or "", article.domain, None, 0, evidence)], ear.registry)


def _record(article: Article) -> dict[str, list[str | None]]:
    """The columns that the listener reads."""
    meta = orjson.dumps(dict(article.meta), default=str).decode() if article.meta else None
    return {"domain": [article.domain], "url": [article.url], "authors": [article.authors], "meta": [meta]}


def _not_counted(
    article: Article, bodies: Bodies, ear: EvidenceExtractor, said: list[Observation]
) -> list[Observation]:
    """What a reader would look at and must not rely on: the site's own notice, photo credits, datelines in a tail."""
    out: list[Observation] = []
    notice = _NOTICE.search(article.text[:600])
    if notice:
        line = article.text[article.text.rfind("\n", 0, notice.start()) + 1 :].split("\n", 1)[0]
        site = _SITE.search(line)
        out.append(Observation("aggregator_notice", quote(line), site.group(1) if site else None))
    tokens = bodies.tokens
    end = int(tokens.end[tokens.last[0] - 1]) if tokens.last[0] > tokens.first[0] else 0
    after = article.text.encode()[end:].decode(errors="ignore")
    known = {item.name for item in said}
    for line in after.split("\n"):
        for one in datelines.read(line, LinePosition(True, False), ear.registry):
            if one.name not in known and one.name is not None:
                out.append(Observation("in_tail", one.quote, one.name))
    for line in article.text.split("\n"):
        if len(line) < 200 and is_photo(line):
            names = {name for part in re.split(r"[()/,|:]", line) if (name := _agency(part, ear))}
            out.extend(Observation("photo_credit", quote(line), name) for name in sorted(names))
    return out[:8]


def _agency(text: str, ear: EvidenceExtractor) -> str | None:
    found = ear.registry.find(_PHOTO.sub("", text))
    return found.agency.name if found is not None and found.strong else None
