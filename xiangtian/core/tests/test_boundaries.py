"""Expected values: the published areas of the city and its districts, GB/T 2260 codes, RFC 7946."""

import json

import numpy as np
import pytest
import shapely

from xiangtian.core import boundaries, boundary_file
from xiangtian.core.boundaries import BoundaryError

CODES = ["320505", "320506", "320507", "320508", "320509", "320581", "320582", "320583", "320585"]
KM2_PER_DEG2 = 111.195**2 * np.cos(np.radians(31.4))


def _square(code="320508", name="姑苏区", west=120.6, **members):
    ring = [[west, 31.3], [west + 0.1, 31.3], [west + 0.1, 31.4], [west, 31.4], [west, 31.3]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature], **members}


def test_nine_districts_with_codes_and_names():
    found = boundaries.suzhou()
    assert [one.code for one in found] == CODES
    assert [one.en for one in found][3] == "Gusu"
    assert {one.zh for one in found} >= {"姑苏区", "昆山市", "太仓市"}


def test_area_is_the_published_one():
    # Suzhou: 8657.32 km2; Changshu 1276, Zhangjiagang 986, Kunshan 931 (statistical yearbook)
    shapes = {one.code: one.shape() for one in boundaries.suzhou()}
    area = {code: shape.area * KM2_PER_DEG2 for code, shape in shapes.items()}
    assert sum(area.values()) == pytest.approx(8657, rel=0.01)
    assert area["320581"] == pytest.approx(1276, rel=0.02)
    assert area["320582"] == pytest.approx(986, rel=0.02)
    assert area["320583"] == pytest.approx(931, rel=0.02)


def test_districts_are_valid_and_do_not_overlap():
    shapes = np.array([one.shape() for one in boundaries.suzhou()])
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)


def test_simplifying_keeps_neighbours_together():
    whole = boundaries.suzhou()
    thin = boundaries.simplified(whole, 0.02)
    shapes = np.array([one.shape() for one in thin])
    before = sum(shapely.get_num_coordinates(one.shape()) for one in whole)
    assert shapely.get_num_coordinates(shapes).sum() < before / 2
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).geom_type == "Polygon"


def test_codes_of_the_industrial_park_point_at_each_other():
    aliases = boundaries.names()["aliases"]
    assert aliases["320571"]["same_as"] == "320576"
    assert aliases["320576"]["same_as"] == "320571"
    assert set(aliases["320571"]["within"]) <= set(CODES)


def test_context_holds_the_neighbours_cut_at_the_bounds_but_not_the_city():
    bounds = (119.5, 30.5, 122.0, 32.5)
    features = boundaries.context(bounds)["features"]
    names = {feature["properties"]["name"] for feature in features}
    assert {"上海市", "无锡市", "南通市", "嘉兴市", "湖州市", "常州市"} <= names
    assert "苏州市" not in names
    union = shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in features])
    assert shapely.box(*bounds).covers(union)


def test_context_far_from_land_is_empty():
    assert boundaries.context((127.0, 28.0, 127.5, 28.5))["features"] == []


def test_geojson_goes_round():
    text = json.dumps(boundaries.to_geojson(boundaries.suzhou()))
    back = boundaries.from_geojson(text)
    assert [(one.code, one.zh, one.en) for one in back] == [(one.code, one.zh, one.en) for one in boundaries.suzhou()]
    for one, other in zip(back, boundaries.suzhou(), strict=True):
        assert one.shape().equals(other.shape())


@pytest.mark.parametrize("crs", ["GCJ-02", {"type": "name", "properties": {"name": "GCJ-02"}}])
def test_shifted_geojson_is_converted_and_says_so(crs):
    # At 120.6 E 31.3 N the shift is +0.0042 / -0.0022 deg (README of the public boundary set)
    (found,) = boundaries.from_geojson(json.dumps(_square(crs=crs)))
    assert "GCJ-02" in found.source
    west, south = min(found.polygons[0][0], key=sum)
    assert 120.6 - west == pytest.approx(0.0042, abs=5e-5)
    assert 31.3 - south == pytest.approx(-0.0022, abs=5e-5)


@pytest.mark.parametrize("crs", [None, "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4490", "EPSG:4326", "CGCS2000"])
def test_plain_geojson_is_left_alone(crs):
    document = _square() if crs is None else _square(crs={"type": "name", "properties": {"name": crs}})
    (found,) = boundaries.from_geojson(json.dumps(document))
    assert found.shape().bounds == pytest.approx((120.6, 31.3, 120.7, 31.4))
    assert found.en == "Gusu"


def test_a_ring_that_crosses_itself_is_repaired():
    document = _square()
    bowtie = [[120.5, 31.2], [120.6, 31.3], [120.6, 31.2], [120.5, 31.3], [120.5, 31.2]]
    document["features"][0]["geometry"]["coordinates"] = [bowtie]
    (found,) = boundaries.from_geojson(json.dumps(document))
    assert found.shape().is_valid
    assert len(found.polygons) == 2


BAD = [
    ("{", "not JSON"),
    ("[]", "no features"),
    (json.dumps({"type": "FeatureCollection", "features": []}), "no features"),
    (json.dumps(_square(code="3205")), "six digits"),
    (json.dumps(_square(name="")), "`name`"),
    (json.dumps(_square(crs="EPSG:32651")), "EPSG:32651"),
    (json.dumps(_square(west=12.0)), "not in China"),
    (json.dumps({"features": [{"properties": {"code": "320508", "name": "x"}, "geometry": None}]}), "outline"),
    (json.dumps({"features": _square()["features"] * 2}), "several features"),
    (json.dumps({"features": [7]}), "feature 0"),
]


@pytest.mark.parametrize(("text", "word"), BAD)
def test_bad_geojson_is_refused_in_words(text, word):
    with pytest.raises(BoundaryError, match=word):
        boundaries.from_geojson(text)


def test_boundary_list_cut_short_is_refused():
    packed = (2).to_bytes(4, "little") + (3).to_bytes(4, "little") + (1).to_bytes(4, "little") + b"abcd"
    assert boundary_file.members(packed) == [b"abc", b"d"]
    for length in range(len(packed)):
        with pytest.raises(BoundaryError, match="cut short"):
            boundary_file.members(packed[:length])


def test_ring_in_steps_and_in_full_are_the_same():
    # 120.5 E 31.2 N is (300.5, 121.2) deg from the origin: 150250000 and 60600000 steps of 2e-6 deg
    full = np.array([[150250000, 60600000], [150250050, 60599950]], "<u4")
    in_full = (0).to_bytes(4, "little") + full.tobytes()
    in_steps = (1).to_bytes(4, "little") + full[0].tobytes() + np.array([50, -50], "<i2").tobytes()
    assert boundary_file.ring(in_full) == boundary_file.ring(in_steps) == ((120.5, 31.2), (120.5001, 31.1999))


def test_other_geometries_are_refused():
    with pytest.raises(BoundaryError, match="kind 2"):
        boundary_file.geometry((2).to_bytes(4, "little"))
