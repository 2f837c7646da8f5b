"""Expected values: a table of flags counted by hand."""

import datetime as dt

import pytest

from xiangtian.core import clock
from xiangtian.core.flags import Flag
from xiangtian.drill.faults import Planted
from xiangtian.drill.score_faults import score

START = dt.datetime(2026, 7, 1, tzinfo=clock.UTC)


def _at(minutes):
    return START + dt.timedelta(minutes=minutes)


PLANTED = [
    Planted(_at(60), _at(60), "D0001", "spike", "air_temperature"),
    Planted(_at(100), _at(190), "D0002", "stuck", "wind_speed"),
    Planted(_at(30), _at(90), "D0003", "wrong_unit", "surface_air_pressure"),
    Planted(_at(10), _at(10), "D0004", "late"),
    Planted(_at(15), _at(15), "D0005", "duplicate"),
]
ROWS = [
    ("D0001", _at(55), "air_temperature", Flag.GOOD),
    ("D0001", _at(60), "air_temperature", Flag.WRONG),  # hit: the spike
    ("D0001", _at(60), "relative_humidity", Flag.SUSPECT),  # consequence: same message
    ("D0001", _at(65), "air_temperature", Flag.SUSPECT),  # consequence: the return to the truth
    ("D0001", _at(75), "air_temperature", Flag.SUSPECT),  # false: 15 min after
    ("D0002", _at(95), "wind_speed", Flag.WRONG),  # false: before the fault
    ("D0002", _at(100), "wind_speed", Flag.GOOD),
    ("D0002", _at(170), "wind_speed", Flag.SUSPECT),  # hit: stuck
    ("D0002", _at(190), "wind_speed", Flag.WRONG),  # hit of the same fault
    ("D0003", _at(60), "surface_air_pressure", Flag.GOOD),  # the wrong unit is not found
    ("D0003", _at(60), "surface_air_pressure", Flag.MISSING),
    ("D0004", _at(10), "air_temperature", Flag.WRONG),  # false: a late message has true values
    ("D0009", _at(60), "air_temperature", Flag.UNCHECKED),
]


def test_counts_by_hand():
    found = score(PLANTED, ROWS)
    assert (found.planted, found.findable, found.flagged) == (5, 3, 2)
    assert (found.values, found.doubted, found.hits, found.consequences, found.false_flags) == (13, 8, 3, 2, 3)
    assert found.by_kind == {"spike": (1, 1), "stuck": (1, 1), "wrong_unit": (1, 0)}
    assert found.planted_by_kind["late"] == found.planted_by_kind["duplicate"] == 1
    assert found.found_share == pytest.approx(2 / 3)
    assert found.false_share == pytest.approx(3 / 13)


def test_order_does_not_matter():
    assert score(PLANTED[::-1], ROWS[::-1]) == score(PLANTED, ROWS)


def test_the_shadow_ends_where_it_is_told():
    assert score(PLANTED, ROWS, shadow_s=0).false_flags == 4
    assert score(PLANTED, ROWS, shadow_s=900).false_flags == 2
    with pytest.raises(ValueError, match="0 or more"):
        score(PLANTED, ROWS, shadow_s=-1)


def test_nothing_planted_and_nothing_judged():
    assert score([], ROWS).false_flags == 8
    assert score([], ROWS).found_share is None
    assert score(PLANTED, []).flagged == 0
    assert score([], []).false_share is None
