"""Verification scores beside `scores` and pysteps, on the same radar fields in the same run.

The observation is one frame of the FMI storm of 2016-09-28; the ensemble are the 24 frames around it, which share its
dry and unknown parts as members of a nowcast do. Each program is given what it likes best: ours float32 fields,
`scores` xarray objects made beforehand, members first (faster than last), pysteps NumPy arrays. Times are medians of
the repeats, the programs taking turns; the first call of each is outside the clock. Equality is checked before
anything is timed. One field is counted by one thread.

    python benchmarks/verify.py [--data DIR] [--repeat 5] [--json]
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from scores.categorical import BinaryContingencyManager
from scores.probability import brier_score_for_ensemble, crps_for_ensemble, rank_histogram
from scores.spatial import fss_2d

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.insert(0, str(HERE.parent))

from xiangtian.met.verify import categorical, ensemble, fractions, ranking, reaching  # noqa: E402 (found only now)
from xiangtian.radar.composites import fmi_pgm  # noqa: E402

SHARED = Path(os.environ.get("XIANGTIAN_SHARED", HERE.parents[1] / "shared")) / "data"
EVENT = "radar-fmi-20160928/pgm"
LEVELS = (0.1, 1.0, 5.0, 10.0)
STORED = [float(np.float32(level)) for level in LEVELS]
"""The thresholds as float32 fields hold them."""
MEMBERS, SIDE = 24, 11
Work = Callable[[], Any]


def frames(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Give (24, rows, columns) members and the observation in their middle."""
    files = sorted(folder.iterdir())[: MEMBERS + 1]
    every = np.stack([fmi_pgm.read(path.read_bytes()).rate for path in files])
    middle = MEMBERS // 2
    return np.delete(every, middle, 0), every[middle]


def csi_of_scores(said: xr.DataArray, was: xr.DataArray) -> list[float]:
    known = said.notnull() & was.notnull()
    out = []
    for level in STORED:
        events = [(field >= level).where(known) for field in (said, was)]
        out.append(float(BinaryContingencyManager(*events).transform().critical_success_index()))
    return out


def fss_of_scores(said: xr.DataArray, was: xr.DataArray) -> float:
    given = {"window_size": (SIDE, SIDE), "spatial_dims": ("y", "x"), "threshold_operator": np.greater_equal}
    return float(fss_2d(said, was, event_threshold=STORED[1], **given))


def brier_of_scores(members: xr.DataArray, was: xr.DataArray, levels: list[float]) -> list[float]:
    return brier_score_for_ensemble(members, was, "member", levels, fair_correction=False).values.tolist()


def peer(members: np.ndarray, seen: np.ndarray) -> dict[str, Work]:
    """Give what pysteps has of it, none where it isn't installed."""
    if importlib.util.find_spec("pysteps") is None:
        return {}
    with contextlib.redirect_stdout(io.StringIO()):
        from pysteps.verification import detcatscores, probscores, spatialscores  # noqa: PLC0415
    said, flat = members[0], members.reshape(len(members), -1)
    return {
        "CSI, 4 thresholds": lambda: [detcatscores.det_cat_fct(said, seen, level, "CSI")["CSI"] for level in STORED],
        "FSS, 11 cells": lambda: spatialscores.fss(said, seen, STORED[1], SIDE),
        "CRPS": lambda: probscores.CRPS(flat, seen.ravel()),
    }


def work(members: np.ndarray, seen: np.ndarray) -> dict[str, dict[str, Work]]:
    """Give each case's work by program; the fields are unknown alike, as a fair comparison has them."""
    known = np.isfinite(members).all(0) & np.isfinite(seen)
    members, seen = np.where(known, members, np.float32(np.nan)), np.where(known, seen, np.float32(np.nan))
    cube, field = xr.DataArray(members, dims=("member", "y", "x")), xr.DataArray(seen, dims=("y", "x"))
    said, given = members[0], (cube[0], field)
    ours: dict[str, Work] = {
        "CSI, 4 thresholds": lambda: categorical.tally(said, seen, LEVELS).csi[0].tolist(),
        "FSS, 11 cells": lambda: float(fractions.tally(said, seen, LEVELS[1:2], [SIDE], "inside").fss[0, 0, 0]),
        "CRPS": lambda: float(ensemble.tally(members, seen).crps()[0]),
        "Brier, 1 threshold": lambda: reaching.tally(members, seen, LEVELS[1:2]).brier[0].tolist(),
        "Brier, 4 thresholds": lambda: reaching.tally(members, seen, LEVELS).brier[0].tolist(),
        "ranks": lambda: (lambda ranks: (ranks / ranks.sum()).tolist())(ranking.tally(members, seen).ranks()[0]),
        "CRPS, 4 Brier, ranks": lambda: ensemble.tally(members, seen, LEVELS).scores()["crps"][0],
    }
    theirs: dict[str, Work] = {
        "CSI, 4 thresholds": lambda: csi_of_scores(*given),
        "FSS, 11 cells": lambda: fss_of_scores(*given),
        "CRPS": lambda: float(crps_for_ensemble(cube, field, "member")),
        "Brier, 1 threshold": lambda: brier_of_scores(cube, field.where(known), STORED[1:2]),
        "Brier, 4 thresholds": lambda: brier_of_scores(cube, field.where(known), STORED),
        "ranks": lambda: rank_histogram(cube, field, "member").values.tolist(),
    }

    def together() -> float:
        theirs["Brier, 4 thresholds"]()
        theirs["ranks"]()
        return theirs["CRPS"]()

    theirs["CRPS, 4 Brier, ranks"] = together
    others = peer(members, seen)
    return {
        name: {"xiangtian": mine, "scores": theirs[name], **({"pysteps": others[name]} if name in others else {})}
        for name, mine in ours.items()
    }


def timed(piece: Work) -> tuple[float, float]:
    """Give milliseconds on the wall and of the processors."""
    wall, processor = time.perf_counter(), time.process_time()
    piece()
    return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - processor)


def case(pieces: dict[str, Work], repeat: int) -> dict[str, Any]:
    """Check one case for equality, then time it, the programs taking turns."""
    apart = np.max(np.abs(np.subtract(pieces["xiangtian"](), pieces["scores"]())))
    if "pysteps" in pieces:
        pieces["pysteps"]()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in pieces}
    for _ in range(repeat):
        for name, piece in pieces.items():
            times[name].append(timed(piece))
    found = {
        name: {"wall_ms": statistics.median(t[0] for t in took), "cpu_ms": statistics.median(t[1] for t in took)}
        for name, took in times.items()
    }
    ratios = {
        name: {kind: found[name][kind] / found["xiangtian"][kind] for kind in ("wall_ms", "cpu_ms")}
        for name in found
        if name != "xiangtian"
    }
    return {"median": found, "times_faster": ratios, "largest_difference": float(apart)}


def show(name: str, result: dict[str, Any]) -> None:
    parts = []
    for program, took in result["median"].items():
        faster = result["times_faster"].get(program)
        tail = f" ({faster['wall_ms']:.0f}x, cpu {faster['cpu_ms']:.0f}x)" if faster else ""
        parts.append(f"{program} {took['wall_ms']:.1f} ms, cpu {took['cpu_ms']:.1f}{tail}")
    print(f"{name:22s} " + "; ".join(parts) + f"; differs from scores by {result['largest_difference']:.1e}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED / EVENT, help="a folder of FMI composites")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.data.is_dir():
        print(f"no radar data at {asked.data}; set XIANGTIAN_SHARED to the folder that holds data/, or give --data")
        return 1
    warnings.simplefilter("ignore")
    results = {}
    for name, pieces in work(*frames(asked.data)).items():
        results[name] = case(pieces, max(asked.repeat, 1))
        if not asked.json:
            show(name, results[name])
    if asked.json:
        print(json.dumps(results, indent=1))
    return 0 if all(one["largest_difference"] < 1e-6 for one in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
