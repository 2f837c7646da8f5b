"""The spread follows what the last hour showed."""

from dataclasses import replace

import numpy as np
import pytest

from xiangtian.nowcast.motion import dense
from xiangtian.nowcast.steps import calibration
from xiangtian.nowcast.steps.prepared import spread_factors
from xiangtian.nowcast.steps.settings import DEFAULT


@pytest.fixture(scope="module")
def steady(moving_rain):
    """Eight frames that only move: whatever the method holds for error is more than there is."""
    return moving_rain(2.0, 1.0, count=8, shape=(96, 112))


def factors(frames, leads=6, settings=DEFAULT):
    return calibration.factors(frames, dense(frames[-3:]), leads, 1.0, 5.0, settings, 2)


def test_rain_that_jumps_gets_more_spread_than_rain_that_only_moves(steady):
    jumping = steady.copy()
    jumping[:-3] = np.where(np.arange(5)[:, None, None] % 2, 3.0, 0.3) * jumping[:-3]  # heavy and weak in turn
    assert factors(jumping)[0] > factors(steady)[0]


def test_the_correction_fades_with_the_lead(steady):
    off = np.abs(np.log(factors(steady) / spread_factors(DEFAULT, 6)))
    assert off[0] > 0
    np.testing.assert_allclose(off, off[0] / np.arange(1, 7), rtol=1e-6)


def test_it_stays_within_bounds(steady):
    wild = steady.copy()
    wild[:-3] *= np.array([0, 50, 0, 50, 0], np.float32)[:, None, None]
    ratio = factors(wild) / spread_factors(DEFAULT, 6)
    assert ((ratio >= 1 / 1.6 - 1e-9) & (ratio <= 1.6 + 1e-9)).all()


@pytest.mark.parametrize("count", [3, 5])
def test_too_few_frames_change_nothing(steady, count):
    np.testing.assert_array_equal(factors(steady[-count:]), spread_factors(DEFAULT, 6))


def test_no_trials_change_nothing(steady):
    np.testing.assert_array_equal(factors(steady, settings=replace(DEFAULT, trials=0)), spread_factors(DEFAULT, 6))


def test_dry_hours_and_unknown_frames_change_nothing():
    dry = np.zeros((8, 64, 64), np.float32)
    np.testing.assert_array_equal(factors(dry), spread_factors(DEFAULT, 6))
    dry[2:5] = np.nan
    np.testing.assert_array_equal(factors(dry), spread_factors(DEFAULT, 6))


@pytest.mark.shared
def test_the_spread_meets_the_error_on_real_rain(shared):
    """RMSE over spread within 0.85 and 1.2 on one start of a real event (Fortin et al. 2014: 1 if reliable)."""
    from xiangtian.cli.event_folder import read_event
    from xiangtian.met.verify.ensemble import tally
    from xiangtian.nowcast import forecasting

    rates = read_event(shared / "radar-mch-20150515").rates
    made = forecasting.many(rates[:22], 6, 24, 1, 1.0, 5.0)
    ratios = []
    for lead in range(6):
        one = tally(made[:, lead], rates[22 + lead])
        ratios.append(one.rmse[0] / one.spread[0])
    assert 0.85 < np.mean(ratios) < 1.2
