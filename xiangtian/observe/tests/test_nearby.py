"""What radar saw near stations; amounts are counted by hand: rate (mm/h) times the hours a frame stands for."""

import datetime as dt
from dataclasses import asdict

import numpy as np
import pytest

from xiangtian.lake import grids
from xiangtian.met.grid import Grid
from xiangtian.observe.nearby import Nearby

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)
GRID = Grid("+proj=laea +lat_0=31.3 +lon_0=120.6 +datum=WGS84 +units=m", -20_000, 20_000, 1000, 1000, 41, 41)
MIDDLE = np.array([120.6]), np.array([31.3])


@pytest.fixture
def frame(home):
    """Store a frame some minutes before the moment, of one rate or with a field of its own."""

    def store(minutes: float, rate, grid: Grid = GRID) -> None:
        field = np.broadcast_to(np.float32(rate), grid.shape).copy()
        time = MOMENT - dt.timedelta(minutes=minutes)
        grids.write(home, "radar", time, {"rate": field}, asdict(grid), {}, time)

    return store


def test_nothing_is_said_without_a_fresh_frame(home, frame) -> None:
    assert Nearby(home).at(MOMENT) is None
    frame(12.1, 5.0)
    assert Nearby(home).at(MOMENT) is None
    assert Nearby(home).at(MOMENT - dt.timedelta(minutes=1)) is not None


def test_the_amounts_of_an_hour_of_steady_rain(home, frame) -> None:
    for minutes in range(0, 60, 5):
        frame(minutes, 12.0)
    seen = Nearby(home).at(MOMENT).sample(*MIDDLE)
    assert seen.hour_mm == pytest.approx([12.0])  # twelve frames of 5 min at 12 mm/h
    assert seen.last_mm == pytest.approx([1.0])
    assert not seen.severe[0]


def test_an_hour_with_holes_is_no_hour(home, frame) -> None:
    for minutes in (0, 5, 10):
        frame(minutes, 12.0)
    seen = Nearby(home).at(MOMENT).sample(*MIDDLE)
    assert np.isnan(seen.hour_mm[0])
    assert seen.last_mm == pytest.approx([1.0])


def test_severe_rain_counts_within_three_cells(home, frame) -> None:
    for reach, severe in ((3, True), (4, False)):
        field = np.zeros(GRID.shape, np.float32)
        field[20 + reach, 20] = 20.0
        frame(0, field)
        assert Nearby(home).at(MOMENT).sample(*MIDDLE).severe.tolist() == [severe]


def test_outside_the_grid_and_without_a_position_nothing_is_seen(home, frame) -> None:
    frame(0, 50.0)
    seen = Nearby(home).at(MOMENT).sample(np.array([110.0, np.nan]), np.array([31.3, np.nan]))
    assert np.isnan(seen.last_mm).all()


def test_unmeasured_cells_are_not_dry(home, frame) -> None:
    frame(0, np.nan)
    seen = Nearby(home).at(MOMENT).sample(*MIDDLE)
    assert np.isnan(seen.last_mm[0])
    assert not seen.severe[0]


def test_frames_on_another_grid_are_left_out(home, frame) -> None:
    frame(5, 60.0, Grid(GRID.crs, -10_000, 10_000, 2000, 2000, 11, 11))
    frame(0, 12.0)
    told = Nearby(home).at(MOMENT)
    assert (told.grid, len(told.rates)) == (GRID, 1)
    assert told.sample(*MIDDLE).last_mm == pytest.approx([12.0 * 12 / 60])  # stands for at most twelve minutes


def test_the_six_clock_hours_that_ended_last(home, frame) -> None:
    """Six hours at 12 mm/h in frames every ten minutes are 72 mm; at 10:20 the hours up to 10:00 count."""
    for minutes in range(-20, 360, 10):
        frame(minutes, 12.0)
    nearby = Nearby(home)
    assert nearby.at(MOMENT).sample(*MIDDLE).six_hours_mm == pytest.approx([72.0])
    assert nearby.at(MOMENT + dt.timedelta(minutes=20)).sample(*MIDDLE).six_hours_mm == pytest.approx([72.0])


def test_six_hours_with_one_unseen_are_not_known(home, frame) -> None:
    for minutes in [*range(0, 120, 10), *range(180, 360, 10)]:
        frame(minutes, 12.0)
    assert np.isnan(Nearby(home).at(MOMENT).sample(*MIDDLE).six_hours_mm[0])


def test_a_frame_that_came_late_counts_while_the_hour_is_young(home, frame) -> None:
    for minutes in range(10, 360, 10):
        frame(minutes, 12.0)
    nearby = Nearby(home)
    assert np.isnan(nearby.at(MOMENT).sample(*MIDDLE).six_hours_mm[0])  # 50 minutes of the last hour
    frame(0, 12.0)
    assert nearby.at(MOMENT).sample(*MIDDLE).six_hours_mm == pytest.approx([72.0])
