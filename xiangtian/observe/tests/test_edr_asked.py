"""Parameters of a question, and what stations a shape chooses."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely

from xiangtian.observe.edr import asked, parameters, stations
from xiangtian.observe.edr.answers import Place


def place(code, lon, lat):
    return Place(code, code, code, lon, lat, 3.0, "320506", "regional", "")


def test_an_interval_is_read_closed_or_open_on_one_side():
    hour = dt.datetime(2026, 7, 1, 8, tzinfo=dt.UTC)
    assert asked.span("2026-07-01T16:00:00+08:00") == asked.Span(hour, hour)
    assert asked.span("2026-07-01T08:00:00Z/..") == asked.span("2026-07-01T08:00:00Z/") == asked.Span(hour, None)
    assert asked.span("../2026-07-01T08:00:00Z") == asked.Span(None, hour)
    assert asked.span("") is None


@pytest.mark.parametrize(
    "text",
    ["../..", "/", "now", "2026-07-01", "2026-07-01T08:00:00", "2026-07-02T00:00:00Z/2026-07-01T00:00:00Z",
     "0001-01-01T00:00:00+14:00", "a/b/c"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text):
    with pytest.raises(asked.Unreadable):
        asked.span(text)


def test_a_box_of_six_numbers_loses_its_heights():
    assert asked.bbox("120,31,0,121,32,100") == (120, 31, 121, 32)


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "121,31,120,32", "nan,0,1,1", "-181,0,1,1", "0,0,1,inf"])
def test_what_is_no_box_is_refused(text):
    with pytest.raises(asked.Unreadable, match="west,south,east,north"):
        asked.bbox(text)


@pytest.mark.parametrize(
    "text",
    ["", "POINT(", "POINT EMPTY", "LINESTRING(0 0,1 1)", "POINT(200 10)", "POINT(nan 1)",
     "POLYGON((0 0,1 1,1 0,0 1,0 0))", "POINT(1 1)" + " " * 20_000],
)  # fmt: skip
def test_what_is_no_allowed_shape_is_refused(text):
    with pytest.raises(asked.Unreadable):
        asked.shape(text, ("Point", "Polygon"))


@pytest.mark.parametrize(
    ("within", "unit"), [("", "km"), ("-1", "km"), ("0", "km"), ("5", ""), ("1001", "km"), ("1,2", "m")]
)
def test_a_reach_has_a_unit_and_bounds(within, unit):
    with pytest.raises(asked.Unreadable):
        asked.reach_km(within, unit)


def test_a_mile_is_1609_344_m():
    assert asked.reach_km("2", "mi") == pytest.approx(3.218688)


def test_a_limit_beyond_the_most_counts_as_the_most():
    assert asked.whole("limit", "99999", 100, 1, 10_000) == 10_000
    for text in ("0", "-1", "x", "1.5", "9" * 13):
        with pytest.raises(asked.Unreadable):
            asked.whole("limit", text, 100, 1, 10_000)


def test_distance_is_that_of_the_great_circle():
    """Paris to New York with R = 6371.0088 km, worked by the spherical law of cosines: arccos(sin 48.8566 sin 40.7128
    + cos 48.8566 cos 40.7128 cos 76.3582) = 0.916221 rad, 5837.2 km; one degree of a meridian
    is R pi / 180 = 111.195 km."""
    assert stations.distances_km(2.3522, 48.8566, [place("ny", -74.006, 40.7128)])[0] == pytest.approx(5837.2, abs=0.1)
    assert stations.distances_km(120, 31, [place("n", 120, 32)])[0] == pytest.approx(111.195, abs=0.001)


def test_shapes_choose_stations():
    held = [place("a", 120.0, 31.0), place("b", 120.0, 31.1), place("c", 121.0, 31.0)]
    point = shapely.Point(120.0, 31.04)
    assert [one.code for one in stations.nearest(point, held)] == ["a"]
    assert stations.nearest(shapely.Point(119.0, 31.0), held) == []  # 95 km away
    assert [one.code for one in stations.around(point, 7.0, held)] == ["a", "b"]
    assert [one.code for one in stations.inside(shapely.box(119.9, 31.0, 120.1, 31.05), held)] == ["a"]
    assert [one.code for one in stations.boxed((120, 31, 121, 31), held)] == ["a", "c"]
    for choose in (stations.nearest, lambda shape, of: stations.around(shape, 1, of), stations.inside):
        assert choose(point, []) == []


def test_every_unit_of_the_catalogue_has_its_ucum_code():
    """Codes by the tables of The Unified Code for Units of Measure 2.1."""
    from xiangtian.core.elements import CATALOGUE

    assert {one.unit for one in CATALOGUE.values()} <= set(parameters.UNITS)
    assert (parameters.UNITS["degC"], parameters.UNITS["degree"], parameters.UNITS["m s-1"]) == ("Cel", "deg", "m/s")
