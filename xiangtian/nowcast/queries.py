"""Questions about nowcasts: the newest one known at a moment, and what it says at places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.lake import grids
from xiangtian.met.grid import Grid
from xiangtian.nowcast import points, probability

FloatArray = npt.NDArray[np.float64]
USABLE = dt.timedelta(minutes=30)
"""An older nowcast says nothing of the present."""


@dataclass(frozen=True)
class AtPlaces:
    """A nowcast at (n,) places.

    Attributes
    ----------
    run : GridRef
        Which one.
    leads_min : tuple
        Minutes after the run's time, rising.
    amount_mm : FloatArray
        (n, lead) mm from the run's time to each lead in the cell of the place, NaN where unknown.
    levels_mm : tuple
        Amounts for which there is a probability.
    exceedance : FloatArray
        (n, lead, level) probability 0-1, NaN where unknown.
    """

    run: grids.GridRef
    leads_min: tuple[float, ...]
    amount_mm: FloatArray
    levels_mm: tuple[float, ...]
    exceedance: FloatArray


def newest(as_of: dt.datetime | None = None) -> grids.GridRef | None:
    """Give the newest nowcast known at a moment (default: now) that is still usable then."""
    at = as_of or clock.now()
    run = grids.newest("nowcast", as_of)
    return run if run and at - run.time <= USABLE else None


def at_places(home: Home, run: grids.GridRef, lon: FloatArray, lat: FloatArray, levels_mm: Sequence[float]) -> AtPlaces:
    """Read what a nowcast says at places.

    Parameters
    ----------
    home : Home
        Where.
    run : GridRef
        Which one.
    lon, lat : FloatArray
        (n,) degrees WGS-84.
    levels_mm : Sequence
        Amounts whose probability is wanted, mm, above 0.

    Returns
    -------
    AtPlaces
        Amounts (the cell itself) and probabilities at the places.
    """
    stored = grids.read(home, run, ["amount"])
    grid, amount = Grid(**stored.grid), np.asarray(stored.arrays["amount"], np.float32)
    row, column = grid.position(lon, lat)
    leads = [float(lead) for lead in run.attrs["leads_min"]]
    mean, _ = points.around(amount, row, column)
    chances = [
        points.around(probability.exceeding(amount, level, leads, grid.dx / 1000), row, column)[0]
        for level in levels_mm
    ]
    return AtPlaces(run, tuple(leads), mean.T, tuple(levels_mm), np.stack(chances, axis=-1).transpose(1, 0, 2))
