"""Kriging at many places at once: the loops that take nearly all the time of an adjustment.

Single precision, and several places side by side in each step, so that the processor's vector units are full.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel

Matrix = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]
LANES = 32
"""Places solved together, so that the processor works on several at once."""
LEAST_SHARE = np.float32(1e-9)
"""Correlations below it are none."""


@kernel
def estimate(
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
    """Fill `out` with estimates and the variances of their errors.

    Parameters
    ----------
    gauges : Single
        (2, gauges) km.
    range_km : float32
        Of the exponential correlation.
    lower, weights, drift, whitened, within : Single or Matrix
        Of the fit, see :class:`xiangtian.radar.adjust.kriging.Kriging`.
    places : Single
        (2, places) km.
    terms : Single
        (terms, places) of the drift.
    out : Matrix
        (2, places): [0] the estimate, [1] the variance of its error over that of the departures.
    """
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
