"""The blend of a nowcast and a numerical forecast for all leads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.blend import skill, weights
from xiangtian.nowcast.blend.skill import DRY_DB, WET_MM_H, Keeping, Levels
from xiangtian.nowcast.motion import Motion
from xiangtian.nowcast.steps.spectra import Scales, field_of, mixed
from xiangtian.nowcast.trajectory import displacements, moved

FloatField = npt.NDArray[np.float32]
THREADS = 2
SETTLES_MIN = 180.0
"""Minutes in which the model's skill of the moment gives way to its usual one."""
_STRETCH = 3.0
"""How much a level of the model may be strengthened at most to have the variance of the radar's."""


@dataclass(frozen=True)
class Trust:
    """What is known of both forecasts before they are blended.

    Attributes
    ----------
    keeping : Keeping
        Of the nowcast.
    model : Levels
        (levels,) correlation of the numerical forecast with the last frames.
    variance : Levels
        (levels,) of the last frame, dB squared.
    """

    keeping: Keeping
    model: Levels
    variance: Levels


@dataclass(frozen=True)
class Blended:
    """A blend.

    Attributes
    ----------
    rate : FloatField
        (leads, rows, columns) mm/h; NaN where neither forecast knows.
    nowcast_weight, model_weight : ndarray
        (leads, levels) what each weighed, the longest waves first.
    """

    rate: FloatField
    nowcast_weight: npt.NDArray[np.float64]
    model_weight: npt.NDArray[np.float64]


def trust(frames: Sequence[FloatField], moving: Motion, model: Sequence[FloatField]) -> Trust:
    """Measure both forecasts on the last frames.

    Parameters
    ----------
    frames : sequence of FloatField
        Radar frames, mm/h, the oldest first, 3 or more at equal steps; with an hour of them the decay at long leads
        is seen and not only guessed.
    moving : Motion
        Cells per step.
    model : sequence of FloatField
        The numerical forecast on the same grid for the moments of the last frames, the newest last; 1 or more.

    Returns
    -------
    Trust
        To blend with.

    Raises
    ------
    ValueError
        If there are fewer than three frames, no field of the model, or more of them than frames.
    """
    if len(frames) < 3 or not 1 <= len(model) <= len(frames):
        count = f"{len(frames)} frames and {len(model)} fields of the model"
        raise ValueError(f"{count}; needed: 3 or more frames, and 1 field or more but not more than frames")
    last, scale = frames[-1], skill.levels_of(frames[-1].shape)
    lags = _lags(len(frames) - 1)
    shifts = displacements(moving, lags[-1])
    earlier = [moved(frames[-1 - lag], shifts[lag - 1], moving.spacing) for lag in lags]
    right = [skill.correlation(*both, scale) for both in zip(frames[-len(model) :], model, strict=True)]
    own = skill.spectrum(skill.decibels(last) - DRY_DB, scale)
    variance = skill.covariance(own, own, scale)
    return Trust(skill.keeping(earlier, lags, last), np.mean(right, axis=0), variance)


def _lags(most: int) -> list[int]:
    """Give lags that grow by about a half, up to the oldest frame.

    >>> _lags(12)
    [1, 2, 3, 4, 6, 9, 12]
    """
    lags = [1, 2]
    while lags[-1] < most:
        lags.append(min(max(lags[-1] + 1, int(lags[-1] * 1.5)), most))
    return lags


def blend(
    nowcast: FloatField, model: FloatField, known: Trust, usual: Levels | None = None, step_min: float = 5.0
) -> Blended:
    """Blend lead by lead.

    Where only one of the two knows anything, it stands alone. After blending, the cells that both know keep their order
    but take amounts between those of the two forecasts, as the weights lie: a mean alone would rain too widely and too
    weakly.

    Parameters
    ----------
    nowcast, model : FloatField
        (leads, rows, columns) mm/h for the same moments, 1, 2, ... steps after the last frame, NaN where unknown.
    known : Trust
        From `trust`.
    usual : Levels or None
        (levels,) the skill that the model has usually, as of :func:`xiangtian.nowcast.blend.weights.settled`.
    step_min : float
        Minutes of a step.

    Returns
    -------
    Blended
        The rain and the weights.

    Raises
    ------
    ValueError
        If the two differ in shape.
    """
    if nowcast.shape != model.shape or nowcast.ndim != 3:
        raise ValueError(f"a nowcast of {nowcast.shape} and a model of {model.shape}; the same (leads, rows, columns)")
    scale = skill.levels_of((nowcast.shape[1], nowcast.shape[2]))
    rate = np.empty(nowcast.shape, np.float32)
    leads = range(len(nowcast))

    def one(lead: int) -> tuple[Levels, Levels]:
        right = known.keeping.after(lead + 1.0)
        other = weights.settled(known.model, usual, (lead + 1) * step_min, SETTLES_MIN)
        pair = weights.best(right, other, skill.correlation(nowcast[lead], model[lead], scale))
        rate[lead] = _mixed(nowcast[lead], model[lead], pair, known.variance, scale)
        return pair

    with ThreadPoolExecutor(THREADS) as pool:
        pairs = np.array(list(pool.map(one, leads)))
    return Blended(rate, pairs[:, 0], pairs[:, 1])


def _mixed(
    nowcast: FloatField, model: FloatField, pair: tuple[Levels, Levels], variance: Levels, scale: Scales
) -> FloatField:
    first = np.where(np.isnan(nowcast), model, nowcast)
    second = np.where(np.isnan(model), nowcast, model)
    one, other = (skill.spectrum(skill.decibels(field) - DRY_DB, scale) for field in (first, second))
    stretch = np.minimum(np.sqrt(variance / np.maximum(skill.covariance(other, other, scale), 1e-12)), _STRETCH)
    of_one, of_other = ((weight @ scale.share).astype(np.float32) for weight in (pair[0], pair[1] * stretch))
    mixed(one, other, of_one, of_other, scale.ring, one)
    order = field_of(one, scale.shape)[: first.shape[0], : first.shape[1]]
    both = np.isfinite(nowcast) & np.isfinite(model)
    first[both] = matched(order[both], nowcast[both], model[both], _share(pair, variance))
    return first


def _share(pair: tuple[Levels, Levels], variance: Levels) -> float:
    """Give the nowcast's share of what is known, 0 to 1."""
    one, other = (float(part @ variance) for part in pair)
    return one / (one + other) if one + other > 0 else 0.5


def matched(order: FloatField, first: FloatField, second: FloatField, share: float) -> FloatField:
    """Give cells the amounts of two forecasts (probability matching, Ebert 2001, MWR 129, 2461-2480).

    Parameters
    ----------
    order : FloatField
        (cells,) where it rains most.
    first, second : FloatField
        (cells,) mm/h of the same cells, without missing values.
    share : float
        Of the first, 0 to 1; the amounts of the same rank are averaged.

    Returns
    -------
    FloatField
        (cells,) mm/h, 0 where it is drier than `WET_MM_H`.
    """
    amounts = np.float32(share) * -np.sort(-first) + np.float32(1 - share) * -np.sort(-second)
    wet = int(np.count_nonzero(amounts >= WET_MM_H))
    out = np.zeros(order.size, np.float32)
    if wet:
        chosen = np.argpartition(-order, wet - 1)[:wet]
        out[chosen[np.argsort(-order[chosen], kind="stable")]] = amounts[:wet]
    return out
