"""Local adjustment: the mean field bias, and around each gauge what it says beyond that.

The ratio of gauge and radar is spread with weights that fall with distance (Brandes 1975, J. Appl. Meteor. 14,
1339-1345, with the weights of Barnes 1964), here as logarithms, so that half as much and twice as much weigh the
same; far from every gauge the mean field bias remains.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xiangtian.radar.adjust import mean_field
from xiangtian.radar.adjust.mean_field import LEAST_MM, MeanField
from xiangtian.radar.adjust.pairs import Bias, BoolColumn, Column, FloatArray, Pairs

REACH_KM = 12.0
"""Where a gauge weighs exp(-1/2) of what it does at its own place."""
DOUBT = 1.0
"""Weight of the mean field bias beside a gauge at its own place."""
AT_ONCE = 4096
"""Places worked on together."""


@dataclass(frozen=True)
class Local:
    """Radar times a factor that differs from place to place.

    Attributes
    ----------
    mean : MeanField
        What remains far from every gauge.
    used : BoolColumn
        (gauges,) the gauges that are spread.
    pairs : Pairs
        Those gauges alone.
    departure : Column
        (used,) ln(gauge / radar) less that of the mean field.
    per_mm : float
        Variance of the error of a place per mm there, by leaving each gauge out; NaN where nothing was used.
    """

    mean: MeanField
    used: BoolColumn
    pairs: Pairs
    departure: Column
    per_mm: float

    @property
    def bias(self) -> Bias:
        """Of the mean field."""
        return self.mean.bias

    def at(self, east: FloatArray, north: FloatArray, radar: FloatArray) -> tuple[Column, Column]:
        """Give rain and the standard deviation of its error, see :class:`xiangtian.radar.adjust.pairs.Adjustment`."""
        amount, _ = self.mean.at(east, north, radar)
        for start in range(0, len(amount), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            weights = _weights(self.pairs, east[part], north[part])
            amount[part] *= np.exp(weights @ self.departure / (weights.sum(axis=1) + DOUBT))
        return amount, np.sqrt(self.per_mm * amount + self.bias.variance * amount**2)


def fit(pairs: Pairs, before: Bias | None = None) -> Local:
    """Find the mean field bias and what each gauge says beyond it.

    Parameters
    ----------
    pairs : Pairs
        Gauges and the radar above them; a pair counts where both have at least `LEAST_MM`.
    before : Bias or None
        As of :func:`xiangtian.radar.adjust.mean_field.fit`.

    Returns
    -------
    Local
        Without such pairs it is the mean field.
    """
    mean = mean_field.fit(pairs, before)
    used = pairs.usable & (np.minimum(np.nan_to_num(pairs.gauge), np.nan_to_num(pairs.radar)) >= LEAST_MM)
    there = pairs.only(used)
    departure = np.log(there.gauge / there.radar) - mean.bias.log
    return Local(mean, used, there, departure, _per_mm(there, departure, mean))


def _weights(pairs: Pairs, east: FloatArray, north: FloatArray) -> Column:
    """Give (places, gauges) weights."""
    squared = (np.asarray(east)[:, None] - pairs.east) ** 2 + (np.asarray(north)[:, None] - pairs.north) ** 2
    return np.asarray(np.exp(-0.5 * squared / REACH_KM**2))


def _per_mm(pairs: Pairs, departure: Column, mean: MeanField) -> float:
    if len(departure) < 2:
        return mean.per_mm
    weights = _weights(pairs, pairs.east, pairs.north)
    np.fill_diagonal(weights, 0.0)
    others = np.exp(weights @ departure / (weights.sum(axis=1) + DOUBT))
    expected = math.exp(mean.bias.log) * pairs.radar * others
    return float(((pairs.gauge - expected) ** 2).sum() / expected.sum())
