"""The rain of the hour, summed by hand: twelve reports of 0.5 mm are 6 mm."""

import numpy as np
import pytest

from xiangtian.observe.qc import History, Sheet
from xiangtian.observe.qc.rain_hour import hour_sum

NOW = np.datetime64("2026-07-01T06:00:00", "s")
MINUTES = np.timedelta64(60, "s")
HOUR, AMOUNT = "precipitation_amount_1h", "precipitation_amount"


def ring(values):
    """Nine gauges."""
    names = np.array([f"M{row}" for row in range(9)])
    columns = {name: np.asarray(column, float) for name, column in values.items()}
    return Sheet(names, np.full(9, NOW), np.zeros(9), np.zeros(9), np.zeros(9), columns)


def reports(amounts, period=5):
    """History of nine gauges, each row of `amounts` one gauge's past reports."""
    past = np.asarray(amounts, float)
    times = NOW - MINUTES * (period * np.arange(past.shape[1], 0, -1))
    return History(np.tile(times, (9, 1)), {AMOUNT: past}, {AMOUNT: np.isfinite(past)})


def test_hour_is_summed_from_twelve_reports():
    past = np.full((9, 14), 0.5)
    past[1, -3:] = np.nan
    past[2, -6:] = np.nan
    sheet = ring({AMOUNT: [0.5] * 9, "precipitation_period": [5.0] * 9})
    total, trusted = hour_sum(sheet, reports(past))
    assert total[0] == pytest.approx(6.0)
    assert np.isnan(total[1:3]).all()  # 9 of 12 reports are 45 min: the hour was not heard whole
    assert trusted.all()


def test_reported_hour_comes_first_and_doubtful_parts_are_not_trusted():
    past = np.full((9, 11), 0.5)
    history = reports(past)
    history.trusted[AMOUNT][3, 5] = False
    sheet = ring({AMOUNT: [0.5] * 9, HOUR: [7.0] + [np.nan] * 8})
    total, trusted = hour_sum(sheet, history)
    assert total[0] == 7.0
    assert total[1] == pytest.approx(6.0)
    assert np.flatnonzero(~trusted).tolist() == [3]


def test_first_report_ever_has_no_hour_unless_it_is_one():
    blank = History.none(9)
    assert np.isnan(hour_sum(ring({AMOUNT: [0.5] * 9}), blank)[0]).all()
    hours = ring({AMOUNT: [4.0] * 9, "precipitation_period": [60.0] * 9})
    assert hour_sum(hours, reports(np.full((9, 3), 2.0), 60))[0].tolist() == [4.0] * 9
    assert hour_sum(hours, blank)[0].tolist() == [4.0] * 9
