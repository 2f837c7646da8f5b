"""Global Historical Climatology Network hourly (GHCNh) of NOAA: tables with | between, one row a report.

A value with a letter for its quality failed one of the archive's tests, 3 and 7 mean erroneous: neither is taken.
Visibility comes in kilometres, but some sources put metres into the same column: above 200 it is taken as metres.
`precipitation` is an hour's amount; that of a SPECI, whose period varies, is left out, and so is what the archive
derived (relative humidity). The station is the archive's identifier, or the WMO number where it says that it holds one
(third character M).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "ghcnh"
COLUMNS: dict[str, str] = {
    "temperature": "air_temperature",
    "dew_point_temperature": "dew_point_temperature",
    "station_level_pressure": "surface_air_pressure",
    "sea_level_pressure": "air_pressure_at_mean_sea_level",
    "wind_direction": "wind_from_direction",
    "wind_speed": "wind_speed",
    "wind_gust": "wind_speed_of_gust",
    "relative_humidity": "relative_humidity",
    "visibility": "visibility_in_air",
    "pressure_3hr_change": "tendency_of_surface_air_pressure_3h",
    "snow_depth": "surface_snow_thickness",
    "precipitation": "precipitation_amount_1h",
    "precipitation_3_hour": "precipitation_amount_3h",
    "precipitation_6_hour": "precipitation_amount_6h",
    "precipitation_12_hour": "precipitation_amount_12h",
    "precipitation_24_hour": "precipitation_amount_24h",
}
"""The archive's columns and our elements; units differ only for visibility (km) and snow depth (mm)."""
NEEDED = ("Station_ID", "Year", "Month", "Day", "Hour", "Minute")
HEADING = b"Station_ID|Station_name|Year|Month|Day|Hour"
ERRONEOUS = "37"
FARTHEST_KM = 200.0


def sniff(head: bytes, name: str) -> bool:
    """Tell by the heading."""
    return head.lstrip(b"\xef\xbb\xbf").startswith(HEADING)


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode a table, row by row."""
    refusals = Refusals()
    readings = []
    heading, *lines = body.decode("utf-8", "replace").lstrip("\ufeff").splitlines() or [""]
    names = heading.split("|")
    for number, line in enumerate(lines, 2):
        try:
            readings.append(_reading(dict(zip(names, line.split("|"), strict=False))))
        except ValueError as error:
            refusals.add(str(error), f"line {number}")
    if not lines:
        refusals.add("a table without a row")
    return Decoded(NAME, tuple(readings), refusals.told())


def _reading(row: Mapping[str, str]) -> Reading:
    if any(not row.get(name) for name in NEEDED):
        raise Unfit(f"a row needs {', '.join(NEEDED)}; it ends too early or leaves one out")
    try:
        year, month, day, hour, minute = (int(row[name]) for name in NEEDED[1:])
        time = dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)
    except ValueError:
        raise Unfit("the time of a row is no moment of the calendar") from None
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    for column, name in COLUMNS.items():
        _take(row, column, name, values, marks)
    _calm(row, values, marks)
    if "precipitation_amount_1h" in values:
        values |= {"precipitation_amount": values["precipitation_amount_1h"], "precipitation_period": 60.0}
        if "precipitation_amount_1h" in marks:
            marks["precipitation_amount"] = marks["precipitation_amount_1h"]
    identifier = row["Station_ID"].strip()
    wmo = identifier[6:11] if identifier[2:3] == "M" and identifier[3:6] == "000" else ""
    place = [_number(row.get(name)) for name in ("Longitude", "Latitude", "Elevation")]
    return Reading(wmo or identifier, time, values, marks, place[0], place[1], place[2])


def _take(row: Mapping[str, str], column: str, name: str, values: dict[str, float], marks: dict[str, Mark]) -> None:
    value = _number(row.get(column))
    how, quality = row.get(f"{column}_Measurement_Code", ""), row.get(f"{column}_Quality_Code", "")
    special = row.get(f"{column}_Report_Type", "").startswith("FM16")
    if value is None or how == "Derived" or (column == "precipitation" and special):
        return
    if quality.isalpha() or quality in tuple(ERRONEOUS) or how.startswith("9-Miss"):
        marks[name] = Mark.MISSING
        return
    values[name] = _convert(column, value, how)
    if how.startswith("2-Trace") and value == 0:
        marks[name] = Mark.TRACE


def _convert(column: str, value: float, how: str) -> float:
    if column == "visibility":
        return round(value * 1000 if value <= FARTHEST_KM else value, 3)
    if column == "snow_depth":
        return value / 10
    if column == "pressure_3hr_change" and how[:1] in ("5", "6", "7", "8"):
        return -abs(value)
    return value


def _calm(row: Mapping[str, str], values: dict[str, float], marks: dict[str, Mark]) -> None:
    if row.get("wind_speed_Measurement_Code", "").startswith("C-") and values.get("wind_speed") == 0:
        values["wind_from_direction"] = 0.0
        marks["wind_speed"] = marks["wind_from_direction"] = Mark.CALM


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
