"""Which readings go out: flags, hours, and the rain of an hour, on tables written by hand."""

import datetime as dt

import polars as pl
import pytest

from xiangtian.core.flags import MARK_SHIFT, Flag, Mark
from xiangtian.lake.columns import answer, complete
from xiangtian.observe.wis2 import hours

TEN = dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)


def table(*rows: dict) -> pl.DataFrame:
    """Rows as the lake gives them: all columns, those that are not told null; flags good unless told."""
    told = []
    for row in rows:
        flags = {f"{name}_qc": Flag.GOOD for name in row if "_" in name and not name.endswith(("_qc", "_tests"))}
        told.append({"station": "58358", "time": TEN, "received": TEN, "source": "0"} | flags | row)
    return complete(pl.DataFrame(told, infer_schema_length=None), answer(None))


def minute(count: int, **told: object) -> dict:
    return {"time": TEN - dt.timedelta(minutes=count)} | told


def test_of_an_hour_the_last_reading_goes_out() -> None:
    rows = table(*(minute(count, air_temperature=float(count)) for count in range(90)))
    found = hours.reports(rows, TEN)
    assert [(one.reading.time, one.reading.values) for one in found] == [
        (TEN - dt.timedelta(hours=1), {"air_temperature": 60.0}),
        (TEN, {"air_temperature": 0.0}),
    ]


@pytest.mark.parametrize(("waited_min", "times"), [(0, []), (9, []), (10, [50]), (600, [50])])
def test_a_station_without_the_full_hour_is_waited_for_ten_minutes(waited_min: int, times: list[int]) -> None:
    rows = table(minute(20, air_temperature=1.0), minute(10, air_temperature=2.0))
    found = hours.reports(rows, TEN + dt.timedelta(minutes=waited_min))
    assert [one.reading.time.minute for one in found] == times


@pytest.mark.parametrize("flag", Flag)
def test_only_values_that_quality_control_lets_pass_go_out(flag: Flag) -> None:
    rows = table({"air_temperature": 20.0, "air_temperature_qc": flag, "wind_speed": 3.0})
    (found,) = hours.reports(rows, TEN)
    passes = flag in (Flag.GOOD, Flag.SUSPECT, Flag.CORRECTED, Flag.MODIFIED)
    assert found.reading.values == ({"air_temperature": 20.0} if passes else {}) | {"wind_speed": 3.0}


def test_a_reading_without_any_value_does_not_go_out() -> None:
    assert hours.reports(table({"air_temperature": 99.0, "air_temperature_qc": Flag.WRONG}), TEN) == []
    assert hours.reports(table({"air_temperature": None}), TEN) == []
    assert hours.reports(table({"air_temperature": 1.0}).clear(), TEN) == []


def test_a_trace_keeps_its_mark_and_the_report_knows_when_it_was_learned() -> None:
    later = TEN + dt.timedelta(minutes=7)
    packed = int(Mark.TRACE) << MARK_SHIFT
    rows = table({"precipitation_amount_1h": 0.0, "precipitation_amount_1h_tests": packed, "received": later})
    (found,) = hours.reports(rows, later)
    assert found.reading.marks == {"precipitation_amount_1h": Mark.TRACE}
    assert found.known == later


def test_rain_of_minutes_is_added_up_when_the_hour_is_whole() -> None:
    rain = [minute(count, precipitation_amount=0.1, precipitation_period=1.0) for count in range(60)]
    (whole,) = hours.reports(table(*rain), TEN)
    assert whole.reading.values["precipitation_amount_1h"] == pytest.approx(6.0)  # 60 x 0.1 mm
    (gap,) = hours.reports(table(*rain[:30], *rain[31:]), TEN)
    assert "precipitation_amount_1h" not in gap.reading.values
    doubted = rain[5] | {"precipitation_amount_qc": Flag.WRONG}
    (wrong,) = hours.reports(table(*rain[:5], doubted, *rain[6:]), TEN)
    assert "precipitation_amount_1h" not in wrong.reading.values


def test_what_the_station_itself_says_of_the_hour_is_kept() -> None:
    rain = [minute(count, precipitation_amount=1.0, precipitation_period=10.0) for count in range(0, 60, 10)]
    rain[0] |= {"precipitation_amount_1h": 6.3, "precipitation_amount_1h_qc": Flag.GOOD}
    (found,) = hours.reports(table(*rain), TEN)
    assert found.reading.values["precipitation_amount_1h"] == 6.3


def test_stations_are_told_apart() -> None:
    rows = table({"air_temperature": 1.0}, {"station": "58349", "air_temperature": 2.0})
    assert [one.reading.station for one in hours.reports(rows, TEN)] == ["58349", "58358"]
