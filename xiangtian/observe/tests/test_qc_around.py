"""Distances: one degree of latitude on a sphere of 6371 km is 111.195 km (6371 * pi / 180)."""

import numpy as np
import pytest

from xiangtian.observe.qc import Sheet
from xiangtian.observe.qc.around import flashes_near, nearest, on_sphere, pool, within

ALL = np.ones(5, bool)


def row_of_five():
    """Five stations on a meridian, 0.1 degree apart."""
    return on_sphere(np.full(5, 120.6), 31.0 + 0.1 * np.arange(5))


def test_one_degree_of_latitude():
    place = on_sphere(np.array([120.0, 120.0]), np.array([31.0, 32.0]))
    assert np.linalg.norm(place[1] - place[0]) == pytest.approx(111_195, rel=2e-5)


def test_nearest_first_without_oneself():
    near = nearest(row_of_five(), ALL, np.array([0, 2]), 3, 1e6)
    assert near.index[0].tolist() == [1, 2, 3]
    assert sorted(near.index[1, :2].tolist()) == [1, 3]
    np.testing.assert_allclose(near.distance[0], [11119.5, 22239.0, 33358.5], rtol=1e-4)


def test_radius_and_silence_limit_the_answers():
    near = nearest(row_of_five(), np.array([True, False, True, True, True]), np.array([0]), 3, 25_000.0)
    assert near.index.tolist() == [[2, -1, -1]]
    assert np.isinf(near.distance[0, 1:]).all()


def test_same_place_is_no_neighbour():
    place = row_of_five()
    place[1] = place[0]
    assert nearest(place, ALL, np.array([0]), 2, 1e6).index.tolist() == [[2, 3]]


def test_unknown_place_neither_asks_nor_answers():
    place = row_of_five()
    place[1] = np.nan
    near = nearest(place, ALL, np.array([0, 1]), 2, 1e6)
    assert near.index.tolist() == [[2, 3], [-1, -1]]


def test_nobody_answers():
    assert (nearest(row_of_five(), ~ALL, np.arange(5), 2, 1e6).index == -1).all()
    assert len(within(row_of_five(), ~ALL, np.arange(5), 1e6)) == 0


def test_agrees_with_a_search_by_hand_among_many():
    rng = np.random.default_rng(3)
    place = on_sphere(120 + rng.random(300), 31 + rng.random(300))
    near = nearest(place, np.ones(300, bool), np.arange(300), 7, 20_000.0)
    distance = np.linalg.norm(place[:, None] - place[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    expected = np.sort(distance, axis=1)[:, :7]
    np.testing.assert_allclose(near.distance, np.where(expected <= 20_000.0, expected, np.inf))


def test_within_gives_each_row_once():
    assert within(row_of_five(), ALL, np.array([0, 1]), 12_000.0).tolist() == [0, 1, 2]


def test_pool_leaves_out_stations_already_there():
    def sheet(names):
        count = len(names)
        blank = np.zeros(count)
        when = np.full(count, np.datetime64("2026-07-01", "s"))
        return Sheet(np.array(names), when, blank, blank, blank, {"air_temperature": np.arange(float(count))})

    joined, own = pool(sheet(["A", "B"]), sheet(["B", "C"]))
    assert joined.station.tolist() == ["A", "B", "C"]
    assert joined.of("air_temperature").tolist() == [0.0, 1.0, 1.0]
    assert own == 2
    assert len(pool(sheet(["A"]), None)[0]) == 1


def test_flashes_are_counted_within_the_radius():
    """A tenth of a degree of latitude is 11.1 km: one flash over A, one 11 km from A and B, one far away."""
    lon, lat = np.array([120.6, 120.6, 121.6, np.nan]), np.array([31.3, 31.5, 31.3, 31.3])
    flash_lon, flash_lat = np.array([120.6, 120.6, 110.0, np.nan]), np.array([31.3, 31.4, 31.3, 31.3])
    assert flashes_near(lon, lat, flash_lon, flash_lat).tolist() == [2, 1, 0, 0]
    assert flashes_near(lon, lat, flash_lon, flash_lat, 10_000.0).tolist() == [1, 0, 0, 0]
    assert flashes_near(lon, lat, np.zeros(0), np.zeros(0)).tolist() == [0, 0, 0, 0]
