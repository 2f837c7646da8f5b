"""Barnes analysis beside the formulas written out station by station."""

import math

import numpy as np
import pytest

from xiangtian.met import barnes


def by_hand(stations, values, east, north, k0):
    """Barnes' two passes at one point, as the paper writes them: sums over stations, nothing clever."""

    def weigh(x, y, told, width):
        weights = [math.exp(-((x - a) ** 2 + (y - b) ** 2) / width) for a, b in stations.T]
        return sum(w * one for w, one in zip(weights, told, strict=True)) / sum(weights)

    left = [one - weigh(a, b, values, k0) for (a, b), one in zip(stations.T, values, strict=True)]
    return weigh(east, north, values, k0) + weigh(east, north, left, barnes.GAMMA * k0)


@pytest.fixture
def scattered():
    rng = np.random.default_rng(5)
    return rng.uniform(0, 60, (2, 25)), rng.normal(20, 3, 25)


def test_the_field_is_that_of_the_formulas_written_out(scattered):
    stations, values = scattered
    columns, rows = np.array([5.0, 30.0, 55.0]), np.array([50.0, 10.0])
    told = barnes.field(stations, values, columns, rows, 300.0)
    hand = [[by_hand(stations, values, x, y, 300.0) for x in columns] for y in rows]
    np.testing.assert_allclose(told, hand, rtol=1e-12)


def test_leaving_out_is_that_of_an_analysis_without_the_station(scattered):
    stations, values = scattered
    told = barnes.left_out(stations, values, 300.0)
    for place in (0, 7, 24):
        rest = np.arange(25) != place
        hand = by_hand(stations[:, rest], values[rest], *stations[:, place], 300.0)
        assert told[place] == pytest.approx(values[place] - hand, rel=1e-9)


def test_the_same_value_everywhere_stays_the_same(scattered):
    stations, _ = scattered
    told = barnes.field(stations, np.full(25, 3.5), np.linspace(0, 60, 9), np.linspace(60, 0, 9), 300.0)
    np.testing.assert_allclose(told, 3.5, rtol=1e-12)


def test_far_from_every_station_nothing_is_said():
    told = barnes.field(np.zeros((2, 1)), np.array([5.0]), np.array([0.0, 1000.0]), np.array([0.0]), 100.0)
    assert told[0, 0] == 5.0
    assert math.isnan(told[0, 1])


def test_one_station_is_left_out_by_nobody():
    assert math.isnan(barnes.left_out(np.zeros((2, 1)), np.array([5.0]), 100.0)[0])
    assert math.isinf(barnes.spacing(np.zeros(1), np.zeros(1)))


def test_spacing_of_a_hundred_stations_on_a_square_of_ninety_km():
    rng = np.random.default_rng(1)
    east, north = rng.uniform(0, 90, 100), rng.uniform(0, 90, 100)
    east[:2], north[:2] = (0, 90), (0, 90)
    # Koch et al. (1983), eq. 13: 90 * (1 + 10) / 99 = 10 km
    assert barnes.spacing(east, north) == pytest.approx(10.0)
