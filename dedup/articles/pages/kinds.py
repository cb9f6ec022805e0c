"""Pages that are no article: lists, errors with status 200, walls of consent; and notices of paywalls in articles."""

from __future__ import annotations

import re

from dedup.articles.fields import Refused

_ERROR = re.compile(
    r"^\W*(?:(?:http |error |fehler |erreur )*40[34]\b|(?:40[34] )?(?:page|article|story|file|content|document) "
    r"(?:not found|unavailable|no longer (?:available|exists)|does ?n.t exist|cannot be found|is missing)|not found\W*$|"
    r"(?:oops\W+ )?(?:sorry\W+ )?(?:we|you)\b.{0,30}\b(?:can(?:no|'|’)t|could(?: not|n't|n’t)) find (?:the|that|this|your|what)|"
    r"(?:oops|sorry)\b.{0,40}\b(?:not found|can.?t be found|does ?n.t exist|went wrong|is missing)|"
    r"(?:the )?(?:page|article) you(?:'re| are|’re| were)? (?:looking for|requested)|seite nicht gefunden|page introuvable|"
    r"p[áa]gina n[ãa]?o encontrad[ao]|p[áa]gina no (?:encontrada|existe)|pagina non trovata|pagina niet gevonden|access denied\W*$|"
    r"just a moment\W*$|attention required\W|are you a robot|service unavailable\W*$|internal server error)",
    re.IGNORECASE,
)  # fmt: skip
#: An error page has no more words than this, menus aside.
_ERROR_WORDS = 150

_CONSENT = re.compile(
    r"\bcookies?\b|\bconsent|\bprivacy (?:policy|settings|choices)|\bpersonal(?:ised|ized)? (?:data|ads|content)|"
    r"\b(?:our|third.party|with) (?:\d+ )?partners\b|\b(?:accept|reject|agree to) all\b|\bmanage (?:options|preferences|settings|choices)|"
    r"\blegitimate interest|\bTCF\b|\bbefore you continue|\bwe value your privacy|\bwithdraw\b|\bopt.out\b|\bGDPR\b|"
    r"\bDatenschutz|\bEinwilligung|\bzustimmen\b|\bWerbung und Tracking|\bdonn[ée]es personnelles|\bconsentement|"
    r"\bnos partenaires\b|\bpol[íi]tica de privacidad|\bconsentimiento\b|\btoestemming\b|\binformativa\b",
    re.IGNORECASE,
)  # fmt: skip
#: A wall of consent is short, and most of its sentences speak of it.
_CONSENT_WORDS, _CONSENT_SHARE = 400, 0.5

_PAYWALL = re.compile(
    r"\b(?:subscribe|register|sign (?:in|up)|log in|create (?:a|an) (?:free )?account|join)\b.{0,60}\b(?:to|and) "
    r"(?:continue|keep|read|unlock|finish|access|view|get)\b|\balready (?:a |an )?(?:subscribe[rd]|member|registered)|"
    r"\bto (?:continue|keep) reading\b|\b(?:this|the) (?:article|story|content) is (?:for|reserved for|only available to|exclusive to|available (?:only )?to)\b"
    r".{0,40}\b(?:subscribers|members|registered)|\b(?:remaining|free) (?:articles|stories) (?:this month|left|remaining)|"
    r"\byou(?:'ve| have|’ve) (?:reached|read|used) (?:your|all|the)\b.{0,40}\b(?:limit|articles|stories)|\b(?:unlock|access) (?:this|the full) (?:article|story)|"
    r"\bread the (?:full|rest of (?:the|this)) (?:article|story)\b|\bsubscriber.only\b|\bsubscription (?:is )?required\b|"
    r"\b(?:weiterlesen|lesen sie weiter) mit\b|\bjetzt (?:abonnieren|testen)|\bfür abonnenten\b|\br[ée]serv[ée] aux abonn[ée]s|"
    r"\babonnez.vous\b|\bpour lire la suite\b|\bsuscr[íi]b(?:ete|ase)\b|\bpara seguir leyendo\b|\bcontenuto riservato agli abbonati",
    re.IGNORECASE,
)  # fmt: skip
#: Words that a line of such a notice has at most, and those an article must have beside it.
_NOTICE_WORDS, _LEAST_WORDS = 45, 20

_LIST_PATH = re.compile(
    r"^/(?:[a-z]{2}/)?(?:tags?|topics?|category|categories|thema|themen|schlagwort|authors?|autor|archives?|search|suche)"
    # A slug of more words is an article's.
    r"(?:/(?:[^/-]*-){0,3}[^/-]*){0,2}$",
    re.IGNORECASE,
)
#: More of a text than this inside links, and no paragraph of prose: links to articles, not an article.
_LINKED = 0.6
#: Words of a paragraph of prose that is not a headline or a teaser.
_PROSE = 30


def words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def check_error(titles: list[str], text: str) -> None:
    """Refuse an error page that came with status 200."""
    if words(text) <= _ERROR_WORDS and any(_ERROR.search(title) for title in titles):
        raise Refused("error_page", f"the page calls itself {next(t for t in titles if _ERROR.search(t))[:80]!r}")


def check_consent(text: str) -> None:
    """Refuse a page that only asks for consent."""
    count = words(text)
    if not 0 < count <= _CONSENT_WORDS or len(set(map(str.lower, _CONSENT.findall(text)))) < 3:
        return
    sentences = [one for one in re.split(r"(?<=[.!?])\s+|\n", text) if one.strip()]
    about = sum(words(one) for one in sentences if _CONSENT.search(one))
    if about >= _CONSENT_SHARE * count:
        raise Refused("consent_wall", "the page asks for consent and shows no article")


def without_paywall(text: str) -> tuple[str, bool]:
    """The text without the lines at its end that ask for a subscription, and whether there were any.

    Refuses a page that has nothing else.
    """
    lines = text.split("\n")
    tail = max(0, len(lines) - 12)
    first = next((at for at in range(tail, len(lines)) if _is_notice(lines[at])), None)
    if first is None:
        return text, False
    # From the first notice on only short lines may follow: an offer's terms. Else it was a box amid the text.
    rest = lines[first:]
    if any(words(line) > _NOTICE_WORDS for line in rest):
        kept = "\n".join(line for line in lines if not _is_notice(line)).strip()
    else:
        kept = "\n".join(lines[:first]).strip()
    if words(kept) < _LEAST_WORDS:
        raise Refused("paywall", f"a notice of a paywall and {words(kept)} words of an article")
    return kept, True


def _is_notice(line: str) -> bool:
    return words(line) <= _NOTICE_WORDS and _PAYWALL.search(line) is not None


def check_list(text: str, *, front: bool, path: str, said_article: bool, said_list: bool, linked: float) -> None:
    """Refuse a page that lists articles: a home page, a tag's or an author's page.

    front: its address is a site's front page. said_article, said_list: what it calls itself. linked: the share of its
    text that is inside links.
    """
    longest = max(map(words, text.splitlines()), default=0)
    if linked > _LINKED and longest < _PROSE:
        raise Refused("not_an_article", f"a list of links: {linked:.0%} of the text is inside links")
    if said_article:
        return
    if front:
        raise Refused("not_an_article", "a front page: its address has no path")
    if said_list or _LIST_PATH.match(path):
        raise Refused("not_an_article", "a page that lists articles")
