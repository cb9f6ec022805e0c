"""Recognise pages that are no article (lists, errors, requests for consent), and remove notices of paywalls.

What a text says in other languages is recognised by `dedup.inputs.non_articles`, for all inputs.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files

from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html import urls


def _rule(kind: str) -> re.Pattern[str]:
    """Compile the expressions of a kind in `page_types.json` as one."""
    phrases = json.loads(files(__package__).joinpath("page_types.json").read_text(encoding="utf-8"))[kind]
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.IGNORECASE)


_ERROR, _CONSENT, _PAYWALL = _rule("error"), _rule("consent"), _rule("paywall")
#: The most words of an error page, without menus.
_ERROR_WORDS = 150
#: A request for consent: the most words, the least share of words in sentences about it, the least different phrases.
_CONSENT_WORDS, _CONSENT_SHARE, _CONSENT_PHRASES = 400, 0.5, 3
#: A notice of a paywall: it is in the last lines of a text, and has at most this number of words.
_NOTICE_LINES, _NOTICE_WORDS = 12, 45
#: The least words of an article without the notice.
_MIN_WORDS = 20

#: A page with a larger share of its text in links, and no paragraph of prose, is a list.
LINK_SHARE = 0.6
#: The least words of a paragraph of prose; headlines and teasers have fewer.
_PROSE = 30


class NotAnArticle(RejectedRecord):
    """A page that shows something else in the place of an article."""


def words(text: str) -> int:
    """Count the words of a text."""
    return len(re.findall(r"\w+", text))


def check_error(titles: list[str], text: str) -> None:
    """Raise `NotAnArticle` for an error page that has status 200."""
    title = next(filter(_ERROR.search, titles), None)
    if title is not None and words(text) <= _ERROR_WORDS:
        raise NotAnArticle("error_page", f"the page calls itself {title[:80]!r}")


def check_consent(text: str) -> None:
    """Raise `NotAnArticle` for a page that only asks for consent."""
    count = words(text)
    phrases = {phrase[0].lower() for phrase in _CONSENT.finditer(text)} if 0 < count <= _CONSENT_WORDS else ()
    if len(phrases) < _CONSENT_PHRASES:
        return
    sentences = [sentence for sentence in re.split(r"(?<=[.!?])\s+|\n", text) if sentence.strip()]
    about = sum(words(sentence) for sentence in sentences if _CONSENT.search(sentence))
    if about >= _CONSENT_SHARE * count:
        raise NotAnArticle("consent_wall", "the page asks for consent and shows no article")


def without_paywall(text: str) -> tuple[str, bool]:
    """Remove lines at the end that ask for a subscription: (the text, whether there were any).

    Raises `NotAnArticle` for a page that has nothing else.
    """
    lines = text.split("\n")
    tail = max(0, len(lines) - _NOTICE_LINES)
    first = next((at for at in range(tail, len(lines)) if _is_notice(lines[at])), None)
    if first is None:
        return text, False
    # Only short lines, the terms of an offer, may follow the first notice. Otherwise it is a box in the text.
    rest = lines[first:]
    if any(words(line) > _NOTICE_WORDS for line in rest):
        remainder = "\n".join(line for line in lines if not _is_notice(line)).strip()
    else:
        remainder = "\n".join(lines[:first]).strip()
    if words(remainder) < _MIN_WORDS:
        raise NotAnArticle("paywall", f"a notice of a paywall and {words(remainder)} words of an article")
    return remainder, True


def _is_notice(line: str) -> bool:
    return words(line) <= _NOTICE_WORDS and _PAYWALL.search(line) is not None


def check_list(
    text: str, *, front: bool, path: str, claims_article: bool, claims_list: bool, link_share: float
) -> None:
    """Raise `NotAnArticle` for a page that lists articles: a home page, a page of a tag or author.

    front: whether its address is a front page. path: of its address. claims_article, claims_list: whether its metadata
    call it so. link_share: the share of its text that is inside links, 0 to 1.
    """
    longest = max(map(words, text.splitlines()), default=0)
    if link_share > LINK_SHARE and longest < _PROSE:
        raise NotAnArticle("not_an_article", f"a list of links: {link_share:.0%} of the text is inside links")
    if claims_article:
        return
    if front:
        raise NotAnArticle("not_an_article", "a front page: its address has no path")
    if claims_list or urls.is_list_path(path):
        raise NotAnArticle("not_an_article", "a page that lists articles")
