"""From what each test said to one flag a value.

The rule: a FAIL of any test is WRONG, else a SUSPECT of any test is SUSPECT, else GOOD if any test ran, else UNCHECKED.
Severe weather near by (radar or lightning) turns WRONG into SUSPECT where only tests failed that a squall fails without
any fault of the instrument: range, step in one and in sixty minutes, neighbours, spatial consistency.
A value that is not there is MISSING if it was due and NO_TASK if it was not; where the observing tasks are not known,
the decoder's mark says which, or UNCHECKED. An element that is due but stands in no reading of the sheet gets its flags
too. No test doubts a value for not being there.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from xiangtian.core.flags import MARK_SHIFT, TESTS, Flag, Mark, Verdict
from xiangtian.observe.qc.model import BoolArray, Context, FloatArray, Judged, Sheet, VerdictArray, Verdicts

WEATHER = ("range", "step", "step_60min", "neighbours", "spatial")
"""Tests that a squall, hail or a downburst fails without any fault of the instrument."""


def judged(sheet: Sheet, found: Mapping[str, Verdicts], context: Context) -> Judged:
    """Combine the verdicts of all tests.

    Parameters
    ----------
    sheet : Sheet
        What was judged.
    found : Mapping[str, Verdicts]
        Test (of `core.flags.TESTS`) to element to (n,) verdicts.
    context : Context
        Severe weather near the stations, and what they have to observe.

    Returns
    -------
    Judged
        Flags and packed tests for every element of the sheet, and for those that are due somewhere.
    """
    severe, due = context.dangerous(), context.due or {}
    flags: dict[str, npt.NDArray[np.int16]] = {}
    tests: dict[str, npt.NDArray[np.int32]] = {}
    absent = [name for name, task in due.items() if name not in sheet.values and task.any()]
    for name in (*sheet.values, *absent):
        said = {test: verdicts[name] for test, verdicts in found.items() if name in verdicts}
        flags[name] = final(sheet.of(name), sheet.mark(name), said, severe, due.get(name))
        tests[name] = packed(sheet.mark(name), said)
    return Judged(flags, tests)


def final(
    values: FloatArray,
    mark: npt.NDArray[np.int8],
    said: Mapping[str, VerdictArray],
    severe: BoolArray | None,
    due: BoolArray | None = None,
) -> npt.NDArray[np.int16]:
    """Give (n,) final flags of one element from its (n,) values, marks, test verdicts and observing tasks."""
    none = np.zeros(len(values), np.int8)
    weather = np.maximum.reduce([none, *(one for test, one in said.items() if test in WEATHER)])
    if severe is not None:
        weather = np.where(severe, np.minimum(weather, Verdict.SUSPECT), weather)
    worst = np.maximum.reduce([weather, none, *(one for test, one in said.items() if test not in WEATHER)])
    by_verdict = np.array([Flag.UNCHECKED, Flag.GOOD, Flag.SUSPECT, Flag.WRONG], np.int16)
    flag = by_verdict[worst]
    missing = np.isnan(values)
    flag[missing] = Flag.MISSING
    flag[missing & (mark == Mark.NO_TASK)] = Flag.NO_TASK
    flag[missing & (mark == Mark.UNCHECKED)] = Flag.UNCHECKED
    if due is not None:
        flag[missing] = np.where(due[missing], Flag.MISSING, Flag.NO_TASK)
    return flag


def packed(mark: npt.NDArray[np.int8], said: Mapping[str, VerdictArray]) -> npt.NDArray[np.int32]:
    """Pack what each test said, and the marks, as `core.flags.pack` does for one value."""
    column = mark.astype(np.int32) << MARK_SHIFT
    for test, verdicts in said.items():
        column |= verdicts.astype(np.int32) << (2 * TESTS.index(test))
    return column
