"""Menus, buttons and bylines at the head of a page, with line breaks and without; captions; untitled texts."""

from __future__ import annotations

import pytest
from short_stories import STORIES

import dedup
from dedup.evidence.extractor import extractor
from dedup.inputs.batch import text_array
from dedup.languages import lexicon
from dedup.text.boilerplate.explain import mark_texts
from dedup.text.boilerplate.zones import strip
from dedup.text.tokens import tokenise

TITLE = "Quite another headline of another story"
STORY = " ".join(STORIES["en"][:3])
#: What stands above a story, in words of sites' own buttons: (language, text on lines).
HEADS = [
    ("en", "Share\nTweet\nEmail\nPrint\n3 comments"), ("de", "Teilen\nDrucken\nMerken\nKommentare (3)"),
    ("fr", "Partager\nImprimer\nCommenter"), ("es", "Compartir\nImprimir\nComentarios\nGuardar"),
    ("pt", "Compartilhar\nImprimir\nComentários (0)"), ("it", "Condividi\nStampa\nCommenti\nSalva"),
    ("nl", "Delen\nPrinten\n12 reacties"), ("sv", "Dela\nSkriv ut\nKommentarer"), ("da", "Del\nUdskriv\nKommentarer"),
    ("no", "Del\nSkriv ut\nKommentarer"), ("fi", "Jaa\nTulosta\nKommentit"), ("pl", "Udostępnij\nDrukuj\nKomentarze"),
    ("cs", "Sdílet\nVytisknout\nKomentáře"), ("sk", "Zdieľať\nVytlačiť\nKomentáre"),
    ("hr", "Podijeli\nIspiši\nKomentari"),
    ("hu", "Megosztás\nNyomtatás\nHozzászólások"), ("ro", "Distribuie\nPrintează\nComentarii"),
    ("ru", "Поделиться\nПечать\nКомментарии"), ("uk", "Поділитися\nДрукувати\nКоментарі"),
    ("bg", "Сподели\nРазпечатай\nКоментари"), ("el", "Κοινοποίηση\nΕκτύπωση\nΣχόλια"),
    ("tr", "Paylaş\nYazdır\nYorumlar"),
    ("ar", "شارك\nطباعة\nتعليقات"), ("he", "שיתוף\nהדפסה\nתגובות"), ("fa", "اشتراک گذاری\nچاپ\nنظرات"),
    ("id", "Bagikan\nCetak\nKomentar"), ("vi", "Chia sẻ\nBình luận\nLưu"), ("ja", "シェア\n印刷\nコメント"),
    ("ko", "공유하기\n인쇄\n댓글"), ("zh", "分享到\n打印\n收藏\n评论"), ("en", "Home | Politics | Sport | Weather"),
    ("de", "Startseite | Politik | Sport | Wetter"), ("en", "Accept all\n\nManage options"),
]  # fmt: skip
#: Bylines with a label in front, on a line of their own.
BYLINES = [
    "Автор: Алексей Агапов", "Автор: Наталія Коваль", "Autor: Jan Novák", "Autorin: Petra Kranz", "Szerző: Nagy Anna",
    "Auteur : Jeanne Roux", "Συντάκτης: Μαρία Παππά", "Yazar: Kemal Tekin", "记者 王晓明", "作者：李华", "記者：佐藤",
    "מאת: נועה לוי", "بقلم: منى حسن", "Penulis: Budi Santoso", "Autorka: Anna Nowak", "Автори: Иван Петров",
]  # fmt: skip
#: Beginnings of stories that begin like a menu or a byline.
KEPT = [
    "Facebook, Instagram, WhatsApp and Messenger were down on Monday, and the company did not say why.",
    "World Business Sport is the name of a firm that the council bought on Monday for two million pounds.",
    "Sports Business Journal reported on Monday that the club was for sale, and nobody at the club denied it.",
    "By President Jane Roe's own count the bill would cost two million pounds a year, and her party was split.",
    "International Lease Finance said on Monday that it had bought six aircraft from a company in Toulouse.",
    "Home Depot opened a store on Monday, and the mayor came to see it with two of her children and a dog.",
]


def body(text: str, title: str | None = TITLE) -> str:
    return strip(text_array([text]), text_array([title])).tokens.text(0)


def words(text: str) -> str:
    return tokenise(text_array([text])).text(0)


@pytest.mark.parametrize(("language", "head"), HEADS, ids=[f"{i}-{head[0]}" for i, head in enumerate(HEADS)])
def test_labels_on_lines_are_no_story(language: str, head: str) -> None:
    story = " ".join(STORIES[language if language in STORIES else "en"][:3])
    for text in (f"{head}\n\n{story}", f"{head}\nBy Jane Roe\n\n{story}"):
        assert body(text) == words(story)


@pytest.mark.parametrize("head", [
    "Subscribe By Jane Roe 3 comments Print", "Share Tweet Email Print", "Home Politics Sport Weather",
    "By Jane Roe Facebook Twitter Email Print", "By Jane Roe, Associated Press",
    "By Jane Roe, Reuters Share Tweet Print",
    "0 Comments | Print this story | Text size", "By Jane Roe",
])  # fmt: skip
def test_labels_before_a_story_without_line_breaks(head: str) -> None:
    lines = [line for line in STORIES["en"] if line[:1].isupper()]
    story = "The council of Lindhaven met on Monday. " + " ".join(lines * 2)
    assert body(f"{head} {story}") == words(story)


@pytest.mark.parametrize("line", BYLINES)
def test_a_byline_with_a_label(line: str) -> None:
    assert body(f"{line}\n\n{STORY}") == words(STORY)


@pytest.mark.parametrize("beginning", KEPT)
def test_beginnings_of_stories_stay(beginning: str) -> None:
    for text in (f"{beginning}\n\n{STORY}", f"{beginning} {STORY}"):
        assert body(text) == words(text)


@pytest.mark.parametrize("line", ["International", "Türkiye", "Google", "News Corp"])
def test_a_label_that_begins_a_wrapped_sentence_stays(line: str) -> None:
    text = f"{line}\nBusiness Machines said on Monday that it would close its office in Lindhaven.\n\n{STORY}"
    assert body(text) == words(text)


@pytest.mark.parametrize("caption", [
    "The ferry leaves the pier of Lindhaven on Monday. (AP Photo/Jane Roe)",
    "The ferry at the pier, seen from the old bridge. Jane Roe, File AP Photo",
    "Die Fähre am Kai von Lindhaven. (Foto: Petra Kranz)", "Le bac au quai de Lindhaven. (Photo Jeanne Roux/AFP)",
    "El transbordador en el muelle. (Foto: Ana Ruiz)", "Паром у причала. (Фото: Иван Петров)",
    "Feribot iskelede bekliyor. (Fotoğraf: Kemal Tekin)",
])  # fmt: skip
def test_a_caption_is_no_story(caption: str) -> None:
    first, second, third, _ = STORIES["en"]
    assert body(f"{first}\n\n{caption}\n\n{second} {third}") == words(f"{first} {second} {third}")


@pytest.mark.parametrize("line", [
    "The ferry was on every front page on Monday (watch the video below)",
    "O barco saiu do porto ontem à noite com duzentas pessoas (veja vídeo abaixo)",
    "She keeps a photo of the ferry in her kitchen.", "The agency sells pictures of ships.",
    "Scientists found the ship in May. [Photos: see the wreck]",
])  # fmt: skip
def test_a_sentence_on_pictures_stays(line: str) -> None:
    first, second, third, _ = STORIES["en"]
    text = f"{first}\n\n{line}\n\n{second} {third}"
    assert body(text) == words(text)


@pytest.mark.parametrize("language", STORIES)
def test_the_headline_of_a_text_without_a_title_is_no_story(language: str) -> None:
    story = "\n\n".join(STORIES[language][:3])
    headline = "Lindhaven Ferry Opens After Eleven Months"
    assert body(f"{headline}\n\n{story}", None) == words(story)
    assert body(f"{headline}\n\n{story}") == words(f"{headline} {story}")


@pytest.mark.parametrize("mark", [
    ".", "!", "?", "…", "...", ":", "。", "！", "？", "۔", "؟", "।", "॥", "։", "။", "።", "។", "།", ".”", ".»", '."',
    ",", ";",
])  # fmt: skip
def test_a_first_paragraph_that_ends_like_a_sentence_is_no_headline(mark: str) -> None:
    for line in ("Lindhaven opens its ferry", "گلگت کی ضلعی انتظامیہ نے پل بند کر دیا", "渡轮码头关闭一年后重新开放"):
        text = f"{line}{mark}\n\n{STORY}"
        assert body(text, None) == words(text)


@pytest.mark.parametrize("line", [
    "The ferry of Lindhaven opens again.", "Net 10.94 vs 19.15", "and so the ferry of Lindhaven opens",
    "Two boats leave each hour, says the company,", "LINDHAVEN (AP)",
])  # fmt: skip
def test_other_first_lines_of_texts_without_a_title_stay(line: str) -> None:
    text = f"{line}\n\n{STORY}"
    assert body(text, None) == words(text)


def test_a_title_that_was_cut_from_the_story_is_no_headline() -> None:
    story = "Dense fog grounded 180 flights on Monday at Lindhaven, and nobody knew when they would leave. " + STORY
    assert body(story, "Dense fog grounded 180 flights on") == words(story)


def test_an_agency_in_the_headline_of_a_text_without_a_title_is_heard() -> None:
    bodies = strip(text_array([f"Jane Roe Associated Press\n\n{STORY}"]), text_array([None]))
    record = {name: [None] for name in ("domain", "url", "authors", "meta")}
    assert bodies.tokens.text(0) == words(STORY)
    assert {one.name for one in extractor().extract(bodies, record)[0]} == {"Associated Press"}


MENU = "Northern stories of the week chosen by our readers"


def pages() -> list[tuple[str, str]]:
    """Twelve pages of one site with a menu that no rule knows: above a byline, and below a credit."""
    out = []
    for i in range(12):
        story = " ".join(f"Word{i}{j} said that the harbour number {i * 7 + j} was open again." for j in range(12))
        out.append((f"{MENU}\n\nBy Jane Roe\n\n{story}\n\nSource: Reuters\n\nLetters to {MENU}", story))
    return out


def test_rules_see_the_head_and_foot_behind_learned_boilerplate() -> None:
    texts, stories = zip(*pages(), strict=True)
    records = [{"id": str(i), "text": text, "title": TITLE, "domain": "a.example"} for i, text in enumerate(texts)]
    with dedup.scan(records, threads=1) as result:
        model = result.furniture
    columns = text_array(list(texts)), text_array([TITLE] * 12), text_array(["a.example"] * 12)
    bodies = strip(*columns, model).tokens
    marked = mark_texts(*columns, model)
    for i, story in enumerate(stories):
        assert bodies.text(i) == words(story)
        begin = len(texts[i].encode("utf-16-le")[: 2 * texts[i].index(story)]) // 2
        parts = marked.boilerplate[i]
        assert parts[0] == 0
        assert begin in parts[1::3]
    # Without the model the rules see neither the byline nor the credit.
    assert words("Jane Roe") in strip(*columns).tokens.text(0)


def test_each_list_has_words_of_thirty_languages() -> None:
    assert len(lexicon.words("share_word")) > 500
    assert len(lexicon.words("consent_button")) > 250
    assert len(lexicon.words("byline_label")) > 90
