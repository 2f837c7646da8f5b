"""Rings of amounts, summed by hand."""

import numpy as np
import pytest

from xiangtian.observe.qc.amounts import Hours, Minutes

ROW = np.array([0])


def at(*numbers):
    return np.array(numbers, np.int64)


def filled(reports, count=2):
    held = Minutes()
    held.grow(count)
    for minute, amount, trusted in reports:
        held.put(ROW, at(minute), np.array([amount]), np.array([trusted]))
    return held


def test_the_hour_before_leaves_the_minute_itself_out():
    held = filled([(minute, 0.1, True) for minute in range(100)])
    past = held.before(np.array([0, 1, -1]), at(100, 100, 100))
    np.testing.assert_allclose(past.total, [5.9, 0.0, 0.0])  # minutes 41 to 99
    assert past.reports.tolist() == [59, 0, 0]
    assert past.newest_min.tolist() == [1, np.inf, np.inf]
    assert past.trusted.tolist() == [True, True, True]


def test_late_reports_and_corrections_find_their_minute():
    held = filled([(10, 1.0, True), (30, 2.0, True), (20, 4.0, True)])
    assert held.before(ROW, at(40)).total.tolist() == [7.0]
    assert held.put(ROW, at(20), np.array([3.0]), np.array([False])).tolist() == [4.0]
    past = held.before(ROW, at(40))
    assert (past.total.tolist(), past.trusted.tolist()) == ([6.0], [False])


def test_what_is_older_than_the_ring_does_not_come_back():
    held = filled([(100, 1.0, True), (36, 5.0, True)])  # 36 would stand where 100 stands
    assert held.before(ROW, at(101)).total.tolist() == [1.0]


def hours(parts, count=6):
    held = Hours(count)
    held.grow(1)
    for hour, amount, minutes in parts:
        held.add(ROW, at(hour), np.array([amount]), np.array([minutes]))
    return held


def total(held, last, now=0.0, minutes=0.0):
    return held.total(ROW, at(last), np.array([now]), np.array([minutes])).tolist()


def test_six_hours_are_the_six_that_ended_last():
    held = hours([(hour, float(hour), 60.0) for hour in range(1, 9)])
    assert total(held, 8) == [3 + 4 + 5 + 6 + 7 + 8]
    assert total(held, 7) == [2 + 3 + 4 + 5 + 6 + 7]
    assert np.isnan(total(held, 9)).all()
    assert np.isnan(total(held, 5)).all()  # hour 0 was never heard


def test_an_hour_counts_when_nine_tenths_of_it_were_heard():
    whole = [(hour, 1.0, 60.0) for hour in (1, 2, 3, 4, 5)]
    assert total(hours([*whole, (6, 1.0, 54.0)]), 6) == [6.0]
    assert np.isnan(total(hours([*whole, (6, 1.0, 50.0)]), 6)).all()
    assert total(hours([*whole, (6, 1.0, 55.0)]), 6, 0.5, 5.0) == [6.5]
    assert total(hours(whole), 6, 0.5, 60.0) == [5.5]
    assert total(hours([*whole, (6, 1.0, 60.0)]), 6, 0.5, 5.0) == [6.0]  # it is held already


def test_a_whole_hour_replaces_its_parts_and_an_old_one_nothing():
    held = hours([(hour, 1.0, 60.0) for hour in range(1, 7)])
    held.put(ROW, at(6), np.array([9.0]))
    assert total(held, 6) == [14.0]
    held.add(ROW, at(-2), np.array([50.0]), np.array([60.0]))  # would stand where hour 6 stands
    assert total(held, 6) == [14.0]


def test_nobody_heard_is_not_known():
    assert np.isnan(Hours(6).total(np.array([-1]), at(6), np.zeros(1), np.zeros(1))).all()
    assert Minutes().before(np.array([-1]), at(6)).reports.tolist() == [0.0]


@pytest.mark.parametrize("hour", [5, 6])
def test_a_station_never_heard_has_no_total(hour):
    held = hours([(one, 1.0, 60.0) for one in range(1, 7)])
    assert np.isnan(held.total(np.array([-1]), at(hour), np.zeros(1), np.zeros(1))).all()
