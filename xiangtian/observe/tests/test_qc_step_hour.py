"""The change of sixty minutes: 12 K suspect, 20 K wrong (the house's own defaults)."""

import numpy as np
import pytest

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc import Context, History, Rules, Sheet
from xiangtian.observe.qc.model import Case
from xiangtian.observe.qc.step_hour import check, explain

T = "air_temperature"
NOW = np.datetime64("2026-07-01T06:00:00", "s")
N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL


def case(value, minutes, past, trusted=True):
    sheet = Sheet(np.array(["A"]), np.array([NOW]), np.zeros(1), np.zeros(1), np.zeros(1), {T: np.array([value])})
    times = NOW - np.array([minutes]) * np.timedelta64(60, "s")
    held = np.array([past], float)
    return Case(sheet, History(times, {T: held}, {T: np.isfinite(held) & trusted}), Context(), Rules())


@pytest.mark.parametrize(
    ("value", "expected"), [(20.0, P), (32.0, P), (32.1, S), (8.0, P), (7.9, S), (40.1, F), (np.nan, N)]
)
def test_limits_of_the_hour(value, expected):
    assert check(case(value, [60, 5], [20.0, value]))[T].tolist() == [expected]


@pytest.mark.parametrize(("minutes", "expected"), [([49], N), ([50], S), ([70], S), ([71], N), ([], N)])
def test_only_a_reading_of_about_an_hour_before_counts(minutes, expected):
    assert check(case(35.0, minutes, [20.0] * len(minutes)))[T].tolist() == [expected]


def test_the_nearest_to_an_hour_counts_and_doubted_ones_do_not():
    assert check(case(35.0, [65, 60, 52], [35.0, 20.0, 35.0]))[T].tolist() == [S]
    assert check(case(35.0, [65, 60], [35.0, np.nan]))[T].tolist() == [P]
    assert check(case(35.0, [60], [20.0], trusted=False))[T].tolist() == [N]


def test_evidence_names_the_time():
    (found,) = explain(case(35.0, [60], [20.0]), 0, T, S)
    assert (found.low, found.high, found.found) == (8.0, 32.0, 35.0)
    assert (found.witnesses[0].who, found.witnesses[0].value) == ("2026-07-01T05:00:00", 20.0)
