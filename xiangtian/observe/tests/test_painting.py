"""Pictures of fields: colours where the values are, rows where Mercator has them."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from xiangtian.core.scales import SCALES
from xiangtian.met.lonlat import LonLat
from xiangtian.observe.painting import OPACITY, bounds, paint

SCALE = SCALES["rain-1h"]


def painted(values, grid, width=64):
    return np.asarray(Image.open(io.BytesIO(paint(values, grid, SCALE, width))).convert("RGBA"))


def test_a_value_has_the_colour_of_its_class():
    grid = LonLat(120.0, 31.2, 0.1, 3, 3)
    told = painted(np.full((3, 3), 7.0), grid)
    assert set(map(tuple, told.reshape(-1, 4))) == {(0x61, 0xB8, 0xFF, OPACITY)}  # from 5 to 10 mm


def test_what_is_dry_or_unknown_is_clear():
    grid = LonLat(120.0, 31.2, 0.1, 3, 3)
    for value in (0.05, np.nan):
        assert painted(np.full((3, 3), value), grid)[..., 3].max() == 0


def test_a_parallel_lies_where_mercator_has_it():
    grid = LonLat(120.0, 60.0, 0.5, 121, 3)  # 60 N to the equator
    lat = grid.lat[:, None] * np.ones(3)
    # between the rows of 30.0 (10 mm) and 29.5 (0 mm) the 0.1 mm of the first class lies at 29.505
    told = painted(np.where(lat >= 30, 10.0, 0.0), grid, 32)[..., 3]
    _, south, _, north = bounds(grid)

    def up(degrees):  # the textbook's Mercator
        return math.log(math.tan(math.pi / 4 + math.radians(degrees) / 2))

    wanted = (up(north) - up(29.505)) / (up(north) - up(south)) * len(told)
    assert (told[:, 16] > 0).sum() == pytest.approx(wanted, abs=1.5)


def test_one_known_cell_among_unknown_is_painted_there():
    values = np.full((21, 21), np.nan)
    values[4:9, 12:17] = 3.0
    told = painted(values, LonLat(120.0, 31.2, 0.01, 21, 21), 210)[..., 3]
    rows, columns = np.nonzero(told)
    scale = told.shape[0] / 21
    assert (rows.mean() / scale, columns.mean() / 10) == (pytest.approx(6.5, abs=0.3), pytest.approx(14.5, abs=0.3))


def test_shape_and_width_must_fit():
    grid = LonLat(120.0, 31.2, 0.1, 3, 3)
    with pytest.raises(ValueError, match="must be the same"):
        paint(np.zeros((2, 3)), grid, SCALE)
    with pytest.raises(ValueError, match="16 to 4096"):
        paint(np.zeros((3, 3)), grid, SCALE, 8)
