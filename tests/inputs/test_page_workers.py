"""The processes that extract pages: order, limits, crashes, interrupts, and the cache; with real processes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web_pages import OTHER, STORY, article, paragraphs

from dedup.inputs.html.cache import PageCache
from dedup.inputs.html.extraction import InputRecord, PageExtractor
from dedup.inputs.html.limits import Limits, fingerprint
from dedup.inputs.html.worker_pool import WorkerPool
from dedup.model import Reject
from dedup.settings import Settings

ROOT = Path(__file__).parents[2]
#: A page that takes a worker about a second of processor time.
HEAVY = ("<html><body>" + f"<div>{paragraphs(STORY)}</div>" * 2500 + "</body></html>").encode()
LIGHT = article().encode()


def items(pages: list[bytes]) -> Iterator[InputRecord]:
    for number, content in enumerate(pages, 1):
        yield InputRecord("pages", number, page=content, record={"id": str(number)})


def read(
    pages: list[bytes], *, limits: Limits | None = None, **options: Any
) -> tuple[list[dict[str, Any]], list[Reject]]:
    with PageExtractor(Settings(**options), limits) as workers:
        batches = list(workers.batches(items(pages), "pages"))
    return [row for batch in batches for row in batch.records.to_pylist()], [
        r for batch in batches for r in batch.rejects
    ]


def alive(pid: int) -> bool:
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
            if Path("/proc/self").exists()
            else not os.kill(pid, 0)
        )
    except (OSError, IndexError):
        return False


def gone(pids: list[int], within: float = 20) -> bool:
    end = time.monotonic() + within
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(map(alive, pids))


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


# -- order and isolation -------------------------------------------------------------------------------------------


def test_articles_come_in_the_order_of_their_pages() -> None:
    """Also where a page takes a worker long and those after it do not."""
    medium = ("<html><body>" + f"<div>{paragraphs(OTHER)}</div>" * 100 + "</body></html>").encode()
    pages = [
        medium,
        *[
            article((f"Number {n} of the stories that were told on the quay that day.", *STORY)).encode()
            for n in range(30)
        ],
    ]
    alone, _ = read(pages, threads=1, cache=False)
    assert [row["id"] for row in alone] == [str(n) for n in range(1, 32)]
    assert all(f"Number {n} of" in row["text"] for n, row in enumerate(alone[1:]))
    assert read(pages, threads=3, cache=False)[0] == alone


def test_a_page_beyond_its_time_costs_itself() -> None:
    # The first page of a process pays for what it loads: the limit leaves room for that on a slow machine.
    rows, rejects = read([LIGHT, HEAVY * 3, LIGHT], limits=Limits(cpu=0.75), threads=1)
    assert [row["line"] for row in rows] == [1, 3]
    assert [(r.line, r.reason) for r in rejects] == [(2, "timeout")]
    assert "0.75 seconds of processor time" in rejects[0].detail


@pytest.mark.skipif(sys.platform == "darwin", reason="has no limit of address space")
def test_a_page_beyond_its_memory_costs_itself() -> None:
    huge = b"<html><body>" + b"<i>a</i>" * 1_500_000 + b"</body></html>"
    rows, rejects = read([LIGHT, huge, LIGHT], limits=Limits(memory=260 << 20), threads=1)
    assert [row["line"] for row in rows] == [1, 3]
    assert [(r.line, r.reason) for r in rejects] == [(2, "too_much_memory")]


@pytest.mark.parametrize("blow", ["SIGSEGV", "SIGKILL"])
def test_a_crash_costs_one_page(blow: str) -> None:
    pool = WorkerPool(1, Limits())
    try:
        assert "record" in pool.submit({}, LIGHT).result(60).answer
        (worker,) = pool._state.workers
        future = pool.submit({}, HEAVY)
        time.sleep(0.1)
        os.kill(worker.process.pid, getattr(signal, blow))
        outcome = future.result(60)
        assert outcome.answer["reject"][0] == "extractor_crashed"
        assert not outcome.lasting
        assert "record" in pool.submit({}, LIGHT).result(60).answer
    finally:
        pool.close()


def test_a_worker_that_hangs_is_ended_by_the_clock() -> None:
    pool = WorkerPool(1, Limits(wall=2.0))
    try:
        assert "record" in pool.submit({}, LIGHT).result(60).answer
        (worker,) = pool._state.workers
        os.kill(worker.process.pid, signal.SIGSTOP)
        outcome = pool.submit({}, LIGHT).result(60)
        assert outcome.answer["reject"] == ["timeout", "no answer within 2 seconds"]
        assert not outcome.lasting
        assert "record" in pool.submit({}, LIGHT).result(60).answer
    finally:
        pool.close()


def test_a_large_parent_wears_no_worker_out() -> None:
    """A child is as large as its parent for as long as it takes to start."""
    held = bytearray(700 << 20)
    held[:: 1 << 12] = b"x" * len(range(0, len(held), 1 << 12))
    pool = WorkerPool(1, Limits())
    try:
        assert "record" in pool.submit({}, LIGHT).result(60).answer
        (worker,) = pool._state.workers
        assert "record" in pool.submit({}, LIGHT).result(60).answer
        assert [worker] == list(pool._state.workers)
    finally:
        pool.close()


def test_deep_pages_and_junk_are_no_trouble() -> None:
    pages = [
        b"<html><body>" + b"<div>" * 50_000 + b"words " * 50,
        b"<" * 100_000,
        b"<html><body><p " + b"a=b " * 20_000 + b">words</p></body></html>",
        bytes(range(256)) * 400,
        LIGHT,
    ]
    rows, rejects = read(pages, threads=1)
    assert rows[-1]["line"] == 5
    assert len(rows) + len(rejects) == 5
    assert not {"extractor_crashed", "extractor_failed", "timeout"} & {r.reason for r in rejects}


def test_a_closed_or_forgotten_pool_leaves_no_process() -> None:
    for end in (WorkerPool.close, lambda pool: None):
        pool = WorkerPool(2, Limits())
        futures = [pool.submit({}, HEAVY), pool.submit({}, HEAVY)]
        while len(pool._state.workers) < 2:
            time.sleep(0.01)
        pids = [worker.process.pid for worker in pool._state.workers]
        assert all(map(alive, pids))
        end(pool)
        del pool
        assert gone(pids)
        del futures


# -- interrupts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def busy(tmp_path: Path, own_cache: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[bytes], list[int]]]]:
    """A command that is amid extraction, and its workers."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for n in range(40):
        (folder / f"{n}.html").write_bytes(HEAVY + b"<!-- %d -->" % n)
    started: list[subprocess.Popen[bytes]] = []

    def start() -> tuple[subprocess.Popen[bytes], list[int]]:
        command = [sys.executable, "-m", "dedup", "extract", str(folder), "--out", str(tmp_path / "out.jsonl")]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
        started.append(process)
        end = time.monotonic() + 60
        while not (pids := children(process.pid)) and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)
        return process, sorted({*pids, *children(process.pid)})

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupt_ends_all_at_once(
    busy: Callable[[], tuple[subprocess.Popen[bytes], list[int]]], name: str, tmp_path: Path
) -> None:
    process, workers = busy()
    assert workers
    began = time.monotonic()
    process.send_signal(getattr(signal, name))
    assert process.wait(30) == 130
    assert time.monotonic() - began < 10
    assert process.stderr.read() == b"dedup: interrupted\n"  # type: ignore[union-attr]
    assert gone(workers, within=5)
    assert not (tmp_path / "out.jsonl").exists()


def test_workers_do_not_outlive_a_killed_command(busy: Callable[[], tuple[subprocess.Popen[bytes], list[int]]]) -> None:
    process, workers = busy()
    assert workers
    process.kill()
    process.wait()
    assert gone(workers)


def test_a_program_without_a_guard_may_read_pages(tmp_path: Path) -> None:
    """`multiprocessing` would run the script again in every worker."""
    (tmp_path / "a.html").write_bytes(LIGHT)
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); print('once')\n"
        "from dedup.inputs import paths, read\nfrom dedup.settings import Settings\n"
        f"found = read.read(paths.resolve([{str(tmp_path / 'a.html')!r}]), Settings(cache=False))\n"
        "print([batch.records.num_rows for batch in found])\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "once\n[1]\n"


# -- the cache -----------------------------------------------------------------------------------------------------


def file_of(folder: Path) -> Path:
    return folder / "dedup" / "pages.sqlite"


def test_what_is_known_needs_no_worker(own_cache: Path) -> None:
    pages = [LIGHT, b"<html></html>", article(OTHER).encode()]
    with PageExtractor(Settings()) as first:
        before = list(first.batches(items(pages), "x"))
        assert first._pool is not None
    with PageExtractor(Settings()) as second:
        after = list(second.batches(items(pages), "x"))
        assert second._pool is None
    assert [b.records for b in after] == [b.records for b in before]
    assert [b.rejects for b in after] == [b.rejects for b in before]
    assert file_of(own_cache).exists()


def test_without_a_cache_nothing_is_written(own_cache: Path) -> None:
    read([LIGHT], cache=False)
    assert not file_of(own_cache).exists()


def test_the_key_holds_all_that_a_result_depends_on(tmp_path: Path) -> None:
    one, other = (PageCache(fingerprint(limits), tmp_path / "c") for limits in (Limits(), Limits(cpu=1)))
    keys = {
        one.key({}, LIGHT),
        one.key({}, LIGHT + b" "),
        one.key({"url": "https://x.example/"}, LIGHT),
        one.key({"charset": "latin-1"}, LIGHT),
        other.key({}, LIGHT),
    }
    assert len(keys) == 5
    assert one.key({"a": 1, "b": 2}, b"") == one.key({"b": 2, "a": 1}, b"")
    assert "trafilatura" in fingerprint(Limits())


def test_what_may_go_otherwise_another_time_is_not_kept(tmp_path: Path) -> None:
    _, rejects = read([HEAVY], limits=Limits(wall=0.05), threads=1)
    assert [r.reason for r in rejects] == ["timeout"]
    _, rejects = read([HEAVY], limits=Limits(wall=0.05), threads=1)
    assert "no answer" in rejects[0].detail
    cache = PageCache(fingerprint(Limits(wall=0.05)))
    assert cache.get(cache.key({}, HEAVY)) is None
    cache.close()


@pytest.mark.parametrize("damage", ["junk", "middle", "folder", "entry"])
def test_a_damaged_cache_is_no_trouble(own_cache: Path, damage: str) -> None:
    before = read([LIGHT, article(OTHER).encode()])
    path = file_of(own_cache)
    if damage == "junk":
        path.write_bytes(b"this is no database, and was never one " * 500)
    elif damage == "middle":
        content = bytearray(path.read_bytes())
        content[3000:] = os.urandom(len(content) - 3000)
        path.write_bytes(content)
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        with sqlite3.connect(path) as file:
            file.execute("UPDATE page SET answer = ?", (b"\x28\xb5\x2f\xfd no zstd",))
    assert read([LIGHT, article(OTHER).encode()]) == before
    assert read([LIGHT, article(OTHER).encode()]) == before


def test_the_cache_keeps_to_its_size_and_forgets_the_oldest(tmp_path: Path) -> None:
    path, most = tmp_path / "c.sqlite", 400_000
    words = [os.urandom(2000).hex() for _ in range(300)]
    for start in range(0, 300, 50):
        cache = PageCache("x", path, most)
        cache._today = start
        for n in range(start, start + 50):
            cache.put(cache.key({}, b"%d" % n), {"record": {"text": words[n]}})
        cache.close()
    cache = PageCache("x", path, most)
    assert path.stat().st_size <= most
    kept = [n for n in range(300) if cache.get(cache.key({}, b"%d" % n)) is not None]
    assert 20 < len(kept) < 200
    assert kept == list(range(300 - len(kept), 300))
    cache.close()


def test_several_processes_share_a_cache(tmp_path: Path) -> None:
    def fill(seed: int) -> None:
        for _ in range(5):
            cache = PageCache("x", tmp_path / "c.sqlite")
            for n in range(60):
                key = cache.key({}, b"%d" % (n + 30 * seed))
                known = cache.get(key)
                assert known is None or known == {"record": {"text": str(n + 30 * seed)}}
                cache.put(key, {"record": {"text": str(n + 30 * seed)}})
            cache.close()

    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from pathlib import Path; import test_page_workers as t;"
        "cache = t.PageCache('x', Path(sys.argv[1]));"
        "[cache.put(cache.key({}, b'%d' % n), {'record': {'text': str(n)}}) for n in range(200)]; cache.close()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "c.sqlite"), str(ROOT), str(Path(__file__).parent)]
    others = [subprocess.Popen(command) for _ in range(2)]
    threads = [threading.Thread(target=fill, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(60) for other in others] == [0, 0]
    cache = PageCache("x", tmp_path / "c.sqlite")
    assert all(cache.get(cache.key({}, b"%d" % n)) == {"record": {"text": str(n)}} for n in range(200))
    cache.close()


def test_no_code_is_kept(own_cache: Path) -> None:
    read([LIGHT])
    import zstandard

    with sqlite3.connect(file_of(own_cache)) as file:
        entries = [zstandard.ZstdDecompressor().decompress(row[0]) for row in file.execute("SELECT answer FROM page")]
    assert [set(json.loads(entry)) for entry in entries] == [{"record"}]
