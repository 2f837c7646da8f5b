"""Structure, amplitude and location: how a field of rain as a whole differs from what fell.

Wernli, Paulat, Hagen and Frei 2008, MWR 136, 4470-4487, doi:10.1175/2008MWR2415.1. Objects are the cells that hang
together, by side or corner, at or above R* = R95 / 15, R95 being the 95th percentile of the cells with rain (Wernli,
Hofmann and Zimmer 2009, Weather and Forecasting 24, 1472-1484; the percentile stands in place of the maximum).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from xiangtian.met.verify.pairs import FloatField, aligned

Field = npt.NDArray[np.float64]
FACTOR, PERCENTILE, RAIN = 1.0 / 15.0, 95.0, 0.1
TOUCHING = np.ones((3, 3), np.int32)


@dataclass(frozen=True)
class Sal:
    """The three components; all 0 for a perfect forecast, NaN where one of the fields has no rain.

    Attributes
    ----------
    structure : float
        -2 (objects too small or too peaked) to 2 (too large or too flat).
    amplitude : float
        -2 (too little rain) to 2 (too much); 1 is three times as much.
    location : float
        0 to 2: distance of the centres of mass, and of the objects' scatter around them.
    """

    structure: float
    amplitude: float
    location: float


def sal(forecast: npt.ArrayLike, observed: npt.ArrayLike, rain: float = RAIN, factor: float = FACTOR) -> Sal:
    """Compare two fields of rain.

    Parameters
    ----------
    forecast, observed : array_like
        (rows, columns) rain, not below 0; cells that are NaN or infinite in either count as dry in both.
    rain : float
        From which value on a cell is taken for one with rain when the percentile is found, in the unit of the fields.
    factor : float
        The threshold of objects as a share of that percentile.

    Returns
    -------
    Sal
        Structure, amplitude and location. The largest distance is the field's diagonal.

    Raises
    ------
    ValueError
        If the shapes differ, there is more than one field, or the field is a single cell.
    """
    said, was = (_dry_where_unknown(field) for field in _both(aligned(forecast, observed)))
    if not (said >= rain).any() or not (was >= rain).any():
        return Sal(np.nan, np.nan, np.nan)
    ours, theirs = _objects(said, rain, factor), _objects(was, rain, factor)
    far = float(np.hypot(*said.shape))
    apart = float(np.hypot(*(ours.centre - theirs.centre))) / far
    scatter = 2.0 * abs(ours.scatter - theirs.scatter) / far
    return Sal(_difference(ours.volume, theirs.volume), _difference(said.mean(), was.mean()), apart + scatter)


@dataclass(frozen=True)
class _Objects:
    centre: Field
    volume: float
    scatter: float


def _both(fields: tuple[FloatField, FloatField]) -> tuple[FloatField, FloatField]:
    said, was = fields
    if len(said) != 1 or said[0].size < 2:
        raise ValueError(f"{len(said)} fields of {said.shape[1:]}; one field of two cells or more is needed")
    known = np.isfinite(said[0]) & np.isfinite(was[0])
    return np.where(known, said[0], np.nan), np.where(known, was[0], np.nan)


def _dry_where_unknown(field: FloatField) -> Field:
    return np.asarray(np.nan_to_num(field.astype(float), nan=0.0), float)


def _objects(field: Field, rain: float, factor: float) -> _Objects:
    """Give the field's centre of mass, its objects' mean scaled volume, and their mean distance to that centre."""
    threshold = factor * np.percentile(field[field >= rain], PERCENTILE)
    labels, count = ndimage.label(field >= threshold, TOUCHING)
    which = np.arange(1, count + 1)
    amounts = ndimage.sum_labels(field, labels, which)
    peaks = ndimage.maximum(field, labels, which)
    centre = np.asarray(ndimage.center_of_mass(field))
    centres = np.asarray(ndimage.center_of_mass(field, labels, which)).reshape(-1, 2)
    away = np.hypot(*(centres - centre).T)
    weights = amounts / amounts.sum()
    return _Objects(centre, float((weights * amounts / peaks).sum()), float((weights * away).sum()))


def _difference(said: float, was: float) -> float:
    return float((said - was) / (0.5 * (said + was)))
