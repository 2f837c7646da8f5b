"""The rows of a MUSIC answer, whatever it is written in: the table of elements, the codes, the times.

MUSIC is the interface of CIMISS and of its successor CMADaaS. Names and units are those of its own `fieldNames` and
`fieldUnits`; case differs between data sets, so it does not count here. Codes: 999999 missing, 999990 trace, 999017
calm. The Q_ digits are the national judgement: they stay out of the readings; only 7 ("no observing
task") is used, to tell a value that was never due from one that is missing. Times are UTC.

Extremes belong to the running hour: they are values of an hour only in rows of a full hour. Tables of days and longer
are refused whole: `TEM_Max` there is the day's.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Reading

TRACE, CALM = 999990.0, 999017.0
CODES_FROM = 999000.0
"""No element reaches so far: every value from here on is a code."""
NO_TASK_DIGIT = "7"
DONE = "0"
_EMPTY = re.compile(r"没有|无数据|为空|no (?:data|record|result)|not found|null|empty", re.IGNORECASE)
_DATA_SET = re.compile(r"(?i)\bdatacode=([A-Z0-9_]+)")
_LONGER = re.compile(r"_(?:DAY|PEN|TEN|MON|SEA|YER)(?:_|$)")
Row = Mapping[str, str]

ELEMENTS: dict[str, tuple[str, ...]] = {
    "air_temperature": ("TEM",),
    "air_temperature_maximum_24h": ("TEM_Max_24h",),
    "air_temperature_minimum_24h": ("TEM_Min_24h",),
    "dew_point_temperature": ("DPT",),
    "relative_humidity": ("RHU",),
    "vapor_pressure": ("VAP",),
    "surface_air_pressure": ("PRS",),
    "air_pressure_at_mean_sea_level": ("PRS_Sea",),
    "tendency_of_surface_air_pressure_3h": ("PRS_Change_3h",),
    "wind_speed": ("WIN_S_Avg_10mi", "WIN_S_Avg_2mi", "WIN_S_Avg_1mi"),
    "wind_from_direction": ("WIN_D_Avg_10mi", "WIN_D_Avg_2mi", "WIN_D_Avg_1mi"),
    "wind_speed_2min": ("WIN_S_Avg_2mi",),
    "wind_speed_10min": ("WIN_S_Avg_10mi",),
    "wind_speed_of_gust": ("WIN_S_Inst_Max",),
    "wind_gust_from_direction": ("WIN_D_INST_Max",),
    "precipitation_amount_1h": ("PRE_1h",),
    "precipitation_amount_3h": ("PRE_3h",),
    "precipitation_amount_6h": ("PRE_6h",),
    "precipitation_amount_12h": ("PRE_12h",),
    "precipitation_amount_24h": ("PRE_24h",),
    "visibility_in_air": ("VIS_HOR_10MI", "VIS_HOR_1MI", "VIS"),
    "present_weather": ("WEP_Now",),
    "surface_temperature": ("GST",),
    "grass_temperature": ("LGST",),
    **{f"soil_temperature_{depth}cm": (f"GST_{depth}cm",) for depth in (5, 10, 15, 20, 80, 160, 320)},
    "soil_temperature_40cm": ("GST_40Cm",),
    "cloud_area_fraction": ("CLO_Cov",),
    "surface_snow_thickness": ("Snow_Depth",),
}
"""Element to the columns that may carry it, the best first (wind: the longest mean the answer holds)."""
AT_HOUR: dict[str, tuple[str, ...]] = {
    "air_temperature_maximum_1h": ("TEM_Max",),
    "air_temperature_minimum_1h": ("TEM_Min",),
    "relative_humidity_minimum_1h": ("RHU_Min",),
    "surface_air_pressure_maximum_1h": ("PRS_Max",),
    "surface_air_pressure_minimum_1h": ("PRS_Min",),
    "wind_speed_maximum_1h": ("WIN_S_Max",),
    "wind_speed_of_gust_1h": ("WIN_S_Inst_Max",),
    "visibility_in_air_minimum_1h": ("VIS_Min",),
}
"""Columns of the running hour."""


def outcome(code: str, message: str, told: str, held: int, part: str = "DS") -> Refusals:
    """Judge an answer as a whole, by its own words.

    Parameters
    ----------
    code, message : str
        `returnCode` and `returnMessage`.
    told : str
        `rowCount`, "" where it tells none.
    held : int
        How many rows it holds.
    part : str
        Where its rows stand.

    Returns
    -------
    Refusals
        A failure with the server's words, or rows that are missing; empty where all is well.
    """
    refusals = Refusals()
    if code != DONE:
        refusals.add(f"the answer tells of a failure: {code[:20]} {message[:200]}")
    if (told or str(held)) != str(held):
        refusals.add(f"the answer says it has {told[:20]} rows and holds {held}", part)
    return refusals


def nothing_there(code: str, message: str) -> bool:
    """Tell whether a failure is none: the centre looked, and there is no row."""
    return code != DONE and bool(_EMPTY.search(message))


def longer_table(asked: str) -> str:
    """Give the name of the table that was asked for (`requestParams`), if it is one of days or longer; else ""."""
    found = _DATA_SET.search(asked)
    return found.group(1) if found and _LONGER.search(found.group(1).upper()) else ""


def reading(row: Mapping[str, str], number: int, refusals: Refusals) -> Reading | None:
    """Read one row; what is wrong with it is added to the refusals, and None is given where nothing can be read."""
    low = {key.lower(): text.strip() for key, text in row.items()}
    station = low.get("station_id_c", "")
    if not station or station == "999999":
        refusals.add("the row names no station (Station_Id_C)", f"row {number}")
        return None
    try:
        time = _time(low)
    except Unfit as error:
        refusals.add(str(error), f"row {number}")
        return None
    values: dict[str, float] = {}
    marks: dict[str, Mark] = {}
    for name, columns in (ELEMENTS | AT_HOUR if time.minute == 0 else ELEMENTS).items():
        column = _best(low, columns)
        if column:
            _take(low, name, column, values, marks, refusals)
    lon, lat, alt = (_number(low.get(key, "")) for key in ("lon", "lat", "alti"))
    return Reading(station, time, values, marks, lon, lat, alt)


def _best(row: Row, columns: tuple[str, ...]) -> str:
    held = [column for column in columns if column.lower() in row]
    valued = [column for column in held if _says(row[column.lower()])]
    return (valued or held or [""])[0]


def _says(text: str) -> bool:
    return _number(text) is not None or _code(text) in (TRACE, CALM)


def _take(
    row: Row, name: str, column: str, values: dict[str, float], marks: dict[str, Mark], refusals: Refusals
) -> None:
    text = row[column.lower()]
    value, code = _number(text), _code(text)
    if value is not None:
        values[name] = value
    elif code in (TRACE, CALM):
        values[name], marks[name] = 0.0, Mark.TRACE if code == TRACE else Mark.CALM
    elif math.isnan(code) and text:
        refusals.add(f"{column} is no number: {text[:20]!r}", row.get("station_id_c", ""))
    else:
        undue = row.get(f"q_{column.lower()}") == NO_TASK_DIGIT
        marks[name] = Mark.NO_TASK if undue else Mark.MISSING


def _code(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _number(text: str) -> float | None:
    number = _code(text)
    return None if math.isnan(number) or number >= CODES_FROM else number


def _time(row: Row) -> dt.datetime:
    try:
        if "datetime" in row:
            return _written(row["datetime"])
        parts = [int(row[key]) for key in ("year", "mon", "day", "hour")]
        return dt.datetime(*parts, int(row.get("min", "0")), tzinfo=dt.UTC)  # type: ignore[misc,arg-type]
    except (KeyError, ValueError, OverflowError):
        held = {key: row[key][:20] for key in ("datetime", "year", "mon", "day", "hour", "min") if key in row}
        raise Unfit(f"the row has no time: it needs Year, Mon, Day, Hour (or Datetime), found {held}") from None


def _written(text: str) -> dt.datetime:
    if re.fullmatch(r"\d{10}|\d{12}|\d{14}", text):
        return dt.datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    written = dt.datetime.fromisoformat(text)
    return written.astimezone(dt.UTC) if written.tzinfo else written.replace(tzinfo=dt.UTC)
