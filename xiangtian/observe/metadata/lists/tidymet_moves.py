"""The relocation list 1951-2020 as tidymet carries it: a row for each period at one place.

Longitude and latitude are degrees and minutes, DDDMM; altitudes are **tens of metres** (0.8 is 8 m). A record that
ends with the list is still open; one that ends before is of a station that was closed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from xiangtian.observe.metadata.listed import Listed, day, metres, number
from xiangtian.observe.metadata.position import MINUTE, from_ddmm
from xiangtian.observe.metadata.tabled import Row, heads, rows

COLUMNS = ("site", "lon", "lat", "alt", "period_date_begin", "period_date_end", "date_begin", "date_end")
SIGN = "site,moveTimes,tag,lon,lat,alt,period_date_begin,period_date_end,date_begin,date_end"
ALTITUDE_UNIT_M = 10.0


def sniff(head: str) -> bool:
    """Tell whether a first line names the columns of this list."""
    return heads(head, COLUMNS)


def read(text: str) -> tuple[Listed, ...]:
    """Read the list; periods in a row at the same place and altitude become one.

    Raises
    ------
    ListError
        If a column is missing, or a date is none.
    """
    told = rows(text, COLUMNS)
    latest = max((row["date_end"] for _, row in told), default="")
    found = [_listed(line, row, latest) for line, row in told]
    found.sort(key=lambda one: (one.code, str(one.begins)))
    return tuple(joined for _, spell in groupby(found, _place) for joined in (_join(spell),))


def _listed(line: int, row: Row, latest: str) -> Listed:
    altitude = metres(row["alt"])
    open_still = row["date_end"] == latest
    return Listed(
        line,
        row["site"],
        from_ddmm(number(row["lon"])),
        from_ddmm(number(row["lat"])),
        MINUTE,
        None if altitude is None else round(altitude * ALTITUDE_UNIT_M, 3),
        begins=day(row["period_date_begin"]),
        ends=None if open_still and row["period_date_end"] == latest else day(row["period_date_end"]),
        opened=day(row["date_begin"]),
        closed=None if open_still else day(row["date_end"]),
    )


def _place(one: Listed) -> tuple[str, str, str, float | None]:
    lon, lat = (f"{number:.4f}" if math.isfinite(number) else "" for number in (one.lon, one.lat))
    return one.code, lon, lat, one.alt_m


def _join(spell: Iterable[Listed]) -> Listed:
    rows = list(spell)
    return replace(rows[0], ends=rows[-1].ends)
