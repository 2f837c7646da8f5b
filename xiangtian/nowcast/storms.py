"""Storm cells of the frames at hand, followed from one to the next, and what they bring district by district. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid
from xiangtian.nowcast import likelihood
from xiangtian.nowcast.areas import Zones
from xiangtian.nowcast.frames import missing
from xiangtian.nowcast.likelihood.scene import Chance, Scene
from xiangtian.nowcast.likelihood.table import Table
from xiangtian.nowcast.motion import dense
from xiangtian.radar.cells import attributes, follow, identify, measure
from xiangtian.radar.cells.follow import Sky
from xiangtian.radar.cells.record import Fields, StormCell
from xiangtian.radar.column import Relation
from xiangtian.radar.reflectivity import dbz_of

FloatField = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Frames:
    """Frames of rain on one grid at equal steps.

    Attributes
    ----------
    times : tuple of datetime
        (k,) UTC, rising, `step_min` apart.
    rates : FloatField
        (k, rows, columns) mm/h, NaN where unknown, all NaN where a frame is missing (never the last).
    grid : Grid
        Theirs.
    step_min : float
        Minutes.
    relation : Relation
        By which reflectivity stands for rain.
    """

    times: tuple[dt.datetime, ...]
    rates: FloatField
    grid: Grid
    step_min: float
    relation: Relation


@dataclass(frozen=True)
class Storms:
    """The cells of a moment, and their chances."""

    sky: Sky
    cells: tuple[StormCell, ...]
    chances: tuple[Chance, ...]


def seen(
    frames: Frames,
    before: Sky | None,
    earlier: Sequence[StormCell],
    ahead: FloatField,
    above: Mapping[str, FloatField],
    zones: Zones,
    codes: Sequence[str],
    table: Table | None,
) -> Storms:
    """Find and follow cells up to the last frame, and say how likely severe weather is.

    Parameters
    ----------
    frames : Frames
        The last ones; those not later than `before` only tell how rain moves.
    before : Sky or None
        The cells of an earlier moment on the same grid; None: they are followed from the first frame on.
    earlier : sequence of StormCell
        Records of the last half hour, for growth.
    ahead : FloatField
        (leads, rows, columns) forecast rain, mm/h, of the two hours after the last frame, at the frames' step.
    above : Mapping
        What is known of the column over the last frame's grid: "vil" (kg m-2) and "echo_top" (m); empty where only rain
        is known.
    zones, codes
        Districts laid on the grid, and their codes.
    table : Table or None
        The numbers in force; None: there are none, and no chances are told.

    Returns
    -------
    Storms
        Of the last frame. Where only rain is known, what needs heights, wind or lightning has no probability.

    Raises
    ------
    ValueError
        If the last frame is not later than `before`, or the forecast is shorter than two hours.
    """
    sky = before
    for k, time in enumerate(frames.times):
        if (before is None or time > before.time) and not missing(frames.rates[k]):
            sky = _advanced(frames, k, sky)
    if sky is None or sky.time != frames.times[-1]:
        raise ValueError(f"frames to {frames.times[-1]} after cells of {before.time if before else None}")
    last = frames.rates[-1]
    known = Fields(rain=last, vil=above.get("vil"), echo_top=above.get("echo_top"))
    cells = attributes.describe(sky, _dbz(frames, -1), frames.grid, known, earlier)
    if table is None:
        return Storms(sky, cells, ())
    there = 1 + max((k for k, rate in enumerate(frames.rates) if missing(rate)), default=-1)
    past = frames.rates[there:] * np.float32(frames.step_min / 60)
    rates = np.concatenate([last[None], ahead])
    scene = Scene(sky, cells, zones, tuple(codes), rates, frames.step_min, past)
    return Storms(sky, cells, likelihood.chances(scene, table))


def _advanced(frames: Frames, k: int, sky: Sky | None) -> Sky:
    dbz = _dbz(frames, k)
    height, width = (size / 1000 for size in frames.grid.cell_m)
    labels = identify.cells(dbz, float(np.sqrt(height * width)))
    near = [rate for rate in frames.rates[max(0, k - 2) : max(2, k + 1)] if not missing(rate)]
    flow = dense(np.stack(near)) if len(near) > 1 else None

    def drift(row: npt.ArrayLike, column: npt.ArrayLike) -> npt.NDArray[np.float64]:
        return np.zeros((2, np.size(row))) if flow is None else flow.at(row, column) / frames.step_min

    return follow.advance(sky, frames.times[k], labels, measure.footprints(labels, dbz), (height, width), drift)


def _dbz(frames: Frames, k: int) -> FloatField:
    return dbz_of(frames.rates[k], frames.relation).astype(np.float32)


def told(chance: Chance) -> dict[str, Any]:
    """Give a chance as JSON has it."""
    plain = asdict(chance)
    plain["from_min"], plain["to_min"] = plain.pop("window_min")
    return {key: value for key, value in plain.items() if key not in ("table", "note")}
