"""Stations: register them from a list, or with their known history."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable

from django.db import transaction

from xiangtian.core.places import city
from xiangtian.core.stations import Station as Known
from xiangtian.core.stations import national_periods
from xiangtian.observe.models import Station

ALWAYS = dt.date(1949, 10, 1)
"""From when on stations without a known history are held to stand where they stand."""


@transaction.atomic
def register_stations(stations: Iterable[Known], *, drill: bool = False) -> int:
    """Write down stations that are not known yet; known ones stay as they are. Give how many are new."""
    new = 0
    for one in stations:
        told = {"zh": one.zh, "en": one.en, "kind": one.kind, "lon": one.lon, "lat": one.lat, "alt_m": one.alt_m}
        told |= {"district": one.district, "national": one.national, "drill": drill, "source": one.source}
        _, created = Station.objects.get_or_create(code=one.id, valid_from=ALWAYS, defaults=told)
        new += created
    return new


def read_stations(text: str) -> list[Known]:
    """Read a list of stations: CSV with a header `id,zh,en,kind,lon,lat,alt_m`; the district follows from the position.

    Raises
    ------
    ValueError
        If a column is missing or a row can't be read; the message names the row.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    needed = {"id", "zh", "en", "kind", "lon", "lat", "alt_m"}
    if not rows or needed - set(rows[0]):
        columns = ", ".join(sorted(needed))
        raise ValueError(f"a list of stations needs the columns {columns} and a row; found {rows[:1]}")
    found = []
    for number, row in enumerate(rows, 2):
        try:
            lon, lat, alt_m = (float(row[name]) for name in ("lon", "lat", "alt_m"))
        except ValueError as error:
            raise ValueError(f"row {number} ({row['id']}): {error}; lon, lat, alt_m are numbers") from error
        district = city().at(lon, lat) or ""
        told = (row["zh"], row["en"], row["kind"], lon, lat, alt_m, district, False, "operator's list")
        found.append(Known(row["id"], *told))
    return found


@transaction.atomic
def register_national() -> int:
    """Write down the national stations with their whole history, a row for each position. Give how many are new."""
    new = 0
    for period in national_periods():
        one = period.station
        told = {"zh": one.zh, "en": one.en, "kind": one.kind, "lon": one.lon, "lat": one.lat, "alt_m": one.alt_m}
        told |= {"district": one.district, "national": True, "source": one.source, "valid_to": period.valid_to}
        _, created = Station.objects.get_or_create(code=one.id, valid_from=period.valid_from, defaults=told)
        new += created
    return new
