"""Nowcasts of one event beside pysteps and persistence: seconds cold and warm, memory, skill.

    python benchmarks/nowcast.py [--data DIR] [--starts 3] [--leads 24] [--members 24] [--ensemble-leads 12]
                                 [--seeds 2] [--spectral] [--side CELLS] [--json [FILE]]

DIR is a folder of radar composites of any format the house reads (the shared FMI storm if none is given). Each method
runs in a process of its own, so that its memory is its own; its first forecast is cold (compiling or loading kernels,
planning transforms), the median of the later ones is warm. Starts are spread evenly over the event; the first leaves
half an hour of frames before it. All methods are scored on the cells that every method and the observation know,
counts added up over the starts. Without pysteps (`uv sync --group bench`) our own rows are printed alone. `--members
0` leaves the ensembles out; `--spectral` adds pysteps with its ensemble in spectral space and pyfftw, its fastest
setting. `--side` cuts a square out of the middle of the grid. `--json` prints the figures as JSON (last on standard
output), or writes them to FILE.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.events import SHARED
from xiangtian.cli.event_folder import read_event
from xiangtian.met.verify import categorical, ensemble, fractions
from xiangtian.radar.events import Series

CSI_MM_H = (0.1, 1.0, 5.0, 10.0)
FSS_MM_H = (1.0, 5.0)
FSS_KM = 10.0
HISTORY_MIN = 30.0
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Linear algebra gets one thread; each method's own parallelism (two workers) stays."""


@dataclass(frozen=True)
class Task:
    """One forecast: from the frame `start`, of one future (members 0) or many."""

    start: int
    leads: int
    members: int
    seed: int


# --- the methods, each run inside a process of its own


def xiangtian(series: Series, task: Task) -> np.ndarray:
    from xiangtian.nowcast import forecasting  # noqa: PLC0415

    frames = series.rates[: task.start + 1]
    cell = cell_km(series)
    if task.members:
        return forecasting.many(frames, task.leads, task.members, task.seed, cell, series.step_min)
    return forecasting.deterministic(frames, task.leads, cell, series.step_min)


def persistence(series: Series, task: Task) -> np.ndarray:
    return np.repeat(series.rates[task.start][None], task.leads, axis=0)


def decibels(rates: np.ndarray) -> np.ndarray:
    rain = np.nan_to_num(rates.astype(np.float64))
    return np.where(rain >= 0.1, 10 * np.log10(np.maximum(rain, 0.1)), -15.0)


def pysteps(series: Series, task: Task, domain: str = "spatial", transform: str = "numpy") -> np.ndarray:
    with contextlib.redirect_stdout(io.StringIO()):
        from pysteps import extrapolation, motion, nowcasts  # noqa: PLC0415

        rates = series.rates[task.start - 2 : task.start + 1]
        logs = decibels(rates)
        moving = motion.get_method("LK")(logs)
        if not task.members:
            last = np.nan_to_num(rates[-1].astype(np.float64))
            return extrapolation.get_method("semilagrangian")(last, moving, task.leads).astype(np.float32)
        made = nowcasts.get_method("steps")(
            logs, moving, task.leads, task.members, n_cascade_levels=6, precip_thr=-10.0, kmperpixel=cell_km(series),
            timestep=series.step_min, noise_method="nonparametric", vel_pert_method="bps", mask_method="incremental",
            seed=task.seed, num_workers=2, domain=domain, fft_method=transform,
        )  # fmt: skip
    unknown = np.isnan(made)
    rain = np.where(made < -10.0, 0.0, 10 ** (made / 10))
    rain[unknown] = np.nan
    return rain.astype(np.float32)


def pysteps_spectral(series: Series, task: Task) -> np.ndarray:
    return pysteps(series, task, "spectral", "pyfftw")


METHODS: dict[str, Callable[[Series, Task], np.ndarray]] = {
    "xiangtian": xiangtian,
    "pysteps": pysteps,
    "pysteps_spectral": pysteps_spectral,
    "persistence": persistence,
}


def cell_km(series: Series) -> float:
    height, width = series.grid.cell_m
    return float(np.sqrt(height * width)) / 1000


def frames_of(folder: Path, side: int | None) -> Series:
    """Read the event, and keep only the middle of its grid if asked to."""
    series = read_event(folder)
    if side is None:
        return series
    top, left = ((length - side) // 2 for length in series.grid.shape)
    if min(top, left) < 0:
        raise SystemExit(f"--side {side}: the grid is {series.grid.shape[0]} x {series.grid.shape[1]}")
    return replace(series, rates=np.ascontiguousarray(series.rates[:, top : top + side, left : left + side]))


def serve(method: str, folder: Path, side: int | None) -> int:
    """Answer tasks, one JSON line each, with seconds and memory; the forecast is left in the file the task names."""
    series = frames_of(folder, side)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        to = Path(asked.pop("to"))
        begin, processor = time.perf_counter(), time.process_time()
        made = METHODS[method](series, Task(**asked))
        took = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - processor}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        np.save(to, made)
        del made
        print(json.dumps({**took, "peak_mb": peak / 1024, "grown_mb": (peak - before) / 1024}), flush=True)
    return 0


# --- the parent: asks, scores, tells


class Worker:
    """A method in a process of its own."""

    def __init__(self, method: str, folder: Path, side: int | None, aside: Path) -> None:
        self.method, self.aside = method, aside
        self.told: list[dict[str, float]] = []
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "--data", str(folder), "--serve", method,
             *(["--side", str(side)] if side else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **THREADS},
        )  # fmt: skip
        self._heard()

    def _heard(self) -> dict[str, Any]:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise RuntimeError(f"{self.method} ended with code {self.process.wait()}; its words are above")
        return dict(json.loads(line))

    def forecast(self, task: Task) -> np.ndarray:
        """Have a task done; the result stays on the disk until the next one."""
        to = self.aside / f"{self.method}.npy"
        assert self.process.stdin
        self.process.stdin.write(json.dumps({**task.__dict__, "to": str(to)}) + "\n")
        self.process.stdin.flush()
        self.told.append(self._heard())
        return np.load(to, mmap_mode="r")

    def end(self) -> None:
        """Let the process go."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(timeout=60)
        (self.aside / f"{self.method}.npy").unlink(missing_ok=True)


@contextlib.contextmanager
def workers(names: list[str], folder: Path, side: int | None) -> Iterator[dict[str, Worker]]:
    with tempfile.TemporaryDirectory(prefix="nowcast-bench-") as aside:
        crew = {name: Worker(name, folder, side, Path(aside)) for name in names}
        try:
            yield crew
        finally:
            for worker in crew.values():
                worker.end()


@dataclass
class Score:
    """Counts of one method, added up over starts and seeds."""

    parts: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, tally: Any) -> None:
        """Add counts to those of the same name."""
        self.parts[name] = self.parts[name] + tally if name in self.parts else tally


def starts_of(series: Series, leads: int, wanted: int) -> list[int]:
    """Spread the starts evenly; an event too short for half an hour of frames before starts from its third frame."""
    last = len(series.rates) - 1 - leads
    if last < 2:
        raise SystemExit(f"{len(series.rates)} frames; {leads} leads need {leads + 3} or more: ask fewer --leads")
    first = min(max(2, round(HISTORY_MIN / series.step_min)), last)
    return sorted({round(start) for start in np.linspace(first, last, wanted)})


def deterministic(series: Series, crew: dict[str, Worker], starts: list[int], leads: int) -> dict[str, Score]:
    scores = {name: Score() for name in crew}
    side = max(1, round(FSS_KM / cell_km(series)) // 2 * 2 + 1)
    for start in starts:
        made = {name: worker.forecast(Task(start, leads, 0, 0)) for name, worker in crew.items()}
        seen = series.rates[start + 1 : start + 1 + leads].copy()
        for forecast in made.values():
            seen[~np.isfinite(forecast)] = np.nan
        for name, forecast in made.items():
            scores[name].add("csi", categorical.tally(forecast, seen, CSI_MM_H))
            scores[name].add(
                "fss", fractions.tally(np.where(np.isnan(seen), np.nan, forecast), seen, FSS_MM_H, (side,))
            )
    return scores


def probabilistic(series: Series, crew: dict[str, Worker], tasks: list[Task], scores: dict[str, Score]) -> None:
    for task in tasks:
        made = {name: worker.forecast(task) for name, worker in crew.items()}
        for lead in range(task.leads):
            seen = series.rates[task.start + 1 + lead].copy()
            fields = {name: _members(forecast, lead) for name, forecast in made.items()}
            for members in fields.values():
                seen[~np.isfinite(members).all(0)] = np.nan
            for name, members in fields.items():
                scores[name].add(f"ensemble {lead}", ensemble.tally(members, seen, CSI_MM_H[:3]))


def _members(forecast: np.ndarray, lead: int) -> np.ndarray:
    """Give the members at a lead; one future is two equal ones, whose CRPS is the mean absolute error."""
    return np.repeat(forecast[None, lead], 2, axis=0) if forecast.ndim == 3 else np.asarray(forecast[:, lead])


def told(worker: Worker, first: int, count: int) -> dict[str, float]:
    """Give the seconds of the tasks from `first` on: the first of them cold, the median of the others warm."""
    mine = worker.told[first : first + count]
    later = mine[1:] or mine
    return {
        "cold_s": mine[0]["seconds"],
        "warm_s": statistics.median(one["seconds"] for one in later),
        "warm_cpu_s": statistics.median(one["cpu"] for one in later),
        "peak_mb": max(one["peak_mb"] for one in mine),
        "peak_above_frames_mb": max(one["grown_mb"] for one in mine),
    }


def figures(score: Score, leads: int) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if "csi" in score.parts:
        csi, fss = score.parts["csi"].csi, score.parts["fss"].fss
        out |= {f"csi_{level:g}": _row(csi[:, t]) for t, level in enumerate(CSI_MM_H)}
        out |= {f"fss_{level:g}_{FSS_KM:g}km": _row(fss[:, t, 0]) for t, level in enumerate(FSS_MM_H)}
    if "ensemble 0" in score.parts:
        tallies = [score.parts[f"ensemble {lead}"] for lead in range(leads)]
        out["crps"] = _row(np.array([one.crps()[0] for one in tallies]))
        out["rmse"] = _row(np.array([one.rmse[0] for one in tallies]))
        out["spread"] = _row(np.array([one.spread[0] for one in tallies]))
        ratio = [one.rmse[0] / one.spread[0] if one.spread[0] > 0 else np.nan for one in tallies]
        out["rmse_over_spread"] = _row(np.array(ratio))
        out |= {
            f"brier_{level:g}": _row(np.array([one.brier()[0, t] for one in tallies]))
            for t, level in enumerate(CSI_MM_H[:3])
        }
    return out


def _row(values: np.ndarray) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    mean = float(known.mean()) if len(known) else None
    return {"mean": mean, "leads": [round(float(one), 5) if np.isfinite(one) else None for one in values]}


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Run everything and give it as plain figures."""
    series = frames_of(asked.data, asked.side)
    starts = starts_of(series, max(asked.leads, asked.ensemble_leads if asked.members else 0), asked.starts)
    there = importlib.util.find_spec("pysteps") is not None
    names = ["xiangtian", *(["pysteps"] if there else []), "persistence"]
    result: dict[str, Any] = {
        "event": {"source": series.source, "grid": list(series.rates.shape[1:]), "cell_km": cell_km(series),
                  "step_min": series.step_min, "frames": len(series.rates),
                  "starts": [series.times[start].isoformat() for start in starts]},
        "deterministic": {"leads": asked.leads, "methods": {}},
    }  # fmt: skip
    with workers(names, asked.data, asked.side) as crew:
        scores = deterministic(series, crew, starts, asked.leads)
        for name, score in scores.items():
            timed = told(crew[name], 0, len(starts))
            result["deterministic"]["methods"][name] = {**timed, **figures(score, asked.leads)}
    if asked.members:
        result["ensemble"] = ensembles(
            series, starts, asked, [*names, *(["pysteps_spectral"] if there and asked.spectral else [])]
        )
    return result


def ensembles(series: Series, starts: list[int], asked: argparse.Namespace, names: list[str]) -> dict[str, Any]:
    tasks = [
        Task(start, asked.ensemble_leads, asked.members, seed) for start in starts for seed in range(1, asked.seeds + 1)
    ]
    scores = {name: Score() for name in names}
    with workers(names, asked.data, asked.side) as crew:
        probabilistic(series, crew, tasks, scores)
        methods = {
            name: {**told(crew[name], 0, len(tasks)), **figures(score, asked.ensemble_leads)}
            for name, score in scores.items()
        }
    return {"members": asked.members, "leads": asked.ensemble_leads, "seeds": asked.seeds, "methods": methods}


def show(result: dict[str, Any]) -> None:
    event = result["event"]
    rows, columns = event["grid"]
    print(f"{event['source']}: {rows} x {columns} cells of {event['cell_km']:.2f} km, "
          f"{len(event['starts'])} starts, steps of {event['step_min']:g} min; scores: means of leads")  # fmt: skip
    for kind in ("deterministic", "ensemble"):
        if kind not in result:
            continue
        part = result[kind]
        size = f"{part['members']} members, {part['seeds']} seeds, " if kind == "ensemble" else ""
        print(f"\n{kind}: {size}{part['leads']} leads")
        keys = [key for key, value in part["methods"]["xiangtian"].items() if isinstance(value, dict)]
        print(
            f"{'method':17s} {'cold s':>8s} {'warm s':>8s} {'cpu s':>8s} {'peak MB':>8s} "
            + " ".join(f"{key:>10.10s}" for key in keys)
        )
        for name, row in part["methods"].items():
            took = f"{row['cold_s']:8.3f} {row['warm_s']:8.3f} {row['warm_cpu_s']:8.3f} {row['peak_mb']:8.0f}"
            print(f"{name:17s} {took} " + " ".join(f"{_plain(row[key]['mean']):>10s}" for key in keys))
        mine = part["methods"]["xiangtian"]
        for name in ("pysteps", "pysteps_spectral"):
            if name in part["methods"]:
                other = part["methods"][name]
                print(f"{name} / xiangtian: {other['warm_s'] / mine['warm_s']:.1f} times the seconds (warm), "
                      f"{other['warm_cpu_s'] / mine['warm_cpu_s']:.1f} times the processor's, "
                      f"{other['peak_mb'] / mine['peak_mb']:.1f} times the memory")  # fmt: skip


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED / "radar-fmi-20160928", help="folder of radar composites")
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--leads", type=int, default=24)
    parser.add_argument("--members", type=int, default=24)
    parser.add_argument("--ensemble-leads", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--spectral", action="store_true")
    parser.add_argument("--side", type=int, metavar="CELLS")
    parser.add_argument("--json", nargs="?", const="-", metavar="FILE")
    parser.add_argument("--serve", choices=sorted(METHODS), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.data.is_dir():
        print(f"no radar data at {asked.data}; set XIANGTIAN_SHARED to the folder that holds data/, or give --data")
        return 1
    if asked.serve:
        return serve(asked.serve, asked.data, asked.side)
    result = measure(asked)
    if asked.json == "-":
        print(json.dumps(result))
        return 0
    show(result)
    if asked.json:
        Path(asked.json).write_text(json.dumps(result, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
