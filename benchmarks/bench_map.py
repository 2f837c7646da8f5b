"""The observation map: what its questions take on the server, and when 300 stations stand on the screen.

The home is staged as for the browser test: 300 stations, 26 hours of readings every five minutes. The peers are
the bare Polars question over the same table (for the field) and `gridpp` (for the analysis, which solves each cell
from the nearest 30 stations). `--json` prints the figures for a machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gridpp
import numpy as np
import polars as pl
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.gallery import FLAGS, served
from xiangtian.cli import boot
from xiangtian.core.home import home
from xiangtian.met import analysis

STAGE = Path(__file__).resolve().parent.parent / "tests/browser/stage_map.py"
ROUNDS = 9
QUESTIONS = {
    "newest temperature": {"element": "air_temperature"},
    "rain, 1 h": {"element": "precipitation_amount", "hours": 1},
    "rain, 24 h": {"element": "precipitation_amount", "hours": 24},
    "highest temperature, 24 h": {"element": "air_temperature", "how": "max", "hours": 24},
    "temperature change, 24 h": {"element": "air_temperature", "how": "change", "hours": 24},
    "newest temperature, as known an hour ago": {"element": "air_temperature", "at": "2026-07-01T05:00:00Z"},
}
DRAWN = "performance.getEntriesByName('stations-drawn')[0].startTime"


def median_ms(work: Callable[[], object]) -> float:
    """Give the median of some rounds, after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


def server(folder: Path) -> dict[str, float]:
    """Ask the API's own functions; nothing is remembered between rounds."""
    boot.start(folder)
    from xiangtian.core.models import Person  # noqa: PLC0415 (needs a home that has been started)
    from xiangtian.observe.queries import analysed, field  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(Person.objects.get(username="forecaster"))

    def fresh(path: str, asked: dict[str, Any]) -> None:
        field._shown.cache_clear()
        analysed._analysed.cache_clear()
        assert client.get(f"/api/map/{path}", asked).status_code == 200

    told = {name: median_ms(lambda asked=asked: fresh("field", asked)) for name, asked in QUESTIONS.items()}
    one = {"element": "air_temperature"}
    told["analysis and isolines of temperature"] = median_ms(lambda: fresh("analysis", one))
    told["analysis and isolines of rain"] = median_ms(lambda: fresh("analysis", QUESTIONS["rain, 24 h"]))
    client.get("/api/map/analysis", one)
    told["picture of an analysis that is known"] = median_ms(lambda: client.get("/api/map/analysis.png", one))
    return told | peers()


def peers() -> dict[str, float]:
    """Measure what a plain question to the table, and gridpp, take for the same."""
    from xiangtian.observe.queries import analysed, field  # noqa: PLC0415 (needs a home that has been started)

    files = sorted(str(path) for path in (home().lake / "observations").rglob("*.parquet"))

    def plain() -> None:
        rows = pl.scan_parquet(files).select("station", "time", "air_temperature").drop_nulls()
        rows.sort("time").group_by("station").last().collect()

    found = analysed.analysed(home(), field.wanted("air_temperature"))
    near = [spot for spot in found.shown.spots if spot.good]
    stations = np.array([[spot.site.lon, spot.site.lat, spot.site.alt_m] for spot in near]).T
    values = np.array([spot.value for spot in near], np.float32)
    grid, mean = found.grid, float(values.mean())
    lat, lon = np.meshgrid(grid.lat, grid.lon, indexing="ij")

    def other() -> None:
        where = gridpp.Grid(lat, lon), np.full(grid.shape, mean, np.float32), gridpp.Points(stations[1], stations[0])
        rest = values, np.full(len(values), 0.1, np.float32), np.full(len(values), mean, np.float32)
        gridpp.optimal_interpolation(*where, *rest, gridpp.BarnesStructure(20_000), 30)

    return {
        "peer: Polars scan for the newest temperature": median_ms(plain),
        "analysis alone, structure chosen": median_ms(lambda: analysis.analyse(stations, values, grid)),
        "peer: gridpp, nearest 30, structure given": median_ms(other),
    }


def browser(folder: Path, password: str) -> dict[str, float] | None:
    """Open the page in Chromium; None where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        return None
    with served(folder) as base, sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=chromium, args=FLAGS).new_page()
        page.goto(f"{base}/log-in/?next=/jobs/")
        page.fill("input[name=username]", "forecaster")
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/jobs/")
        taken = []
        for _ in range(ROUNDS):
            page.goto(f"{base}/observe/map/")
            page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
            taken.append(page.evaluate(DRAWN))
        return {"first": taken[0], "median": statistics.median(taken[1:])}


def main() -> None:
    """Print the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--json", action="store_true")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XIANGTIAN_HOME"] = folder
        staged = subprocess.run([sys.executable, str(STAGE), folder], check=True, capture_output=True, text=True)
        password = json.loads(staged.stdout.splitlines()[-1])["log_ins"]["forecaster"]
        seen = browser(Path(folder), password)
        told = {"server_ms": server(Path(folder)), "stations_drawn_ms": seen}
    if asked.json:
        print(json.dumps(told, ensure_ascii=False))
        return
    print("300 stations, 26 h of readings every 5 min; medians of the server, ms")
    for name, taken in told["server_ms"].items():
        print(f"  {name:45} {taken:8.1f}")
    if seen:
        print(f"stations drawn on the page: first visit {seen['first']:.0f} ms, then {seen['median']:.0f} ms (median)")


if __name__ == "__main__":
    main()
