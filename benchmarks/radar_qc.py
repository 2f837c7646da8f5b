"""Quality control of base data: time of each step, what it takes away, how smooth velocities become; a peer beside.

Every file of a folder that a reader knows is one volume. `share of rain taken` counts gates of 20 dBZ and more that
lose their echo, over all cuts; where there is clutter that is what should happen, in deep rain it should not. `jumps`
are neighbouring gates whose velocities differ by more than the Nyquist velocity. Where Py-ART is installed, its
region-based unfolding runs on the same cuts: share of gates that agree, jumps and time.

    python -m benchmarks.radar_qc --data DIR [--repeat 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import read
from xiangtian.radar.polar.model import sweeps
from xiangtian.radar.qc import STEPS, clean

SHARED = Path(os.environ.get("XIANGTIAN_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
DEFAULT = SHARED / "cn-radar-lekima-20190809" / "network-1600utc"
RAIN_DBZ = 20.0


class Stopwatch:
    """Time on the wall, a step."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._began = 0.0

    def __call__(self, name: str, begins: bool) -> None:
        """Note that a step begins, or how long it took."""
        if begins:
            self._began = time.perf_counter()
        else:
            self.ms[name] = (time.perf_counter() - self._began) * 1000


def jumps(sweep: xr.Dataset, velocity: np.ndarray) -> tuple[int, int]:
    """Count neighbours that differ by more than the Nyquist velocity, and neighbours."""
    steps = np.abs(np.diff(velocity, axis=1)), np.abs(velocity - np.roll(velocity, -1, 0))
    nyquist = float(sweep["nyquist_velocity"])
    return sum(int((step > nyquist).sum()) for step in steps), sum(int(np.isfinite(step).sum()) for step in steps)


def peer(sweep: xr.Dataset) -> tuple[np.ndarray, float]:
    """Unfold one cut with Py-ART; seconds without the making of its radar."""
    import pyart  # noqa: PLC0415

    velocity = sweep.VRADH.values
    radar = pyart.testing.make_empty_ppi_radar(velocity.shape[1], velocity.shape[0], 1)
    radar.azimuth["data"], radar.elevation["data"] = sweep.azimuth.values, sweep.elevation.values
    radar.range["data"], radar.fixed_angle["data"] = sweep.range.values, np.array([float(sweep.sweep_fixed_angle)])
    radar.add_field("velocity", {"data": np.ma.masked_invalid(velocity)})
    gates = pyart.filters.GateFilter(radar)
    gates.exclude_invalid("velocity")
    begin = time.perf_counter()
    found = pyart.correct.dealias_region_based(
        radar,
        vel_field="velocity",
        gatefilter=gates,
        nyquist_vel=float(sweep["nyquist_velocity"]),
        keep_original=False,
        rays_wrap_around=True,
    )
    return found["data"].filled(np.nan).astype(float), time.perf_counter() - begin


def run(volume: xr.DataTree, repeat: int, beside: bool) -> dict[str, Any]:
    best, steps = float("inf"), {}
    for _ in range(repeat + 1):
        watch, begin = Stopwatch(), time.perf_counter()
        done = clean(volume, watch=watch)
        took = (time.perf_counter() - begin) * 1000
        if took < best:
            best, steps = took, watch.ms
    row: dict[str, Any] = {"ms": round(best), "steps_ms": {name: round(ms, 1) for name, ms in steps.items()}}
    pairs = list(zip(sweeps(volume), sweeps(done), strict=True))
    echo = [(old.DBZH.values, new.DBZH.values) for old, new in pairs if "DBZH" in old]
    rain = sum(int((old >= RAIN_DBZ).sum()) for old, _ in echo)
    taken = sum(int(((old >= RAIN_DBZ) & np.isnan(new)).sum()) for old, new in echo)
    row["rain_taken_percent"] = round(100 * taken / max(rain, 1), 2)
    return row | velocities([(old, new) for old, new in pairs if "quality_unfold" in new], beside)


def velocities(pairs: list[tuple[xr.Dataset, xr.Dataset]], beside: bool) -> dict[str, Any]:
    """Compare velocities before, after, and of the peer."""
    if not pairs:
        return {}
    count = np.zeros((3, 2))
    agree = total = 0
    seconds = 0.0
    for old, new in pairs:
        count[0] += jumps(old, old.VRADH.values)
        count[1] += jumps(old, new.VRADH.values)
        if beside:
            theirs, took = peer(old)
            count[2] += jumps(old, theirs)
            seconds += took
            both = np.isfinite(theirs) & np.isfinite(new.VRADH.values)
            agree, total = agree + int((np.abs(theirs - new.VRADH.values)[both] < 1).sum()), total + int(both.sum())
    share = 100 * count[:, 0] / np.maximum(count[:, 1], 1)
    row = {"jumps_before_percent": round(share[0], 3), "jumps_after_percent": round(share[1], 3)}
    if beside:
        row |= {
            "pyart_jumps_percent": round(share[2], 3),
            "pyart_agree_percent": round(100 * agree / max(total, 1), 2),
            "pyart_ms": round(seconds * 1000),
        }
    return row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT, help="folder with base data")
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many runs, after one that compiles")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    beside = importlib.util.find_spec("pyart") is not None
    rows = {}
    print(f"{'file':44}{'ms':>6}{'rain taken %':>13}{'jumps %':>9}{'after %':>9}  " + " ".join(STEPS))
    for path in sorted(asked.data.iterdir()):
        try:
            volume = read(path.read_bytes(), path.name)
        except RadarError as refused:
            print(f"left out {path.name}: {refused}", file=sys.stderr)
            continue
        row = rows[path.name] = run(volume, asked.repeat, beside)
        before, after = row.get("jumps_before_percent", "-"), row.get("jumps_after_percent", "-")
        steps = " ".join(f"{ms:.0f}" for ms in row["steps_ms"].values())
        print(
            f"{path.name[:43]:44}{row['ms']:6}{row['rain_taken_percent']:13}{before:>9}{after:>9}  {steps}", flush=True
        )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0 if rows else 1


if __name__ == "__main__":
    sys.exit(main())
