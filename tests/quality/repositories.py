"""Files of public repositories, as they are at a commit: what the labelled sets are built from (`build_set`)."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Record = dict[str, Any]
#: What the reader of a file finds of an article: `id`, `text`, and what else is known.
Row = dict[str, str]
#: The files of a repository by their paths.
Files = Mapping[str, bytes]
#: Gives the files of a repository (`owner/name`) below some paths.
FilesOf = Callable[[str, tuple[str, ...]], Files]


class CannotBuildError(Exception):
    """Why a set cannot be built, as a sentence for whoever asked for it."""


def repository_files(checkout: Path, commit: str, paths: tuple[str, ...]) -> Files:
    """The files below some paths, as they are at a commit, whatever the work tree holds.

    The archive goes through a file: one of the repositories has 750 MB, which would be twice in memory.
    """
    with tempfile.TemporaryFile() as packed:
        command = ["git", "-C", str(checkout), "archive", commit, *paths]
        got = subprocess.run(command, stdout=packed, stderr=subprocess.PIPE, check=False)
        if got.returncode:
            raise CannotBuildError(f"{checkout} does not hold commit {commit}: {got.stderr.decode().strip()}")
        packed.seek(0)
        with tarfile.open(fileobj=packed) as archive:
            return {one.name: archive.extractfile(one).read() for one in archive if one.isfile()}  # type: ignore[union-attr]
