"""Local adjustment: right at gauges, the mean field far away."""

import math

import numpy as np
import pytest

from xiangtian.radar.adjust import local
from xiangtian.radar.adjust.pairs import Pairs


def test_where_gauges_differ_the_factor_does():
    # the west rains twice what the radar says, the east half of it; 300 km lie between
    east = np.concatenate([np.arange(10.0), 300 + np.arange(10.0)])
    radar = np.full(20, 4.0)
    gauge = np.where(east < 100, 8.0, 2.0)
    found = local.fit(Pairs(east, np.zeros(20), gauge, radar))
    amount, error = found.at(np.array([4.5, 304.5, 150.0]), np.zeros(3), np.full(3, 4.0))
    assert amount[0] > 7
    assert amount[1] < 2.4
    assert amount[2] == pytest.approx(4 * math.exp(found.bias.log), rel=1e-3)  # far from all: the mean field
    assert (error > 0).all()


def test_one_departing_gauge_by_hand():
    # five gauges 1000 km apart: at the fifth its own weight is 1, and so is that of the mean field: half its logarithm
    east = np.arange(5) * 1000.0
    found = local.fit(Pairs(east, np.zeros(5), np.array([2.0, 2, 2, 2, 6]), np.full(5, 2.0)))
    there, _ = found.at(east[4:], np.zeros(1), np.array([2.0]))
    mean = found.bias.log
    assert there[0] == pytest.approx(2 * math.exp(mean + (math.log(3) - mean) / 2))


def test_dry_and_missing_gauges_are_not_spread_and_without_any_the_mean_field_stays():
    nothing = np.full(4, np.nan)
    found = local.fit(Pairs(np.arange(4.0), np.zeros(4), nothing, np.ones(4)))
    assert not found.used.any()
    assert found.at(np.zeros(1), np.zeros(1), np.array([3.0]))[0].tolist() == [3.0]
    dry = local.fit(Pairs(np.arange(4.0), np.zeros(4), np.array([0, 3.0, 3.0, 3.0]), np.array([3.0, 3, 3, 0])))
    assert dry.used.tolist() == [False, True, True, False]
