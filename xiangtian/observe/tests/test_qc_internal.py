"""Internal relations; tolerances are those of the national centre's quality control (dew point 1.2/1.5/1.7 K, vapour
pressure 0.8/1.0 hPa, sea-level pressure 7/13/30 hPa, soil 16 K); the good record is its own sample."""

import numpy as np
import pytest

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc import Context, History, Rules, Sheet
from xiangtian.observe.qc.internal import check
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


def judged(found=None, alt=64.8, **values):
    columns = {name: np.array([value], float) for name, value in values.items()}
    place = np.array([31.0])
    when = np.array([np.datetime64("2026-01-01", "s")])
    sheet = Sheet(np.array(["O3246"]), when, place, place, np.array([alt]), columns)
    case = Case(sheet, History.none(1), Context(), Rules(), found or {})
    return {name: int(verdict[0]) for name, verdict in check(case).items()}


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


def test_all_missing_is_not_run():
    assert set(judged(**dict.fromkeys(SAMPLE, np.nan)).values()) == {N}
