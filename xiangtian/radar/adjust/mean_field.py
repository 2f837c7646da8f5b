"""Mean field bias: one factor for the whole radar, remembered from field to field.

The factor is the ratio of sums, which is the best linear unbiased one where the error's variance grows with the amount
(Cochran 1977, Sampling Techniques, 3rd ed., 6.8). Its logarithm follows a first-order autoregression about no bias
and is updated by Kalman's filter (Smith and Krajewski 1991, J. Appl. Meteor. 30, 397-412; Chumchean et al. 2006,
J. Hydrol. 317, 25-39): few gauges move it little, and without rain it goes back to 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xiangtian.radar.adjust.pairs import Bias, BoolColumn, Column, FloatArray, Pairs

LEAST_GAUGES = 3
"""With fewer wet pairs the factor says nothing."""
LEAST_MM = 0.2
"""A pair counts when gauge and radar together have at least twice as much, mm."""
MEMORY = 0.9
"""Correlation of the bias between a field and the next."""
SPREAD = 0.5
"""Standard deviation of the logarithm of the bias from event to event: a factor of 1.6 either way."""
LEAST_VARIANCE = 1e-4


@dataclass(frozen=True)
class MeanField:
    """Radar times one factor.

    Attributes
    ----------
    used : BoolColumn
        (gauges,) the pairs the factor rests on.
    bias : Bias
        Logarithm of the factor, after the filter.
    per_mm : float
        Variance of the error of a place per mm there; NaN where nothing was used.
    """

    used: BoolColumn
    bias: Bias
    per_mm: float

    def at(self, east: FloatArray, north: FloatArray, radar: FloatArray) -> tuple[Column, Column]:
        """Give rain and the standard deviation of its error, see :class:`xiangtian.radar.adjust.pairs.Adjustment`."""
        del east, north
        amount = math.exp(self.bias.log) * np.asarray(radar, np.float64)
        return amount, np.sqrt(self.per_mm * amount + self.bias.variance * amount**2)


def fit(pairs: Pairs, before: Bias | None = None) -> MeanField:
    """Find the factor.

    Parameters
    ----------
    pairs : Pairs
        Gauges and the radar above them.
    before : Bias or None
        Of the field before; None where there is none: nothing is then known but that biases differ by `SPREAD`.

    Returns
    -------
    MeanField
        With fewer than `LEAST_GAUGES` wet pairs the bias is that of before, on its way back to 1.
    """
    expected = following(before)
    used = wet(pairs)
    if used.sum() < LEAST_GAUGES or not (pairs.radar[used].sum() > 0 and pairs.gauge[used].sum() > 0):
        return MeanField(np.zeros(len(used), np.bool_), expected, math.nan)
    seen = observed(pairs.only(used))
    gain = expected.variance / (expected.variance + seen.variance)
    bias = Bias(expected.log + gain * (seen.log - expected.log), (1 - gain) * expected.variance)
    return MeanField(used, bias, _per_mm(pairs.only(used), math.exp(bias.log)))


def wet(pairs: Pairs) -> BoolColumn:
    """Tell which pairs are known and wet."""
    return np.asarray(pairs.usable & (np.nan_to_num(pairs.gauge) + np.nan_to_num(pairs.radar) >= 2 * LEAST_MM))


def following(before: Bias | None) -> Bias:
    """Give the bias that is expected after another."""
    if before is None:
        return Bias(0.0, SPREAD**2)
    return Bias(MEMORY * before.log, MEMORY**2 * before.variance + (1 - MEMORY**2) * SPREAD**2)


def observed(pairs: Pairs) -> Bias:
    """Give the bias that wet pairs show, and the variance of its logarithm (Cochran 1977, eq. 6.13).

    >>> observed(Pairs(*np.zeros((2, 3)), np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]))).log == math.log(2)
    True
    """
    count, total = len(pairs.gauge), float(pairs.gauge.sum())
    factor = total / float(pairs.radar.sum())
    variance = float(((pairs.gauge - factor * pairs.radar) ** 2).sum()) * count / (count - 1) / total**2
    return Bias(math.log(factor), max(variance, LEAST_VARIANCE))


def _per_mm(pairs: Pairs, factor: float) -> float:
    expected = factor * pairs.radar
    return float(((pairs.gauge - expected) ** 2).sum() / expected.sum())
