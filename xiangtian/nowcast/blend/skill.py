"""Skill at each scale: how long rain keeps its shape along its motion, and how right another field is.

Fields are taken as decibels of rain and split into levels of wavelength (Seed 2003, J. Appl. Meteor. 42, 381-388);
at each level skill is a correlation (Bowler, Pierce and Seed 2006, QJRMS 132, 2127-2155).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.steps.spectra import Scales, Spectrum, by_ring, good_shape, scales, transformed

FloatField = npt.NDArray[np.float32]
Levels = npt.NDArray[np.float64]

WET_MM_H = np.float32(0.1)
DRY_DB = np.float32(-15.0)
"""What a dry cell counts as; 0.1 mm/h is -10 dB."""
LEVELS = 8
_LEAST, _MOST = 0.005, 0.9995
_BENDS = (0.5, 1.5)
"""Bounds of the exponent: 1 is an exponential."""


@dataclass(frozen=True)
class Keeping:
    """How long each level keeps: correlation exp(-(steps / `time`)**`bend`).

    Attributes
    ----------
    time : Levels
        (levels,) steps after which the correlation is 1/e.
    bend : Levels
        (levels,) exponent.
    """

    time: Levels
    bend: Levels

    def after(self, steps: float) -> Levels:
        """Give (levels,) correlations after so many steps."""
        return np.asarray(np.exp(-((steps / self.time) ** self.bend)), np.float64)


def decibels(rate: FloatField) -> FloatField:
    """Give 10 lg of mm/h; dry and unknown cells are `DRY_DB`."""
    wet = rate >= WET_MM_H  # false for NaN
    return np.where(wet, 10 * np.log10(np.where(wet, rate, np.float32(1))), DRY_DB).astype(np.float32)


def levels_of(shape: tuple[int, int]) -> Scales:
    """Give the levels of fields of a shape, on a domain padded to lengths that transform fast."""
    return scales(good_shape(shape, 8), LEVELS)


def spectrum(departure: FloatField, scale: Scales) -> Spectrum:
    """Transform a field of departures, dB, padded with 0."""
    rows, columns = (big - small for big, small in zip(scale.shape, departure.shape, strict=True))
    return transformed(np.pad(departure, ((0, rows), (0, columns))))


def covariance(first: Spectrum, second: Spectrum, scale: Scales) -> Levels:
    """Give (levels,) covariances of two fields, dB squared."""
    return np.asarray(scale.share @ by_ring(first, second, scale), np.float64)


def correlation(first: FloatField, second: FloatField, scale: Scales) -> Levels:
    """Give (levels,) correlations of two fields of rain over the cells that both know.

    Parameters
    ----------
    first, second : FloatField
        (rows, columns) mm/h, NaN where unknown.
    scale : Scales
        From `levels_of` their shape.

    Returns
    -------
    Levels
        (levels,); 0 where a level of either has no variance.
    """
    known = np.isfinite(first) & np.isfinite(second)
    one, other = (spectrum(_departure(field, known), scale) for field in (first, second))
    own = covariance(one, one, scale) * covariance(other, other, scale)
    found = covariance(one, other, scale)
    return np.where(own > 1e-12, found / np.sqrt(np.maximum(own, 1e-12)), 0.0)


def _departure(rate: FloatField, known: npt.NDArray[np.bool_]) -> FloatField:
    """Give decibels less their mean; 0 where unknown, so that the shape of what is known has no part in skill."""
    level = decibels(rate)
    mean = level[known].mean() if known.any() else DRY_DB
    return np.where(known, level - mean, np.float32(0))


def keeping(frames: Sequence[FloatField], steps: Sequence[float], last: FloatField) -> Keeping:
    """Fit how long each level keeps, from earlier frames moved on to the moment of the last.

    Parameters
    ----------
    frames : sequence of FloatField
        Earlier frames, each extrapolated to the moment of `last`, mm/h; 2 or more.
    steps : sequence of float
        How many steps each was extrapolated, above 0 and not all the same.
    last : FloatField
        (rows, columns) mm/h.

    Returns
    -------
    Keeping
        Fitted by least squares to the logarithm of minus the logarithm of the correlations.

    Raises
    ------
    ValueError
        If there are fewer than two different steps.
    """
    if len(set(steps)) < 2 or min(steps) <= 0:
        raise ValueError(f"frames extrapolated by {list(steps)} steps; two or more different ones above 0 are needed")
    scale = levels_of(last.shape)
    seen = np.array([correlation(frame, last, scale) for frame in frames])
    lost = np.log(-np.log(np.clip(seen, _LEAST, _MOST)))
    along = np.log(np.asarray(steps, float))
    centred = along - along.mean()
    bend = np.clip(centred @ lost / (centred @ centred), *_BENDS)
    start = lost.mean(axis=0) - bend * along.mean()
    return Keeping(np.exp(-start / bend), bend)
