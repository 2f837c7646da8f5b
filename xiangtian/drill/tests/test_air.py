"""Expected values: the hydrostatic fall of pressure near the ground and the stated day."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from xiangtian.core import clock, stations
from xiangtian.drill.air import Air, Weather

NOON = dt.datetime(2026, 7, 1, 6, 30, tzinfo=clock.UTC)  # 14:30 in Beijing
NETWORK = stations.national(NOON)
DRY = np.zeros(len(NETWORK))


def test_dry_air_follows_the_clock():
    air = Air(NETWORK, Weather(temperature_c=26, diurnal_c=4))
    warm = air.advance(NOON, DRY, 300).temperature_c
    cold = air.advance(NOON + dt.timedelta(hours=12), DRY, 300).temperature_c
    assert warm - cold == pytest.approx(np.full(7, 8.0))
    assert warm.mean() == pytest.approx(30.0, abs=0.3)


def test_rain_cools_moistens_lifts_the_pressure_and_then_lets_go():
    air = Air(NETWORK, Weather(diurnal_c=0, tide_hpa=0))
    before = air.advance(NOON, DRY, 300)
    for step in range(12):
        wet = air.advance(NOON + dt.timedelta(minutes=5 * step), np.full(7, 20.0), 300)
    assert (before.temperature_c - wet.temperature_c > 2.5).all()
    assert (before.temperature_c - wet.temperature_c < 5.0).all()
    assert (wet.dew_point_c < wet.temperature_c).all()
    assert (wet.temperature_c - wet.dew_point_c < 1.0).all()
    assert (wet.sea_level_hpa > before.sea_level_hpa + 0.5).all()
    assert (wet.visibility_m < 3000).all()
    for step in range(96):
        dry = air.advance(NOON + dt.timedelta(minutes=60 + 5 * step), DRY, 300)
    assert dry.temperature_c == pytest.approx(before.temperature_c, abs=0.05)


def test_gusts_come_with_the_cooling():
    air = Air(NETWORK, Weather())
    calm = air.advance(NOON, DRY, 300)
    burst = air.advance(NOON, np.full(7, 40.0), 300)
    assert (burst.gust_m_s > calm.gust_m_s + 4).all()
    assert (burst.gust_m_s >= burst.wind_m_s).all()


def test_pressure_falls_by_1_hpa_in_8_and_a_half_metres():
    # air of 26 degC and dew point 23 degC (28.1 hPa) has the virtual temperature 299.15 / (1 - 0.378 * 28.1 / 1003)
    # = 302.3 K; g p / (R Tv) = 9.80665 * 1003 / (287.05 * 302.3) = 0.1133 hPa per metre
    low, high = replace(NETWORK[0], alt_m=0.0), replace(NETWORK[0], alt_m=20.0)
    state = Air((low, high), Weather(diurnal_c=0, tide_hpa=0)).advance(NOON, np.zeros(2), 300)
    assert state.station_hpa[0] == pytest.approx(state.sea_level_hpa[0])
    assert state.station_hpa[0] - state.station_hpa[1] == pytest.approx(20 * 0.1133, rel=0.005)


def test_the_same_rain_in_shorter_steps_gives_the_same_air():
    fine, coarse = Air(NETWORK, Weather()), Air(NETWORK, Weather())
    for _ in range(6):
        fine.advance(NOON, np.full(7, 5.0), 300)
    coarse.advance(NOON, np.full(7, 5.0), 1800)
    assert fine.cooling_k == pytest.approx(coarse.cooling_k)
