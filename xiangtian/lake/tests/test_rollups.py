from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import time

import polars as pl
import pytest

from xiangtian.core.clock import climate_day
from xiangtian.core.home import Home
from xiangtian.lake import rolled, rolling, spans
from xiangtian.lake.observations import Observations
from xiangtian.lake.rollups import Refreshed, Rollups

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)
"""20:00 Beijing time: the climate day of 18 June ends, that of the 19th begins."""
HOUR = dt.timedelta(hours=1)
T, RAIN = "air_temperature", "precipitation_amount"


def later(hours: float) -> dt.datetime:
    return NOON + hours * HOUR


def told(frame: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return frame.select(columns).rows()


@pytest.fixture
def lake(home: Home) -> Observations:
    return Observations(home)


def test_an_hour_runs_from_its_start_excluded_to_its_end(home, lake, report, rows) -> None:
    lake.append(rows(*(report("A", m, air_temperature=t) for m, t in ((0, 9.0), (1, 20.0), (30, 24.0), (60, 22.0)))))
    Rollups(home).refresh(later(2))
    found = Rollups(home).hours(NOON - HOUR, later(2))
    assert told(found, "time", "n", "n_good", "mean", "min", "max") == [
        (NOON, 1, 1, 9.0, 9.0, 9.0), (later(1), 3, 3, 22.0, 20.0, 24.0),
    ]  # fmt: skip
    assert told(found, "min_time", "max_time", "source")[1] == (later(1 / 60), later(0.5), "house")
    assert Rollups(home).hours(NOON, later(2)).height == 1


def test_doubted_values_are_counted_and_not_used(home, lake, report, rows) -> None:
    said = ((1, 20.0, 0), (2, 50.0, 2), (3, -40.0, 1), (4, 21.0, 9), (5, None, 8))
    lake.append(rows(*(report("A", m, air_temperature=t, air_temperature_qc=qc) for m, t, qc in said)))
    lake.append(rows(report("B", 1, air_temperature=50.0, air_temperature_qc=2)))
    Rollups(home).refresh(later(2))
    found = Rollups(home).hours(NOON, later(1))
    assert told(found, "station", "n", "n_good", "mean", "min", "max") == [
        ("A", 4, 2, 20.5, 20.0, 21.0), ("B", 1, 0, None, None, None),
    ]  # fmt: skip


def test_rain_adds_up_once_and_as_the_questions_say(home, lake, report, rows) -> None:
    minutes = [report("A", m, precipitation_amount=0.1, precipitation_period=1.0) for m in range(1, 61)]
    hour = report("A", 60, body="hour", precipitation_amount=6.0, precipitation_period=60.0, late_s=99)
    lake.append(rows(*minutes[:-1], hour, report("B", 60, precipitation_amount=7.5, precipitation_period=60.0)))
    Rollups(home).refresh(later(2))
    found = Rollups(home).hours(NOON, later(1), elements=[RAIN])
    assert told(found, "station", "sum") == [("A", 5.9), ("B", 7.5)]
    assert told(lake.sums(later(1), [1]), "station", "sum_1h") == [("A", 5.9), ("B", 7.5)]


def test_a_day_takes_the_amounts_of_long_periods_too(home, lake, report, rows) -> None:
    long = [report("C", 60 * h, precipitation_amount=r, precipitation_period=360.0) for h, r in ((6, 10.0), (12, 5.0))]
    short = [report("C", 60 * h, precipitation_amount=1.0, precipitation_period=60.0) for h in (13, 14, 24)]
    lake.append(rows(*long, *short))
    roll = Rollups(home)
    roll.refresh(later(30))
    day = climate_day(later(1))
    assert told(roll.days(day, day), "element", "n", "sum") == [(RAIN, 5, 18.0)]
    assert told(lake.sums(later(24), [24]), "sum_24h") == [(18.0,)]
    assert told(roll.hours(NOON, later(24), elements=[RAIN]), "sum")[:3] == [(None,), (None,), (1.0,)]


def test_totals_of_an_hour_add_up_where_they_are_told_at_its_end(home, lake, report, rows) -> None:
    lake.append(rows(*(report("A", m, precipitation_amount_1h=r) for m, r in ((30, 2.0), (60, 3.0), (120, 4.0)))))
    Rollups(home).refresh(later(30))
    day = climate_day(later(1))
    assert told(Rollups(home).days(day, day), "sum", "max") == [(7.0, 4.0)]


def test_a_direction_has_no_mean(home, lake, report, rows) -> None:
    lake.append(rows(*(report("A", m, wind_from_direction=d) for m, d in ((1, 350.0), (2, 10.0)))))
    Rollups(home).refresh(later(2))
    assert told(Rollups(home).hours(NOON, later(1)), "n", "n_good", "mean", "max") == [(2, 2, None, None)]


def test_the_climate_day_ends_at_20_beijing_time(home, lake, report, rows) -> None:
    lake.append(rows(*(report("A", m, air_temperature=t) for m, t in ((-1, 1.0), (0, 2.0), (1, 3.0)))))
    roll = Rollups(home)
    roll.refresh(later(30))
    days = roll.days(dt.date(2026, 6, 17), dt.date(2026, 6, 20))
    assert told(days, "day", "n", "mean") == [(dt.date(2026, 6, 18), 2, 1.5), (dt.date(2026, 6, 19), 1, 3.0)]


def test_what_is_running_is_made_from_the_observations(home, lake, report, rows) -> None:
    lake.append(rows(*(report("A", m, air_temperature=float(m)) for m in (10, 70, 80))))
    roll = Rollups(home)
    assert roll.refresh(later(1.2)) == Refreshed(1, 0)
    assert told(roll.hours(NOON, later(2)), "time", "n", "max") == [(later(1), 1, 10.0), (later(2), 2, 80.0)]
    assert told(roll.hours(NOON, later(1.5)), "time") == [(later(1),)]
    assert told(roll.days(dt.date(2026, 6, 19), dt.date(2026, 6, 19)), "n", "max") == [(3, 80.0)]
    assert told(roll.extremes(), "max", "max_day", "years") == [(80.0, dt.date(2026, 6, 19), 1)]


def test_refresh_does_nothing_twice(home, lake, report, rows) -> None:
    lake.append(rows(report("A", 10, air_temperature=10.0)))
    roll = Rollups(home)
    assert roll.refresh(later(30)) == Refreshed(1, 1)
    version = roll.version()
    assert roll.refresh(later(30)) == Refreshed(0, 0)
    assert Rollups(home).refresh(later(30)) == Refreshed(0, 0)
    assert roll.version() == version
    assert roll.refresh(later(31)) == Refreshed(0, 0)


def test_a_correction_makes_its_hour_and_day_anew(home, lake, report, rows) -> None:
    lake.append(rows(*(report(s, m, air_temperature=10.0) for s in "AB" for m in (10, 20, 70))))
    roll = Rollups(home)
    roll.refresh(later(30))
    lake.append(rows(report("A", 20, late_s=40000, air_temperature=12.0)))
    assert roll.hours(NOON, later(1), ["A"])["max"].to_list() == [10.0]
    assert roll.refresh(later(30)) == Refreshed(1, 1)
    assert told(roll.hours(NOON, later(1)), "station", "max", "mean") == [("A", 12.0, 11.0), ("B", 10.0, 10.0)]
    day = dt.date(2026, 6, 19)
    assert told(roll.days(day, day), "station", "n", "mean") == [("A", 3, 10.6667), ("B", 3, 10.0)]


def test_a_value_that_is_withdrawn_leaves_its_hour(home, lake, report, rows) -> None:
    lake.append(rows(report("A", 10, air_temperature=10.0, wind_speed=1.0)))
    roll = Rollups(home)
    roll.refresh(later(30))
    lake.append(rows(report("A", 10, late_s=99, air_temperature=None, air_temperature_qc=8, wind_speed=1.0)))
    roll.refresh(later(30))
    day = dt.date(2026, 6, 19)
    assert told(roll.hours(NOON, later(1)), "element") == told(roll.days(day, day), "element") == [("wind_speed",)]


def test_a_day_is_closed_although_its_last_hours_said_nothing(home, lake, report, rows) -> None:
    lake.append(rows(report("A", 10, air_temperature=10.0)))
    roll = Rollups(home)
    assert roll.refresh(later(5)) == Refreshed(1, 0)
    assert roll.refresh(later(25)) == Refreshed(0, 1)
    lake.append(rows(report("A", 26 * 60, air_temperature=11.0)))
    assert roll.refresh(later(60)) == Refreshed(1, 1)


def test_what_comes_late_while_nobody_rolls_up_is_not_lost(home, lake, report, rows) -> None:
    roll = Rollups(home)
    lake.append(rows(report("A", 10, air_temperature=10.0)))
    roll.refresh(later(30))
    lake.append(rows(report("A", 20, late_s=90000, air_temperature=30.0)))
    lake.compact(NOON.date())
    for entry in sorted((home.lake / "observations/_delta_log").glob("*.json"))[:-1]:
        entry.unlink()  # as the lake's own tidying does after a week
    roll = Rollups(home)
    roll.refresh(later(30))
    assert roll.hours(NOON, later(1))["max"].to_list() == [30.0]


def test_a_wrong_clock_is_not_rolled_up(home, lake, report, rows) -> None:
    lake.append(rows(report("A", 300, late_s=-7200, air_temperature=10.0)))
    roll = Rollups(home)
    assert roll.refresh(later(30)) == Refreshed(0, 0)
    assert roll.hours(NOON, later(30)).is_empty()


def imported(day: dt.date, low: float, high: float, source: str = "archive", **told: object) -> pl.DataFrame:
    row = {"station": "A", "element": T, "day": day, "n": 24, "n_good": 24, "mean": 5.0, "min": low, "max": high}
    return pl.DataFrame([row | {"source": source} | told])


def test_days_from_elsewhere_stand_where_the_house_has_none(home, lake, report, rows) -> None:
    lake.append(rows(report("A", 10, air_temperature=10.0)))
    roll = Rollups(home)
    roll.refresh(later(30))
    old, own = imported(dt.date(1951, 1, 9), -9.8, 3.0), imported(dt.date(2026, 6, 19), -99.0, 99.0)
    assert roll.import_days(pl.concat([old, own]), later(30)) == 1
    assert roll.import_days(pl.concat([old, own]), later(31)) == 0
    assert roll.import_days(imported(dt.date(1951, 1, 9), -9.9, 3.0), later(32)) == 1
    for _ in range(2):
        found = roll.days(dt.date(1951, 1, 1), dt.date(2026, 12, 31))
        assert told(found, "day", "min", "source") == [
            (dt.date(1951, 1, 9), -9.9, "archive"), (dt.date(2026, 6, 19), 10.0, "house"),
        ]  # fmt: skip
        record = roll.extremes(["A"], [T]).row(0, named=True)
        assert (record["min"], record["min_day"], record["min_source"]) == (-9.9, dt.date(1951, 1, 9), "archive")
        assert (record["max"], record["max_source"], record["years"]) == (10.0, "house", 2)
        assert roll.import_days(old, later(33)) == 1
        assert roll.import_days(imported(dt.date(1951, 1, 9), -9.9, 3.0), later(34)) == 1
        roll.tidy()
        assert roll.tidy() == 0


def test_months_since_records_began(home, lake, report, rows) -> None:
    lake.append(rows(report("A", 10, air_temperature=10.0, wind_from_direction=90.0)))
    roll = Rollups(home)
    roll.import_days(pl.concat([imported(dt.date(1951, 1, d), -1.0 * d, 1.0 * d) for d in (1, 9, 31)]), NOON)
    assert roll.months().rows() == [("A", T, 1951, 1, -31.0, 31.0, 3), ("A", T, 2026, 6, 10.0, 10.0, 1)]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (imported(dt.date(2000, 1, 1), 1, 2).drop("source"), "lack source"),
        (imported(dt.date(2000, 1, 1), 1, 2, "house"), "kept for what the house observed"),
        (pl.concat([imported(dt.date(2000, 1, 1), 1, 2)] * 2), "give each day once"),
        (imported(dt.date(2000, 1, 1), 1, 2, element="weather"), "doesn't know weather"),
    ],
)
def test_days_that_do_not_fit_are_refused(home: Home, frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Rollups(home).import_days(frame, NOON)


def test_folders_are_joined_when_they_hold_many_files(home, lake, report, rows, monkeypatch) -> None:
    monkeypatch.setattr(rolled, "MOST_FILES", 3)
    roll = Rollups(home)
    for late in range(6):
        lake.append(rows(report("A", 10, late_s=late, air_temperature=float(late))))
        roll.refresh(later(30))
    assert roll.hours(NOON, later(1))["max"].to_list() == [5.0]
    assert len(list((home.lake / "hourly/_delta_log").glob("*.json"))) > 6
    assert roll._hourly.table.files().height <= 3


def test_a_torn_commit_is_set_aside_and_made_again(home, lake, report, rows) -> None:
    lake.append(rows(*(report("A", 60 * h + 10, air_temperature=10.0 + h) for h in range(3))))
    roll = Rollups(home)
    roll.refresh(later(30))
    before = roll.hours(NOON, later(3))
    for name in ("hourly", "daily"):
        last = max((home.lake / name / "_delta_log").glob("*.json"))
        last.write_bytes(last.read_bytes()[:50])
    again = Rollups(home)
    assert len(again.repair()) == 2
    again.refresh(later(30))
    assert again.hours(NOON, later(3)).equals(before)
    assert again.days(dt.date(2026, 6, 19), dt.date(2026, 6, 19))["max"].to_list() == [12.0]


def test_an_empty_home(home: Home) -> None:
    roll = Rollups(home)
    assert roll.refresh(NOON) == Refreshed(0, 0)
    assert roll.hours(NOON, later(5)).is_empty()
    assert roll.days(NOON.date(), NOON.date()).is_empty()
    assert roll.extremes().is_empty()
    assert roll.tidy() == 0


def test_totals_over_any_span_are_those_of_the_minutes(home, lake, report, rows) -> None:
    # one mm at each half hour: whole hours hold one each, however days and hours are put together
    half = [report("A", 60 * h + 30, precipitation_amount=1.0, precipitation_period=1.0) for h in range(-30, 60)]
    lake.append(rows(*half, report("B", 30, precipitation_amount=2.5, precipitation_period=1.0)))
    roll = Rollups(home)
    for refreshed in (False, True):
        if refreshed:
            roll.refresh(later(40))
        for start, end in ((-30, 60), (0, 24), (-24, 48), (-7, 31), (3, 9), (24, 49), (0, 1)):
            found = roll.totals(later(start), later(end), ["A"])
            assert told(found, "station", "sum", "n_good") == [("A", float(end - start), end - start)]
    assert told(roll.totals(NOON, later(24)), "station", "sum") == [("A", 24.0), ("B", 2.5)]
    assert roll.totals(later(100), later(200)).is_empty()
    assert told(lake.sums(later(31), [38]), "sum_38h")[0] == (38.0,)


ROLLING = """
import datetime as dt, pathlib, sys
import polars as pl
from xiangtian.core.home import Home
from xiangtian.lake.observations import Observations
from xiangtian.lake.rollups import Rollups
home = Home(pathlib.Path(sys.argv[1]))
lake, roll = Observations(home), Rollups(home)
lake.repair()
roll.repair()
noon = dt.datetime(2026, 6, 18, 12, tzinfo=dt.UTC)
n = lake.cursor()
while True:
    time = noon + dt.timedelta(minutes=97 * n)
    n += 1
    lake.append(pl.DataFrame([
        {"station": f"S{k}", "time": time, "received": time, "source": f"{n}", "air_temperature": n + k / 10}
        for k in range(5)]), n)
    roll.refresh(time)
    print(n, flush=True)
"""


def test_killed_at_any_instant_the_next_refresh_completes_it(home: Home) -> None:
    chance = random.Random(5)
    for _ in range(4):
        child = subprocess.Popen([sys.executable, "-c", ROLLING, str(home.root)], stdout=subprocess.PIPE)
        assert child.stdout
        child.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.4))
        child.kill()
        child.wait()
    lake, roll = Observations(home), Rollups(home)
    lake.repair()
    roll.repair()
    last = NOON + dt.timedelta(minutes=97 * lake.cursor())
    roll.refresh(last)
    expected = rolling.hours(lake.held(NOON, last)).sort("station", "element", "time")
    assert roll.hours(NOON - HOUR, last + HOUR).drop("source").equals(expected)
    days = roll.days(NOON.date(), spans.closed_day(last))
    over = rolling.days(expected).filter(pl.col("day") <= spans.closed_day(last)).sort("station", "element", "day")
    assert days.height > 0
    assert days.drop("source").equals(over)
