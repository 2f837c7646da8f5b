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
from xiangtian.radar.adjust.estimate import LEAST_SHARE, Single, estimate

Matrix = npt.NDArray[np.float64]
THREADS = 2
LEAST_PIVOT = 1e-9
"""Of a variance of 1, what must be left of a gauge when all before it are known."""
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

        def answer(part: slice) -> None:
            own = _single(places[:, part]), _single(terms[:, part]), out[:, part]
            estimate(gauges, np.float32(self.structure.range_km), lower, weights, drift, whitened, self.within, *own)

        bounds = np.linspace(0, count, THREADS + 1).astype(int)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(answer, (slice(*ends) for ends in pairwise(bounds))))
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
