import numpy as np
import pytest

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import cuts


def test_a_cut_begins_where_the_number_changes_or_a_radial_says_so():
    begins = np.array([1, 0, 0, 0, 1, 0], bool)
    assert cuts.split(np.array([1, 1, 2, 2, 2, 2]), begins) == [(0, 2), (2, 4), (4, 6)]
    assert cuts.split(np.array([], int), np.array([], bool)) == []


def test_the_majority_of_radials_is_believed():
    header = np.array([(1, 7), (1, 8), (1, 7)], [("a", "<u2"), ("b", "<u2")])
    assert cuts.majority(header).tolist() == [True, False, True]


def test_a_clock_far_from_the_others_is_damaged():
    time = np.array(["2026-07-01T10:00", "2026-07-01T10:29", "2027-07-01T10:00"], "datetime64[s]")
    assert cuts.near(time).tolist() == [True, True, False]
    assert cuts.near(time[:0]).tolist() == []


@pytest.mark.parametrize(
    ("degrees", "ended", "usable", "whole"),
    [(360, False, True, True), (352, True, True, True), (352, False, True, False), (270, False, True, False),
     (269, True, False, False), (15, True, False, False)],
)  # fmt: skip
def test_how_much_of_the_circle_makes_a_sweep(degrees, ended, usable, whole):
    judged = cuts.judge(np.arange(degrees) + 0.5, ended)
    assert (judged.usable, judged.words == "") == (usable, whole)
    assert ("partial" in judged.attrs) == (usable and not whole)


def test_a_single_missing_degree_between_two_seen_counts_as_seen():
    azimuth = np.arange(0.0, 360.0, 1.06)  # 340 radials at full speed leave out a degree here and there
    assert cuts.covered(azimuth) == 360
    assert cuts.covered(np.array([0.0])) == 1


def test_a_volume_without_a_sweep_names_what_was_lost():
    def take(rows, number, place):
        raise RadarError("bent")

    with pytest.raises(RadarError, match="cut 1: bent; cut 2: bent"):
        cuts.gather([(0, 1), (1, 2)], take, [])
    with pytest.raises(RadarError, match="and 60 things more"):
        cuts.gather([(0, 1)] * 100, take, [])
