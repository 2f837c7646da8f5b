"""Steps: limits of one minute from WMO-No. 8 / Zahumensky (T 3 K suspect); cases worked by hand."""

import numpy as np
import pytest

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.step import judge
from xiangtian.observe.qc.tolerances import Step

N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL
RULE = Step(3.0, 4.0, 0.25)


def one(value, past, minutes, trusted=None, rule=RULE):
    past = np.array([past], float)
    use = np.isfinite(past) if trusted is None else np.array([trusted], bool)
    return int(judge(np.array([value], float), past, np.array([minutes], float), use, rule)[0])


@pytest.mark.parametrize(
    ("jump", "expected"), [(0.0, P), (3.0, P), (3.01, S), (-3.01, S), (4.0, S), (4.01, F), (-9.0, F)]
)
def test_one_minute_limits(jump, expected):
    assert one(20.0 + jump, [20.0], [1.0]) == expected


def test_limits_widen_with_the_interval():
    """3 * 16**0.25 = 6 and 4 * 16**0.25 = 8 K in 16 minutes."""
    assert [one(20.0 + jump, [20.0], [16.0]) for jump in (5.99, 6.01, 7.99, 8.01)] == [P, S, S, F]


def test_less_than_a_minute_counts_as_one():
    assert one(22.9, [20.0], [0.2]) == P


@pytest.mark.parametrize(
    ("value", "past", "minutes"),
    [(20.0, [], []), (20.0, [np.nan], [5.0]), (np.nan, [20.0], [5.0]), (20.0, [20.0], [np.nan])],
)
def test_nothing_to_compare_is_not_run(value, past, minutes):
    assert one(value, past, minutes) == N


def test_return_after_a_spike_is_no_echo():
    assert one(20.1, [20.0, 32.0], [10.0, 5.0], [True, False]) == P


def test_newest_trusted_value_is_taken_over_gaps():
    assert one(27.0, [20.0, 26.5, np.nan], [15.0, 10.0, 5.0]) == P


def test_new_level_is_doubted_once_after_the_first_refusal():
    """A true jump: the first value at the new level fails, the second agrees with it and is only suspect."""
    assert one(30.0, [20.0, 30.2], [10.0, 5.0], [True, False]) == S


def test_second_spike_the_other_way_still_fails():
    assert one(8.0, [20.0, 32.0], [10.0, 5.0], [True, False]) == F


def test_refused_value_older_than_the_trusted_one_confirms_nothing():
    assert one(32.0, [32.0, 20.0], [10.0, 5.0], [False, True]) == F
