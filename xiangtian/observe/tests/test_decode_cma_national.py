"""Expected values: the sample of the national information centre's decoder for national stations (NMIC, DecodeBABJ).

Its time has 13 figures, one short: a nought is added here. Its pressures and visibilities (15102) are no real values.
By hand, with 1000 - x over 10: 0961 -> 3.9, 0964 -> 3.6 (change), 0959 -> 4.1, 1081 -> -8.1, 1116 -> -11.6 degC.
"""

import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtian.core.flags import Mark
from xiangtian.observe import decode as front
from xiangtian.observe.decode.cma_national import decode, sniff
from xiangtian.observe.reading import Envelope

ENVELOPE = Envelope(dt.datetime(2017, 12, 17, 3, 5, tzinfo=dt.UTC))
SAMPLE = f"""54902 20171217030000 355700 1150900 00493 00503 4 119 000
PP 15102 ///// -379 -376 15102 //// 15102 ////
TH 0961 0961 0300 0994 0201 0964 0959 1081 1116 031 031 0251 025
RE 0000 00000 00000 00000 00000 // ///// ////
WI 203 023 209 027 209 029 0238 205 027 229 047 0210 047 229 047 229
DT 0911 0911 0300 0965 0201 1114 1018 1018 1006 0994 0981 0927 0877 0832 0873 0873 0300 0921 0201
VV 15102 15102 15102 ////
CW 0138 /// /// /// ///// //////////////////////// /// 00 // / / //
SP //// /// /// /// /// /// / / /// ///
MR {"0" * 120}
MW (05,03,02,)03,02,05,10,.
QC
Q1 03000303 0000000000000 00000333 0000000000000000 0000000000000000000 0003 033333303003 3333333333 {"0" * 60}
Q2 27002828 0000000000000 00000777 0000000000000000 0000000000000000000 0008 077777707777 7777777777 {"0" * 60}
Q3 99999999 9999999999999 99999999 9999999999999999 9999999999999999999 9999 999999999999 9999999999 {"9" * 60}=
NNNN
"""


def told(*changes, text=SAMPLE, name=""):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return decode(text.encode(), Envelope(ENVELOPE.received, name))


def test_the_sample_of_the_national_centre():
    found = told()
    (reading,) = found.readings
    assert found.refusals == ()
    assert (reading.station, reading.time) == ("54902", dt.datetime(2017, 12, 17, 3, tzinfo=dt.UTC))
    assert (reading.lat, reading.lon, reading.alt_m) == (35.95, 115.15, 49.3)
    values = dict(reading.values)
    assert (values.pop("surface_air_pressure"), values.pop("visibility_in_air")) == (1510.2, 15102)
    for name in ("surface_air_pressure_maximum_1h", "surface_air_pressure_minimum_1h",
                 "tendency_of_surface_air_pressure_3h", "visibility_in_air_minimum_1h"):  # fmt: skip
        del values[name]  # no real values either
    assert values == {
        "air_temperature": 3.9, "air_temperature_maximum_1h": 3.9, "air_temperature_minimum_1h": 0.6,
        "air_temperature_maximum_24h": 4.1, "air_temperature_minimum_24h": -8.1, "dew_point_temperature": -11.6,
        "relative_humidity": 31, "relative_humidity_minimum_1h": 31, "vapor_pressure": 2.5,
        "precipitation_amount": 0, "precipitation_period": 60, "precipitation_amount_1h": 0,
        "precipitation_amount_3h": 0, "precipitation_amount_6h": 0, "precipitation_amount_12h": 0,
        "precipitation_amount_24h": 0, "wind_from_direction": 209, "wind_speed": 2.7, "wind_speed_2min": 2.3,
        "wind_speed_10min": 2.7, "wind_speed_maximum_1h": 2.9, "wind_gust_from_direction": 229,
        "wind_speed_of_gust": 4.7, "wind_speed_of_gust_1h": 4.7, "surface_temperature": 8.9,
        "soil_temperature_5cm": -1.8, "soil_temperature_10cm": -1.8, "soil_temperature_15cm": -0.6,
        "soil_temperature_20cm": 0.6, "soil_temperature_40cm": 1.9, "soil_temperature_80cm": 7.3,
        "soil_temperature_160cm": 12.3, "soil_temperature_320cm": 16.8, "grass_temperature": 12.7, "present_weather": 0,
    }  # fmt: skip


def test_the_decoded_sample_is_physically_consistent():
    """Magnus formula over water, 17.62 and 243.12 degC (WMO-No. 8, 2021, annex 4.B): 31 % at 3.9 degC: 2.5 hPa.

    The humidity is rounded to 1 %, which is 0.24 K of dew point here (243.12 * 17.62 / (17.62 - ln)^2 * 0.5 / 31).
    """
    values = told().readings[0].values
    e = 6.112 * math.exp(17.62 * values["air_temperature"] / (243.12 + values["air_temperature"])) * 0.31
    assert values["vapor_pressure"] == pytest.approx(e, abs=0.05)
    dew_point = 243.12 * math.log(e / 6.112) / (17.62 - math.log(e / 6.112))
    assert values["dew_point_temperature"] == pytest.approx(dew_point, abs=0.24)


def test_no_task_is_what_any_of_the_three_says():
    marks = told().readings[0].marks
    # second digit of the first group: 3, 7, 9; eighth of the third: 3, 7, 9; first of the eighth: 3, 7, 9
    for name in ("air_pressure_at_mean_sea_level", "lwe_thickness_of_evaporation_1h", "surface_snow_thickness"):
        assert marks[name] == Mark.NO_TASK
    found = told(("Q2 27002828", "Q2 28002828"), ("Q2 ", "Q2 "))
    assert found.readings[0].marks["air_pressure_at_mean_sea_level"] == Mark.MISSING


def test_rain_and_its_codes():
    (reading,) = told(("RE 0000 00000 00000 00000 00000", "RE ,,,, 00123 99990 00990 99999")).readings
    assert (reading.values["precipitation_amount_1h"], reading.marks["precipitation_amount_1h"]) == (0, Mark.TRACE)
    assert reading.values["precipitation_amount_3h"] == 12.3
    assert (reading.values["precipitation_amount_6h"], reading.marks["precipitation_amount_6h"]) == (0, Mark.TRACE)
    assert (reading.values["precipitation_amount_24h"], reading.marks["precipitation_amount_24h"]) == (0, Mark.TRACE)


def test_rain_that_may_be_a_code_is_not_taken_and_told():
    found = told(("RE 0000 00000 00000 00000", "RE 0000 00000 00000 00990"))
    assert found.readings[0].marks["precipitation_amount_12h"] == Mark.MISSING
    assert "precipitation_amount_12h" not in found.readings[0].values
    assert "99.0 mm, or the code 990" in found.refusals[0].reason


def test_between_full_hours_there_is_no_value_of_an_hour():
    reading = told(("20171217030000", "20171217031000"), ("RE 0000", "RE 0012")).readings[0]
    assert (reading.values["precipitation_amount"], reading.values["precipitation_period"]) == (1.2, 10)
    every = set(reading.values) | set(reading.marks)
    assert not {name for name in every if name.endswith("_1h")}


def test_second_choices():
    (reading,) = told(("209 027 209", "/// /// 209"), ("VV 15102 15102", "VV ///// /////")).readings
    assert (reading.values["wind_from_direction"], reading.values["wind_speed"]) == (203, 2.3)
    assert reading.values["visibility_in_air"] == 13800  # the observer's 0138: 13.8 km
    (reading,) = told(("VV 15102 15102", "VV 08000 /////")).readings
    assert reading.values["visibility_in_air"] == 8000


@pytest.mark.parametrize(("text", "percent"), [("010", 100), ("005", 50), ("10-", 100)])
def test_cloud_in_tenths(text, percent):
    assert told(("CW 0138 ///", f"CW 0138 {text}")).readings[0].values["cloud_area_fraction"] == percent


def test_calm_north_and_snow():
    (reading,) = told(("203 023 209 027", "PPC 000 000 027"), ("SP ////", "SP 0125")).readings
    assert reading.values["wind_from_direction"] == 360
    assert reading.values["surface_snow_thickness"] == 12.5
    (reading,) = told(("203 023 209 027", "PPC 001 PPC 001")).readings
    assert (reading.values["wind_from_direction"], reading.marks["wind_from_direction"]) == (0, Mark.CALM)


def test_a_correction_by_line_or_by_name():
    assert told(("119 000", "119 CCA")).readings[0].correction == "CCA"
    assert told(name="Z_SURF_I_54902_20171217030000_O_AWS_FTM-CCB.txt").readings[0].correction == "CCB"
    assert told().readings[0].correction == ""


def test_a_damaged_record_does_not_cost_its_neighbours():
    body = SAMPLE.replace("NNNN\n", "")
    bad = body.replace("54902", "54903").replace("VV 15102 15102 15102 ////\n", "")
    short = body.replace("54902", "54904").replace("TH 0961 ", "TH ")
    found = told(text=bad + short + body.replace("54902", "54905") + "NNNN\n")
    assert [reading.station for reading in found.readings] == ["54905"]
    assert [refusal.part for refusal in found.refusals] == ["record 1 (54903)", "record 2 (54904)"]
    assert "line VV of a record holds 4 fields, found no such line" in found.refusals[0].reason
    assert "line TH of a record holds 13 fields, found 12" in found.refusals[1].reason


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("20171217030000", "20171317030000"), "calendar"),
        (("20171217030000", "2017121703000"), "yyyyMMddHHmmss"),  # as the sample has it
        (("355700", "356100"), "degrees, minutes"),
        (("NNNN", ""), "NNNN"),
    ],
)
def test_what_is_refused(change, word):
    assert word in told(change).refusals[0].reason


def test_all_missing():
    lines = [line if line[:2] not in ("PP", "TH", "RE", "WI", "DT", "VV", "CW", "SP") else
             " ".join([line[:2], *("/" * len(word) for word in line.split()[1:])])
             for line in SAMPLE.splitlines()]  # fmt: skip
    (reading,) = told(text="\n".join(lines)).readings
    assert reading.values == {}
    assert set(reading.marks.values()) <= {Mark.MISSING, Mark.NO_TASK}


def test_the_front_finds_it():
    assert sniff(SAMPLE.encode(), "")
    assert front.decode(SAMPLE.encode(), ENVELOPE).format == "cma-national"
    assert not sniff(b"O3246 360302 1142339 00640 00648 4 000\n", "")


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(SAMPLE) - 1), st.integers(0, 80))
def test_any_damage_gives_readings_or_refusals(junk, at, cut):
    body = SAMPLE.encode()
    found = decode(body[:at] + junk + body[at + cut :], ENVELOPE)
    assert found.readings or found.refusals
