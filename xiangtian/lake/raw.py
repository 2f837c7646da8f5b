"""The raw spool: bytes as they came, kept before anybody is told that they arrived.

It is the truth from which all else can be rebuilt. A body lies under its own SHA-256 (`raw/ab/ab12…`), so
that the same bytes are kept once; the journal notes each arrival.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from xiangtian.core.home import Home
from xiangtian.lake import durable, journal
from xiangtian.lake.journal import Arrival, Kept, SpoolError

MAX_BODY_BYTES = 32 * 1024 * 1024
"""Nothing that a station, a radar or a neighbour centre sends in one piece is larger."""

FLUSHERS = 8
"""Bodies flushed at the same time: a disk joins waiting flushes into one."""


class BodyLost(SpoolError):
    """The bytes of an arrival are missing, or are no longer what they were; to try again does not help."""


class TooLarge(ValueError):
    """A body is larger than `MAX_BODY_BYTES`."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that stands at the door, not yet acknowledged.

    Attributes
    ----------
    body : bytes
        Its bytes as they came.
    source : str
        The door: "mqtt", "folder", "http" or "resend".
    name : str
        Topic or file name.
    received : datetime
        UTC, by the house's clock.
    """

    body: bytes
    source: str
    name: str
    received: dt.datetime


def keep(home: Home, items: Sequence[Incoming]) -> list[Kept]:
    """Keep what came in; when this returns, it may be acknowledged.

    Several processes may keep at the same time. Bodies are written aside, flushed and renamed, their
    folders flushed, and then all journal lines are written at once and flushed.

    Parameters
    ----------
    home : Home
        Where.
    items : Sequence of Incoming
        What came in; all are kept, or none is acknowledged.

    Returns
    -------
    list of Kept
        In the order of `items`.

    Raises
    ------
    TooLarge
        If a body is larger than `MAX_BODY_BYTES`; nothing is kept.
    ValueError
        If a time of receipt has no zone.
    SpoolError
        If the disk is full or can't be written; nothing may be acknowledged, try again later.
    """
    arrivals = [_arrival(item) for item in items]
    if not arrivals:
        return []
    folder = home.raw / "journal"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with durable.locked(folder / "spool.lock", shared=True):
            _keep_bodies(home, {a.sha256: i.body for a, i in zip(arrivals, items, strict=True)})
            return journal.append(folder, arrivals)
    except OSError as error:
        raise SpoolError(_why(home, error)) from error


def arrivals(home: Home, after: int = 0) -> Iterator[Kept]:
    """Give the arrivals after a cursor (a journal offset, 0 for the first one), in the order of their lines.

    Parameters
    ----------
    home : Home
        Where.
    after : int
        The cursor.

    Returns
    -------
    Iterator of Kept
        One for each arrival.

    Raises
    ------
    SpoolError
        If the journal is damaged or doesn't reach the cursor.
    """
    folder = home.raw / "journal"
    if not folder.is_dir():
        return iter(())
    return journal.read(folder, after)


def body(home: Home, sha256: str) -> bytes:
    """Give the bytes that lie under a content address.

    Parameters
    ----------
    home : Home
        Where.
    sha256 : str
        Content address, 64 hexadecimal digits.

    Returns
    -------
    bytes
        As they came.

    Raises
    ------
    BodyLost
        If they are missing, or are no longer what they were.
    SpoolError
        If the disk does not give them.
    """
    path = place(home, sha256)
    try:
        found = path.read_bytes()
    except OSError as error:
        kind = BodyLost if isinstance(error, FileNotFoundError) else SpoolError
        raise kind(f"the raw body {sha256} can't be read at {path} ({error.strerror}): restore it") from error
    digest = hashlib.sha256(found).hexdigest()
    if digest != sha256:
        raise BodyLost(
            f"the raw body at {path} is damaged: it holds {len(found)} bytes with SHA-256 {digest}; "
            "restore it from a copy, or ask its sender to send it again"
        )
    return found


def place(home: Home, sha256: str) -> Path:
    """Say where a body lies, or would lie.

    Parameters
    ----------
    home : Home
        Where.
    sha256 : str
        Content address, 64 hexadecimal digits.

    Returns
    -------
    Path
        There or not.

    Raises
    ------
    SpoolError
        If `sha256` is not 64 lower-case hexadecimal digits.
    """
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise SpoolError(f"{sha256!r} is no content address: 64 hexadecimal digits are needed")
    return home.raw / sha256[:2] / sha256


def repair(home: Home) -> int:
    """Sweep what a kill or a power cut left unfinished (none of it acknowledged); to be called at start.

    Parameters
    ----------
    home : Home
        Where.

    Returns
    -------
    int
        Unfinished bodies removed and torn journal bytes cut, together.
    """
    folder = home.raw / "journal"
    folder.mkdir(parents=True, exist_ok=True)
    with durable.locked(folder / "spool.lock"):
        leftovers = list(folder.glob("*.tmp"))
        for path in leftovers:
            path.unlink()
        return len(leftovers) + journal.repair(folder)


def _arrival(item: Incoming) -> Arrival:
    if len(item.body) > MAX_BODY_BYTES:
        raise TooLarge(
            f"{item.name!r} from {item.source} has {len(item.body)} bytes, {MAX_BODY_BYTES} are allowed in one piece: "
            "ask the sender to split it"
        )
    if item.received.tzinfo is None:
        raise ValueError(f"the time of receipt {item.received.isoformat()} of {item.name!r} has no zone: use UTC")
    received = item.received.astimezone(dt.UTC)
    return Arrival(hashlib.sha256(item.body).hexdigest(), item.source, item.name, received, len(item.body))


def _keep_bodies(home: Home, bodies: dict[str, bytes]) -> None:
    new = {sha256: body for sha256, body in bodies.items() if not _holds(place(home, sha256), body)}
    folders = {place(home, sha256).parent for sha256 in bodies}
    if made := [folder for folder in folders if not folder.is_dir()]:
        for folder in made:
            folder.mkdir(exist_ok=True)
        durable.sync(home.raw)
    if len(new) + len(folders) <= 2:
        _in_turn(home, new, folders)
    else:
        _together(home, new, folders)


def _in_turn(home: Home, new: dict[str, bytes], folders: set[Path]) -> None:
    for sha256, body in new.items():
        _place_body(home, sha256, body)
    for folder in folders:
        durable.sync(folder)


def _together(home: Home, new: dict[str, bytes], folders: set[Path]) -> None:
    with ThreadPoolExecutor(FLUSHERS) as flushers:
        for done in [flushers.submit(_place_body, home, sha256, body) for sha256, body in new.items()]:
            done.result()
        for done in [flushers.submit(durable.sync, folder) for folder in folders]:
            done.result()


def _place_body(home: Home, sha256: str, body: bytes) -> None:
    aside = home.raw / "journal" / f"{sha256}.{os.getpid()}-{threading.get_ident()}.tmp"
    try:
        durable.write(aside, body)
        aside.replace(place(home, sha256))
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def _holds(path: Path, body: bytes) -> bool:
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except FileNotFoundError:
        return False


def _why(home: Home, error: OSError) -> str:
    hint = {
        errno.ENOSPC: "the disk is full: make room",
        errno.EDQUOT: "the disk quota is used up: make room",
        errno.EACCES: "this user may not write there: change the folder's owner",
        errno.EROFS: "the disk is read-only: mount it for writing",
    }.get(error.errno or 0, "check the disk")
    return f"what came in can't be kept under {home.raw} ({error.strerror}): {hint}; nothing was acknowledged"
