"""What a question's parameters mean. Everything that can't be read is refused with what is allowed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS_NAMES = ("CRS84", "OGC:CRS84", CRS84)
UNITS_KM = {"km": 1.0, "m": 0.001, "mi": 1.609344}
"""International mile: 1609.344 m exactly (1959 agreement)."""
MOST_WKT = 20_000
MOST_POINTS = 2_000
MOST_KM = 1_000.0
FIRST_YEAR, LAST_YEAR = 1800, 2200
BBox = tuple[float, float, float, float]


class Unreadable(ValueError):
    """A parameter can't be read; the message says what was found and what is allowed."""


@dataclass(frozen=True)
class Span:
    """Time from `start` to `end`, both included; None: open on that side."""

    start: dt.datetime | None
    end: dt.datetime | None


def known(given: Iterable[str], allowed: Sequence[str]) -> None:
    """Refuse parameters that are not defined (OGC 17-069r4, /req/core/query-param-unknown).

    Raises
    ------
    Unreadable
        If there is another than those allowed.
    """
    if strange := sorted(set(given) - set(allowed)):
        raise Unreadable(f"unknown parameter {', '.join(strange)}; allowed here: {', '.join(allowed)}")


def moment(text: str) -> dt.datetime:
    """Read one moment (RFC 3339) with its zone, UTC.

    Raises
    ------
    Unreadable
        If it is none, or has no zone.
    """
    try:
        found = dt.datetime.fromisoformat(text)
        if found.tzinfo is not None and FIRST_YEAR <= found.year <= LAST_YEAR:
            return found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise Unreadable(f"{text[:40]!r} is no moment; write it with its zone, like 2026-07-01T10:15:00Z")


def span(text: str) -> Span | None:
    """Read `datetime`: a moment, or an interval that may be open on one side; "": none.

    >>> span("2026-07-01T00:00:00Z/..").end is None
    True

    Raises
    ------
    Unreadable
        If it is neither, is open on both sides, or ends before it begins.
    """
    if not text:
        return None
    first, slash, last = text.partition("/")
    if not slash:
        return Span(moment(first), moment(first))
    start, end = (None if part in ("", "..") else moment(part) for part in (first, last))
    if start is None and end is None:
        raise Unreadable(f"datetime={text[:80]!r} is open on both sides; name at least one end")
    if start is not None and end is not None and end < start:
        raise Unreadable(f"datetime={text[:80]!r} ends before it begins")
    return Span(start, end)


def bbox(text: str) -> BBox | None:
    """Read `bbox`: west, south, east, north in degrees (with heights, six numbers: they are left out); "": none.

    Raises
    ------
    Unreadable
        If the numbers don't make a box; one across the date line is refused as well, as no station is near.
    """
    if not text:
        return None
    numbers = _numbers(text)
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) == 4:
        west, south, east, north = numbers
        if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
            return west, south, east, north
    raise Unreadable(f"bbox={text[:80]!r}; allowed: west,south,east,north in degrees, west <= east, south <= north")


def _numbers(text: str) -> list[float]:
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        return []
    return found if all(map(math.isfinite, found)) else []


def shape(text: str, kinds: Sequence[str]) -> shapely.Geometry:
    """Read `coords`: well-known text of one of some kinds, degrees WGS-84, longitude first.

    Parameters
    ----------
    text : str
        For example POINT(120.6 31.3).
    kinds : Sequence of str
        What is allowed: Point, MultiPoint, Polygon, MultiPolygon.

    Returns
    -------
    Geometry
        Valid, not empty, within the ranges of longitude and latitude.

    Raises
    ------
    Unreadable
        If it is none of these, too long, or crosses itself.
    """
    allowed = " or ".join(kind.upper() for kind in kinds)
    if not text or len(text) > MOST_WKT:
        raise Unreadable(f"coords has {len(text)} signs; needed is {allowed} as well-known text, up to {MOST_WKT}")
    try:
        found = shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError) as error:
        raise Unreadable(f"coords={text[:80]!r} is no well-known text ({error}); needed is {allowed}") from error
    if found is None or found.geom_type not in kinds or found.is_empty:
        raise Unreadable(f"coords={text[:80]!r}; needed is {allowed}")
    if shapely.get_num_coordinates(found) > MOST_POINTS or not found.is_valid:
        raise Unreadable(f"coords: the shape crosses itself or has more than {MOST_POINTS} points")
    west, south, east, north = found.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise Unreadable(f"coords={text[:80]!r} lies outside longitude -180 to 180, latitude -90 to 90")
    return found


def reach_km(within: str, units: str) -> float:
    """Read `within` and `within-units`, km.

    Raises
    ------
    Unreadable
        If it is no number above 0 and up to 1000 km, or the unit is unknown.
    """
    numbers = _numbers(within)
    if units not in UNITS_KM or len(numbers) != 1 or not 0 < numbers[0] * UNITS_KM[units] <= MOST_KM:
        found = f"within={within[:20]!r}, within-units={units[:20]!r}"
        raise Unreadable(f"{found}; allowed: above 0 up to {MOST_KM:g} km, in {', '.join(UNITS_KM)}")
    return numbers[0] * UNITS_KM[units]


def chosen(text: str, allowed: Sequence[str]) -> tuple[str, ...] | None:
    """Read `parameter-name`: names with commas between; "": None, all.

    Raises
    ------
    Unreadable
        If one is not allowed.
    """
    if not text:
        return None
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if strange := [name for name in names if name not in allowed]:
        raise Unreadable(f"parameter-name={strange[0][:60]!r} is not offered; see parameter_names of the collection")
    return names


def whole(name: str, text: str, default: int, least: int, most: int) -> int:
    """Read a whole number such as `limit`; one beyond `most` counts as `most` (OGC 17-069r4, 7.15.2).

    Raises
    ------
    Unreadable
        If it is none, or below `least`.
    """
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) < least:
        raise Unreadable(f"{name}={text[:20]!r}; allowed: a whole number from {least} (at most {most} counts)")
    return min(int(text), most)


def form(text: str, offered: Sequence[str]) -> str:
    """Read `f`; "": the first that is offered.

    Raises
    ------
    Unreadable
        If it is not offered.
    """
    by_name = {one.lower(): one for one in offered}
    if not text:
        return offered[0]
    if text.lower() not in by_name:
        raise Unreadable(f"f={text[:20]!r}; offered here: {', '.join(offered)}")
    return by_name[text.lower()]


def crs(text: str) -> None:
    """Refuse any reference system but CRS84.

    Raises
    ------
    Unreadable
        If another is named.
    """
    if text and text not in CRS_NAMES:
        raise Unreadable(f"crs={text[:80]!r}; offered: {', '.join(CRS_NAMES)}")
