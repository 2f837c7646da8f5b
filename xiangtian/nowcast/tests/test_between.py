"""A model's field between two of its moments."""

import numpy as np
import pytest

from xiangtian.nowcast.blend.between import between
from xiangtian.nowcast.motion import uniform


def test_a_shower_is_on_its_way_and_not_in_two_places():
    first, second = np.zeros((2, 80, 120), np.float32)
    first[40, 20], second[40, 60] = 10.0, 6.0
    found = between(first, second, 0.25, uniform((80, 120), 40.0, 0.0))
    # a quarter of 40 columns on; 0.75 * 10 + 0.25 * 6 mm/h
    assert np.unravel_index(np.nanargmax(found), found.shape) == (40, 30)
    assert found[40, 30] == pytest.approx(9.0)
    assert np.count_nonzero(found > 0.1) == 1


def test_the_motion_is_found_where_it_is_not_given(moving_rain):
    frames = moving_rain(6.0, 2.0, 3)
    found = between(frames[0], frames[2], 0.5)
    known = np.isfinite(found)
    mean = (frames[0] + frames[2]) / 2
    assert np.abs(found - frames[1])[known].mean() < 0.4 * np.abs(mean - frames[1])[known].mean()


def test_at_the_ends_the_fields_themselves_come_back(moving_rain):
    frames = moving_rain(6.0, 2.0, 2)
    assert (between(frames[0], frames[1], 0) == frames[0]).all()
    assert (between(frames[0], frames[1], 1) == frames[1]).all()


def test_where_one_is_unknown_the_other_stands_alone():
    first, second = np.full((40, 40), np.nan, np.float32), np.full((40, 40), 3.0, np.float32)
    assert (between(first, second, 0.5, uniform((40, 40), 0.0, 0.0)) == 3.0).all()


def test_a_share_beyond_the_hour_is_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        between(np.zeros((20, 20), np.float32), np.zeros((20, 20), np.float32), 1.5)
