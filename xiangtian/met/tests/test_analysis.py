"""Fields from stations: analytic ones, and a real network on steep terrain."""

import csv
import subprocess
import sys

import numpy as np
import pytest

from xiangtian.met.analysis import analyse
from xiangtian.met.lonlat import covering

GRID = covering((120.0, 31.0, 121.0, 32.0), 0.05)


def network(count, seed=0):
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(120, 121, count), rng.uniform(31, 32, count), np.full(count, 4.0)])


def test_a_plane_comes_back_as_it_was():
    stations = network(60)
    values = 20 + 2 * (stations[0] - 120) - 3 * (stations[1] - 31)
    told = analyse(stations, values, GRID)
    plane = 20 + 2 * (GRID.lon - 120) - 3 * (GRID.lat[:, None] - 31)
    seen = np.isfinite(told.field)
    assert seen.mean() > 0.9
    np.testing.assert_allclose(told.field[seen], plane[seen], atol=1e-6)
    assert told.mae < 1e-6 < told.plain_mae


def test_the_error_of_a_plain_mean_is_that_of_the_others_mean():
    stations, values = network(5), np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    # without itself each sees the mean of the other four: 3.5, 3.25, 3, 2.75, 2.5; off by 2.5, 1.25, 0, 1.25, 2.5
    assert analyse(stations, values, GRID).plain_mae == pytest.approx(1.5)


@pytest.mark.parametrize("method", ["optimal", "barnes"])
def test_a_wave_is_followed_better_than_by_a_mean(method):
    stations = network(200)
    values = np.sin(2 * np.pi * (stations[0] - 120)) + np.cos(2 * np.pi * (stations[1] - 31))
    told = analyse(stations, values, GRID, method)
    assert told.mae < 0.15 * told.plain_mae
    truth = np.sin(2 * np.pi * (GRID.lon - 120)) + np.cos(2 * np.pi * (GRID.lat[:, None] - 31))
    assert np.nanmean(np.abs(told.field - truth)) < 0.15
    assert told.method == method


def test_missing_values_take_no_part_and_keep_their_place():
    stations, values = network(20), np.arange(20.0)
    values[[3, 9]] = np.nan
    told = analyse(stations, values, GRID)
    assert np.flatnonzero(np.isnan(told.left_out)).tolist() == [3, 9]
    rest = np.isfinite(values)
    np.testing.assert_allclose(told.field, analyse(stations[:, rest], values[rest], GRID).field)


@pytest.mark.parametrize("values", [np.full(20, np.nan), np.r_[np.ones(4), np.full(16, np.nan)]])
def test_too_few_values_make_no_field(values):
    with pytest.raises(ValueError, match="至少 5 个"):
        analyse(network(20), values, GRID)


def test_one_value_everywhere_is_that_value():
    told = analyse(network(30), np.full(30, 7.0), GRID)
    np.testing.assert_allclose(told.field[np.isfinite(told.field)], 7.0, atol=1e-9)
    assert told.mae == pytest.approx(0, abs=1e-9)


def test_the_field_is_cut_to_what_can_be():
    stations = network(60)
    values = np.where(stations[0] < 120.5, 0.0, 30.0)
    told = analyse(stations, values, GRID, "barnes", (0.0, np.inf))
    assert np.nanmin(told.field) == 0.0
    assert np.nanmin(analyse(stations, values, GRID, "barnes").field) < 0.0  # the second pass undershoots


def test_far_from_every_station_nothing_is_said():
    stations = network(40)
    stations[:2] = [[120], [31]] + 0.2 * (stations[:2] - [[120], [31]])
    told = analyse(stations, np.arange(40.0), GRID)
    assert np.isfinite(told.field[-1, 0])  # the south-west, where they stand
    assert np.isnan(told.field[0, -1])


THREAD = """
import threading
import numpy as np
from xiangtian.met.analysis import analyse
from xiangtian.met.lonlat import covering

def work():
    rng = np.random.default_rng(0)
    stations = np.stack([rng.uniform(120, 121, 600), rng.uniform(31, 32, 600), rng.uniform(0, 300, 600)])
    for method in ("optimal", "barnes"):
        analyse(stations, stations[0] + stations[2], covering((120, 31, 121, 32), 0.02), method)
    print("done")

threading.stack_size(256 * 1024)
one = threading.Thread(target=work)
one.start()
one.join()
"""


def test_the_small_stack_of_a_servers_thread_is_enough():
    # numpy's inverse of a matrix of 300 rows ends a thread whose stack has 2 MB, and its process with it
    told = subprocess.run([sys.executable, "-c", THREAD], capture_output=True, text=True, check=False, timeout=120)
    assert (told.returncode, told.stdout.strip()) == (0, "done"), told.stderr


@pytest.mark.shared
def test_two_thousand_stations_of_yunnan(shared):
    """Daily mean temperature of 2020-01-01 at 2006 stations between 110 and 4290 m; here every third of them.

    The peers are inverse distance (12 nearest, squared) and the plain mean, each leaving the station out: 1.23 and
    2.67 K for all 2006. Optimal interpolation with a background that knows the height: 0.81 K. A linear fit on
    height, latitude and longitude alone leaves a standard deviation of 1.57 K (stated with the data).
    """
    with (shared / "obs-yunnan-daily-t/yunnan_tem_avg_202001.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["Time"] == "2020/01/01"]
    stations = np.array([[float(row[name]) for row in rows] for name in ("Lon", "Lat", "Alti")])[:, ::3]
    values = np.array([float(row["TEM_Avg"]) for row in rows])[::3]
    told = analyse(stations, values, covering((97.6, 21.2, 106.1, 29.0), 0.25))
    inverse = _inverse_distance(stations[:2], values)
    assert told.mae < 0.8 * inverse < told.plain_mae
    barnes = analyse(stations, values, covering((97.6, 21.2, 106.1, 29.0), 0.25), "barnes")
    assert barnes.mae < 0.7 * barnes.plain_mae


def _inverse_distance(places, values, most=12):
    """Leave-one-out error of inverse distance weighting, the peer that everybody has."""
    x, y = places[0] * np.cos(np.radians(25)), places[1]
    squared = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    np.fill_diagonal(squared, np.inf)
    near = np.argsort(squared, axis=1)[:, :most]
    weights = 1 / np.take_along_axis(squared, near, 1)
    said = (weights * values[near]).sum(axis=1) / weights.sum(axis=1)
    return np.abs(values - said).mean()
