"""Records that are no articles: walls, error pages, menus, playlists; and stories about them, which stay."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.inputs import non_article_signs as signs
from dedup.inputs import non_articles
from dedup.inputs.text_buffers import Buffers

#: One wall a language, in words of one's own: (language, reason, text).
WALLS = [
    ("en", "paywall", "This story is for subscribers. Subscribe now to keep reading. Already a subscriber? Sign in."),
    ("de", "error_page", "Die Seite wurde nicht gefunden. Bitte prüfen Sie die Adresse oder gehen "
     "Sie zur Startseite."),
    ("fr", "consent_wall", "Nous et nos partenaires utilisons des cookies. Votre consentement est requis : acceptez "
     "les cookies ou continuez sans accepter. Vous pouvez retirer votre consentement à tout moment."),
    ("es", "error_page", "La página que busca no existe. Compruebe la dirección o vuelva a la página de inicio."),
    ("it", "paywall", "Articolo riservato agli abbonati. Abbonati per continuare a leggere. Sei già abbonato? Accedi."),
    ("pt", "robot_check", "Confirme que você não é um robô. Detectamos tráfego incomum; complete o captcha abaixo."),
    ("nl", "paywall", "Dit artikel is alleen voor abonnees. Word abonnee om verder te lezen. Al abonnee? Log dan in."),
    ("sv", "javascript_required", "Aktivera JavaScript i din webbläsare. Stäng av din annonsblockerare och ladda om."),
    ("pl", "error_page", "Strona nie została znaleziona. Sprawdź adres lub wróć na stronę główną. "
     "Przepraszamy za błąd."),
    ("ru", "paywall", "Материал доступен только подписчикам. Оформите подписку. Уже подписаны? Войдите в аккаунт."),
    ("tr", "consent_wall", "Çerezleri kullanıyoruz. Tümünü kabul et düğmesine tıklayın ya da çerez ayarlarını "
     "değiştirin. Devam ederek çerezleri kabul etmiş olursunuz."),
    ("ja", "error_page", "お探しのページは見つかりませんでした。URLをご確認のうえ、トップページに戻ってください。"),
    ("zh", "paywall", "本文为订阅者专享内容。请登录后继续阅读。尚未订阅？立即订阅，随时取消。已是会员请登录。"),
    ("ko", "error_page", "요청하신 페이지를 찾을 수 없습니다. 주소를 확인하시거나 홈으로 이동해 주세요. "
     "불편을 드려 죄송합니다."),
]  # fmt: skip
STORIES = [
    "The regulator fined a shop £40,000 on Monday over a cookie banner without a button to reject. Visitors were told "
    "“Accept all cookies to continue”, said the ruling. The shop said that it had changed the page in March.",
    "The weekly has dropped its paywall for sport. Only subscribers could read on since 2021, the publisher said; 212 "
    "of them signed up. Parents of players had photographed the pages instead, its editor told the council.",
    "The ferry to Skerry will not sail before Friday, as a bearing of its shaft broke on Tuesday evening. Passengers "
    "were taken home by bus. Two boats from the mainland help out, the harbour master said.\n"
    "Already a subscriber? Log in.",
]  # fmt: skip


def reasons(records: list[dict[str, Any]], **options: Any) -> dict[str, int]:
    with dedup.scan(records, **options) as result:
        counts = result.summary["counts"]
        assert counts["records"] == counts["articles"] + counts["rejected"] + counts["set_aside"]
        assert [one["id"] for one in result.origins] == sorted(
            {str(r["id"]) for r in records} - {one.id for one in result.set_aside}
        )
        return dict(counts["set_aside_by_reason"])


@pytest.mark.parametrize(("language", "reason", "text"), WALLS, ids=[wall[0] for wall in WALLS])
def test_a_wall_is_set_aside(language: str, reason: str, text: str) -> None:
    records = [{"id": f"{n}", "text": text, "title": title} for n, title in enumerate(("Ferry sinks", "Mayor wins"))]
    assert reasons(records) == {reason: 2}
    assert reasons(records, keep_all=True) == {}


@pytest.mark.parametrize("text", STORIES)
def test_a_story_about_walls_stays(text: str) -> None:
    assert reasons([{"id": "a", "text": text}]) == {}


MENU = "\n".join(
    ["Home", "News", "Ostland Live", "Sport", "Politics", "Business", "Weather", "Video", "Contact", "Log in"]
)
STORY = "The mayor of Skerry opened the new bridge on Monday, two years after the old one fell into the river Ure."


def test_a_menu_and_a_playlist_are_set_aside() -> None:
    playlist = "Now playing\nFerry sinks 1:20\nUp next\nMayor wins 0:45\nGoat on roof 2:10\nMore videos\nRain 0:30"
    assert reasons([{"id": "m", "text": MENU}, {"id": "p", "text": playlist}]) == {"menu": 1, "playlist": 1}


CODE = """var ua = navigator.userAgent.toLowerCase();
if (/android/.test(ua)) {
location.replace("https://m.example/");
}
a:hover{color:#f00;text-decoration:underline;}
body,.wrap{margin:0;}
// phones go to another page
function track(id) {
return window.stats && stats.send(id);
}
"""


def test_the_code_of_a_page_is_set_aside_and_a_story_with_some_stays() -> None:
    story = STORIES[2] + ' Its timetable is a file, {"boats": [2, 3]}, that anybody can read {as of Monday}.'
    pages = [
        {"id": "code", "text": CODE * 3}, {"id": "long", "text": CODE * 80},
        {"id": "story", "text": story}, {"id": "some", "text": f"{CODE}\n" + "\n".join([story] * 4)},
    ]  # fmt: skip
    assert reasons(pages) == {"page_code": 2}
    assert reasons(pages, keep_all=True) == {}


def test_one_text_under_foreign_titles_is_set_aside_and_a_story_with_three_titles_stays() -> None:
    text = "Ostland one more time. The quick links of our house and all that we offer you from morning to night, ever."
    titles = ("Ferry sinks off Skerry", "Mayor wins by a hair", "Goat found on roof")
    site = [{"id": f"m{n}", "text": text, "title": t, "url": f"https://a.example/{n}"} for n, t in enumerate(titles)]
    own = (
        "Mayor of Skerry opens new bridge",
        "New bridge opened two years after old one fell",
        "Skerry mayor opens bridge",
    )
    story = [{"id": f"s{n}", "text": STORY, "title": t, "url": f"https://a.example/s{n}"} for n, t in enumerate(own)]
    assert reasons([*site, *story]) == {"recurring_text": 3}
    assert reasons([*reversed(story), *reversed(site)]) == {"recurring_text": 3}
    others = [{**one, "url": f"https://{n}.example/x"} for n, one in enumerate(site)]
    assert reasons(others) == {}


@pytest.mark.parametrize(("days", "count"), [(10, 4), (2, 0)])
def test_a_text_without_titles_that_recurs_for_weeks(days: int, count: int) -> None:
    records = [
        {"id": str(n), "text": STORY, "url": f"https://a.example/{n}", "published": f"2026-01-{1 + n * days:02}"}
        for n in range(4)
    ]  # fmt: skip
    assert sum(reasons(records).values()) == count


def test_files_and_index_say_so(tmp_path: Path) -> None:
    wall = WALLS[0][2]
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps(r) + "\n" for r in ({"id": "w", "text": wall}, {"id": "s", "text": STORY})))
    with dedup.scan(str(file), keep="canonical") as result:
        result.write(tmp_path / "out", keep="canonical", html=False)
        result.write(tmp_path / "out", keep="canonical", html=False)  # the file is ours
    line = json.loads((tmp_path / "out" / "set_aside.jsonl").read_text())
    assert line == {"file": str(file), "line": 1, "id": "w", "reason": "paywall", "detail": line["detail"]}
    assert [json.loads(row)["id"] for row in (tmp_path / "out" / "deduplicated.jsonl").open()] == ["s"]
    with dedup.Index() as index:
        verdict = index.add({"id": "w", "text": wall})
        assert verdict.to_dict()["verdict"] == "set_aside"
        assert (verdict.is_new, verdict.stored, len(index)) == (False, False, 0)
        verdicts = index.add_many([{"id": "s", "text": STORY}, {"id": "w", "text": wall}, {"id": "t", "text": STORY}])
        assert [(v.id, v.set_aside is not None) for v in verdicts] == [("s", False), ("w", True), ("t", False)]
    with dedup.Index(keep_all=True) as index:
        assert index.add({"id": "w", "text": wall}).is_new


def wall_flag(text: bytes) -> bool:
    """`signs.flags` for walls, as a plain program."""
    is_short = len(text) <= signs.MOST_BYTES
    return is_short and is_wall(text, signs.HEAD) and is_wall(text, len(text))


SENTENCE_END = re.compile(
    rb"\n|[.!?](?=[\x00-\x20\"')\xc2-\xff]|\Z)|\xd8\x9f|\xe0\xa5\xa4|\xe3\x80\x82|\xef\xbc[\x81\x9f]"
)


def is_wall(text: bytes, size: int) -> bool:
    """Whether the first bytes of a text have signs enough, and at most half of them are in sentences without one."""
    starts, table = signs.sign_tables()
    low, hits, before = text.lower(), 0, [-1, -1]
    places = []
    for at in range(min(len(text), size)):
        last = text[at - 1 : at] if at else b" "
        begins = (low[at : at + 1].islower() or text[at] >= 0xC0) and not (last.isalnum() or last >= b"\x80")
        if not (begins or text[at] >= 0xD6) or at + signs.START > len(text) or SENTENCE_END.match(text, at):
            continue
        start = signs.start_hash(low[at : at + signs.START])
        if not int(starts[start >> 6]) >> (start & 63) & 1:
            continue
        for length in signs.SIZES:
            sign = low[at : at + length]
            place = signs.sign_hash(sign)
            if len(sign) == length and int(table[place >> 6]) >> (place & 63) & 1:
                places.append(at)
                key = full_hash(sign)
                if key not in before:
                    hits, before = hits + 1, [before[1], key]
                break
    without = begin = 0
    for end in SENTENCE_END.finditer(text):
        if end.start() < size:
            without += 0 if any(begin <= place < end.end() for place in places) else end.end() - begin
            begin = end.end()
    enough = hits >= signs.LEAST_SIGNS - (len(text) <= signs.BRIEF)
    return enough and 2 * without <= min(len(text), size)


def full_hash(sign: bytes) -> int:
    value = 0x811C9DC5
    for byte in sign:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


@given(
    st.lists(
        st.sampled_from(
            [*(w for wall in WALLS for w in wall[2].split()), "the", "Ferry", "ü", "1", "\n", ".", "。", "؟"]
        ),
        max_size=90,
    )
)
def test_the_kernel_counts_signs_as_the_plain_program(words: list[str]) -> None:
    text = " ".join(words).encode()
    flags = signs.flags(Buffers.of([text, b"", text]))
    assert flags.dtype == np.uint8
    assert [bool(flag & signs.WALL) for flag in flags] == [wall_flag(text), False, wall_flag(text)]


ENTRIES = st.sampled_from(sorted(non_articles.menu_entries()))
PROSE = st.lists(
    st.sampled_from(["the", "Board", "met", "on", "7", "May", "über", "Дума", "三月", "4,500", "voted", "today."])
).map(" ".join)


@given(st.lists(st.one_of(ENTRIES, ENTRIES, PROSE), min_size=1, max_size=24), st.data())
def test_the_kernel_drops_no_text_that_is_a_menu(pieces: list[str], data: st.DataObject) -> None:
    separators = data.draw(
        st.lists(
            st.sampled_from(["\n", "\n", " | ", "·", " • ", " » ", "›", "\n\n", "\r\n", *"\r\v\f\x85\u2028\u2029"]),
            min_size=len(pieces),
            max_size=len(pieces),
        )
    )
    text = "".join(piece + separator for piece, separator in zip(pieces, separators, strict=True))
    raw = np.frombuffer(text.encode(), np.uint8)
    if not signs.may_be_menu(raw, 0, len(raw)):
        assert non_articles.classify(text, None, None, signs.MENU) is None


@pytest.mark.parametrize("line_end", ["\n", "\r\n", *"\r\v\f\x85\u2028\u2029"])
def test_a_menu_may_be_a_menu(line_end: str) -> None:
    text = line_end.join(sorted(non_articles.menu_entries())[:12])
    raw = np.frombuffer(text.encode(), np.uint8)
    assert signs.may_be_menu(raw, 0, len(raw))
    assert non_articles.classify(text, None, None, signs.MENU) is not None
    # More than eight words in one line, and more lines with a number than two of five leave room for.
    for more in ("One two three four five six seven eight nine", "\n".join(f"Shr {i} cts" for i in range(20))):
        raw = np.frombuffer(f"{text}\n{more}".encode(), np.uint8)
        assert not signs.may_be_menu(raw, 0, len(raw))


@pytest.mark.parametrize("names", [["Home", "Über uns"], ["a_b", "Ä", "c"], ["x"], ["*Ελλάδα", "%", ""]])
def test_names_are_normalised_together_as_one_by_one(names: list[str]) -> None:
    assert non_articles._normalise_all(names) == [non_articles._normalise(name).strip() for name in names]
