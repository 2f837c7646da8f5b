"""Merging by hand: two radars of different weight."""

import numpy as np
import pytest

from xiangtian.radar.column import DRY_DBZ, Merging, Seen
from xiangtian.radar.mosaic.merge import Merge


def says(value, weight, quality=1.0, mark=0) -> Seen:
    one = np.ones((1, 1), np.float32)
    return Seen(value * one, weight * one, quality * one, np.full((1, 1), mark, np.uint8))


def merged(rule, *told):
    merge = Merge((rule,), 1, (1, 2))
    for number, one in enumerate(told):
        merge.add(np.zeros(1, np.int32), one, number)
    return merge.finish()


@pytest.mark.parametrize(
    ("rule", "values", "expected", "radar"),
    [
        (Merging.MAX, (20.0, 30.0), 30.0, 1),
        (Merging.MEAN, (20.0, 30.0), 22.5, 0),
        # (3 * 10^2 + 1 * 10^3) / 4 = 325: 25.12 dBZ
        (Merging.POWER, (20.0, 30.0), 25.119, 0),
        # (3 * 10^2 + 0) / 4 = 75: 18.75 dBZ
        (Merging.POWER, (20.0, DRY_DBZ), 18.751, 0),
        (Merging.POWER, (DRY_DBZ, DRY_DBZ), DRY_DBZ, 0),
        (Merging.VOTE, (8000.0, 0.0), 8000.0, 0),
        (Merging.VOTE, (0.0, 8000.0), 0.0, 0),
        (Merging.MEAN, (np.nan, 30.0), 30.0, 1),
    ],
)
def test_rules(rule, values, expected, radar):
    both = merged(rule, says(values[0], 3.0, 0.9, 7), says(values[1], 1.0, 0.5, 8))
    assert both.values[0, 0, 0] == pytest.approx(expected, abs=1e-2)
    assert both.radar[0, 0, 0] == radar
    assert both.mark[0, 0, 0] == (7, 8)[radar]
    assert np.isnan(both.values[0, 0, 1])
    assert (both.quality[0, 0, 1], both.radar[0, 0, 1]) == (0, -1)


def test_quality_is_the_weighted_mean_or_the_best():
    assert merged(Merging.MEAN, says(1.0, 3.0, 0.9), says(1.0, 1.0, 0.5)).quality[0, 0, 0] == pytest.approx(0.8)
    assert merged(Merging.MAX, says(1.0, 3.0, 0.9), says(2.0, 1.0, 0.5)).quality[0, 0, 0] == pytest.approx(0.9)


def test_the_order_of_radars_does_not_matter():
    told = [says(20.0, 3.0), says(30.0, 1.0), says(25.0, 0.2)]
    assert merged(Merging.POWER, *told).values[0, 0, 0] == pytest.approx(
        merged(Merging.POWER, *told[::-1]).values[0, 0, 0], abs=1e-4
    )
