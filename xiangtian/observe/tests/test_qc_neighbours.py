"""Neighbours: planted departures that must be found, heights that must be allowed for, and TITAN's labelled set."""

import numpy as np
import pytest

from xiangtian.core.flags import Verdict
from xiangtian.met.pressure import standard_pressure
from xiangtian.observe.qc import Context, History, Rules, Sheet, run
from xiangtian.observe.qc.model import Case
from xiangtian.observe.qc.neighbours import check

N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL
WHEN = np.datetime64("2026-07-01T00:00:00", "s")


def network(count=60, seed=0, spread=1.0, **values):
    rng = np.random.default_rng(seed)
    names = np.array([f"M{row:03d}" for row in range(count)])
    lon, lat = 120.3 + spread * rng.random(count), 31 + spread * rng.random(count)
    return Sheet(names, np.full(count, WHEN), lon, lat, rng.uniform(2, 20, count), values)


def noisy(base, sigma, count=60, seed=1):
    return base + np.random.default_rng(seed).normal(0, sigma, count)


def verdicts(sheet, context=None, found=None):
    return check(Case(sheet, History.none(len(sheet)), context or Context(), Rules(), found or {}))


@pytest.mark.parametrize(
    ("element", "base", "sigma", "small", "large"),
    [
        ("air_temperature", 28.0, 0.3, 2.0, 12.0),
        ("surface_air_pressure", 1005.0, 0.2, 1.0, 8.0),
        ("relative_humidity", 70.0, 3.0, 15.0, -68.0),
        ("dew_point_temperature", 21.0, 0.4, 3.0, -20.0),
    ],
)
def test_large_departure_fails_and_small_one_passes(element, base, sigma, small, large):
    values = noisy(base, sigma)
    values[4] += small
    values[30] += large
    said = verdicts(network(**{element: values}))[element]
    assert (said[4], said[30]) == (P, F)
    assert np.flatnonzero(said >= S).tolist() == [30]


def test_unit_error_among_good_neighbours_fails():
    fahrenheit, values = 10.0 * 1.8 + 32, noisy(10.0, 0.3)
    values[0] = fahrenheit
    assert verdicts(network(air_temperature=values))["air_temperature"][0] == F


def test_mountain_station_is_compared_at_its_height():
    """450 m higher: 2.9 K colder and 53 hPa less are right (standard atmosphere)."""
    sheet = network(
        air_temperature=noisy(20.0, 0.2), surface_air_pressure=standard_pressure(np.full(60, 10.0)) + noisy(0, 0.1)
    )
    sheet.alt[:] = 10.0
    sheet.alt[7] = 460.0
    sheet.of("air_temperature")[7] -= 0.0065 * 450
    sheet.of("surface_air_pressure")[7] = standard_pressure(460.0)
    said = verdicts(sheet)
    assert said["air_temperature"][7] == P
    assert said["surface_air_pressure"][7] == P
    sheet.of("air_temperature")[7] += 12.0
    assert verdicts(sheet)["air_temperature"][7] == F


def test_few_or_unknown_neighbours_are_not_run():
    five = network(5, spread=0.3, air_temperature=np.full(5, 20.0))
    six = network(6, spread=0.3, air_temperature=np.full(6, 20.0))
    assert verdicts(five)["air_temperature"].tolist() == [N] * 5
    assert verdicts(six)["air_temperature"].tolist() == [P] * 6
    six.lon[0] = np.nan
    assert verdicts(six)["air_temperature"].tolist() == [N] * 6
    assert verdicts(network(1, air_temperature=np.array([20.0])))["air_temperature"].tolist() == [N]


def test_all_missing_is_not_run():
    assert set(verdicts(network(air_temperature=np.full(60, np.nan)))["air_temperature"]) == {N}


def test_one_message_is_judged_by_the_stations_heard_before():
    sheet = network(air_temperature=noisy(20.0, 0.3))
    sheet.of("air_temperature")[11] = 33.0
    rest = sheet.take(np.arange(60) != 11)
    alone = verdicts(sheet.take(np.array([11])), Context(neighbours=rest))["air_temperature"]
    assert alone.tolist() == [F]
    assert verdicts(sheet.take(np.array([12])), Context(neighbours=rest))["air_temperature"].tolist() == [P]


def test_value_doubted_before_is_nobodys_buddy():
    values = np.full(7, 20.0)
    values[1] = 60.0
    sheet = network(7, spread=0.3, air_temperature=values)
    before = {"step": {"air_temperature": np.array([0, F, 0, 0, 0, 0, 0], np.int8)}}
    assert verdicts(sheet, found=before)["air_temperature"].tolist() == [P, F, P, P, P, P, P]


def test_real_gradient_is_no_fault():
    """A front: 8 K over 100 km, steeper than any mean field, must pass."""
    sheet = network(air_temperature=noisy(20.0, 0.2))
    sheet.of("air_temperature")[:] += 8.0 * (sheet.lat - 31.0)
    assert (verdicts(sheet)["air_temperature"] == P).all()


@pytest.mark.shared
def test_labelled_temperatures(shared):
    """TITAN's labelled set (2,000 values, 400 planted errors). POD is errors found / errors, POFA good values flagged /
    good values, as TITAN's own test counts. A median check reaches 0.82 at 0.002."""
    file = shared / "qc-labelled-titan" / "observation_test_ta_prid01_p02000_pGE020percent.txt"
    table = np.genfromtxt(file, delimiter=";", skip_header=1)
    wrong = table[:, 6] == 1
    names = np.array([str(int(name)) for name in table[:, 0]])
    values = {"air_temperature": table[:, 5]}
    sheet = Sheet(names, np.full(len(table), WHEN), table[:, 1], table[:, 2], np.zeros(len(table)), values)
    judged = run(sheet, History.none(len(sheet)))
    found = judged.said("neighbours", "air_temperature") >= S
    assert found[wrong].mean() >= 0.85
    assert found[~wrong].mean() <= 0.01
    assert (judged.flags["air_temperature"] == 2)[~wrong].mean() <= 0.002
