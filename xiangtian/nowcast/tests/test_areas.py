"""Which cells lie inside is checked against Shapely; sums are counted by hand."""

import numpy as np
import pytest
import shapely

from xiangtian.met.grid import Grid
from xiangtian.nowcast import areas

GRID = Grid("+proj=laea +lat_0=31.3 +lon_0=120.6 +ellps=WGS84 +units=m", -20_000.0, 15_000.0, 1000.0, 1000.0, 31, 41)


def ring(points: list[tuple[float, float]]) -> np.ndarray:
    """Turn (row, column) on the grid into longitude and latitude."""
    row, column = np.array(points, float).T
    return np.column_stack(GRID.lonlat(row, column))


SQUARE = ring([(4.5, 4.5), (4.5, 14.5), (14.5, 14.5), (14.5, 4.5)])
HOLE = ring([(7.5, 7.5), (7.5, 9.5), (9.5, 9.5), (9.5, 7.5)])


def test_a_square_with_a_hole_is_counted_by_hand():
    mask = areas.inside([SQUARE, HOLE], GRID)
    assert mask.sum() == 10 * 10 - 2 * 2
    assert mask[5:15, 5:15].sum() == 96
    assert not mask[8:10, 8:10].any()


def test_direction_and_closing_do_not_matter():
    once = areas.inside([SQUARE], GRID)
    assert (areas.inside([SQUARE[::-1]], GRID) == once).all()
    assert (areas.inside([np.vstack([SQUARE, SQUARE[:1]])], GRID) == once).all()


@pytest.mark.parametrize("seed", range(6))
def test_ragged_polygons_hold_the_cells_shapely_says(seed):
    chance = np.random.default_rng(seed)
    angle = np.sort(chance.uniform(0, 2 * np.pi, 60))
    radius = chance.uniform(4, 22, 60)
    points = np.column_stack([15 + radius * np.sin(angle), 20 + radius * np.cos(angle)])
    mask = areas.inside([ring(points)], GRID)
    row, column = np.indices(GRID.shape)
    truth = shapely.contains_xy(shapely.Polygon(points[:, ::-1]), column, row)
    assert (mask != truth).sum() <= 1  # a centre within rounding of an edge may fall to either side


def test_an_area_that_leaves_the_grid_keeps_what_is_on_it():
    wide = ring([(-50, -50), (-50, 9.5), (90, 9.5), (90, -50)])
    assert areas.inside([wide], GRID)[:, :10].all()
    assert areas.inside([wide], GRID).sum() == 31 * 10
    everything = ring([(-50, -50), (-50, 90), (90, 90), (90, -50)])
    assert areas.inside([everything], GRID).all()


def test_neighbours_share_no_cell_and_leave_none_out():
    west = ring([(-1, -1), (-1, 20), (31, 20), (31, -1)])  # the border runs through the centres of column 20
    east = ring([(-1, 20), (-1, 42), (31, 42), (31, 20)])
    both = areas.inside([west], GRID).astype(int) + areas.inside([east], GRID)
    assert (both == 1).mean() > 0.97
    assert both.max() <= 1 or (both == 2).sum() <= 31  # a common border falls to one side but for rounding


def test_a_tiny_area_gets_the_cell_it_lies_in_and_a_far_one_none():
    tiny = ring([(7.1, 8.1), (7.1, 8.3), (7.3, 8.3), (7.3, 8.1)])
    far = ring([(200.1, 8.1), (200.1, 8.3), (200.3, 8.3)])
    places = areas.zones([[tiny], [far]], GRID)
    assert places.cells[0].tolist() == [7 * 41 + 8]
    assert places.cells[1].size == 0


def test_sums_by_area_are_those_counted_by_hand():
    field = np.zeros((2, *GRID.shape), np.float32)
    field[0, 5:15, 5:10] = 10.0  # half of the square's 100 cells
    field[0, 6, 6] = 50.0
    field[1, 5:15, 5:15] = np.nan
    field[1, 5, 5:15] = 2.0  # one row of ten known
    told = areas.summary(field, areas.zones([[SQUARE], [ring([(200, 0), (200, 1), (201, 1)])]], GRID), 10.0)
    assert told.mean[:, 0] == pytest.approx([(49 * 10 + 50) / 100, 2.0])
    assert told.highest[:, 0].tolist() == [50, 2]
    assert told.share[:, 0].tolist() == [0.5, 0]
    assert told.known[:, 0].tolist() == [1, 0.1]
    assert np.isnan(told.mean[:, 1]).all()
    assert np.isnan(told.highest[:, 1]).all()
    assert told.known[:, 1].tolist() == [0, 0]


def test_all_unknown_is_unknown():
    told = areas.summary(np.full((1, *GRID.shape), np.nan, np.float32), areas.zones([[SQUARE]], GRID), 1.0)
    assert np.isnan(told.mean[0, 0])
    assert np.isnan(told.share[0, 0])
    assert told.known[0, 0] == 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="3 points"):
        areas.inside([SQUARE[:2]], GRID)
    with pytest.raises(ValueError, match="areas' grid"):
        areas.summary(np.zeros((1, 5, 5), np.float32), areas.zones([[SQUARE]], GRID), 1.0)
    with pytest.raises(ValueError, match="one area or more"):
        areas.summary(np.zeros((1, *GRID.shape), np.float32), areas.zones([], GRID), 1.0)
