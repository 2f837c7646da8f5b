"""Lists against the register. Expected distances: from a degree of the sphere, 111.195 km."""

import datetime as dt
import math
from dataclasses import replace

import pytest

from xiangtian.observe.metadata.compare import Registered, Stood, compare, positions
from xiangtian.observe.metadata.listed import Listed

MINUTE = 1 / 60
D = dt.date
OLD = Stood(120 + 38 / 60, 31 + 16 / 60, 4.8, MINUTE, D(1995, 1, 1), D(2013, 12, 31))
NEW = Stood(120 + 34 / 60, 31 + 25 / 60, 8.0, MINUTE, D(2014, 1, 1), None)
SUZHOU = Registered("58349", "苏州", "Suzhou", D(1995, 1, 1), None, (OLD, NEW))
DONGSHAN = Registered(
    "58358", "东山", "Dongshan", D(1956, 1, 1), None, (Stood(120.4333, 31.0833, 16.7, MINUTE, D(1956, 1, 1), None),)
)
KNOWN = {"58349": SUZHOU, "58358": DONGSHAN}


def differences(*listed: Listed, near: tuple[str, ...] = ()):
    return {one.field: one for one in compare(listed, KNOWN, near).differences}


def test_what_agrees_makes_no_difference() -> None:
    one = Listed(1, "58349", 120.57, 31.42, 0.01, 8.0, zh="苏州", en="SUZHOU")
    found = compare([one], KNOWN, ())
    assert (found.differences, dict(found.verdicts), found.elsewhere) == ((), {"58349": "same"}, 0)


def test_a_position_of_before_the_move_is_called_so() -> None:
    """The list of 2,411 stations still has 58349 where it stood until 2014."""
    found = differences(Listed(1, "58349", 120.63, 31.27, 0.01))["position"]
    assert "1995-01-01 – 2013-12-31" in found.note
    assert found.distance_m == pytest.approx(math.hypot(16.31, 6.02) * 1000, rel=0.01)  # 0.1467 N, 0.0633 E
    assert found.ours == {"lon": 120.566667, "lat": 31.416667}


def test_dongshan_under_the_name_and_at_the_place_of_suzhou() -> None:
    found = differences(Listed(1, "58358", 120.6167, 31.2667, MINUTE, 19.0, en="SUZHOU"))
    assert "58349" in found["position"].note
    assert "58349" in found["name"].note
    assert (found["name"].ours, found["name"].theirs) == ({"en": "Dongshan"}, {"en": "SUZHOU"})
    assert (found["altitude"].ours, found["altitude"].theirs) == (16.7, 19.0)


def test_a_history_is_compared_period_by_period() -> None:
    rows = [
        Listed(1, "58349", OLD.lon, OLD.lat, MINUTE, 4.8, begins=D(1995, 1, 1), ends=D(2013, 12, 31)),
        Listed(2, "58349", OLD.lon, OLD.lat, MINUTE, 8.0, begins=D(2014, 1, 1)),
    ]
    (one,) = compare(rows, KNOWN, ()).differences
    assert (one.field, one.valid_from, one.line) == ("position", D(2014, 1, 1), 2)
    (before,) = compare([replace(rows[0], begins=D(1990, 1, 1))], KNOWN, ()).differences
    assert (before.ours, "没有位置记录" in before.note) == (None, True)


def test_altitudes_in_another_unit_are_called_so() -> None:
    assert "十分之一" in differences(Listed(1, "58358", 120.43, 31.08, 0.01, 1.67))["altitude"].note
    assert "altitude" not in differences(Listed(1, "58358", 120.43, 31.08, 0.01, 18.2))
    assert differences(Listed(1, "58358", 120.43, 31.08, 0.01, 18.3))["altitude"].note == ""


def test_minutes_taken_for_degrees() -> None:
    found = differences(Listed(1, "58349", 120.34, 31.25, 0.01))["position"]
    assert "DD.MM" in found.note
    assert found.suggested == {"lon": pytest.approx(120.566667), "lat": pytest.approx(31.416667)}


def test_impossible_positions_say_what_was_meant() -> None:
    found = differences(Listed(1, "58349", 31.42, 120.57, 0.01))["impossible"]
    assert found.suggested == {"lon": 120.57, "lat": 31.42}
    assert compare([Listed(1, "58349", 31.42, 120.57)], KNOWN, ()).verdicts["58349"] == "impossible"
    fresh = differences(Listed(1, "M3901", 31.35, 120.69, 0.01, 4.0, zh="跨塘"), near=("M3901",))["impossible"]
    assert (fresh.suggested["lon"], fresh.suggested["zh"], fresh.ours) == (120.69, "跨塘", None)
    assert differences(Listed(1, "58349"))["impossible"].theirs["lon"] is None


def test_new_stations_and_those_of_elsewhere() -> None:
    rows = [Listed(1, "M3901", 120.69, 31.35, 0.01), Listed(2, "54511", 116.47, 39.8, 0.01)]
    found = compare(rows, KNOWN, ("M3901",))
    assert (dict(found.verdicts), found.elsewhere) == ({"M3901": "new"}, 1)
    (one,) = found.differences
    assert (one.field, one.ours, one.theirs["lon"], one.theirs["alt_m"]) == ("new", None, 120.69, None)


def test_dates() -> None:
    at = {"lon": NEW.lon, "lat": NEW.lat, "step_deg": MINUTE}
    assert differences(Listed(1, "58349", **at, opened=D(1990, 1, 1)))["opened"].theirs == "1990-01-01"
    assert differences(Listed(1, "58349", **at, opened=D(1995, 1, 1), data_from=D(1999, 1, 1))) == {}
    assert "已有资料" in differences(Listed(1, "58349", **at, data_from=D(1994, 12, 31)))["opened"].note
    assert differences(Listed(1, "58349", **at, closed=D(2020, 1, 1)))["closed"].ours is None


def test_an_empty_list() -> None:
    assert compare([], KNOWN, ()).differences == ()


def test_where_a_line_may_speak_of() -> None:
    assert positions(Listed(1, "a", 120.0, 31.0)) == ((120.0, 31.0),)
    assert positions(Listed(1, "a", 31.0, 120.0)) == ((120.0, 31.0),)
    assert positions(Listed(1, "a")) == ()
