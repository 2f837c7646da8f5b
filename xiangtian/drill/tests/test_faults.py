"""Expected values: the true messages themselves, and the definition of each unit."""

import datetime as dt
import json
from collections import Counter
from copy import deepcopy
from itertools import pairwise

import pytest

from xiangtian.core import clock
from xiangtian.drill import faults
from xiangtian.drill.faults import KINDS, Rates, plant

START = dt.datetime(2026, 7, 1, tzinfo=clock.UTC)


def _messages(stations=40, steps=72):
    made = []
    for step in range(steps):
        for number in range(stations):
            elements = {
                "air_temperature": round(25 + 0.1 * ((step + number) % 7), 1),
                "surface_air_pressure": 1004.2,
                "wind_speed": round(3 + 0.2 * (step % 5), 1),
                "precipitation_amount": 0.4,
            }
            time = (START + dt.timedelta(minutes=5 * step)).strftime("%Y-%m-%dT%H:%M:%SZ")
            made.append({"station": f"D{number:04d}", "time": time, "elements": elements, "seq": step + 1})
    return made


MESSAGES = _messages()
TRUE = {(one["station"], one["time"]): one for one in MESSAGES}


@pytest.fixture(scope="module")
def sown():
    return plant(MESSAGES, 5, Rates(stuck=0.001, wrong_unit=0.0015))


def _of(planted, kind):
    return [fault for fault in planted if fault.kind == kind]


def _told(deliveries, fault):
    """Give the true and told values of a fault's element in its time."""
    pairs = {}
    for one in deliveries:
        if one.message and one.station == fault.station and fault.start <= _time(one) <= fault.end:
            pairs[one.message["time"]] = one.message["elements"][fault.element]
    return [(TRUE[fault.station, time]["elements"][fault.element], told) for time, told in sorted(pairs.items())]


def _time(delivery):
    return dt.datetime.fromisoformat(delivery.message["time"])


def test_every_kind_is_planted_at_its_rate(sown):
    _, planted = sown
    count = Counter(fault.kind for fault in planted)
    assert set(count) == set(KINDS)
    assert count["spike"] == round(0.002 * 2880)
    assert count["late"] == count["duplicate"] == round(0.002 * 2880)
    assert count["stuck"] == round(0.001 * 2880)


def test_default_rates_touch_one_to_three_percent():
    _, planted = plant(_messages(127, 92), 5)
    touched = sum((fault.end - fault.start) / dt.timedelta(minutes=5) + 1 for fault in planted)
    assert 0.01 < touched / (127 * 92) < 0.03


def test_the_true_messages_are_left_alone():
    before = deepcopy(MESSAGES)
    plant(MESSAGES, 1)
    assert before == MESSAGES


def test_every_message_arrives_whole_and_all_else_is_planted(sown):
    deliveries, planted = sown
    whole = [one for one in deliveries if one.message]
    assert {(one.station, one.message["time"]) for one in whole} == set(TRUE)
    assert len(deliveries) - len(MESSAGES) == len(_of(planted, "duplicate")) + len(_of(planted, "broken"))
    changed = {
        (one.station, name, _time(one))
        for one in whole
        for name, value in one.message["elements"].items()
        if value != TRUE[one.station, one.message["time"]]["elements"][name]
    }
    for station, element, time in changed:
        assert any(f.station == station and f.element == element and f.start <= time <= f.end for f in planted)


def test_spikes_are_single_and_large(sown):
    for fault in _of(sown[1], "spike"):
        assert fault.start == fault.end
        ((true, told),) = _told(sown[0], fault)
        least, most = {"air_temperature": (6, 15), "surface_air_pressure": (8, 15)}[fault.element]
        assert least - 0.1 <= abs(told - true) <= most + 0.1


def test_stuck_sensors_hold_one_value_for_ninety_minutes_or_more(sown):
    found = _of(sown[1], "stuck")
    assert {fault.element for fault in found} == {"air_temperature", "wind_speed"}
    for fault in found:
        assert fault.end - fault.start >= dt.timedelta(minutes=90)
        told = [value for _, value in _told(sown[0], fault)]
        assert len(told) >= 19
        assert len(set(told)) == 1


def test_wrong_units_are_those_units(sown):
    found = _of(sown[1], "wrong_unit")
    assert {fault.detail for fault in found} == {"sent in K", "sent in degF", "sent in Pa", "sent in 0.1 mm"}
    convert = {  # the definitions of the units
        "sent in K": lambda value: value + 273.15,
        "sent in degF": lambda value: 1.8 * value + 32,
        "sent in Pa": lambda value: 100 * value,
        "sent in 0.1 mm": lambda value: 10 * value,
    }
    for fault in found:
        assert fault.end - fault.start >= dt.timedelta(minutes=45)
        for true, told in _told(sown[0], fault):
            assert told == pytest.approx(convert[fault.detail](true), abs=0.051)


def test_late_messages_come_twenty_to_sixty_minutes_late(sown):
    late = {(fault.station, fault.start) for fault in _of(sown[1], "late")}
    whole = [one for one in sown[0] if one.message]
    for one in whole:
        wait = one.send_time - _time(one)
        if (one.station, _time(one)) in late:
            assert dt.timedelta(minutes=20) < wait < dt.timedelta(minutes=61)
        else:
            assert wait < dt.timedelta(minutes=5)


def test_duplicates_are_the_same_bytes(sown):
    for fault in _of(sown[1], "duplicate"):
        same = [one for one in sown[0] if one.message and (one.station, _time(one)) == (fault.station, fault.start)]
        assert len(same) == 2
        assert same[0].body == same[1].body
        assert same[0].send_time < same[1].send_time


def test_broken_deliveries_are_no_json_and_come_before_the_whole_one(sown):
    broken = [one for one in sown[0] if one.message is None]
    assert len(broken) == len(_of(sown[1], "broken")) > 0
    for one in broken:
        with pytest.raises(json.JSONDecodeError):
            json.loads(one.body)
        after = [other for other in sown[0] if other.station == one.station and other.body.startswith(one.body)]
        assert any(other.message and other.send_time > one.send_time for other in after)


def test_deliveries_are_in_the_order_of_sending(sown):
    times = [one.send_time for one in sown[0]]
    assert times == sorted(times)
    assert all(json.loads(one.body) == one.message for one in sown[0] if one.message)


def test_no_message_holds_two_faults(sown):
    by_station = {}
    for fault in sown[1]:
        by_station.setdefault(fault.station, []).append(fault)
    for track in by_station.values():
        for one, following in pairwise(track):
            assert following.start > one.end + dt.timedelta(minutes=10)


def test_the_seed_rules_and_the_order_of_reports_does_not(sown):
    again = plant(MESSAGES[::-1], 5, Rates(stuck=0.001, wrong_unit=0.0015))
    assert again[1] == sown[1]
    assert plant(MESSAGES, 6)[1] != plant(MESSAGES, 5)[1]


def test_rates_of_zero_plant_nothing():
    nothing = Rates(0, 0, 0, 0, 0, 0)
    deliveries, planted = plant(MESSAGES, 5, nothing)
    assert planted == []
    assert len(deliveries) == len(MESSAGES)
    assert plant([], 5) == ([], [])


def test_rainless_weather_hides_a_wrong_rain_unit():
    dry = [{**one, "elements": {**one["elements"], "precipitation_amount": 0.0}} for one in MESSAGES]
    _, planted = plant(dry, 5, Rates(wrong_unit=0.0015))
    assert all(fault.element != "precipitation_amount" for fault in planted)


@pytest.mark.parametrize("wrong", [{"spike": -0.1}, {"late": 0.5}])
def test_impossible_rates_are_refused(wrong):
    with pytest.raises(ValueError, match="allowed"):
        Rates(**wrong)


def test_kinds_that_change_values_are_named():
    assert set(faults.VALUE_KINDS) < set(KINDS)
