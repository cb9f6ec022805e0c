"""What an index keeps of how it was made, and whether it may be used so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files

import orjson
import xxhash

from dedup._version import __version__
from dedup.comparison.align import FEATURES
from dedup.errors import IndexUnusable, UsageError
from dedup.languages import lexicon
from dedup.settings import Settings, make_settings
from dedup.text.boilerplate.learning import BoilerplateModel, model_of
from dedup.text.folding import TABLE_FILE, UNICODE_VERSION

#: To be raised when the same texts get other bodies, postings, relations or origins than before: what is stored was
#: made by the old rules, and is refused until it is rebuilt. Changes of `FILES` and of the features are noticed
#: without it.
RULES = 1
#: The packaged files that stored rows depend on, by the names under which an index keeps their hashes: (package, file),
#: of all language files the boilerplate or the words. The texts of web pages depend on inputs/html/page_types.json as
#: well, but an index is given texts, and keeps them.
FILES = {
    "furniture.json": ("dedup.languages", "boilerplate"),
    TABLE_FILE: ("dedup.text", TABLE_FILE),
    "agencies.json": ("dedup.text", "agencies.json"),
    "cues.json": ("dedup.languages", "words"),
    "republishers.json": ("dedup.evidence", "republishers.json"),
    "weights.json": ("dedup.attribution", "weights.json"),
}
#: XXH3-128 of the content of today's language files, and of the files furniture.json and cues.json that held the same
#: content before each language had a file. An index keeps the second, so that those made before stay valid. The last
#: entry is that of the boilerplate with the code (`_code`), which an index with tables of version 3 kept.
#: If the content changes, neither hash occurs any more, and the entry can go.
_SAME_CONTENT = {
    "ef9a9e6dd5e0f9790856203ea4ecf6cb": "abfd03f982b347a82824b3f20b837be2",
    "b267106986a2d9460cb27bb339d03822": "fdf9aafd4c901d70cc0c2dd714c67124",
    "2dcb4cb6c863fc5f9244b83ed8aa114f": "1009c5847151f4e9246fdbb49395e522",
}
#: Settings that are not kept with an index: they change no result, or are kept apart.
_OWN = frozenset({"fields", "format", "threads", "tmp", "keep", "cache", "texts", "furniture"})


def about_of(settings: Settings) -> dict[str, str]:
    """What an index keeps of its settings."""
    model = model_of(settings)
    furniture = BoilerplateModel() if model is None else model
    kept = {f.name: getattr(settings, f.name) for f in fields(Settings) if f.name not in _OWN}
    frozen = make_settings(settings, furniture=furniture)
    return {
        "made_by": f"dedup {__version__}",
        "settings": orjson.dumps(kept).decode(),
        "furniture": furniture.to_bytes().decode(),
        "results": orjson.dumps(frozen.results(), option=orjson.OPT_SORT_KEYS).decode(),
        "rules": _rules(),
    }


def _rules() -> str:
    """What texts are cut, compared and attributed by, as JSON: a value for each file and for the code. An index that
    was made by other rules cannot be compared with, and says other origins."""
    hashes = {name: _hash(packaged(*place)) for name, place in FILES.items()}
    return orjson.dumps({"code": _code(), **hashes}).decode()


def _hash(content: bytes) -> str:
    """The hash of the content of a file, as an index keeps it."""
    digest = xxhash.xxh3_128_hexdigest(content)
    return _SAME_CONTENT.get(digest, digest)


def _code() -> str:
    return f"{RULES} {UNICODE_VERSION} {' '.join(FEATURES)}"


def packaged(package: str, name: str) -> bytes:
    """Return the content of a file of the package, or of all language files."""
    return lexicon.canonical(name) if package == "dedup.languages" else (files(package) / name).read_bytes()


def rules_of_3(about: Mapping[str, str]) -> str | None:
    """The rules of an index with tables of version 3, which kept a hash of furniture.json alone: those of today if the
    same version of dedup made it. None if nobody can know."""
    before = _hash(packaged(*FILES["furniture.json"]) + _code().encode())
    same = about.get("made_by") == f"dedup {__version__}" and about.get("rules") == before
    return _rules() if same else None


def _check_rules(about: Mapping[str, str], path: str) -> None:
    """Raise `IndexUnusable` for an index that was made by other rules."""
    now = orjson.loads(_rules())
    try:
        before = orjson.loads(about["rules"])
    except (KeyError, ValueError):
        before = None
    if not isinstance(before, dict):
        before = {}
    other = [name for name in now if before.get(name) != now[name]]
    if other:
        names = ", ".join(other) if before else "it does not say which"
        raise IndexUnusable(
            f"{path} was made with other rules ({names}; made by {about.get('made_by')}); "
            f"bring it up to date with: dedup index rebuild {path}"
        )


def settings_of(
    about: Mapping[str, str],
    path: str,
    given: Settings | None,
    named: frozenset[str] | None,
    *,
    trusted: bool = False,
) -> Settings:
    """The settings of an index; those given must be its own, or say nothing but how to read.

    named: which of the given ones are meant; None for all. trusted: whatever the rules were that its texts were cut by.
    """
    try:
        kept, results = orjson.loads(about["settings"]), orjson.loads(about["results"])
        furniture = BoilerplateModel.from_bytes(about["furniture"].encode(), path)
    except (KeyError, TypeError, ValueError) as error:
        raise IndexUnusable(f"{path} is damaged: it does not say how it was made ({error})") from error
    unknown = sorted(set(kept) - set(Settings.names()))
    if unknown:
        raise IndexUnusable(f"{path} was made by another dedup, whose setting {unknown[0]!r} is not known")
    reading = {} if given is None else {name: getattr(given, name) for name in _OWN - {"furniture"}}
    found = make_settings(None, **{**kept, "furniture": furniture, **reading})
    if not trusted:
        _check_rules(about, path)
    asked = found if given is None else given
    if given is not None and named is not None:
        asked = make_settings(found, **{name: getattr(given, name) for name in named})
    if asked.furniture is None:
        asked = make_settings(asked, furniture=furniture)
    wrong = {name for name, value in asked.results().items() if results.get(name) != value}
    wrong |= {name for name in results if name not in asked.results()}
    if wrong:
        differ = ", ".join(f"{name} {results.get(name)!r}, not {asked.results().get(name)!r}" for name in sorted(wrong))
        raise UsageError(f"{path} was made with other settings ({differ}); leave them out, or make another index")
    return found
