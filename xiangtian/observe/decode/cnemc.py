"""Air quality of the national monitoring network (CNEMC) as it is published: GeoJSON of an hour, or rows of text.

Concentrations are ug/m3, of CO mg/m3; `-;`, -9999 and blanks are missing. Times are Beijing time and mean the end of
the hour. The rows are `site year month day hour lon lat` and then O3 alone or SO2, NO2, CO, O3, PM10, PM2.5; rows of a
whole day (without an hour) are refused. It is not said in which coordinate system the positions are: they are left out.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "cnemc"
BEIJING = dt.timezone(dt.timedelta(hours=8))
CONCENTRATION = "mass_concentration_of_"
FIELDS: dict[str, str] = {
    "so2": "sulfur_dioxide",
    "no2": "nitrogen_dioxide",
    "co": "carbon_monoxide",
    "o3": "ozone",
    "pm10": "pm10",
    "pm2_5": "pm2p5",
}
ORDER = ("so2", "no2", "co", "o3", "pm10", "pm2_5")
_FEATURES = re.compile(rb'\s*\{.{0,3000}?"stationcode"', re.DOTALL)
_ROW = re.compile(
    r"^(\d{4,6}) +(\d{4}) +(\d{1,2}) +(\d{1,2})(?: +(\d{1,2}))? +(\d+\.\d+) +(\d+\.\d+)((?: +-?[\d.]+)+) *$"
)


def sniff(head: bytes, name: str) -> bool:
    """Tell by `stationcode` in the GeoJSON, or by the columns of the first row."""
    if _FEATURES.match(head):
        return b'"pm2_5"' in head and b'"timepoint"' in head
    first = head.decode("ascii", "replace").lstrip().split("\n", 1)[0].rstrip("\r")
    return bool(_ROW.match(first))


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode one hour's GeoJSON, or a table of rows."""
    refusals = Refusals()
    text = body.decode("utf-8", "replace").strip()
    readings = _features(text, refusals) if text.startswith("{") else _rows(text, refusals)
    return Decoded(NAME, tuple(readings), refusals.told())


def _features(text: str, refusals: Refusals) -> list[Reading]:
    try:
        features = json.loads(text)["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        refusals.add("the GeoJSON is cut short or has no features")
        return []
    readings = []
    for number, feature in enumerate(features if isinstance(features, list) else [], 1):
        try:
            readings.append(_feature(feature))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            words = (
                str(error) if isinstance(error, Unfit) else "a feature needs properties with stationcode and timepoint"
            )
            refusals.add(words, f"feature {number}")
    return readings


def _feature(feature: Mapping[str, Any]) -> Reading:
    told = feature["properties"]
    station = str(told["stationcode"]).strip()
    if not re.fullmatch(r"[0-9A-Z]{4,8}", station):
        raise Unfit(f"a site's code has four to eight figures and letters, found {station[:12]!r}")
    time = dt.datetime.fromisoformat(str(told["timepoint"]))
    aware = time if time.tzinfo else time.replace(tzinfo=BEIJING)
    return _reading(station, aware, {name: str(told.get(name, "")) for name in ORDER})


def _rows(text: str, refusals: Refusals) -> list[Reading]:
    readings = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            readings.append(_row(line))
        except ValueError as error:
            refusals.add(str(error), f"line {number}")
    return readings


def _row(line: str) -> Reading:
    found = _ROW.match(line)
    if found is None:
        raise Unfit("a row is site, year, month, day, hour, longitude, latitude and concentrations")
    values = found[8].split()
    names = ORDER if len(values) == len(ORDER) else ("o3",) if len(values) == 1 else ()
    if found[5] is None:
        raise Unfit("a mean of a whole day, not of an hour")
    if not names:
        raise Unfit(f"a row has {len(values)} concentrations, allowed are 1 (O3) or {len(ORDER)}")
    try:
        day = dt.datetime(int(found[2]), int(found[3]), int(found[4]), tzinfo=BEIJING)
    except ValueError:
        raise Unfit(f"the day of a row is not in the calendar: {found[2]}-{found[3]}-{found[4]}") from None
    time = day + dt.timedelta(hours=int(found[5]))
    return _reading(found[1], time, dict(zip(names, values, strict=True)))


def _reading(station: str, time: dt.datetime, told: Mapping[str, str]) -> Reading:
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    for name, text in told.items():
        element = CONCENTRATION + FIELDS[name]
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if 0 <= value < float("inf"):
            values[element] = value
        else:
            marks[element] = Mark.MISSING
    return Reading(station, time.astimezone(dt.UTC), values, marks)
