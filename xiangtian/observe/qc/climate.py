"""Climatological range: a value that the station's own history does not know in this month.

The range is given with the context, already widened by its maker; where none is known nothing is judged.
"""

from __future__ import annotations

import numpy as np

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.evidence import Finding
from xiangtian.observe.qc.model import Case, FloatArray, Verdicts, grade


def check(case: Case) -> Verdicts:
    """Judge every element for which the context knows a range.

    Parameters
    ----------
    case : Case
        The sheet, the context's `climate_low` and `climate_high`, and the rules.

    Returns
    -------
    Verdicts
        Element to (n,) verdicts: SUSPECT outside the range, for records are broken now and then; FAIL where the
        value lies outside by more than `climate_fail_share` of the range's width.
    """
    low, high = case.context.climate_low or {}, case.context.climate_high or {}
    names = [name for name in case.sheet.values if name in low and name in high]
    share = case.rules.climate_fail_share
    return {name: grade(beyond(case.sheet.of(name), low[name], high[name]), 0.0, share) for name in names}


def beyond(values: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Measure how far values lie outside a range.

    Parameters
    ----------
    values : FloatArray
        (n,) values, NaN missing.
    low : FloatArray
        (n,) lower end, NaN unknown.
    high : FloatArray
        (n,) upper end, NaN unknown.

    Returns
    -------
    FloatArray
        (n,) widths of the range by which the value lies outside, 0 inside, NaN where anything is unknown.
    """
    outside = np.maximum(np.maximum(low - values, values - high), 0.0)
    width = np.maximum(high - low, np.finfo(float).tiny)
    return np.asarray(np.where(outside > 0, np.minimum(outside / width, np.finfo(float).max), outside))


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give the range that the station's history knows."""
    low, high = case.context.climate_low or {}, case.context.climate_high or {}
    ends = float(low[element][row]), float(high[element][row])
    value = float(case.sheet.of(element)[row])
    return [Finding("range", "climate", said, value, *ends, CATALOGUE[element].unit)]
