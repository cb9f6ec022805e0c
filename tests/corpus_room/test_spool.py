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

from dedup.corpus import spool
from dedup.corpus.spool import Spool, SpoolFile, concat_tokens
from dedup.errors import OutputError, UsageError


@pytest.mark.parametrize("in_memory", [0, 10, 1 << 20])
def test_round_trip_in_memory_and_spilled(tmp_path: Path, in_memory: int) -> None:
    file = SpoolFile(tmp_path / "part", in_memory)
    parts = [b"one", b"", b"second part", bytes(range(256)), b"x"]
    places = [file.append(part) for part in parts]
    assert places == [0, 3, 3, 14, 270]
    assert file.size == 271
    assert [file.read(at, len(part)) for at, part in zip(places, parts, strict=True)] == parts
    assert file.read(10, 4) == b"part"
    assert file.append(b"more") == 271
    assert file.read(271, 4) == b"more"
    assert (tmp_path / "part").exists() == (in_memory < 275)
    file.close()


@settings(max_examples=100)
@given(st.lists(st.binary(max_size=40), max_size=12), st.integers(0, 200), st.data())
def test_any_part_of_what_was_written_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], in_memory: int, data: st.DataObject
) -> None:
    file = SpoolFile(tmp_path_factory.mktemp("spool") / "part", in_memory)
    places: list[int] = []
    for part in parts:
        places.append(file.append(part))
        assert file.size == places[-1] + len(part)
        i = data.draw(st.integers(0, len(places) - 1))
        low = data.draw(st.integers(0, len(parts[i])))
        assert file.read(places[i] + low, len(parts[i]) - low) == parts[i][low:]
        held = file.memory()
        assert (held is None) == (file.size > in_memory)
        assert held is None or held.tobytes() == b"".join(parts[: len(places)])
    assert places == [sum(map(len, parts[:i])) for i in range(len(parts))]
    file.close()


def test_arrays_are_taken_as_bytes(tmp_path: Path) -> None:
    for in_memory in (3, 1000):
        file = SpoolFile(tmp_path / f"part{in_memory}", in_memory)
        file.append(b"abc")
        assert file.append(np.arange(4, dtype=np.uint32)) == 3
        assert file.size == 19
        assert np.frombuffer(file.read(7, 8), np.uint32).tolist() == [1, 2]
        file.close()


@settings(max_examples=100)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.integers(1, 40), st.data())
def test_gather_brings_bodies_in_the_order_asked_for(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], in_memory: int, data: st.DataObject
) -> None:
    at = np.cumsum([0, *counts[:-1]])
    bodies = [i for i, count in enumerate(counts) if count]
    wanted = data.draw(st.lists(st.sampled_from(bodies), max_size=12)) if bodies else []
    made = Spool(None)
    made.words = SpoolFile(tmp_path_factory.mktemp("spool") / "words", 4 * in_memory)
    # A batch holds several bodies; a body lies in one batch.
    low = 0
    while low < len(counts):
        high = data.draw(st.integers(low + 1, len(counts)))
        made.words.append(np.arange(at[low], at[low] + sum(counts[low:high]), dtype=np.uint32))
        low = high
    word, first = made.gather(at[wanted], np.array(counts)[wanted])
    held = made.as_array()
    made.close()
    assert (held is None) == (sum(counts) > in_memory)
    assert held is None or held.tolist() == list(range(sum(counts)))
    assert first.tolist() == np.cumsum([0, *(counts[i] for i in wanted)]).tolist()
    for place, i in enumerate(wanted):
        assert word[first[place] : first[place + 1]].tolist() == list(range(at[i], at[i] + counts[i]))


def test_a_spool_takes_its_folder_with_it(tmp_path: Path) -> None:
    made = Spool(str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 1
    made.words.append(b"abcd")
    made.records.append(b"record")
    assert (made.words.read(0, 4), made.records.read(0, 6)) == (b"abcd", b"record")
    made.close()
    assert list(tmp_path.iterdir()) == []


def test_a_spool_that_is_never_closed_is_gone_with_its_process(tmp_path: Path) -> None:
    code = "import sys; from dedup.corpus.spool import Spool; s = Spool(sys.argv[1]); s.words.append(b'abcd')"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_a_usage_error_that_names_it(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path / "file"):
        (tmp_path / "file").touch()
        with pytest.raises(UsageError, match=path.name) as caught:
            Spool(str(path))
        assert "--tmp" in str(caught.value)


def test_a_full_disk_is_an_output_error_that_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SpoolFile(tmp_path / "part", 8)
    file.append(b"first")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError, match="--tmp"):
        file.append(b"second part")
    monkeypatch.undo()
    file.close()


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=12))
def test_packed_words_are_those_of_the_bodies_in_order(runs: list[tuple[int, int]]) -> None:
    """Each body ends somewhere before the next begins: what furniture took lies between."""
    counts, gaps = np.array(runs, np.int64).reshape(-1, 2).T
    first = np.cumsum(counts + gaps) - counts - gaps
    word = np.arange(int((counts + gaps).sum()), dtype=np.uint32) * np.uint32(0x9E3779B1)
    packed = concat_tokens(word, first, first + counts)
    assert packed.dtype == np.uint32
    assert packed.tolist() == [int(w) for a, n in zip(first, counts, strict=True) for w in word[a : a + n]]


@pytest.mark.parametrize("in_memory", [0, 400, 1 << 20])
def test_blocks_hold_every_body_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    """In the order in which they were spooled, in blocks of some bodies, without those that are not asked for."""
    monkeypatch.setattr(spool, "BLOCK", 60)
    held = Spool(str(tmp_path))
    held.words = SpoolFile(tmp_path / "part", in_memory)
    bodies = [np.arange(n, dtype=np.uint32) + 1000 * i for i, n in enumerate([30, 1, 70, 12, 45, 8, 8, 90])]
    at = np.array([held.words.append(body.data) // 4 for body in bodies])
    asked = np.array([7, 2, 0, 3, 6, 1])
    seen: list[int] = []
    blocks = 0
    for word, which, begin, length in held.iter_blocks(at[asked], np.array([len(bodies[i]) for i in asked])):
        blocks += 1
        for i, low, count in zip(which.tolist(), begin.tolist(), length.tolist(), strict=True):
            assert word[low : low + count].tolist() == bodies[asked[i]].tolist()
            seen.append(int(asked[i]))
    assert seen == sorted(asked.tolist())
    assert (blocks == 1) == (in_memory > 400)
    held.close()
