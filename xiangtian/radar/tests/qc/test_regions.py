"""Unfolding of one cut among itself."""

import numpy as np
import pytest

from xiangtian.radar.qc.regions import unfolded


def test_a_ramp_over_three_folds_comes_back(fold):
    """-70 to 70 m/s over 200 gates at a Nyquist velocity of 20, up to whole Nyquist ranges."""
    truth = np.tile(np.linspace(-70, 70, 200), (40, 1))
    found, island = unfolded(fold(truth, 20.0), 20.0, True)
    assert island.max() == 0
    away = found - truth
    assert away == pytest.approx(np.full(truth.shape, away[0, 0]), abs=1e-3)


def test_a_border_crosses_small_gaps_only(fold):
    """25 and 9 gates without echo: two islands where 20 may be crossed, one where 30 may."""
    truth = np.tile(np.linspace(0, 30, 120), (40, 1))
    velocity = fold(truth, 16.0)
    velocity[:, 40:65] = velocity[:, 80:89] = np.nan
    assert unfolded(velocity, 16.0, True, gap_gates=20)[1].max() == 1
    found, island = unfolded(velocity, 16.0, True, gap_gates=30)
    assert island.max() == 0
    here = np.isfinite(velocity)
    assert np.ptp((found - truth)[here]) < 1e-3


def test_majority_of_a_border_decides(fold):
    """Noise of 4 m/s at a Nyquist velocity of 12: single gates vote wrongly, borders do not."""
    random = np.random.default_rng(5)
    truth = np.tile(np.linspace(-40, 40, 400), (90, 1)) + random.normal(0, 4, (90, 400))
    found, _ = unfolded(fold(truth, 12.0), 12.0, True)
    turns = np.rint((found - truth) / 24.0)
    assert np.mean(turns == np.median(turns)) > 0.99


def test_nothing_is_unfolded_of_nothing():
    found, island = unfolded(np.full((5, 6), np.nan, np.float32), 20.0, True)
    assert np.isnan(found).all()
    assert (island == -1).all()
