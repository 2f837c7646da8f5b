"""One nowcast cycle beside pysteps, in the same run on the same frames.

A cycle is: motion from the last three frames, then 24 leads of extrapolation. pysteps does the same with its
Lucas-Kanade motion and semi-Lagrangian extrapolation; its change to decibels is done before its clock starts.
Both are scored against the frames that followed, on the cells that all methods and the observation know;
persistence is a row of its own. Needs the shared radar data and pysteps (`uv sync --group bench`);
without pysteps only our own rows are printed.

    python benchmarks/bench_nowcast.py [--starts 5] [--leads 24] [--json FILE]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from xiangtian.nowcast import accumulate, motion, probability
from xiangtian.nowcast.methods import get_method
from xiangtian.radar import composites

SHARED = Path(os.environ.get("XIANGTIAN_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
EVENTS = {"FMI 2016-09-28": "radar-fmi-20160928/pgm", "KNMI 2010-08-26": "radar-knmi-20100826/hdf5"}
CSI_MM_H = (0.1, 1.0, 5.0)
FSS = ((1.0, 11), (5.0, 11))
"""Threshold (mm/h) and window (cells) of the fractions skill score."""
Forecast = Callable[[np.ndarray, int], np.ndarray]


def frames_of(folder: Path) -> np.ndarray:
    return np.stack([composites.read(path.read_bytes()).rate for path in sorted(folder.iterdir())])


def ours(frames: np.ndarray, leads: int) -> np.ndarray:
    return get_method("advect")(frames[-1], motion.dense(frames), leads)


def still(frames: np.ndarray, leads: int) -> np.ndarray:
    return get_method("persistence")(frames[-1], motion.still(frames.shape[1:]), leads)


def peer() -> tuple[Forecast, str] | None:
    """Give pysteps' cycle as a function of prepared frames, None where it isn't installed."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            from importlib.metadata import version  # noqa: PLC0415

            from pysteps import extrapolation  # noqa: PLC0415
            from pysteps import motion as peer_motion  # noqa: PLC0415
        except ImportError:
            return None
    lucas_kanade, extrapolate = peer_motion.get_method("LK"), extrapolation.get_method("semilagrangian")

    def cycle(prepared: np.ndarray, leads: int) -> np.ndarray:
        decibels, last = prepared[:3], prepared[3]
        return extrapolate(last, lucas_kanade(decibels), leads)

    return cycle, version("pysteps")


def prepare(frames: np.ndarray) -> np.ndarray:
    """Give pysteps (4, m, n): three frames in dB of 1 mm/h (-15 where dry or unknown), and the last one in mm/h."""
    rate = np.nan_to_num(frames.astype(float))
    decibels = np.where(rate >= 0.1, 10 * np.log10(np.maximum(rate, 0.1)), -15.0)
    return np.concatenate([decibels, rate[-1:]])


def contingency(forecast: np.ndarray, seen: np.ndarray, threshold: float) -> np.ndarray:
    """Give hits, false alarms and misses of cells that are known to all."""
    said, was = forecast >= threshold, seen >= threshold
    hits = np.count_nonzero(said & was)
    return np.array([hits, np.count_nonzero(said) - hits, np.count_nonzero(was) - hits], float)


def fraction_errors(forecast: np.ndarray, seen: np.ndarray, known: np.ndarray, threshold: float, width: int) -> Any:
    """Give the two sums of the fractions skill score (Roberts and Lean 2008, MWR 136, 78-97)."""
    parts = [
        cv2.blur(((field >= threshold) & known).astype(np.float32), (width, width), borderType=cv2.BORDER_CONSTANT)
        for field in (forecast, seen)
    ]
    return np.array([((parts[0] - parts[1]) ** 2)[known].sum(), (parts[0] ** 2 + parts[1] ** 2)[known].sum()], float)


def score(forecasts: dict[str, np.ndarray], seen: np.ndarray, sums: dict[str, dict[str, np.ndarray]]) -> None:
    """Add one start's counts, lead by lead, to the sums."""
    for lead, truth in enumerate(seen):
        known = np.isfinite(truth) & np.all([np.isfinite(field[lead]) for field in forecasts.values()], axis=0)
        for name, field in forecasts.items():
            mine = sums.setdefault(name, {})
            for threshold in CSI_MM_H:
                row = mine.setdefault(f"CSI {threshold:g}", np.zeros((len(seen), 3)))
                row[lead] += contingency(field[lead][known], truth[known], threshold)
            for threshold, width in FSS:
                row = mine.setdefault(f"FSS {threshold:g}", np.zeros((len(seen), 2)))
                row[lead] += fraction_errors(field[lead], truth, known, threshold, width)


def means(sums: dict[str, np.ndarray]) -> dict[str, float]:
    """Give each score's mean over the leads."""
    out = {}
    for name, rows in sums.items():
        if name.startswith("CSI"):
            out[name] = float(np.mean(rows[:, 0] / np.maximum(rows.sum(1), 1)))
        else:
            out[name] = float(np.mean(1 - rows[:, 0] / np.maximum(rows[:, 1], 1e-9)))
    return out


def timed(cycle: Forecast, frames: np.ndarray, leads: int) -> tuple[np.ndarray, tuple[float, float]]:
    """Give the forecast, and the seconds on the wall and of all processors it took."""
    wall, processor = time.perf_counter(), time.process_time()
    result = cycle(frames, leads)
    return result, (time.perf_counter() - wall, time.process_time() - processor)


def event(folder: Path, leads: int, starts: int, other: Forecast | None) -> dict[str, Any]:
    """Run all starts of one event, the methods taking turns."""
    frames = frames_of(folder)
    first = np.linspace(2, len(frames) - 1 - leads, starts).astype(int)
    seconds: dict[str, list[tuple[float, float]]] = {}
    sums: dict[str, dict[str, np.ndarray]] = {}
    ours(frames[:3], 1)  # compiles, outside the clock
    for at in first:
        last = frames[at - 2 : at + 1]
        forecasts = {}
        turns: list[tuple[str, Forecast, np.ndarray]] = [("xiangtian", ours, last), ("persistence", still, last)]
        if other is not None:
            turns.insert(0, ("pysteps", other, prepare(last)))
        for name, cycle, given in turns:
            forecasts[name], took = timed(cycle, given, leads)
            seconds.setdefault(name, []).append(took)
        score(forecasts, frames[at + 1 : at + 1 + leads], sums)
    return {
        "grid": frames.shape[1:],
        "starts": starts,
        "leads": leads,
        "methods": {name: {**medians(seconds[name]), **means(sums[name])} for name in sorted(seconds)},
        "products_s": products(frames[first[-1] - 2 : first[-1] + 1], leads),
    }


def medians(seconds: list[tuple[float, float]]) -> dict[str, float]:
    wall, processor = zip(*seconds, strict=True)
    return {"median_s": statistics.median(wall), "median_cpu_s": statistics.median(processor)}


def products(frames: np.ndarray, leads: int) -> dict[str, float]:
    """Time what follows the cycle: amounts of every step, and one probability field a lead."""
    moving = motion.dense(frames)
    series = np.concatenate([frames[-1:], get_method("advect")(frames[-1], moving, leads)])
    accumulate.amounts(series[:2], moving, 300.0)
    start = time.perf_counter()
    accumulate.amounts(series, moving, 300.0)
    middle = time.perf_counter()
    probability.exceeding(series[1:], 1.0, [5.0 * (lead + 1) for lead in range(leads)], 1.0)
    return {"amounts": middle - start, "probability": time.perf_counter() - middle}


def show(name: str, result: dict[str, Any]) -> None:
    rows, columns = result["grid"]
    methods = result["methods"]
    print(f"\n{name}: {rows} x {columns}, {result['starts']} starts, {result['leads']} leads (scores: mean over leads)")
    scores = [key for key in methods["xiangtian"] if not key.startswith("median")]
    print(f"{'method':12s} {'wall s':>9s} {'cpu s':>9s} " + " ".join(f"{key:>8s}" for key in scores))
    for method, values in methods.items():
        took = f"{values['median_s']:9.3f} {values['median_cpu_s']:9.3f}"
        print(f"{method:12s} {took} " + " ".join(f"{values[key]:8.4f}" for key in scores))
    if "pysteps" in methods:
        ratios = [methods["pysteps"][key] / methods["xiangtian"][key] for key in ("median_s", "median_cpu_s")]
        result["ratio"], result["ratio_cpu"] = ratios
        print(f"ratio of medians, pysteps / xiangtian: {ratios[0]:.1f} on the wall, {ratios[1]:.1f} of processor time")
    after = ", ".join(f"{key} {value:.2f} s" for key, value in result["products_s"].items())
    print(f"after the cycle, for all leads: {after}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--leads", type=int, default=24)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if not SHARED.is_dir():
        print(f"the shared radar data are not at {SHARED}; set XIANGTIAN_SHARED to the folder that holds data/")
        return 1
    found = peer()
    print(f"pysteps {found[1]}" if found else "pysteps is not installed: `uv sync --group bench` adds it")
    results = {}
    for name, folder in EVENTS.items():
        results[name] = event(SHARED / folder, asked.leads, asked.starts, found[0] if found else None)
        show(name, results[name])
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
