"""The lightning of a storm cell: how often it flashes, and whether that jumps.

A jump is a rise of the flash rate of more than twice the standard deviation of its earlier changes; it often comes
ahead of hail and damaging wind (Schultz, Petersen, Carey 2009, J. Appl. Meteorol. Climatol. 48, 2543-2563,
doi:10.1175/2009JAMC2237.1: the 2-sigma algorithm). It was made for total lightning; a network that sees ground strokes
alone gives fewer flashes, and the 10 a minute that arm the algorithm are then rarely reached.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BIN_MIN = 2.0
HISTORY = 5
"""Earlier changes of the rate that the present one is compared with."""
BINS = HISTORY + 2
LEAST_PER_MIN = 10.0
SIGMAS = 2.0
REACH_KM = 5.0
"""A flash so far outside a cell's circle still counts as its own."""


def rates(
    place: FloatArray, velocity: FloatArray, radius: FloatArray, flashes: FloatArray, minutes_ago: FloatArray
) -> FloatArray:
    """Give the flash rates of cells in the last 14 minutes, in steps of 2.

    A flash belongs to the cell whose circle, where it was at the time of the flash, is nearest, if that is within
    `REACH_KM` of its edge.

    Parameters
    ----------
    place, velocity : FloatArray
        (n, 2) present centre, km, and motion, km per minute.
    radius : FloatArray
        (n,) of the circle of the cell's area, km.
    flashes : FloatArray
        (flashes, 2) places, km, on the same plane.
    minutes_ago : FloatArray
        (flashes,) before the present moment; those of the future and of more than 14 minutes ago are left out.

    Returns
    -------
    FloatArray
        (n, 7) flashes a minute, the oldest bin first.
    """
    out = np.zeros((len(place), BINS))
    steps = np.floor(np.asarray(minutes_ago, float) / BIN_MIN)
    counted = (steps >= 0) & (steps < BINS)
    if not len(place) or not counted.any():
        return out
    then = place - velocity * np.asarray(minutes_ago, float)[counted, None, None]
    off = np.hypot(*np.moveaxis(flashes[counted, None] - then, 2, 0)) - radius
    nearest = off.argmin(axis=1)
    own = off[np.arange(len(off)), nearest] <= REACH_KM
    np.add.at(out, (nearest[own], BINS - 1 - steps[counted][own].astype(int)), 1 / BIN_MIN)
    return out


def jump(rate: FloatArray) -> tuple[bool, float | None]:
    """Tell whether a cell's flash rate jumps in its last bin.

    Parameters
    ----------
    rate : FloatArray
        (7,) flashes a minute in bins of 2 minutes, the oldest first.

    Returns
    -------
    tuple
        Whether the rate, 10 a minute or more, rose by more than twice the (population) standard deviation of the five
        changes before; and the rise in standard deviations, None where those are all alike.
    """
    change = np.diff(np.asarray(rate, float)) / BIN_MIN
    spread, rise = float(change[:-1].std()), float(change[-1])
    jumps = bool(rate[-1] >= LEAST_PER_MIN and rise > SIGMAS * spread)
    return jumps, rise / spread if spread > 0 else None
