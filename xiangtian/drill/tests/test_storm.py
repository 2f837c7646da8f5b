"""Expected values: the wind asked for (found again by OpenCV's phase correlation), and the rainstorm thresholds of
the warning rules (50 mm in 6 h yellow, 50 mm in 3 h orange)."""

import datetime as dt
import time
from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from xiangtian.core import boundaries, clock, stations
from xiangtian.drill import gauges, storm
from xiangtian.drill import stations as drill_stations

START = dt.datetime(2026, 7, 1, 22, 0, tzinfo=clock.UTC)
STEADY = {"turn_m_s": 0.0, "rotation_s": 0.0, "shear_s": 0.0}


@pytest.fixture(scope="module")
def frames():
    return list(storm.frames(storm.Recipe(seed=7), START))


def _texture(frame, recipe, step):
    """Where it rains: the texture behind the rate; NaN elsewhere."""
    with np.errstate(divide="ignore"):
        logarithm = np.log(np.where((frame.rate > 0.5) & (frame.rate < 40), frame.rate, np.nan))
    return (logarithm - storm.level(recipe, step * recipe.interval_s)) / recipe.spread


def test_frames_cover_the_hours_and_the_grid(frames):
    recipe = storm.Recipe(seed=7)
    assert len(frames) == recipe.steps == 6 * 12 + 1
    assert [frame.time for frame in frames[:2]] == [START, START + dt.timedelta(minutes=5)]
    row, column = recipe.grid.position(np.array([recipe.lon]), np.array([recipe.lat]))
    assert (row[0], column[0]) == pytest.approx((127.5, 127.5), abs=1e-3)
    assert all(frame.rate.shape == (256, 256) and frame.rate.dtype == np.float32 for frame in frames)
    assert frames[0].notes["seed"] == "7"


def test_rates_are_rain(frames):
    rate = np.stack([frame.rate for frame in frames])
    wet = rate[rate > 0]
    assert np.isfinite(rate).all()
    assert wet.min() >= storm.DRY_MM_H
    assert 60 < wet.max() < storm.MOST_MM_H
    assert 0.25 < wet.size / rate.size < 0.75
    assert np.percentile(wet, 99) > 8 * np.median(wet)  # a heavy tail


@pytest.mark.parametrize("seed", [1, 7, 13])
def test_yellow_and_orange_are_due_at_some_station(seed):
    network = stations.national(START) + drill_stations.regional(1, 120, boundaries.suzhou())
    lon, lat = np.array([one.lon for one in network]), np.array([one.lat for one in network])
    made = storm.frames(storm.Recipe(seed=seed), START)
    rain_mm = np.array([map_coordinates(frame.rate, frame.grid.position(lon, lat), order=1) / 12 for frame in made])
    total = np.vstack([np.zeros(len(lon)), rain_mm.cumsum(axis=0)])
    assert (total[72:] - total[:-72]).max() >= 50
    assert (total[36:] - total[:-36]).max() >= 50
    assert total[-1].max() < 250


def test_the_seed_rules(frames):
    again = list(storm.frames(storm.Recipe(seed=7, hours=1), START))
    other = next(storm.frames(storm.Recipe(seed=8), START))
    assert np.array_equal(next(storm.frames(storm.Recipe(seed=7), START)).rate, frames[0].rate)
    assert len(again) == 13
    assert not np.array_equal(other.rate, frames[0].rate)


def test_cells_move_with_the_wind_that_is_stated():
    recipe = storm.Recipe(seed=4, hours=1, wind_m_s=(10.0, 5.0), **STEADY)
    made = list(storm.frames(recipe, START))
    shifts = np.array([gauges.motion(a, b) for a, b in pairwise(made)])
    # 300 s at 10 m/s eastward are 3 columns, at 5 m/s northward 1.5 rows up
    assert np.median(shifts[:, 1]) == pytest.approx(3.0, abs=0.3)
    assert np.median(shifts[:, 0]) == pytest.approx(-1.5, abs=0.3)


def test_wind_turns_and_rotates_slowly():
    recipe = storm.Recipe(seed=4)
    middle, gradient = storm.wind(recipe, 0.0)
    later, _ = storm.wind(recipe, 300.0)
    assert np.hypot(*(middle - recipe.wind_m_s)) <= 2.0 * np.sqrt(2)
    assert np.hypot(*(later - middle)) < 0.5
    assert gradient.trace() == pytest.approx(0.0)  # no divergence: the flow makes no rain of its own
    assert np.abs(gradient).max() <= 1.5e-5


def test_it_is_no_moving_blob():
    """Carried back along the wind, the pattern has kept its large scales after half an hour, not its cells."""
    recipe = storm.Recipe(seed=4, hours=1, wind_m_s=(10.0, 0.0), background_mm_h=8.0, spread=0.8, **STEADY)
    made = [_texture(frame, recipe, step) for step, frame in enumerate(storm.frames(recipe, START))]

    def likeness(steps):
        then, now = made[0][:, : 256 - 3 * steps], made[steps][:, 3 * steps :]
        both = np.isfinite(then) & np.isfinite(now)
        fine = [_less_smooth(np.where(both, field, 0.0)) for field in (then, now)]
        return np.corrcoef(then[both], now[both])[0, 1], np.corrcoef(fine[0][both], fine[1][both])[0, 1]

    (whole_5, fine_5), (whole_30, fine_30) = likeness(1), likeness(6)
    assert whole_5 > 0.9
    assert fine_5 > 0.6
    assert whole_30 > 0.6
    assert fine_30 < 0.35


def _less_smooth(field):
    kernel = np.ones(5) / 5
    smooth = np.apply_along_axis(np.convolve, 0, field, kernel, "same")
    return field - np.apply_along_axis(np.convolve, 1, smooth, kernel, "same")


def test_a_turned_flow_brings_the_right_place_into_view():
    """A texture carried by a pure shift of whole cells is the texture, shifted."""
    texture = np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)
    here = storm._seen(texture, np.eye(2), np.zeros(2), 32)
    assert here == pytest.approx(texture[16:48, 16:48], abs=1e-5)
    moved = storm._seen(texture, np.eye(2), np.array([3.0, 2.0]), 32)  # 3 cells east, 2 north
    assert moved[:30, 3:] == pytest.approx(here[2:, :29], abs=1e-5)
    far = storm._seen(texture, np.eye(2), np.array([64.0 * 5, -64.0 * 3]), 32)  # periodic
    assert far == pytest.approx(here, abs=1e-5)
    quarter = storm._seen(texture, np.array([[0.0, -1.0], [1.0, 0.0]]), np.zeros(2), 32)  # turned to the left
    assert quarter == pytest.approx(np.rot90(here), abs=1e-4)


def test_a_frame_takes_less_than_50_ms():
    made = storm.frames(storm.Recipe(hours=1), START)
    next(made)
    spent = []
    for _ in range(9):
        before = time.perf_counter()
        next(made)
        spent.append(time.perf_counter() - before)
    assert np.median(spent) < 0.05


@pytest.mark.parametrize("wrong", [{"hours": 0}, {"interval_s": 0}, {"cells": 8}, {"cells": 5000}, {"cell_m": -1.0}])
def test_impossible_recipes_are_refused(wrong):
    with pytest.raises(ValueError, match=r"can't be made|allowed"):
        storm.Recipe(**wrong)


def test_a_start_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        next(storm.frames(storm.Recipe(), dt.datetime(2026, 7, 1)))
