"""Persistence: no change in 60 min is suspect (WMO-No. 8 / Zahumensky); cases counted by hand."""

import numpy as np
import pytest

from xiangtian.core.flags import Mark, Verdict
from xiangtian.observe.qc import Context, History, Rules, Sheet
from xiangtian.observe.qc.model import Case
from xiangtian.observe.qc.persistence import check, unchanged

N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL
NOW = np.datetime64("2026-07-01T06:00:00", "s")


def verdict(element, past, value, step_min=5, others=None, mark=None):
    past = np.array([past], float)
    count = past.shape[1]
    times = NOW - np.timedelta64(60, "s") * (step_min * np.arange(count, 0, -1))[None, :]
    values = {element: np.array([value], float)} | {name: np.array([v], float) for name, v in (others or {}).items()}
    marks = {} if mark is None else {element: np.array([mark], np.int8)}
    place = np.array([31.0])
    sheet = Sheet(np.array(["M1"]), np.array([NOW]), place, place, place, values, marks)
    history = History(times, {element: past}, {element: np.isfinite(past)})
    return int(check(Case(sheet, history, Context(), Rules()))[element][0])


@pytest.mark.parametrize(("reports", "expected"), [(6, N), (11, N), (12, S), (23, S), (24, F)])
def test_stuck_thermometer_needs_an_hour_to_be_suspect_and_two_to_be_wrong(reports, expected):
    assert verdict("air_temperature", [21.3] * reports, 21.3) == expected


def test_living_thermometer_passes():
    assert verdict("air_temperature", [21.3, 21.4] * 8, 21.3) == P


def test_run_ends_at_the_last_change():
    assert verdict("air_temperature", [21.0] * 10 + [21.3] * 11, 21.3) == P
    assert verdict("air_temperature", [21.0] * 10 + [21.3] * 12, 21.3) == S


def test_missing_reports_do_not_break_the_run_but_a_long_gap_does():
    short, long = [21.3] * 16, [21.3] * 16
    short[5] = short[6] = np.nan
    long[6:12] = [np.nan] * 6
    assert verdict("air_temperature", short, 21.3) == S
    assert verdict("air_temperature", long, 21.3) == N


def test_four_values_are_the_fewest():
    assert verdict("air_temperature", [21.3] * 2, 21.3, step_min=30) == P
    assert verdict("air_temperature", [21.3] * 3, 21.3, step_min=30) == S


@pytest.mark.parametrize(
    ("element", "value", "others", "mark"),
    [
        ("relative_humidity", 100.0, {}, None),
        ("dew_point_temperature", 21.3, {"relative_humidity": 100.0}, None),
        ("wind_speed", 0.2, {}, None),
        ("wind_speed", 0.0, {}, Mark.CALM),
        ("wind_from_direction", 90.0, {"wind_speed": 0.1}, None),
        ("precipitation_amount", 0.0, {}, None),
        ("precipitation_amount", 0.1, {}, None),
    ],
)
def test_natural_constancy_is_not_judged(element, value, others, mark):
    assert verdict(element, [value] * 24, value, others=others, mark=mark) == N


def test_stuck_vane_is_found_across_north():
    assert verdict("wind_from_direction", [359.8, 0.2] * 12, 0.0, others={"wind_speed": 4.0}) == F


def test_all_missing_is_not_run():
    assert verdict("air_temperature", [np.nan] * 24, 21.3) == N
    assert verdict("air_temperature", [21.3] * 24, np.nan) == N
    assert verdict("air_temperature", [], 21.3) == N


def test_unchanged_tells_minutes_constant_and_minutes_heard():
    past, minutes = np.array([[1.0, 2.0, 2.0, 2.0]]), np.array([[20.0, 15.0, 10.0, 5.0]])
    constant, heard = unchanged(np.array([2.0]), past, minutes, 0.05)
    assert (constant[0], heard[0]) == (15.0, 20.0)
