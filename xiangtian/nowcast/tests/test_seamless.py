"""The blend: near the nowcast at first, near a good model at last, and what it must keep."""

import numpy as np
import pytest

from xiangtian.nowcast import motion
from xiangtian.nowcast.blend import seamless, skill
from xiangtian.nowcast.methods import get_method
from xiangtian.nowcast.motion import uniform
from xiangtian.radar import composites

LEADS, STEPS = 12, 6
MOVING = (400, 400), 3.0, 1.0


@pytest.fixture(scope="module")
def storm(moving_rain):
    """Give seven past frames and twelve future ones, the model's as well."""
    # after the last frame the showers go the other way: the nowcast is soon wrong, and the model knows it
    past = moving_rain(3.0, 1.0, STEPS + 1)
    future = np.stack([np.roll(past[-1], (lead, -3 * lead), (0, 1)) for lead in range(1, LEADS + 1)])
    return past, future


@pytest.fixture(scope="module")
def blended(storm):
    past, future = storm
    nowcast = get_method("advect")(past[-1], uniform(*MOVING), LEADS)
    known = seamless.trust(list(past), uniform(*MOVING), list(past[-3:]))
    return nowcast, known, seamless.blend(nowcast, future, known)


def off(forecast, truth):
    known = np.isfinite(forecast)
    return float(np.abs(forecast - truth)[known].mean())


def test_with_a_right_model_it_leaves_a_wrong_nowcast(storm, blended):
    _, future = storm
    nowcast, known, found = blended
    assert known.model == pytest.approx(1, abs=1e-3)
    assert found.rate.shape == nowcast.shape
    assert found.rate.dtype == np.float32
    assert off(found.rate[-1], future[-1]) < 0.3 * off(nowcast[-1], future[-1])


def test_a_worthless_model_is_left_aside(storm):
    past, future = storm
    moving = uniform(*MOVING)
    nowcast = get_method("advect")(past[-1], moving, LEADS)
    astray = [np.ascontiguousarray(frame[::-1, ::-1]) for frame in past[-3:]]
    found = seamless.blend(nowcast, future[:, ::-1, ::-1], seamless.trust(list(past), moving, astray))
    truth = np.stack([np.roll(past[-1], (lead, 3 * lead), (0, 1)) for lead in range(1, LEADS + 1)])
    wholly = np.isfinite(nowcast)
    same = np.where(wholly, found.rate, np.nan)
    assert off(same[0], truth[0]) < 2 * off(nowcast[0], truth[0]) + 0.02
    assert (found.nowcast_weight[0, :6] > 4 * found.model_weight[0, :6]).all()


def test_where_one_knows_nothing_the_other_stands_as_it_is(storm, blended):
    _, future = storm
    nowcast, known, found = blended
    gone = np.isnan(nowcast)
    assert gone.any()
    assert (found.rate[gone] == future[gone]).all()
    holed = np.where(np.indices(future.shape)[1] < 100, np.nan, future).astype(np.float32)
    again = seamless.blend(nowcast, holed, known).rate
    np.testing.assert_array_equal(again[:, :100], nowcast[:, :100])


def test_what_neither_knows_stays_unknown(storm, blended):
    _, future = storm
    _, known, _ = blended
    nothing = np.full(future.shape, np.nan, np.float32)
    assert np.isnan(seamless.blend(nothing, nothing, known).rate).all()


def test_matched_amounts_by_hand():
    # ranks of the order 3, 1, 4, 2; amounts of the first 8 4 2 0, of the second 4 2 0 0; a half each: 6 3 1 0
    order = np.array([0.2, 0.9, -1.0, 0.5], np.float32)
    first, second = np.array([0, 8, 4, 2], np.float32), np.array([2, 0, 0, 4], np.float32)
    assert seamless.matched(order, first, second, 0.5).tolist() == [1, 6, 0, 3]
    assert seamless.matched(order, first * 0, second * 0, 0.5).tolist() == [0, 0, 0, 0]


def test_lags_reach_the_oldest_frame_and_few_frames_are_enough(storm):
    past, _ = storm
    found = seamless.trust(list(past[-3:]), uniform(*MOVING), [past[-1]])
    # the showers move unchanged: after one step every level above the grid's noise is what it was
    assert (found.keeping.after(1.0)[:5] > 0.99).all()


@pytest.mark.parametrize(("frames", "model"), [(2, 1), (3, 0), (3, 4)])
def test_too_little_to_measure_with_is_refused(storm, frames, model):
    past, _ = storm
    with pytest.raises(ValueError, match="3 or more frames"):
        seamless.trust(list(past[:frames]), uniform(*MOVING), list(past[:model]))


def test_fields_that_do_not_fit_are_refused(blended):
    nowcast, known, _ = blended
    with pytest.raises(ValueError, match="the same"):
        seamless.blend(nowcast, nowcast[1:], known)


@pytest.mark.shared
def test_on_a_real_storm_it_is_no_worse_than_the_better_of_both(shared):
    # the frames that followed, 12 km off and smoothed, are the model: correlations by numpy say which is better when
    names = sorted((shared / "radar-knmi-20100826/hdf5").iterdir())[20:46]
    frames = np.stack([composites.read(path.read_bytes()).rate for path in names])
    model = np.stack([np.roll(np.nan_to_num(frame), (7, 10), (0, 1)) for frame in frames])
    moving = motion.dense(frames[11:14])
    nowcast = get_method("advect")(frames[13], moving, LEADS)
    found = seamless.blend(nowcast, model[14:], seamless.trust(frames[:14], moving, model[11:14])).rate
    for lead in (0, 5, 11):
        known = np.isfinite(frames[14 + lead]) & np.isfinite(nowcast[lead])
        truth = skill.decibels(frames[14 + lead])[known]
        right = [
            np.corrcoef(skill.decibels(field)[known], truth)[0, 1]
            for field in (nowcast[lead], model[14 + lead], found[lead])
        ]
        assert right[2] > max(right[:2]) - 0.01
