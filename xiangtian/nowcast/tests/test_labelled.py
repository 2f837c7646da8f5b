"""Labelled arrays in and out: units, coordinates and attributes are kept."""

import numpy as np
import pytest
import xarray as xr

from xiangtian.nowcast import chance, forecast
from xiangtian.nowcast.forecasting import deterministic


@pytest.fixture
def rain(moving_rain):
    frames = moving_rain(4.0, 1.0, count=6, shape=(128, 160))
    times = np.datetime64("2026-07-01T02:00", "ns") + np.arange(6) * np.timedelta64(5, "m")
    coords = {
        "time": times,
        "y": ("y", 500.0 * np.arange(128)[::-1], {"units": "m"}),
        "x": ("x", 500.0 * np.arange(160), {"units": "m"}),
        "lat": (("y", "x"), np.zeros((128, 160))),
        "radar": "Z9512",
    }
    return xr.DataArray(frames, coords, ("time", "y", "x"), name="rate", attrs={"units": "mm/h", "source": "test"})


def test_a_forecast_has_the_values_of_plain_arrays_and_the_labels_of_its_rain(rain):
    ahead = forecast(rain, leads=3)
    np.testing.assert_array_equal(ahead.values, deterministic(rain.values, 3, 0.5, 5.0))
    assert ahead.dims == ("lead", "y", "x")
    assert ahead.name == "rate"
    assert ahead.attrs == rain.attrs
    assert set(ahead.coords) == {"lead", "y", "x", "lat", "radar", "time", "forecast_reference_time"}
    assert list(ahead["time"].values) == [np.datetime64(f"2026-07-01T02:{m}", "ns") for m in (30, 35, 40)]
    assert ahead["forecast_reference_time"].values == np.datetime64("2026-07-01T02:25", "ns")
    assert ahead["x"].variable.identical(rain["x"].variable)


@pytest.mark.parametrize(("unit", "in_one"), [("mm s-1", 3600.0), ("m s-1", 3.6e6), ("mm", 12.0), ("kg m-2", 12.0)])
def test_units_are_kept(rain, unit, in_one):
    # 1 mm in the 5 minutes between frames is 12 mm/h
    other = (rain / in_one).assign_attrs(units=unit)
    found = forecast(other, leads=2)
    assert found.attrs["units"] == unit
    np.testing.assert_allclose(found.values * in_one, forecast(rain, leads=2).values, rtol=2e-5, atol=1e-4)


def test_degrees_tell_the_size_of_a_cell(rain):
    # 0.0045 degrees of latitude are 0.5 km; at 60 N a degree of longitude is half as long
    degrees = (
        rain.drop_vars("lat")
        .rename(y="latitude", x="longitude")
        .assign_coords(
            latitude=("latitude", 60 + 0.0045 * (np.arange(128)[::-1] - 63.5)), longitude=0.009 * np.arange(160)
        )
    )
    np.testing.assert_allclose(forecast(degrees, leads=2).values, forecast(rain, leads=2).values, atol=1e-3)


def test_members_are_numbered_and_give_chances(rain):
    ahead = forecast(rain, leads=2, members=3, seed=7)
    assert ahead.dims == ("member", "lead", "y", "x")
    assert ahead.sizes["member"] == 3
    likely = chance(ahead, 1.0)
    assert likely.dims == ("lead", "y", "x")
    assert set(np.unique(likely.values[np.isfinite(likely.values)])) <= {0.0, 1 / 3, 2 / 3, 1.0}
    with pytest.raises(ValueError, match="needs members"):
        chance(forecast(rain, leads=2), 1.0)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda rain: rain[0], r"\(time, y, x\) is needed"),
        (lambda rain: rain.assign_attrs(units="dBZ"), "made rain first"),
        (lambda rain: rain.isel(time=[0, 1, 3]), "equal, rising steps"),
        (lambda rain: rain.isel(time=[0]), "equal, rising steps"),
        (lambda rain: rain.drop_vars("time"), "no moments of time"),
        (lambda rain: rain.drop_vars("x"), "say cell_km"),
        (lambda rain: rain.assign_coords(x=("x", np.arange(160.0), {"units": "furlong"})), "furlong"),
    ],
)  # fmt: skip
def test_what_can_not_be_forecast_from_is_refused_in_words(rain, spoil, words):
    with pytest.raises(ValueError, match=words):
        forecast(spoil(rain), leads=2)


def test_the_size_of_a_cell_may_be_told(rain):
    assert forecast(rain.drop_vars(["x", "y", "lat"]), leads=1, cell_km=0.5).dims == ("lead", "y", "x")


def test_the_sign_names_what_there_is():
    import xiangtian.nowcast

    with pytest.raises(AttributeError, match="it offers chance, forecast"):
        xiangtian.nowcast.hindcast  # noqa: B018
