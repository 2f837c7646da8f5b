"""The Amsterdam gauges: our rain checks and pypwsqc on the same reports, measured against gauge-adjusted radar.

The radar is the truth here, so neither method sees it. Its hours are stamped at their start: shifted by one hour its
medians and those of the gauges correlate with 0.93, unshifted with 0.52.
pypwsqc runs with the settings of de Vos et al. 2019 (doi 10.1029/2019GL083731), but for the station outlier filter a
period of two weeks instead of four, because a month is looked at; all methods are scored after those two weeks.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from xiangtian.observe import qc
from xiangtian.observe.qc.around import on_sphere

FOLDER = "obs-amsterdam-pws-5min"
AMOUNT = "precipitation_amount"
A_DAY, AN_HOUR = 288, 12
WARM_DAYS = 14
NEAR_M = 2000.0
SHIFT = np.timedelta64(1, "h")
FAULTY_ZEROS = {"nint": 6, "n_stat": 5}
HIGH_INFLUX = {"hi_thres_a": 0.4, "hi_thres_b": 10, "nint": 12, "n_stat": 5}
OUTLIER = {"evaluation_period": WARM_DAYS * A_DAY, "mmatch": 100, "gamma": 0.15, "n_stat": 5}
WET_MM, FALSE_ZERO_MM = 0.1, 0.5


def compare(data: Path, days: int) -> dict[str, Any]:
    """Run both methods over the first days; give what is left of the gauges against radar, or why nothing was run."""
    if days <= WARM_DAYS:
        return {"missing": f"left out: {days} days are asked for, more than {WARM_DAYS} are needed"}
    if not (data / FOLDER).is_dir():
        return {"missing": f"no folder {FOLDER} in {data}"}
    try:
        import pypwsqc.flagging as peer  # noqa: PLC0415 (an extra of the benchmarks)
        import xarray  # noqa: PLC0415
    except ImportError as error:
        return {"missing": f"{error}; install the dependency group `bench`"}
    steps = days * A_DAY
    told = xarray.open_dataset(data / FOLDER / "test_dataset.nc").isel(time=slice(0, steps)).load()
    radar = xarray.open_dataset(data / FOLDER / "RadarRef_AMS.nc").load()
    rain = told.rainfall.transpose("time", "id").to_numpy()
    flagged = {"none": np.zeros(rain.shape, bool), "ours": ours(told, rain)} | theirs(peer, told)
    scored = slice(WARM_DAYS * A_DAY, steps)
    return {
        "days": days,
        "gauges": rain.shape[1],
        "methods": {name: against(told, rain, radar, mask, scored) for name, mask in flagged.items()},
        "agreement": agreement(rain, flagged, scored),
    }


def ours(told: Any, rain: np.ndarray) -> np.ndarray:
    """Judge report after report; give (time, id) what is suspect or wrong."""
    lon, lat = told.longitude.to_numpy(), told.latitude.to_numpy()
    names, times = told.id.to_numpy().astype(str), told.time.to_numpy().astype("datetime64[s]")
    window, flat = qc.Window(), np.zeros(len(names))
    found = np.zeros(rain.shape, bool)
    for step, amounts in enumerate(rain):
        values = {AMOUNT: amounts.copy(), "precipitation_period": flat + 5.0}
        sheet = qc.Sheet(names, np.full(len(names), times[step]), lon, lat, flat, values)
        found[step] = qc.judge(window, sheet).flagged(AMOUNT)
    return found


def theirs(peer: Any, told: Any) -> dict[str, np.ndarray]:
    """Run pypwsqc's three filters; give (time, id) what each flags, and all together."""
    place = np.stack([told.x.to_numpy(), told.y.to_numpy()], axis=1)
    apart = np.linalg.norm(place[:, None] - place[None], axis=2)
    matrix = told.x.copy().expand_dims(id_neighbor=told.id.to_numpy()).transpose("id", "id_neighbor").copy(data=apart)
    print("pypwsqc ...", file=sys.stderr)
    found = peer.fz_filter(told.copy(), distance_matrix=matrix, **FAULTY_ZEROS)
    found = peer.hi_filter(found, distance_matrix=matrix, **HIGH_INFLUX)
    found = peer.so_filter(found, distance_matrix=matrix, **OUTLIER)
    one = {name: found[f"{name}_flag"].transpose("time", "id").to_numpy() == 1 for name in ("fz", "hi", "so")}
    named = {"pypwsqc faulty zeros": one["fz"], "pypwsqc high influx": one["hi"], "pypwsqc outliers": one["so"]}
    return named | {"pypwsqc": one["fz"] | one["hi"] | one["so"]}


def against(told: Any, rain: np.ndarray, radar: Any, flagged: np.ndarray, scored: slice) -> dict[str, Any]:
    """Compare whole hours of the reports that a method leaves with the radar at the nearest point within 2 km."""
    where = on_sphere(told.longitude.to_numpy(), told.latitude.to_numpy())
    apart = np.linalg.norm(where[:, None] - on_sphere(radar.lon.to_numpy(), radar.lat.to_numpy())[None], axis=2)
    near = np.flatnonzero(apart.min(axis=1) < NEAR_M)
    times = told.time.to_numpy()
    ends = [
        step for step in range(scored.start + AN_HOUR, scored.stop) if times[step].astype("M8[m]").astype(int) % 60 == 0
    ]
    left = np.where(flagged | np.isnan(rain), np.nan, rain)[:, near]
    gauge = np.array([left[end - AN_HOUR + 1 : end + 1].sum(axis=0) for end in ends])
    seen = (
        radar.rainfall.transpose("time", "id").sel(time=times[ends] - SHIFT).to_numpy()[:, apart.argmin(axis=1)[near]]
    )
    there = np.isfinite(gauge) & np.isfinite(seen)
    gauge, seen = gauge[there], seen[there]
    wet = seen >= FALSE_ZERO_MM
    present = np.isfinite(rain[scored])
    return {
        "removed_share": round(float((flagged[scored] & present).sum() / present.sum()), 4),
        "hours": len(gauge),
        "correlation": round(float(np.corrcoef(gauge, seen)[0, 1]), 3),
        "bias": round(float(gauge.sum() / seen.sum()), 3),
        "rmse_mm": round(float(np.sqrt(((gauge - seen) ** 2).mean())), 3),
        "false_zero_share": round(float((gauge[wet] < WET_MM / 2).mean()), 3),
    }


def agreement(rain: np.ndarray, flagged: Mapping[str, np.ndarray], scored: slice) -> dict[str, int]:
    """Count reports that both doubt, and that one doubts alone."""
    present = np.isfinite(rain[scored])
    one, other = (flagged[name][scored] & present for name in ("ours", "pypwsqc"))
    told = {
        "both": one & other,
        "ours_alone": one & ~other,
        "pypwsqc_alone": other & ~one,
        "neither": ~one & ~other & present,
    }
    return {name: int(mask.sum()) for name, mask in told.items()}


def show(result: Mapping[str, Any]) -> None:
    """Print the table."""
    if "missing" in result:
        print(f"\nAmsterdam gauges: {result['missing']}")
        return
    print(f"\nAmsterdam: {result['gauges']} gauges, {result['days']} days; whole hours against radar unseen by both")
    print(
        f"{'left by':24}{'removed':>9}{'hours':>8}{'corr':>7}{'bias':>7}{'rmse':>7}{'zeros where radar >= 0.5 mm':>30}"
    )
    for name, one in result["methods"].items():
        print(
            f"{name:24}{one['removed_share']:9.4f}{one['hours']:8d}{one['correlation']:7.3f}{one['bias']:7.3f}"
            f"{one['rmse_mm']:7.3f}{one['false_zero_share']:30.3f}"
        )
    print(
        "reports doubted: "
        + ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in result["agreement"].items())
    )
