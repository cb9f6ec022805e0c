"""Everything the library may be given, and corpora that are hard to take."""

from __future__ import annotations

import gc
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import contract
import pandas
import polars
import prose
import pyarrow as pa
import pytest

import dedup
from dedup import Article, MissingInput, UsageError

Record = dict[str, Any]

ROWS: list[Record] = [
    {"id": "a", "text": prose.story(1), "url": "https://www.a.example/1", "published": "2024-05-01T08:00:00Z"},
    {"id": "b", "text": prose.near_copy(1), "url": "https://b.example/1", "published": "2024-05-01T09:00:00Z"},
    {"id": "c", "text": prose.story(2), "url": None, "published": None},
]


def clusters(result: dedup.ScanResult) -> list[list[str]]:
    return [[m.id for m in one.members] for one in result.clusters]


def checked(tmp_path: Path, inputs: Any, **options: Any) -> dict[str, Any]:
    with dedup.scan(inputs, **options) as result:
        result.write(tmp_path / "out")
    return contract.check(tmp_path / "out")


def members(found: dict[str, Any]) -> list[list[str]]:
    return [[m["id"] for m in one["members"]] for one in found["clusters"]]


# -- what may be given ---------------------------------------------------------------------------------------------


def _jsonl(tmp_path: Path) -> Path:
    return prose.write_jsonl(tmp_path / "in" / "rows.jsonl", ROWS)


class Stream:
    """Anything with the Arrow C stream protocol, of a library we do not know."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return pa.Table.from_pylist(ROWS).__arrow_c_stream__(requested_schema)


INPUTS: dict[str, Callable[[Path], Any]] = {
    "path": lambda tmp: str(_jsonl(tmp)),
    "Path": _jsonl,
    "list of paths": lambda tmp: [str(_jsonl(tmp))],
    "tuple of Paths": lambda tmp: (_jsonl(tmp),),
    "folder": lambda tmp: _jsonl(tmp).parent,
    "dicts": lambda tmp: ROWS,
    "tuple of dicts": lambda tmp: tuple(ROWS),
    "generator": lambda tmp: (row for row in ROWS),
    "map": lambda tmp: map(dict, ROWS),
    "Articles": lambda tmp: [Article(**row) for row in ROWS],
    "Articles and dicts": lambda tmp: [Article(**ROWS[0]), *ROWS[1:]],
    "Arrow table": lambda tmp: pa.Table.from_pylist(ROWS),
    "record batch": lambda tmp: pa.RecordBatch.from_pylist(ROWS),
    "record batch reader": lambda tmp: pa.Table.from_pylist(ROWS).to_reader(max_chunksize=1),
    "C stream": lambda tmp: Stream(),
    "pandas": lambda tmp: pandas.DataFrame(ROWS),
    "pandas by other index": lambda tmp: pandas.DataFrame(ROWS).set_index(pandas.Index([9, 9, 2])),
    "polars": lambda tmp: polars.DataFrame(ROWS),
    "other names": lambda tmp: [dict(zip(("uuid", "body", "link", "date"), row.values(), strict=True)) for row in ROWS],
}


@pytest.mark.parametrize("name", INPUTS)
def test_inputs(tmp_path: Path, name: str) -> None:
    found = checked(tmp_path, INPUTS[name](tmp_path))
    assert members(found) == [["a", "b"]]
    assert [one["id"] for one in found["origins"]] == ["a", "b", "c"]
    assert found["rejects"] == []
    first, second = found["clusters"][0]["members"]
    assert (first["domain"], first["published"], second["lag_seconds"]) == ("a.example", "2024-05-01T08:00:00Z", 3600)


def test_field_names_that_are_told(tmp_path: Path) -> None:
    rows = [{"nr": row["id"], "inhalt": row["text"]} for row in ROWS]
    with dedup.scan(rows, fields={"text": "inhalt", "id": "nr"}) as result:
        assert clusters(result) == [["a", "b"]]


@pytest.mark.parametrize("inputs", [7, None, b"bytes", {"text": "one dict"}, Article("one"), object()], ids=type)
def test_what_cannot_be_read_is_a_usage_error(inputs: Any) -> None:
    with pytest.raises(UsageError, match="articles"):
        dedup.scan(inputs)


def test_missing_path_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"nowhere\.jsonl"):
        dedup.scan(str(tmp_path / "nowhere.jsonl"))


def test_misspelt_option_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"treshold.*threshold.*window") as raised:
        dedup.scan(ROWS, treshold=0.5)
    assert "shingle_size" in str(raised.value)
    with pytest.raises(UsageError, match="shingle"):
        dedup.compare(ROWS[0], ROWS[1], shingle=3)


@pytest.mark.parametrize(
    "options",
    [{"threshold": 0}, {"threshold": 1.01}, {"min_probability": -0.1}, {"min_probability": 1.1},
     {"min_probability": float("nan")}, {"threshold": 0.5, "min_probability": 0.5},
     {"window": -1}, {"shingle_size": 0}, {"num_perm": 8}, {"threads": 0},
     {"keep": "all"}, {"seed": -1}],
    ids=str,
)  # fmt: skip
def test_values_out_of_range(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(options)).replace("_", ".")):
        dedup.scan(ROWS, **options)


def test_an_iterable_that_fails_tells_so_and_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Record]:
        yield ROWS[0]
        raise ConnectionError("the crawler's own error")

    with pytest.raises(ConnectionError, match="own error"):
        dedup.scan(broken(), tmp=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


# -- compare and origin --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "take",
    [lambda row: row, lambda row: row["text"], lambda row: Article(**row)],
    ids=["dict", "text", "Article"],
)
def test_compare_takes_dicts_texts_and_articles(take: Callable[[Record], Any]) -> None:
    match = dedup.compare(take(ROWS[0]), take(ROWS[1]))
    assert match is not None
    assert match.relation == "near_copy"
    assert (match.direction, match.newer) == (None, None)
    assert match.resemblance < match.a_in_b <= 1
    assert dedup.compare(take(ROWS[0]), take(ROWS[2])) is None


@pytest.mark.parametrize("name", ["near_copy", "version", "excerpt"])
def test_compare_and_scan_agree_and_sides_are_symmetric(name: str) -> None:
    rows = [{"id": "a", "text": prose.story(5)}, {"id": "b", "text": getattr(prose, name)(5)}]
    (pair,) = dedup.scan(rows).pairs
    match, turned = dedup.compare(*rows), dedup.compare(*rows[::-1])
    assert match is not None
    assert turned is not None
    assert pair.relation == match.relation == turned.relation == name
    numbers = ("resemblance", "a_in_b", "b_in_a", "longest_run", "probability", "direction", "newer")
    assert [getattr(pair, n) for n in numbers] == [getattr(match, n) for n in numbers]
    assert (turned.a_in_b, turned.b_in_a, turned.longest_run) == (match.b_in_a, match.a_in_b, match.longest_run)
    assert {match.direction, turned.direction} == ({"a_in_b", "b_in_a"} if name == "excerpt" else {None})


def test_numbers_are_rounded_in_one_way() -> None:
    """160 shingles against the first 71 to 90 of them: shares that end in the middle of the fourth decimal."""
    found = prose.words("rounding", 164)
    for shared in range(71, 90, 2):
        rows = [{"id": "a", "text": " ".join(found)}, {"id": "b", "text": " ".join(found[: shared + 4])}]
        result, match = dedup.scan(rows), dedup.compare(*rows)
        assert match is not None
        member = result.clusters[0].members[1]
        assert result.pairs[0].resemblance == member.resemblance == match.resemblance, f"{shared} of 160"
        assert max(result.pairs[0].a_in_b, result.pairs[0].b_in_a) == member.containment


def test_passages_are_the_same_words_in_both() -> None:
    text, part = prose.story(6), "Intro here.\n\n" + prose.excerpt(6) + " 😀 end"
    match = dedup.compare(text, part)
    assert match is not None
    (passage,) = match.passages
    in_a, in_b = text[passage.a_start : passage.a_end], part[passage.b_start : passage.b_end]
    assert in_a.split() == in_b.split()
    assert len(in_a.split()) == passage.words == match.longest_run == 120


def test_origin_of_an_article() -> None:
    said = dedup.origin({"text": f"OSLO (Reuters) - {prose.story(7)}", "domain": "b.example"})
    assert (said.name, said.kind) == ("Reuters", "agency")
    assert "OSLO (Reuters)" in {e.quote for e in said.evidence}
    assert dedup.origin(prose.story(7)).kind == "unknown"


# -- hard corpora --------------------------------------------------------------------------------------------------

#: Lines beside which every good record must still be found.
BAD = [
    b"nonsense", b"{", b"[]", b"null", b"7", b'"text"', b'{"id": "no text"}', b'{"text": null}', b'{"text": ""}',
    b'{"text": {"a": 1}}', b'{"text": 12}', b'{"text": "\xc3\xa9\xc3\xa9\xc3\xa9 \xe9 not UTF-8"}', b"\x00\x01\x02",
    b'{"text": ' + b"[" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_bad_records_beside_good_ones(tmp_path: Path, ending: str) -> None:
    lines: list[bytes] = []
    for number, bad in enumerate(BAD):
        lines += [json.dumps({"id": f"g{number:02}", "text": prose.story(number // 2)}).encode(), bad]
    (tmp_path / "c.jsonl").write_bytes(ending.encode().join([*lines, b""]))
    found = checked(tmp_path, str(tmp_path / "c.jsonl"))
    assert [one["id"] for one in found["origins"]] == [f"g{number:02}" for number in range(len(BAD))]
    assert [r["line"] for r in found["rejects"]] == list(range(2, 2 * len(BAD) + 1, 2))
    assert sorted(map(sorted, members(found))) == [[f"g{n:02}", f"g{n + 1:02}"] for n in range(0, len(BAD), 2)]
    assert sum(found["summary"]["counts"]["rejected_by_reason"].values()) == len(BAD)


def test_bad_items_of_an_iterable_beside_good_ones(tmp_path: Path) -> None:
    texts: list[Any] = [None, b"\xff", float("nan"), ["a", 1], 12, " "]
    bad: list[Any] = [None, 7, "a text", [], {}, *({"text": text} for text in texts)]
    found = checked(tmp_path, [*bad[:5], ROWS[0], *bad[5:], *ROWS[1:]])
    assert members(found) == [["a", "b"]]
    assert found["summary"]["counts"]["rejected"] == len(bad)


@pytest.mark.parametrize(
    "inputs",
    [[], iter(()), pa.table({"text": pa.array([], pa.string())}), pandas.DataFrame({"text": []})],
    ids=["list", "iterator", "table", "pandas"],
)
def test_empty_corpus(tmp_path: Path, inputs: Any) -> None:
    found = checked(tmp_path, inputs)
    assert (found["clusters"], found["pairs"], found["origins"]) == ([], [], [])
    assert found["summary"]["counts"]["articles"] == 0


def test_one_article(tmp_path: Path) -> None:
    found = checked(tmp_path, ROWS[:1])
    assert [(one["id"], one["cluster"]) for one in found["origins"]] == [("a", None)]
    assert found["pairs"] == []


def test_short_articles_match_nothing_and_are_counted(tmp_path: Path) -> None:
    """Bodies of fewer than eight tokens, though the same."""
    rows = [{"id": str(i), "text": "Markets closed for the holiday on Monday."} for i in range(20)]
    rows += [{"id": f"p{i}", "text": "... !? —"} for i in range(5)]
    found = checked(tmp_path, rows)
    assert (found["clusters"], found["pairs"]) == ([], [])
    assert len(found["origins"]) == 25
    assert found["summary"]["counts"]["too_short"] == 25


def test_eight_tokens_are_enough(tmp_path: Path) -> None:
    rows = [{"id": str(i), "text": "Markets were closed for the holiday on Monday."} for i in range(2)]
    assert members(checked(tmp_path, rows)) == [["0", "1"]]


def test_a_thousand_identical_articles(tmp_path: Path) -> None:
    seconds = [f"2024-05-01T00:{i // 60:02}:{i % 60:02}Z" for i in range(1000)]
    rows = [{"id": f"{i:04}", "text": ROWS[0]["text"], "published": moment} for i, moment in enumerate(seconds)]
    found = checked(tmp_path, rows)
    (one,) = found["clusters"]
    assert one["size"] == 1000
    assert one["canonical"]["id"] == "0000"
    assert len(found["pairs"]) == 999
    assert {pair["a"] for pair in found["pairs"]} == {"0000"}
    assert found["summary"]["counts"]["pairs_implied"] == 1000 * 999 // 2 - 999
    assert one["members"][-1]["lag_seconds"] == 999


@pytest.mark.parametrize(("size", "written"), [(200, 200 * 199 // 2), (201, 200)])
def test_pairs_of_large_clusters(tmp_path: Path, size: int, written: int) -> None:
    found = checked(tmp_path, ({"id": f"{i:04}", "text": ROWS[0]["text"]} for i in range(size)))
    assert len(found["pairs"]) == written
    assert found["summary"]["counts"]["pairs_implied"] == size * (size - 1) // 2 - written


def test_a_large_cluster_of_near_copies(tmp_path: Path) -> None:
    """Each of 300 copies has one sentence of its own: over-full buckets, and still one cluster."""
    lines = prose.sentences("big", 16)
    rows = []
    for i in range(300):
        own = list(lines)
        own[i % 16] = prose.sentences(f"big {i}", 1)[0]
        rows.append({"id": f"{i:03}", "text": prose.joined(own)})
    rows += [{"id": f"x{i}", "text": prose.story(f"x{i}")} for i in range(100)]
    found = checked(tmp_path, rows)
    assert [one["size"] for one in found["clusters"]] == [300]
    assert len(found["pairs"]) == 299
    assert found["summary"]["counts"]["pairs_implied"] == 300 * 299 // 2 - 299


def test_articles_of_one_template_are_no_cluster(tmp_path: Path) -> None:
    rng = random.Random(4)
    rows = [{"id": f"{i:03}", "text": prose.form(*(rng.randrange(1, 999) for _ in range(12)))} for i in range(500)]
    found = checked(tmp_path, rows)
    assert found["summary"]["counts"]["largest_cluster"] <= 3
    assert sum(one["size"] for one in found["clusters"]) <= 25
    assert {pair["relation"] for pair in found["pairs"]} >= {"template"}


def test_clusters_do_not_chain(tmp_path: Path) -> None:
    """Each text shares half with the next: the ends have nothing in common and stand in no common cluster."""
    parts = [prose.sentences(f"chain {i}", 10) for i in range(9)]
    rows = [{"id": str(i), "text": prose.joined(parts[i] + parts[i + 1])} for i in range(8)]
    found = checked(tmp_path, rows)
    apart = [names for names in members(found) if max(map(int, names)) - min(map(int, names)) > 2]
    assert apart == []
    assert len(found["pairs"]) >= 7, "neighbours are found"


def test_unrelated_articles_that_share_furniture_are_no_pair(tmp_path: Path) -> None:
    tail = "\n\nYou may also like\n\n" + "\n".join(prose.sentences("tail", 6, 9))
    rows = [{"id": str(i), "domain": "a.example", "text": prose.story(f"own {i}") + tail} for i in range(30)]
    found = checked(tmp_path, rows)
    assert found["clusters"] == []


def test_hostile_text(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\u202e[bold red]x[/]</script>&\u2028"
    text = prose.story("evil")
    fields = {"text": f"{evil} {text}", "title": evil, "url": f"javascript:{evil}", "domain": evil, "published": evil}
    rows = [{"id": f"{evil}{i}", **fields} for i in range(2)]
    corpus = prose.write_jsonl(tmp_path / "c.jsonl", rows)
    from dedup.cli import run

    assert run(["scan", str(corpus), "--out", str(tmp_path / "out")]) == 0
    shown = capfd.readouterr()
    assert not set("\x1b\x07\u202e\u2028") & set(shown.out + shown.err)
    found = contract.check(tmp_path / "out")
    assert members(found) == [[row["id"] for row in rows]]
    assert found["clusters"][0]["members"][0]["title"] == evil
    assert run(["show", str(tmp_path / "out"), "c000001"]) == 0
    assert not set("\x1b\x07\u202e\u2028") & set(capfd.readouterr().out)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\x00" * 50, id="nul"),
        pytest.param("\ufeff" * 50, id="byte order marks"),
        pytest.param("\u200b" * 80, id="zero width"),
        pytest.param("a\u0301" * 3000, id="one word with marks"),
        pytest.param("\u0301" * 500, id="marks alone"),
        pytest.param("()[]{}" * 1000, id="brackets"),
        pytest.param("\n" * 999 + ".", id="line ends"),
        pytest.param("𝔘𝔫𝔦𝔠𝔬𝔡𝔢 " * 40, id="mathematical letters"),
        pytest.param("ﷺ " * 60, id="one character that folds to 18"),
    ],
)
def test_texts_of_odd_characters_beside_good_ones(tmp_path: Path, text: str) -> None:
    found = checked(tmp_path, [{"id": "odd", "text": text}, {"id": "odd too", "text": text}, *ROWS])
    assert ["a", "b"] in members(found)
    assert all(set(names) in ({"a", "b"}, {"odd", "odd too"}) for names in members(found))
    assert len(found["origins"]) + len(found["rejects"]) == 5


def test_very_long_article(tmp_path: Path) -> None:
    long = prose.joined(prose.sentences("long", 21_000))
    assert len(long.encode()) > 2_000_000
    part = prose.joined(prose.sentences("long", 21_000)[9000:9020])
    rows = [{"id": id, "text": text} for id, text in (("long", long), ("same", long + "\n"), ("part", part))]
    began = time.monotonic()
    found = checked(tmp_path, rows + ROWS)
    assert time.monotonic() - began < 20
    assert ["a", "b"] in members(found)
    assert any({"long", "same"} <= set(names) for names in members(found))
    assert "part" in {pair[side] for pair in found["pairs"] for side in "ab"}


def test_articles_of_one_repeated_word(tmp_path: Path) -> None:
    rows = [{"id": f"{n:05}", "text": "blah " * n} for n in (10, 100, 100, 5_000, 50_000) for _ in range(1)]
    rows[2]["id"] = "00100 again"
    began = time.monotonic()
    found = checked(tmp_path, rows + ROWS)
    assert time.monotonic() - began < 20
    assert ["a", "b"] in members(found)
    assert {"00100", "00100 again"} <= {id for names in members(found) for id in names}


def test_a_corpus_in_chinese(tmp_path: Path) -> None:
    """Sixty unrelated stories, ten of them with a copy: no heap of everything, and every copy found."""
    rng = random.Random(8)

    def chinese(seed: int) -> str:
        local = random.Random(f"zh {seed}")
        sentence = lambda: "".join(chr(local.randrange(0x4E00, 0x8FFF)) for _ in range(18)) + "。"  # noqa: E731
        return "".join(sentence() for _ in range(15))

    rows = [{"id": f"{i:02}", "text": chinese(i)} for i in range(60)]
    rows += [{"id": f"{i:02} copy", "text": chinese(i).replace("。", "。\n") + "（完）"} for i in range(10)]
    rng.shuffle(rows)
    found = checked(tmp_path, rows)
    assert sorted(map(sorted, members(found))) == [[f"{i:02}", f"{i:02} copy"] for i in range(10)]
    assert len(found["pairs"]) == 10


# -- options that change results -----------------------------------------------------------------------------------


def dated(text: Callable[[str], str], **days: str | None) -> list[Record]:
    return [{"id": id, "text": text(id), "published": day} for id, day in days.items()]


def _version(id: str) -> str:
    return prose.version(1, own=id)


def _same(id: str) -> str:
    return prose.story(1)


def test_window(tmp_path: Path) -> None:
    rows = dated(_version, a="2024-05-01T00:00:00Z", b="2024-05-02T12:00:00Z", c="2024-05-20T00:00:00Z")
    assert sorted(members(checked(tmp_path, rows))[0]) == ["a", "b", "c"]
    found = checked(tmp_path, rows, window=3)
    assert members(found) == [["a", "b"]]
    assert found["summary"]["settings"]["window"] == 3


def test_window_lets_undated_articles_in(tmp_path: Path) -> None:
    rows = dated(_version, a="2024-05-01T00:00:00Z", b=None)
    assert members(checked(tmp_path, rows, window=0.5)) == [["a", "b"]]


def test_window_holds_for_identical_articles(tmp_path: Path) -> None:
    rows = dated(_same, a="2024-05-01T00:00:00Z", b="2024-05-02T00:00:00Z", c="2024-06-20T00:00:00Z")
    assert members(checked(tmp_path, rows, window=90)) == [["a", "b", "c"]]
    assert members(checked(tmp_path, rows, window=3)) == [["a", "b"]]


@pytest.mark.parametrize("between", [None, "2024-05-03T00:00:00Z"], ids=["undated", "between"])
def test_window_is_not_bridged(tmp_path: Path, between: str | None) -> None:
    rows = dated(_version, a="2024-05-01T00:00:00Z", b=between, c="2024-05-05T00:00:00Z")
    found = checked(tmp_path, rows, window=3)
    assert not any({"a", "c"} <= set(names) for names in members(found))


def test_threshold(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": prose.story(1)}, {"id": "b", "text": prose.version(1)}]
    (pair,) = checked(tmp_path, rows)["pairs"]
    share = max(pair["a_in_b"], pair["b_in_a"])
    assert 0.6 < share < 0.9
    assert members(checked(tmp_path, rows, threshold=round(share - 0.02, 2))) == [["a", "b"]]
    over = checked(tmp_path, rows, threshold=round(share + 0.02, 2))
    assert over["clusters"] == []
    assert {p["relation"] for p in over["pairs"]} <= {"overlap", "rewrite"}


def test_min_probability(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": prose.story(1)}, {"id": "b", "text": prose.version(1)}]
    (pair,) = checked(tmp_path, rows)["pairs"]
    assert 0.5 < pair["probability"] < 1
    assert members(checked(tmp_path, rows, min_probability=pair["probability"])) == [["a", "b"]]
    over = checked(tmp_path, rows, min_probability=pair["probability"] + 0.0001)
    assert over["clusters"] == []
    assert {p["relation"] for p in over["pairs"]} <= {"overlap", "template"}
    assert all(p["probability"] == pair["probability"] for p in over["pairs"])
    assert dedup.compare(*rows, min_probability=1.0) == (
        None if not over["pairs"] else dedup.compare(*rows, threshold=1)
    )


def test_min_probability_does_not_touch_identical_articles(tmp_path: Path) -> None:
    rows = [{"id": id, "text": ROWS[0]["text"]} for id in "ab"]
    found = checked(tmp_path, rows, min_probability=1.0)
    assert members(found) == [["a", "b"]]
    assert 0.99 < found["pairs"][0]["probability"] < 1


def test_threshold_does_not_touch_identical_articles(tmp_path: Path) -> None:
    rows = [{"id": id, "text": ROWS[0]["text"]} for id in "ab"]
    assert members(checked(tmp_path, rows, threshold=1.0)) == [["a", "b"]]


def test_settings_are_in_the_summary_and_their_fingerprint_differs() -> None:
    first, second = dedup.scan(ROWS).summary["settings"], dedup.scan(ROWS, seed=2).summary["settings"]
    assert (first["seed"], second["seed"]) == (1, 2)
    assert first["fingerprint"] != second["fingerprint"]
    assert dedup.scan(ROWS, threads=1).summary["settings"]["fingerprint"] == first["fingerprint"]


# -- the result ----------------------------------------------------------------------------------------------------


def test_result_answers_questions() -> None:
    result = dedup.scan(ROWS)
    (one,) = result.clusters
    assert (one.size, one.canonical.id, one.canonical.role) == (2, "a", "canonical")
    assert one.members[1].relation == "near_copy"
    assert len(result.pairs) == 1
    assert (result.pairs[0].a, result.pairs[-1].b) == ("a", "b")
    assert result.pairs[0:5] == list(result.pairs)
    with pytest.raises(IndexError):
        result.pairs[1]
    assert "3 articles" in repr(result)
    assert [one["id"] for one in result.origins] == ["a", "b", "c"]


def test_write_twice_and_in_two_places(tmp_path: Path) -> None:
    with dedup.scan(ROWS, keep="canonical") as result:
        for name in ("one", "one", "two"):
            result.write(tmp_path / name, keep="canonical")
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two
    assert len(one["deduplicated.jsonl"].splitlines()) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two"]


def test_context_manager_removes_temporary_files(tmp_path: Path) -> None:
    with dedup.scan(ROWS, tmp=str(tmp_path), keep="canonical") as result:
        assert len(result.clusters) == 1
        assert any(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_forgotten_result_removes_temporary_files(tmp_path: Path) -> None:
    result = dedup.scan(ROWS, tmp=str(tmp_path))
    assert any(tmp_path.iterdir())
    del result
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_two_scans_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    rows = [[{"id": str(i), "text": prose.story(f"{part} {i // 2}")} for i in range(60)] for part in range(4)]
    alone = [clusters(dedup.scan(part)) for part in rows]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda part: clusters(dedup.scan(part)), rows))
    assert together == alone
    assert all(len(part) == 30 for part in alone)
