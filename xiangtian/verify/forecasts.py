"""Score stored forecasts of rain against the frames that followed, and add up what was scored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt
from django.db import transaction

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.lake import grids
from xiangtian.met.grid import Grid, place_of
from xiangtian.met.verify import categorical, ensemble, fractions
from xiangtian.radar import queries as radar
from xiangtian.verify import ahead
from xiangtian.verify.models import ForecastScore

FloatField = npt.NDArray[np.float32]
KINDS = ("nowcast", "ensemble")
EVERY = dt.timedelta(minutes=30)
"""Of the runs of each half hour the first is scored: the others say nearly the same."""
LATE = dt.timedelta(minutes=15)
"""Frames may come so late."""
LOOK_BACK = dt.timedelta(days=2)
"""Runs older than this are not looked for any more."""
OFF = 0.25
"""A frame that is off the steps by more of one than this is not one of them."""
HORIZON = dt.timedelta(minutes=ahead.WINDOWS_MIN[-1])


def due(now: dt.datetime, most: int) -> list[grids.GridRef]:
    """Give at most so many runs whose windows are over and that were not scored, the oldest first."""
    end = now - HORIZON - LATE
    found = [run for kind in KINDS for run in _first_ones(grids.listing(kind, now - LOOK_BACK, end))]
    scored = set(ForecastScore.objects.filter(time__gte=now - LOOK_BACK - EVERY).values_list("run", flat=True))
    return sorted((run for run in found if run.path not in scored), key=lambda run: run.time)[:most]


def _first_ones(runs: Iterable[grids.GridRef]) -> list[grids.GridRef]:
    slots: dict[int, grids.GridRef] = {}
    for run in runs:
        slots.setdefault(int(run.time.timestamp() // EVERY.total_seconds()), run)
    return list(slots.values())


def score(home: Home, run: grids.GridRef) -> list[ForecastScore]:
    """Score one stored run; doing it again changes nothing.

    A nowcast is scored with persistence beside it, from the same frame. Windows that the frames don't fill stay unknown
    and count nothing.
    """
    stored = grids.read(home, run, ["amount"])
    grid = Grid(**stored.grid)
    rates, step_min = _frames(home, run, grid)
    came = ahead.fallen(rates, step_min)
    said = ahead.windows(np.asarray(stored.arrays["amount"], np.float32), run.attrs["leads_min"])
    many = said.ndim == 4
    methods = {f"{run.attrs['method']}-{len(said)}" if many else run.attrs["method"]: said}
    if not many:
        methods["persistence"] = ahead.staying(rates[0])
    cell_km = grid.cell_m[1] / 1000
    told = {"time": run.time, "frames": len(rates), "scored": clock.now()}
    with transaction.atomic():
        return [
            ForecastScore.objects.get_or_create(
                run=run.path,
                method=method,
                defaults={**told, "tallies": ahead.packed(ahead.counted(amount, came, cell_km))},
            )[0]
            for method, amount in methods.items()
        ]


def _frames(home: Home, run: grids.GridRef, grid: Grid) -> tuple[list[FloatField], float]:
    """Read the frames from the run's own on, cut to the run's grid, up to the first that is missing."""
    listed = grids.listing("radar", run.time, run.time + HORIZON)
    step_min = listed[0].attrs["interval_s"] / 60
    steps = [(one.time - run.time).total_seconds() / 60 / step_min for one in listed]
    held = {round(step): one for step, one in zip(steps, listed, strict=True) if abs(step - round(step)) <= OFF}
    out: list[FloatField] = []
    for step in range(round(HORIZON.total_seconds() / 60 / step_min) + 1):
        if step not in held:
            break
        frame = radar.frame(home, held[step])
        try:
            top, left = place_of(grid, frame.grid)
        except ValueError:  # the radar's grid was changed: what came after can't be set beside it
            break
        out.append(np.ascontiguousarray(frame.rate[top : top + grid.rows, left : left + grid.columns], np.float32))
    return out, step_min


@dataclass(frozen=True)
class Row:
    """One method in one window; shares None where nothing was there to be counted."""

    method: str
    minutes: float
    runs: int
    crps: float | None
    rmse_to_spread: float | None
    levels: tuple[dict[str, float | None], ...]


@dataclass(frozen=True)
class Reliability:
    """How often an amount came where it was given a chance: (said, came, cells) by class, rising."""

    method: str
    minutes: float
    level_mm: float
    classes: tuple[tuple[float, float, int], ...]


def summary(since: dt.datetime, until: dt.datetime) -> tuple[list[Row], list[Reliability]]:
    """Add up what was scored of runs between two moments, window by window, persistence last; empty if nothing was."""
    groups: dict[tuple[str, str], list[dict[str, ahead.Tally]]] = {}
    for row in ForecastScore.objects.filter(time__gte=since, time__lte=until).order_by("time"):
        tallies = ahead.unpacked(row.tallies)
        near = tallies.get("fractions")
        side = str(near.windows) if isinstance(near, fractions.Tally) else ""
        groups.setdefault((row.method, side), []).append(tallies)
    ordered = sorted(groups, key=lambda key: (key[0] == "persistence", key))
    rows, curves = [], []
    for method, side in ordered:
        each = groups[method, side]
        total = {name: reduce(add, (one[name] for one in each)) for name in each[0]}
        for place, minutes in enumerate(ahead.WINDOWS_MIN):
            rows.append(_row(method, minutes, len(each), total, place))
            if "categorical" not in total:
                curves += [
                    _reliability(method, minutes, total["ensemble"], place, t) for t in range(len(ahead.LEVELS_MM))
                ]
    return sorted(rows, key=lambda row: row.minutes), curves


def _row(method: str, minutes: float, runs: int, total: dict[str, ahead.Tally], place: int) -> Row:
    spread, levels = total["ensemble"], [dict[str, float | None]() for _ in ahead.LEVELS_MM]
    assert isinstance(spread, ensemble.Tally)
    for t, told in enumerate(levels):
        told["level_mm"] = ahead.LEVELS_MM[t]
        told["brier"] = _plain(spread.brier()[place, t])
        sure, near = total.get("categorical"), total.get("fractions")
        if isinstance(sure, categorical.Tally) and isinstance(near, fractions.Tally):
            told |= {name: _plain(getattr(sure, name)[place, t]) for name in ("csi", "pod", "far", "bias")}
            told["fss"] = _plain(near.fss[place, t, 0])
    ratio = None if "categorical" in total else _ratio(spread.rmse[place], spread.spread[place])
    return Row(method, minutes, runs, _plain(spread.crps()[place]), ratio, tuple(levels))


def _reliability(method: str, minutes: float, total: ahead.Tally, place: int, level: int) -> Reliability:
    assert isinstance(total, ensemble.Tally)
    said, came, cells = total.probability().merged(max(1, total.members // 6)).reliability()
    found = [
        (float(s), float(c), int(n))
        for s, c, n in zip(said[place, level], came[place, level], cells[place, level], strict=True)
        if n
    ]
    return Reliability(method, minutes, ahead.LEVELS_MM[level], tuple(found))


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _ratio(above: float, below: float) -> float | None:
    return float(above / below) if below > 0 and np.isfinite(above) else None
