"""What the window knows of rain at any cadence: 0.1 mm a minute is 6 mm an hour and 36 mm in six."""

import numpy as np
import pytest

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc import Sheet, Window, judge
from xiangtian.observe.qc.rain_hour import AMOUNT, HOUR, PERIOD, hour_sum
from xiangtian.observe.qc.totals import SUNSHINE

MIDNIGHT = np.datetime64("2026-07-01T00:00:00", "s")


def sheet(minute, **columns):
    when = np.array([MIDNIGHT + np.timedelta64(60 * minute, "s")])
    place = np.array([120.6]), np.array([31.3]), np.array([4.0])
    return Sheet(np.array(["A"]), when, *place, {name: np.array([value], float) for name, value in columns.items()})


def rain(minute, amount, period):
    return sheet(minute, **{AMOUNT: amount, PERIOD: period})


def play(every, minutes, per_minute=0.1):
    window = Window()
    for minute in range(every, minutes, every):
        judge(window, rain(minute, per_minute * every, every))
    return window, rain(minutes, per_minute * every, every)


@pytest.mark.parametrize("every", [1, 5, 10, 60])
def test_hours_are_the_same_at_every_cadence(every):
    window, now = play(every, 420)
    history = window.history(now)
    assert hour_sum(now, history)[0] == pytest.approx([6.0])
    assert history.totals[AMOUNT] == pytest.approx([36.0])


def test_the_running_hour_is_left_out_until_it_ends():
    window, now = play(5, 430)
    assert window.history(now).totals[AMOUNT] == pytest.approx([36.0])
    window, now = play(5, 300)
    assert np.isnan(window.history(now).totals[AMOUNT]).all()  # five hours were heard


def test_minute_reports_are_judged_for_persistence_and_rain():
    """A station that reports each minute: the window reaches back far enough for the tests of an hour."""
    window = Window()
    for minute in range(121):
        judged = judge(window, sheet(minute, air_temperature=21.0, **{AMOUNT: 0.3, PERIOD: 1.0}))
        if minute == 59:
            assert judged.said("persistence", "air_temperature").tolist() == [Verdict.NOT_RUN]
    assert judged.said("persistence", "air_temperature").tolist() == [Verdict.FAIL]
    assert judged.said("step_60min", "air_temperature").tolist() == [Verdict.PASS]


def test_hourly_reports_count_as_hours():
    window = Window()
    for hour in range(1, 7):
        judge(window, sheet(60 * hour, **{HOUR: 2.0}))
    assert window.history(sheet(420, **{HOUR: 3.0})).totals[AMOUNT].tolist() == [13.0]
    assert np.isnan(window.history(sheet(421, **{HOUR: 3.0})).totals[AMOUNT]).all()  # no hour ends with it


def test_a_correction_changes_the_hour_and_an_impossible_amount_does_not():
    window, now = play(5, 420)
    judge(window, rain(400, 2.5, 5))  # it said 0.5 first
    assert window.history(now).totals[AMOUNT] == pytest.approx([38.0])
    judge(window, rain(405, 9999.0, 5))
    assert window.history(now).totals[AMOUNT] == pytest.approx([38.0])


def test_a_re_sent_reading_is_not_counted_twice():
    window, now = play(5, 420)
    judge(window, now)
    assert window.history(now).totals[AMOUNT] == pytest.approx([36.0])


def test_hours_known_from_elsewhere():
    window = Window()
    judge(window, rain(425, 0.5, 5))
    ends = MIDNIGHT + np.arange(1, 8) * np.timedelta64(3600, "s")
    window.put_hours(["A"] * 7 + ["Z"], np.append(ends, ends[:1]), np.array([1.0] * 6 + [np.nan, 5.0]))
    assert np.isnan(window.history(rain(430, 0.5, 5)).totals[AMOUNT]).all()  # the seventh is not known
    window.put_hours(["A"], ends[6:], np.array([4.0]))
    assert window.history(rain(430, 0.5, 5)).totals[AMOUNT].tolist() == [9.0]


def test_sunshine_of_a_day():
    window = Window()
    for hour in range(1, 24):
        judge(window, sheet(60 * hour, **{SUNSHINE: 30.0}))
    assert window.history(sheet(1440, **{SUNSHINE: 60.0})).totals[SUNSHINE].tolist() == [23 * 30.0 + 60.0]


def test_neighbours_bring_their_six_hours():
    window, now = play(5, 421)
    other = Sheet(np.array(["Z"]), now.time, now.lon + 0.1, now.lat, now.alt, now.values)
    near = window.neighbours_now(other)
    assert near.of("precipitation_amount_6h") == pytest.approx([36.0])
