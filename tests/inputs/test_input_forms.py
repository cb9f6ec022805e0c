"""Files as researchers have them: damaged and wrapped JSON, names of fields, character encodings, dates."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import read_all, reasons, rejects, rows, write

from dedup.inputs.charsets import guess_encoding
from dedup.inputs.dates import parse_timestamp
from dedup.inputs.fields import FieldNames
from dedup.inputs.readers.json_values import ValueSplitter

A = {"id": "1", "title": "One", "text": "The first story.", "url": "https://a.example/1"}
B = {"id": "2", "title": "Two", "text": 'The {second} [story], "quoted".', "url": "https://a.example/2"}
C = {"id": "3", "title": "Three", "text": "The third story.", "url": "https://a.example/3"}


def j(*records):
    return json.dumps(list(records))


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
@pytest.mark.parametrize(
    "content",
    [
        j(A, B, C),
        j(A, B, C)[:-1] + ",]",
        j(A) + "\n" + j(B, C),
        json.dumps([A, B, C], indent=1),
        "".join(json.dumps(record, indent=2) + "\n" for record in (A, B, C)),
        "".join(json.dumps(record) + ",\n\n" for record in (A, B, C)),
        "\ufeff" + "\r\n".join(json.dumps(record) for record in (A, B, C)),
        "[" + ",\n".join(json.dumps(record) for record in (A, B, C)) + "\n]",
        json.dumps({"status": "ok", "articles": [A, B, C]}),
        json.dumps({"articles": {"results": [A, B, C], "pages": 1}}),
        json.dumps({"hits": {"hits": [{"_id": i, "_source": record} for i, record in enumerate((A, B, C))]}}),
        json.dumps({record["id"]: record for record in (A, B, C)}),
        j(*({"type": "story", "data": {**record, "links": {"canonical": "x"}}} for record in (A, B, C))),
    ],
)
def test_whole_records_are_read(tmp_path, content, ending):
    batches = read_all(write(tmp_path / f"a{ending}", content))
    assert [[row[name] for name in A] for row in rows(batches)] == [list(record.values()) for record in (A, B, C)]
    assert not rejects(batches)


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        (j(A, B, C)[:-30], ["1", "2"]),
        (j(A, B, C).replace("The first story.", 'The "first story.'), ["2", "3"]),
        (j(A, B, C).replace('"One",', '"One"'), ["2", "3"]),
        (json.dumps({"ok": 1, "articles": [A, B, C]})[:-30], ["1", "2"]),
    ],
)
def test_only_what_is_damaged_is_lost(tmp_path, content, ids):
    batches = read_all(write(tmp_path / "a.json", content))
    assert [row["id"] for row in rows(batches)] == ids
    assert rejects(batches)


@given(st.lists(st.text(min_size=1).filter(str.strip), max_size=8), st.integers(1, 50), st.integers(0, 400))
def test_cut_arrays_give_the_records_before_the_cut(texts, block, cut):
    whole = json.dumps([{"text": text} for text in texts]).encode()
    data = whole[: len(whole) - cut] if cut < len(whole) else b""
    blocks = [data[at : at + block] for at in range(0, len(data), block)]
    found = list(ValueSplitter(blocks, lambda record: "text" in record, 1 << 20))
    values = [value.value["text"] for value in found if value.rejection is None]
    ends = [len(json.dumps([{"text": text} for text in texts[: n + 1]])) - 1 for n in range(len(texts))]
    assert values == [text for text, end in zip(texts, ends, strict=True) if end <= len(data)]
    assert bool(found) == bool(data.strip(b"[] ")) or data == b"["


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("ID", "id"), ("Title", "title"), ("TEXT", "text"), ("pubDate", "published"), ("publishedAt", "published"),
        ("Article Body", "text"), ("story_text", "text"), ("Headline", "title"), ("Publication title", "domain"),
        ("Full text", "text"), ("media_name", "domain"), ("publishing_date", "published"), ("webUrl", "url"),
        ("DocumentIdentifier", "url"), ("WARC-Target-URI", "url"), ("dc:creator", "authors"), ("plaintext", "text"),
        ("description", None), ("Abstract", None), ("summary", None), ("comment", None), ("section_title", None),
    ],
)  # fmt: skip
def test_names_of_fields(name, column):
    place = FieldNames().place(name)
    assert (place and place[0]) == column


def test_pointers_into_nested_records(tmp_path):
    record = {"a/b": {"body": ["no", "yes, this is it"]}, "text": "no", "head": {"t": "Title"}}
    path = write(tmp_path / "a.jsonl", json.dumps(record))
    batches = read_all(path, fields=(("text", "/a~1b/body/1"), ("title", "/head/t")))
    assert [(row["text"], row["title"]) for row in rows(batches)] == [("yes, this is it", "Title")]


def test_two_texts_are_not_chosen_from(tmp_path):
    batches = read_all(write(tmp_path / "a.jsonl", json.dumps({"n": 1, "a": {"text": "one"}, "b": {"text": "two"}})))
    assert reasons(batches) == [(1, "no_text")]
    assert "text=/a/text, text=/b/text" in rejects(batches)[0].detail


def test_a_missing_text_names_the_fields(tmp_path):
    long = "many words " * 20
    batches = read_all(write(tmp_path / "a.jsonl", json.dumps({"x": 1, "prose": long})), fields=(("text", "corpo"),))
    assert rejects(batches)[0].detail == "no field 'corpo'; the fields are x, prose; it may be text=prose"


SAMPLES = {
    "cp1252": (
        "Die Straße ist gesperrt, sagte der Bürgermeister – „f"
        "ür zwölf Wochen“. Über 40.000 Bürger hören zu, größere"
    ),
    "cp1250": (
        "Wójt gminy zapewnił, że most zostanie otwarty jeszcze"
        " w październiku. Źródło łączy się z żółtą ścieżką ćmą"
    ),
    "cp1251": (
        "Мост через реку откроют в октябре, заявил глава района"
        " на встрече с жителями города. Работы начались в марте."
    ),
    "koi8_r": (
        "Мост через реку откроют в октябре, заявил глава района"
        " на встрече с жителями города. Работы начались в марте."
    ),
    "cp1253": (
        "Η γέφυρα θα ανοίξει τον Οκτώβριο, δήλωσε ο δήμαρχος τ"
        "ης πόλης στους κατοίκους. Τα έργα άρχισαν τον Μάρτιο."
    ),
    "cp1254": (
        "Köprünün ekim ayında açılacağı bildirildi. Belediye ba"
        "şkanı, çalışmaların şubatta başladığını söyledi, ığdır"
    ),
    "gb18030": (
        "市长星期二表示，大桥将于十月开放，工程从三月开始，预"
        "计费用为七百万元。居民对此表示欢迎，交通将更加方便。"
    ),
    "cp932": (
        "市長は火曜日、橋が十月に開通すると述べた。工事は三月に始"
        "まり、費用は七百万円になる見込みだという。住民は歓迎した。"
    ),
    "cp949": (
        "시장은 화요일 다리가 시월에 개통될 것이라고 말했다. 공"
        "사는 삼월에 시작되었으며 비용은 칠백만 원으로 예상된다."
    ),
}  # fmt: skip


@pytest.mark.parametrize("encoding", [*SAMPLES, "utf-16", "utf-16-le", "utf-8-sig"])
@pytest.mark.parametrize(
    ("ending", "delimiter"), [("csv", ";"), ("tsv", "\t"), ("jsonl", ""), ("json", ""), ("txt", "")]
)
def test_encodings(tmp_path, encoding, ending, delimiter):
    text = SAMPLES.get(encoding, SAMPLES["cp1252"])
    if ending == "txt":
        content = text
    elif delimiter:
        content = f"ID{delimiter}Text\r\n1{delimiter}plain\r\n2{delimiter}{text}\r\n"
    else:
        lines = [json.dumps({"id": i, "text": t}, ensure_ascii=False) for i, t in enumerate(("plain", text), 1)]
        content = "\n".join(lines) if ending == "jsonl" else "[" + ",\n".join(lines) + "]"
    path = write(tmp_path / f"a.{ending}", content.encode(encoding))
    assert [row["text"] for row in rows(read_all(path))][-1] == text
    if encoding in SAMPLES:
        assert any(note.startswith("not UTF-8, read as") for batch in read_all(path) for note in batch.notes)
        assert [row["text"] for row in rows(read_all(path, encoding=encoding))][-1] == text


def test_damaged_utf8_is_no_other_encoding():
    assert guess_encoding("Grüße für Käthe".encode() + b"\xff") is None


def test_excel_tables(tmp_path):
    for name, content in (("a.csv", "sep=;\r\nid;text;x\r\n1;a;\r\n"), ("b.txt", "id\ttext\turl\r\n1\ta\t\r\n")):
        assert [(row["id"], row["text"]) for row in rows(read_all(write(tmp_path / name, content)))] == [("1", "a")]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("https://www.reuters.com", "reuters.com"), ("reuters.com/", "reuters.com"), ("AP/Reuters", "AP/Reuters")],
)
def test_domains(tmp_path, domain, expected):
    batches = read_all(write(tmp_path / "a.jsonl", json.dumps({"text": "a", "domain": domain})))
    assert rows(batches)[0]["domain"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "3. März 2026, 14:05 Uhr", "3 mars 2026 à 14h05", "3 de marzo de 2026, 14:05", "3 marzo 2026 ore 14:05",
        "3 de março de 2026 às 14h05", "3 maart 2026 14:05", "3 marca 2026, 14:05", "3. března 2026 14:05",
        "2026. március 3. 14:05", "3 martie 2026, 14:05", "3 марта 2026, 14:05", "3 березня 2026, 14:05",
        "3 Μαρτίου 2026 14:05", "3 Mart 2026 14:05", "3 mars 2026 kl. 14:05", "3. marts 2026 kl. 14.05",
        "3. maaliskuuta 2026 klo 14.05", "2026年3月3日 14時05分", "2026년 3월 3일 오후 2:05", "3 مارس 2026 14:05",
        "3 במרץ 2026 14:05", "3 मार्च 2026 14:05", "3 มีนาคม 2569 14:05", "3 Maret 2026 14:05", "03.03.2026 14:05",
        "3 Mar 2026 2:05 pm",
    ],
)  # fmt: skip
def test_dates_of_many_languages(text):
    when = parse_timestamp(text)
    assert when is not None
    assert (when.seconds, when.exact) == (1772546700, True)


@pytest.mark.parametrize("text", ["yesterday", "3 hours ago", "3. listopada 2026.", "03/04/2026", "March 2026"])
def test_dates_that_are_in_doubt_are_none(text):
    assert parse_timestamp(text) is None
