import datetime as dt

import numpy as np
import pytest

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import events
from xiangtian.radar.errors import RadarError

GRID = Grid("EPSG:4326", 120.0, 32.0, 0.01, 0.01, 2, 3)
OTHER = Grid("EPSG:4326", 120.0, 32.0, 0.01, 0.01, 3, 3)
BEGIN = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


def _frame(minutes, grid=GRID, rate=1.0):
    field = np.full(grid.shape, rate, np.float32)
    return RainFrame(BEGIN + dt.timedelta(minutes=minutes), grid, field, np.ones_like(field), 300, "test", {"a": "b"})


def test_frames_come_in_order_with_step_gaps_and_duplicates_named():
    # minutes 0 5 10 25 30: the step is 5, at 15 and 20 frames are missing; b and c are of one moment
    taken = [("e", _frame(25, rate=4)), ("a", _frame(0, rate=1)), ("c", _frame(5, rate=9)), ("b", _frame(5, rate=2)),
             ("f", _frame(30, rate=5)), ("d", _frame(10, rate=3)), ("x", None), ("y", "cut off")]  # fmt: skip
    event = events.assemble(taken)
    assert event.names == ("a", "b", "d", "e", "f")
    assert event.rates[:, 0, 0].tolist() == [1, 2, 3, 4, 5]
    assert event.step_min == 5
    assert [gap.minute for gap in event.gaps] == [15, 20]
    assert (event.duplicates, event.refused, event.ignored) == (("c",), (("y", "cut off"),), ("x",))
    assert (event.rates.dtype, event.source, event.notes) == (np.float32, "test", {"a": "b"})
    assert event.frames[1].time == event.times[1] == BEGIN + dt.timedelta(minutes=5)


def test_frames_on_another_grid_are_left_out_with_the_reason():
    event = events.assemble([("a", _frame(0)), ("b", _frame(5, OTHER)), ("c", _frame(10))])
    assert event.names == ("a", "c")
    assert event.refused[0][0] == "b"
    assert "3x3" in event.refused[0][1]


def test_one_frame_has_no_step():
    event = events.assemble([("a", _frame(0))])
    assert (event.step_min, event.gaps, event.rates.shape) == (0.0, (), (1, 2, 3))


def test_no_frame_is_refused_with_the_first_reasons(knmi):
    with pytest.raises(RadarError, match="none looks like a radar composite"):
        events.series([("README.md", b"hello")])
    with pytest.raises(RadarError, match=r"b\.h5.*ACCUMULATED"):
        events.series([("b.h5", knmi(image_geo_parameter=b"REFLECTIVITY_[DBZ]"))])


def test_bytes_of_any_format_are_read(knmi):
    later = knmi(product_datetime_start=b"26-AUG-2010;05:00:00.000", product_datetime_end=b"26-AUG-2010;05:05:00.000")
    event = events.series([("2", later), ("1", knmi()), ("README", b"text")])
    assert event.names == ("1", "2")
    assert event.step_min == 5
    assert event.ignored == ("README",)
