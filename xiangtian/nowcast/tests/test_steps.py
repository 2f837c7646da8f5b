"""Many futures: reproducible, of the right amount, unsure where rain is unsure."""

import numpy as np
import pytest

from xiangtian.nowcast import forecasting
from xiangtian.nowcast.motion import dense
from xiangtian.nowcast.steps import ensemble
from xiangtian.nowcast.steps.prepared import prepare
from xiangtian.nowcast.steps.settings import DEFAULT


@pytest.fixture(scope="module")
def frames(moving_rain):
    return moving_rain(3.0, 1.0, count=4, shape=(128, 160))


@pytest.fixture(scope="module")
def made(frames):
    return ensemble.forecast(frames, dense(frames[-3:]), 4, 8, 5, 1.0, 5.0)


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads_and_the_number(frames, made):
    motion = dense(frames[-3:])
    np.testing.assert_array_equal(ensemble.forecast(frames, motion, 4, 8, 5, 1.0, 5.0, threads=1), made)
    np.testing.assert_array_equal(ensemble.forecast(frames, motion, 4, 3, 5, 1.0, 5.0), made[:3])
    assert not np.array_equal(ensemble.forecast(frames, motion, 4, 8, 6, 1.0, 5.0), made, equal_nan=True)


def test_members_are_rain_and_differ_more_the_farther_ahead(made):
    assert made.shape == (8, 4, 128, 160)
    assert np.nanmin(made) >= 0
    spread = np.nanmean(made.std(axis=0), axis=(1, 2))
    assert spread[0] > 0
    assert spread[-1] > spread[0]


def test_the_amount_of_rain_is_that_of_the_last_frame(frames, made):
    # the frames only move: what is seen in all of them is about what must be forecast
    assert np.nanmean(made) == pytest.approx(frames[-1].mean(), rel=0.25)


def test_dry_stays_dry_and_unknown_stays_unknown(frames):
    dry = np.zeros((3, 64, 64), np.float32)
    assert np.nanmax(forecasting.many(dry, 2, 2, 1, 1.0, 5.0)) == 0
    holed = frames.copy()
    holed[:, :, :40] = np.nan
    found = forecasting.many(holed, 2, 2, 1, 1.0, 5.0)
    assert np.isnan(found[:, :, :, :30]).all()
    assert np.isfinite(found[:, :, 40:-40, 80:-20]).all()


def test_a_missing_frame_is_bridged(frames):
    holed = frames.copy()
    holed[-2] = np.nan
    found = forecasting.many(holed, 2, 2, 1, 1.0, 5.0)
    assert np.isfinite(found).mean() > 0.8


@pytest.mark.parametrize(("count", "leads", "members"), [(2, 1, 1), (3, 0, 1), (3, 1, 0)])
def test_too_little_is_refused(frames, count, leads, members):
    with pytest.raises(ValueError, match="3 frames or more"):
        ensemble.forecast(frames[:count], dense(frames), leads, members, 1, 1.0, 5.0)


def test_what_comes_in_over_the_rim_is_not_taken_for_change(moving_rain):
    """Rain that only moves keeps all of its pattern, even through a round hole: weights stay near 1."""
    rain = moving_rain(7.0, 2.0, count=3, shape=(400, 400))
    y, x = np.indices((400, 400))
    rain[:, np.hypot(y - 200, x - 200) > 110] = np.nan
    memory = prepare(rain, dense(rain), 6, 1.0, 5.0, np.ones(6), DEFAULT).memory
    last, before = memory.weights(6)
    waves = [1, 2, 4]  # along the side, rings come four to a wave
    assert ((last + before)[-1][[4 * wave for wave in waves]] > 0.85).all()
