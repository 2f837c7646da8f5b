"""The mean field bias against sums by hand and the equations of the filter."""

import math

import numpy as np
import pytest

from xiangtian.radar.adjust import mean_field
from xiangtian.radar.adjust.pairs import Bias, Pairs


def pairs(gauge, radar):
    places = np.arange(float(len(gauge)))
    return Pairs(places, places, np.asarray(gauge, float), np.asarray(radar, float))


def test_many_gauges_that_agree_give_the_ratio_of_sums():
    found = mean_field.fit(pairs([2, 4, 6, 8], [1, 2, 3, 4]))
    # without spread about the ratio only LEAST_VARIANCE is left: gain = 0.25 / 0.2501
    assert found.bias.log == pytest.approx(math.log(2) * 0.25 / 0.2501)
    amount, error = found.at(np.zeros(2), np.zeros(2), np.array([3.0, np.nan]))
    assert amount[0] == pytest.approx(6.0, rel=1e-3)
    assert error[0] < 0.1
    assert np.isnan(amount[1])
    assert np.isnan(error[1])


def test_the_variance_of_the_ratio_is_that_of_cochran():
    # gauges 3, 5, 10 beside radar 2, 4, 6: ratio 18 / 12 = 1.5, departures 0, -1, 1; so 2 * 3 / 2 / 18**2
    found = mean_field.observed(pairs([3, 5, 10], [2, 4, 6]))
    assert found.log == pytest.approx(math.log(1.5))
    assert found.variance == pytest.approx(2 * 3 / 2 / 324)


def test_kalmans_filter_by_hand():
    # expected: 0.9 * 0.4 = 0.36, 0.81 * 0.01 + 0.19 * 0.25 = 0.0556; observed ln 1.5 with 3 / 324 = 1 / 108
    found = mean_field.fit(pairs([3, 5, 10], [2, 4, 6]), Bias(0.4, 0.01)).bias
    gain = 0.0556 / (0.0556 + 1 / 108)
    assert found.log == pytest.approx(0.36 + gain * (math.log(1.5) - 0.36))
    assert found.variance == pytest.approx((1 - gain) * 0.0556)


def test_without_rain_the_bias_goes_back_to_none_and_grows_unsure():
    bias = Bias(math.log(2), 0.001)
    for _ in range(60):
        bias = mean_field.fit(pairs([0, 0, np.nan], [0, 0, 1]), bias).bias
    assert bias.log == pytest.approx(0, abs=0.01)
    assert bias.variance == pytest.approx(mean_field.SPREAD**2, rel=0.01)


@pytest.mark.parametrize("gauge", [[np.nan] * 5, [0.0] * 5, [5.0, 5.0, np.nan, np.nan, np.nan]])
def test_nothing_or_too_little_known_leaves_the_radar_as_it_is(gauge):
    found = mean_field.fit(pairs(gauge, [1.0] * 5))
    amount, error = found.at(np.zeros(1), np.zeros(1), np.array([4.0]))
    assert amount.tolist() == [4.0]
    assert np.isnan(error).all()
    assert not found.used.any()
