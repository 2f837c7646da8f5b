"""Hours and climate days. Expected: a climate day runs from 20:00 to 20:00 Beijing time, which is 12:00 UTC."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from xiangtian.core.clock import climate_day
from xiangtian.lake import rolling, spans

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
MOMENTS = [NOON + dt.timedelta(seconds=s) for s in (-43200, -3600, -1, 0, 1, 3599, 3600, 3601, 43200, 86400, 86401)]


def test_expressions_and_the_clock_agree() -> None:
    frame = pl.DataFrame({"time": MOMENTS}, {"time": pl.Datetime("us", "UTC")})
    found = frame.select(end=rolling.hour_end(), day=rolling.day_of())
    assert found["day"].to_list() == [climate_day(moment) for moment in MOMENTS]
    assert found["end"].to_list() == [spans.ceil(moment) for moment in MOMENTS]


def test_full_hours() -> None:
    assert [spans.floor(NOON - SECOND), spans.floor(NOON)] == [NOON - spans.HOUR, NOON]
    assert [spans.ceil(NOON), spans.ceil(NOON + SECOND)] == [NOON, NOON + spans.HOUR]


@pytest.mark.parametrize(("hours", "day"), [(-1, 17), (0, 18), (1, 18), (23, 18), (24, 19)])
def test_the_last_day_that_is_over(hours: int, day: int) -> None:
    assert spans.closed_day(NOON + hours * spans.HOUR) == dt.date(2026, 6, day)


def test_a_day_begins_after_the_one_before() -> None:
    assert spans.begin(dt.date(2026, 6, 19)) == NOON
    assert climate_day(NOON + SECOND) == dt.date(2026, 6, 19)
