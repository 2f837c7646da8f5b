"""Universal kriging in the small: a factor, what it whitens, and the best linear estimate at many places at once.

Matheron (1969); the estimate in its dual form and its variance as in Cressie (1993, Statistics for Spatial Data,
3.4). The covariance is exponential; the structure is fitted by restricted maximum likelihood (Patterson and Thompson
1971, Biometrika 58, 545-554; Kitanidis 1983, Water Resour. Res. 19, 909-921), and leaving a gauge out, its part in
the drift included, has a closed form (Dubrule 1983, Math. Geol. 15, 687-699).

Everything is a loop of its own: BLAS would bring threads that fight for the cores with those the caller has.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel

Matrix = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]
THREADS = 2
LANES = 32
"""Places solved together, so that the processor works on several at once."""
LEAST_PIVOT = 1e-9
"""Of a variance of 1, what must be left of a gauge when all before it are known."""
LEAST_SHARE = np.float32(1e-9)
"""Correlations below it are none."""
LEAST_VARIANCE = 1e-8
"""Below it values are the drift itself."""


@dataclass(frozen=True)
class Structure:
    """How departures from the drift hang together: exp(-distance / `range_km`) and a share of `noise` on top."""

    range_km: float
    noise: float


@dataclass(frozen=True)
class Kriging:
    """A fit, ready to be asked.

    Attributes
    ----------
    places : Matrix
        (2, gauges) km east and north.
    structure : Structure
        Range and noise.
    lower : Matrix
        (gauges, gauges) Cholesky's factor of the correlations with their noise.
    weights : Matrix
        (gauges,) of the departures.
    drift : Matrix
        (terms,) coefficients.
    whitened : Matrix
        (terms, gauges) the drift's terms, solved with `lower`.
    within : Matrix
        (terms, terms) Cholesky's factor of what the terms share.
    variance : float
        Of the departures, noise apart, in the values' unit squared.
    likelihood : float
        Minus twice the restricted logarithm of it, up to a constant: the lower the better.
    """

    places: Matrix
    structure: Structure
    lower: Matrix
    weights: Matrix
    drift: Matrix
    whitened: Matrix
    within: Matrix
    variance: float
    likelihood: float

    def at(self, places: Matrix, terms: Matrix) -> tuple[Matrix, Matrix]:
        """Estimate.

        Parameters
        ----------
        places : Matrix
            (2, places) km east and north.
        terms : Matrix
            (terms, places) of the drift.

        Returns
        -------
        tuple of Matrix
            (places,) values, and the variance of their error (the noise of a gauge is not part of it).
        """
        count = places.shape[1]
        out = np.empty((2, count))
        lower, weights, drift, whitened, gauges = (
            _single(one) for one in (self.lower, self.weights, self.drift, self.whitened, self.places)
        )

        def estimate(part: slice) -> None:
            own = _single(places[:, part]), _single(terms[:, part]), out[:, part]
            _estimate(gauges, np.float32(self.structure.range_km), lower, weights, drift, whitened, self.within, *own)

        bounds = np.linspace(0, count, THREADS + 1).astype(int)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(estimate, (slice(*ends) for ends in pairwise(bounds))))
        return out[0], np.maximum(self.variance * out[1], 0)


def fit(places: Matrix, values: Matrix, terms: Matrix, structure: Structure) -> Kriging | None:
    """Solve for one structure; None where the gauges or the terms can't be told apart."""
    apart = np.hypot(places[0][:, None] - places[0], places[1][:, None] - places[1])
    lower = factor(np.exp(-apart / structure.range_km) + structure.noise * np.eye(len(values)))
    if lower[0, 0] == 0:
        return None
    white = forward(lower, np.column_stack([terms.T, values]))
    whitened, told = np.ascontiguousarray(white[:, :-1].T), white[:, -1]
    within = factor(np.einsum("ik,jk->ij", whitened, whitened))
    if within[0, 0] == 0:
        return None
    basis = forward(within, whitened)
    along = np.einsum("ik,k->i", basis, told)
    left = told - np.einsum("ik,i->k", basis, along)
    free = len(values) - len(terms)
    variance = max(float(np.einsum("k,k->", left, left)) / free, LEAST_VARIANCE)
    spread = 2 * (np.log(np.diag(lower)).sum() + np.log(np.diag(within)).sum())
    likelihood = free * math.log(variance) + float(spread)
    drift, weights = backward(within, along), backward(lower, left)
    return Kriging(places, structure, lower, weights, drift, whitened, within, variance, likelihood)


def left_out(fitted: Kriging) -> tuple[Matrix, Matrix]:
    """Give (gauges,) value less what the others say of its place, and the variance of that, noise included."""
    root = forward(fitted.lower, np.eye(len(fitted.lower)))
    basis = forward(fitted.within, fitted.whitened)
    own = np.einsum("ik,ik->k", root, root) - (np.einsum("ti,ik->tk", basis, root) ** 2).sum(axis=0)
    return fitted.weights / own, fitted.variance / own


def _single(values: Matrix) -> Single:
    return np.ascontiguousarray(np.where(np.abs(values) > LEAST_SHARE, values, 0), np.float32)


@kernel
def factor(positive: Matrix) -> Matrix:
    """Give Cholesky's lower factor of a positive definite matrix; all 0 if it is none."""
    count = positive.shape[0]
    lower = np.zeros((count, count))
    for i in range(count):
        for j in range(i + 1):
            left = positive[i, j]
            for k in range(j):
                left -= lower[i, k] * lower[j, k]
            if i > j:
                lower[i, j] = left / lower[j, j]
            elif left <= LEAST_PIVOT * positive[i, i]:
                return np.zeros((count, count))
            else:
                lower[i, i] = math.sqrt(left)
    return lower


@kernel
def forward(lower: Matrix, columns: Matrix) -> Matrix:
    """Solve `lower` x = columns, (gauges, any)."""
    solved = columns.copy()
    for i in range(lower.shape[0]):
        for j in range(i):
            for k in range(columns.shape[1]):
                solved[i, k] -= lower[i, j] * solved[j, k]
        for k in range(columns.shape[1]):
            solved[i, k] /= lower[i, i]
    return solved


@kernel
def backward(lower: Matrix, column: Matrix) -> Matrix:
    """Solve `lower`' x = column, (gauges,)."""
    solved = column.copy()
    for i in range(lower.shape[0] - 1, -1, -1):
        solved[i] /= lower[i, i]
        for j in range(i):
            solved[j] -= lower[i, j] * solved[i]
    return solved


@kernel
def _estimate(
    gauges: Single,
    range_km: np.float32,
    lower: Single,
    weights: Single,
    drift: Single,
    whitened: Single,
    within: Matrix,
    places: Single,
    terms: Single,
    out: Matrix,
) -> None:
    """Fill out (2, places): the estimate, and the variance of its error over that of the departures."""
    count, columns = gauges.shape[1], drift.shape[0]
    near, sums = np.empty((count, LANES), np.float32), np.empty((2 + columns, LANES), np.float32)
    for start in range(0, places.shape[1], LANES):
        lanes = min(LANES, places.shape[1] - start)
        _near(gauges, range_km, places, start, lanes, near)
        sums[:] = 0
        _gather(near, weights, sums[0])
        _solve(lower, near)
        for i in range(count):
            for lane in range(LANES):
                sums[1, lane] += near[i, lane] ** 2
        for t in range(columns):
            _gather(near, whitened[t], sums[2 + t])
        for lane in range(lanes):
            value = sums[0, lane]
            for t in range(columns):
                value += drift[t] * terms[t, start + lane]
                sums[2 + t, lane] = terms[t, start + lane] - sums[2 + t, lane]
            out[0, start + lane] = value
            out[1, start + lane] = 1 - sums[1, lane] + _norm(within, sums[2:, lane])


@kernel
def _near(gauges: Single, range_km: np.float32, places: Single, start: int, lanes: int, near: Single) -> None:
    """Fill near (gauges, LANES) with the correlations of gauges and places; lanes to spare repeat the last place."""
    east, north = np.empty(LANES, np.float32), np.empty(LANES, np.float32)
    for lane in range(LANES):
        east[lane] = places[0, start + min(lane, lanes - 1)]
        north[lane] = places[1, start + min(lane, lanes - 1)]
    for i in range(gauges.shape[1]):
        for lane in range(LANES):
            across, along = east[lane] - gauges[0, i], north[lane] - gauges[1, i]
            near[i, lane] = -np.sqrt(across * across + along * along) / range_km
        for lane in range(LANES):
            near[i, lane] = _floored(np.exp(near[i, lane]))


@kernel
def _floored(value: np.float32) -> np.float32:
    """Give 0 for what no longer counts: a processor is a hundred times slower with the smallest of numbers."""
    return value if abs(value) > LEAST_SHARE else np.float32(0)


@kernel
def _gather(near: Single, weights: Single, total: Single) -> None:
    for i in range(near.shape[0]):
        for lane in range(LANES):
            total[lane] += weights[i] * near[i, lane]


@kernel
def _solve(lower: Single, near: Single) -> None:
    """Solve `lower` x = near for `LANES` places at once, in place."""
    for i in range(lower.shape[0]):
        for j in range(i):
            share = lower[i, j]
            for lane in range(LANES):
                near[i, lane] -= share * near[j, lane]
        own = np.float32(1) / lower[i, i]
        for lane in range(LANES):
            near[i, lane] = _floored(near[i, lane] * own)


@kernel
def _norm(within: Matrix, missed: Single) -> float:
    """Give the squared length of the solution of `within` x = missed; `missed` is overwritten."""
    total = 0.0
    for i in range(within.shape[0]):
        for j in range(i):
            missed[i] -= within[i, j] * missed[j]
        missed[i] /= within[i, i]
        total += missed[i] ** 2
    return total
