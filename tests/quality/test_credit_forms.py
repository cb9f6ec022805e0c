"""Forms of credits in twenty languages: how many are right at least, and how many names are wrong at most."""

from __future__ import annotations

import credit_forms
import pytest

#: By language: of thirty forms those that are right, and wrong names. The former may be raised, the latter lowered.
FLOORS = {
    "ar": (24, 0),
    "bg": (20, 0),
    "de": (27, 1),
    "el": (27, 0),
    "es": (24, 0),
    "fa": (29, 0),
    "fr": (25, 0),
    "hi": (26, 0),
    "id": (26, 0),
    "it": (27, 1),
    "ja": (24, 1),
    "ko": (25, 2),
    "nl": (29, 0),
    "pl": (26, 0),
    "pt": (25, 0),
    "ru": (27, 2),
    "sv": (25, 2),
    "tr": (24, 1),
    "uk": (27, 0),
    "zh": (26, 0),
}
FIELDS = {"want", "accept", "half", "form", "seen", "article"}


def test_every_language_has_thirty_forms() -> None:
    assert credit_forms.languages() == sorted(FLOORS)
    for language in FLOORS:
        rows = credit_forms.forms(language)
        assert len(rows) == 30
        assert all(row.keys() == FIELDS for row in rows)
        assert sum(row["want"] is None for row in rows) >= 7, "traps that name nobody"
        assert len({row["article"]["text"] for row in rows}) == 30


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_floors(language: str) -> None:
    found = [verdict for _, verdict in credit_forms.counts(language)]
    right, wrong = (sum(one[name] for one in found) for name in (credit_forms.RIGHT, credit_forms.WRONG))
    least, most = FLOORS[language]
    assert right >= least
    assert wrong <= most
