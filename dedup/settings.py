"""One frozen value for all that changes results, and its fingerprint."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Protocol

from dedup.errors import MissingInput, UsageError

#: Version of the shingle specification (docs/shingles.md); part of every fingerprint.
SHINGLE_SPEC = 2
#: One in this many shingles is kept as a passage, unless asked otherwise. 8 keeps 59 of 470: a copied run of 60 words
#: in two long bodies, which need two passages in common, is missed once in 137; 16 would halve memory and miss it once
#: in 7.
PASSAGE_RATE = 8


#: The orders of day, month and year that the setting `date_order` may have.
DATE_ORDERS = ("dmy", "mdy", "ymd")


class LearnedModel(Protocol):
    """A learned boilerplate model, as settings know it: `dedup.text.boilerplate.learning` has the class."""

    @property
    def digest(self) -> str:
        """A fingerprint of all that it holds."""


@dataclass(frozen=True)
class Settings:
    """How a corpus is read and compared.

    Everything above the marked line changes results and is part of `fingerprint()`; below it only speed, place and
    the way of reading.
    """

    shingle_size: int = 5
    #: 126 = 42 bands of 3 rows are used of 128: at resemblance .3 a pair is found with probability .68 by the bands
    #: alone; passages find the rest (`dedup scan --explain-settings` prints the curve).
    num_perm: int = 128
    #: How many bands the signature is cut into; None for as many as it has room for, 0 for none.
    bands: int | None = None
    #: Rows of a band. Three keep pairs of resemblance .3 (a fifth of the words changed, here and there) within reach of
    #: 42 bands: found with probability .68; four rows would find .29 of them.
    band_rows: int = 3
    seed: int = 1
    threshold: float | None = None
    #: Least probability that a reader calls a pair one article, for pairs of one cluster; None: by the rules.
    min_probability: float | None = None
    window: float | None = None
    #: One in this many shingles is kept as a passage. None: PASSAGE_RATE, or denser where `threshold` asks for it.
    passage_rate: int | None = None
    #: Furniture learned before; None learns it from the corpus, an empty `BoilerplateModel()` leaves all to the rules.
    furniture: LearnedModel | None = None
    #: Files with agencies and sites of one's own; the packaged ones come after them.
    agencies: str | None = None
    sites: str | None = None
    #: Whether records that are no articles (walls, error pages, menus, lists) are taken as articles.
    keep_all: bool = False
    #: Order in dates of numbers that can mean two days: one of DATE_ORDERS. None: such dates are unknown.
    date_order: str | None = None
    # -- below: no influence on results --------------------------------------------------------------------------
    fields: tuple[tuple[str, str], ...] = ()
    format: str | None = None
    #: A SELECT that is asked of SQLite and DuckDB files in the place of reading their tables.
    query: str | None = None
    #: The character encoding of text files; None to recognise it.
    encoding: str | None = None
    threads: int | None = None
    tmp: str | None = None
    keep: str | None = None
    #: Whether the texts of web pages are kept for the next scan, in the user's cache folder.
    cache: bool = True
    #: Hold the texts of articles that cannot be read again, for `report.html` to show.
    texts: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.shingle_size <= 32:
            raise UsageError(f"shingle size must lie between 1 and 32, not {self.shingle_size}")
        if not 16 <= self.num_perm <= 1024:
            raise UsageError(f"num_perm must lie between 16 and 1024, not {self.num_perm}")
        if not 0 <= self.seed < 2**32:
            raise UsageError(f"seed must lie between 0 and 4294967295, not {self.seed}")
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise UsageError(f"threshold must lie above 0 and at most at 1, not {self.threshold}")
        if self.min_probability is not None and not 0 <= self.min_probability <= 1:
            raise UsageError(f"min_probability must lie between 0 and 1, not {self.min_probability}")
        if self.threshold is not None and self.min_probability is not None:
            raise UsageError("threshold and min_probability exclude each other; give one of them")
        if self.window is not None and not self.window > 0:
            raise UsageError(f"window must be a number of days above 0, not {self.window}")
        if not 1 <= self.band_rows <= 16:
            raise UsageError(f"band_rows must lie between 1 and 16, not {self.band_rows}")
        if self.bands is not None and not 0 <= self.bands * self.band_rows <= self.num_perm:
            raise UsageError(
                f"bands must be 0 or more, and {self.bands} of {self.band_rows} rows fit into num_perm {self.num_perm}"
            )
        if self.passage_rate is not None and not 1 <= self.passage_rate <= 1024:
            raise UsageError(f"passage_rate must lie between 1 and 1024, not {self.passage_rate}")
        if self.threads is not None and self.threads < 1:
            raise UsageError(f"threads must be 1 or more, not {self.threads}")
        if self.furniture is not None and not hasattr(self.furniture, "digest"):
            raise UsageError(
                f"furniture must be a BoilerplateModel, as BoilerplateModel.load(path) reads it, not {self.furniture!r}"
            )
        if self.date_order not in (None, *DATE_ORDERS):
            raise UsageError(f"date_order must be {', '.join(DATE_ORDERS)}, not {self.date_order!r}")
        if self.keep not in (None, "canonical"):
            raise UsageError(f"keep must be 'canonical', not {self.keep!r}")

    def results(self) -> dict[str, object]:
        """The settings that change results, by name."""
        names = ("shingle_size", "num_perm", "seed", "threshold", "window")
        values: dict[str, object] = {"shingle_spec": SHINGLE_SPEC, **{n: getattr(self, n) for n in names}}
        values["passage_rate"] = PASSAGE_RATE if self.passage_rate is None else self.passage_rate
        values["furniture"] = "learned" if self.furniture is None else self.furniture.digest
        # What is as it was before it could be set is left out, so that fingerprints of older indexes stay.
        if self.bands is not None or self.band_rows != Settings.band_rows:
            values["bands"] = self.num_perm // self.band_rows if self.bands is None else self.bands
            values["band_rows"] = self.band_rows
        if self.passage_rate is not None and self.threshold is not None:
            values["passage_rate_fixed"] = True
        if self.min_probability is not None:
            values["min_probability"] = self.min_probability
        if self.keep_all:
            values["keep_all"] = True
        if self.date_order is not None:
            values["date_order"] = self.date_order
        files = {"agencies": self.agencies, "sites": self.sites}
        return values | {name: _digest(path) for name, path in files.items() if path is not None}

    def fingerprint(self) -> str:
        """32 hexadecimal digits that differ whenever a setting that changes results differs."""
        import xxhash

        return xxhash.xxh3_128_hexdigest(json.dumps(self.results(), sort_keys=True).encode())

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of all settings."""
        return tuple(f.name for f in fields(cls))


def read_file(path: str, label: str) -> bytes:
    """Read a file that a user named. label: its name in the error. Raises `MissingInput` if it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise MissingInput(f"{label} cannot be read: {error.strerror}") from error


def _digest(path: str) -> str:
    """What a file holds, in short; a name says nothing of it."""
    import xxhash

    return xxhash.xxh3_128_hexdigest(read_file(path, path))


def make_settings(settings: Settings | None = None, **options: object) -> Settings:
    """Settings from keyword options; a misspelt option is an error, never ignored."""
    unknown = sorted(set(options) - set(Settings.names()))
    if unknown:
        raise UsageError(f"unknown option {unknown[0]!r}; known are: {', '.join(Settings.names())}")
    field_names = options.get("fields")
    if isinstance(field_names, dict):
        options["fields"] = tuple(sorted(field_names.items()))
    return replace(settings or Settings(), **options)  # type: ignore[arg-type]
