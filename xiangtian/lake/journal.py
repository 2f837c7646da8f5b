"""The journal of arrivals: one line for each thing that came in, in the order in which it was acknowledged.

The journal is a row of segments named by the offset of their first byte, so that an offset stays true when
old segments are moved away. Offsets count bytes from the first arrival of the home. A line is there once it
is flushed: readers never see a line that a power cut could take back, or a consumer's cursor could stand
beyond the end of the journal and skip what is written there next.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xiangtian.lake import durable

SEGMENT_BYTES = 256 * 1024 * 1024
"""A segment that has reached this size is closed and the next one begun."""


class SpoolError(RuntimeError):
    """The spool can't keep or give what it was asked; nothing was acknowledged."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the journal notes of one thing that came in."""

    sha256: str
    source: str
    name: str
    received: dt.datetime
    size: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An arrival that is on the disk.

    Attributes
    ----------
    sha256 : str
        Content address of its bytes, 64 hexadecimal digits.
    source : str
        The door it came through: "mqtt", "folder", "http" or "resend".
    name : str
        Its topic or file name.
    received : datetime
        UTC.
    size : int
        Bytes.
    offset : int
        Where its line in the journal ends: a consumer that has dealt with it stores this as its cursor.
    """

    sha256: str
    source: str
    name: str
    received: dt.datetime
    size: int
    offset: int


def append(folder: Path, arrivals: Sequence[Arrival]) -> list[Kept]:
    """Write all lines at once, flush them, and say where each one ends.

    Parameters
    ----------
    folder : Path
        Folder of the journal.
    arrivals : Sequence of Arrival
        At least one.

    Returns
    -------
    list of Kept
        In the same order.

    Raises
    ------
    OSError
        If the disk refuses; the journal is as it was before.
    """
    lines = [_line(arrival) for arrival in arrivals]
    with durable.locked(folder / "journal.lock"):
        segment, base = _current(folder)
        if not segment.exists():
            segment.touch()
            durable.sync(folder)
        start = base + _write(segment, b"".join(lines))
    kept = []
    for arrival, line in zip(arrivals, lines, strict=True):
        start += len(line)
        kept.append(Kept(arrival.sha256, arrival.source, arrival.name, arrival.received, arrival.size, start))
    return kept


def read(folder: Path, after: int) -> Iterator[Kept]:
    """Give the arrivals whose lines begin at or after an offset, in order, as far as they are flushed now.

    Parameters
    ----------
    folder : Path
        Folder of the journal.
    after : int
        Where a line ends (`Kept.offset`), 0 for the first one.

    Yields
    ------
    Kept
        One for each line.

    Raises
    ------
    SpoolError
        If a line is damaged, or `after` stands beyond the end or before the oldest segment.
    """
    segments = _segments(folder)
    end = _flushed_end(folder)
    if after > end or (segments and after < _base(segments[0])):
        first = _base(segments[0]) if segments else 0
        raise SpoolError(
            f"offset {after} is not in the journal, which holds {first} to {end}: "
            "bring back the missing segments, or start from the oldest offset it holds"
        )
    for segment in segments:
        base = _base(segment)
        if base + segment.stat().st_size > after and base < end:
            yield from _lines(segment, base, max(after, base), end)


def repair(folder: Path) -> int:
    """Cut what a power cut left torn at the end of the journal (never acknowledged); give the bytes cut."""
    with durable.locked(folder / "journal.lock"):
        segments = _segments(folder)
        if not segments:
            return 0
        with segments[-1].open("r+b") as handle:
            return _cut_torn(handle.fileno(), whole=True)


def _line(arrival: Arrival) -> bytes:
    entry = {
        "sha256": arrival.sha256,
        "source": arrival.source,
        "name": arrival.name,
        "received": arrival.received.astimezone(dt.UTC).isoformat(),
        "size": arrival.size,
    }
    return json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("arrivals-*.jsonl"))


def _base(segment: Path) -> int:
    return int(segment.stem.removeprefix("arrivals-"))


def _flushed_end(folder: Path) -> int:
    with durable.locked(folder / "journal.lock", shared=True):
        segments = _segments(folder)
        return _base(segments[-1]) + segments[-1].stat().st_size if segments else 0


def _current(folder: Path) -> tuple[Path, int]:
    segments = _segments(folder)
    if not segments:
        return folder / f"arrivals-{0:020}.jsonl", 0
    last = segments[-1]
    size = last.stat().st_size
    if size < SEGMENT_BYTES:
        return last, _base(last)
    with last.open("r+b") as handle:
        size -= _cut_torn(handle.fileno(), whole=False)
    base = _base(last) + size
    return folder / f"arrivals-{base:020}.jsonl", base


def _write(segment: Path, block: bytes) -> int:
    handle = os.open(segment, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _cut_torn(handle, whole=False)
        size = os.lseek(handle, 0, os.SEEK_END)
        try:
            _write_all(handle, block)
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)
            raise
        return size
    finally:
        os.close(handle)


def _write_all(handle: int, block: bytes) -> None:
    left = memoryview(block)
    while left:
        left = left[os.write(handle, left) :]


def _cut_torn(handle: int, *, whole: bool) -> int:
    """Cut an unfinished last line and, if `whole`, everything from the first line that holds NUL bytes.

    Files grow before their bytes arrive, so a power cut leaves NUL bytes; all lines before them had been flushed.
    """
    size = os.fstat(handle).st_size
    if not whole and (size == 0 or os.pread(handle, 1, size - 1) == b"\n"):
        return 0
    held = os.pread(handle, size, 0)
    hole = held.find(b"\0")
    good = held.rfind(b"\n", 0, hole if hole >= 0 else None) + 1
    if good < size:
        os.ftruncate(handle, good)
        os.fsync(handle)
    return size - good


def _lines(segment: Path, base: int, after: int, end: int) -> Iterator[Kept]:
    with segment.open("rb") as handle:
        handle.seek(after - base)
        offset = after
        while offset < end and (line := handle.readline()).endswith(b"\n"):
            yield _kept(line, offset + len(line), segment)
            offset += len(line)


def _kept(line: bytes, offset: int, segment: Path) -> Kept:
    try:
        entry = json.loads(line)
        received = dt.datetime.fromisoformat(entry["received"])
        return Kept(entry["sha256"], entry["source"], entry["name"], received, entry["size"], offset)
    except (ValueError, KeyError, TypeError) as error:
        raise SpoolError(
            f"the line of {segment} that ends at offset {offset} is damaged ({error}): "
            f"restore the segment from a copy, or go on after offset {offset}"
        ) from error
