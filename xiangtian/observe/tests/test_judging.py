"""The judge's memory: what it was told it knows, also after a restart. The checks themselves are tested one by one."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from xiangtian.core.flags import Flag
from xiangtian.core.stations import national
from xiangtian.lake.journal import Kept
from xiangtian.lake.rollups import Rollups
from xiangtian.observe import actions, queries
from xiangtian.observe.judging import Judge
from xiangtian.observe.reading import Reading

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Came:
    reading: Reading
    kept: Kept


def came(station: str, minutes: float, celsius: float, **place: float) -> Came:
    time = MOMENT + dt.timedelta(minutes=minutes)
    return Came(Reading(station, time, {"air_temperature": celsius}, **place), Kept("ab" * 32, "mqtt", "x", time, 1, 0))


@pytest.fixture(autouse=True)
def late_morning(at) -> None:
    at(MOMENT + dt.timedelta(hours=1))


def flags(frame) -> list[int]:
    return frame["air_temperature_qc"].to_list()


def test_rows_carry_value_flag_tests_receipt_and_source(home) -> None:
    frame = Judge(home).judge([came("A", 0, 25.0), came("B", 0, 24.5)])
    assert frame["station"].to_list() == ["A", "B"]
    assert frame["air_temperature"].to_list() == [25.0, 24.5]
    assert set(frame["source"]) == {"ab" * 32}
    assert frame["received"].to_list() == [MOMENT, MOMENT]
    assert {"air_temperature_qc", "air_temperature_tests"} <= set(frame.columns)


def test_a_missing_value_is_null_and_not_nan(home) -> None:
    silent = Came(Reading("B", MOMENT, {"relative_humidity": 80.0}), came("B", 0, 0).kept)
    frame = Judge(home).judge([came("A", 0, 25.0), silent])
    assert frame["air_temperature"].to_list() == [25.0, None]
    assert frame["relative_humidity"].to_list() == [None, 80.0]


def test_a_jump_is_seen_against_what_was_said_before(home) -> None:
    judge = Judge(home)
    for minutes in range(0, 30, 5):
        assert flags(judge.judge([came("A", minutes, 25.0 + minutes / 100)])) == [0]
    assert flags(judge.judge([came("A", 30, 37.0)])) != [0]  # 12 K in five minutes


def test_after_a_restart_the_jump_is_still_seen(home) -> None:
    first = Judge(home)
    for minutes in range(0, 30, 5):
        queries.readings(home).append(first.judge([came("A", minutes, 25.0 + minutes / 100)]))
    assert flags(Judge(home).judge([came("A", 30, 37.0)])) != [0]


def test_without_any_past_the_same_value_passes(home) -> None:
    assert flags(Judge(home).judge([came("A", 30, 37.0)])) == [0]


def test_positions_come_from_the_list_of_stations_and_else_from_the_message(home) -> None:
    actions.register_stations(national(MOMENT))
    judge = Judge(home)
    known = national(MOMENT)[0]
    sheet = judge._sheet([came(known.id, 0, 25.0).reading, came("X", 0, 25, lon=120.5, lat=31.2, alt_m=4.0).reading])
    assert (sheet.lon[0], sheet.lat[0]) == (known.lon, known.lat)
    assert (sheet.lon[1], sheet.lat[1], sheet.alt[1]) == (120.5, 31.2, 4.0)
    unknown = judge._sheet([came("Y", 0, 25.0).reading])
    assert np.isnan(unknown.lon).all()


def test_what_is_due_but_not_told_is_missing_and_what_nobody_asked_for_is_no_task(home) -> None:
    """A national station has wind and rain each minute; visibility only on the hour."""
    actions.register_stations(national(MOMENT))
    code = national(MOMENT)[0].id
    judge = Judge(home)
    on_the_hour, after = judge.judge([came(code, 0, 25.0)]), judge.judge([came(code, 1, 25.0)])
    assert on_the_hour["wind_speed_qc"].to_list() == on_the_hour["visibility_in_air_qc"].to_list() == [Flag.MISSING]
    assert on_the_hour["wind_speed"].to_list() == [None]
    assert after["wind_speed_qc"].to_list() == [Flag.MISSING]
    assert "visibility_in_air_qc" not in after.columns
    assert queries.readings(home).append(on_the_hour).rows == 1


def test_hours_of_rain_are_remembered_over_a_restart(home, at) -> None:
    """Every five minutes 0.4 or 0.6 mm for seven hours: six hours are 36 mm, also for a judge that starts anew."""
    start = MOMENT - dt.timedelta(hours=7)
    first, frames = Judge(home), []
    for minutes in range(5, 425, 5):
        time = start + dt.timedelta(minutes=minutes)
        rain = {"precipitation_amount": 0.4 if minutes % 10 else 0.6, "precipitation_period": 5.0}
        reading = Reading("A", time, rain, {}, 120.6, 31.3, 4.0)
        frames.append(first.judge([Came(reading, Kept("ab" * 32, "mqtt", "x", time, 1, 0))]))
    queries.readings(home).append(pl.concat(frames, how="diagonal"))
    at(MOMENT)
    Rollups(home).refresh(MOMENT)
    sheet = first._sheet([reading])
    assert first._window.history(sheet).totals["precipitation_amount"] == pytest.approx([36.0])
    assert Judge(home)._window.history(sheet).totals["precipitation_amount"] == pytest.approx([36.0])
