"""Chances at places from members: small numbers worked out by hand."""

import numpy as np
import pytest

from xiangtian.nowcast.areas import Zones
from xiangtian.nowcast.exceed import table


@pytest.fixture
def amount():
    """Two members of three leads on a grid of 1 x 3: rain of each step written down, amounts added up."""
    steps = np.array(
        [
            [[1, 0, 0], [4, 0, 2], [1, 0, 0]],  # member 0: step by step, three cells
            [[0, 0, 9], [0, 0, 0], [3, 0, 1]],
        ],
        np.float32,
    )
    return np.cumsum(steps, axis=1).reshape(2, 3, 1, 3)


def test_the_most_in_any_window_of_each_length(amount):
    found = table(amount, Zones((np.array([0, 1]), np.array([2])), (1, 3)))
    # place 0 holds cells 0 and 1: the wettest windows of cell 0 are 4, 1+4, 1+4+1 in member 0 and 3, 3, 3 in member 1
    np.testing.assert_array_equal(found.highest[0].T, [[4, 5, 6], [3, 3, 3]])
    np.testing.assert_array_equal(found.mean[0].T, [[2, 2.5, 3], [1.5, 1.5, 1.5]])
    np.testing.assert_array_equal(found.highest[1].T, [[2, 2, 2], [9, 9, 10]])


def test_the_chance_is_the_share_of_members(amount):
    found = table(amount, Zones((np.array([0, 1]), np.array([2])), (1, 3)))
    np.testing.assert_array_equal(found.of(1, 4.0), [0.5, 0.5])
    np.testing.assert_array_equal(found.of(2, 2.0), [1.0, 1.0])
    np.testing.assert_array_equal(found.of(1, 2.0, everywhere=True), [0.5, 1.0])
    with pytest.raises(ValueError, match="1 to 3"):
        found.of(4, 1.0)


def test_unknown_cells_are_left_out_and_unknown_places_say_nothing(amount):
    amount = amount.copy()
    amount[..., 0] = np.nan
    found = table(amount, Zones((np.array([0, 1]), np.array([0]), np.array([], np.intp)), (1, 3)))
    np.testing.assert_array_equal(found.highest[0], 0)
    assert np.isnan(found.highest[1:]).all()
    np.testing.assert_array_equal(found.of(1, 1.0), [0.0, np.nan, np.nan])


def test_amounts_on_another_grid_are_refused(amount):
    with pytest.raises(ValueError, match="one grid"):
        table(amount, Zones((np.array([0]),), (2, 3)))
