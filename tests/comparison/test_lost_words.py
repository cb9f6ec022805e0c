"""Words that lost letters are read as the other body of the pair has them, where both agree around them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.comparison.lost_words import restore_kernel
from dedup.text.token_kernel import LOST_WORD, is_lost
from dedup.text.tokens import CAPITAL, DIGIT, WORD_HASH

SOUND = (
    "Die Sparkasse Oberweser schließt bis Ende September elf ihrer 34 Filialen. Betroffen sind kleine Orte im Süden des"
    " Landkreises, in denen zuletzt nur noch an zwei Vormittagen geöffnet war, wie der Vorstand am Mittwoch in Höxter"
    " mitteilte. Für die rund 2.100 Kunden fährt künftig dreimal wöchentlich ein Bus mit Schalter und Geldautomat über"
    " die Dörfer. Kündigungen soll es nicht geben; die 58 Beschäftigten wechseln nach Höxter und Beverungen."
)
DAMAGED = "".join("\ufffd" if char in "äöüßÄÖÜ" else char for char in SOUND)


def word(number: int) -> int:
    return number * 7919 % int(LOST_WORD)


def restored(damaged: list[int], sound: list[int]) -> list[int]:
    out = np.empty(len(damaged), np.uint32)
    restore_kernel(np.array(damaged, np.uint32), np.array(sound, np.uint32), out)
    return out.tolist()


@given(st.lists(st.booleans(), min_size=6, max_size=60))
def test_all_words_of_a_copy_are_restored(kept: list[bool]) -> None:
    """At least half of the words are sound, so that no run of lost ones is longer than what is restored."""
    kept = [*kept, *[True] * len(kept)]
    sound = [word(i + 1) for i in range(len(kept))]
    damaged = [w if keep else w | int(LOST_WORD) for w, keep in zip(sound, kept, strict=True)]
    out = restored(damaged, sound)
    run = 0
    for i, keep in enumerate([*kept, True]):
        if keep:
            if run <= 16:
                assert out[i - run : i] == sound[i - run : i]
            run = 0
        else:
            run += 1
    assert restored(sound, sound) == sound


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9)), st.data())
def test_only_lost_words_change_and_only_to_words_of_the_other(a: list[int], b: list[int], data: st.DataObject) -> None:
    lost = data.draw(st.lists(st.booleans(), min_size=len(a), max_size=len(a)))
    damaged = [word(x) | (int(LOST_WORD | CAPITAL) if gone else 0) for x, gone in zip(a, lost, strict=True)]
    sound = [word(x) | (int(DIGIT) if x < 3 else 0) for x in b]
    names = {w & int(WORD_HASH) for w in sound if not w & int(DIGIT)}
    for before, after in zip(damaged, restored(damaged, sound), strict=True):
        if before != after:
            assert is_lost(np.uint32(before))
            assert after in names


def test_a_damaged_copy_is_a_near_copy_and_knows_what_it_shares() -> None:
    match = dedup.compare(DAMAGED, SOUND)
    assert match is not None
    assert str(match.relation) == "near_copy"
    assert [SOUND[p.b_start : p.b_end] for p in match.passages] == [SOUND[:-1]]
    assert [DAMAGED[p.a_start : p.a_end] for p in match.passages] == [DAMAGED[:-1]]
    other = dedup.compare(SOUND, DAMAGED)
    assert other is not None
    assert (other.a_in_b, other.longest_run) == (match.b_in_a, match.longest_run)


@pytest.mark.parametrize(("old", "new"), [("34", "43"), ("58", "85"), ("elf", "zwei")])
def test_what_was_not_lost_still_differs(old: str, new: str) -> None:
    match = dedup.compare(DAMAGED.replace(old, new), SOUND)
    sound_match = dedup.compare(SOUND.replace(old, new), SOUND)
    assert match is not None
    assert sound_match is not None
    assert match.a_in_b < 1
    assert match.relation is sound_match.relation


def test_another_story_stays_another() -> None:
    other = (
        "Im Oberallgäu brüten in diesem Frühjahr so viele Steinadler wie seit 30 Jahren nicht mehr. Der Landesbund für"
        " Vogelschutz zählte 19 besetzte Horste, vier mehr als im Vorjahr. Kletterrouten in der Nähe bleiben gesperrt."
    )
    assert dedup.compare(DAMAGED, other) is None
    assert dedup.compare("".join("?" if c in "äöüß" else c for c in other), SOUND) is None


def test_a_damaged_part_is_an_excerpt() -> None:
    part = DAMAGED[: DAMAGED.index(" Kunden")]
    match = dedup.compare(part, SOUND + " " + SOUND.replace("Sparkasse", "Bank").swapcase())
    assert match is not None
    assert str(match.relation) in ("excerpt", "version")
