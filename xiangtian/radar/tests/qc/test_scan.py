"""Where gates are, and which gates of two cuts lie over each other."""

import numpy as np
import pytest

from xiangtian.radar.qc.scan import above, doppler_twin, nearest_rays, onto


def test_gates_lie_on_the_four_thirds_earth(scan):
    """100 km at 0.5 degrees: 872.7 m by the angle and 100 km2 / (2 x 8494.67 km) = 588.6 m by the earth."""
    cut = scan(lambda a, azimuth, range_m: {"DBZH": 0 * azimuth * range_m}, angles=(0.5,)).cuts[0]
    assert np.interp(100_000, cut.range_m, cut.height_m) == pytest.approx(872.65 + 588.6, abs=1.0)
    assert np.interp(100_000, cut.range_m, cut.ground_m) == pytest.approx(99_981, abs=2)


def test_rays_are_found_across_north():
    azimuth = np.array([0.5, 90.0, 359.0])
    assert nearest_rays(azimuth, np.array([359.9, 0.2, 90.4, 45.0])).tolist() == [0, 0, 1, -1]


def test_values_are_brought_to_the_gates_below(scan):
    """At 60 degrees twice the range lies over the same ground; the low cut reaches twice as far."""
    one = scan(lambda a, azimuth, range_m: {"DBZH": range_m / 1000 + 0 * azimuth}, angles=(0.1, 60.0), gates=100)
    brought = onto(one.cuts[1], one.cuts[0], one.cuts[1].fields["DBZH"])
    assert brought[17, 20] == pytest.approx(41, abs=1.5)
    assert np.isnan(brought[17, 60])


def test_neighbours_in_the_scan(scan):
    one = scan(lambda a, azimuth, range_m: {"DBZH": 0 * azimuth * range_m}, angles=(0.5, 0.48, 1.5, 2.4))
    assert [above(one, k) for k in range(4)] == [2, 2, 3, None]
    assert doppler_twin(one, 0) is None


def test_a_circle_is_closed_and_a_sector_is_not(scan):
    from dataclasses import replace

    cut = scan(lambda a, azimuth, range_m: {"DBZH": 0 * azimuth * range_m}, angles=(0.5,)).cuts[0]
    assert cut.closed
    assert not replace(cut, azimuth=cut.azimuth[:200]).closed
