"""Volumes that a radar would see of an invented atmosphere: truth to test against, and weather for exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import xarray as xr

from xiangtian.radar import beam
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, Site, sweep, volume

FloatArray = npt.NDArray[np.float64]
Reflectivity = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""Longitude, latitude, height above the sea (m) to dBZ; all of one shape."""
Wind = Callable[[FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray, FloatArray]]
"""The same places to the wind eastward, northward and upward, m/s."""
_EARTH = pyproj.Geod(ellps="WGS84")
_ACROSS = np.array([-0.5, -0.25, 0.0, 0.25, 0.5])
"""Places across the beam where the atmosphere is sampled, in beam widths."""
_GAIN = np.exp(-8 * np.log(2) * _ACROSS**2) / np.exp(-8 * np.log(2) * _ACROSS**2).sum()
"""Two-way gain there of a beam that is a Gaussian (Doviak and Zrnic 1993, eq. 5.48b)."""


@dataclass(frozen=True)
class Scan:
    """How a radar scans.

    Attributes
    ----------
    elevations : tuple of float
        Degrees, rising.
    rays, gates : int
        Of each sweep.
    gate_m : float
        Length of a gate, m.
    beamwidth : float
        Degrees; 0 for a ray without width.
    nyquist : float
        Unambiguous velocity, m/s; NaN: nothing is folded.
    faintest_dbz : float
        Weakest echo found at 100 km; it grows with the square of range.
    ray_s : float
        Time from ray to ray, s.
    """

    elevations: tuple[float, ...] = (0.5, 1.45, 2.4, 3.35, 4.3, 6.0, 9.9, 14.6, 19.5)
    rays: int = 360
    gates: int = 230
    gate_m: float = 1000.0
    beamwidth: float = 1.0
    nyquist: float = float("nan")
    faintest_dbz: float = -2.0
    ray_s: float = 0.1


VCP21 = Scan()
"""The scan of the WSR-88D and CINRAD/SA for rain: nine elevations in six minutes."""


def seen(
    place: Site,
    reflectivity: Reflectivity,
    start: np.datetime64,
    scan: Scan = VCP21,
    wind: Wind | None = None,
) -> xr.DataTree:
    """Give the volume that a radar sees of an atmosphere that doesn't change while it scans.

    Parameters
    ----------
    place : Site
        Where the radar stands.
    reflectivity : Reflectivity
        The truth; -inf or NaN where there is nothing.
    start : datetime64
        UTC, of the first ray.
    scan : Scan
        Its elevations, gates and sensitivity.
    wind : Wind, optional
        With it the volume has VRADH, where there is echo, folded at the Nyquist velocity.

    Returns
    -------
    DataTree
        DBZH is the mean power across the beam in the vertical, weighted by the gain; gates below the weakest echo
        are BELOW_THRESHOLD. No noise, no clutter, no attenuation.
    """
    leaves = []
    for number, elevation in enumerate(scan.elevations):
        first = start + np.timedelta64(round(1000 * number * scan.rays * scan.ray_s), "ms")
        leaves.append(_sweep(number, elevation, place, reflectivity, first, scan, wind))
    return volume(leaves, place, {"source": "synthetic"})


def _sweep(
    number: int,
    elevation: float,
    place: Site,
    reflectivity: Reflectivity,
    start: np.datetime64,
    scan: Scan,
    wind: Wind | None,
) -> xr.Dataset:
    azimuth = np.asarray((np.arange(scan.rays) + 0.5) * (360 / scan.rays), np.float64)
    middle = np.asarray((np.arange(scan.gates) + 0.5) * scan.gate_m, np.float64)
    power = np.zeros((scan.rays, scan.gates))
    for off, gain in zip(_ACROSS, _GAIN, strict=True):
        lon, lat, height = _places(place, azimuth, middle, elevation + off * scan.beamwidth)
        dbz = np.nan_to_num(reflectivity(lon, lat, height), nan=-np.inf, neginf=-np.inf)
        power += gain * 10 ** (dbz / 10)
    with np.errstate(divide="ignore"):
        dbz = 10 * np.log10(power)
    found = dbz >= scan.faintest_dbz + 20 * np.log10(middle / 100_000)
    moments = {"DBZH": np.where(found, dbz, np.nan).astype(np.float32)}
    gates = {"gate": np.where(found, MEASURED, BELOW_THRESHOLD).astype(np.uint8)}
    if wind is not None:
        radial = _radial(wind, place, azimuth, middle, elevation)
        moments["VRADH"] = np.where(found, folded(radial, scan.nyquist), np.nan).astype(np.float32)
        gates["gate_velocity"] = gates["gate"]
    time = start + (np.arange(scan.rays) * scan.ray_s * 1000).astype("timedelta64[ms]")
    return sweep(number, elevation, moments, azimuth, elevation, middle, time, scan.nyquist, gates)


def _places(
    place: Site, azimuth: FloatArray, middle: FloatArray, elevation: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give longitude, latitude and height, each (rays, gates), of a sweep's gates."""
    ground = beam.distance(middle, elevation, place.altitude)
    height = beam.height(middle, elevation, place.altitude)
    turn, far = (field.ravel() for field in np.meshgrid(azimuth, ground, indexing="ij"))
    lon, lat, _ = _EARTH.fwd(np.full(turn.size, place.longitude), np.full(turn.size, place.latitude), turn, far)
    shape = azimuth.size, middle.size
    return lon.reshape(shape), lat.reshape(shape), np.broadcast_to(height, shape)


def _radial(wind: Wind, place: Site, azimuth: FloatArray, middle: FloatArray, elevation: float) -> FloatArray:
    """Give the wind along the beam, whose angle to the ground grows with distance."""
    east, north, up = wind(*_places(place, azimuth, middle, elevation))
    climb = np.radians(elevation) + beam.distance(middle, elevation, place.altitude) / beam.EFFECTIVE_RADIUS_M
    turn = np.radians(azimuth)[:, None]
    return np.asarray((east * np.sin(turn) + north * np.cos(turn)) * np.cos(climb) + up * np.sin(climb))


def folded(velocity: npt.ArrayLike, nyquist: float) -> FloatArray:
    """Give velocities as a radar measures them, folded into -nyquist to +nyquist; NaN: as they are.

    >>> [float(value) for value in folded([10.0, 30.0, -70.0], 25.0)]
    [10.0, -20.0, -20.0]
    """
    true = np.asarray(velocity, np.float64)
    if not np.isfinite(nyquist):
        return true
    return np.asarray((true + nyquist) % (2 * nyquist) - nyquist)
