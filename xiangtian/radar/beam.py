"""Where a beam runs: height, distance over ground and width, over an earth enlarged by a third.

All formulas hold for standard refraction (the gradient of refractivity is -1/4 of the earth's curvature): the ray is
straight above an earth of 4/3 of its radius (Doviak and Zrnic 1993, Doppler Radar and Weather Observations, 2nd ed.,
eq. 2.28b and 2.28c). Under ducting the true beam lies lower.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import EARTH_RADIUS_M

FloatArray = npt.NDArray[np.float64]
EFFECTIVE_RADIUS_M = EARTH_RADIUS_M * 4 / 3


def height(range_m: npt.ArrayLike, elevation: npt.ArrayLike, antenna_m: float) -> FloatArray:
    """Give the height of the middle of the beam.

    Parameters
    ----------
    range_m : ArrayLike
        Slant range, m.
    elevation : ArrayLike
        Degrees, of a shape that goes with the ranges.
    antenna_m : float
        Height of the antenna above the sea, m.

    Returns
    -------
    FloatArray
        Metres above the sea.

    References
    ----------
    Doviak and Zrnic 1993, eq. 2.28b, with the antenna's height added to the radius.

    >>> round(float(height(100_000.0, 0.5, 0.0)))
    1461
    """
    slant, radius = np.asarray(range_m, np.float64), EFFECTIVE_RADIUS_M + antenna_m
    rise = np.sin(np.radians(np.asarray(elevation, np.float64)))
    # the root minus the radius, written so that it doesn't cancel
    lift = slant * (slant + 2 * radius * rise)
    return np.asarray(lift / (np.sqrt(radius**2 + lift) + radius) + antenna_m)


def distance(range_m: npt.ArrayLike, elevation: npt.ArrayLike, antenna_m: float) -> FloatArray:
    """Give the distance over the ground (at sea level), m, of a place on the beam (Doviak and Zrnic 1993, eq. 2.28c).

    >>> round(float(distance(100_000.0, 0.5, 0.0)))
    99981
    """
    slant, angle = np.asarray(range_m, np.float64), np.radians(np.asarray(elevation, np.float64))
    above = EFFECTIVE_RADIUS_M + height(slant, elevation, antenna_m)
    return np.asarray(EFFECTIVE_RADIUS_M * np.arcsin(np.clip(slant * np.cos(angle) / above, -1, 1)))


def over(ground_m: npt.ArrayLike, elevation: npt.ArrayLike, antenna_m: float) -> tuple[FloatArray, FloatArray]:
    """Give slant range and height where the beam passes over a distance on the ground: the inverse of both above.

    Parameters
    ----------
    ground_m : ArrayLike
        Distance over the ground, m.
    elevation : ArrayLike
        Degrees, below 90.
    antenna_m : float
        Height of the antenna above the sea, m.

    Returns
    -------
    tuple of FloatArray
        Slant range, m, and height above the sea, m; NaN where the beam never passes over that place.

    References
    ----------
    The law of sines in the triangle of the earth's centre, the antenna and the place.
    """
    turn = np.asarray(ground_m, np.float64) / EFFECTIVE_RADIUS_M
    angle = np.radians(np.asarray(elevation, np.float64))
    radius = EFFECTIVE_RADIUS_M + antenna_m
    opening = np.cos(angle + turn)
    with np.errstate(divide="ignore", invalid="ignore"):
        slant = np.where(opening > 0, radius * np.sin(turn) / opening, np.nan)
    return slant, height(slant, elevation, antenna_m)


def width(range_m: npt.ArrayLike, beamwidth: float = 1.0) -> FloatArray:
    """Give the width of the beam between its half-power points, m, at a slant range; `beamwidth` in degrees.

    >>> round(float(width(100_000.0)))
    1745
    """
    return np.asarray(np.asarray(range_m, np.float64) * np.radians(beamwidth))
