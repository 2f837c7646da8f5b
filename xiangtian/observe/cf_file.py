"""What the map shows as NetCDF files: CF-1.8, points for stations, a latitude-longitude grid for an analysis."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import h5netcdf
import numpy as np
import numpy.typing as npt

from xiangtian.core.elements import Element
from xiangtian.met.lonlat import LonLat
from xiangtian.observe.cf_names import CfName, cf_name

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SINCE = "seconds since 1970-01-01 00:00:00 UTC"
FLAGS = (0, 1, 2, 3, 4, 7, 8, 9)
FLAG_WORDS = "good suspect wrong corrected modified no_task missing unchecked"
FILL, NO_FLAG = np.float64(-9999.0), np.int8(-1)


@dataclass(frozen=True)
class Meaning:
    """What a file's values are: the element, how readings became one value (`how`, `hours`), and the moment, UTC."""

    element: Element
    how: str
    hours: float
    moment: dt.datetime
    history: str

    @property
    def named(self) -> CfName:
        """Its CF names."""
        return cf_name(self.element.name, self.how, self.hours)

    @property
    def title(self) -> str:
        """A sentence about it."""
        over = "" if self.how == "now" else f", {self.how} over {self.hours:g} h"
        return f"{self.element.en} ({self.element.zh}){over}, {self.moment:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Point:
    """A station and what it shows."""

    code: str
    name: str
    lon: float
    lat: float
    alt_m: float
    value: float | None
    flag: int | None
    time: dt.datetime | None


def of_stations(meaning: Meaning, points: Sequence[Point]) -> bytes:
    """Write stations as CF point data (CF-1.8 section 9 and appendix H.1).

    Parameters
    ----------
    meaning : Meaning
        What the values are.
    points : Sequence of Point
        One a station, in any order; those that never said anything are left out.

    Returns
    -------
    bytes
        NetCDF-4: `obs` points with `time` (and its bounds, where the value holds for a period), `lat`, `lon`, `alt`,
        `station_id`, `station_name`, the element and its quality flag as ancillary variable. Over a window `time` is
        its end, and `time_of_value` says when an extreme was reached. A missing value is the fill value.
    """
    told = [point for point in points if point.time is not None]
    name, reached = meaning.element.name, _reached(told)
    ends = reached if meaning.how == "now" else np.full(len(told), _seconds(meaning.moment))
    out = io.BytesIO()
    with h5netcdf.File(out, "w") as file:
        _attributes(file, meaning, featureType="point")
        file.dimensions["obs"] = len(told)
        _time(file, "obs", ends, meaning)
        for column, field in (("lat", "lat"), ("lon", "lon"), ("alt", "alt_m")):
            _axis(file, column, ("obs",), np.array([getattr(point, field) for point in told], np.float64))
        if meaning.how in ("max", "min"):
            extra = file.create_variable("time_of_value", ("obs",), np.float64, data=reached)
            extra.attrs["long_name"], extra.attrs["units"] = "time at which the extreme was reached", SINCE
        for column, words in (("station_id", "station identifier"), ("station_name", "station name")):
            field = "code" if column == "station_id" else "name"
            _texts(file, column, [getattr(point, field) for point in told], words)
        values = np.array([FILL if point.value is None else point.value for point in told], np.float64)
        one = _values(file, meaning, ("obs",), values)
        one.attrs["coordinates"] = "time lat lon alt station_id station_name"
        one.attrs["ancillary_variables"] = f"{name}_qc"
        _flags(file, f"{name}_qc", [point.flag for point in told], meaning.element.en)
    return out.getvalue()


def of_grid(meaning: Meaning, values: npt.NDArray[np.floating], grid: LonLat, notes: Mapping[str, str]) -> bytes:
    """Write an analysis as a CF grid.

    Parameters
    ----------
    meaning : Meaning
        What the values are.
    values : FloatArray
        (rows, columns), NaN where the analysis says nothing.
    grid : LonLat
        Where they lie.
    notes : Mapping
        More attributes of the variable, e.g. the leave-one-out error.

    Returns
    -------
    bytes
        NetCDF-4 with `time`, `lat` (falling), `lon` and a WGS-84 grid mapping.
    """
    out = io.BytesIO()
    with h5netcdf.File(out, "w") as file:
        _attributes(file, meaning)
        file.dimensions = {"time": 1, "lat": grid.rows, "lon": grid.columns}
        _time(file, "time", np.array([_seconds(meaning.moment)]), meaning)
        for column, axis in (("lat", grid.lat), ("lon", grid.lon)):
            _axis(file, column, (column,), axis)
        _crs(file)
        plain = np.where(np.isnan(values), FILL, values)[None]
        one = _values(file, meaning, ("time", "lat", "lon"), plain)
        one.attrs["grid_mapping"] = "crs"
        for key, words in notes.items():
            one.attrs[key] = words
    return out.getvalue()


def _attributes(file: Any, meaning: Meaning, **more: str) -> None:
    told = {"Conventions": "CF-1.8", "title": meaning.title, "institution": "苏州市气象局 Suzhou Meteorological Bureau"}
    told |= {"source": "surface observation", "history": meaning.history, **more}
    for key, words in told.items():
        file.attrs[key] = words


_AXES = {
    "time": {"standard_name": "time", "units": SINCE, "calendar": "standard", "axis": "T"},
    "lat": {"standard_name": "latitude", "units": "degrees_north", "axis": "Y"},
    "lon": {"standard_name": "longitude", "units": "degrees_east", "axis": "X"},
    "alt": {"standard_name": "altitude", "units": "m", "positive": "up", "axis": "Z"},
}


def _axis(file: Any, name: str, dimensions: tuple[str, ...], values: npt.NDArray[np.floating]) -> None:
    one = file.create_variable(name, dimensions, np.float64, data=values)
    for key, words in _AXES[name].items():
        if dimensions == (name,) or key != "axis":
            one.attrs[key] = words


def _seconds(moment: dt.datetime) -> float:
    return (moment - EPOCH).total_seconds()


def _reached(points: Iterable[Point]) -> npt.NDArray[np.float64]:
    return np.array([_seconds(point.time) for point in points if point.time], np.float64)


def _time(file: Any, dimension: str, ends: npt.NDArray[np.float64], meaning: Meaning) -> None:
    """Write the time, and where the value holds for a period its bounds (CF-1.8 section 7.1)."""
    _axis(file, "time", (dimension,), ends)
    hours = meaning.named.hours
    if hours > 0:
        file.dimensions["bounds"] = 2
        both = np.stack([ends - 3600 * hours, ends], axis=-1)
        file.create_variable("time_bounds", (dimension, "bounds"), np.float64, data=both)
        file["time"].attrs["bounds"] = "time_bounds"


def _texts(file: Any, name: str, texts: Sequence[str], words: str) -> None:
    """Write texts as fixed-length UTF-8 characters, which every NetCDF reader knows."""
    coded = [text.encode() for text in texts]
    longest = max((len(text) for text in coded), default=1) or 1
    file.dimensions[f"{name}_length"] = longest
    characters = np.array([list(text.ljust(longest, b"\0")) for text in coded], np.uint8).reshape(-1, longest)
    one = file.create_variable(name, ("obs", f"{name}_length"), "S1", data=characters.view("S1"))
    one.attrs["long_name"] = words
    one.attrs["_Encoding"] = "utf-8"


def _values(file: Any, meaning: Meaning, dimensions: tuple[str, ...], values: npt.NDArray[np.floating]) -> Any:
    element = meaning.element
    named = meaning.named
    one = file.create_variable(element.name, dimensions, np.float64, fillvalue=FILL, data=values)
    one.attrs["long_name"] = f"{element.zh} {element.en}"
    one.attrs["units"] = element.unit
    if named.standard:
        one.attrs["standard_name"] = named.standard
    if named.cell_methods:
        one.attrs["cell_methods"] = named.cell_methods
    return one


def _flags(file: Any, name: str, flags: Iterable[int | None], words: str) -> None:
    codes = np.array([NO_FLAG if flag is None else flag for flag in flags], np.int8)
    one = file.create_variable(name, ("obs",), np.int8, fillvalue=NO_FLAG, data=codes)
    one.attrs["standard_name"] = "quality_flag"
    one.attrs["long_name"] = f"quality of {words}"
    one.attrs["flag_values"] = np.array(FLAGS, np.int8)
    one.attrs["flag_meanings"] = FLAG_WORDS


def _crs(file: Any) -> None:
    one = file.create_variable("crs", (), np.int32, data=np.int32(0))
    told: dict[str, str | float] = {"grid_mapping_name": "latitude_longitude", "longitude_of_prime_meridian": 0.0}
    told |= {"semi_major_axis": 6378137.0, "inverse_flattening": 298.257223563}
    for key, value in told.items():
        one.attrs[key] = value
