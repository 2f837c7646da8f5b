"""A month added up: days, rows, a change of table in its midst."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from xiangtian.core import clock
from xiangtian.observe.assess.counts import Count, Figure
from xiangtian.observe.assess.month import DayCounts, bounds_of, days_of, idle, rows
from xiangtian.observe.tests.assessing import RULES


def day(number: int, rules=RULES, **received: int) -> DayCounts:
    counts = np.zeros((len(received), len(Count)), np.int64)
    for row, came in enumerate(received.values()):
        counts[row, [Count.REPORTS, Count.RECEIVED, Count.PUNCTUAL]] = 24, came, came
        counts[row, [Count.PERIOD_MIN, Count.RUNNING_MIN]] = 1440, came * 60
        counts[row, [Count.VALUES, Count.MISSING]] = 24, 24 - came
    keys = {"station": np.array(list(received), dtype=str)}
    return DayCounts(dt.date(2026, 7, number), rules, keys, {"station": counts})


def test_days_of_a_month_and_their_bounds() -> None:
    assert len(days_of(2026, 2)) == 28
    start, end = bounds_of(dt.date(2026, 7, 1))
    assert (clock.beijing(start), clock.beijing(end)) == ("2026-06-30 20:00", "2026-07-01 20:00")
    assert clock.climate_day(end) == dt.date(2026, 7, 1) == clock.climate_day(start + dt.timedelta(seconds=1))
    for month in (0, 13):
        with pytest.raises(ValueError, match="不是月份"):
            days_of(2026, month)


def test_rows_add_up_and_keep_each_day() -> None:
    a, b = rows([day(1, A=24), day(2, A=12, B=24)], "station", lambda key: f"站{key}")
    assert (a.key, a.name, a.figures["arrival"]) == ("A", "站A", Figure(36, 48, 0))
    # 0.4 running + 0.2 timeliness + 0.4 availability are all 36/48 or, day by day, 100 and 50 per cent
    assert a.index == pytest.approx(75)
    assert (a.daily, b.daily) == ((pytest.approx(100), pytest.approx(50)), (None, pytest.approx(100)))
    assert a.rules == (RULES.version,)
    assert b.counts["reports"] == 24


def test_a_table_that_changes_within_the_month_judges_each_day_by_its_own() -> None:
    other = replace(RULES, id="other", weights={"correctness": 1.0})
    (row,) = rows([day(1, A=12), day(2, A=12), day(3, other, A=12)], "station", str)
    # two days at 50 under the first table, one at 100 (all that came was right) under the second
    assert row.index == pytest.approx((50 * 2 + 100) / 3)
    assert row.rules == (RULES.version, other.version)


def test_no_days_no_rows_and_nobody_has_no_figures() -> None:
    assert rows([], "station", str) == []
    told = idle("person", "li", "李", 3)
    assert (told.index, told.daily, told.figures["arrival"].rate) == (None, (None, None, None), None)
