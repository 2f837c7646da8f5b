"""What the disk has promised: flushed files, flushed folders, and locks between processes.

A file that was written is not yet a file that survives a power cut: its bytes, and the folder entry that
names it, must both have been flushed. Everything in this room that is acknowledged went through here.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xiangtian.core import clock

POLL_S = 0.01
"""How often a waiting process asks for a lock again."""


class Busy(RuntimeError):
    """Another process holds the lock; the message says which and what to do."""


def sync(path: Path) -> None:
    """Flush a file's bytes, or a folder's entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(root: Path) -> int:
    """Flush every file and folder under `root`, and `root` itself; give the bytes held by the files."""
    size = 0
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            path = Path(folder) / name
            sync(path)
            size += path.stat().st_size
        sync(Path(folder))
    return size


def write(path: Path, body: bytes) -> None:
    """Write a new file and flush its bytes (not the folder's entry)."""
    with path.open("wb") as handle:
        handle.write(body)
        handle.flush()
        os.fsync(handle.fileno())


@contextmanager
def locked(path: Path, *, shared: bool = False, wait_s: float = 20.0) -> Iterator[None]:
    """Hold a lock between processes (and threads) for the time of a `with` block.

    Parameters
    ----------
    path : Path
        The lock's file; made where it is absent, never removed.
    shared : bool
        True: several may hold it together, none while one holds it alone.
    wait_s : float
        How long to wait for it, s.

    Yields
    ------
    None
        While the lock is held.

    Raises
    ------
    Busy
        If it is still held by another after `wait_s`.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(handle, path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, clock.wall() + wait_s)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, path: Path, kind: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if clock.wall() >= until:
                raise Busy(
                    f"another process holds {path}: only one may write here at a time; "
                    "look for a second intake on this home and stop it, or try again"
                ) from None
        time.sleep(POLL_S)
