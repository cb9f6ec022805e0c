"""Repair of damaged texts: sound texts stay, damaged ones come back, and places are those of the text as it came."""

from __future__ import annotations

import html
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.api import bodies
from dedup.inputs.batch import text_array
from dedup.settings import Settings
from dedup.text.boilerplate.zones import strip
from dedup.text.repair.encoding import repair_encoding
from dedup.text.repair.markup import repair_markup
from dedup.text.repair.repair import KINDS, repair_text
from dedup.text.tokens import tokenise

#: A sentence or two of each language, with the letters that an encoding breaks.
TEXTS = {
    "fr": "Les élèves de l’école ont été reçus à Besançon. Où étaient les garçons ? Près du théâtre, déjà fermé.",
    "de": "Die Bürger müssen für die Straße größere Beträge zahlen, erklärte der Bürgermeister von Köln.",
    "es": "El señor Muñoz llegó mañana y tarde a la estación de Logroño, según contó después su compañía.",
    "pt": "A votação não começou às três horas, porque três câmaras não tinham eleições até à manhã.",
    "pl": "Władze Łodzi chcą sprzedać zrujnowaną kamienicę, choć część mieszkańców się temu sprzeciwia.",
    "cs": "Zastupitelé v Třebíči rozhodli, že příští týden zruší část parkovacích míst na náměstí.",
    "tr": "Belediye başkanı, yağmurlu günlerde çalışmaların güçlükle yürütüldüğünü söyledi, iş bitmiş değil.",
    "ru": "Автомобильный мост через Волгу закрыли на ремонт, сообщили вчера в городской администрации Костромы.",
    "uk": "У Полтаві відкрили майстерню, де кожен може безкоштовно полагодити велосипед, розповів її засновник.",
    "el": "Ο δήμος αποφάσισε να κλείσει την παλιά πόλη για τα αυτοκίνητα, εκτός από εκείνα των κατοίκων της.",
    "ar": "أعلنت بلدية طرابلس أمس الثلاثاء إغلاق سوق السمك القديم لمدة ثمانية عشر شهرا اعتبارا من أبريل المقبل.",
    "he": "עיריית חיפה הודיעה אתמול כי השוק הטורקי בעיר התחתית ייסגר לשיפוצים למשך שנה וחודש החל ממחר.",
    "ja": "島根県は使われなくなった工場を改修し、図書館の分館として来年の春に開館させると発表した。",
    "zh": "苏州市相关部门周二表示，位于河边的老码头将改建为书院，预计明年对外开放，这是市里的一个大工程。",
    "ko": "전남 목포시는 오래 비어 있던 옛 조선소를 시민 공방으로 고쳐 내년에 문을 연다고 밝혔다.",
    "vi": "Thành phố Hội An vừa thông báo đóng cửa một phần khu phố cổ để gia cố ba mươi cột gỗ bị mối mọt.",
    "hi": "नगर पालिका ने पुरानी बाज़ार में दोपहिया वाहनों पर भी रोक लगाने का फ़ैसला किया है और काम जल्द होगा।",
    "th": "เทศบาลเมืองน่านประกาศปิดสะพานไม้เก่าข้ามแม่น้ำน่านเป็นเวลาหลายเดือนหลังจากวิศวกรตรวจพบว่าเสาไม้ผุพัง",
    "ka": "თელავში მიტოვებული ძველი მარანი მუზეუმად გადაკეთდება, სამუშაოები მაისში დაიწყება.",
    "sv": "Umeå kommun säljer den gamla ishallen på Böleäng till en stiftelse som bygger lägenheter åt många.",
    "is": "Bæjarstjórnin á Ísafirði ákvað í gær að loka höfninni þangað til ný bryggja verður tekin í notkun.",
    "da": "Kommunen lukker svømmehallen på Ærø, fordi bjælkerne er rådne, og borgerne må køre til Åbenrå.",
}
#: Encodings of a language other than UTF-8, and how they are misread.
LEGACY = {
    "ru": ("cp1251", "koi8-r"),
    "el": ("cp1253",),
    "ar": ("cp1256",),
    "he": ("cp1255",),
    "ja": ("cp932", "euc-jp"),
    "zh": ("gb18030",),
    "ko": ("cp949",),
    "th": ("cp874",),
}


def words(text: str) -> str:
    return tokenise(text_array([text])).text(0)


def misread(text: str, encoding: str, codec: str) -> str:
    """Read the bytes of a text by a wrong codec; a byte that the codec does not have is a control character."""
    return "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in text.encode(encoding))


@pytest.mark.parametrize("language", TEXTS)
def test_sound_texts_stay(language: str) -> None:
    text = TEXTS[language]
    for need in range(1, 32):
        assert repair_text(text, need) == (text, None)


#: What looks like a sequence of UTF-8 and is none: halves of a surrogate pair, a pair as CESU-8 has it, overlong forms,
#: beyond U+10FFFF, cut short, a lone byte that goes on.
ILL_FORMED = [
    b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80", b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80",
    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\xf0\x9f\x98", b"\x80", b"\xc3",
]  # fmt: skip


@pytest.mark.parametrize("raw", ILL_FORMED, ids=bytes.hex)
@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "cp1251", "mac_roman", "cp1250"])
def test_what_is_no_utf8_stays_a_text(raw: bytes, codec: str) -> None:
    """Beside sequences that are well formed, for which the text is repaired."""
    bad = "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in raw)
    for text in (bad, f"{bad} x", f"{misread(TEXTS['fr'], 'utf-8', codec)} {bad}", f"Ã© {bad}\n{bad}"):
        for need in range(1, 32):
            repaired, _ = repair_text(text, need)
            repaired.encode()  # no surrogates
    with dedup.scan([{"id": "a", "text": f"{misread(TEXTS['fr'], 'utf-8', codec)} {bad} " * 3}]) as result:
        assert result.summary["counts"]["articles"] == 1


@given(
    st.one_of(st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")), st.text(max_size=80)), st.integers(1, 31)
)
def test_no_text_breaks_its_repair(text: str, need: int) -> None:
    repaired, repair = repair_text(text, need)
    repaired.encode()
    assert (repair is None) == (repaired == text) or (repair is not None and "letters" in repair.kinds)


@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "cp1251", "mac_roman", "cp1250"])
@pytest.mark.parametrize("language", TEXTS)
def test_utf8_read_by_another_codec(language: str, codec: str) -> None:
    text = TEXTS[language]
    assert repair_encoding(misread(text, "utf-8", codec))[0] == text
    assert words(misread(text, "utf-8", codec)) == words(text)
    twice = misread(misread(text, "utf-8", codec), "utf-8", codec)
    assert repair_encoding(twice)[0] == text


@pytest.mark.parametrize(("language", "encoding"), [(a, b) for a, names in LEGACY.items() for b in names])
def test_legacy_encodings_read_as_latin(language: str, encoding: str) -> None:
    text = TEXTS[language].replace("’", "'")
    assert words(misread(text, encoding, "latin-1")) == words(text)
    assert words(misread(text, encoding, "cp1252")) == words(text)


@given(st.sampled_from(sorted(TEXTS)), st.sampled_from(["named", "decimal", "hexadecimal", "twice"]))
def test_entities(language: str, form: str) -> None:
    text = TEXTS[language]
    number = {"named": "&#{};", "decimal": "&#{};", "hexadecimal": "&#x{:X};", "twice": "&amp;#{};"}[form]
    damaged = "".join(c if c.isascii() else number.format(ord(c)) for c in text)
    after, _, kinds = repair_markup(damaged)
    assert after == text.replace("\xa0", " ")
    assert kinds == ["entities"]


@pytest.mark.parametrize("language", TEXTS)
def test_markup(language: str) -> None:
    text = TEXTS[language]
    first, rest = text[:30], text[30:]
    page = (
        f"<!-- begin --><p class='lead'>{html.escape(first, quote=False)}<b>{rest}</b></p><style>p {{ color: red }}"
        f"</style><div>{first}<br/>{rest}</div><script>if (a < b) {{ x() }}</script>"
    )
    for damaged in (page, html.escape(page), f"<![CDATA[{page}]]>"):
        after, _, kinds = repair_markup(damaged)
        assert [line for line in after.split("\n") if line] == [text, first, rest]
        assert "markup" in kinds


@pytest.mark.parametrize(
    "text",
    [
        "He opens the file, finds the line that begins <li> and adds the times between <b> and </b>.",
        "A card that says <forward> moves it one tile and <turn left> spins it on the spot.",
        "Der Brief beginnt mit Sehr geehrte/r <Anrede> <Nachname>.",
        "oats 171 < barley 188 < wheat 203 > beans 196 > peas 182",
        "Feed wheat stood at 203 pounds a tonne <last week 197> and barley at 188 <last week 191>.",
        "AT&T and R&D; the S&P 500 rose, as Q&A showed & more",
        "if (a<b && c>d) return; x = y & z",
    ],
)
def test_texts_about_markup_stay(text: str) -> None:
    assert repair_markup(text)[0] == text


@pytest.mark.parametrize("language", ["fr", "de", "es", "pl", "cs", "tr", "ru", "uk", "el", "vi", "sv", "is"])
def test_spaced_letters(language: str) -> None:
    text = TEXTS[language]
    spaced = "   ".join(" ".join(word) for word in text.split(" "))
    assert words(spaced) == words(text)


@pytest.mark.parametrize(
    "text", ["1 2 3   4 5 6   7 8 9   1 2 3   4 5 6", "a b c d e f g h i j k l m n o p q r s t u v"]
)
def test_tables_and_lists_of_letters_stay(text: str) -> None:
    assert tokenise(text_array([text])).repairs == {}


STORY = [
    "The swing bridge will close to all traffic for 14 weeks from 3 March while engineers replace 86 steel cables.",
    "Buses on routes 5 and 11 will be sent round by the old quarry road, which adds 22 minutes to the journey.",
    "Ferry owner Ann Muir said that she had asked for two more boats, and that nobody had answered her letter yet.",
]


@pytest.mark.parametrize(
    "parts",
    [
        (0, 1, 2, 0, 1, 2),
        (0, 0, 1, 1, 2, 2),
        (0, 0, 1, 2),
        (0, 1, 2, 0, 1, 2, 0, 1, 2),
    ],
)
@pytest.mark.parametrize("between", ["\n\n", "\n", " "])
def test_texts_that_stand_twice(parts: tuple[int, ...], between: str) -> None:
    if between == " " and parts == (0, 0, 1, 1, 2, 2):
        between = "\n"  # without lines there are no paragraphs
    text = between.join(STORY[i] for i in parts)
    bodies = strip(text_array([text]))
    assert bodies.tokens.text(0) == words(" ".join(STORY))
    assert bodies.repaired == {0: ("repeats",)}


@pytest.mark.parametrize("parts", [(0, 1, 0, 2), (0, 1, 2, 1), (0, 1, 2, 0)])
def test_refrains_stay(parts: tuple[int, ...]) -> None:
    text = "\n\n".join(STORY[i] for i in parts)
    assert strip(text_array([text])).tokens.text(0) == words(text)


@pytest.mark.parametrize(
    "tail",
    [
        "… [+1384 chars]", "... [+12 znaków]", " […] The post Bridge to close appeared first on Harbour Gazette.",
        "… Continue reading", "... Weiterlesen auf beta.example", "…\nLire la suite de l’article", " [...] Leer más",
        " […]\n\nL’articolo Il ponte chiude proviene da Giulia News.", "…\n\nЧитать далее",
        " [...]\n\nСообщение Мост закрыли появились сначала на Волга-Ньюс.", "……続きを読む", "……（全文を読む）",
        "… اقرأ المزيد", "… ادامه مطلب", "… המשך קריאה", "… आगे पढ़ें", "… Đọc tiếp", "… Devamını oku", "… Läs mer",
        "… Les mer", "… Lue lisää", "… Tovább olvasom", "… Citește mai departe", "… Czytaj dalej", "… Číst dále",
        "… Прочетете още", "… Читати далі", "… Διαβάστε περισσότερα", "… 阅读全文", "… 더 보기", "… Baca selengkapnya",
        "… Lees verder", "… Continua a leggere", "… Continuar a ler", "… Soma zaidi",
    ],
)  # fmt: skip
def test_notices_at_the_end_of_excerpts(tail: str) -> None:
    assert strip(text_array([STORY[0].removesuffix(".") + tail])).tokens.text(0) == words(STORY[0])


@pytest.mark.parametrize(
    "text",
    [
        "He waited … and then he began to speak of the harbour, of boats, and of all that the town had lost since.",
        "The post office closed early on Monday, said the mayor, who had read more of the letters than he wished to.",
    ],
)
def test_ellipses_in_a_text_stay(text: str) -> None:
    assert strip(text_array([text])).tokens.text(0) == words(text)


PITCH = (
    "Subscribers get unlimited access to all of our journalism on the web and in the app, the newsletter from our "
    "editors, crosswords and puzzles, and the archive. Choose the plan that suits you and cancel at any time."
)


@pytest.mark.parametrize(
    "opening",
    [
        "To continue reading this article you need a subscription.", "Pour lire la suite, abonnez-vous.",
        "Para seguir leyendo, hazte premium.", "Чтобы читать дальше, оформите подписку.",
        "続きを読むには登録が必要です。",
        "Um diesen Artikel weiterzulesen, brauchen Sie ein Abo.", "Aby czytać dalej, kup dostęp.",
    ],
)  # fmt: skip
def test_subscription_pitches(opening: str) -> None:
    text = f"{STORY[0]}\n\n{opening} {PITCH}"
    assert strip(text_array([text])).tokens.text(0) == words(STORY[0])


@pytest.mark.parametrize("language", ["fr", "de", "ru", "sv"])
def test_passages_are_places_of_the_texts_as_they_came(language: str) -> None:
    text = TEXTS[language]
    for damaged in (f"<p>{html.escape(text)}</p>".replace("é", "&eacute;"), misread(text, "utf-8", "cp1252")):
        match = dedup.compare(text, damaged)
        assert match is not None
        (passage,) = match.passages
        found = damaged[passage.b_start : passage.b_end]
        assert words(found) == words(text)
        assert not found.startswith("<")


def test_the_summary_counts_repairs_and_records_stay_as_they_came() -> None:
    text = " ".join(STORY)
    rows = [
        {"id": "a", "text": text},
        {"id": "b", "text": "<p>" + "</p>\n<p>".join(STORY) + "</p>"},
        {"id": "c", "text": text.replace("cables", "câblés").encode().decode("cp1252")},
        {"id": "d", "text": f"{text}\n\n{text}"},
    ]
    result = dedup.scan(rows)
    assert result.summary["counts"]["repaired_by_kind"] == {"encoding": 1, "markup": 1, "repeats": 1}
    (cluster,) = result.clusters
    assert cluster.size == 4
    assert set(KINDS) >= {"encoding", "markup"}


def test_explain_names_what_was_repaired(tmp_path: Path) -> None:
    rows = [{"id": "b", "text": f"<p>{STORY[0]}</p>\n<p>{STORY[0]}</p>"}, {"id": "c", "text": STORY[1]}]
    path = tmp_path / "articles.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    found = list(bodies([path], Settings(), explain=True))
    assert [row["repaired"] for row in found] == [["markup", "repeats"], []]
    assert [row["text"] for row in found] == [STORY[0], STORY[1]]


@pytest.mark.parametrize(
    "text",
    [
        "PHILLIPS<P> SAYS STOCK UP ON STEPS TO PARE DEBT", "NAVISTAR<NAV>, DINA CAMIONES IN TECHNICAL PACT",
        "LA LAND <LLX>,DU PONT <DD>GET EXPLORATION TRACTS", "DOTRONIX INC <DOTX.O> TO BUY <VIDEO MONITORS>",
        "Sears <S> and US Air <U> fell.\nSears <S> closed at 41.", "USX <X>\nBoeing <BA>\nTexaco <TX>\nCitizens <B>",
    ],
)  # fmt: skip
def test_codes_of_companies_are_no_tags(text: str) -> None:
    assert repair_text(text, 15) == (text, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<P>The harbour is shut.<P>Ferries wait.<P>Nobody knows.", "The harbour is shut. Ferries wait. Nobody knows."),
        ("<B>The harbour</B> is shut.", "The harbour is shut."),
        ('<FONT SIZE="2">The harbour is shut.', "The harbour is shut."),
        ("The harbour is shut.<BR>Ferries wait.<br>Nobody knows.", "The harbour is shut. Ferries wait. Nobody knows."),
    ],
)  # fmt: skip
def test_tags_in_capitals_are_markup(text: str, words: str) -> None:
    repaired = repair_text(text, 15)[0]
    assert repaired.split() == words.split()
    assert tokenise(text_array([text])).text(0) == tokenise(text_array([words])).text(0)
