"""A volume as the plain arrays that the steps of quality control work on, and where its gates are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from xiangtian.radar import beam
from xiangtian.radar.polar.model import Site

Field = npt.NDArray[np.float32]
States = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Heights = Callable[[Floats, Floats], Floats]
"""Terrain: longitudes and latitudes to metres above the sea, NaN where unknown."""
Result = TypeVar("Result")
THREADS = 2
SAME_ANGLE = 0.3
"""Degrees: cuts nearer than this are of one elevation (a long-pulse cut and its Doppler twin)."""


@dataclass(frozen=True)
class Cut:
    """One sweep as arrays.

    Attributes
    ----------
    azimuth, elevation : ndarray
        (rays,) degrees, azimuths rising.
    range_m : ndarray
        (gates,) metres to the middle of each gate, evenly spaced.
    nyquist : float
        Unambiguous velocity, m/s; NaN where unknown.
    fields : Mapping of str to Field
        (rays, gates) moments by the names of :mod:`xiangtian.radar.polar.model`, NaN where there is no value.
    states : Mapping of str to States
        (rays, gates) `gate`, `gate_velocity`.
    spread : Indices, optional
        (gates of the sweep,) which gate here each gate of the sweep came from, where several of them carry one value
        of reflectivity (1 km spread onto 250 m) and stand here as one; None where there is nothing to spread.
    unambiguous_m : float
        Range beyond which echo belongs to the pulse before, m; NaN where unknown.
    """

    azimuth: Floats
    elevation: Floats
    range_m: Floats
    nyquist: float
    fields: Mapping[str, Field]
    states: Mapping[str, States] = field(default_factory=dict)
    spread: Indices | None = None
    unambiguous_m: float = float("nan")

    @property
    def angle(self) -> float:
        """Elevation, degrees."""
        return float(np.median(self.elevation))

    @property
    def shape(self) -> tuple[int, int]:
        """Rays and gates."""
        return len(self.azimuth), len(self.range_m)

    @property
    def spacing(self) -> float:
        """Metres between gates."""
        return float(self.range_m[-1] - self.range_m[0]) / max(len(self.range_m) - 1, 1)

    @property
    def ground_m(self) -> Floats:
        """(gates,) metres along the ground to below each gate."""
        return beam.distance(self.range_m, self.angle, 0.0)

    @property
    def closed(self) -> bool:
        """Whether the last ray is the neighbour of the first."""
        steps = np.diff(self.azimuth)
        return bool(len(steps)) and float(self.azimuth[0] + 360 - self.azimuth[-1]) < 3 * float(np.median(steps))

    @property
    def height_m(self) -> Floats:
        """(gates,) metres of the beam's middle above the antenna: the 4/3 earth of :mod:`xiangtian.radar.beam`."""
        return beam.height(self.range_m, self.angle, 0.0)

    def holds(self, *names: str) -> bool:
        """Tell whether the cut has a value in every one of these moments."""
        return all(name in self.fields and bool(np.isfinite(self.fields[name]).any()) for name in names)

    def with_fields(self, fields: Mapping[str, Field], states: Mapping[str, States] | None = None) -> Cut:
        """Give the same cut with some moments and states replaced."""
        return replace(self, fields={**self.fields, **fields}, states={**self.states, **(states or {})})


@dataclass(frozen=True)
class Scan:
    """One volume as arrays.

    Attributes
    ----------
    site : Site
        Where the radar stands.
    cuts : tuple of Cut
        In the order of the scan.
    terrain : Heights, optional
        Heights of the land.
    """

    site: Site
    cuts: tuple[Cut, ...]
    terrain: Heights | None = None


@dataclass(frozen=True)
class Verdict:
    """What a step says of one cut.

    Attributes
    ----------
    quality : Field, optional
        (rays, gates) 0 (useless) to 1 (no defect seen); None where the step could not judge the cut.
    fields, states : Mapping
        Moments and states that change.
    found : Mapping
        What was found, in numbers, kept with the sweep.
    """

    quality: Field | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    states: Mapping[str, States] = field(default_factory=dict)
    found: Mapping[str, float] = field(default_factory=dict)


UNJUDGED = Verdict()


def each(work: Callable[[int], Result], count: int) -> list[Result]:
    """Do independent work for 0, 1, ... on two threads, results in order."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(count)))


def nearest_rays(azimuth: Floats, wanted: Floats, reach: float = 1.0) -> Indices:
    """Give the index of the ray nearest to each wanted azimuth, -1 where none is within `reach` degrees."""
    around = np.concatenate([azimuth[-1:] - 360, azimuth, azimuth[:1] + 360])
    right = np.clip(np.searchsorted(around, wanted), 1, len(around) - 1)
    pick = np.where(wanted - around[right - 1] <= around[right] - wanted, right - 1, right)
    index = (pick - 1) % len(azimuth)
    return np.asarray(np.where(np.abs(around[pick] - wanted) <= reach, index, -1), np.int64)


def nearest_gates(cut: Cut, wanted: Cut) -> Indices:
    """Give the gate of `cut` over each gate of `wanted`, by the distance along the ground; -1 beyond its end."""
    have, want = cut.ground_m, wanted.ground_m
    right = np.clip(np.searchsorted(have, want), 1, max(len(have) - 1, 1))
    index = np.where(want - have[right - 1] <= have[right] - want, right - 1, right)
    return np.asarray(np.where(np.abs(have[index] - want) <= max(cut.spacing, wanted.spacing), index, -1), np.int64)


def onto(cut: Cut, wanted: Cut, values: Field) -> Field:
    """Give values of one cut at the rays and gates of another, the nearest on the ground; NaN beyond its end."""
    rays, gates = nearest_rays(cut.azimuth, wanted.azimuth), nearest_gates(cut, wanted)
    out = values[np.ix_(rays, gates)]
    out[rays < 0] = np.nan
    out[:, gates < 0] = np.nan
    return out


def above(scan: Scan, number: int, moment: str = "DBZH") -> int | None:
    """Give the number of the next higher cut that measures a moment, if only clear air; None at the top."""
    floor = scan.cuts[number].angle + SAME_ANGLE
    higher = [k for k, cut in enumerate(scan.cuts) if cut.angle > floor and moment in cut.fields]
    return min(higher, key=lambda k: scan.cuts[k].angle, default=None)


def doppler_twin(scan: Scan, number: int) -> int | None:
    """Give the number of the cut with velocities at a cut's elevation: itself, or its nearest neighbour in the scan."""
    angle = scan.cuts[number].angle
    same = [k for k, cut in enumerate(scan.cuts) if abs(cut.angle - angle) < SAME_ANGLE and cut.holds("VRADH")]
    return min(same, key=lambda k: abs(k - number), default=None)
