"""Our readings as BUFR: through our own decoder, and by key through ecCodes, the reference implementation of FM 94.

The same messages were read once with pybufrkit, a decoder of its own in pure Python: the same values, the same places.
"""

import datetime as dt

import pytest

from xiangtian.core.elements import element
from xiangtian.core.flags import Mark
from xiangtian.observe.decode.bufr import decode
from xiangtian.observe.encode.bufr_surface import MOST_SUBSETS, StationFacts, encode_surface
from xiangtian.observe.reading import Reading
from xiangtian.observe.tests.bufr_makers import ENVELOPE, eccodes

TIME = dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC)
STATIONS = {
    "58358": StationFacts("0-20000-0-58358", "Dongshan", 120.43213, 31.07123, 17.5, 18.7),
    "M3501": StationFacts("0-156-0-M3501", "吴江开发区", 120.63, 31.16, 3.2, wind_height_m=12.0),
}
VALUES = {
    "surface_air_pressure": 1003.2,
    "air_pressure_at_mean_sea_level": 1005.4,
    "tendency_of_surface_air_pressure_3h": -1.2,
    "air_temperature": 26.13,
    "dew_point_temperature": 20.2,
    "relative_humidity": 70,
    "soil_temperature_5cm": 28.3,
    "soil_temperature_10cm": 27.3,
    "soil_temperature_20cm": 26.3,
    "soil_temperature_40cm": 25.3,
    "soil_temperature_320cm": 18.3,
    "visibility_in_air": 12340,
    "surface_snow_thickness": 3,
    "cloud_area_fraction": 88,
    "cloud_base_altitude": 600,
    "present_weather": 61,
    "wind_from_direction": 90,
    "wind_speed": 3.4,
    "wind_speed_10min": 3.4,
    "wind_speed_of_gust": 7.7,
    "wind_gust_from_direction": 100,
    "wind_speed_of_gust_1h": 8.8,
    "air_temperature_maximum_1h": 27.0,
    "air_temperature_minimum_1h": 25.5,
    "air_temperature_maximum_24h": 33.3,
    "air_temperature_minimum_24h": 22.2,
    "precipitation_period": 60,
    "precipitation_amount": 0.3,
    "precipitation_amount_1h": 0.3,
    "precipitation_amount_3h": 1.2,
    "precipitation_amount_6h": 2.2,
    "precipitation_amount_12h": 12.2,
    "precipitation_amount_24h": 24.1,
    "lwe_thickness_of_evaporation_1h": 0.4,
    "duration_of_sunshine_1h": 34,
}


def reading(values, station="58358", time=TIME, **more):
    return Reading(station, time, values, **more)


def back(*readings):
    found = decode(encode_surface(readings, STATIONS), ENVELOPE)
    assert found.refusals == ()
    return list(found.readings)


def by_key(body, *keys):
    handle = eccodes.codes_new_from_message(body)
    eccodes.codes_set(handle, "unpack", 1)
    told = [eccodes.codes_get(handle, key) for key in keys]
    eccodes.codes_release(handle)
    return told


def test_everything_comes_back_as_it_was():
    (found,) = back(reading(VALUES))
    assert found.values == VALUES
    assert (found.station, found.time, found.correction) == ("58358", TIME, "")
    assert (found.lon, found.lat, found.alt_m) == (120.43213, 31.07123, 17.5)


def test_what_others_read_of_it():
    body = encode_surface([reading(VALUES, correction="CCB")], STATIONS)
    head = by_key(body, "edition", "bufrHeaderCentre", "dataCategory", "internationalDataSubCategory")
    assert head == [4, 38, 0, 2]  # 06 UTC is a main synoptic hour: common code table C-13
    assert by_key(body, "updateSequenceNumber", "#1#wigosIssuerOfIdentifier", "#1#blockNumber") == [2, 20000, 58]
    told = by_key(body, "#1#airTemperature", "#1#nonCoordinatePressure")
    assert told == pytest.approx([299.28, 100320])  # 26.13 + 273.15 K; 1003.2 hPa
    names = by_key(body, "#1#wigosLocalIdentifierCharacter", "#1#stationOrSiteName")
    assert [name.rstrip(" ") for name in names] == ["58358", "Dongshan"]  # CCITT IA5 is filled up with blanks
    height = "#{}#heightOfSensorAboveLocalGroundOrDeckOfMarinePlatform"
    assert by_key(body, height.format(1), height.format(4)) == [1.5, 10.0]


@pytest.mark.parametrize(
    ("hour", "minute", "kind"), [(0, 0, 2), (18, 0, 2), (3, 0, 1), (21, 0, 1), (1, 0, 0), (6, 5, 7)]
)
def test_the_sub_category_goes_by_the_moment(hour, minute, kind):
    body = encode_surface([reading({"air_temperature": 20}, time=TIME.replace(hour=hour, minute=minute))], STATIONS)
    assert by_key(body, "internationalDataSubCategory") == [kind]


def test_a_trace_stays_a_trace():
    body = encode_surface(
        [reading({"precipitation_amount_1h": 0}, marks={"precipitation_amount_1h": Mark.TRACE})], STATIONS
    )
    assert by_key(body, "#1#totalPrecipitationOrTotalWaterEquivalent") == [-0.1]  # note to class 13 of table B
    (found,) = decode(body, ENVELOPE).readings
    assert found.marks["precipitation_amount_1h"] is Mark.TRACE


def test_several_stations_and_moments():
    later = TIME + dt.timedelta(minutes=5)
    readings = [reading({"air_temperature": 20.5}), reading({"wind_speed": 0, "wind_from_direction": 0}, "M3501")]
    readings.append(reading({"air_temperature": 21}, time=later))
    found = back(*readings)
    assert [(one.station, one.time) for one in found] == [
        ("58358", TIME),
        ("0-156-0-M3501", TIME),
        ("58358", later),
    ]
    assert found[0].values == {"air_temperature": 20.5}
    assert found[1].marks["wind_speed"] is Mark.CALM
    assert found[1].lon == 120.63


def test_many_readings_fill_several_messages():
    count = MOST_SUBSETS + 1
    stations = {f"M{n:04d}": StationFacts(f"0-156-0-M{n:04d}", "", 120, 31, 3) for n in range(count)}
    body = encode_surface([reading({"air_temperature": n / 10}, f"M{n:04d}") for n in range(count)], stations)
    found = decode(body, ENVELOPE).readings
    assert body.count(b"7777") == 2
    assert [one.values["air_temperature"] for one in found] == pytest.approx([n / 10 for n in range(count)])


def test_what_has_no_place_is_left_out():
    left_out = {"precipitation_amount": 0.2, "precipitation_period": 5, "mass_concentration_of_pm2p5": 40}
    left_out |= {"surface_downwelling_shortwave_flux": 700, "wind_speed_maximum_1h": 9, "soil_temperature_80cm": 20}
    values = {f"soil_temperature_{depth}cm": 25 for depth in (5, 10, 15, 20, 40)}
    (found,) = back(reading(values | left_out))
    assert found.values == values  # and of six depths the five uppermost


def test_a_wind_of_a_period_that_nobody_told_claims_none():
    body = encode_surface([reading({"wind_speed": 3, "wind_speed_of_gust": 8})], STATIONS)
    assert by_key(body, "#3#timePeriod", "#4#timePeriod") == [eccodes.CODES_MISSING_LONG] * 2
    (found,) = decode(body, ENVELOPE).readings
    assert found.values == {"wind_speed": 3.0, "wind_speed_of_gust": 8.0}


def test_a_code_that_means_missing_and_a_cloud_above_all_clouds_are_left_out():
    assert back(reading({"present_weather": 511, "cloud_base_altitude": 22_000, "air_temperature": 20}))[0].values == {
        "air_temperature": 20
    }


def test_visibility_beyond_what_bufr_holds_is_the_furthest():
    """0 20 001: 13 bits of 10 m; 8190 is the largest that is not missing."""
    (found,) = back(reading({"visibility_in_air": 100_000}))
    assert found.values == {"visibility_in_air": 81_900}


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", [name for name in VALUES if not name.startswith("precipitation_period")])
def test_the_limits_of_the_catalogue_fit(name, end):
    """Whatever passes the plausibility limits can be written (rain of a period stands with that period)."""
    value = getattr(element(name), end)
    if name == "precipitation_amount_24h" and end == "high":
        value = 1638.1  # the largest that 0 13 011 holds: (2**14 - 2 - 1) / 10
    encode_surface([reading({name: value, "precipitation_period": 60})], STATIONS)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (reading({"air_temperature": 20}, "M9999"), ["M9999", "register"]),
        (reading({"air_temperature": 400}), ["58358", "air_temperature=400", "-273.15 to 382.18"]),
        (reading({"air_temperature": float("nan")}), ["air_temperature=nan"]),
        (reading({"precipitation_amount_24h": 2000}), ["precipitation_amount_24h=2000", "1638.1"]),
    ],
)
def test_what_cannot_be_written_is_told(bad, words):
    with pytest.raises(ValueError, match=words[0]) as error:
        encode_surface([reading({"air_temperature": 20}), bad], STATIONS)
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize("wigos", ["58358", "0-20000-0-", "0-a-0-58358", "0-156-0-" + "M" * 17])
def test_a_wigos_identifier_that_is_none(wigos):
    with pytest.raises(ValueError, match="no WIGOS identifier"):
        encode_surface([reading({"air_temperature": 20})], {"58358": StationFacts(wigos, "", 120, 31, 3)})


def test_a_position_off_the_globe_is_told():
    with pytest.raises(ValueError, match="58358"):
        encode_surface([reading({"air_temperature": 20})], {"58358": StationFacts("0-156-0-X", "", 120, 991, 3)})


def test_nothing_gives_nothing():
    assert encode_surface([], STATIONS) == b""
