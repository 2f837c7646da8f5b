"""The worker of the workshop: a process of its own that decodes what it is given, within a bound of memory.

It is started by `observe.workshop` and ends with its input, with its parent, or when a message asks too much of it.
What a decoder or a library prints goes to the error output, so that the answers stay clean.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import os
import pickle
import queue
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from xiangtian.observe.decode.mapping import Mapping
from xiangtian.observe.reading import Decoded, Envelope
from xiangtian.observe.wire import LENGTH_BYTES, MAPPINGS, MEMORY, READY, WORK, framed, pack_decoded, plain, unpack_jobs

Read = Callable[[bytes, Envelope, Sequence[Mapping]], Decoded]
PR_SET_PDEATHSIG = 1
MIB = 1024 * 1024
BUFFER_BYTES = 256 * 1024
SELDOM = 100_000
"""Objects until garbage is looked for: readings hold no circles, and looking through them takes a fifth of the time."""
TOGETHER_S = 0.02
"""Answers are told together that are ready within so short a time."""


def main() -> None:
    """Answer piece by piece for ever; the thread that takes in the input ends the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", required=True, help="module:function that decodes")
    parser.add_argument("--memory-mib", type=int, required=True)
    chosen = parser.parse_args()
    _die_with_parent()
    incoming, answers = _pipes()
    module, _, function = chosen.reader.partition(":")
    read: Read = getattr(importlib.import_module(module), function)
    gc.freeze()
    gc.set_threshold(SELDOM)
    bound(chosen.memory_mib)
    answers.write(framed(READY))
    answers.flush()
    mappings: Sequence[Mapping] = ()
    pieces: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_take_in, args=(incoming, pieces), daemon=True).start()
    while True:
        piece = pieces.get()
        if piece.startswith(MAPPINGS):
            mappings = pickle.loads(piece[len(MAPPINGS) :])  # noqa: S301 written by our own parent
        else:
            work(piece[len(WORK) :], read, mappings, answers)


def work(piece: bytes, read: Read, mappings: Sequence[Mapping], answers: BinaryIO) -> None:
    """Decode the messages of a piece; what is done is told at once, or within `TOGETHER_S` with what follows it."""
    told = time.monotonic()
    try:
        for body, envelope in unpack_jobs(piece):
            answers.write(framed(_answer(read(body, envelope, mappings))))
            if time.monotonic() - told > TOGETHER_S:
                answers.flush()
                told = time.monotonic()
    except MemoryError:
        answers.write(framed(MEMORY))
        sys.exit()
    finally:
        answers.flush()


def _answer(found: Decoded) -> bytes:
    try:
        return pack_decoded(found)
    except ValueError:
        return pack_decoded(plain(found))


def bound(memory_mib: int) -> None:
    """Allow so much memory beyond what the process has now (Linux), and no core dumps.

    It is the address space that is bounded: what is asked for beyond it fails at once, and nothing else on the machine
    is pressed for memory.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():
        most = int(statm.read_text(encoding="ascii").split()[0]) * resource.getpagesize() + memory_mib * MIB
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _die_with_parent() -> None:
    """Let the kernel end this process with its parent, even amid a message (Linux); elsewhere its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's affair
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    incoming, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", BUFFER_BYTES)
    os.dup2(2, 1)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    return incoming, answers


def _take_in(incoming: BinaryIO, pieces: queue.SimpleQueue[bytes]) -> None:
    """Take in pieces while others are worked on; when the input ends, the work has no taker and ends too."""
    try:
        while len(head := incoming.read(LENGTH_BYTES)) == LENGTH_BYTES:
            pieces.put(incoming.read(int.from_bytes(head, "big")))
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
