"""Expected values: the sample of the national information centre's decoder for regional stations (NMIC, DecodeREG).

Station O3246 reports T -2.8, Tmax -2.8 at 15:01, RH 56 %, e 2.8 hPa, Td -10.4, P 1022.5 hPa, P0 1030.8 hPa at
36 deg 03' 02" N, 114 deg 23' 39" E, 64.0 m.
"""

import dataclasses
import datetime as dt
import math

import pytest

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.cma_regional import ELEMENTS, decode, encode, sniff
from xiangtian.observe.reading import Envelope

ENVELOPE = Envelope(dt.datetime(2017, 12, 26, 15, 12, tzinfo=dt.UTC))
FIRST = "O3246 360302 1142339 00640 00648 4 000"
FIELDS = {
    0: "20171226151000",
    1: "249",
    2: "004",
    3: "226",
    4: "005",
    5: "250",
    6: "007",
    7: "1501",
    8: "247",
    9: "005",
    10: "224",
    11: "009",
    12: "1504",
    13: "0000",
    14: "-028",
    15: "-028",
    16: "1501",
    17: "-029",
    18: "1505",
    19: "056",
    20: "055",
    21: "1501",
    22: "028",
    23: "-104",
    24: "10225",
    48: "10308",
}


def record(first=FIRST, digits=None, **change) -> list[str]:
    fields = {**FIELDS, **{int(place.removeprefix("f")): text for place, text in change.items()}}
    line = [fields.get(place, "////") for place in range(52)]
    quality = "".join("0" if place in fields else "7" for place in range(1, 52))
    return [first, " ".join(line), "00" * 10 + "//" * 50, "/// /// ////", f"QC {digits or quality} {'0' * 60}="]


def told(*records, end=True, name=""):
    lines = [line for lines in records for line in lines] + (["NNNN"] if end else [])
    return decode("\r\n".join(lines).encode(), Envelope(ENVELOPE.received, name))


def test_the_sample_of_the_national_centre():
    found = told(record())
    (reading,) = found.readings
    assert found.refusals == ()
    assert reading.station == "O3246"
    assert reading.time == dt.datetime(2017, 12, 26, 15, 10, tzinfo=dt.UTC)
    assert (round(reading.lat, 5), round(reading.lon, 5), reading.alt_m) == (36.05056, 114.39417, 64.0)
    assert reading.values == {
        "wind_from_direction": 226,
        "wind_speed": 0.5,
        "wind_speed_2min": 0.4,
        "wind_speed_10min": 0.5,
        "wind_gust_from_direction": 224,
        "wind_speed_of_gust": 0.9,
        "precipitation_amount": 0,
        "precipitation_period": 10,
        "air_temperature": -2.8,
        "relative_humidity": 56,
        "vapor_pressure": 2.8,
        "dew_point_temperature": -10.4,
        "surface_air_pressure": 1022.5,
        "air_pressure_at_mean_sea_level": 1030.8,
    }
    assert reading.marks["grass_temperature"] == Mark.NO_TASK


def test_the_decoded_sample_is_physically_consistent():
    """Magnus formula over water, 17.62 and 243.12 degC (WMO-No. 8, 2021, annex 4.B): e 2.79 hPa, Td -10.37 degC."""
    values = told(record()).readings[0].values
    temperature, humidity = values["air_temperature"], values["relative_humidity"]
    e = 6.112 * math.exp(17.62 * temperature / (243.12 + temperature)) * humidity / 100
    assert values["vapor_pressure"] == pytest.approx(e, abs=0.05)
    assert values["dew_point_temperature"] == pytest.approx(-10.37, abs=0.05)


def test_a_full_hour_has_its_hour_of_rain():
    values = told(record(f0="20171226150000", f13="0123")).readings[0].values
    assert values["precipitation_amount"] == values["precipitation_amount_1h"] == 12.3
    assert values["precipitation_period"] == 60


def test_rain_within_the_hour_is_no_hour_of_rain():
    values = told(record(f13="0123")).readings[0].values
    assert values["precipitation_period"] == 10
    assert "precipitation_amount_1h" not in values


def test_trace_calm_and_missing_are_three_things():
    (reading,) = told(record(f0="20171226150000", f13=",,,,", f3="PPC", f4="000", f14="////")).readings
    assert (reading.values["precipitation_amount_1h"], reading.marks["precipitation_amount_1h"]) == (0, Mark.TRACE)
    assert (reading.values["wind_from_direction"], reading.marks["wind_from_direction"]) == (0, Mark.CALM)
    assert "air_temperature" not in reading.values
    assert reading.marks["air_temperature"] == Mark.MISSING


def test_extremes_are_values_of_an_hour_at_the_full_hour_only():
    """NMIC describes them as those "within each hour": the sample's, of 15:10, belong to ten minutes."""
    change = {"f25": "10226", "f27": "10225", "f47": "0012", "f50": "08000"}
    (reading,) = told(record(f0="20171226150000", **change)).readings
    expected = {
        "air_temperature_maximum_1h": -2.8, "air_temperature_minimum_1h": -2.9, "relative_humidity_minimum_1h": 55,
        "surface_air_pressure_maximum_1h": 1022.6, "surface_air_pressure_minimum_1h": 1022.5,
        "wind_speed_maximum_1h": 0.7, "wind_speed_of_gust_1h": 0.9, "lwe_thickness_of_evaporation_1h": 1.2,
        "visibility_in_air_minimum_1h": 8000,
    }  # fmt: skip
    assert {name: reading.values.get(name) for name in expected} == expected
    off_hour = told(record(**change)).readings[0]
    assert not set(expected) & (set(off_hour.values) | set(off_hour.marks))


def test_soil_temperatures_by_depth():
    soil = {f"f{39 + step}": f"{50 + step:04d}" for step in range(8)}
    values = told(record(**soil)).readings[0].values
    assert [values[f"soil_temperature_{depth}cm"] for depth in (5, 10, 15, 20, 40, 80, 160, 320)] == [
        5.0, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6, 5.7
    ]  # fmt: skip


def test_direction_000_is_north():
    """NMIC's description: 000 is taken as 360; calm has its own sign."""
    (reading,) = told(record(f3="000")).readings
    assert reading.values["wind_from_direction"] == 360
    assert "wind_from_direction" not in reading.marks


def test_what_is_written_is_read_again():
    """A round trip of the sample; the fields that hold an element come out as the centre's own text."""
    (reading,) = told(record()).readings
    body = encode([reading])
    (again,) = decode(body, ENVELOPE).readings
    assert again == reading
    line = body.decode().splitlines()[1].split()
    assert {place.field: line[place.field] for place in ELEMENTS.values() if place.field in FIELDS and not place.at_hour
            and place.field not in (1,)} == {
        place.field: FIELDS[place.field] for place in ELEMENTS.values() if place.field in FIELDS and not place.at_hour
    }  # fmt: skip
    first = body.decode().splitlines()[0].split()
    assert first[:4] == FIRST.split()[:4]


def test_the_round_trip_keeps_trace_calm_and_correction():
    change = {"f0": "20171226150000", "f3": "PPC", "f4": "001", "f13": ",,,,", "f14": "////"}
    (reading,) = told(record(first=FIRST.replace(" 000", " CCA"), **change)).readings
    assert decode(encode([reading]), ENVELOPE).readings == (reading,)


def test_a_reading_without_a_position_is_not_written():
    (reading,) = told(record()).readings
    with pytest.raises(ValueError, match="O3246"):
        encode([dataclasses.replace(reading, lat=None)])


def test_wind_falls_back_to_the_two_minute_mean():
    values = told(record(f3="////", f4="////")).readings[0].values
    assert (values["wind_from_direction"], values["wind_speed"]) == (249, 0.4)


def test_all_missing_is_still_a_reading():
    blank = {f"f{place}": "////" for place in range(1, 52)}
    (reading,) = told(record(digits="8" * 51, **blank)).readings
    assert reading.values == {}
    assert set(reading.marks.values()) == {Mark.MISSING}


def test_a_correction_by_line_or_by_name():
    assert told(record(first=FIRST.replace(" 000", " CCA"))).readings[0].correction == "CCA"
    assert told(record(), name="Z_SURF_I_O3246_20171226151000_O_AWS_FTM-CCB.txt").readings[0].correction == "CCB"
    assert told(record()).readings[0].correction == ""


def test_a_damaged_record_does_not_cost_its_neighbours():
    second = record(first=FIRST.replace("O3246", "O3247"))
    third = record(first=FIRST.replace("O3246", "O3248"))
    found = told(record(), second[:3], third)
    assert [reading.station for reading in found.readings] == ["O3246", "O3248"]
    assert found.refusals[0].part == "record 2 (O3247)"
    assert "5 lines, found 3" in found.refusals[0].reason


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        ({"f0": "20171326151000"}, "calendar"),
        ({"f0": "15:10"}, "yyyyMMddHHmmss"),
        ({"first": FIRST.replace("360302", "366102")}, "degrees, minutes"),
    ],
)
def test_a_wrong_time_or_place_is_refused(damage, word):
    found = told(record(**damage))
    assert found.readings == ()
    assert word in found.refusals[0].reason


def test_a_wrong_number_of_fields_is_refused():
    lines = record()
    lines[1] += " 1"
    assert "52 fields, found 53" in told(lines).refusals[0].reason


def test_a_file_without_its_end_is_told():
    found = told(record(), end=False)
    assert len(found.readings) == 1
    assert "NNNN" in found.refusals[0].reason


def test_sniffing():
    assert sniff(FIRST.encode() + b"\n", "")
    assert not sniff(b"O3246 36 114\n", "Z_SURF_C_BEPK-REG_20171226151000_O_AWS_FTM.txt")
