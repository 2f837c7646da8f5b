"""The rule of combination, case by case, and the packing against `core.flags.pack`."""

import numpy as np
import pytest

from xiangtian.core.flags import Flag, Mark, Verdict, pack, unpack
from xiangtian.observe.qc import Context, Sheet
from xiangtian.observe.qc.combine import final, judged, packed

P, S, F = Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL


def flag(said, severe=None, value=20.0, mark=Mark.NONE):
    columns = {test: np.array([verdict], np.int8) for test, verdict in said.items()}
    weather = None if severe is None else np.array([severe])
    return Flag(int(final(np.array([value]), np.array([mark], np.int8), columns, weather)[0]))


@pytest.mark.parametrize(
    ("said", "severe", "expected"),
    [
        ({}, None, Flag.UNCHECKED),
        ({"limits": Verdict.NOT_RUN}, None, Flag.UNCHECKED),
        ({"limits": P}, None, Flag.GOOD),
        ({"limits": P, "step": S}, None, Flag.SUSPECT),
        ({"limits": P, "step": S, "neighbours": F}, None, Flag.WRONG),
        ({"limits": P, "step": F}, True, Flag.SUSPECT),  # a squall is no fault
        ({"limits": P, "neighbours": F, "step": F}, True, Flag.SUSPECT),
        ({"limits": P, "step": F}, False, Flag.WRONG),
        ({"limits": F, "step": F}, True, Flag.WRONG),  # no weather breaks the limits
        ({"limits": P, "range": F, "step_60min": F, "spatial": F}, True, Flag.SUSPECT),
        ({"rain": F}, True, Flag.WRONG),
        ({"gauge": F}, True, Flag.WRONG),
        ({"persistence": F, "step": F}, True, Flag.WRONG),
        ({"limits": P, "step": P}, True, Flag.GOOD),
    ],
)
def test_rule(said, severe, expected):
    assert flag(said, severe) == expected


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (Mark.NONE, Flag.MISSING),
        (Mark.MISSING, Flag.MISSING),
        (Mark.NO_TASK, Flag.NO_TASK),
        (Mark.UNCHECKED, Flag.UNCHECKED),
    ],
)
def test_value_that_is_not_there(mark, expected):
    assert flag({}, value=np.nan, mark=mark) == expected


@pytest.mark.parametrize(
    ("mark", "due", "expected"),
    [
        (Mark.NONE, True, Flag.MISSING),
        (Mark.NONE, False, Flag.NO_TASK),
        (Mark.NO_TASK, True, Flag.MISSING),  # the bureau's task counts, not the message
        (Mark.MISSING, False, Flag.NO_TASK),
        (Mark.UNCHECKED, True, Flag.MISSING),
    ],
)
def test_what_is_due_decides_which_kind_of_missing(mark, due, expected):
    nothing = np.array([np.nan])
    assert final(nothing, np.array([mark], np.int8), {}, None, np.array([due])).tolist() == [expected]


def test_a_value_that_nobody_asked_for_is_judged_all_the_same():
    said = {"limits": np.array([P], np.int8)}
    assert final(np.array([20.0]), np.zeros(1, np.int8), said, None, np.array([False])).tolist() == [Flag.GOOD]


def test_an_element_that_is_due_but_in_no_reading_gets_its_flags():
    names, blank = np.array(["A", "B"]), np.zeros(2)
    sheet = Sheet(names, np.zeros(2, "datetime64[s]"), blank, blank, blank, {"air_temperature": blank + 20})
    due = {"visibility_in_air": np.array([True, False]), "wind_speed": np.array([False, False])}
    found = judged(sheet, {"limits": {"air_temperature": np.full(2, P, np.int8)}}, Context(due=due))
    assert found.flags["visibility_in_air"].tolist() == [Flag.MISSING, Flag.NO_TASK]
    assert found.tests["visibility_in_air"].tolist() == [0, 0]
    assert set(found.flags) == {"air_temperature", "visibility_in_air"}


@pytest.mark.parametrize(
    ("severe", "flashes", "expected"),
    [
        (None, None, None),
        ([False, True], None, [False, True]),
        (None, [0.0, 3.0], [False, True]),
        ([True, False], [0.0, 1.0], [True, True]),
    ],
)
def test_radar_or_lightning_make_it_severe(severe, flashes, expected):
    context = Context(
        severe=None if severe is None else np.array(severe), flashes=None if flashes is None else np.array(flashes)
    )
    found = context.dangerous()
    assert (None if found is None else found.tolist()) == expected


def test_mark_of_a_value_that_is_there_does_not_judge_it():
    assert flag({"limits": P}, value=0.0, mark=Mark.TRACE) == Flag.GOOD


def test_packing_is_that_of_core():
    said = {"limits": P, "step": F, "rain": S}
    columns = {test: np.array([verdict], np.int8) for test, verdict in said.items()}
    column = packed(np.array([Mark.CALM], np.int8), columns)
    assert column.dtype == np.int32
    assert int(column[0]) == pack(said, Mark.CALM)
    assert unpack(int(column[0])) == (said, Mark.CALM)
