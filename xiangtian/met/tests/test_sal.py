"""Structure, amplitude and location on drawn fields whose values follow from the definition."""

import numpy as np
import pytest

from xiangtian.met.verify.sal import Sal, sal

ROWS, COLUMNS = 60, 80  # the diagonal is 100 cells


def disc(row: int, column: int, radius: int = 6, rain: float = 4.0) -> np.ndarray:
    y, x = np.indices((ROWS, COLUMNS))
    return np.where((y - row) ** 2 + (x - column) ** 2 <= radius**2, rain, 0.0)


def close(found: Sal, *expected: float) -> None:
    assert (found.structure, found.amplitude, found.location) == pytest.approx(expected, abs=1e-9)


def test_perfect() -> None:
    close(sal(disc(30, 40), disc(30, 40)), 0.0, 0.0, 0.0)


def test_three_times_the_rain_is_an_amplitude_of_one() -> None:
    # (3 - 1) / (0.5 * 4) = 1; the form is the same
    close(sal(3 * disc(30, 40), disc(30, 40)), 0.0, 1.0, 0.0)


def test_a_tenth_of_the_diagonal_aside() -> None:
    # 6 rows and 8 columns: 10 of 100 cells
    close(sal(disc(36, 48), disc(30, 40)), 0.0, 0.0, 0.1)


def test_two_objects_for_one_between_them() -> None:
    """Two discs 20 columns to either side: same centre of mass, so only the scatter differs.

    r is 20 cells against 0: 2 * 20 / 100 = 0.4. Each disc has the scaled volume of the one: S = 0. Twice the rain: 2/3.
    """
    close(sal(disc(30, 20) + disc(30, 60), disc(30, 40)), 0.0, 2 / 3, 0.4)


def test_flat_for_peaked_has_a_positive_structure() -> None:
    peaked = disc(30, 40, 2, 30.0) + disc(30, 40, 5, 5.0)
    found = sal(disc(30, 40, 12, 2.0), peaked)
    # volumes by hand: the flat one has as many as its cells; the peaked one sum / 35
    cells, amount = np.count_nonzero(disc(30, 40, 12)), peaked.sum() / 35.0
    assert found.structure == pytest.approx((cells - amount) / (0.5 * (cells + amount)))


def test_cells_that_touch_by_a_corner_are_one_object() -> None:
    corner = np.zeros((ROWS, COLUMNS))
    corner[30, 40] = corner[31, 41] = 2.0
    side = np.zeros((ROWS, COLUMNS))
    side[30, 40] = side[30, 41] = 2.0
    assert sal(corner, side).structure == 0.0


def test_weak_cells_are_no_objects_but_rain() -> None:
    # 0.2 is below 4 / 15: the ring changes the amount, not the structure
    ring = disc(30, 40, 9, 0.2)
    found = sal(np.maximum(disc(30, 40), ring), disc(30, 40))
    assert found.structure == pytest.approx(0.0)
    assert found.amplitude > 0


def test_unknown_is_dry_in_both_and_no_rain_says_nothing() -> None:
    holed = disc(30, 40)
    holed[:, :10] = np.nan
    close(sal(holed, disc(30, 40) + disc(10, 3, 2)), 0.0, 0.0, 0.0)
    assert np.isnan(sal(np.zeros((ROWS, COLUMNS)), disc(30, 40)).structure)


def test_refuses_many_fields_and_one_cell() -> None:
    with pytest.raises(ValueError, match="one field"):
        sal(np.zeros((2, 3, 3)), np.zeros((2, 3, 3)))
    with pytest.raises(ValueError, match="one field"):
        sal([[1.0]], [[1.0]])
