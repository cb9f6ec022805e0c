"""Hypothesis strategies: texts that a tokeniser gets wrong, word lists that are edits of each other."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

APOSTROPHES = ["'", "`", "\u2018", "\u2019", "\u02bc", "\uff07", "\u00b4", "\u02bb", "\u2032"]
#: Small alphabets, so that neighbours that matter do meet.
ALPHABETS = {
    "latin with marks": [*"aeinoAEZÉñçø", "\u0301", "\u0308", "\u0323", "\u0345", "\u1ab0", "\u20d0", " "],
    "apostrophes": ["a", "B", "1", "é", "中", "ก", "ि", "\u0301", "\u00ad", " ", "-", *APOSTROPHES],
    "modifier apostrophes": ["\u02bc", "\u02bc", "'", "x", "\u0301", "\u0941", "中", " "],
    "hangul": [*"각갃힣ㄱㅏ한글 a", "\u1100", "\u1161", "\u11a8", "\uffa1", "\uffc2"],
    "kana": [*"かガぱアーヿゟ㌀・ a", "\u3099", "\u309a", "\uff76", "\uff9e", "\uff9f", "\uff70", "\uff61"],
    "han": [*"中国語々〇〡⺀⼀〆豈，。「」 a1", "\U00020000", "\ufa0e", "\U0002f800"],
    "thai and lao": [*"กขปีู่ำ๑฿ลาວ້ຳ a'", "\u0e31", "\u0ec8"],
    "khmer and myanmar": ["ក", "្", "ខ", "ា", "៛", "០", "က", "ျ", "ိ", "္", "၁", "။", "\uaa60", " ", "\u200b"],
    "arabic": [*"كتبلاةيﷲﻻ ٤،؟", "\u0640", "\u064e", "\u0651", "\u0670", "\u06d6", "\u0600", "\u200c"],
    "hebrew": [*"שלוםװײַ a׳״־", "\u05b8", "\u05c1", "\ufb2a", "'"],
    "indic": [*"कुलीहिन्द१।॥ தமிழ় ", "\u093c", "\u0958", "\u200d", "\u200c", "'"],
    "emoji": ["👩", "👨", "👧", "\u200d", "\ufe0f", "🏽", "🇩", "🇪", "1", "\u20e3", "❤", "a", " "],
    "invisible": ["a", "B", " ", "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2066", "\ufeff", "'"],
    "doubles": [*"aeouAEOUxäå 1'-"],
    "mixed script": [*"acepxyBHTÉ×sсаеохрВНТкйяіЅαοΑΩցհ҂ 1'-", "\u0301", "\u00ad", "\u0483"],
    "serbian": [*"љњђћџшжЉЊЂЋЏšđčžaеo '"],
    "uzbek, kazakh, azerbaijani": [*"ўЎҳқғұұҹҝшыіеийҲҰҸ a'", "\u0306"],
    "amharic": [*"ሐኀሠሰዐፀጸአ፡ a"],
    "persian": [*"میكکهۀةى ۹٩1a", "\u200c", "\u200c", "\u064e", "'"],
    "traditional and simplified": [*"國国語语裡里台臺a "],
    "fillers": [*"abАаe 1'", "\u3164", "\u2800", "\u180e", "\u115f", "\u034f", "\ufe0f", "\u17b4", "\U000e0100"],
    "case": [*"ßẞİıIiſŉǰΐΣσςǅDžաև ", "\u0307", "'", "\u0130"],
    "compatibility": [*"ﬁﬀﬃ½㎏①Ⅷªµ…№℡㋐㈎ﷺＡ１＇ ", "'", "a"],
    "digits": [*"019٣۳३๓໓០၃０３𝟗௧Ⅳ²₂ .,'%", "a"],
    "controls": [
        "\0",
        "\x01",
        "\t",
        "\n",
        "\r",
        "\x1b",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufffd",
        "\ufdd0",
        "\U0010ffff",
        "a",
    ],
    "ascii": [*"abcXYZ019 .,!?'\"()-\n"],
}


def pieces() -> st.SearchStrategy[str]:
    """Short texts of one alphabet, or any characters at all."""
    known = [st.text(st.sampled_from(alphabet), max_size=12) for alphabet in ALPHABETS.values()]
    any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    spaced = st.lists(st.text("abcdefg'", min_size=1, max_size=9), max_size=12).map(" ".join)
    return st.one_of(any_text, spaced, *known)


def texts() -> st.SearchStrategy[str]:
    """Any Unicode text without lone surrogates; scripts meet with nothing between them."""
    return st.lists(pieces(), max_size=8).map("".join)


def long_texts() -> st.SearchStrategy[str]:
    """Texts that mostly have the eight tokens a body must have."""
    return st.lists(pieces(), min_size=6, max_size=20).map(" ".join)


def word_lists(min_size: int = 0, max_size: int = 60, vocabulary: int = 12) -> st.SearchStrategy[list[str]]:
    """Bodies as lists of few different words and numbers, so that shingles repeat."""
    words = [f"w{i}" for i in range(vocabulary)] + ["7", "19", "2024", "two", "twelve"]
    return st.lists(st.sampled_from(words), min_size=min_size, max_size=max_size)


@st.composite
def edited_pairs(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Two bodies, the second edited from the first: words changed, left out, moved, added before and after."""
    size = draw(st.integers(20, 160))
    base = [f"{i}" if i % 17 == 16 else f"w{i}" for i in range(size)]
    other = list(base)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(other)))
        length = draw(st.integers(1, 40))
        kind = draw(st.sampled_from(["change", "cut", "move", "add", "repeat"]))
        part = other[at : at + length]
        if kind == "change":
            other[at : at + length] = [f"x{w}" for w in part]
        elif kind == "cut":
            del other[at : at + length]
        elif kind == "move":
            del other[at : at + length]
            to = draw(st.integers(0, len(other)))
            other[to:to] = part
        elif kind == "add":
            other[at:at] = [f"y{at}-{i}".replace("-", "z") for i in range(length)]
        else:
            other[at:at] = part
    return base, other


# -- corpora with furniture ---------------------------------------------------------------------------------------


def invented(seed: str, count: int) -> list[str]:
    """Words of syllables, the same for the same seed."""
    rng = Random(seed)
    syllables = [a + b for a in "bdfgklmnrst" for b in "aeiou"]
    return ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(count)]


def sentences_of(seed: str, sizes: list[int]) -> list[str]:
    """Sentences of so many invented words each."""
    return [" ".join(invented(f"{seed} {i}", size)).capitalize() + "." for i, size in enumerate(sizes)]


@st.composite
def furnished_corpora(draw: st.DrawFn) -> list[tuple[str | None, str]]:
    """Articles (domain, text): stories between headers and footers of their domain; stories repeat, whole or edited;
    some furniture stands on several domains; text with line breaks or without."""
    pages: list[tuple[str | None, str]] = []
    for domain in draw(st.lists(st.sampled_from(["a.example", "b.example", "c.example", None]), max_size=3)):
        here = domain if draw(st.booleans()) else "everywhere"
        head = sentences_of(f"head of {here}", draw(st.lists(st.integers(1, 20), max_size=4)))
        foot = sentences_of(f"foot of {here}", draw(st.lists(st.integers(1, 40), max_size=5)))
        stories = draw(st.integers(1, 16))
        broken = draw(st.booleans())
        for i in range(draw(st.integers(1, 18))):
            story = draw(st.integers(0, stories - 1))
            body = sentences_of(f"story {story}", [14, 9, 25, 6, 12, 18][: draw(st.integers(1, 6))])
            if draw(st.integers(0, 3)) == 0:
                body[draw(st.integers(0, len(body) - 1))] = sentences_of(f"edit {domain} {i}", [11])[0]
            if foot and draw(st.integers(0, 3)) == 0:
                foot = [*foot[:1], *sentences_of(f"headline {i}", [draw(st.integers(4, 17))]), *foot[1:]]
            parts = [*head[draw(st.integers(0, 1)) :], *body, *foot]
            pages.append((domain, ("\n" if broken else " ").join(parts)))
    return draw(st.permutations(pages))
