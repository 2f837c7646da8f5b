"""Optimal interpolation: a background that the values themselves fit, corrected by correlated departures from it.

Gandin (1963); in the notation of Daley (1991, Atmospheric Data Analysis, ch. 4): field = background + B H' (H B H' +
R)^-1 d. The structure function is Barnes' exp(-(r/L)2 / 2), the errors of the stations are independent with a variance
that is a stated part of the background's. The background is a linear drift (a constant; eastward, northward and upward
slopes) fitted together with the weights by generalised least squares, which makes it the universal kriging of Matheron
(1969); leaving a station out, drift included, then has a closed form (Dubrule 1983, Math. Geol. 15, 687-699).

Up to `DENSE_MOST` stations all are solved at once: 300 stations on 25 000 cells take a hundredth of a second, where
the local solves of `gridpp` take one. For more, one matrix grows too large, and `gridpp` does it from the nearest ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import gridpp
import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel

FloatArray = npt.NDArray[np.floating]
Solved = npt.NDArray[np.float64]
DENSE_MOST = 1500
"""With more stations the solves are local."""
LEAST_PIVOT = 1e-9
"""Of a variance of 1, what must be left of a station when all before it are known."""
NEAREST = 30
"""Stations that take part in a local solve."""
APART_M = 1.0
"""Stations within this of one that is left out are left out with it."""


@dataclass(frozen=True)
class Structure:
    """How values hang together: `radius_km` is L, `noise` the error variance of a station over the background's."""

    radius_km: float
    noise: float


@dataclass(frozen=True)
class Fit:
    """What the stations say, ready to be put on a grid.

    Attributes
    ----------
    drift : FloatArray
        (terms,) coefficients of the background.
    weights : FloatArray
        (stations,) weights of the correlated departures.
    left_out : FloatArray
        (stations,) each value less what the others say of its place.
    """

    drift: Solved
    weights: Solved
    left_out: Solved


def correlation(stations: FloatArray, structure: Structure) -> Solved:
    """Give the (stations, stations) correlations; `stations` is (2, stations) km east and north."""
    east, north = stations
    squared = (east[:, None] - east) ** 2 + (north[:, None] - north) ** 2
    return np.asarray(np.exp(-0.5 * squared / structure.radius_km**2), np.float64)


def fit(stations: FloatArray, values: FloatArray, terms: FloatArray, structure: Structure) -> Fit:
    """Solve for all stations at once.

    Parameters
    ----------
    stations : FloatArray
        (2, stations) km east and km north.
    values : FloatArray
        (stations,) without missing values.
    terms : FloatArray
        (stations, terms) of the drift; the first is 1.
    structure : Structure
        Its radius and noise are above 0.

    Returns
    -------
    Fit
        Drift, weights and the leave-one-out departures.

    Raises
    ------
    ValueError
        If there are no more stations than terms, or the noise is too small to tell stations apart.
    """
    count, columns = terms.shape
    if count <= columns:
        raise ValueError(f"{count} stations can't carry a background of {columns} terms; at least {columns + 1} do")
    root = _inverse_root(correlation(stations, structure) + structure.noise * np.eye(count))
    if root[0, 0] == 0:
        raise ValueError(f"{count} stations stand too close together to be told apart: raise the noise")
    whitened, told = _times(root, terms), _times(root, values[:, None])
    within = whitened.T @ whitened
    drift = np.linalg.solve(within, (whitened.T @ told)[:, 0])
    weights = _times(root.T, told - (whitened @ drift)[:, None])[:, 0]
    carried = _times(root.T, whitened)
    own = (root**2).sum(axis=0) - (carried * np.linalg.solve(within, carried.T).T).sum(axis=1)
    return Fit(np.asarray(drift, np.float64), weights, weights / own)


def _times(square: Solved, columns: FloatArray) -> Solved:
    """Multiply without BLAS, whose threads cost more here than they bring."""
    return np.asarray(np.einsum("ij,jk->ik", square, columns), np.float64)


@kernel
def _inverse_root(positive: Solved) -> Solved:
    """Give the lower triangular G with G' G the inverse of a positive definite matrix; all 0 if it is none.

    Cholesky's factor and its inverse, row by row. BLAS would do it with threads that fight for the cores with others'
    and with buffers on the stack that the small stacks of a web server's threads can't hold.
    """
    count = positive.shape[0]
    lower, root = np.zeros((count, count)), np.zeros((count, count))
    for i in range(count):
        left = positive[i, i]
        for j in range(i):
            known = 0.0
            for k in range(j):
                known += lower[i, k] * lower[j, k]
            lower[i, j] = (positive[i, j] - known) * root[j, j]
            left -= lower[i, j] ** 2
        if left <= LEAST_PIVOT:
            return np.zeros((count, count))
        for k in range(i):
            for j in range(k + 1):
                root[i, j] -= lower[i, k] * root[k, j]
        root[i, i] = 1 / math.sqrt(left)
        for j in range(i):
            root[i, j] *= root[i, i]
    return root


def field(
    found: Fit, stations: FloatArray, columns: FloatArray, rows: FloatArray, terms: FloatArray, structure: Structure
) -> Solved:
    """Put a fit on a grid.

    Parameters
    ----------
    found : Fit
        Of these stations and this structure.
    stations : FloatArray
        (2, stations) km.
    columns, rows : FloatArray
        (columns,) km east, (rows,) km north.
    terms : FloatArray
        (rows, columns, terms) of the drift.
    structure : Structure
        As of the fit.

    Returns
    -------
    FloatArray
        (rows, columns) in the unit of the values.
    """
    spread = 2 * structure.radius_km**2
    along = np.exp(-((columns[:, None] - stations[0]) ** 2) / spread)
    upward = np.exp(-((rows[:, None] - stations[1]) ** 2) / spread)
    return np.asarray(terms @ found.drift + (upward * found.weights) @ along.T, np.float64)


def local(
    points: tuple[FloatArray, FloatArray],
    values: FloatArray,
    backgrounds: tuple[FloatArray, FloatArray],
    grid: tuple[FloatArray, FloatArray],
    structure: Structure,
) -> tuple[Solved, Solved]:
    """Analyse very many stations, each cell from its nearest ones, by `gridpp`.

    Parameters
    ----------
    points : tuple of FloatArray
        (stations,) latitudes and longitudes.
    values : FloatArray
        (stations,) without missing values.
    backgrounds : tuple of FloatArray
        (stations,) and (rows, columns), the background at the stations and on the grid.
    grid : tuple of FloatArray
        (rows, columns) latitudes and longitudes.
    structure : Structure
        As of `fit`.

    Returns
    -------
    tuple of FloatArray
        (rows, columns) the field; (stations,) each value less what the others say of its place.
    """
    at, on = backgrounds
    places, ratios = gridpp.Points(*points), np.full(len(values), structure.noise, np.float32)
    shape = gridpp.BarnesStructure(1000 * structure.radius_km)
    others = gridpp.CrossValidation(shape, APART_M)

    def solved(target: Any, background: FloatArray, how: Any) -> Solved:
        told = np.asarray(values, np.float32), ratios, np.asarray(at, np.float32)
        found = gridpp.optimal_interpolation(target, np.asarray(background, np.float32), places, *told, how, NEAREST)
        return np.asarray(found, np.float64)

    return solved(gridpp.Grid(*grid), on, shape), values - solved(places, at, others)
