"""GCJ-02, the shifted coordinates of Chinese public maps, to and from WGS-84.

The shift is some 100 to 700 m inside China; it has no official publication. The formula here is the one that
public map tools share; its inverse is found by iteration.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]
Positions = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

AXIS_M = 6378245.0
"""Semi-major axis of the Krassovsky 1940 ellipsoid, m, on which the shift is defined."""
ECCENTRICITY_SQUARED = 0.00669342162296594323
"""Squared first eccentricity that the public formula uses."""
ROUNDS = 4
"""Iterations of the inverse; the rest is then far below a millimetre (the shift changes by 1e-4 per unit)."""


def _ripple(x: FloatArray) -> npt.NDArray[np.float64]:
    return np.asarray(20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x), float)


def _northing_m(x: FloatArray, y: FloatArray) -> npt.NDArray[np.float64]:
    swell = 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)
    tide = 160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)
    plane = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    return np.asarray(plane + (_ripple(x) + swell + tide) * 2.0 / 3.0, float)


def _easting_m(x: FloatArray, y: FloatArray) -> npt.NDArray[np.float64]:
    swell = 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)
    tide = 150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)
    plane = 300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    return np.asarray(plane + (_ripple(x) + swell + tide) * 2.0 / 3.0, float)


def from_wgs84(lon: FloatArray, lat: FloatArray) -> Positions:
    """Shift WGS-84 positions to GCJ-02.

    Parameters
    ----------
    lon : FloatArray
        Longitudes, degrees WGS-84, inside mainland China (elsewhere the maps are not shifted).
    lat : FloatArray
        Latitudes, of the same shape.

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees GCJ-02.

    References
    ----------
    The de-facto public formula (eviltransform and others); no standard is published.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = lon - 105.0, lat - 35.0
    phi = np.radians(lat)
    sag = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / sag**1.5
    parallel_m = AXIS_M / np.sqrt(sag) * np.cos(phi)
    shifted_lon = lon + np.degrees(_easting_m(x, y) / parallel_m)
    shifted_lat = lat + np.degrees(_northing_m(x, y) / meridian_m)
    return np.asarray(shifted_lon, np.float64), np.asarray(shifted_lat, np.float64)


def to_wgs84(lon: FloatArray, lat: FloatArray) -> Positions:
    """Undo the shift of GCJ-02 positions.

    Parameters
    ----------
    lon : FloatArray
        Longitudes, degrees GCJ-02, inside mainland China.
    lat : FloatArray
        Latitudes, of the same shape.

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees WGS-84; `from_wgs84` gives the input again to better than 1 mm.
    """
    found_lon, found_lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    for _ in range(ROUNDS):
        again_lon, again_lat = from_wgs84(found_lon, found_lat)
        found_lon, found_lat = found_lon - (again_lon - lon), found_lat - (again_lat - lat)
    return found_lon, found_lat
