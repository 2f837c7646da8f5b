"""The peers of `benchmarks/cells.py`, run in an interpreter that has them: tobac, and pysteps' T-DaTing.

    python cells_peer.py FIELDS.npy CELL_KM STEP_MIN FLOOR_DBZ AREA_KM2

prints one line of JSON: seconds for a frame of each peer (identification and tracking, the best of two rounds), or why
it could not run.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""Without a zone: the peers take none."""


def tobac(dbz: np.ndarray, cell_km: float, step_min: float, floor: float, area: float) -> Callable[[], Any]:
    import tobac as peer  # noqa: PLC0415
    import xarray as xr  # noqa: PLC0415

    times = [START + dt.timedelta(minutes=step_min * k) for k in range(len(dbz))]
    coords = {
        "time": np.array(times, "datetime64[ns]"),
        "y": np.arange(dbz.shape[1]) * cell_km * 1e3,
        "x": np.arange(dbz.shape[2]) * cell_km * 1e3,
    }
    field = xr.DataArray(np.nan_to_num(dbz, nan=-32.0), dims=("time", "y", "x"), coords=coords, name="dbz")
    steps = [floor + 5 * k for k in range(5)]

    def run() -> Any:
        least = max(1, round(area / cell_km**2))
        features = peer.feature_detection_multithreshold(
            field, cell_km * 1e3, threshold=steps, n_min_threshold=least, sigma_threshold=0.5
        )
        return peer.linking_trackpy(features, None, step_min * 60, cell_km * 1e3, v_max=30)

    return run


def tdating(dbz: np.ndarray, cell_km: float, step_min: float, floor: float, area: float) -> Callable[[], Any]:
    from pysteps.feature import tstorm  # noqa: F401, PLC0415
    from pysteps.tracking import tdating as peer  # noqa: PLC0415

    times = [START + dt.timedelta(minutes=step_min * k) for k in range(len(dbz))]
    fields = np.nan_to_num(dbz, nan=-32.0).astype(float)

    def run() -> Any:
        return peer.dating(
            fields, times, minref=floor, minsize=max(1, round(area / cell_km**2)), output_splits_merges=True
        )

    return run


def main() -> int:
    warnings.simplefilter("ignore")
    dbz = np.load(sys.argv[1])
    numbers = [float(word) for word in sys.argv[2:6]]
    told: dict[str, Any] = {}
    for name, peer in (("tobac", tobac), ("tdating", tdating)):
        try:
            run = peer(dbz, *numbers)
            rounds = []
            for _ in range(2):
                begin = time.perf_counter()
                run()
                rounds.append((time.perf_counter() - begin) / len(dbz))
            told[name] = round(min(rounds), 3)
        except Exception as error:
            told[name] = f"{type(error).__name__}: {error}"[:120]
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
