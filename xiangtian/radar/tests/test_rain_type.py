"""Convective or stratiform, by the numbers of Steiner, Houze and Yuter 1995."""

import numpy as np

from xiangtian.radar.column import DRY_DBZ
from xiangtian.radar.rain_type import CONVECTIVE, NONE, STRATIFORM, separate

KM = (1000.0, 1000.0)


def test_smooth_rain_is_stratiform_and_a_dry_or_unseen_cell_has_no_type():
    field = np.full((40, 40), 30.0, np.float32)
    field[0, 0], field[0, 1] = DRY_DBZ, np.nan
    kind = separate(field, KM)
    assert kind[0, 0] == kind[0, 1] == NONE
    assert (kind.ravel()[2:] == STRATIFORM).all()


def test_a_peak_is_convective_as_far_as_its_surroundings_say():
    # background of 20 dBZ: the peak must stand out by 10 - 20^2/180 = 7.8 dB; below 25 dBZ the radius is 1 km
    for peak, expected in ((27.0, 0), (28.5, 5)):
        field = np.full((41, 41), 20.0, np.float32)
        field[20, 20] = peak
        kind = separate(field, KM)
        assert (kind == CONVECTIVE).sum() == expected, peak
    # 32 dBZ around a core of 45: radius 3 km, a disc of 29 cells
    field = np.full((41, 41), 32.0, np.float32)
    field[20, 20] = 45.0
    assert (separate(field, KM) == CONVECTIVE).sum() == 29


def test_forty_dbz_is_convective_everywhere():
    assert (separate(np.full((9, 9), 40.0, np.float32), KM) == CONVECTIVE).all()


def test_cells_of_two_kilometres_have_half_the_radius():
    # 5 km around are 2 cells of 2 km either way: 13 cells
    field = np.full((31, 31), 41.0, np.float32)
    field[:] = 39.9
    field[15, 15] = 41.0
    assert (separate(field, (2000.0, 2000.0)) == CONVECTIVE).sum() == np.count_nonzero(
        np.add.outer((np.arange(-2, 3) * 2) ** 2, (np.arange(-2, 3) * 2) ** 2) <= 4**2
    )


def test_all_unseen():
    assert not separate(np.full((5, 5), np.nan, np.float32), KM).any()
