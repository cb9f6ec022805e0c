"""`python -m tests.quality.build_set NAME CHECKOUT FOLDER`: the articles of a set of which only the labels are kept.

The labels of these sets are in `tests/data/labels`; the texts belong to others and are not. Clone the repository that
`tests/data/labels/sets.json` names; this writes FOLDER/NAME/articles.jsonl.gz from its files, read at the commit at
which the labels were made. The ids are those of the labels, and the digest says whether every byte is. Of a set of
several repositories CHECKOUT is a folder with a clone of each, named `owner+name`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import html
import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import orjson
from lxml import html as pages

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE)]

import multi_fresh_set  # noqa: E402
from nexis_set import nexis_china_tech  # noqa: E402
from repositories import CannotBuildError, Files, FilesOf, Record, repository_files  # noqa: E402

LABELS = Path(__file__).parents[1] / "data" / "labels"
#: Texts of fewer words are left out.
FEW_WORDS = 20
#: Chinese texts of fewer characters, blanks apart, are left out.
FEW_CHARACTERS = 60
#: Programs that unpack a .rar, by the arguments between their name and that of the file.
UNPACK = {"bsdtar": ("-xf",), "unrar": ("x", "-y"), "7z": ("x", "-y")}


def known_sets() -> dict[str, Record]:
    """The sets of which the labels are here, by name: repository, commit, licence, articles, digest.

    A set of several repositories has a list `sources`, with the first three of each.
    """
    loaded: dict[str, Record] = orjson.loads((LABELS / "sets.json").read_bytes())
    return loaded


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _domain(url: str | None) -> str:
    return urlparse(url or "").netloc.lower().removeprefix("www.")


def fakebr(files: Files) -> Iterator[Record]:
    """Whole texts of Fake.br: one file a text, another with its author, address, section and date."""
    for kind in ("fake", "true"):
        for number in range(1, 3601):
            path = f"full_texts/{kind}/{number}.txt"
            if path not in files:
                continue
            record: Record = {"id": f"{kind}/{number}", "text": _decoded(files[path]).lstrip("\ufeff").strip()}
            meta = _decoded(files.get(f"full_texts/{kind}-meta-information/{number}-meta.txt", b""))
            lines = [line.strip() for line in meta.lstrip("\ufeff").split("\n")]
            if len(lines) > 4:
                author, url, category, published = ("" if line == "None" else line for line in lines[:4])
                found = {"url": url, "domain": url and urlparse(url).netloc.lower().removeprefix("www.")}
                found |= {"authors": author and [author], "category": category, "published": published}
                record |= {name: value for name, value in found.items() if value}
            if len(record["text"].split()) >= 5:
                yield record


def ttc3600(files: Files) -> Iterator[Record]:
    """TTC-3600: one archive with a folder a section and a file an article; entities undone, blank lines left out."""
    with tempfile.TemporaryDirectory() as folder:
        root = _unpacked(files["TTC-3600_Orj.rar"], Path(folder)) / "TTC-3600_Orj"
        for section in sorted(root.iterdir()):
            numbered = {int(re.findall(r"\((\d+)\)", file.name)[0]): file for file in section.iterdir()}
            for number, file in sorted(numbered.items()):
                text = html.unescape(html.unescape(_turkish(file.read_bytes()))).replace("\xa0", " ")
                lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines()]
                text = "\n".join(line for line in lines if line)
                if len(text.split()) >= FEW_WORDS:
                    yield {"id": f"{section.name}/{number}", "text": text, "category": section.name}


def _turkish(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1254", "replace")


def _unpacked(archive: bytes, folder: Path) -> Path:
    """The folder with the files of a .rar in it."""
    program = next((name for name in UNPACK if shutil.which(name)), None)
    if program is None:
        raise CannotBuildError(
            f"the articles are in a .rar; install one of {', '.join(UNPACK)} (bsdtar is of libarchive)"
        )
    (folder / "archive.rar").write_bytes(archive)
    got = subprocess.run([program, *UNPACK[program], "archive.rar"], cwd=folder, capture_output=True, check=False)
    if got.returncode:
        raise CannotBuildError(f"{program} could not unpack the .rar: {got.stderr.decode(errors='replace').strip()}")
    return folder


def alb_fake_true(files: Files) -> Iterator[Record]:
    """Albanian texts, true and false: a title, then the text; another file with time and address."""
    for kind in ("fake", "true"):
        numbers = [int(path.split("/")[2][:-4]) for path in files if re.fullmatch(rf"full_texts/{kind}/\d+\.txt", path)]
        for number in sorted(numbers):
            path = f"full_texts/{kind}/{number}.txt"
            whole = _lines(files[path]).replace("\ufeff", "").replace("\u200b", "").strip()
            title, _, text = whole.partition("\n")
            text = text.strip() or whole
            if len(text.split()) < FEW_WORDS:
                continue
            meta = _lines(files.get(f"full_texts/{kind}-meta-information/{number}.txt", b"")).splitlines()
            url = meta[2].strip() if len(meta) > 2 else None
            published = meta[0].strip().replace("/", "-").replace(", ", "T") if meta else None
            yield {
                "id": f"{kind}-{number}", "text": text, "title": title.strip() or None, "url": url,
                "domain": (_domain(url) if url else None) or None, "published": published, "repo_file": path,
            }  # fmt: skip


def _lines(data: bytes) -> str:
    """A file as Python reads text: every end of a line is one."""
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def saudi_2015(files: Files) -> Iterator[Record]:
    """SaudiNewsNet, the ten days of August 2015: a .zip a day with one array of articles in it."""
    for path in sorted(path for path in files if re.fullmatch(r"dataset/2015-08-\d\d\.zip", path)):
        with zipfile.ZipFile(io.BytesIO(files[path])) as archive:
            (name,) = (one for one in archive.namelist() if one.endswith(".json") and "MACOSX" not in one)
            rows = orjson.loads(archive.read(name).removeprefix(b"\xef\xbb\xbf"))
        for place, row in enumerate(rows):
            text = (row.get("content") or "").strip()
            if len(re.findall(r"\w+", text)) < FEW_WORDS:
                continue
            author = (row.get("author") or "").strip()
            record = {
                "id": f"{Path(path).stem}-{place:05d}", "text": text, "title": (row.get("title") or "").strip() or None,
                "url": row.get("url") or None, "domain": _domain(row.get("url")) or None,
                "authors": [author] if author else None, "published": row.get("date_extracted"),
                "source_key": row.get("source"), "repo_file": f"{path}#{name}[{place}]",
            }  # fmt: skip
            yield {key: value for key, value in record.items() if value is not None}


def dice_it(files: Files) -> Iterator[Record]:
    """DICE, crimes of an Italian newspaper: a file an article, one word a line in the first column."""
    for path in sorted((path for path in files if path.endswith(".csv")), key=lambda path: int(Path(path).stem)):
        rows = csv.reader(io.StringIO(files[path].decode("utf-8"), newline=""))
        text = _joined([row[0].strip() for row in rows if row][1:])
        if len(re.findall(r"\w+", text)) >= FEW_WORDS:
            domain = "gazzettadimodena.gelocal.it"
            yield {"id": Path(path).stem, "text": text, "domain": domain, "repo_file": path}


def _joined(words: list[str]) -> str:
    """The words as one line: no blank before a closing sign and none after an opening one or an apostrophe."""
    text, glued, quoted = "", True, False
    for word in filter(None, words):
        blank, glue = True, word in {"(", "[", "«", "“", "‘"}
        if word in {"'", "’"}:
            glue = text[-1:].isalnum()
            blank = not glue
        elif word == '"':
            blank = glue = not quoted
            quoted = not quoted
        elif re.fullmatch(r"[,.;:!?%)\]»”…]+[»”)]*", word):
            blank = False
        text += (" " if blank and not glued else "") + word
        glued = glue
    return re.sub(r"\s+", " ", text.replace("&nbsp", " ")).strip()


#: Frequent words of English, and of other languages in Latin letters.
ENGLISH = "the of and to in a is for that on was with it as at by from be has said"
NOT_ENGLISH = (
    "der die und de la el los que en une les est di che il não dos het een och att ang mga sa og på ja je na się"
)


def tg_en_2019(files: Files) -> Iterator[Record]:
    """The English articles of three hours of the Telegram contest."""
    return _instant_views(files, english=True)


def tg_multi_2019(files: Files) -> Iterator[Record]:
    """The articles of three hours of the Telegram contest in other languages."""
    return _instant_views(files, english=False)


def _instant_views(files: Files, english: bool) -> Iterator[Record]:
    """The articles of the Telegram contest: an instant view of HTML each."""
    for path in sorted(path for path in files if re.fullmatch(r"data/[^/]+/[^/]+/[^/]+\.html", path)):
        page = pages.fromstring(files[path], parser=pages.HTMLParser(encoding="utf-8"))
        meta = {one.get("property") or "": one.get("content") for one in page.iter("meta")}
        article = page.find(".//article")
        if article is None:
            continue
        blocks = [one for one in article if isinstance(one.tag, str) and one.tag != "h1"]
        lines = [re.sub(r"\s+", " ", one.text_content()).strip() for one in blocks if one.tag != "address"]
        text = "\n\n".join(filter(None, lines))
        if _is_english(text) != english or len(re.findall(r"\w+", text)) < FEW_WORDS:
            continue
        links = [one.find(".//a") for one in blocks if one.tag == "address"]
        author = links[-1].text if links and links[-1] is not None else None
        place, url = path.removeprefix("data/").removesuffix(".html"), meta.get("og:url")
        record = {
            "id": place.replace("/", "-"), "text": text, "title": meta.get("og:title"), "url": url,
            "domain": _domain(url), "authors": [author] if author else None,
            "published": meta.get("article:published_time"), "site_name": meta.get("og:site_name"), "repo_file": path,
        }  # fmt: skip
        yield {key: value for key, value in record.items() if value}


def _is_english(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    if len(words) < FEW_WORDS:
        return False
    latin = len(re.findall(r"[a-z]", text.lower())) / max(1, len(re.findall(r"[^\W\d_]", text)))
    english, other = (
        sum(word in some for word in words) / len(words)
        for some in (frozenset(ENGLISH.split()), frozenset(NOT_ENGLISH.split()))
    )
    return latin >= 0.9 and english >= 0.14 and other <= 0.05


def us_wire_2018(files: Files) -> Iterator[Record]:
    """Pages of American sites on three events: a table an event, the paragraphs of a page between `###`."""
    csv.field_size_limit(10**9)
    known: set[str] = set()
    for event in ("helsinki", "census", "spotify"):
        path = f"data/{event}_articles.csv"
        for row in csv.DictReader(io.StringIO(_decoded(files[path]))):
            lines = [re.sub(r"\s+", " ", line).strip() for line in row["text"].split("###")]
            text, name = "\n\n".join(filter(None, lines)), f"{event}-{row['id']}"
            if len(re.findall(r"\w+", text)) < FEW_WORDS or name in known:
                continue
            known.add(name)
            yield {
                "id": name, "text": text, "domain": row["publisher"].split("/")[0].removeprefix("www."),
                "captured": row["scrape_time"], "event": event, "repo_file": path,
            }  # fmt: skip


def zh_cluster_2018(files: Files) -> Iterator[Record]:
    """Chinese news of sina.com.cn: a folder a section, a file an article; the file is named as the article is."""
    paths = [path for path in files if re.fullmatch(r"[^/]+/[^/]+\.txt", path)]
    for folder in sorted({path.partition("/")[0] for path in paths}):
        names = sorted((Path(path).name for path in paths if path.startswith(f"{folder}/")), key=str.encode)
        for place, name in enumerate(names):
            path, title = f"{folder}/{name}", name.removesuffix(".txt")
            lines = [re.sub(r"[ \t\xa0\u3000]+", " ", line).strip() for line in _decoded(files[path]).splitlines()]
            lines = [line for line in lines if line]
            if lines and re.findall(r"\w", lines[0]) == re.findall(r"\w", title):
                del lines[0]
            text = "\n".join(lines)
            if len(re.sub(r"\s", "", text)) >= FEW_CHARACTERS:
                record = {"id": f"{folder}-{place:04d}", "text": text, "title": title}
                yield record | {"category": folder, "repo_file": path}


#: How each set of one repository is read, and what of it.
READERS: dict[str, tuple[Callable[[Files], Iterator[Record]], tuple[str, ...]]] = {
    "alb_fake_true": (alb_fake_true, ("full_texts",)),
    "dice_it": (dice_it, ("annotation csv",)),
    "fakebr": (fakebr, ("full_texts",)),
    "nexis_china_tech": (nexis_china_tech, ("data/LN_data/raw",)),
    "saudi_2015": (saudi_2015, ("dataset",)),
    "tg_en_2019": (tg_en_2019, ("data",)),
    "tg_multi_2019": (tg_multi_2019, ("data",)),
    "ttc3600": (ttc3600, ("TTC-3600_Orj.rar",)),
    "us_wire_2018": (us_wire_2018, tuple(f"data/{event}_articles.csv" for event in ("helsinki", "census", "spotify"))),
    "zh_cluster_2018": (zh_cluster_2018, ()),
}
#: How each set of several repositories is read; its reader asks for the files of one after the other.
READERS_OF_SEVERAL: dict[str, Callable[[FilesOf], Iterator[Record]]] = {"multi_fresh": multi_fresh_set.multi_fresh}
HELP = "a clone of the repository, or a folder with a clone of each, named owner+name; no work tree is needed"
#: Where the repositories are.
SITE = "https://github.com/"


def _line(record: Record) -> bytes:
    """As the labels' digest was taken: the standard library's JSON, characters as they are."""
    import json

    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _records(name: str, checkout: Path) -> Iterator[Record]:
    """The articles of a set, from a clone of its repository or from a folder with clones of several."""
    known = known_sets()[name]
    if name in READERS:
        reader, paths = READERS[name]
        return reader(repository_files(checkout, known["commit"], paths))
    commits = {one["repository"].removeprefix(SITE): one["commit"] for one in known["sources"]}
    clones = {repository: checkout / repository.replace("/", "+") for repository in commits}
    absent = [clone.name for clone in clones.values() if not clone.is_dir()]
    if absent:
        raise CannotBuildError(f"{checkout} has no clone with the name {', '.join(absent)}")
    return READERS_OF_SEVERAL[name](lambda one, below: repository_files(clones[one], commits[one], below))


def build(name: str, checkout: Path, folder: Path) -> tuple[Path, bool]:
    """Write the articles of a set; return the file, and whether it holds what was labelled, byte for byte."""
    target = folder / name / "articles.jsonl.gz"
    if target.exists():
        raise CannotBuildError(f"{target} is there already; remove it first")
    data = b"".join(map(_line, _records(name, checkout)))
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".new")
    unfinished.write_bytes(gzip.compress(data, mtime=0))
    unfinished.replace(target)
    return target, hashlib.sha256(data).hexdigest() == known_sets()[name]["sha256"]


def main() -> int:
    """0 if the set was built as it was labelled, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.build_set", description=__doc__)
    parser.add_argument("name", choices=sorted([*READERS, *READERS_OF_SEVERAL]))
    parser.add_argument("checkout", type=Path, help=HELP)
    parser.add_argument("folder", type=Path, help="the folder of the sets, for DEDUP_DATA")
    options = parser.parse_args()
    try:
        target, same = build(options.name, options.checkout, options.folder)
    except CannotBuildError as error:
        print(f"{options.name}: {error}", file=sys.stderr)
        return 1
    print(f"{target}: {'as it was labelled' if same else 'NOT as it was labelled: other bytes'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
