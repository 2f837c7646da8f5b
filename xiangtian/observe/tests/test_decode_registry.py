"""The front of the family: whatever comes, a reading or a reason; never an exception."""

import datetime as dt
import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtian.observe import decode as front
from xiangtian.observe.decode import FAMILY, MOST_BYTES, SHIPPED, decode
from xiangtian.observe.reading import Decoded, Envelope

NOW = dt.datetime(2026, 7, 1, 0, 10, tzinfo=dt.UTC)
ENVELOPE = Envelope(NOW)


def said(time: str = "2026-07-01T00:05:00Z") -> bytes:
    return json.dumps({"station": "M3501", "time": time, "elements": {"air_temperature": 26.1}}).encode()


def reason(body: bytes, name: str = "") -> str:
    found = decode(body, Envelope(NOW, name))
    assert found.readings == ()
    assert len(found.refusals) == 1
    return found.refusals[0].reason


@pytest.mark.parametrize("decoder", [*FAMILY, *SHIPPED], ids=lambda decoder: decoder.NAME)
@pytest.mark.parametrize("head", [b"", b"\0", b"\xff" * 4096, b"{", b"[", b"<", b",", b"1,1,1", b"STID"])
def test_every_member_keeps_the_contract(decoder, head):
    assert decoder.NAME
    assert decoder.sniff(head, "") in (True, False)


def test_names_are_unlike():
    assert len(set(front.known())) == len(FAMILY) + len(SHIPPED)


def test_unknown_bytes_are_shown_and_the_known_formats_named():
    told = reason(b"\x00\x01\x02garbage")
    assert "first bytes 00 01 02 67" in told
    assert all(decoder.NAME in told for decoder in FAMILY)


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 50, "radar composite"),  # signature: HDF5 file format specification, II.A
        (b"P5\n# FMI\n760 1226\n255\n", "radar composite"),  # PGM magic number, netpbm manual
        (b'<?xml version="1.0"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">', "CAP warning"),
        (b"GRIB\x00\x00\x00\x02", "GRIB"),
        (b"CDF\x01", "NetCDF"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "zip"),
        (b'{"type": "FeatureCollection", "features": []}', "GeoJSON"),
        (b'{"sha256": "' + b"0a" * 32 + b'", "source": "mqtt"}', "journal of the raw spool"),
        (b'{"a": 1}', "JSON that is not a station message"),
        (b"<html></html>", "XML or HTML"),
    ],
)
def test_what_is_no_station_message_is_refused_by_its_name(head, word):
    assert word in reason(head)


def test_a_table_without_mapping_is_refused_with_its_columns():
    assert "Station, Time, Temp" in reason(b"Station,Time,Temp\nM3501,2026,1\n")


def test_the_cap_with_an_entity_attack_is_only_named():
    attack = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    attack += b'<a xmlns="urn:oasis:names:tc:emergency:cap:1.2">&x;</a>'
    assert "CAP" in reason(attack)


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_message(body):
    assert "empty" in reason(body)


def test_the_limit_of_size():
    told = reason(b"x" * (MOST_BYTES + 1))
    assert str(MOST_BYTES) in told
    assert str(MOST_BYTES + 1) in told


def test_gzip_is_unpacked_with_all_its_members():
    body = said()
    found = decode(gzip.compress(body[:20]) + gzip.compress(body[20:]), ENVELOPE)
    assert found.readings[0].values == {"air_temperature": 26.1}


def test_a_gzip_bomb_is_stopped():
    assert "more than" in reason(gzip.compress(b"\0" * (MOST_BYTES + 1), 1))


@pytest.mark.parametrize("damage", [lambda b: b[:-9], lambda b: b[:12] + b"\xff\xff" + b[14:], lambda b: b[:2]])
def test_a_damaged_gzip_is_refused(damage):
    assert "gzip" in reason(damage(gzip.compress(said())))


def test_a_decoder_that_stumbles_becomes_a_refusal(monkeypatch):
    class Stumbler:
        NAME = "stumbler"

        @staticmethod
        def sniff(head, name):
            return True

        @staticmethod
        def decode(body, envelope):
            raise ZeroDivisionError("by zero")

    monkeypatch.setattr(front, "FAMILY", (Stumbler,))
    assert reason(b"x") == "the decoder stumbler stumbled: ZeroDivisionError: by zero"
    Stumbler.decode = staticmethod(lambda body, envelope: Decoded("stumbler"))
    assert "neither a reading nor a fault" in reason(b"x")


def test_a_clock_that_is_ahead():
    limit = decode(said("2026-07-01T00:20:00Z"), ENVELOPE)
    assert len(limit.readings) == 1
    told = reason(said("2026-07-01T00:20:01Z"))
    assert "clock of the station is ahead" in told
    assert "2026-07-01T00:20:01Z" in told


def test_only_the_early_reading_is_refused():
    both = json.dumps([json.loads(said()), json.loads(said("2026-07-01T09:00:00Z"))]).encode()
    found = decode(both, ENVELOPE)
    assert (len(found.readings), len(found.refusals)) == (1, 1)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_raise(body):
    found = decode(body, ENVELOPE)
    assert found.readings or found.refusals


STARTS = [
    b"BUFR",
    b"\x1f\x8b",
    b'{"station":',
    b'[{"station": "M1", "time": "2026-07-01T00:00Z", "elements": {',
    b"O3246 360302 1142339 00640 00648 4 000\n20260701000000 ",
    b'<DS returnCode="0"><R Station_Id_C="58358" ',
    b"  101 ! (c)\n  3 2026 06 30 00 00 00\n STID  STNM  TIME  TAIR WSPD RAIN\n",
    b"1,182,5,",
    b"TIMESTAMP,RECORD,Station_ID,M_Year,M_Month,M_DayOfMonth,M_HourOfDay,M_Minutes,AirTempK\n",
    b"STID,NAME,ST,LAT,LON,YR,MO,DA,HR,MI,TAIR\n",
]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_a_good_beginning_and_any_end_never_raise(start, rest):
    found = decode(start + rest, ENVELOPE)
    assert found.readings or found.refusals
