"""What the checks work on: a sheet of readings, the past of its stations, what is known around them, and the verdicts.

Everything is an array with one row a reading. Element names are those of the catalogue, values are in its units,
NaN is "no number" (a mark says which kind of missing it is). Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from xiangtian.core.flags import MARK_SHIFT, TESTS, Flag, Verdict
from xiangtian.observe.qc.rules import Rules
from xiangtian.observe.qc.sheet import MINUTE, BoolArray, FloatArray, History, PastRain, Sheet, TimeArray

__all__ = [
    "MINUTE",
    "BoolArray",
    "Case",
    "Context",
    "FloatArray",
    "History",
    "Judged",
    "PastRain",
    "Sheet",
    "TimeArray",
    "VerdictArray",
    "Verdicts",
    "grade",
]

VerdictArray = npt.NDArray[np.int8]
Verdicts = dict[str, VerdictArray]


@dataclass(frozen=True)
class Context:
    """What is known around the stations at the time of the sheet; whatever is None is not used.

    Attributes
    ----------
    severe : BoolArray | None
        (n,) severe weather near the station (radar 20 mm/h or more): a jump may be a squall.
    neighbours : Sheet | None
        The latest trusted readings of other stations (`Window.neighbours_now`).
    radar_mm : FloatArray | None
        (n,) rain seen by radar at the station over the same period as `precipitation_amount`, mm.
    radar_1h_mm : FloatArray | None
        (n,) the same over the hour that ends with the reading, mm.
    radar_6h_mm : FloatArray | None
        (n,) the same over the six clock hours that ended last, mm.
    flashes : FloatArray | None
        (n,) lightning flashes near the station of late (`around.flashes_near`); one is severe weather.
    due : Mapping[str, BoolArray] | None
        Element to (n,) whether the station has the task to observe it at this time. A due value that is absent is
        missing, one that nobody asked for is not. An element without an entry goes by the decoder's marks.
    climate_low : Mapping[str, FloatArray] | None
        Element to (n,) the lowest value to be expected there in this month, NaN where no climatology is known.
    climate_high : Mapping[str, FloatArray] | None
        The same for the highest.
    """

    severe: BoolArray | None = None
    neighbours: Sheet | None = None
    radar_mm: FloatArray | None = None
    radar_1h_mm: FloatArray | None = None
    radar_6h_mm: FloatArray | None = None
    flashes: FloatArray | None = None
    due: Mapping[str, BoolArray] | None = None
    climate_low: Mapping[str, FloatArray] | None = None
    climate_high: Mapping[str, FloatArray] | None = None

    def take(self, rows: npt.NDArray[np.intp] | BoolArray) -> Context:
        """Give the context of some of the sheet's rows; the neighbours stay whole."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        cut = {name: part if name == "neighbours" else _cut(part, rows) for name, part in told.items()}
        return Context(**cut)

    def dangerous(self) -> BoolArray | None:
        """Give (n,) where radar or lightning tell of severe weather near by; None where neither was asked."""
        struck = None if self.flashes is None else self.flashes > 0
        if self.severe is None or struck is None:
            return self.severe if struck is None else struck
        return self.severe | struck


@dataclass(frozen=True)
class Case:
    """A sheet before its judges: what every check is given.

    Attributes
    ----------
    sheet : Sheet
        What to judge.
    history : History
        What its stations said before.
    context : Context
        What is known around them.
    rules : Rules
        The tolerances.
    found : Mapping[str, Verdicts]
        Test to verdicts, of the tests that ran before.
    """

    sheet: Sheet
    history: History
    context: Context
    rules: Rules
    found: Mapping[str, Verdicts] = field(default_factory=dict)

    def worst(self, element: str) -> VerdictArray:
        """Give (n,) the worst verdict on an element so far."""
        worst = np.zeros(len(self.sheet), np.int8)
        for verdicts in self.found.values():
            if element in verdicts:
                worst = np.maximum(worst, verdicts[element])
        return worst

    def sound(self, element: str) -> FloatArray:
        """Give (n,) the values nobody has doubted so far, NaN elsewhere: only these judge others."""
        return np.where(self.worst(element) >= Verdict.SUSPECT, np.nan, self.sheet.of(element))


@dataclass(frozen=True)
class Judged:
    """The outcome, aligned with the sheet.

    Attributes
    ----------
    flags : dict[str, npt.NDArray[np.int16]]
        Element to (n,) int16 of `core.flags.Flag`.
    tests : dict[str, npt.NDArray[np.int32]]
        Element to (n,) int32, what each test said and the mark, packed as in `core.flags`.
    """

    flags: dict[str, npt.NDArray[np.int16]]
    tests: dict[str, npt.NDArray[np.int32]]

    def said(self, test: str, element: str) -> VerdictArray:
        """Give (n,) what one test said of an element."""
        return ((self.tests[element] >> (2 * TESTS.index(test))) & 3).astype(np.int8)

    def flagged(self, element: str) -> BoolArray:
        """Give (n,) where an element was called suspect or wrong."""
        return np.isin(self.flags[element], (Flag.SUSPECT, Flag.WRONG))

    def trusted(self, element: str) -> BoolArray:
        """Give (n,) where a value may be evidence against later ones: there, not wrong, and not stuck."""
        usable = np.isin(self.flags[element], (Flag.GOOD, Flag.SUSPECT, Flag.UNCHECKED))
        return usable & (self.said("persistence", element) < Verdict.SUSPECT)

    def mark(self, element: str) -> npt.NDArray[np.int8]:
        """Give (n,) the marks that came with the values."""
        return ((self.tests[element] >> MARK_SHIFT) & 7).astype(np.int8)


def grade(score: FloatArray, suspect: FloatArray | float, fail: FloatArray | float) -> VerdictArray:
    """Turn (n,) scores into verdicts: above `fail` FAIL, above `suspect` SUSPECT, else PASS; NaN was not run."""
    verdict = np.where(score > fail, Verdict.FAIL, np.where(score > suspect, Verdict.SUSPECT, Verdict.PASS))
    return np.where(np.isnan(score), Verdict.NOT_RUN, verdict).astype(np.int8)


def _cut(part: Any, rows: npt.NDArray[np.intp] | BoolArray) -> Any:
    if part is None:
        return None
    return {name: column[rows] for name, column in part.items()} if isinstance(part, Mapping) else part[rows]
