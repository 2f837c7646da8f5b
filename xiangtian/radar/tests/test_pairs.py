"""Gauges set beside the radar above them."""

import numpy as np
import pytest

from xiangtian.met.grid import Grid
from xiangtian.radar.adjust.pairs import Pairs, pair

# metres of a transverse Mercator about (120.6 E, 31.3 N): cell (0, 0) lies at its origin
GRID = Grid("+proj=tmerc +lon_0=120.6 +lat_0=31.3 +ellps=WGS84", 0.0, 0.0, 1000.0, 1000.0, 4, 5)


def at(row, column):
    return GRID.lonlat(np.asarray(row, float), np.asarray(column, float))


def test_a_gauge_takes_the_bilinear_value_of_the_four_cells_around_it():
    radar = np.arange(20.0).reshape(4, 5)
    found = pair(radar, GRID, *at([0, 1.5, 2], [0, 2.5, 3.25]), np.array([1.0, 2.0, 3.0]))
    # 5 a row and 1 a column by construction: 1.5 * 5 + 2.5 and 2 * 5 + 3.25
    np.testing.assert_allclose(found.radar, [0.0, 10.0, 13.25], atol=1e-5)
    np.testing.assert_allclose(found.east, [0, 2.5, 3.25], atol=1e-6)
    np.testing.assert_allclose(found.north, [0, -1.5, -2], atol=1e-6)
    assert found.usable.all()


def test_beside_unknown_cells_the_nearest_one_counts_and_off_the_field_nothing():
    radar = np.ones((4, 5))
    radar[:, 3:] = np.nan
    found = pair(radar, GRID, *at([1, 1, 1, -3], [2.3, 2.7, 9, 1]), np.array([1.0, 1.0, 1.0, np.nan]))
    np.testing.assert_array_equal(np.isfinite(found.radar), [True, False, False, False])
    np.testing.assert_array_equal(found.usable, [True, False, False, False])


def test_half_a_cell_beyond_the_last_centre_belongs_to_its_cell():
    found = pair(np.full((4, 5), 2.0), GRID, *at([3.4, 3.6], [4.4, 4.4]), np.ones(2))
    np.testing.assert_array_equal(found.radar, [2.0, np.nan])


def test_one_gauge_on_a_field_of_one_cell():
    one = Grid(GRID.crs, 0.0, 0.0, 1000.0, 1000.0, 1, 1)
    assert pair(np.array([[3.0]]), one, *at([0.2], [0.2]), np.ones(1)).radar.tolist() == [3.0]


def test_what_can_not_be_is_refused():
    with pytest.raises(ValueError, match="must be the same"):
        pair(np.ones((2, 2)), GRID, *at([1], [1]), np.ones(1))
    with pytest.raises(ValueError, match="gauge says -1 mm"):
        Pairs(np.zeros(2), np.zeros(2), np.array([-1.0, 2.0]), np.ones(2))
    with pytest.raises(ValueError, match=r"columns of \[1, 2\]"):
        Pairs(np.zeros(2), np.zeros(2), np.ones(1), np.ones(2))
