"""Tokens: the kernel and the reference agree on any text, in any Arrow layout."""

from __future__ import annotations

import itertools
import unicodedata
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import reference
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALPHABETS, texts

from dedup.inputs.text_buffers import text_buffers
from dedup.text import folding
from dedup.text import tokens as module
from dedup.text.tokens import CAPITAL, DIGIT, LINE, QUOTED, SENTENCE, WORD_HASH, Tokens
from tools.fold_table import build

#: The specification says nothing of repairs, which come before it.
tokenise = partial(module.tokenise, repair=False)
ASSIGNED = [chr(cp) for cp in range(0x110000) if unicodedata.category(chr(cp)) not in ("Cn", "Co", "Cs")]
CYRILLIC = [char for char in ASSIGNED if "\u0400" <= char < "\u0530"]


def strings(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.large_string())


def listed(tokens: Tokens, i: int) -> list[str]:
    """The folded tokens of article i, one by one."""
    bounds = tokens.folded_start
    return [
        bytes(tokens.folded[bounds[t] : bounds[t + 1] - 1]).decode() for t in range(tokens.first[i], tokens.last[i])
    ]


def tokens_of(text: str) -> list[str]:
    return listed(tokenise(strings([text])), 0)


def check(values: list[str]) -> None:
    tokens = tokenise(strings(values))
    assert len(tokens) == len(values)
    for i, text in enumerate(values):
        expected, single = reference.tokens(text)
        assert listed(tokens, i) == expected
        assert tokens.text(i) == " ".join(expected)
        assert tokens.single[i] == single


@settings(max_examples=600)
@given(st.lists(texts(), max_size=4))
@example(["\u1100A\u0415\u0301\u0395"])  # letters of Latin, Cyrillic and Greek in a word that must be normalised anyway
def test_tokens_equal_the_reference(values: list[str]) -> None:
    check(values)


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
def test_each_script_equals_the_reference(alphabet: list[str]) -> None:
    """Every pair and triple of neighbours of a script, in one batch."""
    pairs = [a + b for a in alphabet for b in alphabet]
    check([*alphabet, *pairs, *(f"a{pair}{alphabet[i % len(alphabet)]} b" for i, pair in enumerate(pairs))])


def test_every_code_point_equals_the_reference() -> None:
    check(ASSIGNED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Kim’s, Kim's, KIM‘S, Kimʼs and Kim＇s", "kims kims kims kims and kims", id="apostrophes"),
        pytest.param("rock 'n' roll, the boys' '90s", "rock n roll the boys 90s", id="apostrophes at the edge"),
        pytest.param("a''b aʼʼb ʼa aʼ", "a b ab ʼa aʼ", id="apostrophes in a row"),
        pytest.param("U.S. 3.5 1,000 e-mail", "u s 3 5 1 000 e mail", id="punctuation"),
        pytest.param("中国a文1", "中 国 a 文 1", id="han among letters"),
        pytest.param("北京，2024年。", "北 京 2024 年", id="chinese"),
        pytest.param("ガンダム が\u3099 ｶﾞ", "ガ ン ダ ム が\u3099 ガ", id="kana"),
        pytest.param("か\u3099 カ\u3099", "が ガ", id="kana composed first"),
        pytest.param("ภาษาไทย ปี ปู", "ภ า ษ า ไ ท ย ปี ปู", id="thai"),
        pytest.param("\u1112\u1161\u11ab국", "한 국", id="hangul composed first"),
        pytest.param("كِتَابٌ كتـــاب", "كتاب كتاب", id="arabic points and tatweel"),
        pytest.param("שָׁלוֹם שלום", "שלום שלום", id="hebrew points"),
        pytest.param("कुल कल क़ क\u093c", "कुल कल क\u093c क\u093c", id="devanagari"),
        pytest.param("👩\u200d👩\u200d👧 family❤️ 1\ufe0f\u20e3", "family 1\u20e3", id="emoji"),
        pytest.param("Straße STRASSE ẞ", "strasse strasse ss", id="sharp s"),
        pytest.param("İstanbul ISTANBUL ıstanbul", "istanbul istanbul istanbul", id="turkish i"),
        pytest.param("ﬁnance ½ ㎏ Ⅷ １２", "finance 1 2 kg viii 12", id="compatibility"),
        pytest.param("Kli\u00adma\u00adwan\u00addel", "klimawandel", id="soft hyphen"),
        pytest.param("a\u200db c\u200cd \u202ee\u202c\ufefff", "ab cd ef", id="zero width and bidi"),
        pytest.param("éE\u0301 Å Ǖ", "ee a u", id="latin accents"),
        pytest.param("٩٠ ۹۰ ९० ৯০ ๙๐ ௯௦ ９０ 𝟗𝟎", "90 90 90 90 90 90 90 90", id="digits of other scripts"),
        pytest.param("كردى کردی ساعة ساعه ٱلله", "كردي كردي ساعه ساعه الله", id="arabic and persian keyboards"),
        pytest.param("می‌کند مي كند कर\u200cना", "مي كند مي كند करना", id="U+200C ends an Arabic token"),
        pytest.param("Çağrı ÇAGRI çagri", "cagri cagri cagri", id="turkish in ASCII"),
        pytest.param("Łódź Ełk Đurić Þór", "lodz elk duric thor", id="latin letters with strokes"),
        pytest.param(
            "Flußfähre FLUSSFAEHRE Rødgrød Roedgroed Ålesund Aalesund Cœur",
            "flussfahre flussfahre rodgrod rodgrod alesund alesund cour",
            id="7-bit spelling",
        ),
        pytest.param(
            "does Israel value baaaed oeuvre a e", "dos isral valu bad ouvre a e", id="doubles in other words"
        ),
        pytest.param("Љубав њега Ђорђе џеп шљива", "ljubav njega dorde dzep sljiva", id="serbian cyrillic"),
        pytest.param("Ljubav njega Đorđe džep šljiva", "ljubav njega dorde dzep sljiva", id="serbian latin"),
        pytest.param("Тошкент шаҳри, бўш Хива", "toshkent shahri bosh xiva", id="uzbek cyrillic"),
        pytest.param("Toshkent shahri, boʻsh Xiva", "toshkent shahri bosh xiva", id="uzbek latin"),
        pytest.param("Тұрған құны, сүйікті қала", "turgan quny suiikti qala", id="kazakh cyrillic"),
        pytest.param("Tūrğan qūny, süiıktı qala", "turgan quny suiikti qala", id="kazakh latin"),
        pytest.param("Ҝәнҹә ҹәми әрзаг", "gence cemi erzaq", id="azerbaijani cyrillic"),
        pytest.param("Gəncə cəmi ərzaq", "gence cemi erzaq", id="azerbaijani latin"),
        pytest.param("ሐኀ ሠረ ዐፀ", "ሀሀ ሰረ አጸ", id="amharic homophones"),
        pytest.param("Aθήvα Aθήνα", "αθηνα αθηνα", id="look-alikes in greek words"),
        pytest.param("İstanbul`da Oʻzbek d´abord 5′", "istanbulda ozbek dabord 5", id="other apostrophes"),
        pytest.param("繁體國語 繁体国语", "繁 体 国 语 繁 体 国 语", id="traditional and simplified"),
        pytest.param("지방정부는 지방 정부는", "지 방 정 부 는 지 방 정 부 는", id="korean spacing"),
        pytest.param(
            "Тhе rеgiоnаl gоvеrnmеnt, Αthens, Іnсоmе",
            "the regional government athens income",
            id="look-alikes in latin words",
        ),
        pytest.param("Mocква cказал Россия", "moskva skazal rossiya", id="look-alikes in cyrillic words"),
        pytest.param("GPS-сигнал iOS-овец 5G", "gps signal ios ovec 5g", id="two scripts side by side"),
        pytest.param(
            "goverㅤnment Vel\u2800more t\u180ehree ri\u034fver", "government velmore three river", id="fillers"
        ),
        pytest.param("one\0two", "one two", id="NUL"),
        pytest.param("", "", id="empty"),
        pytest.param("… !?", "", id="punctuation alone"),
    ],
)
def test_named_examples(text: str, expected: str) -> None:
    assert " ".join(tokens_of(text)) == expected
    assert " ".join(reference.tokens(text)[0]) == expected


@pytest.mark.parametrize(("left", "right"), [("कुल", "कल"), ("ปี", "ปู"), ("ば", "は"), ("각", "가")])
def test_words_that_must_stay_different(left: str, right: str) -> None:
    assert tokens_of(left) != tokens_of(right)


LAYOUT_TEXTS = ["Kim’s one", None, "", "ภาษา ½", "four words stand here"]


def _view(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.string_view())


LAYOUTS: dict[str, Any] = {
    "string": lambda v: pa.array(v, pa.string()),
    "large_string": lambda v: pa.array(v, pa.large_string()),
    "string_view": _view,
    "dictionary": lambda v: pa.array(v, pa.string()).dictionary_encode(),
    "sliced": lambda v: pa.array(["before", *v, "after"], pa.large_string())[1:-1],
    "sliced string": lambda v: pa.array(["before", *v, "after"], pa.string())[1:-1],
    "sliced view": lambda v: _view(["before", *v, "after"])[1:-1],
    "sliced dictionary": lambda v: pa.array(["before", *v, "after"]).dictionary_encode()[1:-1],
    "chunked": lambda v: pa.chunked_array([pa.array(v[:2], pa.string()), pa.array(v[2:], pa.string())]),
    "chunked large": lambda v: pa.chunked_array(
        [pa.array(v[:2], pa.large_string()), pa.array(v[2:], pa.large_string())]
    ),
    "chunked with an empty chunk": lambda v: pa.chunked_array([pa.array([], pa.string()), pa.array(v, pa.string())]),
    "chunked dictionary": lambda v: pa.chunked_array([pa.array(v[:2]), pa.array(v[2:])]).dictionary_encode(),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_arrow_layouts(layout: Any) -> None:
    expected = [" ".join(reference.tokens(text or "")[0]) for text in LAYOUT_TEXTS]
    for values in (LAYOUT_TEXTS, [*LAYOUT_TEXTS, "half-width ｶﾅ and 한"]):  # the last must be normalised first
        want = [*expected, *(" ".join(reference.tokens(v)[0]) for v in values[len(expected) :] if v)]
        tokens = tokenise(layout(values))
        assert [tokens.text(i) for i in range(len(values))] == want


@pytest.mark.parametrize(
    "array",
    [
        pa.nulls(3, pa.string()),
        pa.nulls(3),
        pa.nulls(3, pa.large_string()),
        pa.nulls(5, pa.large_string())[1:4],
        pa.chunked_array([pa.nulls(1, pa.string()), pa.nulls(2, pa.string())]),
        pa.array(["", "", ""]),
    ],
    ids=["string", "null", "large_string", "sliced", "chunked", "empty texts"],
)
def test_columns_of_nothing(array: Any) -> None:
    tokens = tokenise(array)
    assert len(tokens) == 3
    assert [tokens.text(i) for i in range(3)] == ["", "", ""]


@pytest.mark.parametrize(
    "array", [pa.array([], pa.string()), pa.chunked_array([], pa.string()), pa.array([], pa.null())]
)
def test_columns_without_rows(array: Any) -> None:
    assert len(tokenise(array)) == 0


def test_a_null_that_stands_for_bytes_is_empty() -> None:
    """Arrow says nothing of what lies under a null."""
    offsets, text, valid = pa.py_buffer(np.array([0, 1, 3, 4], np.int64)), pa.py_buffer(b"abcd"), pa.py_buffer(b"\x05")
    buffers = text_buffers(pa.LargeStringArray.from_buffers(3, offsets, text, valid))
    assert [buffers.raw(i) for i in range(3)] == [b"a", b"", b"d"]


@settings(max_examples=100)
@given(st.lists(st.one_of(st.none(), texts()), max_size=8), st.integers(0, 3), st.integers(0, 3))
def test_text_buffers_hold_the_bytes(values: list[str | None], before: int, after: int) -> None:
    sliced = strings(["x"] * before + values + ["y"] * after)[before : before + len(values)]
    data, offsets = text_buffers(sliced)
    found = [bytes(data[a:b]).decode() for a, b in itertools.pairwise(offsets)]
    assert found == [value or "" for value in values]


@settings(max_examples=150)
@given(st.lists(texts(), max_size=6))
def test_a_batch_gives_what_its_texts_give_alone(values: list[str]) -> None:
    together = tokenise(strings(values))
    for i, text in enumerate(values):
        alone = tokenise(strings([text]))
        assert together.words(i).tolist() == alone.words(0).tolist()
        assert listed(together, i) == listed(alone, 0)
        part = slice(together.first[i], together.last[i])
        assert together.start[part].tolist() == alone.start.tolist()
        assert together.end[part].tolist() == alone.end.tolist()
        assert together.single[i] == alone.single[0]


@settings(max_examples=300)
@given(texts())
@example("ก\u02bc\u200b")  # what folds to nothing stands between the apostrophe and the end of the text
def test_a_token_knows_where_it_stands(text: str) -> None:
    """The bytes of a token, read alone, give the token."""
    tokens = tokenise(strings([text]))
    raw = tokens.texts.raw(0)
    language = reference.language_of(raw.decode())
    assert (tokens.start >= 0).all()
    assert (tokens.end <= len(raw)).all()
    # One character may fold to several tokens (½), so starts and ends may repeat, but never go back.
    assert (np.diff(tokens.start) >= 0).all()
    assert (np.diff(tokens.end) >= 0).all()
    for t, token in enumerate(listed(tokens, 0)):
        part = raw[tokens.start[t] : tokens.end[t]].decode()
        folded = "".join(char for char, _ in reference.folded(part, language))
        assert token in reference.without_doubles(folded) or "\u02bc" in token


def test_a_batch_that_needs_more_room_than_guessed() -> None:
    """Texts that fold to many more tokens or bytes than usual."""
    check(["中" * 5000, "a " * 5000, "ﷺ" * 2000, "½" * 3000, "", "㌀" * 1000])


WORDS = st.text("abzAZ059", min_size=1, max_size=70)
GAPS = st.sampled_from(
    [" ", " ", " ", " ", "  ", ", ", ". ", "\n", "\n\n", "\0", "'", "’", "’s ", ' "', "é", "中", " “"]
)


def plain_texts(most: int) -> st.SearchStrategy[str]:
    """Words of ASCII with what may stand between them, such as nearly all text is."""
    pairs = st.lists(st.tuples(WORDS, GAPS), max_size=most)
    return pairs.map(lambda pairs: "".join(word + gap for word, gap in pairs))


AFTER = "What comes after a text must not be seen from within, nor what stands there change where it ends: 0 to 64."


@settings(max_examples=400)
@given(st.lists(plain_texts(30), min_size=1, max_size=3))
def test_long_runs_of_plain_words(values: list[str]) -> None:
    check([*values, AFTER])
    tokens = tokenise(strings([*values, AFTER]))
    for i, text in enumerate(values):
        raw = text.encode()
        part = slice(tokens.first[i], tokens.last[i])
        rows = zip(listed(tokens, i), tokens.words(i).tolist(), tokens.start[part], tokens.end[part], strict=True)
        for token, word, start, end in rows:
            beginning = raw[start : start + 1]
            assert bool(word & int(CAPITAL)) == (beginning.isupper() or raw[start:end].startswith("É".encode()))
            assert bool(word & int(DIGIT)) == beginning.isdigit()
            assert token.encode().startswith(beginning.lower()) or not beginning.isalnum()


@settings(max_examples=600)
@given(plain_texts(8), plain_texts(2))
def test_a_text_at_the_end_of_its_buffer_is_read_like_any_other(text: str, before: str) -> None:
    """Blocks of 64 bytes are not read beyond the buffer: there every character takes the slow way."""
    text = text.encode()[:63].decode(errors="ignore")
    together, alone = tokenise(strings([before, text, AFTER])), tokenise(strings([text]))
    part = slice(together.first[1], together.last[1])
    assert listed(together, 1) == listed(alone, 0)
    assert together.word[part].tolist() == alone.word.tolist()
    assert together.start[part].tolist() == alone.start.tolist()
    assert together.end[part].tolist() == alone.end.tolist()


@settings(max_examples=200)
@given(st.lists(WORDS, min_size=1, max_size=40))
def test_a_word_does_not_depend_on_its_neighbours(values: list[str]) -> None:
    """Tokens are hashed eight at a time, what is left one by one."""
    together = tokenise(strings([" ".join(values)])).word & WORD_HASH
    assert together.tolist() == [int(tokenise(strings([value])).word[0] & WORD_HASH) for value in values]


def test_words_are_equal_where_tokens_are() -> None:
    tokens = tokenise(strings(["Kim’s kims KIMS other Straße strasse"]))
    word = (tokens.words(0) & WORD_HASH).tolist()
    assert word[0] == word[1] == word[2] != word[3]
    assert word[4] == word[5]


@settings(max_examples=100)
@given(st.lists(texts(), max_size=5))
def test_words_tell_tokens_apart(values: list[str]) -> None:
    tokens = tokenise(strings(values))
    seen: dict[str, int] = {}
    for i in range(len(values)):
        for token, word in zip(listed(tokens, i), (tokens.words(i) & WORD_HASH).tolist(), strict=True):
            assert seen.setdefault(token, word) == word
    assert len(set(seen.values())) == len(seen)


def flagged(text: str, flag: np.uint32) -> str:
    tokens = tokenise(strings([text]))
    marked = (tokens.words(0) & flag) != 0
    return " ".join(token for token, mark in zip(listed(tokens, 0), marked.tolist(), strict=True) if mark)


@pytest.mark.parametrize(
    ("flag", "text", "expected"),
    [
        (CAPITAL, "Seoul said the UN in Éire and ǅ on 3 May", "seoul un eire dz may"),
        (DIGIT, "about 3.5 of 1,000 in A4 and ٣ or 4x4", "3 5 1 000 3 4x4"),
        (LINE, "first line\nsecond line\n\n third", "first second third"),
        (SENTENCE, "One here. Two there? three. Four! 5 more", "one two four 5"),
        (SENTENCE, "The U.S. army has 3.5 guns", "the"),
        (SENTENCE, "他说。她说。", "他 她"),
        (QUOTED, 'He said "we will" and left', "we will"),
        (QUOTED, "He said “we will” and left", "we will"),
        (QUOTED, "Er sagte „wir werden“ und ging", "wir werden"),
        (QUOTED, "Il dit « nous irons » et part", "nous irons"),
        (QUOTED, "Er sagte »wir werden« und ging, »bald«.", "wir werden bald"),
        (QUOTED, "Он «пошёл», сказал «Пётр»», и ушёл", "posel petr"),
        (QUOTED, "Hon sade ”vi ska” och gick", "vi ska"),
        (QUOTED, "He said “we will,”and left” at once", "we will"),
        (QUOTED, "Einzelnes » Zeichen und noch eins » bleibt, « auch", "auch"),
        (QUOTED, 'An "open quote\nends with its line', "open quote"),
    ],
)
def test_flags(flag: np.uint32, text: str, expected: str) -> None:
    assert flagged(text, flag) == expected


# -- the fold table -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(unicodedata.unidata_version != folding.UNICODE_VERSION, reason="another Unicode version")
def test_the_shipped_table_is_what_this_python_builds() -> None:
    shipped, built = folding.load(), build()
    for name in ("index", "pages", "start", "code", "kind"):
        ours, theirs = getattr(shipped, name), getattr(built, name)
        assert ours.dtype == theirs.dtype, name
        assert np.array_equal(ours, theirs), name


@pytest.mark.skipif(unicodedata.unidata_version != folding.UNICODE_VERSION, reason="another Unicode version")
def test_the_reference_reads_the_table_alike() -> None:
    """The reference's two ways to fold, by rule and by table, agree: the second serves other Python versions."""
    for language in ("", *folding.ALPHABETS):
        for char in ASSIGNED if language == "" else CYRILLIC:
            assert reference.fold(char, language) == reference._fold_by_table(char, language), hex(ord(char))
