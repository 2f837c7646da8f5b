"""Episodes: what is long enough to be a defect, what a late arrival changes, and what belongs together."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.core.clock import UTC
from xiangtian.observe.assess.episodes import bounds, episodes, together
from xiangtian.observe.assess.rules import Together
from xiangtian.observe.assess.tally import Exempt, exempted
from xiangtian.observe.tests.assessing import RH, RULES, T, judged, planned, task

FIVE = {"interval": 5, "network": "regional"}


def found(laid, rows, *exemptions):
    states = exempted(laid, judged(laid, rows), list(exemptions))
    return [
        (one.station, one.element, one.kind, one.starts.strftime("%H:%M"), one.ends.strftime("%H:%M"), one.due,
         one.lost, one.open) for one in episodes(laid, states, RULES)
    ]  # fmt: skip


def every(laid, without: range, delay: float = 1.0, **said) -> list[tuple]:
    told = said or {T: (1.0, 0)}
    return [("A", slot, delay, told) for slot in range(4, 1440, 5) if slot not in without]


def test_a_run_of_fifteen_minutes_is_a_silence_and_a_shorter_one_is_none() -> None:
    laid = planned(task(**FIVE))
    assert found(laid, every(laid, range(600, 610))) == []  # 10 min
    # 22:05, 22:10, 22:15 (UTC): slot 604 is the minute that ends 605 min after 12:00
    assert found(laid, every(laid, range(600, 615))) == [("A", "", "silence", "22:05", "22:15", 3, 3, False)]


def test_one_lost_hourly_report_is_a_silence() -> None:
    laid = planned(task())
    rows = [("A", 60 * hour + 59, 1.0, {T: (1.0, 0)}) for hour in range(23)]
    assert found(laid, rows) == [("A", "", "silence", "12:00", "12:00", 1, 1, True)]


def test_what_comes_later_stays_an_episode_and_is_no_longer_lost() -> None:
    laid = planned(task(**FIVE))
    rows = every(laid, range(600, 660)) + [("A", slot, 240.0, {T: (1.0, 0)}) for slot in range(604, 650, 5)]
    assert found(laid, rows) == [("A", "", "silence", "22:05", "23:00", 12, 2, False)]


def test_missing_and_doubted_values_of_reports_that_came() -> None:
    laid = planned(task(**FIVE), task(element=RH, **FIVE))
    rows = [("A", slot, 1.0, {T: (1.0, 0), RH: (50.0, 0)}) for slot in range(4, 1440, 5)]
    for at in range(20, 26):
        rows[at] = (*rows[at][:3], {T: (1.0, 2 if at < 23 else 1)})
    assert found(laid, rows) == [
        ("A", RH, "missing", "13:45", "14:10", 6, 6, False),
        ("A", T, "doubt", "13:45", "14:10", 6, 3, False),
    ]


def test_a_silent_station_has_no_missing_values_besides() -> None:
    laid = planned(task(**FIVE))
    assert [one[2] for one in found(laid, [])] == ["silence"]


def test_exempt_minutes_are_not_looked_at_and_end_no_run() -> None:
    laid = planned(task(**FIVE))
    assert found(laid, [], Exempt("A", "", 0, 1440)) == []
    assert found(laid, every(laid, range(600, 720)), Exempt("A", "", 610, 710)) == [
        ("A", "", "silence", "22:05", "00:00", 4, 4, False)
    ]


def test_no_plan_no_episodes() -> None:
    assert found(planned(), []) == []


@pytest.mark.parametrize(
    ("bad", "expected"),
    [([], []), ([True], [(0, 1)]), ([False, True, True, False, True], [(1, 3), (4, 5)]), ([False], [])],
)
def test_bounds_of_runs(bad, expected) -> None:
    assert bounds(np.array(bad, bool)) == expected


def at(minute: float) -> dt.datetime:
    return dt.datetime(2026, 7, 1, tzinfo=UTC) + dt.timedelta(minutes=minute)


RULE = Together(stations=5, within_min=10)


def test_a_power_cut_over_thirty_stations_is_one_event() -> None:
    stations = [f"M{number:04d}" for number in range(30)]
    assert together([at(number % 3 * 5) for number in range(30)], stations, RULE)[0] == sorted(
        range(30), key=lambda number: (number % 3, number)
    )


def test_four_stations_are_four_defects_and_the_fifth_makes_them_one() -> None:
    assert together([at(0)] * 4, list("ABCD"), RULE) == []
    assert together([at(0)] * 4 + [at(10)], list("ABCDE"), RULE) == [[0, 1, 2, 3, 4]]
    assert together([at(0)] * 4 + [at(10.1)], list("ABCDE"), RULE) == []


def test_one_station_that_comes_and_goes_is_not_many() -> None:
    assert together([at(0), at(1), at(2), at(3), at(4)], list("AAAAA"), RULE) == []


def test_two_events_of_one_night_are_two() -> None:
    starts = [at(0)] * 5 + [at(30)] * 5
    assert together(starts, list("ABCDEFGHIJ"), RULE) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
