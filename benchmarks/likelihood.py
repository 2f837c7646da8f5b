"""Short-time heavy rain by district, verified on radar events with the frames that followed.

Tiles of 30 km are the districts. From starts half an hour apart the chance that a rain rate is reached anywhere in a
tile within 0-30, 0-60 and 60-120 minutes is told, and that an amount is reached in 150 minutes; it happened when a
grid cell of the tile had it. Rows: ours; the cells alone (a cell that has the rate now carries it on along its cone);
persistence (the rate is there now: 1, else 0); climatology (how often it happened in the event itself, known
afterwards). Brier skill is over that climatology. Thresholds are lower than those of a warning, because the events have
little rain of 20 mm/h. Gale and hail can't be verified: none of the events has reports.

    python benchmarks/likelihood.py --data DIR [--data DIR ...] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cells import RELATIONS, drift, reflectivity
from xiangtian.cli.event_folder import read_event
from xiangtian.nowcast.areas import Zones
from xiangtian.nowcast.likelihood import heavy_rain, reach
from xiangtian.nowcast.likelihood.scene import WINDOWS_MIN, Scene
from xiangtian.nowcast.likelihood.table import Table, parse
from xiangtian.nowcast.methods import get_method
from xiangtian.nowcast.motion import dense
from xiangtian.radar.cells import attributes, follow, identify, measure
from xiangtian.radar.cells.record import Fields
from xiangtian.radar.column import CONVECTIVE
from xiangtian.radar.events import Series
from xiangtian.radar.reflectivity import stated

TILE_KM = 30
EVERY_MIN = 30
RATES = (5.0, 10.0, 20.0)
AMOUNT_MM, AMOUNT_MIN = 10.0, 150.0
CLASSES = 10
LIMITS = identify.Limits(floor_dbz=30, summit_dbz=35)
TABLE = Path(__file__).resolve().parent.parent / "xiangtian/nowcast/likelihood/tables/severe-2026.yaml"


@dataclass(frozen=True)
class Case:
    """What was told, and what came: kinds by name, each (windows, tiles), NaN where unknown."""

    told: dict[str, dict[str, np.ndarray]]
    came: dict[str, np.ndarray]


def table() -> Table:
    read = parse(TABLE.read_text(encoding="utf-8"), TABLE.name)
    return replace(
        read, heavy_rain=replace(read.heavy_rain, rates_mm_h=RATES, amount_mm=AMOUNT_MM, amount_min=AMOUNT_MIN)
    )


def tiles(series: Series) -> Zones:
    """Cut the grid into tiles; those of which a tenth is unmeasured at any time are left out."""
    side = round(TILE_KM * 1000 / series.grid.cell_m[0])
    rows, columns = series.grid.shape
    known = np.isfinite(series.rates).all(0)
    index = np.arange(rows * columns).reshape(rows, columns)
    cut = [
        np.s_[i : i + side, j : j + side] for i in range(0, rows - side, side) for j in range(0, columns - side, side)
    ]
    return Zones(tuple(index[part].ravel() for part in cut if known[part].mean() > 0.9), (rows, columns))


def scenes(series: Series) -> Iterator[tuple[int, Scene]]:
    """Give the scene of every start that leaves two hours to verify."""
    relation = stated(series.notes) or next((r for name, r in RELATIONS if name in series.source.lower()), CONVECTIVE)
    zones, step = tiles(series), series.step_min
    height, width = (size / 1000 for size in series.grid.cell_m)
    ahead = round(120 / step)
    for start in range(3, len(series.rates) - ahead, round(EVERY_MIN / step)):
        sky = None
        for k in range(start - 3, start + 1):
            dbz = reflectivity(series.rates[k], relation)
            flow = dense(series.rates[max(0, k - 2) : max(2, k + 1)])
            labels = identify.cells(dbz, height, LIMITS)
            prints = measure.footprints(labels, dbz)
            sky = follow.advance(sky, series.times[k], labels, prints, (height, width), drift(flow, step))
        last = series.rates[start]
        rates = np.concatenate([last[None], get_method("advect")(last, flow, ahead)])
        cells = attributes.describe(sky, dbz, series.grid, Fields(rain=last))
        past = series.rates[: start + 1] * np.float32(step / 60)
        codes = tuple(f"tile-{k}" for k in range(len(zones.cells)))
        yield start, Scene(sky, cells, zones, codes, rates, step, past)


def case(start: int, scene: Scene, series: Series, in_force: Table) -> Case:
    rain = in_force.heavy_rain
    strongest = heavy_rain.by_lead(scene, rain)
    now, later = peaks(scene.zones, scene.rates[:1])[0], peaks(scene.zones, series.rates[start + 1 :])
    touch = np.stack(
        [reach.first_touch(scene.sky, scene.zones, np.arange(a, b + 1, 5.0), scene.noise) for a, b in WINDOWS_MIN]
    )
    keeps = np.where(np.isfinite(touch), np.exp(-np.minimum(touch, 1e9) / in_force.cells.lifetime_min), 0).mean(-1)
    told: dict[str, dict[str, np.ndarray]] = {}
    came = {}
    minutes = scene.step_min * np.arange(1, len(later) + 1)
    within = [(minutes > a) & (minutes <= b) for a, b in WINDOWS_MIN]
    for rate in RATES:
        has = np.array([(cell.rain_mm_h or 0) >= rate for cell in scene.cells], float)
        told[f"rate_{rate:g}"] = {
            "ours": heavy_rain._rates(scene, rain, strongest, rate),
            "cells": 1 - np.prod(1 - keeps * has[None, :, None], axis=1),
            "persistence": np.tile((now >= rate).astype(float), (len(WINDOWS_MIN), 1)),
        }
        came[f"rate_{rate:g}"] = np.stack([later[w].max(0) >= rate for w in within]).astype(float)
    kind = f"amount_{AMOUNT_MM:g}"
    told[kind] = {"ours": heavy_rain.amounts(scene, rain), "persistence": np.full((len(WINDOWS_MIN), now.size), np.nan)}
    came[kind] = np.full((len(WINDOWS_MIN), now.size), np.nan)
    for w, (_, end) in enumerate(WINDOWS_MIN):
        behind, before = round(end / scene.step_min), round((AMOUNT_MIN - end) / scene.step_min)
        if before <= start + 1:
            part = series.rates[start + 1 - before : start + 1 + behind].sum(0, keepdims=True) * scene.step_min / 60
            came[kind][w] = peaks(scene.zones, part)[0] >= AMOUNT_MM
            still = scene.past[-before:].sum(0, keepdims=True) + scene.rates[:1] * end / 60
            told[kind]["persistence"][w] = peaks(scene.zones, still)[0] >= AMOUNT_MM
    return Case(told, came)


def peaks(zones: Zones, fields: np.ndarray) -> np.ndarray:
    """Give (fields, tiles) highest known values."""
    flat = np.nan_to_num(fields.reshape(len(fields), -1), nan=0.0)
    return np.stack([flat[:, cells].max(1) for cells in zones.cells], axis=1)


def scores(told: np.ndarray, came: np.ndarray) -> dict[str, Any]:
    """Give the Brier score's skill over the event's own climatology, and the reliability table."""
    known = np.isfinite(told) & np.isfinite(came)
    said, was = told[known], came[known]
    if not was.size or not 0 < was.mean() < 1:
        return {"cases": int(was.size), "events": int(was.sum())}
    brier, rate = float(((said - was) ** 2).mean()), float(was.mean())
    bins = np.minimum((said * CLASSES).astype(int), CLASSES - 1)
    rows = [(said[bins == b].mean(), was[bins == b].mean(), int((bins == b).sum())) for b in np.unique(bins)]
    off = sum(n * (p - o) ** 2 for p, o, n in rows) / was.size
    return {
        "cases": int(was.size),
        "events": int(was.sum()),
        "brier": round(brier, 4),
        "skill": round(1 - brier / (rate * (1 - rate)), 3),
        "reliability": round(float(off), 4),
        "diagram": [(round(float(p), 2), round(float(o), 2), n) for p, o, n in rows],
    }


def verify(folder: Path) -> dict[str, Any]:
    series, in_force = read_event(folder), table()
    cases = [case(start, scene, series, in_force) for start, scene in scenes(series)]
    out: dict[str, Any] = {}
    for kind in cases[0].told:
        for w, (start, end) in enumerate(WINDOWS_MIN):
            came = np.concatenate([one.came[kind][w] for one in cases])
            told = {name: np.concatenate([one.told[kind][name][w] for one in cases]) for name in cases[0].told[kind]}
            out[f"{kind} {start:g}-{end:g} min"] = {name: scores(values, came) for name, values in told.items()}
    return out


def show(name: str, told: dict[str, Any]) -> None:
    print(f"\n{name}, tiles of {TILE_KM} km; Brier skill over the event's own climatology")
    for kind, rows in told.items():
        ours = rows["ours"]
        skills = ", ".join(f"{method} {row.get('skill', '-')}" for method, row in rows.items())
        print(f"  {kind}: {ours['events']} of {ours['cases']}; {skills}; reliability {ours.get('reliability', '-')}")
        if "diagram" in ours:
            print("    said/came/cases: " + " ".join(f"{p:g}/{o:g}/{n}" for p, o, n in ours["diagram"]))


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--data", type=Path, action="append", required=True)
    words.add_argument("--json", action="store_true")
    asked = words.parse_args()
    told = {folder.name: verify(folder) for folder in asked.data}
    if asked.json:
        print(json.dumps(told, indent=1))
        return 0
    for name, rows in told.items():
        show(name, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
