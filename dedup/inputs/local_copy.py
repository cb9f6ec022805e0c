"""Copy what is no file of this machine to a temporary file, for readers that need one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.source import Source
from dedup.outputs.temporary import OwnedFolder

#: The names of temporary folders begin so.
PREFIX = "dedup-input-"


@contextmanager
def local_copy(source: Source, folder: str | None) -> Iterator[Source]:
    """Give the source of a copy, which is removed at the end; an `unreadable` one if it cannot be made.

    folder: where temporary files go, None for the system's place.
    """
    assert source.opener is not None
    with OwnedFolder(folder, PREFIX) as own:
        path, problem = own / "input", ""
        try:
            with source.opener() as file, path.open("wb") as copy:
                while block := file.read(BLOCK):
                    copy.write(block)
        except UnreadableInput as error:
            problem = error.detail
        except OSError as error:
            problem = error.strerror or str(error)
        yield replace(source, path=str(path), opener=None, unreadable=problem, compression=None)
