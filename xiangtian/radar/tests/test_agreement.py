"""Nine real radars around a typhoon: they must agree, see the eye where it was, and the wind turn around it."""

import numpy as np
import pyproj
import pytest

from xiangtian.met.grid import Grid
from xiangtian.radar.mosaic.agreement import agreement
from xiangtian.radar.mosaic.eye import eye
from xiangtian.radar.mosaic.network import mosaic
from xiangtian.radar.polar import read
from xiangtian.radar.polar.model import site
from xiangtian.radar.wind_profile import wind_profile

pytestmark = pytest.mark.shared
GRID = Grid("+proj=laea +lat_0=29.4 +lon_0=120.7 +ellps=WGS84 +units=m", -349_500, 349_500, 1000.0, 1000.0, 700, 700)
EYE = 121.7, 28.1
"""Read off a mosaic made by another program (the README of the volumes)."""
EARTH = pyproj.Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def network(request):
    folder = request.getfixturevalue("shared") / "cn-radar-lekima-20190809" / "network-1600utc"
    return [read(path.read_bytes(), path.name) for path in sorted(folder.glob("*.bz2"))]


def test_neighbours_agree_at_three_kilometres(network):
    # another program found 0.56 to 0.82 over 11 pairs of neighbours, 0.82 for Hangzhou and Huzhou
    places = {site(one).code: site(one) for one in network}
    near = {}
    for pair in agreement(network, GRID):
        a, b = places[pair.first], places[pair.second]
        if EARTH.inv(a.longitude, a.latitude, b.longitude, b.latitude)[2] < 160_000:
            near[pair.first, pair.second] = pair.correlation
    assert len(near) == 11
    assert min(near.values()) >= 0.56
    assert near["Z9571", "Z9572"] >= 0.82


def test_the_eye_is_where_it_was_and_rain_surrounds_it(network):
    told = mosaic(network, GRID, ("cappi", "rain"))
    found = eye(told.cappi.sel(level=3000.0).values, GRID)
    assert (found.longitude, found.latitude) == pytest.approx(EYE, abs=0.15)
    assert found.contrast_db > 10
    row, column = (round(float(v)) for v in GRID.position(np.array(EYE[0]), np.array(EYE[1])))
    around = told.rain_rate.values[row - 60 : row + 61, column - 60 : column + 61]
    assert np.isfinite(around).all()
    assert np.mean(around) > 5


def test_the_wind_turns_against_the_clock_around_the_eye(network):
    strongest = {}
    for volume in network:
        place = site(volume)
        to_eye, _, far = EARTH.inv(place.longitude, place.latitude, *EYE)
        at = wind_profile(volume).sel(height=2125.0, method="nearest")
        # of a circle the wind comes from 90 degrees to the left of the eye; friction and the storm's motion turn it
        off = (float(at.wind_from_direction) - (to_eye - 90) + 180) % 360 - 180
        assert abs(off) < 35, place.code
        strongest[far] = float(at.wind_speed)
    assert strongest[min(strongest)] > 40  # Taizhou, 57 km from the eye of a super typhoon
    assert strongest[min(strongest)] == max(strongest.values())
