"""What the checks work on: a sheet of readings, the past of its stations, what is known around them, and the verdicts.

Everything is an array with one row a reading. Element names are those of the catalogue, values are in its units,
NaN is "no number" (a mark says which kind of missing it is). Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from xiangtian.core.flags import MARK_SHIFT, TESTS, Flag, Verdict
from xiangtian.observe.qc.rules import Rules

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TimeArray = npt.NDArray[np.datetime64]
VerdictArray = npt.NDArray[np.int8]
Verdicts = dict[str, VerdictArray]

MINUTE = np.timedelta64(60, "s")


@dataclass(frozen=True)
class Sheet:
    """A batch of readings, each station at most once for the checks (see `split.rounds` for batches that repeat one).

    Attributes
    ----------
    station : npt.NDArray[np.str_]
        (n,) station identifiers, str.
    time : TimeArray
        (n,) datetime64[s], UTC.
    lon : FloatArray
        (n,) WGS-84 degrees east; NaN where unknown, which leaves the row out of comparisons with neighbours.
    lat : FloatArray
        (n,) WGS-84 degrees north, as `lon`.
    alt : FloatArray
        (n,) m above sea level, as `lon` for temperature and pressure.
    values : dict[str, FloatArray]
        Element to (n,) float64.
    marks : dict[str, npt.NDArray[np.int8]]
        Element to (n,) int8 of `core.flags.Mark`; an element without marks has none.
    """

    station: npt.NDArray[np.str_]
    time: TimeArray
    lon: FloatArray
    lat: FloatArray
    alt: FloatArray
    values: dict[str, FloatArray]
    marks: dict[str, npt.NDArray[np.int8]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse columns of different length."""
        columns = {"time": self.time, "lon": self.lon, "lat": self.lat, "alt": self.alt}
        columns |= dict(self.values) | {f"mark of {name}": mark for name, mark in self.marks.items()}
        wrong = [f"{name} {column.shape}" for name, column in columns.items() if column.shape != self.station.shape]
        if wrong:
            raise ValueError(f"a sheet of {self.station.shape} stations has {', '.join(wrong)}; give one row a reading")

    def __len__(self) -> int:
        """Count the readings."""
        return len(self.station)

    def of(self, element: str) -> FloatArray:
        """Give the values of an element, all NaN where the sheet has no such column."""
        found = self.values.get(element)
        return np.full(len(self), np.nan) if found is None else found

    def mark(self, element: str) -> npt.NDArray[np.int8]:
        """Give the marks of an element, all NONE where the sheet has no such column."""
        found = self.marks.get(element)
        return np.zeros(len(self), np.int8) if found is None else found

    def take(self, rows: npt.NDArray[np.intp] | BoolArray) -> Sheet:
        """Give some of the rows, in the order asked for."""
        return Sheet(
            self.station[rows],
            self.time[rows],
            self.lon[rows],
            self.lat[rows],
            self.alt[rows],
            {name: column[rows] for name, column in self.values.items()},
            {name: column[rows] for name, column in self.marks.items()},
        )


@dataclass(frozen=True)
class History:
    """What the stations of a sheet said before, row by row.

    Attributes
    ----------
    times : TimeArray
        (n, k) datetime64[s], rising, newest last, NaT where there is nothing (padding stands first).
    values : Mapping[str, FloatArray]
        Element to (n, k), as received, NaN where missing.
    trusted : Mapping[str, BoolArray]
        Element to (n, k) bool: may serve as evidence against later values. Values judged wrong or stuck may not.
    """

    times: TimeArray
    values: Mapping[str, FloatArray] = field(default_factory=dict)
    trusted: Mapping[str, BoolArray] = field(default_factory=dict)

    @classmethod
    def none(cls, rows: int) -> History:
        """Give the history of stations never heard before."""
        return cls(np.full((rows, 0), np.datetime64("NaT"), "datetime64[s]"))

    def minutes_before(self, time: TimeArray) -> FloatArray:
        """Give (n, k) minutes from each past reading to the present one, NaN in padding."""
        return np.asarray((time[:, None] - self.times) / MINUTE, float)


@dataclass(frozen=True)
class Context:
    """What is known around the stations at the time of the sheet; whatever is None is not used.

    Attributes
    ----------
    severe : BoolArray | None
        (n,) severe weather near the station (radar 20 mm/h or more, lightning): a jump may be a squall.
    neighbours : Sheet | None
        The latest trusted readings of other stations (`Window.neighbours_now`).
    radar_mm : FloatArray | None
        (n,) rain seen by radar at the station over the same period as `precipitation_amount`, mm.
    radar_1h_mm : FloatArray | None
        (n,) the same over the hour that ends with the reading, mm.
    """

    severe: BoolArray | None = None
    neighbours: Sheet | None = None
    radar_mm: FloatArray | None = None
    radar_1h_mm: FloatArray | None = None

    def take(self, rows: npt.NDArray[np.intp]) -> Context:
        """Give the context of some of the sheet's rows; the neighbours stay whole."""
        cut = [None if part is None else part[rows] for part in (self.radar_mm, self.radar_1h_mm)]
        return Context(None if self.severe is None else self.severe[rows], self.neighbours, cut[0], cut[1])


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
