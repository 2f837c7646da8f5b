"""Frames at equal steps: which moments are there, which are not; expected by counting on the fingers."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.nowcast.frames import missing, regular

NOON = dt.datetime(2026, 7, 1, 4, 0, tzinfo=dt.UTC)


def laid(minutes, step_min=5.0):
    times = [NOON + dt.timedelta(minutes=one) for one in minutes]
    found = regular(times, [np.full((2, 3), one, np.float32) for one in minutes], step_min)
    return [None if missing(frame) else float(frame[0, 0]) for frame in found]


def test_frames_at_equal_steps_stay_as_they_are():
    assert laid([-10, -5, 0]) == [-10, -5, 0]
    assert laid([0]) == [0]


def test_a_moment_without_a_frame_is_marked_and_a_long_gap_ends_the_memory():
    assert laid([-15, -10, 0]) == [-15, -10, None, 0]
    assert laid([-40, -35, -15, -10, 0]) == [-40, -35, None, None, None, -15, -10, None, 0]
    assert laid([-45, -40, -15, 0]) == [-15, None, None, 0]


def test_a_frame_off_the_steps_is_left_out_unless_it_is_nearly_on_them():
    assert laid([-10, -7.5, -5, 0]) == [-10, -5, 0]
    assert laid([-10, -6, 0]) == [-10, -6, 0]


@pytest.mark.parametrize(("minutes", "step"), [([], 5.0), ([0], 0.0)])
def test_nothing_and_steps_of_nothing_are_refused(minutes, step):
    with pytest.raises(ValueError, match="one frame or more"):
        laid(minutes, step)
