"""NOAA's ISD station history: CSV by USAF and WBAN number, names in English capitals, data from BEGIN to END."""

from __future__ import annotations

import math

from xiangtian.observe.metadata.listed import Listed, day, metres, number
from xiangtian.observe.metadata.position import step
from xiangtian.observe.metadata.tabled import Row, heads, rows

COLUMNS = ("USAF", "WBAN", "STATION NAME", "LAT", "LON", "ELEV(M)", "BEGIN", "END")
SIGN = "USAF,WBAN,STATION NAME,CTRY,STATE,ICAO,LAT,LON,ELEV(M),BEGIN,END"
NO_ALTITUDE_M = -900.0
"""Altitudes at and below this mean that none is known (-0999.0)."""


def sniff(head: str) -> bool:
    """Tell whether a first line names the columns of this list."""
    return heads(head, COLUMNS)


def read(text: str) -> tuple[Listed, ...]:
    """Read the list; a USAF number of a WMO station is its block and station number with a 0 behind.

    BEGIN and END bound the archive's data, not the station's work.

    Raises
    ------
    ListError
        If a column is missing, or a date is none.
    """
    return tuple(_listed(line, row) for line, row in rows(text, COLUMNS))


def _listed(line: int, row: Row) -> Listed:
    lon, lat, altitude = number(row["LON"]), number(row["LAT"]), metres(row["ELEV(M)"])
    known = math.isfinite(lon) and math.isfinite(lat)
    return Listed(
        line,
        _code(row["USAF"]),
        lon,
        lat,
        step(row["LON"], row["LAT"]) if known else 0.001,
        altitude if altitude is not None and altitude > NO_ALTITUDE_M else None,
        en=row["STATION NAME"].title(),
        data_from=day(row["BEGIN"]),
    )


def _code(usaf: str) -> str:
    return usaf[:5] if len(usaf) == 6 and usaf.isdigit() and usaf.endswith("0") else usaf
