"""Labels of texts that are not here: they hold no texts, and a set is built from a repository as it was labelled."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import labelled
import orjson
import pytest

from tests.quality import build_set
from tests.quality.build_set import multi_fresh_set

NAMES = sorted(build_set.known_sets())
#: A label line has these fields and no others, so that no text comes in by the way.
FIELDS = {"a", "b", "label", "direction", "unsure", "stratum", "containment8", "jaccard8", "cross_domain", "note"}
FIELDS |= {"shingle", "redrawn"}


#: Sets of which clusters are labelled, with their writers, and no pairs.
ORIGINS = sorted(file.parent.name for file in labelled.LABELS.glob("*/origins.jsonl"))
ORIGIN_FIELDS = {"language", "members", "origin", "accept", "origin_domain", "in_corpus_id", "canonical_ids"}
ORIGIN_FIELDS |= {"confidence", "same_story", "lot"}


def test_every_set_has_labels_and_a_reader() -> None:
    assert sorted({*labelled.labels_only(), *ORIGINS}) == NAMES
    assert sorted([*build_set.READERS, *build_set.READERS_OF_SEVERAL]) == NAMES


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


HAN = "新" * 100
DAY = "title,published_at,content,source_name,url\n"
SHEET = [("Content Title", "Content Url", "Content Published Time", "Content"), ("Title", None, None, WORDS * 3)]
CLONES = {
    "pmacinec/fake-news-datasets": {multi_fresh_set.BULGARIAN: b"sheet"},
    "feryah/gilets_jaunes": {
        **dict.fromkeys(multi_fresh_set.PATHS, b""),
        "Francais/Belgique/DH.xml": f'<doc title="&quot;A&quot;" source="La DH">{WORDS * 3} &amp; <b></doc>'.encode(),
        "Espagnol_ES/ep.xml": f"<item><url>https://brasil.elpais.com/a</url><title></title><content>{WORDS * 3}"
        "</content></item>".encode(),
    },
    "sbq9712/news-spider": {"data/articles-1.csv": f"\ufeff{DAY}一,2026,{HAN},S,https://a.example/1\n\n".encode()},
    "wodewoping-png/news-spider": {
        "data/articles-1.csv": f"{DAY}一,2026,{HAN},S,https://a.example/1\n二,,{HAN},,https://a.example/2\n".encode()
    },
}
EMPTY = {"title": "", "url": "", "domain": "", "authors": "", "published": ""}
FROM_SEVERAL = [
    EMPTY | {"id": "bg/val-0", "text": WORDS * 3, "title": "Title", "language": "bg"},
    EMPTY | {"id": "fr/DH-0", "text": f"{WORDS * 3} &", "title": '"A"', "domain": "dhnet.be", "language": "fr"},
    EMPTY | {"id": "zh/articles-1-0", "text": HAN, "title": "一", "url": "https://a.example/1", "domain": "a.example",
             "authors": "S", "published": "2026", "language": "zh"},
    EMPTY | {"id": "zh/articles-1-w1", "text": HAN, "title": "二", "url": "https://a.example/2", "domain": "a.example",
             "language": "zh"},
]  # fmt: skip


@pytest.fixture
def several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with clones of four of the repositories of `multi_fresh`, whose only sheet is `SHEET`."""
    checkouts, known = tmp_path / "checkouts", build_set.known_sets()["multi_fresh"]
    known["sources"] = [
        {"repository": f"https://github.com/{name}", "commit": commit(checkouts / name.replace("/", "+"), files)}
        for name, files in CLONES.items()
    ]
    book = SimpleNamespace(worksheets=[SimpleNamespace(iter_rows=lambda values_only: iter(SHEET))])
    monkeypatch.setitem(sys.modules, "openpyxl", SimpleNamespace(load_workbook=lambda *args, **options: book))
    monkeypatch.setattr(build_set, "known_sets", lambda: {"multi_fresh": known})
    monkeypatch.setattr(multi_fresh_set, "READERS", {name: multi_fresh_set.READERS[name] for name in CLONES})
    return checkouts


def test_builds_from_several_repositories(several: Path, tmp_path: Path) -> None:
    """An address that an earlier repository has is left out, and a site of another language."""
    target, same = build_set.build("multi_fresh", several, tmp_path)
    assert [orjson.loads(line) for line in gzip.decompress(target.read_bytes()).splitlines()] == FROM_SEVERAL
    assert not same


def test_labelled_articles_come_first(several: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multi_fresh_set, "MOST", 1)
    for name in ("zh/articles-1-0", "zh/articles-1-w1"):
        (tmp_path / "origins.jsonl").write_bytes(orjson.dumps({"members": [name]}))
        monkeypatch.setattr(multi_fresh_set, "LABELS", tmp_path / "origins.jsonl")
        target, _ = build_set.build("multi_fresh", several, tmp_path / name)
        found = [orjson.loads(line)["id"] for line in gzip.decompress(target.read_bytes()).splitlines()]
        assert found == ["bg/val-0", "fr/DH-0", name]


def test_says_what_several_repositories_lack(several: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(build_set.CannotBuildError, match="install openpyxl"):
        build_set.build("multi_fresh", several, tmp_path / "sets")
    (several / "feryah+gilets_jaunes").rename(several / "gilets_jaunes")
    with pytest.raises(build_set.CannotBuildError, match=r"no clone with the name feryah\+gilets_jaunes$"):
        build_set.build("multi_fresh", several, tmp_path / "sets")


def test_every_source_has_a_reader() -> None:
    sources = build_set.known_sets()["multi_fresh"]["sources"]
    assert {one["repository"].removeprefix(build_set.SITE) for one in sources} == multi_fresh_set.READERS.keys()
    assert all(one.keys() == {"language", "repository", "commit", "licence"} for one in sources)


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
