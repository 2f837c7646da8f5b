"""Gauge adjustment of radar rain: one file a method, one contract for all.

The family's contract stands in `pairs`: `fit(pairs, before)` takes gauges with the radar above them, both mm over the
same time, and the mean field bias of the field before; what it gives can be asked, for any places with their radar
rain, for the amount and the standard deviation of its error, and says which gauges it used. `mean_field` multiplies
by one remembered factor, `local` by one that differs from place to place, `external_drift` kriges the gauges with the
radar as drift; `kriging` is its arithmetic and `estimate` the part of it that asks many places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid
from xiangtian.radar.adjust import external_drift, kriging, local, mean_field
from xiangtian.radar.adjust.pairs import Adjustment, Bias, BoolColumn, FloatArray, Method, Pairs, pair

__all__ = ["METHODS", "Adjusted", "Adjustment", "Bias", "Method", "Pairs", "adjust", "kriging", "pair"]

METHODS: dict[str, Method] = {
    "mean_field": mean_field.fit,
    "local": local.fit,
    "external_drift": external_drift.fit,
}
"""The methods by name, the simplest first."""


@dataclass(frozen=True)
class Adjusted:
    """A field of rain that gauges have been brought into.

    Attributes
    ----------
    amount : ndarray
        (rows, columns) float32 mm, NaN where the radar is unknown.
    error : ndarray
        (rows, columns) float32 standard deviation of its error, mm; NaN where no gauge was used.
    used : BoolColumn
        (gauges,) which gauges it rests on.
    bias : Bias
        Mean field bias, to begin the next field from.
    """

    amount: npt.NDArray[np.float32]
    error: npt.NDArray[np.float32]
    used: BoolColumn
    bias: Bias


def adjust(name: str, radar: FloatArray, grid: Grid, pairs: Pairs, before: Bias | None = None) -> Adjusted:
    """Adjust a field.

    Parameters
    ----------
    name : str
        A name in `METHODS`.
    radar : FloatArray
        (rows, columns) mm, NaN where unknown.
    grid : Grid
        Of the field.
    pairs : Pairs
        From :func:`pair` with the same field and grid.
    before : Bias or None
        Of the field before, None where there is none.

    Returns
    -------
    Adjusted
        The field, its uncertainty, and what it was made of.

    Raises
    ------
    ValueError
        If there is no such method (the message lists the names), or the field is not of the grid's shape.
    """
    if name not in METHODS:
        raise ValueError(f"no adjustment {name!r}; there are {', '.join(METHODS)}")
    if np.shape(radar) != grid.shape:
        raise ValueError(f"a field of {np.shape(radar)} on a grid of {grid.shape}; they must be the same")
    known = np.isfinite(radar)
    height, width = grid.cell_m
    row, column = np.nonzero(known)
    fitted = METHODS[name](pairs, before)
    places = column * (width / 1000), row * (-height / 1000)
    amount, error = np.full((2, *grid.shape), np.nan, np.float32)
    amount[known], error[known] = fitted.at(*places, np.asarray(radar, np.float64)[known])
    return Adjusted(amount, error, fitted.used, fitted.bias)
