"""Several processes and threads at once, processes that are killed, and files that cannot be used."""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from stories import crawl, said_by_index, said_by_scan

from dedup.errors import IndexUnusable, MissingInput, UsageError
from dedup.index.public import Index
from dedup.index.stores.checksums import Table, row_checksum
from dedup.index.stores.sqlite import database_file, migrations, schema
from dedup.settings import make_settings

WRITER = Path(__file__).with_name("writer.py")


def writer(path: Path, first: int, count: int, batch: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(path), str(first), str(count), str(batch)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def check(path: Path, acknowledged: set[str]) -> None:
    """The file is whole, all that was acknowledged is there, and it says what a scan says."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    with Index(path) as index:
        held = {a.id: a for a in index.articles()}
        assert acknowledged <= held.keys()
        assert said_by_index(index) == said_by_scan(
            [{"id": a.id, "text": a.text, "domain": a.domain} for a in held.values()], index
        )


def killed(path: Path, first: int, batch: int, seconds: float) -> set[str]:
    """The ids that a process acknowledged before it was killed, so many seconds after the first of them.

    A fork of this one, which has everything loaded: so it can be done often.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            articles = crawl(first, 400)
            with Index(path) as index:
                for low in range(0, 400, batch):
                    verdicts = index.add_many(articles[low : low + batch], batch=batch)
                    os.write(write, "".join(f"{v.id}\n" for v in verdicts).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        begun = pipe.readline()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        out = begun + pipe.read()
    os.waitpid(child, 0)
    return {line for line in out.split("\n")[:-1] if line}  # the last line may be cut short


@pytest.mark.parametrize("batch", [1, 25])
def test_killed_processes_lose_nothing(tmp_path: Path, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_file, "SIZES", replace(database_file.SIZES, page=50, compaction=4, min_round=500))
    Index().add_many(crawl(0, 60))  # so that the kernels are loaded in all that is forked
    path = tmp_path / "seen.db"
    rng = random.Random(batch)
    acknowledged: set[str] = set()
    for round in range(12):
        acknowledged |= killed(path, 500 * round, batch, rng.uniform(0, 0.15))
    assert len(acknowledged) > 12
    check(path, acknowledged)


def test_processes_and_threads_at_once(tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    articles = crawl(0, 120)
    processes = [writer(path, 200, 60, 20), writer(path, 400, 60)]
    with Index(path) as index, ThreadPoolExecutor(4) as pool:
        added = pool.map(lambda part: [index.add(a).id for a in part], [articles[:60], articles[60:]])
        asked = pool.map(lambda a: index.query(a).id, articles)
        ids = {id for part in added for id in part}
        assert list(asked) == [a["id"] for a in articles]
        for process in processes:
            ids.update(process.communicate(timeout=120)[0].split())
            assert process.returncode == 0
    assert len(ids) == 240
    check(path, ids)


def test_a_forked_process_uses_its_own_connection(tmp_path: Path) -> None:
    with Index(tmp_path / "seen.db") as index:
        index.add_many(crawl(0, 10))
        child = os.fork()
        if child == 0:
            try:
                index.add_many(crawl(10, 10))
                os._exit(0 if len(index) == 20 else 1)
            except BaseException:
                os._exit(2)
        assert os.waitpid(child, 0)[1] == 0
        assert len(index) == 20


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    """A process that may write no larger files stands for a disk without room."""
    path = tmp_path / "seen.db"
    with Index(path) as index:
        index.add_many(crawl(0, 50))
    code = f"""
import resource, signal, sys
sys.path[:0] = {[str(folder) for folder in WRITER.parents[:3]]!r}
from stories import crawl
from dedup import Index
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Index({str(path)!r}) as index:
    size = {path.stat().st_size} + 65536
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        index.add_many(crawl(1000, 2000))
    except Exception as error:
        print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert "IndexUnusable" in done.stdout, done.stderr
    assert "disk" in done.stdout
    with Index(path) as index:
        assert {a.id for a in index.articles()} >= {a["id"] for a in crawl(0, 50)}
    check(path, {a["id"] for a in crawl(0, 50)})
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_no_room_within_sqlite(tmp_path: Path) -> None:
    index = Index(tmp_path / "seen.db")
    index.add_many(crawl(0, 20))
    connection = index._store._connections.get()  # type: ignore[attr-defined]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(IndexUnusable, match="the disk is full; nothing of this batch was stored"):
        index.add_many(crawl(1000, 500))
    assert len(index) == 20
    assert index.query(crawl(1000, 1)[0]).is_new
    index.close()


def test_nothing_is_remembered_of_a_batch_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the dictionary it made, nor the words of its articles, whose numbers go to others."""

    def fails(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    path = tmp_path / "seen.db"
    articles = crawl(3000, 300)
    with Index(path) as index:
        with monkeypatch.context() as patch:
            patch.setattr("dedup.index.engine.known_verdicts", fails)
            with pytest.raises(IndexUnusable, match="the disk is full"):
                index.add_many(crawl(0, 1500))
        index.add_many(articles, batch=100)
        assert said_by_index(index) == said_by_scan(articles, index)
    with Index(path) as index:
        assert {a.id: a.text for a in index.articles()} == {a["id"]: a["text"] for a in articles}


def use(path: Path, **options: object) -> None:
    with Index(path, **options) as index:  # type: ignore[arg-type]
        index.add_many(crawl(5000, 200))
        list(index.clusters())


def unchanged(path: Path, message: str, error: type[Exception] = IndexUnusable, **options: object) -> None:
    """Opening (or adding) fails with one sentence and leaves the file as it is."""
    before = path.read_bytes()
    with pytest.raises(error, match=message):
        use(path, **options)
    assert path.read_bytes() == before


def test_files_that_are_no_index(tmp_path: Path) -> None:
    other = tmp_path / "articles.jsonl"
    other.write_text('{"text": "no index"}\n')
    unchanged(other, "is no index of dedup")
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    unchanged(tmp_path / "other.db", "is a database, but no index of dedup")
    with pytest.raises(IndexUnusable, match="cannot be read: Is a directory"):
        Index(tmp_path)
    with pytest.raises(IndexUnusable, match="cannot be opened"):
        Index(tmp_path / "no" / "folder" / "seen.db")
    with pytest.raises(MissingInput, match="there is no index; make one with: dedup index add"):
        Index(tmp_path / "none.db", readonly=True)
    assert not (tmp_path / "none.db").exists()


def made(path: Path) -> Path:
    with Index(path) as index:
        index.add_many(crawl(0, 200))
    return path


def test_a_damaged_file(tmp_path: Path) -> None:
    path = made(tmp_path / "seen.db")
    data = bytearray(path.read_bytes())
    data[4096 : len(data) - 4096] = os.urandom(len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(IndexUnusable, match="damaged"), Index(path) as index:
        index.add_many(crawl(5000, 10))
    path.write_bytes(data[:5000])
    with pytest.raises(IndexUnusable, match="damaged"), Index(path) as index:
        index.add_many(crawl(5000, 10))
    assert path.read_bytes() == data[:5000]


def test_other_settings_are_refused(tmp_path: Path) -> None:
    from dedup.text.boilerplate.learning import BoilerplateBlock, BoilerplateModel

    path = made(tmp_path / "seen.db")
    unchanged(path, "made with other settings .*shingle_size 5, not 4", UsageError, shingle_size=4)
    unchanged(path, "made with other settings .*threshold None, not 0.5", UsageError, threshold=0.5)
    model = BoilerplateModel.of({"a.example": (10, [BoilerplateBlock("one of many blocks", 9)])})
    unchanged(path, "made with other settings .*furniture", UsageError, furniture=model)
    with Index(path, shingle_size=5, num_perm=128) as index:
        assert len(index) == 200


def edit(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_newer_and_older_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "seen.db")
    edit(path, f"PRAGMA user_version = {schema.VERSION + 1}")
    unchanged(path, "made by a newer dedup .*pip install -U news-dedup")
    edit(path, f"PRAGMA user_version = {schema.VERSION}")
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 2)
    unchanged(path, "made by an older dedup .*dedup index export --articles")
    steps = {schema.VERSION - 2: lambda db: db.execute("CREATE TABLE note AS SELECT 'x'")}
    monkeypatch.setattr(migrations, "STEPS", steps)
    unchanged(path, "made by an older dedup")  # a half of the way is not gone
    unchanged(path, "only read here; bring it up to date with: dedup index rebuild", readonly=True)
    monkeypatch.setattr(
        migrations, "STEPS", {**steps, schema.VERSION - 1: lambda db: db.execute("CREATE TABLE more (x)")}
    )
    with Index(path) as index:
        assert len(index) == 200
        connection = index._store._connections.get()  # type: ignore[attr-defined]
        assert connection.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
        assert connection.execute("SELECT * FROM note").fetchone() == ("x",)


#: The tables of version 3 that a newer version reads; all others it makes anew.
VERSION_3 = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE dictionary (number INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE article (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body INTEGER, url TEXT, domain TEXT, title TEXT,
  published TEXT, authors TEXT, meta TEXT, age REAL NOT NULL, said TEXT
);
CREATE INDEX article_body ON article (body) WHERE body IS NOT NULL;
CREATE INDEX article_age ON article (age);
CREATE TABLE text (article INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE body (
  number INTEGER PRIMARY KEY AUTOINCREMENT, high INTEGER NOT NULL, low INTEGER NOT NULL, words INTEGER NOT NULL,
  size INTEGER NOT NULL, component INTEGER, core INTEGER
);
CREATE TABLE sketch (body INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE INDEX body_fingerprint ON body (high);
CREATE INDEX body_component ON body (component) WHERE component IS NOT NULL;
CREATE TABLE posting (low INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE mark (page INTEGER PRIMARY KEY, leads BLOB NOT NULL, short BLOB NOT NULL);
CREATE TABLE pair (
  a INTEGER NOT NULL, b INTEGER NOT NULL, relation INTEGER NOT NULL, features BLOB NOT NULL, PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX pair_b ON pair (b);
CREATE TABLE cluster (
  number INTEGER PRIMARY KEY AUTOINCREMENT, canonical INTEGER NOT NULL, size INTEGER NOT NULL,
  probability REAL NOT NULL, origin TEXT NOT NULL
);
CREATE TABLE member (
  article INTEGER PRIMARY KEY, cluster INTEGER NOT NULL, place INTEGER NOT NULL, relation INTEGER NOT NULL,
  direction INTEGER NOT NULL, resemblance INTEGER NOT NULL, containment INTEGER NOT NULL, lag INTEGER
);
CREATE INDEX member_cluster ON member (cluster);
CREATE VIEW clusters AS SELECT c.number, k.id FROM cluster c JOIN article k ON k.number = c.canonical;
INSERT INTO about SELECT name, value FROM now.about;
INSERT INTO dictionary SELECT number, data FROM now.dictionary;
INSERT INTO article SELECT number, id, body, url, domain, title, published, authors, meta, age, said FROM now.article;
INSERT INTO text SELECT article, data FROM now.text;
INSERT INTO body SELECT number, high, low, words, size, component, core FROM now.body;
INSERT INTO sketch SELECT body, data FROM now.sketch;
INSERT INTO pair SELECT a, b, relation, substr(features, 1, length(features) - 8) FROM now.pair;
INSERT INTO cluster SELECT number, canonical, size, probability, origin FROM now.cluster;
INSERT INTO member SELECT article, cluster, place, relation, direction, resemblance, containment, lag FROM now.member;
UPDATE sqlite_sequence SET seq = (SELECT last_article FROM now.counter) WHERE name = 'article';
PRAGMA application_id = 0x64656475;
PRAGMA user_version = 3;
"""
#: What makes the tables of version 3 those of an older version.
OLDER = {
    3: (),
    2: ("DROP TABLE mark", "PRAGMA user_version = 2"),
    # With a row for each posting, and the sketch among the columns of a body.
    1: (
        *(
            f"CREATE TABLE {kind} (key INTEGER NOT NULL, body INTEGER NOT NULL, PRIMARY KEY (key, body)) WITHOUT ROWID"
            for kind in ("band", "passage", "name")
        ),
        "CREATE TABLE crowded (kind TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID",
        "ALTER TABLE body ADD COLUMN sketch BLOB",
        "UPDATE body SET sketch = (SELECT data FROM sketch WHERE body = number)",
        "DROP TABLE mark", "DROP TABLE sketch", "DROP TABLE posting",
        "PRAGMA user_version = 1",
    ),
}  # fmt: skip


def aged_to(version: int, path: Path) -> None:
    """Make the tables of a file those of an older version, by hand; it records one hash of the rules of its day."""
    now = path.rename(path.with_suffix(".now"))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("ATTACH ? AS now", (str(now),))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(VERSION_3)
    connection.execute("UPDATE about SET value = '1009c5847151f4e9246fdbb49395e522' WHERE name = 'rules'")
    for name, key in (("furniture", "version"), ("results", "shingle_spec")):
        (value,) = connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        older, count = re.subn(rf'("{key}": ?)2\b', r"\g<1>1", value)
        assert count == 1
        connection.execute("UPDATE about SET value = ? WHERE name = ?", (older, name))
    connection.close()
    now.unlink()
    edit(path, *OLDER[version])


@pytest.mark.parametrize("version", OLDER)
@pytest.mark.parametrize("direct", [False, True])
def test_older_tables(tmp_path: Path, version: int, direct: bool) -> None:
    """All were made with the first specification of shingles: they are refused until they are rebuilt."""
    path = made(tmp_path / "seen.db")
    asked = [{"text": a["text"]} for a in crawl(0, 40)]

    def said(index: Index) -> object:
        """What it says, without the names of clusters: a rebuilt index gives others."""
        return said_by_index(index), [{**index.query(a).to_dict(), "cluster": None} for a in asked]

    with Index(path) as index:
        before = said(index)
    aged_to(version, path)
    if not direct:
        with pytest.raises(IndexUnusable, match=r"other rules \(it does not say which.*dedup index rebuild"):
            Index(path)
    assert Index.rebuild(path) == 200
    assert Index.check(path) == []
    with Index(path) as index:
        assert said(index) == before
        assert index.stats()["postings"] > 1000
        index.remove(a["id"] for a in crawl(0, 100))
        index.add_many(crawl(300, 50))
    assert Index.check(path) == []
    check(path, {a["id"] for a in crawl(100, 100)})


def test_a_rebuild_keeps_what_is_no_article_by_todays_rules(tmp_path: Path) -> None:
    """An older dedup stored walls: no text of an index is lost because it is made anew."""
    path = tmp_path / "seen.db"
    wall = {"id": "wall", "title": "Just a moment...", "text": "Checking your browser. Please enable JavaScript and "
            "cookies to continue. Verify you are human by completing the action below."}  # fmt: skip
    with Index(path) as index:
        assert index.add(wall).set_aside is not None
        index.settings = make_settings(index.settings, keep_all=True)
        index.add_many([wall, *crawl(0, 5)])
    assert Index.rebuild(path) == 6
    with Index(path) as index:
        assert "wall" in index
        assert not index.settings.keep_all


def test_other_rules_are_refused_and_rebuilt(tmp_path: Path) -> None:
    path = made(tmp_path / "seen.db")
    with Index(path) as index:
        before = said_by_index(index)
    values = ("rules", "older")
    edit(
        path,
        "UPDATE about SET value = '{1}', sum = {2} WHERE name = '{0}'".format(
            *values, row_checksum(Table.ABOUT, values)
        ),
    )
    unchanged(path, "other rules .*dedup index rebuild")
    with Index(path, trusted=True, readonly=True) as reader:
        assert Index.rebuild(path) == 200
        assert len(reader) == 200
    with Index(path) as index:
        assert said_by_index(index) == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_rebuilt_index_is_no_larger(tmp_path: Path) -> None:
    path = made(tmp_path / "seen.db")
    size = path.stat().st_size
    assert Index.rebuild(path) == 200
    assert [p.name for p in tmp_path.iterdir()] == ["seen.db"], "no log is left"
    assert path.stat().st_size < 1.2 * size


def test_who_has_an_index_open_while_it_is_rebuilt(tmp_path: Path) -> None:
    """What is remembered by number stays true: a rebuilt index gives others."""
    path = tmp_path / "seen.db"
    articles = crawl(0, 200)
    asked = [{"text": f"{a['text']} It ends with a sentence that is not in the other."} for a in articles[:60]]
    with Index(path) as writer:
        for part in (articles[150:], articles[:150]):
            writer.add_many(part)
        writer.remove(a["id"] for a in articles[150:])
        with Index(path, readonly=True) as reader:
            before = [reader.query(a).to_dict()["matches"] for a in asked]
            assert Index.rebuild(path) == 150
            for index in (writer, reader):
                assert [index.query(a).to_dict()["matches"] for a in asked] == before
        writer.add_many(crawl(300, 50))
    check(path, {a["id"] for a in [*articles[:150], *crawl(300, 50)]})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_without_permission_to_write(tmp_path: Path) -> None:
    path = made(tmp_path / "seen.db")
    path.chmod(0o400)
    unchanged(path, "cannot be written")


def test_reading_only(tmp_path: Path) -> None:
    path = made(tmp_path / "seen.db")
    with Index(path, readonly=True) as index:
        assert index.query({"text": crawl(0, 1)[0]["text"]}).matches
        with pytest.raises(IndexUnusable, match="cannot be written"):
            index.add(crawl(5000, 1)[0])
        assert len(index) == 200


def test_readers_are_not_kept_waiting(tmp_path: Path) -> None:
    """While half of an index expires, somebody who reads is never kept out, and sees whole transactions."""
    path = tmp_path / "seen.db"
    with Index(path) as index:
        index.add_many([{**a, "published": f"2024-01-{1 + i % 28:02d}"} for i, a in enumerate(crawl(0, 600))])
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(index.expire, "2024-01-15", step=20)
            waits = []
            while not done.done():
                begun = time.perf_counter()
                connection = sqlite3.connect(path, timeout=0)
                connection.execute("SELECT count(*) FROM article").fetchone()
                connection.close()
                waits.append(time.perf_counter() - begun)
            assert done.result() == 306
        assert len(waits) > 3
        articles = [
            {"id": a.id, "text": a.text, "domain": a.domain, "published": a.published} for a in index.articles()
        ]
        assert len(articles) == 294
        assert said_by_index(index) == said_by_scan(articles, index)
