"""Expected values: the spacing asked for (Poisson disc), the districts' own boundaries."""

import numpy as np
import pytest

from xiangtian.core import boundaries, places
from xiangtian.drill import stations


@pytest.fixture(scope="module")
def network():
    return stations.regional(1, 120, boundaries.suzhou())


def _nearest_km(network):
    x = np.array([one.lon for one in network]) * 111.195 * np.cos(np.radians(31.4))
    y = np.array([one.lat for one in network]) * 111.195
    far = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(far, np.inf)
    return far.min(axis=1)


def test_each_stands_in_the_district_it_names(network):
    assert len(network) == 120
    codes = places.district_of(np.array([one.lon for one in network]), np.array([one.lat for one in network]))
    assert codes.tolist() == [one.district for one in network]
    assert set(codes) == {one.code for one in boundaries.suzhou()}


def test_nobody_takes_them_for_real(network):
    assert [one.id for one in network[:2]] == ["D0001", "D0002"]
    assert len({one.id for one in network}) == len({one.zh for one in network}) == 120
    for one in network:
        assert "演习" in one.zh
        assert "演习" in one.kind
        assert not one.national


def test_they_are_spread_evenly_but_not_on_a_grid(network):
    nearest = _nearest_km(network)
    assert nearest.min() > 6.5  # random throwing of 120 would leave pairs closer than 1 km
    assert 7 < nearest.mean() < 9.5
    assert nearest.std() > 0.3


def test_the_seed_rules(network):
    assert stations.regional(1, 120, boundaries.suzhou()) == network
    assert stations.regional(2, 120, boundaries.suzhou()) != network


def test_one_station_and_one_district():
    gusu = tuple(one for one in boundaries.suzhou() if one.code == "320508")
    (only,) = stations.regional(3, 1, gusu)
    assert only.district == "320508"


@pytest.mark.parametrize("number", [0, -3, 10_000])
def test_impossible_numbers_are_refused(number):
    with pytest.raises(ValueError, match="1 to 9999"):
        stations.regional(1, number, boundaries.suzhou())
