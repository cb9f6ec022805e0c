"""How origins are scored: spellings of a name, sites, persons in office, and the calibration error."""

from __future__ import annotations

import origins
import pytest


def origin(name: str | None, domain: str | None = None) -> dict[str, str | None]:
    return {"name": name, "domain": domain}


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [
        (origin("Associated Press", "apnews.com"), {"origin": "AP"}, True),
        (origin("Calder Marine"), {"origin": "Calder Marine, Inc."}, True),
        (origin("Oregon Senator Jane Q. Roe"), {"origin": "Office of Sen. Jane Roe"}, True),
        (origin("Oregon Senator Jane Q. Roe"), {"origin": "Sen. Mary Doe"}, False),
        (origin("Marsh"), {"origin": "Calder", "accept": ["Marsh"]}, True),
        (origin("news.ledger.example"), {"origin": "The Ledger", "origin_domain": "ledger.example"}, True),
        (origin("other.example"), {"origin": "The Ledger", "origin_domain": "ledger.example"}, False),
        (origin("Creators"), {"origin": "syndicated column (Creators)"}, True),
        (origin(None), {"origin": None}, True),
        (origin("Marsh"), {"origin": None}, False),
        (origin(None), {"origin": "Marsh"}, False),
    ],
)
def test_names(found: dict[str, str | None], wanted: dict[str, object], expected: bool) -> None:
    assert origins.is_right(found, wanted) is expected


def test_calibration_error() -> None:
    assert origins.calibration([(0.9, True)] * 9 + [(0.9, False)]) == pytest.approx(0.0)
    assert origins.calibration([(0.95, False)] * 4) == pytest.approx(0.95)
    assert origins.calibration([(0.5, True), (0.5, False), (1.0, True), (1.0, True)]) == pytest.approx(0.0)
