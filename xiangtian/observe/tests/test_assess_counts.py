"""Figures from counts: the worked example of the trade, edges, and the whole way from rows to the index."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.observe.assess.counts import Count, Figure, figures, grouped, index
from xiangtian.observe.assess.tally import tally
from xiangtian.observe.tests.assessing import RULES, judged, planned, task

SIX = ("air_temperature", "relative_humidity", "surface_air_pressure", "wind_speed", "wind_from_direction",
       "precipitation_amount")  # fmt: skip


def counts(**named: int) -> np.ndarray:
    made = np.zeros(len(Count), np.int64)
    for name, number in named.items():
        made[Count[name.upper()]] = number
    return made


def test_the_worked_example_of_the_trade() -> None:
    """720 due, 714 received, 705 on time; 6 elements: 4320 values due, 36 missing, 5 wrong (calculated by hand)."""
    told = figures(
        counts(reports=720, received=714, punctual=705, period_min=43200, running_min=42840, values=4320, missing=36,
               wrong=5)
    )  # fmt: skip
    percent = {metric: one.percent for metric, one in told.items()}
    assert percent == pytest.approx(
        {"arrival": 99.17, "timeliness": 97.92, "availability": 99.05, "correctness": 99.883, "running": 99.17},
        abs=0.005,
    )
    assert told["availability"] == Figure(4279, 4320, 0)
    assert told["correctness"] == Figure(4279, 4284, 0)
    assert index(told, RULES.weights) == pytest.approx(98.87, abs=0.005)


def test_the_worked_example_from_its_rows() -> None:
    """The same month, hour by hour: 30 days, 6 reports lost, 9 late by more than 5 min, 5 values flagged wrong."""
    laid = planned(*(task(element=name) for name in SIX), hours=720)
    due = [60 * hour + 59 for hour in range(720)]
    rows = []
    for at, slot in enumerate(due[6:]):
        flags = {name: (1.0, 2 if at < 5 and name == SIX[0] else 0) for name in SIX}
        rows.append(("A", slot, 5.1 if 100 <= at < 109 else 5.0, flags))
    told = tally(laid, judged(laid, rows), np.array([0]))
    total = told.reports.sum(axis=(0, 1)) + told.values.sum(axis=(0, 1))
    made = figures(total)
    assert made["arrival"] == Figure(714, 720, 0)
    assert made["timeliness"] == Figure(705, 720, 0)
    assert made["availability"] == Figure(4279, 4320, 0)
    assert made["correctness"] == Figure(4279, 4284, 0)
    assert made["running"] == Figure(714 * 60, 720 * 60, 0)
    assert index(made, RULES.weights) == pytest.approx(98.87, abs=0.005)


def test_nothing_due_has_no_rate() -> None:
    told = figures(counts())
    assert {one.rate for one in told.values()} == {None}
    assert index(told, RULES.weights) is None


def test_all_missing_is_zero_and_correctness_is_unknown() -> None:
    told = figures(counts(reports=24, period_min=1440, values=24, missing=24))
    assert (told["arrival"].rate, told["availability"].rate, told["correctness"].rate) == (0.0, 0.0, None)
    assert index(told, RULES.weights) == 0.0


def test_counts_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="needed are 11"):
        figures(np.zeros(3, np.int64))


def test_grouped_adds_up_equal_keys() -> None:
    keys, sums = grouped(np.array(["b", "a", "b"]), np.stack([counts(reports=n) for n in (1, 2, 4)]))
    assert (keys.tolist(), sums[:, Count.REPORTS].tolist()) == (["a", "b"], [2, 5])
    keys, sums = grouped(np.array([], dtype=str), np.zeros((0, len(Count)), np.int64))
    assert (len(keys), sums.shape) == (0, (0, 11))


def test_a_month_ahead_has_nothing_due() -> None:
    laid = planned(task(), until=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert (len(laid.stations), laid.due.shape) == (0, (0, 1440))
    told = tally(laid, judged(laid, []), np.array([0]))
    assert (told.reports.shape, told.values.shape) == ((0, 1, 11), (0, 1, 11))
