"""One value a station from many readings; all expected values are added up by hand beside the test."""

import datetime as dt

import polars as pl
import pytest

from xiangtian.core.flags import Flag
from xiangtian.lake import rolling
from xiangtian.observe import windows

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
HALF = dt.timedelta(minutes=30)


def frame(*rows):
    """Station, minutes from noon, value, flag."""
    told = [(station, NOON + dt.timedelta(minutes=minute), value, flag) for station, minute, value, flag in rows]
    kinds = {"station": pl.String, "time": pl.Datetime("us", "UTC"), "value": pl.Float64, "flag": pl.Int8}
    return pl.DataFrame(told, schema=kinds, orient="row")


def one(told, station="A"):
    return told.filter(pl.col("station") == station).row(0, named=True)


DAY = frame(
    ("A", -30, 20.0, 0),
    ("A", -20, 24.0, 0),
    ("A", -10, 99.0, 2),  # wrong: takes no part
    ("A", 0, 22.0, 9),
    ("B", -10, None, 8),
    ("C", -10, 18.0, 1),
)


def test_the_newest_word_counts_even_if_it_is_that_there_is_none():
    told = windows.newest(DAY)
    assert one(told)["value"] == 22.0
    assert (one(told, "B")["value"], one(told, "B")["flag"]) == (None, 8)
    assert one(told, "C")["flag"] == Flag.SUSPECT


@pytest.mark.parametrize(("how", "value", "minute"), [("max", 24.0, -20), ("min", 20.0, -30), ("mean", 22.0, 0)])
def test_an_extreme_leaves_doubted_values_out_and_says_when_it_was(how, value, minute):
    told = one(windows.summary(DAY, how))
    assert told["value"] == pytest.approx(value)  # (20 + 24 + 22) / 3 = 22
    assert told["time"] == NOON + dt.timedelta(minutes=minute)
    assert (told["n"], told["doubted"]) == (3, 1)
    assert told["flag"] == Flag.SUSPECT  # 1 of 4 readings is more than a tenth


def test_few_doubted_readings_among_many_leave_the_value_good():
    rows = frame(*(("A", -minute, 20.0, 0) for minute in range(19)), ("A", -19, 40.0, 2))
    assert one(windows.summary(rows, "max"))["flag"] == Flag.GOOD


def test_only_doubted_or_missing_values_make_none():
    told = windows.summary(DAY, "max")
    for station, doubted in (("B", 0), ("C", 1)):
        assert one(told, station)["value"] is None
        assert one(told, station)["flag"] == Flag.MISSING
        assert one(told, station)["doubted"] == doubted


def test_a_change_is_between_the_newest_and_the_nearest_of_then():
    rows = frame(("A", -185, 15.0, 0), ("A", -170, 16.0, 0), ("A", -5, 21.0, 0), ("B", -5, 3.0, 0), ("C", -180, 1.0, 0))
    told = windows.change(rows, NOON, 3, HALF)
    assert one(told)["value"] == pytest.approx(6.0)  # 21 less 15, which is nearer to three hours ago than 16
    assert one(told, "B")["flag"] == Flag.MISSING
    assert one(told, "C")["value"] is None


def test_a_change_takes_no_doubted_value():
    told = windows.change(frame(("A", -60, 10.0, 0), ("A", 0, 90.0, 2)), NOON, 1, dt.timedelta(minutes=20))
    assert one(told)["value"] is None


def rain(*rows):
    """Station, minutes from noon, amount, flag, period."""
    told = [(one, NOON + dt.timedelta(minutes=minute), mm, flag, period) for one, minute, mm, flag, period in rows]
    names = ("station", "time", "precipitation_amount", "precipitation_amount_qc", "precipitation_period")
    kinds = (pl.String, pl.Datetime("us", "UTC"), pl.Float64, pl.Int8, pl.Float64)
    return pl.DataFrame(told, schema=dict(zip(names, kinds, strict=True)), orient="row")


def test_rain_is_added_up_over_the_window_without_what_is_doubted():
    rows = rain(
        ("A", -60, 5.0, 0, 10),  # ended when the hour began
        ("A", -50, 1.0, 0, 10),
        ("A", -10, 0.5, 0, 10),
        ("A", 0, 60.0, 2, 10),
    )
    told = one(windows.rain(rows, NOON, 1))
    assert told["value"] == 1.5
    assert (told["n"], told["doubted"], told["flag"]) == (2, 1, Flag.SUSPECT)
    assert one(windows.rain(rows, NOON, 2))["value"] == 6.5


def test_a_gauge_that_said_nothing_usable_has_no_sum():
    told = one(windows.rain(rain(("A", 0, 60.0, 2, 10), ("A", -10, None, 8, 10)), NOON, 1))
    assert (told["value"], told["flag"]) == (None, Flag.MISSING)


def test_nothing_at_all_is_nothing():
    empty = DAY.clear()
    for told in (windows.newest(empty), windows.summary(empty, "max"), windows.change(empty, NOON, 1, HALF)):
        assert told.is_empty()
    assert windows.rain(rain(), NOON, 1).is_empty()


def hours():
    """Two hours of one station as rolled up, and one station with doubted values only."""
    told = [
        ("A", 0, 60, 58, 20.0, 18.0, 23.0, 1.5),
        ("A", 60, 60, 29, 23.0, 21.0, 25.0, 2.0),
        ("B", 0, 60, 0, None, None, None, None),
    ]
    rows = []
    for station, minute, n, good, mean, low, high, total in told:
        time = NOON + dt.timedelta(minutes=minute)
        at = None if mean is None else time - HALF
        rows.append(
            {"station": station, "element": "x", "time": time, "n": n, "n_good": good, "mean": mean}
            | {"min": low, "max": high, "sum": total, "min_time": at, "max_time": at}
        )
    return pl.DataFrame(rows, schema=rolling.HOURS)


@pytest.mark.parametrize(
    ("how", "value"),
    [("max", 25.0), ("min", 18.0), ("sum", 3.5), ("mean", (58 * 20 + 29 * 23) / 87)],
)
def test_a_long_window_is_made_from_hours(how, value):
    told = one(windows.of_hours(hours(), how))
    assert told["value"] == pytest.approx(value)
    assert (told["n"], told["doubted"]) == (87, 33)
    assert told["flag"] == Flag.SUSPECT


def test_the_time_of_an_extreme_in_a_long_window_is_its_own():
    assert one(windows.of_hours(hours(), "max"))["time"] == NOON + HALF
    assert one(windows.of_hours(hours(), "min"))["time"] == NOON - HALF


def test_hours_without_a_good_value_make_none():
    for how in ("max", "min", "mean", "sum"):
        told = one(windows.of_hours(hours(), how), "B")
        assert (told["value"], told["flag"], told["doubted"]) == (None, Flag.MISSING, 60)
