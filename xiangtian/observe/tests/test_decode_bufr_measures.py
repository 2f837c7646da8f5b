"""Elements whose name states a period are taken only where the message states the same; nothing is guessed."""

import pytest

from xiangtian.core.flags import Mark
from xiangtian.observe.tests.bufr_makers import eccodes, encode, one

HEIGHT = "heightOfSensorAboveLocalGroundOrDeckOfMarinePlatform"
HIGHEST = "maximumTemperatureAtHeightAndOverPeriodSpecified"
LOWEST = "minimumTemperatureAtHeightAndOverPeriodSpecified"


@pytest.mark.parametrize(
    ("descriptors", "periods", "names"),
    [
        ([4025, 12111, 12112], [-60], {"air_temperature_maximum_1h", "air_temperature_minimum_1h"}),
        ([4024, 12111, 12112], [-1], {"air_temperature_maximum_1h", "air_temperature_minimum_1h"}),
        ([4024, 4024, 12111, 12112], [-24, 0], {"air_temperature_maximum_24h", "air_temperature_minimum_24h"}),
        ([4024, 4024, 12111, 12112], [-24, -12], set()),  # it ended twelve hours ago
        ([4024, 12111, 12112], [-12], set()),
        ([12111, 12112], [], set()),
    ],
)
def test_extremes_go_by_their_period(descriptors, periods, names):
    keys = {f"__{number}__timePeriod": period for number, period in enumerate(periods, 1)}
    reading = one(*descriptors, **keys, **{HIGHEST: 300.15, LOWEST: 290.15})
    assert set(reading.values) == names
    assert {name: value for name, value in reading.values.items() if "maximum" in name} == {
        name: 27.0
        for name in names
        if "maximum" in name  # 300.15 K - 273.15 K
    }


def test_an_extreme_at_the_grass_is_not_that_of_the_screen():
    assert one(7032, 4025, 12112, 12101, timePeriod=-60, airTemperature=300, **{HEIGHT: 0.05, LOWEST: 290}).values == {}


def test_extremes_of_elements_that_say_their_own_period():
    """0 12 016 and 0 12 017: maximum and minimum temperature at 2 m, past 24 hours."""
    keys = {"maximumTemperatureAt2MPast24Hours": 300.1, "minimumTemperatureAt2MPast24Hours": 290.1}
    assert one(12016, 12017, **keys).values == {
        "air_temperature_maximum_24h": 26.95,
        "air_temperature_minimum_24h": 16.95,
    }


@pytest.mark.parametrize(
    ("significance", "period", "more"),
    [(2, -10, {"wind_speed_10min"}), (2, -2, {"wind_speed_2min"}), (2, -5, set()), (None, -10, set())],
)
def test_the_mean_wind_under_the_name_of_its_period(significance, period, more):
    keys = {"timeSignificance": significance} if significance else {}
    values = one(8021, 4025, 11001, 11002, timePeriod=period, windDirection=90, windSpeed=3.4, **keys).values
    assert values == {"wind_from_direction": 90, "wind_speed": 3.4} | dict.fromkeys(more, 3.4)


def test_a_wind_of_another_significance_is_no_mean():
    assert one(8021, 11002, 12101, timeSignificance=30, windSpeed=3.4, airTemperature=300).values == {
        "air_temperature": 26.85
    }


def test_gusts_of_ten_minutes_and_of_the_hour():
    keys = {"__1__timePeriod": -10, "__2__timePeriod": -60}
    keys |= {"__1__maximumWindGustSpeed": 9.5, "__2__maximumWindGustSpeed": 14.0}
    assert one(4025, 11041, 4025, 11041, **keys).values == {"wind_speed_of_gust": 9.5, "wind_speed_of_gust_1h": 14.0}


@pytest.mark.parametrize(("period", "taken"), [(-60, True), (-10, False)])
def test_the_largest_mean_wind_of_the_hour(period, taken):
    keys = {"maximumWindSpeed10MinuteMeanWind": 12.5}
    assert ("wind_speed_maximum_1h" in one(4025, 11042, timePeriod=period, **keys).values) is taken


@pytest.mark.parametrize(
    ("depth_m", "name"),
    [
        (0.0, "surface_temperature"),
        (0.15, "soil_temperature_15cm"),
        (0.4, "soil_temperature_40cm"),
        (0.8, "soil_temperature_80cm"),
        (1.6, "soil_temperature_160cm"),
        (3.2, "soil_temperature_320cm"),
        (0.3, None),
    ],
)
def test_ground_temperatures_down_to_the_deepest(depth_m, name):
    values = one(7061, 12130, depthBelowLandSurface=depth_m, soilTemperature=290.15).values
    assert values == ({name: 17.0} if name else {})


@pytest.mark.parametrize(
    ("depth_m", "values", "marks"),
    [
        (0.12, {"surface_snow_thickness": 12.0}, {}),
        (-0.01, {"surface_snow_thickness": 0.0}, {"surface_snow_thickness": Mark.TRACE}),
        (-0.02, {}, {"surface_snow_thickness": Mark.MISSING}),
        (None, {}, {"surface_snow_thickness": Mark.MISSING}),
    ],
)
def test_snow_its_trace_and_its_patches(depth_m, values, marks):
    """0 13 013, note: -0.01 m is a trace (less than 0.5 cm), -0.02 m a cover that is not continuous."""
    keys = {} if depth_m is None else {"totalSnowDepth": depth_m}
    reading = one(13013, **keys)
    assert (reading.values, reading.marks) == (values, marks)


@pytest.mark.parametrize(("code", "taken"), [(0, True), (161, True), (508, True), (509, False), (510, False)])
def test_present_weather_is_its_code(code, taken):
    """Code table 0 20 003: 508 nothing significant to report; 509 no observation; 510 missing but expected."""
    assert one(20003, presentWeather=code).values == ({"present_weather": float(code)} if taken else {})


@pytest.mark.parametrize(("hours", "taken"), [(-1, True), (-24, False)])
def test_sunshine_and_evaporation_of_the_hour_alone(hours, taken):
    values = one(4024, 14031, 13033, timePeriod=hours, totalSunshine=34, evaporation=0.4).values
    assert values == ({"duration_of_sunshine_1h": 34, "lwe_thickness_of_evaporation_1h": 0.4} if taken else {})


def test_pressure_tendency_and_cloud_base():
    keys = {"3HourPressureChange": -120, "heightOfBaseOfCloud": 600}
    assert one(10061, 20013, **keys).values == {
        "tendency_of_surface_air_pressure_3h": -1.2,
        "cloud_base_altitude": 600.0,
    }


def test_daily_reports_stand_at_the_end_of_each_value_s_own_day():
    """3 07 075: date, then for each value a displacement in days and the beginning of its 24 hours (UTC).

    By hand: 25 May displaced by -1 is 24 May; its 24 hours from 07:00 end on 25 May at 07:00. The snow was measured on
    25 May at 12:00.
    """
    keys = {"#1#timePeriod": -1, "#1#hour": 7, "#1#minute": 0, "#1#second": 0, "totalAccumulatedPrecipitation": 12.3}
    keys |= {"#3#timePeriod": 0, "#3#hour": 12, "#3#minute": 0, "#3#second": 0, "totalSnowDepth": 0.05}
    for place, statistic, kelvin in ((4, 2, 300.15), (5, 3, 290.15), (6, 4, 295.15)):
        keys |= {f"#{place}#timePeriod": -1, f"#{place}#hour": 7, f"#{place}#minute": 0, f"#{place}#second": 0}
        keys |= {f"#{place - 3}#firstOrderStatistics": statistic, f"#{place - 3}#airTemperature": kelvin}
    keys |= {"#1#year": 2025, "#1#month": 5, "#1#day": 25, HEIGHT: 1.5}
    readings = daily(keys)
    assert {reading.time.strftime("%dT%H"): reading.values for reading in readings} == {
        "25T07": {
            "precipitation_amount_24h": 12.3,
            "air_temperature_maximum_24h": 27.0,
            "air_temperature_minimum_24h": 17.0,
        },
        "25T12": {"surface_snow_thickness": 5.0},
    }
    assert {reading.station for reading in readings} == {"58358"}


def daily(keys):
    from xiangtian.observe.decode.bufr import decode
    from xiangtian.observe.tests.bufr_makers import ENVELOPE

    handle = eccodes.codes_bufr_new_from_samples("BUFR4")
    eccodes.codes_set(handle, "dataCategory", 0)
    eccodes.codes_set(handle, "masterTablesVersionNumber", 41)
    eccodes.codes_set_array(handle, "unexpandedDescriptors", [307075])
    for key, value in {"blockNumber": 58, "stationNumber": 358, **keys}.items():
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set(handle, "pack", 1)
    body = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    return decode(body, ENVELOPE).readings


def test_what_a_template_without_our_elements_does_tell():
    from xiangtian.observe.decode.bufr import decode
    from xiangtian.observe.tests.bufr_makers import ENVELOPE

    (refusal,) = decode(encode([22043, 22062]), ENVELOPE).refusals
    assert "oceanographicWaterTemperature, salinity" in refusal.reason
    assert "latitude" not in refusal.reason
