"""Kriging with external drift: what it must beat, what it leaves out, and when it falls back."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from xiangtian.radar.adjust import external_drift, mean_field
from xiangtian.radar.adjust.pairs import Pairs


@pytest.fixture
def city():
    """Give the rain of a plane of 80 x 80 km, a radar that misses more and more eastward, and 60 gauges."""
    rng = np.random.default_rng(31)
    truth = np.maximum(gaussian_filter(rng.normal(size=(80, 80)), 6) * 60 + 4, 0)
    noise = gaussian_filter(rng.normal(size=(80, 80)), 3)
    radar = truth * np.linspace(0.7, 0.3, 80) * np.exp(0.2 * noise / noise.std())
    row, column = rng.integers(0, 80, (2, 60))
    gauge = truth[row, column] * np.exp(rng.normal(0, 0.05, 60))
    return truth, radar, Pairs(column.astype(float), -row.astype(float), gauge, radar[row, column])


def everywhere(fitted, radar):
    row, column = np.indices(radar.shape)
    amount, error = fitted.at(column.ravel().astype(float), -row.ravel().astype(float), radar.ravel())
    return amount.reshape(radar.shape), error.reshape(radar.shape)


def rmse(field, truth):
    return float(np.sqrt(np.mean((field - truth) ** 2)))


def test_it_beats_the_mean_field_which_beats_the_radar(city):
    truth, radar, pairs = city
    kriged, error = everywhere(external_drift.fit(pairs), radar)
    meant, _ = everywhere(mean_field.fit(pairs), radar)
    assert rmse(kriged, truth) < 0.8 * rmse(meant, truth) < 0.8 * rmse(radar, truth)
    # its standard deviation tells the size of its errors, to a third
    assert np.sqrt(np.mean(((kriged - truth) / error) ** 2)) == pytest.approx(1, abs=0.33)


def test_faulty_gauges_are_left_out_and_cost_little(city):
    truth, radar, pairs = city
    gauge = pairs.gauge.copy()
    wettest = np.argsort(gauge)[-3:]
    gauge[wettest] = 0
    found = external_drift.fit(Pairs(pairs.east, pairs.north, gauge, pairs.radar))
    assert not found.used[wettest].any()
    assert found.used.sum() >= 55
    faultless = rmse(everywhere(external_drift.fit(pairs), radar)[0], truth)
    assert rmse(everywhere(found, radar)[0], truth) < 1.25 * faultless


def test_a_radar_that_says_nothing_leaves_the_gauges_alone(city):
    truth, radar, pairs = city
    flat = Pairs(pairs.east, pairs.north, pairs.gauge, np.full(60, 2.0))
    found = external_drift.fit(flat)
    assert not found.by_radar
    assert rmse(everywhere(found, np.full(radar.shape, 2.0))[0], truth) < truth.std()
    contrary = Pairs(pairs.east, pairs.north, pairs.gauge, pairs.gauge.max() - pairs.gauge)
    assert not external_drift.fit(contrary).by_radar


def test_too_few_gauges_give_the_mean_field(city):
    _, _, pairs = city
    few = pairs.only(np.arange(60) < external_drift.LEAST_GAUGES - 1)
    assert isinstance(external_drift.fit(few), mean_field.MeanField)
    nothing = Pairs(pairs.east, pairs.north, np.full(60, np.nan), pairs.radar)
    assert external_drift.fit(nothing).at(np.zeros(1), np.zeros(1), np.array([3.0]))[0].tolist() == [3.0]


def test_gauges_at_one_place_can_not_be_kriged_without_their_noise_but_are_with_it(city):
    _, _, pairs = city
    heap = Pairs(np.zeros(60), np.zeros(60), pairs.gauge, pairs.radar)
    amount, _ = external_drift.fit(heap).at(np.zeros(1), np.zeros(1), np.array([4.0]))
    assert np.isfinite(amount).all()


def test_where_nothing_fell_nothing_falls(city):
    _, radar, pairs = city
    dry = Pairs(pairs.east, pairs.north, np.zeros(60), np.zeros(60))
    amount, error = everywhere(external_drift.fit(dry), np.zeros(radar.shape))
    assert amount.max() == 0
    assert error.max() < 1e-3


def test_missing_radar_stays_missing(city):
    _, radar, pairs = city
    holed = radar.copy()
    holed[:10] = np.nan
    amount, error = everywhere(external_drift.fit(pairs), holed)
    assert np.isnan(amount[:10]).all()
    assert np.isnan(error[:10]).all()
    assert np.isfinite(amount[10:]).all()


def test_more_gauges_than_can_be_solved_at_once_are_refused():
    many = external_drift.MOST_GAUGES + 1
    places = np.arange(float(many))
    with pytest.raises(ValueError, match="cut the field"):
        external_drift.fit(Pairs(places, places, np.ones(many), np.ones(many)))
