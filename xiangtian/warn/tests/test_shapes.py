"""Polygons as CAP 1.2 (section 3.2.4) writes them; the example is the one of its appendix A.3."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from xiangtian.warn import shapes

STANDARD = "38.47,-120.14 38.34,-119.95 38.52,-119.74 38.62,-119.89 38.47,-120.14"


def test_the_polygon_of_the_standard() -> None:
    ring = shapes.polygon(STANDARD)
    assert len(ring) == 5
    assert ring[0] == ring[-1] == (38.47, -120.14)
    assert not shapes.crosses_itself(ring)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 points"),
        ("1,1 2,2 1,1", "3 points"),
        ("1,1 1,2 2,2 2,1", "not closed"),
        ("1,1 1,2 2,2, 1,1", "is no pair"),
        ("1;1 1,2 2,2 1;1", "is no pair"),
        ("31,120 31,121 nan,121 31,120", "is no pair"),
        ("120,31 121,31 121,32 120,31", "not on the globe"),
        ("1e1,1 1,2 2,2 1e1,1", "is no pair"),
    ],
)
def test_a_wrong_polygon_is_told(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        shapes.polygon(text)


def test_a_bow_tie_crosses_itself() -> None:
    assert shapes.crosses_itself(shapes.polygon("0,0 1,1 0,1 1,0 0,0"))


@pytest.mark.parametrize(
    ("text", "read"), [("32.9525,-115.5527 0", (32.9525, -115.5527, 0.0)), (" 1,2  3.5 ", (1, 2, 3.5))]
)
def test_circles(text: str, read: tuple[float, float, float]) -> None:
    assert shapes.circle(text) == read


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3", "1 2 3", "91,0 1", "1,2 -3"])
def test_a_wrong_circle_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"lat,lon radius|globe|negative"):
        shapes.circle(text)


def test_order_is_latitude_first_closed_and_counterclockwise_whatever_comes_in() -> None:
    clockwise = [(120.5, 31.0), (120.5, 31.2), (120.8, 31.2), (120.8, 31.0)]
    expected = ["31.0000,120.5000 31.0000,120.8000 31.2000,120.8000 31.2000,120.5000 31.0000,120.5000"]
    assert shapes.to_cap([clockwise]) == expected
    assert shapes.to_cap([clockwise[::-1]]) == expected
    assert shapes.to_cap([[*clockwise[2:], *clockwise[:2], clockwise[2]]]) == expected


def test_a_coast_of_thousands_of_points_is_simplified_and_stays_itself() -> None:
    ring = []
    for place in range(5000):
        turn = 2 * math.pi * place / 5000
        reach = 1 + 0.03 * math.sin(40 * turn)
        ring.append((120.5 + 0.3 * reach * math.cos(turn), 31.2 + 0.2 * reach * math.sin(turn)))
    (text,) = shapes.to_cap([ring])
    written = shapes.polygon(text)
    assert len(written) - 1 <= 100
    assert not shapes.crosses_itself(written)
    simple, whole = Polygon([(lon, lat) for lat, lon in written]), Polygon(ring)
    assert simple.symmetric_difference(whole).area / whole.area < 0.05


def test_a_ring_that_crosses_itself_becomes_valid_pieces() -> None:
    pieces = shapes.to_cap([[(0, 0), (2, 2), (0, 2), (2, 0)]])
    assert len(pieces) == 2
    for piece in pieces:
        assert not shapes.crosses_itself(shapes.polygon(piece))


def test_several_rings_are_several_polygons_the_largest_first() -> None:
    small, large = [(0, 0), (1, 0), (1, 1)], [(5, 5), (9, 5), (9, 9), (5, 9)]
    assert shapes.to_cap([small, large]) == shapes.to_cap([large, small])
    assert shapes.to_cap([small, large])[0].startswith("5.0000,5.0000")


@pytest.mark.parametrize(
    ("rings", "words"),
    [([], "no outline"), ([[(0, 0), (1, 1)]], "2 points"), ([[(0, 0), (1, 1), (2, 2)]], "no outline"),
     ([[(31, 120), (31, 121), (32, 121)]], "not on the globe")],
)  # fmt: skip
def test_outlines_that_are_none_are_refused(rings: list, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        shapes.to_cap(rings)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(119, 122), st.floats(30, 33)), min_size=3, max_size=150))
def test_whatever_is_written_can_be_read_and_is_valid(ring: list[tuple[float, float]]) -> None:
    try:
        pieces = shapes.to_cap([ring])
    except ValueError as error:
        assert "no outline" in str(error)
        return
    for piece in pieces:
        read = shapes.polygon(piece)
        assert len(read) - 1 <= 100
        assert not shapes.crosses_itself(read)
