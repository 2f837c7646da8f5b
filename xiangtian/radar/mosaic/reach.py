"""Which cells of a grid a radar reaches, at what azimuth and distance; worked out once for a radar and a grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj

from xiangtian.met.grid import Grid
from xiangtian.radar.column import BIN_M

_EARTH = pyproj.Geod(ellps="WGS84")
_AZIMUTHS = 3600
"""Directions told apart: tenths of a degree, a tenth of the narrowest beams in use."""
_WINDOW = 0.02
"""Degrees around the box of latitude and longitude that is searched."""


@dataclass(frozen=True)
class Reach:
    """The cells of a grid within reach of a radar.

    Attributes
    ----------
    cells : ndarray of int32
        (cells,) row times columns plus column, rising.
    azimuths : ndarray of int16
        (cells,) direction from the radar in tenths of a degree, clockwise from the north, 0 to 3599.
    bins : ndarray of int32
        (cells,) distance over the ground in steps of `BIN_M`, to the nearest.
    """

    cells: npt.NDArray[np.int32]
    azimuths: npt.NDArray[np.int16]
    bins: npt.NDArray[np.int32]


@lru_cache(maxsize=8)
def _positions(grid: Grid) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    row, column = np.indices(grid.shape, np.float64).reshape(2, -1)
    return grid.lonlat(row, column)


@lru_cache(maxsize=256)
def reach(longitude: float, latitude: float, grid: Grid, reach_m: float) -> Reach:
    """Find the cells that a radar reaches, along the geodesics of WGS-84.

    Parameters
    ----------
    longitude, latitude : float
        Of the radar, degrees.
    grid : Grid
        Whose cells.
    reach_m : float
        Farthest distance over the ground, m.

    Returns
    -------
    Reach
        Kept for the next volume of the same radar on the same grid.
    """
    lon, lat = _positions(grid)
    tall = np.degrees(reach_m / 6_335_000.0) + _WINDOW
    broad = tall / max(np.cos(np.radians(min(abs(latitude) + tall, 89.0))), 0.02)
    away = (lon - longitude + 180) % 360 - 180
    near = np.flatnonzero((np.abs(lat - latitude) <= tall) & (np.abs(away) <= broad))
    start = np.full(near.size, longitude), np.full(near.size, latitude)
    azimuth, _, far = _EARTH.inv(*start, lon[near], lat[near])
    kept = far <= reach_m
    tenth = np.rint(azimuth[kept] * (_AZIMUTHS / 360)).astype(np.int64) % _AZIMUTHS
    bins = np.rint(far[kept] / BIN_M)
    return Reach(near[kept].astype(np.int32), tenth.astype(np.int16), bins.astype(np.int32))
