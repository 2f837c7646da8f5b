"""What every method of adjustment must keep."""

import numpy as np
import pytest

from xiangtian.met.grid import Grid
from xiangtian.radar.adjust import METHODS, adjust, pair

GRID = Grid("+proj=tmerc +lon_0=120.6 +lat_0=31.3 +ellps=WGS84", 0.0, 0.0, 1000.0, 1000.0, 40, 50)


@pytest.fixture
def rained():
    rng = np.random.default_rng(3)
    truth = np.add.outer(np.linspace(2, 9, 40), np.linspace(0, 3, 50))
    radar = truth / 2
    radar[:5] = np.nan
    row, column = rng.uniform(6, 38, 30), rng.uniform(1, 48, 30)
    gauge = np.linspace(2, 9, 40)[0] + row * 7 / 39 + column * 3 / 49
    return truth, radar, pair(radar, GRID, *GRID.lonlat(row, column), gauge)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_radar_that_sees_half_is_doubled(name, rained):
    truth, radar, pairs = rained
    found = adjust(name, radar, GRID, pairs)
    assert found.amount.dtype == found.error.dtype == np.float32
    assert found.amount.shape == GRID.shape
    np.testing.assert_array_equal(np.isnan(found.amount), np.isnan(radar))
    np.testing.assert_allclose(found.amount[5:], truth[5:], rtol=0.02)
    assert found.used.all()
    assert (found.error[5:] >= 0).all()
    assert np.exp(found.bias.log) == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_without_gauges_the_radar_comes_back(name, rained):
    _, radar, pairs = rained
    nothing = pairs.only(np.zeros(30, np.bool_))
    found = adjust(name, radar, GRID, nothing)
    np.testing.assert_allclose(found.amount, radar, rtol=1e-6)
    assert np.isnan(found.error).all()


@pytest.mark.parametrize("name", sorted(METHODS))
def test_an_unknown_field_stays_so(name, rained):
    _, radar, pairs = rained
    assert np.isnan(adjust(name, np.full_like(radar, np.nan), GRID, pairs).amount).all()


def test_what_can_not_be_is_refused(rained):
    _, radar, pairs = rained
    with pytest.raises(ValueError, match="mean_field, local, external_drift"):
        adjust("magic", radar, GRID, pairs)
    with pytest.raises(ValueError, match="must be the same"):
        adjust("local", radar[1:], GRID, pairs)
