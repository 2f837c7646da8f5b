"""Expected values: blobs of rain laid out by hand; the totals that the two real storms are known for."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from xiangtian.core import boundaries, clock, places, stations
from xiangtian.drill import stations as drill_stations
from xiangtian.drill import transpose
from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import composites

CITY = (120.65, 31.38)
GRID = Grid("+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60", 0.0, -3_650_000.0, 1000.0, 1000.0, 400, 500)
TIME = dt.datetime(2010, 8, 26, 0, 5, tzinfo=clock.UTC)


def _frame(rate, minutes=0, grid=GRID):
    quality = np.isfinite(rate).astype(np.float32)
    return RainFrame(TIME + dt.timedelta(minutes=minutes), grid, rate.astype(np.float32), quality, 300, "test")


def _blob(row, column, rate=10.0, reach=40):
    far = np.hypot(*(np.indices(GRID.shape) - np.array([row, column])[:, None, None]))
    return np.where(far < reach, rate, 0.0)


def test_the_wettest_area_comes_over_the_city():
    storm = [_frame(_blob(180, 300), 5 * step) for step in range(6)]
    placed = transpose.place(storm, *CITY)
    assert (placed.row, placed.column) == (180, 300)
    row, column = placed.grid.position(np.array([CITY[0]]), np.array([CITY[1]]))
    assert (row[0], column[0]) == pytest.approx(
        (placed.row - placed.first_row, placed.column - placed.first_column), abs=0.01
    )
    assert placed.peak_mm == pytest.approx(5.0)  # 10 mm/h for half an hour
    # the share of a circle of 40 km under a Gaussian of 25 km: 1 - exp(-40^2 / (2 * 25^2)) = 0.722
    assert placed.total_mm == pytest.approx(5.0 * 0.722, rel=0.01)
    lon, lat = GRID.lonlat(np.array([180]), np.array([300]))
    assert (placed.source_lon, placed.source_lat) == pytest.approx((float(lon[0]), float(lat[0])), abs=1e-4)


def test_one_wild_cell_does_not_draw_the_storm():
    rate = _blob(180, 300, 5.0)
    rate[90, 120] = 400.0
    placed = transpose.place([_frame(rate)], *CITY)
    assert (placed.row, placed.column) == (180, 300)


def test_the_city_is_not_put_where_the_radar_saw_nothing():
    rate = _blob(180, 300, 5.0) + _blob(200, 100, 9.0)
    rate[:, :90] = np.nan  # the heavier blob lies at the edge of what was measured
    placed = transpose.place([_frame(rate)], *CITY)
    assert placed.column > 130
    assert placed.measured_share >= transpose.LEAST_SHARE


def test_what_is_moved_ends_where_the_old_grid_ends():
    placed = transpose.place([_frame(_blob(100, 300))], *CITY)
    assert placed.first_row == 0
    assert placed.grid.rows == 100 + 256 + 1
    assert placed.grid.columns == 500 - (300 - 256)


def test_a_moved_frame_is_the_same_rain_times_the_factor():
    rate = _blob(180, 300) + np.random.default_rng(1).random(GRID.shape)
    rate[0, :] = np.nan
    frame = replace(_frame(rate), notes={"credit": "someone"})
    placed = transpose.place([frame], *CITY)
    moved = transpose.move(frame, placed, 8)
    part = frame.rate[placed.first_row :, placed.first_column :][: placed.grid.rows, : placed.grid.columns]
    assert np.array_equal(moved.rate, part * 8, equal_nan=True)
    assert moved.time == frame.time
    assert moved.notes["rain_factor"] == "8"
    assert moved.notes["credit"] == "someone"
    assert " N " in moved.notes["transposed_from"]
    assert np.isnan(moved.rate[np.isnan(part)]).all()


def test_order_of_frames_does_not_matter():
    storm = [_frame(_blob(180, 300 - step), step) for step in range(5)]
    assert transpose.place(storm, *CITY) == transpose.place(storm[::-1], *CITY)


@pytest.mark.parametrize(
    ("storm", "word"),
    [
        ([], "no frames"),
        ([_frame(np.zeros(GRID.shape))], "no rain"),
        ([_frame(np.full(GRID.shape, np.nan))], "measured at most 0%"),
        ([_frame(_blob(9, 9)), _frame(np.zeros((9, 9)), grid=GRID.window(0, 0, 9, 9))], "another grid"),
    ],
)
def test_storms_that_cannot_be_placed_are_refused(storm, word):
    with pytest.raises(ValueError, match=word):
        transpose.place(storm, *CITY)


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf")])
def test_factors_that_make_no_rain_are_refused(factor):
    frame = _frame(_blob(180, 300))
    with pytest.raises(ValueError, match="factor"):
        transpose.move(frame, transpose.place([frame], *CITY), factor)


def test_a_frame_of_another_size_is_refused():
    frame = _frame(_blob(180, 300))
    small = _frame(np.zeros((9, 9)), grid=GRID.window(0, 0, 9, 9))
    with pytest.raises(ValueError, match="not placed"):
        transpose.move(small, transpose.place([frame], *CITY), 1)


def _largest(frames, placed, factor, hours):
    """Largest sum at any station in a running window, mm."""
    network = stations.national(TIME) + drill_stations.regional(1, 120, boundaries.suzhou())
    lon, lat = np.array([one.lon for one in network]), np.array([one.lat for one in network])
    moved = (transpose.move(frame, placed, factor) for frame in frames)
    rows = [map_coordinates(np.nan_to_num(one.rate), one.grid.position(lon, lat), order=1) / 12 for one in moved]
    total = np.vstack([np.zeros(len(lon)), np.cumsum(rows, axis=0)])
    steps = min(12 * hours, len(rows))
    return (total[steps:] - total[:-steps]).max()


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["radar-knmi-20100826/hdf5", "radar-fmi-20160928/pgm"])
def test_real_storms_reach_yellow_with_factor_8_and_nothing_with_1(shared, folder):
    frames = [composites.read(path.read_bytes()) for path in sorted((shared / folder).iterdir())]
    placed = transpose.place(frames, *places.suzhou().centroid)
    assert placed.measured_share >= 0.99
    if "knmi" in folder:
        assert placed.peak_mm == pytest.approx(12.8, abs=0.01)  # its wettest cell in the whole series
    assert _largest(frames, placed, 1, 12) < 50  # blue needs 50 mm in 12 h
    assert _largest(frames, placed, 8, 6) >= 50  # yellow: 50 mm in 6 h


def test_a_storm_on_longitude_and_latitude_is_moved_in_metres():
    # cells of 0.01 degree at 45 N: 0.01 * pi / 180 * 6371 km = 1.112 km high, times cos 45 deg = 0.786 km wide
    grid = Grid("EPSG:4326", 5.005, 46.995, 0.01, 0.01, 400, 500)
    lying = [_frame(_blob(180, 300), 5 * step, grid) for step in range(2)]
    placed = transpose.place(lying, *CITY, half_width_m=150_000.0)
    assert (placed.grid.dy, placed.grid.dx) == pytest.approx((1111.9, 786.3), abs=0.5)
    assert placed.grid.rows == 2 * round(150_000 / 1111.9) + 1
    row, column = placed.grid.position(np.array([CITY[0]]), np.array([CITY[1]]))
    expected = (placed.row - placed.first_row, placed.column - placed.first_column)
    assert (row[0], column[0]) == pytest.approx(expected, abs=0.01)
