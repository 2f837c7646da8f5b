"""Kriging with external drift: the gauges' rain, with the radar as its shape.

Haberlandt (2007, J. Hydrol. 332, 144-157); Goudenhoofdt and Delobbe (2009, HESS 13, 195-203) found it the best of
the usual methods. It works on square roots, in which errors of rain are nearly alike whatever the amount
(Erdin, Frei and Kuensch 2012, J. Hydrometeor. 13, 1332-1346), and gives back the mean of the square, which is the
square of the mean and the variance; where the radar sees nothing the variance is left away, for it would rain
everywhere. The structure of the departures is fitted to each field;
gauges that the others contradict strongly are left out of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiangtian.radar.adjust import kriging, mean_field
from xiangtian.radar.adjust.kriging import Kriging, Matrix, Structure
from xiangtian.radar.adjust.pairs import Adjustment, Bias, BoolColumn, Column, FloatArray, Pairs

LEAST_GAUGES = 8
"""With fewer usable gauges the mean field bias is taken instead."""
MOST_GAUGES = 1500
"""More than these at once would take minutes: the field is to be cut into parts."""
RANGES_KM = (5.0, 10.0, 20.0, 40.0, 80.0)
NOISES = (0.05, 0.15, 0.4, 1.0, 3.0)
CONTRADICTED = 3.0
"""Standard deviations by which a gauge that is left out differs from what all others say of its place."""
ROUNDS = 3


@dataclass(frozen=True)
class ExternalDrift:
    """A kriged field.

    Attributes
    ----------
    used : BoolColumn
        (gauges,) all known pairs but the contradicted ones.
    bias : Bias
        What the same gauges say of the mean field.
    fitted : Kriging
        Of the square roots.
    by_radar : bool
        Whether the radar is the drift; without it (where it is the same everywhere, or rain falls where it sees less)
        the field is that of the gauges alone.
    """

    used: BoolColumn
    bias: Bias
    fitted: Kriging
    by_radar: bool

    def at(self, east: FloatArray, north: FloatArray, radar: FloatArray) -> tuple[Column, Column]:
        """Give rain and the standard deviation of its error, see :class:`xiangtian.radar.adjust.pairs.Adjustment`."""
        known = np.isfinite(radar)
        seen = np.asarray(radar, np.float64)[known]
        places = np.stack([np.asarray(east, np.float64)[known], np.asarray(north, np.float64)[known]])
        root, variance = self.fitted.at(places, _terms(seen, self.by_radar))
        root = np.maximum(root, 0)
        amount, error = np.full((2, len(known)), np.nan)
        amount[known] = root**2 + np.where(seen > 0, variance, 0)
        error[known] = np.sqrt(4 * root**2 * variance + 2 * variance**2)
        return amount, error


def fit(pairs: Pairs, before: Bias | None = None) -> Adjustment:
    """Fit drift and structure.

    Parameters
    ----------
    pairs : Pairs
        Gauges and the radar above them.
    before : Bias or None
        As of :func:`xiangtian.radar.adjust.mean_field.fit`; the kriging itself has no memory.

    Returns
    -------
    Adjustment
        Kriging, or the mean field bias where fewer than `LEAST_GAUGES` pairs are usable or the places of the gauges
        can't be told apart.

    Raises
    ------
    ValueError
        If there are more than `MOST_GAUGES` usable gauges.
    """
    mean = mean_field.fit(pairs, before)
    used = pairs.usable
    if used.sum() < LEAST_GAUGES:
        return mean
    if used.sum() > MOST_GAUGES:
        raise ValueError(f"{used.sum()} gauges; at most {MOST_GAUGES} are solved at once: cut the field into parts")
    chosen = _fit(pairs, used, mean.bias)
    for _ in range(ROUNDS):
        doubted = _contradicted(chosen.fitted) if chosen else np.zeros(0, np.bool_)
        if not doubted.any():
            break
        used = used.copy()
        used[np.flatnonzero(used)[doubted]] = False
        chosen = _fit(pairs, used, mean.bias)
    return chosen or mean


def _terms(radar: Column, by_radar: bool) -> Matrix:
    """Give the (terms, places) of the drift."""
    flat = np.ones((1, len(radar)))
    return np.concatenate([flat, np.sqrt(radar)[None]]) if by_radar else flat


def _fit(pairs: Pairs, used: BoolColumn, bias: Bias) -> ExternalDrift | None:
    """Fit with the radar as drift, and without it where more radar would mean less rain."""
    for by_radar in (True, False):
        fitted = _likeliest(pairs.only(used), by_radar)
        if fitted is not None and (not by_radar or fitted.drift[1] > 0):
            return ExternalDrift(used, bias, fitted, by_radar)
    return None


def _likeliest(pairs: Pairs, by_radar: bool) -> Kriging | None:
    places, values, terms = np.stack([pairs.east, pairs.north]), np.sqrt(pairs.gauge), _terms(pairs.radar, by_radar)
    tried = (kriging.fit(places, values, terms, Structure(far, noise)) for far in RANGES_KM for noise in NOISES)
    return min((one for one in tried if one is not None), key=lambda one: one.likelihood, default=None)


def _contradicted(fitted: Kriging) -> BoolColumn:
    departure, variance = kriging.left_out(fitted)
    return np.asarray(np.abs(departure) > CONTRADICTED * np.sqrt(variance))
