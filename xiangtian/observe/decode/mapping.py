"""A mapping: what the columns of somebody's table mean, as a few lines of YAML instead of code.

::

    name: my-loggers                  # how the format is called
    note: where the facts come from
    header: [Station, Time, Temp]     # columns that its heading line holds; by them it is recognised
    delimiter: ","
    heading_within: 4                 # the heading stands in one of so many first lines
    station: {column: Station}        # or {value: M3501}
    time: {columns: [Date, Time], format: "%Y-%m-%d %H:%M", zone: Asia/Shanghai}
    position: {lon: Lon, lat: Lat, alt_m: Height}
    missing: ["", "NAN", "-999"]
    elements:
      air_temperature: {column: Temp, unit: degF}
      wind_from_direction: {column: Dir, unit: compass}   # N, NNE, ...
    constants: {precipitation_period: 5}                  # given with every row that has the elements above
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any

from xiangtian.core.elements import CATALOGUE
from xiangtian.observe.decode.refusals import Unfit
from xiangtian.observe.decode.units import allowed

COMPASS = "compass"
_KEYS = {
    "name",
    "note",
    "header",
    "delimiter",
    "heading_within",
    "station",
    "time",
    "position",
    "missing",
    "elements",
    "constants",
}
_NEEDED = ("name", "header", "station", "time", "elements")


@dataclass(frozen=True)
class Column:
    """A column of a table and the unit its values come in."""

    column: str
    unit: str


@dataclass(frozen=True)
class Mapping:
    """What a table's columns mean; made by `parse`."""

    name: str
    header: tuple[str, ...]
    station_column: str
    station_value: str
    time_columns: tuple[str, ...]
    time_format: str
    zone: str
    elements: Table[str, Column]
    delimiter: str = ","
    heading_within: int = 4
    lon: str = ""
    lat: str = ""
    alt_m: str = ""
    missing: frozenset[str] = frozenset({""})
    constants: Table[str, float] = field(default_factory=dict)


def parse(said: object, where: str) -> Mapping:
    """Make a mapping of what a YAML file says.

    Parameters
    ----------
    said : object
        The parsed YAML.
    where : str
        The file's name, for the message of an error.

    Returns
    -------
    Mapping
        Checked: every element is in the catalogue, every unit can be converted, the time zone exists.

    Raises
    ------
    ValueError
        If anything is missing, unknown or of the wrong kind; the message says what is allowed.
    """
    try:
        return _parse(_table(said, "the mapping"))
    except ValueError as error:
        raise Unfit(f"{where}: {error}") from None


def _parse(said: Table[str, Any]) -> Mapping:
    unknown, lacking = sorted(set(said) - _KEYS), [key for key in _NEEDED if key not in said]
    if unknown or lacking:
        raise Unfit(f"a mapping holds {', '.join(sorted(_KEYS))}; unknown: {unknown}, missing: {lacking}")
    station, time = _table(said["station"], "station"), _table(said["time"], "time")
    position = _table(said.get("position", {}), "position")
    delimiter = str(said.get("delimiter", ","))
    if len(delimiter) != 1:
        raise Unfit(f"the delimiter is one sign, found {delimiter!r}")
    if not (station.get("column") or station.get("value")):
        raise Unfit("station needs a column, or a value for a table of one station")
    return Mapping(
        name=str(said["name"]),
        header=_texts(said["header"], "header"),
        station_column=str(station.get("column", "")),
        station_value=str(station.get("value", "")),
        time_columns=_texts(time.get("columns", [time.get("column")]), "time: columns"),
        time_format=str(time.get("format", "")),
        zone=_zone(time),
        elements=_elements(_table(said["elements"], "elements")),
        delimiter=delimiter,
        heading_within=int(said.get("heading_within", 4)),
        lon=str(position.get("lon", "")),
        lat=str(position.get("lat", "")),
        alt_m=str(position.get("alt_m", "")),
        missing=frozenset(str(code) for code in said.get("missing", [])) | {""},
        constants=_constants(_table(said.get("constants", {}), "constants")),
    )


def _table(said: object, what: str) -> Table[str, Any]:
    if not isinstance(said, dict):
        raise Unfit(f"{what} is a table of keys and values, found {type(said).__name__}")
    return said


def _texts(said: object, what: str) -> tuple[str, ...]:
    if not isinstance(said, list) or not said or not all(isinstance(text, str) and text for text in said):
        raise Unfit(f"{what} is a list of column names, found {said!r}")
    return tuple(said)


def _zone(time: Table[str, Any]) -> str:
    zone = str(time.get("zone", ""))
    try:
        zoneinfo.ZoneInfo(zone)
    except (ValueError, zoneinfo.ZoneInfoNotFoundError, OSError):
        raise Unfit(f"time needs a zone such as UTC or Asia/Shanghai, found {zone!r}") from None
    return zone


def _elements(said: Table[str, Any]) -> dict[str, Column]:
    elements = {}
    for name, column in said.items():
        if name not in CATALOGUE:
            raise Unfit(f"the element {name!r} is not in the catalogue of elements; it has {', '.join(CATALOGUE)}")
        table = {"column": column} if isinstance(column, str) else _table(column, name)
        unit = str(table.get("unit", CATALOGUE[name].unit))
        units = (*allowed(name), COMPASS) if name.endswith("direction") else allowed(name)
        if unit not in units or not table.get("column"):
            raise Unfit(f"{name} needs a column, and a unit of {', '.join(units)}; found {dict(table)}")
        elements[name] = Column(str(table["column"]), unit)
    return elements


def _constants(said: Table[str, Any]) -> dict[str, float]:
    for name, value in said.items():
        if name not in CATALOGUE or isinstance(value, bool) or not isinstance(value, int | float):
            raise Unfit(f"constants are elements of the catalogue with a number, found {name}: {value!r}")
    return {name: float(value) for name, value in said.items()}
