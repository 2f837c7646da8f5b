"""Tiles of an ensemble are the ensemble, and are made only when they are asked for."""

import numpy as np
import pytest
import xarray as xr

from xiangtian.nowcast import forecast, forecasting
from xiangtian.nowcast.motion import dense
from xiangtian.nowcast.steps import ensemble, tiled


@pytest.fixture(scope="module")
def frames(moving_rain):
    rain = moving_rain(3.0, 1.0, count=4, shape=(125, 163))  # no multiples of eight: the last tiles are odd ones
    rain[:, :20, :30] = np.nan
    return rain


@pytest.mark.parametrize("tile", [8, 40, 67, 512])
def test_tiles_equal_the_whole_in_every_bit(frames, tile):
    motion = dense(frames[-3:])
    whole = ensemble.forecast(frames, motion, 4, 3, 5, 1.0, 5.0)
    lazy = tiled.forecast(frames, motion, 4, 3, 5, 1.0, 5.0, tile)
    assert (lazy.shape, lazy.dtype) == (whole.shape, whole.dtype)
    np.testing.assert_array_equal(lazy.compute(), whole)


def test_a_window_is_made_alone(frames, monkeypatch):
    made = []
    window = tiled.member.window
    monkeypatch.setattr(tiled.member, "window", lambda *asked: made.append(asked[3]) or window(*asked))
    lazy = tiled.forecast(frames, dense(frames[-3:]), 2, 5, 5, 1.0, 5.0, 64)
    assert made == []
    lazy[3, :, 70:80, 10:20].compute()
    assert made == [(64, 0)]


def test_a_tile_below_a_block_is_refused(frames):
    with pytest.raises(ValueError, match="8 or more"):
        forecasting.many(frames, 2, 2, 1, 1.0, 5.0, tile=7)


def test_labelled_tiles_go_to_zarr_and_back(frames, tmp_path):
    time = np.datetime64("2026-07-01T00:00") + np.arange(4) * np.timedelta64(5, "m")
    plane = {"y": ("y", np.arange(125.0)[::-1], {"units": "km"}), "x": ("x", np.arange(163.0), {"units": "km"})}
    rain = xr.DataArray(frames, {"time": time.astype("datetime64[ns]"), **plane}, ("time", "y", "x"), name="rain")
    lazy = forecast(rain, 3, 2, tile=48)
    assert lazy.chunks is not None
    lazy.to_zarr(tmp_path / "futures.zarr", consolidated=False)
    back = xr.open_zarr(tmp_path / "futures.zarr", consolidated=False)["rain"]
    np.testing.assert_array_equal(back.values, forecast(rain, 3, 2).values)
