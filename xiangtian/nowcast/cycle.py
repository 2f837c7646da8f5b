"""One nowcast: from the last frames to rain rates, amounts and what the districts must expect. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.nowcast import accumulate, areas, forecasting, probability
from xiangtian.nowcast.frames import regular
from xiangtian.nowcast.methods import get_method
from xiangtian.nowcast.motion import Motion
from xiangtian.nowcast.steps import ensemble

FloatField = npt.NDArray[np.float32]
HORIZON_MIN = 120.0
DISTRICT_LEVELS_MM: tuple[tuple[float, float], ...] = ((60, 10), (60, 20), (120, 20), (120, 50))
"""(minutes, mm) for which a district's probability is given."""
MARGIN_KM = 40.0
RIM = 24
"""Cells beside the kept part that amounts are computed from: no rain crosses more in one step."""
REACH_KM = 120.0
"""How far beside the kept part the many futures begin; rain from farther away is left to those of the next frame."""


@dataclass(frozen=True)
class Nowcast:
    """What one cycle gives.

    Attributes
    ----------
    grid : Grid
        The part of the frames' grid that is kept.
    leads_min : tuple
        Minutes after the last frame, rising.
    rate : FloatField
        (lead, rows, columns) mm/h, NaN where unknown.
    amount : FloatField
        (lead, rows, columns) mm from the last frame to each lead, NaN where unknown.
    districts : Mapping
        District to what it must expect: mean and highest amount in 60 and 120 minutes, mm, and probabilities.
    motion : Motion
        On the frames' whole grid, cells per step.
    """

    grid: Grid
    leads_min: tuple[float, ...]
    rate: FloatField
    amount: FloatField
    districts: Mapping[str, Mapping[str, float | None]]
    motion: Motion


def run(frames: Sequence[RainFrame], part: Grid, origin: tuple[int, int], zones: areas.Zones, codes: Sequence[str],
        method: str = "advect") -> Nowcast:  # fmt: skip
    """Make a nowcast to two hours.

    Parameters
    ----------
    frames : Sequence
        2 or more frames on one grid, the oldest first; some may be missing. An hour or more of them is best.
    part, origin
        The part of the grid to keep, and its first row and column.
    zones, codes
        The districts laid on `part`, and their codes.
    method : str
        A name of `nowcast.methods`.

    Returns
    -------
    Nowcast
        The forecast; where no feature could be tracked it stands still.
    """
    last = frames[-1]
    step_min, leads, rates = _steps(frames)
    motion = forecasting.moving(rates, leads, last.grid.cell_m[1] / 1000, step_min)
    rate = get_method(method)(last.rate, motion, leads)
    rows, inner_rows = rimmed(origin[0], part.rows, last.grid.rows)
    columns, inner_columns = rimmed(origin[1], part.columns, last.grid.columns)
    near = motion.window(rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start)
    steps = accumulate.amounts([field[rows, columns] for field in (last.rate, *rate)], near, step_min * 60)
    amount = np.cumsum(steps[:, inner_rows, inner_columns], axis=0, dtype=np.float32)
    window = np.s_[:, origin[0] : origin[0] + part.rows, origin[1] : origin[1] + part.columns]
    minutes = tuple(step_min * (lead + 1) for lead in range(leads))
    return Nowcast(part, minutes, rate[window], amount, _districts(amount, minutes, part, zones, codes), motion)


class Superseded(Exception):
    """A newer frame came while a run was being made; what was made so far is dropped."""


def futures(
    frames: Sequence[RainFrame],
    part: Grid,
    origin: tuple[int, int],
    members: int,
    seed: int,
    superseded: Callable[[], bool] = lambda: False,
) -> FloatField:
    """Make many futures of the amounts on a part of the grid.

    Parameters
    ----------
    frames, part, origin
        As for `run`; 3 frames or more.
    members, seed : int
        How many, 1 or more; the same seed gives the same futures.
    superseded : Callable
        Asked between the parts of the work whether it is still wanted.

    Returns
    -------
    FloatField
        (members, leads, rows, columns) mm from the last frame to each lead of `run`, NaN where unknown.

    Raises
    ------
    Superseded
        When it is not.
    """
    grid = frames[-1].grid
    step_min, leads, rates = _steps(frames)
    cell_km = grid.cell_m[1] / 1000
    motion = forecasting.moving(rates, leads, cell_km, step_min)
    _go_on(superseded)
    far = round(REACH_KM / cell_km)
    (rows, inner_rows), (columns, inner_columns) = (
        rimmed(first, length, end, far) for first, length, end in zip(origin, part.shape, grid.shape, strict=True)
    )
    near = motion.window(rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start)
    whole = forecasting.filled(rates[:, rows, columns].copy(), near)
    rain = ensemble.forecast(whole, near, leads, members, seed, cell_km, step_min)
    low, kept_rows = rimmed(inner_rows.start, part.rows, near.shape[0])
    left, kept_columns = rimmed(inner_columns.start, part.columns, near.shape[1])
    there = near.window(low.start, left.start, low.stop - low.start, left.stop - left.start)
    out = np.empty((members, leads, *part.shape), np.float32)
    for number, future in enumerate(rain):
        _go_on(superseded)
        steps = accumulate.amounts([field[low, left] for field in (whole[-1], *future)], there, step_min * 60)
        np.cumsum(steps[:, kept_rows, kept_columns], axis=0, out=out[number])
    return out


def _go_on(superseded: Callable[[], bool]) -> None:
    if superseded():
        raise Superseded


def _steps(frames: Sequence[RainFrame]) -> tuple[float, int, FloatField]:
    """Give the step of frames in minutes, the steps to the horizon, and the frames' rates at equal steps."""
    step_min = frames[-1].interval_s / 60
    return step_min, round(HORIZON_MIN / step_min), regular([one.time for one in frames], [one.rate for one in frames],
                                                           step_min)  # fmt: skip


def rimmed(first: int, length: int, end: int, rim: int = RIM) -> tuple[slice, slice]:
    """Give a stretch with a rim on both sides as a slice of the whole, and the stretch as a slice of the rimmed one.

    >>> rimmed(10, 100, 512), rimmed(100, 100, 210)
    ((slice(0, 134, None), slice(10, 110, None)), (slice(76, 210, None), slice(24, 124, None)))
    """
    begin = max(0, first - rim)
    return slice(begin, min(end, first + length + rim)), slice(first - begin, first - begin + length)


def around(
    grid: Grid, bounds: tuple[float, float, float, float], margin_km: float = MARGIN_KM
) -> tuple[Grid, tuple[int, int]]:
    """Give the part of a grid that holds a box of longitude and latitude with a margin, and its first row and column.

    Raises
    ------
    ValueError
        If the box lies off the grid.
    """
    west, south, east, north = bounds
    along = np.linspace(0, 1, 9)
    lon = np.concatenate([west + along * (east - west)] * 2 + [np.full(9, west), np.full(9, east)])
    lat = np.concatenate([np.full(9, south), np.full(9, north)] + [south + along * (north - south)] * 2)
    row, column = grid.position(lon, lat)
    margin = margin_km * 1000 / np.array(grid.cell_m)
    first = np.floor([row.min() - margin[0], column.min() - margin[1]]).astype(int).clip(0)
    last = (
        np.ceil([row.max() + margin[0], column.max() + margin[1]])
        .astype(int)
        .clip(None, [grid.rows - 1, grid.columns - 1])
    )
    if (last <= first).any():
        raise ValueError(f"the box {bounds} lies off the radar grid; look at where the frames are placed")
    rows, columns = (last - first + 1).tolist()
    return grid.window(int(first[0]), int(first[1]), rows, columns), (int(first[0]), int(first[1]))


def _districts(
    amount: FloatField, minutes: Sequence[float], part: Grid, zones: areas.Zones, codes: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {code: {} for code in codes}
    for wanted in sorted({minute for minute, _ in DISTRICT_LEVELS_MM}):
        lead = _lead(minutes, wanted)
        told = areas.summary(amount[lead : lead + 1], zones, 0.1)
        for place, code in enumerate(codes):
            found[code][f"mean_{wanted:g}min_mm"] = _plain(told.mean[0, place])
            found[code][f"highest_{wanted:g}min_mm"] = _plain(told.highest[0, place])
    for wanted, level in DISTRICT_LEVELS_MM:
        lead = _lead(minutes, wanted)
        chance = probability.exceeding(amount[lead : lead + 1], level, [minutes[lead]], part.cell_m[1] / 1000)
        told = areas.summary(chance, zones, 0.5)
        for place, code in enumerate(codes):
            found[code][f"p_{level:g}mm_{wanted:g}min"] = _plain(told.highest[0, place])
    return found


def _lead(minutes: Sequence[float], wanted: float) -> int:
    return int(np.argmin(np.abs(np.array(minutes) - wanted)))


def _plain(value: float) -> float | None:
    """Round for the record; None where the nowcast knows nothing of the district."""
    return round(float(value), 3) if np.isfinite(value) else None
