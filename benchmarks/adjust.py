"""Gauge adjustment of radar rain: the Amsterdam gauges left out one by one, and a storm whose truth is known.

Amsterdam: hours of 134 private gauges after our rain checks, each left out in turn and asked about. The data hold no
radar field, only gauge-adjusted radar at 20 points: what stands for "the radar" at a gauge is their inverse-distance
mean, which is smoother than radar and already without bias. A second table therefore gives the radar a made-up fault,
a factor that falls from 1 in the west to 0.4 in the east; and every table is repeated with one gauge in six.

Known truth: hours of the KNMI composites of 2010-08-26 are taken for the rain that fell. The "radar" sees them with
a bias, a loss that grows with distance from De Bilt and correlated noise; gauges stand at random, measure with errors,
and one in twenty is wrong altogether. Then fields are compared with the truth at every wet cell.

wradlib, where it is installed, adjusts the same synthetic fields in the same run.

    python -m benchmarks.adjust [--every 1] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.events import SHARED, frames_of
from benchmarks.gauges import FOLDER, SHIFT, ours
from xiangtian.met.lonlat import plane
from xiangtian.radar.adjust import METHODS, Bias, Pairs

AN_HOUR = 12
WET_MEAN_MM = 0.1
FAULT = 0.4
SPARSE = 6
Columns = dict[str, np.ndarray]
Guess = Callable[[Pairs, Bias | None, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


# ------------------------------------------------------------------------------------------------ methods
def radar_alone(pairs: Pairs, before: Bias | None, east: np.ndarray, north: np.ndarray, radar: np.ndarray) -> Any:
    """Take the radar as it is."""
    del pairs, before, east, north
    return radar


def inverse_distance(pairs: Pairs, before: Bias | None, east: np.ndarray, north: np.ndarray, radar: np.ndarray) -> Any:
    """Take the gauges alone, weighted by 1 / distance squared."""
    del before, radar
    there = pairs.only(np.isfinite(pairs.gauge))
    return weighted(there.east, there.north, there.gauge, east, north)


def kriged(pairs: Pairs, before: Bias | None, east: np.ndarray, north: np.ndarray, radar: np.ndarray) -> Any:
    """Take the gauges alone, kriged: a radar that is the same everywhere says nothing."""
    flat = Pairs(pairs.east, pairs.north, pairs.gauge, np.ones_like(pairs.gauge))
    return METHODS["external_drift"](flat, before).at(east, north, np.ones_like(radar))[0]


def by(name: str) -> Guess:
    """Take a method of the family."""

    def guess(pairs: Pairs, before: Bias | None, east: np.ndarray, north: np.ndarray, radar: np.ndarray) -> Any:
        return METHODS[name](pairs, before).at(east, north, radar)[0]

    return guess


GUESSES: dict[str, Guess] = {
    "radar alone": radar_alone,
    "gauges, inverse distance": inverse_distance,
    "gauges, kriged": kriged,
    **{name: by(name) for name in METHODS},
}


def weighted(east: np.ndarray, north: np.ndarray, values: np.ndarray, to_east: np.ndarray, to_north: np.ndarray) -> Any:
    """Give means weighted by 1 / distance squared."""
    squared = (to_east[:, None] - east) ** 2 + (to_north[:, None] - north) ** 2
    weights = 1 / np.maximum(squared, 0.01)
    return weights @ values / weights.sum(axis=1)


# ------------------------------------------------------------------------------------------------ Amsterdam
def amsterdam(data: Path) -> tuple[Columns, np.ndarray]:
    """Give the gauges' hours (hours, gauges) after quality control, their places, and the radar there."""
    import xarray  # noqa: PLC0415

    told = xarray.open_dataset(data / FOLDER / "test_dataset.nc").load()
    radar = xarray.open_dataset(data / FOLDER / "RadarRef_AMS.nc").load()
    rain = told.rainfall.transpose("time", "id").to_numpy()
    rain = np.where(ours(told, rain), np.nan, rain)
    times = told.time.to_numpy()
    ends = np.flatnonzero(times.astype("M8[m]").astype(int) % 60 == 0)
    ends = ends[ends >= AN_HOUR - 1]
    hours = np.array([rain[end - AN_HOUR + 1 : end + 1].sum(axis=0) for end in ends])
    seen = radar.rainfall.transpose("time", "id").sel(time=times[ends] - SHIFT).to_numpy()
    east, north = plane(told.longitude.to_numpy(), told.latitude.to_numpy(), (4.9, 52.35))
    there = plane(radar.lon.to_numpy(), radar.lat.to_numpy(), (4.9, 52.35))
    above = np.full(hours.shape, np.nan)
    for hour, amounts in enumerate(seen):
        known = np.isfinite(amounts)
        if known.sum() >= 5:
            above[hour] = weighted(there[0][known], there[1][known], amounts[known], east, north)
    return {"east": east, "north": north, "hours": hours}, above


def each_left_out(gauges: Columns, above: np.ndarray, wet: np.ndarray, sparse: int) -> dict[str, dict[str, float]]:
    """Ask every method about every gauge that it was not given; `sparse`: it is given only one gauge in so many."""
    said: dict[str, list[float]] = {name: [] for name in GUESSES}
    truth: list[float] = []
    before: Bias | None = None
    for hour in wet:
        pairs = Pairs(gauges["east"], gauges["north"], gauges["hours"][hour], above[hour])
        known = np.flatnonzero(pairs.usable)
        given = known[::sparse]
        for asked in known if sparse == 1 else np.setdiff1d(known, given)[::3]:
            some = np.zeros(len(pairs.gauge), np.bool_)
            some[given] = True
            some[asked] = False
            where = pairs.east[[asked]], pairs.north[[asked]], pairs.radar[[asked]]
            for name, guess in GUESSES.items():
                said[name].append(float(guess(pairs.only(some), before, *where)[0]))
            truth.append(float(pairs.gauge[asked]))
        before = METHODS["mean_field"](pairs.only(np.isin(np.arange(len(pairs.gauge)), given)), before).bias
    return {name: figures(np.array(values), np.array(truth)) for name, values in said.items()}


def figures(said: np.ndarray, was: np.ndarray) -> dict[str, float]:
    """Give the usual figures of amounts."""
    return {
        "n": len(was),
        "rmse_mm": float(np.sqrt(np.mean((said - was) ** 2))),
        "mae_mm": float(np.mean(np.abs(said - was))),
        "correlation": float(np.corrcoef(said, was)[0, 1]),
        "bias": float(said.sum() / was.sum()),
    }


# ------------------------------------------------------------------------------------------------ known truth
def storm(data: Path) -> list[np.ndarray]:
    """Give the rain of whole hours, mm, on the part of the KNMI grid where all is known."""
    frames = frames_of(data / "radar-knmi-20100826/hdf5")
    starts = range(0, len(frames) - AN_HOUR, AN_HOUR)
    return [frames[start : start + AN_HOUR].mean(axis=0, dtype=np.float64) for start in starts]


def seen_by_radar(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Spoil the truth: bias 0.7, a loss growing to a half at 200 km from De Bilt, noise of 20 km, +-35 %."""
    rows, columns = np.indices(truth.shape)
    away = np.hypot(rows - 390, columns - 390)
    noise = cv2.GaussianBlur(rng.normal(size=truth.shape), (0, 0), 20)
    noise *= 0.35 / noise.std()
    return truth * 0.7 * np.exp(-0.7 * away / 200 + noise)


def stand(truth: np.ndarray, seen: np.ndarray, count: int, rng: np.random.Generator) -> Pairs:
    """Set up gauges at random: errors of 15 % and 0.1 mm; one in forty says 0, one in forty three times as much."""
    rows, columns = np.nonzero(np.isfinite(truth))
    chosen = rng.choice(len(rows), count, replace=False)
    row, column = rows[chosen], columns[chosen]
    amount = truth[row, column] * np.exp(rng.normal(0, 0.15, count)) + rng.normal(0, 0.1, count)
    amount = np.maximum(amount, 0)
    amount[::40] = 0
    amount[20::40] *= 3
    return Pairs(column.astype(float), -row.astype(float), amount, seen[row, column])


def against_truth(data: Path, gauges: tuple[int, ...] = (30, 134)) -> dict[str, Any]:
    """Adjust every hour with every method, and compare with the truth at the cells that were wet."""
    out: dict[str, Any] = {}
    fields = storm(data)
    for count in gauges:
        sums: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
        seconds: dict[str, float] = {}
        for hour, truth in enumerate(fields):
            rng = np.random.default_rng([count, hour])
            seen = seen_by_radar(truth, rng)
            pairs = stand(truth, seen, count, rng)
            known = np.isfinite(truth)
            rows, columns = np.nonzero(known)
            where = columns.astype(float), -rows.astype(float), seen[known]
            for name, guess in {**GUESSES, **peers()}.items():
                began = time.perf_counter()
                field = guess(pairs, None, *where)
                seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - began
                wet = truth[known] >= 0.1
                sums.setdefault(name, []).append((field[wet], truth[known][wet]))
        out[str(count)] = {
            name: {
                **figures(*(np.concatenate(part) for part in zip(*found, strict=True))),
                "seconds_a_field": seconds[name] / len(fields),
            }
            for name, found in sums.items()
        }
    return out


def peers() -> dict[str, Guess]:
    """Give wradlib's adjustments as it offers them, where it is installed."""
    try:
        from wradlib import adjust, ipol  # noqa: PLC0415
    except ImportError:
        return {}

    def adjusted(kind: Any, **given: Any) -> Guess:
        def guess(pairs: Pairs, before: Bias | None, east: np.ndarray, north: np.ndarray, radar: np.ndarray) -> Any:
            del before
            places = np.column_stack([pairs.east, pairs.north]), np.column_stack([east, north])
            return kind(*places, **given)(pairs.gauge, radar)

        return guess

    def kriging(pairs: Pairs, before: Bias | None, east: np.ndarray, north: np.ndarray, radar: np.ndarray) -> Any:
        del before
        places = np.column_stack([pairs.east, pairs.north]), np.column_stack([east, north])
        made = ipol.ExternalDriftKriging(*places, cov="0.3 Nug(0.) + 1.0 Exp(20.)", nnearest=12)
        return np.maximum(made(pairs.gauge, src_drift=pairs.radar, trg_drift=radar), 0)

    return {
        "wradlib MFB": adjusted(adjust.AdjustMFB),
        "wradlib Multiply": adjusted(adjust.AdjustMultiply, minval=0.2),
        "wradlib Mixed": adjusted(adjust.AdjustMixed, minval=0.2),
        "wradlib external drift": kriging,
    }


# ------------------------------------------------------------------------------------------------ the tables
def show(title: str, rows: dict[str, dict[str, float]]) -> None:
    """Print one table."""
    print(f"\n{title}")
    print(f"{'':26}{'n':>9}{'rmse mm':>9}{'mae mm':>9}{'corr':>7}{'bias':>7}{'s/field':>9}")
    for name, one in rows.items():
        took = f"{one['seconds_a_field']:9.2f}" if "seconds_a_field" in one else ""
        print(
            f"{name:26}{one['n']:9.0f}{one['rmse_mm']:9.3f}{one['mae_mm']:9.3f}"
            f"{one['correlation']:7.3f}{one['bias']:7.3f}{took}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="take only one wet hour in so many")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if not (SHARED / FOLDER).is_dir():
        print(f"no folder {FOLDER} in {SHARED}; set XIANGTIAN_SHARED to the folder that holds data/")
        return 1
    results: dict[str, Any] = {"truth": against_truth(SHARED)}
    for count, rows in results["truth"].items():
        show(f"known truth, {count} gauges, every wet cell of {len(storm(SHARED))} hours", rows)
    gauges, above = amsterdam(SHARED)
    wet = np.flatnonzero(np.nan_to_num(above).mean(axis=1) >= WET_MEAN_MM)[:: asked.every]
    west = gauges["east"].min()
    fault = np.exp(math.log(FAULT) * (gauges["east"] - west) / (gauges["east"].max() - west))
    for label, radar in (("radar as it is", above), ("radar with a fault", above * fault)):
        for sparse in (1, SPARSE):
            name = f"Amsterdam, {label}, {'all gauges' if sparse == 1 else f'one gauge in {sparse}'}"
            results[name] = each_left_out(gauges, radar, wet, sparse)
            show(name, results[name])
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
