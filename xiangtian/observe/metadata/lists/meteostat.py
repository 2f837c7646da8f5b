"""Meteostat's stations as a flat CSV: identifier, English name, WMO number, degrees, metres."""

from __future__ import annotations

import math

from xiangtian.observe.metadata.listed import Listed, metres, number
from xiangtian.observe.metadata.position import step
from xiangtian.observe.metadata.tabled import Row, heads, rows

COLUMNS = ("id", "name", "wmo", "latitude", "longitude", "elevation")
SIGN = "id,name,region,wmo,icao,…,latitude,longitude,elevation"


def sniff(head: str) -> bool:
    """Tell whether a first line names the columns of this list."""
    return heads(head, COLUMNS)


def read(text: str) -> tuple[Listed, ...]:
    """Read the list; the code is the WMO number where there is one.

    Raises
    ------
    ListError
        If a column is missing.
    """
    return tuple(_listed(line, row) for line, row in rows(text, COLUMNS))


def _listed(line: int, row: Row) -> Listed:
    lon, lat = number(row["longitude"]), number(row["latitude"])
    known = math.isfinite(lon) and math.isfinite(lat)
    return Listed(
        line,
        row["wmo"] or row["id"],
        lon,
        lat,
        step(row["longitude"], row["latitude"]) if known else 0.0001,
        metres(row["elevation"]),
        en=row["name"],
    )
