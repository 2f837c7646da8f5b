"""The best mean of two forecasts at each scale, from how right each is and how alike they are.

With both fields and the truth scaled to the same variance, the weights of least mean squared error are C^-1 r, C the
correlations among the forecasts and r those with the truth (Bowler, Pierce and Seed 2006, QJRMS 132, 2127-2155,
section 2.4, from explained variances; with the correlation between the forecasts as in Seed, Pierce and Norman 2013,
Water Resour. Res. 49, 6624-6641).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.float64]
_ALIKE = 0.98
"""Forecasts more alike than this are not told apart."""


def best(nowcast: Levels, model: Levels, alike: Levels) -> tuple[Levels, Levels]:
    """Give both weights at each level.

    Parameters
    ----------
    nowcast, model : Levels
        (levels,) correlation of each with the truth.
    alike : Levels
        (levels,) correlation between them.

    Returns
    -------
    tuple of Levels
        (levels,) weights of the nowcast and of the model, 0 or more. One that would be negative is 0, and the other
        then its own correlation.
    """
    both, other = np.clip(alike, 0, _ALIKE), np.clip(model, 0, 1)
    right = agreed(np.clip(nowcast, 0, 1), other, both)
    shared = 1 - both**2
    one, two = (right - both * other) / shared, (other - both * right) / shared
    return np.where(one < 0, 0, np.where(two < 0, right, one)), np.where(two < 0, 0, np.where(one < 0, other, two))


def agreed(nowcast: Levels, model: Levels, alike: Levels) -> Levels:
    """Give the nowcast's skill as far as it agrees with how much it is like a model of known skill.

    Three correlations are possible together only where their matrix has no negative eigenvalue: the nowcast's lies
    within sqrt((1 - model^2) (1 - alike^2)) of model * alike. The nowcast's skill is extrapolated from its last hour
    and the model's is measured, so where both can't be, the nowcast's gives way: rain that has parted from what a good
    model says has parted from the truth. It is taken as far below the bound as it was above, down to the middle.

    >>> agreed(np.array([0.9, 0.5]), np.array([1.0, 0.0]), np.array([0.25, 0.25])).tolist()
    [0.25, 0.5]
    """
    middle = model * alike
    highest = middle + np.sqrt((1 - model**2) * (1 - alike**2))
    return np.where(nowcast > highest, np.maximum(middle, 2 * highest - nowcast), nowcast)


def settled(now: Levels, usual: Levels | None, lead_min: float, settles_min: float) -> Levels:
    """Give the skill of the model after a lead: what it has now, on its way to what it usually has.

    Parameters
    ----------
    now : Levels
        (levels,) measured skill.
    usual : Levels or None
        (levels,) of a long verification of the model; None where there is none: the measured skill stays.
    lead_min, settles_min : float
        Minutes ahead, and minutes after which 1/e of the difference is left.

    Returns
    -------
    Levels
        (levels,).
    """
    if usual is None:
        return now
    left = math.exp(-lead_min / settles_min)
    return np.asarray(left * now + (1 - left) * usual, np.float64)
