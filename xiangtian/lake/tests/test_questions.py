from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from xiangtian.core.elements import NAMES
from xiangtian.core.home import Home
from xiangtian.lake.observations import Observations

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def at(minute: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minute)


def test_an_empty_lake_answers_every_question(home: Home) -> None:
    lake = Observations(home)
    assert (lake.version(), lake.cursor()) == (-1, 0)
    assert lake.read(NOON - HOUR, NOON).shape == (0, 4 + 3 * len(NAMES))
    assert lake.latest().height == lake.latest(as_of=NOON).height == lake.sums(NOON, [1, 3]).height == 0
    assert lake.repair() == []


def test_replay_shows_what_was_known(home: Home, report, rows) -> None:
    lake = Observations(home)
    lake.append(rows(report("A", 0, late_s=60, air_temperature=20.0)))
    lake.append(rows(report("A", 0, late_s=600, air_temperature=25.0)))
    lake.append(rows(report("A", 1, late_s=1200, air_temperature=30.0)))

    def seen(as_of: dt.datetime | None) -> list[float]:
        return lake.series("A", NOON, at(5), ["air_temperature"], as_of)["air_temperature"].to_list()

    assert seen(at(0.99)) == []
    assert seen(at(1)) == [20.0]
    assert seen(at(9)) == [20.0]
    assert seen(at(10)) == [25.0]
    assert seen(None) == seen(at(21)) == [25.0, 30.0]
    assert lake.latest(as_of=at(9))["air_temperature"].to_list() == [20.0]
    assert (
        lake.latest(as_of=at(60))["air_temperature"].to_list() == lake.latest()["air_temperature"].to_list() == [30.0]
    )
    assert lake.read(NOON, at(5), resolve=False)["air_temperature"].to_list() == [20.0, 25.0, 30.0]


def test_latest_at_a_past_moment_reaches_back_24_hours(home: Home, report, rows) -> None:
    lake = Observations(home)
    lake.append(rows(report("A", -1441, air_temperature=1.0), report("B", -1440, air_temperature=2.0)))
    assert lake.latest(as_of=NOON)["station"].to_list() == ["B"]
    assert lake.latest()["station"].to_list() == ["A", "B"]


def test_both_ends_stations_and_elements(home: Home, minute) -> None:
    lake = Observations(home)
    for number in range(4):
        lake.append(minute(number))
    found = lake.read(at(1), at(2), stations=["S001", "S003", "none"], elements=["precipitation_amount"])
    assert found.columns == [
        "station", "time", "received",
        "precipitation_amount", "precipitation_amount_qc", "precipitation_amount_tests", "source",
    ]  # fmt: skip
    assert found.select("station", "time").rows() == [
        ("S001", at(1)),
        ("S001", at(2)),
        ("S003", at(1)),
        ("S003", at(2)),
    ]
    with pytest.raises(KeyError, match="temperature"):
        lake.read(at(1), at(2), elements=["temperature"])
    with pytest.raises(ValueError, match="no zone"):
        lake.read(dt.datetime(2026, 6, 18), at(2))


def test_sums_use_each_report_once_and_the_correction(home: Home, report, rows, minute) -> None:
    lake = Observations(home)
    for number in range(10):
        lake.append(minute(number, stations=2, rain=0.5))
        lake.append(minute(number, stations=2, rain=0.5))
    fixed = report("S000", 3, late_s=1200, precipitation_amount=2.5, precipitation_amount_qc=0)
    lake.append(rows(fixed))
    found = lake.sums(at(9), [0.1, 1])
    assert found.rows() == [("S000", 3.0, 6, 7.0, 10), ("S001", 3.0, 6, 5.0, 10)]
    assert lake.sums(at(9), [1], as_of=at(10)).rows() == [("S000", 5.0, 10), ("S001", 5.0, 10)]
    with pytest.raises(ValueError, match="above 0"):
        lake.sums(at(9), [])


def test_a_report_over_midnight_and_many_days(home: Home, minute) -> None:
    lake = Observations(home)
    lake.append(pl.concat([minute(day * 1440) for day in range(5)]))
    assert lake.read(NOON, NOON + 4 * 24 * HOUR, elements=["air_temperature"]).height == 25
    assert lake.sums(NOON + 24 * HOUR, [24, 25])["n_25h"].to_list() == [2] * 5
    assert lake.sums(NOON + 24 * HOUR, [24, 25])["n_24h"].to_list() == [1] * 5
