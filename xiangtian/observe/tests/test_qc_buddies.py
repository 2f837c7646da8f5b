"""The buddy statistic against titanlib's own buddy check, and Student's t against printed tables."""

import numpy as np
import pytest
import titanlib

from xiangtian.observe.qc.around import nearest, on_sphere
from xiangtian.observe.qc.buddies import departures, few


def test_few_neighbours_ask_for_more_as_student_says():
    """Two-sided 5 %: normal 1.960, t with 4 degrees of freedom 2.776 (printed tables); times sqrt(5 / 4)."""
    factor = few(30, 1.96)
    assert factor[5] == pytest.approx(2.776 / 1.96 * np.sqrt(1.25), rel=1e-3)
    assert np.isinf(factor[:2]).all()
    assert (np.diff(factor[2:]) < 0).all()


def network(count=40, seed=0):
    rng = np.random.default_rng(seed)
    lat, lon = 31 + 0.3 * rng.random(count), 120 + 0.3 * rng.random(count)
    values = 20 + rng.normal(0, 0.3, count)
    return lon, lat, values


def test_agrees_with_titanlib_on_two_spikes():
    """40 stations within 30 km of each other, +8 and -6 K: titanlib finds exactly those two."""
    lon, lat, values = network()
    values[5] += 8
    values[17] -= 6
    points = titanlib.Points(lat, lon, np.zeros(40), np.zeros(40))
    theirs = np.asarray(titanlib.buddy_check(points, values, [30000], [5], 3, 100, 0, 1, 2))
    near = nearest(on_sphere(lon, lat), np.ones(40, bool), np.arange(40), 39, 30_000.0)
    ours = departures(values, np.zeros(40), near, np.zeros(40, bool), np.ones(40), least=5, threshold=3.0).score
    assert np.flatnonzero(theirs).tolist() == [5, 17]
    assert np.flatnonzero(np.abs(ours) > 3).tolist() == [5, 17]
    assert ours[5] > 0 > ours[17]


def titan_alone(points, values, row, radius, threshold):
    """Ask titanlib about one station, with all others as buddies."""
    ask = np.zeros(len(values), int)
    ask[row] = 1
    return titanlib.buddy_check(points, values, [radius], [5], threshold, 300, -0.0065, 1.0, 1, ask)[row]


def test_one_round_is_titanlibs_statistic_station_by_station():
    rng = np.random.default_rng(7)
    lon, lat, values = network(400, 7)
    lon, lat = 120 + (lon - 120) * 5, 31 + (lat - 31) * 5
    alt = rng.uniform(0, 500, 400)
    values += -0.0065 * alt + rng.choice([0, 0, 0, 4, -5], 400)
    near = nearest(on_sphere(lon, lat), np.ones(400, bool), np.arange(400), 60, 25_000.0)
    ours = departures(
        values, alt, near, np.zeros(400, bool), np.ones(400),
        least=5, threshold=2.0, lapse_per_m=-0.0065, height_m=300.0, rounds=1, student=False,
    ).score  # fmt: skip
    points = titanlib.Points(lat, lon, alt, np.zeros(400))
    theirs = [titan_alone(points, values, row, 25_000.0, 2.0) for row in range(400)]
    assert (np.abs(ours) > 2.0).astype(int).tolist() == theirs
    assert 10 < sum(theirs) < 390


def test_order_of_the_stations_does_not_matter():
    lon, lat, values = network(60, 1)
    values[:9] += 6
    shuffled = np.random.default_rng(2).permutation(60)

    def found(order):
        near = nearest(on_sphere(lon[order], lat[order]), np.ones(60, bool), np.arange(60), 20, 1e5)
        flat = np.zeros(60)
        return departures(values[order], flat, near, flat > 0, flat + 0.5, least=5, threshold=3.0).score

    np.testing.assert_allclose(found(np.arange(60))[shuffled], found(shuffled))


def test_good_station_among_bad_ones_is_cleared():
    """Seven of 21 are 10 K too warm; the others must not be charged for it."""
    lon, lat, values = network(21, 5)
    values[:7] += 10
    near = nearest(on_sphere(lon, lat), np.ones(21, bool), np.arange(21), 20, 1e5)
    flat = np.zeros(21)
    found = departures(values, flat, near, flat > 0, flat + 0.5, least=5, threshold=3.0).score
    assert np.flatnonzero(np.abs(found) > 3).tolist() == list(range(7))


def test_missing_and_lonely_stations_are_not_measured():
    lon, lat, values = network(20, 4)
    values[3] = np.nan
    lon[9] += 5
    near = nearest(on_sphere(lon, lat), np.isfinite(values), np.arange(20), 10, 5e4)
    flat = np.zeros(20)
    found = departures(values, flat, near, flat > 0, flat + 0.5, least=5, threshold=3.0).score
    assert np.flatnonzero(np.isnan(found)).tolist() == [3, 9]
    assert np.isnan(departures(values + np.nan, flat, near, flat > 0, flat + 1, least=5, threshold=3.0).score).all()
