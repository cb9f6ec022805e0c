"""A damaged index is refused, or says what the sound one says: never anything else."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stories import crawl, pool

import dedup
from dedup.cli import run
from dedup.errors import IndexUnusable, UsageError
from dedup.index.engine import Engine
from dedup.index.public import Index
from dedup.index.stores.sqlite import database_file, write_queue

PAGE = 4096
SEEDS = int(os.environ.get("DEDUP_FUZZ", "90"))
FIRST = int(os.environ.get("DEDUP_FUZZ_FIRST", "0"))

SMALL = replace(database_file.SIZES, page=50, compaction=4, min_round=500)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of all that one can hold: copies, clusters, links, crowds, what is gone, what waits for the sweep."""
    path = tmp_path_factory.mktemp("sound") / "seen.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_file, "SIZES", SMALL)
        patch.setattr(database_file, "MAX_POSTINGS", (6, 6, 6))
        with Index(path) as index:
            articles = pool(2) + crawl(0, 120)
            for low in range(0, len(articles), 40):
                index.add_many(articles[low : low + 40])
            index.remove([article["id"] for article in articles[::17]])
            index.add_many(crawl(200, 8))
            for article in crawl(300, 3):
                index.add(article)
    return path


def _without_place(stats: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stats.items() if name not in ("path", "file_bytes")}


def reads(index: Index) -> list[Callable[[], Any]]:
    """Calls that change nothing."""
    asked = [
        crawl(8, 1)[0], crawl(1000, 1)[0], {"text": crawl(16, 1)[0]["text"]}, {"text": crawl(203, 1)[0]["text"]},
        {"text": pool(2)[0]["text"]}, {"text": pool(2)[9]["text"]}, {"text": pool(2)[4]["text"] + " And a new end."},
    ]  # fmt: skip
    return [
        lambda: len(index),
        lambda: _without_place(index.stats()),
        lambda: list(index.articles()),
        lambda: list(index.clusters()),
        lambda: [index.get("000020"), index.get("000999"), "000021" in index, "nobody" in index],
        lambda: [index.cluster("000016"), index.cluster("c3"), index.cluster("c3000"), index.cluster("000021")],
        *(lambda article=article: index.query(article).to_dict() for article in asked),
    ]


def writes(index: Index) -> list[Callable[[], Any]]:
    """Calls that change the index, in this order."""
    return [
        lambda: index.add({"id": "again", "text": crawl(24, 1)[0]["text"]}).to_dict(),
        lambda: [v.to_dict() for v in index.add_many(crawl(400, 12))],
        lambda: index.add({"id": "000022", "text": crawl(23, 1)[0]["text"]}, replace=True).to_dict(),
        lambda: index.remove(["000023", "000016", "nobody"]),
        lambda: index.expire("2024-03-05"),
        lambda: index.add(crawl(500, 1)[0]).to_dict(),
        lambda: list(index.clusters()),
        lambda: _without_place(index.stats()),
        lambda: [article.id for article in index.articles()],
    ]


def heavy(index: Index) -> list[Callable[[], Any]]:
    """Calls that read all, or scan."""

    def exported() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            index.export(Path(folder, "out"))
            return Path(folder, "out", "clusters.jsonl").read_bytes()

    def against() -> str:
        with dedup.scan(crawl(0, 40), against=index.path, threads=1) as result:
            said = [result.against, [cluster.to_dict() for cluster in result.clusters]]
        return json.dumps(said).replace(index.path, "")  # which is in the ids of known articles

    return [exported, against, lambda: Index.rebuild(index.path), lambda: list(index.clusters())]


REFUSED = object()


def answers(path: Path, calls: Callable[[Index], list[Callable[[], Any]]]) -> list[Any]:
    """The answer to each call; `REFUSED`, and nothing after it, where one is refused that changes the file."""
    out: list[Any] = []
    try:
        with Index(path) as index:
            for call in calls(index):
                try:
                    out.append(call())
                except IndexUnusable:
                    out.append(REFUSED)
                    if calls is not reads:
                        break
    except IndexUnusable:
        return [*out, REFUSED]
    return out


def flip(data: bytearray, rng: random.Random) -> str:
    at, bit = rng.randrange(len(data)), rng.randrange(8)
    data[at] ^= 1 << bit
    return f"bit {bit} of byte {at}"


def overwrite(data: bytearray, rng: random.Random) -> str:
    """A page of random bytes, of nothing, or of another page's: what a disk or a lost write leaves."""
    pages = len(data) // PAGE
    at, other = rng.randrange(pages), rng.randrange(pages)
    what = rng.choice(["random", "zero", "other", "half"])
    fill = {
        "random": rng.randbytes(PAGE), "zero": bytes(PAGE), "other": bytes(data[other * PAGE : (other + 1) * PAGE]),
        "half": bytes(data[at * PAGE : at * PAGE + PAGE // 2]) + bytes(PAGE // 2),
    }[what]  # fmt: skip
    data[at * PAGE : (at + 1) * PAGE] = fill
    return f"page {at} {what} ({other})"


@pytest.fixture(scope="module")
def right(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Any, list[Any]]:
    out = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_file, "SIZES", SMALL)
        patch.setattr(database_file, "MAX_POSTINGS", (6, 6, 6))
        for calls in (reads, writes, heavy):
            copy = tmp_path_factory.mktemp("right") / "seen.db"
            shutil.copyfile(sound, copy)
            out[calls] = answers(copy, calls)
    return out


@pytest.mark.parametrize("damage", [flip, overwrite])
def test_no_damage_changes_an_answer(
    sound: Path, right: dict[Any, list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[bytearray, random.Random], str],
) -> None:  # fmt: skip
    monkeypatch.setattr(database_file, "SIZES", SMALL)
    monkeypatch.setattr(database_file, "MAX_POSTINGS", (6, 6, 6))
    assert REFUSED not in right[reads] + right[writes]
    refused = 0
    for seed in range(FIRST, FIRST + SEEDS):
        rng = random.Random(seed)
        data = bytearray(sound.read_bytes())
        what = damage(data, rng)
        path = tmp_path / f"{seed}.db"
        path.write_bytes(data)
        calls = heavy if seed % 15 == 1 else writes if seed % 3 == 0 else reads
        try:
            found = answers(path, calls)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {what}: a raw {type(error).__name__}") from error
        for number, (answer, wanted) in enumerate(zip(found, right[calls], strict=False)):
            assert answer is REFUSED or answer == wanted, f"seed {seed}: {what}: call {number} of {calls.__name__}"
        refused += REFUSED in found
        for file in tmp_path.glob(f"{seed}.db*"):
            file.unlink()
    assert refused > SEEDS // 20


# -- what is asked and mended by hand ----------------------------------------------------------------------------------


def edit(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        assert connection.execute(statement).rowcount != 0, statement
    connection.close()


def copied(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sound, tmp_path / "seen.db"))


#: A statement that damages a table, the table that the check names, and the articles of which nothing sound is left.
WRONG = [
    ("UPDATE article SET url = 'http://other.example/' WHERE id = '000020'", "article", {"000020"}),
    ("UPDATE article SET id = 'other' WHERE id = '000020'", "article", {"other"}),
    ("UPDATE article SET age = age + 1 WHERE id = '000020'", "article", {"000020"}),
    ("DELETE FROM article WHERE id = '000020'", "text", None),
    ("UPDATE text SET data = x'28b52ffd' WHERE article = 30", "text", None),
    ("UPDATE text SET data = (SELECT data FROM text WHERE article = 31) WHERE article = 30", "text", None),
    ("DELETE FROM text WHERE article = 30", "article", None),
    ("DELETE FROM name WHERE article = 30", "article", set()),
    ("UPDATE body SET component = 7 WHERE number = 9", "body", set()),
    ("UPDATE body SET high = high + 1 WHERE number = 9", "body", set()),
    ("DELETE FROM body WHERE number = 9", "article", set()),
    ("UPDATE sketch SET data = CAST(data || x'00' AS BLOB) WHERE body = 9", "sketch", set()),
    ("DELETE FROM sketch WHERE body = 9", "body", set()),
    ("UPDATE pair SET relation = 3 - relation WHERE relation IN (1, 2)", "pair", set()),
    ("DELETE FROM pair WHERE a = (SELECT min(a) FROM pair)", "pair_end", set()),
    ("UPDATE cluster SET probability = .5 WHERE number = 3", "cluster", set()),
    ("UPDATE member SET place = 9 - place WHERE cluster = 3", "member", set()),
    ("DELETE FROM member WHERE article = (SELECT canonical FROM cluster WHERE number = 3)", "cluster", set()),
    ("UPDATE posting SET data = zeroblob(24) WHERE low = 0", "posting", set()),
    ("DELETE FROM posting WHERE low = (SELECT max(low) FROM posting)", "posting", set()),
    ("DELETE FROM posting_new", "posting", set()),
    ("UPDATE posting_crowd SET data = substr(data, 1, length(data) - 8)", "posting_crowd", set()),
    ("UPDATE posting_filter SET data = CAST(data || x'0000000000000000' AS BLOB)", "posting_filter", set()),
    ("UPDATE posting_state SET postings = postings + 1", "posting", set()),
    ("UPDATE mark SET leads = zeroblob(2000)", "body", set()),
    ("UPDATE counter SET articles = articles + 1", "counter", set()),
    ("UPDATE about SET value = 'dedup 9' WHERE name = 'made_by'", "about", set()),
    ("DROP INDEX pair_b", "file", set()),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "table", "lost"), WRONG)
def test_what_is_damaged_is_named_and_left_out(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, table: str, lost: set[str] | None
) -> None:
    monkeypatch.setattr(database_file, "SIZES", SMALL)
    monkeypatch.setattr(database_file, "MAX_POSTINGS", (6, 6, 6))
    path = copied(sound, tmp_path)
    assert Index.check(path) == []
    with Index(path) as index:
        before = {article.id: article.text for article in index.articles()}
    edit(path, statement)
    faults = Index.check(path)
    assert table in {fault.table for fault in faults}, list(map(str, faults))
    damaged = path.read_bytes()
    done = Index.rebuild(path)
    assert done.damaged == f"{path}.damaged"
    assert Path(done.damaged).read_bytes() == damaged
    assert Index.check(path) == []
    with Index(path) as index:
        held = {article.id: article for article in index.articles()}
        missing = before.keys() - held.keys()
        assert len(held) == done == len(before) - len(missing)
        assert len(done.left_out) == len(missing) == (1 if lost is None else len(lost))
        if lost is not None:
            assert set(done.left_out) == lost
        assert all(before[id] == article.text for id, article in held.items())
        told = {frozenset(m.id for m in c.members) for c in index.clusters()}
        with dedup.scan(list(held.values()), furniture=index.furniture, threads=1) as result:
            assert told == {frozenset(m.id for m in c.members) for c in result.clusters}


def test_the_command_line_of_a_damaged_index(sound: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = copied(sound, tmp_path)
    assert run(["index", "check", str(path)]) == 0
    assert capfd.readouterr().out == f"{path} is sound\n"
    edit(path, "UPDATE article SET title = 'Another' WHERE id IN ('000020', '000021')")
    (tmp_path / "seen.db.damaged").write_text("mine")
    assert run(["index", "query", str(path), str(tmp_path / "seen.db.damaged"), "--format", "jsonl"]) == 1
    assert run(["index", "export", str(path), "--articles", str(tmp_path / "out.jsonl")]) == 3
    assert f"dedup index rebuild {path}" in capfd.readouterr().err
    assert run(["index", "check", str(path)]) == 3
    assert "article: 2 rows that are not what was written (" in capfd.readouterr().out
    assert run(["index", "check", str(path), "--json"]) == 3
    told = json.loads(capfd.readouterr().out)
    assert not told["sound"]
    assert told["faults"][0]["count"] == 2
    damaged = path.read_bytes()
    assert run(["index", "rebuild", str(path)]) == 0
    err = capfd.readouterr().err
    assert "2 damaged articles were left out: 000020, 000021" in err
    assert (tmp_path / "seen.db.damaged").read_text() == "mine"
    assert (tmp_path / "seen.db.damaged.2").read_bytes() == damaged
    assert f"{path}.damaged.2" in err
    assert run(["index", "check", str(path)]) == 0
    assert run(["index", "check", str(tmp_path / "none.db")]) == 2
    assert run(["index", "check", str(tmp_path / "seen.db.damaged")]) == 3


def test_what_does_not_say_how_it_was_made_gets_the_usual_settings(sound: Path, tmp_path: Path) -> None:
    path = copied(sound, tmp_path)
    edit(path, "UPDATE about SET value = replace(value, '5', '6') WHERE name = 'settings'")
    damaged = path.read_bytes()
    done = Index.rebuild(path)
    assert done.usual
    assert done.damaged is not None
    assert Path(done.damaged).read_bytes() == damaged
    with Index(path) as index, Index(sound, readonly=True) as whole:
        assert [a.id for a in index.articles()] == [a.id for a in whole.articles()]


def test_a_file_without_its_first_page_stays_as_it_is(sound: Path, tmp_path: Path) -> None:
    path = copied(sound, tmp_path)
    data = os.urandom(PAGE) + path.read_bytes()[PAGE:]
    path.write_bytes(data)
    with pytest.raises(IndexUnusable, match="is no index of dedup"):
        Index.rebuild(path)
    assert path.read_bytes() == data
    assert {file.name for file in tmp_path.iterdir()} <= {"seen.db", "seen.db-wal", "seen.db-shm"}


def test_a_log_is_kept_with_the_damaged_file(sound: Path, tmp_path: Path) -> None:
    """Of a process that was killed: what stands in its log belongs to the file."""
    path = copied(sound, tmp_path)
    code = f"import os; from dedup import Index; i = Index({str(path)!r}); i.add('A text of its own, which is long enough to be compared.'); os._exit(9)"  # noqa: E501
    subprocess.run([sys.executable, "-c", code], check=False, timeout=120)
    log = Path(f"{path}-wal")
    assert log.stat().st_size
    data = bytearray(path.read_bytes())
    at = data.index(b"gamma.example")
    data[at] ^= 1
    path.write_bytes(data)
    done = Index.rebuild(path)
    assert Path(f"{done.damaged}-wal").stat().st_size
    with Index(path) as index:
        assert any(article.text.startswith("A text of its own") for article in index.articles())
    assert Index.check(path) == []


@pytest.mark.parametrize("in_turns", [True, False])
def test_what_is_added_during_a_rebuild_is_kept(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_turns: bool
) -> None:
    path = copied(sound, tmp_path)
    if not in_turns:
        monkeypatch.delattr(write_queue.fcntl, "F_OFD_SETLK", raising=False)
    begun, threads = threading.Event(), []
    stream = Engine.stream

    def slow(self: Engine, inputs: Any, **options: Any) -> Any:
        for part in stream(self, inputs, **options):
            yield part
            begun.set()
            time.sleep(0.3)  # while the other one would add

    def adds() -> None:
        assert begun.wait(60)
        with Index(path) as index:
            assert index.add({"id": "meanwhile", "text": crawl(700, 1)[0]["text"]}).stored

    monkeypatch.setattr(Engine, "stream", slow)
    threads.append(threading.Thread(target=adds))
    threads[0].start()
    count = Index.rebuild(path)
    threads[0].join()
    with Index(path) as index:
        assert len(index) == count + 1
        assert "meanwhile" in index


def test_a_user_s_mistake_is_no_damage(sound: Path, tmp_path: Path) -> None:
    with Index(copied(sound, tmp_path)) as index:
        for call in (index.get, index.cluster, index.remove, index.__contains__):
            with pytest.raises(UsageError, match="the id of an article is a text"):
                call([5] if call == index.remove else 5)  # type: ignore[operator]

        def broken() -> Any:
            yield crawl(800, 1)[0]
            raise KeyError("of the user's own")

        with pytest.raises(KeyError, match="of the user's own"):
            index.add_many(broken())
        with pytest.raises(KeyError, match="of the user's own"):
            index.remove(article["id"] for article in broken())
