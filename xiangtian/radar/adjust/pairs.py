"""Gauges beside the radar above them, and what an adjustment of the radar is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid

FloatArray = npt.NDArray[np.floating]
Column = npt.NDArray[np.float64]
BoolColumn = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """What gauges and radar say of the same places over the same time.

    Attributes
    ----------
    east, north : Column
        (gauges,) km from any one point, the same for all places that are asked about.
    gauge, radar : Column
        (gauges,) mm; NaN where missing, not below 0 elsewhere.
    """

    east: Column
    north: Column
    gauge: Column
    radar: Column

    def __post_init__(self) -> None:
        """Refuse columns of different lengths and rain below 0."""
        lengths = {len(column) for column in (self.east, self.north, self.gauge, self.radar)}
        if len(lengths) != 1:
            raise ValueError(f"columns of {sorted(lengths)} gauges; east, north, gauge and radar need one each")
        for name, column in (("gauge", self.gauge), ("radar", self.radar)):
            if (column < 0).any():
                raise ValueError(f"{name} says {np.nanmin(column):g} mm; allowed: 0 or more, NaN where missing")

    @property
    def usable(self) -> BoolColumn:
        """(gauges,) whether both are known."""
        return np.asarray(np.isfinite(self.gauge) & np.isfinite(self.radar))

    def only(self, chosen: BoolColumn) -> Pairs:
        """Give the chosen pairs."""
        return Pairs(self.east[chosen], self.north[chosen], self.gauge[chosen], self.radar[chosen])


@dataclass(frozen=True)
class Bias:
    """The logarithm of what the radar must be multiplied by, and how sure that is.

    Attributes
    ----------
    log : float
        ln(gauge / radar).
    variance : float
        Of `log`.
    """

    log: float
    variance: float


class Adjustment(Protocol):
    """A fitted adjustment, ready to be asked about places."""

    @property
    def used(self) -> BoolColumn:
        """(gauges,) which gauges it rests on."""

    @property
    def bias(self) -> Bias:
        """The mean field bias, to be remembered for the next field; of one without memory that of its own gauges."""

    def at(self, east: FloatArray, north: FloatArray, radar: FloatArray) -> tuple[Column, Column]:
        """Give (places,) mm and the standard deviation of its error, mm, where the radar says (places,) mm.

        NaN where the radar is unknown. The standard deviation is NaN where no gauge was used.
        """


class Method(Protocol):
    """The contract of this family: fit an adjustment to pairs, beginning from the bias of the time before."""

    def __call__(self, pairs: Pairs, before: Bias | None = None) -> Adjustment:
        """Fit."""


def pair(radar: FloatArray, grid: Grid, lon: FloatArray, lat: FloatArray, gauge: FloatArray) -> Pairs:
    """Set gauges beside a field of radar rain.

    A gauge takes the bilinear value of the four cells around it, so that it does not depend on which side of a cell's
    edge it stands; where one of them is unknown, that of the nearest cell.

    Parameters
    ----------
    radar : FloatArray
        (rows, columns) mm over the time of the gauges, NaN where unknown.
    grid : Grid
        Of the field.
    lon, lat : FloatArray
        (gauges,) degrees, WGS-84.
    gauge : FloatArray
        (gauges,) mm, after quality control, NaN where missing or doubted.

    Returns
    -------
    Pairs
        One each gauge, in their order; radar is NaN for gauges off the field. The origin is the centre of cell (0, 0).

    Raises
    ------
    ValueError
        If the field is not of the grid's shape.
    """
    if np.shape(radar) != grid.shape:
        raise ValueError(f"a field of {np.shape(radar)} on a grid of {grid.shape}; they must be the same")
    row, column = grid.position(np.asarray(lon, float), np.asarray(lat, float))
    height, width = grid.cell_m
    east, north = column * width / 1000, -row * height / 1000
    return Pairs(east, north, np.asarray(gauge, np.float64), _around(np.asarray(radar, np.float64), row, column))


def _around(field: Column, row: Column, column: Column) -> Column:
    inside = (row > -0.5) & (column > -0.5) & (row < field.shape[0] - 0.5) & (column < field.shape[1] - 0.5)
    y = np.clip(np.where(inside, row, 0), 0, field.shape[0] - 1)
    x = np.clip(np.where(inside, column, 0), 0, field.shape[1] - 1)
    i = np.minimum(y.astype(int), max(field.shape[0] - 2, 0))
    j = np.minimum(x.astype(int), max(field.shape[1] - 2, 0))
    low, right = np.minimum(i + 1, field.shape[0] - 1), np.minimum(j + 1, field.shape[1] - 1)
    a, b = y - i, x - j
    upper = (1 - b) * field[i, j] + b * field[i, right]
    lower = (1 - b) * field[low, j] + b * field[low, right]
    value = (1 - a) * upper + a * lower
    nearest = field[np.rint(y).astype(int), np.rint(x).astype(int)]
    return np.where(inside, np.where(np.isfinite(value), value, nearest), np.nan)
