"""Step over sixty minutes: a value that has drifted farther in an hour than fronts and squalls carry it.

The step of a minute does not see a sensor that walks away slowly; this one does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.evidence import Finding, Witness
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, Verdicts, grade

HOUR_MIN = 60.0
SLACK_MIN = 10.0
"""A reading between 50 and 70 minutes back stands for the one of sixty minutes before."""


def check(case: Case) -> Verdicts:
    """Judge every element that has a rule for sixty minutes.

    Parameters
    ----------
    case : Case
        The sheet, its history and the rules.

    Returns
    -------
    Verdicts
        Element to (n,) verdicts; NOT_RUN where nothing trusted was heard 50 to 70 minutes before.
    """
    minutes = case.history.minutes_before(case.sheet.time)
    verdicts: Verdicts = {}
    for name, rule in case.rules.changes.items():
        if name in case.sheet.values and name in case.history.values:
            before = hour_before(case.history.values[name], minutes, case.history.trusted[name])[0]
            verdicts[name] = grade(np.abs(case.sheet.of(name) - before), rule.suspect, rule.fail)
    return verdicts


def hour_before(past: FloatArray, minutes: FloatArray, trusted: BoolArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Find the value of sixty minutes before.

    Parameters
    ----------
    past : FloatArray
        (n, k) earlier values, NaN missing.
    minutes : FloatArray
        (n, k) minutes back to each, NaN in padding.
    trusted : BoolArray
        (n, k) which of them are evidence.

    Returns
    -------
    tuple
        (n,) the trusted value nearest to sixty minutes back, NaN where there is none between 50 and 70; and (n,) its
        column.
    """
    if not past.shape[1]:
        return np.full(len(past), np.nan), np.zeros(len(past), np.intp)
    off = np.where(np.isfinite(past) & trusted & np.isfinite(minutes), np.abs(minutes - HOUR_MIN), np.inf)
    column = off.argmin(axis=1)
    rows = np.arange(len(past))
    return np.where(off[rows, column] <= SLACK_MIN, past[rows, column], np.nan), column


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give the value of sixty minutes before and how far the present one may lie from it."""
    rule, one = case.rules.changes[element], slice(row, row + 1)
    minutes = case.history.minutes_before(case.sheet.time)[one]
    found, column = hour_before(case.history.values[element][one], minutes, case.history.trusted[element][one])
    before, when = float(found[0]), str(case.history.times[row, column[0]])
    span, unit = (before - rule.suspect, before + rule.suspect), CATALOGUE[element].unit
    value = float(case.sheet.of(element)[row])
    return [Finding("step_60min", "change", said, value, *span, unit, (Witness(when, before),))]
