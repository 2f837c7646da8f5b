"""Errors of amounts: mean error, mean absolute error, root mean square error, correlation.

Correlation is Pearson's, of the values and of their logarithms; the logarithms are of cells where forecast and
observation both reach a floor, for a dry cell has none, and so they say nothing about rain that was missed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.met.verify.pairs import LARGEST, FloatField, aligned, each, ratio, same_make

Scores = npt.NDArray[np.float64]
FLOOR = 0.1
"""The smallest rain rate that is taken for rain, mm/h."""


@dataclass(frozen=True)
class Tally:
    """Sums over the cells of k fields.

    Attributes
    ----------
    floor : float
        The smallest value whose logarithm is taken, in the unit of the fields.
    sums : ndarray
        (k, 7) float64: cells; sums of |f - o|, f, o, f^2, o^2, f o.
    logs : ndarray
        (k, 6) float64: cells where both reach the floor; sums of ln f, ln o, their squares and product.
    """

    floor: float
    sums: Scores
    logs: Scores

    def __add__(self, other: Tally) -> Tally:
        """Add the sums of other starts or events, field by field."""
        same_make(self, other, "floor", "fields")
        return replace(self, sums=self.sums + other.sums, logs=self.logs + other.logs)

    @property
    def fields(self) -> int:
        """Number of fields, k."""
        return len(self.sums)

    def pooled(self) -> Tally:
        """Give one tally of all fields together, k = 1."""
        return replace(self, sums=self.sums.sum(0, keepdims=True), logs=self.logs.sum(0, keepdims=True))

    @property
    def me(self) -> Scores:
        """(k,) mean error, forecast less observation."""
        return ratio(self.sums[:, 2] - self.sums[:, 3], self.sums[:, 0])

    @property
    def mae(self) -> Scores:
        """(k,) mean absolute error."""
        return ratio(self.sums[:, 1], self.sums[:, 0])

    @property
    def rmse(self) -> Scores:
        """(k,) root mean square error."""
        _, _, _, _, said, was, both = self.sums.T
        return np.sqrt(ratio(np.maximum(said - 2.0 * both + was, 0.0), self.sums[:, 0]))

    @property
    def correlation(self) -> Scores:
        """(k,) Pearson correlation; NaN where one of the fields is the same everywhere."""
        return _pearson(*self.sums[:, [0, 2, 3, 4, 5, 6]].T)

    @property
    def log_correlation(self) -> Scores:
        """(k,) Pearson correlation of the logarithms, where both reach the floor."""
        return _pearson(*self.logs.T)

    def scores(self) -> dict[str, Scores]:
        """Give all scores by name, each (k,)."""
        return {name: getattr(self, name) for name in ("me", "mae", "rmse", "correlation", "log_correlation")}


def tally(forecast: npt.ArrayLike, observed: npt.ArrayLike, floor: float = FLOOR) -> Tally:
    """Sum errors and products of forecast and observation.

    Parameters
    ----------
    forecast, observed : array_like
        (k, rows, columns) or (rows, columns), taken as float32; a cell that is NaN or infinite in either is left out.
    floor : float
        The smallest value whose logarithm is taken, above 0, in the unit of the fields.

    Returns
    -------
    Tally
        Sums of k fields; k is 1 for single fields.

    Raises
    ------
    ValueError
        If the shapes differ or the floor isn't above 0.
    """
    said, was = aligned(forecast, observed)
    if not floor > 0:
        raise ValueError(f"a floor of {floor}; above 0 is allowed, for smaller values have no logarithm")
    sums, logs = np.zeros((len(said), 7)), np.zeros((len(said), 6))
    each(lambda k: _add(said[k], was[k], np.float32(floor), sums[k], logs[k]), len(said))
    return Tally(floor, sums, logs)


@kernel
def _add(
    said: FloatField, was: FloatField, floor: np.float32, sums: npt.NDArray[np.float64], logs: npt.NDArray[np.float64]
) -> None:
    for row in range(said.shape[0]):
        _add_row(said[row], was[row], sums)
        for column in range(said.shape[1]):
            f, o = said[row, column], was[row, column]
            if f >= floor and o >= floor and f <= LARGEST and o <= LARGEST:
                high, low = np.log(np.float64(f)), np.log(np.float64(o))
                logs[0] += 1.0
                logs[1] += high
                logs[2] += low
                logs[3] += high * high
                logs[4] += low * low
                logs[5] += high * low


@kernel
def _add_row(said: FloatField, was: FloatField, sums: npt.NDArray[np.float64]) -> None:
    cells, away, ones, others, squares, other_squares, both = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for column in range(said.shape[0]):
        known = (abs(said[column]) <= LARGEST) & (abs(was[column]) <= LARGEST)
        f = np.float64(said[column]) if known else 0.0
        o = np.float64(was[column]) if known else 0.0
        cells += np.float64(known)
        away += abs(f - o)
        ones += f
        others += o
        squares += f * f
        other_squares += o * o
        both += f * o
    for part, value in enumerate((cells, away, ones, others, squares, other_squares, both)):
        sums[part] += value


def _pearson(cells: Scores, one: Scores, other: Scores, square: Scores, other_square: Scores, both: Scores) -> Scores:
    spread = np.maximum(cells * square - one**2, 0.0) * np.maximum(cells * other_square - other**2, 0.0)
    return ratio(cells * both - one * other, np.sqrt(spread))
