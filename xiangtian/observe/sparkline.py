"""A little chart of one element's course, as places in a box that a template draws; nothing but numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT, MARGIN = 720.0, 150.0, 8.0
"""The box, and the room left free at its edges."""
BREAK = 3
"""A line breaks where the next value comes so many times later than usual."""


@dataclass(frozen=True)
class Point:
    """A value in the little chart: its place, and whether it is in doubt."""

    x: float
    y: float
    doubted: bool


@dataclass(frozen=True)
class Chart:
    """The little chart: lines between values that follow each other, points, and what its ends say."""

    lines: tuple[str, ...]
    points: tuple[Point, ...]
    low: str
    high: str
    start: dt.datetime
    end: dt.datetime


def draw(values: Sequence[tuple[dt.datetime, float | None, bool]], decimals: int) -> Chart | None:
    """Draw values into a box of `WIDTH` by `HEIGHT`, the lowest at the bottom.

    Parameters
    ----------
    values : Sequence
        Time, value (None where missing), whether it is in doubt; rising times.
    decimals : int
        With so many decimals the lowest and the highest are written.

    Returns
    -------
    Chart or None
        None where fewer than two have a value.
    """
    there = [(time, value, doubts) for time, value, doubts in values if value is not None]
    if len(there) < 2:
        return None
    times = [time for time, _, _ in there]
    low, high = min(value for _, value, _ in there), max(value for _, value, _ in there)
    across = (WIDTH - 2 * MARGIN) / (times[-1] - times[0]).total_seconds()
    up = (HEIGHT - 2 * MARGIN) / ((high - low) or 1.0)
    points = tuple(
        Point(_tenths(MARGIN + (time - times[0]).total_seconds() * across),
              _tenths(HEIGHT - MARGIN - (value - low) * up), doubts)
        for time, value, doubts in there
    )  # fmt: skip
    return Chart(_lines(points, times), points, f"{low:.{decimals}f}", f"{high:.{decimals}f}", times[0], times[-1])


def _tenths(place: float) -> float:
    return round(place, 1)


def _lines(points: Sequence[Point], times: Sequence[dt.datetime]) -> tuple[str, ...]:
    """Join points to lines that break where values are lacking."""
    gaps = sorted(after - before for before, after in pairwise(times))
    longest = BREAK * gaps[len(gaps) // 2]
    lines: list[list[str]] = [[]]
    for place, point in enumerate(points):
        if place and times[place] - times[place - 1] > longest:
            lines.append([])
        lines[-1].append(f"{point.x:g},{point.y:g}")
    return tuple(" ".join(line) for line in lines if len(line) > 1)
