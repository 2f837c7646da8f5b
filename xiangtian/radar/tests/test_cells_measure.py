"""Footprints drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from xiangtian.radar.cells import measure


def drawn(*boxes: tuple[int, int, int, int], shape=(40, 60)) -> np.ndarray:
    labels = np.zeros(shape, np.int32)
    for number, (top, bottom, left, right) in enumerate(boxes, 1):
        labels[top:bottom, left:right] = number
    return labels


def test_a_square_of_even_reflectivity():
    labels = drawn((10, 14, 20, 26))
    prints = measure.footprints(labels, np.full(labels.shape, 42, np.float32))
    assert len(prints) == 1
    assert prints.size[0] == 24
    assert (prints.row[0], prints.column[0]) == (11.5, 22.5)
    assert (prints.highest[0], prints.mean[0]) == (42, 42)
    assert prints.box[0].tolist() == [10, 13, 20, 25]


def test_the_centre_leans_to_the_strong_side():
    """Two cells of 40 and 43 dBZ: weights 1 and 4, so the centre lies four fifths of the way."""
    labels = drawn((5, 6, 10, 12))
    dbz = np.zeros(labels.shape, np.float32)
    dbz[5, 10:12] = 40, 43
    assert measure.footprints(labels, dbz).column[0] == pytest.approx(10.8)


def test_no_cell_has_footprints_of_length_none():
    empty = np.zeros((10, 10), np.int32)
    prints = measure.footprints(empty, np.zeros((10, 10), np.float32))
    assert len(prints) == 0
    assert prints.box.shape == (0, 4)


def test_fields_over_footprints_leave_unknown_out():
    labels = drawn((0, 2, 0, 2), (10, 12, 10, 12))
    rain = np.full(labels.shape, np.nan, np.float32)
    rain[0, 0], rain[0, 1] = 10, 20
    highest, mean = measure.over(labels, 2, rain)
    assert (highest[0], mean[0]) == (20, 15)
    assert np.isnan(highest[1])
    assert np.isnan(mean[1])


def test_profiles_are_the_highest_at_each_level():
    labels = drawn((0, 2, 0, 2))
    levels = np.full((2, *labels.shape), 30, np.float32)
    levels[0, 1, 1], levels[1] = 50, np.nan
    profile = measure.profiles(labels, 1, levels)
    assert profile[0, 0] == 50
    assert np.isnan(profile[1, 0])


def test_an_outline_holds_the_cells_and_little_more():
    labels = drawn((10, 20, 20, 40))
    prints = measure.footprints(labels, np.full(labels.shape, 40, np.float32))
    ring = measure.outline(labels, prints, 0, tolerance=0.0)
    shape = shapely.Polygon(ring)
    assert shape.is_valid
    assert (ring[0] == ring[-1]).all()
    assert shape.bounds == pytest.approx((10 - 2 / 3, 20 - 2 / 3, 19 + 2 / 3, 39 + 2 / 3))
    plainer = shapely.Polygon(measure.outline(labels, prints, 0))
    assert len(plainer.exterior.coords) < len(ring)
    assert plainer.hausdorff_distance(shape) <= 0.7


@pytest.mark.parametrize("seed", range(20))
def test_outlines_of_ragged_cells_are_valid_and_of_about_their_area(seed):
    chance = np.random.default_rng(seed)
    labels = (chance.random((30, 30)) < 0.6).astype(np.int32)
    from scipy.ndimage import label

    parts, _ = label(labels, np.ones((3, 3)))
    labels = np.where(parts == np.bincount(parts.ravel())[1:].argmax() + 1, 1, 0).astype(np.int32)
    prints = measure.footprints(labels, np.full(labels.shape, 40, np.float32))
    shape = shapely.Polygon(measure.outline(labels, prints, 0))
    assert shape.is_valid
    assert shape.area >= 0.8 * labels.sum()


def test_a_single_grid_cell_has_an_outline():
    labels = drawn((5, 6, 5, 6))
    prints = measure.footprints(labels, np.full(labels.shape, 40, np.float32))
    shape = shapely.Polygon(measure.outline(labels, prints, 0))
    assert shape.is_valid
    assert shape.contains(shapely.Point(5, 5))


def bowed(bend: float) -> np.ndarray:
    """Draw a line of 41 rows and 5 columns, its middle `bend` columns farther east than its ends."""
    labels = np.zeros((60, 60), np.int32)
    for i in range(-20, 21):
        left = 20 + round(bend * (1 - (i / 20) ** 2))
        labels[30 + i, left : left + 5] = 1
    return labels


@pytest.mark.parametrize(("bend", "east", "sign"), [(10, 1.0, 1), (10, -1.0, -1), (0, 1.0, 0), (-10, 1.0, -1)])
def test_a_bow_bends_forward_or_backward(bend, east, sign):
    """A parabola 10 deep over 40 has its middle 10 before its ends: a share of about 0.2 of its length of 47."""
    labels = bowed(bend)
    prints = measure.footprints(labels, np.full(labels.shape, 40, np.float32))
    shape = measure.shape(labels, prints, 0, east, 0.0)
    assert shape is not None
    assert shape.bow == pytest.approx(0.25 * sign * 47 / 40, abs=0.05)
    assert shape.length == pytest.approx(4 * 41 / 12**0.5, rel=0.05)  # of an even line


def test_small_cells_have_no_shape():
    labels = drawn((0, 3, 0, 3))
    prints = measure.footprints(labels, np.full(labels.shape, 40, np.float32))
    assert measure.shape(labels, prints, 0, 1.0, 0.0) is None
