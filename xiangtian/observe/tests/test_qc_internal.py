"""Internal relations; tolerances are those of the national centre's quality control (dew point 1.2/1.5/1.7 K, vapour
pressure 0.8/1.0 hPa, sea-level pressure 7/13/30 hPa, soil 16 K); the good record is its own sample."""

import numpy as np
import pytest

from xiangtian.core.flags import Verdict
from xiangtian.met.pressure import reduce_to_sea_level
from xiangtian.observe.qc import Context, History, Rules, Sheet
from xiangtian.observe.qc.internal import check, explain
from xiangtian.observe.qc.model import Case

N, P, S = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT
SAMPLE = {
    "air_temperature": -2.8,
    "relative_humidity": 56.0,
    "vapor_pressure": 2.8,
    "dew_point_temperature": -10.4,
    "surface_air_pressure": 1022.5,
    "air_pressure_at_mean_sea_level": 1030.8,
}


def made(found=None, alt=64.8, when="2026-01-01", history=None, context=None, **values):
    columns = {name: np.array([value], float) for name, value in values.items()}
    place = np.array([120.6]), np.array([31.3]), np.array([alt])
    sheet = Sheet(np.array(["O3246"]), np.array([np.datetime64(when, "s")]), *place, columns)
    return Case(sheet, history or History.none(1), context or Context(), Rules(), found or {})


def judged(found=None, **given):
    return {name: int(verdict[0]) for name, verdict in check(made(found, **given)).items()}


def test_sample_record_is_consistent():
    verdicts = judged(**SAMPLE)
    assert {verdicts[name] for name in ("vapor_pressure", "dew_point_temperature")} == {P}
    assert verdicts["air_pressure_at_mean_sea_level"] == P


@pytest.mark.parametrize(
    ("change", "doubted"),
    [
        ({"dew_point_temperature": -10.4 + 1.6}, "dew_point_temperature"),
        ({"dew_point_temperature": -10.4 - 1.6}, "dew_point_temperature"),
        ({"vapor_pressure": 2.8 + 0.9}, "vapor_pressure"),
        ({"air_pressure_at_mean_sea_level": 1030.8 + 7.3}, "air_pressure_at_mean_sea_level"),
    ],
)
def test_derived_value_beyond_its_tolerance_is_suspect(change, doubted):
    verdicts = judged(**(SAMPLE | change))
    assert {name for name, said in verdicts.items() if said >= S} == {doubted}


def test_dew_point_above_temperature_is_suspect_without_humidity():
    assert judged(air_temperature=10.0, dew_point_temperature=11.3)["dew_point_temperature"] == S
    assert judged(air_temperature=10.0, dew_point_temperature=10.2)["dew_point_temperature"] == P


def test_doubted_temperature_judges_nobody():
    spike = {"step": {"air_temperature": np.array([Verdict.FAIL], np.int8)}}
    verdicts = judged(spike, **(SAMPLE | {"air_temperature": 8.0}))
    assert verdicts["dew_point_temperature"] == N
    assert judged(**(SAMPLE | {"air_temperature": 8.0}))["dew_point_temperature"] == S


@pytest.mark.parametrize(("speed", "gust", "expected"), [(5.0, 8.0, P), (5.0, 5.0, P), (5.4, 5.0, P), (6.0, 5.0, S)])
def test_gust_is_no_weaker_than_the_mean(speed, gust, expected):
    verdicts = judged(wind_speed=speed, wind_speed_of_gust=gust)
    assert (verdicts["wind_speed"], verdicts["wind_speed_of_gust"]) == (expected, expected)


def test_rain_sums_grow_with_their_period():
    sums = {f"precipitation_amount_{hours}h": mm for hours, mm in ((1, 2.0), (3, 5.0), (6, 5.0), (24, 9.0))}
    assert set(judged(**sums).values()) == {P}
    broken = judged(**(sums | {"precipitation_amount_24h": 4.0}))
    assert {broken[name] for name in sums} == {S}


def test_rain_sums_are_compared_over_one_that_is_missing():
    gap = judged(precipitation_amount_1h=9.0, precipitation_amount_3h=np.nan, precipitation_amount_6h=5.0)
    assert gap["precipitation_amount_6h"] == S
    assert gap["precipitation_amount_3h"] == N


def test_part_of_an_hour_is_no_more_than_the_hour():
    part = {"precipitation_period": 5.0, "precipitation_amount_1h": 3.0}
    assert judged(precipitation_amount=3.0, **part)["precipitation_amount"] == P
    assert judged(precipitation_amount=4.0, **part)["precipitation_amount"] == S


@pytest.mark.parametrize(("upper", "expected"), [(36.0, P), (36.1, S), (3.9, S)])
def test_soil_neighbours(upper, expected):
    verdicts = judged(soil_temperature_5cm=upper, soil_temperature_10cm=20.0)
    assert verdicts["soil_temperature_5cm"] == verdicts["soil_temperature_10cm"] == expected


@pytest.mark.parametrize(
    ("upper", "lower", "largest"),
    [(5, 10, 16), (10, 15, 12), (15, 20, 10), (20, 40, 8), (40, 80, 10), (80, 160, 10), (160, 320, 8)],
)
def test_soil_by_depth(upper, lower, largest):
    def told(difference):
        return judged(**{f"soil_temperature_{upper}cm": 12.0 + difference, f"soil_temperature_{lower}cm": 12.0})

    assert set(told(largest).values()) == set(told(-largest).values()) == {P}
    assert set(told(largest + 0.1).values()) == {S}


def test_soil_over_a_missing_depth_adds_up():
    """10 to 20 cm: 12 K at 15 cm and 10 K at 20 cm."""
    assert set(judged(soil_temperature_10cm=22.0, soil_temperature_20cm=0.0).values()) == {P}
    assert set(judged(soil_temperature_10cm=22.1, soil_temperature_20cm=0.0).values()) == {S}


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [(3.0, 9.0, P), (3.0, 9.1, S), (9.1, 3.0, S), (20.0, 30.0, P), (19.9, 30.0, S), (np.nan, 30.0, N)],
)
def test_mean_winds_differ_by_six_or_a_third(short, long, expected):
    assert set(judged(wind_speed_2min=short, wind_speed_10min=long).values()) == {expected}


def test_highest_wind_and_gust_but_not_in_a_storm():
    winds = {"wind_speed_maximum_1h": 12.0, "wind_speed_of_gust_1h": 21.0}
    assert set(judged(**winds).values()) == {S}
    assert set(judged(**winds, context=Context(severe=np.array([True]))).values()) == {P}
    assert set(judged(**winds, context=Context(severe=np.array([False]))).values()) == {S}
    assert set(judged(wind_speed_maximum_1h=12.0, wind_speed_of_gust_1h=18.0).values()) == {P}
    assert set(judged(wind_speed_maximum_1h=12.0, wind_speed_of_gust_1h=11.5).values()) == {S}  # no gust is weaker


@pytest.mark.parametrize(
    ("lowest", "now", "expected"), [(56, 56, P), (56, 55, S), (40, 90, P), (40, 91, S), (np.nan, 91, N)]
)
def test_lowest_humidity(lowest, now, expected):
    assert set(judged(relative_humidity_minimum_1h=lowest, relative_humidity=now).values()) == {expected}


@pytest.mark.parametrize(
    ("values", "doubted"),
    [
        ({"air_temperature": -2.8, "air_temperature_maximum_1h": -2.8, "air_temperature_minimum_1h": -2.9}, False),
        ({"air_temperature": 20.0, "air_temperature_maximum_1h": 19.0}, True),
        ({"air_temperature": 20.0, "air_temperature_minimum_1h": 20.2}, True),
        ({"air_temperature_maximum_1h": 30.0, "air_temperature_maximum_24h": 29.0}, True),
        ({"surface_air_pressure": 1000.0, "surface_air_pressure_minimum_1h": 1000.5}, True),
        ({"surface_air_pressure": 1000.0, "surface_air_pressure_maximum_1h": 1000.5}, False),
        ({"visibility_in_air": 500.0, "visibility_in_air_minimum_1h": 400.0}, False),
        ({"wind_speed_10min": 9.0, "wind_speed_maximum_1h": 8.0}, True),
    ],
)
def test_a_value_lies_between_its_extremes(values, doubted):
    assert set(judged(**values).values()) == ({S} if doubted else {P})


@pytest.mark.parametrize(("total", "expected"), [(300.0, P), (303.0, P), (303.1, S), (290.0, S)])
def test_the_days_sunshine_is_the_sum_of_its_hours(total, expected):
    history = History.none(1)
    history = History(history.times, totals={"duration_of_sunshine_1h": np.array([300.0])})
    assert judged(duration_of_sunshine_24h=total, history=history)["duration_of_sunshine_24h"] == expected


def test_the_sun_does_not_shine_at_night():
    """In Suzhou at the end of June the sun rises a little before 05:00 (21:00 UTC) and sets a little after 19:00."""
    assert judged(duration_of_sunshine_1h=60.0, when="2026-07-01T04:00")["duration_of_sunshine_1h"] == P
    assert judged(duration_of_sunshine_1h=30.0, when="2026-07-01T16:00")["duration_of_sunshine_1h"] == S
    assert judged(duration_of_sunshine_1h=0.0, when="2026-07-01T16:00")["duration_of_sunshine_1h"] == P


@pytest.mark.parametrize(
    ("alt", "off", "expected"),
    [(499, 6.9, P), (499, 7.1, S), (500, 12.9, P), (500, 13.1, S), (1500, 29.9, P), (1500, 30.1, S)],
)
def test_sea_level_pressure_by_height_of_the_barometer(alt, off, expected):
    station = 950.0
    right = float(reduce_to_sea_level(station, 15.0, alt))
    given = {"surface_air_pressure": station, "air_temperature": 15.0, "air_pressure_at_mean_sea_level": right + off}
    assert judged(alt=float(alt), **given)["air_pressure_at_mean_sea_level"] == expected


def test_evidence_of_every_relation():
    case = made(**(SAMPLE | {"dew_point_temperature": -8.0}))
    (found, below) = explain(case, 0, "dew_point_temperature", S)
    assert (found.relation, found.verdict, below.verdict) == ("dew_point", S, P)
    assert found.low == pytest.approx(-10.37 - 1.2, abs=0.01)  # the sample recomputed with Magnus 17.62 / 243.12
    assert found.high == pytest.approx(-10.37 + 1.2, abs=0.01)
    assert [(one.who, one.value) for one in found.witnesses] == [("air_temperature", -2.8), ("relative_humidity", 56.0)]


def test_all_missing_is_not_run():
    assert set(judged(**dict.fromkeys(SAMPLE, np.nan)).values()) == {N}
