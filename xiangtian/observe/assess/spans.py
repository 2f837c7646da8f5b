"""The exact minutes: which due reports or values of a day are late, missing, wrong or exempt, as stretches of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from xiangtian.observe.assess.episodes import bounds
from xiangtian.observe.assess.plan import Plan
from xiangtian.observe.assess.states import State, StateArray, States


@dataclass(frozen=True, slots=True)
class Span:
    """Due times from `first` to `last`, both included, that fared alike; `element` "": the report."""

    element: str
    interval_min: int
    kind: str
    first: dt.datetime
    last: dt.datetime
    number: int


def spans(plan: Plan, states: States, station: str) -> list[Span]:
    """Give every stretch of a station's due times that is not in order.

    Parameters
    ----------
    plan : Plan
        What was due.
    states : States
        The judged stretch, with exemptions marked.
    station : str
        Code; one without a plan has no spans.

    Returns
    -------
    list of Span
        Kinds: exempt, lost (the report never came), late, missing (the value), wrong, suspect; reports first.
        Values of a report that never came are not told again.
    """
    found: list[Span] = []
    for row in np.flatnonzero(plan.stations[plan.of_stream] == station):
        told = _reports(states.reports[row])
        found += _of_series(plan, "", int(plan.interval_min[row]), states.reports[row], told)
    for row in np.flatnonzero(plan.stations[plan.of_value] == station):
        interval = int(plan.interval_min[plan.stream_of[row]])
        told = _values(states.values[row])
        found += _of_series(plan, str(plan.elements[row]), interval, states.values[row], told)
    return found


def _reports(states: StateArray) -> np.ndarray:
    never = (states & State.REPORTED) == 0
    late = (states & State.PUNCTUAL) == 0
    return np.select([(states & State.EXEMPT) != 0, never, late], ["exempt", "lost", "late"], "")


def _values(states: StateArray) -> np.ndarray:
    kinds = {
        "": (states & State.REPORTED) == 0,
        "exempt": (states & State.EXEMPT) != 0,
        "missing": (states & State.PRESENT) == 0,
        "wrong": (states & State.WRONG) != 0,
        "suspect": (states & State.SUSPECT) != 0,
    }
    return np.select(list(kinds.values()), list(kinds), "")


def _of_series(plan: Plan, element: str, interval: int, states: StateArray, told: np.ndarray) -> list[Span]:
    slots = np.flatnonzero(states & State.DUE)
    kinds = told[slots]
    found = []
    for kind in np.unique(kinds[kinds != ""]):
        for first, last in bounds(kinds == kind):
            begin, end = (plan.start + dt.timedelta(minutes=int(slots[place]) + 1) for place in (first, last - 1))
            found.append(Span(element, interval, str(kind), begin, end, last - first))
    return sorted(found, key=lambda one: one.first)
