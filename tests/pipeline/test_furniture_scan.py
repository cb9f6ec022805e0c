"""BoilerplateModel in a whole scan: the same bytes whatever the way in, and whether it was learned or given."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import prose
import pyarrow as pa
import pytest

import dedup
from dedup.api import bodies
from dedup.candidates import digest as digests
from dedup.corpus import spool
from dedup.corpus.build import Corpus
from dedup.inputs.readers import jsonl
from dedup.pipeline import scan_batches
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateBlock, BoilerplateModel

NAMES = ("clusters.jsonl", "pairs.jsonl", "origins.jsonl")
COLUMNS = ("id", "domain", "published", "text")
Row = dict[str, Any]
Output = tuple[dict[str, bytes], BoilerplateModel]


def site_rows() -> list[Row]:
    """Forty stories on six sites with furniture of their own, some on several sites, some edited, in text with line
    breaks and without; some of it stands inside a story too, so that bodies do not stay one piece."""
    rng = random.Random(4)
    rows: list[Row] = []
    for site in range(6):
        head, foot = prose.sentences(f"head {site}", 3, 9), prose.sentences(f"foot {site}", 4, 13)
        for number in rng.sample(range(40), 18):
            text = (prose.near_copy if rng.random() < 0.3 else prose.story)(number, 12)
            paragraphs = text.split("\n\n")
            if rng.random() < 0.5:
                paragraphs[1:1] = foot[1:2]
            parts = [*head, *paragraphs, foot[0], prose.sentences(f"rotating {rng.random()}", 1, 9)[0], *foot[1:]]
            glue = " " if site == 5 else "\n"
            rows.append(
                {
                    "id": f"{site}-{number}",
                    "domain": None if site == 4 and number % 3 == 0 else f"Site{site}.example",
                    "published": f"2024-05-{number % 28 + 1:02}T0{site}:00:00Z",
                    "text": glue.join(parts),
                }
            )
    menu = "\n".join(rows[0]["text"].split("\n")[:3])
    rows.append({"id": "menu", "domain": "site0.example", "published": None, "text": menu})
    return rows


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return site_rows()


def output(inputs: Any, folder: Path, **options: Any) -> Output:
    with dedup.scan(inputs, **options) as result:
        result.write(folder / "out")
        return {name: (folder / "out" / name).read_bytes() for name in NAMES}, result.furniture


@pytest.fixture(scope="module")
def corpus(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prose.write_jsonl(tmp_path_factory.mktemp("corpus") / "all.jsonl", rows)


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Output:
    files, model = output(str(corpus), tmp_path_factory.mktemp("expected"), threads=1)
    assert len(model.names) == 6
    assert len(model.text) >= 6 * 7
    assert files["clusters.jsonl"].count(b"\n") >= 20
    return files, model


def _gz(corpus: Path, folder: Path) -> str:
    (folder / "all.jsonl.gz").write_bytes(gzip.compress(corpus.read_bytes()))
    return str(folder / "all.jsonl.gz")


def _table(corpus: Path, folder: Path) -> Any:
    made = pa.Table.from_pylist(prose.read_jsonl(corpus), pa.schema([(name, pa.string()) for name in COLUMNS]))
    return made.set_column(1, "domain", made.column("domain").dictionary_encode())


def _sliced(corpus: Path, folder: Path) -> Any:
    table = _table(corpus, folder)
    return pa.concat_tables([table.slice(0, 5), table]).slice(5)


def _shuffled(corpus: Path, folder: Path) -> list[str]:
    rows = random.Random(1).sample(prose.read_jsonl(corpus), 109)
    return [str(prose.write_jsonl(folder / f"{i}.jsonl", rows[i::3])) for i in (2, 0, 1)]


WAYS: dict[str, Callable[[Path, Path], Any]] = {
    "again": lambda corpus, folder: str(corpus),
    "gz": _gz,
    "shuffled files": _shuffled,
    "table with a dictionary": _table,
    "sliced table": _sliced,
    "reversed generator": lambda corpus, folder: reversed(prose.read_jsonl(corpus)),
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("way", WAYS)
def test_the_way_in_changes_nothing(corpus: Path, expected: Output, tmp_path: Path, way: str, threads: int) -> None:
    got = output(WAYS[way](corpus, tmp_path), tmp_path, threads=threads)
    assert [name for name in NAMES if got[0][name] != expected[0][name]] == []
    assert got[1].to_bytes() == expected[1].to_bytes()


@pytest.mark.parametrize("size", [1, 5000])
def test_batch_sizes_change_nothing(
    corpus: Path, expected: Output, tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl.JsonLinesReader.__init__, "__defaults__", (jsonl.BLOCK, size, jsonl.MAX_RECORD))
    monkeypatch.setattr("dedup.corpus.relearn._BODIES", 7)
    got = output(str(corpus), tmp_path, threads=2)
    assert (got[0], got[1].to_bytes()) == (expected[0], expected[1].to_bytes())


@pytest.mark.parametrize("size", [1, 40_000])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_small_spool_changes_nothing(
    corpus: Path, expected: Output, tmp_path: Path, size: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On disk from the first byte, or from somewhere in the reading or recutting on."""
    monkeypatch.setattr(spool.SpoolFile.__init__, "__defaults__", (size,))
    monkeypatch.setattr("dedup.corpus.relearn._BODIES", 16)
    got = output(str(corpus), tmp_path, threads=threads)
    assert (got[0], got[1].to_bytes()) == (expected[0], expected[1].to_bytes())


def test_a_spool_that_spills_while_bodies_are_recut(
    corpus: Path, expected: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dedup.scan(str(corpus), furniture=BoilerplateModel(), threads=1) as result:
        size = result.corpus.spool.words.size
    monkeypatch.setattr(spool.SpoolFile.__init__, "__defaults__", (size,))
    monkeypatch.setattr("dedup.corpus.relearn._BODIES", 4)
    with dedup.scan(str(corpus), threads=2) as result:
        assert result.corpus.spool.words.memory() is None, "recut bodies are appended to words that fill the memory"
    got = output(str(corpus), tmp_path, threads=2)
    assert (got[0], got[1].to_bytes()) == (expected[0], expected[1].to_bytes())


@pytest.mark.parametrize("threads", [1, 2])
def test_a_saved_model_gives_the_same_bytes(corpus: Path, expected: Output, tmp_path: Path, threads: int) -> None:
    expected[1].save(tmp_path / "f.json")
    got = output(str(corpus), tmp_path, threads=threads, furniture=BoilerplateModel.load(tmp_path / "f.json"))
    assert [name for name in NAMES if got[0][name] != expected[0][name]] == []
    assert got[1] == expected[1]


def _scanned(rows: list[Row], **options: Any) -> dedup.ScanResult:
    return dedup.scan(rows, threads=1, **options)


def _body_words(corpus: Corpus, rank: int) -> list[int]:
    at, count = corpus.digests.words_at[rank : rank + 1], corpus.digests.length[rank : rank + 1]
    return corpus.spool.gather(at, count)[0].tolist()


@pytest.mark.parametrize("in_memory", [1, 1 << 20])
def test_recut_bodies_are_those_that_are_cut_while_reading(
    rows: list[Row], monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    """Every column and every word."""
    monkeypatch.setattr(spool.SpoolFile.__init__, "__defaults__", (in_memory,))
    with _scanned(rows) as learned, _scanned(rows, furniture=BoilerplateModel()) as plain:
        a, c = learned.corpus, plain.corpus
        with _scanned(rows, furniture=learned.furniture) as given:
            b = given.corpus
            for name in ("length", "size", "fingerprint"):
                assert getattr(a.digests, name).tolist() == getattr(b.digests, name).tolist(), name
            assert [_body_words(a, i) for i in range(len(a))] == [_body_words(b, i) for i in range(len(b))]
        moved = a.digests.words_at >= c.spool.words.size // 4
        cut = a.digests.length < c.digests.length
        assert moved.sum() >= 40
        assert (moved == cut).all(), "bodies are written anew only where something was cut"


def test_bands_are_those_of_the_cut_bodies(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    # Passages are overwritten by the search.
    monkeypatch.setattr(Corpus, "release_postings", lambda self: None)

    def bands(corpus: Corpus) -> list[tuple[int, list[int]]]:
        return sorted(
            (rank, keys[:, i].tolist()) for ranks, keys in corpus.bands for i, rank in enumerate(ranks.tolist())
        )

    with _scanned(rows) as learned, _scanned(rows, furniture=learned.furniture) as given:
        assert bands(learned.corpus) == bands(given.corpus)


def test_an_empty_model_leaves_all_to_the_rules(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(texts: pa.Array, titles: pa.Array | None, *_: Any) -> Any:
        return by_rules(texts, titles)

    by_rules = digests.zones.strip
    with _scanned(rows, furniture=BoilerplateModel()) as empty:
        monkeypatch.setattr(digests.zones, "strip", cut)
        with _scanned(rows, furniture=BoilerplateModel()) as rules:
            assert [c.to_dict() for c in empty.clusters] == [c.to_dict() for c in rules.clusters]
            assert list(empty.pairs) == list(rules.pairs)
    assert empty.summary["furniture"] == {"domains": 0, "blocks": 0}


def test_the_summary_names_the_model(rows: list[Row], expected: Output) -> None:
    model = expected[1]
    with _scanned(rows) as learned, _scanned(rows, furniture=model) as given:
        assert learned.summary["furniture"] == {"domains": 6, "blocks": len(model.key)} == given.summary["furniture"]
        assert learned.summary["settings"]["furniture"] == "learned"
        assert given.summary["settings"]["furniture"] == model.digest
        assert learned.summary["settings"]["fingerprint"] != given.summary["settings"]["fingerprint"]


@pytest.mark.parametrize("texts", [[], ["!!!"], ["!!!", "...", "???"], ["one two"]])
def test_corpora_with_nothing_to_learn(texts: list[str]) -> None:
    for model in (None, BoilerplateModel(), BoilerplateModel.of({"a.example": (3, [BoilerplateBlock("one two", 3)])})):
        with _scanned([{"text": text, "domain": "a.example"} for text in texts], furniture=model) as result:
            assert result.summary["counts"]["articles"] == len(texts)
            assert result.furniture == (model or BoilerplateModel())


def test_pages_that_are_nothing_but_furniture() -> None:
    menu = "\n".join(prose.sentences("menu", 5))
    some = [{"id": f"{i}", "domain": "a.example", "text": f"{menu}\n{prose.story(i, 4)}"} for i in range(9)]
    some += [{"id": f"menu {i}", "domain": "a.example", "text": menu} for i in range(3)]
    with _scanned(some) as result:
        assert result.summary["counts"]["too_short"] == 3
        assert list(result.clusters) == []
        with _scanned(some, furniture=result.furniture) as again:
            assert again.corpus.digests.length.tolist() == result.corpus.digests.length.tolist()


def test_what_is_explained_is_what_is_compared(corpus: Path, rows: list[Row], expected: Output) -> None:
    """`extract --body` prints the bodies of the scan, word for word."""
    settings = Settings(threads=1)
    shown = {one["id"]: one for one in bodies([str(corpus)], settings, explain=True)}
    with dedup.scan(str(corpus), threads=1) as result:
        ids = result.corpus.ids.to_pylist()
        counts = dict(zip(ids, result.corpus.digests.length.tolist(), strict=True))
    from dedup.inputs.batch import text_array
    from dedup.text.tokens import tokenise

    for row in rows:
        one = shown[row["id"]]
        assert len(tokenise(text_array([one["text"]])).word) == counts[row["id"]]
        for part in one["furniture"]:
            assert part["text"] in row["text"]
            if part["rule"] == "learned":
                assert 1 <= part["articles"] <= part["of"]
    learned = [part for one in shown.values() for part in one["furniture"] if part["rule"] == "learned"]
    assert {part["zone"] for part in learned} == {"head", "foot", "inline"}
    assert json.dumps(learned)


def test_batches_of_any_iterable_are_scanned(rows: list[Row]) -> None:
    """The pipeline alone, as the benchmarks call it."""
    from dedup.inputs.read import read_objects

    settings = Settings(threads=1)
    with scan_batches(read_objects(rows, settings), [], settings, None) as result:
        assert len(result.furniture.names) == 6
