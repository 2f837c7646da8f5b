"""Verbs of the room: make a nowcast from the newest frame and store it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from functools import lru_cache

import numpy as np

from xiangtian.core import clock, facts
from xiangtian.core.home import Home
from xiangtian.core.places import city
from xiangtian.lake import grids
from xiangtian.lake.packing import RAIN
from xiangtian.met.grid import Grid, RainFrame
from xiangtian.nowcast import areas, cycle
from xiangtian.radar import queries as radar

FRAMES = 3
METHOD = "advect"


def make(home: Home, newest: grids.GridRef) -> grids.GridRef | None:
    """Make the nowcast that starts at a frame; None where there are not yet two frames at its spacing.

    A nowcast made twice from the same frames is stored twice and equal; the one received last counts.
    """
    begun = clock.wall()
    runs = _series(newest)
    frames = _alike([radar.frame(home, run) for run in runs])
    if len(frames) < 2:
        return None
    part, origin, zones, codes = _laid(frames[-1].grid)
    made = cycle.run(frames, part, origin, zones, codes, METHOD)
    attrs = {
        "method": METHOD,
        "frames": [run.path for run in runs[-len(frames) :]],
        "leads_min": list(made.leads_min),
        "districts": made.districts,
        "features": made.motion.features,
        "motion_cells": [float(np.median(part)) for part in made.motion.velocity],
        "notes": dict(frames[-1].notes),
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


def _series(newest: grids.GridRef) -> list[grids.GridRef]:
    """The last frames at the spacing of the product, up to the newest."""
    interval = dt.timedelta(seconds=newest.attrs["interval_s"])
    found = [newest]
    for back in range(1, FRAMES):
        at = newest.time - back * interval
        runs = grids.listing("radar", at, at)
        if not runs:
            break
        found.insert(0, runs[-1])
    return found


def _alike(frames: list[RainFrame]) -> list[RainFrame]:
    """The last frames without a change of grid: a radar product may be moved or made finer."""
    others = [place for place, frame in enumerate(frames) if frame.grid != frames[-1].grid]
    return frames[others[-1] + 1 :] if others else frames


@lru_cache(maxsize=4)
def _laid(grid: Grid) -> tuple[Grid, tuple[int, int], areas.Zones, tuple[str, ...]]:
    part, origin = cycle.around(grid, city().bounds)
    codes = tuple(one.code for one in city().districts)
    rings = [[np.array(ring) for polygon in one.polygons for ring in polygon] for one in city().districts]
    return part, origin, areas.zones(rings, part), codes
