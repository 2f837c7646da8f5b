import numpy as np
import pytest

from xiangtian.nowcast.motion import Motion, nodes, uniform
from xiangtian.nowcast.trajectory import all_moved, displacements, moved


def test_uniform_motion_adds_up():
    shift = displacements(uniform((40, 60), 2.5, -1.0), 4)
    assert shift.shape == (4, 2, *nodes((40, 60)))
    assert shift[3, 0] == pytest.approx(-10.0)
    assert shift[3, 1] == pytest.approx(4.0)


def test_solid_rotation_comes_back_along_the_circle():
    # By construction: turning by 0.05 a step about (100, 100) for 10 steps, the air at (100, 140) came from the angle
    # -0.5: (100 + 40 sin(-0.5), 100 + 40 cos(0.5)); velocity is (-w dy, w dx) in (east, south)
    i, j = np.mgrid[: nodes((201, 201))[0], : nodes((201, 201))[1]] * 8.0
    velocity = np.stack([-(i - 100) * 0.05, (j - 100) * 0.05]).astype(np.float32)
    shift = displacements(Motion(velocity, (201, 201)), 10)[9]
    east, south = Motion(shift, (201, 201)).at(100, 140)
    assert 100 + south == pytest.approx(100 + 40 * np.sin(-0.5), abs=0.2)
    assert 140 + east == pytest.approx(100 + 40 * np.cos(0.5), abs=0.2)


def test_whole_cells_are_moved_exactly(speckled):
    shift = np.zeros((2, *nodes(speckled.shape)), np.float32)
    shift[0], shift[1] = -7, 3
    out = moved(speckled, shift, 8)
    assert (out[:-3, 7:] == speckled[3:, :-7]).all()
    assert np.isnan(out[-3:]).all()
    assert np.isnan(out[:, :7]).all()


def test_half_a_cell_gives_the_mean_of_two():
    field = np.tile(np.array([0, 4, 8, 2, 0, 0], np.float32), (6, 1))
    shift = np.zeros((2, *nodes(field.shape)), np.float32)
    shift[0] = -0.5
    assert moved(field, shift, 8)[3, 1:].tolist() == [2, 6, 5, 1, 0]


def test_unknown_stays_unknown_and_does_not_spread():
    field = np.full((20, 20), 3.0, np.float32)
    field[8:12, 8:12] = np.nan
    still = np.zeros((2, *nodes(field.shape)), np.float32)
    assert (np.isnan(moved(field, still, 8)) == np.isnan(field)).all()
    drift = still.copy()
    drift[0] = -0.25  # a quarter of a cell: the nearest cell decides, so the hole keeps its size and its place
    out = moved(field, drift, 8)
    assert (np.isnan(out[:, 1:]) == np.isnan(field[:, 1:])).all()
    assert np.nanmax(out) == np.nanmin(out) == 3


def test_no_step_at_all_is_an_empty_answer():
    assert displacements(uniform((16, 16), 1, 1), 0).shape[0] == 0


def test_dry_and_unknown_stretches_give_what_interpolating_cell_by_cell_gives(moving_rain):
    # scipy's map_coordinates of order 1 is the outside reference; a corner is unknown, most of the field is dry
    from scipy.ndimage import map_coordinates

    field = moving_rain(0.0, 0.0, count=1, shape=(200, 240))[0]
    field[field < 2] = 0
    field[150:, 180:] = np.nan
    carried = uniform(field.shape, 3.3, -2.6)
    shift = displacements(carried, 4)
    found = all_moved(field, shift, carried.spacing)
    rows, columns = np.mgrid[:200, :240].astype(float)
    for lead in range(4):
        origin = [rows + 2.6 * (lead + 1), columns - 3.3 * (lead + 1)]
        expected = map_coordinates(field.astype(float), origin, order=1, mode="constant", cval=np.nan)
        both = np.isfinite(expected)
        np.testing.assert_allclose(found[lead][both], expected[both], atol=2e-3)
        assert np.isfinite(found[lead]).sum() - both.sum() < 300  # a rim of cells whose nearest origin is known
        np.testing.assert_array_equal(found[lead], moved(field, shift[lead], carried.spacing))
