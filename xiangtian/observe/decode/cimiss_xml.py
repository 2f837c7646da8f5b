"""The XML answer of CIMISS and its successor (a DS element with rows R), as the MUSIC interface gives it.

Names and units of the attributes are those of its `fieldNames` and `fieldUnits`. Codes: 999999 missing, 999990 trace,
999017 calm. The Q_ digits are the national judgement: they stay out of the readings; only 7 ("no observing task") is
used, to tell a value that was never due from one that is missing. Times are UTC. Entities and network are off.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping as Table

from lxml import etree

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "cimiss-xml"
MISSING, TRACE, CALM = 999999.0, 999990.0, 999017.0
CODES_FROM = 999000.0
"""No element reaches so far: every value from here on is a code."""
NO_TASK_DIGIT = "7"

ELEMENTS: dict[str, tuple[str, ...]] = {
    "air_temperature": ("TEM",),
    "dew_point_temperature": ("DPT",),
    "relative_humidity": ("RHU",),
    "vapor_pressure": ("VAP",),
    "surface_air_pressure": ("PRS",),
    "air_pressure_at_mean_sea_level": ("PRS_Sea",),
    "wind_speed": ("WIN_S_Avg_10mi", "WIN_S_Avg_2mi", "WIN_S_Avg_1mi"),
    "wind_from_direction": ("WIN_D_Avg_10mi", "WIN_D_Avg_2mi", "WIN_D_Avg_1mi"),
    "wind_speed_of_gust": ("WIN_S_Inst_Max",),
    "wind_gust_from_direction": ("WIN_D_INST_Max", "WIN_D_Inst_Max"),
    "precipitation_amount_1h": ("PRE_1h",),
    "precipitation_amount_3h": ("PRE_3h",),
    "precipitation_amount_6h": ("PRE_6h",),
    "precipitation_amount_12h": ("PRE_12h",),
    "precipitation_amount_24h": ("PRE_24h",),
    "visibility_in_air": ("VIS_HOR_10MI", "VIS_HOR_1MI", "VIS"),
    "surface_temperature": ("GST",),
    "grass_temperature": ("LGST",),
    "soil_temperature_5cm": ("GST_5cm",),
    "soil_temperature_10cm": ("GST_10cm",),
    "soil_temperature_20cm": ("GST_20cm",),
    "cloud_area_fraction": ("CLO_Cov",),
}
"""Element to the attributes that may carry it, the best first (wind: the longest mean the answer holds)."""


def sniff(head: bytes, name: str) -> bool:
    """Tell by the head element DS with a return code."""
    return b"<DS" in head and b"returnCode" in head and b"urn:oasis" not in head


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode the rows; an answer that tells of a failure, or holds fewer rows than it says, is refused in that part."""
    refusals = Refusals()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        refusals.add(f"the XML can't be read: {error}; ask for the answer again")
        return Decoded(NAME, (), refusals.told())
    if root.get("returnCode") != "0":
        refusals.add(f"the answer tells of a failure: {root.get('returnCode')} {root.get('returnMessage', '')}")
    rows = root.findall("R")
    if (root.get("rowCount") or str(len(rows))) != str(len(rows)):
        refusals.add(f"the answer says it has {root.get('rowCount')} rows and holds {len(rows)}", "DS")
    readings = [_reading(row.attrib, number, refusals) for number, row in enumerate(rows, 1)]
    if not rows and not refusals:
        refusals.add("the answer holds no rows")
    return Decoded(NAME, tuple(reading for reading in readings if reading), refusals.told())


def _reading(row: Table[str, str], number: int, refusals: Refusals) -> Reading | None:
    station = row.get("Station_Id_C", "").strip()
    if not station or station == "999999":
        refusals.add("the row names no station (Station_Id_C)", f"row {number}")
        return None
    try:
        time = _time(row)
    except Unfit as error:
        refusals.add(str(error), f"row {number}")
        return None
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    for name, columns in ELEMENTS.items():
        column = _best(row, columns)
        if column:
            _take(row, name, column, values, marks, refusals)
    lon, lat, alt = (_number(row.get(key, "")) for key in ("Lon", "Lat", "Alti"))
    return Reading(station, time, values, marks, lon, lat, alt)


def _best(row: Table[str, str], columns: tuple[str, ...]) -> str:
    held = [column for column in columns if column in row]
    valued = [column for column in held if _number(row[column]) is not None or _code(row[column]) in (TRACE, CALM)]
    return (valued or held or [""])[0]


def _take(
    row: Table[str, str],
    name: str,
    column: str,
    values: dict[str, float],
    marks: dict[str, Mark],
    refusals: Refusals,
) -> None:
    value, code = _number(row[column]), _code(row[column])
    if value is not None:
        values[name] = value
    elif code in (TRACE, CALM):
        values[name], marks[name] = 0.0, Mark.TRACE if code == TRACE else Mark.CALM
    elif math.isnan(code) and row[column].strip():
        refusals.add(f"{column} is no number: {row[column][:20]!r}", row.get("Station_Id_C", ""))
    else:
        marks[name] = Mark.NO_TASK if row.get(f"Q_{column}") == NO_TASK_DIGIT else Mark.MISSING


def _code(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _number(text: str) -> float | None:
    number = _code(text)
    return None if math.isnan(number) or number >= CODES_FROM else number


def _time(row: Table[str, str]) -> dt.datetime:
    try:
        if "Datetime" in row:
            return dt.datetime.fromisoformat(row["Datetime"]).replace(tzinfo=dt.UTC)
        parts = [int(row[key]) for key in ("Year", "Mon", "Day", "Hour")]
        return dt.datetime(*parts, int(row.get("Min", "0")), tzinfo=dt.UTC)  # type: ignore[misc,arg-type]
    except (KeyError, ValueError):
        held = {key: row[key] for key in ("Datetime", "Year", "Mon", "Day", "Hour", "Min") if key in row}
        raise Unfit(f"the row has no time: it needs Year, Mon, Day, Hour (or Datetime), found {held}") from None
