"""The data files of origins, the files users add to them, and the small parts of the evidence."""

from __future__ import annotations

import itertools
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.attribution import first_seen
from dedup.attribution.score import Feature, posterior, score
from dedup.attribution.weights import weights
from dedup.cli import run
from dedup.errors import MissingInput, UsageError
from dedup.evidence import line_scan
from dedup.evidence.datelines import match_datelines
from dedup.evidence.extractor import extractor
from dedup.evidence.names import label, proper_name, same
from dedup.evidence.observation import LinePosition
from dedup.evidence.registry import ROLES, parse_sites, registry
from dedup.inputs.batch import text_array
from dedup.languages import lexicon
from dedup.text.agencies import HOMONYM, KINDS, agencies, parse_agencies
from dedup.text.boilerplate.headlines import Headlines
from dedup.text.boilerplate.zones import Bodies
from dedup.text.tokens import CAPITAL, LINE, SENTENCE, WORD_HASH, tokenise

EVIDENCE = files("dedup.evidence")

# -- data files ----------------------------------------------------------------------------------------------------


def test_agencies_have_the_schema() -> None:
    data = json.loads((files("dedup.text") / "agencies.json").read_bytes())
    known = agencies()
    assert [entry["key"] for entry in data] == sorted({entry["key"] for entry in data})
    assert len({a.name for a in known}) == len(known)
    for agency in known:
        assert agency.kind in KINDS
        assert agency.homonym in HOMONYM
        assert agency.name in agency.names
        assert agency.strong_tags <= set(agency.tags)
        assert all(domain == domain.lower() and "." in domain and "/" not in domain for domain in agency.domains)
        assert all(place == place.lower() for place in agency.places)
        assert all(len(tld) == 2 for tld in agency.tlds)


def test_a_dangerous_tag_is_never_strong() -> None:
    """A short tag that is a word or abbreviates something else needs a witness."""
    risky = {"PA", "AA", "AAP", "TT", "SPA", "MAP", "MENA", "APP", "UNI", "RSS", "Beta", "Trend", "PAP", "NAN", "CNA"}
    assert {tag for agency in agencies() for tag in agency.strong_tags} & risky == set()


def test_republishers_have_the_schema() -> None:
    sites = parse_sites(json.loads((EVIDENCE / "republishers.json").read_bytes()))
    domains = [domain for site in sites for domain in site.domains]
    assert len(domains) == len(set(domains))
    assert {site.role for site in sites} <= ROLES


def test_every_weight_has_the_sign_of_its_signal() -> None:
    data = json.loads((files("dedup.attribution") / "weights.json").read_bytes())
    for name, row in data["signals"].items():
        assert set(row) == {"family", "sign", "weight", "start", "says"}, name
        for value in (row["weight"], row["start"]):
            assert {"+": value >= 0, "-": value <= 0, "0": value == 0}[row["sign"]], name
    assert set(data["caps"]) == {row["family"] for row in data["signals"].values()} - {"against", "none"}


# -- files of users ------------------------------------------------------------------------------------------------

TEXT = "PORTHAVEN (HPA) — The harbour authority said on Tuesday that it would close the northern ferry terminal."


def written(folder: Path, name: str, value: Any) -> str:
    path = folder / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def test_an_agency_of_ones_own(tmp_path: Path) -> None:
    own = written(tmp_path, "own.json", [{"name": "Harbour Press Agency", "tags": ["HPA"], "domains": ["hpa.example"]}])
    assert dedup.origin(TEXT).name is None
    found = dedup.origin(TEXT, agencies=own)
    assert (found.name, found.kind, found.domain) == ("Harbour Press Agency", "agency", "hpa.example")


def test_a_site_of_ones_own(tmp_path: Path) -> None:
    sites = written(tmp_path, "sites.json", [{"name": "Copier", "domains": ["copier.example"], "role": "aggregator"}])
    article = {"text": TEXT, "domain": "www2.copier.example", "authors": "Jane Roe, staff writer"}
    assert dedup.origin(article).name == "www2.copier.example"
    assert dedup.origin(article, sites=sites).name is None


def test_a_scan_takes_both(tmp_path: Path) -> None:
    own = written(tmp_path, "own.json", [{"name": "Harbour Press Agency", "tags": ["HPA"]}])
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps({"id": "a", "text": TEXT}) + "\n", encoding="utf-8")
    assert run(["scan", str(articles), "--out", str(tmp_path / "out"), "--agencies", own, "--quiet"]) == 0
    line = json.loads((tmp_path / "out" / "origins.jsonl").read_text())
    assert line["origin"]["name"] == "Harbour Press Agency"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({}, "list"),
        ([{}], "no name"),
        ([{"name": "A", "tagz": []}], "tagz"),
        ([{"name": "A", "kind": "paper"}], "kind"),
        ([{"name": "A", "tags": "A"}], "tags"),
    ],
)
def test_a_wrong_agencies_file_is_refused(tmp_path: Path, value: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        dedup.origin(TEXT, agencies=written(tmp_path, "own.json", value))


def test_a_wrong_sites_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="role"):
        dedup.origin(TEXT, sites=written(tmp_path, "s.json", [{"name": "A", "domains": ["a.example"], "role": "x"}]))
    with pytest.raises(MissingInput):
        dedup.origin(TEXT, sites=str(tmp_path / "none.json"))


def test_what_a_users_file_holds_is_part_of_the_fingerprint(tmp_path: Path) -> None:
    one = dedup.Settings(agencies=written(tmp_path, "a.json", [{"name": "A"}]))
    same_content = dedup.Settings(agencies=written(tmp_path, "b.json", [{"name": "A"}]))
    other = dedup.Settings(agencies=written(tmp_path, "c.json", [{"name": "B"}]))
    prints = [s.fingerprint() for s in (dedup.Settings(), one, same_content, other)]
    assert prints[1] == prints[2]
    assert len(set(prints)) == 3


# -- parts ---------------------------------------------------------------------------------------------------------


def test_each_signal_counts_once_and_a_family_up_to_its_cap() -> None:
    known, table = registry(), weights()
    pieces = [Feature(signal, "Reuters") for signal in ("dateline", "byline", "credit", "copyright")]
    total = score((), pieces, known, table)["Reuters"]
    assert total == pytest.approx(table.prior["named"] + table.cap["credit"])


def test_what_only_contributed_is_never_named() -> None:
    known = registry()
    verdict = posterior(
        ("paper.example",), [Feature("contribution", "Reuters"), Feature("told", "Reuters")], known, weights()
    )
    assert verdict.origin is None or verdict.probability <= weights().mixed


@pytest.mark.parametrize("tags", ["KABC/AP", "AP/KABC"])
def test_a_station_stands_beside_an_agency_in_a_dateline(tags: str) -> None:
    line = f"LOS ANGELES ({tags}) — The harbour closed on Tuesday."
    observations = match_datelines(line, LinePosition(True, False), registry())
    assert {(item.signal, item.name) for item in observations} == {
        ("call_sign", "KABC"),
        ("dateline", "Associated Press"),
    }


def test_a_homonym_needs_its_home_beside_it() -> None:
    known = registry()
    assert known.find("AAP", "SYDNEY").agency.name == "Australian Associated Press"  # type: ignore[union-attr]
    assert known.find("AAP", "SYDNEY").strong  # type: ignore[union-attr]
    assert not known.find("AAP", "NEW DELHI").strong  # type: ignore[union-attr]
    assert known.find("CNA", "Taipei").agency.key == "cna_tw"  # type: ignore[union-attr]
    assert known.find("CNA", "Nicosia").agency.key == "cna"  # type: ignore[union-attr]
    assert known.find("CNA", "Springfield") is None
    assert known.find("ap") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the Millbrook Ledger.", "Millbrook Ledger"),
        ("Calder Marine, Inc. today announced", "Calder Marine, Inc"),
        ("The Daily Beast. Read full article.", "The Daily Beast"),
        ("March 10, 2026", None),
        ("here", None),
        ("University of Harbour Studies and others", "University of Harbour Studies"),
    ],
)
def test_proper_names(text: str, name: str | None) -> None:
    assert proper_name(text) == name


def test_names_and_sites() -> None:
    assert same("The Millbrook Ledger", "millbrookledger")
    assert same("Louisville Courier Journal", "courier-journal")
    assert not same("Ledger", "millbrook")
    assert label("news.liverpool.ac.uk") == "liverpool"
    assert label("apnews.com") == "apnews"


def test_an_interval_ends_before_the_next_begins_or_nobody_was_first() -> None:
    from dedup.inputs.dates import Timestamp

    day, hour = 86400.0, 3600.0
    assert first_seen.first_publisher([(Timestamp(0.0, True), "a"), (Timestamp(hour, True), "b")]) == (0, hour)
    assert first_seen.first_publisher([(Timestamp(0.0, False), "a"), (Timestamp(day, False), "b")]) is None
    assert first_seen.first_publisher([(Timestamp(0.0, True), "a"), (Timestamp(hour, True), "a")]) is None
    assert first_seen.first_publisher([(Timestamp(0.0, True), None), (Timestamp(hour, True), "b")]) is None


# -- the kernel against a plain program ----------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["Reuters", "reuters", "told", "The", "Associated", "Press", "by", "according", "to", "reported", "dpa", "Enditem",
     "harbour", "AP", "AAP", "AFP", "A", "New", "York", "Times", "said", "originally", "published", "a", "of", ".",
     "l'AFP", "\n", "(", ")"]
)  # fmt: skip


@cache
def known_names() -> dict[int, list[tuple[list[int], bool, int, str]]]:
    """The names of agencies by the hash of their first word: words, whether a capital is asked, agency, name."""
    registry = extractor().registry
    names = [
        (text, bool(text != text.lower()), number)
        for number, agency in enumerate(registry.agencies)
        for text in dict.fromkeys((*agency.names, *agency.tags))
    ]
    numbers = {agency.name: number for number, agency in enumerate(registry.agencies)}
    for text in lexicon.words("elided_agency"):
        match = registry.find(text)
        assert match is not None, text
        names.append((text, False, numbers[match.agency.name]))
    known: dict[int, list[tuple[list[int], bool, int, str]]] = {}
    tokens = tokenise(text_array([text for text, _, _ in names]))
    for i, (text, has_capital, number) in enumerate(names):
        words = (tokens.words(i) & WORD_HASH).tolist()
        if words:
            known.setdefault(words[0], []).append((words, has_capital, number, text))
    return known


@cache
def wrapped_entries() -> list[list[int]]:
    """The words of all names and cues of more than one word."""
    table = extractor().scanner.table.table
    entries = (table.token[a:b].tolist() for a, b in itertools.pairwise(table.begin.tolist()))
    return [entry for entry in entries if len(entry) > 1]


def plainly(bodies: Bodies) -> set[tuple[int, int]]:
    """(article, agency) of every name that is told or reports, word by word."""
    scanner = extractor().scanner
    table, out = scanner.table, set()
    for i in range(len(bodies.tokens)):
        words = bodies.tokens.words(i)
        hashes = (words & WORD_HASH).tolist()
        for at in range(len(words)):
            here = [
                (len(sequence), number)
                for sequence, capital, number, name in known_names().get(hashes[at], ())
                if hashes[at : at + len(sequence)] == sequence
                and (not capital or bool(words[at] & CAPITAL)) and _is_same_abbreviation(bodies, i, at, name)
            ]  # fmt: skip
            part = slice(bodies.tokens.first[i], bodies.tokens.last[i])
            beside = at > 0 and bodies.tokens.start[part][at] - bodies.tokens.end[part][at - 1] == 1
            longer = beside and words[at - 1] & CAPITAL and int(words[at - 1] & WORD_HASH) != int(table.the[0])
            if here and not longer and _spoken(words, at, at + max(here)[0], table):
                out.update((i, number) for size, number in here if size == max(here)[0])
    return out


def _is_same_abbreviation(bodies: Bodies, i: int, at: int, name: str) -> bool:
    """Whether token `at` of article i has as many letters as the name, where both are in ASCII and the name is short
    for another: `AAP` and `AP` are folded alike."""
    token = bodies.tokens.first[i] + at
    raw = bodies.tokens.texts.raw(i)[bodies.tokens.start[token] : bodies.tokens.end[token]]
    return not (name.isascii() and name.isalpha() and name.isupper() and raw.isascii()) or len(raw) == len(name)


def _spoken(words: Any, first: int, after: int, table: line_scan.CueTable) -> bool:
    hashes = (words & WORD_HASH).tolist()
    if after < len(words) and words[first] & words[after] & CAPITAL and not words[after] & SENTENCE:
        return False
    before = {hashes[at] for at in (first - 1, first - 2) if at >= 0}
    according, to = table.according[0].tolist()
    if before & {*table.told.tolist(), *table.before.tolist()}:
        return True
    if any(at > 0 and hashes[at] == to and hashes[at - 1] == according for at in (first - 1, first - 2)):
        return True
    for at in range(after, min(len(words), after + 6)):
        if words[at] & SENTENCE:
            return False
        if hashes[at] in table.after.tolist():
            return True
    return False


def holds_wrapped_entry(line: str) -> bool:
    """Whether a line break stands between two words of a name or cue."""
    tokens = tokenise(text_array([line]))
    words, starts = (tokens.words(0) & WORD_HASH).tolist(), np.flatnonzero(tokens.words(0) & LINE)
    return any(
        words[at : at + len(entry)] == entry
        for entry in wrapped_entries()
        for at in range(len(words))
        if ((starts > at) & (starts < at + len(entry))).any()
    )


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=40).map(" ".join), min_size=1, max_size=3))
def test_the_ear_hears_what_a_plain_program_hears(texts: list[str]) -> None:
    tokens = tokenise(text_array(texts))
    bodies = Bodies(tokens, np.zeros((0, 4), np.int64), Headlines.of(None, None, len(tokens)), tokens)
    lines = extractor().scanner.scan(bodies)
    spoken = {(int(i), int(n)) for i, where, _, _, n in lines if where & (line_scan.TOLD | line_scan.ATTRIBUTION)}
    plain = plainly(bodies)
    # Of a tag that several agencies share the kernel gives one.
    assert {i for i, _ in spoken} == {i for i, _ in plain}
    assert spoken <= plain
    for i, where, low, high, _ in lines.tolist():
        raw = texts[i].encode()
        assert 0 <= low < high <= len(raw)
        if not where & (line_scan.TOLD | line_scan.ATTRIBUTION):
            # A name or a cue may be wrapped; then its lines are one.
            assert all(entry.split() for entry in raw[low:high].split(b"\n"))
            assert b"\n" not in raw[low:high] or holds_wrapped_entry(raw[low:high].decode())


def test_abbreviations_that_fold_alike_are_told_apart() -> None:
    scanner = extractor().scanner
    numbers: dict[str, set[int]] = {}
    for number, agency in enumerate(scanner.registry.agencies):
        for tag in (*agency.names, *agency.tags):
            if tag.isascii() and tag.isalpha() and tag.isupper():
                numbers.setdefault(tag, set()).add(number)
    folded = {tag: tokenise(text_array([tag])).text(0) for tag in numbers}
    alike = [tag for tag in numbers if list(folded.values()).count(folded[tag]) > 1]
    assert {"AP", "AAP"} <= set(alike)
    for tag in (*alike, "AA"):
        tokens = tokenise(text_array([f"The harbour is shut, a captain told {tag} on Monday."]))
        lines = scanner.scan(Bodies(tokens, np.zeros((0, 4), np.int64), Headlines.of(None, None, len(tokens)), tokens))
        assert {int(number) for *_, number in lines} <= numbers[tag]
        assert len(lines), tag
    tokens = tokenise(text_array(["A captain told a friend that a harbour is shut.\nA friend said so."]))
    assert (
        len(scanner.scan(Bodies(tokens, np.zeros((0, 4), np.int64), Headlines.of(None, None, len(tokens)), tokens)))
        == 0
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=40)))
def test_no_text_breaks_the_reading(text: str, authors: str | None) -> None:
    found = dedup.origin(
        {"text": text + " x", "authors": authors, "meta": {"credit": text, "jsonld": {"author": text}}}
    )
    assert 0 <= found.probability <= 1


@pytest.mark.parametrize(
    ("told", "agency"),
    [
        ("a déclaré à l'AFP Marie Roche", "Agence France-Presse"),
        ("a précisé à l’AFP le parquet", "Agence France-Presse"),
        ("ha detto all'ANSA Maria Rossi", "Agenzia ANSA"),
        ("ha spiegato all’Adnkronos il sindaco", "Adnkronos"),
    ],
)
def test_an_article_may_be_joined_to_the_name_of_an_agency(told: str, agency: str) -> None:
    scanner = extractor().scanner
    tokens = tokenise(text_array([f"Le port restera fermé, {told}."]))
    lines = scanner.scan(Bodies(tokens, np.zeros((0, 4), np.int64), Headlines.of(None, None, len(tokens)), tokens))
    assert [scanner.registry.agencies[number].name for _, where, _, _, number in lines if where & line_scan.TOLD] == [
        agency
    ]


def test_entries_without_a_name_are_told_apart_by_number() -> None:
    with pytest.raises(ValueError, match="entry 2"):
        parse_agencies([{"name": "A"}, {"names": ["B"]}])
