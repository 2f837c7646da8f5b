"""A regular grid of longitudes and latitudes over a city, and distances on it as on a plane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]
KM_PER_DEGREE = 6371.0 * math.pi / 180
"""Length of a degree of latitude on a sphere of 6371 km."""


@dataclass(frozen=True)
class LonLat:
    """A regular grid; row 0 is the northern edge, column 0 the western one.

    Attributes
    ----------
    west, north : float
        Centre of the upper left cell, degrees WGS-84.
    step : float
        Degrees between cells, both ways, above 0.
    rows, columns : int
        Size.
    """

    west: float
    north: float
    step: float
    rows: int
    columns: int

    @property
    def lon(self) -> npt.NDArray[np.float64]:
        """(columns,) longitudes of the cell centres, rising."""
        return np.asarray(self.west + self.step * np.arange(self.columns), np.float64)

    @property
    def lat(self) -> npt.NDArray[np.float64]:
        """(rows,) latitudes of the cell centres, falling."""
        return np.asarray(self.north - self.step * np.arange(self.rows), np.float64)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns


def covering(bounds: tuple[float, float, float, float], step: float) -> LonLat:
    """Give the grid that covers a box, its centres on multiples of the step.

    Parameters
    ----------
    bounds : tuple
        West, south, east, north, degrees.
    step : float
        Degrees between cells.

    Returns
    -------
    LonLat
        Its outermost centres lie on the box or outside by less than a step.

    Raises
    ------
    ValueError
        If the box is none, or the step is not above 0.

    >>> covering((120.004, 31.0, 120.02, 31.01), 0.01)
    LonLat(west=120.0, north=31.01, step=0.01, rows=2, columns=3)
    """
    west, south, east, north = bounds
    if not (west < east and south < north and step > 0):
        raise ValueError(f"no grid covers {bounds} in steps of {step}: west < east, south < north, a step above 0")
    left, low = math.floor(west / step + 1e-9), math.floor(south / step + 1e-9)
    right, high = math.ceil(east / step - 1e-9), math.ceil(north / step - 1e-9)
    return LonLat(round(left * step, 9), round(high * step, 9), step, high - low + 1, right - left + 1)


def plane(
    lon: FloatArray, lat: FloatArray, middle: tuple[float, float]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give positions in km east and north of a point, on the plane that touches the sphere's parallel there.

    Equirectangular; over a city (1.5 degrees) distances are right to 1 %.

    Parameters
    ----------
    lon, lat : FloatArray
        Positions, degrees, of any (equal or different) shapes.
    middle : tuple
        Longitude and latitude of the origin.

    Returns
    -------
    tuple of FloatArray
        km eastward, shaped like `lon`; km northward, shaped like `lat`.
    """
    east = (np.asarray(lon, float) - middle[0]) * KM_PER_DEGREE * math.cos(math.radians(middle[1]))
    return east, (np.asarray(lat, float) - middle[1]) * KM_PER_DEGREE
