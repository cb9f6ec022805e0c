"""What an index records of how it was made, and whether it may be used with the rules and settings of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from typing import Any

import orjson
import xxhash

from dedup._version import __version__
from dedup.comparison.align import FEATURES
from dedup.errors import IndexUnusable, UsageError
from dedup.languages import lexicon
from dedup.settings import Settings, make_settings
from dedup.text.boilerplate.learning import BoilerplateModel, model_of
from dedup.text.folding import TABLE_FILE, UNICODE_VERSION

#: Raise this when the same texts get other bodies, postings, relations or origins than before: an index that was made
#: by the old rules is then refused until it is rebuilt. Changes of `FILES` and the features are noticed without it.
RULES = 8
#: The packaged files that stored rows depend on, (package, name), by the name under which an index records their hash;
#: of the language files the boilerplate or the words of all. What texts are read from inputs depends on
#: inputs/html/page_types.json and inputs/charsets.json as well, but an index stores texts, not pages or files.
FILES = {
    "furniture.json": ("dedup.languages", "boilerplate"),
    TABLE_FILE: ("dedup.text", TABLE_FILE),
    "lookalikes.tsv": ("dedup.text", "lookalikes.tsv"),
    "agencies.json": ("dedup.text", "agencies.json"),
    "cues.json": ("dedup.languages", "words"),
    "republishers.json": ("dedup.evidence", "republishers.json"),
    "outlets.json": ("dedup.evidence", "outlets.json"),
    "romanisation.json": ("dedup.evidence", "romanisation.json"),
    "weights.json": ("dedup.attribution", "weights.json"),
    "probability.json": ("dedup.comparison", "probability.json"),
}
#: Settings that an index does not record: they change no result, or are recorded apart (furniture).
_UNRECORDED = frozenset({"fields", "format", "threads", "tmp", "keep", "cache", "texts", "furniture"})


def about_settings(settings: Settings) -> dict[str, str]:
    """Return what a new index records, as texts by name: version, settings, boilerplate model, and hashes of the rules.

    "results" are the settings that change results, with which those of later callers are compared.
    """
    model = model_of(settings)
    furniture = BoilerplateModel() if model is None else model
    values = {f.name: getattr(settings, f.name) for f in fields(Settings) if f.name not in _UNRECORDED}
    frozen = make_settings(settings, furniture=furniture)
    return {
        "made_by": f"dedup {__version__}",
        "settings": orjson.dumps(values).decode(),
        "furniture": furniture.to_bytes().decode(),
        "results": orjson.dumps(frozen.results(), option=orjson.OPT_SORT_KEYS).decode(),
        "rules": _rules(),
    }


def _rules() -> str:
    """Return a JSON object with a hash of each file in `FILES` and a version of the code."""
    hashes = {name: xxhash.xxh3_128_hexdigest(packaged(*place)) for name, place in FILES.items()}
    return orjson.dumps({"code": _code_version(), **hashes}).decode()


def _code_version() -> str:
    return f"{RULES} {UNICODE_VERSION} {' '.join(FEATURES)}"


def packaged(package: str, name: str) -> bytes:
    """Return the content of a file of the package, or of all language files."""
    return lexicon.canonical(name) if package == "dedup.languages" else (files(package) / name).read_bytes()


def _check_rules(about: Mapping[str, str], path: str) -> None:
    """Raise `IndexUnusable` for an index that was made by other rules."""
    try:
        old: Any = orjson.loads(about["rules"])
    except (KeyError, ValueError):
        old = None
    if not isinstance(old, dict):
        old = {}
    other = [name for name, rule in orjson.loads(_rules()).items() if old.get(name) != rule]
    if other:
        names = ", ".join(other) if old else "it does not say which"
        raise IndexUnusable(
            f"{path} was made with other rules ({names}; made by {about.get('made_by')}); "
            f"bring it up to date with: dedup index rebuild {path}"
        )


def index_settings(
    about: Mapping[str, str],
    path: str,
    caller: Settings | None = None,
    names: frozenset[str] | None = None,
    *,
    trusted: bool = False,
) -> Settings:
    """Return the settings of an index, and of `caller` those that only say how inputs are read.

    about: what the index at `path` records. caller: settings of the caller, of which `names` must be those of the
    index, all if None. trusted: accept an index that was made by other rules.

    Raises `IndexUnusable` for other rules or where the record is damaged, `UsageError` for other settings.
    """
    try:
        values, results = orjson.loads(about["settings"]), orjson.loads(about["results"])
        old_furniture = about["furniture"].encode()
    except (KeyError, TypeError, ValueError) as error:
        raise IndexUnusable(f"{path} is damaged: it does not say how it was made ({error})") from error
    if not trusted:
        _check_rules(about, path)
    furniture = BoilerplateModel.from_bytes(old_furniture, path, any_version=trusted)
    unknown = sorted(set(values) - set(Settings.names()))
    if unknown:
        raise IndexUnusable(f"{path} was made by another dedup, whose setting {unknown[0]!r} is not known")
    reading = {} if caller is None else {name: getattr(caller, name) for name in _UNRECORDED - {"furniture"}}
    settings = make_settings(None, **{**values, "furniture": furniture, **reading})
    effective = settings if caller is None else caller
    if caller is not None and names is not None:
        effective = make_settings(settings, **{name: getattr(caller, name) for name in names})
    if effective.furniture is None:
        effective = make_settings(effective, furniture=furniture)
    new = effective.results()
    wrong = sorted(name for name in {*new, *results} if name not in new or results.get(name) != new[name])
    if trusted:  # other rules make other results of the same settings: only what was named is compared
        wrong = [name for name in wrong if names is not None and name in names]
    if wrong:
        differ = ", ".join(f"{name} {results.get(name)!r}, not {new.get(name)!r}" for name in wrong)
        raise UsageError(f"{path} was made with other settings ({differ}); leave them out, or make another index")
    return settings
