"""Labels of texts that are not here: they hold no texts, and a set is built from a repository as it was labelled."""

from __future__ import annotations

import gzip
import io
import subprocess
import zipfile
from pathlib import Path

import labelled
import orjson
import pytest

from tests.quality import build_set

NAMES = sorted(build_set.known_sets())
#: A label line has these fields and no others, so that no text comes in by the way.
FIELDS = {"a", "b", "label", "direction", "unsure", "stratum", "containment8", "jaccard8", "cross_domain", "note"}
FIELDS |= {"shingle", "redrawn"}


#: Sets of which clusters are labelled, with their writers, and no pairs.
ORIGINS = sorted(file.parent.name for file in labelled.LABELS.glob("*/origins.jsonl"))
ORIGIN_FIELDS = {"language", "members", "origin", "accept", "origin_domain", "in_corpus_id", "canonical_ids"}
ORIGIN_FIELDS |= {"confidence", "same_story", "lot"}


def test_every_set_has_labels_and_a_reader() -> None:
    assert sorted({*labelled.labels_only(), *ORIGINS}) == NAMES == sorted(build_set.READERS)


@pytest.mark.parametrize("name", ORIGINS)
def test_labels_of_origins_hold_no_text(name: str) -> None:
    lines = [orjson.loads(line) for line in (labelled.LABELS / name / "origins.jsonl").read_bytes().splitlines()]
    assert len(lines) >= 20
    assert all(line.keys() <= ORIGIN_FIELDS for line in lines)
    assert all(set(line["canonical_ids"]) <= set(line["members"]) for line in lines)
    assert max(len((line["origin"] or "").split()) for line in lines) < 12


@pytest.mark.parametrize("name", labelled.labels_only())
def test_labels_hold_no_text(name: str) -> None:
    lines = [orjson.loads(line) for line in (labelled.LABELS / name / "pairs.jsonl").read_bytes().splitlines()]
    assert len(lines) == 60
    assert all(line.keys() <= FIELDS for line in lines)
    assert max(len(line["note"].split()) for line in lines) < 35
    assert len({frozenset((line["a"], line["b"])) for line in lines}) == 60


def commit(folder: Path, files: dict[str, bytes]) -> str:
    """A repository with these files; its commit."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    identity = ["-c", "user.name=a", "-c", "user.email=a@a.example"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "Files"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    found = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True)
    return found.stdout.decode().strip()


def zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, data)
    return packed.getvalue()


WORDS = " ".join(f"w{i}" for i in range(20))
ITALIAN = ["L", "'", "auto", "(", "rubata", ")", "e\u0300", '""""', "qui", '""""', '","', "sì", ".", *WORDS.split()]
ENGLISH = "It was said that the storm is on its way to the coast and has not been seen by those at sea as yet"
HEAD = "id,publisher,scrape_time,text\n"
PAGE = """<html><head><meta property="og:title" content="Title"><meta property="og:site_name" content="Three">
<meta property="og:url" content="https://www.three.example/c">
<meta property="article:published_time" content="2019-11-01T12:00:00"></head><body><article><h1>Title</h1>
<address><time>1 Nov</time> by <a rel="author">An Author</a></address>
<figure><figcaption>A caption</figcaption></figure><p>{text}</p></article></body></html>"""
REPOSITORIES = {
    "fakebr": (
        {
            "full_texts/true/12.txt": f"\ufeff{WORDS}\r\n".encode(),
            "full_texts/true-meta-information/12-meta.txt": b"\nhttps://www.one.example/a\npolitics\n1/2/2017\n\n",
            "full_texts/fake/3.txt": b"too short",
        },
        {"id": "true/12", "text": WORDS, "url": "https://www.one.example/a", "domain": "one.example",
         "category": "politics", "published": "1/2/2017"},
    ),
    "alb_fake_true": (
        {
            "full_texts/fake/7.txt": f"Title\r\n{WORDS}\u200b".encode(),
            "full_texts/fake-meta-information/7.txt": b"2020/07/25, 10:00\nx\nhttps://two.example/b\n",
        },
        {"id": "fake-7", "text": WORDS, "title": "Title", "url": "https://two.example/b", "domain": "two.example",
         "published": "2020-07-25T10:00", "repo_file": "full_texts/fake/7.txt"},
    ),
    "saudi_2015": (
        {
            "dataset/2015-08-01.zip": zipped("d.json", orjson.dumps([{"content": "short"}, {"content": WORDS}])),
            "dataset/2015-07-21.zip": zipped("d.json", orjson.dumps([{"content": WORDS}])),
        },
        {"id": "2015-08-01-00001", "text": WORDS, "repo_file": "dataset/2015-08-01.zip#d.json[1]"},
    ),
    "dice_it": (
        {
            "annotation csv/12.csv": ("word,tag\n" + "\n".join(f"{word},O" for word in ITALIAN)).encode(),
            "annotation csv/3.csv": b"word,tag\ntoo,O\nshort,O\n",
        },
        {"id": "12", "text": f"L'auto (rubata) e\u0300 \"qui\", sì. {WORDS}", "repo_file": "annotation csv/12.csv",
         "domain": "gazzettadimodena.gelocal.it"},
    ),
    "tg_en_2019": (
        {
            "data/20191101/12/5.html": PAGE.format(text=ENGLISH).encode(),
            "data/20191101/12/6.html": PAGE.format(text="der die und de la el los que en une les est " * 2).encode(),
            "data/20191101/12/7.html": b"<html><body>no article</body></html>",
        },
        {"id": "20191101-12-5", "text": f"A caption\n\n{ENGLISH}", "title": "Title", "authors": ["An Author"],
         "url": "https://www.three.example/c", "domain": "three.example", "published": "2019-11-01T12:00:00",
         "site_name": "Three", "repo_file": "data/20191101/12/5.html"},
    ),
    "us_wire_2018": (
        {
            "data/helsinki_articles.csv": f"{HEAD}7,four.example/news,10:00,x###  {WORDS} ### ###\n8,a,b,x\n".encode(),
            "data/census_articles.csv": HEAD.encode(),
            "data/spotify_articles.csv": HEAD.encode(),
        },
        {"id": "helsinki-7", "text": f"x\n\n{WORDS}", "domain": "four.example", "captured": "10:00",
         "event": "helsinki", "repo_file": "data/helsinki_articles.csv"},
    ),
    "zh_cluster_2018": (
        {
            "Sport/一.txt": b"short",
            "Sport/二 三.txt": f"二，三\r\n\u3000\u3000{WORDS}\n\n {WORDS}\n".encode(),
            "README.md": WORDS.encode(),
        },
        {"id": "Sport-0001", "text": f"{WORDS}\n{WORDS}", "title": "二 三", "category": "Sport",
         "repo_file": "Sport/二 三.txt"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_builds_from_the_labelled_commit(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is checked out: the files are those of the commit. Other bytes than were labelled are told."""
    files, record = REPOSITORIES[name]
    checkout = tmp_path / "checkout"
    labelled_at = commit(checkout, files)
    for path in files:
        (checkout / path).unlink()
    known = {name: build_set.known_sets()[name] | {"commit": labelled_at}}
    monkeypatch.setattr(build_set, "known_sets", lambda: known)
    target, same = build_set.build(name, checkout, tmp_path / "sets")
    assert [orjson.loads(line) for line in gzip.decompress(target.read_bytes()).splitlines()] == [record]
    assert not same
    with pytest.raises(build_set.CannotBuildError, match="is there already"):
        build_set.build(name, checkout, tmp_path / "sets")
    monkeypatch.setenv("DEDUP_DATA", f"{tmp_path / 'none'}:{tmp_path / 'sets'}")
    assert labelled.set_files(name) == (target, labelled.LABELS / name / "pairs.jsonl")
    assert labelled.sets_here() == [name]


def test_says_which_commit_is_missing(tmp_path: Path) -> None:
    commit(tmp_path, {"a": b"b"})
    with pytest.raises(build_set.CannotBuildError, match="does not hold commit 780f5516"):
        build_set.build("fakebr", tmp_path, tmp_path / "sets")
    assert not (tmp_path / "sets").exists()


def test_absent_sets_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEDUP_DATA", str(tmp_path))
    assert labelled.sets_here() == []
    assert "tests.quality.build_set" in (labelled.why_absent("fakebr") or "")
    assert "DEDUP_DATA" in (labelled.why_absent("odu_newssim") or "")
