"""Lines above and below a release that say who issued it, and issuers with several names."""

from __future__ import annotations

import pytest

import dedup
from dedup.evidence.names import person_in_office, romanised, same_writer
from dedup.evidence.observation import LinePosition
from dedup.evidence.releases import match_announcement, match_issuer

HEAD, FOOT = LinePosition(True, False), LinePosition(False, True)

ABOVE = {
    "The following information was released by Human Rights Watch:": "Human Rights Watch",
    "The following information was released by the office of House Leader Jane Roe:": "House Leader Jane Roe",
    "The following information was released by the U.S. Senate Committee on Finance, Minority Office:": (
        "U.S. Senate Committee on Finance"
    ),
    "Sen. Jane Roe, D-Oregon, issued the following news release:": "Sen. Jane Roe",
    "The office of Sen. Jane Roe, R-Texas, issued the following statement:": "Sen. Jane Roe",
    "TULSA, Okla., Dec. 21 -- The U.S. Department of Justice issued the following press release:": (
        "U.S. Department of Justice"
    ),
    "Rep. Jane Roe, chair of the committee, issued the following remarks at the markup of the act (H.R. 4754):": (
        "Rep. Jane Roe"
    ),
    "Calder Marine, Inc. has issued the following statement:": "Calder Marine",
}


@pytest.mark.parametrize("line", ABOVE)
def test_a_line_above_a_release_names_its_issuer(line: str) -> None:
    one = match_announcement(line, HEAD)
    assert one is not None
    assert (one.signal, one.name, one.quote) == ("issuer", ABOVE[line], line)


@pytest.mark.parametrize(
    "line",
    [
        "On Tuesday the bank issued the following statement:",
        "In a letter, Sen. Jane Roe issued the following news release:",
        "The company issued the following statement and then closed its doors for good.",
        "He said the following information was released by mistake.",
        "Sen. Jane Roe issued a statement:",
        "",
    ],
)
def test_sentences_of_a_story_name_no_issuer(line: str) -> None:
    assert match_announcement(line, HEAD) is None


def test_below_a_text_an_issuer_is_only_a_source() -> None:
    line = "Press release from Calder Marine"
    above, below = match_announcement(line, HEAD), match_announcement(line, FOOT)
    assert above is not None
    assert below is not None
    assert (above.signal, below.signal) == ("issuer", "source_other")


def test_the_seller_of_a_report_issued_its_release() -> None:
    opening = 'The "Widgets in Asia" report has been added to CalderResearch.com\'s offering.'
    one = match_issuer(opening, "")
    assert one is not None
    assert (one.signal, one.name) == ("issuer", "CalderResearch")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("TPS", "Tasman Press Service", True),
        ("T.P.S.", "Tasman Press Service", True),
        ("TPA", "Tasman Press Service", False),
        ("Calder Marine", "Calder Marine and Dredging", True),
        ("Sen. Robert Roe Jr.", "Pennsylvania Senator Robert P. Roe", True),
        ("Sen. Robert Roe", "Senator Robert Doe", False),
        ("Calder", "Marsh", False),
    ],
)
def test_names_of_one_writer(one: str, other: str, expected: bool) -> None:
    assert same_writer(one, other) is expected


def test_persons_in_office() -> None:
    assert person_in_office("Rep. Jane Q. Roe III") == "roe"
    assert person_in_office("U.S. Senator Jane Roe (R-AR)") == "roe"
    assert person_in_office("Jane Roe") is None
    assert person_in_office("Senate Committee on Finance") is None


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("вестинформ", "vestinform"),
        ("коммерсантъ", "kommersant"),
        ("рубрика", "rubryka"),
        ("καθημερινη", "kathimerini"),
    ],
)
def test_names_in_other_alphabets_are_those_of_domains(name: str, label: str) -> None:
    assert romanised(name) == romanised(label)


def test_a_release_is_of_its_issuer_whatever_wire_carries_it() -> None:
    """Two carriers write the office in their own ways; a publication's name stands where a domain would."""
    body = (
        "The plan would lower the cost of ferry tickets for 4,000 families on both sides of the strait and keep the "
        "night boat through the winter, the senator said on Monday after a meeting with the harbour board in Calder. "
        "The bill goes to the committee next week. Fishermen had asked for a later boat since the old one was sold."
    )
    records = [
        {
            "id": "a", "source": "Targeted News Service", "published": "2026-03-10T12:00:00Z",
            "text": f"Sen. Jane Q. Roe, D-Oregon, issued the following news release:\n\n{body}",
        },
        {
            "id": "b", "source": "States News Service", "published": "2026-03-10T10:00:00Z",
            "text": f"The following information was released by Oregon Senator Jane Roe:\n\n{body}",
        },
    ]  # fmt: skip
    with dedup.scan(records) as result:
        (cluster,) = result.clusters
    assert (cluster.origin.name, cluster.origin.kind) == ("Oregon Senator Jane Roe", "issuer")
    assert cluster.origin.probability > 0.9
    assert {("distributor", "States News Service"), ("distributor", "Targeted News Service")} <= set(
        cluster.origin.chain
    )
