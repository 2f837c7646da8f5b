"""Readings laid on steps: amounts and shares worked out by hand."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangtian.core.flags import Flag
from xiangtian.warn.evidence import rain_steps
from xiangtian.warn.tests.makers import evidence, rain


def lay(*readings: tuple[int, float, float, float, Flag], stations: int = 1, step: int = 10, hours: float = 1):
    columns = [np.array(column) for column in zip(*readings, strict=True)] or [np.array([])] * 5
    station, ended, period, amount, flag = columns
    return rain_steps(
        station.astype(int), ended.astype(float), period.astype(float), amount.astype(float), flag.astype(int),
        stations, step, hours,
    )  # fmt: skip


def test_a_reading_is_spread_evenly_over_its_period() -> None:
    steps = lay((0, 0, 30, 6.0, Flag.GOOD))  # 6 mm in the last 30 min: 2 mm in each of the last three steps
    np.testing.assert_allclose(steps.good_mm, [[0, 0, 0, 2, 2, 2]])
    np.testing.assert_allclose(steps.coverage, [[0, 0, 0, 1, 1, 1]])


def test_a_period_that_does_not_fit_the_steps_is_shared_by_time() -> None:
    steps = lay((0, 5, 10, 4.0, Flag.GOOD))  # from 15 to 5 minutes ago: half in each step
    np.testing.assert_allclose(steps.good_mm[0, -2:], [2, 2])
    np.testing.assert_allclose(steps.coverage[0, -2:], [0.5, 0.5])


def test_what_began_before_the_span_counts_only_with_its_part_within() -> None:
    steps = lay((0, 50, 20, 8.0, Flag.GOOD))  # from 70 to 50 minutes ago, span 60 min: half
    assert steps.good_mm.sum() == pytest.approx(4.0)
    assert steps.good_mm[0, 0] == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("flag", "good", "doubtful"),
    [(Flag.GOOD, 3, 0), (Flag.CORRECTED, 3, 0), (Flag.MODIFIED, 3, 0), (Flag.SUSPECT, 0, 3), (Flag.UNCHECKED, 0, 3),
     (Flag.WRONG, 0, 0), (Flag.MISSING, 0, 0), (Flag.NO_TASK, 0, 0)],
)  # fmt: skip
def test_flags_decide_what_counts(flag: Flag, good: float, doubtful: float) -> None:
    steps = lay((0, 0, 10, 3.0, flag))
    assert (steps.good_mm.sum(), steps.doubtful_mm.sum()) == (good, doubtful)
    assert steps.coverage.sum() == (1.0 if good else 0.0)


def test_missing_and_negative_amounts_are_no_rain_and_no_coverage() -> None:
    steps = lay((0, 0, 10, np.nan, Flag.GOOD), (0, 10, 10, -1.0, Flag.GOOD))
    assert steps.good_mm.sum() == steps.coverage.sum() == 0


def test_no_reading_at_all() -> None:
    steps = lay(stations=2)
    assert steps.good_mm.shape == (2, 6)
    assert steps.good_mm.sum() == steps.coverage.sum() == 0


def test_coverage_never_passes_one() -> None:
    assert lay((0, 0, 10, 1.0, Flag.GOOD), (0, 0, 10, 1.0, Flag.GOOD)).coverage.max() == 1.0


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(1, 30), st.floats(0, 50)), max_size=20))
def test_no_rain_is_lost_or_made(readings: list[tuple[int, int, int, float]]) -> None:
    steps = lay(*((s, e, p, mm, Flag.GOOD) for s, e, p, mm in readings), stations=3)
    assert steps.good_mm.sum() == pytest.approx(sum(mm for *_, mm in readings))


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ((1, 0, 10, 1.0, 0), "reading 0: its station index"),
        ((0, -1, 10, 1.0, 0), "its end"),
        ((0, 0, 0, 1.0, 0), "its period"),
    ],
)
def test_impossible_readings_are_refused(reading: tuple, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        lay(reading)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"moment": dt.datetime(2026, 7, 1)}, "no time zone"),
        ({"districts": ()}, "1 stations but 0 districts"),
        ({"radar_mm": np.zeros((1, 3))}, r"radar_mm has shape \(1, 3\), needs \(1, 144\)"),
        ({"nowcast_mm": np.zeros((1, 3))}, "nowcast_mm has shape"),
        ({"lead_min": (10.0, 5.0), "nowcast_mm": np.zeros((1, 2))}, "don't rise"),
        ({"step_min": 0}, "above 0"),
    ],
)
def test_evidence_that_does_not_fit_is_refused(change: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(evidence([rain()]), **change)
