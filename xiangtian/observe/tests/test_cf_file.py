"""NetCDF files by the rules of CF-1.8, read by xarray.

The files of all elements, and of fields and windows, also pass the IOOS compliance checker 6.1 (`--test=cf:1.8`).
"""

import datetime as dt
import io

import numpy as np
import pytest
import xarray as xr

from xiangtian.core.elements import CATALOGUE
from xiangtian.met.lonlat import LonLat
from xiangtian.observe.cf_file import FLAG_WORDS, FLAGS, Meaning, Point, of_grid, of_stations
from xiangtian.observe.cf_names import cf_name

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
RAW = {"decode_cf": False, "engine": "h5netcdf"}


def meaning(name="air_temperature", how="now", hours=0.0):
    return Meaning(CATALOGUE[name], how, hours, NOON, "made")


def point(code, value, flag=0, minutes=-5):
    time = None if minutes is None else NOON + dt.timedelta(minutes=minutes)
    return Point(code, f"站{code}", 120.5, 31.2, 4.0, value, flag, time)


def stations(*points, **what):
    return xr.open_dataset(io.BytesIO(of_stations(meaning(**what), points)), **RAW)


def test_points_have_what_section_9_asks_for():
    told = stations(point("A", 21.5), point("B", None, 8))
    assert told.attrs["Conventions"] == "CF-1.8"
    assert told.attrs["featureType"] == "point"
    assert set(told.air_temperature.attrs["coordinates"].split()) >= {"time", "lat", "lon", "alt"}
    names = {name: told[name].attrs["standard_name"] for name in ("time", "lat", "lon", "alt")}
    assert names == {"time": "time", "lat": "latitude", "lon": "longitude", "alt": "altitude"}
    assert told.time.attrs["units"].startswith("seconds since 1970-01-01")
    assert told.air_temperature.attrs["ancillary_variables"] == "air_temperature_qc"
    assert told.air_temperature.values.tolist() == [21.5, told.air_temperature.attrs["_FillValue"]]


def test_flags_are_explained_one_word_each():
    told = stations(point("A", 21.5, 9)).air_temperature_qc
    assert told.attrs["flag_values"].tolist() == list(FLAGS)
    assert len(told.attrs["flag_meanings"].split()) == len(FLAGS)
    assert told.dtype == told.attrs["flag_values"].dtype  # CF-1.8 section 3.5: the same type as the variable
    assert told.values.tolist() == [9]
    assert FLAG_WORDS.split()[-1] == "unchecked"


def test_chinese_names_come_back():
    told = xr.open_dataset(io.BytesIO(of_stations(meaning(), [point("A", 1.0)])), engine="h5netcdf")
    name = told.station_name.values[0]
    assert (name.decode() if isinstance(name, bytes) else name) == "站A"


def test_a_window_has_bounds_and_the_time_of_the_extreme():
    told = stations(point("A", 21.5, minutes=-90), how="max", hours=24.0)
    end = NOON.timestamp()
    assert told.time.values.tolist() == [end]
    assert told.time.attrs["bounds"] == "time_bounds"
    assert told.time_bounds.values.tolist() == [[end - 86400, end]]
    assert told.time_of_value.values.tolist() == [end - 5400]
    assert told.air_temperature.attrs["cell_methods"] == "time: maximum"


def test_stations_that_never_spoke_are_left_out_and_none_is_a_file_too():
    assert stations(point("A", None, None, minutes=None), point("B", 2.0)).sizes["obs"] == 1
    assert stations().sizes["obs"] == 0


def test_a_grid_has_axes_and_a_mapping():
    grid = LonLat(120.0, 32.0, 0.5, 2, 3)
    values = np.array([[1.0, 2.0, np.nan], [4.0, 5.0, 6.0]])
    file = of_grid(meaning(how="mean", hours=6.0), values, grid, {"analysis_method": "optimal"})
    told = xr.open_dataset(io.BytesIO(file), **RAW)
    assert told.air_temperature.dims == ("time", "lat", "lon")
    assert told.lat.values.tolist() == [32.0, 31.5]
    assert (told.lat.attrs["axis"], told.lon.attrs["axis"], told.time.attrs["axis"]) == ("Y", "X", "T")
    assert told.crs.attrs["grid_mapping_name"] == "latitude_longitude"
    assert told.crs.attrs["semi_major_axis"] == 6378137.0  # WGS-84
    assert told.air_temperature.attrs["_FillValue"] == told.air_temperature.values[0, 0, 2]
    assert told.time_bounds.values.tolist() == [[NOON.timestamp() - 6 * 3600, NOON.timestamp()]]


@pytest.mark.parametrize(
    ("name", "how", "hours", "standard", "method", "length"),
    [  # names of the CF standard name table; "" where it has none
        ("air_temperature", "now", 0, "air_temperature", "time: point", 0),
        ("air_temperature_minimum_24h", "now", 0, "air_temperature", "time: minimum", 24),
        ("precipitation_amount_1h", "now", 0, "lwe_thickness_of_precipitation_amount", "time: sum", 1),
        ("precipitation_amount", "sum", 72, "lwe_thickness_of_precipitation_amount", "time: sum", 72),
        ("wind_speed_of_gust_1h", "now", 0, "wind_speed_of_gust", "time: maximum", 1),
        ("soil_temperature_40cm", "mean", 24, "soil_temperature", "time: mean", 24),
        ("tendency_of_surface_air_pressure_3h", "now", 0, "", "time: point", 0),
        ("present_weather", "now", 0, "", "time: point", 0),
        ("air_temperature", "change", 24, "", "", 24),
    ],
)
def test_cf_names(name, how, hours, standard, method, length):
    told = cf_name(name, how, hours)
    assert (told.standard, told.cell_methods, told.hours) == (standard, method, length)


def test_every_element_can_be_written():
    for name in CATALOGUE:
        assert stations(point("A", 1.0), name=name)[name].attrs["units"] == CATALOGUE[name].unit
