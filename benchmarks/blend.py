"""Blending of a nowcast with numerical forecasts made from the truth, of which the skill is known, and with a real one.

Made-up models: the radar frames that followed, displaced, smoothed and biased; "near" is what a good forecast would be
(12 cells off, smoothed by 6 cells, 0.8 of the rain), "far" a poor one (60 cells off, smoothed by 6, 1.2). The blend
doesn't know which is which: it measures the model's skill on the last three frames. Their faults are the same at all
leads, as those of a real model are not: this is easier than life.

Real: RUC forecasts of 2005-08-07 over the USA with hourly rain analyses of 40 km: the nowcast is extrapolated from
three hourly analyses, the model's skill measured on the last three hours. One day, one run: an illustration, no proof.

Every table has persistence, and the linear mean of both by lead, beside the blend; scores are over cells that all know.

    python -m benchmarks.blend [--starts 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.events import EVENTS, SHARED, frames_of
from xiangtian.met.verify import categorical, continuous, fractions
from xiangtian.nowcast import motion
from xiangtian.nowcast.blend import seamless
from xiangtian.nowcast.methods import get_method

MODELS = {"near": (12.0, 6.0, 0.8), "far": (60.0, 6.0, 1.2)}
"""Cells displaced, cells of smoothing, share of the rain."""
LEADS = {"FMI 2016-09-28": 24, "KNMI 2010-08-26": 48}
AN_HOUR = 12
CSI_MM_H, FSS_MM_H, WINDOW = (0.1, 1.0, 5.0), (1.0,), (21,)
RUC = "nwp-ruc-20050807"
Tallies = dict[str, list[Any]]


def made_up(truth: np.ndarray, off: float, smooth: float, share: float) -> np.ndarray:
    """Spoil one frame of the truth."""
    soft = cv2.GaussianBlur(np.nan_to_num(truth), (0, 0), smooth)
    shift = np.array([[1, 0, 0.8 * off], [0, 1, 0.6 * off]], np.float32)
    return np.asarray(cv2.warpAffine(soft, shift, soft.shape[::-1]) * share, np.float32)


def forecasts(frames: np.ndarray, before: np.ndarray, model: np.ndarray) -> tuple[dict[str, np.ndarray], float]:
    """Give all rows' forecasts from past frames, the model's last moments and its future ones; and the seconds."""
    leads = len(model)
    moving = motion.dense(frames[-3:])
    nowcast = get_method("advect")(frames[-1], moving, leads)
    began = time.perf_counter()
    blended = seamless.blend(nowcast, model, seamless.trust(frames, moving, before))
    took = time.perf_counter() - began
    share = np.linspace(1, 0, leads + 1, dtype=np.float32)[1:, None, None]
    filled = np.where(np.isnan(nowcast), model, nowcast)
    still = np.repeat(frames[-1:], leads, axis=0)
    rows = {"persistence": still, "nowcast": nowcast, "model": model, "linear": share * filled + (1 - share) * model}
    return rows | {"blend": blended.rate}, took


def count(rows: dict[str, np.ndarray], truth: np.ndarray, tallies: Tallies) -> None:
    """Add one start, on the cells that all know."""
    known = np.isfinite(truth) & np.all([np.isfinite(field) for field in rows.values()], axis=0)
    seen = np.where(known, truth, np.nan)
    for name, field in rows.items():
        said = np.where(known, field, np.nan)
        made = [
            categorical.tally(said, seen, CSI_MM_H),
            fractions.tally(said, seen, FSS_MM_H, WINDOW),
            continuous.tally(said, seen),
        ]
        tallies[name] = [a + b for a, b in zip(tallies[name], made, strict=True)] if name in tallies else made


def table(tallies: Tallies, groups: list[slice]) -> dict[str, list[dict[str, float]]]:
    """Give the scores of every row by groups of leads: means over leads of sums over starts."""
    out: dict[str, list[dict[str, float]]] = {}
    for name, (yes_no, shares, amounts) in tallies.items():
        by_lead = {f"CSI {mm:g}": yes_no.csi[:, i] for i, mm in enumerate(CSI_MM_H)}
        by_lead |= {"FSS 1": shares.fss[:, 0, 0], "MAE": amounts.scores()["mae"]}
        out[name] = [{key: float(np.nanmean(values[part])) for key, values in by_lead.items()} for part in groups]
    return out


def grouped(leads: int) -> list[slice]:
    """Give half hours of the first hour, then hours."""
    ends = [0, AN_HOUR // 2, *range(AN_HOUR, leads + 1, AN_HOUR)]
    return [slice(*pair) for pair in pairwise(ends)]


def event(name: str, kind: str, starts: int) -> dict[str, Any]:
    """Blend one storm with one made-up model from several starts."""
    frames, leads = frames_of(SHARED / EVENTS[name]), LEADS[name]
    tallies: Tallies = {}
    seconds = []
    for at in np.linspace(AN_HOUR, len(frames) - 1 - leads, starts).astype(int):
        model = np.stack([made_up(frame, *MODELS[kind]) for frame in frames[at - 2 : at + 1 + leads]])
        rows, took = forecasts(frames[at - AN_HOUR : at + 1], model[:3], model[3:])
        count(rows, frames[at + 1 : at + 1 + leads], tallies)
        seconds.append(took)
    groups = grouped(leads)
    labels = [f"{5 * part.start}-{5 * part.stop} min" for part in groups]
    return {"rows": table(tallies, groups), "labels": labels, "seconds": float(np.median(seconds)), "leads": leads}


def amount_of(path: Path, step: str) -> np.ndarray:
    """Read one field of rain of a GRIB file, rows from the north, NaN where missing."""
    import eccodes  # noqa: PLC0415 (after pyproj, which the other way round crashes: the nowcast has loaded it)

    with path.open("rb") as file:
        while (handle := eccodes.codes_grib_new_from_file(file)) is not None:
            told = {key: eccodes.codes_get(handle, key) for key in ("shortName", "stepRange", "Nj", "Ni")}
            values = eccodes.codes_get_array(handle, "values")
            eccodes.codes_release(handle)
            if told["shortName"] == "tp" and told["stepRange"] == step:
                field = np.where(values >= 9999, np.nan, values).reshape(told["Nj"], told["Ni"])
                return np.ascontiguousarray(field[::-1], np.float32)
    raise ValueError(f"{path.name} has no rain of the hours {step}")


def real() -> dict[str, Any]:
    """Blend hourly analyses with RUC's rain from every third hour on, 6 hours ahead, in mm of three hours / 3."""
    hours = [SHARED / RUC / "obs" / f"ST2ml200508{7 + h // 24:02d}{h % 24:02d}.Grb_G212" for h in range(25)]
    seen = np.stack([amount_of(path, "0-1") for path in hours])
    model = np.full_like(seen, np.nan)
    for end in range(3, 25, 3):
        path = SHARED / RUC / "fcst" / f"ruc13_2005080700_f{end:02d}.grib"
        model[end - 2 : end + 1] = amount_of(path, f"{end - 3}-{end}") / 3
    tallies: Tallies = {}
    for at in range(3, 19, 3):
        rows, _ = forecasts(seen[at - 3 : at + 1], model[at - 2 : at + 1], model[at + 1 : at + 7])
        three = {name: field.reshape(2, 3, *field.shape[1:]).mean(axis=1) for name, field in rows.items()}
        count(three, seen[at + 1 : at + 7].reshape(2, 3, *seen.shape[1:]).mean(axis=1), tallies)
    return {"rows": table(tallies, [slice(0, 1), slice(1, 2)]), "labels": ["1-3 h", "4-6 h"]}


def show(title: str, result: dict[str, Any]) -> None:
    """Print one table."""
    print(f"\n{title}" + (f"; {result['seconds']:.1f} s for {result['leads']} leads" if "seconds" in result else ""))
    keys = list(next(iter(result["rows"].values()))[0])
    print(f"{'':14}{'':12}" + "".join(f"{key:>9}" for key in keys))
    for i, label in enumerate(result["labels"]):
        for name, groups in result["rows"].items():
            print(f"{label:14}{name:12}" + "".join(f"{groups[i][key]:9.3f}" for key in keys))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if not SHARED.is_dir():
        print(f"the shared radar data are not at {SHARED}; set XIANGTIAN_SHARED to the folder that holds data/")
        return 1
    results = {f"{name}, model {kind}": event(name, kind, asked.starts) for name in EVENTS for kind in MODELS}
    results["RUC 2005-08-07, hourly analyses of 40 km"] = real()
    for title, result in results.items():
        show(title, result)
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
