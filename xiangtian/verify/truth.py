"""What really happened: when and where a colour's observed criterion was met by readings that passed the checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.warn.colours import Colour
from xiangtian.warn.rules import Branch, RuleTable

ROUNDING_MM = 1e-6


@dataclass(frozen=True)
class Episode:
    """A time in which a district met a colour's criterion without a break.

    Attributes
    ----------
    district, colour
        Where, and which colour.
    first, last : datetime
        First and last step end at which some station met it, UTC.
    station : str
        The station with the largest sum.
    most_mm : float
        That sum, mm.
    window_h : float
        The window of the sum, h.
    """

    district: str
    colour: Colour
    first: dt.datetime
    last: dt.datetime
    station: str
    most_mm: float
    window_h: float


def episodes(
    rain_mm: npt.NDArray[np.float64],
    stations: Sequence[str],
    districts: Sequence[str],
    begins: dt.datetime,
    step_min: int,
    table: RuleTable,
) -> list[Episode]:
    """Find every episode of every colour.

    Parameters
    ----------
    rain_mm : npt.NDArray[np.float64]
        (station, step) rain that passed quality control, mm; 0 where nothing was measured.
    stations, districts : Sequence
        (station,) names and the district of each.
    begins : datetime
        Start of the first step, UTC.
    step_min : int
        Length of a step, minutes.
    table : RuleTable
        The rule table in force at the event.

    Returns
    -------
    list
        Episodes, by district, then colour, then time.
    """
    found: list[Episode] = []
    for level in table.levels:
        for branch in (one for one in level.branches if one.basis == "observed"):
            sums = window_sums(rain_mm, round(branch.window_h * 60 / step_min))
            for district in sorted(set(districts)):
                rows = np.array([place for place, one in enumerate(districts) if one == district])
                found += _of_district(sums[rows], [stations[row] for row in rows], district, level.colour, branch,
                                      begins, step_min)  # fmt: skip
    return sorted(found, key=lambda one: (one.district, one.colour, one.first))


def window_sums(rain_mm: npt.NDArray[np.float64], steps: int) -> npt.NDArray[np.float64]:
    """Sum over the window that ends with each step; windows that begin before the first step are lower bounds.

    Parameters
    ----------
    rain_mm : npt.NDArray[np.float64]
        (station, step), mm.
    steps : int
        Length of the window in steps, above 0.

    Returns
    -------
    npt.NDArray[np.float64]
        (station, step), mm.
    """
    if steps < 1:
        raise ValueError(f"a window of {steps} steps holds nothing; allowed: 1 or more")
    total = np.concatenate([np.zeros((rain_mm.shape[0], 1)), np.cumsum(rain_mm, axis=1)], axis=1)
    ends = np.arange(1, rain_mm.shape[1] + 1)
    return np.asarray(total[:, ends] - total[:, np.maximum(ends - steps, 0)])


def _of_district(
    sums: npt.NDArray[np.float64],
    stations: Sequence[str],
    district: str,
    colour: Colour,
    branch: Branch,
    begins: dt.datetime,
    step_min: int,
) -> list[Episode]:
    met = (sums >= branch.threshold_mm - ROUNDING_MM).any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], met.astype(np.int8), [0]])))
    found = []
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        part = sums[:, first:after]
        station = int(part.max(axis=1).argmax())
        found.append(
            Episode(
                district,
                colour,
                begins + dt.timedelta(minutes=step_min * (int(first) + 1)),
                begins + dt.timedelta(minutes=step_min * int(after)),
                stations[station],
                float(part[station].max()),
                branch.window_h,
            )
        )
    return found
