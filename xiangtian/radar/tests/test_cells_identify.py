"""Cells planted as cones of known height, place and pass."""

from __future__ import annotations

import numpy as np
import pytest

from xiangtian.radar.cells.identify import Limits, cells, highest

PLAIN = Limits(smooth_km=0.0)


def field(*cones: tuple[float, float, float, float], shape=(80, 120)) -> np.ndarray:
    """Make reflectivity of cones (row, column, summit in dBZ, fall in dB a cell), dry (-32 dBZ) elsewhere."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    out = np.full(shape, -32.0)
    for row, column, summit, fall in cones:
        out = np.maximum(out, summit - fall * np.hypot(y - row, x - column))
    return out.astype(np.float32)


def test_each_hill_is_a_cell_and_the_highest_comes_first():
    labels = cells(field((20, 30, 50, 2), (60, 80, 55, 2)), 1.0)
    assert labels.max() == 2
    assert labels[60, 80] == 1
    assert labels[20, 30] == 2


def test_a_cell_ends_where_reflectivity_falls_below_the_floor():
    """A cone of 50 dBZ that falls 2 dB a cell has 35 dBZ at 7.5 cells: 177 grid points lie so near."""
    labels = cells(field((40, 60, 50, 2)), 1.0, PLAIN)
    y, x = np.mgrid[:80, :120]
    inside = np.hypot(y - 40, x - 60) <= 7.5
    assert inside.sum() == 177
    assert ((labels == 1) == inside).all()


@pytest.mark.parametrize(
    ("apart", "found"),
    [
        (4, 1),  # the pass is 48 dBZ, 2 dB below the summits: one cell
        (6, 2),  # the pass is 47 dBZ, 3 dB below: two
        (12, 2),
    ],
)
def test_two_summits_are_two_cells_if_the_pass_between_is_low_enough(apart, found):
    labels = cells(field((40, 50, 50, 1), (40, 50 + apart, 50, 1)), 1.0, PLAIN)
    assert labels.max() == found


def test_a_bridge_above_the_floor_does_not_join_cells():
    bridged = field((40, 30, 55, 2), (40, 90, 52, 2))
    bridged[40, 30:91] = np.maximum(bridged[40, 30:91], 38)
    labels = cells(bridged, 1.0, PLAIN)
    assert labels.max() == 2
    assert labels[40, 30] != labels[40, 90]


def test_a_small_bump_on_a_slope_belongs_to_the_cell():
    bumped = field((40, 50, 55, 1))
    bumped[40:43, 60:63] += 8  # 9 cells, less than the 16 a cell needs
    assert cells(bumped, 1.0, PLAIN).max() == 1


@pytest.mark.parametrize(
    ("summit", "fall", "found"),
    [(41, 2, 1), (39.9, 1.5, 0), (60, 15, 0)],  # high enough; too low; 9 grid cells are too few
)
def test_low_and_small_hills_are_no_cells(summit, fall, found):
    assert cells(field((40, 60, summit, fall)), 1.0, PLAIN).max() == found


def test_area_is_counted_in_kilometres():
    small = field((40, 60, 50, 6))  # 21 grid cells
    assert cells(small, 1.0, PLAIN).max() == 1
    assert cells(small, 0.5, PLAIN).max() == 0


def test_unseen_cells_are_never_labelled_and_stop_nothing():
    cut = field((40, 60, 50, 1))
    cut[:, 60] = np.nan
    labels = cells(cut, 1.0, PLAIN)
    assert not labels[:, 60].any()
    assert labels.max() == 2


@pytest.mark.parametrize("value", [np.nan, -32.0, 34.9])
def test_a_field_without_echo_has_no_cells(value):
    assert not cells(np.full((30, 40), value, np.float32), 1.0).any()


def test_a_plateau_is_one_cell():
    assert cells(np.full((30, 40), 45, np.float32), 1.0).max() == 1


def test_the_same_hills_are_found_wherever_they_stand():
    near = cells(field((20, 30, 50, 2), (30, 44, 47, 2)), 1.0)
    far = cells(field((35, 60, 50, 2), (45, 74, 47, 2)), 1.0)
    assert (np.roll(near, (15, 30), (0, 1)) == far).all()


def test_the_highest_of_a_column_leaves_unseen_levels_out():
    levels = np.array([[[np.nan, np.nan]], [[40.0, np.nan]], [[30.0, np.nan]]], np.float32)
    assert highest(levels)[0, 0] == 40
    assert np.isnan(highest(levels)[0, 1])


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"\(rows, columns\) is needed"):
        cells(np.zeros(5, np.float32), 1.0)
    with pytest.raises(ValueError, match="above 0"):
        cells(np.zeros((5, 5), np.float32), 0.0)
