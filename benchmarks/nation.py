"""From city to nation: a deterministic nowcast of a continent, and its ensemble by tiles, written to disk.

    python -m benchmarks.nation [--data DIR] [--leads 12] [--members 2] [--tile 1024]

DIR holds MRMS composites (the shared ones if none is given). The ensemble goes to a temporary Zarr store, tile by tile;
told are seconds, the peak memory of the process and what the ensemble would take in one piece. No peer runs beside it:
pysteps' ensemble of this grid does not fit into the memory of the machines this was written on.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.events import SHARED
from xiangtian.cli.event_folder import read_event
from xiangtian.nowcast import forecasting


def peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED / "radar-mrms-20190610")
    parser.add_argument("--leads", type=int, default=12)
    parser.add_argument("--members", type=int, default=2)
    parser.add_argument("--tile", type=int, default=1024)
    asked = parser.parse_args()
    if not asked.data.is_dir():
        print(f"no radar data at {asked.data}; set XIANGTIAN_SHARED to the folder that holds data/, or give --data")
        return 1
    series = read_event(asked.data)
    height, width = series.grid.cell_m
    cell_km, step = float(np.sqrt(height * width)) / 1000, series.step_min
    rows, columns = series.rates.shape[1:]
    print(f"{series.source}: {rows} x {columns}, {len(series.rates)} frames; with them {peak_gb():.1f} GB")
    for _ in range(3):
        begun = time.perf_counter()
        forecasting.deterministic(series.rates, asked.leads, cell_km, step)
        print(f"deterministic, {asked.leads} leads: {time.perf_counter() - begun:.2f} s, peak {peak_gb():.1f} GB")
    begun = time.perf_counter()
    lazy = forecasting.many(series.rates, asked.leads, asked.members, 1, cell_km, step, asked.tile)
    print(f"what all members share: {time.perf_counter() - begun:.1f} s, peak {peak_gb():.1f} GB")
    with tempfile.TemporaryDirectory(prefix="nation-") as aside:
        begun = time.perf_counter()
        lazy.to_zarr(f"{aside}/futures.zarr")
        took = time.perf_counter() - begun
    print(f"{asked.members} members to Zarr: {took / asked.members:.1f} s a member, peak {peak_gb():.1f} GB; "
          f"24 of them in one piece are {24 * asked.leads * rows * columns * 4 / 1e9:.0f} GB")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
