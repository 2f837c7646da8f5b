"""Expected values: well-known places of the city, from any map."""

import numpy as np
import pytest
import shapely

from xiangtian.core import places

KNOWN = [
    (120.629, 31.324, "320508"),  # 拙政园, in the old town
    (120.957, 31.385, "320583"),  # 昆山 town hall square
    (120.745, 31.647, "320581"),  # 虞山 in 常熟
    (121.130, 31.450, "320585"),  # 太仓 town
    (120.555, 31.870, "320582"),  # 张家港 town
    (120.640, 31.150, "320509"),  # 吴江 town
    (120.405, 31.070, "320506"),  # 东山 town
    (121.474, 31.230, None),  # Shanghai, People's Square
    (120.300, 31.570, None),  # 无锡
]


@pytest.mark.parametrize(("lon", "lat", "code"), KNOWN)
def test_known_places(lon, lat, code):
    assert places.suzhou().at(lon, lat) == code


def test_vectorised_keeps_shape_and_order():
    lon = np.array([[one[0] for one in KNOWN[:8]]]).reshape(2, 4)
    lat = np.array([[one[1] for one in KNOWN[:8]]]).reshape(2, 4)
    found = places.district_of(lon, lat)
    assert found.shape == (2, 4)
    assert found.ravel().tolist() == [one[2] for one in KNOWN[:8]]


def test_missing_positions_lie_nowhere():
    assert places.district_of(np.array([np.nan, 120.629]), np.array([31.3, np.nan])).tolist() == [None, None]
    assert places.district_of(np.array([]), np.array([])).tolist() == []


def test_common_border_belongs_to_one_district_always_the_same():
    city = places.suzhou()
    line = city.shapes["320508"].intersection(city.shapes["320507"])
    vertices = shapely.get_coordinates(line)
    found = [city.at(lon, lat) for lon, lat in vertices]
    assert len(found) > 2
    assert set(found) <= {"320505", "320507"}  # the lower code of those that meet there
    assert found == [city.at(lon, lat) for lon, lat in vertices]


def test_city_bounds_and_middle():
    # The city lies within 119 deg 55 - 121 deg 20 E and 30 deg 47 - 32 deg 02 N (the city's own description)
    west, south, east, north = places.suzhou().bounds
    assert (west, south) == pytest.approx((119 + 55 / 60, 30 + 47 / 60), abs=0.07)
    assert (east, north) == pytest.approx((121 + 20 / 60, 32 + 2 / 60), abs=0.07)
    assert places.suzhou().at(*places.suzhou().centroid) is not None
