"""Bright band: the layer of melting snow, and how reflectivity changes with height.

The vertical profile of reflectivity is taken from the volume itself, near the radar: the mean difference from the
lowest beam in the same column, by height (Joss and Lee 1995, JAM 34, 2612-2630; Vignal, Andrieu and Creutin 1999, JAM
38, 1214-1228). The melting layer is its peak (Zhang, Langston and Howard 2008, JTECH 25, 1859-1872) or, with two
polarisations, the dip of RHOHV (Brandes and Ikeda 2004, JAM 43, 1541-1553).

The profile, seen through a beam that widens with range, becomes the field `to_ground`: what must be added to DBZH, dB,
for rain at the ground. DBZH itself is left, because echo tops, VIL and hail want reflectivity where it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.radar.qc.scan import UNJUDGED, Cut, Floats, Scan, Verdict, onto

STEP_M = 200.0
_LEVELS = 60
_FEWEST = 100
_IN_BAND = np.float32(0.6)


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    near_km, far_km : float
        Distances between which the profile is taken.
    dbz : tuple of float
        Rain of the lowest beam between these is steady rain, whose profile counts and which is corrected.
    rises_db : float
        By how much a bright band stands out from the rain below.
    falls_db : float
        By how much reflectivity falls within 1 km above it.
    highest_m : float
        A band's peak is not higher than this over the antenna: it never melts so high.
    rho_dip : float
        Mean RHOHV below which a dip is melting.
    most_db : float
        Bound of `to_ground` to either side.
    beam_degrees : float
        Width of the beam.
    """

    near_km: float = 15.0
    far_km: float = 80.0
    dbz: tuple[float, float] = (15.0, 45.0)
    rises_db: float = 1.5
    falls_db: float = 3.0
    highest_m: float = 6500.0
    rho_dip: float = 0.97
    most_db: float = 10.0
    beam_degrees: float = 1.0


@dataclass(frozen=True)
class Band:
    """A layer of melting snow, metres above the antenna."""

    bottom: float
    peak: float
    top: float


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Find the bright band and `to_ground`; see the family's contract in :mod:`xiangtian.radar.qc.steps`.

    A volume without enough steady rain near the radar is not judged.
    """
    low = min((cut for cut in scan.cuts if cut.holds("DBZH")), key=lambda cut: cut.angle, default=None)
    if low is None:
        return [UNJUDGED] * len(scan.cuts)
    profile = vertical(scan, low, "DBZH", settings)
    if np.isfinite(profile).sum() < 5:
        return [UNJUDGED] * len(scan.cuts)
    band = melting(vertical(scan, low, "RHOHV", settings), settings) or brightest(profile, settings)
    whole = filled(profile)
    return [_judge(cut, low, whole, band, settings) if cut.holds("DBZH") else UNJUDGED for cut in scan.cuts]


def vertical(scan: Scan, low: Cut, moment: str, settings: Settings) -> Floats:
    """Average a moment by height near the radar, over steady rain.

    Returns
    -------
    ndarray
        (levels,) every `STEP_M` from half a step: for DBZH the mean difference from the lowest beam of the column, dB,
        for RHOHV its mean; NaN where there is too little.
    """
    total, count = np.zeros(_LEVELS), np.zeros(_LEVELS)
    for cut in scan.cuts:
        if not cut.holds("DBZH", moment):
            continue
        distance = cut.ground_m / 1000
        level = (cut.height_m / STEP_M).astype(int)
        near = (distance >= settings.near_km) & (distance <= settings.far_km) & (level < _LEVELS)
        base = onto(low, cut, low.fields["DBZH"])
        values = cut.fields["DBZH"] - base if moment == "DBZH" else cut.fields[moment]
        steady = (base >= settings.dbz[0]) & (base <= settings.dbz[1]) & np.isfinite(values) & near[None, :]
        where = np.broadcast_to(np.clip(level, 0, _LEVELS - 1), cut.shape)[steady]
        total += np.bincount(where, values[steady], _LEVELS)
        count += np.bincount(where, minlength=_LEVELS)
    return np.asarray(np.divide(total, count, out=np.full(_LEVELS, np.nan), where=count >= _FEWEST))


def brightest(profile: Floats, settings: Settings) -> Band | None:
    """Find the bright band in a profile of reflectivity, None where nothing stands out."""
    best, found = settings.rises_db, None
    for at in np.flatnonzero(np.isfinite(profile[: int(settings.highest_m / STEP_M)])).tolist():
        below, over = profile[max(at - 10, 0) : max(at - 4, 0)], profile[at + 4 : at + 7]
        around = profile[max(at - 3, 0) : at + 4]
        if not (np.isfinite(below).any() and np.isfinite(over).any()) or profile[at] < np.nanmax(around):
            continue
        rise, drop = profile[at] - np.nanmean(below), profile[at] - np.nanmean(over)
        if rise >= best and drop >= settings.falls_db:
            best, found = rise, _around(at, profile >= profile[at] - rise / 2)
    return found


def melting(rho: Floats, settings: Settings) -> Band | None:
    """Find the melting layer in a profile of RHOHV, None where there is no dip between purer layers."""
    if not np.isfinite(rho[: int(settings.highest_m / STEP_M)]).any():
        return None
    at = int(np.nanargmin(rho[: int(settings.highest_m / STEP_M)]))
    below, over = rho[max(at - 10, 0) : at], rho[at + 1 : at + 11]
    if not (np.isfinite(below).any() and np.isfinite(over).any()) or rho[at] > settings.rho_dip:
        return None
    pure = min(float(np.nanmax(below)), float(np.nanmax(over)))
    if pure < settings.rho_dip + 0.01:
        return None
    return _around(at, rho <= (rho[at] + pure) / 2)


def _around(at: int, inside: npt.NDArray[np.bool_]) -> Band:
    first = last = at
    while first > 0 and inside[first - 1]:
        first -= 1
    while last + 1 < len(inside) and inside[last + 1]:
        last += 1
    return Band(first * STEP_M, (at + 0.5) * STEP_M, (last + 1) * STEP_M)


def filled(profile: Floats) -> Floats:
    """Give the profile at all levels: straight over gaps, level below the first, falling on 4.5 dB/km above the last.

    The slope above is that of snow in the profile of Kitchen, Brown and Davies 1994 (QJRMS 120, 1231-1254).
    """
    known = np.flatnonzero(np.isfinite(profile))
    levels = np.arange(_LEVELS)
    whole = np.interp(levels, known, profile[known])
    return np.asarray(whole - np.maximum(levels - known[-1], 0) * 4.5 * STEP_M / 1000)


def seen(profile: Floats, height: Floats, range_m: Floats, beam_degrees: float) -> Floats:
    """Give the profile as a Gaussian beam sees it at each gate, dB (averaged as reflectivity, two-way pattern)."""
    levels = (np.arange(_LEVELS) + 0.5) * STEP_M
    sigma = np.maximum(range_m * np.radians(beam_degrees) / np.sqrt(16 * np.log(2)), STEP_M / 4)
    weight = np.exp(-0.5 * ((levels[None, :] - height[:, None]) / sigma[:, None]) ** 2)
    total = weight.sum(axis=1)
    mean = np.divide(weight @ 10 ** (profile / 10), total, out=np.full(len(height), np.nan), where=total > 1e-6)
    return np.asarray(10 * np.log10(mean))


def _judge(cut: Cut, low: Cut, profile: Floats, band: Band | None, settings: Settings) -> Verdict:
    height = cut.height_m
    add = -np.nan_to_num(seen(profile, height, cut.range_m, settings.beam_degrees), nan=-settings.most_db)
    add = np.clip(add, -settings.most_db, settings.most_db).astype(np.float32)
    steady = np.nan_to_num(cut.fields["DBZH"], nan=99.0) <= settings.dbz[1]
    to_ground = np.where(steady, add[None, :], np.float32(0)).astype(np.float32)
    quality = np.broadcast_to(np.clip(1 - np.abs(add) / (2 * settings.most_db), 0, 1), cut.shape)
    found: dict[str, float] = {}
    if band is not None:
        half = cut.range_m * np.radians(settings.beam_degrees / 2)
        inside = (height + half >= band.bottom) & (height - half <= band.top)
        quality = np.where(inside[None, :] & steady, np.minimum(quality, _IN_BAND), quality)
        found = {"bottom_m": band.bottom, "peak_m": band.peak, "top_m": band.top}
    return Verdict(np.ascontiguousarray(quality, np.float32), {"to_ground": to_ground}, found=found)
