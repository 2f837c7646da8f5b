"""BUFR: synthetic messages encoded by ecCodes, real messages against pdbufr's tables and against access by key."""

import csv
import datetime as dt
import importlib
import re

import numpy as np
import pyproj  # noqa: F401 must be loaded before eccodes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtian.core.flags import Mark
from xiangtian.observe.decode import decode as front
from xiangtian.observe.decode.bufr import decode, sniff
from xiangtian.observe.decode.bufr.frames import Fault, frames
from xiangtian.observe.decode.bufr.section_3 import bounded, expanded_at_most, without_quality
from xiangtian.observe.decode.bufr.station import identify, moment
from xiangtian.observe.decode.bufr.subset import MISSING
from xiangtian.observe.decode.bufr.template import compile_template
from xiangtian.observe.reading import Envelope
from xiangtian.observe.tests.bufr_makers import ENVELOPE, HOME, encode, one

eccodes = importlib.import_module("eccodes")


def test_units_of_the_catalogue():
    """273.15 K is 0 degC (SI brochure); 100000 Pa is 1000 hPa."""
    reading = one(10004, 12101, 12103, 13003, nonCoordinatePressure=100000, airTemperature=299.25, relativeHumidity=61)
    assert reading.values == {"surface_air_pressure": 1000.0, "air_temperature": 26.1, "relative_humidity": 61.0}
    assert reading.marks == {"dew_point_temperature": Mark.MISSING}
    assert (reading.station, reading.time) == ("58358", dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    assert (reading.lon, reading.lat, reading.alt_m) == (120.43, 31.27, None)


def test_a_trace_of_rain():
    """-0.1 kg m-2 means trace (WMO-No. 306, volume I.2, note to table B class 13)."""
    reading = one(4024, 13011, timePeriod=-6, totalPrecipitationOrTotalWaterEquivalent=-0.1)
    assert reading.values == {"precipitation_amount_6h": 0.0}
    assert reading.marks == {"precipitation_amount_6h": Mark.TRACE}


@pytest.mark.parametrize(
    ("period", "names"),
    [
        (-60, {"precipitation_amount", "precipitation_amount_1h"}),
        (-10, {"precipitation_amount"}),
        (-180, {"precipitation_amount_3h"}),
        (-720, {"precipitation_amount_12h"}),
        (-1440, {"precipitation_amount_24h"}),
        (-90, set()),
        (0, set()),
        (60, set()),
    ],
)
def test_rain_goes_by_its_period(period, names):
    body = encode(
        [4025, 13011, 12101], timePeriod=period, totalPrecipitationOrTotalWaterEquivalent=2.5, airTemperature=300
    )
    values = dict(decode(body, ENVELOPE).readings[0].values)
    del values["air_temperature"]
    if "precipitation_amount" in names:
        assert values.pop("precipitation_period") == -period
    assert values == dict.fromkeys(names, 2.5)


def test_rain_of_a_period_that_ended_earlier_is_left_out():
    keys = {"__1__timePeriod": -1800, "__2__timePeriod": -360}
    reading = one(4025, 4025, 13011, 12101, totalPrecipitationOrTotalWaterEquivalent=2.5, airTemperature=300, **keys)
    assert set(reading.values) == {"air_temperature"}


@pytest.mark.parametrize(("height", "taken"), [(0.05, False), (1.5, True), (2.0, True), (10.0, False)])
def test_air_temperature_is_that_of_the_screen(height, taken):
    keys = {"heightOfSensorAboveLocalGroundOrDeckOfMarinePlatform": height}
    reading = one(10004, 7032, 12101, nonCoordinatePressure=100000, airTemperature=300, **keys)
    assert ("air_temperature" in reading.values) is taken


def test_a_standard_deviation_is_no_value():
    reading = one(12101, 8023, 10004, airTemperature=300, firstOrderStatistics=9, nonCoordinatePressure=20)
    assert set(reading.values) == {"air_temperature"}


def test_ground_temperatures_by_depth():
    keys = {f"__{n}__depthBelowLandSurface": depth for n, depth in enumerate((0.05, 0.1, 0.2, 0.5), 1)}
    keys |= {f"__{n}__soilTemperature": 290 + n for n in (1, 2, 3, 4)}
    values = one(*[7061, 12130] * 4, **keys).values
    assert {name: round(value, 2) for name, value in values.items()} == {
        "soil_temperature_5cm": 17.85,
        "soil_temperature_10cm": 18.85,
        "soil_temperature_20cm": 19.85,
    }


def test_calm_is_marked():
    reading = one(11001, 11002, windDirection=0, windSpeed=0)
    assert reading.marks == {"wind_speed": Mark.CALM, "wind_from_direction": Mark.CALM}


def test_gusts_of_more_than_an_hour_are_left_out():
    keys = {"__1__timePeriod": -10, "__2__timePeriod": -360}
    keys |= {"__1__maximumWindGustSpeed": 9.5, "__2__maximumWindGustSpeed": 14.0, "__1__maximumWindGustDirection": 120}
    reading = one(4025, 11043, 11041, 4025, 11043, 11041, **keys)
    assert reading.values == {"wind_speed_of_gust": 9.5, "wind_gust_from_direction": 120}


def test_a_sky_that_cannot_be_seen_has_no_cloud_cover():
    """Code 113 of 0 20 010: sky obscured."""
    assert one(20010, cloudCoverTotal=113).marks == {"cloud_area_fraction": Mark.MISSING}


def test_two_moments_in_one_subset():
    keys = {"__1__airTemperature": 300, "__2__airTemperature": 301, "__2__year": 2026, "__2__month": 7}
    keys |= {"__2__day": 1, "__2__hour": 0, "__2__minute": 10}
    keys |= {"__1__year": 2026, "__1__month": 7, "__1__day": 1, "__1__hour": 0, "__1__minute": 0}
    found = decode(encode([12101, 301011, 301012, 12101], **keys), ENVELOPE)
    assert [(reading.time.minute, reading.values["air_temperature"]) for reading in found.readings] == [
        (0, 26.85),
        (10, 27.85),
    ]


def test_a_series_of_short_increments_belongs_to_other_moments():
    keys = {"__1__timeIncrement": -10, "__2__timeIncrement": 1, "nonCoordinatePressure": 100000}
    keys["totalPrecipitationOrTotalWaterEquivalent"] = 0.3
    body = encode([4015, 4025, 4065, 101000, 31001, 13011, 10004], factors=[3], timePeriod=-1, **keys)
    assert decode(body, ENVELOPE).readings[0].values == {"surface_air_pressure": 1000.0}


@pytest.mark.parametrize("compressed", [0, 1])
def test_several_subsets(compressed):
    if compressed:
        keys = {"stationNumber": [358, 359, 360], "airTemperature": [300.0, 301.0, 302.0]}
    else:
        keys = {f"__{n}__{key}": value for n in (1, 2, 3) for key, value in HOME.items()}
        keys |= {f"__{n}__stationNumber": 357 + n for n in (1, 2, 3)}
        keys |= {f"__{n}__airTemperature": 299 + n for n in (1, 2, 3)}
    body = encode([12101], subsets=3, compressed=compressed, **keys)
    found = decode(body, ENVELOPE)
    assert [(reading.station, reading.values["air_temperature"]) for reading in found.readings] == [
        ("58358", 26.85),
        ("58359", 27.85),
        ("58360", 28.85),
    ]


def test_headings_garbage_and_corrections_between_messages():
    first, second = encode([12101], airTemperature=300), encode([12101], airTemperature=299)
    file = b"\x01\r\r\n001\r\r\nISMD01 BABJ 010000\r\r\n" + first + b"\r\r\n\x03garbage BUFR and more\r\r\n"
    file += b"ISMD01 BABJ 010000 CCA\r\r\n" + second
    found = decode(file, ENVELOPE)
    assert [(reading.correction, reading.values["air_temperature"]) for reading in found.readings] == [
        ("", 26.85),
        ("CCA", 25.85),
    ]
    assert len(found.refusals) == 1


@pytest.mark.parametrize(("update", "correction"), [(0, ""), (1, "CCA"), (3, "CCC"), (24, "CCX"), (25, "")])
def test_a_correction_by_the_update_sequence_number_where_no_heading_tells(update, correction):
    """Octet 9 of section 1, edition 4: 0 for the original, one more for each update (WMO-No. 306, volume I.2)."""
    body = encode([12101], airTemperature=300, updateSequenceNumber=update)
    assert decode(body, ENVELOPE).readings[0].correction == correction
    headed = b"ISMD01 BABJ 010000 CCB\r\r\n" + body
    assert decode(headed, ENVELOPE).readings[0].correction == "CCB"


def test_a_retard_by_the_name_of_the_file():
    name = "A_ISMD02LIIB210000RRA_C_EDZW_20220321005803_12015293.bin"
    assert (
        decode(encode([12101], airTemperature=300), Envelope(ENVELOPE.received, name)).readings[0].correction == "RRA"
    )


def test_parts_of_a_report_are_joined_and_contradictions_kept_apart():
    first, other = encode([12101, 11041], airTemperature=300), encode([11041], maximumWindGustSpeed=9)
    (joined,) = decode(first + other, ENVELOPE).readings
    assert joined.values == {"air_temperature": 26.85, "wind_speed_of_gust": 9}
    assert joined.marks == {}
    assert len(decode(first + encode([12101], airTemperature=280), ENVELOPE).readings) == 2


@pytest.mark.parametrize(
    ("category", "word"), [(2, "vertical soundings"), (6, "radar"), (101, "image"), (250, "local")]
)
def test_other_categories_are_refused_by_name(category, word):
    found = decode(encode([12101], category=category, airTemperature=300), ENVELOPE)
    assert found.readings == ()
    assert f"data category {category}" in found.refusals[0].reason
    assert word in found.refusals[0].reason


def test_an_empty_report_is_told():
    missing = {"year": eccodes.CODES_MISSING_LONG, "hour": eccodes.CODES_MISSING_LONG}
    found = decode(encode([12101], **missing), ENVELOPE)
    assert "NIL" in found.refusals[0].reason
    assert "58358" in found.refusals[0].part


def test_a_template_without_our_elements():
    assert "no element of the catalogue" in decode(encode([22042]), ENVELOPE).refusals[0].reason


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ({"block": 3, "number": 9}, "03009"),
        ({"block": 3}, ""),
        ({"series": 0, "issuer": 20000, "issue": 0, "local": "58358"}, "0-20000-0-58358"),
        ({"ship": "BOAB "}, "BOAB"),
        ({"region": 4, "subarea": 8, "buoy": 508}, "48508"),  # A1bwnbnbnb: WMO-No. 306, volume I.1, section C
        ({"buoy": 52082}, "52082"),
        ({"icao": "ZSSS"}, "ZSSS"),
        ({}, ""),
    ],
)
def test_identifiers(ids, expected):
    assert identify(ids) == expected


def test_moment_without_minutes_and_without_hour():
    assert moment([2026.0, 7.0, 1.0, 6.0, MISSING]) == dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC)
    for broken in ([2026.0, 7.0, 1.0], [2026.0, MISSING, 1.0, 0.0], [2026.0, 2.0, 30.0, 0.0]):
        with pytest.raises(ValueError, match=r"time|day"):
            moment(broken)


@pytest.mark.parametrize(
    ("octets", "word"),
    [
        (b"", "empty"),
        (b"\x9f\x1f", "231031 is none"),
        (b"\x83\x82", "203130 is none"),  # new reference values of 130 bits: ecCodes aborts on them
        (b"\x45\x02\x01\x01", "over the end"),  # 1 05 002 with one descriptor behind it
        (b"\x41\x00\x01\x01", "no count"),  # 1 01 000 without 0 31 001
        (b"\x40\x02\x01\x01", "over the end"),  # 1 00 002 repeats nothing
        (b"".join(bytes((64 + n, 1)) for n in range(20, 0, -1)) + b"\x01\x01", "deep"),
        (b"\x43\xff\x42\xff\x41\xff\x01\x01", "more than"),  # 255 cubed
    ],
)
def test_templates_that_crash_or_flood_the_library_are_refused(octets, word):
    with pytest.raises(ValueError, match=re.escape(word)):
        bounded(octets)


def test_quality_information_is_cut_off():
    """2 22 000 is the octets 0x96 0x00; what stands before it stays."""
    assert without_quality(b"\x0c\x65\x96\x00\x41\x01") == b"\x0c\x65"
    assert without_quality(b"\x0c\x65") == b"\x0c\x65"
    with pytest.raises(ValueError, match="several subsets"):
        bounded(b"\x0c\x65\x96\x00")


def test_expansion_by_hand():
    """1 02 003 over two elements is six; a delayed replication counts once."""
    assert expanded_at_most([(1, 2, 3), (0, 1, 1), (0, 1, 2)]) == 6
    assert expanded_at_most([(1, 1, 0), (0, 31, 1), (0, 1, 1), (0, 1, 2)]) == 2


def test_the_largest_subset_of_a_template():
    """Two elements, and a count with at most 255 times one element: 2 + 1 + 255."""
    assert compile_template([1001, 101000, 31001, 12101, 1002]).most_values() == 258


def test_frames_of_nothing():
    assert list(frames(b"")) == []
    assert all(isinstance(frame, Fault) for frame in frames(b"BUFR" * 100 + b"7777"))


def test_sniffing():
    assert sniff(b"BUFR\0\0", "")
    assert sniff(b"\x01\r\r\nISMD01 BABJ 010000\r\r\nBUFR\x00\x00\xe8\x04", "")
    assert not sniff(b'{"title": "on BUFR messages"}', "")


def test_truncation_at_every_length_gives_a_reason():
    body = encode([307080, 22042], factors=[1, 1], airTemperature=300)
    for cut in range(4, len(body)):
        found = front(body[:cut], ENVELOPE)
        assert found.readings == ()
        assert found.refusals


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_never_raise(flips):
    body = bytearray(encode([12101, 101000, 31001, 13011, 301021], factors=[2], airTemperature=300))
    for place, value in flips:
        body[int(place * (len(body) - 1))] = value
    found = front(bytes(body), ENVELOPE)
    assert found.readings or found.refusals


# --- real messages ---------------------------------------------------------------------------------------------------


def by_key(body):
    """Read temperature, dew point, pressure and mean wind of single-subset messages by key, as pdbufr does."""
    place = 0
    while (begin := body.find(b"BUFR", place)) >= 0:
        length = int.from_bytes(body[begin + 4 : begin + 7], "big")
        handle = eccodes.codes_new_from_message(body[begin : begin + length])
        eccodes.codes_set(handle, "unpack", 1)
        row = {}
        for key in KEYS:
            try:
                row[key] = eccodes.codes_get(handle, key)
            except eccodes.KeyValueNotFoundError:
                row[key] = None
        eccodes.codes_release(handle)
        place = begin + length
        yield row


KEYS = {
    "blockNumber": None,
    "stationNumber": None,
    "airTemperatureAt2M": ("air_temperature", 1, -273.15),
    "dewpointTemperatureAt2M": ("dew_point_temperature", 1, -273.15),
    "nonCoordinatePressure": ("surface_air_pressure", 0.01, 0),
    "pressureReducedToMeanSeaLevel": ("air_pressure_at_mean_sea_level", 0.01, 0),
    "windSpeedAt10M": ("wind_speed", 1, 0),
    "windDirectionAt10M": ("wind_from_direction", 1, 0),
    "horizontalVisibility": ("visibility_in_air", 1, 0),
}


@pytest.mark.shared
def test_world_synops_agree_with_access_by_key(shared):
    body = (shared / "bufr-messages/pdbufr/perf_synop_80pct.bufr").read_bytes()
    body = body[: body.index(b"BUFR", 150_000)]
    readings = {reading.station: reading for reading in decode(body, ENVELOPE).readings}
    compared = 0
    for row in by_key(body):
        values = readings[f"{row['blockNumber']:02d}{row['stationNumber']:03d}"].values
        for key, how in KEYS.items():
            if how and row[key] is not None and row[key] not in (-1e100, 2147483647):
                assert values[how[0]] == pytest.approx(row[key] * how[1] + how[2], abs=1e-6)
                compared += 1
    assert compared > 1500


@pytest.mark.shared
def test_all_world_synops_are_read_and_chinese_second_parts_don_t_lose_the_first(shared):
    found = decode((shared / "bufr-messages/pdbufr/perf_synop_80pct.bufr").read_bytes(), ENVELOPE)
    assert found.refusals == ()
    stations = {reading.station for reading in found.readings}
    assert len(stations) == 6319  # as the folder's README counts them
    for station in ("58362", "58238", "58265", "58345", "58457"):
        (reading,) = [reading for reading in found.readings if reading.station == station]
        assert "air_temperature" in reading.values


@pytest.mark.shared
def test_against_pdbufr_table_obs_3day(shared):
    folder = shared / "bufr-messages/pdbufr"
    (row,) = csv.DictReader((folder / "ref/obs_3day_ref_1.csv").open())
    readings = decode((folder / "obs_3day.bufr").read_bytes(), ENVELOPE).readings
    (reading,) = [reading for reading in readings if reading.station == row["ident"] and reading.time.hour == 12]
    expected = {
        "surface_air_pressure": float(row["#1#nonCoordinatePressure"]) / 100,
        "air_pressure_at_mean_sea_level": float(row["#1#pressureReducedToMeanSeaLevel"]) / 100,
        "wind_from_direction": float(row["#1#windDirectionAt10M"]),
        "wind_speed": float(row["#1#windSpeedAt10M"]),
        "air_temperature": float(row["#1#airTemperatureAt2M"]) - 273.15,
        "dew_point_temperature": float(row["#1#dewpointTemperatureAt2M"]) - 273.15,
        "visibility_in_air": float(row["#1#horizontalVisibility"]),
        "cloud_area_fraction": float(row["#1#cloudCoverTotal"]),
        "precipitation_amount_6h": float(row["#1#totalPrecipitationPast6Hours"]),
        "tendency_of_surface_air_pressure_3h": float(row["#1#3HourPressureChange"]) / 100,
        "present_weather": float(row["#1#presentWeather"]),
        "cloud_base_altitude": float(row["#1#heightOfBaseOfCloud"]),
    }
    assert set(reading.values) == set(expected)
    for name, value in expected.items():
        assert reading.values[name] == pytest.approx(value, abs=1e-6)
    assert (reading.lat, reading.lon, reading.alt_m) == (52.12, 0.96, 90)


@pytest.mark.shared
def test_german_ten_minute_template(shared):
    """Stations and Helgoland's values as access by key gives them: the screen's temperature, not that at 5 cm."""
    body = (shared / "bufr-messages/pdbufr/synop_bufr_GER_20210516_1204.bufr").read_bytes()
    found = decode(body, ENVELOPE)
    assert found.refusals == ()
    stations, first = set(), {}
    for frame in frames(body):
        handle = eccodes.codes_new_from_message(body[frame.offset : frame.offset + frame.length])
        eccodes.codes_set(handle, "unpack", 1)
        blocks = np.resize(eccodes.codes_get_array(handle, "blockNumber"), frame.subsets)
        numbers = np.resize(eccodes.codes_get_array(handle, "stationNumber"), frame.subsets)
        stations |= {f"{b:02d}{n:03d}" for b, n in zip(blocks, numbers, strict=True) if b < 100 and n < 1000}
        if (blocks[0], numbers[0]) == (10, 15) and eccodes.codes_get(handle, "#1#minute") == 50:
            keys = ("#1#airTemperature", "#1#windDirection", "#1#windSpeed", "#1#pressureReducedToMeanSeaLevel")
            first = {key: eccodes.codes_get(handle, key) for key in keys}
        eccodes.codes_release(handle)
    assert {reading.station for reading in found.readings if reading.station.isdigit()} >= stations
    at_ten_to = [reading for reading in found.readings if reading.station == "10015" and reading.time.minute == 50]
    values = at_ten_to[0].values
    assert values["air_temperature"] == pytest.approx(first["#1#airTemperature"] - 273.15)
    assert values["wind_from_direction"] == first["#1#windDirection"]
    assert values["wind_speed"] == pytest.approx(first["#1#windSpeed"])
    assert values["air_pressure_at_mean_sea_level"] == pytest.approx(first["#1#pressureReducedToMeanSeaLevel"] / 100)
    assert values["precipitation_period"] == 10


@pytest.mark.shared
def test_malawi_bufr_and_the_table_it_was_made_of_agree(shared):
    """csv2bufr made the message of the table: both ways lead to the same values within BUFR's resolution."""
    folder = shared / "bufr-messages"
    (sent,) = decode(
        (folder / "csv2bufr/bufr-campbell/0-454-2-awsbalaka_2021-11-18_0955.bufr").read_bytes(), ENVELOPE
    ).readings
    (table,) = front((folder / "csv2bufr/input/Balaka_Agri_SYNOP.csv").read_bytes(), ENVELOPE).readings
    assert (sent.station, sent.time) == (table.station, table.time) == ("0-454-2-AWSBALAKA", sent.time)
    resolution = {"relative_humidity": 1, "wind_from_direction": 1, "surface_downwelling_shortwave_flux": 0.1}
    common = (set(sent.values) & set(table.values)) - {"wind_speed_of_gust"}
    assert len(common) >= 8
    for name in common:
        assert sent.values[name] == pytest.approx(table.values[name], abs=resolution.get(name, 0.1))


@pytest.mark.shared
def test_corrections_and_retards_of_italy(shared):
    for path in sorted((shared / "bufr-messages/wis2box-observations/italy").glob("*.bin")):
        marked = path.name.split("_")[1][16:19]
        readings = decode(path.read_bytes(), ENVELOPE).readings
        assert readings
        assert {reading.correction for reading in readings} == {marked}


@pytest.mark.shared
def test_every_file_gives_a_reading_or_a_reason(shared):
    for path in sorted((shared / "bufr-messages").rglob("*")):
        if path.is_file() and path.name != "perf_synop_80pct.bufr":
            found = front(path.read_bytes(), Envelope(ENVELOPE.received, path.name))
            assert found.readings or found.refusals, path.name


@pytest.mark.shared
def test_real_messages_damaged_a_thousand_ways(shared):
    """Bytes flipped by a seeded generator: ecCodes alone crashes the interpreter on one in some thousands of these."""
    names = [
        "pdbufr/syn_new.bufr",
        "pdbufr/synop_wigos.bufr",
        "bufr2geojson/A_ISIA21EIDB202100_C_EDZW_20220320210902_11839953.bin",
    ]
    chance = np.random.default_rng(20260701)
    bodies = [(shared / "bufr-messages" / name).read_bytes() for name in names]
    for _ in range(1000):
        body = bytearray(bodies[chance.integers(len(bodies))])
        for place in chance.integers(0, min(len(body), 400), chance.integers(1, 6)):
            body[place] = chance.integers(256)
        found = front(bytes(body[: chance.integers(8, len(body) + 1)]), ENVELOPE)
        assert found.readings or found.refusals
