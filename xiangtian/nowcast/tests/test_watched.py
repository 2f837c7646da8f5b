"""Watched places from GeoJSON (RFC 7946); lengths and areas by hand."""

import json

import numpy as np
import pytest

from xiangtian.met.grid import Grid
from xiangtian.nowcast import areas, watched

SQUARE = {"type": "Polygon", "coordinates": [[[120, 31], [121, 31], [121, 32], [120, 32], [120, 31]]]}
LINE = {"type": "LineString", "coordinates": [[120.2, 31.3], [120.4, 31.3]]}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def feature(code="a", geometry=SQUARE, **properties):
    said = {"code": code, "name": "某处", "kind": "district", **properties}
    return {"type": "Feature", "geometry": geometry, "properties": said}


def test_polygons_keep_their_rings_and_lines_get_a_breadth():
    area, line = watched.from_geojson(collection(feature(), feature("m1", LINE, kind="metro", width_m=2000)))
    assert (area.code, area.kind, len(area.rings)) == ("a", "district", 1)
    assert line.rings[0][:, 1].max() - line.rings[0][:, 1].min() == pytest.approx(2000 / 111_195, rel=1e-3)
    # 0.2 degrees at 31.3 N are 19.0 km: at 2 km breadth 38 square kilometres and the two round ends, 41
    grid = Grid("EPSG:4326", 120.0, 32.0, 0.001, 0.001, 1000, 1000)
    cells = areas.zones([line.rings], grid).cells[0]
    height, width = grid.cell_m
    assert len(cells) * height * width / 1e6 == pytest.approx(41, rel=0.07)  # to a row of cells


def test_a_point_becomes_a_disc():
    spot = watched.from_geojson(collection(feature("p", {"type": "Point", "coordinates": [120.5, 31.3]})))[0]
    assert np.ptp(spot.rings[0][:, 1]) == pytest.approx(500 / 111_195, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "FeatureCollection"),
        (collection(), "1 to 5000"),
        (collection(feature(code="")), "code and name"),
        (collection(feature(kind="ocean")), "'ocean'; allowed are district"),
        (collection(feature(geometry=None)), "feature 1"),
        (collection(feature(geometry={"type": "Polygon", "coordinates": 7})), "feature 1"),
        (collection(feature(geometry=LINE, width_m=0)), "width"),
        (collection(feature(), feature()), "the codes a stand"),
    ],
)
def test_what_can_not_be_used_is_refused_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        watched.from_geojson(text)
