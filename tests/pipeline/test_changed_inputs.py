"""An input that is another when it is read again: the output is that of the first reading, or one error and none."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import prose
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dedup
from dedup.cli import run
from dedup.errors import InputChanged
from dedup.inputs.compression import UnreadableInput
from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.inputs.readers import jsonl
from dedup.inputs.readers.line_buffer import LineBuffer
from dedup.inputs.readers.streams import open_raw, open_stream
from dedup.inputs.record_files import MAX_OPEN, RecordFiles, record_hash
from dedup.inputs.repeatable import repeatable
from dedup.inputs.source import Source
from dedup.progress import NullProgress
from dedup.settings import Settings

WORDS = [f"{a}{b}" for a in ("har", "mil", "ton", "vel", "sar", "pon") for b in ("bour", "lage", "ding", "mer", "tic")]


def story(seed: int, words: int = 60) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) + str(chosen.randrange(50)) for _ in range(words))


def records() -> list[dict[str, Any]]:
    """Three stories in several copies and four articles that stand alone, in no order."""
    rows = [{"id": f"copy{n}-{i}", "text": story(n), "title": "é"} for n in range(3) for i in range(n + 2)]
    rows += [{"id": f"single{n}", "text": story(100 + n), "domain": f"d{n}.example"} for n in range(4)]
    random.Random(5).shuffle(rows)
    return rows


def as_lines(rows: list[dict[str, Any]], end: bytes = b"\n") -> bytes:
    return end.join(json.dumps(row, ensure_ascii=False).encode() for row in rows) + end


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def results(folder: Path) -> dict[str, bytes]:
    """The files that the same input gives the same bytes of."""
    return {name: data for name, data in snapshot(folder).items() if name != "summary.json"}


class Corpus:
    """A scan whose input may be changed, put back, and written again."""

    def __init__(self, folder: Path, content: bytes) -> None:
        self.folder, self.content, self.path = folder, content, folder / "in" / "a.jsonl"
        self.path.parent.mkdir()
        self.path.write_bytes(content)
        self.result = dedup.scan(str(self.path), keep="canonical")
        self.result.write(folder / "expected", keep="canonical")
        self.expected = results(folder / "expected")
        earlier = folder / "earlier.jsonl"
        earlier.write_bytes(as_lines(records()[:2]))
        with dedup.scan(str(earlier)) as result:
            result.write(folder / "out")
        self.earlier = snapshot(folder / "out")

    def put_back(self) -> None:
        if self.path.is_dir():
            self.path.rmdir()
        self.path.unlink(missing_ok=True)
        self.path.write_bytes(self.content)

    def write(self) -> InputChanged | None:
        """Write the results. Asserts that they are exact, or that nothing is changed; returns the error, if any."""
        out = self.folder / "out"
        beside = sorted(entry.name for entry in self.folder.iterdir())
        error = None
        try:
            self.result.write(out, keep="canonical")
        except InputChanged as raised:
            error = raised
        if error is not None:
            assert snapshot(out) == self.earlier
            assert sorted(entry.name for entry in self.folder.iterdir()) == beside
            assert str(self.path) in str(error)
            assert str(out) not in str(error)
            assert error.exit_code == 2
            assert "\n" not in str(error)
            return error
        assert results(out) == self.expected
        for name, data in self.earlier.items():
            (out / name).write_bytes(data)
        for name in set(snapshot(out)) - set(self.earlier):
            (out / name).unlink()
        return None


@pytest.fixture(scope="module", params=[b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    end = b"\r\n" if request.param else b"\n"
    made = Corpus(tmp_path_factory.mktemp("changed"), request.param + as_lines(records(), end))
    yield made
    made.result.close()


# -- one change each -----------------------------------------------------------------------------------------------


def _prepended(data: bytes) -> bytes:
    return b'{"text": "a record before all others"}\n' + data


def _without_the_first_half(data: bytes) -> bytes:
    return data[len(data) // 2 :]


def _other_records(data: bytes) -> bytes:
    """Records of the same sizes, at the same places, with other words."""
    return data.replace(b"harbour", b"arbourh").replace(b"millage", b"illagem")


def _one_letter(data: bytes) -> bytes:
    at = data.index(b"harbour")
    return data[:at] + b"H" + data[at + 1 :]


@pytest.mark.parametrize(
    "change",
    [_prepended, _without_the_first_half, _other_records, _one_letter, lambda data: b"", lambda data: data[:-9]],
)
@pytest.mark.parametrize("way", ["in place", "by a rename", "in place, with the old time"])
def test_a_changed_input_is_one_error(corpus: Corpus, change: Callable[[bytes], bytes], way: str) -> None:
    before = corpus.path.stat()
    if way == "by a rename":
        fresh = corpus.path.with_suffix(".new")
        fresh.write_bytes(change(corpus.content))
        fresh.replace(corpus.path)
    else:
        corpus.path.write_bytes(change(corpus.content))
    if way == "in place, with the old time":
        os.utime(corpus.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    try:
        error = corpus.write()
    finally:
        corpus.put_back()
    assert error is not None
    assert "has changed while it was read" in str(error)
    assert "use a copy" in str(error)


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("by a rename", "another file has its name"),
        ("in place", "it was written to"),
        ("in place, with the old time", "its content is different, though its size and time are the same"),
        ("cut", "bytes and has 100"),
    ],
)
def test_the_error_says_what_happened(tmp_path: Path, way: str, says: str) -> None:
    corpus = Corpus(tmp_path, as_lines(records()))
    before = corpus.path.stat()
    if way == "by a rename":
        fresh = corpus.path.with_suffix(".new")
        fresh.write_bytes(_one_letter(corpus.content))
        fresh.replace(corpus.path)
    elif way == "cut":
        os.truncate(corpus.path, 100)
    else:
        corpus.path.write_bytes(_one_letter(corpus.content))
        time = before.st_mtime_ns if way.endswith("old time") else before.st_mtime_ns + 10**9
        os.utime(corpus.path, ns=(time, time))
    assert says in str(corpus.write())
    corpus.result.close()


@pytest.mark.parametrize(
    ("replace", "says"),
    [
        (lambda path: path.unlink(), "it was removed"),
        (lambda path: (path.unlink(), path.mkdir()), "no longer a file"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "no longer a file"),
        (lambda path: (path.unlink(), os.symlink("a.jsonl", path)), "cannot be read again"),
    ],
    ids=["deleted", "folder", "named pipe", "link to itself"],
)
def test_an_input_that_is_no_file_any_more(corpus: Corpus, replace: Callable[[Path], Any], says: str) -> None:
    replace(corpus.path)
    try:
        error = corpus.write()
    finally:
        corpus.put_back()
    assert error is not None
    assert says in str(error)


def test_an_input_that_only_looks_changed(corpus: Corpus) -> None:
    """What stands in it is the proof: a new time, a copy in its place and lines behind the last are no change."""
    os.utime(corpus.path, ns=(1, 1))
    assert corpus.write() is None
    fresh = corpus.path.with_suffix(".new")
    fresh.write_bytes(corpus.content)
    fresh.replace(corpus.path)
    assert corpus.write() is None
    with corpus.path.open("ab") as file:
        file.write(b'{"text": "appended by a crawler meanwhile"}\n{"text": "half a rec')
    assert corpus.write() is None
    corpus.put_back()


def test_files_that_need_no_record_again_are_written(corpus: Corpus, tmp_path: Path) -> None:
    corpus.path.unlink()
    try:
        corpus.result.write(tmp_path / "out", html=False)
    finally:
        corpus.put_back()
    written = results(tmp_path / "out")
    assert written == {name: corpus.expected[name] for name in written}
    assert "clusters.jsonl" in written


def test_an_append_to_a_last_line_without_an_end(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, as_lines(records()).removesuffix(b"\n"))
    with corpus.path.open("ab") as file:
        file.write(b'\n{"text": "appended"}\n')
    assert corpus.write() is None
    corpus.path.write_bytes(corpus.content[:-1] + b" } ")
    assert corpus.write() is not None
    corpus.result.close()


# -- any change ----------------------------------------------------------------------------------------------------

PLACE = st.floats(0, 1, allow_nan=False)
CHANGE = st.one_of(
    st.tuples(st.just("cut"), PLACE),
    st.tuples(st.just("prepend"), st.binary(min_size=1, max_size=40)),
    st.tuples(st.just("append"), st.binary(max_size=40)),
    st.tuples(st.just("flip"), PLACE, st.integers(0, 7)),
    st.tuples(st.just("insert"), PLACE, st.binary(min_size=1, max_size=4)),
    st.tuples(st.just("remove"), PLACE, st.integers(1, 4)),
    st.tuples(st.just("swap"), PLACE, PLACE),
    st.tuples(st.just("other"), st.binary(max_size=3)),
    st.just(("delete",)),
    st.just(("folder",)),
)


def changed(data: bytes, change: tuple[Any, ...]) -> bytes | None:
    """The content after a change; None for a file that is none any more."""
    kind, *how = change
    if kind in ("delete", "folder"):
        return None
    at = int(how[0] * max(0, len(data) - 1)) if isinstance(how[0], float) else 0
    if kind == "cut":
        return data[:at]
    if kind == "prepend":
        return how[0] + data
    if kind == "append":
        return data + how[0]
    if kind == "flip":
        return data[:at] + bytes([data[at] ^ 1 << how[1]]) + data[at + 1 :] if data else data
    if kind == "insert":
        return data[:at] + how[1] + data[at:]
    if kind == "remove":
        return data[:at] + data[at + how[1] :]
    if kind == "other":
        return (how[0] * len(data))[: len(data)]
    lines = data.splitlines(keepends=True)
    if lines:
        a, b = (int(place * (len(lines) - 1)) for place in how)
        lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGE, min_size=1, max_size=3), st.booleans(), st.booleans())
def test_any_change_gives_exact_output_or_one_error(
    corpus: Corpus, changes: list[tuple[Any, ...]], rename: bool, old_time: bool
) -> None:
    before = corpus.path.stat()
    data: bytes | None = corpus.content
    last = changes[-1]
    for change in changes:
        data = changed(data or b"", change)
    if data is None:
        corpus.path.unlink()
        if last == ("folder",):
            corpus.path.mkdir()
    else:
        target = corpus.path.with_suffix(".new") if rename else corpus.path
        target.write_bytes(data)
        if old_time:
            os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
        target.replace(corpus.path)
    try:
        error = corpus.write()
    finally:
        corpus.put_back()
    if data is None:
        assert error is not None
    elif data.startswith(corpus.content):
        assert error is None


# -- all ways to read again ----------------------------------------------------------------------------------------


class At(NullProgress):
    """Does something when a stage begins."""

    def __init__(self, stage: str, work: Callable[[], Any]) -> None:
        self.stage, self.work = stage, work

    def start(self, stage: str, total: int | None, unit: str) -> None:
        if stage == self.stage:
            self.work()


def furnished() -> list[dict[str, Any]]:
    """Articles of one site, around each of which stand the same lines, which are learned."""
    head, foot = prose.sentences("head", 3, 9), prose.sentences("foot", 4, 13)
    return [
        {"id": f"f{i:02d}", "domain": "herald.example", "text": "\n".join([*head, prose.story(i, 12), *foot])}
        for i in range(18)
    ]


def test_furniture_is_learned_from_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(as_lines(furnished()))
    noted: list[str] = []
    with dedup.scan(str(path), progress=At("furniture", lambda: noted.append("learned"))) as result:
        assert noted == ["learned"]
        assert result.furniture, "nothing was learned: the test would prove nothing"
    with pytest.raises(InputChanged, match=r"a\.jsonl has changed"):
        dedup.scan(str(path), progress=At("furniture", lambda: path.write_bytes(_prepended(path.read_bytes()))))
    path.write_bytes(as_lines(furnished()))
    with pytest.raises(InputChanged, match=r"a.jsonl has changed .*it was removed"):
        dedup.scan(str(path), progress=At("furniture", path.unlink))


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv", "a.json", "texts"])
def test_inputs_that_are_not_read_again_may_change(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rows = records()
    if name == "texts":
        path.mkdir()
        for row in rows:
            (path / f"{row['id']}.txt").write_text(row["text"])
    elif name == "a.csv":
        path.write_text("id,text\n" + "".join(f"{row['id']},{row['text']}\n" for row in rows))
    elif name == "a.json":
        path.write_text(json.dumps(rows))
    else:
        path.write_bytes(gzip.compress(as_lines(rows)))
    with dedup.scan(str(path), keep="canonical", texts=True) as result:
        result.write(tmp_path / "before", keep="canonical")
        for file in [path] if path.is_file() else list(path.iterdir()):
            file.unlink()
        result.write(tmp_path / "after", keep="canonical")
    assert results(tmp_path / "after") == results(tmp_path / "before")


def test_records_that_hold_pages_are_proved_as_well(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>{story(300 + i)}.</p>" for i in range(5))
    page = f"<html><head><title>T</title></head><body><article><h1>A title</h1>{paragraphs}</article></body></html>"
    path = tmp_path / "a.jsonl"
    path.write_bytes(as_lines([*records()[:3], {"id": "page", "html": page}]))
    with dedup.scan(str(path), keep="canonical", cache=False) as result:
        result.write(tmp_path / "out", keep="canonical")
        lines = (tmp_path / "out" / "deduplicated.jsonl").read_bytes().splitlines()
        assert set(lines) <= set(path.read_bytes().splitlines())
        assert any(b"<html>" in line for line in lines)
        path.write_bytes(path.read_bytes().replace(b"A title", b"B title"))
        with pytest.raises(InputChanged):
            result.write(tmp_path / "out", keep="canonical")


def test_against_an_earlier_folder(tmp_path: Path) -> None:
    """The files of the earlier scan are read with the new ones, and are proved with them."""
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    old.write_bytes(as_lines(records()[:6]))
    new.write_bytes(as_lines([{**row, "id": f"n-{row['id']}"} for row in records()]))
    with dedup.scan(str(old)) as result:
        result.write(tmp_path / "earlier")
    for changed_file in (old, new):
        with dedup.scan(str(new), against=tmp_path / "earlier", keep="canonical") as result:
            data = changed_file.read_bytes()
            changed_file.write_bytes(_prepended(data))
            with pytest.raises(InputChanged, match=changed_file.name):
                result.write(tmp_path / "out", keep="canonical")
            changed_file.write_bytes(data)
            result.write(tmp_path / "out", keep="canonical")


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "a.jsonl", tmp_path / "out"
    path.write_bytes(as_lines(records()))
    command = ["scan", str(path), "--out", str(out), "--keep", "canonical", "--quiet"]
    assert run(command) == 0
    before = snapshot(out)
    write = dedup.ScanResult.write

    def late(self: dedup.ScanResult, *args: Any, **options: Any) -> None:
        path.unlink()
        write(self, *args, **options)

    monkeypatch.setattr(dedup.ScanResult, "write", late)
    capsys.readouterr()
    assert run(command) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"dedup: {path} has changed while it was read (it was removed); try again when nothing writes to it, or "
        "use a copy\n"
    )
    assert snapshot(out) == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out"]


def test_ids_that_need_every_digit_are_of_the_same_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    content = b'{"id": 123456789012345678901234567890, "text": "One text."}\n' * 2
    path.write_bytes(content)
    (batch,) = read(resolve([str(path)]), Settings())
    assert batch.records.column("id").to_pylist() == ["123456789012345678901234567890"] * 2
    inner = LineBuffer.long_line

    def late(buffer: LineBuffer) -> Any:
        path.write_bytes(content.replace(b"12345", b"99999"))  # when all lines were read
        return inner(buffer)

    monkeypatch.setattr(LineBuffer, "long_line", late)
    with pytest.raises(InputChanged):
        list(read(resolve([str(path)]), Settings()))


# -- a second reading of everything --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "texts"])
def test_a_second_reading_gives_the_articles_of_the_first(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "texts":
        path.mkdir()
        (path / "b.txt").write_text("Another text.")
        file = path / "c.txt"
        file.write_text("One text.")
    else:
        file = path
        rows = [f"Text number {i}." for i in range(5)]
        csv = name == "a.csv"
        path.write_text("text\n" + "\n".join(rows) if csv else "".join(json.dumps({"text": r}) + "\n" for r in rows))
    again = repeatable(resolve([str(path)]), Settings())
    texts = [text for batch in again() for text in batch.records.column("text").to_pylist()]
    assert len(texts) == (2 if name == "texts" else 5)
    assert [text for batch in again() for text in batch.records.column("text").to_pylist()] == texts
    before = file.read_bytes()
    if name != "texts":
        file.write_bytes(before + (b'\nOne more."\n' if name == "a.csv" else b'{"text": "One more."}\n'))
        assert [text for batch in again() for text in batch.records.column("text").to_pylist()] == texts
    for data in (before.replace(b"ext", b"exts", 1) if name != "a.csv" else before.replace(b"number", b"Number"), b""):
        file.write_bytes(data)
        with pytest.raises(InputChanged, match=file.name):
            list(again())


def test_bodies_of_an_input_that_changes_between_its_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dedup import api

    path = tmp_path / "a.jsonl"
    path.write_bytes(as_lines(furnished()))
    learned = api._learned
    settings = Settings()
    assert len(list(api.bodies([str(path)], settings))) == 18

    def late(*args: Any) -> Any:
        model = learned(*args)
        path.write_bytes(_prepended(path.read_bytes()))
        return model

    monkeypatch.setattr(api, "_learned", late)
    with pytest.raises(InputChanged, match=r"a\.jsonl"):
        list(api.bodies([str(path)], settings))


# -- while it is read for the first time ---------------------------------------------------------------------------


def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"id": str(i), "text": story(i, 400)} for i in range(200)]
    path.write_bytes(as_lines(rows))
    batches = jsonl.read_jsonl(resolve([str(path)])[0], Settings(), block=4096, batch_text=1)
    first = next(batches)
    os.truncate(path, path.stat().st_size // 2)
    rest = list(batches)
    texts = [text for batch in (first, *rest) for text in batch.records.column("text").to_pylist()]
    rejects = [reject for batch in rest for reject in batch.rejects]
    assert 90 <= len(texts) <= 110
    assert texts == [row["text"] for row in rows[: len(texts)]]
    assert [(reject.line, reject.reason) for reject in rejects] == [(len(texts) + 1, "truncated")]
    assert "shrank from" in rejects[0].detail


def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"id": str(i), "text": story(i, 400)} for i in range(100)]
    path.write_bytes(as_lines(rows))
    batches = jsonl.read_jsonl(resolve([str(path)])[0], Settings(), block=4096, batch_text=1)
    first = next(batches)
    with path.open("ab") as file:
        file.write(as_lines([{"text": "appended"}]))
    texts = [text for batch in (first, *batches) for text in batch.records.column("text").to_pylist()]
    assert texts == [*(row["text"] for row in rows), "appended"]


@pytest.mark.parametrize("how", [open_stream, open_raw])
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_every_stream_says_that_it_was_cut(tmp_path: Path, how: Callable[..., Any], kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(b"x" * 600_000)
    with how(resolve([str(path)])[0]) as opened:
        file = opened[0] if isinstance(opened, tuple) else opened
        assert file.read(1000) == b"x" * 1000
        os.truncate(path, 300_000)
        with pytest.raises(UnreadableInput, match="the file shrank from 600,000 to 300,000") as caught:
            list(iter(lambda: file.read(50_000), b""))
    assert caught.value.reason == "truncated"


# -- many files ----------------------------------------------------------------------------------------------------


def test_no_more_files_are_open_than_a_process_may_have(tmp_path: Path) -> None:
    sources: list[Source | None] = []
    for i in range(3 * MAX_OPEN):
        path = tmp_path / f"{i}.jsonl"
        path.write_bytes(b"record %d" % i)
        sources.append(Source(str(path), str(path), "jsonl"))
    handles = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with RecordFiles(sources) as files:
        for i in [*range(len(sources)), *range(len(sources)), 0, 0]:
            record = b"record %d" % i
            assert files.read(i, 0, len(record), record_hash(record)) == record
        if handles:
            assert len(os.listdir("/proc/self/fd")) <= handles + MAX_OPEN
    if handles:
        assert len(os.listdir("/proc/self/fd")) == handles


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_look_alike_are_two_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = records()
    for name, part in ((b"\xff.jsonl", rows[:6]), (b"\xfe.jsonl", rows[6:]), ("\ufffd.jsonl".encode(), [])):
        content = as_lines([{"text": row["text"]} for row in part]) if part else as_lines([{"text": story(999)}])
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(content)
    with dedup.scan(str(folder), keep="canonical") as result:
        assert result.rejects == []
        assert len(result.corpus) == len(rows) + 1
        result.write(tmp_path / "out", keep="canonical")
    lines = {line for path in folder.iterdir() for line in path.read_bytes().splitlines()}
    kept = (tmp_path / "out" / "deduplicated.jsonl").read_bytes().splitlines()
    assert len(kept) == 3 + 4 + 1
    assert set(kept) <= lines
