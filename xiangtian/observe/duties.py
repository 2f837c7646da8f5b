"""The observing tasks as the judge remembers them: which values of a sheet are due."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.core import clock
from xiangtian.core.flags import Mark
from xiangtian.observe import queries
from xiangtian.observe.metadata.tasks import Task
from xiangtian.observe.qc.model import BoolArray, Sheet

FRESH = dt.timedelta(minutes=10)
"""Tasks are read again after so long."""
BACK = dt.timedelta(hours=26)
"""Readings that come later than this are judged by today's tasks."""
ENDLESS = np.iinfo(np.int64).max
CountArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """The tasks of one element as (m,) columns: place of the station among the known ones, and times in seconds."""

    place: CountArray
    interval: CountArray
    offset: CountArray
    begins: CountArray
    ends: CountArray


class Duties:
    """What is due, by the tasks of the records; read anew every ten minutes."""

    def __init__(self) -> None:
        self._read: dt.datetime | None = None
        self._place: dict[str, int] = {}
        self._plans: dict[str, Plan] = {}

    def due(self, sheet: Sheet) -> dict[str, BoolArray] | None:
        """Tell which values of a sheet are due.

        Parameters
        ----------
        sheet : Sheet
            Readings, each station at most once.

        Returns
        -------
        dict or None
            Element to (n,) bool, of the elements of the sheet and those due at some of its stations; None where no
            station has tasks. At a station without tasks what the message leaves open is due, unless its decoder says
            that there is no task.
        """
        self._refresh()
        if not self._place:
            return None
        row_of = np.full(len(self._place), -1, np.intp)
        places = np.fromiter((self._place.get(name, -1) for name in sheet.station.tolist()), np.intp, len(sheet))
        known = places >= 0
        row_of[places[known]] = np.flatnonzero(known)
        seconds = sheet.time.astype("datetime64[s]").astype(np.int64)
        asked = {name: _due(plan, row_of, seconds) for name, plan in self._plans.items()}
        blank = np.zeros(len(sheet), bool)
        return {
            name: _with_strangers(asked.get(name, blank), known, sheet, name)
            for name in dict.fromkeys((*sheet.values, *asked))
            if name in sheet.values or asked[name].any()
        }

    def _refresh(self) -> None:
        now = clock.now()
        if self._read is not None and abs(now - self._read) < FRESH:
            return
        self._read = now
        held = queries.tasks(now - BACK, now)
        self._place = {code: place for place, code in enumerate(dict.fromkeys(task.station for task in held))}
        grouped: dict[str, list[Task]] = defaultdict(list)
        for task in held:
            grouped[task.element].append(task)
        self._plans = {element: _plan(tasks, self._place) for element, tasks in grouped.items()}


def _plan(tasks: Sequence[Task], place: dict[str, int]) -> Plan:
    ends = [ENDLESS if task.valid_to is None else int(task.valid_to.timestamp()) for task in tasks]
    return Plan(
        np.array([place[task.station] for task in tasks], np.int64),
        np.array([task.interval_min * 60 for task in tasks], np.int64),
        np.array([task.offset_min * 60 for task in tasks], np.int64),
        np.array([int(task.valid_from.timestamp()) for task in tasks], np.int64),
        np.array(ends, np.int64),
    )


def _due(plan: Plan, row_of: npt.NDArray[np.intp], seconds: CountArray) -> BoolArray:
    """Give (n,) where a plan asks for a report at the reading's own time."""
    due = np.zeros(len(seconds), bool)
    row = row_of[plan.place]
    when = seconds[np.maximum(row, 0)]
    holds = (row >= 0) & (when >= plan.begins) & (when < plan.ends)
    due[row[holds & ((when - plan.offset) % plan.interval == 0)]] = True
    return due


def _with_strangers(due: BoolArray, known: BoolArray, sheet: Sheet, name: str) -> BoolArray:
    if name not in sheet.values:
        return due
    return np.where(known, due, sheet.mark(name) != Mark.NO_TASK)
