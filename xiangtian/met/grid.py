"""A grid and a field of rain on it: the one model that all radar composites and nowcasts share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj

FloatArray = npt.NDArray[np.floating]
EARTH_RADIUS_M = 6_371_000.0
"""Mean radius of the earth, as WMO rounds it."""


@lru_cache(maxsize=32)
def _to_crs(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)


@lru_cache(maxsize=32)
def _geographic(crs: str) -> bool:
    return bool(pyproj.CRS.from_user_input(crs).is_geographic)


@dataclass(frozen=True)
class Grid:
    """A regular grid in a projection; row 0 is the northern edge, column 0 the western one.

    Attributes
    ----------
    crs : str
        The projection, as a PROJ string or anything pyproj reads; its unit is metres, or degrees where the grid is of
        longitude and latitude ("EPSG:4326").
    x0, y0 : float
        Projected coordinates of the centre of the upper left (row 0, column 0) cell, in the projection's unit.
    dx, dy : float
        Cell size in the projection's unit, both above 0; y falls by `dy` with each row.
    rows, columns : int
        Size.
    """

    crs: str
    x0: float
    y0: float
    dx: float
    dy: float
    rows: int
    columns: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def cell_m(self) -> tuple[float, float]:
        """Height and width of a cell, m; of a grid of longitude and latitude, those of its middle row.

        >>> height, width = Grid("EPSG:4326", 118.0, 34.0, 0.01, 0.01, 801, 401).cell_m
        >>> round(height, 1), round(width, 1)
        (1111.9, 963.0)
        """
        if not _geographic(self.crs):
            return self.dy, self.dx
        height, width = np.radians((self.dy, self.dx)) * EARTH_RADIUS_M
        return float(height), float(width * np.cos(np.radians(self.y0 - self.dy * (self.rows - 1) / 2)))

    @property
    def x(self) -> npt.NDArray[np.float64]:
        """(columns,) projected x of the cell centres, rising."""
        return np.asarray(self.x0 + self.dx * np.arange(self.columns), np.float64)

    @property
    def y(self) -> npt.NDArray[np.float64]:
        """(rows,) projected y of the cell centres, falling."""
        return np.asarray(self.y0 - self.dy * np.arange(self.rows), np.float64)

    def position(self, lon: FloatArray, lat: FloatArray) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Give fractional (row, column) of WGS-84 positions; integers are cell centres, outside is not clipped."""
        x, y = _to_crs(self.crs).transform(np.asarray(lon, float), np.asarray(lat, float))
        return (self.y0 - np.asarray(y)) / self.dy, (np.asarray(x) - self.x0) / self.dx

    def lonlat(self, row: FloatArray, column: FloatArray) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Give WGS-84 (longitude, latitude) of fractional rows and columns."""
        x = self.x0 + self.dx * np.asarray(column, float)
        y = self.y0 - self.dy * np.asarray(row, float)
        lon, lat = _to_crs(self.crs).transform(x, y, direction="INVERSE")
        return np.asarray(lon), np.asarray(lat)

    def window(self, row: int, column: int, rows: int, columns: int) -> Grid:
        """Give the grid of a rectangular part.

        Raises
        ------
        ValueError
            If the part leaves this grid.
        """
        if not (0 <= row <= row + rows <= self.rows and 0 <= column <= column + columns <= self.columns):
            part = f"part {rows}x{columns} at ({row}, {column})"
            raise ValueError(f"{part} leaves the grid of {self.rows}x{self.columns}")
        return Grid(self.crs, self.x0 + column * self.dx, self.y0 - row * self.dy, self.dx, self.dy, rows, columns)


def place_of(part: Grid, whole: Grid) -> tuple[int, int]:
    """Give the first row and column of a part of a grid, the other way round of `Grid.window`.

    Raises
    ------
    ValueError
        If it is no part of that grid.

    >>> whole = Grid("EPSG:4326", 120.0, 32.0, 0.01, 0.01, 300, 200)
    >>> place_of(whole.window(40, 25, 100, 80), whole)
    (40, 25)
    """
    place = round((whole.y0 - part.y0) / whole.dy), round((part.x0 - whole.x0) / whole.dx)
    shape_fits = min(place) >= 0 and place[0] + part.rows <= whole.rows and place[1] + part.columns <= whole.columns
    if part.crs != whole.crs or (part.dx, part.dy) != (whole.dx, whole.dy) or not shape_fits:
        raise ValueError(f"{part} is no part of {whole}")
    return place


@dataclass(frozen=True)
class RainFrame:
    """One moment of rain on a grid.

    Attributes
    ----------
    time : datetime
        UTC, the end of the measuring interval.
    grid : Grid
        Where.
    rate : FloatArray
        (rows, columns) float32 rain rate, mm/h, 0 where dry, NaN where nothing was measured.
    quality : FloatArray
        (rows, columns) float32, 0 (useless or not measured) to 1 (no known defect).
    interval_s : int
        Time between frames of this product, s.
    source : str
        The format and product it came from, e.g. "knmi-hdf5 RAD_NL25_RAP_5min".
    notes : dict
        What else a reader must know, e.g. {"rain_factor": "8", "transposed_from": "..."}; shown with the product.
    """

    time: dt.datetime
    grid: Grid
    rate: npt.NDArray[np.float32]
    quality: npt.NDArray[np.float32]
    interval_s: int = 300
    source: str = ""
    notes: dict[str, str] = field(default_factory=dict)
