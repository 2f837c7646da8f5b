"""Find a moment in the journal of arrivals without reading all of it.

Lines stand in the order in which they were acknowledged, which is that of their receipt but for what arrived at the
same time through several doors (fractions of a second).
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from xiangtian.core.home import Home
from xiangtian.lake.journal import SpoolError

LONGEST_LINE = 4096
"""No line of the journal is longer: a name has at most 300 signs."""


def offset_at(home: Home, moment: dt.datetime) -> int:
    """Give an offset from which `raw.arrivals` gives all that came in at a moment or later.

    Parameters
    ----------
    home : Home
        Where.
    moment : datetime
        Aware.

    Returns
    -------
    int
        Where a line begins; the end of the journal if all came in before, 0 if there is no journal.

    Raises
    ------
    SpoolError
        If a line that was looked at is damaged.
    """
    segments = sorted((home.raw / "journal").glob("arrivals-*.jsonl"))
    for segment in reversed(segments):
        first = _received(segment, 0)
        if first is not None and (first[1] < moment or segment == segments[0]):
            return int(segment.stem.removeprefix("arrivals-")) + _within(segment, moment)
    return int(segments[0].stem.removeprefix("arrivals-")) if segments else 0


def _within(segment: Path, moment: dt.datetime) -> int:
    """Halve the stretch in which the first line at or after the moment begins."""
    low, high = 0, segment.stat().st_size
    while low < high:
        middle = (low + high) // 2
        found = _received(segment, middle)
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = found[0]
    return _begins(segment, low)


def _begins(segment: Path, place: int) -> int:
    """Give where the first line at or after a place begins."""
    if place == 0:
        return 0
    with segment.open("rb") as handle:
        handle.seek(place - 1)
        return place - 1 + len(handle.readline(LONGEST_LINE))


def _received(segment: Path, place: int) -> tuple[int, dt.datetime] | None:
    """Give where the first whole line at or after a place ends, and its moment of receipt; None if there is none."""
    begins = _begins(segment, place)
    with segment.open("rb") as handle:
        handle.seek(begins)
        line = handle.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        return None
    try:
        return begins + len(line), dt.datetime.fromisoformat(json.loads(line)["received"])
    except (ValueError, KeyError, TypeError) as error:
        raise SpoolError(
            f"a line of {segment} near byte {begins} is damaged ({error}): restore it from a copy"
        ) from error
