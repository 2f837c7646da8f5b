from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from xiangtian.core.flags import Mark, pack
from xiangtian.lake import known
from xiangtian.lake.columns import SCHEMA, conform
from xiangtian.lake.known import Known


@pytest.fixture
def index() -> Known:
    return Known(lambda hours: pl.DataFrame(schema=SCHEMA))


def take(index: Known, frame: pl.DataFrame) -> tuple[int, int, int]:
    sifted = index.sift(conform(frame))
    index.learn(sifted.index)
    return sifted.fresh.height, sifted.duplicates, sifted.corrections


def test_new_repeated_and_corrected(index, report, rows) -> None:
    first = report("A", 0, air_temperature=20.0)
    assert take(index, rows(first)) == (1, 0, 0)
    assert take(index, rows(first)) == (0, 1, 0)
    assert take(index, rows(report("A", 0, late_s=80, body="again", air_temperature=20.0))) == (0, 1, 0)
    assert take(index, rows(report("A", 0, late_s=90, air_temperature=21.0))) == (1, 0, 1)
    assert take(index, rows(report("A", 1, air_temperature=21.0))) == (1, 0, 0)


def test_a_first_report_sent_again_does_not_undo_its_correction(index, report, rows) -> None:
    first = report("A", 0, air_temperature=20.0)
    take(index, rows(first))
    take(index, rows(report("A", 0, late_s=60, air_temperature=21.0)))
    again = first | {"received": first["received"] + dt.timedelta(minutes=5)}
    assert take(index, rows(again)) == (0, 1, 0)


def test_a_correction_may_go_back_to_the_first_value(index, report, rows) -> None:
    for late, value in ((10, 20.0), (60, 21.0), (120, 20.0)):
        assert take(index, rows(report("A", 0, late_s=late, body=str(late), air_temperature=value)))[0] == 1


def test_repetitions_inside_one_batch(index, report, rows) -> None:
    one, other = report("A", 0, air_temperature=1.0), report("A", 0, late_s=30, air_temperature=2.0)
    assert take(index, rows(one, one, other, report("B", 0, air_temperature=1.0), one)) == (3, 2, 1)


def test_a_mark_is_part_of_what_was_said_a_flag_is_not(index, report, rows) -> None:
    plain = report("A", 0, precipitation_amount=0.0, precipitation_amount_qc=0)
    trace = report("A", 0, late_s=60, precipitation_amount=0.0, precipitation_amount_tests=pack({}, Mark.TRACE))
    judged = report("A", 0, late_s=90, body="x", precipitation_amount=0.0, precipitation_amount_qc=1,
                    precipitation_amount_tests=pack({}, Mark.TRACE))  # fmt: skip
    assert take(index, rows(plain)) == (1, 0, 0)
    assert take(index, rows(trace)) == (1, 0, 1)
    assert take(index, rows(judged)) == (0, 1, 0)


def test_same_moment_of_receipt_is_set_apart_in_the_order_of_arrival(index, report, rows) -> None:
    said = [report("A", 0, late_s=0, air_temperature=float(n)) for n in range(3)]
    fresh = index.sift(conform(rows(*said))).fresh
    assert fresh["air_temperature"].to_list() == [0.0, 1.0, 2.0]
    assert (fresh["received"] - said[0]["received"]).dt.total_microseconds().to_list() == [0, 1, 2]
    take(index, rows(report("B", 0, late_s=0, air_temperature=1.0)))
    later = index.sift(conform(rows(report("B", 0, late_s=0, air_temperature=2.0)))).fresh
    assert (later["received"][0] - said[0]["received"]) == dt.timedelta(microseconds=1)


def test_unordered_batches_are_put_in_the_order_of_receipt(index, report, rows) -> None:
    late, early = report("A", 0, late_s=90, air_temperature=2.0), report("A", 0, late_s=10, air_temperature=1.0)
    assert index.sift(conform(rows(late, early))).fresh["air_temperature"].to_list() == [1.0, 2.0]


def test_hours_not_seen_yet_are_read_from_the_table_once(report, rows) -> None:
    held = conform(rows(report("A", 0, air_temperature=20.0), report("A", 60, air_temperature=20.0)))
    asked: list[list[int]] = []

    def load(hours: list[int]) -> pl.DataFrame:
        asked.append(hours)
        return held.filter((pl.col("time").dt.epoch("s") // 3600).is_in(hours))

    index = Known(load)
    for _ in range(2):
        again = rows(*(report("A", m, body="x", air_temperature=20.0) for m in (0, 60, 120)))
        take(index, again)
    assert [len(hours) for hours in asked] == [3]
    assert take(index, again) == (0, 3, 0)


def test_old_hours_are_dropped_and_read_again(monkeypatch, report, rows) -> None:
    monkeypatch.setattr(known, "KEEP_ROWS", 3)
    store: list[pl.DataFrame] = [pl.DataFrame(schema=SCHEMA)]

    def load(hours: list[int]) -> pl.DataFrame:
        return pl.concat(store).filter((pl.col("time").dt.epoch("s") // 3600).is_in(hours))

    index = Known(load)
    for hour in range(6):
        sifted = index.sift(conform(rows(report("A", hour * 60, air_temperature=1.0))))
        store.append(sifted.fresh)
        index.learn(sifted.index)
    for hour in range(6):
        assert take(index, rows(report("A", hour * 60, body="x", air_temperature=1.0))) == (0, 1, 0)


def test_an_empty_batch(index, report, rows) -> None:
    assert take(index, rows(report("A", 0)).clear()) == (0, 0, 0)
