"""The process that extracts pages: reads pages from its standard input, writes what became of them to its output.

A page comes as two numbers (bytes of a JSON header, bytes of the page), the header and the page; an answer goes as one
number and JSON: `{"record": {...}}` or `{"reject": [reason, detail]}`, with `"worn": true` from a worker that wants to
be replaced. The first answer says whether the parsers are there.

It ends itself: at once when its input ends, whatever it is doing, so that it never outlives who started it; by a signal
after the processor time that a page may take, which no parser can hold off; and no allocation goes beyond its memory.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

import orjson

from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html import limits

SIZES = struct.Struct("<II")
SIZE = struct.Struct("<I")


def main(cpu: float, memory: int) -> None:
    """Serve until the input ends, with so many seconds a page and bytes of memory (`limits.Limits`)."""
    pages, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not run into the answers.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    for name in ("SIGINT", "SIGHUP"):
        with suppress(AttributeError, ValueError):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    _limit_memory(memory)
    try:
        import logging

        from dedup.inputs.html import page_article

        logging.disable(logging.CRITICAL)
    except ImportError as error:
        _answer(answers, {"failed": str(error)})
        return
    _answer(answers, {"ready": True})
    # The input is read beside the work, so that its end is seen during a page as well.
    queue: SimpleQueue[tuple[dict[str, Any], bytes]] = SimpleQueue()
    Thread(target=_read, args=(pages, queue), daemon=True).start()
    while True:
        header, content = queue.get()
        _limit_time(cpu)
        answer = _outcome(page_article, header, content)
        _limit_time(0)
        del content
        if answer.pop("spent", False) or _resident() > limits.RECYCLE:
            answer["worn"] = True
        _answer(answers, answer)


def _read(pages: IO[bytes], queue: SimpleQueue[tuple[dict[str, Any], bytes]]) -> None:
    while len(sizes := pages.read(SIZES.size)) == SIZES.size:
        first, second = SIZES.unpack(sizes)
        header, content = pages.read(first), pages.read(second)
        if len(content) < second:
            break
        queue.put((orjson.loads(header), content))
    os._exit(0)


def _answer(answers: IO[bytes], answer: dict[str, Any]) -> None:
    data = orjson.dumps(answer)
    try:
        answers.write(SIZE.pack(len(data)) + data)
        answers.flush()
    except OSError:  # who asked is gone
        os._exit(0)


def _outcome(extract: Any, header: dict[str, Any], content: bytes) -> dict[str, Any]:
    """What became of a page. Whatever the parsers raise is the page's reject."""
    from dedup.inputs.compression import decompress_bytes

    try:
        if compression := header.pop("compression", None):
            content = decompress_bytes(content, compression, limits.MAX_PAGE)
        return {"record": extract.extract(content, extract.Hints(**header))}
    except RejectedRecord as rejection:
        return {"reject": [rejection.reason, rejection.detail]}
    except MemoryError:
        return {"reject": ["too_much_memory", "the parser needs more memory than a page may take"], "spent": True}
    except RecursionError:
        return {"reject": ["too_deep", "nested deeper than the parser can follow"], "spent": True}
    except Exception as error:  # a bug of a parser costs its page
        return {"reject": ["extractor_failed", f"{type(error).__name__}: {str(error)[:200]}"]}


def _limit_memory(memory: int) -> None:
    """Bound the address space, where the system can, and leave no core dumps behind."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _limit_time(seconds: float) -> None:
    """End this process after so much processor time; 0 takes the limit away. Without such timers the pool's clock
    ends it, later."""
    with suppress(AttributeError, ValueError):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _resident() -> int:
    """The memory this process holds, in bytes.

    Not its peak where that can be helped: Linux counts that from the fork on, so that the child of a large process
    never had less than its parent.
    """
    with suppress(OSError, ValueError), open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
