"""Polygons and circles as CAP writes them: `lat,lon lat,lon ...` and `lat,lon radius_km` (WGS-84)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shapely import get_parts, make_valid
from shapely.geometry import Polygon, box
from shapely.geometry.polygon import orient

Ring = list[tuple[float, float]]

MOST_VERTICES = 100
"""More than this many points choke receivers; a profile's limit, not the standard's."""
DECIMALS = 4
LEAST_AREA = 1e-7
"""Smaller pieces (about 1000 m2) are left out, square degrees."""
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


def to_cap(rings: Iterable[Sequence[tuple[float, float]]], most: int = MOST_VERTICES) -> list[str]:
    """Write outlines as CAP polygons: valid, closed, simplified to at most `most` vertices, four decimals (11 m).

    An outline that crosses itself is repaired and may fall into several polygons, in a fixed order (the largest first).
    Holes are not written: CAP has none, and to warn a little too much is the safe side.

    Parameters
    ----------
    rings : Iterable[Sequence[tuple[float, float]]]
        Outer rings as (lon, lat) pairs, degrees, WGS-84; closed or not.
    most : int
        Largest number of distinct vertices of a polygon, 3 or more.

    Returns
    -------
    list[str]
        One text per polygon, `lat,lon lat,lon ...`.

    Raises
    ------
    ValueError
        If a ring has fewer than three points, or one is off the globe, or nothing remains.
    """
    parts = [part for ring in rings for part in _parts(ring)]
    written = [_write(_simplify(part, most)) for part in sorted(parts, key=lambda part: (-part.area, part.bounds))]
    if not written:
        raise ValueError("no outline encloses anything; an area needs at least three points not on one line")
    return written


def _parts(ring: Sequence[tuple[float, float]]) -> list[Polygon]:
    if len(ring) < 3:
        raise ValueError(f"an outline of {len(ring)} points, needs at least 3")
    for lon, lat in ring:
        _on_globe(lat, lon)
    valid = make_valid(Polygon(ring))
    pieces = get_parts(get_parts(valid))
    return [Polygon(piece.exterior) for piece in pieces if isinstance(piece, Polygon) and piece.area > LEAST_AREA]


def _simplify(part: Polygon, most: int) -> Polygon:
    """Simplify with a tolerance doubled from 10 m until few enough vertices remain, and the polygon stays valid."""
    tolerance, simple = 0.0001, _rounded(part)
    while len(simple.exterior.coords) - 1 > most or not simple.is_valid:
        fewer = part.simplify(tolerance)
        simple = _rounded(fewer) if isinstance(fewer, Polygon) else simple
        tolerance *= 2
        if tolerance > 1:
            return _rounded(box(*part.buffer(0.0001).bounds))
    return simple


def _rounded(part: Polygon) -> Polygon:
    return Polygon([(round(x, DECIMALS), round(y, DECIMALS)) for x, y in part.exterior.coords])


def _write(part: Polygon) -> str:
    ring = orient(part).exterior.coords[:-1]
    start = ring.index(min(ring))
    ordered = [*ring[start:], *ring[: start + 1]]
    return " ".join(f"{lat:.{DECIMALS}f},{lon:.{DECIMALS}f}" for lon, lat in ordered)
