"""Lines of equal value through fields whose lines are known."""

import math

import numpy as np
import pytest

from xiangtian.met.isolines import levels, lines

Y, X = np.mgrid[0:81, 0:81].astype(float)


def closed(line):
    return np.allclose(line.points[0], line.points[-1])


def test_a_cone_has_circles():
    field = np.hypot(X - 40, Y - 40)
    (one,) = lines(field, [25.0])
    assert closed(one)
    np.testing.assert_allclose(np.hypot(*(one.points - 40).T), 25.0, atol=0.05)
    length = np.hypot(*np.diff(one.points, axis=0).T).sum()
    assert length == pytest.approx(2 * math.pi * 25, rel=0.002)


def test_a_slope_has_straight_lines_where_the_value_is():
    (one,) = lines(X / 2, [10.25])
    np.testing.assert_allclose(one.points[:, 0], 20.5)
    assert not closed(one)
    assert sorted(one.points[[0, -1], 1]) == [0, 80]


def test_corners_are_cut_and_ends_stay():
    field = np.maximum(X, Y)
    (sharp,), (smooth,) = lines(field, [30.5], rounds=0), lines(field, [30.5], rounds=2)
    assert {tuple(end) for end in smooth.points[[0, -1]]} == {tuple(end) for end in sharp.points[[0, -1]]}

    def turning(points):
        steps = np.diff(points, axis=0)
        return np.abs(np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0])))).max()

    assert turning(smooth.points) < turning(sharp.points)


def test_no_line_enters_what_is_unknown():
    field = np.hypot(X - 40, Y - 40)
    field[:, 40:] = np.nan
    (one,) = lines(field, [25.0])
    assert not closed(one)
    assert one.points[:, 0].max() <= 39


def test_a_saddle_keeps_its_high_corners_apart():
    field = (X - 40) * (Y - 40)
    found = lines(field, [0.5], rounds=0)
    assert len(found) == 2
    for one in found:  # each arm of the hyperbola x*y = 0.5 stays in its quadrant
        signs = np.sign(one.points - 40)
        assert (signs[:, 0] == signs[:, 1]).all()


def test_short_lines_are_left_out():
    field = np.zeros((20, 20))
    field[10, 10] = 1.0
    assert lines(field, [0.5]) == []
    assert len(lines(field, [0.5], shortest=0.0)) == 1


@pytest.mark.parametrize("field", [np.full((5, 5), np.nan), np.full((5, 5), 3.0)])
def test_nothing_known_and_nothing_changing_have_no_lines(field):
    assert lines(field, [1.0, 3.0], shortest=0.0) == []


@pytest.mark.parametrize(
    ("low", "high", "most", "wanted"),
    [
        (21.3, 24.1, 6, (21.5, 22.0, 22.5, 23.0, 23.5, 24.0)),
        (0.0, 100.0, 10, (0, 20, 40, 60, 80, 100)),
        (-3.1, 2.2, 10, (-3, -2, -1, 0, 1, 2)),
        (5.0, 5.0, 10, ()),
    ],
)
def test_levels_are_round(low, high, most, wanted):
    assert levels(low, high, most) == wanted
