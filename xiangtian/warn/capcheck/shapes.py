"""Polygons and circles as CAP writes them: `lat,lon lat,lon ...` and `lat,lon radius_km` (WGS-84)."""

from __future__ import annotations

import re

from shapely.geometry import Polygon

Ring = list[tuple[float, float]]

MOST_VERTICES = 100
"""More than this many points choke receivers; a profile's limit, not the standard's."""
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_CIRCLE = re.compile(rf"({_NUMBER}),({_NUMBER}) +({_NUMBER})", re.ASCII)


def polygon(text: str) -> Ring:
    """Read a polygon.

    Parameters
    ----------
    text : str
        White-space separated `lat,lon` pairs.

    Returns
    -------
    Ring
        (lat, lon) of each point, the last equal to the first.

    Raises
    ------
    ValueError
        If a pair is malformed or off the globe, there are fewer than four, or the ring is open.

    References
    ----------
    CAP 1.2, section 3.2.4, polygon: at least four pairs, the first and the last the same.
    """
    ring = [_pair(pair) for pair in text.split()]
    if len(ring) < 4:
        raise ValueError(f"{len(ring)} points, needs at least 4")
    if ring[0] != ring[-1]:
        raise ValueError(f"not closed: begins at {ring[0]}, ends at {ring[-1]}")
    return ring


def circle(text: str) -> tuple[float, float, float]:
    """Read a circle: latitude, longitude, radius in km.

    Raises
    ------
    ValueError
        If it is malformed, off the globe, or the radius is negative.
    """
    found = _CIRCLE.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError(f"{text.strip()!r} is not of the form lat,lon radius")
    lat, lon = _on_globe(float(found[1]), float(found[2]))
    if float(found[3]) < 0:
        raise ValueError(f"radius {found[3]} km is negative")
    return lat, lon, float(found[3])


def crosses_itself(ring: Ring) -> bool:
    """Say whether a ring crosses or touches itself (or encloses nothing)."""
    return not Polygon(ring).is_valid


def _pair(text: str) -> tuple[float, float]:
    found = _PAIR.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no pair lat,lon")
    return _on_globe(float(found[1]), float(found[2]))


def _on_globe(lat: float, lon: float) -> tuple[float, float]:
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"latitude {lat:g}, longitude {lon:g} is not on the globe (order is lat,lon)")
    return lat, lon
