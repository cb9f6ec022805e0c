"""The process that extracts pages: it reads pages from standard input and writes answers to standard output.

A page is a line of JSON, its header with its `size` in bytes, and then the page. An answer is a line of JSON:
`{"record": {...}}` or `{"reject": [reason, detail]}`, with `"recycle": true` from a worker to be replaced. The first
answer is `{"ready": true}`, or `{"failed": reason}` if a parser is missing.

The process ends at once when its input ends, so it never outlives its parent process. A signal, which no parser can
delay, ends it after the processor time of a page. Its memory is limited.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

import orjson

from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html import limits


def main(cpu: float, memory: int) -> None:
    """Serve until the input ends. cpu: seconds of processor time for a page. memory: bytes of address space."""
    pages, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # The output of a library must not mix with the answers.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    for name in ("SIGINT", "SIGHUP"):
        with suppress(AttributeError, ValueError):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    limit_memory(memory)
    try:
        import logging

        from dedup.inputs.html import page_article

        logging.disable(logging.CRITICAL)
    except ImportError as error:
        _answer(answers, {"failed": str(error)})
        return
    _answer(answers, {"ready": True})
    # The input is read in a thread, so that its end is noticed during a page too.
    queue: SimpleQueue[tuple[dict[str, Any], bytes]] = SimpleQueue()
    Thread(target=_read, args=(pages, queue), daemon=True).start()
    while True:
        header, content = queue.get()
        _limit_time(cpu)
        answer = _outcome(page_article, header, content)
        _limit_time(0)
        del content
        if _resident() > limits.RECYCLE:
            answer["recycle"] = True
        _answer(answers, answer)


def _read(pages: IO[bytes], queue: SimpleQueue[tuple[dict[str, Any], bytes]]) -> None:
    try:
        for head in pages:
            header = orjson.loads(head)
            content = pages.read(size := header.pop("size"))
            if len(content) < size:
                break
            queue.put((header, content))
    finally:
        os._exit(0)


def _answer(answers: IO[bytes], answer: dict[str, Any]) -> None:
    try:
        answers.write(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))
        answers.flush()
    except OSError:  # the parent process has ended
        os._exit(0)


def _outcome(extract: Any, header: dict[str, Any], content: bytes) -> dict[str, Any]:
    """Extract a page. Any exception of a parser becomes the reject of the page."""
    from dedup.inputs.compression import decompress_bytes

    try:
        if compression := header.pop("compression", None):
            content = decompress_bytes(content, compression, limits.MAX_PAGE)
        return {"record": extract.extract(content, extract.Hints(**header))}
    except RejectedRecord as rejection:
        return {"reject": [rejection.reason, rejection.detail]}
    except MemoryError:
        return {"reject": ["too_much_memory", "the parser needs more memory than a page may take"], "recycle": True}
    except RecursionError:
        return {"reject": ["too_deep", "nested deeper than the parser can follow"], "recycle": True}
    except Exception as error:  # a bug of a parser rejects its page
        return {"reject": ["extractor_failed", f"{type(error).__name__}: {str(error)[:200]}"]}


def limit_memory(memory: int) -> None:
    """Limit the address space to `memory` bytes, where the system can, and write no core dumps."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _limit_time(seconds: float) -> None:
    """End this process after some seconds of processor time; 0 removes the limit.

    On systems without such timers the pool ends it, after `Limits.wall`.
    """
    with suppress(AttributeError, ValueError):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _resident() -> int:
    """Return the resident memory of this process in bytes.

    It is not the peak, where that can be avoided: Linux counts the peak from the fork on, so that of a child is never
    below the memory of its parent.
    """
    with suppress(OSError, ValueError), open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
