"""Fractions skill score: a forecast seen through windows, so that near is nearly right.

Roberts and Lean 2008, MWR 136, 78-97, doi:10.1175/2007MWR2123.1. In each window the share of cells with an event is
compared between forecast and observation: FSS = 1 - sum((f - o)^2) / (sum(f^2) + sum(o^2)). The sums are kept, as
Mittermaier 2021 (MWR 149, 3491-3504) asks of scores that are to be averaged.

**Unknown cells and edges.** A cell that is unknown in either field has no event in both; the share is always of the
whole window, w x w cells. Windows are centred on every cell, and beyond the edge there is no event
(`edges="zero"`, as pysteps does), or only windows that lie wholly inside the field count (`edges="inside"`, the default
of `scores`). A window of an even side reaches one cell farther up and to the left, as in
both. With fields without unknown cells the results are those of these two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.met.verify.pairs import LARGEST, FloatField, aligned, ascending, each, ratio, same_make

Edges = Literal["zero", "inside"]
Scores = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Tally:
    """Sums over the windows of k fields at t thresholds and w window sizes.

    Attributes
    ----------
    thresholds : tuple of float
        Rising, in the unit of the fields.
    windows : tuple of int
        Sides of the square windows, cells.
    edges : str
        "zero" or "inside", see the module.
    sums : ndarray
        (k, t, w, 3) float64: squared shares of the forecast, of the observation, and of their difference.
    events : ndarray
        (k, t, 3) int64: cells with an event in the forecast, in the observation, and known cells.
    """

    thresholds: tuple[float, ...]
    windows: tuple[int, ...]
    edges: Edges
    sums: Scores
    events: npt.NDArray[np.int64]

    def __add__(self, other: Tally) -> Tally:
        """Add the sums of other starts or events, field by field."""
        same_make(self, other, "thresholds", "windows", "edges", "fields")
        return replace(self, sums=self.sums + other.sums, events=self.events + other.events)

    @property
    def fields(self) -> int:
        """Number of fields, k."""
        return len(self.sums)

    def pooled(self) -> Tally:
        """Give one tally of all fields together, k = 1."""
        return replace(self, sums=self.sums.sum(0, keepdims=True), events=self.events.sum(0, keepdims=True))

    @property
    def fss(self) -> Scores:
        """(k, t, w) fractions skill score; 1 is perfect, NaN where neither field has an event."""
        return 1.0 - ratio(self.sums[..., 2], self.sums[..., 0] + self.sums[..., 1])

    @property
    def useful(self) -> Scores:
        """(k, t) the score of a uniform forecast of the observed frequency fo, 0.5 + fo / 2 (their FSS_uniform)."""
        return 0.5 + ratio(self.events[..., 1], self.events[..., 2]) / 2.0

    def scores(self) -> dict[str, Scores]:
        """Give all scores by name: "fss" (k, t, w), "useful" (k, t)."""
        return {"fss": self.fss, "useful": self.useful}


def tally(
    forecast: npt.ArrayLike,
    observed: npt.ArrayLike,
    thresholds: Sequence[float],
    windows: Sequence[int],
    edges: Edges = "zero",
) -> Tally:
    """Sum the squared shares of every window, for all thresholds and window sizes.

    Parameters
    ----------
    forecast, observed : array_like
        (k, rows, columns) or (rows, columns), taken as float32; NaN or infinite where unknown.
    thresholds : sequence of float
        Rising, in the unit of the fields; an event reaches or passes its threshold.
    windows : sequence of int
        Sides of the windows in cells, 1 or more; side 1 compares cell with cell.
    edges : str
        "zero" or "inside", see the module.

    Returns
    -------
    Tally
        Sums of k fields; k is 1 for single fields.

    Raises
    ------
    ValueError
        If the shapes differ, the thresholds don't rise, or a window is below 1 or larger than the field.
    """
    said, was = aligned(forecast, observed)
    levels, sides = ascending(thresholds), tuple(int(side) for side in windows)
    if edges not in ("zero", "inside"):
        raise ValueError(f"edges {edges!r}; 'zero' or 'inside' are allowed")
    if not sides or min(sides) < 1 or max(sides) > min(said.shape[1:]):
        raise ValueError(
            f"windows {sides} over fields of {said.shape[1:]}; sides from 1 to the shorter side are allowed"
        )
    sums = np.zeros((len(said), len(levels), len(sides), 3))
    events = np.zeros((len(said), len(levels), 3), np.int64)

    def count(k: int) -> None:
        flags = np.empty((2, *said.shape[1:]), np.uint8)
        for t, level in enumerate(levels):
            _mark(said[k], was[k], np.float32(level), flags, events[k, t])
            for w, side in enumerate(sides):
                _through(flags[0], flags[1], side, side // 2 if edges == "zero" else 0, sums[k, t, w])

    each(count, len(said))
    return Tally(levels, sides, edges, sums, events)


@kernel
def _mark(
    said: FloatField,
    was: FloatField,
    threshold: np.float32,
    flags: npt.NDArray[np.uint8],
    events: npt.NDArray[np.int64],
) -> None:
    for row in range(said.shape[0]):
        forecast, observed, cells = np.int32(0), np.int32(0), np.int32(0)
        for column in range(said.shape[1]):
            known = (abs(said[row, column]) <= LARGEST) & (abs(was[row, column]) <= LARGEST)
            yes, event = known & (said[row, column] >= threshold), known & (was[row, column] >= threshold)
            flags[0, row, column], flags[1, row, column] = yes, event
            forecast += np.int32(yes)
            observed += np.int32(event)
            cells += np.int32(known)
        events[0] += forecast
        events[1] += observed
        events[2] += cells


@kernel
def _through(
    yes: npt.NDArray[np.uint8], event: npt.NDArray[np.uint8], side: int, half: int, sums: npt.NDArray[np.float64]
) -> None:
    """Slide a window over both fields; `half` cells of it may lie beyond the edge, none if it is to stay inside."""
    rows, columns = yes.shape
    beyond = side - 1 if half or side == 1 else 0
    places = columns - side + 1 + beyond
    column_said, column_was = np.zeros(places + side - 1, np.int32), np.zeros(places + side - 1, np.int32)
    run_said, run_was = np.zeros(places + side, np.int32), np.zeros(places + side, np.int32)
    for bottom in range(rows + half):
        _slide(yes, event, bottom, side, half, column_said, column_was)
        if side - 1 - half <= bottom < side - 1 - half + rows - side + 1 + beyond:
            _sum_up(column_said, column_was, run_said, run_was)
            if run_said[-1] or run_was[-1]:
                _add_squares(run_said, run_was, side, sums)
    scale = 1.0 / (side * side) ** 2
    for part in range(3):
        sums[part] *= scale


@kernel
def _slide(
    yes: npt.NDArray[np.uint8],
    event: npt.NDArray[np.uint8],
    bottom: int,
    side: int,
    half: int,
    said: _Counts,
    was: _Counts,
) -> None:
    """Move the window's columns one row down: the row at the bottom comes in, the one above the top goes out."""
    rows, columns = yes.shape
    if side <= bottom < rows:
        for column in range(columns):
            said[column + half] += np.int32(yes[bottom, column]) - np.int32(yes[bottom - side, column])
            was[column + half] += np.int32(event[bottom, column]) - np.int32(event[bottom - side, column])
    elif bottom < rows:
        for column in range(columns):
            said[column + half] += np.int32(yes[bottom, column])
            was[column + half] += np.int32(event[bottom, column])
    elif bottom >= side:
        for column in range(columns):
            said[column + half] -= np.int32(yes[bottom - side, column])
            was[column + half] -= np.int32(event[bottom - side, column])


@kernel
def _sum_up(said: _Counts, was: _Counts, run_said: _Counts, run_was: _Counts) -> None:
    all_said, all_was = 0, 0
    for column in range(said.shape[0]):
        all_said += said[column]
        all_was += was[column]
        run_said[column + 1], run_was[column + 1] = all_said, all_was


@kernel
def _add_squares(run_said: _Counts, run_was: _Counts, side: int, sums: npt.NDArray[np.float64]) -> None:
    of_said, of_was, of_both = 0.0, 0.0, 0.0
    for place in range(run_said.shape[0] - side):
        said = np.float64(run_said[place + side] - run_said[place])
        was = np.float64(run_was[place + side] - run_was[place])
        of_said += said * said
        of_was += was * was
        of_both += (said - was) * (said - was)
    sums[0] += of_said
    sums[1] += of_was
    sums[2] += of_both
