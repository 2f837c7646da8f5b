import pyproj
import pytest

from xiangtian.radar.errors import RadarError
from xiangtian.radar.projection import as_proj, geographic, in_metres, in_metres_or_degrees


def test_radii_in_kilometres_become_metres():
    # Snyder 1987 (USGS PP 1395), eq. 21-33 for a sphere, true at 60 N: the pole's distance at 60 N, R = 6371 km, is
    # 2 R (1 + sin 60) / 2 tan(15 deg) = 3185.5 km: in kilometres as the file has it, in metres as we hold it
    text, factor = in_metres("+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +R=6371")
    assert factor == 1000
    _, y = pyproj.Proj(text)(0, 60)
    assert y == pytest.approx(-3185.5e3, abs=1)


def test_metres_stay_metres():
    text = "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +units=m +ellps=WGS84"
    assert in_metres(text) == (text, 1.0)


def test_units_of_kilometres_are_rewritten_and_false_origins_kept():
    # PROJ holds x_0 in metres whatever the units are
    text, factor = in_metres("+proj=merc +lon_0=0 +x_0=5000 +ellps=WGS84 +units=km")
    assert factor == 1000
    assert pyproj.Proj(text)(0, 0)[0] == pytest.approx(5000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EPSG:3857",
        "+proj=longlat +ellps=WGS84",
        "+proj=nonsense",
        "+proj=stere +lat_0=90 +R=big",
        "+proj=merc +nadgrids=/etc/passwd",
        "+init=epsg:3857 +proj=merc",
        "+proj=merc +units=us-ft +ellps=WGS84",
    ],
)
def test_what_is_no_plane_projection_in_metres_is_refused(text):
    with pytest.raises(RadarError):
        in_metres(text)


def test_longitude_and_latitude_stay_degrees_where_they_may():
    text = "+proj=longlat +ellps=WGS84"
    assert in_metres_or_degrees(text) == (text, 1.0, 7)
    plane = "+proj=laea +lat_0=55 +lon_0=10 +units=m +ellps=WGS84"
    assert in_metres_or_degrees(plane) == (plane, 1.0, 2)
    with pytest.raises(RadarError):
        in_metres_or_degrees("+proj=longlat +nadgrids=/etc/passwd")


def test_what_pyproj_reads_becomes_a_proj_string_of_the_same_meaning():
    assert as_proj("+proj=longlat +ellps=WGS84") == "+proj=longlat +ellps=WGS84"
    # EPSG:3857: x = R lon, R = 6378137 m (EPSG guidance note 7-2, 1.3.3.2)
    assert pyproj.Proj(as_proj("EPSG:3857"))(180.0, 0.0)[0] == pytest.approx(20037508.34, abs=0.01)
    assert geographic(as_proj("EPSG:4326"))
    assert not geographic("no projection")
