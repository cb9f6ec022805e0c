"""tuning.json: what was measured, and the settings that a scan can read back from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xxhash

from dedup.errors import MissingInput, OutputError, UsageError
from dedup.outputs.commit import Move, Staging
from dedup.outputs.ownership import Folder, Manifest, check_folder
from dedup.outputs.seal import TUNING, seal_json

if TYPE_CHECKING:
    from dedup.tuning.tune import Tuning

NAME, PAGE = "tuning.json", "tuning.html"
#: The settings that may stand in the file, and the JSON they are.
SETTINGS: dict[str, tuple[type, ...]] = {
    "shingle_size": (int,),
    "num_perm": (int,),
    "seed": (int,),
    "bands": (int,),
    "band_rows": (int,),
    "passage_rate": (int,),
    "threshold": (int, float),
    "window": (int, float),
    "furniture": (str,),
}


def to_dict(tuning: Tuning, inputs: list[str], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The content of tuning.json. asked: threshold and seed, where they were asked for: a scan is to hold them too."""
    from dedup._version import __version__

    settings = {**tuning.choice.best.setting.options(), **asked}
    sample = tuning.sample
    return {
        "format": TUNING,
        "version": __version__,
        "inputs": inputs,
        "settings": settings,
        "reason": tuning.choice.reason,
        "notes": tuning.notes,
        "goal": {"threshold": tuning.goal.threshold, "recall": tuning.goal.recall, "reached": tuning.choice.reached},
        "thresholds": tuning.thresholds.to_dict() if tuning.thresholds is not None else None,
        "sample": {
            "articles_of_corpus": sample.corpus,
            "articles": len(sample),
            "drawn": int(sample.drawn.sum()),
            "compared": tuning.compared,
            "true_pairs": tuning.true,
            "pairs_below": tuning.below,
            "labelled_pairs": tuning.labelled,
        },
        "recommended": tuning.choice.best.to_dict(),
        "front": [o.to_dict() for o in tuning.front],
        "grid": [o.to_dict() for o in tuning.outcomes],
        "curves": {name: [p.to_dict() for p in points] for name, points in tuning.curves.items()},
        "resemblances": tuning.spread.resemblances.tolist(),
        "containments": tuning.spread.containments.tolist(),
        "seconds": round(tuning.seconds, 1),
    }


def check(folder: Path, names: Iterable[str], *, overwrite: bool = False) -> Folder:
    """Find out whether files may be written into a folder, before any work. Raises `OutputError`.

    The folder may hold other files. One of these names is replaced only if dedup wrote it as it is, or by `overwrite`.
    """
    return check_folder(folder, names, Manifest(NAME, TUNING, shared=True), overwrite=overwrite)


def contents(content: Mapping[str, Any], page: bytes) -> dict[str, bytes]:
    """The files: tuning.json with the digest of the page, and the page."""
    digest = xxhash.xxh3_128_hexdigest(page)
    return {NAME: seal_json(TUNING, {**content, "files": {PAGE: digest}}), PAGE: page}


def write(folder: Path, files: Mapping[str, bytes], *, overwrite: bool = False) -> None:
    """Write files into a folder, all or none. Raises `OutputError`."""
    before = check(folder, files, overwrite=overwrite)
    place = before.real

    def again() -> None:
        if check(folder, files, overwrite=overwrite).own_files != before.own_files:
            raise OutputError(f"--out {folder} was changed while its files were written; they are left out")

    staging = Staging()
    try:
        place.mkdir(parents=True, exist_ok=True)
        fresh = staging.area(place, inside=True) / "new"
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        order = sorted(files, key=lambda name: (name == NAME, name))
        staging.commit([Move(fresh / name, place / name, place) for name in order], again)
    except OSError as error:
        raise OutputError(f"--out {folder} cannot be written: {error.strerror}") from error
    finally:
        staging.close()


def read_settings(path: str) -> dict[str, Any]:
    """The options of a scan in a tuning.json, or in a JSON object of settings alone.

    `furniture` becomes what `Settings` takes: nothing for "learned", an empty model for "rules". Raises
    `MissingInput`, `UsageError`.
    """
    import orjson

    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise MissingInput(f"--settings {path} cannot be read: {error.strerror}") from error
    try:
        loaded = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"--settings {path} is not JSON: {error}") from error
    found = loaded.get("settings", loaded) if isinstance(loaded, dict) else None
    if not isinstance(found, dict):
        raise UsageError(f"--settings {path} holds no settings; it is the tuning.json that dedup tune --out writes")
    for name, value in found.items():
        if name not in SETTINGS:
            raise UsageError(f"--settings {path}: unknown setting {name!r}; known are: {', '.join(SETTINGS)}")
        if value is not None and (isinstance(value, bool) or not isinstance(value, SETTINGS[name])):
            raise UsageError(f"--settings {path}: {name} must be {_words(SETTINGS[name])}, not {value!r}")
    options = {name: value for name, value in found.items() if value is not None}
    furniture = options.pop("furniture", "learned")
    if furniture not in ("learned", "rules"):
        raise UsageError(f"--settings {path}: furniture must be 'learned' or 'rules', not {furniture!r}")
    if furniture == "rules":
        from dedup.text.boilerplate.learning import BoilerplateModel

        options["furniture"] = BoilerplateModel()
    return options


def _words(types: tuple[type, ...]) -> str:
    return {int: "a whole number", str: "a text"}.get(types[0], "a number") if len(types) == 1 else "a number"
