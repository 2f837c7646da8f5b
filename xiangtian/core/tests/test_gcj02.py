"""Expected values: the test vectors published with the public `eviltransform` library."""

import numpy as np
import pytest

from xiangtian.core import gcj02

# WGS-84 latitude, longitude, GCJ-02 latitude, longitude
VECTORS = [
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),  # Shanghai
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),  # Shenzhen
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),  # Beijing
]


@pytest.mark.parametrize(("lat", "lon", "shifted_lat", "shifted_lon"), VECTORS)
def test_shift_agrees_with_published_vectors(lat, lon, shifted_lat, shifted_lon):
    found_lon, found_lat = gcj02.from_wgs84(np.array([lon]), np.array([lat]))
    assert found_lon[0] == pytest.approx(shifted_lon, abs=1e-6)
    assert found_lat[0] == pytest.approx(shifted_lat, abs=1e-6)


def test_inverse_comes_back_within_a_millimetre():
    lon, lat = np.meshgrid(np.linspace(74, 134, 25), np.linspace(19, 53, 25))
    back_lon, back_lat = gcj02.to_wgs84(*gcj02.from_wgs84(lon, lat))
    assert np.max(np.abs(back_lon - lon)) < 1e-8  # 1e-8 deg is 1 mm
    assert np.max(np.abs(back_lat - lat)) < 1e-8


def test_nan_stays_nan():
    lon, lat = gcj02.to_wgs84(np.array([np.nan]), np.array([31.0]))
    assert np.isnan(lon[0])
    assert np.isnan(lat[0])
