"""Sums over sliding windows, by hand and against a minute-by-minute count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangtian.warn.tests.makers import LEADS, STEP, evidence, rain
from xiangtian.warn.windows import expected, fallen, probability


def test_sums_of_a_spell() -> None:
    past = fallen(evidence([rain((2, 1, 12.0))]), np.array([30.0, 60.0, 90.0, 120.0, 720.0]))
    np.testing.assert_allclose(past.total_mm, [[0, 0, 6, 12, 12]], atol=1e-9)


@given(st.lists(st.floats(0, 20), min_size=144, max_size=144), st.integers(0, 720))
def test_any_window_is_what_its_minutes_sum_to(steps: list[float], begin: int) -> None:
    minutes = np.repeat(np.array(steps) / STEP, STEP)
    past = fallen(evidence([np.array(steps)]), np.array([float(begin)]))
    assert past.total_mm[0, 0] == pytest.approx(minutes[len(minutes) - begin :].sum(), abs=1e-6)


def test_coverage_is_the_share_of_the_window() -> None:
    past = fallen(evidence([rain()], coverage=0.8), np.array([0.0, 60.0, 720.0]))
    np.testing.assert_allclose(past.coverage, [[1.0, 0.8, 0.8]])


@pytest.mark.parametrize(
    ("radar", "counted"),
    [(None, 10.0), (9.9, 10.0), (10.0, 20.0), (40.0, 20.0)],  # half of 10 good + 10 doubtful must be seen
)
def test_doubtful_rain_counts_where_radar_saw_half_of_it(radar: float | None, counted: float) -> None:
    seen = None if radar is None else [rain((1, 0, radar))]
    past = fallen(evidence([rain((1, 0, 10))], doubtful=[rain((1, 0, 10))], radar=seen), np.array([60.0]))
    assert past.total_mm[0, 0] == pytest.approx(counted)
    assert past.good_mm[0, 0] == pytest.approx(10.0)


def test_a_lost_radar_frame_is_no_rain_but_no_radar_at_all_is_unknown() -> None:
    seen = rain((1, 0, 12))
    seen[-1] = np.nan
    past = fallen(evidence([rain()], radar=[seen]), np.array([60.0]))
    assert past.radar_mm[0, 0] == pytest.approx(11.0)
    assert np.isnan(fallen(evidence([rain()], radar=[np.full(144, np.nan)]), np.array([60.0])).radar_mm).all()


def test_the_nowcast_between_its_leads_and_beyond_its_reach() -> None:
    ahead = expected(evidence([rain()], ahead=[24.0]), np.array([0.0, 2.5, 60.0, 120.0, 125.0]))
    np.testing.assert_allclose(ahead[0, :4], [0.0, 0.5, 12.0, 24.0])
    assert np.isnan(ahead[0, 4])


def test_without_nowcast_nothing_is_expected_and_not_zero() -> None:
    assert np.isnan(expected(evidence([rain()]), np.array([0.0, 60.0]))).all()


def test_a_station_the_nowcast_does_not_reach_is_unknown() -> None:
    assert np.isnan(expected(evidence([rain()], ahead=[np.nan]), np.array([60.0]))).all()


@pytest.mark.parametrize(
    ("need", "chance"), [(0.0, 1.0), (-3.0, 1.0), (1.0, 0.9), (5.5, 0.7), (10.0, 0.5), (10.1, None)]
)
def test_probability_between_levels(need: float, chance: float | None) -> None:
    chances = np.tile(np.array([0.9, 0.5]), (1, len(LEADS), 1))
    known = evidence([rain()], ahead=[10.0], levels_mm=(1.0, 10.0), exceedance=chances)
    found = probability(known, 0, need, 60.0)
    assert found is None if chance is None else found == pytest.approx(chance)


def test_no_probabilities_no_probability() -> None:
    assert probability(evidence([rain()], ahead=[10.0]), 0, 1.0, 60.0) is None
    unknown = np.full((1, len(LEADS), 1), np.nan)
    assert probability(evidence([rain()], [10.0], levels_mm=(1.0,), exceedance=unknown), 0, 1.0, 60.0) is None
