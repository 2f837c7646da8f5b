"""Flash rates and jumps: counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from xiangtian.radar.cells import flashes


def test_flashes_are_counted_where_the_cell_was_at_their_time():
    """The cell is at (100, 50) and came 1 km a minute from the west; 13 minutes ago it was at x = 87."""
    place, velocity, radius = np.array([[100.0, 50.0]]), np.array([[1.0, 0.0]]), np.array([4.0])
    spots = np.array([[100.0, 50.0], [108.9, 50.0], [87.0, 50.0], [100.0, 50.0], [110.0, 50.0]])
    ago = np.array([0.5, 0.0, 13.0, 13.0, 0.0])  # the fourth is 13 km off by then, the fifth 6 km outside the circle
    rates = flashes.rates(place, velocity, radius, spots, ago)
    assert rates.shape == (1, 7)
    assert rates[0].tolist() == [0.5, 0, 0, 0, 0, 0, 1.0]


def test_a_flash_belongs_to_the_nearest_cell_only():
    place, still = np.array([[0.0, 0.0], [20.0, 0.0]]), np.zeros((2, 2))
    rates = flashes.rates(place, still, np.array([8.0, 8.0]), np.array([[9.0, 0.0]]), np.array([1.0]))
    assert rates[:, -1].tolist() == [0.5, 0.0]


@pytest.mark.parametrize("ago", [14.0, 100.0, -1.0])
def test_old_and_future_flashes_are_left_out(ago):
    place = np.array([[0.0, 0.0]])
    assert not flashes.rates(place, np.zeros((1, 2)), np.ones(1), place, np.array([ago])).any()


def test_no_cells_or_no_flashes():
    none = np.zeros((0, 2))
    assert flashes.rates(none, none, np.zeros(0), np.zeros((3, 2)), np.zeros(3)).shape == (0, 7)
    assert not flashes.rates(np.zeros((1, 2)), np.zeros((1, 2)), np.ones(1), none, np.zeros(0)).any()


@pytest.mark.parametrize(
    ("rate", "jumps", "sigmas"),
    [
        # changes 1, -1, 1, -1, 1 a minute (population deviation 0.9798), then 4: 4.08 deviations
        ([10, 12, 10, 12, 10, 12, 20], True, 4.082),
        # then 1.5: 1.53 deviations
        ([10, 12, 10, 12, 10, 12, 15], False, 1.531),
        # a great rise, but fewer than 10 flashes a minute
        ([0, 1, 0, 1, 0, 1, 9], False, 8.165),
        # falling
        ([10, 12, 10, 12, 10, 32, 10], False, None),
    ],
)
def test_a_jump_is_more_than_two_deviations_at_ten_flashes_or_more(rate, jumps, sigmas):
    found, rise = flashes.jump(np.array(rate, float))
    assert found is jumps
    if sigmas is not None:
        assert rise == pytest.approx(sigmas, abs=0.001)


def test_a_rise_after_perfect_quiet_jumps_without_a_measure():
    assert flashes.jump(np.array([0, 0, 0, 0, 0, 0, 12.0])) == (True, None)
    assert flashes.jump(np.zeros(7)) == (False, None)
