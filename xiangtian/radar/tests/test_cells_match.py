"""Matches of few cells, reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest

from xiangtian.radar.cells import match, measure
from xiangtian.radar.cells.match import Matching


def drawn(*boxes: tuple[int, int, int, int]) -> tuple[np.ndarray, measure.Footprints]:
    labels = np.zeros((40, 60), np.int32)
    for number, (top, bottom, left, right) in enumerate(boxes, 1):
        labels[top:bottom, left:right] = number
    return labels, measure.footprints(labels, np.full(labels.shape, 40, np.float32))


def test_what_footprints_share_once_they_are_shifted():
    """A square of 10 goes 5 down and 8 right: it shares 10 x 10 with the first, nothing with the second."""
    old, prints = drawn((10, 20, 10, 20))
    new, _ = drawn((15, 25, 18, 28), (0, 5, 0, 5))
    assert match.shared(old, prints, np.array([[5, 8]], np.int32), new, 2).tolist() == [[100, 0]]
    assert match.shared(old, prints, np.array([[0, 0]], np.int32), new, 2).tolist() == [[10, 0]]


def test_what_is_shifted_off_the_grid_shares_nothing():
    old, prints = drawn((0, 10, 0, 10))
    assert match.shared(old, prints, np.array([[-20, 100]], np.int32), old, 1).tolist() == [[0]]


def test_a_cost_by_hand():
    """Of two squares of 100 that share 60, 140 are the union; centres 4 km apart; radii 5.64 km each, limit
    0.5 * 5 + 0.5 * 11.28 = 8.14 km: 2 * (1 - 60/140) + 4 / 8.14 = 1.634."""
    _, old = drawn((10, 20, 10, 20))
    _, new = drawn((10, 20, 14, 24))
    place = np.array([[14.5, 14.5]])
    cost = match.costs(place, old, new, np.array([[60]], np.int32), (1.0, 1.0), 5.0, Matching())
    assert cost[0, 0] == pytest.approx(1.634, abs=0.001)


def test_what_is_far_and_shares_nothing_can_not_be_matched():
    _, old = drawn((10, 20, 10, 20))
    _, new = drawn((10, 20, 40, 50))
    cost = match.costs(np.array([[14.5, 14.5]]), old, new, np.zeros((1, 1), np.int32), (1.0, 1.0), 5.0, Matching())
    assert np.isinf(cost[0, 0])


def test_the_cheapest_matching_of_all_is_taken():
    """1.0 + 1.1 is cheaper than 0.9 + 2.5, though 0.9 is the cheapest match."""
    assert match.cheapest(np.array([[0.9, 1.0], [1.1, 2.5]]), 3.0) == {1: 0, 0: 1}


def test_a_good_match_is_not_given_up_for_two_bad_ones():
    """0.2 and one pair alone (3.0) are cheaper than 1.7 + 1.7."""
    assert match.cheapest(np.array([[0.2, 1.7], [1.7, np.inf]]), 3.0) == {0: 0}


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (2, 0), (2, 2)])
def test_where_nothing_can_be_matched_nothing_is(shape):
    assert match.cheapest(np.full(shape, np.inf), 3.0) == {}
