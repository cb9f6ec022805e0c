"""Addresses: files of this machine, a server, and stores, read as files are, also where inputs are read twice."""

from __future__ import annotations

import gzip
import http.server
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import fsspec
import pytest
from inputs.reading import read_all, reasons, rejects, rows, write

import dedup
from dedup.errors import InputChanged, MissingExtra, MissingInput, UsageError
from dedup.inputs import remote
from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.inputs.repeatable import repeatable
from dedup.settings import Settings

TEXT = "The harbour authority said the swing bridge will close for fourteen weeks from the third of March. "
LINES = "".join(f'{{"id": "{i}", "text": "{i} {TEXT}"}}\n' for i in range(3))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server of this machine, and the folder that it serves."""
    folder = tmp_path / "served"
    folder.mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}", folder
        running.shutdown()
        thread.join()


@pytest.fixture
def store() -> Iterator[Any]:
    """A store in memory."""
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/", recursive=True)


def fill_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.jsonl", LINES)


def test_a_server(server: tuple[str, Path]) -> None:
    address, folder = server
    (folder / "a.jsonl").write_text(LINES)
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(LINES.encode()))
    fill_zip(folder / "c.zip")
    (folder / "feed").write_text(f"<rss><channel><item><description>{TEXT}</description></item></channel></rss>")
    for name in ("a.jsonl", "b.jsonl.gz", "c.zip", "a.jsonl?token=x"):
        batches = read_all(f"{address}/{name}")
        assert ([row["id"] for row in rows(batches)], rejects(batches)) == (["0", "1", "2"], [])
    assert {batch.file for batch in read_all(f"{address}/c.zip")} == {f"{address}/c.zip/a.jsonl"}
    assert len(rows(read_all(f"{address}/feed", format="feed"))) == 1
    with pytest.raises(MissingInput, match="no such file"):
        resolve([f"{address}/missing.jsonl"])
    with pytest.raises(UsageError, match="does not show its format"):
        resolve([f"{address}/feed"])


def test_a_store(store: Any) -> None:
    files = {"in/a.jsonl": LINES, "in/b/c.csv": f"id,text\n9,{TEXT}\n", "in/readme.md": "x", "in/.hidden.txt": "x"}
    for name, content in files.items():
        store.pipe(f"/{name}", content.encode())
    whole = read_all("memory://in")
    assert [row["id"] for row in rows(whole)] == ["0", "1", "2", "9"]
    assert list(dict.fromkeys(batch.file for batch in whole)) == ["memory:///in/a.jsonl", "memory:///in/b/c.csv"]
    assert [row["id"] for row in rows(read_all("memory://in/*/*.csv"))] == ["9"]
    for name, words in {
        "memory://none": "no such",
        "memory://in/*.xyz": "nothing to read",
        "odd-scheme://a": "odd-scheme",
    }.items():
        with pytest.raises(MissingInput, match=words):
            resolve([name])


def test_a_scan_reads_addresses_as_files(store: Any, tmp_path: Path) -> None:
    """Texts are kept, since a report shows them after the address may be gone."""
    store.pipe("/a.jsonl", LINES.encode())
    local = write(tmp_path / "a.jsonl", LINES)
    written = []
    for name, path in (("one", "memory://a.jsonl"), ("two", local), ("three", f"file://{local}")):
        with dedup.scan([path], keep="canonical", texts=True) as result:
            assert result.summary["inputs"] == [path if name == "one" else local]
            store.pipe("/a.jsonl", b"")
            result.write(tmp_path / name, keep="canonical")
        store.pipe("/a.jsonl", LINES.encode())
        written.append([(tmp_path / name / file).read_bytes() for file in ("pairs.jsonl", "deduplicated.jsonl")])
    assert written[0] == written[1] == written[2]
    assert written[0][1]


def test_addresses_that_change_between_two_readings(store: Any) -> None:
    store.pipe("/a.jsonl", LINES.encode())
    read_again = repeatable(resolve(["memory://a.jsonl"]), Settings())
    first, second = (rows(read_again()) for _ in range(2))
    assert first == second
    store.pipe("/a.jsonl", LINES.replace("March", "April").encode())
    with pytest.raises(InputChanged):
        list(read_again())


def test_a_connection_that_breaks_keeps_what_came(store: Any) -> None:
    store.pipe("/a.jsonl", LINES.encode())
    (source,) = resolve(["memory://a.jsonl"])

    class Broken:
        def open(self, *_: Any, **options: Any) -> Any:
            class File:
                sent = False

                def __enter__(self) -> Any:
                    return self

                def __exit__(self, *_: object) -> None:
                    """Close nothing."""

                def read(self, _: int) -> bytes:
                    if self.sent:
                        raise RuntimeError("connection lost")
                    self.sent = True
                    return LINES[:150].encode()

            return File()

    batches = list(read([replace(source, opener=partial(remote._open, Broken(), "memory://a.jsonl"))], Settings()))
    assert [row["id"] for row in rows(batches)] == ["0"]
    assert [reason for _, reason in reasons(batches)][-1:] == ["unreadable"]


@pytest.mark.parametrize(
    ("address", "extra"),
    [("s3://bucket/a.jsonl", "s3"), ("gs://bucket/a.jsonl", "gs"), ("sftp://host/a.jsonl", "inputs")],
)
def test_a_missing_library_is_one_sentence(address: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> Any:
        raise ImportError("Install a library to access it")

    monkeypatch.setattr("fsspec.core.url_to_fs", missing)
    with pytest.raises(MissingExtra, match=rf"install it with: pip install 'news-dedup\[{extra}\]'"):
        resolve([address])
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)
    with pytest.raises(MissingExtra, match="needs fsspec"):
        resolve([address])


def test_file_addresses(tmp_path: Path) -> None:
    path = write(tmp_path / "ä b" / "a.jsonl", LINES)
    for address in (Path(path).as_uri(), f"file://localhost{path}", Path(path).parent.as_uri()):
        assert [source.path for source in resolve([address])] == [path]
    with pytest.raises(MissingInput, match="this machine"):
        resolve(["file://other/a.jsonl"])
    with pytest.raises(MissingInput, match="no such file"):
        resolve([f"{Path(path).as_uri()}x"])


def test_no_password_is_shown() -> None:
    with pytest.raises(MissingInput) as caught:
        resolve(["http://user:secret@127.0.0.1:9/a.jsonl"])
    assert "secret" not in str(caught.value)
