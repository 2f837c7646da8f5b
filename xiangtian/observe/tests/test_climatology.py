"""The climatology of a home: fitted from its days, read by the judge."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import polars as pl
import pytest

from xiangtian.core import clock
from xiangtian.core.flags import Verdict, unpack
from xiangtian.lake import raw
from xiangtian.lake.rollups import Rollups
from xiangtian.observe import actions, climatology
from xiangtian.observe.climatology import FAMILIES, Memory
from xiangtian.observe.intake import Intake
from xiangtian.observe.queries import readings
from xiangtian.observe.tests.makers import station

JULY = np.array(["2026-07-01T02:00:00"], "datetime64[s]")
NOW = dt.datetime(2026, 7, 1, 3, 0, tzinfo=dt.UTC)


def past(home, element: str, low: float, high: float, years: int = 10) -> None:
    """Ten Julys of an archive, each day between the same two values."""
    days = [dt.date(2000 + year, 7, day) for year in range(years) for day in range(1, 32)]
    frame = pl.DataFrame({"day": days}).with_columns(
        station=pl.lit("A"), element=pl.lit(element), n=24, n_good=24, min=pl.lit(low), max=pl.lit(high),
        source=pl.lit("archive"),
    )  # fmt: skip
    Rollups(home).import_days(frame, NOW)


def test_families_share_their_limits_and_rain_and_wind_have_none() -> None:
    assert FAMILIES["air_temperature"] == (
        "air_temperature", "air_temperature_maximum_1h", "air_temperature_minimum_1h",
        "air_temperature_maximum_24h", "air_temperature_minimum_24h",
    )  # fmt: skip
    assert "air_temperature_maximum_1h" not in FAMILIES
    assert not [name for name in FAMILIES if "precipitation" in name or "wind" in name or "tendency" in name]


def test_an_extreme_widens_the_range_of_its_element(home) -> None:
    past(home, "air_temperature", 20.0, 34.0)
    past(home, "air_temperature_maximum_1h", 24.0, 36.0)
    assert climatology.build(home) == 1
    low, high = Memory(home).limits(np.array(["A"]), JULY, ["air_temperature", "air_temperature_minimum_24h"])
    # 20 to 36 are 16 K, a fifth is 3.2 K
    assert {name: round(float(part[0]), 6) for name, part in low.items()} == {
        "air_temperature": 16.8, "air_temperature_minimum_24h": 16.8,
    }  # fmt: skip
    assert round(float(high["air_temperature"][0]), 6) == 39.2


def test_the_month_is_that_of_beijing(home) -> None:
    past(home, "air_temperature", 20.0, 34.0)
    climatology.build(home)
    held = Memory(home)
    for moment, known in (("2026-06-30T16:00", True), ("2026-06-30T15:59", False), ("2026-07-31T16:00", False)):
        found, _ = held.limits(np.array(["A"]), np.array([moment], "datetime64[s]"), ["air_temperature"])
        assert bool(found) is known


def test_a_new_file_is_read_and_none_is_no_fault(home) -> None:
    held, who = Memory(home), np.array(["A"])
    assert held.limits(who, JULY, ["air_temperature"]) == ({}, {})
    assert climatology.build(home) == 0
    assert held.limits(who, JULY, ["air_temperature"]) == ({}, {})
    past(home, "air_temperature", 20.0, 34.0)
    climatology.build(home)
    low, _ = held.limits(np.array(["A", "X"]), np.repeat(JULY, 2), ["air_temperature"])
    assert np.isfinite(low["air_temperature"]).tolist() == [True, False]
    assert held.limits(who[:0], JULY[:0], ["air_temperature"]) == ({}, {})


@pytest.mark.django_db
def test_the_judge_doubts_what_the_history_does_not_know(home, at) -> None:
    at(NOW)
    readings.cache_clear()
    station("A")
    past(home, "air_temperature", 20.0, 36.0)
    climatology.build(home)
    for minute, value in ((0, 39.0), (30, 41.0)):
        body = {"station": "A", "time": f"2026-07-01T02:{minute:02}:00Z", "elements": {"air_temperature": value}}
        actions.receive(home, [raw.Incoming(json.dumps(body).encode(), "mqtt", "stations/A", clock.now())])
    intake = Intake(home)
    while intake.sweep():
        pass
    found = readings(home).read(NOW - dt.timedelta(hours=2), NOW, ["A"], ["air_temperature"])
    said = [unpack(tests)[0]["range"] for tests in found["air_temperature_tests"]]
    assert said == [Verdict.PASS, Verdict.SUSPECT]  # the limit is 39.2
