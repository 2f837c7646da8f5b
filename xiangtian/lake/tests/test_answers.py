from __future__ import annotations

import datetime as dt
import random
import sqlite3

import polars as pl
import pytest

from xiangtian.core.flags import Flag, Mark, pack
from xiangtian.lake import answers
from xiangtian.lake.columns import conform

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)


def rain(
    report, station: str, minute: float, amount: float | None, qc: int | None = 0, period: float | None = 1, **more
):
    return report(
        station, minute, precipitation_amount=amount, precipitation_amount_qc=qc, precipitation_period=period, **more
    )


def at(minute: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minute)


def test_the_version_received_last_counts_whatever_the_order(report, rows) -> None:
    first = report("A", 0, late_s=10, air_temperature=20.0, air_temperature_qc=0)
    second = report("A", 0, late_s=90, air_temperature=21.0, air_temperature_qc=3)
    for order in ([first, second], [second, first]):
        one = answers.resolve(conform(rows(*order)))
        assert one["air_temperature"].to_list() == [21.0]
        assert one["source"].to_list() == [second["source"]]
        assert one["received"].to_list() == [second["received"]]


def test_a_later_report_does_not_erase_what_it_leaves_out(report, rows) -> None:
    full = report("A", 0, late_s=10, air_temperature=20.0, air_temperature_qc=0, wind_speed=3.0)
    part = report("A", 0, late_s=90, wind_speed=4.0)
    one = answers.resolve(conform(rows(full, part))).row(0, named=True)
    assert (one["air_temperature"], one["air_temperature_qc"], one["wind_speed"]) == (20.0, 0, 4.0)


def test_a_correction_can_take_a_value_back(report, rows) -> None:
    said = report("A", 0, late_s=10, air_temperature=99.0, air_temperature_qc=0)
    back = report("A", 0, late_s=90, air_temperature_qc=int(Flag.MISSING), air_temperature_tests=pack({}, Mark.MISSING))
    one = answers.resolve(conform(rows(said, back))).row(0, named=True)
    assert (one["air_temperature"], one["air_temperature_qc"]) == (None, 8)


def test_resolving_agrees_with_a_plain_dictionary(report, rows) -> None:
    chance = random.Random(3)
    reports = [report(chance.choice("ABC"), chance.randrange(4), late_s=n, air_temperature=float(n)) for n in range(60)]
    chance.shuffle(reports)
    plain: dict[tuple[str, dt.datetime], dict] = {}
    for said in sorted(reports, key=lambda said: said["received"]):
        plain[said["station"], said["time"]] = said
    one = answers.resolve(conform(rows(*reports)))
    assert {(r["station"], r["time"]): r["air_temperature"] for r in one.iter_rows(named=True)} == {
        key: said["air_temperature"] for key, said in plain.items()
    }
    assert one.height == len(plain)


def test_newest_gives_one_row_a_station(report, rows) -> None:
    said = [
        report("B", 5, air_temperature=1.0),
        report("A", 7, air_temperature=2.0),
        report("B", 4, air_temperature=3.0),
    ]
    found = answers.newest(conform(rows(*said)))
    assert found.select("station", "air_temperature").rows() == [("A", 2.0), ("B", 1.0)]


def test_a_station_whose_clock_is_ahead_is_not_believed(report, rows) -> None:
    right = report("A", 0, air_temperature=1.0)
    limit = report("A", 10, late_s=-600, air_temperature=2.0)
    ahead = report("A", 60, late_s=-601, air_temperature=3.0)
    assert answers.newest(conform(rows(right, limit, ahead)))["air_temperature"].to_list() == [2.0]


def test_window_is_open_at_its_start_and_closed_at_its_end(report, rows) -> None:
    frame = conform(rows(*(rain(report, "A", m, 1.0) for m in (-61, -60, -59, 0, 1))))
    found = answers.sums(frame, NOON, [1, 24])
    assert found.rows() == [("A", 2.0, 2, 4.0, 4)]
    assert found.columns == ["station", "sum_1h", "n_1h", "sum_24h", "n_24h"]


def test_doubtful_and_missing_amounts_do_not_count(report, rows) -> None:
    flags = [Flag.GOOD, Flag.SUSPECT, Flag.WRONG, Flag.CORRECTED, Flag.UNCHECKED, None]
    frame = conform(rows(*(rain(report, "A", -m, 2.0**m, flag) for m, flag in enumerate(flags))))
    assert answers.sums(frame, NOON, [1]).rows() == [("A", 1.0 + 8 + 16 + 32, 4)]


def test_a_station_without_a_usable_reading_has_no_sum_and_that_is_not_zero(report, rows) -> None:
    frame = conform(rows(rain(report, "A", 0, 5.0, Flag.WRONG), rain(report, "B", 0, None), rain(report, "C", 0, 0.0)))
    assert answers.sums(frame, NOON, [1]).rows() == [("A", None, 0), ("B", None, 0), ("C", 0.0, 1)]


def test_no_rows_give_no_sums(report, rows) -> None:
    empty = conform(rows(rain(report, "A", 0, 1.0))).clear()
    assert answers.sums(empty, NOON, [1, 3]).shape == (0, 5)


def test_tenths_add_up_to_tenths(report, rows) -> None:
    frame = conform(rows(*(rain(report, "A", -m, 0.7) for m in range(60))))
    assert answers.sums(frame, NOON, [1]).rows() == [("A", 42.0, 60)]


def test_an_hours_total_among_minutes_is_not_counted_again(report, rows) -> None:
    minutes = [rain(report, "A", m, 0.5) for m in range(-59, 0)]
    total = [rain(report, "A", 0, 30.0, period=60)]
    alone = [rain(report, "B", m, 30.0, period=60) for m in (-60, 0)]
    found = answers.sums(conform(rows(*minutes, *total, *alone)), NOON, [1, 3])
    assert found.rows() == [("A", 29.5, 59, 29.5, 59), ("B", 30.0, 1, 60.0, 2)]


def test_a_days_total_is_no_hours_rain(report, rows) -> None:
    frame = conform(rows(rain(report, "A", 0, 100.0, period=1440)))
    assert answers.sums(frame, NOON, [1, 24]).rows() == [("A", None, 0, 100.0, 1)]


def test_five_minute_reports_with_uneven_clocks_all_count(report, rows) -> None:
    times = [-15, -10.4, -4.6, 0]
    frame = conform(rows(*(rain(report, "A", m, 1.0, period=5) for m in times)))
    assert answers.sums(frame, NOON, [1]).rows() == [("A", 4.0, 4)]


def test_sums_agree_with_sqlite(report, rows) -> None:
    chance = random.Random(5)
    frame = conform(
        rows(
            *(
                rain(report, f"S{s}", -m, chance.randrange(50) / 10, chance.choice([0, 0, 0, 1, 2, 3, None]))
                for s in range(4)
                for m in range(200)
            )
        )
    )
    base = sqlite3.connect(":memory:")
    base.execute("create table said (station, minute, amount, qc)")
    minutes = (pl.col("time") - NOON).dt.total_minutes()
    told = frame.select("station", minutes, "precipitation_amount", "precipitation_amount_qc")
    base.executemany("insert into said values (?,?,?,?)", told.rows())
    asked = (
        "select station, round(sum(amount), 3), count(*) from said where minute > ? and coalesce(qc,0) not in (1,2) "
    )
    for hours in (0.5, 1, 3):
        theirs = base.execute(asked + "group by station order by station", (-hours * 60,)).fetchall()
        assert answers.sums(frame, NOON, [hours]).rows() == [pytest.approx(row) for row in theirs]
