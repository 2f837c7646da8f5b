"""Persistence: a value that stays the same longer than weather does comes from a stuck sensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from xiangtian.core.flags import Mark, Verdict
from xiangtian.met.kernel import kernel
from xiangtian.observe.qc.evidence import Finding
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, Verdicts, grade

LONGEST_GAP_MIN = 30.0
FEWEST = 4
DIRECTIONS = ("wind_from_direction", "wind_gust_from_direction")
MOIST = ("relative_humidity", "dew_point_temperature", "vapor_pressure")


def check(case: Case) -> Verdicts:
    """Judge every element that has a persistence rule by how long it has not changed.

    Parameters
    ----------
    case : Case
        The sheet, its history (as received: also what was judged wrong) and the rules.

    Returns
    -------
    Verdicts
        Element to (n,) verdicts. NOT_RUN where less than the rule's time was heard without a gap, and where
        constancy is natural: saturated air (humidity and dew point), calm (wind), no rain or drizzle.
    """
    minutes = case.history.minutes_before(case.sheet.time)
    verdicts: Verdicts = {}
    for name, rule in case.rules.stuck.items():
        if name in case.sheet.values and name in case.history.values:
            past, values = case.history.values[name], case.sheet.of(name)
            constant, heard = unchanged(values, past, minutes, rule.change, _turn(name))
            score = np.where((heard >= rule.suspect_min) & ~natural(case, name), constant, np.nan)
            verdicts[name] = grade(score, rule.suspect_min - 0.5, rule.fail_min - 0.5)
    return verdicts


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give for how long a value has not changed."""
    rule, one = case.rules.stuck[element], slice(row, row + 1)
    past, values = case.history.values[element][one], case.sheet.of(element)[one]
    minutes = case.history.minutes_before(case.sheet.time)[one]
    constant, _ = unchanged(values, past, minutes, rule.change, _turn(element))
    return [Finding("persistence", "unchanged", said, float(constant[0]), 0.0, rule.suspect_min - 0.5, "min")]


def _turn(element: str) -> float | None:
    return 360.0 if element in DIRECTIONS else None


def unchanged(
    values: FloatArray, past: FloatArray, minutes: FloatArray, change: float, turn: float | None = None
) -> tuple[FloatArray, FloatArray]:
    """Measure for how long values have stayed within `change` of the present one.

    Parameters
    ----------
    values : FloatArray
        (n,) present values, NaN missing.
    past : FloatArray
        (n, k) earlier values, newest last, NaN missing.
    minutes : FloatArray
        (n, k) minutes from each of them to the present, NaN in padding.
    change : float
        Largest difference that counts as the same, units of the values.
    turn : float | None
        Size of the circle for directions (360), None for plain numbers.

    Returns
    -------
    tuple
        (n,) minutes without change and (n,) minutes heard without a gap of more than 30 min; both count back from
        the present, 0 where fewer than 4 values agree, NaN where the present value is missing.
    """
    spans = _runs(values, past, minutes, change, np.inf if turn is None else turn)
    missing = np.isnan(values)
    return np.where(missing, np.nan, spans[0]), np.where(missing, np.nan, spans[1])


@kernel
def _runs(values: Any, past: Any, minutes: Any, change: float, turn: float) -> Any:  # pragma: no cover (compiled)
    spans = np.zeros((2, len(values)))
    for row in range(len(values)):
        before, agreeing, same = 0.0, 1, True
        for column in range(past.shape[1] - 1, -1, -1):
            age, difference = minutes[row, column], abs(past[row, column] - values[row])
            if not age > 0.0 or np.isnan(past[row, column]):
                continue
            if age - before > LONGEST_GAP_MIN:
                break
            before = age
            same = same and min(difference, turn - difference) <= change
            if same:
                agreeing += 1
                spans[0, row] = age
        spans[1, row] = before
        if agreeing < FEWEST:
            spans[0, row] = 0.0
    return spans


def natural(case: Case, element: str) -> BoolArray:
    """Give (n,) where constancy is the weather's own: saturation, calm, no rain or steady drizzle."""
    sheet, rules = case.sheet, case.rules
    if element in MOIST:
        return np.asarray(sheet.of("relative_humidity") >= rules.saturated_percent)
    if element in (*DIRECTIONS, "wind_speed"):
        return np.asarray((sheet.of("wind_speed") <= rules.calm_m_s) | (sheet.mark("wind_speed") == Mark.CALM))
    if element.startswith("precipitation"):
        return np.asarray(sheet.of(element) <= rules.drizzle_mm)
    return np.zeros(len(sheet), bool)
