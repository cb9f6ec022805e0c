"""Zip and tar archives: their members are read as files are, whatever their format, and bombs are bounded."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from inputs.reading import content, read_all, reasons, rejects, rows
from pyarrow import feather

import dedup
from dedup.inputs import compression
from dedup.inputs.formats import FORMATS
from dedup.inputs.readers import archive
from dedup.inputs.readers.archive import is_hidden
from dedup.inputs.records import records
from dedup.settings import Settings

TEXT = "The harbour authority said the swing bridge will close for fourteen weeks from the third of March."


def page(number: int) -> str:
    body = "".join(f"<p>Paragraph {i} of story {number}. {TEXT}</p>" for i in range(6))
    return f"<html><head><title>Story {number}</title></head><body><article><h1>S</h1>{body}</article></body></html>"


def feather_file() -> bytes:
    out = io.BytesIO()
    feather.write_feather(pa.table({"id": ["f"], "text": [TEXT]}), out)
    return out.getvalue()


#: Members of every kind, and the ids of their articles.
MEMBERS: dict[str, tuple[bytes, list[str]]] = {
    "a/array.json": (json.dumps([{"id": "1", "text": TEXT}, {"id": "2", "text": TEXT}]).encode(), ["1", "2"]),
    "a/lines.jsonl.gz": (gzip.compress(b'{"id": "3", "text": "%s"}\n' % TEXT.encode()), ["3"]),
    "b/rows.csv": (f"id,text\n4,{TEXT}\n".encode(), ["4"]),
    "b/one.html": (page(1).encode(), ["{archive}/b/one.html"]),
    "b/two.html.bz2": (bz2.compress(page(2).encode()), ["{archive}/b/two.html.bz2"]),
    "table.feather": (feather_file(), ["f"]),
    "lines.jsonl.xz": (lzma.compress(b'{"id": "x", "text": "%s"}\n' % TEXT.encode()), ["x"]),
    "text.txt": (TEXT.encode(), ["{archive}/text.txt"]),
}


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def tar_bytes(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return out.getvalue()


PACKERS: dict[str, Any] = {
    "a.tar": bytes, "a.tar.gz": gzip.compress, "a.tgz": gzip.compress, "a.tar.bz2": bz2.compress,
    "a.tar.zst": zstandard.compress, "a.tar.xz": lzma.compress, "a.txz": lzma.compress,
}  # fmt: skip


def pack(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    path = folder / name
    if name.endswith(".zip"):
        return write_zip(path, members)
    path.write_bytes(PACKERS[name](tar_bytes(members)))
    return path


@pytest.mark.parametrize("name", ["a.zip", *PACKERS])
def test_members_of_all_formats_are_read(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path, name, {member: data for member, (data, _) in MEMBERS.items()})
    batches = read_all(path)
    assert rejects(batches) == []
    found = {batch.file_of(i): [] for batch in batches for i in range(batch.records.num_rows)}
    for batch in batches:
        for i, row in enumerate(batch.records.to_pylist()):
            found[batch.file_of(i)].append(row["id"])
    assert found == {f"{path}/{member}": [i.format(archive=path) for i in ids] for member, (_, ids) in MEMBERS.items()}
    assert all(batch.records.column("offset").to_pylist() == [-1] * batch.records.num_rows for batch in batches)


@given(st.lists(st.lists(st.text('abc \n"é', min_size=1).filter(str.strip), max_size=4), max_size=4))
def test_an_archive_gives_what_its_files_give(tmp_path_factory: pytest.TempPathFactory, files: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("files")
    data = {f"{i}.jsonl": "".join(json.dumps({"text": t}) + "\n" for t in texts) for i, texts in enumerate(files)}
    members = {name: text.encode() for name, text in data.items()} | {"9.txt": b"at least one"}
    for name, member in members.items():
        (folder / name).write_bytes(member)
    plain = [(row[0], row[-1]) for row in content(read_all(*(folder / name for name in members)))]
    for name in ("a.zip", "a.tar.gz"):
        assert [(row[0], row[-1]) for row in content(read_all(pack(folder, name, members)))] == plain


def test_what_is_hidden_or_of_no_format_is_skipped(tmp_path: Path) -> None:
    members = {"a.txt": b"a", "__MACOSX/._a.txt": b"b", ".git/b.txt": b"c", "c/.d.txt": b"d", "readme.md": b"e"}
    for name in ("a.zip", "a.tar"):
        assert [row["text"] for row in rows(read_all(pack(tmp_path, name, members)))] == ["a"]
    assert not is_hidden("./a/../b.txt")


def test_a_named_format_is_that_of_the_members(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"part-0001": b'{"text": "a b"}\n', "b.csv": b"text\nc d\n"})
    found = {
        format: [record["text"] for record in records([str(path)], Settings(format=format), [])]
        for format in ("jsonl", "csv", "zip", None)
    }
    assert found == {"jsonl": ["a b"], "csv": ["c d"], "zip": ["c d"], None: ["c d"]}


def test_links_and_devices_in_a_tar_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as file:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo("../../etc/passwd.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            file.addfile(info)
    assert reasons(read_all(path)) == [(None, "unreadable")]


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = tar_bytes({"c.txt": b"innermost"})
    middle = io.BytesIO()
    with zipfile.ZipFile(middle, "w") as file:
        file.writestr("b.tar", inner)
    path = write_zip(tmp_path / "a.zip", {"m.zip": middle.getvalue(), "z.txt": b"after"})
    assert [(row["id"], row["text"]) for row in rows(read_all(path))] == [
        (f"{path}/m.zip/b.tar/c.txt", "innermost"), (f"{path}/z.txt", "after"),
    ]  # fmt: skip


def test_archives_are_not_opened_without_end(tmp_path: Path) -> None:
    data = b"deep"
    for _ in range(6):
        data = tar_bytes({"a.tar": data})
    (tmp_path / "a.tar").write_bytes(data)
    assert [reject.detail for reject in rejects(read_all(tmp_path / "a.tar"))] == ["an archive in 3 archives"]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_a_bomb_is_bounded(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many members, each of them small: the archive as a whole is the bomb."""
    monkeypatch.setattr(archive, "LONGEST_RUN", 4 << 20)
    members = {f"{i:03}.jsonl": b"\n" * (1 << 20) for i in range(80)} | {"z.txt": b"last"}
    batches = read_all(pack(tmp_path, name, {"a.txt": b"first"} | members))
    assert [row["text"] for row in rows(batches)] == ["first"]
    assert [reject.reason for reject in rejects(batches)] == ["too_large", "unreadable"]


def test_compressed_text_is_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LONGEST_RUN", 100_000)
    members = {f"{i}.txt": f"{i} {TEXT} ".encode() * 20 for i in range(100)}
    assert len(rows(read_all(write_zip(tmp_path / "a.zip", members)))) == 100


def test_a_bomb_within_a_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "LONGEST_RUN", 4 << 20)
    members = {"b.jsonl.gz": gzip.compress(b" " * (64 << 20)), "c.txt": b"good"}
    batches = read_all(write_zip(tmp_path / "a.zip", members))
    assert ([row["text"] for row in rows(batches)], reasons(batches)) == (["good"], [(1, "too_large")])


@pytest.mark.parametrize("size", [0, 10, 600, 2000, 4000])
@pytest.mark.parametrize("name", ["a.zip", *PACKERS])
def test_cut_archives_are_rejects(tmp_path: Path, name: str, size: int) -> None:
    members = {f"{i}.jsonl": b'{"id": "%d", "text": "good"}\n' % i + b"x" * 400 for i in range(9)}
    path = pack(tmp_path, name, members)
    path.write_bytes(path.read_bytes()[: min(size, path.stat().st_size - 600 if name == "a.tar" else size)])
    batches = read_all(path)
    assert {reject.reason for reject in rejects(batches)} >= ({"unreadable"} if size < 600 else set())
    assert all(row["text"] == "good" for row in rows(batches))


def test_a_damaged_member_ends_nothing(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": TEXT.encode() * 9, "b.txt": b"good"})
    data = bytearray(path.read_bytes())
    data[60:70] = b"\xff" * 10
    path.write_bytes(data)
    batches = read_all(path)
    assert ([row["text"] for row in rows(batches)], reasons(batches)) == (["good"], [(1, "corrupt")])


def test_an_encrypted_member_is_a_reject(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": b"secret", "b.txt": b"good"})
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        struct.pack_into("<H", data, data.index(mark) + at, 1)
    path.write_bytes(data)
    batches = read_all(path)
    assert ([row["text"] for row in rows(batches)], reasons(batches)) == (["good"], [(None, "unreadable")])
    assert "password" in rejects(batches)[0].detail


def test_temporary_copies_are_removed(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"table.feather": feather_file()})
    (tmp_path / "tmp").mkdir()
    assert [row["id"] for row in rows(read_all(path, tmp=str(tmp_path / "tmp")))] == ["f"]
    assert list((tmp_path / "tmp").iterdir()) == []


#: Names that no program should make, and that some make.
ODD_NAMES = [
    "../../up.txt", "/absolute.txt", "a\\b.txt", "C:\\d.txt", " spaces .txt", "two\nlines.txt", "\u202eright.txt",
    "#.txt", "?*.txt", "-.txt", "~.txt", "x" * 300 + ".txt", "e\u0301.txt", "\u00e9.txt", "UPPER.TXT", "a.txt/b.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", ["a.zip", *PACKERS])
def test_members_with_odd_names_are_read_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    path = pack(tmp_path / "in", name, {odd: f"{i} {TEXT}".encode() for i, odd in enumerate(ODD_NAMES)})
    batches = read_all(path, tmp=str(tmp_path))
    assert rejects(batches) == []
    assert [row["text"] for row in rows(batches)] == [f"{i} {TEXT}" for i in range(len(ODD_NAMES))]
    assert [row["id"] for row in rows(batches)] == [f"{path}/{odd}" for odd in ODD_NAMES]
    assert sorted(file.name for file in tmp_path.rglob("*")) == sorted(["in", name])


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_every_member_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    """A name can come more than once, and names that are not UTF-8 can be printed alike; no text may be lost so."""
    path, members = tmp_path / name, ["a.txt", "a.txt", "a.txt", "b.jsonl", "b.jsonl"]
    data = [f'{{"text": "{i} {TEXT}"}}\n'.encode() for i in range(len(members))]
    if name == "a.zip":
        with zipfile.ZipFile(path, "w") as file, warnings.catch_warnings(action="ignore"):
            for member, text in zip(members, data, strict=True):
                file.writestr(member, text)
    else:
        with tarfile.open(path, "w") as packed:
            for member, text in zip([*members, "\udcff.txt", "\udcfe.txt"], [*data, b"c", b"d"], strict=True):
                info = tarfile.TarInfo(member)
                info.size = len(text)
                packed.addfile(info, io.BytesIO(text))
    found = [batch.file for batch in read_all(path)]
    expected = [f"{path}/{own}" for own in ("a.txt", "a.txt#2", "a.txt#3", "b.jsonl", "b.jsonl#2")]
    assert found[: len(expected)] == expected
    assert len(set(found)) == len(found) == (5 if name == "a.zip" else 7)
    result = dedup.scan(str(path))
    assert (len(result.origins), list(result.rejects)) == (len(found), [])


@pytest.mark.parametrize("name", ["a.zip", "a.tar.xz"])
def test_empty_members_are_rejects(tmp_path: Path, name: str) -> None:
    empty = [f"e{ending}" for format in FORMATS.values() for ending in format.endings] + ["e.jsonl.gz", "e.html.xz"]
    batches = read_all(pack(tmp_path, name, {**dict.fromkeys(empty, b""), "z.txt": b"last"}))
    assert [(reject.file, reject.detail) for reject in rejects(batches)] == [
        (f"{tmp_path / name}/{member}", "the file is empty") for member in empty
    ]
    assert [row["text"] for row in rows(batches)] == ["last"]


@pytest.mark.parametrize("ending", [ending for format in FORMATS.values() for ending in format.endings])
def test_damaged_members_are_rejects_that_say_the_same_each_time(tmp_path: Path, ending: str) -> None:
    """Also of formats that need a temporary copy, whose path is another each time."""
    damaged = bytes(range(256)) * 4
    path = pack(tmp_path, "a.zip", {f"bad{ending}": damaged, "z.txt": b"last"})
    first, second = read_all(path), read_all(path)
    assert rejects(first) == rejects(second) != []
    assert all(reject.file.startswith(f"{path}/bad") for reject in rejects(first))
    assert rows(first)[-1]["text"] == "last"


def test_an_xz_file_that_wants_too_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_XZ_MEMORY", 1 << 20)
    (tmp_path / "a.jsonl.xz").write_bytes(lzma.compress(b'{"text": "a"}\n', preset=9))
    (reject,) = rejects(read_all(tmp_path / "a.jsonl.xz"))
    assert (reject.reason, "emory" in reject.detail) == ("corrupt", True)
