"""Names of columns in other languages."""

from __future__ import annotations

import csv
import json
from itertools import product

import pytest

from dedup.inputs.field_words import LISTS, WORD_RANK, column_words, name_key
from dedup.inputs.fields import ALIASES, FieldNames
from dedup.inputs.readers.databases import has_text_field
from dedup.languages import lexicon
from tests.inputs.reading import read_all, rejects, rows, write

#: Text, title, date, source, author, as exports name them.
HEADERS = {
    "German": "Volltext;Titel;Datum;Zeitung;Autor",
    "German, longer": "Text des Artikels;Überschrift;Erscheinungsdatum;Quelle;Verfasser",
    "Swiss": "Inhalt;Schlagzeile;Veröffentlicht am;Zeitungsname;Autor/in",
    "French": "Texte intégral,Titre,Date de parution,Journal,Auteur(s)",
    "French, in capitals": "CONTENU,TITRE,DATE DE PUBLICATION,NOM DU JOURNAL,AUTEURS",
    "Spanish": "Texto completo;Titular;Fecha;Periódico;Autor",
    "Spanish, without accents": "contenido;titulo;fecha_publicacion;periodico;periodista",
    "Portuguese": "Conteúdo;Título;Data;Jornal;Autor",
    "Galician": "Contido;Título;Data;Xornal;Autora",
    "Catalan": "Contingut;Títol;Data;Diari;Autor",
    "Italian": "Testo;Titolo;Data;Testata;Autore",
    "Romanian": "Conţinut;Titlu;Data publicării;Ziar;Autor",
    "Dutch": "Volledige tekst;Kop;Publicatiedatum;Krant;Auteur",
    "Danish": "Brødtekst;Overskrift;Dato;Avis;Forfatter",
    "Swedish": "Brödtext;Rubrik;Publiceringsdatum;Tidning;Skribent",
    "Norwegian": "Fulltekst;Tittel;Dato;Avis;Forfatter",
    "Icelandic": "Meginmál;Fyrirsögn;Dagsetning;Dagblað;Höfundur",
    "Finnish": "Teksti;Otsikko;Päivämäärä;Lehti;Kirjoittaja",
    "Estonian": "Täistekst;Pealkiri;Kuupäev;Ajaleht;Autor",
    "Latvian": "Pilns teksts;Virsraksts;Datums;Laikraksts;Autors",
    "Lithuanian": "Tekstas;Antraštė;Data;Laikraštis;Autorius",
    "Polish": "Pełny tekst;Tytuł;Data publikacji;Gazeta;Autor",
    "Polish, without accents": "tresc;tytul;data;zrodlo;autorzy",
    "Czech": "Plný text;Titulek;Datum vydání;Deník;Autor",
    "Slovak": "Celý text;Titulok;Dátum;Noviny;Autor",
    "Hungarian": "Teljes szöveg;Cím;Dátum;Újság;Szerző",
    "Bulgarian": "Пълен текст;Заглавие;Дата;Вестник;Автор",
    "Macedonian": "Текст;Наслов;Датум;Весник;Автор",
    "Russian": "Текст;Заголовок;Дата;Источник;Автор",
    "Russian, longer": "Полный текст;Название статьи;Дата публикации;СМИ;Авторы",
    "Belarusian": "Тэкст;Загаловак;Дата;Газета;Аўтар",
    "Ukrainian": "Повний текст;Назва;Дата публікації;Джерело;Автор",
    "Kazakh": "Мәтін;Тақырып;Жарияланған күні;Дереккөз;Авторы",
    "Serbian": "Текст;Наслов;Датум;Извор;Аутор",
    "Croatian": "Cijeli tekst;Naslov;Datum objave;Novine;Autor",
    "Slovene": "Besedilo;Naslov;Datum;Časopis;Avtor",
    "Albanian": "Teksti i plotë;Titulli;Data e publikimit;Gazeta;Autori",
    "Greek": "Κείμενο;Τίτλος;Ημερομηνία;Εφημερίδα;Συντάκτης",
    "Greek, in capitals": "ΚΕΙΜΕΝΟ;ΤΙΤΛΟΣ;ΗΜΕΡΟΜΗΝΙΑ;ΠΗΓΗ;ΣΥΓΓΡΑΦΕΑΣ",
    "Turkish": "Metin;Başlık;Tarih;Gazete;Yazar",
    "Turkish, in capitals": "İÇERİK;BAŞLIK;YAYIN TARİHİ;KAYNAK;YAZAR",
    "Azerbaijani": "Mətn;Başlıq;Tarix;Qəzet;Müəllif",
    "Uzbek": "To'liq matn;Sarlavha;Sana;Gazeta;Muallif",
    "Arabic": "النص;العنوان;تاريخ النشر;الصحيفة;الكاتب",
    "Persian": "متن;تیتر;تاریخ;روزنامه;نویسنده",
    "Urdu": "مکمل متن;سرخی;تاریخ اشاعت;ماخذ;مصنف",
    "Hebrew": "טקסט;כותרת;תאריך;עיתון;מחבר",
    "Hindi": "पूरा पाठ;शीर्षक;दिनांक;अखबार;लेखक",
    "Nepali": "पाठ;शीर्षक;मिति;पत्रिका;लेखक",
    "Bengali": "সম্পূর্ণ পাঠ্য;শিরোনাম;তারিখ;পত্রিকা;লেখক",
    "Indonesian": "Isi Berita;Judul;Tanggal;Koran;Penulis",
    "Malay": "Teks penuh;Tajuk;Tarikh;Akhbar;Penulis",
    "Swahili": "Maandishi;Kichwa;Tarehe;Gazeti;Mwandishi",
    "Vietnamese": "Nội dung;Tiêu đề;Ngày đăng;Báo;Tác giả",
    "Thai": "เนื้อหา;หัวข้อข่าว;วันที่;หนังสือพิมพ์;ผู้เขียน",
    "Chinese": "正文;标题;发布时间;来源;作者",
    "Chinese, traditional": "內容;標題;日期;報紙;記者",
    "Japanese": "本文;見出し;掲載日;媒体名;著者",
    "Korean": "본문;제목;일자;언론사;기고자",
    "Georgian": "ტექსტი;სათაური;თარიღი;გაზეთი;ავტორი",
    "Armenian": "Տեքստ;Վերնագիր;Ամսաթիվ;Թերթ;Հեղինակ",
    "Mongolian": "Бүтэн текст;Гарчиг;Огноо;Сонин;Зохиогч",
    "Basque": "Testua;Izenburua;Data;Egunkaria;Egilea",
    "English": "Full text of article;Headline of article;Date of publication;News outlet;Journalist",
}
COLUMNS = ("text", "title", "published", "domain", "authors")
VALUES = ("The harbour is closed, the mayor said.", "Harbour closed", "2017-10-13", "The Ledger", "Jane Roe")


def table(path, header, *records):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *records])
    return path


@pytest.mark.parametrize("language", HEADERS)
def test_a_table_with_names_of_a_language(tmp_path, language):
    header = HEADERS[language].replace(",", ";").split(";")
    batches = read_all(table(tmp_path / "a.csv", header, VALUES))
    assert not rejects(batches)
    assert [tuple(row[column] for column in COLUMNS) for row in rows(batches)] == [VALUES]


@pytest.mark.parametrize("language", HEADERS)
def test_english_names_beside_them_win(tmp_path, language):
    header = HEADERS[language].replace(",", ";").split(";")
    english = ("text", "title", "date", "source", "author")
    names = [name for name in header if name_key(name) not in english]
    batches = read_all(table(tmp_path / "a.csv", [*names, *english], [*["Other words 1"] * len(names), *VALUES]))
    assert [tuple(row[column] for column in COLUMNS) for row in rows(batches)] == [VALUES]


def test_a_word_names_one_column():
    keys = {target: {name_key(word) for word in lexicon.words(name)} for target, name in LISTS.items()}
    english = {target: set(map(name_key, names)) for target, names in ALIASES.items()}
    clashes = [
        (a, b, sorted(common))
        for (a, words), (b, others) in product(keys.items(), [*keys.items(), *english.items()])
        if a != b and (common := words & others)
    ]
    assert clashes == []
    assert all("" not in words for words in keys.values())
    assert {name_key(word) for word in lexicon.words("field_in_doubt")} <= set.union(*keys.values())
    assert all(rank >= WORD_RANK for _, rank in column_words().values())
    assert all(rank < WORD_RANK for _, rank in FieldNames()._loose.values())


def test_all_words_at_once_are_folded_as_each_of_them():
    assert {name_key(word) for name in LISTS.values() for word in lexicon.words(name)} == set(column_words())


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Pub-Date", "pubdate"), ("Überschrift", "uberschrift"), ("U\u0308berschrift", "uberschrift"),
        ("İÇERİK", "icerik"), ("Źródło", "zrodlo"), ("शीर्षक", "शीर्षक"), ("लेखक का नाम", "लेखककानाम"),
        ("ผู้เขียน", "ผู้เขียน"), ("শিরোনাম", "শিরোনাম"), ("النصّ", "النص"), ("נֹסַח", "נסח"), ("Text\ufe0f", "text"),
    ],
)  # fmt: skip
def test_keys_of_names(name, key):
    # Vowel signs may stand apart from their letters in the key, but none is lost.
    assert name_key(name) == name_key(key)
    assert name_key("की") != name_key("का")
    assert name_key("ดี") != name_key("ดำ")


def test_the_longest_name_comes_first(tmp_path):
    header = ["Text", "Inhalt", "Zeitstempel", "Datum", "Volltext"]
    names = FieldNames()
    assert names.fields_of("text", header[1:]) == ["Volltext", "Inhalt"]
    assert names.fields_of("text", header) == ["Text", "Volltext", "Inhalt"]


def test_a_column_of_the_user_has_no_other_names(tmp_path):
    path = table(tmp_path / "a.csv", ["Volltext", "Titel", "Inhalt", "Datum"], ["No", "A", "The text.", "2017-10-13"])
    found = rows(read_all(path, fields=(("text", "Inhalt"), ("published", "x"), ("id", "Titel"))))
    assert [(row["text"], row["id"], row["title"], row["published"]) for row in found] == [
        ("The text.", "A", None, None)
    ]


@pytest.mark.parametrize("name", ["Inhalt", "Story", "Статья", "記事"])
def test_names_in_doubt_hold_more_than_a_word(tmp_path, name):
    word = {"Статья": "Политика"}.get(name, "Politik")
    batches = read_all(table(tmp_path / "a.csv", [name, "Titel"], [word, "A"], ["Zwei Wörter", "B"]))
    assert [row["title"] for row in rows(batches)] == ["B"]
    assert [reject.reason for reject in rejects(batches)] == ["wrong_type"]
    mapped = read_all(tmp_path / "a.csv", fields=(("text", name),))
    assert [row["text"] for row in rows(mapped)] == [word, "Zwei Wörter"]


@pytest.mark.parametrize(
    ("value", "published"),
    [("13/10/2017", "13/10/2017"), ("a note", None), (5, None), ({"name": "2017"}, None), (["2017"], None),
     ("平成二十九年十月", "平成二十九年十月"), ("1 " + "long " * 40, None), (True, None),
     (1478685600, "2016-11-09T10:00:00Z")],
)  # fmt: skip
def test_a_word_for_the_date_may_hold_other_data(tmp_path, value, published):
    path = write(tmp_path / "a.jsonl", json.dumps({"text": "The harbour is closed.", "data": value}))
    assert [row["published"] for row in rows(read_all(path))] == [published]


@pytest.mark.parametrize(
    ("columns", "is_table"),
    [("Inhalt Seite", False), ("Inhalt Titel Datum", True), ("Volltext", True), ("article title", False)],
)
def test_tables_with_a_name_in_doubt(columns, is_table):
    assert has_text_field(FieldNames(), columns.split()) == is_table


def test_nested_records_keep_their_english_text(tmp_path):
    record = {"data": {"body": "The harbour is closed."}, "extra": {"inhalt": "Another text."}}
    batches = read_all(write(tmp_path / "a.jsonl", json.dumps(record)))
    assert [(row["text"], row["published"]) for row in rows(batches)] == [("The harbour is closed.", None)]
