"""Names of outlets as they are inflected in texts."""

from __future__ import annotations

import pytest

from dedup.evidence import outlets as o

NAMES = [name for row in o.outlets().rows for name in (row["name"], *row.get("names", ()))]


@pytest.mark.parametrize("ending", ["", "а", "ої", "у", "ie", "ej", "em", "i", "s", " x", "  y", "’s"])
def test_a_look_at_three_letters_loses_no_name(ending: str) -> None:
    """Held equal to a search by the stems of all words."""
    for name in NAMES[:: 1 if not ending else 5]:
        inflected = " ".join(word + ending for word in name.split())
        for printed in (name + ending, inflected, inflected.upper(), inflected.replace(" ", "  "), f" {inflected}"):
            is_sought = o._INFLECTED.match(printed) and not printed[0].islower()
            number = o._by_stems().get(o._stems(printed)) if is_sought else None
            assert o.outlets().find_inflected(printed) == (None if number is None else o._outlet(number))


def test_names_in_other_cases() -> None:
    for printed, name in (("Європейської правди", "Європейська правда"), ("Gazety Wyborczej", "Gazeta Wyborcza")):
        found = o.outlets().find_inflected(printed)
        assert found is not None
        assert name in (found.name, *found.names)
