"""What holds for any readings: no order, no stranger and no storm changes more than it may."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import TESTS, Flag, Verdict
from xiangtian.observe.qc import Case, Context, History, Rules, Sheet, explain, run

NAMES = (
    "air_temperature", "dew_point_temperature", "relative_humidity", "surface_air_pressure", "wind_speed",
    "wind_speed_of_gust", "precipitation_amount_1h", "precipitation_amount_3h", "visibility_in_air",
)  # fmt: skip
NOW = np.datetime64("2026-07-01T06:00:00", "s")
PAST = NOW - np.array([65, 60, 30, 10, 5]) * np.timedelta64(60, "s")
KINDS = np.array([Flag.GOOD, Flag.SUSPECT, Flag.WRONG])


@st.composite
def cases(draw):
    """A network of 8 to 70 stations with gross errors, gaps, a past and a context, all from one seed."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(8, 70))
    usual = {"air_temperature": 22, "dew_point_temperature": 15, "relative_humidity": 65, "surface_air_pressure": 1004}
    values, past = {}, {}
    for name in NAMES:
        middle, spread = usual.get(name, 3.0), 1.0 if name != "visibility_in_air" else 500.0
        column = np.abs(rng.normal(middle, spread, count)).round(1)
        gross = rng.random(count) < draw(st.sampled_from([0.0, 0.1, 0.4]))
        one = CATALOGUE[name]
        column = np.where(gross, rng.uniform(one.low - 20, one.high + 20, count), column)
        column[rng.random(count) < 0.15] = np.nan
        values[name] = column
        past[name] = rng.normal(middle, spread, (count, 5)).round(1)
    names = np.array([f"M{row:03d}" for row in range(count)])
    lon, lat = 120 + rng.random(count), 31 + rng.random(count)
    sheet = Sheet(names, np.full(count, NOW), lon, lat, rng.uniform(0, 300, count), values)
    times = np.tile(PAST, (count, 1))
    trusted = {name: rng.random((count, 5)) < 0.9 for name in past}
    totals = {"precipitation_amount": rng.gamma(1, 10, count)}
    context = Context(
        radar_1h_mm=rng.gamma(1, 3, count),
        radar_6h_mm=rng.gamma(1, 10, count),
        climate_low={"air_temperature": np.full(count, 10.0)},
        climate_high={"air_temperature": np.full(count, 36.0)},
    )
    return sheet, History(times, past, trusted, totals=totals), context


def part(history, rows):
    return History(
        history.times[rows],
        {name: column[rows] for name, column in history.values.items()},
        {name: column[rows] for name, column in history.trusted.items()},
        totals={name: column[rows] for name, column in history.totals.items()},
    )


def same(one, other, rows=slice(None)):
    for name in one.flags:
        np.testing.assert_array_equal(one.flags[name], other.flags[name][rows], err_msg=name)
        np.testing.assert_array_equal(one.tests[name], other.tests[name][rows], err_msg=name)


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_readings_changes_nothing(case, random):
    sheet, history, context = case
    order = np.array(random.sample(range(len(sheet)), len(sheet)))
    shuffled = run(sheet.take(order), part(history, order), context.take(order))
    same(shuffled, run(sheet, history, context), order)


@given(cases(), st.floats(-60, 60))
@settings(max_examples=25, deadline=None)
def test_a_station_far_away_changes_nothing(case, value):
    sheet, history, context = case
    alone = run(sheet, history, context)
    stranger = Sheet(
        np.array(["FAR"]), np.array([NOW]), np.array([-70.0]), np.array([-33.0]), np.array([500.0]),
        {name: np.array([value]) for name in sheet.values},
    )  # fmt: skip
    near = Context(**{**vars(context), "neighbours": stranger})
    same(alone, run(sheet, history, near))


@given(cases())
@settings(max_examples=25, deadline=None)
def test_no_check_doubts_a_value_for_not_being_there(case):
    sheet, history, context = case
    judged = run(sheet, history, context)
    for name, values in sheet.values.items():
        missing = np.isnan(values)
        assert (judged.tests[name][missing] == 0).all(), name
        assert set(judged.flags[name][missing].tolist()) <= {Flag.MISSING}
        assert np.isin(judged.flags[name][~missing], KINDS).all()


@given(cases())
@settings(max_examples=25, deadline=None)
def test_severe_weather_never_raises_a_flag(case):
    sheet, history, context = case
    calm = run(sheet, history, context)
    wild = run(sheet, history, Context(**{**vars(context), "severe": np.ones(len(sheet), bool)}))
    struck = run(sheet, history, Context(**{**vars(context), "flashes": np.full(len(sheet), 2.0)}))
    for name in sheet.values:
        there = np.isfinite(sheet.of(name))
        assert (wild.flags[name][there] <= calm.flags[name][there]).all(), name
        np.testing.assert_array_equal(wild.flags[name], struck.flags[name])
        limits = calm.said("limits", name) == Verdict.FAIL
        assert (wild.flags[name][limits] == Flag.WRONG).all(), name


@given(cases(), st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_the_evidence_of_a_value_agrees_with_its_verdicts(case, number):
    sheet, history, context = case
    judged = run(sheet, history, context)
    doubts = [(name, int(row)) for name in NAMES for row in np.flatnonzero(judged.flagged(name))]
    if not doubts:
        return
    name, row = doubts[number % len(doubts)]
    told = explain(Case(sheet, history, context, Rules()), row, name)
    for test in TESTS:
        verdicts = [one.verdict for one in told if one.test == test]
        assert max(verdicts, default=Verdict.NOT_RUN) == judged.said(test, name)[row], test
    for one in told:
        kept = one.test == "gauge" and one.verdict == Verdict.PASS  # a present zero passes when it has stopped raining
        assert kept or one.outside() == (one.verdict >= Verdict.SUSPECT), one


@pytest.mark.parametrize("rows", [1, 2])
def test_one_or_two_readings_are_enough(rows):
    blank = np.zeros(rows)
    sheet = Sheet(np.arange(rows).astype(str), np.full(rows, NOW), blank, blank, blank, dict.fromkeys(NAMES, blank))
    judged = run(sheet, History.none(rows))
    assert all(len(column) == rows for column in judged.flags.values())
