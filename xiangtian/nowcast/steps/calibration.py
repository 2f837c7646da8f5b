"""The spread put right by the last hour: what the method would have said then, beside what came."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.motion import Motion
from xiangtian.nowcast.steps import member, noise, prepared
from xiangtian.nowcast.steps.settings import Settings

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
HINDCASTS = 3
"""Forecasts of the past that are made at most."""
UNSEEN = 3
"""The last frames, from which the motion was found: they are not forecast, for that would be too easy."""
_SEED = 0
_LARGEST = 1.6


def factors(
    frames: FloatField, motion: Motion, leads: int, cell_km: float, step_min: float, settings: Settings, threads: int
) -> FloatArray:
    """Say how much larger or smaller than found the errors should be made.

    From each of a few past frames the next one is forecast by some members. Where the error of their mean was larger
    than their spread, the spread of the first lead grows, and shrinks where it was smaller; the further leads follow
    the less, the later they are, for what is wrong with the first step soon drowns in what comes after.

    Parameters
    ----------
    frames : FloatField
        (k, rows, columns) rain rate, mm/h, the oldest first, NaN where unknown. Below 7 frames nothing is corrected.
    motion : Motion
        Of the last frames.
    leads : int
        Steps ahead.
    cell_km, step_min : float
        Size of a cell, time between frames.
    settings : Settings
        `trials` members of each forecast of the past; `trust` is the weight of one beside no correction.
    threads : int
        Forecasts of the past made at the same time.

    Returns
    -------
    FloatArray
        (leads,) on the size of errors, those of the settings included.
    """
    usual = prepared.spread_factors(settings, leads)
    last = len(frames) - UNSEEN - 1
    origins = range(last, max(last - HINDCASTS, prepared.MEMORY - 2), -1) if settings.trials else range(0)

    def told(origin: int) -> tuple[float, float]:
        past = frames[origin + 1 - prepared.MEMORY : origin + 1]
        return _told(past, frames[origin + 1], motion, cell_km, step_min, settings)

    with ThreadPoolExecutor(threads) as pool:
        both = np.array(list(pool.map(told, origins))).reshape(-1, 2)
    error, spread = both.sum(0)
    if not (error > 0 and spread > 0):
        return usual
    ratio = (error / spread) ** (0.5 * len(both) / (len(both) + settings.trust))
    first = min(max(ratio, 1 / _LARGEST), _LARGEST)
    return np.asarray(usual * first ** (1.0 / np.arange(1, leads + 1)), np.float64)


def _told(
    past: FloatField, seen: FloatField, motion: Motion, cell_km: float, step_min: float, settings: Settings
) -> tuple[float, float]:
    """Give the sums of the squared error of the members' mean and of their variance, one step ahead."""
    state = prepared.prepare(
        past, motion, 1, cell_km, step_min, prepared.spread_factors(settings, 1), settings, threads=1
    )
    film = noise.film(state.texture, state.memory, 1, _SEED)
    made = np.empty((settings.trials, 1, *seen.shape), np.float32)
    for number in range(settings.trials):
        member.made(state, film, _SEED, number, made[number])
    error, spread = _sums(made[:, 0], np.ascontiguousarray(seen))
    return float(error), float(spread)


@kernel
def _sums(members: FloatField, seen: FloatField) -> tuple[float, float]:
    """Add up over the known cells; the variance is the mean square from the mean, for members come in opposite pairs.

    Pairs make the error of the mean that of an endless ensemble, and the plain mean square its variance.
    """
    count = members.shape[0]
    error, spread = 0.0, 0.0
    for i in range(seen.shape[0]):
        for j in range(seen.shape[1]):
            total, square = 0.0, 0.0
            for m in range(count):
                total += members[m, i, j]
                square += members[m, i, j] * members[m, i, j]
            mean = total / count
            off = (mean - seen[i, j]) ** 2
            if off == off:
                error += off
                spread += max(square / count - mean * mean, 0.0)
    return error, spread
