"""The slow, obvious way to the numbers that the kernels compute: the shingle specification and what is built on it.

Written from the specification (docs/shingles.md), with `unicodedata`, `xxhash` and `datasketch` alone. Only under
another Unicode version than the pinned one is the shipped table read, for then `unicodedata` says something else. The
tables of letters that Unicode's decompositions do not hold are those of tools/fold.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import combinations, pairwise, takewhile
from pathlib import Path

import xxhash
from datasketch import MinHash

UNICODE_VERSION = "14.0.0"
APOSTROPHES = "'\u2018\u2019\u02bc"  # others fold to the first or the last
#: Names of letters and numbers of scripts without spaces: Han, Kana, Thai, Lao, Khmer, Myanmar, Hangul syllables.
WITHOUT_SPACES = re.compile(
    r"(CJK|KANGXI|HANGZHOU|HIRAGANA|KATAKANA|HENTAIGANA|THAI|LAO|KHMER|MYANMAR|HANGUL SYLLABLE)\b"
    r"|(VERTICAL )?IDEOGRAPHIC (?!CLOSING|TALLY)"
)
COMPOSED = re.compile("[\uac00-\ud7a3\u3040-\u30ff\u31f0-\u31ff]")
NORMALISED_FIRST = re.compile("[\u1100-\u11ff\u3099\u309a\uff61-\uff9f]")
#: Default_Ignorable_Code_Point beside category Cf, and the blank of Braille.
IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
LATIN_LETTER = "(?![\u00d7\u00f7])[a-zA-Z\u00c0-\u024f]"
LOOKALIKE_SCRIPT = r"(?!\W)[\u0370-\u058f\u13a0-\u13ff\u2c80-\u2cff]"
MIXED = re.compile(f"{LATIN_LETTER}{LOOKALIKE_SCRIPT}|{LOOKALIKE_SCRIPT}{LATIN_LETTER}")
ROOT = Path(__file__).parents[1]


# -- lines --------------------------------------------------------------------------------------------------------

#: Characters that end a line beside the line feed.
LINE_BREAKS = "\r\v\f\x85\u2028\u2029"


def with_line_feeds(text: str) -> str:
    """A text with a line feed for every character that ends a line which no line feed ends."""
    after = list(text)
    for at, char in enumerate(text):
        if char in LINE_BREAKS:
            before = "".join(takewhile(str.isspace, reversed(text[:at])))
            behind = "".join(takewhile(str.isspace, text[at + 1 :]))
            if "\n" not in before + behind and not (char == "\x85" and is_ellipsis(text, at)):
                after[at] = "\n"
    return "".join(after)


def is_ellipsis(text: str, at: int) -> bool:
    """Whether U+0085 stands in place of three full stops: behind an opening bracket, or as the end of a word."""
    last, following = text[at - 1 : at], text[at + 1 : at + 2]
    return last in ("(", "[") or (last.isalnum() and following in ("", " ", "\xa0", ")", "]"))


# -- rule 1: folding ----------------------------------------------------------------------------------------------


def kind_of(char: str) -> str:
    """Of a folded character: L letter or N number, S one that is a token alone, M mark, or nothing."""
    major = unicodedata.category(char)[0]
    if major in "LN" and WITHOUT_SPACES.match(unicodedata.name(char, "")):
        return "S"
    return major if major in "LNM" else ""


@cache
def fold(char: str, language: str = "") -> tuple[tuple[str, str], ...]:
    """What one code point of a text in a language of alphabets.json becomes: characters, each with its kind."""
    if unicodedata.unidata_version != UNICODE_VERSION:
        return _fold_by_table(char, language)
    if language and char.lower() in alphabets()[language]["letters"]:
        forms = alphabets()[language]["letters"][char.lower()]
    elif char in tables():
        forms = tables()[char]
    else:
        if not COMPOSED.match(char):
            char = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
        forms = "".join(form_of(c) for c in char if not deleted(c))
    return tuple((c, kind_of(c)) for c in forms)


def language_of(text: str) -> str:
    """The language of a text in Cyrillic letters that is written in Latin ones too, by letters that others lack."""
    low = text.lower()
    if low.count("ҹ") + low.count("ҝ") > 1:
        return "azerbaijani"
    if low.count("ұ") > 1:
        return "kazakh"
    return "uzbek" if "ў" in low and any(c in low for c in "ҳқғ") else ""


def deleted(char: str) -> bool:
    category = unicodedata.category(char)
    is_mark = category[0] == "M" and ord(char) < 0x700
    return category == "Cf" or char == "\u0640" or is_mark or IGNORED.match(char) is not None


def form_of(char: str) -> str:
    """The form of a decomposed character by the tables beside Unicode's."""
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.digit(char))
    if char in tables():
        return tables()[char]
    base = re.fullmatch("LATIN (CAPITAL|SMALL) LETTER ([A-Z]) WITH .+", unicodedata.name(char, ""))
    return base[2].lower() if base else char


@cache
def lookalikes() -> dict[str, str]:
    lines = (ROOT / "dedup/text/lookalikes.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@cache
def alphabets() -> dict[str, dict[str, dict[str, str]]]:
    return json.loads((ROOT / "tools/fold/alphabets.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def tables() -> dict[str, str]:
    forms = {c: form.lower() for c, form in lookalikes().items() if unicodedata.name(c).startswith("LATIN")}
    forms.update(line.split("\t") for line in (ROOT / "tools/fold/han.tsv").read_text(encoding="utf-8").splitlines())
    for group in json.loads((ROOT / "tools/fold/letters.json").read_text(encoding="utf-8")).values():
        forms.update(group["letters"])
    return forms


def unmixed(text: str) -> str:
    """A text whose words of mixed script have their look-alike letters put right."""
    return "".join(unmixed_word(piece) for piece in re.split(r"([^\W_]+)", text))


def unmixed_word(word: str) -> str:
    if not MIXED.search(word):
        return word
    latins = [c for c in word if re.match(LATIN_LETTER, c)]
    others = [c for c in word if re.match(LOOKALIKE_SCRIPT, c)]
    low, high = ("\u0400", "\u0460") if any("\u0400" <= c < "\u0530" for c in others) else ("\u0386", "\u03cf")
    back = {form: c for c, form in sorted(lookalikes().items(), reverse=True) if low <= c < high}
    to_latin = all(c in lookalikes() for c in others)
    to_other = all(c in back for c in latins)
    if to_latin and (not to_other or len(latins) >= len(others)):
        return "".join(lookalikes()[c] if c in others else c for c in word)
    return "".join(back.get(c, c) for c in word) if to_other else word


def _fold_by_table(char: str, language: str) -> tuple[tuple[str, str], ...]:
    from dedup.text.folding import ALPHABETS, load

    kinds = ["", "L", "N", "M", "S", "", "L"]
    table, code = load(), ord(char)
    entry = int(table.pages[table.index[["", *ALPHABETS].index(language), code >> 8], code & 255])
    if entry <= 0:
        return ((char, kinds[-entry]),)
    pool = range(int(table.start[entry >> 1]), int(table.start[(entry >> 1) + 1]))
    return tuple((chr(table.code[i]), kinds[table.kind[i]]) for i in pool)


def folded(text: str, language: str | None = None) -> list[tuple[str, str]]:
    """The folded characters of a text with their kinds, without apostrophes that vanish.

    language: that of the normalised text of which this is a part.
    """
    if NORMALISED_FIRST.search(text):
        text = unicodedata.normalize("NFKC", text)
    text = without_arabic_joiners(unmixed(text) if language is None else text)
    language = language_of(text) if language is None else language
    chars = [piece for char in text for piece in fold(char, language)]
    word = [kind in ("L", "N", "S") for _, kind in chars]
    return [
        piece
        for i, piece in enumerate(chars)
        if not (piece[0] in APOSTROPHES and 0 < i < len(chars) - 1 and word[i - 1] and word[i + 1])
    ]


def without_arabic_joiners(text: str) -> str:
    """A text in which a space stands for U+200C after an Arabic letter."""
    out: list[str] = []
    before = ""
    for char in text:
        out.append(" " if char == "\u200c" and ARABIC.match(before) else char)
        if fold(char):
            before = char
    return "".join(out)


# -- rules 2 to 6 -------------------------------------------------------------------------------------------------


def tokens(text: str) -> tuple[list[str], int]:
    """The tokens of a text, and how many of them are characters of scripts without spaces."""
    found: list[str] = []
    single = 0
    before = ""  # "run": a run of letters is open; "S": a single character is, which only marks may follow
    for char, kind in folded(text):
        if kind == "":
            before = ""
        elif kind == "S":
            found.append(char)
            single += 1
            before = "S"
        elif (kind == "M" and before) or before == "run":
            found[-1] += char
        else:
            found.append(char)
            before = "run"
    return [without_doubles(word) for word in found], single


def without_doubles(word: str) -> str:
    """A word with a, o and u for ae, oe, ue and aa, the spellings of ä, ö, ü and å in 7 bits."""
    return re.sub("a[ae]+", "a", re.sub("([ou])e+", r"\1", word))


def shingle_size(text: str, k: int) -> int:
    words, single = tokens(text)
    return 2 * k if 2 * single > len(words) else k


def shingles(words: Sequence[str], k: int) -> list[str]:
    if len(words) < 8:
        return []
    return [" ".join(words[i : i + k]) for i in range(max(1, len(words) - k + 1))]


def shingle_ids(text: str, k: int = 5) -> list[int]:
    words, _ = tokens(text)
    return [xxhash.xxh64_intdigest(s.encode()) for s in shingles(words, shingle_size(text, k))]


def minhash(ids: Iterable[int], num_perm: int = 128, seed: int = 1) -> MinHash:
    made = MinHash(num_perm, seed, scheme="affine32", hashfunc=lambda i: i & 0xFFFFFFFF)
    made.update_batch(list(ids))
    return made


def fingerprint(words: Sequence[str]) -> int:
    return xxhash.xxh3_128_intdigest(" ".join(words).encode())


def passages(ids: Iterable[int], rate: int) -> list[int]:
    """Keys of the sampled shingles."""
    return [i & 0xFFFFFFFF for i in ids if (i >> 32) % rate == 0]


# -- candidates ---------------------------------------------------------------------------------------------------


def group_identical(bodies: Sequence[tuple[int, int]]) -> list[int]:
    """Representatives of bodies (fingerprint, tokens)."""
    first: dict[int, int] = {}
    return [first.setdefault(mark, rank) if count >= 8 else -1 for rank, (mark, count) in enumerate(bodies)]


#: For every body its place in the order of representatives, and in that of neighbours.
Ranking = tuple[Sequence[int], Sequence[int]]


def _paired(members: Sequence[int], cap: int, few: int, ranking: Ranking) -> set[tuple[int, int]]:
    if len(members) <= cap:
        return set(combinations(members, 2))
    representative, neighbour = ranking
    chosen = sorted(members, key=lambda m: representative[m])[:few]
    some = {(min(a, b), max(a, b)) for a in chosen for b in members if a != b}
    row = sorted(members, key=lambda m: neighbour[m])
    return some | {(min(a, b), max(a, b)) for a, b in pairwise(row)}


def join_postings(
    rows: Iterable[tuple[int, int]], cap: int, few: int, ranking: Ranking
) -> tuple[list[tuple[int, int]], int]:
    """Pairs of bodies with a common key (key, body), once for every key, and the number of over-full keys.

    All bodies of a key are paired, in an over-full one all with a few, with none where `few` is 0.
    """
    keys: dict[int, set[int]] = defaultdict(set)
    for key, body in rows:
        keys[key].add(body)
    over = sum(len(bodies) > cap for bodies in keys.values())
    return sorted(
        pair
        for bodies in keys.values()
        if few or len(bodies) <= cap
        for pair in _paired(sorted(bodies), cap, few, ranking)
    ), over


def passage_pairs(
    rows: Iterable[tuple[int, int]], sizes: Sequence[int], cap: int, few: int, ranking: Ranking, short: int
) -> list[tuple[int, int]]:
    """Pairs that meet in two passages; in one, where a body has fewer than `short` shingles."""
    met = Counter(join_postings(rows, cap, few, ranking)[0])
    return sorted(pair for pair, times in met.items() if times > 1 or min(sizes[r] for r in pair) < short)


# -- comparison ---------------------------------------------------------------------------------------------------

#: A word as comparison sees it: token, stands in quotation marks.
Word = tuple[str, bool]
#: Bodies of fewer words are short.
SHORT = 150
#: Of the words that mean numbers, scales and ranges, some.
NUMBER_WORDS = {"two": 2, "six": 6, "twelve": 12, "twenty": 20}
SCALES = {"thousand": 1000, "million": 10**6, "万": 10**4, "千": 1000}
JOINERS = {"a", "and", "to"}


def compare(a: Sequence[Word], b: Sequence[Word], k: int = 5) -> dict[str, int]:
    """The columns of a comparison that sets and loops can tell."""
    first_a, first_b = _first_places(a, k), _first_places(b, k)
    shared = first_a.keys() & first_b.keys()
    numbers_a, numbers_b = (set(numbers([w for w, _ in words])) for words in (a, b))
    return {
        "shared": len(shared),
        "size_a": len(first_a),
        "size_b": len(first_b),
        "length_a": len(a),
        "length_b": len(b),
        "plain": sum(not (a[first_a[s]][1] and b[first_b[s]][1]) for s in shared),
        "run": longest_run([w for w, _ in a], [w for w, _ in b]) if shared else 0,
        "numbers_a": len(numbers_a),
        "numbers_b": len(numbers_b),
        "numbers": len(numbers_a & numbers_b),
        **{f"amounts{side}": n for side, n in _amounts([w for w, _ in a], [w for w, _ in b]).items()},
        "covered_a": _covered(a, shared, k),
        "covered_b": _covered(b, shared, k),
    }


def _amounts(a: Sequence[str], b: Sequence[str]) -> dict[str, int]:
    """Distinct runs of numbers, in digits or letters; nothing of two long bodies."""
    if min(len(a), len(b)) >= SHORT:
        return {"_a": 0, "_b": 0, "": 0}
    of_a, of_b = (set(amounts(words)) for words in (a, b))
    return {"_a": len(of_a), "_b": len(of_b), "": len(of_a & of_b)}


#: A number: its value, or a word of digits and letters.
Number = int | str


def _is_digits(word: str) -> bool:
    return word.isdecimal() and len(word) <= 7


def _digits_at(words: Sequence[str], i: int) -> tuple[Number, int]:
    """The number in digits at word i and the place after it: 12 50 000 and 1 208 are one."""
    if not _is_digits(words[i]):
        return words[i], i + 1
    sizes = [len(word) for word in takewhile(_is_digits, words[i : i + 6])]
    is_first = i == 0 or not words[i - 1][0].isdecimal()
    twos = sum(1 for _ in takewhile(lambda size: size == 2, sizes[1:5]))
    if is_first and sizes[0] <= 2 and twos and sizes[1 + twos : 2 + twos] == [3]:
        return int("".join(words[i : i + twos + 2])), i + twos + 2
    if is_first and sizes[:2] == [1, 3] and sizes[2:3] != [3]:
        return int("".join(words[i : i + 2])), i + 2
    return int(words[i]), i + 1


def number_at(words: Sequence[str], i: int) -> tuple[Number, int]:
    """The number at word i, in digits or letters, and the place after it."""
    if words[i][0].isdecimal():
        value, end = _digits_at(words, i)
    else:
        value, end = NUMBER_WORDS[words[i]], i + 1
        if value == 20 and end < len(words) and NUMBER_WORDS.get(words[end], 10) < 10:
            value, end = value + NUMBER_WORDS[words[end]], end + 1
    scale = SCALES.get(words[end]) if end < len(words) else None
    if isinstance(value, str) or (i > 0 and words[i - 1][0].isdecimal()) or scale is None or value > 999_999:
        return value, end
    value, end = value * scale, end + 1
    while end < len(words) and _is_digits(words[end]):
        own = SCALES.get(words[end + 1], 1) if end + 1 < len(words) else 1
        if int(words[end]) * own >= scale:
            break
        value, end, scale = value + int(words[end]) * own, end + 1 + (own > 1), own
    return value, end


def numbers(words: Sequence[str]) -> list[Number]:
    """The numbers in digits of a body; of five digits or more, their groups of three."""
    found: list[Number] = []
    i = 0
    while i < len(words):
        if not words[i][0].isdecimal():
            i += 1
            continue
        value, i = number_at(words, i)
        if isinstance(value, int) and value >= 10_000:
            found.extend(int(group) for group in f"{value:,}".split(","))
        else:
            found.append(value)
    return found


def amounts(words: Sequence[str]) -> list[str]:
    """The runs of numbers of a body, in digits or letters, as all their digits; a word between two ends of a range does
    not break one."""

    def is_amount(i: int) -> bool:
        return i < len(words) and (words[i][0].isdecimal() or words[i] in NUMBER_WORDS)

    found: list[str] = []
    i, inside = 0, False
    while i < len(words):
        if is_amount(i):
            value, after = number_at(words, i)
            digits = words[i] if after == i + 1 and words[i].isdecimal() else str(value)
            found[-1:] = [found[-1] + digits] if inside else [*found[-1:], digits]
            i, inside = after, True
        else:
            inside = inside and words[i] in JOINERS and is_amount(i + 1)
            i += 1
    # Leading zeros of a run do not count, those within it do.
    return [run.lstrip("0") or "0" for run in found]


def _windows(words: Sequence[Word], k: int) -> list[tuple[str, ...]]:
    if len(words) < 8:
        return []
    return [tuple(w for w, _ in words[i : i + k]) for i in range(max(1, len(words) - k + 1))]


def _first_places(words: Sequence[Word], k: int) -> dict[tuple[str, ...], int]:
    places: dict[tuple[str, ...], int] = {}
    for i, shingle in enumerate(_windows(words, k)):
        places.setdefault(shingle, i)
    return places


def _covered(words: Sequence[Word], shared: Collection[tuple[str, ...]], k: int) -> int:
    """Words that lie in a shared shingle."""
    return len({i + j for i, s in enumerate(_windows(words, k)) if s in shared for j in range(len(s))})


def longest_run(a: Sequence[str], b: Sequence[str]) -> int:
    """The longest common run of words."""
    best = 0
    above = [0] * (len(b) + 1)
    for x in a:
        row = [0]
        for j, y in enumerate(b):
            row.append(above[j] + 1 if x == y else 0)
        best = max(best, *row)
        above = row
    return best


def common_subsequence(a: Sequence[str], b: Sequence[str]) -> int:
    """The length of a longest common subsequence: no alignment in order can have more words."""
    above = [0] * (len(b) + 1)
    for x in a:
        row = [0]
        for j, y in enumerate(b):
            row.append(above[j] + 1 if x == y else max(row[j], above[j + 1]))
        above = row
    return above[-1]


# -- clusters -----------------------------------------------------------------------------------------------------


def broken_rules(clusters: Sequence[Sequence[int]], joined: Collection[tuple[int, int]]) -> list[str]:
    """What is wrong with clusters (core first) under the pairs (a < b) that may stand in one cluster."""
    wrong = []
    members = [m for cluster in clusters for m in cluster]
    if len(members) != len(set(members)):
        wrong.append("a body stands in two clusters")
    for core, *others in clusters:
        if not others:
            wrong.append(f"cluster of one: {core}")
        if others != sorted(others):
            wrong.append(f"not ascending: {others}")
        wrong += [
            f"{m} is not verified against core {core}" for m in others if (min(m, core), max(m, core)) not in joined
        ]
    return wrong
