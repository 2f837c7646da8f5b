"""Expected values: the message format, the true rain of the same run, and the standard deviations asked for."""

import datetime as dt
import json

import numpy as np
import pytest

from xiangtian.core import boundaries, clock, stations
from xiangtian.core.elements import CATALOGUE
from xiangtian.drill import instruments, storm
from xiangtian.drill import stations as drill_stations
from xiangtian.met.grid import Grid, RainFrame
from xiangtian.observe import decode
from xiangtian.observe.reading import Envelope

START = dt.datetime(2026, 7, 1, 22, 0, tzinfo=clock.UTC)
NETWORK = stations.national(START) + drill_stations.regional(1, 60, boundaries.suzhou())
GRID = Grid("+proj=laea +lat_0=31.4 +lon_0=120.6 +datum=WGS84 +units=m", -128e3, 128e3, 1000.0, 1000.0, 257, 257)


def _even(rate, number):
    field = np.full(GRID.shape, rate, np.float32)
    times = (START + dt.timedelta(minutes=5 * step) for step in range(number))
    return [RainFrame(time, GRID, field, np.ones(GRID.shape, np.float32), 300, "test") for time in times]


@pytest.fixture(scope="module")
def rounds():
    return list(instruments.rounds(storm.frames(storm.Recipe(seed=7, hours=3), START), NETWORK, 7))


def _values(rounds, element):
    return np.array([[one["elements"].get(element, np.nan) for one in this.messages] for this in rounds])


def test_every_station_speaks_every_five_minutes(rounds):
    assert len(rounds) == 37
    assert all(len(this.messages) == len(NETWORK) for this in rounds)
    first = rounds[1].messages[0]
    assert first["station"] == "58349"
    assert first["time"] == "2026-07-01T22:05:00Z"
    assert first["seq"] == 2
    assert first["position"] == {"lon": 120.5667, "lat": 31.4167, "alt_m": 8.0}
    assert first["elements"]["precipitation_period"] == 5
    assert "visibility_in_air" in first["elements"]
    assert "visibility_in_air" not in rounds[1].messages[-1]["elements"]


def test_values_lie_within_the_catalogue_and_agree_with_each_other(rounds):
    for this in rounds:
        for message in this.messages:
            elements = message["elements"]
            assert all(CATALOGUE[name].low <= value <= CATALOGUE[name].high for name, value in elements.items())
            assert elements["wind_speed_of_gust"] >= elements["wind_speed"]
            assert elements.get("dew_point_temperature", -99) <= elements["air_temperature"]
            assert (elements["wind_speed"] == 0) == (elements["wind_from_direction"] == 0)


def test_gauges_tell_the_true_rain_within_their_errors(rounds):
    true = np.sum([this.rain_mm for this in rounds], axis=0)
    told = _values(rounds, "precipitation_amount").sum(axis=0)
    wet = true > 5
    assert wet.sum() > 20
    assert told.sum() / true.sum() == pytest.approx(1.0, abs=0.03)
    assert np.abs(told[wet] / true[wet] - 1).max() < 0.15
    tenths = _values(rounds, "precipitation_amount") * 10
    assert tenths == pytest.approx(np.rint(tenths), abs=1e-6)


def test_dry_weather_makes_no_rain():
    made = list(instruments.rounds(_even(0.0, 4), NETWORK, 1))
    assert (_values(made, "precipitation_amount") == 0).all()


def test_noise_of_the_thermometers_is_as_stated():
    made = list(instruments.rounds(_even(0.0, 40), NETWORK, 1))
    steps = np.diff(_values(made, "air_temperature"), axis=0)
    # twice the variance of 0.12 K, and of rounding to 0.1 K (0.1 / sqrt(12) = 0.029 K)
    assert steps.std() == pytest.approx(np.sqrt(2) * np.hypot(0.12, 0.029), rel=0.06)


def test_rain_leaves_its_mark_on_the_air():
    dry = list(instruments.rounds(_even(0.0, 13), NETWORK, 1))[-1:]
    wet = list(instruments.rounds(_even(20.0, 13), NETWORK, 1))[-1:]
    assert _values(dry, "air_temperature").mean() - _values(wet, "air_temperature").mean() > 2
    assert _values(wet, "relative_humidity").mean() > 93
    assert _values(wet, "surface_air_pressure").mean() > _values(dry, "surface_air_pressure").mean()


def test_where_the_truth_is_unknown_no_rain_is_told():
    field = np.full(GRID.shape, np.nan, np.float32)
    frame = RainFrame(START, GRID, field, np.zeros(GRID.shape, np.float32), 300, "test")
    (only,) = instruments.rounds([frame], NETWORK, 1)
    assert np.isnan(only.rain_mm).all()
    assert all("precipitation_amount" not in message["elements"] for message in only.messages)
    assert all("air_temperature" in message["elements"] for message in only.messages)


def test_the_seed_rules(rounds):
    again = next(instruments.rounds(storm.frames(storm.Recipe(seed=7, hours=3), START), NETWORK, 7))
    other = next(instruments.rounds(storm.frames(storm.Recipe(seed=7, hours=3), START), NETWORK, 8))
    assert again.messages == rounds[0].messages
    assert other.messages != rounds[0].messages


def test_frames_out_of_order_are_refused():
    with pytest.raises(ValueError, match="sort them"):
        list(instruments.rounds(_even(1.0, 3)[::-1], NETWORK, 1))


def test_the_messages_are_what_the_house_decodes(rounds):
    message = rounds[3].messages[0]
    decoded = decode.decode(json.dumps(message).encode(), Envelope(START + dt.timedelta(hours=1), "58349"))
    assert decoded.refusals == ()
    (reading,) = decoded.readings
    assert reading.station == "58349"
    assert dict(reading.values) == pytest.approx(message["elements"])
