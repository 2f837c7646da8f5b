"""Values of wradlib 2 (`georef.bin_altitude`, `georef.bin_distance`, earth of 6371 km, ke = 4/3), to the metre."""

import numpy as np
import pytest

from xiangtian.radar import beam


@pytest.mark.parametrize(
    ("range_m", "elevation", "antenna", "height", "ground"),
    [
        (100_000, 0.5, 0.0, 1461.13250282, 99981.30372405),
        (230_000, 0.5, 96.1, 5215.34383264, 229878.18114629),
        (50_000, 19.5, 1226.8, 18047.621291, 47032.39115961),
    ],
)
def test_height_and_distance(range_m, elevation, antenna, height, ground):
    assert float(beam.height(range_m, elevation, antenna)) == pytest.approx(height, abs=1e-3)
    assert float(beam.distance(range_m, elevation, antenna)) == pytest.approx(ground, abs=1e-3)
    slant, above = beam.over(ground, elevation, antenna)
    assert float(slant) == pytest.approx(range_m, abs=1e-2)
    assert float(above) == pytest.approx(height, abs=1e-2)


def test_a_beam_straight_up_passes_over_no_other_place():
    assert np.isnan(beam.over(10_000.0, 89.95, 0.0)[0])


def test_the_beam_is_its_angle_wide():
    # 2 pi 230 km / 360
    assert float(beam.width(230_000.0, 1.0)) == pytest.approx(4014.257, abs=0.01)
