import numpy as np
import pytest

from xiangtian.nowcast.points import around

FIELDS = np.arange(2 * 4 * 5, dtype=np.float32).reshape(2, 4, 5)


def test_the_cell_itself():
    # row 1, column 2 holds 7, and 27 at the next lead
    mean, highest = around(FIELDS, 1.2, 1.8)
    assert mean.tolist() == highest.tolist() == [[7.0], [27.0]]


def test_three_by_three_by_hand():
    # around row 1, column 2: 1 2 3 / 6 7 8 / 11 12 13
    mean, highest = around(FIELDS, [1], [2], reach=1)
    assert mean[0, 0] == 7
    assert highest[0, 0] == 13


def test_at_the_corner_only_what_is_on_the_grid_counts():
    mean, highest = around(FIELDS, [0], [0], reach=1)
    assert mean[0, 0] == pytest.approx((0 + 1 + 5 + 6) / 4)
    assert highest[0, 0] == 6


def test_off_the_grid_and_unknown_are_unknown():
    fields = FIELDS.copy()
    fields[:, 3] = np.nan
    mean, highest = around(fields, [-0.6, 3, 99], [0, 0, 99])
    assert np.isnan(mean).all()
    assert np.isnan(highest).all()
    assert around(fields, [3], [0], reach=1)[1][0, 0] == 11  # rows 2 alone: 10 and 11


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="as many rows"):
        around(FIELDS, [0, 1], [0])
    with pytest.raises(ValueError, match="reach"):
        around(FIELDS, [0], [0], reach=-1)
    with pytest.raises(ValueError, match="rows, columns"):
        around(FIELDS[0], [0], [0])
