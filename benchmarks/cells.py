"""Storm cells on radar events: do they keep their names, where do they go, how long does it take.

Three questions of every event given, each for cells of 35 dBZ (summit 40) and of 30 dBZ (summit 35):

* Names: of pairs of cells in successive frames that an independent criterion calls the same (carried on by the motion
  field alone, each shares at least half of its area with the other, and no other cell comes near that), what share has
  one name; counted where the earlier cell was seen in three frames and more.
* Positions: how far the centre expected 15, 30 and 60 minutes ahead lies from the one seen under the same name, beside
  persistence and beside the motion field alone; and how often it lies in the ellipse that should hold it in 50 and 90
  of 100 cases. Only cells that live so long can be judged.
* Seconds for a frame, identification and following, warm; beside tobac and pysteps' T-DaTing in another interpreter
  (`--peer PYTHON`), on the same fields in the same run.

    python benchmarks/cells.py --data DIR [--data DIR ...] [--peer PYTHON] [--json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from xiangtian.cli.event_folder import read_event
from xiangtian.nowcast.motion import Motion, dense
from xiangtian.radar.cells import follow, identify, match, measure, motion
from xiangtian.radar.cells.follow import Sky
from xiangtian.radar.column import CONVECTIVE, DRY_DBZ, MARSHALL_PALMER, Relation
from xiangtian.radar.reflectivity import stated

KINDS = {"35/40 dBZ": identify.Limits(), "30/35 dBZ": identify.Limits(floor_dbz=30, summit_dbz=35)}
RELATIONS = (("knmi", MARSHALL_PALMER), ("mch", Relation(316.0, 1.5)), ("mrms", CONVECTIVE))
"""Of products whose frames don't state their own."""
LEADS = (15, 30, 60)
OLD = 3
HALF = 0.5
WITHIN = {"in_50": 1.386, "in_90": 4.605}
"""Quantiles of chi-square with two degrees of freedom."""


@dataclass(frozen=True)
class Event:
    """Frames of reflectivity with the motion of their rain."""

    name: str
    dbz: np.ndarray
    motions: list[Motion]
    times: tuple[Any, ...]
    step_min: float
    cell_km: tuple[float, float]


def event(folder: Path) -> Event:
    """Read an event; rain becomes reflectivity by the inverse of its own relation."""
    series = read_event(folder)
    source = series.source.lower()
    relation = stated(series.notes) or next((each for name, each in RELATIONS if name in source), CONVECTIVE)
    height, width = (size / 1000 for size in series.grid.cell_m)
    motions = [dense(series.rates[max(0, k - 2) : max(2, k + 1)]) for k in range(len(series.rates))]
    fields = reflectivity(series.rates, relation)
    return Event(folder.name, fields, motions, series.times, series.step_min, (height, width))


def reflectivity(rates: np.ndarray, relation: Relation) -> np.ndarray:
    out = np.full(rates.shape, DRY_DBZ, np.float32)
    wet = rates > 0
    out[wet] = 10 * np.log10(relation.factor * rates[wet] ** relation.exponent)
    out[np.isnan(rates)] = np.nan
    return out


def skies(what: Event, limits: identify.Limits) -> tuple[list[Sky], list[float]]:
    """Follow an event's cells; give the moments and the seconds each took."""
    found: list[Sky] = []
    seconds = []
    size = float(np.sqrt(np.prod(what.cell_km)))
    for dbz, flow, when in zip(what.dbz, what.motions, what.times, strict=True):
        begin = time.perf_counter()
        labels = identify.cells(dbz, size, limits)
        prints = measure.footprints(labels, dbz)
        before = found[-1] if found else None
        found.append(follow.advance(before, when, labels, prints, what.cell_km, drift(flow, what.step_min)))
        seconds.append(time.perf_counter() - begin)
    return found, seconds


def drift(flow: Motion, step_min: float) -> follow.Drift:
    return lambda row, column: flow.at(row, column) / step_min


def names(what: Event, moments: list[Sky]) -> dict[str, float]:
    """Count pairs that are the same by overlap alone, and those of them with one name."""
    same = kept = 0
    for first, second, flow in zip(moments, moments[1:], what.motions[1:], strict=False):
        shift = np.rint(flow.at(first.prints.row, first.prints.column)[::-1].T).astype(np.int32).reshape(-1, 2)
        shared = match.shared(first.labels, first.prints, shift, second.labels, len(second.tracks))
        sure = (shared >= HALF * first.prints.size[:, None]) & (shared >= HALF * second.prints.size)
        for old, new in zip(*np.nonzero(sure), strict=True):
            if first.tracks[old].sights >= OLD:
                same += 1
                kept += first.tracks[old].id == second.tracks[new].id
    return {"pairs": same, "one_name": kept, "share": round(kept / same, 4) if same else np.nan}


def lives(moments: list[Sky]) -> dict[str, float]:
    ids = [track.id for sky in moments for track in sky.tracks]
    counts = np.unique(ids, return_counts=True)[1] if ids else np.zeros(0)
    splits = sum(len(track.children) for sky in moments for track in sky.tracks)
    merges = sum(len(track.merged) for sky in moments for track in sky.tracks)
    long = int((counts > OLD).sum())
    return {"cells": len(ids), "tracks": len(counts), "longer_than_3": long, "splits": splits, "merges": merges}


def alive(what: Event, moments: list[Sky]) -> dict[str, float]:
    """Give the share of cells of three sights and more that are there half an hour and an hour later.

    A cell that merged lives on in the one it merged into.
    """
    into = {old: track.id for sky in moments for track in sky.tracks for old in track.merged}
    out = {}
    for lead in (30, 60):
        steps, there = round(lead / what.step_min), []
        for now, later in zip(moments, moments[steps:], strict=False):
            ids = {track.id for track in later.tracks}
            there += [_heir(track.id, into, ids) in ids for track in now.tracks if track.sights >= OLD]
        out[f"after_{lead}_min"] = round(float(np.mean(there)), 3) if there else np.nan
    return out


def _heir(one: str, into: dict[str, str], ids: set[str]) -> str:
    while one not in ids and one in into:
        one = into[one]
    return one


def positions(what: Event, moments: list[Sky]) -> dict[int, dict[str, float]]:
    """Give mean errors by lead, km."""
    height, width = what.cell_km
    seen = [{track.id: k for k, track in enumerate(sky.tracks)} for sky in moments]
    out = {}
    for lead in LEADS:
        steps = round(lead / what.step_min)
        rows = []
        for k in range(len(moments) - steps):
            later = moments[k + steps]
            for n, track in enumerate(moments[k].tracks):
                if track.sights < OLD or track.id not in seen[k + steps]:
                    continue
                at = seen[k + steps][track.id]
                truth = np.array([later.prints.column[at] * width, later.prints.row[at] * height])
                start = np.array([moments[k].prints.column[n] * width, moments[k].prints.row[n] * height])
                field = start + np.array([track.state.field_x, track.state.field_y]) * steps * what.step_min
                rows.append(
                    _errors(track, truth, start, field, steps * what.step_min, later.prints.size[at] * height * width)
                )
        out[round(steps * what.step_min)] = _means(np.array(rows))
    return out


def _errors(track: follow.Track, truth: Any, start: Any, field: Any, minutes: float, area: float) -> list[float]:
    where = motion.ellipse(track.state, minutes)
    off = truth - (where.x, where.y)
    along = off[0] * np.cos(where.angle) + off[1] * np.sin(where.angle)
    across = off[1] * np.cos(where.angle) - off[0] * np.sin(where.angle)
    noise = motion._seen(area, motion.DEFAULT)
    away = along**2 / (where.along**2 + noise) + across**2 / (where.across**2 + noise)
    return [float(np.hypot(*off)), *(float(np.hypot(*(truth - other))) for other in (field, start)), float(away)]


def _means(rows: np.ndarray) -> dict[str, float]:
    if not rows.size:
        return {"cases": 0}
    mean = dict(zip(("ours", "field", "persistence"), rows[:, :3].mean(0).round(2).tolist(), strict=True))
    inside = {name: round(float((rows[:, 3] <= limit).mean()), 3) for name, limit in WITHIN.items()}
    return {"cases": len(rows), **mean, **inside}


def peer(what: Event, limits: identify.Limits, python: str) -> dict[str, Any]:
    """Time the peers on the same fields in another interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        fields = Path(folder) / "dbz.npy"
        np.save(fields, what.dbz[:6])
        script = Path(__file__).with_name("cells_peer.py")
        size = f"{np.sqrt(np.prod(what.cell_km)):.4f}"
        words = [
            python,
            str(script),
            str(fields),
            size,
            str(what.step_min),
            str(limits.floor_dbz),
            str(limits.area_km2),
        ]
        told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=900)
    read: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return read


def judge(what: Event, limits: identify.Limits, python: str | None) -> dict[str, Any]:
    skies(replace(what, dbz=what.dbz[:2], motions=what.motions[:2], times=what.times[:2]), limits)  # compiles
    moments, seconds = skies(what, limits)
    out: dict[str, Any] = {
        "lives": lives(moments),
        "alive": alive(what, moments),
        "names": names(what, moments),
        "positions": positions(what, moments),
    }
    out["seconds"] = {"median": round(float(np.median(seconds)), 4), "worst": round(max(seconds), 4)}
    if python:
        out["peers"] = peer(what, limits, python)
    return out


def show(name: str, kind: str, shape: tuple[int, ...], told: dict[str, Any]) -> None:
    print(f"\n{name} {shape[1]}x{shape[2]}, {shape[0]} frames, cells {kind}")
    for part in ("lives", "alive", "names", "seconds", "peers"):
        if part in told:
            print(f"  {part}: " + ", ".join(f"{key} {value}" for key, value in told[part].items()))
    for lead, row in told["positions"].items():
        print(f"  +{lead} min: " + ", ".join(f"{key} {value}" for key, value in row.items()))


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--data", type=Path, action="append", required=True)
    words.add_argument("--peer", help="a Python that has tobac and pysteps with scikit-image")
    words.add_argument("--json", action="store_true")
    asked = words.parse_args()
    told: dict[str, Any] = {}
    for folder in asked.data:
        what = event(folder)
        told[what.name] = {kind: judge(what, limits, asked.peer) for kind, limits in KINDS.items()}
        if not asked.json:
            for kind, figures in told[what.name].items():
                show(what.name, kind, what.dbz.shape, figures)
    if asked.json:
        print(json.dumps(told, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
