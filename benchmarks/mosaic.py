"""The mosaic of a network: seconds a product, how neighbours agree, where the eye of a cyclone is found.

Volumes of one moment lie in a folder, one a radar. Everything is read first; the first mosaic of a process lays the
tables of every radar and compiles, the later ones are what an operation sees.

    python -m benchmarks.mosaic --data DIR [--repeat 5] [--qc] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from xiangtian.met.grid import Grid
from xiangtian.radar.column import Rules
from xiangtian.radar.errors import RadarError
from xiangtian.radar.mosaic.agreement import agreement
from xiangtian.radar.mosaic.eye import eye
from xiangtian.radar.mosaic.network import mosaic
from xiangtian.radar.polar import read
from xiangtian.radar.polar.model import site
from xiangtian.radar.products import PRODUCTS
from xiangtian.radar.qc import clean
from xiangtian.radar.wind_profile import wind_profile

RULES = Rules(freezing_m=5500.0, minus20_m=8800.0)
"""Heights of 0 and -20 degC of a tropical air mass: only to have the hail index worked out."""
SIDE = 700


def volumes(folder: Path) -> list[xr.DataTree]:
    """Read the base data of a folder; what is none is left out."""
    found = []
    for path in sorted(folder.iterdir()):
        try:
            found.append(read(path.read_bytes(), path.name))
        except RadarError as refused:
            print(f"left out {path.name}: {refused}", file=sys.stderr)
    return found


def grids(network: list[xr.DataTree]) -> dict[str, Grid]:
    """Give a grid of 1 km and one of 0.01 degrees, 700 x 700 cells in the middle of the network."""
    places = [site(one) for one in network]
    lon = round(float(np.mean([place.longitude for place in places])), 1)
    lat = round(float(np.mean([place.latitude for place in places])), 1)
    crs, half = f"+proj=laea +lat_0={lat} +lon_0={lon} +ellps=WGS84 +units=m", (SIDE - 1) / 2
    return {
        "1 km": Grid(crs, -half * 1000, half * 1000, 1000.0, 1000.0, SIDE, SIDE),
        "0.01 degrees": Grid("EPSG:4326", lon - half / 100, lat + half / 100, 0.01, 0.01, SIDE, SIDE),
    }


def seconds(work: Callable[[], Any], repeat: int) -> tuple[float, float, float]:
    """Give the seconds of the first, the best of the later runs by the clock, and its processor's seconds."""
    times, busy = [], []
    for _ in range(repeat + 1):
        start, work_start = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - start)
        busy.append(time.process_time() - work_start)
    return times[0], min(times[1:]), min(busy[1:])


def measure(network: list[xr.DataTree], repeat: int) -> dict[str, Any]:
    """Measure everything of a network."""
    told: dict[str, Any] = {"radars": [site(one).code for one in network], "seconds": {}}
    laid = grids(network)
    for name, grid in laid.items():
        told["seconds"][f"all products, {name}"] = seconds(lambda grid=grid: mosaic(network, grid, rules=RULES), repeat)
    grid = laid["1 km"]
    for product in PRODUCTS:
        run = lambda product=product: mosaic(network, grid, (product,), RULES)  # noqa: E731
        told["seconds"][f"{product} alone"] = seconds(run, repeat)
    told["seconds"]["wind profiles of all"] = seconds(lambda: [wind_profile(one) for one in network], repeat)
    told["pairs"] = [vars(pair) for pair in agreement(network, grid)]
    found = eye(mosaic(network, grid, ("cappi",)).cappi.sel(level=3000.0).values, grid)
    told["eye"] = vars(found) if found else None
    return told


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--repeat", type=int, default=5)
    options.add_argument("--qc", action="store_true", help="quality control before the mosaic")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    network = volumes(given.data)
    if not network:
        print(f"no base data in {given.data}", file=sys.stderr)
        return 1
    told = measure([clean(one) for one in network] if given.qc else network, given.repeat)
    for name, (first, later, busy) in told["seconds"].items():
        print(f"{name:32s} first {first:7.3f} s, then {later:7.3f} s, of processors {busy:7.3f} s")
    for pair in told["pairs"]:
        print(
            "{first} {second}: {cells:6d} cells, correlation {correlation:.3f}, {difference_db:+.1f} dB".format(**pair)
        )
    print("eye", told["eye"])
    if given.json:
        given.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
