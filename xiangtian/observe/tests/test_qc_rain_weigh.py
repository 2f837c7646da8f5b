"""The ring of wet neighbours, by hand."""

import numpy as np
import pytest

from xiangtian.observe.qc.rain_weigh import Around, allowed, blatant, wet_neighbours, widest_gap
from xiangtian.observe.qc.tolerances import Rain

RULE = Rain()


@pytest.mark.parametrize(
    ("bearings", "gap"),
    [
        ([0, 90, 180, 270], 90),
        ([350, 10, 100], 250),  # from 100 round to 350
        ([0, 180], 180),
        ([45], 360),
        ([], 360),
        ([20, 20], 360),
    ],
)
def test_widest_gap(bearings, gap):
    padded = np.array([[*bearings, *[np.nan] * (4 - len(bearings))]], float)
    assert widest_gap(padded).tolist() == [gap]


def ring(amounts, bearings):
    amounts = np.array([amounts], float)
    return Around(amounts, np.full(amounts.shape, 8000.0), np.array([bearings], float), np.arange(amounts.size)[None])


ALL_ROUND = np.arange(0, 360, 30)


@pytest.mark.parametrize(
    ("amounts", "bearings", "expected"),
    [
        ([0.4, 0.0] * 6, ALL_ROUND, True),  # half of the gauges show zeros, but it rains on all sides
        ([0.4] * 6 + [0.0] * 6, ALL_ROUND, False),  # the edge of the rain: wet from 0 to 150 degrees only
        ([0.1, 0.0] * 6, ALL_ROUND, False),  # a tip each is not enough
        ([4.0, 0.0, 0.1, 0.0] * 3, ALL_ROUND, False),  # showers, uneven
        ([0.4] + [0.0] * 11, ALL_ROUND, False),
    ],
)
def test_a_ring_of_rain_doubts_a_zero_and_its_edge_does_not(amounts, bearings, expected):
    assert wet_neighbours(ring(amounts, bearings), RULE).tolist() == [expected]


def test_what_is_allowed_beside_neighbours():
    """Ten times the neighbours, but 5 mm more at least; a tip of 0.1 mm counts for dry ones."""
    np.testing.assert_allclose(allowed(np.array([0.0, 0.3, 2.0]), RULE), [5.0, 5.3, 20.0])


def test_many_wrong_neighbours_do_not_hide_one():
    """Five of twelve are 100 mm or more: the upper quartile is wrong itself, the median is not."""
    around = ring([0.2] * 7 + [100.0, 120.0, 150.0, 200.0, 250.0], ALL_ROUND)
    assert blatant(np.array([90.0]), around, None, RULE).tolist() == [True]
    assert blatant(np.array([90.0]), around, np.array([50.0]), RULE).tolist() == [False]  # the radar saw it
    assert blatant(np.array([4.0]), around, None, RULE).tolist() == [False]
