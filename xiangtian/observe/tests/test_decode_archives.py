"""ISD, GHCNh and the air-quality network: records written by hand from the format documents, and real files."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtian.core.flags import Mark
from xiangtian.observe import decode
from xiangtian.observe.decode import cnemc, ghcnh, isd
from xiangtian.observe.reading import Decoded, Envelope

NOW = Envelope(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
CONTROL = "0000583580999992024071502004+31067+120433FM-12+0018OOOO V020"
MANDATORY = "1201N00351010001C1008000199+02851+02611100041"


def read(text: str) -> Decoded:
    return decode.decode(text.encode(), NOW)


def test_an_isd_record_by_hand() -> None:
    # columns and groups by NOAA's format document for DS3505
    assert len(CONTROL) == 60
    assert len(MANDATORY) == 45
    found = read(
        CONTROL
        + MANDATORY
        + "ADDAA101002591AA206012091"
        + "GF107991071051008001001001"
        + "KA1010M+02951"
        + "KA2240N+02411"
        + "MA1999999100021"
        + "MD1710121+9999"
        + "MW1611"
        + "OC101831"
        + "REMSYN00410101 AAA"
    )
    (report,) = found.readings
    assert not found.refusals
    assert (report.station, report.lat, report.lon, report.alt_m) == ("58358", 31.067, 120.433, 18)
    assert report.time == dt.datetime(2024, 7, 15, 2, tzinfo=dt.UTC)
    assert report.values == {
        "wind_from_direction": 120, "wind_speed": 3.5, "visibility_in_air": 8000, "air_temperature": 28.5,
        "dew_point_temperature": 26.1, "air_pressure_at_mean_sea_level": 1000.4, "precipitation_amount_1h": 2.5,
        "precipitation_amount": 2.5, "precipitation_period": 60, "precipitation_amount_6h": 12,
        "cloud_area_fraction": 88, "air_temperature_maximum_1h": 29.5, "air_temperature_minimum_24h": 24.1,
        "surface_air_pressure": 1000.2, "tendency_of_surface_air_pressure_3h": -1.2, "present_weather": 61,
        "wind_speed_of_gust": 18.3,
    }  # fmt: skip


def test_an_isd_value_that_the_archive_calls_erroneous_is_not_taken() -> None:
    found = read(CONTROL + MANDATORY.replace("+02851", "+09857").replace("100041", "999999"))
    assert found.readings[0].marks["air_temperature"] is Mark.MISSING
    assert found.readings[0].marks["air_pressure_at_mean_sea_level"] is Mark.MISSING
    assert "air_temperature" not in found.readings[0].values


def test_an_isd_group_that_is_not_known_ends_the_reading_of_groups_only() -> None:
    found = read(CONTROL + MANDATORY + "ADDZZ1000AA101002591")
    assert found.readings[0].values["air_temperature"] == 28.5
    assert found.refusals[0].part == "ZZ1"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (CONTROL + MANDATORY[:20], "105 columns"),
        (CONTROL.replace("FM-12", "SOD  ") + MANDATORY, "summary"),
        (CONTROL.replace("20240715", "20241335") + MANDATORY, "calendar"),
    ],
)
def test_isd_lines_that_are_no_report_are_refused(line: str, word: str) -> None:
    found = read(CONTROL + MANDATORY + "\n" + line)
    assert len(found.readings) == 1
    assert word in found.refusals[0].reason


def table(**columns: str) -> str:
    told = {"Station_ID": "CHM00058358", "Station_name": "DONGSHAN", "Year": "2024", "Month": "07", "Day": "15"}
    told |= {"Hour": "02", "Minute": "00", "Latitude": "31.07", "Longitude": "120.43", "Elevation": "18"} | columns
    return "|".join(told) + "\n" + "|".join(told.values()) + "\n"


def test_a_ghcnh_row_by_hand() -> None:
    found = read(table(temperature="28.5", visibility="8.000", snow_depth="120", pressure_3hr_change="0.4",
                       pressure_3hr_change_Measurement_Code="7-Decr", precipitation="0.0",
                       precipitation_Measurement_Code="2-Trace", wind_speed="0.0", wind_speed_Measurement_Code="C-Calm",
                       dew_point_temperature="26.1", dew_point_temperature_Quality_Code="7"))  # fmt: skip
    (report,) = found.readings
    assert report.station == "58358"
    assert report.values == {
        "air_temperature": 28.5, "visibility_in_air": 8000, "surface_snow_thickness": 12,
        "tendency_of_surface_air_pressure_3h": -0.4, "precipitation_amount_1h": 0, "precipitation_amount": 0,
        "precipitation_period": 60, "wind_speed": 0, "wind_from_direction": 0,
    }  # fmt: skip
    assert report.marks["precipitation_amount"] is Mark.TRACE
    assert report.marks["dew_point_temperature"] is Mark.MISSING


def test_a_ghcnh_row_without_a_moment_is_refused() -> None:
    assert "calendar" in read(table(Day="31", Month="02")).refusals[0].reason
    assert "too early" in read(table().rsplit("\n", 2)[0] + "\nTOOSHORT\n").refusals[0].reason


def test_air_quality_in_both_forms() -> None:
    told = {"stationcode": "1160A", "timepoint": "2018-02-20T07:00:00", "pm2_5": "38", "pm10": "-;", "co": "0.7"}
    body = json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": told}]})
    (site,) = read(body).readings
    assert site.time == dt.datetime(2018, 2, 19, 23, tzinfo=dt.UTC)  # Beijing time is UTC + 8 h
    assert site.values == {"mass_concentration_of_pm2p5": 38, "mass_concentration_of_carbon_monoxide": 0.7}
    assert site.marks["mass_concentration_of_pm10"] is Mark.MISSING
    rows = "70001 2014 11 24 19    125.3230      43.9167       49       70        1.247       73      138    -9999\n"
    (row,) = read(rows).readings
    assert row.values["mass_concentration_of_pm10"] == 138
    assert row.marks["mass_concentration_of_pm2p5"] is Mark.MISSING
    assert "whole day" in read(rows.replace(" 19 ", "    ")).refusals[0].reason


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_comes_gives_readings_or_refusals(body: bytes) -> None:
    head = (CONTROL + MANDATORY).encode()
    for found in (
        isd.decode(head + b"ADD" + body, NOW),
        ghcnh.decode(table(temperature="").encode() + body, NOW),
        cnemc.decode(b'{"features": [' + body, NOW),
        cnemc.decode(b"70001 " + body, NOW),
    ):
        assert found.readings or found.refusals


@pytest.mark.shared
def test_a_year_of_isd_is_read_whole(shared: Path) -> None:
    path = shared / "obs-isd-ghcnh-samples/DS3505_isd_full.txt.gz"
    found = decode.decode(path.read_bytes(), NOW)
    assert (found.format, len(found.readings), found.refusals) == ("isd", 2907, ())
    assert {reading.station for reading in found.readings} == {"01001"}


@pytest.mark.shared
def test_ghcnh_says_what_the_report_in_its_remarks_says(shared: Path) -> None:
    compared = 0
    for path in sorted((shared / "obs-isd-ghcnh-samples").glob("GHCNh*.psv")):
        rows = path.read_text().splitlines()[1:]
        for reading, line in zip(decode.decode(path.read_bytes(), NOW).readings, rows, strict=False):
            told = re.search(r"(?:METAR|SPECI) [A-Z]{4} \d{6}Z [^|]*", line)
            if told is None or f"{reading.time:%d%H%M}Z" not in told[0]:
                continue
            envelope = Envelope(reading.time + dt.timedelta(minutes=5))
            (report,) = decode.decode(told[0].replace(" M ", " ").encode(), envelope).readings
            for name in report.values.keys() & reading.values.keys() - {"visibility_in_air"}:
                compared += 1
                assert reading.values[name] == pytest.approx(report.values[name], abs=0.51), (line[:60], name)
    assert compared > 20


@pytest.mark.shared
def test_the_hour_of_air_quality_has_all_its_sites(shared: Path) -> None:
    folder = shared / "air-quality-china"
    hour = decode.decode((folder / "airnow_20180220T0700.geojson.gz").read_bytes(), NOW)
    assert len(hour.readings) == 1495
    missing = sum("mass_concentration_of_pm10" in one.marks for one in hour.readings)
    assert missing / 1495 == pytest.approx(0.18, abs=0.01)  # as the data's description says
    assert len(decode.decode((folder / "20170411_O3_hourly_city_obs.txt.gz").read_bytes(), NOW).readings) == 34776
    assert "whole day" in decode.decode((folder / "20170411_daily_city_obs.txt").read_bytes(), NOW).refusals[0].reason
