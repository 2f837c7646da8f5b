"""One stretch of time, judged: for each due report and value, whether it came, when, and what it was worth.

First arrival and content are told apart: a correction replaces what was said, but the first version's arrival counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from xiangtian.core.flags import Flag
from xiangtian.observe.assess.plan import BoolArray, IntArray, Plan

StateArray = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.floating]


class State(IntFlag):
    """What is known of a due report or value; bits of one byte."""

    DUE = 1
    REPORTED = 2
    """The report came, whenever."""
    PUNCTUAL = 4
    """The report (the value) came by its deadline."""
    PRESENT = 8
    """A value: it stands in the last version. A report: some version held a value, so the station was running."""
    WRONG = 16
    SUSPECT = 32
    EXEMPT = 64
    """An approved exemption covers it."""


@dataclass(frozen=True)
class Said:
    """What the rows say of one element.

    Attributes
    ----------
    present : ndarray of bool
        (r,) whether the row holds a value.
    flags : ndarray of int
        (r,) final quality code, `Flag.UNCHECKED` where there is none.
    speaks : ndarray of bool
        (r,) whether the row says anything of the element, be it that the value is missing.
    """

    present: BoolArray
    flags: npt.NDArray[np.int8]
    speaks: BoolArray


@dataclass(frozen=True)
class Heard:
    """All versions of all rows of a stretch, in the order of their receipt; what counts in the end stands last.

    Attributes
    ----------
    station : ndarray of int
        (r,) place in `Plan.stations`.
    slot : ndarray of int
        (r,) slot of the observed moment.
    received_min : ndarray of float
        (r,) minutes from the start of the stretch to the receipt, never falling.
    first_hand : ndarray of bool
        (r,) whether the station said it; what a reviewer wrote, or what was resolved, is no arrival.
    said : Mapping
        Element to what the rows say of it.
    """

    station: IntArray
    slot: IntArray
    received_min: npt.NDArray[np.float64]
    first_hand: BoolArray
    said: Mapping[str, Said]


@dataclass(frozen=True)
class States:
    """States of reports (s, M) and values (v, M) of a plan."""

    reports: StateArray
    values: StateArray


def judge(plan: Plan, heard: Heard, wrong_flags: tuple[int, ...]) -> States:
    """Judge a stretch.

    Parameters
    ----------
    plan : Plan
        What was due.
    heard : Heard
        What came.
    wrong_flags : tuple of int
        Final flags that make a value wrong.

    Returns
    -------
    States
        0 where nothing was due. A report came if a row at its time holds a value of one of its elements, or no value
        at all: then the station spoke, but had nothing to say. A value is on time by its own first arrival.
    """
    shape = (len(plan.stations), plan.minutes)
    due = plan.reports_due()
    first = np.full((len(plan.of_stream), plan.minutes), np.inf)
    values = np.zeros(plan.due.shape, np.uint8)
    for element in np.unique(plan.elements):
        series = np.flatnonzero(plan.elements == element)
        if str(element) not in heard.said:
            continue
        told = heard.said[str(element)]
        arrived = _first(heard, told.present & heard.first_hand, shape)
        worth = _worth(heard, told, wrong_flags, shape)
        for place in series:
            of, stream = plan.of_value[place], plan.stream_of[place]
            np.minimum(first[stream], arrived[of], out=first[stream], where=plan.due[place])
            values[place] = worth[of] | _punctual(arrived[of], plan.deadline_min[stream])
    running = np.isfinite(first)
    empty = _first(heard, heard.first_hand & ~_any_value(heard), shape)
    np.minimum(first, empty[plan.of_stream], out=first)
    reports = np.where(np.isfinite(first), np.uint8(State.REPORTED), np.uint8(0))
    reports |= _punctual(first, plan.deadline_min[:, None])
    reports |= np.where(running, np.uint8(State.PRESENT), np.uint8(0))
    values |= reports[plan.stream_of] & np.uint8(State.REPORTED)
    return States(
        np.where(due, reports | np.uint8(State.DUE), np.uint8(0)),
        np.where(plan.due, values | np.uint8(State.DUE), np.uint8(0)),
    )


def _first(heard: Heard, counts: BoolArray, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Give (n, M) minutes to the first receipt among the rows that count; infinity where there is none."""
    first = np.full(shape, np.inf)
    rows = np.flatnonzero(counts)[::-1]
    first[heard.station[rows], heard.slot[rows]] = heard.received_min[rows]
    return first


def _worth(heard: Heard, told: Said, wrong_flags: tuple[int, ...], shape: tuple[int, int]) -> StateArray:
    """Give (n, M) whether a value stands in the last version, and whether it is wrong or suspect."""
    state = np.where(told.present, np.uint8(State.PRESENT), np.uint8(0))
    wrong = told.present & np.isin(told.flags, wrong_flags)
    state |= np.where(wrong, np.uint8(State.WRONG), np.uint8(0))
    suspect = told.present & (told.flags == Flag.SUSPECT)
    state |= np.where(suspect, np.uint8(State.SUSPECT), np.uint8(0))
    last = np.zeros(shape, np.uint8)
    rows = np.flatnonzero(told.speaks)
    last[heard.station[rows], heard.slot[rows]] = state[rows]
    return last


def _any_value(heard: Heard) -> BoolArray:
    held = np.zeros(len(heard.station), bool)
    for told in heard.said.values():
        held |= told.present
    return held


def _punctual(first_min: npt.NDArray[np.float64], deadline_min: float | npt.NDArray[np.float64]) -> StateArray:
    due_min = np.arange(1, first_min.shape[-1] + 1)
    return np.where(first_min <= due_min + deadline_min, np.uint8(State.PUNCTUAL), np.uint8(0))
