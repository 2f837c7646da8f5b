"""Internal consistency: what one station says of itself must agree.

Only values that no earlier test doubted judge others: a spike of the thermometer is not charged to the dew point.
Of a relation between measured and derived values the derived one is doubted. A broken relation makes values suspect,
never wrong, because it does not say which of them is at fault. The relations stand in `relations`.
"""

from __future__ import annotations

import numpy as np

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.bound import Bound
from xiangtian.observe.qc.evidence import Finding, Witness
from xiangtian.observe.qc.model import Case, Verdicts
from xiangtian.observe.qc.relations import RELATIONS


def check(case: Case) -> Verdicts:
    """Judge all relations between the elements of a reading that the catalogue can express.

    Parameters
    ----------
    case : Case
        The sheet, the rules, and the verdicts so far.

    Returns
    -------
    Verdicts
        Element to (n,) verdicts, the worst of its relations; NOT_RUN where a relation lacks a sound value.
    """
    verdicts: Verdicts = {}
    for bound in bounds(case):
        worst = verdicts.get(bound.element, np.zeros(len(case.sheet), np.int8))
        verdicts[bound.element] = np.maximum(worst, bound.verdict())
    return verdicts


def bounds(case: Case) -> list[Bound]:
    """Give the bounds of all relations for elements of the sheet."""
    return [bound for relation in RELATIONS for bound in relation(case) if bound.element in case.sheet.values]


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give every relation that judged a value, with what it was compared with; the worst of them is `said`."""
    return [_finding(bound, row, verdict) for bound, verdict in _judging(case, row, element)]


def _judging(case: Case, row: int, element: str) -> list[tuple[Bound, Verdict]]:
    told = [(bound, Verdict(int(bound.verdict()[row]))) for bound in bounds(case) if bound.element == element]
    return [(bound, verdict) for bound, verdict in told if verdict != Verdict.NOT_RUN]


def _finding(bound: Bound, row: int, verdict: Verdict) -> Finding:
    ends = float(bound.low[row]), float(bound.high[row])
    witnesses = tuple(Witness(name, float(values[row])) for name, values in bound.partners)
    unit, found = CATALOGUE[bound.element].unit, float(bound.found[row])
    return Finding("internal", bound.relation, verdict, found, *ends, unit, witnesses)
