"""The evidence a rain criterion is judged on: what fell at each station, step by step, and what the nowcast adds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.core.flags import Flag

Rain = npt.NDArray[np.float64]

COUNTS = (Flag.GOOD, Flag.CORRECTED, Flag.MODIFIED)
"""Flags whose values count in full."""
DOUBTFUL = (Flag.SUSPECT, Flag.UNCHECKED)
"""Flags whose values count only where radar supports them. All other flags never count."""


@dataclass(frozen=True)
class RainSteps:
    """Rain of the past in equal steps, oldest first, the last ending at the moment of the evidence.

    Attributes
    ----------
    good_mm : Rain
        (station, step) rain of values that count, mm; 0 where there is none.
    doubtful_mm : Rain
        (station, step) rain of suspect and unchecked values, mm.
    coverage : Rain
        (station, step) share of the step covered by values that count, 0-1.
    """

    good_mm: Rain
    doubtful_mm: Rain
    coverage: Rain


@dataclass(frozen=True)
class Evidence:
    """All that is known about rain at the stations at one moment.

    Attributes
    ----------
    moment : datetime.datetime
        End of the last step and start of the nowcast, aware.
    stations, districts : tuple
        (station,) station ids and the adcode of the district each lies in.
    step_min : int
        Length of a step, minutes.
    past : RainSteps
        What fell; at least as long as the longest window.
    lead_min : tuple
        (lead,) minutes after `moment` of the nowcast's sums, rising, first above 0. Empty: no nowcast.
    nowcast_mm : Rain
        (station, lead) rain from `moment` to each lead, mm, NaN where the nowcast says nothing.
    radar_mm : Rain
        (station, step) radar rain, mm, NaN where there is none; None without radar.
    levels_mm : tuple
        (level,) amounts, rising, above 0, for which the nowcast gives a probability.
    exceedance : Rain
        (station, lead, level) probability 0-1 that rain from `moment` to the lead reaches the level; None without.
    nowcast_run, lake_version : str
        What the evidence was read from.
    """

    moment: dt.datetime
    stations: tuple[str, ...]
    districts: tuple[str, ...]
    step_min: int
    past: RainSteps
    lead_min: tuple[float, ...] = ()
    nowcast_mm: Rain | None = None
    radar_mm: Rain | None = None
    levels_mm: tuple[float, ...] = ()
    exceedance: Rain | None = None
    nowcast_run: str = ""
    lake_version: str = ""

    def __post_init__(self) -> None:
        """Refuse arrays that don't fit each other."""
        if self.moment.tzinfo is None:
            raise ValueError(f"the moment of the evidence {self.moment.isoformat()} has no time zone")
        if self.step_min <= 0:
            raise ValueError(f"steps of {self.step_min} min: needs a length above 0")
        if len(self.districts) != len(self.stations):
            raise ValueError(f"{len(self.stations)} stations but {len(self.districts)} districts: one each is needed")
        self._check_shapes()
        if any(after <= before for before, after in zip((0.0, *self.lead_min), self.lead_min, strict=False)):
            raise ValueError(f"leads {self.lead_min} don't rise from above 0")

    def _check_shapes(self) -> None:
        past = (len(self.stations), self.past.good_mm.shape[-1])
        lead = (len(self.stations), len(self.lead_min))
        expected = (
            ("good_mm", self.past.good_mm, past),
            ("doubtful_mm", self.past.doubtful_mm, past),
            ("coverage", self.past.coverage, past),
            ("radar_mm", self.radar_mm, past),
            ("nowcast_mm", self.nowcast_mm, lead),
            ("exceedance", self.exceedance, (*lead, len(self.levels_mm))),
        )
        for name, array, shape in expected:
            if array is not None and array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, needs {shape}")

    @property
    def span_h(self) -> float:
        """How far back the steps reach, h."""
        return float(self.past.good_mm.shape[1] * self.step_min / 60.0)


def rain_steps(
    station: npt.NDArray[np.integer],
    ended_min: Rain,
    period_min: Rain,
    amount_mm: Rain,
    flag: npt.NDArray[np.integer],
    stations: int,
    step_min: int = 5,
    span_h: float = 12.0,
) -> RainSteps:
    """Lay readings of any period onto equal steps; a reading is spread evenly over its period.

    Where readings of one station overlap, the caller has chosen (one source a station); a step then never counts
    more than its own length in coverage.

    Parameters
    ----------
    station : npt.NDArray[np.integer]
        (reading,) index of the station, 0 to `stations` - 1.
    ended_min : Rain
        (reading,) minutes before the moment at which the period of the reading ended, 0 or more.
    period_min : Rain
        (reading,) length of the period, minutes, above 0.
    amount_mm : Rain
        (reading,) rain, mm; NaN is missing.
    flag : npt.NDArray[np.integer]
        (reading,) final quality code (:class:`xiangtian.core.flags.Flag`).
    stations : int
        Number of stations.
    step_min : int
        Length of a step, minutes.
    span_h : float
        How far back to look, h.

    Returns
    -------
    RainSteps
        Rain and coverage per station and step, oldest step first.

    Raises
    ------
    ValueError
        If a station index, an end or a period is not possible; the message names the first.
    """
    _refuse(station, ended_min, period_min, stations)
    steps = round(span_h * 60 / step_min)
    begins = steps - (ended_min + period_min) / step_min
    ends = steps - ended_min / step_min
    real = np.isfinite(amount_mm) & (amount_mm >= 0)
    counts = real & np.isin(flag, [int(each) for each in COUNTS])
    doubtful = real & np.isin(flag, [int(each) for each in DOUBTFUL])
    rate = np.where(real, amount_mm, 0.0) / (period_min / step_min)

    def lay(per_step: Rain, chosen: npt.NDArray[np.bool_]) -> Rain:
        return _spread(station[chosen], begins[chosen], ends[chosen], per_step[chosen], (stations, steps))

    return RainSteps(lay(rate, counts), lay(rate, doubtful), np.minimum(lay(np.ones_like(rate), counts), 1.0))


def _refuse(station: npt.NDArray[np.integer], ended_min: Rain, period_min: Rain, stations: int) -> None:
    for name, wrong, allowed in (
        ("station index", (station < 0) | (station >= stations), f"0 to {stations - 1}"),
        ("end of the period", ~(ended_min >= 0), "0 or more minutes ago"),
        ("period", ~(period_min > 0), "minutes above 0"),
    ):
        if np.any(wrong):
            raise ValueError(f"reading {int(np.flatnonzero(wrong)[0])}: its {name} is not possible; allowed: {allowed}")


def _spread(station: npt.NDArray[np.integer], begins: Rain, ends: Rain, rate: Rain, shape: tuple[int, int]) -> Rain:
    """Sum rate x overlap into (station, step); begins, ends in steps, rate per step. Loops over steps of a reading."""
    total = np.zeros(shape)
    first = np.floor(begins).astype(np.intp)
    longest = int(np.max(np.ceil(ends).astype(np.intp) - first, initial=0))
    for offset in range(longest):
        step = first + offset
        overlap = np.minimum(ends, step + 1) - np.maximum(begins, step)
        inside = (step >= 0) & (step < shape[1]) & (overlap > 0)
        np.add.at(total, (station[inside], step[inside]), (rate * overlap)[inside])
    return total


def districts_of(evidence: Evidence) -> dict[str, npt.NDArray[np.intp]]:
    """Give the positions of the stations of each district, districts in order of their code."""
    codes: Sequence[str] = sorted(set(evidence.districts))
    every = np.array(evidence.districts)
    return {code: np.flatnonzero(every == code) for code in codes}
