"""Heights of a storm: expected values by hand from the papers' formulas."""

from __future__ import annotations

import numpy as np
import pytest

from xiangtian.radar.cells import column

HEIGHTS = np.array([1000.0, 3000.0, 5000.0, 8000.0, 12000.0])


def profile(*values: float) -> np.ndarray:
    return np.array(values, float)[:, None]


def test_a_top_lies_between_the_last_level_that_has_it_and_the_next():
    """From 30 dBZ at 5 km to 10 dBZ at 8 km: 18 dBZ at 5 + 3 * 12/20 = 6.8 km."""
    assert column.top(profile(50, 40, 30, 10, -32), HEIGHTS, 18.0)[0] == pytest.approx(6800)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((50, 45, 40, 30, 20), 12000),  # still there at the highest level: a lower bound
        ((50, 45, 40, np.nan, np.nan), 5000),  # nothing seen above
        ((50, 30, np.nan, 10, -32), 3000 + 5000 * 12 / 20),  # an unseen level between
        ((18, 10, 0, 0, 0), 1000),  # exactly the threshold
        ((10, 5, 0, 0, 0), np.nan),
        ((np.nan,) * 5, np.nan),
    ],
)
def test_tops_at_the_limits(values, expected):
    assert column.top(profile(*values), HEIGHTS, 18.0)[0] == pytest.approx(expected, nan_ok=True)


def test_water_of_an_even_column_by_hand():
    """3.44e-6 * (10^4)^(4/7) * 11000 m = 3.44e-6 * 193.07 * 11000 = 7.306 kg m-2 at 40 dBZ."""
    assert column.liquid(profile(40, 40, 40, 40, 40), HEIGHTS)[0] == pytest.approx(7.306, abs=0.002)


def test_water_is_cut_to_56_dbz():
    hail, rain = (column.liquid(profile(*[dbz] * 5), HEIGHTS)[0] for dbz in (70.0, 56.0))
    assert hail == rain


def test_hail_index_by_hand():
    """55 dBZ from 1 to 12 km, 0 degC at 4 km, -20 degC at 7 km.

    E = 5e-6 * 10^(0.084 * 55) = 0.208435; W(T) gives 1500 m between 4 and 7 km and 5000 m above:
    SHI = 0.1 * 0.208435 * 6500 = 135.48; with a threshold of 57.5 * 4 - 121 = 109 POSH is
    29 ln(135.48 / 109) + 50 = 56.3 %, and the size 2.54 * 135.48^0.5 = 29.6 mm.
    """
    from xiangtian.radar.products import hail

    index = column.hail_index(profile(55, 55, 55, 55, 55), HEIGHTS, 4000.0, 7000.0)
    assert index[0] == pytest.approx(135.48, abs=0.05)
    threshold = np.array([column.warning_index(4000.0)], np.float32)
    assert hail.probability(index.astype(np.float32), threshold)[0] == pytest.approx(56.3, abs=0.05)
    assert hail.size_mm(index)[0] == pytest.approx(29.56, abs=0.01)


def test_between_40_and_50_dbz_reflectivity_counts_in_part():
    """45 dBZ: E = 5e-6 * 10^3.78 * 0.5 = 0.015064; SHI = 0.1 * 0.015064 * 6500 = 9.79; none at 40 dBZ."""
    assert column.hail_index(profile(*[45] * 5), HEIGHTS, 4000.0, 7000.0)[0] == pytest.approx(9.79, abs=0.01)
    assert column.hail_index(profile(*[40] * 5), HEIGHTS, 4000.0, 7000.0)[0] == 0


def test_no_hail_from_a_storm_below_the_frost():
    assert column.hail_index(profile(60, 60, 60, 60, 60), HEIGHTS, 13000.0, 15000.0)[0] == 0


def test_one_seen_level_tells_neither_water_nor_hail():
    lone = profile(np.nan, 50, np.nan, np.nan, np.nan)
    assert np.isnan(column.liquid(lone, HEIGHTS)[0])
    assert np.isnan(column.hail_index(lone, HEIGHTS, 4000.0, 7000.0)[0])


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="rising"):
        column.top(profile(1, 2, 3, 4, 5), HEIGHTS[::-1], 18.0)
    with pytest.raises(ValueError, match="must be above"):
        column.hail_index(profile(1, 2, 3, 4, 5), HEIGHTS, 7000.0, 4000.0)
