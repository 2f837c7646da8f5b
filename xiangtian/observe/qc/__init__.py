"""Quality control: an ordered chain of small checks; original values are never changed.

One file a check: `check(case) -> {element: verdicts}`. To add one, write the file and add a line to `CHAIN`
(and its name, if it is new, to the end of `core.flags.TESTS`).
`run` judges one sheet; `judge` does the same with a rolling window of the past, for batches as they come in.
A climatological range test has its place in the list of tests, and joins the chain when stations have a climatology.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from xiangtian.observe.qc import combine, internal, limits, neighbours, persistence, rain, split, step
from xiangtian.observe.qc.model import Case, Context, History, Judged, Sheet, Verdicts
from xiangtian.observe.qc.rules import Rules
from xiangtian.observe.qc.units import suspected_unit
from xiangtian.observe.qc.window import Window

__all__ = ["CHAIN", "Context", "History", "Judged", "Rules", "Sheet", "Window", "judge", "run", "suspected_unit"]

CHAIN: Mapping[str, Callable[[Case], Verdicts]] = MappingProxyType(
    {
        "limits": limits.check,
        "step": step.check,
        "persistence": persistence.check,
        "internal": internal.check,
        "neighbours": neighbours.check,
        "rain": rain.check,
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
    for test, check in CHAIN.items():
        found[test] = check(Case(sheet, history, context, rules, dict(found)))
    return combine.judged(sheet, found, context.severe)


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
            near = window.neighbours_now(part)
            around = Context(around.severe, near, around.radar_mm, around.radar_1h_mm)
        outcome = run(part, window.history(part), around, rules)
        window.push(part, outcome)
        parts.append(outcome)
    return split.merge(sheet, rounds, parts)
