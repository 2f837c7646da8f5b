"""Episodes: runs of due reports or values that went wrong, long enough to be a defect; and what belongs together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xiangtian.observe.assess.plan import BoolArray, Plan
from xiangtian.observe.assess.rules import Least, Rules, Together
from xiangtian.observe.assess.states import State, States


@dataclass(frozen=True, slots=True)
class Episode:
    """A run of bad reports or values of one station.

    Attributes
    ----------
    station : str
        Its code.
    element : str
        The element, "" for the whole report.
    kind : str
        silence, missing or doubt, of `rules.KINDS`.
    starts, ends : datetime
        First and last bad due time, both included; aware.
    due : int
        Bad reports or values in the run.
    lost : int
        How many of them never came (silence, missing), or are wrong and not only suspect (doubt).
    open : bool
        Whether the run reaches the last one due in the stretch: it may go on.
    interval_min : int
        Interval of the reports.
    """

    station: str
    element: str
    kind: str
    starts: dt.datetime
    ends: dt.datetime
    due: int
    lost: int
    open: bool
    interval_min: int


def episodes(plan: Plan, states: States, rules: Rules) -> list[Episode]:
    """Find the episodes of a judged stretch.

    Parameters
    ----------
    plan : Plan
        What was due.
    states : States
        The judged stretch; what an exemption covers is not looked at, and ends no run.
    rules : Rules
        The table: what is long enough.

    Returns
    -------
    list of Episode
        Silence: reports that had not come by their deadline. A report that comes later stays in its episode and is no
        longer lost. Missing: a report came without the value. Doubt: values flagged wrong or suspect.
    """
    found: list[Episode] = []
    looked = (states.reports & (State.DUE | State.EXEMPT)) == State.DUE
    late = looked & ((states.reports & State.PUNCTUAL) == 0)
    never = looked & ((states.reports & State.REPORTED) == 0)
    for row in np.flatnonzero(late.any(axis=1)):
        of, interval = plan.stations[plan.of_stream[row]], int(plan.interval_min[row])
        told = _Series(str(of), "", "silence", interval, plan.start)
        found += _runs(told, looked[row], late[row], never[row], rules.silence)
    return found + _of_values(plan, states, rules)


def _of_values(plan: Plan, states: States, rules: Rules) -> list[Episode]:
    found: list[Episode] = []
    looked = (states.values & (State.DUE | State.EXEMPT | State.REPORTED)) == (State.DUE | State.REPORTED)
    missing = looked & ((states.values & State.PRESENT) == 0)
    doubted = looked & ((states.values & (State.WRONG | State.SUSPECT)) != 0)
    wrong = looked & ((states.values & State.WRONG) != 0)
    for kind, bad, worst, least in (
        ("missing", missing, missing, rules.missing),
        ("doubt", doubted, wrong, rules.doubt),
    ):
        for row in np.flatnonzero(bad.any(axis=1)):
            of, interval = plan.stations[plan.of_value[row]], int(plan.interval_min[plan.stream_of[row]])
            told = _Series(str(of), str(plan.elements[row]), kind, interval, plan.start)
            found += _runs(told, looked[row], bad[row], worst[row], least)
    return found


@dataclass(frozen=True, slots=True)
class _Series:
    station: str
    element: str
    kind: str
    interval_min: int
    start: dt.datetime

    def moment(self, slot: int) -> dt.datetime:
        return self.start + dt.timedelta(minutes=int(slot) + 1)


def _runs(told: _Series, looked: BoolArray, bad: BoolArray, worst: BoolArray, least: Least) -> Iterator[Episode]:
    """Give the runs of bad ones among those looked at; what is not looked at lies outside the counting."""
    slots = np.flatnonzero(looked)
    for first, last in bounds(bad[slots]):
        number = last - first
        if number >= least.reports and number * told.interval_min >= least.minutes:
            yield Episode(
                told.station,
                told.element,
                told.kind,
                told.moment(slots[first]),
                told.moment(slots[last - 1]),
                number,
                int(worst[slots[first:last]].sum()),
                last == len(slots),
                told.interval_min,
            )


def bounds(bad: BoolArray) -> list[tuple[int, int]]:
    """Give first and last (excluded) place of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], bad, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def together(starts: Sequence[dt.datetime], stations: Sequence[str], rule: Together) -> list[list[int]]:
    """Find which silences are one event, such as a power cut.

    Parameters
    ----------
    starts : Sequence of datetime
        Begin of each silence, aware.
    stations : Sequence of str
        Its station.
    rule : Together
        From how many stations, within how many minutes.

    Returns
    -------
    list of list of int
        Places of the silences of each event, by time. An event holds all that begin within `within_min` of its first
        one; it needs `stations` different stations. What belongs to no event stands by itself and is not given.
    """
    order = sorted(range(len(starts)), key=lambda place: (starts[place], stations[place]))
    span = dt.timedelta(minutes=rule.within_min)
    found: list[list[int]] = []
    first = 0
    while first < len(order):
        last = first
        while last < len(order) and starts[order[last]] - starts[order[first]] <= span:
            last += 1
        event = order[first:last]
        if len({stations[place] for place in event}) >= rule.stations:
            found.append(event)
            first = last
        else:
            first += 1
    return found
