"""Counts of a judged stretch: for each stream of reports and each series of values, by section of the stretch.

Sections are cut where the owner of some station's minutes changes, so that every section of a station has one owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xiangtian.observe.assess.counts import Count, CountArray
from xiangtian.observe.assess.plan import IntArray, Plan
from xiangtian.observe.assess.states import State, StateArray, States


@dataclass(frozen=True)
class Exempt:
    """Slots `first` to `last` (excluded) of a station for which an approved exemption holds; `element` "": all."""

    station: str
    element: str
    first: int
    last: int


@dataclass(frozen=True)
class Tally:
    """Counts by section (g) of a stretch.

    Attributes
    ----------
    reports : CountArray
        (s, g, 11) of the streams: reports, and the running time of the finest stream of each station.
    values : CountArray
        (v, g, 11) of the values; a station's counts are the sum over both.
    punctual : IntArray
        (v, g) values that came by their deadline.
    """

    reports: CountArray
    values: CountArray
    punctual: IntArray


def exempted(plan: Plan, states: States, exemptions: Sequence[Exempt]) -> States:
    """Mark what exemptions cover.

    Parameters
    ----------
    plan : Plan
        What was due.
    states : States
        The judged stretch; it is not changed.
    exemptions : Sequence of Exempt
        Approved ones.

    Returns
    -------
    States
        With `State.EXEMPT` where due and covered. An exemption of one element covers its values, not the reports.
    """
    if not exemptions:
        return states
    marked = States(states.reports.copy(), states.values.copy())
    for one in exemptions:
        series = plan.stations[plan.of_value] == one.station
        if one.element:
            series &= plan.elements == one.element
        else:
            _mark(marked.reports, plan.stations[plan.of_stream] == one.station, one)
        _mark(marked.values, series, one)
    return marked


def _mark(states: StateArray, rows: np.ndarray, one: Exempt) -> None:
    part = states[rows, one.first : one.last]
    states[rows, one.first : one.last] = np.where(part & State.DUE, part | np.uint8(State.EXEMPT), part)


def tally(plan: Plan, states: States, cuts: IntArray) -> Tally:
    """Count a stretch by section.

    Parameters
    ----------
    plan : Plan
        What was due.
    states : States
        The judged stretch, with exemptions marked.
    cuts : IntArray
        (g,) first slot of each section, rising from 0.

    Returns
    -------
    Tally
        What is exempt is counted as such and nowhere else.
    """
    reports = np.zeros((*states.reports.shape[:1], len(cuts), len(Count)), np.int64)
    values = np.zeros((*states.values.shape[:1], len(cuts), len(Count)), np.int64)
    punctual = np.zeros((*states.values.shape[:1], len(cuts)), np.int64)
    for section, (first, last) in enumerate(zip(cuts, [*cuts[1:], plan.minutes], strict=True)):
        _count_reports(reports[:, section], states.reports[:, first:last])
        _count_values(values[:, section], states.values[:, first:last])
        punctual[:, section] = _held(states.values[:, first:last], State.PUNCTUAL)
    minutes = plan.interval_min[:, None] * plan.finest[:, None]
    reports[..., Count.PERIOD_MIN] = reports[..., Count.REPORTS] * minutes
    reports[..., Count.EXEMPT_MIN] = reports[..., Count.REPORTS_EXEMPT] * minutes
    reports[..., Count.RUNNING_MIN] *= minutes
    return Tally(reports, values, punctual)


def _count_reports(into: CountArray, states: StateArray) -> None:
    into[:, Count.REPORTS] = _held(states)
    into[:, Count.REPORTS_EXEMPT] = _equal(states, State.EXEMPT, State.EXEMPT)
    into[:, Count.RECEIVED] = _held(states, State.REPORTED)
    into[:, Count.PUNCTUAL] = _held(states, State.PUNCTUAL)
    into[:, Count.RUNNING_MIN] = _held(states, State.PRESENT)


def _count_values(into: CountArray, states: StateArray) -> None:
    into[:, Count.VALUES] = _held(states)
    into[:, Count.VALUES_EXEMPT] = _equal(states, State.EXEMPT, State.EXEMPT)
    into[:, Count.MISSING] = into[:, Count.VALUES] - _held(states, State.PRESENT)
    into[:, Count.WRONG] = _held(states, State.WRONG)


def _held(states: StateArray, bit: int = 0) -> IntArray:
    """Count along the slots what is due, not exempt, and has the bit."""
    return _equal(states, State.DUE | State.EXEMPT | bit, State.DUE | bit)


def _equal(states: StateArray, mask: int, bits: int) -> IntArray:
    return np.asarray(np.count_nonzero((states & np.uint8(mask)) == np.uint8(bits), axis=1), np.int64)


def alone(values: CountArray, punctual: IntArray, interval_min: IntArray) -> CountArray:
    """Make of counts of values what each series is worth by itself: a value that came is its own report.

    Parameters
    ----------
    values : CountArray
        (v, 11).
    punctual : IntArray
        (v,) values that came by their deadline.
    interval_min : IntArray
        (v,) interval of each series.

    Returns
    -------
    CountArray
        (v, 11), with reports and running time.
    """
    made = values.copy()
    made[:, Count.REPORTS] = values[:, Count.VALUES]
    made[:, Count.REPORTS_EXEMPT] = values[:, Count.VALUES_EXEMPT]
    made[:, Count.RECEIVED] = values[:, Count.VALUES] - values[:, Count.MISSING]
    made[:, Count.PUNCTUAL] = punctual
    for minutes, number in ((Count.PERIOD_MIN, Count.REPORTS), (Count.EXEMPT_MIN, Count.REPORTS_EXEMPT)):
        made[:, minutes] = made[:, number] * interval_min
    made[:, Count.RUNNING_MIN] = made[:, Count.RECEIVED] * interval_min
    return made
