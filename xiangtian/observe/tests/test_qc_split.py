import numpy as np
import pytest

from xiangtian.observe.qc import Judged, Sheet
from xiangtian.observe.qc.split import merge, refuse_repeats, rounds


def sheet(stations, minutes):
    count = len(stations)
    blank = np.zeros(count)
    times = np.datetime64("2026-07-01", "s") + np.array(minutes) * np.timedelta64(60, "s")
    return Sheet(np.array(stations, str), times, blank, blank, blank, {"air_temperature": np.arange(float(count))})


def test_rounds_follow_time_within_each_station():
    found = rounds(sheet(["A", "B", "A", "A", "C"], [10, 0, 0, 5, 0]))
    assert [rows.tolist() for rows in found] == [[1, 2, 4], [3], [0]]


def test_correction_in_the_same_batch_comes_later():
    assert [rows.tolist() for rows in rounds(sheet(["A", "A"], [5, 5]))] == [[0], [1]]


def test_nothing_needs_no_round():
    assert rounds(sheet([], [])) == []


def test_merge_is_the_inverse():
    batch = sheet(["A", "B", "A"], [5, 0, 0])
    parts = rounds(batch)
    outcomes = [
        Judged({"air_temperature": rows.astype(np.int16)}, {"air_temperature": rows.astype(np.int32)}) for rows in parts
    ]
    assert merge(batch, parts, outcomes).flags["air_temperature"].tolist() == [0, 1, 2]


def test_repeat_is_refused_by_name():
    with pytest.raises(ValueError, match="station A stands 2 times"):
        refuse_repeats(sheet(["A", "B", "A"], [0, 0, 5]))
    refuse_repeats(sheet(["A", "B"], [0, 0]))
