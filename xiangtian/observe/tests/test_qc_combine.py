"""The rule of combination, case by case, and the packing against `core.flags.pack`."""

import numpy as np
import pytest

from xiangtian.core.flags import Flag, Mark, Verdict, pack, unpack
from xiangtian.observe.qc.combine import final, packed

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
        ({"rain": F}, True, Flag.WRONG),
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


def test_mark_of_a_value_that_is_there_does_not_judge_it():
    assert flag({"limits": P}, value=0.0, mark=Mark.TRACE) == Flag.GOOD


def test_packing_is_that_of_core():
    said = {"limits": P, "step": F, "rain": S}
    columns = {test: np.array([verdict], np.int8) for test, verdict in said.items()}
    column = packed(np.array([Mark.CALM], np.int8), columns)
    assert column.dtype == np.int32
    assert int(column[0]) == pack(said, Mark.CALM)
    assert unpack(int(column[0])) == (said, Mark.CALM)
