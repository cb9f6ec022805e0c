"""Undo a wrong encoding: UTF-8 that was read as a one-byte encoding, and legacy encodings read as Latin-1 and others.

UTF-8 proves itself: a line is repaired where nearly all of its characters beyond ASCII are whole sequences of UTF-8
under one codec. A legacy encoding proves nothing, so it is tried only where a text is in letters no language writes so,
and its result must look like the language: the commonest characters of the script make up most of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dedup.text.repair.codecs import MISREADERS, as_bytes, encode
from dedup.text.repair.edits import Step, put_in, substitute

_LINE = re.compile(r"[^\n]+")
_WIDE = re.compile(r"[^\x00-\x7f]")
#: A well-formed sequence of UTF-8 as characters (Unicode, table 3-7: no surrogates, none beyond U+10FFFF); a no-break
#: space among its bytes may have become a space.
_SEQUENCE = re.compile(
    r"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    r"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_SPACED = re.compile(_SEQUENCE.pattern + r"|[\xc3\xd0\xd1] (?=[^\W\d_]|[ ,.;:])")
#: Of a line's characters beyond ASCII at least this share, in percent, are sequences.
_SHARE = 80
#: First bytes of letters that are rare (Latin Extended-B, phonetic letters, Thaana, unassigned planes): of two codecs
#: the one that gives fewer of them is right.
_RARE = frozenset("\xc6\xc7\xc8\xc9\xca\xcb\xcc\xcd\xde\xdf\xf1\xf2\xf3\xf4")
#: How often UTF-8 may have been misread one after the other.
_ROUNDS = 3
#: C1 control characters, which no text has: cp1252 read as Latin-1. U+0085 alone may be a line break; beside others it
#: is the ellipsis of cp1252.
_CONTROLS, _ALL_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]"), re.compile("[\x80-\x9f]")


def repair_encoding(text: str) -> tuple[str, list[Step], list[str]]:
    """Return a text with wrong encodings undone, the steps, and the kinds of repair."""
    steps: list[Step] = []
    for _ in range(_ROUNDS):
        text, step = _from_utf8(text)
        if step is None:
            break
        steps.append(step)
    if not steps:
        after = _from_legacy(text) or _from_mac(text)
        if after is not None:
            steps.append(Step((0, len(after)), (0, len(text))))
            text = after
    if _CONTROLS.search(text):
        text, step = substitute(_ALL_CONTROLS, lambda m: m[0].encode("latin-1").decode("cp1252", "ignore"), text)
        if step is not None:
            steps.append(step)
    return text, steps, ["encoding"] if steps else []


def _from_utf8(text: str) -> tuple[str, Step | None]:
    """Return a text with those lines repaired that are UTF-8 under the codec that explains most of the text."""
    best, best_codec = 0, ""
    for codec in MISREADERS:
        count = sum(_sequences(line, codec) for line in text.split("\n"))
        if count > best:
            best, best_codec = count, codec
    if best < 5 and not _is_certain(text):
        return text, None
    if not best_codec:
        return text, None

    return put_in(text, _sequence_parts(text, best_codec))


def _sequence_parts(text: str, codec: str) -> Iterator[tuple[int, int, str]]:
    """Yield the sequences of UTF-8 in the lines that are made of them as (begin, end, character)."""
    for match in _LINE.finditer(text):
        line = match[0]
        if not _sequences(line, codec):
            continue
        raw = encode(line, codec)
        for sequence in _SPACED.finditer(raw):
            value = sequence[0].replace(" ", "\xa0").encode("latin-1").decode()
            yield match.start() + sequence.start(), match.start() + sequence.end(), value


def _is_certain(text: str) -> bool:
    """Return whether a single sequence will do: a control character, or a mark that stands for one quotation mark."""
    return bool(_CONTROLS.search(text)) or "â€" in text or "Ã" in text


def _sequences(line: str, codec: str) -> int:
    """Return a number that grows with the UTF-8 sequences of a line under a codec.

    It is 0 if these are not nearly all that is not ASCII, and small if they are rare letters.
    """
    if line.isascii():
        return 0
    raw = encode(line, codec)
    sequences = _SEQUENCE.findall(raw)
    coverage = sum(map(len, sequences))
    # `Ã ` for à: the no-break space became a space.
    coverage += len(re.findall(r"[\xc3\xd0\xd1] ", raw)) if sequences else 0
    if 100 * coverage < _SHARE * len(_WIDE.findall(raw)):
        return 0
    return 1 + 2 * sum(sequence[0] not in _RARE for sequence in sequences)


@dataclass(frozen=True)
class _Legacy:
    """A legacy encoding: the codec, its letters, the commonest of them, and their least share in percent of letters."""

    codec: str
    letters: re.Pattern[str]
    common: frozenset[str]
    share: int


def _legacy(codec: str, letters: str, common: str, share: int) -> _Legacy:
    return _Legacy(codec, re.compile(f"[{letters}]"), frozenset(common), share)


#: The commonest characters of each script (letter frequencies of running text; of Chinese, Japanese and Korean the
#: commonest characters) make up this share of it or more; read by a wrong codec they make up half as much.
_CYRILLIC, _LOWER = "\u0400-\u045f\u0490\u0491", "оеаинтсрвлкмд"
_LEGACY = (
    _legacy("cp1251", _CYRILLIC, _LOWER, 60),
    _legacy("koi8_r", _CYRILLIC, _LOWER, 60),
    _legacy("koi8_u", _CYRILLIC, _LOWER, 60),
    _legacy("mac_cyrillic", _CYRILLIC, _LOWER, 60),
    _legacy("cp866", _CYRILLIC, _LOWER, 60),
    _legacy("cp1253", "\u0386-\u03ce", "αοιεντσυρηπκςίόά", 60),
    _legacy("cp1255", "\u05d0-\u05ea", "יוהלארתבשמ", 55),
    _legacy("cp1256", "\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc", "اليمونرتبةعدسف", 60),
    _legacy("cp874", "\u0e01-\u0e4e", "านรอกเงมยลวดทสตะ่้ปบหคจแพ", 55),
    _legacy("cp932", "\u3041-\u30ff\u4e00-\u9fff", "のにはをたがでてとしれさいるなもかっこうりら", 25),
    _legacy("euc_jp", "\u3041-\u30ff\u4e00-\u9fff", "のにはをたがでてとしれさいるなもかっこうりら", 25),
    _legacy("gb18030", "\u4e00-\u9fff", "的一是不了在人有我他这中大来上个国和为年时到出会地生市", 7),
    _legacy("big5", "\u4e00-\u9fff", "的一是不了在人有我他這中大來上個國和為年時到出會地生市", 7),
    _legacy("cp949", "\uac00-\ud7a3", "이다는을에의가고한를로은하기지사도서인해자시", 18),
)
_LATIN_UPPER = re.compile("[\x80-\xff‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]")
_INVERTED = re.compile(r"(?<![^\W_])[а-яё]?[А-ЯЁ]{2,}(?![^\W_])")
_WORD = re.compile(r"[^\W\d_]{2,}")


def _from_legacy(text: str) -> str | None:
    """Return a text in its legacy encoding, or None."""
    wide = len(_WIDE.findall(text))
    signs = len(text) - sum(map(str.isspace, text))
    if 100 * len(_LATIN_UPPER.findall(text)) >= 45 * signs and wide >= 20:
        reader = "cp1252"
    elif wide >= 20 and 2 * len(_INVERTED.findall(text)) > len(_WORD.findall(text)):
        reader = "cp1251"
    else:
        return None
    raw = as_bytes(text, reader)
    if raw is None:
        return None
    best, best_score = None, 0
    for legacy in _LEGACY:
        if legacy.codec == reader:
            continue
        try:
            after = raw.decode(legacy.codec)
        except UnicodeDecodeError:
            continue
        score = _score(after, legacy)
        if score > best_score:
            best, best_score = after, score
    return best


def _score(text: str, legacy: _Legacy) -> int:
    """Return how far a text is above what the language of its encoding asks for; 0 if below."""
    wide = len(_WIDE.findall(text))
    letters = legacy.letters.findall(text)
    if 100 * len(letters) < 85 * wide or not letters:
        return 0
    common = sum(letter in legacy.common for letter in letters)
    if 100 * common < legacy.share * len(letters):
        return 0
    # Of two codecs with the same common letters the one with fewer other signs is right.
    return 100000 * common // (legacy.share * wide) + 1000 * len(letters) // wide


@dataclass(frozen=True)
class _Sister:
    """Two encodings of one script that differ in few letters.

    wrong: letters that the text has only if misread, of which each of `needed` groups has one; never: letters that a
    sound text in a language with these letters would have.
    """

    codec: str
    reader: str
    wrong: str
    needed: tuple[str, ...]
    never: str


#: In Icelandic ð þ ý stand beside á í ú æ; in French and Italian è ì ò ù are without ý š ž ø.
_SISTERS = (
    _Sister("cp1254", "cp1252", "ðþýÐÞÝ", ("ðþÞ", "ýÝþ", "üöçÜÖÇ"), "áíóúæÁÍÓÚÆãõ"),
    _Sister("cp1250", "cp1252", "øèìùòïØÈÌÙÒÏ", ("ø", "ìè", "ýšžíá"), "àçëæåöäÀ"),
    _Sister("cp1250", "cp1252", "¹ê³ñœ¿Ÿæ¥Ê£ÑŒ¯", ("³", "¹¿œ", "êæ"), "àâçèíáúäö"),
)
#: Signs of Mac Roman that stand within words where cp1252 has ä, ö, ü, ø and Æ.
_MAC_SIGN = re.compile(r"[^\W\d_][‰ˆ¸¯∆][^\W\d_]")


def repair_sister(text: str) -> tuple[str, list[Step], list[str]]:
    """Return a text whose few letters beyond ASCII are of a sister encoding put right, the steps, and the kinds."""
    after = _from_sister(text)
    if after is None:
        return text, [], []
    return after, [Step((0, len(after)), (0, len(text)))], ["encoding"]


def _from_sister(text: str) -> str | None:
    """Return a text whose few letters beyond ASCII were read by an encoding of another language, or None."""
    letters = set(text)
    for sister in _SISTERS:
        if all(letters.intersection(group) for group in sister.needed) and not letters.intersection(sister.never):
            table = {}
            for char in sister.wrong:
                raw = as_bytes(char, sister.reader)
                if raw is not None:
                    table[ord(char)] = raw.decode(sister.codec)
            return text.translate(table)
    return None


def _from_mac(text: str) -> str | None:
    """Return a text in cp1252 that was read as Mac Roman, or None."""
    if len(_MAC_SIGN.findall(text)) >= 2:
        raw = as_bytes(text, "mac_roman")
        after = raw.decode("cp1252", "replace") if raw is not None else None
        if after is not None and "\ufffd" not in after and not _MAC_SIGN.search(after) and not _CONTROLS.search(after):
            return after
    return None
