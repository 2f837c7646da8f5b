"""The grid of a city, and distances on it."""

import numpy as np
import pytest
from pyproj import Geod

from xiangtian.met.lonlat import LonLat, covering, plane


def test_a_grid_covers_its_box_on_multiples_of_the_step():
    grid = covering((119.91, 30.76, 121.39, 32.04), 0.25)
    assert (grid.lon[0], grid.lon[-1]) == (119.75, 121.5)
    assert (grid.lat[0], grid.lat[-1]) == (32.25, 30.75)
    assert grid.shape == (7, 8)


@pytest.mark.parametrize("bounds", [(121, 31, 120, 32), (120, 32, 121, 31), (120, 31, 120, 32)])
def test_a_box_that_is_none_is_refused(bounds):
    with pytest.raises(ValueError, match="west < east"):
        covering(bounds, 0.01)


def test_a_step_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        covering((120, 31, 121, 32), 0)


def test_distances_over_the_city_are_those_of_the_ellipsoid_to_one_per_cent():
    middle = (120.6, 31.4)
    lon, lat = np.array([119.95, 121.3, 120.6]), np.array([30.8, 32.0, 31.9])
    east, north = plane(lon, lat, middle)
    # the geodesic on WGS-84 from pyproj (Karney)
    _, _, metres = Geod(ellps="WGS84").inv(np.full(3, middle[0]), np.full(3, middle[1]), lon, lat)
    np.testing.assert_allclose(np.hypot(east, north), metres / 1000, rtol=0.01)


def test_axes_of_different_length_stay_apart():
    grid = LonLat(120.0, 32.0, 0.5, 3, 2)
    east, north = plane(grid.lon, grid.lat, (120.0, 32.0))
    assert (len(east), len(north)) == (2, 3)
    assert north[0] == 0
    assert north[-1] == pytest.approx(-111.19, abs=0.01)  # a degree of latitude on a sphere of 6371 km: pi * 6371 / 180
