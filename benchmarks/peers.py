"""titanlib's own checks, as its users run them, and the labelled sets they are measured on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import titanlib

from xiangtian.observe import qc

WHEN = np.datetime64("2026-07-01T00:00:00", "s")
TEMPERATURE, RAIN = "air_temperature", "precipitation_amount_1h"
SAMPLE, MOST = 50, 3000
"""Of more than `MOST` stations titanlib is asked about one in `SAMPLE`, and its time is multiplied."""

Flagged = np.ndarray


def clocked(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    """Time one call."""
    begin = time.perf_counter()
    result = work(*given)
    return time.perf_counter() - begin, result


def points(sheet: qc.Sheet) -> titanlib.Points:
    """Give titanlib's point set of a sheet."""
    return titanlib.Points(sheet.lat, sheet.lon, sheet.alt, np.zeros(len(sheet)))


def buddy(sheet: qc.Sheet, element: str, threshold: float = 2.5, radius: float = 30e3) -> Flagged:
    """Run the buddy check: one radius, five rounds."""
    lapse = -0.0065 if element == TEMPERATURE else 0.0
    found = titanlib.buddy_check(points(sheet), sheet.of(element), [radius], [5], threshold, 500, lapse, 1.0, 5)
    return np.asarray(found) == 1


def events(sheet: qc.Sheet, element: str, share: float = 0.25, radius: float = 30e3) -> Flagged:
    """Run the buddy event check (does it rain or not), which is made for rain: fewer than a share agree."""
    found = titanlib.buddy_event_check(points(sheet), sheet.of(element), [radius], [5], 0.1, share, 0, 0, 5)
    return np.asarray(found) == 1


def sct(sheet: qc.Sheet, element: str, threshold: float = 10.0) -> Flagged:
    """Run the spatial consistency test on a whole sheet."""
    every = np.full(len(sheet), threshold)
    place = points(sheet)
    found = titanlib.sct(
        place, sheet.of(element), 5, 100, 50e3, 150e3, 5, 20, 100.0, 1e4, 200.0, every, every, every * 0.05
    )
    return np.asarray(found[0]) == 1


def buddy_seconds(sheet: qc.Sheet) -> float:
    """Time the buddy check of temperature; of many stations only a sample, scaled up, to stay bounded."""
    if len(sheet) <= MOST:
        return clocked(buddy, sheet, TEMPERATURE)[0]
    building, place = clocked(points, sheet)
    ask = (np.arange(len(sheet)) % SAMPLE == 0).astype(int)
    part, _ = clocked(titanlib.buddy_check, place, sheet.of(TEMPERATURE), [30e3], [5], 2.5, 500, -0.0065, 1.0, 5, ask)
    return building + part * SAMPLE


def labelled(path: Path) -> tuple[qc.Sheet, str, np.ndarray | None]:
    """Read one labelled set: the sheet (no altitudes are given), its element, and which values are gross errors."""
    table = np.genfromtxt(path, delimiter=";", skip_header=1)
    element = TEMPERATURE if "_ta_" in path.name else RAIN
    names = np.array([str(int(name)) for name in table[:, 0]])
    flat = np.zeros(len(table))
    sheet = qc.Sheet(names, np.full(len(table), WHEN), table[:, 1], table[:, 2], flat, {element: table[:, 5]})
    return sheet, element, table[:, 6] == 1 if table.shape[1] > 6 else None


def rates(flagged: np.ndarray, wrong: np.ndarray) -> dict[str, float | int | None]:
    """Give POD (errors found / errors) and POFA (good values flagged / good values), as TITAN's own test counts."""
    hits, false = int(flagged[wrong].sum()), int(flagged[~wrong].sum())
    errors, good = int(wrong.sum()), int((~wrong).sum())
    return {
        "pod": round(hits / errors, 4) if errors else None,
        "pofa": round(false / good, 4) if good else None,
        "found": hits,
        "errors": errors,
        "false": false,
        "good": good,
    }
