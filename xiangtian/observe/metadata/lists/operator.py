"""The operator's own CSV: id, names, kind, degrees WGS-84, metres; barometer and dates where they are known."""

from __future__ import annotations

import math

from xiangtian.observe.metadata.listed import Listed, day, metres, number
from xiangtian.observe.metadata.position import step
from xiangtian.observe.metadata.tabled import Row, heads, rows

COLUMNS = ("id", "zh", "en", "kind", "lon", "lat", "alt_m")
SIGN = "id,zh,en,kind,lon,lat,alt_m"


def sniff(head: str) -> bool:
    """Tell whether a first line names the columns of this list."""
    return heads(head, COLUMNS)


def read(text: str) -> tuple[Listed, ...]:
    """Read the list; the columns `pressure_alt_m`, `opened` and `closed` may follow.

    Raises
    ------
    ListError
        If a column is missing, or a date is none.
    """
    return tuple(_listed(line, row) for line, row in rows(text, COLUMNS))


def _listed(line: int, row: Row) -> Listed:
    lon, lat = number(row["lon"]), number(row["lat"])
    known = math.isfinite(lon) and math.isfinite(lat)
    return Listed(
        line,
        row["id"],
        lon,
        lat,
        step(row["lon"], row["lat"]) if known else 0.0001,
        metres(row["alt_m"]),
        metres(row.get("pressure_alt_m")),
        zh=row["zh"],
        en=row["en"],
        kind=row["kind"],
        opened=day(row.get("opened")),
        closed=day(row.get("closed")),
    )
