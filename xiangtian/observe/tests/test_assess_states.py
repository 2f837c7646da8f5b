"""States of a day: deadlines, first arrival, corrections, missing values, reviews, streams of reports."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.observe.assess.counts import Count
from xiangtian.observe.assess.spans import spans
from xiangtian.observe.assess.states import State
from xiangtian.observe.assess.tally import Exempt, alone, exempted, tally
from xiangtian.observe.tests.assessing import RH, START, T, judged, planned, task

HOUR = 59
"""Slot of the first full hour."""


def one(rows: list[tuple], *tasks) -> tuple[State, State]:
    laid = planned(*(tasks or (task(),)))
    told = judged(laid, rows)
    return State(int(told.reports[0, HOUR])), State(int(told.values[0, HOUR]))


DUE, REPORTED, PUNCTUAL, PRESENT = State.DUE, State.REPORTED, State.PUNCTUAL, State.PRESENT
FULL = DUE | REPORTED | PUNCTUAL | PRESENT


@pytest.mark.parametrize(
    ("rows", "report", "value"),
    [
        ([], DUE, DUE),
        ([("A", HOUR, 1.0, {T: (1.0, 0)})], FULL, FULL),
        ([("A", HOUR, 5.0, {T: (1.0, 0)})], FULL, FULL),  # the deadline itself is on time
        ([("A", HOUR, 5.01, {T: (1.0, 0)})], FULL & ~PUNCTUAL, FULL & ~PUNCTUAL),
        # a correction replaces the content and keeps the first arrival
        ([("A", HOUR, 1.0, {T: (9.0, 2)}), ("A", HOUR, 90.0, {T: (1.0, 0)})], FULL, FULL),
        ([("A", HOUR, 1.0, {T: (1.0, 0)}), ("A", HOUR, 90.0, {T: (9.0, 2)})], FULL, FULL | State.WRONG),
        ([("A", HOUR, 1.0, {T: (1.0, 1)})], FULL, FULL | State.SUSPECT),
        ([("A", HOUR, 1.0, {T: (1.0, 4)})], FULL, FULL | State.WRONG),  # modified: an estimate stands in its place
        # a correction may take a value away
        ([("A", HOUR, 1.0, {T: (1.0, 0)}), ("A", HOUR, 9.0, {T: (None, 8)})], FULL, FULL & ~PRESENT),
        # the station spoke, but had nothing to say: the report came, the value did not, the station was not running
        ([("A", HOUR, 1.0, {T: (None, 8)})], FULL & ~PRESENT, DUE | REPORTED),
        # a reviewer's row is no arrival
        ([("A", HOUR, 90.0, {T: (1.0, 4)}, "review")], DUE, DUE | PRESENT | State.WRONG),
        # a later report that leaves the element out does not take it away
        ([("A", HOUR, 1.0, {T: (1.0, 0)}), ("A", HOUR, 9.0, {RH: (50.0, 0)})], FULL, FULL),
    ],
)
def test_one_report(rows, report, value) -> None:
    assert one(rows) == (report, value)


def test_an_hourly_report_is_not_the_minute_report_of_the_same_moment() -> None:
    laid = planned(task(interval=1), task(element=RH, interval=60))
    told = judged(laid, [("A", HOUR, 1.0, {T: (1.0, 0)})])
    (minute,), (hour,) = (np.flatnonzero(laid.interval_min == interval) for interval in (1, 60))
    assert State(int(told.reports[minute, HOUR])) == FULL
    assert State(int(told.reports[hour, HOUR])) == DUE
    assert laid.finest.tolist() == (laid.interval_min == 1).tolist()


def test_the_value_that_comes_later_than_its_report_is_late() -> None:
    laid = planned(task(), task(element=RH))
    told = judged(laid, [("A", HOUR, 1.0, {T: (1.0, 0)}), ("A", HOUR, 30.0, {RH: (50.0, 0)})])
    states = {str(name): State(int(row[HOUR])) for name, row in zip(laid.elements, told.values, strict=True)}
    assert states == {T: FULL, RH: FULL & ~PUNCTUAL}
    assert State(int(told.reports[0, HOUR])) == FULL


def test_what_is_not_due_is_nothing() -> None:
    laid = planned(task())
    told = judged(laid, [("A", 10, 0.0, {T: (1.0, 0)})])
    assert told.values[0, 10] == 0
    assert np.count_nonzero(laid.due) == 24


def test_a_deadline_that_has_not_passed_is_not_judged() -> None:
    now = START + dt.timedelta(hours=2, minutes=4)
    assert np.flatnonzero(planned(task(), until=now).due[0]).tolist() == [59]
    now += dt.timedelta(minutes=1)
    assert np.flatnonzero(planned(task(), until=now).due[0]).tolist() == [59, 119]


def test_a_task_that_changes_its_interval_counts_each_in_its_time() -> None:
    noon = START + dt.timedelta(hours=12)
    laid = planned(task(until=noon), task(interval=1, since=noon))
    due = {int(interval): int(row.sum()) for interval, row in zip(laid.interval_min, laid.due, strict=True)}
    # hours 1 to 11, the 12th falls to the new task: minutes 720 to 1440
    assert due == {60: 11, 1: 721}


def test_exemptions_are_taken_from_both_sides() -> None:
    laid = planned(task(), task(element=RH))
    rows = [("A", 60 * hour + 59, 1.0, {T: (1.0, 0), RH: (50.0, 2)}) for hour in range(10)]
    states = exempted(laid, judged(laid, rows), [Exempt("A", "", 600, 1440), Exempt("A", RH, 0, 120)])
    told = tally(laid, states, np.array([0]))
    total = told.reports.sum(axis=(0, 1)) + told.values.sum(axis=(0, 1))
    named = {one.name: int(total[one]) for one in Count}
    # hours 11 to 24 are exempt (14 reports, 28 values), and the first two values of RH
    assert (named["REPORTS"], named["REPORTS_EXEMPT"], named["RECEIVED"]) == (10, 14, 10)
    assert (named["VALUES"], named["VALUES_EXEMPT"], named["MISSING"], named["WRONG"]) == (18, 30, 0, 8)
    assert (named["PERIOD_MIN"], named["EXEMPT_MIN"], named["RUNNING_MIN"]) == (600, 840, 600)


def test_sections_add_up_to_the_whole() -> None:
    laid = planned(task(interval=5, network="regional"))
    rows = [("A", slot, 1.0, {T: (1.0, slot % 3)}) for slot in range(4, 1440, 10)]
    states = judged(laid, rows)
    whole, parts = (tally(laid, states, np.array(cuts)) for cuts in ([0], [0, 7, 480, 961]))
    assert (whole.values.sum(axis=1) == parts.values.sum(axis=1)).all()
    assert (whole.reports.sum(axis=1) == parts.reports.sum(axis=1)).all()
    own = alone(whole.values.sum(axis=1), whole.punctual.sum(axis=1), laid.interval_min[laid.stream_of])
    assert own[0, [Count.REPORTS, Count.RECEIVED, Count.PUNCTUAL, Count.PERIOD_MIN]].tolist() == [288, 144, 144, 1440]


def test_the_exact_minutes() -> None:
    laid = planned(task())
    rows = [("A", 60 * hour + 59, 1.0, {T: (1.0, 2 if hour == 20 else 0)}) for hour in range(24) if hour not in (3, 4)]
    rows[0] = ("A", 59, 30.0, {T: (1.0, 0)})
    told = [(one.element, one.kind, one.first.hour, one.last.hour, one.number) for one in spans(
        laid, exempted(laid, judged(laid, rows), [Exempt("A", T, 1380, 1440)]), "A")]  # fmt: skip
    assert told == [
        ("", "late", 13, 13, 1),
        ("", "lost", 16, 17, 2),
        (T, "wrong", 9, 9, 1),
        (T, "exempt", 12, 12, 1),
    ]
    assert spans(laid, judged(laid, rows), "B") == []


@pytest.mark.parametrize("hours", [0, -1])
def test_an_empty_stretch_is_refused(hours) -> None:
    with pytest.raises(ValueError, match="no whole number of minutes"):
        planned(task(), hours=hours)
