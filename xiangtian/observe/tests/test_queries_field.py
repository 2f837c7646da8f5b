"""What the map shows, from the lake: ways of summing up, moments, refusals."""

import datetime as dt

import polars as pl
import pytest

from xiangtian.core.flags import Flag
from xiangtian.lake.rollups import Rollups
from xiangtian.observe.queries import field, readings
from xiangtian.observe.queries.field import Unanswerable, shown, wanted
from xiangtian.observe.tests.maps import CODES, NOW, fresh, network, report, tell

pytestmark = pytest.mark.django_db
T = "air_temperature"


@pytest.fixture(autouse=True)
def house(at) -> None:
    fresh()
    at(NOW)
    network()


def spots(home, *asked, **more):
    return {spot.site.code: spot for spot in shown(home, wanted(*asked, **more)).spots}


def test_every_station_is_there_and_one_that_never_spoke_says_nothing(home):
    tell(home, -5, air_temperature=[20.0 + n for n in range(11)] + [None], air_temperature_qc=[0] * 11 + [None])
    told = spots(home, T)
    assert tuple(told) == CODES  # the national ones are first by their codes as well
    assert (told["T03"].value, told["T03"].flag, told["T03"].good) == (23.0, Flag.GOOD, True)
    assert (told["T11"].value, told["T11"].flag, told["T11"].time) == (None, None, None)


def test_a_station_that_has_been_silent_for_long_shows_no_value(home):
    tell(home, -181, air_temperature=20.0, air_temperature_qc=0)
    assert spots(home, T)["T00"].flag is None
    tell(home, -179, air_temperature=21.0, air_temperature_qc=0)
    assert spots(home, T)["T00"].value == 21.0


def test_a_value_that_is_told_once_a_day_is_shown_all_day(home):
    tell(home, -20 * 60, air_temperature_maximum_24h=33.0, air_temperature_maximum_24h_qc=0)
    assert spots(home, "air_temperature_maximum_24h")["T00"].value == 33.0


def test_the_past_is_shown_as_it_was_known(home):
    tell(home, -60, air_temperature=20.0, air_temperature_qc=0)
    tell(home, -60, 1800, air_temperature=25.0, air_temperature_qc=0)  # a correction half an hour later
    past = NOW - dt.timedelta(minutes=50)
    assert spots(home, T, at=past)["T00"].value == 20.0
    assert spots(home, T)["T00"].value == 25.0


def test_rain_of_any_window_is_added_up(home):
    for minute in (-130, -70, -10):
        tell(home, minute, precipitation_amount=1.5, precipitation_amount_qc=0, precipitation_period=10)
    told = {hours: spots(home, "precipitation_amount", "sum", hours)["T00"].value for hours in (1, 2, 2.5)}
    assert told == {1: 1.5, 2: 3.0, 2.5: 4.5}


def test_a_long_window_is_made_from_roll_ups_and_gives_the_same(home):
    rain = {"precipitation_amount": 0.5, "precipitation_amount_qc": 0, "precipitation_period": 60}
    told = [report(-60 * hour, air_temperature=float(hour), air_temperature_qc=0, **rain) for hour in range(1, 80)]
    readings(home).append(pl.concat(told))
    Rollups(home).refresh(NOW)
    # readings at 1, 2 ... 79 hours ago: those of 1 to 74 hours ago lie after the window's start
    assert spots(home, "precipitation_amount", "sum", 75)["T00"].value == pytest.approx(0.5 * 74)
    hot = spots(home, T, "max", 75)["T00"]
    assert (hot.value, hot.time) == (74.0, NOW - dt.timedelta(hours=74))


def test_winds_stand_beside_any_element_and_doubted_ones_do_not(home):
    tell(home, -5, air_temperature=20.0, air_temperature_qc=0, wind_speed=[5.0] * 6 + [60.0] * 6,
         wind_speed_qc=[0] * 6 + [2] * 6, wind_from_direction=90.0, wind_from_direction_qc=0)  # fmt: skip
    told = spots(home, T)
    assert (told["T00"].speed, told["T00"].direction) == (5.0, 90.0)
    assert (told["T06"].speed, told["T06"].direction) == (None, None)


def test_the_same_question_is_answered_once_and_anew_when_the_lake_has_grown(home):
    tell(home, -5, air_temperature=20.0, air_temperature_qc=0)
    first = shown(home, wanted(T))
    assert shown(home, wanted(T)) is first
    tell(home, -1, air_temperature=21.0, air_temperature_qc=0)
    assert shown(home, wanted(T)).spots[0].value == 21.0


def test_an_empty_lake_shows_stations_without_values(home):
    told = shown(home, wanted(T, "max", 24))
    assert {spot.value for spot in told.spots} == {None}
    assert (told.version, len(told.spots)) == (-1, 12)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("mood",), "没有要素"),
        (("precipitation_period",), "没有要素"),
        ((T, "sum"), "now, max, min, mean, change"),
        (("wind_from_direction", "mean"), "可用：now"),
        ((T, "max", 0), "须大于 0"),
        ((T, "max", 745), "744"),
        ((T, "change", 73), "72"),
        ((T, "max", float("nan")), "须大于 0"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(asked, words):
    with pytest.raises(Unanswerable, match=words):
        wanted(*asked)


def test_every_element_that_is_shown_has_a_way_to_be_shown():
    for name in field.CATALOGUE:
        assert "now" in field.ways(name)
