"""What radar saw near the stations, for the checks that ask it: the stored frames of the last hour, and six hours."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xiangtian.core.home import Home
from xiangtian.lake import grids
from xiangtian.met.grid import Grid

FloatArray = npt.NDArray[np.float64]
SEVERE_MM_H = 20.0
"""Rain rate near a station from which a jump may be a squall (short-time heavy rain in practice)."""
REACH = 3
"""Cells to each side that count as near."""
FRESH = dt.timedelta(minutes=12)
HOUR = dt.timedelta(hours=1)
SIX = 6
HEARD_SHARE = 0.9
"""Hours count as seen when frames stand for so much of each."""
HELD = 16


@dataclass(frozen=True)
class Seen:
    """What radar saw at (n,) places; NaN where it saw nothing."""

    severe: npt.NDArray[np.bool_]
    last_mm: FloatArray
    hour_mm: FloatArray
    six_hours_mm: FloatArray


@dataclass(frozen=True)
class Frames:
    """The frames of the hour before a moment, oldest first: rates (mm/h) on one grid, and the hours each stands for.

    `six_hours_mm` is the rain of the six clock hours that ended last, on the same grid; None where they were not all
    seen.
    """

    grid: Grid
    rates: tuple[npt.NDArray[np.float32], ...]
    hours: tuple[float, ...]
    six_hours_mm: FloatArray | None = None

    def sample(self, lon: FloatArray, lat: FloatArray) -> Seen:
        """Sample at places: severe weather near by, rain since the frame before, of the hour, of six."""
        row, column = (np.rint(part) for part in self.grid.position(lon, lat))
        inside = np.isfinite(row) & np.isfinite(column)
        inside &= (row >= 0) & (row < self.grid.rows) & (column >= 0) & (column < self.grid.columns)
        i, j = (np.where(inside, part, 0).astype(np.intp) for part in (row, column))
        at = np.where(inside, np.array([rate[i, j] for rate in self.rates]), np.nan)
        amounts = at * np.array(self.hours)[:, None]
        unknown = np.full(len(i), np.nan)
        hour = amounts.sum(axis=0) if sum(self.hours) > HEARD_SHARE else unknown
        six = unknown if self.six_hours_mm is None else np.where(inside, self.six_hours_mm[i, j], np.nan)
        return Seen(self._highest(i, j) >= SEVERE_MM_H, amounts[-1], hour, six)

    def _highest(self, i: npt.NDArray[np.intp], j: npt.NDArray[np.intp]) -> FloatArray:
        last = np.nan_to_num(np.fmax(self.rates[-1], self.rates[-2] if len(self.rates) > 1 else 0), nan=0.0)
        padded = np.pad(last, REACH)
        span = range(2 * REACH + 1)
        return np.asarray(np.max([[padded[i + a, j + b] for b in span] for a in span], axis=(0, 1)), float)


class Nearby:
    """Reads stored radar frames, each once."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._held: OrderedDict[str, tuple[Grid, npt.NDArray[np.float32]]] = OrderedDict()
        self._hours: OrderedDict[dt.datetime, tuple[Grid, FloatArray]] = OrderedDict()

    def at(self, moment: dt.datetime) -> Frames | None:
        """Give the frames of the hour before a moment; None where the newest is too old to say anything."""
        frames = self._between(moment)
        if frames is None:
            return None
        return replace(frames, six_hours_mm=self._six_hours(moment, frames.grid))

    def _between(self, moment: dt.datetime) -> Frames | None:
        """Give the frames of the hour before a moment on the newest one's grid, if that one is fresh."""
        runs = [run for run in grids.listing("radar", moment - HOUR, moment) if run.time > moment - HOUR]
        if not runs or moment - runs[-1].time > FRESH:
            return None
        read = [self._read(run) for run in runs]
        same = [place for place, (grid, _) in enumerate(read) if grid == read[-1][0]]
        times = [moment - HOUR, *(runs[place].time for place in same)]
        hours = tuple((after - before).total_seconds() / 3600 for before, after in pairwise(times))
        longest = FRESH.total_seconds() / 3600
        return Frames(read[-1][0], tuple(read[place][1] for place in same), tuple(min(one, longest) for one in hours))

    def _six_hours(self, moment: dt.datetime, grid: Grid) -> FloatArray | None:
        """Sum the six clock hours that ended last; None where one of them was not seen whole, or on another grid."""
        last = moment.replace(minute=0, second=0, microsecond=0)
        told = [self._hour(last - back * HOUR, moment) for back in range(SIX)]
        total = np.zeros(grid.shape)
        for one in told:
            if one is None or one[0] != grid:
                return None
            total = total + one[1]
        return total

    def _hour(self, end: dt.datetime, moment: dt.datetime) -> tuple[Grid, FloatArray] | None:
        """Give the rain (mm) of a clock hour; kept once frames that come late are in."""
        if end in self._hours:
            return self._hours[end]
        frames = self._between(end)
        if frames is None or sum(frames.hours) <= HEARD_SHARE:
            return None
        rain = np.sum([rate * np.float32(part) for rate, part in zip(frames.rates, frames.hours, strict=True)], axis=0)
        if moment - end >= FRESH:
            self._hours[end] = frames.grid, np.asarray(rain, float)
            while len(self._hours) > SIX:
                self._hours.popitem(last=False)
        return frames.grid, np.asarray(rain, float)

    def _read(self, run: grids.GridRef) -> tuple[Grid, npt.NDArray[np.float32]]:
        if run.path not in self._held:
            stored = grids.read(self._home, run)
            self._held[run.path] = (Grid(**stored.grid), np.asarray(stored.arrays["rate"], np.float32))
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return self._held[run.path]
