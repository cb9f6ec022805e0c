"""What is too much to hold comes back as it was, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.candidates import spool
from dedup.candidates.spool import Spool, SpoolFile
from dedup.errors import OutputError, UsageError


@pytest.mark.parametrize("in_memory", [0, 10, 1 << 20])
def test_round_trip_in_memory_and_spilled(tmp_path: Path, in_memory: int) -> None:
    file = SpoolFile(tmp_path / "part", in_memory)
    parts = [b"one", b"", b"second part", bytes(range(256)), b"x"]
    places = [file.append(part) for part in parts]
    assert places == [0, 3, 3, 14, 270]
    assert file.size == 271
    assert [file.read(at, len(part)) for at, part in zip(places, parts, strict=True)] == parts
    target = bytearray(11)
    file.read_into(3, memoryview(target))
    assert target == b"second part"
    assert file.append(b"more") == 271
    assert file.read(270, 5) == b"xmore"
    assert (tmp_path / "part").exists() == (in_memory < 275)
    file.close()


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=30), max_size=12), st.integers(0, 100))
def test_reads_and_writes_in_turn(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], in_memory: int) -> None:
    file = SpoolFile(tmp_path_factory.mktemp("spool") / "part", in_memory)
    written = b""
    for part in parts:
        assert file.append(part) == len(written)
        written += part
        assert file.size == len(written)
        assert file.read(0, len(written)) == written
    file.close()


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=30), max_size=12), st.data())
def test_parts_that_reach_over_pieces_of_memory(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], data: st.DataObject
) -> None:
    """Memory is taken in pieces; with pieces of sixteen bytes nearly every part lies in two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_PIECE", 16, raising=False)
        file = SpoolFile(tmp_path_factory.mktemp("spool") / "part", data.draw(st.integers(0, 200)))
        for part in parts:
            file.append(part)
        whole = b"".join(parts)
        low = data.draw(st.integers(0, len(whole)))
        length = data.draw(st.integers(0, len(whole) - low))
        assert file.read(low, length) == whole[low : low + length]
        file.close()


def test_arrays_are_taken_as_bytes(tmp_path: Path) -> None:
    for in_memory in (0, 1000):
        file = SpoolFile(tmp_path / f"part{in_memory}", in_memory)
        file.append(memoryview(np.arange(4, dtype=np.uint32)))
        assert file.size == 16
        assert np.frombuffer(file.read(4, 8), np.uint32).tolist() == [1, 2]
        file.close()


@settings(max_examples=60)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.data())
def test_gather_brings_bodies_in_the_order_asked_for(counts: list[int], data: st.DataObject) -> None:
    total = sum(counts)
    made = Spool(None)
    try:
        made.words.append(memoryview(np.arange(total, dtype=np.uint32)))
        at = np.cumsum([0, *counts[:-1]])
        wanted = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=12))
        word, first = made.gather(at[wanted], np.array(counts)[wanted])
        assert first.tolist() == np.cumsum([0, *(counts[i] for i in wanted)]).tolist()
        for place, i in enumerate(wanted):
            expected = list(range(at[i], at[i] + counts[i]))
            assert word[first[place] : first[place + 1]].tolist() == expected
    finally:
        made.close()


def test_a_spool_takes_its_folder_with_it(tmp_path: Path) -> None:
    made = Spool(str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 1
    made.words.append(b"abcd")
    made.records.append(b"record")
    assert (made.words.read(0, 4), made.records.read(0, 6)) == (b"abcd", b"record")
    made.close()
    assert list(tmp_path.iterdir()) == []


def test_a_spool_that_is_never_closed_is_gone_with_its_process(tmp_path: Path) -> None:
    code = "import sys; from dedup.candidates.spool import Spool; s = Spool(sys.argv[1]); s.words.append(b'abcd')"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_a_usage_error_that_names_it(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path / "file"):
        (tmp_path / "file").touch()
        with pytest.raises(UsageError, match=path.name) as caught:
            Spool(str(path))
        assert "--tmp" in str(caught.value)


def test_a_full_disk_is_an_output_error_that_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SpoolFile(tmp_path / "part", 0)
    file.append(b"first")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError, match="--tmp"):
        file.append(b"second")
    monkeypatch.undo()
    file.close()
