import datetime as dt
import json
import re
from importlib import resources

import pytest

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.station_json import MARKS, decode, sniff
from xiangtian.observe.reading import Envelope

ENVELOPE = Envelope(dt.datetime(2026, 7, 1, 0, 10, tzinfo=dt.UTC))
ORDINARY = {
    "station": "M3501",
    "time": "2026-07-01T00:05:00Z",
    "elements": {"air_temperature": 26.1, "precipitation_amount": 0.4},
    "position": {"lon": 120.62, "lat": 31.3, "alt_m": 5},
    "seq": 17,
}


def tell(**change):
    return decode(json.dumps({**ORDINARY, **change}).encode(), ENVELOPE)


def test_an_ordinary_message():
    found = tell()
    (reading,) = found.readings
    assert found.refusals == ()
    assert (reading.station, reading.time) == ("M3501", dt.datetime(2026, 7, 1, 0, 5, tzinfo=dt.UTC))
    assert reading.values == {"air_temperature": 26.1, "precipitation_amount": 0.4}
    assert (reading.lon, reading.lat, reading.alt_m) == (120.62, 31.3, 5)


def test_beijing_time_becomes_utc():
    (reading,) = tell(time="2026-07-01T08:05:00+08:00").readings
    assert reading.time == dt.datetime(2026, 7, 1, 0, 5, tzinfo=dt.UTC)
    assert reading.time.tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("element", "value", "unit", "expected"),
    [
        ("air_temperature", 299.25, "K", 26.1),  # 0 degC = 273.15 K: SI brochure, 9th edition, 2.3.1
        ("air_temperature", 78.98, "degF", 26.1),  # (78.98 - 32) * 5/9 by hand
        ("surface_air_pressure", 100540, "Pa", 1005.4),
        ("surface_air_pressure", 30, "inHg", 1015.9167),  # 3386.389 Pa: NIST SP 811 (2008), B.8
        ("wind_speed", 10, "knot", 5.144444),  # 1 knot = 1852/3600 m/s: SI brochure, table 8 of the 8th edition
        ("wind_speed", 36, "km/h", 10.0),
        ("precipitation_amount", 1, "inch", 25.4),
    ],
)
def test_a_unit_is_converted_at_the_door(element, value, unit, expected):
    (reading,) = tell(elements={element: value}, units={element: unit}).readings
    assert reading.values[element] == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("unit", ["hPa", "furlong", "", 3])
def test_a_unit_that_does_not_fit_refuses_that_element_alone(unit):
    found = tell(units={"air_temperature": unit})
    assert found.readings[0].values == {"precipitation_amount": 0.4}
    assert "unit" in found.refusals[0].reason
    assert "air_temperature" in found.refusals[0].part


def test_an_unknown_element_is_named_and_the_rest_kept():
    found = tell(elements={"air_temperature": 20, "soil_moisture": 0.3})
    assert found.readings[0].values == {"air_temperature": 20}
    assert "'soil_moisture' is not in the catalogue" in found.refusals[0].reason


@pytest.mark.parametrize("value", ["26.1", True, [1], {"v": 1}, 10**40])
def test_a_value_of_another_kind_is_refused(value):
    found = tell(elements={"air_temperature": value, "relative_humidity": 60})
    assert found.readings[0].values == {"relative_humidity": 60}
    assert len(found.refusals) == 1


def test_a_number_beyond_a_double_is_refused():
    body = json.dumps(ORDINARY).replace("26.1", "1e999").encode()
    found = decode(body, ENVELOPE)
    assert found.readings[0].values == {"precipitation_amount": 0.4}


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_are_refused_whole(constant):
    found = decode(json.dumps(ORDINARY).replace("26.1", constant).encode(), ENVELOPE)
    assert found.readings == ()
    assert constant in found.refusals[0].reason


def test_null_is_missing():
    (reading,) = tell(elements={"air_temperature": None}).readings
    assert reading.values == {}
    assert reading.marks == {"air_temperature": Mark.MISSING}


def test_marks_explain_zero_and_missing():
    marks = {"precipitation_amount": "trace", "wind_speed": "calm", "relative_humidity": "no_task"}
    (reading,) = tell(elements={"precipitation_amount": 0}, marks=marks).readings
    assert reading.values == {"precipitation_amount": 0, "wind_speed": 0}
    assert reading.marks == {
        "precipitation_amount": Mark.TRACE,
        "wind_speed": Mark.CALM,
        "relative_humidity": Mark.NO_TASK,
    }


@pytest.mark.parametrize("marks", [{"precipitation_amount": "trace"}, {"precipitation_amount": "missing"}])
def test_a_mark_that_contradicts_its_value_refuses_the_element(marks):
    found = tell(marks=marks)
    assert found.readings[0].values == {"air_temperature": 26.1}
    assert "contradicts" in found.refusals[0].reason


def test_an_unknown_mark_is_named():
    assert "'wet'" in tell(marks={"air_temperature": "wet"}).refusals[0].reason


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"time": "2026-07-01T00:05:00"}, "no time zone"),
        ({"time": "yesterday"}, "no time"),
        ({"time": 1751328300}, "is a text"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "no time"),
        ({"station": ""}, "identifier"),
        ({"station": 58358}, "identifier"),
        ({"station": "../../etc"}, "identifier"),
        ({"elements": [1, 2]}, "found a list"),
        ({"elements": {}}, "no element"),
    ],
)
def test_what_is_wrong_with_the_whole_message_refuses_it(change, word):
    found = tell(**change)
    assert found.readings == ()
    assert word in found.refusals[0].reason


def test_a_lacking_key_is_named():
    found = decode(b'{"station": "M3501", "elements": {}}', ENVELOPE)
    assert "lacks time" in found.refusals[0].reason


@pytest.mark.parametrize("position", [{"lon": 200, "lat": 31}, {"lon": "E120", "lat": 31}, [120, 31], {"lat": 31}])
def test_a_wrong_position_is_told_and_not_used(position):
    found = tell(position=position)
    assert found.readings[0].lon is None
    assert "position" in found.refusals[0].reason


def test_a_list_keeps_its_good_messages():
    found = decode(json.dumps([ORDINARY, {"station": "M3502"}, 5, {**ORDINARY, "station": "M3503"}]).encode(), ENVELOPE)
    assert [reading.station for reading in found.readings] == ["M3501", "M3503"]
    assert [refusal.part for refusal in found.refusals] == ["message 2", "message 3"]


@pytest.mark.parametrize("body", [b"[]", b'{"station": "M3501", "ti', b"[" * 100000, b'{"station": "\xff"}'])
def test_broken_json_gives_a_reason(body):
    found = decode(body, ENVELOPE)
    assert found.readings == ()
    assert found.refusals


def test_a_correction_is_known():
    assert tell(correction="CCB").readings[0].correction == "CCB"
    assert tell(correction="late").refusals


def test_sniffing():
    assert sniff(b' \n{"station": 1', "")
    assert sniff(b'\xef\xbb\xbf[{"elements"', "")
    assert not sniff(b'{"type": "Feature"', "")
    assert not sniff(b"station", "")


def test_the_published_schema_says_what_the_decoder_does():
    text = (resources.files("xiangtian.observe.decode") / "station_message.schema.json").read_text(encoding="utf-8")
    message = json.loads(text)["$defs"]["message"]
    assert message["required"] == ["station", "time", "elements"]
    assert set(message["properties"]["marks"]["additionalProperties"]["enum"]) == set(MARKS)
    for good, allowed in [("M3501", True), ("0-20000-0-58358", True), ("a b", False), ("", False), ("x" * 65, False)]:
        assert bool(re.search(message["properties"]["station"]["pattern"], good)) is allowed
        assert bool(tell(station=good).readings) is allowed
