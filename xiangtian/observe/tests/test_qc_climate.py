"""Climatological range: a July of 15 to 39 degC, widened to 10.2 to 43.8 (20 % of 24 K each side)."""

import numpy as np
import pytest

from xiangtian.core.flags import Flag, Verdict
from xiangtian.observe.qc import Context, History, Rules, Sheet, run
from xiangtian.observe.qc.climate import check
from xiangtian.observe.qc.model import Case

T = "air_temperature"
N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL


def case(value, low=10.2, high=43.8):
    sheet = Sheet(
        np.array(["A"]), np.array(["2026-07-01"], "datetime64[s]"), np.zeros(1), np.zeros(1), np.zeros(1),
        {T: np.array([value])},
    )  # fmt: skip
    return Case(
        sheet, History.none(1), Context(climate_low={T: np.array([low])}, climate_high={T: np.array([high])}), Rules()
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(27.0, P), (10.2, P), (43.8, P), (43.9, S), (10.1, S), (-6.5, S), (-6.7, F), (60.7, F), (np.nan, N)],
)
def test_records_may_fall_but_not_by_half_the_range(value, expected):
    """Half of the range's width of 33.6 K is 16.8 K: wrong below -6.6 and above 60.6 degC."""
    assert check(case(value))[T].tolist() == [expected]


def test_nothing_is_said_where_nothing_is_known():
    assert check(case(50.0, low=np.nan))[T].tolist() == [N]
    assert check(Case(case(50.0).sheet, History.none(1), Context(), Rules())) == {}


def test_a_range_of_no_width_is_still_a_range():
    assert check(case(20.0, 20.0, 20.0))[T].tolist() == [P]
    assert check(case(20.1, 20.0, 20.0))[T].tolist() == [F]


def test_severe_weather_makes_it_suspect():
    given = case(-7.0)
    wild = Context(np.array([True]), climate_low=given.context.climate_low, climate_high=given.context.climate_high)
    assert run(given.sheet, given.history, given.context).flags[T].tolist() == [Flag.WRONG]
    assert run(given.sheet, given.history, wild).flags[T].tolist() == [Flag.SUSPECT]
