"""Copies of texts that lost letters are found by pairs of words: against sets, and in a whole scan."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.candidates.find import SearchResult
from dedup.candidates.gapped import KEY_SHARE, LEAST_KEYS, REACH, add_gapped_pairs, gapped_keys
from dedup.candidates.search import Candidates
from dedup.text.token_kernel import LOST_WORD

NONE = np.zeros(0, np.int64)
bodies = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=8, max_size=40)


def words(body: list[tuple[int, bool]]) -> np.ndarray:
    return np.array([x * 7919 | (int(LOST_WORD) if lost else 0) for x, lost in body], np.uint32)


def key_set(body: list[tuple[int, bool]]) -> set[tuple[int, int, int]]:
    """The keys of a body by their words."""
    return {
        (body[i][0], body[i + apart][0], apart)
        for apart in range(1, REACH + 1)
        for i in range(len(body) - apart)
        if not body[i][1] and not body[i + apart][1]
    }


def found(lists: list[list[tuple[int, bool]]]) -> set[tuple[int, int]]:
    arrays = [words(body) for body in lists]
    length = np.array([len(body) for body in arrays])
    first = np.cumsum(length) - length
    search = SearchResult(np.arange(len(lists)), None, Candidates(NONE, NONE, 0, 0))
    result = add_gapped_pairs(
        search, lambda ranks: [(np.concatenate(arrays), np.arange(len(ranks)), first[ranks], length[ranks])]
    ).candidates
    return set(zip(result.a.tolist(), result.b.tolist(), strict=True))


@given(bodies)
def test_keys_equal_the_reference(body: list[tuple[int, bool]]) -> None:
    keys = gapped_keys(words(body))
    assert len(keys) == len(key_set(body))
    assert (keys[1:] > keys[:-1]).all()


@given(st.lists(bodies, min_size=1, max_size=5))
def test_pairs_equal_the_reference(lists: list[list[tuple[int, bool]]]) -> None:
    """With so few keys all are looked up."""
    expected = set()
    for d, body in enumerate(lists):
        if not any(lost for _, lost in body) or len(key_set(body)) > 64:
            continue
        for i, other in enumerate(lists):
            could = min(len(key_set(body)), REACH * len(other))
            shared = len(key_set(body) & key_set(other))
            if i != d and shared >= LEAST_KEYS and 1000 * shared >= KEY_SHARE * could:
                expected.add((min(i, d), max(i, d)))
    few = {d for d, body in enumerate(lists) if len(key_set(body)) <= 64}
    assert {pair for pair in found(lists) if few.issuperset(pair)} == {p for p in expected if few.issuperset(p)}


TURKISH = (
    "Kırklareli'nin merkezinde 22 yıldır boş duran un fabrikası, belediyenin kararıyla halk kütüphanesine"
    " dönüştürülecek. Çalışmalar eylülde başlayacak, 1.150 metrekarelik binada 70 bin kitap ile çocuklar için ayrı bir"
    " okuma salonu bulunacak. Belediye Başkanı Işıl Güneş, binanın 1954'te açıldığını, eski değirmen taşlarının girişte"
    " sergileneceğini söyledi. Bütçe 96 milyon lira, bunun yarısı kalkınma ajansından karşılanacak."
)
OTHERS = [
    "Van Gölü'nde yaşayan inci kefalinin tatlı sulara göçü bu yıl on gün erken başladı. Balıklar Deli Çay'da akıntıya"
    " karşı sıçrayarak ilerliyor. Avlanma yasağı 15 Temmuz'a kadar sürecek, dört kişiye ceza kesildi.",
    "Edirne'de eski gar binası müze olacak. Belediye meclisi kararı dün aldı, işler baharda başlayacak, iki yıl"
    " sürecek. Proje için 40 milyon lira ayrıldı, bunun bir bölümü devletten gelecek, dedi belediye sözcüsü dün.",
]


@pytest.mark.parametrize("mark", ["\ufffd", "?"])
@pytest.mark.parametrize("window", [None, 2.0])
def test_a_scan_finds_the_sound_copy_and_keeps_it(mark: str, window: float | None) -> None:
    damaged = "".join(mark if ord(char) > 127 and char.isalpha() else char for char in TURKISH)
    texts = [damaged, *OTHERS, TURKISH]
    rows = [{"id": f"a{i}", "text": text, "published": f"2026-03-0{i + 1}T08:00:00Z"} for i, text in enumerate(texts)]
    expected = [] if window == 2.0 else [("a0", "a3", "near_copy")]
    for articles in (rows, rows[::-1]):
        with dedup.scan(articles, window=window) as result:
            assert [(pair.a, pair.b, str(pair.relation)) for pair in result.pairs] == expected
            assert [cluster.canonical.id for cluster in result.clusters] == ["a3"] * len(expected)
            assert result.summary["counts"]["repaired_by_kind"] == {"letters": 1}
