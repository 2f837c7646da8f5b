"""Stations: register them from a list, or with their known history."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.places import city
from xiangtian.core.stations import Period, national_periods
from xiangtian.core.stations import Station as Known
from xiangtian.observe.metadata import tasks, wigos
from xiangtian.observe.metadata.periods import ALWAYS, midnight
from xiangtian.observe.models import ObservingTask, Site, Station

MINUTE_OF_ARC = 1 / 60
"""Step in which the positions of the national stations are published, degrees."""
NAMED = 50
"""Most codes that a line of the ledger names."""
COLUMNS = ("id", "zh", "en", "kind", "lon", "lat", "alt_m")
SETUP = "job:setup"


@transaction.atomic
def register_stations(
    stations: Iterable[Known], *, drill: bool = False, tasks_from: dt.datetime | None = None, actor: str = SETUP
) -> int:
    """Write down stations that are not known yet, with their usual tasks; known ones stay as they are.

    Parameters
    ----------
    stations : iterable of Known
        The stations, of which the first with a code counts; they are held to stand where they stand since they
        opened, or always.
    drill : bool
        Whether they exist in exercises only; their tasks then hold always.
    tasks_from : datetime, optional
        From when on their tasks hold; left out: from the beginning of today (Beijing), so that nobody is charged for
        the time before the station was registered.
    actor : str
        Who registers them.

    Returns
    -------
    int
        How many are new.

    Raises
    ------
    ValueError
        If a network or a WIGOS identifier is not allowed.
    """
    since = tasks_from or midnight(ALWAYS if drill else clock.administrative_day(clock.now()))
    once = {one.id: one for one in reversed(list(stations))}
    return register_periods(
        [Period(one, one.opened or ALWAYS, None) for one in once.values()], since, actor, drill=drill
    )


@transaction.atomic
def register_national() -> int:
    """Write down the national stations with their whole history, a row for each position. Give how many are new."""
    return register_periods(national_periods(), midnight(ALWAYS), SETUP, precision_deg=MINUTE_OF_ARC)


@transaction.atomic
def register_periods(
    periods: Sequence[Period], since: dt.datetime, actor: str, *, drill: bool = False, precision_deg: float = 0.0001
) -> int:
    """Write down stations that are not known yet, a place for each period, with their usual tasks.

    Parameters
    ----------
    periods : sequence of Period
        What is known of them, the oldest period of a station first.
    since : datetime
        From when on their usual tasks hold.
    actor : str
        Who registers them.
    drill : bool
        Whether they exist in exercises only.
    precision_deg : float
        Step in which their positions are known, degrees.

    Returns
    -------
    int
        How many stations are new.

    Raises
    ------
    ValueError
        If a network or a WIGOS identifier is not allowed.
    """
    known = set(Station.objects.values_list("code", flat=True))
    fresh = [period for period in periods if period.station.id not in known]
    opened: dict[str, Period] = {}
    for period in fresh:
        opened.setdefault(period.station.id, period)
    rows = Station.objects.bulk_create([_row(period, drill=drill) for period in opened.values()], batch_size=500)
    stations = {row.code: row for row in rows}
    sites = [_place(stations[period.station.id], period, precision_deg) for period in fresh]
    Site.objects.bulk_create(sites, batch_size=500)
    ObservingTask.objects.bulk_create((task for row in rows for task in _usual(row, since)), batch_size=500)
    if rows:
        named = [row.code for row in rows[:NAMED]]
        ledger.write(actor, "observe.stations_registered", f"stations:{len(rows)}", {"first": named, "drill": drill})
    return len(rows)


def _row(period: Period, *, drill: bool) -> Station:
    one = period.station
    network = one.network or (tasks.NATIONAL if one.national else tasks.REGIONAL)
    if network not in tasks.NETWORKS:
        raise ValueError(f"站网 {network!r} 未知，须为 {'、'.join(tasks.NETWORKS)} (unknown network of {one.id})")
    usual = wigos.usual(one.id) if one.national else None
    return Station(
        code=one.id,
        zh=one.zh,
        en=one.en,
        kind=one.kind,
        network=network,
        wigos=str(wigos.parse(one.wigos)) if one.wigos else str(usual or ""),
        drill=drill,
        opened=None if period.valid_from == ALWAYS else period.valid_from,
        source=one.source,
    )


def _place(row: Station, period: Period, precision_deg: float) -> Site:
    one = period.station
    return Site(
        station=row,
        lon=one.lon,
        lat=one.lat,
        alt_m=one.alt_m,
        pressure_alt_m=one.pressure_alt_m,
        precision_deg=precision_deg,
        district=one.district,
        source=one.source,
        valid_from=period.valid_from,
        valid_to=period.valid_to,
    )


def _usual(row: Station, since: dt.datetime) -> list[ObservingTask]:
    plan = tasks.usual(row.code, row.kind, row.network, since)
    return [
        ObservingTask(
            station=row,
            element=one.element,
            interval_min=one.interval_min,
            offset_min=one.offset_min,
            network=one.network,
            valid_from=one.valid_from,
        )
        for one in plan
    ]


def read_stations(text: str) -> list[Known]:
    """Read an operator's list of stations; the district follows from the position.

    Parameters
    ----------
    text : str
        CSV with a header `id,zh,en,kind,lon,lat,alt_m` (degrees WGS-84, metres); the columns `network`, `wigos`,
        `pressure_alt_m` and `opened` (a date) may follow.

    Returns
    -------
    list of Known
        The stations in the order of the list.

    Raises
    ------
    ValueError
        If a column is missing or a row can't be read; the message names the row.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or set(COLUMNS) - set(rows[0]):
        columns = ", ".join(sorted(COLUMNS))
        raise ValueError(f"a list of stations needs the columns {columns} and a row; found {rows[:1]}")
    return [_read(number, row) for number, row in enumerate(rows, 2)]


def _read(number: int, row: Mapping[str, str]) -> Known:
    try:
        lon, lat, alt_m = (float(row[name]) for name in ("lon", "lat", "alt_m"))
        pressure_alt_m = float(row["pressure_alt_m"]) if row.get("pressure_alt_m") else None
        opened = dt.date.fromisoformat(row["opened"]) if row.get("opened") else None
    except (TypeError, ValueError) as error:
        words = "lon, lat, alt_m, pressure_alt_m are numbers, opened is a date"
        raise ValueError(f"row {number} ({row['id']}): {error}; {words}") from error
    network = row.get("network") or ""
    return Known(
        id=row["id"],
        zh=row["zh"],
        en=row["en"],
        kind=row["kind"],
        lon=lon,
        lat=lat,
        alt_m=alt_m,
        district=city().at(lon, lat) or "",
        national=network == tasks.NATIONAL,
        source="operator's list",
        network=network,
        wigos=row.get("wigos") or "",
        pressure_alt_m=pressure_alt_m,
        opened=opened,
    )
