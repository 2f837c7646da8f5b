"""Step: a value that jumps from the last trusted one faster than the air can, in a minute or a few.

No echo: a value judged wrong is no evidence, so the return to normal after a spike passes. No lock either: when the
present value agrees with the distrusted one before it, the new level is doubted once and believed afterwards.
"""

from __future__ import annotations

import numpy as np

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.evidence import Finding, Witness
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, VerdictArray, Verdicts, grade
from xiangtian.observe.qc.tolerances import Step


def check(case: Case) -> Verdicts:
    """Judge every element that has a step rule against the history.

    Parameters
    ----------
    case : Case
        The sheet, its history and the rules.

    Returns
    -------
    Verdicts
        Element to (n,) verdicts; NOT_RUN where nothing trusted was heard within `step_longest_min`.
    """
    minutes = _minutes(case)
    return {
        name: judge(case.sheet.of(name), case.history.values[name], minutes, case.history.trusted[name], rule)
        for name, rule in case.rules.steps.items()
        if name in case.sheet.values and name in case.history.values
    }


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give the last trusted value and how far the present one may lie from it."""
    rule = case.rules.steps[element]
    past, trusted = case.history.values[element][row], case.history.trusted[element][row]
    minutes = _minutes(case)[row]
    there = np.flatnonzero(np.isfinite(past) & np.isfinite(minutes) & trusted)
    if not len(there):
        return []
    newest = there[-1]
    reach = rule.suspect * max(float(minutes[newest]), 1.0) ** rule.growth
    before, when = float(past[newest]), str(case.history.times[row, newest])
    value, unit = float(case.sheet.of(element)[row]), CATALOGUE[element].unit
    return [Finding("step", "step", said, value, before - reach, before + reach, unit, (Witness(when, before),))]


def judge(values: FloatArray, past: FloatArray, minutes: FloatArray, trusted: BoolArray, rule: Step) -> VerdictArray:
    """Judge (n,) values against their past.

    Parameters
    ----------
    values : FloatArray
        (n,) present values, NaN missing.
    past : FloatArray
        (n, k) earlier values, newest last.
    minutes : FloatArray
        (n, k) minutes from each of them to the present, NaN where it may not be used.
    trusted : BoolArray
        (n, k) which of them are evidence.
    rule : Step
        The tolerances.

    Returns
    -------
    VerdictArray
        (n,) int8.
    """
    there = np.isfinite(past) & np.isfinite(minutes)
    verdict = grade(*_change(values, past, minutes, there & trusted, rule))
    level = grade(*_change(values, past, minutes, there & ~trusted & _after_trusted(there & trusted), rule))
    verdict[(verdict == Verdict.FAIL) & (level == Verdict.PASS)] = Verdict.SUSPECT
    return verdict


def _minutes(case: Case) -> FloatArray:
    """Give (n, k) minutes back to what may be compared with, NaN elsewhere."""
    minutes = case.history.minutes_before(case.sheet.time)
    return np.where((minutes > 0) & (minutes <= case.rules.step_longest_min), minutes, np.nan)


def _change(
    values: FloatArray, past: FloatArray, minutes: FloatArray, use: BoolArray, rule: Step
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the change since the newest usable value, and the (suspect, fail) limits for the time between."""
    reference, age = _newest(past, use), _newest(minutes, use)
    growth = np.maximum(age, 1.0) ** rule.growth
    return np.abs(values - reference), rule.suspect * growth, rule.fail * growth


def _newest(columns: FloatArray, use: BoolArray) -> FloatArray:
    """Give (n,) the last usable column of each row, NaN where there is none."""
    if not columns.shape[1]:
        return np.full(len(columns), np.nan)
    last = columns.shape[1] - 1 - np.argmax(use[:, ::-1], axis=1)
    rows = np.arange(len(columns))
    return np.where(use[rows, last], columns[rows, last], np.nan)


def _after_trusted(trusted: BoolArray) -> BoolArray:
    """Give (n, k) the columns newer than the newest trusted one."""
    later: BoolArray = np.logical_or.accumulate(trusted[:, ::-1], axis=1)[:, ::-1]
    return ~later
