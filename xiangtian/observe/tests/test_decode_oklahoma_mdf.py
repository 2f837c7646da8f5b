import datetime as dt

import pytest

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.oklahoma_mdf import decode, sniff
from xiangtian.observe.reading import Envelope

ENVELOPE = Envelope(dt.datetime(2026, 7, 2, tzinfo=dt.UTC))
HEAD = "  101 ! a network\n  9 2026 07 01 00 00 00\n"
HEAD += " STID  STNM  TIME  RELH  TAIR  WSPD  WDIR  WMAX  RAIN  PRES  TS10  TB10\n"
BASE = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def told(*lines):
    return decode((HEAD + "\n".join(lines) + "\n").encode(), ENVELOPE)


def test_a_line_by_hand():
    (reading,) = told(" ACME   110  1380     31   21.3    7.3    131   9.1   12.70   969.31   15.1   17.2").readings
    assert (reading.station, reading.time) == ("ACME", BASE + dt.timedelta(hours=23))
    assert reading.values == {
        "relative_humidity": 31,
        "air_temperature": 21.3,
        "wind_speed": 7.3,
        "wind_from_direction": 131,
        "wind_speed_of_gust": 9.1,
        "surface_air_pressure": 969.31,
        "soil_temperature_10cm": 15.1,
    }
    assert reading.marks == {}


@pytest.mark.parametrize(("code", "missing"), [("-900", True), ("-998", True), ("-899.9", False)])
def test_codes_for_missing(code, missing):
    (reading,) = told(f" ACME 110 5 31 {code} 7.3 131 9.1 0.00 969.31 15.1 17.2").readings
    assert (reading.marks.get("air_temperature") == Mark.MISSING) is missing
    assert ("air_temperature" in reading.values) is not missing


@pytest.mark.parametrize(("minutes", "name"), [(60, "1h"), (180, "3h"), (360, "6h"), (720, "12h")])
def test_rain_since_midnight_is_an_amount_only_where_it_is_exactly_one(minutes, name):
    (reading,) = told(f" ACME 110 {minutes} 31 20 7.3 131 9.1 12.70 969.31 15.1 17.2").readings
    rain = {key: value for key, value in reading.values.items() if key.startswith("precipitation")}
    assert rain == {f"precipitation_amount_{name}": 12.7}


def test_all_missing_and_a_short_line():
    found = told(" ACME 110 5" + " -999" * 9, " ADAX 1 5 30", " ALTU 2 x" + " 1" * 9)
    assert [reading.values for reading in found.readings] == [{}]
    assert [refusal.part for refusal in found.refusals] == ["line 5", "line 6"]


def test_no_station_and_a_wrong_base_time():
    assert "no station" in told().refusals[0].reason
    broken = decode(HEAD.replace("2026 07 01", "2026 13 01").encode() + b" ACME 110 5" + b" 1" * 9, ENVELOPE)
    assert broken.readings == ()
    assert "line 2" in broken.refusals[0].part


def test_sniffing():
    assert sniff(HEAD.encode(), "")
    assert not sniff(b"101 !\n", "x.mdf")


@pytest.mark.shared
def test_the_whole_network(shared):
    """120 stations at 23 UTC; the README counts 0.8 % of TAIR as missing, which is one station."""
    found = decode((shared / "obs-mesonet-5min/oklahoma/201903222300.mdf").read_bytes(), ENVELOPE)
    assert len(found.readings) == 120
    assert {reading.time for reading in found.readings} == {dt.datetime(2019, 3, 22, 23, tzinfo=dt.UTC)}
    assert sum("air_temperature" in reading.marks for reading in found.readings) == 1
    assert not any("precipitation_amount" in reading.values for reading in found.readings)
