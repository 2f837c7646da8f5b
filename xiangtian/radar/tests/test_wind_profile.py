"""Wind from the harmonics of radial velocity: invented winds must come back, folded or not."""

import numpy as np
import pytest

from xiangtian.radar import synthetic
from xiangtian.radar.polar.model import Site, replaced, sweeps
from xiangtian.radar.wind_profile import wind_profile

START = np.datetime64("2026-07-01T00:00:00")
PLACE = Site("A", 120.0, 30.0, 100.0, "S")


def volume(wind, nyquist=float("nan"), echo=30.0):
    scan = synthetic.Scan(elevations=(1.45, 2.4, 4.3, 9.9), gates=80, nyquist=nyquist, beamwidth=0.0)
    return synthetic.seen(PLACE, lambda lon, lat, height: np.full(lon.shape, echo), START, scan, wind)


def uniform(east, north):
    return lambda lon, lat, height: tuple(np.full(lon.shape, value) for value in (east, north, 0.0))


@pytest.mark.parametrize("nyquist", [float("nan"), 27.0, 10.0])
@pytest.mark.parametrize(("east", "north"), [(10.0, -5.0), (-40.0, 20.0), (0.0, 0.0)])
def test_a_uniform_wind_comes_back(east, north, nyquist):
    told = wind_profile(volume(uniform(east, north), nyquist))
    found = told.rings.values > 0
    assert found.sum() > 25
    assert np.abs(told.eastward_wind.values[found] - east).max() < 0.1
    assert np.abs(told.northward_wind.values[found] - north).max() < 0.1
    assert told.rms.values[found].max() < 0.01
    assert np.isnan(told.wind_speed.values[~found]).all()


def test_direction_is_where_the_wind_comes_from():
    for wind, direction in (((0, -10), 0), ((-10, 0), 90), ((0, 10), 180), ((10, 0), 270)):
        told = wind_profile(volume(uniform(*map(float, wind))))
        found = told.rings.values > 0
        off = (told.wind_from_direction.values[found] - direction + 180) % 360 - 180
        assert np.abs(off).max() < 0.1


def test_shear_with_height_and_falling_rain():
    # 5 m/s a kilometre from the west, 6 m/s downward: the mean of the ring takes the fall, not the harmonic
    told = wind_profile(volume(lambda lon, lat, h: (h * 5e-3, np.zeros_like(h), np.full(h.shape, -6.0)), 27.0))
    found = told.rings.values > 0
    # within a layer of 250 m the wind differs by 1.25 m/s
    assert np.abs(told.eastward_wind.values - told.height.values * 5e-3)[found].max() < 0.65


def test_noise_outliers_and_gaps():
    noise = np.random.default_rng(1)
    clean = volume(uniform(25.0, 10.0))
    changed = []
    for one in sweeps(clean):
        values = one["VRADH"].values + noise.normal(0, 1.0, one["VRADH"].shape)
        values[noise.random(values.shape) < 0.05] = 0.0  # clutter
        values[40:80] = np.nan
        changed.append(one.assign(VRADH=(("azimuth", "range"), synthetic.folded(values, 15.0)), nyquist_velocity=15.0))
    told = wind_profile(replaced(clean, changed))
    found = told.rings.values > 0
    assert found.sum() > 25
    assert np.abs(told.eastward_wind.values[found] - 25).max() < 0.6
    assert np.abs(told.northward_wind.values[found] - 10).max() < 0.6
    assert np.nanmean(told.share.values) == pytest.approx(320 / 360 * 0.95, abs=0.03)


def test_half_a_circle_or_no_echo_is_no_profile():
    clean = volume(uniform(25.0, 10.0))
    half = [one.assign(VRADH=one["VRADH"].where(one["azimuth"] < 200)) for one in sweeps(clean)]
    none = volume(uniform(25.0, 10.0), echo=-60.0)
    silent = replaced(clean, [one.drop_vars("VRADH") for one in sweeps(clean)])
    for tree in (replaced(clean, half), none, silent):
        told = wind_profile(tree)
        assert not told.rings.values.any()
        assert np.isnan(told.wind_speed.values).all()
