"""Pages that are no article: lists, errors with status 200, walls of consent; and notices of paywalls in articles."""

from __future__ import annotations

import json
import re
from importlib.resources import files

from dedup.inputs.fields import RejectedRecord


def _rule(kind: str) -> re.Pattern[str]:
    """The expressions of a kind in `page_types.json` as one."""
    phrases = json.loads(files(__package__).joinpath("page_types.json").read_text(encoding="utf-8"))[kind]
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.IGNORECASE)


_ERROR, _CONSENT, _PAYWALL = _rule("error"), _rule("consent"), _rule("paywall")
#: An error page has no more words than this, menus aside.
_ERROR_WORDS = 150
#: A wall of consent is short, and most of its sentences speak of it, in several ways.
_CONSENT_WORDS, _CONSENT_SHARE, _CONSENT_WAYS = 400, 0.5, 3
#: A notice of a paywall stands in the last lines of a text, and has not more words than this.
_NOTICE_LINES, _NOTICE_WORDS = 12, 45
#: An article must have more words beside such a notice.
_LEAST_WORDS = 20

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
        raise RejectedRecord(
            "error_page", f"the page calls itself {next(t for t in titles if _ERROR.search(t))[:80]!r}"
        )


def check_consent(text: str) -> None:
    """Refuse a page that only asks for consent."""
    count = words(text)
    if (
        not 0 < count <= _CONSENT_WORDS
        or len({sentence[0].lower() for sentence in _CONSENT.finditer(text)}) < _CONSENT_WAYS
    ):
        return
    sentences = [sentence for sentence in re.split(r"(?<=[.!?])\s+|\n", text) if sentence.strip()]
    about = sum(words(sentence) for sentence in sentences if _CONSENT.search(sentence))
    if about >= _CONSENT_SHARE * count:
        raise RejectedRecord("consent_wall", "the page asks for consent and shows no article")


def without_paywall(text: str) -> tuple[str, bool]:
    """The text without the lines at its end that ask for a subscription, and whether there were any.

    Refuses a page that has nothing else.
    """
    lines = text.split("\n")
    tail = max(0, len(lines) - _NOTICE_LINES)
    first = next((at for at in range(tail, len(lines)) if _is_notice(lines[at])), None)
    if first is None:
        return text, False
    # From the first notice on only short lines may follow: an offer's terms. Else it was a box amid the text.
    rest = lines[first:]
    if any(words(line) > _NOTICE_WORDS for line in rest):
        remainder = "\n".join(line for line in lines if not _is_notice(line)).strip()
    else:
        remainder = "\n".join(lines[:first]).strip()
    if words(remainder) < _LEAST_WORDS:
        raise RejectedRecord("paywall", f"a notice of a paywall and {words(remainder)} words of an article")
    return remainder, True


def _is_notice(line: str) -> bool:
    return words(line) <= _NOTICE_WORDS and _PAYWALL.search(line) is not None


def check_list(text: str, *, front: bool, path: str, said_article: bool, said_list: bool, linked: float) -> None:
    """Refuse a page that lists articles: a home page, a tag's or an author's page.

    front: its address is a site's front page. said_article, said_list: what it calls itself. linked: the share of its
    text that is inside links.
    """
    longest = max(map(words, text.splitlines()), default=0)
    if linked > _LINKED and longest < _PROSE:
        raise RejectedRecord("not_an_article", f"a list of links: {linked:.0%} of the text is inside links")
    if said_article:
        return
    if front:
        raise RejectedRecord("not_an_article", "a front page: its address has no path")
    if said_list or _LIST_PATH.match(path):
        raise RejectedRecord("not_an_article", "a page that lists articles")
