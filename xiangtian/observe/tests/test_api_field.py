"""The doors of the map: field, analysis, picture, CSV and NetCDF."""

import csv
import io

import numpy as np
import pytest
import xarray as xr
from PIL import Image

from xiangtian.kit.tests.frame import plain
from xiangtian.observe.tests.maps import NOW, fresh, network, tell, warm

pytestmark = pytest.mark.django_db
T = "air_temperature"


@pytest.fixture
def door(settings, at, home, client, person):
    plain(settings)
    fresh()
    at(NOW)
    network()
    flags = [0] * 10 + [1, 2]
    tell(home, -65, **warm(-65), air_temperature_qc=flags)
    tell(home, -5, **warm(-5), air_temperature_qc=flags)
    client.force_login(person("v", "viewer"))
    return lambda path, **asked: client.get(f"/api/map/{path}", {"element": T, **asked})


def test_nobody_looks_without_a_log_in(client):
    assert client.get("/api/map/field", {"element": T}).status_code == 401
    assert client.get("/api/map/export.csv", {"element": T}).status_code == 401


def test_the_field_tells_values_flags_and_colours(door):
    told = door("field").json()
    assert (told["how"], told["live"], len(told["stations"])) == ("now", True, 12)
    first, last = told["stations"][0], told["stations"][-1]
    assert (first["value"], first["flag"], first["national"]) == (19.95, 0, True)
    assert last["flag"] == 2
    assert told["swatches"][0]["low"] == -15
    assert told["swatches"][-1]["high"] is None


def test_fitted_and_safe_colours(door):
    plain_, fitted, safe = (door("field", **asked).json()["swatches"] for asked in ({}, {"fitted": True}, {"safe": 1}))
    # good values run from 19.95 to 24.45: the classes begin at the round value below
    assert fitted[0]["low"] == 19.5
    assert [one["low"] for one in safe] == [one["low"] for one in plain_]
    assert safe[0]["colour"] == "#fee838"


def test_what_cannot_be_asked_is_told_with_words(door):
    for path, asked in (
        ("field", {"element": "mood"}),
        ("field", {"how": "sum"}),
        ("export.csv", {"hours": 9999, "how": "max"}),
        ("analysis", {"element": "wind_from_direction"}),
        ("analysis", {"method": "guess"}),
        ("analysis", {"element": "surface_snow_thickness"}),
        ("analysis.nc", {"element": "surface_snow_thickness"}),
        ("field", {"at": "yesterday"}),
    ):
        answer = door(path, **asked)
        assert answer.status_code == 422, path
        assert answer.json()["detail"]


def test_the_analysis_says_how_it_was_made_and_how_wrong_it_is(door):
    told = door("analysis").json()
    assert (told["method"], told["stations"]) == ("optimal", 10)  # two values are doubted
    assert told["mae"] < told["plain_mae"]
    assert 19 < told["low"] < told["high"] < 26
    values = {one["properties"]["value"] for one in told["isolines"]["features"]}
    assert values
    assert all(told["low"] <= value <= told["high"] for value in values)
    assert "T11" not in told["left_out"]
    assert door("analysis", method="barnes").json()["method"] == "barnes"


def test_the_picture_covers_the_bounds_that_are_told(door):
    picture = Image.open(io.BytesIO(door("analysis.png").content))
    west, south, east, north = door("analysis").json()["bounds"]
    assert picture.mode == "P"
    # Mercator: a degree of latitude is 1/cos(lat) as high as a degree of longitude is wide, 1.17 at 31.4 N
    assert picture.height / picture.width == pytest.approx((north - south) / (east - west) * 1.17, rel=0.01)
    seen = np.asarray(picture.convert("RGBA"))[..., 3]
    assert 0 < (seen > 0).mean() < 1


def test_the_table_opens_in_a_spreadsheet(door):
    answer = door("export.csv", how="max", hours=24)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "air_temperature_max24h_20260701T0400Z.csv" in answer["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[8] == "24小时最高气温(degC)"
    assert rows[0] == ["T00", "站T00", "吴中区", "是", "120.3", "31.1", "4.0", "2026-07-01 11:55", "19.9", "0", "正确",
                       "2", "0"]  # fmt: skip
    assert rows[11][8:] == ["", "8", "缺测", "0", "2"]  # both readings are wrong


def test_a_name_is_never_a_formula(door):
    from xiangtian.observe.queries.field_table import table

    told = table(["站名", "值"], [["=1+1", "-3.5"], ["@x", "+2"]]).decode("utf-8-sig")
    assert told.splitlines()[1:] == ["'=1+1,-3.5", "'@x,+2"]


def test_stations_as_netcdf_open_in_xarray(door):
    told = xr.open_dataset(io.BytesIO(door("export.nc").content), engine="h5netcdf")
    assert told.attrs["featureType"] == "point"
    assert told.air_temperature.sizes == {"obs": 12}
    assert str(told.time.values[0])[:16] == "2026-07-01T03:55"
    assert told.station_id.values[0] == b"T00" or told.station_id.values[0] == "T00"
    assert told.air_temperature_qc.values.tolist() == [0] * 10 + [1, 2]


def test_the_field_as_netcdf_opens_in_xarray(door):
    told = xr.open_dataset(io.BytesIO(door("analysis.nc").content), engine="h5netcdf")
    assert told.air_temperature.dims == ("time", "lat", "lon")
    assert told.air_temperature.attrs["grid_mapping"] == "crs"
    assert "degC" in told.air_temperature.attrs["leave_one_out_mean_absolute_error"]
    near = told.air_temperature.sel(lat=31.1, lon=120.3, method="nearest").item()
    assert near == pytest.approx(19.95, abs=0.3)


def test_choices_name_what_can_be_made_of_each_element(door):
    told = {one["name"]: one for one in door("choices").json()}
    assert told["precipitation_amount"]["ways"] == ["sum", "now"]
    assert told["wind_from_direction"]["field"] is False
    assert "precipitation_period" not in told
