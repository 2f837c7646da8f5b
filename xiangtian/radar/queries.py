"""Questions about radar frames: one frame, and what fell at places over the last hours."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.core.home import Home
from xiangtian.lake import grids
from xiangtian.met.grid import Grid, RainFrame

FloatArray = npt.NDArray[np.float64]
LONGEST_GAP_MIN = 12.0
"""A frame stands for the time since the frame before it, but for no more than this."""
HELD = 800


def frame(home: Home, run: grids.GridRef) -> RainFrame:
    """Read a stored frame."""
    stored = grids.read(home, run)
    grid = Grid(**stored.grid)
    quality = np.asarray(stored.arrays["quality"], np.float32)
    rate = np.asarray(stored.arrays["rate"], np.float32)
    return RainFrame(run.time, grid, rate, quality, run.attrs["interval_s"], run.attrs["source"], run.attrs["notes"])


@dataclass(frozen=True)
class Places:
    """Positions asked about again and again: (n,) degrees WGS-84."""

    lon: FloatArray
    lat: FloatArray

    @property
    def key(self) -> int:
        """What tells these places from others."""
        return hash((self.lon.tobytes(), self.lat.tobytes()))


class _Samples:
    """Rates at places, read once for each run; shared by the threads of a process."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, int], FloatArray] = OrderedDict()
        self._one = threading.Lock()

    def at(self, home: Home, run: grids.GridRef, places: Places) -> FloatArray:
        key = (run.path, places.key)
        with self._one:
            if key in self._held:
                return self._held[key]
        stored = grids.read(home, run, ["rate"])
        found = _nearest(np.asarray(stored.arrays["rate"]), Grid(**stored.grid), places)
        with self._one:
            self._held[key] = found
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return found


_SAMPLES = _Samples()


def _nearest(rate: npt.NDArray[np.floating], grid: Grid, places: Places) -> FloatArray:
    row, column = (np.rint(part) for part in grid.position(places.lon, places.lat))
    inside = (row >= 0) & (row < grid.rows) & (column >= 0) & (column < grid.columns)
    i, j = (np.where(inside, part, 0).astype(np.intp) for part in (row, column))
    return np.where(inside, rate[i, j], np.nan).astype(float)


def rain_at(
    home: Home, places: Places, end: dt.datetime, steps: int, step_min: int, as_of: dt.datetime | None = None
) -> FloatArray:
    """Give radar rain at places in equal steps up to a moment.

    Parameters
    ----------
    home : Home
        Where.
    places : Places
        (n,) positions.
    end : datetime
        End of the last step, UTC.
    steps, step_min : int
        How many steps, and their length in minutes.
    as_of : datetime or None
        As known at this moment; None: as known now.

    Returns
    -------
    FloatArray
        (n, steps) mm, oldest first; NaN in a step that no frame covers or where radar does not see.
    """
    begin = end - dt.timedelta(minutes=steps * step_min)
    runs = grids.listing("radar", begin - dt.timedelta(minutes=LONGEST_GAP_MIN), end, as_of)
    total, covered = np.zeros((len(places.lon), steps)), np.zeros(steps)
    for before, run in zip([None, *runs], runs, strict=False):
        gap = LONGEST_GAP_MIN if before is None else (run.time - before.time).total_seconds() / 60
        last = (run.time - begin).total_seconds() / 60 / step_min
        first = last - min(gap, LONGEST_GAP_MIN, run.attrs["interval_s"] / 60 if before is None else gap) / step_min
        rate = _SAMPLES.at(home, run, places)
        for step in range(max(0, int(np.floor(first))), min(steps, int(np.ceil(last)))):
            share = min(last, step + 1) - max(first, step)
            total[:, step] += rate * share * step_min / 60
            covered[step] += share
    return np.where(covered >= 0.5, total / np.maximum(covered, 1e-9) * np.minimum(covered, 1.0), np.nan)
