"""Sums over islands, rings and layers, by hand."""

import numpy as np
import pytest

from xiangtian.radar.qc.rings import island_sums, layer_sums, move_islands, ring_sums, votes

VELOCITY = np.array([[1, 2, np.nan], [3, -4, 5]], np.float32)
ISLAND = np.array([[0, 1, -1], [0, 1, 1]], np.int32)


def test_islands_are_added_up_and_moved():
    size, total = island_sums(VELOCITY, ISLAND)
    assert size.tolist() == [2, 3]
    assert total.tolist() == [4, 3]
    moved = VELOCITY.copy()
    move_islands(moved, ISLAND, np.array([0, 10], np.float32))
    assert moved[0, :2].tolist() == [1, 12]
    assert moved[1].tolist() == [3, 6, 15]


def test_a_ring_is_summed_for_its_fit():
    """Rays at 90 and 180 degrees, the second island: sines 1, 0 and cosines 0, -1."""
    sums = ring_sums(VELOCITY, ISLAND, 1, np.radians([90.0, 180.0]))
    assert sums[:, 1] == pytest.approx([2, 1, -1, 1, 0, 1, -2, 2, 4], abs=1e-12)
    assert sums[0].tolist() == [0, 2, 1]


def test_layers_are_added_to():
    sums = np.zeros((2, 7))
    layer_sums(VELOCITY, np.radians([90.0, 180.0]), 1.0, np.array([0, 0, 1]), sums)
    assert sums[0] == pytest.approx([4, 2, 0, 2, 3, 1, 30], abs=1e-12)
    assert sums[1] == pytest.approx([1, 0, 0, 1, 0, -5, 25], abs=1e-12)


def test_islands_vote_by_whole_periods():
    """A reference 20 above the first island and unknown over half the second, at a period of 20."""
    reference = np.array([[21, np.nan, 0], [23, -4, np.nan]], np.float32)
    table = np.zeros((2, 17), np.int32)
    votes(VELOCITY, reference, ISLAND, 20.0, table)
    assert table[0, 9] == 2
    assert table[1, 8] == 1
    assert table.sum() == 3
