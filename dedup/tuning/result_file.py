"""Write tuning.json and tuning.html, and read the settings in tuning.json back for a scan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xxhash

from dedup.errors import OutputError, UsageError
from dedup.outputs.commit import Move, Staging
from dedup.outputs.ownership import Folder, Manifest, check_folder
from dedup.outputs.seal import TUNING, seal_json
from dedup.settings import read_file

if TYPE_CHECKING:
    from dedup.tuning.tune import Tuning

NAME, PAGE = "tuning.json", "tuning.html"
#: The settings that the file may contain, with the types of their JSON values.
SETTINGS: dict[str, tuple[type, ...]] = {
    "shingle_size": (int,),
    "num_perm": (int,),
    "seed": (int,),
    "bands": (int,),
    "band_rows": (int,),
    "passage_rate": (int,),
    "threshold": (int, float),
    "min_probability": (int, float),
    "window": (int, float),
    "furniture": (str,),
}
_TYPE_NAMES: dict[tuple[type, ...], str] = {(int,): "a whole number", (int, float): "a number", (str,): "a text"}


def to_dict(tuning: Tuning, inputs: list[str], options: Mapping[str, Any]) -> dict[str, Any]:
    """The content of tuning.json.

    inputs: names of the files; options: threshold and seed if the user gave them, so that a scan uses the same.
    """
    from dedup._version import __version__

    target, truth, sample = tuning.target, tuning.truth, tuning.reference.sample
    overlaps, choice = tuning.reference.overlaps, tuning.recommendation
    return {
        "format": TUNING,
        "version": __version__,
        "inputs": inputs,
        "settings": {**choice.best.setting.options(), **options},
        "reason": choice.reason,
        "notes": tuning.notes,
        "goal": {"threshold": target.threshold, "recall": target.recall, "reached": choice.reached},
        "thresholds": tuning.thresholds.to_dict() if tuning.thresholds is not None else None,
        "sample": {
            "articles_of_corpus": sample.corpus_size,
            "articles": len(sample),
            "drawn": int(sample.is_seed.sum()),
            "compared": tuning.reference.bodies,
            "true_pairs": len(truth.a),
            "pairs_below": len(truth.below_a),
            "labelled_pairs": truth.labels,
        },
        "recommended": choice.best.to_dict(),
        "front": [o.to_dict() for o in tuning.front],
        "grid": [o.to_dict() for o in tuning.outcomes],
        "curves": {name: [p.to_dict() for p in points] for name, points in tuning.curves.items()},
        "resemblances": overlaps.resemblances.tolist(),
        "containments": overlaps.containments.tolist(),
        "seconds": round(tuning.seconds, 1),
    }


def check(folder: Path, *, overwrite: bool = False) -> Folder:
    """Check before any work that the files may be written into a folder. Raises `OutputError`.

    The folder may contain other files. A file with one of the names is replaced only if dedup wrote it and nobody
    changed it, or if `overwrite` is set.
    """
    return check_folder(folder, (NAME, PAGE), Manifest(NAME, TUNING, shared=True), overwrite=overwrite)


def write(folder: Path, content: Mapping[str, Any], page: bytes, *, overwrite: bool = False) -> None:
    """Write tuning.json, with the digest of the page, and the page; both or neither. Raises `OutputError`."""
    before = check(folder, overwrite=overwrite)
    real = before.real

    def refuse_changed() -> None:
        if check(folder, overwrite=overwrite).own_files != before.own_files:
            raise OutputError(f"--out {folder}: a file was changed while the results were made; they are not written")

    staging = Staging()
    try:
        real.mkdir(parents=True, exist_ok=True)
        area = staging.area(real, inside=True) / "new"
        (area / PAGE).write_bytes(page)
        (area / NAME).write_bytes(seal_json(TUNING, {**content, "files": {PAGE: xxhash.xxh3_128_hexdigest(page)}}))
        # tuning.json comes last, because it is the manifest.
        staging.commit([Move(area / name, real / name, real) for name in (PAGE, NAME)], refuse_changed)
    except OSError as error:
        raise OutputError(f"--out {folder} cannot be written: {error.strerror}") from error
    finally:
        staging.close()


def read_settings(path: str) -> dict[str, Any]:
    """Read the options of a scan from a tuning.json, or from a JSON object of settings alone.

    `furniture` becomes the value that `Settings` takes: nothing for "learned", an empty model for "rules". Raises
    `MissingInput` if the file cannot be read, `UsageError` if it contains no valid settings.
    """
    import orjson

    data = read_file(path, f"--settings {path}")
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"--settings {path} is not JSON: {error}") from error
    settings = content.get("settings", content) if isinstance(content, dict) else None
    if not isinstance(settings, dict):
        raise UsageError(f"--settings {path} contains no settings; expected the tuning.json of dedup tune --out")
    for name, value in settings.items():
        if name not in SETTINGS:
            raise UsageError(f"--settings {path}: unknown setting {name!r}; the settings are: {', '.join(SETTINGS)}")
        if value is not None and (isinstance(value, bool) or not isinstance(value, SETTINGS[name])):
            raise UsageError(f"--settings {path}: {name} must be {_TYPE_NAMES[SETTINGS[name]]}, not {value!r}")
    options = {name: value for name, value in settings.items() if value is not None}
    furniture = options.pop("furniture", "learned")
    if furniture not in ("learned", "rules"):
        raise UsageError(f"--settings {path}: furniture must be 'learned' or 'rules', not {furniture!r}")
    if furniture == "rules":
        from dedup.text.boilerplate.learning import BoilerplateModel

        options["furniture"] = BoilerplateModel()
    return options
