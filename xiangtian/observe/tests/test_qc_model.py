import numpy as np
import pytest

from xiangtian.core.flags import Flag, Mark, Verdict, pack
from xiangtian.observe.qc import Context, History, Judged, Rules, Sheet
from xiangtian.observe.qc.model import Case, grade

WHEN = np.full(3, np.datetime64("2026-07-01T00:00:00", "s"))
NAMES = np.array(["A", "B", "C"])
BLANK = np.zeros(3)


def sheet(**values):
    return Sheet(NAMES, WHEN, BLANK, BLANK, BLANK, {name: np.array(column) for name, column in values.items()})


def test_columns_of_another_length_are_refused_by_name():
    with pytest.raises(ValueError, match=r"air_temperature \(2,\)"):
        sheet(air_temperature=[1.0, 2.0])
    with pytest.raises(ValueError, match="mark of wind_speed"):
        Sheet(NAMES, WHEN, BLANK, BLANK, BLANK, {}, {"wind_speed": np.zeros(2, np.int8)})


def test_absent_column_is_all_missing_and_unmarked():
    assert np.isnan(sheet().of("air_temperature")).all()
    assert sheet().mark("air_temperature").tolist() == [Mark.NONE] * 3


def test_take_keeps_rows_together():
    part = sheet(air_temperature=[1.0, 2.0, 3.0]).take(np.array([2, 0]))
    assert (part.station.tolist(), part.of("air_temperature").tolist()) == (["C", "A"], [3.0, 1.0])


def test_sound_values_are_those_nobody_doubted():
    found = {
        "limits": {"air_temperature": np.array([1, 3, 1], np.int8)},
        "step": {"air_temperature": np.array([2, 1, 1], np.int8)},
    }
    case = Case(sheet(air_temperature=[1.0, 2.0, 3.0]), History.none(3), Context(), Rules(), found)
    assert case.worst("air_temperature").tolist() == [2, 3, 1]
    np.testing.assert_array_equal(case.sound("air_temperature"), [np.nan, np.nan, 3.0])


def test_grades():
    scores = np.array([1.0, 1.1, 2.0, 2.1, np.nan, np.inf])
    assert grade(scores, 1.0, 2.0).tolist() == [1, 2, 2, 3, 0, 3]


def test_stuck_and_wrong_values_are_no_evidence():
    said = [{"step": Verdict.SUSPECT}, {"persistence": Verdict.SUSPECT}, {"step": Verdict.FAIL}]
    judged = Judged(
        {"air_temperature": np.array([Flag.SUSPECT, Flag.SUSPECT, Flag.WRONG], np.int16)},
        {"air_temperature": np.array([pack(one, Mark.TRACE) for one in said], np.int32)},
    )
    assert judged.trusted("air_temperature").tolist() == [True, False, False]
    assert judged.flagged("air_temperature").all()
    assert judged.said("step", "air_temperature").tolist() == [2, 0, 3]
    assert judged.mark("air_temperature").tolist() == [Mark.TRACE] * 3


def test_context_of_some_rows():
    part = Context(np.array([True, False, True]), None, np.array([1.0, 2.0, 3.0])).take(np.array([2]))
    assert (part.severe.tolist(), part.radar_mm.tolist(), part.radar_1h_mm) == ([True], [3.0], None)


def test_minutes_before_leave_padding_empty():
    times = np.array([[np.datetime64("NaT"), np.datetime64("2026-06-30T23:55:00")]], "datetime64[s]")
    np.testing.assert_array_equal(History(times).minutes_before(WHEN[:1]), [[np.nan, 5.0]])
