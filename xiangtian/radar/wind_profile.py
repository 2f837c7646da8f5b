"""Wind profile above a radar: the harmonic of radial velocity around each ring (velocity-azimuth display, VAD)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from xiangtian.met.kernel import kernel
from xiangtian.radar import beam
from xiangtian.radar.polar.model import site, sweeps

FloatArray = npt.NDArray[np.float64]
_PARAMETERS = 5
"""Mean, first and second harmonic."""
_LAG = 10
"""Rays apart at which differences are taken for the first guess."""
_PASSES = 4
_WIDE = 2.5
"""Gates farther than this many standard deviations (and 1.5 m/s) from the harmonic are left out of the next pass."""


@dataclass(frozen=True)
class Limits:
    """Which rings are believed.

    Attributes
    ----------
    near_m, far_m : float
        Distance over the ground, m: clutter nearer, no uniform wind across the circle farther.
    share : float
        Least share of the rays of a ring that must be usable.
    gap : float
        Greatest gap in azimuth without a usable ray, degrees.
    rms : float
        Greatest root mean square of what the harmonics leave, m/s.
    step_m, top_m : float
        Of the heights of the profile, m above the sea.
    steepest : float
        Elevation above which a sweep isn't used, degrees: falling rain disturbs it.
    """

    near_m: float = 5_000.0
    far_m: float = 50_000.0
    share: float = 0.5
    gap: float = 60.0
    rms: float = 4.0
    step_m: float = 250.0
    top_m: float = 15_000.0
    steepest: float = 45.0


DEFAULT = Limits()


def wind_profile(volume: xr.DataTree, limits: Limits = DEFAULT) -> xr.Dataset:
    """Give the wind above a radar at heights, from all sweeps with radial velocity.

    Around a ring at one range VR = a0 + a1 sin(az) + b1 cos(az) + second harmonics; the wind is (a1, b1) over the
    cosine of the beam's angle to the ground there (Browning and Wexler 1968, J. Appl. Meteor. 7, 105-113). Velocities
    may be folded: the first guess comes from differences along the ring, folded themselves (Tabary, Scialom, Germann
    2001, J. Atmos. Oceanic Technol. 18, 875-882, who take the derivative), and velocities are then unfolded around it.
    Outliers are left out in passes. The rings of a layer are averaged with the weight count / rms^2.

    Parameters
    ----------
    volume : DataTree
        As :mod:`xiangtian.radar.polar.model` has it, with VRADH, m/s, positive away from the radar.
    limits : Limits
        Which rings are believed.

    Returns
    -------
    Dataset
        On `height` (m above the sea, middle of the layer): eastward_wind, northward_wind, wind_speed, m/s;
        wind_from_direction, degrees; rms of what the harmonics leave, m/s; spread of the rings, m/s; rings; gates
        used; share of the gates that were usable. NaN (counts 0) where no ring was believed. It stands for a circle
        of 5-50 km: in a cyclone's eye wall it is no local wind.
    """
    place = site(volume)
    found = [_rings(one, place.altitude, limits) for one in sweeps(volume) if "VRADH" in one]
    rings = np.concatenate([one for one in found if one.size] or [np.empty((0, 6))])
    edges = np.arange(0, limits.top_m + limits.step_m / 2, limits.step_m)
    layer = np.digitize(rings[:, 0], edges) - 1
    table = np.array([_layer(rings[layer == number]) for number in range(edges.size - 1)])
    return _dataset((edges[:-1] + edges[1:]) / 2, table, place.code, str(volume["time_coverage_start"].item()))


def _rings(sweep: xr.Dataset, antenna_m: float, limits: Limits) -> FloatArray:
    """Give (rings, 6): height, eastward, northward, rms, gates used, share usable, of the believed ones."""
    elevation = float(np.nanmedian(sweep.elevation.values))
    if elevation > limits.steepest:
        return np.empty((0, 6))
    middle = np.asarray(sweep.range.values, np.float64)
    ground = beam.distance(middle, elevation, antenna_m)
    near = (ground >= limits.near_m) & (ground <= limits.far_m)
    if not near.any() or sweep.sizes["azimuth"] <= 2 * _LAG:
        return np.empty((0, 6))
    azimuth = np.radians(np.asarray(sweep.azimuth.values, np.float64))
    velocity = np.ascontiguousarray(sweep["VRADH"].values[:, near].T, np.float64)
    nyquist = float(sweep.nyquist_velocity)
    fits = np.full((velocity.shape[0], 5), np.nan)
    # without a Nyquist velocity nothing may be unfolded: an interval beyond any wind leaves all as it is
    _fit(velocity, azimuth, 2 * nyquist if np.isfinite(nyquist) and nyquist > 0 else 1e6, fits)
    climb = np.cos(np.radians(elevation) + ground[near] / beam.EFFECTIVE_RADIUS_M)
    told = np.column_stack([beam.height(middle[near], elevation, antenna_m), fits[:, :2] / climb[:, None], fits[:, 2:]])
    share = told[:, 4] / azimuth.size
    good = (share >= limits.share) & (fits[:, 4] <= np.radians(limits.gap)) & (told[:, 3] <= limits.rms)
    told[:, 5] = share
    return np.asarray(told[good])


def _layer(rings: FloatArray) -> list[float]:
    """Give eastward, northward, rms, spread, rings, gates and share of a layer."""
    if not len(rings):
        return [np.nan, np.nan, np.nan, np.nan, 0, 0, np.nan]
    weight = rings[:, 4] / np.maximum(rings[:, 3], 0.1) ** 2
    mean = np.average(rings[:, 1:4], axis=0, weights=weight)
    spread = np.sqrt(np.average(((rings[:, 1:3] - mean[:2]) ** 2).sum(1), weights=weight))
    return [*mean, float(spread), len(rings), rings[:, 4].sum(), float(rings[:, 5].mean())]


def _dataset(height: FloatArray, table: FloatArray, code: str, start: str) -> xr.Dataset:
    east, north = table[:, 0], table[:, 1]
    from_direction = (270 - np.degrees(np.arctan2(north, east))) % 360
    about = {
        "eastward_wind": (east, "m s-1"),
        "northward_wind": (north, "m s-1"),
        "wind_speed": (np.hypot(east, north), "m s-1"),
        "wind_from_direction": (from_direction, "degrees"),
        "rms": (table[:, 2], "m s-1"),
        "spread": (table[:, 3], "m s-1"),
        "rings": (table[:, 4].astype(np.int32), "1"),
        "gates": (table[:, 5].astype(np.int32), "1"),
        "share": (table[:, 6], "1"),
    }
    fields = {name: ("height", values, {"units": unit}) for name, (values, unit) in about.items()}
    for name in list(fields)[:4]:
        fields[name][2]["standard_name"] = name
    place = {"height": ("height", height, {"units": "m", "positive": "up", "standard_name": "altitude"})}
    return xr.Dataset(fields, place, {"instrument_name": code, "time_coverage_start": start})


@kernel
def _fit(velocity: FloatArray, azimuth: FloatArray, interval: float, out: FloatArray) -> None:
    """Fill (rings, 5): a1, b1, rms, rays used, widest gap in radians; `interval` is twice the Nyquist velocity."""
    rays = azimuth.size
    terms = np.empty((rays, _PARAMETERS))
    for n in range(rays):
        terms[n, 0] = 1.0
        terms[n, 1], terms[n, 2] = np.sin(azimuth[n]), np.cos(azimuth[n])
        terms[n, 3], terms[n, 4] = np.sin(2 * azimuth[n]), np.cos(2 * azimuth[n])
    for g in range(velocity.shape[0]):
        told = np.zeros(_PARAMETERS)
        if _guess(velocity[g], terms, interval, told):
            _refine(velocity[g], azimuth, terms, interval, told, out[g])


@kernel
def _guess(ring: FloatArray, terms: FloatArray, interval: float, told: FloatArray) -> bool:
    """Find a1 and b1 from differences between rays, folded into half an interval either way."""
    rays = ring.size
    ss, sc, cc, sv, cv = 0.0, 0.0, 0.0, 0.0, 0.0
    for n in range(rays):
        m = (n + _LAG) % rays
        step = ring[m] - ring[n]
        if step == step:
            step -= interval * np.round(step / interval)
            s, c = terms[m, 1] - terms[n, 1], terms[m, 2] - terms[n, 2]
            ss, sc, cc = ss + s * s, sc + s * c, cc + c * c
            sv, cv = sv + s * step, cv + c * step
    det = ss * cc - sc * sc
    if det <= 1e-9 * max(ss * cc, 1e-12):
        return False
    told[1], told[2] = (sv * cc - cv * sc) / det, (cv * ss - sv * sc) / det
    return True


@kernel
def _refine(
    ring: FloatArray, azimuth: FloatArray, terms: FloatArray, interval: float, told: FloatArray, out: FloatArray
) -> None:
    """Fit the harmonics in passes, each to the velocities unfolded around the last and near it."""
    matrix, right = np.empty((_PARAMETERS, _PARAMETERS)), np.empty(_PARAMETERS)
    kept = np.zeros(ring.size, np.bool_)
    wide = interval
    for turn in range(_PASSES):
        used, squares = _sums(ring, terms, interval, told, wide, matrix, right, kept)
        if used < 2 * _PARAMETERS:
            return
        rms = np.sqrt(squares / used)
        if turn > 0:
            wide = max(_WIDE * rms, 1.5)
        if turn == _PASSES - 1:
            out[0], out[1], out[2], out[3], out[4] = told[1], told[2], rms, used, _gap(azimuth, kept)
        elif not _solve(matrix, right, told):
            return


@kernel
def _sums(
    ring: FloatArray,
    terms: FloatArray,
    interval: float,
    told: FloatArray,
    wide: float,
    matrix: FloatArray,
    right: FloatArray,
    kept: npt.NDArray[np.bool_],
) -> tuple[int, float]:
    """Fill the normal equations of the rays within `wide` of the model; give their number and their squares."""
    matrix[:], right[:], kept[:] = 0.0, 0.0, False
    used, squares = 0, 0.0
    for n in range(ring.size):
        model = 0.0
        for p in range(_PARAMETERS):
            model += told[p] * terms[n, p]
        value = ring[n] + interval * np.round((model - ring[n]) / interval)
        if abs(value - model) <= wide:  # false for NaN
            used, squares, kept[n] = used + 1, squares + (value - model) ** 2, True
            for p in range(_PARAMETERS):
                right[p] += terms[n, p] * value
                for q in range(_PARAMETERS):
                    matrix[p, q] += terms[n, p] * terms[n, q]
    return used, squares


@kernel
def _gap(azimuth: FloatArray, kept: npt.NDArray[np.bool_]) -> float:
    """Give the widest gap between rays that were kept, radians; azimuths rise."""
    rays = np.flatnonzero(kept)
    widest = azimuth[rays[0]] + 2 * np.pi - azimuth[rays[-1]]
    for n in range(1, rays.size):
        widest = max(widest, azimuth[rays[n]] - azimuth[rays[n - 1]])
    return float(widest)


@kernel
def _solve(matrix: FloatArray, right: FloatArray, out: FloatArray) -> bool:
    """Solve a symmetric positive system by Cholesky's way; tell whether it could be."""
    size = right.size
    lower = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            if i == j:
                if rest <= 1e-9 * matrix[i, i]:
                    return False
                lower[i, i] = np.sqrt(rest)
            else:
                lower[i, j] = rest / lower[j, j]
    for i in range(size):
        rest = right[i]
        for k in range(i):
            rest -= lower[i, k] * out[k]
        out[i] = rest / lower[i, i]
    for i in range(size - 1, -1, -1):
        rest = out[i]
        for k in range(i + 1, size):
            rest -= lower[k, i] * out[k]
        out[i] = rest / lower[i, i]
    return True
