"""Quality control: an ordered chain of small checks; original values are never changed.

One file a check: `check(case) -> {element: verdicts}`, and `explain(case, row, element, said) -> [findings]`, which
says of one value what it was compared with. To add one, write the file and add a line to `CHAIN` (and its name to the
end of `core.flags.TESTS`). Format is the decoders' affair: what does not decode never gets here.
`run` judges one sheet; `judge` does the same with a rolling window of the past, for batches as they come in;
`explain` gives the evidence of one value. How the verdicts become one flag stands in `combine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc import (
    climate,
    combine,
    gauge,
    internal,
    limits,
    neighbours,
    persistence,
    rain,
    spatial,
    split,
    step,
    step_hour,
)
from xiangtian.observe.qc.evidence import Finding, Witness
from xiangtian.observe.qc.model import Case, Context, History, Judged, Sheet, Verdicts
from xiangtian.observe.qc.rules import Rules
from xiangtian.observe.qc.units import suspected_unit
from xiangtian.observe.qc.window import Window

__all__ = [
    "CHAIN",
    "Case",
    "Context",
    "Finding",
    "History",
    "Judged",
    "Rules",
    "Sheet",
    "Window",
    "Witness",
    "explain",
    "judge",
    "run",
    "suspected_unit",
]


class Check(Protocol):
    """A check: a module with these two functions, which keep nothing and ask nobody."""

    def check(self, case: Case) -> Verdicts:
        """Judge a case; elements that are left out were not run."""

    def explain(self, case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
        """Give the evidence of what the check said of a value; called only where it ran."""


CHAIN: Mapping[str, Check] = MappingProxyType(
    {
        "limits": limits,
        "range": climate,
        "step": step,
        "step_60min": step_hour,
        "persistence": persistence,
        "internal": internal,
        "neighbours": neighbours,
        "spatial": spatial,
        "rain": rain,
        "gauge": gauge,
    }
)
"""The checks in the order in which they run; what one doubts, the next ones do not use as evidence."""

DEFAULT = Rules()
NOTHING = Context()


def run(sheet: Sheet, history: History, context: Context = NOTHING, rules: Rules = DEFAULT) -> Judged:
    """Judge a sheet in which each station stands at most once.

    Parameters
    ----------
    sheet : Sheet
        The readings.
    history : History
        The past of the same rows; `History.none(len(sheet))` where there is none.
    context : Context
        Neighbours, radar and severe weather around them.
    rules : Rules
        The tolerances.

    Returns
    -------
    Judged
        A flag and the packed tests for every value; the rule of combination stands in `combine`.

    Raises
    ------
    ValueError
        If history and sheet differ in length, or a station stands in the sheet twice.
    """
    if len(history.times) != len(sheet):
        raise ValueError(f"{len(sheet)} readings, but the history has {len(history.times)} rows; give one a reading")
    split.refuse_repeats(sheet)
    found: dict[str, Verdicts] = {}
    for test, one in CHAIN.items():
        found[test] = one.check(Case(sheet, history, context, rules, dict(found)))
    return combine.judged(sheet, found, context)


def explain(case: Case, row: int, element: str) -> list[Finding]:
    """Give the evidence of one value: of every test that ran on it, what was found, what is allowed, and with what.

    Nothing of this is stored. The checks keep nothing between calls, so a case made again from the stored readings
    gives the same findings.

    Parameters
    ----------
    case : Case
        Sheet, history, context and rules as they were judged; verdicts it holds already are not used.
    row : int
        The reading.
    element : str
        The element.

    Returns
    -------
    list
        Findings in the order of the chain; a test may give several (one a relation), and their worst verdict is the
        test's. Empty where no test ran.

    Raises
    ------
    IndexError
        If the sheet has no such row.
    """
    if not 0 <= row < len(case.sheet):
        raise IndexError(f"reading {row} of a sheet that has {len(case.sheet)}; give 0 to {len(case.sheet) - 1}")
    findings: list[Finding] = []
    found: dict[str, Verdicts] = {}
    for test, one in CHAIN.items():
        before = replace(case, found=dict(found))
        found[test] = one.check(before)
        said = Verdict(int(found[test][element][row])) if element in found[test] else Verdict.NOT_RUN
        if said != Verdict.NOT_RUN:
            findings += one.explain(before, row, element, said)
    return findings


def judge(window: Window, sheet: Sheet, context: Context = NOTHING, rules: Rules = DEFAULT) -> Judged:
    """Judge a batch against a rolling window, and let the window remember it.

    Parameters
    ----------
    window : Window
        What was heard before; it learns the batch.
    sheet : Sheet
        Readings of any stations and times, in any order; a station may stand in it more than once.
    context : Context
        As for `run`; where `neighbours` is None the window's latest trusted readings are taken.
    rules : Rules
        The tolerances.

    Returns
    -------
    Judged
        Aligned with the sheet.
    """
    parts: list[Judged] = []
    rounds = split.rounds(sheet)
    for rows in rounds:
        part, around = sheet.take(rows), context.take(rows)
        if around.neighbours is None:
            around = replace(around, neighbours=window.neighbours_now(part))
        outcome = run(part, window.history(part), around, rules)
        window.push(part, outcome)
        parts.append(outcome)
    return split.merge(sheet, rounds, parts)
