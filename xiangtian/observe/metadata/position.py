"""Positions that lists of stations write: in which step they are known, and what a wrong one may have meant."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from xiangtian.core import gcj02

WEST, SOUTH, EAST, NORTH = 73.0, 3.0, 136.0, 54.0
"""A box around China with its islands, degrees: a Chinese station outside it is none."""
LOWEST_M, HIGHEST_M = -160.0, 8900.0
"""Altitudes between the Turpan depression and Mount Qomolangma, metres."""
EARTH_M = 6371008.8
"""Mean radius of the Earth, IUGG."""
MINUTE = 1 / 60
LEAST_DEG = 0.0003
"""Positions closer than this (about 30 m) are the same: the yard of a station is that wide."""
GCJ_M = 60.0
"""So near to the shifted position of ours theirs must lie to be called GCJ-02."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a position can't be, in words; and (lon, lat) that it probably meant, if that can be said."""

    why: str
    meant: tuple[float, float] | None = None


def inside(lon: float, lat: float) -> bool:
    """Tell whether a position lies in the box around China; NaN does not."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def from_ddmm(number: float) -> float:
    """Turn degrees and minutes written as one number, DDDMM, into degrees; NaN where the minutes reach 60.

    >>> from_ddmm(12034)
    120.56666666666666
    """
    if not math.isfinite(number):
        return math.nan
    degrees, minutes = divmod(abs(number), 100)
    return math.copysign(degrees + minutes / 60, number) if minutes < 60 else math.nan


def from_dotted(number: float) -> float:
    """Turn degrees and minutes written with a point between them, DD.MM, into degrees; NaN where minutes reach 60.

    >>> round(from_dotted(31.25), 4)
    31.4167
    """
    return from_ddmm(round(number * 100, 6)) if math.isfinite(number) else math.nan


def fault(lon: float, lat: float) -> Fault | None:
    """Find out whether a Chinese station can't stand at a position, and what was probably meant.

    Parameters
    ----------
    lon : float
        Longitude as the list gives it, degrees; NaN where it gives none.
    lat : float
        Latitude.

    Returns
    -------
    Fault or None
        None where the position is possible.
    """
    if not math.isfinite(lon) or not math.isfinite(lat) or lon == lat == 0:
        return Fault("没有可用的经纬度 (no usable position)")
    if inside(lon, lat):
        return None
    if inside(lat, lon):
        return Fault("经纬度疑似颠倒 (longitude and latitude seem to be swapped)", (lat, lon))
    for east, north in ((lon, lat), (lat, lon)):
        meant = (from_ddmm(east), from_ddmm(north))
        if inside(*meant):
            return Fault("疑为度分 DDMM 当作度 (degrees and minutes, DDMM, seem to be taken for degrees)", meant)
    return Fault(f"{lon:g}, {lat:g} 不在中国范围内 (outside China)")


def step(lon: str, lat: str) -> float:
    """Tell in which step a position is known, from how its numbers are written.

    Zeros at the end say nothing. Three or four decimals of which both numbers are whole minutes are a position in
    minutes that somebody turned into degrees: by chance that happens to fewer than one position in two hundred.

    Parameters
    ----------
    lon : str
        Longitude in degrees, as written.
    lat : str
        Latitude.

    Returns
    -------
    float
        Degrees: 1/60, or a power of ten not above 0.01.
    """
    decimals = max(len(text.partition(".")[2].rstrip("0")) for text in (lon, lat))
    if decimals in (3, 4):
        half = 0.5 * 10.0**-decimals * 60
        if all(abs(float(text) * 60 - round(float(text) * 60)) <= half + 1e-9 for text in (lon, lat)):
            return MINUTE
    return float(10.0 ** -min(max(decimals, 2), 6))


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Give the great-circle distance of two positions, metres, by the haversine on the mean sphere."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    across = math.sin((other_phi - phi) / 2) ** 2
    along = math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(across + along))


def same(ours: tuple[float, float], theirs: tuple[float, float], our_step: float, their_step: float) -> bool:
    """Tell whether two (lon, lat) agree as far as both are known: within half a step of each, or some 30 m."""
    most = max((our_step + their_step) / 2, LEAST_DEG) + 5e-5
    return all(abs(mine - other) <= most for mine, other in zip(ours, theirs, strict=True))


def misread(ours: tuple[float, float], theirs: tuple[float, float], our_step: float) -> Fault | None:
    """Find out whether theirs is ours in another writing: DD.MM taken for degrees, or shifted to GCJ-02.

    Parameters
    ----------
    ours : tuple of float
        Longitude and latitude, degrees WGS-84.
    theirs : tuple of float
        Longitude and latitude of the list, which differ from ours.
    our_step : float
        Step in which ours is known, degrees.

    Returns
    -------
    Fault or None
        What it seems to be, and the position meant.
    """
    dotted = (from_dotted(theirs[0]), from_dotted(theirs[1]))
    for meant in product((dotted[0], theirs[0]), (dotted[1], theirs[1])):
        if meant != theirs and all(map(math.isfinite, meant)) and same(ours, meant, our_step, MINUTE):
            return Fault("疑为度.分 DD.MM 当作度 (degrees and minutes seem to be taken for decimal degrees)", meant)
    if our_step <= 0.001 and inside(*ours):
        lon, lat = gcj02.from_wgs84(np.array([ours[0]]), np.array([ours[1]]))
        if distance_m(float(lon[0]), float(lat[0]), *theirs) <= GCJ_M:
            return Fault("偏移与 GCJ-02 相符，疑未转换为 WGS-84 (the offset is that of GCJ-02)", ours)
    return None
