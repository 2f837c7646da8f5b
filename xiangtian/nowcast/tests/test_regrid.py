"""A model's field on another grid."""

import numpy as np
import pytest

from xiangtian.met.grid import Grid
from xiangtian.nowcast.blend.regrid import regrid

RADAR = Grid("+proj=tmerc +lon_0=120.6 +lat_0=31.3 +ellps=WGS84", -20_000.0, 20_000.0, 1000.0, 1000.0, 41, 41)
MODEL = Grid("EPSG:4326", 119.6, 32.3, 0.1, 0.1, 21, 21)


def test_a_plane_of_longitude_and_latitude_stays_one():
    # bilinear interpolation gives a plane back exactly; the radar's cells know their own longitude and latitude
    lon, lat = np.meshgrid(MODEL.x, MODEL.y)
    found = regrid((lon - 119) + 2 * (lat - 30), MODEL, RADAR)
    here, there = RADAR.lonlat(*np.indices(RADAR.shape))
    # cv2 places to 1/32 of a cell: 0.1 degree / 64 either way
    np.testing.assert_allclose(found, (here - 119) + 2 * (there - 30), atol=3 * 0.1 / 64)
    assert found.dtype == np.float32


def test_off_the_model_and_beside_its_gaps_nothing_is_known():
    small = MODEL.window(8, 8, 4, 4)
    found = regrid(np.ones(small.shape), small, RADAR)
    assert 0 < np.isfinite(found).mean() < 1
    assert np.isnan(regrid(np.full(MODEL.shape, np.nan), MODEL, RADAR)).all()


def test_a_field_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="must be the same"):
        regrid(np.ones((3, 3)), MODEL, RADAR)
