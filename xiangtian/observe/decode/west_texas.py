"""The West Texas Mesonet's logger table: comma separated, no heading, one line a record; times are UTC.

Field 1 is the record's kind: 1 is weather (five minutes; one station every minute) and is decoded; all others (2 is
soil, 3 a wind tower) are counted and refused as a whole. Fields of kind 1: kind, day of year, HHMM, logger number; at
10 m the scalar mean, vector mean, direction, its deviation, deviation of speed, gust (m/s, degree); temperature at 1.5,
9 and 2 m (degC); relative humidity at 1.5 m (%); station pressure less 600 (hPa); rain (mm); dew point (degC); wind at
2 m; solar radiation (W m-2). Air temperature is that at 1.5 m, the level of humidity and dew point.

A record tells no year: it is the latest year in which its day does not come after the message did. A record with a 20th
field carries one more sensor that the network's list does not name: its 19 known fields are read, the 20th is left out
and told. The rain's period is the spacing of that station's records in the file, 5 min where there is only one.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections import Counter, defaultdict
from itertools import pairwise

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "west-texas"
KIND = "1"
FIELDS, WITH_MORE = 19, 20
PRESSURE_OFFSET_HPA = 600.0
NOMINAL_PERIOD_MIN = 5.0
ELEMENTS: dict[str, int] = {
    "wind_speed": 4,
    "wind_from_direction": 6,
    "wind_speed_of_gust": 9,
    "air_temperature": 10,
    "relative_humidity": 13,
    "surface_air_pressure": 14,
    "precipitation_amount": 15,
    "dew_point_temperature": 16,
    "surface_downwelling_shortwave_flux": 18,
}
"""Element to its field, counted from 0."""
MISSING_FROM = 6999.0
"""Loggers write ±6999 and ±99999 where an input was out of range."""
_LINE = re.compile(rb"\d{1,3},\d{1,3},\d{1,4},\d{1,4}(?:,-?[\d.]*){7,19}\r?(?:\n|$)")
_Row = tuple[str, dt.datetime, list[str]]


def sniff(head: bytes, name: str) -> bool:
    """Tell by the first line: three or four small whole numbers, then numbers only, 12 to 24 in all."""
    return _LINE.match(head) is not None


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode the weather records, every row one reading, and say what else the file held."""
    refusals = Refusals()
    others: Counter[str] = Counter()
    rows: list[_Row] = []
    longer: Counter[str] = Counter()
    for number, line in enumerate(body.decode("ascii", "replace").splitlines(), 1):
        fields = line.split(",")
        if fields[0] != KIND:
            others[fields[0]] += bool(line.strip())
            continue
        try:
            rows.append(_row(fields, envelope.received))
        except ValueError as error:
            refusals.add(str(error), f"line {number}")
            continue
        longer[fields[3]] += len(fields) == WITH_MORE
    periods = _periods(rows)
    readings = tuple(_reading(row, periods[row[0]]) for row in rows)
    _tell(others, longer, refusals)
    return Decoded(NAME, readings, refusals.told())


def _tell(others: Counter[str], longer: Counter[str], refusals: Refusals) -> None:
    for kind, count in sorted(others.items()):
        if count:
            what = {"2": "soil", "3": "a wind tower"}.get(kind, "not known here")
            refusals.add(f"{count} records of kind {kind[:8]!r} ({what}) are not decoded; kind 1 is weather")
    for station, count in sorted(longer.items()):
        if count:
            refusals.add(
                f"{count} records of station {station} carry a 20th field that the network's list does not name: "
                "it was left out, the 19 known fields were read"
            )


def _row(fields: list[str], received: dt.datetime) -> _Row:
    if len(fields) not in (FIELDS, WITH_MORE):
        raise Unfit(f"a weather record has {FIELDS} fields (or {WITH_MORE}), found {len(fields)}")
    return fields[3].strip(), _time(fields[1], fields[2], received), fields


def _time(day: str, clock: str, received: dt.datetime) -> dt.datetime:
    day_of_year, hour, minute = int(day), int(clock) // 100, int(clock) % 100
    if not (1 <= day_of_year <= 366 and hour <= 24 and minute < 60 and hour * 60 + minute <= 1440):
        raise Unfit(f"a record has a day of the year and HHMM, found {day[:8]!r} and {clock[:8]!r}")
    for year in range(received.year, received.year - 9, -1):
        if day_of_year == 366 and not calendar.isleap(year):
            continue
        midnight = dt.datetime(year, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=day_of_year - 1)
        if midnight <= received:
            return midnight + dt.timedelta(hours=hour, minutes=minute)
    raise Unfit(f"day {day_of_year} fits no year before {received:%Y-%m-%d}")


def _periods(rows: list[_Row]) -> dict[str, float]:
    times: dict[str, set[dt.datetime]] = defaultdict(set)
    for station, time, _ in rows:
        times[station].add(time)
    return {
        station: min([(b - a).total_seconds() / 60 for a, b in pairwise(sorted(held))] + [NOMINAL_PERIOD_MIN])
        for station, held in times.items()
    }


def _reading(row: _Row, period_min: float) -> Reading:
    station, time, fields = row
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    for name, place in ELEMENTS.items():
        value = _number(fields[place])
        if value is None:
            marks[name] = Mark.MISSING
        else:
            values[name] = value
    if "surface_air_pressure" in values:
        values["surface_air_pressure"] = round(values["surface_air_pressure"] + PRESSURE_OFFSET_HPA, 2)
    if "precipitation_amount" in values:
        values["precipitation_period"] = period_min
    return Reading(station, time, values, marks)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < MISSING_FROM else None
