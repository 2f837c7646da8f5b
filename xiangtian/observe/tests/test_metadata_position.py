"""Positions as lists write them. Expected values: worked by hand from degrees and minutes, or as the test says."""

import math

import numpy as np
import pytest

from xiangtian.core import gcj02
from xiangtian.observe.metadata.position import MINUTE, distance_m, fault, from_ddmm, from_dotted, misread, same, step

NAN = math.nan


def test_degrees_and_minutes() -> None:
    assert from_ddmm(3125) == pytest.approx(31 + 25 / 60)
    assert from_ddmm(12034) == pytest.approx(120 + 34 / 60)
    assert from_ddmm(-3125) == pytest.approx(-31 - 25 / 60)
    assert from_ddmm(12100) == 121
    assert math.isnan(from_ddmm(3160))
    assert math.isnan(from_ddmm(NAN))
    assert from_dotted(31.25) == pytest.approx(31 + 25 / 60)
    assert math.isnan(from_dotted(31.65))


@pytest.mark.parametrize(
    ("lon", "lat", "why", "meant"),
    [
        (31.27, 120.63, "颠倒", (120.63, 31.27)),
        (12034, 3125, "DDMM", (120 + 34 / 60, 31 + 25 / 60)),
        (3125, 12034, "DDMM", (120 + 34 / 60, 31 + 25 / 60)),
        (8.2522, 46.9789, "中国范围", None),
        (0, 0, "没有可用", None),
        (NAN, 31.0, "没有可用", None),
        (12065, 3125, "中国范围", None),  # 65 minutes are none
    ],
)
def test_positions_that_can_not_be(lon: float, lat: float, why: str, meant) -> None:
    found = fault(lon, lat)
    assert found is not None
    assert why in found.why
    assert found.meant == (pytest.approx(meant) if meant else None)


def test_a_possible_position_has_no_fault() -> None:
    assert fault(120.63, 31.27) is None
    assert fault(73.0, 3.0) is None  # the corner of the box


@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [
        ("120.630", "31.270", 0.01),
        ("121.000", "31.400", 0.01),
        ("120.4340", "31.0800", 0.001),
        ("+120.617", "+31.267", MINUTE),  # 37 and 16 minutes, as the ISD history rounds them
        ("120.6167", "31.2667", MINUTE),
        ("120.567812", "31.42", 1e-6),
        ("121", "31", 0.01),
    ],
)
def test_the_step_in_which_a_position_is_known(lon: str, lat: str, expected: float) -> None:
    assert step(lon, lat) == pytest.approx(expected)


def test_distances() -> None:
    assert distance_m(120, 31, 120, 32) == pytest.approx(111195, abs=1)  # a degree of the mean sphere
    assert distance_m(120.5, 31.5, 120.5, 31.5) == 0


def test_positions_agree_as_far_as_both_are_known() -> None:
    ours = (120.4333, 31.0833)  # 26 and 5 minutes
    assert same(ours, (120.43, 31.07), MINUTE, 0.01)  # 0.0133 apart; half of 0.0167 and half of 0.01 are 0.0133
    assert not same(ours, (120.43, 31.06), MINUTE, 0.01)
    assert same((120.5, 31.5), (120.5003, 31.5), 1e-6, 1e-6)
    assert not same((120.5, 31.5), (120.501, 31.5), 1e-6, 1e-6)


def test_minutes_taken_for_decimals_are_seen() -> None:
    ours = (120 + 34 / 60, 31 + 25 / 60)
    found = misread(ours, (120.34, 31.25), MINUTE)
    assert found is not None and "DD.MM" in found.why
    assert found.meant == pytest.approx(ours)
    assert misread(ours, (120.44, 31.25), MINUTE) is None


def test_the_shift_of_gcj_02_is_seen_where_ours_is_known_well_enough() -> None:
    lon, lat = gcj02.from_wgs84(np.array([120.6200]), np.array([31.3000]))
    theirs = (float(lon[0]), float(lat[0]))
    assert 300 < distance_m(120.62, 31.30, *theirs) < 700
    found = misread((120.62, 31.30), theirs, 0.0001)
    assert found is not None and "GCJ-02" in found.why
    assert misread((120.62, 31.30), theirs, MINUTE) is None
    assert misread((120.62, 31.30), (theirs[0] + 0.002, theirs[1]), 0.0001) is None
