"""Verbs of the room: make nowcasts from the newest frame, of one future and of many, watch storms, and store all."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from xiangtian.core import clock, facts, settings
from xiangtian.core.home import Home
from xiangtian.core.places import city
from xiangtian.lake import grids
from xiangtian.lake.packing import RAIN
from xiangtian.met.grid import Grid, RainFrame, place_of
from xiangtian.nowcast import areas, cycle, frames, queries, storms
from xiangtian.nowcast.forecasting import MEMORY_MIN, TRACKED
from xiangtian.radar import queries as radar
from xiangtian.radar import reflectivity
from xiangtian.radar.cells.follow import Sky
from xiangtian.radar.cells.record import StormCell
from xiangtian.radar.column import CONVECTIVE

FloatField = npt.NDArray[np.float32]
METHOD = "advect"
MOST_CELLS = 40_000_000
"""Cells of all frames that are looked at together: 150 MB. Of a very large grid fewer frames are taken."""
FELL = dt.timedelta(hours=3)
"""How far back rain counts in amounts that fall over hours."""
GROWTH = dt.timedelta(minutes=30)
"""How far back records of cells are kept to tell how they grow."""
NO_TABLE = "当日没有生效的强对流系数表，不作判断 (no table of severe weather is in force on this day)"
_skies: dict[str, tuple[Sky, tuple[StormCell, ...]]] = {}
"""The cells last seen in each home, and the records of the last half hour."""
_recent: OrderedDict[tuple[str, str], RainFrame] = OrderedDict()


def make(home: Home, newest: grids.GridRef) -> grids.GridRef | None:
    """Make the nowcast that starts at a frame; None where there are not yet two frames at its spacing.

    A nowcast made twice from the same frames is stored twice and equal; the one received last counts.
    """
    begun = clock.wall()
    runs, series = _read(home, newest)
    if len(series) < 2:
        return None
    part, origin, zones, codes = _laid(series[-1].grid)
    made = cycle.run(series, part, origin, zones, codes, METHOD)
    attrs = {
        "method": METHOD,
        "frames": [run.path for run in runs],
        "leads_min": list(made.leads_min),
        "districts": made.districts,
        "features": made.motion.features,
        "motion_cells": [float(np.median(part)) for part in made.motion.velocity],
        "notes": dict(series[-1].notes),
        "frame_received_wall": newest.attrs["received_wall"],
        "seconds": 0.0,
    }
    attrs["seconds"] = clock.wall() - begun
    run = grids.write(
        home, "nowcast", newest.time, {"rate": made.rate, "amount": made.amount}, asdict(made.grid), attrs,
        clock.now(), {"rate": RAIN, "amount": RAIN},
    )  # fmt: skip
    detail = {"time": newest.time.isoformat(), "wall": clock.wall(), "frame_wall": newest.attrs["received_wall"]}
    facts.tell("nowcast.written", run.path, detail)
    return run


def imagine(home: Home, newest: grids.GridRef, superseded: Callable[[], bool] = lambda: False) -> grids.GridRef | None:
    """Make the many futures that start at a frame; None where there are not yet three frames, or none are wanted.

    Their number is `XIANGTIAN_MEMBERS`; the seed is the time of the frame, so that a run can be made again.

    Raises
    ------
    cycle.Superseded
        When `superseded`, asked between its parts, says that a newer frame is there: nothing is stored.
    """
    begun = clock.wall()
    members = settings.number("XIANGTIAN_MEMBERS")
    runs, series = _read(home, newest) if members else ([], [])
    if len(series) < 3:
        return None
    part, origin, _, _ = _laid(series[-1].grid)
    seed = int(newest.time.timestamp())
    amount = cycle.futures(series, part, origin, members, seed, superseded)
    step_min = series[-1].interval_s / 60
    attrs = {
        "method": "steps",
        "members": members,
        "seed": seed,
        "frames": [run.path for run in runs],
        "leads_min": [step_min * (lead + 1) for lead in range(amount.shape[1])],
        "notes": dict(series[-1].notes),
        "seconds": clock.wall() - begun,
    }
    return grids.write(
        home, "ensemble", newest.time, {"amount": amount}, asdict(part), attrs, clock.now(), {"amount": RAIN}
    )


def watch_storms(home: Home, run: grids.GridRef) -> grids.GridRef:
    """Find and follow the storm cells up to the frame a nowcast starts from, and say how likely severe weather is.

    Cells keep their names from run to run while the process lives; after a restart they are followed anew from the
    frames of the last three hours.
    """
    begun = clock.wall()
    stored = grids.read(home, run, ["rate"])
    grid = Grid(**stored.grid)
    refs = [ref for ref in grids.listing("radar", run.time - FELL, run.time) if ref.time != run.time]
    refs.append(next(ref for ref in _listed(run.time) if ref.path == run.attrs["frames"][-1]))
    series = [_frame(home, ref) for ref in refs]
    alike = next((k for k, one in enumerate(series[::-1]) if one.grid != series[-1].grid), len(series))
    refs, series = refs[-alike:], series[-alike:]
    top, left = place_of(grid, series[-1].grid)
    step_min = series[-1].interval_s / 60
    rates = frames.regular(
        [one.time for one in series],
        [one.rate[top : top + grid.rows, left : left + grid.columns] for one in series],
        step_min,
    )
    times = tuple(run.time - dt.timedelta(minutes=step_min * (len(rates) - 1 - k)) for k in range(len(rates)))
    column, above = _above(home, run.time, series[-1].grid, (top, left), grid)
    relation = reflectivity.stated(dict(series[-1].notes)) or CONVECTIVE
    _, _, zones, codes = _laid(series[-1].grid)
    table = queries.severe_table(run.time.date())
    held = _skies.get(str(home.grids))
    known = held if held and held[0].labels.shape == grid.shape and times[0] <= held[0].time < run.time else None
    before, earlier = known or (None, ())
    found = storms.seen(
        storms.Frames(times, rates, grid, step_min, relation), before, earlier, np.asarray(stored.arrays["rate"]),
        above, zones, codes, table,
    )  # fmt: skip
    since = run.time - GROWTH
    _skies[str(home.grids)] = found.sky, (*(one for one in earlier if one.time >= since), *found.cells)
    attrs = {
        "nowcast": run.path,
        "frames": [ref.path for ref in refs],
        "column": column,
        "relation": reflectivity.said(relation),
        "cells": [one.plain() for one in found.cells],
        "chances": [storms.told(one) for one in found.chances],
        "table": table.id if table else None,
        "note": table.note_zh if table else NO_TABLE,
        "seconds": clock.wall() - begun,
    }
    return grids.write(home, "storms", run.time, {"cell": found.sky.labels}, asdict(grid), attrs, clock.now())


def _above(
    home: Home, time: dt.datetime, whole: Grid, corner: tuple[int, int], part: Grid
) -> tuple[str | None, dict[str, FloatField]]:
    """Read what base data tell of the column over a part of the frame's grid, and the run it is from; none without."""
    run = next(iter(grids.listing("column", time, time)), None)
    if run is None:
        return None, {}
    stored = grids.read(home, run, ["vil", "echo_top"])
    if Grid(**stored.grid) != whole:
        return None, {}
    top, left = corner
    window = np.s_[top : top + part.rows, left : left + part.columns]
    return run.path, {name: np.asarray(values[window], np.float32) for name, values in stored.arrays.items()}


def _listed(time: dt.datetime) -> list[grids.GridRef]:
    return grids.listing("radar", time, time, every=True)


def _read(home: Home, newest: grids.GridRef) -> tuple[list[grids.GridRef], list[RainFrame]]:
    """Read the last frames at the spacing of the product, up to the newest, and say which they are.

    Those before a change of grid are left out: a radar product may be moved or made finer.
    """
    seconds = newest.attrs["interval_s"]
    runs = grids.listing("radar", newest.time - dt.timedelta(minutes=MEMORY_MIN), newest.time)
    runs = [run for run in runs if run.time < newest.time] + [newest]
    runs = [runs[number] for number in sorted(frames.laid([run.time for run in runs], seconds / 60).values())]
    held: list[RainFrame] = []
    most = MOST_CELLS
    for run in reversed(runs):
        frame = _frame(home, run)
        most -= frame.rate.size
        if held and (frame.grid != held[0].grid or (most < 0 and len(held) >= TRACKED)):
            break
        held.insert(0, frame)
    return runs[-len(held) :], held


def _frame(home: Home, run: grids.GridRef) -> RainFrame:
    """Read a frame, or take it from those of the last minutes; runs never change."""
    key = (str(home.grids), run.path)
    if key not in _recent:
        _recent[key] = radar.frame(home, run)
    _recent.move_to_end(key)
    while len(_recent) > 1 and sum(frame.rate.size for frame in _recent.values()) > MOST_CELLS:
        _recent.popitem(last=False)
    return _recent[key]


@lru_cache(maxsize=4)
def _laid(grid: Grid) -> tuple[Grid, tuple[int, int], areas.Zones, tuple[str, ...]]:
    part, origin = cycle.around(grid, city().bounds)
    codes = tuple(one.code for one in city().districts)
    rings = [[np.array(ring) for polygon in one.polygons for ring in polygon] for one in city().districts]
    return part, origin, areas.zones(rings, part), codes
