"""The decorator of all kernels: functions that numba compiles for the arrays of their first call, and keeps on disk.

numba keeps a compiled kernel for as long as the file that defines it is unchanged. A kernel also holds the machine code
of kernels that it calls and the values of constants that it reads, and both may come from other files. So the stamp
that numba compares before it loads a kernel is replaced, here, by a digest of all files that kernels are made of. The
stamp says nothing of places and times: a copy of the package with the same sources may use the same cache.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from numba import njit
from numba.core.caching import FunctionCache

import dedup.kernels.numba_setup  # noqa: F401  # before the first kernel is called

#: Files of the package in which kernels, or constants that kernels read, are defined (`tests/kernels/test_jit.py`).
SOURCES = (
    "candidates/anchors.py",
    "candidates/bands.py",
    "candidates/gapped.py",
    "candidates/minhash.py",
    "candidates/passages.py",
    "candidates/shingles.py",
    "comparison/align.py",
    "comparison/aligned_runs.py",
    "comparison/compare.py",
    "comparison/leads.py",
    "comparison/lost_words.py",
    "comparison/narration.py",
    "comparison/numbers_and_names.py",
    "comparison/own_parts.py",
    "comparison/own_words.py",
    "comparison/rewrite.py",
    "comparison/shared_runs.py",
    "comparison/title_subjects.py",
    "comparison/unique_words.py",
    "corpus/spool.py",
    "evidence/edge_lines.py",
    "evidence/line_scan.py",
    "evidence/uncased_lines.py",
    "evidence/uncased_table.py",
    "index/bucket_kernels.py",
    "index/stores/sqlite/bloom_kernels.py",
    "index/stores/sqlite/page_kernels.py",
    "index/stores/sqlite/pair_kernels.py",
    "inputs/date_signs.py",
    "inputs/non_article_signs.py",
    "inputs/readers/line_kernel.py",
    "kernels/jit.py",
    "kernels/join_postings.py",
    "kernels/pair_set.py",
    "kernels/radix_sort.py",
    "kernels/simd.py",
    "kernels/sorted_arrays.py",
    "kernels/unaligned.py",
    "kernels/union_find.py",
    "kernels/utf8.py",
    "text/boilerplate/body_kernels.py",
    "text/boilerplate/issuer.py",
    "text/boilerplate/kind_table.py",
    "text/boilerplate/mining_kernels.py",
    "text/boilerplate/notices.py",
    "text/boilerplate/page_ends.py",
    "text/boilerplate/page_labels.py",
    "text/boilerplate/repeats.py",
    "text/boilerplate/rules.py",
    "text/boilerplate/segments.py",
    "text/boilerplate/unbroken.py",
    "text/boilerplate/zones.py",
    "text/folding.py",
    "text/repair/elements.py",
    "text/repair/signs.py",
    "text/segmentation.py",
    "text/token_kernel.py",
    "text/tokens.py",
    "tuning/counting_kernels.py",
)


def digest_sources(package: Path) -> str | None:
    """Hash the names and contents of `SOURCES` in the folder of the package: 32 hexadecimal digits (BLAKE2b).

    None where a file cannot be read, as in a program that was frozen into one file.
    """
    digest = blake2b(digest_size=16)
    try:
        for name in SOURCES:
            with open(package / name, "rb", buffering=0) as file:
                source = file.read()
            digest.update(b"%s %d\n" % (name.encode(), len(source)))
            digest.update(source)
    except OSError:
        return None
    return digest.hexdigest()


#: The digest of the sources that this process has loaded, hence taken once.
STAMP = digest_sources(Path(__file__).parents[1])


def _has_stamp(file: Any) -> bool:
    return hasattr(file, "_source_stamp") and hasattr(file, "_load_index")


def _cache_file(dispatcher: Any) -> Any:
    """The part of a dispatcher's cache that has the stamp; None where numba has no such part, or does not compile."""
    file = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    return file if _has_stamp(file) else None


def is_cached(dispatcher: Any) -> bool:
    """Return whether numba's cache has a valid compiled form of a kernel; True where that cannot be known."""
    file = _cache_file(dispatcher)
    return file is None or bool(file._load_index())


def _read_only_cache(function: Callable[..., Any]) -> Any:
    """The cache of a kernel beside its source, which is read and never written: for those who may not write there.

    None is asked for where numba can write to a folder of the user. Without it nothing could be run.
    """
    from numba.core import caching

    class Locator(caching.InTreeCacheLocator):  # type: ignore[misc, name-defined]
        def ensure_cache_path(self) -> None:
            """Accept any folder that is there."""
            os.listdir(self.get_cache_path())

    class Files(caching.CompileResultCacheImpl):  # type: ignore[misc, name-defined]
        _locator_classes = [Locator]  # noqa: RUF012  # as in numba

    class Cache(FunctionCache):  # type: ignore[misc]
        _impl_class = Files

        def save_overload(self, signature: Any, data: Any) -> None:
            """Keep nothing."""

    try:
        return Cache(function)
    except RuntimeError:  # there is no such folder: every kernel is compiled anew
        return caching.NullCache()


class _Cache:
    """The cache of a kernel, with our stamp, made when numba first asks for it.

    Most kernels are only called by others, whose caches hold their machine code as well, and making a cache looks into
    its folder: for all kernels that took as long as loading those of a short run.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @cached_property
    def _real(self) -> Any:
        try:
            cache = FunctionCache(self._function)
        except RuntimeError:  # numba's error where no folder can be written
            cache = _read_only_cache(self._function)
        file: Any = getattr(cache, "_cache_file", None)
        if STAMP is not None and _has_stamp(file):
            file._source_stamp = STAMP
            # numba reads the stamp together with the types of arguments, which may name a class that is no more; the
            # version it reads first, and then nothing of another one.
            file._version = f"{file._version}, {STAMP}"
        return cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _decorate(function: Callable[..., Any], **options: Any) -> Any:
    dispatcher = njit(nogil=True, **options)(function)
    if hasattr(dispatcher, "_cache"):  # it is none where numba is told not to compile
        dispatcher._cache = _Cache(function)
    return dispatcher


def kernel(function: Callable[..., Any] | None = None, *, inline: Literal["never", "always"] = "never") -> Any:
    """Compile a function on first call, release the interpreter's lock while it runs, and keep it in numba's cache.

    inline: "always" puts the body into each kernel that calls it, before types are known. The cache is valid as long as
    no file of `SOURCES` changes; where numba's cache is built otherwise than here known, by numba's own rule.
    """
    decorate = partial(_decorate, inline=inline, _nrt=True)
    return decorate if function is None else decorate(function)


def scalar_kernel(function: Callable[..., Any]) -> Any:
    """Make a kernel that makes no array and returns none: numbers and tuples of numbers, or nothing.

    It takes no reference to the arrays that it reads: they are held by the kernel that calls it. Counting references
    costs two atomic operations for each array of each call, also for those within a tuple; where a kernel of a few
    steps is called for each block of a text, that was half of its time. numba refuses to compile one that makes an
    array; that it returns none is tested. Of other functions it calls scalar kernels only, and those of Python.
    """
    return _decorate(function, _nrt=False)
