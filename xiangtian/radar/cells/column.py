"""What a storm's height tells, from the highest reflectivity of a cell at each level: its top, its water, its hail.

These are values of the cell as a whole, as the WSR-88D's cell table has them: the core may lean, and its levels count
together though they don't stand above one another. The products of :mod:`xiangtian.radar.products` are of single
columns; a leaning storm's are lower.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.radar.column import DRY_DBZ

FloatArray = npt.NDArray[np.float64]
VIL_CAP_DBZ = 56.0
"""Reflectivity is cut to it for liquid water, against hail (as on the WSR-88D)."""
STEP_M = 50.0
"""Profiles are read in steps of about this height."""


def top(profile: FloatArray, heights_m: FloatArray, dbz: float) -> FloatArray:
    """Give the height to which a reflectivity reaches.

    Interpolated between the highest level that has it and the next one above (Lakshmanan et al. 2013, Wea. Forecasting
    28, 481-488, eq. 2); where no level above was seen, the highest that has it, which is then a lower bound.

    Parameters
    ----------
    profile : FloatArray
        (levels, n) highest reflectivity, dBZ, NaN where a level was not seen.
    heights_m : FloatArray
        (levels,) m, rising.
    dbz : float
        The reflectivity asked for.

    Returns
    -------
    FloatArray
        (n,) m in the frame of `heights_m`; NaN where no level has it or nothing was seen.

    Raises
    ------
    ValueError
        If profile and heights don't fit, or heights don't rise.
    """
    heights = _checked(profile, heights_m)
    out = np.full(profile.shape[1], np.nan)
    for k, values in enumerate(profile.T):
        known = np.flatnonzero(np.isfinite(values))
        has = known[values[known] >= dbz]
        if not has.size:
            continue
        below = has[-1]
        out[k] = heights[below]
        above = known[known > below]
        if above.size:
            low, high = values[below], max(values[above[0]], DRY_DBZ)
            out[k] += (heights[above[0]] - heights[below]) * (low - dbz) / (low - high)
    return out


def liquid(profile: FloatArray, heights_m: FloatArray) -> FloatArray:
    """Give the liquid water of a cell's column, kg m-2.

    The sum of 3.44e-6 ((Z1 + Z2) / 2)^(4/7) dh between levels that were seen, Z in mm6 m-3 (Greene and Clark 1972,
    Mon. Wea. Rev. 100, 548-552), with the highest value of the cell at each level (Johnson et al. 1998, Wea.
    Forecasting 13, 263-276: cell-based VIL). Nothing is added below the lowest level.

    Parameters
    ----------
    profile : FloatArray
        (levels, n) highest reflectivity, dBZ, NaN where a level was not seen.
    heights_m : FloatArray
        (levels,) m, rising.

    Returns
    -------
    FloatArray
        (n,) kg m-2; NaN where fewer than two levels were seen.

    Raises
    ------
    ValueError
        If profile and heights don't fit, or heights don't rise.
    """
    heights = _checked(profile, heights_m)
    out = np.full(profile.shape[1], np.nan)
    power = 10 ** (np.minimum(profile, VIL_CAP_DBZ) / 10)
    for k, values in enumerate(power.T):
        known = np.isfinite(values)
        if known.sum() > 1:
            seen = values[known]
            out[k] = (3.44e-6 * ((seen[1:] + seen[:-1]) / 2) ** (4 / 7) * np.diff(heights[known])).sum()
    return out


def hail_index(profile: FloatArray, heights_m: FloatArray, freezing_m: float, minus20_m: float) -> FloatArray:
    """Give the severe hail index of a cell, J m-1 s-1.

    SHI = 0.1 times the integral from 0 degC to the top of W(T) W(Z) 5e-6 10^(0.084 Z) dh; W(Z) rises from 0 at 40 dBZ
    to 1 at 50, W(T) from 0 at the height of 0 degC to 1 at that of -20 degC (Witt et al. 1998, Wea. Forecasting 13,
    286-303, eqs. 1-5). Between levels reflectivity is linear in height.

    Parameters
    ----------
    profile : FloatArray
        (levels, n) highest reflectivity, dBZ, NaN where a level was not seen.
    heights_m : FloatArray
        (levels,) m, rising.
    freezing_m, minus20_m : float
        Heights of 0 and -20 degC, in the frame of `heights_m`.

    Returns
    -------
    FloatArray
        (n,) 0 or more; NaN where fewer than two levels were seen.

    Raises
    ------
    ValueError
        If -20 degC is not above 0 degC, profile and heights don't fit, or heights don't rise.
    """
    if not minus20_m > freezing_m:
        raise ValueError(f"0 degC at {freezing_m} m and -20 degC at {minus20_m} m: the second must be above the first")
    heights = _checked(profile, heights_m)
    out = np.full(profile.shape[1], np.nan)
    for k, values in enumerate(profile.T):
        known = np.isfinite(values)
        if known.sum() > 1:
            out[k] = 0.1 * _energy(heights[known], values[known], freezing_m, minus20_m)
    return out


def _energy(heights: FloatArray, values: FloatArray, freezing_m: float, minus20_m: float) -> float:
    bottom, summit = max(freezing_m, heights[0]), heights[-1]
    if summit <= bottom:
        return 0.0
    count = max(1, int(np.ceil((summit - bottom) / STEP_M)))
    step = (summit - bottom) / count
    at = bottom + step * (np.arange(count) + 0.5)
    dbz = np.interp(at, heights, values)
    flux = 5e-6 * 10 ** (0.084 * dbz) * np.clip((dbz - 40) / 10, 0, 1)
    cold = np.clip((at - freezing_m) / (minus20_m - freezing_m), 0, 1)
    return float((flux * cold).sum() * step)


def warning_index(freezing_m: float) -> float:
    """Give the index at which severe hail is as likely as not: 57.5 H0 - 121, H0 in km, 20 or more (Witt eq. 6).

    >>> warning_index(4000.0), warning_index(2000.0)
    (109.0, 20.0)
    """
    return max(57.5 * freezing_m / 1000 - 121, 20.0)


def _checked(profile: FloatArray, heights_m: FloatArray) -> FloatArray:
    heights = np.asarray(heights_m, float)
    if profile.ndim != 2 or heights.shape != profile.shape[:1] or not (np.diff(heights) > 0).all():
        raise ValueError(
            f"profiles of {profile.shape} at heights {heights.tolist()}; (levels, n) and as many rising ones are needed"
        )
    return heights
