"""Limits: a value outside what the instrument or the atmosphere can give is wrong."""

from __future__ import annotations

import numpy as np

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.evidence import Finding
from xiangtian.observe.qc.model import Case, FloatArray, VerdictArray, Verdicts
from xiangtian.observe.qc.tolerances import Limit

RECORD_RAIN_MM = 422.0
RECORD_RAIN_EXPONENT = 0.475


def check(case: Case) -> Verdicts:
    """Judge every element of the sheet that has limits.

    Parameters
    ----------
    case : Case
        The sheet and the rules; nothing else is used.

    Returns
    -------
    Verdicts
        Element to (n,) verdicts: FAIL outside the limits and their slack, SUSPECT inside the slack.
    """
    limits = case.rules.limits
    verdicts = {name: judge(case.sheet.of(name), limits[name]) for name in case.sheet.values if name in limits}
    if "precipitation_amount" in verdicts:
        amount = case.sheet.of("precipitation_amount")
        beyond = amount > record_rain(case.sheet.of("precipitation_period"))
        verdicts["precipitation_amount"][beyond] = Verdict.FAIL
    return verdicts


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give the limits of a value, or the world's record where it is beyond that."""
    value, limit = float(case.sheet.of(element)[row]), case.rules.limits[element]
    unit = CATALOGUE[element].unit
    if element == "precipitation_amount" and limit.low <= value <= limit.high:
        record = float(record_rain(case.sheet.of("precipitation_period"))[row])
        return [Finding("limits", "record_rain", said, value, limit.low, min(record, limit.high), unit)]
    return [Finding("limits", "limits", said, value, limit.low, limit.high, unit)]


def judge(values: FloatArray, limit: Limit) -> VerdictArray:
    """Judge (n,) values by one element's limits; NaN is not run, infinity fails."""
    verdict = np.full(values.shape, Verdict.FAIL, np.int8)
    verdict[(values >= limit.low - limit.slack) & (values <= limit.high + limit.slack)] = Verdict.SUSPECT
    verdict[(values >= limit.low) & (values <= limit.high)] = Verdict.PASS
    verdict[np.isnan(values)] = Verdict.NOT_RUN
    return verdict


def record_rain(period_min: FloatArray) -> FloatArray:
    """Give the largest rain ever seen on earth over a period.

    Parameters
    ----------
    period_min : FloatArray
        (n,) minutes; NaN or 0 where unknown.

    Returns
    -------
    FloatArray
        (n,) mm; infinity where the period is unknown.

    References
    ----------
    The envelope of the world's point rainfall records, R = 422 D**0.475 (mm, D in h): WMO-No. 1045 (Manual on
    Estimation of Probable Maximum Precipitation), Annex 2.
    """
    known = period_min > 0
    hours = np.where(known, period_min, 60.0) / 60.0
    return np.where(known, RECORD_RAIN_MM * hours**RECORD_RAIN_EXPONENT, np.inf)
