"""Object stores, each on a server of this machine: folders, files, patterns, and all that can be wrong."""

from __future__ import annotations

import asyncio
import gzip
import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inputs.reading import checked, read_all, rejects, rows
from inputs.stores import STORES, Store, running

import dedup
from dedup.cli import run
from dedup.errors import MissingInput
from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.settings import Settings

TEXT = "The harbour authority said the swing bridge will close for fourteen weeks from the third of March. "
LINES = "".join(f'{{"id": "{i}", "text": "{i} {TEXT}"}}\n' for i in range(3)).encode()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with running(request.param, monkeypatch) as store:
        yield store


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("m.jsonl", LINES)
    return out.getvalue()


def test_folders_files_and_patterns(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    others = {"in/readme.md": b"x", "in/.hidden.txt": b"x"}
    packed = gzip.compress(LINES)
    store.fill({"in/a.jsonl": LINES, "in/b/c.csv": b"id,text\n9,more\n", "in/d.jsonl.gz": packed, **others})
    store.put("other/e.zip", zipped())
    everything = ["0", "1", "2", "9", "0", "1", "2"]
    for path, ids in {
        "in": everything,
        "in/": everything,
        "": [*everything, "0", "1", "2"],
        "in/a.jsonl": ["0", "1", "2"],
        "in/d.jsonl.gz": ["0", "1", "2"],
        "other/e.zip": ["0", "1", "2"],
        "in/*.jsonl": ["0", "1", "2"],
        "in/*/*.csv": ["9"],
        "*/*.zip": ["0", "1", "2"],
    }.items():
        batches = read_all(f"{store.address}/{path}".removesuffix("/" if not path else "//"))
        assert ([row["id"] for row in rows(batches)], rejects(batches)) == (ids, []), path
        assert all(batch.file.startswith(store.address) for batch in batches)
    printed, errors = capfd.readouterr()
    assert (printed, "credentials" in errors) == ("", False)  # gcsfs warns of them with every call


def test_what_is_missing_is_one_line(store: Store, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store.put("in/a.jsonl", LINES)
    nowhere = store.address.replace("press", "nowhere")
    for path in (f"{store.address}/in/missing.jsonl", f"{store.address}/none", nowhere, f"{nowhere}/a.jsonl"):
        with pytest.raises(MissingInput, match="no such file or folder"):
            resolve([path])
        assert run(["scan", path, "--out", str(tmp_path / "out")]) == 2
        assert len(capfd.readouterr().err.splitlines()) == 1
    with pytest.raises(MissingInput, match="nothing to read there"):
        resolve([f"{store.address}/in/*.xyz"])


def test_a_store_that_changes_is_listed_anew(store: Store) -> None:
    """The libraries keep listings for the life of a process."""
    store.put("in/a.jsonl", LINES)
    assert len(resolve([f"{store.address}/in"])) == 1
    store.put("in/b.jsonl", LINES)
    assert len(resolve([f"{store.address}/in"])) == 2
    assert len(resolve([f"{store.address}/in/b.jsonl"])) == 1


def test_a_scan_of_a_store_is_that_of_its_files(store: Store, tmp_path: Path) -> None:
    store.put("a.jsonl", LINES)
    (tmp_path / "a.jsonl").write_bytes(LINES)
    written = []
    for number, path in enumerate((f"{store.address}/a.jsonl", str(tmp_path / "a.jsonl"))):
        with dedup.scan(path, keep="canonical", texts=True) as result:
            result.write(tmp_path / str(number), keep="canonical")
        written.append([(tmp_path / str(number) / name).read_bytes() for name in ("pairs.jsonl", "deduplicated.jsonl")])
    assert written[0] == written[1]


def test_a_connection_that_breaks_keeps_what_came(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep, wait = time.sleep, asyncio.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.01)))

    async def wait_little(seconds: float, *result: Any) -> Any:
        return await wait(min(seconds, 0.01), *result)

    monkeypatch.setattr(asyncio, "sleep", wait_little)  # the libraries try again, for half a minute
    line = f'{{"text": "{TEXT * 100}"}}\n'.encode()
    count = (14 << 20) // len(line)
    store.fill({"in/a.jsonl": line * count, "in/b.jsonl": LINES})
    sources = resolve([f"{store.address}/in"])
    assert len(sources) == 2
    store.proxy.hang_up_after(8 << 20)
    batches = checked(read(sources, Settings()))
    assert 100 < len(rows(batches)) < count
    assert [(reject.file.rpartition("/")[2], reject.line, reject.reason) for reject in rejects(batches)] == [
        ("a.jsonl", None, "unreadable"), ("b.jsonl", None, "unreadable"),
    ]  # fmt: skip


def test_s3_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with running("s3", monkeypatch) as store:
        store.put("a.jsonl", LINES)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            monkeypatch.setenv(name, str(tmp_path / "none"))
        with pytest.raises(MissingInput, match=r"credentials.*check the address and your access"):
            resolve([f"{store.address}/a.jsonl"])


def test_a_closed_data_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with running("hf", monkeypatch), pytest.raises(MissingInput):
        resolve(["hf://datasets/press/closed/a.jsonl"])
