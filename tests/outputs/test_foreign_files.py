"""Random sequences of commands, failures and acts of the user: no foreign byte changes, and results are always whole.

`DEDUP_SEQUENCES` is the number of sequences (25), `DEDUP_SEED` the seed of the first.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.cli import run
from dedup.errors import DedupError
from dedup.outputs import seal, temporary
from dedup.outputs.commit import recover
from dedup.reports.writer import ALL_NAMES
from dedup.tuning import result_file as tuning

SEQUENCES = int(os.environ.get("DEDUP_SEQUENCES", "25"))
SEED = int(os.environ.get("DEDUP_SEED", "1"))
STEPS = 9
NOBODY = 65534
CODES = {0, 1, 2, 3, 130}

STORY = " ".join(f"The council of town {i} voted on plan {i * 7} after a long debate." for i in range(12))
OTHER = " ".join(f"A ship with {i} containers left harbour {i * 3} before the storm came." for i in range(12))

#: A process that does each command in a fork of itself: one line of JSON in, the exit code out.
SERVER = """
import json, os, resource, signal, sys
import dedup.cli, dedup.cli.scan, dedup.cli.extract, dedup.cli.index
import dedup.pipeline, dedup.index, dedup.reports.html_report
from pathlib import Path

def dying(name, holder, rest):
    original = getattr(holder, name)
    def call(*args, **options):
        rest[0] -= 1
        if rest[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        done = original(*args, **options)
        if rest[0] == 1:
            rest[0] = 0
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    setattr(holder, name, call)

for line in sys.stdin:
    job = json.loads(line)
    child = os.fork()
    if child == 0:
        out = os.open(job["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(out, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if job["limit"] is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (job["limit"], job["limit"]))
        if job["calls"]:
            rest = [job["calls"]]
            for name in ("replace", "link", "unlink", "chmod", "mkdir", "fsync"):
                dying(name, os, rest)
            for name in ("rename", "unlink", "mkdir", "open", "write_bytes"):
                dying(name, Path, rest)
        if job["after"]:
            signal.setitimer(signal.ITIMER_REAL, job["after"])
            signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), job["signal"]))
        if job["uid"]:
            # Another user may not be able to read the libraries: load all that is needed first.
            for args in job["warm"]:
                dedup.cli.run(args)
            os.ftruncate(2, 0)
            os.lseek(2, 0, 0)
            os.setgroups([])
            os.setgid(job["uid"])
            os.setuid(job["uid"])
        dedup.cli.main.__globals__["sys"].argv[:] = ["dedup", *job["args"]]
        try:
            dedup.cli.main()
        except SystemExit as ending:
            os._exit(ending.code)
        os._exit(99)
    status = os.waitpid(child, 0)[1]
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Server:
    def __init__(self, folder: Path) -> None:
        self.err = folder / "stderr"
        folder.chmod(0o777)
        (folder / "a.jsonl").write_text(json.dumps({"id": "a", "text": STORY}) + "\n")
        name, index, tables = str(folder / "a.jsonl"), str(folder / "seen.db"), ["--csv", "--parquet", "--graphml"]
        scan = ["scan", name, "--quiet", "--threads", "1", "--keep", "canonical", *tables, "--overwrite", "--out"]
        self.warm = [
            [*scan, str(folder / "out"), "--sqlite", str(folder / "x.db"), "--save-furniture", str(folder / "f.json")],
            ["extract", name, "--out", str(folder / "ex.jsonl"), "--overwrite"],
            ["index", "add", index, name, "--quiet"],
            ["index", "export", index, "--out", str(folder / "export"), "--overwrite"],
        ]
        command = [sys.executable, "-c", SERVER]
        place = {**os.environ, "TMPDIR": str(folder)}  # for what killed scans leave
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=place)

    def run(self, args: list[str], **how: Any) -> tuple[int, list[str]]:
        job = {"limit": None, "calls": 0, "after": 0, "signal": signal.SIGKILL, "uid": 0, "err": str(self.err), **how}
        job["warm"] = self.warm
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.err.unlink(missing_ok=True)
        self.process.stdin.write(json.dumps({**job, "args": args}) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()), self.err.read_text().splitlines()

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("server"))
    yield one
    one.close()


def look(path: Path) -> tuple[Any, ...]:
    """What must not change in a file, link or folder."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "link", os.readlink(path)
    if stat.S_ISDIR(status.st_mode):
        return "folder", status.st_mode
    return "file", status.st_mode, path.read_bytes()


class World:
    """A folder tree with inputs, outputs and files of the user, and what is known about it."""

    def __init__(self, base: Path, chance: random.Random, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
        self.base, self.chance, self.server, self.capsys = base, chance, server, capsys
        self.foreign: dict[Path, tuple[Any, ...]] = {}
        self.log: list[str] = []
        self.count = 0
        rows = [{"id": "a", "text": STORY}, {"id": "b", "text": STORY}, {"id": "c", "text": OTHER}]
        self.inputs = base / "in"
        self.add(self.inputs / "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
        self.add(self.inputs / "b.jsonl", "".join(json.dumps(row) + "\n" for row in rows[1:]).encode())
        self.add(base / "bad.jsonl", b'{"id": 1, "story": "x"}\nnonsense\n')
        self.add(base / "w" / "notes.txt", b"mine")
        self.add(base / "w" / "articles.csv", b"mine too")
        self.add(base / "w" / "out.failed" / "own.txt", b"mine as well")
        (base / "db").mkdir()
        with dedup.Index(base / "db" / "seen.db") as index:
            index.add_many(rows)
        self.folders = [base / "w" / "out", base / "w" / "deep" / "er", base / "w" / "empty"]
        (base / "w" / "empty").mkdir()
        self.singles = [base / "w" / name for name in ("x.db", "f.json", "all.jsonl", "ex.jsonl")]
        for path in [base, *base.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
        self.foreign = {path: look(path) for path in self.foreign}

    # -- what is known

    def add(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.foreign[path] = look(path)

    def state(self) -> dict[Path, tuple[Any, ...]]:
        """Everything but the index, whose companion files come and go, and temporary folders."""
        paths = (path for path in self.base.rglob("*") if path.relative_to(self.base).parts[0] != "db")
        return {path: look(path) for path in paths if ".dedup-" not in str(path)}

    def manifest(self, folder: Path) -> dict[str, str] | None:
        """The files of the results in a folder, with their digests; None where there are none."""
        file = folder / "summary.json"
        if file in self.foreign or not file.is_file():
            return None
        content = seal.parse_sealed_json(file.read_bytes(), seal.SCAN)
        assert content is not None, f"{file} is damaged"
        return dict(content["files"])

    def own(self, folder: Path) -> list[Path]:
        files = self.manifest(folder) or {}
        paths = [folder / name for name in (*files, "summary.json")]
        return [path for path in paths if path not in self.foreign and path.is_file()]

    def check_foreign(self) -> None:
        for path, was in self.foreign.items():
            assert os.path.lexists(path), f"{path} is gone"
            assert look(path) == was, f"{path} was changed"

    def check_whole(self, folder: Path, *, exact: bool) -> None:
        """All files that summary.json names are as it says, those of the user aside; exact: they are all there."""
        files = self.manifest(folder)
        for name, digest in (files or {}).items():
            path = folder / name
            if path not in self.foreign and (exact or path.exists()):
                assert seal.digest_of(path) == digest, f"{path} is not that of summary.json"

    def check_clean(self) -> None:
        assert not [path for path in self.base.rglob(".dedup-*") if path.is_dir() and any(path.iterdir())]

    # -- commands

    def command(self) -> tuple[list[str], Path | None]:
        """A random command, and the folder that it writes results into."""
        chance, base = self.chance, self.base
        which = chance.choice(["scan", "scan", "scan", "scan", "export", "articles", "extract"])
        index = str(base / "db" / "seen.db")
        if which == "articles":
            return ["index", "export", index, "--articles", str(base / "w" / "all.jsonl")], None
        source = str(chance.choice([self.inputs, self.inputs / "a.jsonl", self.inputs / "b.jsonl", base / "bad.jsonl"]))
        if which == "extract":
            return ["extract", source, "--out", str(base / "w" / "ex.jsonl")], None
        out = chance.choice(self.folders)
        if which == "export":
            return ["index", "export", index, "--out", str(out)], out
        args = ["scan", source, "--out", str(out), "--quiet", "--threads", "1"]
        for option in ("--csv", "--parquet", "--no-html", "--graphml"):
            args += [option] if chance.random() < 0.3 else []
        args += ["--keep", "canonical"] if chance.random() < 0.3 else []
        if chance.random() < 0.5:
            args += ["--sqlite", str(chance.choice([base / "w" / "x.db", out / "x.db"]))]
        if chance.random() < 0.3:
            args += ["--save-furniture", str(chance.choice([base / "w" / "f.json", out / "f.json"]))]
        names = {*ALL_NAMES, "x.db", "f.json"}
        targets = {*(out / name for name in names), *self.singles}
        if not targets & self.foreign.keys() and chance.random() < 0.3:
            args.append("--overwrite")
        return args, out

    def do_command(self) -> None:
        args, out = self.command()
        before = self.state()
        self.log.append(" ".join(args))
        self.capsys.readouterr()
        how = self.chance.random()
        if how < 0.75:
            code, lines = run(args), self.capsys.readouterr().err.splitlines()
        elif how < 0.85:
            code, lines = self.in_child(args, limit=self.chance.choice([0, 100, 700, 3000, 20_000, 60_000]))
        elif how < 0.95 and os.geteuid() == 0:
            code, lines = self.in_child(args, uid=NOBODY)
        else:
            code, lines = self.in_child(args, after=self.chance.uniform(0.01, 0.6), signal=signal.SIGTERM)
        self.log[-1] += f" -> {code}"
        assert code in CODES
        assert "internal error" not in " ".join(lines)
        # Why nothing was accepted, and where the rejects are or why they cannot be written.
        assert len(lines) <= (2 if "no article was accepted" in "".join(lines) else 1) or code == 0, lines
        self.after(args, out, code, before)

    def in_child(self, args: list[str], **how: Any) -> tuple[int, list[str]]:
        self.log[-1] += f" {how}"
        return self.server.run(args, **how)

    def after(self, args: list[str], out: Path | None, code: int, before: dict[Path, tuple[Any, ...]]) -> None:
        self.check_foreign()
        self.check_clean()
        if code in (0, 130) and out is not None:
            self.check_whole(out, exact=code == 0)
        if code == 0:
            if out is not None:
                assert self.manifest(out) is not None
            for option in ("--articles", "--sqlite", "--save-furniture"):
                if option in args:
                    assert Path(args[args.index(option) + 1]).stat().st_size > 0
        elif code != 130:
            now = {path: seen for path, seen in self.state().items() if not self.is_failed(path)}
            # Folders on the way to a folder that could not be written may have been made.
            new = {path for path in now.keys() - before.keys() if not path.is_dir() or any(path.iterdir())}
            assert not new - {self.base / "w" / "deep"}, new
            assert {path: now.get(path) for path in before if not self.is_failed(path)} == {
                path: seen for path, seen in before.items() if not self.is_failed(path)
            }

    def is_failed(self, path: Path) -> bool:
        return any(".failed" in part for part in path.relative_to(self.base).parts)

    def do_kill(self) -> None:
        args, out = self.command()
        before = self.state()
        self.log.append(f"KILL {' '.join(args)}")
        if self.chance.random() < 0.75:
            code, _ = self.in_child(args, calls=self.chance.randint(1, 90))
        else:
            code, _ = self.in_child(args, after=self.chance.uniform(0.01, 0.6))
        self.log[-1] += f" -> {code}"
        self.check_foreign()
        if code != -signal.SIGKILL:
            self.after(args, out, code, before)
            return
        # What the next command does first in each folder that it writes into.
        for folder in (self.base / "w", *self.folders):
            recover(folder)
        self.check_foreign()
        self.check_clean()
        now = {path: seen for path, seen in self.state().items() if not self.is_failed(path)}
        if {path for path in before if not self.is_failed(path) and now.get(path) != before[path]} and out is not None:
            self.check_whole(out, exact=True)  # not the old results, so the new ones

    def do_tune(self) -> None:
        self.log.append("tune")
        tuned = self.base / "w" / "tuned"
        try:
            tuning.write(tuned, {"settings": {"seed": self.chance.randint(1, 9)}}, b"page")
        except DedupError:
            pass
        else:
            assert tuning.read_settings(str(tuned / "tuning.json"))
        self.check_foreign()
        self.check_clean()

    # -- acts of the user

    def do_user(self) -> None:
        acts: list[Callable[[], None]] = [
            self.edit, self.edit, self.add_some, self.add_some, self.add_one_of_our_names, self.move, self.lose_summary,
            self.link_soft, self.link_hard, self.write_to_database, self.leave_journal, self.clear, self.clear,
            self.clear, self.rename_folder, self.new_folder,
        ]  # fmt: skip
        act = self.chance.choice(acts)
        self.log.append(f"user: {act.__name__}")
        act()

    def pick(self) -> Path | None:
        files = [path for folder in self.folders for path in self.own(folder)]
        files += [path for path in self.singles if path not in self.foreign and path.is_file()]
        files += [path for path in (self.base / "w" / "tuned").glob("*") if path not in self.foreign]
        return self.chance.choice(files) if files else None

    def claim(self, path: Path) -> None:
        """A file is the user's from now on, and with summary.json all files beside it."""
        self.log[-1] += f" {path}"
        self.foreign[path] = look(path) if os.path.lexists(path) else ()
        if path.name == "summary.json" and path.parent in self.folders:
            self.foreign |= {one: look(one) for one in path.parent.iterdir() if not one.name.startswith(".dedup-")}
        if not self.foreign[path]:
            del self.foreign[path]

    def edit(self) -> None:
        if (path := self.pick()) is not None:
            with path.open("ab") as file:
                file.write(b"\n")
            self.foreign |= {one: look(one) for one in self.foreign if os.path.samefile(one, path)}  # hard links
            self.claim(path)

    def add_some(self) -> None:
        self.count += 1
        place = self.chance.choice([*self.folders, self.base / "w", self.base / "w" / "out" / "sub" / "folder"])
        self.add(place / f"mine-{self.count}", os.urandom(8))

    def add_one_of_our_names(self) -> None:
        name = self.chance.choice([*sorted(ALL_NAMES), "x.db", "f.json", "owner", "journal.json", ".dedup-mine"])
        path = self.chance.choice([*self.folders, self.base / "w", self.base / "w" / "tuned"]) / name
        if not os.path.lexists(path):
            self.add(path, b"mine")
            self.claim(path)

    def move(self) -> None:
        if (path := self.pick()) is not None:
            self.count += 1
            path.rename(self.base / "w" / f"moved-{self.count}")
            self.claim(self.base / "w" / f"moved-{self.count}")
            self.claim(path)

    def lose_summary(self) -> None:
        path = self.chance.choice(self.folders) / "summary.json"
        if path.is_file() and path not in self.foreign:
            path.unlink()
            self.claim(path)

    def link_soft(self) -> None:
        if (path := self.pick()) is not None:
            if path in self.singles:
                return  # a link to a file of ours is followed
            self.count += 1
            away = self.base / "w" / f"away-{self.count}"
            path.rename(away)
            path.symlink_to(away)
            self.claim(away)
            self.claim(path)

    def link_hard(self) -> None:
        if (path := self.pick()) is not None:
            self.count += 1
            other = self.base / "w" / f"hard-{self.count}"
            os.link(path, other)
            self.claim(other)

    def write_to_database(self) -> None:
        path = self.chance.choice([self.base / "w" / "x.db", *(folder / "x.db" for folder in self.folders)])
        if path.is_file() and path not in self.foreign:
            base = sqlite3.connect(path)
            base.execute("CREATE TABLE IF NOT EXISTS remarks (article, remark)")
            base.commit()
            base.close()
            self.claim(path)

    def leave_journal(self) -> None:
        path = self.chance.choice([self.base / "w" / "x.db", *(folder / "x.db" for folder in self.folders)])
        if path.is_file() and not Path(f"{path}-journal").exists():
            self.add(Path(f"{path}-journal"), b"journal")

    def clear(self) -> None:
        """The user removes a folder with all that is in it, and single files."""
        folder = self.chance.choice([*self.folders, self.base / "w" / "tuned"])
        shutil.rmtree(folder, ignore_errors=True)
        for path in self.singles:
            if self.chance.random() < 0.5:
                for name in (path, Path(f"{path}-journal")):
                    name.unlink(missing_ok=True)
                    self.foreign.pop(name, None)
        self.foreign = {path: was for path, was in self.foreign.items() if folder not in path.parents}

    def rename_folder(self) -> None:
        folder = self.chance.choice(self.folders)
        if folder.is_dir():
            self.count += 1
            other = folder.with_name(f"renamed-{self.count}")
            folder.rename(other)
            self.foreign = {path: was for path, was in self.foreign.items() if folder not in path.parents}
            self.foreign |= {path: look(path) for path in other.rglob("*")}

    def new_folder(self) -> None:
        folder = self.chance.choice(self.folders)
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o777)


@pytest.mark.parametrize("number", range(SEQUENCES))
def test_no_sequence_changes_a_foreign_byte(
    number: int, tmp_path: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporary, "UNLOCKED", 0.0)
    for path in (tmp_path, *list(tmp_path.parents)[:2]):
        path.chmod(path.stat().st_mode | 0o711)  # for the process without rights
    world = World(tmp_path / "world", random.Random(SEED * 10_000 + number), server, capsys)
    try:
        for _ in range(STEPS):
            world.chance.choices([world.do_command, world.do_kill, world.do_tune, world.do_user], [8, 3, 1, 5])[0]()
            world.check_foreign()
    except BaseException:
        print("\n".join(world.log))
        raise
