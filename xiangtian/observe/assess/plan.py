"""What is due in one stretch of time: reports and values by station, minute by minute, with their deadlines.

A report is what a station owes at one moment: the elements of one network with one interval and offset. A station that
reports some elements each minute and others each hour owes two streams of reports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.observe.assess.rules import Rules
from xiangtian.observe.metadata.tasks import Task, due_times

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
TextArray = npt.NDArray[np.str_]

_Stream = tuple[str, str, int, int]


@dataclass(frozen=True)
class Plan:
    """What is due in the minutes after `start`; slot k is the minute that ends k + 1 minutes after it.

    Attributes
    ----------
    start : datetime
        Aware; itself not part of the stretch.
    minutes : int
        M, length of the stretch.
    stations : ndarray of str
        (n,) codes, rising.
    of_stream : ndarray of int
        (s,) place of each stream's station.
    networks : ndarray of str
        (s,) network of each stream.
    interval_min, deadline_min : ndarray
        (s,) interval and allowed delay of each stream.
    finest : ndarray of bool
        (s,) whether no other stream of the station is more frequent; running is judged on it.
    elements : ndarray of str
        (v,) element of each value series.
    stream_of : ndarray of int
        (v,) place of the stream each value series belongs to.
    due : ndarray of bool
        (v, M) whether a value is due at a slot and its deadline has passed.
    """

    start: dt.datetime
    minutes: int
    stations: TextArray
    of_stream: IntArray
    networks: TextArray
    interval_min: IntArray
    deadline_min: npt.NDArray[np.float64]
    finest: BoolArray
    elements: TextArray
    stream_of: IntArray
    due: BoolArray

    @property
    def of_value(self) -> IntArray:
        """(v,) place of each value series' station."""
        return self.of_stream[self.stream_of]

    def members(self) -> list[IntArray]:
        """Give, for each stream, the places of its value series."""
        order = np.argsort(self.stream_of, kind="stable")
        ends = np.searchsorted(self.stream_of[order], np.arange(len(self.of_stream)), side="right")
        return [np.asarray(part) for part in np.split(order, ends[:-1])] if len(ends) else []

    def reports_due(self) -> BoolArray:
        """(s, M) whether a report is due: any of its values is."""
        due = np.zeros((len(self.of_stream), self.minutes), bool)
        for place, members in enumerate(self.members()):
            due[place] = self.due[members].any(axis=0)
        return due


def plan(tasks: Sequence[Task], rules: Rules, start: dt.datetime, end: dt.datetime, until: dt.datetime) -> Plan:
    """Lay out what is due later than `start` and up to `end`.

    Parameters
    ----------
    tasks : Sequence of Task
        Observing tasks; those that hold at no minute of the stretch fall out.
    rules : Rules
        The table, for its deadlines.
    start, end : datetime
        Aware; whole minutes.
    until : datetime
        Aware; what is due with a deadline after this moment is not judged yet.

    Returns
    -------
    Plan
        Streams by station, network, interval and offset; values by stream and element. Two tasks of one element and
        stream (one after the other) are one series.

    Raises
    ------
    ValueError
        If the stretch is empty or no whole number of minutes.
    KeyError
        If the table has no deadline for a network.
    """
    minutes = _minutes(start, end)
    slots: dict[tuple[_Stream, str], BoolArray] = {}
    seen: dict[tuple[object, ...], BoolArray] = {}
    for task in tasks:
        deadline = rules.deadline_min(task.network, task.interval_min)
        due = _due(task, start, end, min(end, until - dt.timedelta(minutes=deadline)), seen)
        if due.any():
            key = ((task.station, task.network, task.interval_min, task.offset_min), task.element)
            slots[key] = slots[key] | due if key in slots else due
    return _laid_out(slots, rules, start, minutes)


def _minutes(start: dt.datetime, end: dt.datetime) -> int:
    minutes = (end - start).total_seconds() / 60
    if minutes <= 0 or minutes != int(minutes):
        raise ValueError(f"from {start.isoformat()} to {end.isoformat()} is no whole number of minutes above 0")
    return int(minutes)


def _due(
    task: Task, start: dt.datetime, end: dt.datetime, last: dt.datetime, seen: dict[tuple[object, ...], BoolArray]
) -> BoolArray:
    since = max(task.valid_from, start)
    to = end if task.valid_to is None else min(task.valid_to, end)
    key = (task.interval_min, task.offset_min, since, to, task.valid_to is None or task.valid_to > end, last)
    if key not in seen:
        due = np.zeros(_minutes(start, end), bool)
        if last > start:
            origin = np.datetime64(start.astimezone(dt.UTC).replace(tzinfo=None), "s")
            due[(due_times(task, start, last) - origin).astype(np.int64) // 60 - 1] = True
        seen[key] = due
    return seen[key]


def _laid_out(slots: dict[tuple[_Stream, str], BoolArray], rules: Rules, start: dt.datetime, minutes: int) -> Plan:
    keys = sorted(slots)
    streams = sorted({stream for stream, _ in keys})
    stations = sorted({stream[0] for stream in streams})
    station_place = {code: place for place, code in enumerate(stations)}
    stream_place = {stream: place for place, stream in enumerate(streams)}
    finest: dict[str, _Stream] = {}
    for stream in streams:
        if stream[0] not in finest or stream[2] < finest[stream[0]][2]:
            finest[stream[0]] = stream
    return Plan(
        start=start,
        minutes=minutes,
        stations=np.array(stations, dtype=str),
        of_stream=np.array([station_place[stream[0]] for stream in streams], np.int64),
        networks=np.array([stream[1] for stream in streams], dtype=str),
        interval_min=np.array([stream[2] for stream in streams], np.int64),
        deadline_min=np.array([rules.deadline_min(stream[1], stream[2]) for stream in streams], float),
        finest=np.array([finest[stream[0]] == stream for stream in streams], bool),
        elements=np.array([element for _, element in keys], dtype=str),
        stream_of=np.array([stream_place[stream] for stream, _ in keys], np.int64),
        due=np.array([slots[key] for key in keys], bool).reshape(len(keys), minutes),
    )
