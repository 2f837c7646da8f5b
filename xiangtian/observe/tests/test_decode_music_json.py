"""The JSON answer: the form that CMADaaS gives (`returnCode`, `DS`); the rows are tested with the XML answer."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtian.core.flags import Mark
from xiangtian.observe import decode as front
from xiangtian.observe.decode import music_json, music_rows, music_xml
from xiangtian.observe.reading import Envelope

ENVELOPE = Envelope(dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC))
ROW = {"Station_Id_C": "58358", "Lat": "31.07", "Lon": "120.43", "Alti": "18", "Datetime": "2026-07-01 03:00:00"}


def answer(*rows, **head):
    return json.dumps({"returnCode": "0", "returnMessage": "Query Succeed", **head, "DS": rows}).encode()


def test_an_ordinary_row():
    row = ROW | {"TEM": "26.1", "RHU": 80, "PRE_1h": "999990", "PRS": "999999", "Q_PRS": "7", "WEP_Now": None}
    found = front.decode(answer(row, rowCount="1"), ENVELOPE)
    (reading,) = found.readings
    assert (found.format, found.refusals) == ("music-json", ())
    assert (reading.station, reading.time) == ("58358", dt.datetime(2026, 7, 1, 3, tzinfo=dt.UTC))
    assert reading.values == {"air_temperature": 26.1, "relative_humidity": 80, "precipitation_amount_1h": 0}
    assert reading.marks["surface_air_pressure"] == Mark.NO_TASK
    assert reading.marks["precipitation_amount_1h"] == Mark.TRACE


def test_both_forms_say_the_same():
    columns = ROW | {"TEM": "26.1", "WIN_D_Avg_10mi": "999017", "WIN_S_Avg_10mi": "0.1", "GST_40Cm": "20.5"}
    xml = "".join(f' {key}="{text}"' for key, text in columns.items())
    written = music_xml.decode(f'<DS returnCode="0"><R{xml}/></DS>'.encode(), ENVELOPE)
    assert music_json.decode(answer(columns), ENVELOPE).readings == written.readings
    assert written.readings[0].values["soil_temperature_40cm"] == 20.5


@pytest.mark.parametrize("time", ["20260701030000", "2026070103", "2026-07-01T03:00:00", "2026-07-01T11:00:00+08:00"])
def test_other_ways_to_write_the_time(time):
    (reading,) = music_json.decode(answer(ROW | {"Datetime": time, "TEM": "1"}), ENVELOPE).readings
    assert reading.time == dt.datetime(2026, 7, 1, 3, tzinfo=dt.UTC)


def test_a_failure_is_told_in_the_servers_words():
    body = b'{"returnCode":"-1","returnMessage":"The user has no authority"}'
    found = front.decode(body, ENVELOPE)
    assert found.readings == ()
    assert found.refusals[0].reason == "the answer tells of a failure: -1 The user has no authority"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (answer(ROW)[:-20], "can't be read"),
        (b'{"returnCode":"0","DS":' + b"[" * 100_000, "can't be read"),
        (b'{"returnCode":"0","DS":{"a":1}}', "list of rows"),
        (b'{"returnCode":"0","DS":[1]}', "list of rows"),
        (answer(), "no rows"),
        (answer(ROW, rowCount="2"), "says it has 2 rows and holds 1"),
        (answer(ROW, requestParams="dataCode=SURF_CHN_MUL_DAY_N&x=1"), "table of days"),
        (answer(ROW | {"Datetime": "soon"}), "no time"),
        (answer(ROW | {"Station_Id_C": ""}), "names no station"),
    ],
)
def test_what_is_refused(body, word):
    assert music_json.sniff(body, "")
    assert any(word in refusal.reason for refusal in music_json.decode(body, ENVELOPE).refusals)


def test_an_answer_without_rows_is_told_from_a_failure():
    assert music_rows.nothing_there("-1", "没有查询到数据")
    assert not music_rows.nothing_there("-1", "用户无权限")
    assert not music_rows.nothing_there("0", "Query Succeed: null")


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), lambda inner: st.lists(inner) |
       st.dictionaries(st.sampled_from([*ROW, "TEM", "DS", "returnCode", "Year", "Mon"]), inner)))  # fmt: skip
def test_any_json_gives_readings_or_refusals(found):
    body = json.dumps({"returnCode": "0", "DS": [found]}).encode()
    decoded = music_json.decode(body, ENVELOPE)
    assert decoded.readings or decoded.refusals
