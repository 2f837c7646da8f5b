"""Barnes analysis: scattered values become a field by weights that fall with distance, in two passes.

Barnes (1964, J. Appl. Meteor. 3, 396-409); the choice of the weights follows Koch, desJardins and Kocin (1983,
J. Climate Appl. Meteor. 22, 1487-1503): the first pass has exp(-r2/k0) with k0 = 5.052 (2 d / pi)2 for a mean
spacing d, the second adds what the first left, with gamma times k0. All weights are positive: the first pass never
leaves the range of the values, and a dry place stays dry.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]
Solved = npt.NDArray[np.float64]
GAMMA = 0.3
"""How much narrower the second pass is (Koch et al. allow 0.2 to 1)."""
LEAST_WEIGHT = 1e-12


def spacing(east: FloatArray, north: FloatArray) -> float:
    """Give the mean spacing that as many stations would have if spread evenly over the box they stand in.

    Koch et al. (1983), eq. 13 for random data: sqrt(A) (1 + sqrt(M)) / (M - 1).

    Parameters
    ----------
    east, north : FloatArray
        (stations,) positions, km.

    Returns
    -------
    float
        km; infinite for fewer than two stations.
    """
    count = len(east)
    if count < 2:
        return math.inf
    area = max(float(np.ptp(east)), 1.0) * max(float(np.ptp(north)), 1.0)
    return math.sqrt(area) * (1 + math.sqrt(count)) / (count - 1)


def width(spacing_km: float) -> float:
    """Give k0 in km2 for a mean spacing in km.

    >>> round(width(10.0))
    205
    """
    return 5.052 * (2 * spacing_km / math.pi) ** 2


def field(stations: FloatArray, values: FloatArray, columns: FloatArray, rows: FloatArray, k0: float) -> Solved:
    """Analyse values on a grid.

    Parameters
    ----------
    stations : FloatArray
        (2, stations) km east and km north.
    values : FloatArray
        (stations,) without missing values, in any unit.
    columns : FloatArray
        (columns,) km east of the grid's columns.
    rows : FloatArray
        (rows,) km north of its rows.
    k0 : float
        Width of the first pass, km2, above 0.

    Returns
    -------
    FloatArray
        (rows, columns) in the unit of the values; NaN where every weight vanishes.
    """
    left = values - _here(stations, values, k0)
    return _spread(stations, values, columns, rows, k0) + _spread(stations, left, columns, rows, GAMMA * k0)


def left_out(stations: FloatArray, values: FloatArray, k0: float) -> Solved:
    """Give, for each station, its value less the analysis made without it.

    Both passes are made anew for each station, in one go: leaving out station i takes the term of i from every sum.

    Parameters
    ----------
    stations, values, k0
        As of `field`.

    Returns
    -------
    FloatArray
        (stations,) NaN for a station that is alone.
    """
    first, second = _weights(stations, k0), _weights(stations, GAMMA * k0)
    total, mass = first @ values, first.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        # guess[j, i]: the first pass at j without i
        guess = (total[:, None] - first * values) / (mass[:, None] - first)
        guess[mass[:, None] - first < LEAST_WEIGHT] = np.nan
        rest = np.nan_to_num(values[:, None] - guess)
        np.fill_diagonal(second, 0.0)
        more = np.einsum("ij,ji->i", second, rest) / np.maximum(second.sum(axis=1), LEAST_WEIGHT)
    return np.asarray(values - np.diagonal(guess) - more, np.float64)


def _weights(stations: FloatArray, k0: float) -> Solved:
    east, north = stations
    squared = (east[:, None] - east) ** 2 + (north[:, None] - north) ** 2
    return np.asarray(np.exp(-squared / k0), np.float64)


def _here(stations: FloatArray, values: FloatArray, k0: float) -> Solved:
    weights = _weights(stations, k0)
    return np.asarray(weights @ values / weights.sum(axis=1), np.float64)


def _spread(stations: FloatArray, values: FloatArray, columns: FloatArray, rows: FloatArray, k0: float) -> Solved:
    """Weigh values onto the grid; a Gaussian of a distance is the product of one eastward and one northward."""
    along = np.exp(-((columns[:, None] - stations[0]) ** 2) / k0)
    upward = np.exp(-((rows[:, None] - stations[1]) ** 2) / k0)
    mass = upward @ along.T
    told = (upward * values) @ along.T
    return np.asarray(np.where(mass > LEAST_WEIGHT, told / np.maximum(mass, LEAST_WEIGHT), np.nan), np.float64)
