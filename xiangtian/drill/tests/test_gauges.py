"""Expected values: rate times time by hand; a shift that is known because the test made it."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.core import clock
from xiangtian.drill import gauges
from xiangtian.met.grid import Grid, RainFrame

GRID = Grid("+proj=laea +lat_0=31.4 +lon_0=120.6 +datum=WGS84 +units=m", -50_000.0, 50_000.0, 1000.0, 1000.0, 101, 101)
TIME = dt.datetime(2026, 7, 1, tzinfo=clock.UTC)
MIDDLE = GRID.lonlat(np.array([50]), np.array([50]))


def _frame(rate, minutes=0.0):
    time = TIME + dt.timedelta(minutes=minutes)
    return RainFrame(time, GRID, np.asarray(rate, np.float32), np.ones(GRID.shape, np.float32), 300, "test")


def _cloudy(shift=(0, 0)):
    noise = np.random.default_rng(1).normal(size=GRID.shape)
    wave = np.fft.fft2(noise) * np.exp(-300 * np.hypot(*np.meshgrid(np.fft.fftfreq(101), np.fft.fftfreq(101))) ** 2)
    field = np.fft.ifft2(wave).real
    return np.roll(np.clip(20 * field / field.std(), 0, None), shift, (0, 1))


def test_even_rain_gives_rate_times_time():
    even = np.full(GRID.shape, 12.0)
    assert gauges.fallen(None, _frame(even), *MIDDLE)[0][0] == pytest.approx(1.0)  # 12 mm/h for 300 s
    rain, period_s = gauges.fallen(_frame(even), _frame(even, 6), *MIDDLE)
    assert rain[0] == pytest.approx(1.2)  # 12 mm/h for 360 s
    assert period_s == 360


def test_a_frame_too_long_ago_is_not_joined():
    wet, dry = np.full(GRID.shape, 60.0), np.zeros(GRID.shape)
    rain, period_s = gauges.fallen(_frame(wet), _frame(dry, 45), *MIDDLE)
    assert (rain[0], period_s) == (0.0, 300.0)


@pytest.mark.parametrize("shift", [(0, 4), (3, -2), (-5, 1)])
def test_motion_is_found(shift):
    found = gauges.motion(_frame(_cloudy()), _frame(_cloudy(shift), 5))
    assert found == pytest.approx(shift, abs=0.3)


def test_no_rain_or_another_field_is_no_motion():
    other = np.clip(np.random.default_rng(9).normal(size=GRID.shape), 0, None)
    assert gauges.motion(_frame(np.zeros(GRID.shape)), _frame(_cloudy(), 5)) == (0.0, 0.0)
    assert gauges.motion(_frame(_cloudy()), _frame(np.roll(_cloudy(), (0, 40), (0, 1)), 5)) == (0.0, 0.0)  # 133 m/s
    assert np.hypot(*gauges.motion(_frame(_cloudy()), _frame(other, 5))) <= 12  # 40 m/s for 300 s


def test_a_cell_that_passes_between_two_frames_wets_the_gauge(monkeypatch):
    """A bar of rain 4 km wide moves 12 km in 300 s across the gauge: it rains there for a third of the time."""
    monkeypatch.setattr(gauges, "motion", lambda *_: (0.0, 12.0))
    monkeypatch.setattr(gauges, "SUBSTEPS", 60)
    before, after = np.zeros(GRID.shape), np.zeros(GRID.shape)
    before[:, 42:46] = after[:, 54:58] = 36.0  # dry at column 50 in both
    rain, _ = gauges.fallen(_frame(before), _frame(after, 5), *MIDDLE)
    assert rain[0] == pytest.approx(36.0 * 300 / 3600 * 4 / 12, rel=0.02)


def test_unmeasured_places_have_no_rain_value():
    rate = np.full(GRID.shape, 5.0)
    rate[40:60, 40:60] = np.nan
    far_lon, far_lat = GRID.lonlat(np.array([300.0]), np.array([50.0]))
    lon, lat = np.concatenate([MIDDLE[0], far_lon]), np.concatenate([MIDDLE[1], far_lat])
    assert np.isnan(gauges.fallen(None, _frame(rate), lon, lat)[0]).all()
    assert (gauges.around(_frame(np.full(GRID.shape, np.nan)), lon, lat, 8000.0) == 0).all()


def _still(number):
    return gauges.Gauges(np.ones(number), np.zeros(number), np.zeros(number))


class _Even:
    """A source of chance that always gives the mean."""

    def normal(self, mean, _deviation, number):
        return np.full(number, mean)


def test_tips_are_whole_and_nothing_is_lost_but_the_wetting():
    network = _still(1)
    tips = [float(network.catch_rain(np.array([0.07]), 300, _Even())[0]) for _ in range(100)]
    # 100 * 0.07 = 7.0 mm less 0.1 mm that wets the funnel: 6.9 mm, the last tenth may still stand in the bucket
    assert sum(tips) == pytest.approx(6.9, abs=0.1001)
    assert set(tips) <= {0.0, 0.1}


def test_a_dry_funnel_drinks_the_first_rain_again_after_an_hour():
    network = _still(1)
    assert network.catch_rain(np.array([1.0]), 300, _Even())[0] == pytest.approx(0.9)
    assert network.catch_rain(np.array([1.0]), 300, _Even())[0] == pytest.approx(1.0)
    assert network.catch_rain(np.array([0.0]), 3600, _Even())[0] == 0.0
    assert network.catch_rain(np.array([1.0]), 300, _Even())[0] == pytest.approx(0.9)


def test_scatter_of_gauges_is_five_percent():
    rng = np.random.default_rng(3)
    network = gauges.Gauges.of(4000, rng)
    total = network.catch_rain(np.full(4000, 50.0), 300, rng)
    assert total.mean() == pytest.approx(50.0, rel=0.01)
    assert total.std() / total.mean() == pytest.approx(0.05, abs=0.005)


def test_an_unknown_rain_leaves_the_bucket_alone():
    network = _still(2)
    assert np.isnan(network.catch_rain(np.array([np.nan, 1.0]), 300, _Even())[0])
    assert network.water_mm[0] == 0
